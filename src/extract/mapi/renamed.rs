//! The text of a document as the body of a mail: paragraphs are its lines.

use std::io::Read;
use std::ops::Range;

use crate::model::{Flow, Origin, Place, Places, Problem, Record, Shape, Sink, Step};

/// Hands records on with the places of a mail's body for those of paragraphs.
pub(super) struct Renamed<'s> {
    /// Who gets them.
    pub(super) sink: &'s mut dyn Sink,
}

impl Sink for Renamed<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        let shape = match &record.shape {
            Shape::Text(Origin::Placed(places)) => {
                let lines = Lines(*places);
                let shape = Shape::Text(Origin::Placed(&lines));
                return self.sink.record(&Record { shape, ..record.clone() });
            }
            Shape::Table(Origin::Placed(places), table) => {
                let lines = Lines(*places);
                let shape = Shape::Table(Origin::Placed(&lines), table);
                return self.sink.record(&Record { shape, ..record.clone() });
            }
            // What the text says of itself is not the mail's.
            shape => shape.clone(),
        };
        self.sink.record(&Record { shape, ..record.clone() })
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.sink.problem(problem)
    }

    fn nested(&mut self, step: Step, content: &mut dyn Read) -> Flow {
        self.sink.nested(step, content)
    }
}

struct Lines<'p>(&'p (dyn Places + Sync));

impl Places for Lines<'_> {
    fn place(&self, text: &[u8], range: &Range<usize>, field: Option<&str>) -> (Place, usize) {
        let (place, behind) = self.0.place(text, range, field);
        let place = match place {
            Place::Paragraph { index, .. } => {
                Place::Mail { part: "body", field: None, line: Some(u64::from(index)) }
            }
            other => other,
        };
        (place, behind)
    }
}
