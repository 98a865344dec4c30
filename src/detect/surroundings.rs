//! The field a candidate stands in: its bounds, its label, and the other fields of its row.

use std::collections::HashMap;
use std::ops::Range;

use super::column_values::judge_columns;
use super::keywords::{self, Meaning};
use crate::model::{
    Cell, Column, Fields, LineEnd, Record, RowCursor, RowMarks, Sample, Shape, Table,
};
use crate::validate::date::Date;

/// Labels remembered at most; a document whose keys are values would have no end of them.
const LABELS: usize = 4096;

/// What labels mean, read once each.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    known: HashMap<String, Meaning>,
    /// Those of the table at hand.
    columns: Vec<Meaning>,
    /// By which its columns were judged.
    sample: Sample,
}

impl Labels {
    pub(crate) fn clear(&mut self) {
        self.columns.clear();
        if self.known.len() > LABELS {
            self.known.clear();
        }
    }

    pub(crate) fn meaning(&mut self, label: &str) -> Meaning {
        if label.is_empty() {
            return Meaning::default();
        }
        if let Some(&known) = self.known.get(label) {
            return known;
        }
        let meaning = keywords::meaning(label);
        if self.known.len() <= LABELS {
            self.known.insert(label.to_owned(), meaning);
        }
        meaning
    }

    fn read_columns(&mut self, table: &Table, line_end: LineEnd, reference: Date) {
        let known = self.columns.len() == table.columns.len();
        if known && self.sample.is_same(&table.sample) {
            return;
        }
        self.sample = table.sample.clone();
        let values = judge_columns(table, line_end, reference);
        let columns = table.columns.iter().zip(values);
        let meaning = |(c, values): (&Column, _)| Meaning { values, ..keywords::meaning(&c.name) };
        self.columns = columns.map(meaning).collect();
    }
}

/// The field around a place.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its bytes.
    pub(crate) bounds: Range<usize>,
    /// Its label's meaning.
    pub(crate) meaning: Meaning,
    /// Where its row begins.
    pub(crate) row_start: usize,
    /// It is a field of its own, not running text.
    pub(crate) is_cell: bool,
}

/// Answers for one record which field a place lies in. Places must come in order.
pub(crate) struct Surroundings<'a> {
    record: &'a Record<'a>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Text,
    Table {
        marks: &'a RowMarks,
        cursor: RowCursor,
        columns: &'a [Meaning],
        delimiter: u8,
        line_end: u8,
    },
    Fields {
        fields: &'a Fields<'a>,
        meanings: &'a [Meaning],
    },
}

/// The meanings of a record's labels, to be borrowed by its [`Surroundings`].
#[derive(Debug, Default)]
pub(crate) struct Meanings(Vec<Meaning>);

impl Meanings {
    /// Reads the labels of `record`, and what the values of its columns are on the day `reference`.
    pub(crate) fn read(&mut self, record: &Record<'_>, labels: &mut Labels, reference: Date) {
        self.0.clear();
        match &record.shape {
            Shape::Text(_) => {}
            Shape::Table(origin, table) => {
                labels.read_columns(table, origin.ruler().line_end, reference);
                self.0.extend_from_slice(&labels.columns);
            }
            Shape::Fields(fields) => self
                .0
                .extend(fields.segments.iter().map(|s| labels.meaning(fields.string(&s.label)))),
        }
    }

    /// All of them, in the order of columns or segments.
    pub(crate) fn all(&self) -> &[Meaning] {
        &self.0
    }
}

impl<'a> Surroundings<'a> {
    pub(crate) fn new(
        record: &'a Record<'a>,
        meanings: &'a Meanings,
        marks: &'a RowMarks,
    ) -> Surroundings<'a> {
        let kind = match &record.shape {
            Shape::Text(_) => Kind::Text,
            Shape::Table(origin, table) => Kind::Table {
                marks,
                cursor: RowCursor::new(marks),
                columns: meanings.all(),
                delimiter: table.delimiter,
                line_end: LineEnd::byte(origin.ruler().line_end),
            },
            Shape::Fields(fields) => Kind::Fields { fields, meanings: meanings.all() },
        };
        Surroundings { record, kind }
    }

    /// The record asked about.
    pub(crate) fn record(&self) -> &'a Record<'a> {
        self.record
    }

    /// Rows of a table as stored, which must be asked about in order?
    pub(crate) fn has_rows(&self) -> bool {
        matches!(self.kind, Kind::Table { .. })
    }

    /// The field that holds byte `at`, or that ends there.
    #[inline]
    pub(crate) fn field(&mut self, at: usize) -> Field {
        let text = self.record.text;
        match &mut self.kind {
            Kind::Text => Field {
                bounds: 0..text.len(),
                meaning: Meaning::default(),
                row_start: 0,
                is_cell: false,
            },
            Kind::Table { marks, cursor, columns, .. } => {
                let Cell { column, range: bounds, row_start } = cursor.cell(marks, at);
                let meaning = columns.get(column).copied().unwrap_or_default();
                Field { bounds, meaning, row_start, is_cell: true }
            }
            Kind::Fields { fields, meanings } => {
                // A number's hit is the byte after it, which may be the next field's.
                let index = fields.segments.partition_point(|s| (s.range.end as usize) < at);
                let Some(segment) = fields.segments.get(index) else {
                    let none = Meaning::default();
                    return Field {
                        bounds: 0..text.len(),
                        meaning: none,
                        row_start: 0,
                        is_cell: false,
                    };
                };
                let bounds = segment.range.start as usize..segment.range.end as usize;
                let meaning = meanings[index];
                Field { bounds, meaning, row_start: 0, is_cell: true }
            }
        }
    }

    /// Is the record running text?
    pub(crate) const fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text)
    }

    /// The number of the column or field that holds byte `at`.
    pub(crate) fn column(&mut self, at: usize) -> Option<usize> {
        match &mut self.kind {
            Kind::Text => None,
            Kind::Table { marks, cursor, .. } => Some(cursor.column(marks, at)),
            Kind::Fields { fields, .. } => {
                Some(fields.segments.partition_point(|s| (s.range.end as usize) <= at))
            }
        }
    }

    /// The bytes of field `index` of the row that begins at `row_start`.
    pub(crate) fn other(&self, row_start: usize, index: usize) -> Option<Range<usize>> {
        match &self.kind {
            Kind::Text => None,
            Kind::Table { delimiter, line_end, .. } => {
                nth_cell(self.record.text, row_start, index, *delimiter, *line_end)
            }
            Kind::Fields { fields, .. } => {
                let segment = fields.segments.get(index)?;
                Some(segment.range.start as usize..segment.range.end as usize)
            }
        }
    }
}

fn nth_cell(
    text: &[u8],
    row_start: usize,
    index: usize,
    delimiter: u8,
    line_end: u8,
) -> Option<Range<usize>> {
    let row = &text[row_start..];
    let row = &row[..memchr::memchr(line_end, row).unwrap_or(row.len())];
    let mut start = 0;
    for _ in 0..index {
        start += memchr::memchr(delimiter, &row[start..])? + 1;
    }
    let end = memchr::memchr(delimiter, &row[start..]).map_or(row.len(), |n| start + n);
    Some(row_start + start..row_start + end)
}
