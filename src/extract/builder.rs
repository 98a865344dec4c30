//! Puts a record of labelled fields together, remembering where each byte is stored.

use crate::model::{
    Cursor, Fields, Flow, Piece, PieceKind, Place, Record, Ruler, Segment, Shape, Sink, Spot,
};

/// Builds one record after another in the same buffers.
///
/// A field is begun, filled by any number of [`verbatim`](Self::verbatim) and
/// [`escape`](Self::escape) calls, and ended. Fields are kept apart by one tab, which is stored
/// nowhere.
#[derive(Debug)]
pub struct RecordBuilder {
    text: Vec<u8>,
    segments: Vec<Segment>,
    pieces: Vec<Piece>,
    strings: String,
    places: Vec<Place>,
    ruler: Ruler,
    open: Option<Segment>,
}

impl RecordBuilder {
    /// An empty record of stored text measured by `ruler`.
    #[must_use]
    pub fn new(ruler: Ruler) -> RecordBuilder {
        RecordBuilder {
            text: Vec::new(),
            segments: Vec::new(),
            pieces: Vec::new(),
            strings: String::new(),
            places: Vec::new(),
            ruler,
            open: None,
        }
    }

    /// Bytes of text so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Is there no text yet?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Is a field begun and not ended?
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Begins a field of stored text. `label` is its column, key or element name, `field` what the
    /// locator shows; both may be empty. A field left open is ended.
    pub fn begin(&mut self, label: &str, field: &str) {
        let field = self.intern(field);
        self.begin_at(label, Spot::Stored(field));
    }

    /// Begins a field at a place of its own.
    pub fn begin_fixed(&mut self, label: &str, place: Place) {
        self.places.push(place);
        let n = index(self.places.len() - 1);
        self.begin_at(label, Spot::Fixed(n));
    }

    fn begin_at(&mut self, label: &str, spot: Spot) {
        self.end();
        if !self.segments.is_empty() {
            self.absent(b"\t");
        }
        let label = self.intern(label);
        let at = index(self.text.len());
        self.open = Some(Segment { range: at..at, label, spot });
    }

    /// Adds bytes that are stored as they are, the first of them at `from`.
    pub fn verbatim(&mut self, from: Cursor, bytes: &[u8]) {
        self.piece(from, PieceKind::Verbatim, bytes);
    }

    /// Adds text that is stored as an escape of `stored` bytes at `from`.
    pub fn escape(&mut self, from: Cursor, stored: usize, text: &str) {
        self.piece(from, PieceKind::Escape(index(stored)), text.as_bytes());
    }

    /// Adds bytes that are stored nowhere, such as the space that stands for a line break.
    pub fn absent(&mut self, bytes: &[u8]) {
        let from = self.pieces.last().map_or(Cursor::start(0), |p| p.from);
        self.piece(from, PieceKind::Absent, bytes);
    }

    fn piece(&mut self, from: Cursor, kind: PieceKind, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.pieces.push(Piece { at: index(self.text.len()), from, kind });
        self.text.extend_from_slice(bytes);
    }

    /// Ends the open field, if there is one. A field without text is kept: an empty cell is a fact.
    pub fn end(&mut self) {
        if let Some(mut segment) = self.open.take() {
            segment.range.end = index(self.text.len());
            self.segments.push(segment);
        }
    }

    /// Ends the record, hands it to `sink` if it has any text, and empties the builder.
    pub fn push_to(&mut self, sink: &mut dyn Sink) -> Flow {
        self.end();
        let flow = if self.text.is_empty() { Flow::Continue } else { sink.record(&self.record()) };
        self.clear();
        flow
    }

    fn record(&self) -> Record<'_> {
        Record {
            text: &self.text,
            focus: 0..self.text.len(),
            shape: Shape::Fields(Fields {
                segments: &self.segments,
                pieces: &self.pieces,
                strings: &self.strings,
                places: &self.places,
                ruler: self.ruler,
            }),
        }
    }

    /// Drops what was built.
    pub fn clear(&mut self) {
        self.text.clear();
        self.segments.clear();
        self.pieces.clear();
        self.strings.clear();
        self.places.clear();
        self.open = None;
    }

    /// Keeps a string; the same string twice in a row is kept once (label and field often agree).
    fn intern(&mut self, s: &str) -> std::ops::Range<u32> {
        let start = if self.strings.ends_with(s) {
            self.strings.len() - s.len()
        } else {
            self.strings.push_str(s);
            self.strings.len() - s.len()
        };
        index(start)..index(start + s.len())
    }
}

/// Records are bounded far below 4 GiB by the extractors' limits.
fn index(n: usize) -> u32 {
    u32::try_from(n).expect("a record is smaller than 4 GiB")
}
