//! What extractors hand over: text with the structure it stood in.
//!
//! A record is a block of running text, a block of table rows as stored, or one row, object or
//! element with its labelled fields. The text is what is scanned: UTF-8, or bytes as stored in an
//! encoding whose lower half is ASCII. Where a piece of it stands in the document is worked out only
//! for what is found in it.

use std::fmt;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use super::{Cursor, Place, Problem, Ruler, Step, TextPlace};

/// Go on, or stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Flow {
    /// More is welcome.
    Continue,
    /// No more, please.
    Stop,
}

/// Receives what an extractor finds in a document.
pub trait Sink {
    /// A record of the document, in the document's order.
    fn record(&mut self, record: &Record<'_>) -> Flow;

    /// Something in the document that could not be read.
    fn problem(&mut self, problem: Problem) -> Flow;

    /// A document inside this one. `content` is read as far as it is wanted, which may be not at all;
    /// what is wrong with it the sink is told, not the caller. [`Flow::Stop`] when the run is to end
    /// or a budget is used up: the caller reads no further members then.
    fn nested(&mut self, step: Step, content: &mut dyn Read) -> Flow;
}

/// A text and the structure it stood in.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The scanned text.
    pub text: &'a [u8],
    /// What begins here is this record's to report; the rest is there as surroundings.
    pub focus: Range<usize>,
    /// Its structure.
    pub shape: Shape<'a>,
}

/// The structure of a record.
#[derive(Clone, Debug)]
pub enum Shape<'a> {
    /// Running text.
    Text(Origin<'a>),
    /// Rows of a delimited table; the focus begins at a row.
    Table(Origin<'a>, &'a Table),
    /// One row, object or element.
    Fields(Fields<'a>),
}

/// Where the text of a record comes from.
#[derive(Clone, Copy)]
pub enum Origin<'a> {
    /// It is stored so.
    Stored(TextSpan),
    /// It was put together in UTF-8, one line for each piece that has a place of its own: a
    /// paragraph, a row of a sheet.
    Placed(&'a (dyn Places + Sync)),
}

/// Knows the places of a text that was put together.
pub trait Places {
    /// Where `range` of `text` stands, and how many bytes it lies behind the beginning of what has
    /// that place. `field` is the name of the table's column that holds it.
    fn place(&self, text: &[u8], range: &Range<usize>, field: Option<&str>) -> (Place, usize);
}

impl Origin<'_> {
    /// How the text is measured.
    #[must_use]
    pub fn ruler(&self) -> Ruler {
        match self {
            Origin::Stored(span) => span.ruler,
            Origin::Placed(_) => Ruler::default(),
        }
    }

    /// The place of `range` of `text`, which begins where this does.
    #[must_use]
    pub fn place(&self, text: &[u8], range: &Range<usize>, field: Option<String>) -> Place {
        match self {
            Origin::Stored(span) => Place::Text(span.place(text, range, field)),
            Origin::Placed(places) => places.place(text, range, field.as_deref()).0,
        }
    }
}

impl From<TextSpan> for Origin<'_> {
    fn from(span: TextSpan) -> Self {
        Origin::Stored(span)
    }
}

impl fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Stored(span) => span.fmt(f),
            Origin::Placed(_) => f.write_str("Placed"),
        }
    }
}

/// Where a stretch of stored text begins and how it is measured.
#[derive(Clone, Copy, Debug)]
pub struct TextSpan {
    /// Position of the record text's first byte.
    pub start: Cursor,
    /// How it is measured.
    pub ruler: Ruler,
}

impl TextSpan {
    /// The place of `range` of `text`, which begins at this span's start.
    #[must_use]
    pub fn place(&self, text: &[u8], range: &Range<usize>, field: Option<String>) -> TextPlace {
        let from = self.ruler.advance(self.start, &text[..range.start]);
        let byte_end = from.byte + self.ruler.stored_len(&text[range.clone()]);
        TextPlace { line: from.line, column: from.column, byte_start: from.byte, byte_end, field }
    }
}

/// A delimited table: dialect and columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The byte between fields.
    pub delimiter: u8,
    /// The byte around fields that hold delimiters or line ends, where the table uses one.
    pub quote: Option<u8>,
    /// The columns, in order. A row may have more fields than there are columns.
    pub columns: Vec<Column>,
    /// The first row names the columns; it is in the text like any other row.
    pub has_header: bool,
    /// Its first rows, the header left out, in the encoding of the records' texts. Each of the table's
    /// records has the same, so that what they say of a column holds wherever it is read.
    pub sample: Sample,
}

/// The first rows of a table, as stored. It cannot be printed by accident: it holds values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sample(Arc<[u8]>);

impl Sample {
    /// Keeps rows.
    #[must_use]
    pub fn new(rows: &[u8]) -> Sample {
        Sample(rows.into())
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[u8] {
        &self.0
    }

    /// Are both taken from the same table at the same time? Says no of equal ones that are not.
    #[must_use]
    pub fn is_same(&self, other: &Sample) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Table {
    /// The name of a column, where it has one.
    #[must_use]
    pub fn name_of(&self, column: usize) -> Option<&str> {
        let column = self.columns.get(column).filter(|_| self.has_header)?;
        (!column.name.is_empty()).then_some(column.name.as_str())
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Column {
    /// Its header, white space trimmed; empty where there is none.
    pub name: String,
}

/// The fields of one row, object or element.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// The fields, in order; between two of them the text holds one tab.
    pub segments: &'a [Segment],
    /// Where the text's bytes are stored, in order of `at`; empty if all spots are fixed.
    pub pieces: &'a [Piece],
    /// Labels and field names, cut out by the segments.
    pub strings: &'a str,
    /// Fixed places, pointed to by the segments.
    pub places: &'a [Place],
    /// How stored text is measured.
    pub ruler: Ruler,
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its bytes in the record's text.
    pub range: Range<u32>,
    /// Its label (column header, key, element name) in `strings`; empty where it has none.
    pub label: Range<u32>,
    /// Where it stands.
    pub spot: Spot,
}

/// Where a segment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// In stored text: the record's pieces tell; the locator's `field` is cut from `strings`, none
    /// where that is empty.
    Stored(Range<u32>),
    /// At a place of its own, by its number in `places`.
    Fixed(u32),
}

/// A stretch of the record's text and where it is stored. It ends where the next piece begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its first byte in the record's text.
    pub at: u32,
    /// The stored position of that byte.
    pub from: Cursor,
    /// How it stands there.
    pub kind: PieceKind,
}

/// How a piece is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Byte for byte.
    Verbatim,
    /// As an escape of so many stored bytes.
    Escape(u32),
    /// Not at all: a separator between fields.
    Absent,
}

impl Fields<'_> {
    /// The segment that holds byte `at` of the record's text, with its number.
    #[must_use]
    pub fn segment_at(&self, at: usize) -> Option<(usize, &Segment)> {
        let n = self.segments.partition_point(|s| s.range.end as usize <= at);
        let segment = self.segments.get(n)?;
        (segment.range.start as usize <= at).then_some((n, segment))
    }

    /// A label or field name.
    #[must_use]
    pub fn string(&self, range: &Range<u32>) -> &str {
        &self.strings[range.start as usize..range.end as usize]
    }

    /// The place of `range` of `text`.
    #[must_use]
    pub fn place(&self, text: &[u8], range: &Range<usize>) -> Place {
        let Some((_, segment)) = self.segment_at(range.start) else {
            return Place::Text(self.text_place(text, range, None));
        };
        match &segment.spot {
            Spot::Fixed(n) => self.places[*n as usize].clone(),
            Spot::Stored(field) => {
                let field = self.string(field);
                let field = (!field.is_empty()).then(|| field.to_owned());
                Place::Text(self.text_place(text, range, field))
            }
        }
    }

    fn text_place(&self, text: &[u8], range: &Range<usize>, field: Option<String>) -> TextPlace {
        let from = self.stored_start(text, range.start);
        let byte_end = self.stored_end(text, range.end).max(from.byte);
        TextPlace { line: from.line, column: from.column, byte_start: from.byte, byte_end, field }
    }

    fn piece_of(&self, at: usize) -> Option<&Piece> {
        let n = self.pieces.partition_point(|p| p.at as usize <= at);
        self.pieces.get(n.checked_sub(1)?)
    }

    /// The stored position of byte `at`.
    fn stored_start(&self, text: &[u8], at: usize) -> Cursor {
        match self.piece_of(at) {
            None => Cursor::start(0),
            Some(p) if p.kind == PieceKind::Verbatim => {
                self.ruler.advance(p.from, &text[p.at as usize..at])
            }
            Some(p) => p.from,
        }
    }

    /// The stored offset after the byte before `end`.
    fn stored_end(&self, text: &[u8], end: usize) -> u64 {
        let Some(p) = self.piece_of(end.saturating_sub(1)) else { return 0 };
        match p.kind {
            PieceKind::Verbatim => p.from.byte + self.ruler.stored_len(&text[p.at as usize..end]),
            PieceKind::Escape(stored) => p.from.byte + u64::from(stored),
            PieceKind::Absent => p.from.byte,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_counted_as_stored() {
        // Stored from byte 10: `a&aring;b`, read as `aåb`.
        let from = |column, byte| Cursor { line: 1, column, byte };
        let pieces = [
            Piece { at: 0, from: from(1, 10), kind: PieceKind::Verbatim },
            Piece { at: 1, from: from(2, 11), kind: PieceKind::Escape(7) },
            Piece { at: 3, from: from(9, 18), kind: PieceKind::Verbatim },
        ];
        let segments = [Segment { range: 0..4, label: 0..0, spot: Spot::Stored(0..5) }];
        let fields = Fields {
            segments: &segments,
            pieces: &pieces,
            strings: "/p[1]",
            places: &[],
            ruler: Ruler::default(),
        };
        let text = "aåb".as_bytes();
        let place = |range| match fields.place(text, &range) {
            Place::Text(place) => (place.column, place.byte_start, place.byte_end),
            other => panic!("{other:?}"),
        };
        assert_eq!(place(0..4), (1, 10, 19));
        assert_eq!(place(1..3), (2, 11, 18));
        assert_eq!(place(3..4), (9, 18, 19));
    }
}
