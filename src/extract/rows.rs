//! Rows of a database's table: their cells as the rows of a table, and the values that are documents
//! of their own.

use std::io::{self, Cursor, Read};

use super::lines::Lines;
use super::recognise::{Format, Recognised};
use super::relocated::Relocated;
use super::stream::TextStream;
use super::{STRUCTURED, json, recognise};
use crate::model::{
    Flow, Origin, Place, PlacedRows, Record, Shape, Sink, Step, StoredValue, Table, TextPlace,
};

/// First bytes by which a value is recognised.
const HEAD: u64 = 64 * 1024;

/// Smaller values that are no text and no document that is known are passed over: hashes, numbers,
/// coordinates.
const NOISE: usize = 1024;

/// A line of text that is longer is cut at a space.
const LONGEST_LINE: usize = 32 * 1024;

/// May a cell's text be more than a cell: a JSON document, markup, pages of text?
#[must_use]
pub fn is_document(text: &[u8]) -> bool {
    match text.trim_ascii_start().first() {
        Some(b'{' | b'[') => json::looks_like(text, "") || json::looks_like_lines(text, ""),
        Some(b'<') => text.len() > 20 && memchr::memmem::find(text, b"</").is_some(),
        _ => text.len() > 1000 && memchr::memchr_iter(b'\n', text).nth(8).is_some(),
    }
}

/// Hands over rows, and then what of them is read by itself.
pub fn hand_over(rows: &PlacedRows<'_>, table: &Table, sink: &mut dyn Sink) -> Flow {
    let text = &rows.batch.text;
    if !text.is_empty() {
        let shape = Shape::Table(Origin::Placed(rows), table);
        if sink.record(&Record { text, focus: 0..text.len(), shape }) == Flow::Stop {
            return Flow::Stop;
        }
    }
    let mut flow = Flow::Continue;
    for StoredValue { row, column, content, .. } in &rows.batch.values {
        // What is in memory can be read.
        flow = value(rows, (*row, *column), &mut content.as_slice(), sink).unwrap_or(flow);
        if flow == Flow::Stop {
            break;
        }
    }
    flow
}

/// Hands over the value of a column of the row that begins at a byte of the batch.
///
/// # Errors
/// When it cannot be read to its end.
pub fn value(
    rows: &PlacedRows<'_>,
    (row, column): (usize, usize),
    content: &mut dyn Read,
    sink: &mut dyn Sink,
) -> io::Result<Flow> {
    let mut head = Vec::new();
    content.take(HEAD).read_to_end(&mut head)?;
    let Recognised { stored, format } = recognise(&head, b"");
    let whole = (head.len() as u64) < HEAD;
    match format {
        Format::Empty => Ok(Flow::Continue),
        Format::Binary if whole && head.len() < NOISE => Ok(Flow::Continue),
        Format::Document(_) | Format::Unsupported(_) | Format::Binary => {
            let (key, _) = rows.shown_key(row);
            let Place::Row { table, column, .. } = rows.place_of(row, column, None) else {
                return Ok(Flow::Continue);
            };
            Ok(sink.nested(Step::Blob { table, column, key }, &mut Cursor::new(head).chain(content)))
        }
        Format::Structured(n) => {
            let is_json = STRUCTURED[n].name.starts_with("JSON");
            let place = |place: TextPlace| {
                rows.place_of(row, column, place.field.filter(|_| is_json))
            };
            let mut stream = TextStream::with_encoding(head, Box::new(content), stored);
            (STRUCTURED[n].extract)(&mut stream, &mut Relocated { sink, place: &place })
        }
        Format::Text | Format::Table(_) => {
            let mut stream = TextStream::with_encoding(head, Box::new(content), stored);
            text(&mut stream, &rows.place_of(row, column, None), sink)
        }
    }
}

/// Hands over running text, all of which has one place.
fn text(stream: &mut TextStream<'_>, place: &Place, sink: &mut dyn Sink) -> io::Result<Flow> {
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
        let line = String::from_utf8_lossy(&sight[..end]).into_owned();
        stream.consume(end);
        if lines.add(place.clone(), line.trim_end_matches(['\r', '\n']), sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
}
