//! Which cell of a delimited table a byte stands in, asked for places that come in order.
//!
//! [`RowMarks`] says where cells and rows end, a bit a byte; [`RowCursor`] goes forward over them, so
//! that all questions about a text cost one walk over its marks and each a few operations.

use std::ops::Range;

use super::cursor::{byte_matches, in_one_byte};
use super::{LineEnd, Table};

/// Bytes a word of marks stands for.
const WORD: usize = 64;

/// Gaps of more words are jumped over by looking for the last line end in them.
const JUMP: usize = 16;

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
pub type Masks = [u64; 2];

/// Appends, for every 64 bytes of `text`, where the two of `bytes` stand among them.
pub fn find_places(text: &[u8], bytes: [u8; 2], out: &mut Vec<Masks>) {
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
    words: Vec<Masks>,
    quotes: Vec<Masks>,
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
        find: impl Fn(&[u8], [u8; 2], &mut Vec<Masks>),
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

    /// The rows, without their ends.
    pub fn rows(&self) -> impl Iterator<Item = Range<usize>> {
        let (mut start, mut next) = (self.start, 0);
        let mut ends = 0;
        std::iter::from_fn(move || {
            while ends == 0 && next < self.words.len() {
                ends = self.words[next][1];
                next += 1;
            }
            if ends == 0 {
                let last = start..self.len;
                start = self.len + 1;
                return (last.start <= self.len).then_some(last);
            }
            let end = self.start + (next - 1) * WORD + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            Some(std::mem::replace(&mut start, end + 1)..end)
        })
    }

    /// Cell `index` of a row, if it has so many.
    #[must_use]
    pub fn nth_cell(&self, row: &Range<usize>, index: usize) -> Option<Range<usize>> {
        let first = (row.start - self.start) / WORD;
        let last = (row.end - self.start) / WORD;
        let before = (1 << ((row.start - self.start) % WORD)) - 1;
        let words = self.words.iter().enumerate().take(last + 1).skip(first);
        let ends = words.flat_map(|(n, [cells, _])| {
            let own = if n == first { cells & !before } else { *cells };
            bits(own).map(move |place| self.start + n * WORD + place as usize)
        });
        let mut ends = ends.take_while(|end| *end < row.end).chain([row.end]);
        let start = match index.checked_sub(1) {
            Some(before) => ends.nth(before).filter(|end| *end < row.end)? + 1,
            None => row.start,
        };
        ends.next().map(|end| start..end)
    }

    /// The marks of word `n`.
    #[inline]
    fn word(&self, n: usize) -> Masks {
        self.words.get(n).copied().unwrap_or_default()
    }

    /// The same, of cells and rows alike.
    #[inline]
    fn ends(&self, n: usize) -> u64 {
        let [cells, rows] = self.word(n);
        cells | rows
    }

    /// The first end among those `ahead` in word `n`, or else behind it.
    #[inline]
    fn first_end(&self, mut n: usize, mut ahead: u64) -> usize {
        while ahead == 0 {
            n += 1;
            let Some([cells, rows]) = self.words.get(n) else { return self.len };
            ahead = cells | rows;
        }
        self.start + n * WORD + ahead.trailing_zeros() as usize
    }
}

/// The places of the bits that are set, from the lowest.
fn bits(mut mask: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (mask != 0).then(|| mask.trailing_zeros())?;
        mask &= mask - 1;
        Some(place)
    })
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
    /// The cell at hand.
    column: usize,
    start: usize,
    end: usize,
    row: usize,
    /// The word of marks at hand, and those of its marks that are still ahead.
    word: usize,
    ahead: u64,
}

impl RowCursor {
    /// A cursor at the first row of `marks`.
    #[must_use]
    pub fn new(marks: &RowMarks) -> RowCursor {
        let (start, ahead) = (marks.start, marks.ends(0));
        let end = marks.first_end(0, ahead);
        RowCursor { column: 0, start, end, row: start, word: 0, ahead }
    }

    /// The column of the cell that holds byte `at`. Asking for places in order is quickest.
    pub fn column(&mut self, marks: &RowMarks, at: usize) -> usize {
        self.cell(marks, at).column
    }

    /// Where the row that holds byte `at` begins. Asks as [`RowCursor::column`] does.
    pub fn row_start(&mut self, marks: &RowMarks, at: usize) -> usize {
        self.cell(marks, at).row_start
    }

    /// The cell that holds byte `at`. Asks as [`RowCursor::column`] does.
    #[inline]
    pub fn cell(&mut self, marks: &RowMarks, at: usize) -> Cell {
        if at < self.start || self.end < at {
            self.seek(marks, at.clamp(marks.start, marks.len));
        }
        Cell { column: self.column, range: self.start..self.end, row_start: self.row }
    }

    /// Goes to the cell that holds byte `at`.
    fn seek(&mut self, marks: &RowMarks, at: usize) {
        if at < self.start {
            *self = RowCursor::new(marks);
        }
        let place = at - marks.start;
        let to = place / WORD;
        if to > self.word + JUMP {
            self.jump(marks, to);
        }
        while self.word < to {
            self.pass(marks, u64::MAX);
            self.word += 1;
            self.ahead = marks.ends(self.word);
        }
        self.pass(marks, (1 << (place % WORD)) - 1);
        self.end = marks.first_end(self.word, self.ahead);
    }

    /// Goes beyond those marks ahead in this word that are among `which`.
    #[inline]
    fn pass(&mut self, marks: &RowMarks, which: u64) {
        let passed = self.ahead & which;
        if passed == 0 {
            return;
        }
        self.ahead ^= passed;
        let base = marks.start + self.word * WORD;
        let last = |marks: u64| marks.ilog2() as usize;
        self.start = base + last(passed) + 1;
        let rows = passed & marks.word(self.word)[1];
        if rows == 0 {
            self.column += passed.count_ones() as usize;
        } else {
            self.row = base + last(rows) + 1;
            // In two steps, since nothing can be shifted by all its bits.
            self.column = (passed >> last(rows) >> 1).count_ones() as usize;
        }
    }

    /// To the last word before `to` in which a row ends: what was before it does not matter.
    #[cold]
    fn jump(&mut self, marks: &RowMarks, to: usize) {
        let first = self.word + 1;
        let gap = marks.words.get(first..to).unwrap_or_default();
        if let Some(n) = gap.iter().rposition(|[_, rows]| *rows != 0) {
            self.word = first + n;
            self.ahead = marks.ends(self.word);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks(text: &str, quote: Option<u8>) -> RowMarks {
        let (columns, sample) = (Vec::new(), Default::default());
        let table = Table { delimiter: b';', quote, columns, has_header: false, sample };
        RowMarks::of(text.as_bytes(), 0, &table, LineEnd::Lf)
    }

    fn cursor(marks: &RowMarks) -> RowCursor {
        RowCursor::new(marks)
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
            for row in marks.rows() {
                let cells = slowly(text.as_bytes(), quote, row.end).column + 1;
                prop_assert_eq!(marks.nth_cell(&row, cells), None);
            }
            for at in places {
                let want = slowly(text.as_bytes(), quote, at);
                prop_assert_eq!(cursor.column(&marks, at), want.column);
                prop_assert_eq!(cursor.row_start(&marks, at), want.row_start);
                let row = marks.rows().find(|row| row.start == want.row_start).unwrap();
                prop_assert_eq!(marks.nth_cell(&row, want.column), Some(want.range.clone()));
                prop_assert_eq!(cursor.cell(&marks, at), want);
            }
        }
    }
}
