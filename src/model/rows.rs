//! Which cell of a delimited table a byte stands in, asked for places that come in order.
//!
//! [`RowMarks`] says where cells and rows end, a bit a byte; [`RowCursor`] goes forward over them and
//! writes down the ends of the cells of those rows that somebody asks about.

use std::ops::Range;

use super::cursor::{byte_matches, in_one_byte};
use super::{LineEnd, Table};

/// Bytes a word of marks stands for.
const WORD: usize = 64;

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

/// Where two bytes stand among 64: a bit a byte, the first byte's lowest.
pub type Places = [u64; 2];

/// Appends, for every 64 bytes of `text`, where the two of `bytes` stand among them.
pub fn find_places(text: &[u8], bytes: [u8; 2], out: &mut Vec<Places>) {
    out.extend(text.chunks(WORD).map(|chunk| {
        let mut all = [0; WORD];
        all[..chunk.len()].copy_from_slice(chunk);
        let own = u64::MAX >> (WORD - chunk.len());
        bytes.map(|byte| places_of(&all, byte) & own)
    }));
}

fn places_of(bytes: &[u8; WORD], byte: u8) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words
        .iter()
        .rev()
        .fold(0, |all, word| all << 8 | in_one_byte(byte_matches(u64::from_le_bytes(*word), byte)))
}

/// Where the cells and rows of a table end.
#[derive(Debug, Default)]
pub struct RowMarks {
    /// Ends of cells, and of rows.
    words: Vec<Places>,
    quotes: Vec<Places>,
    /// The byte that the first bit stands for.
    start: usize,
    /// Bytes of the whole text.
    len: usize,
}

impl RowMarks {
    /// Those of `text`, found in the plain way.
    #[must_use]
    pub fn of(text: &[u8], start: usize, table: &Table, line_end: LineEnd) -> RowMarks {
        let mut marks = RowMarks::default();
        marks.read(text, start, (table, line_end), find_places);
        marks
    }

    /// Reads the rows of `text`, the first of which begins at `start`. `find` does what [`find_places`]
    /// does.
    pub fn read(
        &mut self,
        text: &[u8],
        start: usize,
        (table, line_end): (&Table, LineEnd),
        find: impl Fn(&[u8], [u8; 2], &mut Vec<Places>),
    ) {
        self.start = start;
        self.len = text.len();
        self.words.clear();
        let rows = &text[start..];
        find(rows, [table.delimiter, line_end.byte()], &mut self.words);
        if let Some(quote) = table.quote.filter(|&quote| memchr::memchr(quote, rows).is_some()) {
            self.quotes.clear();
            find(rows, [quote; 2], &mut self.quotes);
            self.leave_out_quoted();
        }
    }

    /// Takes away the marks that stand between quotes.
    fn leave_out_quoted(&mut self) {
        let mut state = Quotes::default();
        for (n, ([cells, rows], [quotes, _])) in self.words.iter_mut().zip(&self.quotes).enumerate()
        {
            if *quotes == 0 && !state.inside {
                let marks = *cells | *rows;
                if marks != 0 {
                    state.end_cell(n * WORD + WORD - marks.leading_zeros() as usize);
                }
                continue;
            }
            let kept = state.outside(*cells | *rows, *quotes, n * WORD);
            *cells &= kept;
            *rows &= kept;
        }
    }

    /// Where the row that holds byte `at` begins, if a row ends between `from` and that byte.
    fn row_start(&self, from: usize, at: usize) -> Option<usize> {
        let (first, last) = ((from - self.start) / WORD, (at - self.start) / WORD);
        let before = (1 << ((at - self.start) % WORD)) - 1;
        let here = self.words.get(last).map_or(0, |[_, rows]| rows & before);
        let (word, rows) = match here {
            0 => {
                let n = self.words.get(first..last)?.iter().rposition(|[_, rows]| *rows != 0)?;
                (first + n, self.words[first + n][1])
            }
            rows => (last, rows),
        };
        let start = self.start + (word + 1) * WORD - rows.leading_zeros() as usize;
        (start > from).then_some(start)
    }

    /// Appends the ends of the cells of the row that begins at `start`, up to the row's own.
    fn ends_of_row(&self, start: usize, ends: &mut Vec<u32>) {
        let first = (start - self.start) / WORD;
        let mut own = u64::MAX << ((start - self.start) % WORD);
        for (n, [cells, rows]) in self.words.iter().enumerate().skip(first) {
            let row_ends = rows & own;
            // Of the bits from the row's end on only the lowest stays.
            let in_row = row_ends ^ row_ends.wrapping_sub(1);
            let mut marks = (cells | rows) & own & in_row;
            let base = (self.start + n * WORD) as u32;
            while marks != 0 {
                ends.push(base + marks.trailing_zeros());
                marks &= marks - 1;
            }
            if row_ends != 0 {
                return;
            }
            own = u64::MAX;
        }
        ends.push(self.len as u32);
    }
}

/// Where one is among quotes.
#[derive(Default)]
struct Quotes {
    inside: bool,
    /// The cell at hand begins with a quote.
    opened: bool,
    /// Where the cell at hand begins.
    cell: usize,
}

impl Quotes {
    fn end_cell(&mut self, end: usize) {
        self.cell = end;
        self.opened = false;
    }

    /// The marks of a word that are not between quotes; its first bit stands for byte `base`.
    fn outside(&mut self, marks: u64, quotes: u64, base: usize) -> u64 {
        let (mut kept, mut rest) = (0, marks | quotes);
        while rest != 0 {
            let bit = rest & rest.wrapping_neg();
            let at = base + bit.trailing_zeros() as usize;
            if quotes & bit != 0 {
                // A quote inside a field that does not begin with one is text (`5" rör`).
                self.opened |= self.cell == at;
                self.inside ^= self.opened;
            } else if !self.inside {
                kept |= bit;
                self.end_cell(at + 1);
            }
            rest ^= bit;
        }
        kept
    }
}

/// Walks over the rows of a table.
#[derive(Clone, Debug, Default)]
pub struct RowCursor {
    /// Where the row at hand begins.
    row: usize,
    /// Where its cells end; nothing before the first question.
    ends: Vec<u32>,
    /// Its cell at hand.
    column: usize,
}

impl RowCursor {
    /// Begins at the first row of `marks`, in another text perhaps.
    pub fn begin(&mut self, marks: &RowMarks) {
        self.row = marks.start;
        self.column = 0;
        self.ends.clear();
        marks.ends_of_row(marks.start, &mut self.ends);
    }

    /// The column of the cell that holds byte `at`, which lies no further back than the last question.
    pub fn column(&mut self, marks: &RowMarks, at: usize) -> usize {
        self.seek(marks, at);
        self.column
    }

    /// Where the row that holds byte `at` begins. Asks as [`RowCursor::column`] does.
    pub fn row_start(&mut self, marks: &RowMarks, at: usize) -> usize {
        self.seek(marks, at);
        self.row
    }

    /// The cell that holds byte `at`. Asks as [`RowCursor::column`] does.
    #[inline]
    pub fn cell(&mut self, marks: &RowMarks, at: usize) -> Cell {
        let end = self.seek(marks, at);
        let start = match self.column {
            0 => self.row,
            n => self.ends[n - 1] as usize + 1,
        };
        Cell { column: self.column, range: start..end, row_start: self.row }
    }

    /// Goes to the cell of byte `at`; where it ends.
    #[inline]
    fn seek(&mut self, marks: &RowMarks, at: usize) -> usize {
        let at = at.min(marks.len);
        if self.ends.last().is_none_or(|&end| (end as usize) < at) {
            self.next_row(marks, at);
        }
        loop {
            let end = self.ends.get(self.column).map_or(marks.len, |&end| end as usize);
            if end >= at {
                return end;
            }
            self.column += 1;
        }
    }

    /// Goes to the row of byte `at`. Rows in which nobody asks are not cut into cells.
    fn next_row(&mut self, marks: &RowMarks, at: usize) {
        self.row = marks.row_start(self.row, at).unwrap_or(self.row);
        self.column = 0;
        self.ends.clear();
        marks.ends_of_row(self.row, &mut self.ends);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks(text: &str, quote: Option<u8>) -> RowMarks {
        let table = Table { delimiter: b';', quote, columns: Vec::new(), has_header: false };
        RowMarks::of(text.as_bytes(), 0, &table, LineEnd::Lf)
    }

    fn cursor(marks: &RowMarks) -> RowCursor {
        let mut cursor = RowCursor::default();
        cursor.begin(marks);
        cursor
    }

    fn check(text: &str, needle: &str, column: usize, cell: &str, row: &str) {
        let marks = marks(text, Some(b'"'));
        let at = text.find(needle).unwrap();
        let got = cursor(&marks).cell(&marks, at);
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
        check(&format!("{}q;X;r\n", "a;b;c\n".repeat(1000)), "X", 1, "X", "q;");
        check(&format!("{}q;X;r\n", "a;b".repeat(1000)), "X", 1001, "X", "a;");
    }

    /// The rules, one byte at a time.
    fn slowly(text: &[u8], quote: Option<u8>, at: usize) -> Cell {
        let (mut column, mut cell, mut row) = (0, 0, 0);
        let (mut quoted, mut opened) = (false, false);
        for (n, &byte) in text.iter().enumerate() {
            let end = !quoted && matches!(byte, b';' | b'\n');
            if end && n >= at {
                return Cell { column, range: cell..n, row_start: row };
            }
            if Some(byte) == quote {
                opened |= cell == n;
                quoted ^= opened;
            } else if end {
                opened = false;
                (column, cell) = (column + 1, n + 1);
                if byte == b'\n' {
                    (column, row) = (0, n + 1);
                }
            }
        }
        Cell { column, range: cell..text.len(), row_start: row }
    }

    proptest! {
        #[test]
        fn the_marks_say_what_the_rules_say(
            text in "[a;\"\n]{0,40}[abcå;]{0,80}\n?[ab;\"\n]{0,90}[a;]{0,90}\n[ab;]{0,90}(a;b{90}\n){0,20}",
            places in proptest::collection::vec(0_usize..2500, 1..9),
            quoted: bool,
        ) {
            let quote = quoted.then_some(b'"');
            let mut places: Vec<usize> = places.into_iter().map(|p| p.min(text.len())).collect();
            places.sort_unstable();
            let marks = marks(&text, quote);
            let mut cursor = cursor(&marks);
            for at in places {
                let want = slowly(text.as_bytes(), quote, at);
                prop_assert_eq!(cursor.column(&marks, at), want.column);
                prop_assert_eq!(cursor.row_start(&marks, at), want.row_start);
                prop_assert_eq!(cursor.cell(&marks, at), want);
            }
        }
    }
}
