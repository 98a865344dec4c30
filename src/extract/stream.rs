//! Stored text as a stream with a position: what the extractors of structured text read from.

use std::io::{self, Read};

use super::encoding::{self, Stored, Transcoder, read_some};
use crate::model::{Cursor, LineEnd, Ruler};

/// Bytes read at once.
const STEP: usize = 64 * 1024;

/// A text being read. What is in sight is scanned text; [`TextStream::cursor`] is where its first
/// byte is stored.
pub struct TextStream<'r> {
    source: Transcoder<Box<dyn Read + 'r>>,
    buffer: Vec<u8>,
    start: usize,
    cursor: Cursor,
    ruler: Ruler,
    ended: bool,
}

impl<'r> TextStream<'r> {
    /// A text whose encoding shows in its first bytes.
    ///
    /// # Errors
    /// When the first read fails.
    pub fn new(mut source: Box<dyn Read + 'r>) -> io::Result<TextStream<'r>> {
        let mut head = vec![0; STEP];
        let n = read_head(&mut source, &mut head)?;
        head.truncate(n);
        let stored = encoding::detect(&head);
        Ok(TextStream::with_encoding(head, source, stored))
    }

    /// A text that begins with `head` (byte order mark included) and goes on in `rest`.
    #[must_use]
    pub fn with_encoding(
        head: Vec<u8>,
        rest: Box<dyn Read + 'r>,
        stored: Stored,
    ) -> TextStream<'r> {
        let line_end = line_end(&head);
        let mut whole = io::Cursor::new(head);
        whole.set_position(stored.mark as u64);
        let source = Transcoder::new(Box::new(whole.chain(rest)) as Box<dyn Read>, stored);
        TextStream {
            source,
            buffer: Vec::new(),
            start: 0,
            cursor: Cursor::start(stored.mark as u64),
            ruler: Ruler { width: stored.width, line_end },
            ended: false,
        }
    }

    /// What is in sight.
    #[must_use]
    pub fn peek(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Brings more into sight. False when there is no more.
    ///
    /// # Errors
    /// When reading fails; what is in sight stays.
    pub fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let old = self.buffer.len();
        self.buffer.resize(old + STEP, 0);
        let n = read_some(&mut self.source, &mut self.buffer[old..]);
        self.buffer.truncate(old + *n.as_ref().unwrap_or(&0));
        self.ended = n? == 0;
        Ok(!self.ended)
    }

    /// Brings at least `n` bytes into sight, fewer only at the end.
    ///
    /// # Errors
    /// When reading fails.
    pub fn fill_to(&mut self, n: usize) -> io::Result<&[u8]> {
        while self.peek().len() < n && self.fill()? {}
        Ok(self.peek())
    }

    /// Passes over `n` bytes of what is in sight.
    pub fn consume(&mut self, n: usize) {
        self.cursor = self.ruler.advance(self.cursor, &self.buffer[self.start..self.start + n]);
        self.start += n;
    }

    /// Where the first byte in sight is stored.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// How the text is measured.
    #[must_use]
    pub fn ruler(&self) -> Ruler {
        self.ruler
    }

    /// Is everything read and passed over?
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.ended && self.start == self.buffer.len()
    }
}

/// Reads until `head` is full or the source ends.
pub fn read_head(source: &mut impl Read, head: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < head.len() {
        match read_some(source, &mut head[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}

/// The lines of a text, without their LF.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr::memchr_iter(b'\n', text)
        .chain(std::iter::once(text.len()))
        .map(move |end| &text[std::mem::replace(&mut from, end + 1)..end])
}

/// A lone CR ends lines where there is no LF. Judged by the first bytes: a text whose first line of
/// more than 64 KiB has a lone CR in it is not worth a second reading.
pub fn line_end(head: &[u8]) -> LineEnd {
    let lone = memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some();
    if lone { LineEnd::Cr } else { LineEnd::Lf }
}
