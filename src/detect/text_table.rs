//! Tables in running text: columns parted by bars (Markdown) or by two spaces and more.
//!
//! They are looked for only around something found, so that prose costs nothing.

use std::ops::Range;

use super::keywords::{self, Meaning};
use super::surroundings::Field;
use crate::model::{Category, Ruler};

/// Lines above that are followed in search of the header.
const LINES: usize = 2000;
/// A row is not longer, in bytes.
const ROW: usize = 4096;
/// A header's cell is not longer, in bytes.
const NAME: usize = 48;

/// The cells of one line.
struct Line {
    bars: bool,
    cells: Vec<Range<usize>>,
}

/// The lines of a table, and what its header says.
#[derive(Debug)]
pub(crate) struct TextTable {
    start: usize,
    /// What is before this byte is known to belong to the table.
    known: usize,
    bars: bool,
    /// Where the header's line ends.
    body: usize,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    /// Characters before it in the header's line.
    indent: usize,
    meaning: Meaning,
}

/// The table looked at last.
#[derive(Debug, Default)]
pub(crate) struct TextTables(Option<TextTable>);

impl TextTables {
    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }

    /// The table that holds byte `at`.
    pub(crate) fn at(&mut self, text: &[u8], at: usize) -> Option<&TextTable> {
        let line = line_at(text, at);
        cells_of(text, &line)?;
        let known = self.0.as_mut().is_some_and(|t| t.reaches(text, &line));
        if !known {
            self.0 = TextTable::above(text, &line);
        }
        self.0.as_ref()
    }

    /// The cell that holds byte `at`, as a field; none in the header itself.
    pub(crate) fn field(&mut self, text: &[u8], at: usize) -> Option<Field> {
        let line = line_at(text, at);
        let table = self.at(text, at)?;
        if line.start < table.body {
            return None;
        }
        table.row(text, &line).into_iter().find(|f| f.bounds.contains(&at))
    }
}

impl TextTable {
    /// The table whose rows reach down to `line`, its header on top.
    fn above(text: &[u8], line: &Range<usize>) -> Option<TextTable> {
        let bars = cells_of(text, line)?.bars;
        let mut header = line.clone();
        for _ in 0..LINES {
            if header.start == 0 {
                break;
            }
            let above = line_at(text, header.start - 1);
            let fits = cells_of(text, &above).is_some_and(|l| l.bars == bars);
            if !fits && !is_rule(&text[above.clone()]) {
                break;
            }
            header = above;
        }
        if is_rule(&text[header.clone()]) {
            header = line_at(text, (header.end + 1).min(text.len()));
        }
        let start = header.start;
        let mut columns = columns_of(text, &header)?;
        // Two lines of headings: the upper one names groups of columns.
        let below = line_at(text, (header.end + 1).min(text.len()));
        if below.start < line.start
            && let Some(finer) = columns_of(text, &below)
            && named(&finer) > named(&columns)
        {
            (columns, header) = (finer, below);
        }
        Some(TextTable { start, known: line.end, bars, body: header.end, columns })
    }

    /// Does the table go on to `line`?
    fn reaches(&mut self, text: &[u8], line: &Range<usize>) -> bool {
        if line.start < self.start {
            return false;
        }
        while self.known < line.start {
            let next = line_at(text, self.known + 1);
            let fits = cells_of(text, &next).is_some_and(|l| l.bars == self.bars);
            if next.end <= self.known || !fits && !is_rule(&text[next.clone()]) {
                return false;
            }
            self.known = next.end;
        }
        true
    }

    /// Does a column hold phone or personal numbers?
    pub(crate) fn has_numbers(&self) -> bool {
        let named = |m: &Meaning| {
            m.topics.speaks_for(Category::Phone) || m.topics.speaks_for(Category::Personnummer)
        };
        self.columns.iter().any(|c| named(&c.meaning))
    }

    /// All fields below the header, and where the table ends.
    pub(crate) fn fields(&self, text: &[u8]) -> (Vec<Field>, usize) {
        let mut fields = Vec::new();
        let mut next = self.body + 1;
        while next < text.len() {
            let Some((line, row)) = self.row_at(text, next) else { break };
            fields.extend(row);
            next = line.end + 1;
        }
        (fields, next)
    }

    /// Does a column hold names of persons?
    pub(crate) fn has_names(&self) -> bool {
        self.columns.iter().any(|c| c.meaning.name.is_name())
    }

    /// Does a column hold dietary needs?
    pub(crate) fn has_diet(&self) -> bool {
        self.columns.iter().any(|c| c.meaning.diet)
    }

    /// Does a column tell whose the row is?
    pub(crate) fn is_personal(&self) -> bool {
        self.columns.iter().any(|c| c.meaning.is_personal())
    }

    /// Does a column count people?
    pub(crate) fn counts(&self) -> bool {
        self.columns.iter().any(|c| c.meaning.counts)
    }

    /// The row in the line at `at` as fields; none where the table has ended.
    fn row_at(&self, text: &[u8], at: usize) -> Option<(Range<usize>, Vec<Field>)> {
        let line = line_at(text, at);
        if is_rule(&text[line.clone()]) {
            return Some((line, Vec::new()));
        }
        cells_of(text, &line).filter(|l| l.bars == self.bars)?;
        let row = self.row(text, &line);
        Some((line, row))
    }

    fn row(&self, text: &[u8], line: &Range<usize>) -> Vec<Field> {
        let Some(Line { cells, .. }) = cells_of(text, line) else { return Vec::new() };
        let whole = cells.len() == self.columns.len();
        let by_order = |n: usize| n.min(self.columns.len().saturating_sub(1));
        let by_place = |cell: &Range<usize>| {
            let indent = characters(&text[line.start..cell.start]);
            self.columns.partition_point(|c| c.indent <= indent).saturating_sub(1)
        };
        cells
            .iter()
            .enumerate()
            .filter_map(|(n, cell)| {
                let column = if whole || self.bars { by_order(n) } else { by_place(cell) };
                let meaning = self.columns.get(column)?.meaning;
                let bounds = cell.clone();
                Some(Field { bounds, meaning, row_start: line.start, is_cell: true })
            })
            .collect()
    }
}

/// The columns that a line of headings names; none if it is no such line.
fn columns_of(text: &[u8], header: &Range<usize>) -> Option<Vec<Column>> {
    let cells = cells_of(text, header)?.cells;
    let columns = cells.iter().map(|c| Column {
        indent: characters(&text[header.start..c.start]),
        meaning: keywords::meaning(&Ruler::default().decode(&text[c.clone()])),
    });
    cells.iter().all(|c| c.len() <= NAME).then(|| columns.collect())
}

/// How many columns are known to hold personal data.
fn named(columns: &[Column]) -> usize {
    columns.iter().filter(|c| c.meaning.is_personal() || c.meaning.diet).count()
}

/// The line that holds byte `at`, without its line end; of a line too long for a row only so much
/// that one sees it.
fn line_at(text: &[u8], at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let (first, last) = (at.saturating_sub(ROW + 1), (at + ROW + 1).min(text.len()));
    let start = memchr::memrchr(b'\n', &text[first..at]).map_or(first, |n| first + n + 1);
    let end = memchr::memchr(b'\n', &text[at..last]).map_or(last, |n| at + n);
    start..end.max(start)
}

/// A line that only draws.
fn is_rule(line: &[u8]) -> bool {
    line.contains(&b'-')
        && line.iter().all(|b| matches!(b, b'|' | b'-' | b':' | b'+' | b' ' | b'=' | b'\r'))
}

/// The cells of a line that has two or more.
fn cells_of(text: &[u8], line: &Range<usize>) -> Option<Line> {
    let bytes = &text[line.clone()];
    if bytes.len() > ROW || is_rule(bytes) {
        return None;
    }
    let bars = memchr::memchr_iter(b'|', bytes).count() >= 2;
    // Nearly all lines of prose have no cells, and this tells.
    let parted =
        || memchr::memchr(b'\t', bytes).is_some() || memchr::memmem::find(bytes, b"  ").is_some();
    if !bars && !parted() {
        return None;
    }
    let cells = if bars { bar_cells(bytes) } else { gap_cells(bytes) };
    let cells: Vec<_> =
        cells.into_iter().map(|c| line.start + c.start..line.start + c.end).collect();
    (cells.len() >= 2).then_some(Line { bars, cells })
}

fn bar_cells(line: &[u8]) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = line.iter().take_while(|b| **b == b' ').count();
    if line.get(start) == Some(&b'|') {
        start += 1;
    }
    for at in memchr::memchr_iter(b'|', line).filter(|&at| at == 0 || line[at - 1] != b'\\') {
        if at >= start {
            cells.push(trimmed(line, start..at));
            start = at + 1;
        }
    }
    let last = trimmed(line, start..line.len());
    if !last.is_empty() {
        cells.push(last);
    }
    cells
}

/// Cells parted by two spaces or a tab.
fn gap_cells(line: &[u8]) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < line.len() {
        let gap = line[at] == b'\t' || line[at..].starts_with(b"  ");
        if !gap {
            at += 1;
            continue;
        }
        cells.push(trimmed(line, start..at));
        at += line[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        start = at;
    }
    cells.push(trimmed(line, start.min(line.len())..line.len()));
    cells.retain(|c| !c.is_empty());
    cells
}

fn trimmed(line: &[u8], range: Range<usize>) -> Range<usize> {
    let part = &line[range.clone()];
    let start = range.start + (part.len() - part.trim_ascii_start().len());
    start..start + part.trim_ascii().len()
}

/// Characters, as far as they matter for alignment: bytes that do not continue one.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|&&b| (b as i8) >= -0x40).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: &str, phone: bool, cell: &str) {
        let at = text.find(value).unwrap();
        let field = TextTables::default().field(text.as_bytes(), at);
        let got = field
            .map(|f| (f.meaning.topics.speaks_for(Category::Phone), text[f.bounds].to_owned()));
        assert_eq!(got, Some((phone, cell.to_owned())), "{text}");
    }

    #[test]
    fn cells_have_their_headers() {
        let bars =
            "| Namn | Telefon | Kost |\n| --- | --- | --- |\n| Åsa | 123 | vegan |\n| Bo | | 4 |\n";
        check(bars, "123", true, "123");
        check(bars, "vegan", false, "vegan");
        check(bars, "4", false, "4");
        let aligned =
            "Namn      Telefon   Kost\nÅsa Ek    123       vegan\nBo                  4\n";
        check(aligned, "123", true, "123");
        check(aligned, "vegan", false, "vegan");
        check(aligned, "4", false, "4");
    }

    #[test]
    fn running_text_is_no_table() {
        let text = "Hej du.\nRing 123 nu.\n";
        assert!(TextTables::default().field(text.as_bytes(), 13).is_none());
    }
}
