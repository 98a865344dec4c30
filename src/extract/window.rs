//! A moving window over a text stream: what the readers of markup look through.
//!
//! Runs of text are handed out in stretches whose borders depend on the text alone, so that what is
//! read does not depend on how much the stream happens to give at once.

use std::io;
use std::ops::Range;

use super::stream::TextStream;
use crate::model::{Cursor, Ruler, Width};

/// The longest stretch of text handed out at once, in bytes.
pub(super) const STRETCH: usize = 64 * 1024;

/// How far back from the end of a full stretch a blank is looked for, so that no value is cut in two.
const TAIL: usize = 4 * 1024;

/// Bytes after a stretch that must be in sight, so that a marker across its end is seen.
const MARKER: usize = 16;

/// Stretches up to this length are measured byte by byte.
const SHORT: usize = 64;

/// Measures one text forwards, each byte once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    ruler: Ruler,
    at: usize,
    cursor: Cursor,
}

impl Pen {
    /// Stands at the first byte of a text, which is stored at `cursor`.
    pub(super) fn new(ruler: Ruler, cursor: Cursor) -> Pen {
        Pen { ruler, at: 0, cursor }
    }

    /// Where byte `at` of `text` is stored; never before the one asked for last.
    pub(super) fn cursor(&mut self, text: &[u8], at: usize) -> Cursor {
        if at > self.at {
            let passed = &text[self.at..at];
            self.at = at;
            if passed.len() <= SHORT && self.is_plain(passed) {
                self.cursor.column += passed.len() as u64;
                self.cursor.byte += passed.len() as u64;
            } else {
                self.cursor = self.ruler.advance(self.cursor, passed);
            }
        }
        self.cursor
    }

    /// Is each byte a character of its own, and none of them a line's end? Most of what stands between
    /// two tags is, and is measured faster so.
    fn is_plain(&self, text: &[u8]) -> bool {
        let end = self.ruler.line_end.byte();
        let same = matches!(self.ruler.width, Width::Utf8 | Width::Single);
        same && !text.iter().fold(false, |other, b| other | !b.is_ascii() | (*b == end))
    }

    /// How many bytes `text` takes as stored.
    pub(super) fn stored_len(&self, text: &[u8]) -> usize {
        usize::try_from(self.ruler.stored_len(text)).unwrap_or(usize::MAX)
    }
}

/// A stretch of a run that ends at a marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Its bytes in the window.
    pub(super) range: Range<usize>,
    /// The marker, or the end of the text, follows.
    pub(super) last: bool,
}

/// What is in sight of a stream, and how far it is dealt with.
pub(super) struct Window<'s, 'r> {
    stream: &'s mut TextStream<'r>,
    at: usize,
    pen: Pen,
    ended: bool,
}

impl<'s, 'r> Window<'s, 'r> {
    /// A window at the stream's present place.
    pub(super) fn new(stream: &'s mut TextStream<'r>) -> Window<'s, 'r> {
        let pen = Pen::new(stream.ruler(), stream.cursor());
        Window { stream, at: 0, pen, ended: false }
    }

    /// All that is in sight. Ranges count from its first byte and hold until more is read.
    pub(super) fn text(&self) -> &[u8] {
        self.stream.peek()
    }

    /// All that is in sight, and the pen to measure it with.
    pub(super) fn parts(&mut self) -> (&[u8], &mut Pen) {
        (self.stream.peek(), &mut self.pen)
    }

    /// What is in sight and not dealt with.
    #[inline]
    pub(super) fn rest(&self) -> &[u8] {
        &self.stream.peek()[self.at..]
    }

    /// How far the window is dealt with.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Is there nothing beyond what is in sight?
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// All before `to` is dealt with.
    pub(super) fn pass_to(&mut self, to: usize) {
        self.at = to;
    }

    /// The next `n` bytes are dealt with.
    pub(super) fn pass(&mut self, n: usize) {
        self.at += n;
    }

    /// Drops what is dealt with and reads as much again as is left, so that looking at a long thing
    /// over and over costs no more than twice its length. False when there is no more.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        self.stream.consume(self.at);
        self.at = 0;
        self.pen = Pen::new(self.stream.ruler(), self.stream.cursor());
        let wanted = self.stream.peek().len() * 2 + 1;
        while !self.ended && self.stream.peek().len() < wanted {
            self.ended = !self.stream.fill()?;
        }
        Ok(!self.ended)
    }

    /// Brings `n` bytes into sight that are not dealt with, fewer only at the end.
    #[inline]
    pub(super) fn need(&mut self, n: usize) -> io::Result<()> {
        while self.rest().len() < n && !self.ended {
            self.more()?;
        }
        Ok(())
    }

    /// Passes over the next stretch of a run whose end `find` sees.
    pub(super) fn stretch(&mut self, find: impl Fn(&[u8]) -> Option<usize>) -> io::Result<Stretch> {
        loop {
            let rest = self.rest();
            let near = &rest[..rest.len().min(STRETCH + MARKER)];
            if let Some(n) = find(near).filter(|&n| n <= STRETCH) {
                return Ok(self.take(n, true));
            }
            if rest.len() >= STRETCH + MARKER {
                let n = good_cut(&rest[..STRETCH]);
                return Ok(self.take(n, false));
            }
            if self.ended {
                let n = rest.len();
                return Ok(self.take(n, true));
            }
            self.more()?;
        }
    }

    fn take(&mut self, n: usize, last: bool) -> Stretch {
        let range = self.at..self.at + n;
        self.at = range.end;
        Stretch { range, last }
    }
}

/// Where to cut a full stretch: after its last blank, if there is one near its end; never inside a
/// character or a reference.
fn good_cut(full: &[u8]) -> usize {
    let tail = full.len().saturating_sub(TAIL);
    if let Some(at) = full[tail..].iter().rposition(|b| b.is_ascii_whitespace()) {
        return tail + at + 1;
    }
    let near = full.len().saturating_sub(40);
    match memchr::memrchr(b'&', &full[near..]) {
        Some(at) if near + at > 0 => near + at,
        _ => whole_chars(full),
    }
}

/// The length of `text` without a last character of which only a part is there.
fn whole_chars(text: &[u8]) -> usize {
    for back in 1..=text.len().min(3) {
        let at = text.len() - back;
        let needs = match text[at] {
            0x80..=0xBF => continue,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0.. => 4,
            _ => 1,
        };
        return if needs > back { at } else { text.len() };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_cut(text: &[u8], want: usize) {
        assert_eq!(good_cut(text), want, "{text:?}");
    }

    #[test]
    fn cuts() {
        check_cut(b"abc def", 4);
        check_cut(b"abcdef", 6);
        check_cut(b"abc&auml", 3);
        check_cut("abcå".as_bytes(), 5);
        check_cut(b"abc\xC3", 3);
        check_cut(b"abc\xE2\x82", 3);
        check_cut(b"abc\xF0\x9F\x98", 3);
        check_cut(b"\x80\x80\x80\x80", 4);
    }
}
