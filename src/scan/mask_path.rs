//! Paths whose personal parts are masked (`--mask-paths`).

use std::io::Read;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use super::worker::Worker;
use crate::detect::{Detail, Detector, Options, Scratch};
use crate::extract::RecordBuilder;
use crate::model::{
    Category, Confidence, FileName, Flow, Place, Problem, Record, Ruler, Sink, Step,
};
use crate::report::mask;
use crate::rules::own::UserRules;
use crate::source::{Root, Shown};
use crate::validate::date::Date;

/// Masks what is personal in paths, whatever else is looked for.
pub(super) struct PathMask(Detector);

impl PathMask {
    pub(super) fn new(reference: Date, rules: &Arc<UserRules>) -> PathMask {
        let mut categories = Category::ALL.to_vec();
        categories.extend(rules.categories());
        let (min_confidence, detail) = (Confidence::Low, Detail::Full);
        let options = Options { categories, min_confidence, reference, detail };
        PathMask(Detector::with_user_rules(options, rules))
    }

    fn mask(&self, scratch: &mut Scratch, path: &[u8]) -> FileName {
        let names = path.split(|&byte| byte == b'/');
        let shown: Vec<Vec<u8>> = names.map(|name| mask_name(&self.0, scratch, name)).collect();
        FileName::new(shown.join(&b'/'))
    }

    /// A value under a label with what is personal in it masked, if there is anything.
    pub(super) fn mask_value(
        &self,
        scratch: &mut Scratch,
        label: &str,
        value: &str,
    ) -> Option<String> {
        let masked = mask_labelled(&self.0, scratch, label, value.as_bytes());
        (masked != value.as_bytes()).then(|| String::from_utf8_lossy(&masked).into_owned())
    }

    /// The source, called by its masked path.
    pub(super) fn mask_root(&self, root: Root) -> Root {
        let shown = self.mask(&mut Scratch::default(), root.path.as_os_str().as_bytes());
        Root { shown: Some(Shown::new(shown)), ..root }
    }
}

impl Worker {
    /// The path as it may be shown, if that is not how it is.
    pub(super) fn mask_path(&mut self, path: &FileName) -> Option<FileName> {
        let mask = self.context.mask.as_ref()?;
        Some(mask.mask(&mut self.scratch, path.as_bytes()))
    }
}

/// A path as logs may show it: what is personal in it is masked.
#[must_use]
pub fn path_for_logs(path: &Path, reference: Date) -> String {
    LogPaths::new(reference, &Arc::default()).shown(path.as_os_str().as_bytes())
}

/// Paths as logs may show them, one after another.
pub struct LogPaths {
    mask: PathMask,
    scratch: Scratch,
}

impl LogPaths {
    /// Masks what the built-in rules and the user's own find.
    #[must_use]
    pub fn new(reference: Date, rules: &Arc<UserRules>) -> LogPaths {
        LogPaths { mask: PathMask::new(reference, rules), scratch: Scratch::default() }
    }

    /// The path with what is personal in it masked.
    #[must_use]
    pub fn shown(&mut self, path: &[u8]) -> String {
        self.mask.mask(&mut self.scratch, path).display().into_owned()
    }
}

/// A name with what is found in it masked.
fn mask_name(detector: &Detector, scratch: &mut Scratch, name: &[u8]) -> Vec<u8> {
    mask_labelled(detector, scratch, "", name)
}

fn mask_labelled(detector: &Detector, scratch: &mut Scratch, label: &str, name: &[u8]) -> Vec<u8> {
    let mut builder = RecordBuilder::new(Ruler::default());
    builder.begin_fixed(label, Place::Name);
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
