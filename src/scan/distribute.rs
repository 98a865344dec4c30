//! The first two of a scan's three steps: listing the units, working on them. The third is `merge`.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::feed::{self, Feeder};
use super::lines::{self, Next};
use super::queue::Batch;
use super::wire::UnitObject;
use super::{Context, Progress, WorkPlan, source_line};
use crate::report::{Report, Summary};
use crate::source::file::Links;
use crate::source::{Found, Root, RootKind, Selection};

/// Writes one line for every unit of the sources. False when it was stopped before the end.
///
/// # Errors
/// When the lines cannot be written.
pub fn list_units(
    sources: Vec<Root>,
    selection: Selection,
    timeout: Duration,
    out: &mut dyn Write,
    stop: &AtomicBool,
) -> io::Result<bool> {
    let selection = Arc::new(selection);
    for root in feed::in_order(sources) {
        let limits = Limits::new(&root, &selection);
        for found in feed::units_of(&root, &selection, timeout) {
            if stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            serde_json::to_writer(&mut *out, &UnitObject::new(&root, &found, limits))?;
            out.write_all(b"\n")?;
        }
    }
    Ok(true)
}

/// Bytes a line of the list of units may have.
const LONGEST: usize = 1024 * 1024;
/// Lines that are no units and are named one by one.
const NAMED: u64 = 20;

/// Works on the units that `units` lists. Lines of it that are none are among the summary's reasons.
///
/// # Errors
/// When the report cannot be written.
pub fn work(
    plan: WorkPlan,
    units: Box<dyn BufRead + Send>,
    mut report: Box<dyn Report>,
    progress: &Arc<Progress>,
    stop: &Arc<AtomicBool>,
) -> io::Result<Summary> {
    report.lines(&plan.header().to_line())?;
    let timeout = plan.timeout;
    let context = Arc::new(plan.into_context(report, progress, stop));
    super::run_in(&context, timeout, move |context| feed_lines(context, units))
}

fn feed_lines(context: &Context, mut units: Box<dyn BufRead + Send>) {
    let mut feeder = Feeder { context, batches: 0 };
    let mut lines = Lines { context, known: BTreeSet::new(), at: None, waiting: None, wrong: 0 };
    let mut line = Vec::new();
    for n in 1_u64.. {
        let unit = match lines::next(units.as_mut(), LONGEST, &mut line) {
            Ok(Next::End) => break,
            Ok(Next::Line) => lines.read(&line),
            Ok(Next::TooLong) => Err(format!("it is longer than {LONGEST} bytes")),
            Err(error) => {
                // What goes wrong when the run is to end is of no interest.
                if !context.stop.load(Ordering::Relaxed) {
                    context.ordered.lack(format!("the list of units cannot be read: {error}"));
                }
                break;
            }
        };
        match unit {
            Ok(None) => {}
            Ok(Some(unit)) => {
                if !lines.add(unit, &mut feeder) {
                    return;
                }
            }
            Err(what) => lines.is_wrong(n, &what),
        }
    }
    lines.end(&mut feeder);
}

/// The list of units as it is read.
struct Lines<'c> {
    context: &'c Context,
    /// Sources that have had their line.
    known: BTreeSet<Root>,
    /// The source of the last unit.
    at: Option<Arc<Root>>,
    waiting: Option<Batch>,
    /// Lines that are no units.
    wrong: u64,
}

impl Lines<'_> {
    /// The unit of a line, or what is wrong with it.
    fn read(&mut self, line: &[u8]) -> Result<Option<(Root, Found, Limits)>, String> {
        if line.trim_ascii().is_empty() {
            return Ok(None);
        }
        let unit = UnitObject::parse(line)?;
        let limits = Limits { max_size: unit.max_size, follow_links: unit.follow_links };
        let (mut root, found) = unit.understand()?;
        if let Some(mask) = &self.context.mask {
            root = mask.mask_root(root);
        }
        Ok(Some((root, found, limits)))
    }

    /// A line is no unit: the report says so.
    fn is_wrong(&mut self, n: u64, what: &str) {
        self.wrong += 1;
        if self.wrong <= NAMED {
            self.context.ordered.lack(format!("line {n} of the list of units is none: {what}"));
        }
    }

    /// There are no more lines.
    fn end(self, feeder: &mut Feeder<'_>) {
        if let Some(more) = self.wrong.checked_sub(NAMED).filter(|more| *more > 0) {
            self.context.ordered.lack(format!("{more} more lines of the list of units are none"));
        }
        if let Some(batch) = self.waiting {
            feeder.feed(batch);
        }
    }

    /// Adds a unit to the batch that waits; hands over a batch that is full or of another source.
    fn add(
        &mut self,
        (root, found, limits): (Root, Found, Limits),
        feeder: &mut Feeder<'_>,
    ) -> bool {
        let full = self.waiting.as_ref().is_some_and(|batch| {
            *batch.root != root || batch.limits != limits || batch.units.len() >= feeder.size()
        });
        if full
            && let Some(batch) = self.waiting.take()
            && !feeder.feed(batch)
        {
            return false;
        }
        let batch = match &mut self.waiting {
            Some(batch) => batch,
            waiting => {
                let preface = if self.known.insert(root.clone()) {
                    source_line(&root).to_line()
                } else {
                    Vec::new()
                };
                if self.at.as_deref() != Some(&root) {
                    self.at = Some(Arc::new(root.clone()));
                }
                let root = self.at.clone().unwrap_or_else(|| Arc::new(root));
                waiting.insert(Batch { root, units: Vec::new(), preface, limits })
            }
        };
        batch.units.push(found);
        true
    }
}

/// What of the command line goes with each unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Limits {
    /// `--max-size`.
    pub max_size: Option<u64>,
    /// `--follow-links`.
    pub follow_links: bool,
}

impl Limits {
    /// What of the selection goes with the units of a source. A file that is named by a link is read
    /// by it; one that has become a link since is not.
    pub(super) fn new(root: &Root, selection: &Selection) -> Limits {
        let by_link = root.kind == RootKind::File && root.path.is_symlink();
        let Selection { max_size, follow_links, .. } = *selection;
        Limits { max_size, follow_links: follow_links || by_link }
    }

    /// Are symbolic links followed?
    pub(super) fn links(self) -> Links {
        if self.follow_links { Links::Follow } else { Links::Refuse }
    }
}
