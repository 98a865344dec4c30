//! Rows of a database: cells as the rows of a table, and by themselves what is more than a cell: JSON
//! with its pointers, long text, documents among bytes.

use std::io::{self, Cursor};

use super::encoding::Stored;
use super::relocated::Relocated;
use super::{TextStream, json};
use crate::model::{
    ColumnKind, Flow, Origin, Place, PlacedRows, Record, Shape, Sink, Step, StoredValue, Table,
    TextPlace, Width,
};

/// Hands over rows.
pub fn extract(rows: &PlacedRows<'_>, table: &Table, sink: &mut dyn Sink) -> Flow {
    let text = &rows.batch.text;
    if !text.is_empty() && rows.shape.cells() > 0 {
        let shape = Shape::Table(Origin::Placed(rows), table);
        if sink.record(&Record { text, focus: 0..text.len(), shape }) == Flow::Stop {
            return Flow::Stop;
        }
    }
    for value in &rows.batch.values {
        if extract_value(rows, value, sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

fn extract_value(rows: &PlacedRows<'_>, value: &StoredValue, sink: &mut dyn Sink) -> Flow {
    match value.kind {
        ColumnKind::Json => json_value(rows, value, sink),
        ColumnKind::Binary => {
            let Place::Row { table, column, key, .. } =
                rows.place_of(value.row, value.column, None)
            else {
                return Flow::Continue;
            };
            sink.nested(Step::Blob { table, column, key }, &mut Cursor::new(&value.content))
        }
        ColumnKind::Text | ColumnKind::Number => long_text(rows, value, sink),
    }
}

fn json_value(rows: &PlacedRows<'_>, value: &StoredValue, sink: &mut dyn Sink) -> Flow {
    let place = |at: TextPlace| rows.place_of(value.row, value.column, at.field);
    let mut sink = Relocated { sink, place: &place };
    let rest = Box::new(io::empty());
    let mut stream = TextStream::with_encoding(value.content.clone(), rest, UTF_8);
    // What is in memory can always be read.
    json::extract(&mut stream, &mut sink).unwrap_or(Flow::Continue)
}

/// UTF-8 without a mark.
const UTF_8: Stored = Stored { width: Width::Utf8, big_endian: false, mark: 0 };

/// Text that is longer than a cell is read as what it is: letters, pages, lists.
fn long_text(rows: &PlacedRows<'_>, value: &StoredValue, sink: &mut dyn Sink) -> Flow {
    let Place::Row { table, column, key, .. } = rows.place_of(value.row, value.column, None) else {
        return Flow::Continue;
    };
    sink.nested(Step::Blob { table, column, key }, &mut Cursor::new(&value.content))
}
