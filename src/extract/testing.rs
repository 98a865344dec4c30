//! Runs an extractor and collects what it delivers.

use std::io::{self, Read};

use super::{Extract, TextStream, encoding};
use crate::model::{Flow, Place, Problem, Record, Ruler, Shape, Sink, Step, TextPlace};

/// A delivered field, or a record of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Collected {
    pub(crate) text: String,
    pub(crate) label: String,
    pub(crate) field: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) byte_start: u64,
    pub(crate) byte_end: u64,
}

/// What `extract` delivers of `bytes`: one list a record.
pub(crate) fn collect(extract: Extract, bytes: &[u8]) -> Vec<Vec<Collected>> {
    let mut stream = TextStream::new(Box::new(io::Cursor::new(bytes.to_vec()))).unwrap();
    collect_stream(extract, &mut stream)
}

/// The same, when a reader gives one to seven bytes at a time.
pub(crate) fn collect_in_drops(extract: Extract, bytes: &[u8]) -> Vec<Vec<Collected>> {
    let stored = encoding::detect(&bytes[..bytes.len().min(64 * 1024)]);
    let drops = Box::new(Drops { bytes: bytes.to_vec(), at: stored.mark, turn: 0 });
    let mark = bytes[..stored.mark].to_vec();
    let mut stream = TextStream::with_encoding(mark, drops, stored);
    collect_stream(extract, &mut stream)
}

/// `label=text@field` of each field; records are divided by `|`.
pub(crate) fn shape(records: &[Vec<Collected>]) -> String {
    let field = |c: &Collected| match (c.label.as_str(), c.field.as_str()) {
        ("", "") => c.text.clone(),
        (label, field) => format!("{label}={}@{field}", c.text),
    };
    let record = |r: &Vec<Collected>| r.iter().map(field).collect::<Vec<_>>().join(" ");
    records.iter().map(record).collect::<Vec<_>>().join(" | ")
}

/// Asserts that line and column are those of the first byte.
pub(crate) fn stands_on_its_line(stored: &str, c: &Collected) {
    let before = &stored[..c.byte_start as usize];
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    assert_eq!(c.line as usize, before.matches('\n').count() + 1, "{c:?}");
    assert_eq!(c.column as usize, before[line_start..].chars().count() + 1, "{c:?}");
}

fn collect_stream(extract: Extract, stream: &mut TextStream<'_>) -> Vec<Vec<Collected>> {
    let mut collector = Collector(Vec::new());
    assert_eq!(extract(stream, &mut collector).unwrap(), Flow::Continue);
    collector.0
}

/// Gives few bytes at a time.
struct Drops {
    bytes: Vec<u8>,
    at: usize,
    turn: usize,
}

impl Read for Drops {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.turn = self.turn % 7 + 1;
        let n = self.turn.min(out.len()).min(self.bytes.len() - self.at);
        out[..n].copy_from_slice(&self.bytes[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

struct Collector(Vec<Vec<Collected>>);

impl Sink for Collector {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        self.0.push(match &record.shape {
            Shape::Text(origin) | Shape::Table(origin, _) => {
                let all = 0..record.text.len();
                let Place::Text(place) = origin.place(record.text, &all, None) else { panic!() };
                vec![collected(origin.ruler(), record.text, "", place)]
            }
            Shape::Fields(fields) => fields
                .segments
                .iter()
                .map(|segment| {
                    let range = segment.range.start as usize..segment.range.end as usize;
                    let Place::Text(place) = fields.place(record.text, &range) else { panic!() };
                    let label = fields.string(&segment.label);
                    collected(fields.ruler, &record.text[range], label, place)
                })
                .collect(),
        });
        Flow::Continue
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        panic!("{problem:?}")
    }

    fn nested(&mut self, step: Step, _content: &mut dyn Read) -> Flow {
        panic!("{step:?}")
    }
}

fn collected(ruler: Ruler, text: &[u8], label: &str, place: TextPlace) -> Collected {
    // Where a field without text stands is nobody's business.
    let place = if text.is_empty() { TextPlace { field: place.field, ..nowhere() } } else { place };
    Collected {
        text: ruler.decode(text).into_owned(),
        label: label.to_owned(),
        field: place.field.unwrap_or_default(),
        line: place.line,
        column: place.column,
        byte_start: place.byte_start,
        byte_end: place.byte_end,
    }
}

fn nowhere() -> TextPlace {
    TextPlace { line: 0, column: 0, byte_start: 0, byte_end: 0, field: None }
}
