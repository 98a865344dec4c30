//! Text that a format has inside itself, read as a text of its own, with the places of the format.

use std::io::Read;
use std::ops::Range;

use crate::model::{
    Fields, Flow, Origin, Place, Places, Problem, Record, Segment, Shape, Sink, Spot, Step,
    TextPlace, TextSpan,
};

/// Hands records on with other places for those in stored text.
pub(super) struct Relocated<'s> {
    /// Who gets them.
    pub(super) sink: &'s mut dyn Sink,
    /// The place for a place in the inner text.
    pub(super) place: &'s (dyn Fn(TextPlace) -> Place + Sync),
}

impl Relocated<'_> {
    fn fields(&mut self, record: &Record<'_>, fields: &Fields<'_>) -> Flow {
        let mut places = fields.places.to_vec();
        let moved = |segment: &Segment| {
            let range = segment.range.start as usize..segment.range.end as usize;
            let place = match fields.place(record.text, &range) {
                Place::Text(place) => (self.place)(place),
                other => other,
            };
            places.push(place);
            // As many as there are segments, which are counted in 32 bits.
            let spot = Spot::Fixed(places.len() as u32 - 1);
            Segment { spot, ..segment.clone() }
        };
        let segments: Vec<Segment> = fields.segments.iter().map(moved).collect();
        let fields = Fields { segments: &segments, pieces: &[], places: &places, ..*fields };
        self.sink.record(&Record { shape: Shape::Fields(fields), ..record.clone() })
    }
}

impl Sink for Relocated<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        let moved = |span: &TextSpan| Moved { span: *span, place: self.place };
        match &record.shape {
            Shape::Text(Origin::Stored(span)) => {
                let moved = moved(span);
                let shape = Shape::Text(Origin::Placed(&moved));
                self.sink.record(&Record { shape, ..record.clone() })
            }
            Shape::Table(Origin::Stored(span), table) => {
                let moved = moved(span);
                let shape = Shape::Table(Origin::Placed(&moved), table);
                self.sink.record(&Record { shape, ..record.clone() })
            }
            Shape::Fields(fields) => self.fields(record, fields),
            Shape::Text(Origin::Placed(_)) | Shape::Table(Origin::Placed(_), _) => {
                self.sink.record(record)
            }
        }
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.sink.problem(problem)
    }

    fn nested(&mut self, step: Step, content: &mut dyn Read) -> Flow {
        self.sink.nested(step, content)
    }
}

/// A stretch of stored text, told by other places.
struct Moved<'p> {
    span: TextSpan,
    place: &'p (dyn Fn(TextPlace) -> Place + Sync),
}

impl Places for Moved<'_> {
    fn place(&self, text: &[u8], range: &Range<usize>, field: Option<&str>) -> (Place, usize) {
        let place = self.span.place(text, range, field.map(str::to_owned));
        let line = memchr::memrchr(b'\n', &text[..range.start]).map_or(0, |end| end + 1);
        ((self.place)(place), range.start - line)
    }
}
