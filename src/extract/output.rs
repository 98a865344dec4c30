//! Where the readers of markup and of contact formats put what they read.

use super::RecordBuilder;
use super::markup::{Decode, pour};
use super::window::Pen;
use crate::model::{Fields, Piece, Segment};
use crate::model::{Flow, Problem, Record, Ruler, Shape, Sink, Step};
use std::io::Read;
use std::ops::Range;

/// A field longer than this is cut, for a record is held in memory.
pub(super) const LONGEST_FIELD: usize = 256 * 1024;

/// A record of more text than this is handed over as soon as it can be cut.
const LARGEST: usize = 64 * 1024;

/// Likewise one whose fields take more room than this.
const HEAVIEST: usize = 1024 * 1024;

/// Room that a field takes beside its text, its label and its path.
const FIELD: usize = 64;

/// No more of a label is kept.
const LONGEST_LABEL: usize = 200;

/// A record being built, and the sink it goes to. After the sink's stop nothing is handed on.
pub(super) struct Output<'a> {
    builder: RecordBuilder,
    sink: &'a mut dyn Sink,
    flow: Flow,
    /// Where the open field begins in the record's text.
    start: usize,
    /// Room that the record's fields take.
    weight: usize,
}

impl<'a> Output<'a> {
    pub(super) fn new(ruler: Ruler, sink: &'a mut dyn Sink) -> Output<'a> {
        Output {
            builder: RecordBuilder::new(ruler),
            sink,
            flow: Flow::Continue,
            start: 0,
            weight: 0,
        }
    }

    /// What the sink said last.
    pub(super) fn flow(&self) -> Flow {
        self.flow
    }

    pub(super) fn stopped(&self) -> bool {
        self.flow == Flow::Stop
    }

    /// Bytes in the record so far.
    pub(super) fn len(&self) -> usize {
        self.builder.len()
    }

    /// Is a field open?
    pub(super) fn is_open(&self) -> bool {
        self.builder.is_open()
    }

    /// Bytes in the open field so far.
    pub(super) fn field_len(&self) -> usize {
        self.builder.len() - self.start
    }

    /// Is it time to hand the record over?
    pub(super) fn is_large(&self) -> bool {
        self.builder.len() > LARGEST || self.weight > HEAVIEST
    }

    pub(super) fn begin(&mut self, label: &str, field: &str) {
        let label = &label[..label.floor_char_boundary(LONGEST_LABEL)];
        self.weight += FIELD + label.len() + field.len();
        self.builder.begin(label, field);
        self.start = self.builder.len();
    }

    pub(super) fn end(&mut self) {
        self.builder.end();
    }

    /// Adds stored text to the open field.
    pub(super) fn add(&mut self, text: &[u8], range: Range<usize>, pen: &mut Pen, decode: Decode) {
        pour(&mut self.builder, text, range, pen, decode);
    }

    /// Adds a line break that stands for markup.
    pub(super) fn line_break(&mut self) {
        self.builder.absent(b"\n");
    }

    /// The builder, for what is stored in ways of its own.
    pub(super) fn builder(&mut self) -> &mut RecordBuilder {
        &mut self.builder
    }

    /// Ends the record and hands it over.
    pub(super) fn push(&mut self) {
        self.weight = 0;
        if self.stopped() {
            self.builder.clear();
        } else {
            self.flow = self.builder.push_to(self.sink);
        }
    }

    /// Ends what was built and hands it over as several records, each beginning at one of the
    /// segments in `starts`.
    pub(super) fn push_cut(&mut self, starts: &[u32]) {
        self.weight = 0;
        if self.stopped() {
            self.builder.clear();
        } else {
            self.flow = self.builder.push_to(&mut Cut { sink: self.sink, starts });
        }
    }
}

/// Cuts a record of fields into several.
struct Cut<'a> {
    sink: &'a mut dyn Sink,
    starts: &'a [u32],
}

impl Sink for Cut<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        let Shape::Fields(fields) = &record.shape else { return self.sink.record(record) };
        let mut from = 0;
        let all = fields.segments.len();
        for end in self.starts.iter().map(|&n| n as usize).chain([all]) {
            let end = end.min(all);
            if end > from && self.part(record.text, fields, from..end) == Flow::Stop {
                return Flow::Stop;
            }
            from = from.max(end);
        }
        Flow::Continue
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.sink.problem(problem)
    }

    fn nested(&mut self, step: Step, content: &mut dyn Read) -> Flow {
        self.sink.nested(step, content)
    }
}

impl Cut<'_> {
    /// Hands over some of the segments as a record of their own.
    fn part(&mut self, text: &[u8], fields: &Fields<'_>, range: Range<usize>) -> Flow {
        let segments = &fields.segments[range];
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
            return Flow::Continue;
        };
        let (start, end) = (first.range.start, last.range.end);
        if start == end {
            return Flow::Continue;
        }
        let shift = |s: &Segment| Segment {
            range: s.range.start - start..s.range.end - start,
            ..s.clone()
        };
        let segments: Vec<Segment> = segments.iter().map(shift).collect();
        let pieces = &fields.pieces[fields.pieces.partition_point(|p| p.at < start)..];
        let pieces = &pieces[..pieces.partition_point(|p| p.at < end)];
        let pieces: Vec<Piece> = pieces.iter().map(|p| Piece { at: p.at - start, ..*p }).collect();
        let fields = Fields { segments: &segments, pieces: &pieces, ..*fields };
        let text = &text[start as usize..end as usize];
        self.sink.record(&Record { text, focus: 0..text.len(), shape: Shape::Fields(fields) })
    }
}
