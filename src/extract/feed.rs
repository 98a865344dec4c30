//! Reading a text stream byte by byte and run by run, knowing where one is.
//!
//! An error while reading looks like the end of the text, so that everything before it is delivered;
//! [`Feed::finish`] tells of it.

use std::io;

use super::TextStream;
use crate::model::{Cursor, Ruler};

/// A text stream and a position in what is in sight.
pub(super) struct Feed<'s, 'r> {
    stream: &'s mut TextStream<'r>,
    at: usize,
    /// A position not after `at` whose cursor is known.
    mark: usize,
    mark_cursor: Cursor,
    /// Scanned bytes that are out of sight.
    passed: u64,
    failure: Option<io::Error>,
}

impl<'s, 'r> Feed<'s, 'r> {
    pub(super) fn new(stream: &'s mut TextStream<'r>) -> Feed<'s, 'r> {
        let mark_cursor = stream.cursor();
        Feed { stream, at: 0, mark: 0, mark_cursor, passed: 0, failure: None }
    }

    /// What is in sight from here on.
    #[inline]
    pub(super) fn sight(&self) -> &[u8] {
        &self.stream.peek()[self.at..]
    }

    /// The next byte, if there is one.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        match self.stream.peek().get(self.at) {
            Some(&b) => Some(b),
            None => self.more().then(|| self.sight()[0]),
        }
    }

    /// The byte `n` bytes ahead, if there is one.
    pub(super) fn peek_at(&mut self, n: usize) -> Option<u8> {
        self.need(n + 1).get(n).copied()
    }

    /// At least `n` bytes from here on, fewer only at the end.
    #[inline]
    pub(super) fn need(&mut self, n: usize) -> &[u8] {
        while self.sight().len() < n && self.more() {}
        self.sight()
    }

    /// Passes over `n` bytes that are in sight.
    #[inline]
    pub(super) fn skip(&mut self, n: usize) {
        self.at += n;
    }

    /// Passes over the bytes that `which` allows.
    #[inline]
    pub(super) fn skip_while(&mut self, which: impl Fn(u8) -> bool) {
        loop {
            let sight = self.sight();
            let n = sight.iter().position(|&b| !which(b)).unwrap_or(sight.len());
            let all = n == sight.len();
            self.at += n;
            if !all || !self.more() {
                return;
            }
        }
    }

    /// Passes over what is left of the line, but for what ends it.
    pub(super) fn line_len(&mut self, limit: usize) -> Option<usize> {
        let end = self.ruler().line_end.byte();
        self.find(0, limit, |text| memchr::memchr(end, text))
    }

    /// How far ahead `find` finds something, from `from` bytes ahead and less than `limit`.
    pub(super) fn find(
        &mut self,
        mut from: usize,
        limit: usize,
        find: impl Fn(&[u8]) -> Option<usize>,
    ) -> Option<usize> {
        loop {
            let sight = self.sight();
            let end = sight.len().min(limit);
            if from < end {
                if let Some(n) = find(&sight[from..end]) {
                    return Some(from + n);
                }
                from = end;
            }
            if from >= limit || !self.more() {
                return None;
            }
        }
    }

    /// Brings more into sight. False when there is no more.
    pub(super) fn more(&mut self) -> bool {
        if self.failure.is_some() {
            return false;
        }
        if self.at > 0 {
            self.stream.consume(self.at);
            self.passed += self.at as u64;
            self.at = 0;
            self.mark = 0;
            self.mark_cursor = self.stream.cursor();
        }
        self.stream.fill().unwrap_or_else(|error| {
            self.failure = Some(error);
            false
        })
    }

    /// Where the next byte is stored. It must begin a character.
    #[inline]
    pub(super) fn cursor(&mut self) -> Cursor {
        if self.mark < self.at {
            let gap = &self.stream.peek()[self.mark..self.at];
            self.mark_cursor = self.stream.ruler().advance(self.mark_cursor, gap);
            self.mark = self.at;
        }
        self.mark_cursor
    }

    /// Scanned bytes before the next one.
    pub(super) fn offset(&self) -> u64 {
        self.passed + self.at as u64
    }

    pub(super) fn ruler(&self) -> Ruler {
        self.stream.ruler()
    }

    /// Tells whether reading failed.
    pub(super) fn finish(self) -> io::Result<()> {
        self.failure.map_or(Ok(()), Err)
    }
}

/// The length of `text` without an incomplete character at its end.
pub(super) fn whole_chars(text: &[u8]) -> usize {
    let n = text.len();
    for back in 1..=n.min(3) {
        let need = match text[n - back] {
            0x80..=0xBF => continue,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => 1,
        };
        return if need > back { n - back } else { n };
    }
    n
}
