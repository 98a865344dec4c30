//! Paths whose personal parts are masked (`--mask-paths`).

use std::ops::Range;

use super::worker::Worker;
use crate::detect::{Detector, Scratch};
use crate::extract::RecordBuilder;
use crate::model::{FileName, Flow, Place, Problem, Record, Ruler, Sink};
use crate::report::mask;

impl Worker {
    /// The path as it may be shown, if that is not how it is.
    pub(super) fn mask_path(&mut self, path: &FileName) -> Option<FileName> {
        if !self.context.showing.mask_paths {
            return None;
        }
        let shown: Vec<Vec<u8>> = path
            .as_bytes()
            .split(|&byte| byte == b'/')
            .map(|name| mask_name(&self.context.detector, &mut self.scratch, name))
            .collect();
        Some(FileName::new(shown.join(&b'/')))
    }
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
}
