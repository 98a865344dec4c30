//! Sources, extraction, detection and reports put together.
//!
//! [`run`] scans: a feeder cuts the sources' units into batches, workers scan them side by side
//! (large ones together), `ordered` puts what they write in order. The thread that calls waits, and
//! gives up workers that hang. Start at [`Plan`] for what a run is told.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

mod distribute;
pub mod explain;
mod feed;
mod large;
mod linked;
mod mask_path;
pub mod merge;
mod meter;
mod nested;
mod ordered;
mod progress;
mod queue;
mod read;
pub mod text;
mod unit;
mod watch;
mod wire;
mod worker;

pub use distribute::{Worked, list_units, work};
use linked::Linked;
pub use mask_path::path_for_logs;
use ordered::{Halt, Mark, Ordered};
pub use progress::Progress;
use queue::{Job, Queue};
use watch::{Pulse, Watch};
pub use wire::UnitObject;
use worker::Worker;

use crate::detect::{self, Detector};
use crate::model::{Budget, Problem, Reason};
use crate::report::{Detail, Header, Report, Showing, SourceLine, Summary};
use crate::source::file::{Links, OpenFile, Refused};
use crate::source::{Found, Root, Selection, State, file};

/// What a run is told.
pub struct Plan {
    /// What to scan.
    pub sources: Vec<Root>,
    /// What of it.
    pub selection: Selection,
    /// How.
    pub work: WorkPlan,
}

/// How a run does its work.
pub struct WorkPlan {
    /// What is looked for.
    pub detection: detect::Options,
    /// How values are shown.
    pub showing: Showing,
    /// Digest of the rules.
    pub rules: String,
    /// What the report needs.
    pub detail: Detail,
    /// Number of workers, at least 1.
    pub jobs: usize,
    /// How long a thing may take to answer.
    pub timeout: Duration,
    /// What one unit may cost.
    pub budget: Budget,
}

impl WorkPlan {
    fn header(&self) -> Header {
        let detect::Options { min_confidence, reference, .. } = &self.detection;
        Header::new(&self.rules, &self.showing, *min_confidence, reference)
    }

    fn into_context(
        self,
        report: Box<dyn Report>,
        progress: &Arc<Progress>,
        stop: &Arc<AtomicBool>,
    ) -> Context {
        Context {
            detector: Detector::new(self.detection),
            showing: self.showing,
            detail: self.detail,
            open: file::open,
            jobs: self.jobs.max(1),
            budget: self.budget,
            ordered: Ordered::new(report),
            queue: Queue::default(),
            linked: Linked::default(),
            progress: Arc::clone(progress),
            stop: Arc::clone(stop),
        }
    }
}

/// How long workers may take to come to an end when the run is to end.
const GRACE: Duration = Duration::from_secs(2);

/// How long a folder may take to answer when units are only listed.
pub const LISTING_TIMEOUT: Duration = Duration::from_secs(60);

/// Opens a file. Tests put one here that hangs.
type Open = fn(&Path, Links) -> Result<OpenFile, Refused>;

/// What all threads of a run share.
struct Context {
    detector: Detector,
    showing: Showing,
    detail: Detail,
    open: Open,
    jobs: usize,
    budget: Budget,
    ordered: Ordered,
    queue: Queue,
    linked: Linked,
    progress: Arc<Progress>,
    stop: Arc<AtomicBool>,
}

/// Scans what the plan names. Ends early, in a valid report, when `stop` is raised.
///
/// # Errors
/// When the report cannot be written.
pub fn run(
    plan: Plan,
    mut report: Box<dyn Report>,
    progress: &Arc<Progress>,
    stop: &Arc<AtomicBool>,
) -> io::Result<Summary> {
    let sources = feed::in_order(plan.sources);
    report.lines(&plan.work.header().to_line())?;
    for root in &sources {
        report.lines(&source_line(root).to_line())?;
    }
    let timeout = plan.work.timeout;
    let selection = Arc::new(plan.selection);
    let context = Arc::new(plan.work.into_context(report, progress, stop));
    run_in(&context, timeout, move |context| {
        feed::feed_trees(context, sources, &selection, timeout);
    })
}

/// The line of a source.
fn source_line(root: &Root) -> SourceLine {
    SourceLine::new(&root.id, root.kind.id(), &root.name())
}

/// Runs workers on what `feed` brings, to the end of the report.
fn run_in(
    context: &Arc<Context>,
    timeout: Duration,
    feed: impl FnOnce(&Context) + Send + 'static,
) -> io::Result<Summary> {
    let feeding = Arc::clone(context);
    std::thread::Builder::new().name("feed".to_owned()).spawn(move || {
        feed(&feeding);
        feeding.progress.walk_finished.store(true, Ordering::Release);
        feeding.queue.close();
        feeding.ordered.close();
    })?;
    let mut watch = Watch::new(timeout);
    for _ in 0..context.jobs {
        start_worker(context, &mut watch)?;
    }
    let mut asked_to_stop = None;
    while !context.ordered.wait(watch.interval()) {
        if context.stop.load(Ordering::Relaxed) {
            let since = asked_to_stop.get_or_insert_with(Instant::now);
            if since.elapsed() > GRACE {
                break;
            }
        }
        for job in watch.give_up_stuck() {
            if let Some(job) = job {
                close_stuck(context, &job);
                context.queue.done();
            }
            start_worker(context, &mut watch)?;
        }
    }
    context.ordered.end(context.stop.load(Ordering::Relaxed))
}

fn start_worker(context: &Arc<Context>, watch: &mut Watch) -> io::Result<()> {
    let pulse = Arc::new(Pulse::default());
    let worker = Worker::new(Arc::clone(context), Arc::clone(&pulse));
    // The name keeps its panics quiet: see `quiet_faults`.
    std::thread::Builder::new().name(WORKER.to_owned()).spawn(move || worker.run())?;
    watch.add(pulse);
    Ok(())
}

/// Closes the unit a worker hangs in, and leaves the rest of its batch to others.
fn close_stuck(context: &Arc<Context>, job: &Job) {
    let Some((mark, ticket)) = context.ordered.take_over(job.ticket) else { return };
    context.queue.withdraw(job.ticket);
    let mut worker = Worker::new(Arc::clone(context), Arc::default());
    worker.ticket = ticket;
    let Mark { done, found } = mark;
    let closed = match job.batch.units.get(done) {
        Some(unit) => worker.close_stuck(&job.batch.root, unit, (done, found)),
        None => Ok(()),
    };
    if closed == Err(Halt::Disowned) {
        return;
    }
    context.queue.push_front(Job { ticket, from: done + 1, batch: Arc::clone(&job.batch) });
}

/// The name of worker threads.
const WORKER: &str = "scan";

/// Keeps panics of workers from being printed: they are caught and reported, and their message could
/// hold what was being read. For the program's start; panics of other threads are printed as before.
pub fn quiet_faults() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some(WORKER) {
            before(info);
        }
    }));
}

/// What is said of a thing that does not answer.
fn no_answer() -> Problem {
    Problem::whole(Reason::Timeout, "no answer within the time allowed (--timeout)")
}

impl Worker {
    /// Reports a unit of which `found` findings are reported, and that does not answer.
    fn close_stuck(
        &mut self,
        root: &Arc<Root>,
        unit: &Found,
        (done, found): (usize, u64),
    ) -> Result<(), Halt> {
        self.done = done;
        let masked = self.mask_path(&unit.path);
        let shown = masked.as_ref().unwrap_or(&unit.path);
        self.writer.begin_unit(&root.id, &unit.path, shown, found);
        let given_up = Found { state: State::Unread(no_answer()), ..unit.clone() };
        self.close_unread(root, &given_up, shown)?;
        self.done = done + 1;
        self.commit(0)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Mutex;

    use super::*;
    use crate::model::{Category, Confidence};
    use crate::report::ndjson::Ndjson;
    use crate::report::{Output, Tally};
    use crate::source::RootKind;
    use crate::validate::date::Date;

    /// A result that can be looked at.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn plan(jobs: usize) -> WorkPlan {
        WorkPlan {
            detection: detect::Options {
                categories: Category::ALL.to_vec(),
                min_confidence: Confidence::Low,
                reference: Date::new(2026, 12, 31).unwrap(),
                detail: detect::Detail::Full,
            },
            showing: Showing::default(),
            rules: String::new(),
            detail: Detail::Full,
            jobs,
            timeout: Duration::from_millis(200),
            budget: Budget::default(),
        }
    }

    /// Scans a folder of small files with another way to open them.
    fn scan(open: Open, jobs: usize) -> (Tally, String) {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..40 {
            let name = if n == 17 { "f17-odd".to_owned() } else { format!("f{n:02}") };
            fs::write(folder.path().join(name), "mejla eva@example.com\n").unwrap();
        }
        let out = Shared::default();
        let output: Output = Box::new(out.clone());
        let plan = plan(jobs);
        let timeout = plan.timeout;
        let report = Box::new(Ndjson::new(output));
        let mut context = plan.into_context(report, &Arc::default(), &Arc::default());
        context.open = open;
        let root = Arc::new(Root::new(RootKind::Folder, folder.path()));
        let done = run_in(&Arc::new(context), timeout, move |context| {
            feed::feed_trees(context, vec![root], &Arc::default(), timeout);
        });
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
        (done.unwrap().tally, text)
    }

    fn is_odd(path: &Path) -> bool {
        path.to_string_lossy().ends_with("odd")
    }

    #[test]
    fn a_file_that_hangs_costs_its_own_unit_only() {
        fn hang(path: &Path, links: Links) -> Result<OpenFile, Refused> {
            if is_odd(path) {
                std::thread::sleep(Duration::from_millis(900));
            }
            file::open(path, links)
        }
        for jobs in [1, 3] {
            let (tally, text) = scan(hang, jobs);
            assert_eq!(tally.ledger.scanned, 39, "{text}");
            assert_eq!(tally.ledger.unread[&Reason::Timeout], 1);
            assert_eq!(tally.findings.total(), 39);
            assert_eq!(text.matches("\"reason\":\"timeout\"").count(), 1);
            let units: Vec<&str> = text.lines().filter(|line| line.contains("\"unit\"")).collect();
            assert_eq!(units.len(), 41);
            assert!(units[18].contains("f17-odd") && units[19].contains("f18"), "{text}");
        }
    }

    #[test]
    fn a_fault_costs_its_own_unit_only() {
        fn fail(path: &Path, links: Links) -> Result<OpenFile, Refused> {
            assert!(!is_odd(path), "on purpose");
            file::open(path, links)
        }
        quiet_faults();
        let (tally, text) = scan(fail, 2);
        assert_eq!((tally.ledger.scanned, tally.ledger.partial), (40, 1));
        assert_eq!((tally.findings.total(), tally.incomplete), (39, 1));
        assert!(text.contains("\"reason\":\"failed\"") && !text.contains("on purpose"), "{text}");
    }
}
