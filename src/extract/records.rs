//! The records being put together: several at once where they lie in one another, none of them large.

use super::RecordBuilder;
use super::feed::{Feed, whole_chars};
use crate::model::{Cursor, Flow, Record, Ruler, Shape, Sink, TextSpan};

/// A record is handed over when a field ends and it has this many bytes.
const FULL: usize = 64 * 1024;
/// A field this long is split at the next white space.
const LONG: usize = 192 * 1024;
/// A field this long is split wherever that is.
const TOO_LONG: usize = 256 * 1024;
/// What an escape weighs, for it takes more room than its text.
const ESCAPE: usize = 16;
/// Running text is handed over in blocks of this many bytes.
pub(super) const BLOCK: usize = 64 * 1024;
/// Records that are open at once; deeper ones become part of the innermost.
const MAX_OPEN: usize = 8;
/// An outer record waits so many bytes for its next field, then it is handed over. This keeps
/// records nearly in the order of the document.
const PATIENCE: u64 = 64 * 1024;

/// Receives fields and hands records to a sink.
pub(super) struct Records<'k> {
    sink: &'k mut dyn Sink,
    ruler: Ruler,
    /// The first `depth` are in use; the rest is there to be used again.
    open: Vec<Open>,
    depth: usize,
    /// How many records deeper than [`MAX_OPEN`] we are.
    merged: usize,
    stopped: bool,
    label: String,
    field: String,
    filled: usize,
}

struct Open {
    builder: RecordBuilder,
    /// Bytes of text and names, roughly.
    weight: usize,
    /// Where its last field began.
    last: u64,
}

impl<'k> Records<'k> {
    /// With the outermost record open.
    pub(super) fn new(ruler: Ruler, sink: &'k mut dyn Sink) -> Records<'k> {
        let mut records = Records {
            sink,
            ruler,
            open: Vec::new(),
            depth: 0,
            merged: 0,
            stopped: false,
            label: String::new(),
            field: String::new(),
            filled: 0,
        };
        records.enter(0);
        records
    }

    /// Has the sink had enough?
    #[inline]
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// What to answer at the end.
    pub(super) fn flow(&self) -> Flow {
        if self.stopped { Flow::Stop } else { Flow::Continue }
    }

    /// Begins a record within the record, at scanned byte `offset`.
    pub(super) fn enter(&mut self, offset: u64) {
        for n in 0..self.depth {
            if offset - self.open[n].last > PATIENCE {
                self.hand_over(n);
            }
        }
        if self.depth == MAX_OPEN {
            self.merged += 1;
            return;
        }
        if self.depth == self.open.len() {
            let builder = RecordBuilder::new(self.ruler);
            self.open.push(Open { builder, weight: 0, last: 0 });
        }
        self.open[self.depth].last = offset;
        self.depth += 1;
    }

    /// Ends the innermost record. The outermost is handed over and goes on empty.
    pub(super) fn leave(&mut self) {
        if self.merged > 0 {
            self.merged -= 1;
            return;
        }
        self.hand_over(self.depth - 1);
        self.depth = (self.depth - 1).max(1);
    }

    /// Hands over the innermost record as far as it has come.
    pub(super) fn flush(&mut self) {
        self.hand_over(self.depth - 1);
    }

    fn hand_over(&mut self, n: usize) {
        let open = &mut self.open[n];
        open.weight = 0;
        if self.stopped {
            open.builder.clear();
        } else if open.builder.push_to(self.sink) == Flow::Stop {
            self.stopped = true;
        }
    }

    fn top(&mut self) -> &mut Open {
        &mut self.open[self.depth - 1]
    }

    /// Begins a field at scanned byte `offset`.
    pub(super) fn begin(&mut self, label: &str, field: &str, offset: u64) {
        self.label.clear();
        self.label.push_str(label);
        self.field.clear();
        self.field.push_str(field);
        self.filled = 0;
        let open = self.top();
        open.builder.begin(label, field);
        open.weight += label.len() + field.len() + 1;
        open.last = offset;
    }

    /// Ends the field.
    pub(super) fn end(&mut self) {
        let open = self.top();
        open.builder.end();
        if open.builder.len() >= FULL || open.weight >= 4 * FULL {
            self.flush();
        }
    }

    /// Adds the next `n` bytes in sight to the field and passes over them.
    #[inline]
    pub(super) fn run(&mut self, feed: &mut Feed<'_, '_>, n: usize) {
        let mut left = n;
        while left > 0 {
            let from = feed.cursor();
            let text = &feed.sight()[..left];
            let (take, full) = room(self.filled, text);
            self.filled += take;
            let open = self.top();
            open.weight += take;
            open.builder.verbatim(from, &text[..take]);
            feed.skip(take);
            left -= take;
            if full {
                self.split();
            }
        }
    }

    /// Adds `text` for the next `n` bytes in sight, which are an escape, and passes over them.
    pub(super) fn escape(&mut self, feed: &mut Feed<'_, '_>, n: usize, text: &str) {
        let from = feed.cursor();
        let stored = stored_len(self.ruler, &feed.sight()[..n]);
        feed.skip(n);
        self.escape_at(from, stored, text);
    }

    /// Adds `text`, which is stored as an escape of `stored` bytes at `from`.
    pub(super) fn escape_at(&mut self, from: Cursor, stored: usize, text: &str) {
        self.filled += text.len() + ESCAPE;
        let open = self.top();
        open.weight += text.len() + ESCAPE;
        open.builder.escape(from, stored, text);
        let space = text.starts_with(|c: char| c.is_ascii_whitespace());
        if self.filled >= TOO_LONG || space && self.filled >= LONG {
            self.split();
        }
    }

    /// Goes on with the field in a new record.
    fn split(&mut self) {
        self.flush();
        let (label, field) = (std::mem::take(&mut self.label), std::mem::take(&mut self.field));
        self.top().builder.begin(&label, &field);
        (self.label, self.field) = (label, field);
        self.filled = 0;
    }

    /// Hands over the next `n` bytes in sight as running text and passes over them.
    pub(super) fn text(&mut self, feed: &mut Feed<'_, '_>, n: usize) {
        if n == 0 {
            return;
        }
        let span = TextSpan { start: feed.cursor(), ruler: self.ruler };
        let record =
            Record { text: &feed.sight()[..n], focus: 0..n, shape: Shape::Text(span.into()) };
        if !self.stopped && self.sink.record(&record) == Flow::Stop {
            self.stopped = true;
        }
        feed.skip(n);
    }

    /// Hands over everything that is left as running text.
    pub(super) fn rest(&mut self, feed: &mut Feed<'_, '_>) {
        self.flush();
        while !self.stopped && feed.peek().is_some() {
            let n = block_len(feed.need(BLOCK));
            self.text(feed, n);
        }
    }

    /// Hands over what is left of the line as running text, its end included.
    pub(super) fn rest_of_line(&mut self, feed: &mut Feed<'_, '_>) {
        self.flush();
        loop {
            let end = feed.line_len(BLOCK);
            let n = end.map_or_else(|| block_len(feed.sight()), |n| n + 1);
            self.text(feed, n);
            if end.is_some() || self.stopped || feed.peek().is_none() {
                return;
            }
        }
    }
}

/// Stored bytes of `text`, which is short.
pub(super) fn stored_len(ruler: Ruler, text: &[u8]) -> usize {
    usize::try_from(ruler.stored_len(text)).unwrap_or(usize::MAX)
}

/// Stored bytes from one place to another, which is not far.
pub(super) fn stored_len_between(from: Cursor, to: Cursor) -> usize {
    usize::try_from(to.byte - from.byte).unwrap_or(usize::MAX)
}

/// How much of `text` goes into a field of `filled` bytes, and whether it is full then.
fn room(filled: usize, text: &[u8]) -> (usize, bool) {
    if filled + text.len() < LONG {
        return (text.len(), false);
    }
    let hard = TOO_LONG.saturating_sub(filled);
    let end = text.len().min(hard);
    let from = LONG.saturating_sub(filled).min(end);
    match text[from..end].iter().position(u8::is_ascii_whitespace) {
        Some(n) => (from + n + 1, true),
        None if text.len() >= hard => (whole_chars(&text[..hard]), true),
        None => (text.len(), false),
    }
}

/// How much of `text` makes a block of at most [`BLOCK`] bytes: whole lines if possible, then words.
pub(super) fn block_len(text: &[u8]) -> usize {
    if text.len() < BLOCK {
        return text.len();
    }
    let text = &text[..BLOCK];
    memchr::memrchr2(b'\n', b'\r', text)
        .or_else(|| memchr::memrchr2(b' ', b'\t', text))
        .map_or_else(|| whole_chars(text), |n| n + 1)
}
