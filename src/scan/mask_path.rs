//! Paths whose personal parts are masked (`--mask-paths`).

use std::io::Read;
use std::ops::Range;

use super::worker::Worker;
use crate::detect::{Detail, Detector, Options, Scratch};
use crate::extract::RecordBuilder;
use crate::model::{
    Category, Confidence, FileName, Flow, Place, Problem, Record, Ruler, Sink, Step,
};
use crate::report::mask;
use crate::validate::date::Date;

impl Worker {
    /// The path as it may be shown, if that is not how it is.
    pub(super) fn mask_path(&mut self, path: &FileName) -> Option<FileName> {
        if !self.context.showing.mask_paths {
            return None;
        }
        let shown = masked(&self.context.detector, &mut self.scratch, path.as_bytes());
        Some(FileName::new(shown))
    }
}

/// A path as logs may show it: what is personal in it is masked.
#[must_use]
pub fn path_for_logs(path: &str, reference: Date) -> String {
    let detector = Detector::new(Options {
        categories: Category::ALL.to_vec(),
        min_confidence: Confidence::Low,
        reference,
        detail: Detail::Full,
    });
    let shown = masked(&detector, &mut Scratch::default(), path.as_bytes());
    String::from_utf8_lossy(&shown).into_owned()
}

fn masked(detector: &Detector, scratch: &mut Scratch, path: &[u8]) -> Vec<u8> {
    let names = path.split(|&byte| byte == b'/');
    let shown: Vec<Vec<u8>> = names.map(|name| mask_name(detector, scratch, name)).collect();
    shown.join(&b'/')
}

/// A name with what is found in it masked.
fn mask_name(detector: &Detector, scratch: &mut Scratch, name: &[u8]) -> Vec<u8> {
    let mut builder = RecordBuilder::new(Ruler::default());
    builder.begin_fixed("", Place::Name);
    builder.absent(name);
    scratch.begin_document();
    let mut spots = Spots { detector, scratch, found: Vec::new() };
    let _ = builder.push_to(&mut spots);
    let mut found = spots.found;
    found.sort_by_key(|(range, _)| range.start);
    let (mut out, mut from) = (Vec::new(), 0);
    for (range, mask) in found {
        if range.start >= from {
            out.extend_from_slice(&name[from..range.start]);
            out.extend_from_slice(&mask);
            from = range.end;
        }
    }
    out.extend_from_slice(&name[from..]);
    out
}

/// What is to be masked, and with what.
struct Spots<'d> {
    detector: &'d Detector,
    scratch: &'d mut Scratch,
    found: Vec<(Range<usize>, Vec<u8>)>,
}

impl Sink for Spots<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        let found = &mut self.found;
        self.detector.scan(record, self.scratch, &mut |finding| {
            let mut shown = Vec::new();
            mask::mask(&mut shown, finding);
            found.push((finding.range.clone(), shown));
        });
        Flow::Continue
    }

    fn problem(&mut self, _problem: Problem) -> Flow {
        Flow::Continue
    }

    fn nested(&mut self, _step: Step, _content: &mut dyn Read) -> Flow {
        Flow::Continue
    }
}
