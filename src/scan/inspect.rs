//! Findings as values instead of lines of an inventory: for whoever has to decide on each of them.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::fault::{fault, guarded};
use super::nested::Visitor;
use super::read;
use crate::detect::{Detector, Scratch};
use crate::model::{
    Attributes, Budget, Category, Confidence, Cursor, Evidence, FileName, Finding, Flow, Origin,
    Place, Problem, Reason, Record, Secret, Shape, Step, TextPlace, TextSpan, UnitKind,
};
use crate::report::mask;
use crate::source::{Found, Root, RootKind, State};

pub use super::read::Met;

/// Something that was found.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The document it stands in, inside the file.
    pub inside: Vec<Step>,
    /// Where it stands there.
    pub place: Place,
    /// What it is.
    pub category: Category,
    /// How sure we are.
    pub confidence: Confidence,
    /// The same as a number from 0 to 1.
    pub score: f32,
    /// The value as it may be shown.
    pub masked: String,
    /// Its match form.
    pub normalized: Secret,
    /// What speaks for and against.
    pub evidence: Evidence,
    /// Finer kinds.
    pub attributes: Attributes,
}

/// What a file turned out to hold.
#[derive(Debug, Default)]
pub struct Inspected {
    /// Findings in order of place, as far as there is one.
    pub sightings: Vec<Sighting>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Inspects files, one after another.
pub struct Inspector<'d> {
    detector: &'d Detector,
    budget: Budget,
    stop: &'d Arc<AtomicBool>,
    scratch: Scratch,
}

impl<'d> Inspector<'d> {
    /// Ends early when `stop` is raised.
    #[must_use]
    pub fn new(detector: &'d Detector, budget: Budget, stop: &'d Arc<AtomicBool>) -> Inspector<'d> {
        Inspector { detector, budget, stop, scratch: Scratch::default() }
    }

    /// The name of a file or folder: the last of a path.
    #[must_use]
    pub fn name(&mut self, path: &FileName) -> Inspected {
        self.read(|_, _, reader| {
            let _ = read::name(path, reader);
            Met::Read
        })
    }

    /// A document that is in memory, with what it is called.
    #[must_use]
    pub fn bytes(&mut self, content: Vec<u8>, path: &FileName) -> Inspected {
        self.read(|budget, stop, reader| read::bytes(content, path, budget, stop, reader))
    }

    /// A file as it is stored.
    #[must_use]
    pub fn file(&mut self, path: &std::path::Path) -> Inspected {
        let root = Arc::new(Root::new(RootKind::File, path));
        let found =
            Found { kind: UnitKind::File, path: root.unit_path(), state: State::Ready, part: None };
        self.read(|budget, stop, reader| read::unit(&root, &found, budget, stop, reader))
    }

    fn read(
        &mut self,
        read: impl FnOnce(Budget, &Arc<AtomicBool>, &mut Reader<'_>) -> Met,
    ) -> Inspected {
        let scratch = std::mem::take(&mut self.scratch);
        let mut reader = Reader {
            detector: self.detector,
            stop: self.stop,
            scratch,
            inside: Vec::new(),
            seen: Inspected::default(),
        };
        reader.scratch.begin_document();
        if guarded(|| read(self.budget, self.stop, &mut reader)).is_none() {
            // What it was at when it failed is not used again.
            reader.scratch = Scratch::default();
            reader.seen.problems.push(fault());
        }
        self.scratch = reader.scratch;
        // Stable: findings in documents inside stay where they were met.
        reader.seen.sightings.sort_by_key(|sighting| match &sighting.place {
            Place::Text(at) if sighting.inside.is_empty() => at.byte_start,
            _ => 0,
        });
        reader.seen
    }
}

/// Scans the records an extractor pushes.
struct Reader<'r> {
    detector: &'r Detector,
    stop: &'r AtomicBool,
    scratch: Scratch,
    inside: Vec<Step>,
    seen: Inspected,
}

impl Visitor for Reader<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        let mut known = None;
        let Reader { detector, scratch, inside, seen, .. } = self;
        detector.scan(record, scratch, &mut |finding: &Finding<'_>| {
            seen.sightings.push(sighting(record, finding, inside, &mut known));
        });
        if self.stop.load(Ordering::Relaxed) { Flow::Stop } else { Flow::Continue }
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        // What goes wrong because the run is to end is of no interest.
        if problem.reason != Reason::Limit || !self.stop.load(Ordering::Relaxed) {
            self.seen.problems.push(problem);
        }
        Flow::Continue
    }

    fn enter(&mut self, inside: &[Step]) {
        self.inside.clear();
        self.inside.extend_from_slice(inside);
        self.scratch.begin_document();
    }

    fn met(&mut self, _met: Met, _partly: bool) {}
}

/// `known` is where the last finding stood: lines are counted on from there.
fn sighting(
    record: &Record<'_>,
    finding: &Finding<'_>,
    inside: &[Step],
    known: &mut Option<(usize, Cursor)>,
) -> Sighting {
    let mut masked = Vec::new();
    mask::mask(&mut masked, finding);
    Sighting {
        inside: inside.to_vec(),
        place: place(record, finding, known),
        category: finding.category,
        confidence: finding.confidence,
        score: finding.score,
        masked: String::from_utf8_lossy(&masked).into_owned(),
        normalized: Secret::new(finding.normalized.to_owned()),
        evidence: finding.evidence,
        attributes: finding.attributes,
    }
}

fn place(record: &Record<'_>, finding: &Finding<'_>, known: &mut Option<(usize, Cursor)>) -> Place {
    let (origin, field) = match &record.shape {
        Shape::Fields(fields) => return fields.place(record.text, &finding.range),
        Shape::Text(origin) => (origin, None),
        Shape::Table(origin, table) => {
            (origin, finding.column.and_then(|n| table.name_of(n)).map(str::to_owned))
        }
    };
    match origin {
        Origin::Stored(span) => {
            Place::Text(in_text(record.text, span, &finding.range, field, known))
        }
        Origin::Placed(_) => origin.place(record.text, &finding.range, field),
    }
}

fn in_text(
    text: &[u8],
    span: &TextSpan,
    range: &Range<usize>,
    field: Option<String>,
    known: &mut Option<(usize, Cursor)>,
) -> TextPlace {
    let (at, cursor) = known.filter(|(at, _)| *at <= range.start).unwrap_or((0, span.start));
    let from = span.ruler.advance(cursor, &text[at..range.start]);
    *known = Some((range.start, from));
    let byte_end = from.byte + span.ruler.stored_len(&text[range.clone()]);
    TextPlace { line: from.line, column: from.column, byte_start: from.byte, byte_end, field }
}
