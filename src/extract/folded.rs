//! Folded lines, as in vCard, iCalendar and LDIF: a line that begins with a blank goes on with the one
//! before. What is unfolded remembers where each part of it is stored.

use std::cell::Cell;
use std::io;
use std::ops::Range;

use super::RecordBuilder;
use super::window::Window;
use crate::model::{Cursor, LineEnd, Ruler};

/// A line longer than this is given in parts.
const LONGEST: usize = 256 * 1024;

/// An unfolded line.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: Vec<u8>,
    /// First byte and stored place of each part.
    parts: Vec<(usize, Cursor)>,
    ruler: Ruler,
    /// The place asked for last, from which the next is measured.
    mark: Cell<Option<(usize, Cursor)>>,
    /// It goes on with the line before, which was too long.
    pub(super) is_rest: bool,
}

impl Line {
    /// Its text.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Drops the last byte, and the parts that began with it.
    fn drop_last(&mut self) {
        self.text.pop();
        let len = self.text.len();
        self.parts.retain(|p| p.0 < len || p.0 == 0);
    }

    fn part_at(&self, at: usize) -> usize {
        self.parts.partition_point(|p| p.0 <= at).saturating_sub(1)
    }

    /// Where byte `at` is stored.
    pub(super) fn cursor(&self, at: usize) -> Cursor {
        let Some(&part) = self.parts.get(self.part_at(at)) else { return Cursor::start(0) };
        let near = self.mark.get().filter(|mark| (part.0..=at).contains(&mark.0));
        let (start, from) = near.unwrap_or(part);
        let cursor = self.ruler.advance(from, &self.text[start..at]);
        self.mark.set(Some((at, cursor)));
        cursor
    }

    /// Adds a stretch to the builder as it is stored.
    pub(super) fn add(&self, builder: &mut RecordBuilder, range: Range<usize>) {
        let mut from = range.start;
        let mut part = self.part_at(from);
        while from < range.end {
            let next = self.parts.get(part + 1).map_or(self.text.len(), |p| p.0);
            let end = next.min(range.end);
            builder.verbatim(self.cursor(from), &self.text[from..end]);
            from = end;
            part += 1;
        }
    }

    /// Adds what a stretch stands for.
    pub(super) fn add_escape(&self, builder: &mut RecordBuilder, range: Range<usize>, text: &str) {
        let from = self.cursor(range.start);
        // The last byte, not the one after: between the two may lie a fold.
        let last = range.end - 1;
        let end = self.cursor(last).byte + self.ruler.stored_len(&self.text[last..range.end]);
        builder.escape(from, usize::try_from(end - from.byte).unwrap_or(0), text);
    }
}

/// Reads lines from a window and unfolds them.
pub(super) struct Lines {
    /// The line read last.
    pub(super) line: Line,
    end: u8,
    unfinished: bool,
}

impl Lines {
    pub(super) fn new(ruler: Ruler) -> Lines {
        let line = Line { ruler, ..Line::default() };
        Lines { line, end: ruler.line_end.byte(), unfinished: false }
    }

    /// Reads the next line. `soft` says whether a line that ends with `=` goes on. False at the end.
    pub(super) fn next(
        &mut self,
        window: &mut Window<'_, '_>,
        soft: impl Fn(&[u8]) -> bool,
    ) -> io::Result<bool> {
        self.line.text.clear();
        self.line.parts.clear();
        self.line.mark.set(None);
        self.line.is_rest = self.unfinished;
        window.need(1)?;
        if window.rest().is_empty() {
            return Ok(false);
        }
        loop {
            self.unfinished = !self.physical(window)?;
            if self.unfinished {
                return Ok(true);
            }
            window.need(1)?;
            let is_soft = self.line.text.ends_with(b"=") && soft(&self.line.text);
            let folded = matches!(window.rest(), [b' ' | b'\t', ..]);
            if is_soft && !window.rest().is_empty() {
                self.line.drop_last();
            } else if folded {
                window.pass(1);
            } else {
                return Ok(true);
            }
        }
    }

    /// Adds the rest of a line as it is stored. False if that is too much for one line.
    fn physical(&mut self, window: &mut Window<'_, '_>) -> io::Result<bool> {
        loop {
            let end = self.end;
            let stretch = window.stretch(|text| memchr::memchr(end, text))?;
            let last = stretch.last;
            let (text, pen) = window.parts();
            let bytes = &text[stretch.range.clone()];
            if !bytes.is_empty() {
                let from = pen.cursor(text, stretch.range.start);
                self.line.parts.push((self.line.text.len(), from));
                self.line.text.extend_from_slice(bytes);
            }
            if last {
                let marker = usize::from(window.rest().first() == Some(&end));
                window.pass(marker);
                if end == LineEnd::Lf.byte() && self.line.text.ends_with(b"\r") {
                    self.line.drop_last();
                }
            }
            // Folds that hold next to nothing count, too.
            if self.line.text.len() + 16 * self.line.parts.len() >= LONGEST {
                return Ok(false);
            }
            if last {
                return Ok(true);
            }
        }
    }
}
