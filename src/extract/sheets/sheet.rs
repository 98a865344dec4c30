//! The cells of a sheet as rows of a table: lines of text with a tab between two cells, and the place
//! of each in the sheet.
//!
//! Rows are gathered until they fill a record, in their order. A part of a sheet that an empty row
//! ends is looked at by its first rows: where are the names of its columns, or is it running text?

use std::ops::Range;

use super::address::{self, COLUMNS};
use super::header::{self, Cells, Layout, has_values};
use crate::extract::RecordBuilder;
use crate::model::{
    Column, Flow, Origin, Place, Places, Record, Ruler, Sample, Shape, Sink, Table,
};

/// A record of more text than this is handed over at the end of a row.
const LARGEST: usize = 64 * 1024;

/// Rows by which a part of a sheet is judged, and what its columns hold.
const SAMPLE: usize = 1000;

/// Rows of these that are looked at for the names of columns.
const TOP: usize = 50;

/// So many empty cells may stand between two cells of a line; what is farther begins a line of its own.
const GAP: u32 = 256;

/// A longer value is cut off. Programs allow 32,767 characters.
const VALUE: usize = 256 * 1024;

/// The rows of one sheet.
#[derive(Debug)]
pub(super) struct Sheet {
    name: String,
    text: Vec<u8>,
    lines: Vec<Line>,
    /// The column of the first cell of each line.
    first: u32,
    /// The column at which the line at hand stands.
    column: u32,
    /// The row at hand, from 1.
    row: u32,
    /// Is a line begun?
    open: bool,
    shown: Shown,
    header: Vec<Column>,
    table: Table,
}

/// A line of the text.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: u32,
    row: u32,
}

/// How the lines at hand are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// Nobody knows yet.
    Unjudged,
    Table,
    Text,
}

impl Sheet {
    /// A sheet without rows.
    pub(super) fn new(name: &str) -> Sheet {
        Sheet {
            name: name.to_owned(),
            text: Vec::new(),
            lines: Vec::new(),
            first: 0,
            column: 0,
            row: 0,
            open: false,
            shown: Shown::Unjudged,
            header: Vec::new(),
            table: table_of(&[], 0, b""),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Tells of its name, which is text like any other.
    pub(super) fn tell_name(&self, sink: &mut dyn Sink) -> Flow {
        let mut record = RecordBuilder::new(Ruler::default());
        let sheet = self.name.clone();
        record.begin_fixed("", Place::Cell { sheet, cell: None, field: None, part: None });
        record.absent(self.name.as_bytes());
        record.push_to(sink)
    }

    /// The header of a column, as far as one was met.
    pub(super) fn field(&self, column: u32) -> Option<String> {
        let column = self.header.get(column as usize)?;
        (!column.name.is_empty()).then(|| column.name.clone())
    }

    /// Something that hangs on a cell, or on the sheet as a whole.
    pub(super) fn place_of(&self, cell: Option<(u32, u32)>, part: &'static str) -> Place {
        Place::Cell {
            sheet: self.name.clone(),
            cell: cell.map(|(column, row)| address::write(column, row)),
            field: cell.and_then(|(column, _)| self.field(column)),
            part: Some(part),
        }
    }

    /// Goes to a row. Rows usually come in order.
    pub(super) fn begin_row(&mut self, row: u32, sink: &mut dyn Sink) -> Flow {
        self.end_line();
        let flow = if !self.lines.is_empty() && row != self.row + 1 {
            self.end_part(sink)
        } else if self.is_ripe() {
            self.ripen(sink)
        } else {
            Flow::Continue
        };
        self.row = row;
        self.column = self.first;
        flow
    }

    fn is_ripe(&self) -> bool {
        match self.shown {
            Shown::Unjudged => self.lines.len() >= SAMPLE || self.text.len() >= LARGEST,
            Shown::Table | Shown::Text => self.text.len() >= LARGEST,
        }
    }

    fn ripen(&mut self, sink: &mut dyn Sink) -> Flow {
        if self.shown == Shown::Unjudged && self.judge(sink) == Flow::Stop {
            return Flow::Stop;
        }
        if self.text.len() >= LARGEST { self.hand_over(sink) } else { Flow::Continue }
    }

    /// Adds a cell of the row at hand. Empty cells are nothing. Cells usually come in order.
    pub(super) fn cell(&mut self, column: u32, value: &[u8], sink: &mut dyn Sink) -> Flow {
        if value.is_empty() || column >= COLUMNS {
            return Flow::Continue;
        }
        let behind = self.open && column <= self.column;
        let far = column > self.column.saturating_add(GAP) || column < self.first;
        if (behind || far || self.text.len() >= 4 * LARGEST)
            && self.begin_elsewhere(column, sink) == Flow::Stop
        {
            return Flow::Stop;
        }
        if !self.open {
            self.lines.push(Line { start: self.text.len() as u32, row: self.row });
            self.open = true;
        }
        let tabs = (column - self.column) as usize;
        self.text.resize(self.text.len() + tabs, b'\t');
        self.column = column;
        push_value(&mut self.text, &value[..value.len().min(VALUE)]);
        Flow::Continue
    }

    /// Goes on in a line that begins at `column`, or at the first one where that is near.
    fn begin_elsewhere(&mut self, column: u32, sink: &mut dyn Sink) -> Flow {
        self.end_line();
        let first = if column > GAP { column } else { 0 };
        let full = self.text.len() >= 4 * LARGEST;
        let flow = if (first != self.first || full) && !self.lines.is_empty() {
            let flow = self.ripen(sink);
            if flow == Flow::Stop { flow } else { self.hand_over(sink) }
        } else {
            Flow::Continue
        };
        if first != self.first {
            self.first = first;
            self.table = table_of(&self.header, first, b"");
        }
        self.column = self.first;
        flow
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.open) {
            self.text.push(b'\n');
        }
    }

    /// Hands over what is left.
    pub(super) fn end(&mut self, sink: &mut dyn Sink) -> Flow {
        self.end_line();
        self.end_part(sink)
    }

    /// Empty rows follow: what comes then may be something else.
    fn end_part(&mut self, sink: &mut dyn Sink) -> Flow {
        if self.shown == Shown::Unjudged && self.judge(sink) == Flow::Stop {
            return Flow::Stop;
        }
        let flow = self.hand_over(sink);
        self.shown = Shown::Unjudged;
        flow
    }

    /// Decides what the lines at hand are.
    fn judge(&mut self, sink: &mut dyn Sink) -> Flow {
        let rows: Vec<Cells<'_>> = self.lines().map(cells).take(TOP).collect();
        let layout = header::layout(&rows);
        let (row, grouped) = match layout {
            Layout::Header { row, grouped }
                if self.header.is_empty() || has_values(&rows[row..]) =>
            {
                (row, grouped)
            }
            Layout::Prose => {
                self.shown = Shown::Text;
                return Flow::Continue;
            }
            // Rows of words below a table go on with it.
            Layout::Rows | Layout::Header { .. } => {
                if self.header.is_empty() {
                    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
                    self.table = unnamed(width, &self.text);
                }
                self.shown = Shown::Table;
                return Flow::Continue;
            }
        };
        let groups = if grouped { &rows[row - 1][..] } else { &[] };
        let named = column_names(&rows[row], groups);
        let before = std::iter::repeat_n(Column::default(), self.first as usize);
        self.header = before.chain(named).collect();
        let body = self.lines.get(row + 1).map_or(self.text.len(), |line| line.start as usize);
        self.table = table_of(&self.header, self.first, &self.text[body..]);
        let flow = self.hand_over_above(row, sink);
        self.shown = Shown::Table;
        flow
    }

    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.lines.iter().skip(1).map(|line| line.start as usize);
        let ends = ends.chain([self.text.len()]);
        self.lines.iter().zip(ends).map(|(line, end)| {
            let line = &self.text[line.start as usize..end];
            line.strip_suffix(b"\n").unwrap_or(line)
        })
    }

    /// What stands above a header is running text.
    fn hand_over_above(&mut self, row: usize, sink: &mut dyn Sink) -> Flow {
        if row == 0 {
            return Flow::Continue;
        }
        let end = self.lines[row].start as usize;
        let above = Above(self);
        let shape = Shape::Text(Origin::Placed(&above));
        let flow = sink.record(&Record { text: &self.text[..end], focus: 0..end, shape });
        self.text.drain(..end);
        self.lines.drain(..row);
        self.lines.iter_mut().for_each(|line| line.start -= end as u32);
        flow
    }

    fn hand_over(&mut self, sink: &mut dyn Sink) -> Flow {
        if self.text.is_empty() {
            return Flow::Continue;
        }
        let above = Above(self);
        let shape = match self.shown {
            Shown::Text => Shape::Text(Origin::Placed(&above)),
            Shown::Table | Shown::Unjudged => Shape::Table(Origin::Placed(&*self), &self.table),
        };
        let focus = 0..self.text.len();
        let flow = sink.record(&Record { text: &self.text, focus, shape });
        self.text.clear();
        self.lines.clear();
        flow
    }

    /// Column and row of the cell that holds byte `at` of `text`, and where the cell begins.
    fn cell_at(&self, text: &[u8], at: usize) -> (u32, u32, usize) {
        let n = self.lines.partition_point(|line| line.start as usize <= at);
        let Some(line) = self.lines.get(n.saturating_sub(1)) else { return (0, 1, 0) };
        let before = text.get(line.start as usize..at).unwrap_or_default();
        let tabs = memchr::memchr_iter(b'\t', before).count() as u32;
        let start = memchr::memrchr(b'\t', before).map_or(0, |tab| tab + 1);
        (self.first + tabs, line.row, line.start as usize + start)
    }
}

impl Places for Sheet {
    fn place(&self, text: &[u8], range: &Range<usize>, field: Option<&str>) -> (Place, usize) {
        // A row as a whole is told at its first filled cell.
        let empty = text[range.start..].iter().take_while(|b| **b == b'\t').count();
        let at = (range.start + empty).min(range.end);
        let (column, row, start) = self.cell_at(text, at);
        let place = Place::Cell {
            sheet: self.name.clone(),
            cell: Some(address::write(column, row)),
            field: field.map(str::to_owned),
            part: None,
        };
        (place, at.saturating_sub(start))
    }
}

/// The places of lines to which the header at hand says nothing.
struct Above<'s>(&'s Sheet);

impl Places for Above<'_> {
    fn place(&self, text: &[u8], range: &Range<usize>, _field: Option<&str>) -> (Place, usize) {
        self.0.place(text, range, None)
    }
}

fn cells(line: &[u8]) -> Cells<'_> {
    line.split(|b| *b == b'\t').collect()
}

/// The names of columns; where the row of names leaves one out, that above it counts.
fn column_names<'a>(
    names: &'a [&'a [u8]],
    groups: &'a [&'a [u8]],
) -> impl Iterator<Item = Column> + use<'a> {
    (0..names.len().max(groups.len())).map(|n| {
        let own = names.get(n).copied().unwrap_or_default().trim_ascii();
        let group = groups.get(n).copied().unwrap_or_default().trim_ascii();
        let name = if own.is_empty() { group } else { own };
        Column { name: String::from_utf8_lossy(name).into_owned() }
    })
}

/// A table whose lines begin at column `first`; `rows` show what its columns hold.
fn table_of(header: &[Column], first: u32, rows: &[u8]) -> Table {
    let columns = header.get(first as usize..).unwrap_or_default().to_vec();
    let has_header = !columns.is_empty();
    Table { delimiter: b'\t', quote: None, columns, has_header, sample: Sample::new(rows) }
}

/// A table that says nothing of its columns.
fn unnamed(width: usize, rows: &[u8]) -> Table {
    let columns = vec![Column::default(); width];
    Table { columns, has_header: false, ..table_of(&[], 0, rows) }
}

/// Adds a value, without the bytes that divide cells and rows. A line end parts numbers; a space
/// would join them.
fn push_value(text: &mut Vec<u8>, value: &[u8]) {
    let mut rest = value;
    while let Some(at) = memchr::memchr3(b'\t', b'\n', b'\r', rest) {
        text.extend_from_slice(&rest[..at]);
        let digit = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_digit() || *b == b'+');
        let numbers = at > 0 && digit(rest.get(at - 1)) && digit(rest.get(at + 1));
        text.extend_from_slice(if numbers { "\u{2028}".as_bytes() } else { b" " });
        rest = &rest[at + 1..];
    }
    text.extend_from_slice(rest);
}
