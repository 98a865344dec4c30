//! What the tests of the readers of markup and contact formats share.

use std::io::{self, Read};

use super::encoding::Stored;
use super::{Extract, TextStream};
use crate::model::{Flow, Place, Problem, Record, Shape, Sink, Step, TextPlace, Width};

/// A segment as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) place: Option<TextPlace>,
}

/// Keeps the segments of all records.
#[derive(Debug, Default)]
pub(super) struct Collector {
    pub(super) records: Vec<Vec<Found>>,
}

impl Sink for Collector {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        let found = match &record.shape {
            Shape::Text(origin) => {
                let place = origin.place(record.text, &record.focus, None);
                let Place::Text(place) = place else { panic!("{place:?}") };
                vec![found("", record.text, Some(place))]
            }
            Shape::Fields(fields) => fields
                .segments
                .iter()
                .map(|segment| {
                    let range = segment.range.start as usize..segment.range.end as usize;
                    let text = &record.text[range.clone()];
                    let place = match fields.place(record.text, &range) {
                        Place::Text(place) if !text.is_empty() => Some(place),
                        _ => None,
                    };
                    found(fields.string(&segment.label), text, place)
                })
                .collect(),
            Shape::Table(..) => panic!("no tables here"),
        };
        self.records.push(found);
        Flow::Continue
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        panic!("{problem:?}")
    }

    fn nested(&mut self, step: Step, _content: &mut dyn Read) -> Flow {
        panic!("{step:?}")
    }
}

fn found(label: &str, text: &[u8], place: Option<TextPlace>) -> Found {
    Found { label: label.to_owned(), text: String::from_utf8_lossy(text).into_owned(), place }
}

/// Gives a few bytes at a time.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.0.len().min(self.1).min(out.len());
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

/// Reads a text of which `step` bytes are given at a time.
pub(super) fn read_by(extract: Extract, text: &[u8], step: usize) -> Vec<Vec<Found>> {
    let stored = Stored { width: Width::Utf8, big_endian: false, mark: 0 };
    let mut stream = TextStream::with_encoding(Vec::new(), Box::new(Drip(text, step)), stored);
    let mut collector = Collector::default();
    assert_eq!(extract(&mut stream, &mut collector).unwrap(), Flow::Continue);
    assert!(stream.is_done() || stream.peek().is_empty() || !stream.fill().unwrap());
    collector.records
}

pub(super) fn read(extract: Extract, text: &[u8]) -> Vec<Vec<Found>> {
    read_by(extract, text, usize::MAX)
}

/// The records as lines; fields as `label=text` with ` | ` between.
pub(super) fn show(records: &[Vec<Found>]) -> Vec<String> {
    let field = |f: &Found| match f.label.as_str() {
        "" => f.text.clone(),
        label => format!("{label}={}", f.text),
    };
    records.iter().map(|r| r.iter().map(field).collect::<Vec<_>>().join(" | ")).collect()
}

/// The records of `text` are `want`, a line each, and each is found again where it is said to be.
pub(super) fn check(extract: Extract, text: &str, want: &[&str]) {
    let records = read(extract, text.as_bytes());
    assert_eq!(show(&records), want, "{text}");
    check_same_by_steps(extract, text.as_bytes());
}

/// What is stored at each place is what `plain` makes the field's text of.
pub(super) fn check_places(extract: Extract, text: &[u8], plain: impl Fn(&[u8]) -> String) {
    for found in read(extract, text).iter().flatten() {
        let Some(place) = &found.place else { continue };
        let range =
            usize::try_from(place.byte_start).unwrap()..usize::try_from(place.byte_end).unwrap();
        assert_eq!(plain(&text[range]), found.text, "{place:?}");
        let before = &text[..usize::try_from(place.byte_start).unwrap()];
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count() as u64;
        assert_eq!(place.line, line, "{place:?}");
    }
}

/// The same is read whatever is given at once.
pub(super) fn check_same_by_steps(extract: Extract, text: &[u8]) {
    let whole = read(extract, text);
    for step in [1, 2, 3, 7] {
        assert_eq!(read_by(extract, text, step), whole, "{step} bytes at a time");
    }
}
