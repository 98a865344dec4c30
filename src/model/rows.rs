//! Which cell of a delimited table a byte stands in, asked for places that come in order.
//!
//! The cursor only goes forward, so that all questions about a block cost one walk over it. Stretches
//! without quotes are counted eight bytes at a time, and whole rows are jumped over.

use std::ops::Range;

use super::cursor::byte_matches;
use super::{LineEnd, Table};

const LOW: u64 = 0x0101_0101_0101_0101;
/// Gaps from here on are jumped over by looking for the last line end in them.
const JUMP: usize = 64;

/// A cell of a table as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its column, from 0. There may be more of them than the table has names for.
    pub column: usize,
    /// Its bytes, quotes included.
    pub range: Range<usize>,
    /// Where its row begins.
    pub row_start: usize,
}

/// Walks over the rows of a table.
#[derive(Clone, Debug)]
pub struct RowCursor {
    delimiter: u8,
    quote: Option<u8>,
    line_end: u8,
    /// All before this byte is counted.
    at: usize,
    column: usize,
    cell_start: usize,
    row_start: usize,
    /// Between quotes.
    quoted: bool,
    /// The cell begins with a quote.
    opened: bool,
}

impl RowCursor {
    /// A cursor over the rows of `table`, at byte 0.
    #[must_use]
    pub fn new(table: &Table, line_end: LineEnd) -> RowCursor {
        RowCursor {
            delimiter: table.delimiter,
            quote: table.quote,
            line_end: line_end.byte(),
            at: 0,
            column: 0,
            cell_start: 0,
            row_start: 0,
            quoted: false,
            opened: false,
        }
    }

    /// Takes no byte for a quote: right for a text that holds none, and faster.
    pub fn ignore_quotes(&mut self) {
        self.quote = None;
    }

    /// Begins anew, in another text or at an earlier place: a row begins at `row_start`.
    pub fn begin(&mut self, row_start: usize) {
        self.at = row_start;
        self.start_row(row_start);
        self.quoted = false;
    }

    /// The column of the cell that holds byte `at`, which lies no further back than the last question.
    pub fn column(&mut self, text: &[u8], at: usize) -> usize {
        self.seek(text, at);
        self.column
    }

    /// Where the row that holds byte `at` begins. Asks as [`RowCursor::column`] does.
    pub fn row_start(&mut self, text: &[u8], at: usize) -> usize {
        self.seek(text, at);
        self.row_start
    }

    /// The cell that holds byte `at`. Asks as [`RowCursor::column`] does.
    pub fn cell(&mut self, text: &[u8], at: usize) -> Cell {
        self.seek(text, at);
        let end = self.clone().end_of_cell(text);
        Cell { column: self.column, range: self.cell_start..end, row_start: self.row_start }
    }

    /// Where the cell of the last question begins.
    #[must_use]
    pub fn cell_start(&self) -> usize {
        self.cell_start
    }

    /// The end of the cell of the last question, where it holds no quotes: the next delimiter or line
    /// end from byte `at` on.
    #[must_use]
    pub fn plain_cell_end(&self, text: &[u8], at: usize) -> usize {
        let mut end = at;
        while let Some(word) = text[end..].first_chunk() {
            let word = u64::from_le_bytes(*word);
            let ends = byte_matches(word, self.delimiter) | byte_matches(word, self.line_end);
            if ends != 0 {
                return end + ends.trailing_zeros() as usize / 8;
            }
            end += 8;
        }
        let rest = text[end..].iter().position(|&b| b == self.delimiter || b == self.line_end);
        rest.map_or(text.len(), |n| end + n)
    }

    /// Where the row of the last question begins.
    #[must_use]
    pub fn row(&self) -> usize {
        self.row_start
    }

    fn end_of_cell(&mut self, text: &[u8]) -> usize {
        let start = self.cell_start;
        for (at, &byte) in text.iter().enumerate().skip(self.at) {
            self.step(byte);
            if self.cell_start != start {
                return at;
            }
        }
        text.len()
    }

    fn seek(&mut self, text: &[u8], at: usize) {
        let at = at.min(text.len());
        if at > self.at + JUMP {
            self.jump(text, at);
        }
        while self.at < at {
            match text[self.at..].first_chunk() {
                Some(word) => self.step_word(*word, (at - self.at).min(8)),
                None => self.step(text[self.at]),
            }
        }
    }

    /// To the last row that begins before `to`, if no quote stands between.
    fn jump(&mut self, text: &[u8], to: usize) {
        let gap = &text[self.at..to];
        let plain = !self.quoted && self.quote.is_none_or(|q| memchr::memchr(q, gap).is_none());
        if plain && let Some(n) = memchr::memrchr(self.line_end, gap) {
            self.at += n + 1;
            self.start_row(self.at);
        }
    }

    /// Over the first `len` bytes of a word, 1 to 8.
    fn step_word(&mut self, bytes: [u8; 8], len: usize) {
        let word = u64::from_le_bytes(bytes);
        let own = u64::MAX >> (64 - 8 * len);
        if self.quoted || self.quote.is_some_and(|q| byte_matches(word, q) & own != 0) {
            bytes[..len].iter().for_each(|byte| self.step(*byte));
            return;
        }
        let lines = byte_matches(word, self.line_end) & own;
        let mut cells = byte_matches(word, self.delimiter) & own;
        if lines != 0 {
            self.start_row(self.at + end_of_last(lines));
            cells &= !(u64::MAX >> lines.leading_zeros());
        }
        if cells != 0 {
            self.column += ((cells >> 7).wrapping_mul(LOW) >> 56) as usize;
            self.cell_start = self.at + end_of_last(cells);
            self.opened = false;
        }
        self.at += len;
    }

    fn step(&mut self, byte: u8) {
        self.at += 1;
        if Some(byte) == self.quote {
            // A quote inside a field that does not begin with one is text (`5" rör`).
            self.opened |= self.cell_start + 1 == self.at;
            self.quoted ^= self.opened;
        } else if !self.quoted && byte == self.delimiter {
            self.column += 1;
            self.cell_start = self.at;
            self.opened = false;
        } else if !self.quoted && byte == self.line_end {
            self.start_row(self.at);
        }
    }

    fn start_row(&mut self, at: usize) {
        self.column = 0;
        self.cell_start = at;
        self.row_start = at;
        self.opened = false;
    }
}

/// How many bytes there are up to the last of some marked ones, which included.
const fn end_of_last(marks: u64) -> usize {
    8 - marks.leading_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(quote: Option<u8>) -> Table {
        Table { delimiter: b';', quote, columns: Vec::new(), has_header: false }
    }

    fn check(text: &str, needle: &str, column: usize, cell: &str, row: &str) {
        let mut cursor = RowCursor::new(&table(Some(b'"')), LineEnd::Lf);
        let at = text.find(needle).unwrap();
        let got = cursor.cell(text.as_bytes(), at);
        assert_eq!((got.column, &text[got.range]), (column, cell), "{text:?}");
        assert!(text[got.row_start..].starts_with(row), "{text:?}");
    }

    #[test]
    fn cells_are_found() {
        check("a;b;c\nd;e;f\n", "e", 1, "e", "d;");
        check("a;b;c\nd;e;f\n", "f", 2, "f", "d;");
        check("a;b;c\nd;e;f", "f", 2, "f", "d;");
        check("x", "x", 0, "x", "x");
        check("a;\"b;\nX\";c\n", "X", 1, "\"b;\nX\"", "a;");
        check("a;\"b;\nX\";c\n", "c", 2, "c", "a;");
        check("a;\"say \"\"X;\"\"\";c\n", "c", 2, "c", "a;");
        check("a;5\" rör;6\" X\nd;e\n", "e", 1, "e", "d;");
        check(&format!("{}q;X;r\n", "a;b;c\n".repeat(100)), "X", 1, "X", "q;");
    }

    /// Cell by cell from the start, one byte at a time.
    fn slowly(text: &[u8], quote: Option<u8>, at: usize) -> (usize, usize) {
        let mut cursor = RowCursor::new(&table(quote), LineEnd::Lf);
        text[..at].iter().for_each(|&byte| cursor.step(byte));
        (cursor.column, cursor.row_start)
    }

    proptest! {
        #[test]
        fn long_steps_agree_with_short_ones(
            text in "[a;\"\n]{0,40}[abcå;]{0,80}\n?[ab;\"\n]{0,90}[a;]{0,90}\n[ab;]{0,90}",
            places in proptest::collection::vec(0_usize..300, 1..6),
            quoted: bool,
        ) {
            let quote = quoted.then_some(b'"');
            let mut places: Vec<usize> = places.into_iter().map(|p| p.min(text.len())).collect();
            places.sort_unstable();
            let mut cursor = RowCursor::new(&table(quote), LineEnd::Lf);
            for at in places {
                let got = (cursor.column(text.as_bytes(), at), cursor.row_start(text.as_bytes(), at));
                prop_assert_eq!(got, slowly(text.as_bytes(), quote, at));
            }
        }
    }
}
