//! Rows of a database: cells as the rows of a table, and by themselves what is more than a cell: JSON
//! with its pointers, long text, documents among bytes.

use std::io::{self, Cursor, Read};

use super::encoding::Stored;
use super::lines::Lines;
use super::recognise::{Format, Recognised};
use super::relocated::Relocated;
use super::{STRUCTURED, TextStream, json, recognise};
use crate::model::{
    ColumnKind, Flow, Origin, Place, PlacedRows, Record, Shape, Sink, Step, StoredValue, Table,
    TextPlace, Width,
};

/// First bytes by which a value is recognised.
const HEAD: u64 = 64 * 1024;

/// Fewer bytes that are neither text nor a document are passed over: sums, keys, coordinates.
const NOISE: usize = 1024;

/// A longer line of text is cut at a space.
const LONGEST_LINE: usize = 32 * 1024;

/// UTF-8 without a mark.
const UTF_8: Stored = Stored { width: Width::Utf8, big_endian: false, mark: 0 };

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
        // What is in memory can always be read.
        if extract_value(rows, value, sink).unwrap_or(Flow::Continue) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

fn extract_value(
    rows: &PlacedRows<'_>,
    value: &StoredValue,
    sink: &mut dyn Sink,
) -> io::Result<Flow> {
    let place = (value.row, value.column);
    match value.kind {
        ColumnKind::Json => {
            let stream =
                TextStream::with_encoding(value.content.clone(), Box::new(io::empty()), UTF_8);
            json_value(rows, place, stream, sink)
        }
        _ => stream_value(rows, place, &mut value.content.as_slice(), sink),
    }
}

fn json_value(
    rows: &PlacedRows<'_>,
    (row, column): (usize, usize),
    mut stream: TextStream<'_>,
    sink: &mut dyn Sink,
) -> io::Result<Flow> {
    let place = |at: TextPlace| rows.place_of(row, column, at.field);
    json::extract(&mut stream, &mut Relocated { sink, place: &place })
}

/// Hands over the value of a column of the row that begins at a byte of the batch, as what it turns
/// out to be: text has the place of the value, a document is one inside.
///
/// # Errors
/// When it cannot be read to its end.
pub fn stream_value(
    rows: &PlacedRows<'_>,
    (row, column): (usize, usize),
    content: &mut dyn Read,
    sink: &mut dyn Sink,
) -> io::Result<Flow> {
    let mut head = Vec::new();
    content.take(HEAD).read_to_end(&mut head)?;
    let Recognised { stored, format } = recognise(&head, b"");
    match format {
        Format::Empty => Ok(Flow::Continue),
        Format::Binary if head.len() < NOISE => Ok(Flow::Continue),
        Format::Document(_) | Format::Unsupported(_) | Format::Binary => {
            let place = rows.place_of(row, column, None);
            let Place::Row { table, column, key, .. } = place else { return Ok(Flow::Continue) };
            let step = Step::Blob { table, column, key };
            Ok(sink.nested(step, &mut Cursor::new(head).chain(content)))
        }
        Format::Structured(n) => {
            let mut stream = TextStream::with_encoding(head, Box::new(content), stored);
            if STRUCTURED[n].name == "JSON" {
                return json_value(rows, (row, column), stream, sink);
            }
            let place = |_: TextPlace| rows.place_of(row, column, None);
            (STRUCTURED[n].extract)(&mut stream, &mut Relocated { sink, place: &place })
        }
        Format::Text | Format::Table(_) => {
            let stream = TextStream::with_encoding(head, Box::new(content), stored);
            text_value(stream, &rows.place_of(row, column, None), sink)
        }
    }
}

/// Hands over running text, all of which has one place.
fn text_value(mut stream: TextStream<'_>, place: &Place, sink: &mut dyn Sink) -> io::Result<Flow> {
    let mut lines = Lines::default();
    loop {
        let more = stream.peek().len() > LONGEST_LINE || stream.fill()?;
        let sight = stream.peek();
        if sight.is_empty() && !more {
            return Ok(lines.end(sink));
        }
        let near = &sight[..sight.len().min(LONGEST_LINE)];
        let end = match memchr::memchr(b'\n', near) {
            Some(end) => end + 1,
            None if near.len() < LONGEST_LINE && more => continue,
            None if near.len() < LONGEST_LINE => near.len(),
            None => memchr::memrchr(b' ', near).map_or(near.len(), |at| at + 1),
        };
        let line = String::from_utf8_lossy(&near[..end]).into_owned();
        stream.consume(end);
        if lines.add(place.clone(), line.trim_end_matches(['\r', '\n']), sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
}
