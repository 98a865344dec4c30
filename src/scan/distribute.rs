//! The first two of a scan's three steps: listing the units, working on them. The third is `merge`.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::feed::{self, Feeder};
use super::queue::Batch;
use super::wire::UnitObject;
use super::{Context, Progress, WorkPlan, source_line};
use crate::report::{Report, Summary};
use crate::source::{Found, Root, Selection};

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
        for found in feed::units_of(&root, &selection, timeout) {
            if stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            serde_json::to_writer(&mut *out, &UnitObject::new(&root, &found, &selection))?;
            out.write_all(b"\n")?;
        }
    }
    Ok(true)
}

/// What was read of the list of units.
pub struct Worked {
    /// What it adds up to.
    pub summary: Summary,
    /// Lines that are no units, by their numbers, with what is wrong with them.
    pub wrong: Vec<(u64, String)>,
}

/// Works on the units that `units` lists.
///
/// # Errors
/// When the report cannot be written.
pub fn work(
    plan: WorkPlan,
    units: Box<dyn BufRead + Send>,
    mut report: Box<dyn Report>,
    progress: &Arc<Progress>,
    stop: &Arc<AtomicBool>,
) -> io::Result<Worked> {
    report.lines(&plan.header().to_line())?;
    let timeout = plan.timeout;
    let context = Arc::new(plan.into_context(report, progress, stop));
    let (tell, told) = std::sync::mpsc::channel();
    let summary = super::run_in(&context, timeout, move |context| {
        // Whoever waits for it reads it after the run.
        let _ = tell.send(feed_lines(context, units));
    })?;
    let wrong = told.try_recv().unwrap_or_default();
    Ok(Worked { summary, wrong })
}

fn feed_lines(context: &Context, units: Box<dyn BufRead + Send>) -> Vec<(u64, String)> {
    let mut feeder = Feeder { context, batches: 0 };
    let mut lines = Lines { known: BTreeSet::new(), at: None, wrong: Vec::new(), waiting: None };
    for (n, line) in (1..).zip(units.split(b'\n')) {
        let unit = line.and_then(|line| lines.read(&line));
        match unit {
            Ok(None) => {}
            Ok(Some(unit)) => {
                if !lines.add(unit, &mut feeder) {
                    return lines.wrong;
                }
            }
            Err(error) => {
                let is_data = matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                );
                lines.wrong.push((n, error.to_string()));
                if !is_data {
                    break;
                }
            }
        }
    }
    if let Some(batch) = lines.waiting.take() {
        feeder.feed(batch);
    }
    lines.wrong
}

/// The list of units as it is read.
struct Lines {
    /// Sources that have had their line.
    known: BTreeSet<Root>,
    /// The source of the last unit.
    at: Option<Arc<Root>>,
    wrong: Vec<(u64, String)>,
    waiting: Option<Batch>,
}

impl Lines {
    fn read(&mut self, line: &[u8]) -> io::Result<Option<(Root, Found, Limits)>> {
        if line.trim_ascii().is_empty() {
            return Ok(None);
        }
        let unit = UnitObject::parse(line)?;
        let limits = Limits { max_size: unit.max_size, follow_links: unit.follow_links };
        let (root, found) = unit.understand()?;
        Ok(Some((root, found, limits)))
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
