//! Tables of text documents and slides: rows as lines, cells parted by tabs, every paragraph with
//! its place.

use std::ops::Range;

use crate::extract::delimited;
use crate::model::{Flow, Origin, Place, Places, Record, Shape, Sink, Table};

/// A record of more text than this is handed over at the end of a row.
const LARGEST: usize = 64 * 1024;

/// Columns that a repetition may leave empty.
const WIDEST: usize = 1024;

/// A table that is put together paragraph by paragraph.
#[derive(Debug, Default)]
pub(in crate::extract) struct Rows {
    text: String,
    pieces: Vec<(u32, Place)>,
    /// Cells begun in the row at hand.
    cells: usize,
    /// What its first rows show it to be.
    known: Option<Option<Table>>,
}

impl Rows {
    /// A row begins.
    pub(in crate::extract) fn row(&mut self) {
        self.cells = 0;
    }

    /// A cell begins; `skipped` columns before it are empty.
    pub(in crate::extract) fn cell(&mut self, skipped: usize) {
        for _ in 0..=skipped.min(WIDEST) {
            if self.cells > 0 {
                self.text.push('\t');
            }
            self.cells += 1;
        }
    }

    /// A paragraph of the cell at hand.
    pub(in crate::extract) fn paragraph(&mut self, place: Place, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() && !self.text.ends_with(['\t', '\n']) {
            self.text.push(' ');
        }
        self.pieces.push((self.text.len() as u32, place));
        self.text.extend(text.chars().map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            c => c,
        }));
    }

    /// A row that has one place, its cells parted by tabs.
    pub(in crate::extract) fn line(
        &mut self,
        place: Place,
        line: &str,
        sink: &mut dyn Sink,
    ) -> Flow {
        self.pieces.push((self.text.len() as u32, place));
        self.text.push_str(line);
        self.end_row(sink)
    }

    /// The row at hand ends.
    pub(in crate::extract) fn end_row(&mut self, sink: &mut dyn Sink) -> Flow {
        self.text.push('\n');
        if self.text.len() < LARGEST { Flow::Continue } else { self.hand_over(sink) }
    }

    /// The table ends.
    pub(in crate::extract) fn end(mut self, sink: &mut dyn Sink) -> Flow {
        self.hand_over(sink)
    }

    fn hand_over(&mut self, sink: &mut dyn Sink) -> Flow {
        if self.pieces.is_empty() {
            self.text.clear();
            return Flow::Continue;
        }
        if self.known.is_none() {
            self.known = Some(delimited::rows_of(self.text.as_bytes()).filter(|_| !self.is_form()));
        }
        let origin = Origin::Placed(&*self);
        let shape = match self.known.as_ref().and_then(Option::as_ref) {
            Some(table) => Shape::Table(origin, table),
            None => Shape::Text(origin),
        };
        let focus = 0..self.text.len();
        let flow = sink.record(&Record { text: self.text.as_bytes(), focus, shape });
        self.text.clear();
        self.pieces.clear();
        flow
    }

    /// Labels on the left, values of different kinds on the right: the first row is no header.
    fn is_form(&self) -> bool {
        let rows: Vec<Vec<&str>> =
            self.text.lines().take(50).map(|line| line.split('\t').collect()).collect();
        let filled = |row: &&Vec<&str>| row.iter().any(|cell| !cell.is_empty());
        if rows.iter().filter(filled).any(|row| row.len() != 2) {
            return false;
        }
        let kind = |cell: &str| (cell.contains('@'), cell.bytes().any(|b| b.is_ascii_digit()));
        let mut kinds: Vec<_> =
            rows.iter().skip(1).filter(filled).map(|row| kind(row[1])).collect();
        let short = kinds.len() < 2;
        kinds.dedup();
        short || kinds.len() > 1
    }
}

impl Places for Rows {
    fn place(&self, _text: &[u8], range: &Range<usize>, _field: Option<&str>) -> (Place, usize) {
        let n = self.pieces.partition_point(|(start, _)| *start as usize <= range.start);
        match self.pieces.get(n.saturating_sub(1)) {
            Some((start, place)) => (place.clone(), range.start.saturating_sub(*start as usize)),
            // Nothing is handed over of a table without text.
            None => (Place::Name, range.start),
        }
    }
}
