//! Sources, extraction, detection and reports put together.
//!
//! [`run`] scans: a feeder cuts the sources' units into batches, workers scan them side by side
//! (large ones together), `ordered` puts what they write in order. The thread that calls waits, and
//! gives up workers that hang. Start at [`Plan`] for what a run is told.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

mod container;
mod distribute;
pub mod explain;
mod fault;
mod feed;
pub mod inspect;
mod isolated;
mod large;
mod lines;
mod linked;
mod mask_path;
pub mod merge;
mod meter;
mod nested;
mod ordered;
mod progress;
mod queue;
mod read;
mod search;
pub mod state;
mod table;
pub mod text;
mod unit;
mod watch;
mod wire;
mod worker;

pub use distribute::{list_units, work};
pub use fault::quiet_faults;
pub use isolated::{
    COMMAND as READER_COMMAND, end_readers, isolate_readers, serve as serve_reader,
};
use linked::Linked;
use mask_path::PathMask;
pub use mask_path::{LogPaths, path_for_logs};
use ordered::{Halt, Mark, Ordered};
pub use progress::Progress;
use queue::{Batch, Job, Queue};
pub use search::Search;
use state::Keeper;
pub use state::{State, StateError};
use watch::{Pulse, Watch};
pub use wire::UnitObject;
use worker::Worker;

use crate::detect::{self, Detector};
use crate::model::{Budget, FileName, Problem, Reason};
use crate::report::{Detail, Header, Report, Showing, SourceLine, Summary, UnitName};
use crate::rules::own::UserRules;
use crate::source::database::{Pool, Settings};
use crate::source::file::{Links, OpenFile, Opener, Refused};
use crate::source::{Found, Root, Selection};
use crate::validate::date::Date;

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
    /// Rules of the user's own.
    pub rules: Arc<UserRules>,
    /// What the report needs.
    pub detail: Detail,
    /// Number of workers, at least 1.
    pub jobs: usize,
    /// How long a thing may take to answer.
    pub timeout: Duration,
    /// What one unit may cost.
    pub budget: Budget,
    /// What earlier runs know, if that is to be used.
    pub state: Option<Arc<State>>,
    /// How databases are read.
    pub databases: Settings,
    /// What of the records is wanted; all that is found in them if nothing is said.
    pub search: Option<Arc<dyn Search>>,
}

impl WorkPlan {
    fn header(&self) -> Header {
        let detect::Options { min_confidence, reference, .. } = &self.detection;
        Header::new(&self.rules.digest(), &self.showing, *min_confidence, reference)
    }

    /// What masks paths, if they are to be masked.
    fn path_mask(&self) -> Option<PathMask> {
        self.showing.mask_paths.then(|| PathMask::new(self.detection.reference, &self.rules))
    }

    fn into_context(
        self,
        report: Box<dyn Report>,
        progress: &Arc<Progress>,
        stop: &Arc<AtomicBool>,
    ) -> Context {
        Context {
            mask: self.path_mask(),
            key_mask: OnceLock::new(),
            rules: Arc::clone(&self.rules),
            reference: self.detection.reference,
            databases: Pool::new(self.databases),
            detector: Detector::with_user_rules(self.detection, &self.rules),
            showing: self.showing,
            detail: self.detail,
            open: Opener::open,
            jobs: self.jobs.max(1),
            budget: self.budget,
            state: self.state,
            search: self.search,
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

/// How long they may come no further then: who waits for a disk that hangs is not waited for.
const QUIET: Duration = Duration::from_millis(200);

/// How long a folder may take to answer when units are only listed.
pub const LISTING_TIMEOUT: Duration = Duration::from_secs(60);

/// Opens a file. Tests put one here that hangs.
type Open = fn(&mut Opener, &Arc<Root>, &FileName, Links) -> Result<OpenFile, Refused>;

/// What all threads of a run share.
struct Context {
    mask: Option<PathMask>,
    /// What masks the values of keys, made when the first is met.
    key_mask: OnceLock<PathMask>,
    rules: Arc<UserRules>,
    reference: Date,
    databases: Pool,
    detector: Detector,
    showing: Showing,
    detail: Detail,
    open: Open,
    jobs: usize,
    budget: Budget,
    state: Option<Arc<State>>,
    search: Option<Arc<dyn Search>>,
    ordered: Ordered,
    queue: Queue,
    linked: Linked,
    progress: Arc<Progress>,
    stop: Arc<AtomicBool>,
}

impl Context {
    /// What masks the values of keys.
    fn key_mask(&self) -> &PathMask {
        self.key_mask.get_or_init(|| PathMask::new(self.reference, &self.rules))
    }
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
    let mut sources = plan.sources;
    if let Some(mask) = plan.work.path_mask() {
        sources = sources.into_iter().map(|root| mask.mask_root(root)).collect();
    }
    let sources = feed::in_order(sources);
    report.lines(&plan.work.header().to_line())?;
    // Masked, two may be called the same.
    let names: BTreeSet<SourceLine> = sources.iter().map(|root| source_line(root)).collect();
    for name in names {
        report.lines(&name.to_line())?;
    }
    let timeout = plan.work.timeout;
    let selection = Arc::new(plan.selection);
    if let Some(state) = &plan.work.state {
        state.meet(&sources);
        report = Box::new(Keeper::new(Arc::clone(state), report));
    }
    let context = Arc::new(plan.work.into_context(report, progress, stop));
    run_in(&context, timeout, move |context| {
        feed::feed_trees(context, sources, &selection, timeout);
    })
}

/// The line of a source.
fn source_line(root: &Root) -> SourceLine {
    SourceLine::new(root.shown_id(), root.kind.id(), &root.shown_name())
}

/// What a unit of a source is called.
fn unit_name<'a>(root: &'a Root, path: &'a FileName, shown: &'a FileName) -> UnitName<'a> {
    let has_path = !root.kind.is_database();
    UnitName { source: &root.id, path, shown_source: root.shown_id(), shown, has_path }
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
    let mut stopping = None;
    while !context.ordered.wait(watch.interval()) {
        if context.stop.load(Ordering::Relaxed) {
            let stopping = stopping.get_or_insert_with(Stopping::new);
            if stopping.is_over(watch.beats()) {
                watch.give_up_all().iter().for_each(|job| close_interrupted(context, job));
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

/// A run that is to end, and waits for its workers.
struct Stopping {
    since: Instant,
    beats: u64,
    quiet_since: Instant,
}

impl Stopping {
    fn new() -> Stopping {
        let now = Instant::now();
        Stopping { since: now, beats: 0, quiet_since: now }
    }

    /// Is nobody waited for any more? `beats` counts the workers' signs of life.
    fn is_over(&mut self, beats: u64) -> bool {
        if self.beats != beats {
            self.beats = beats;
            self.quiet_since = Instant::now();
        }
        self.quiet_since.elapsed() > QUIET || self.since.elapsed() > GRACE
    }
}

fn start_worker(context: &Arc<Context>, watch: &mut Watch) -> io::Result<()> {
    let pulse = Arc::new(Pulse::default());
    let worker = Worker::new(Arc::clone(context), Arc::clone(&pulse));
    std::thread::Builder::new().name("scan".to_owned()).spawn(move || worker.run())?;
    watch.add(pulse);
    Ok(())
}

/// Closes the unit a worker hangs in, and leaves the rest of its batch to others.
fn close_stuck(context: &Arc<Context>, job: &Job) {
    let no_answer = "no answer within the time allowed (--timeout)";
    if let Some(rest) = close_unit(context, job, Reason::Timeout, no_answer) {
        context.queue.push_front(rest);
    }
}

/// Closes the unit a worker hangs in when the run is to end.
fn close_interrupted(context: &Arc<Context>, job: &Job) {
    if let Some(rest) = close_unit(context, job, Reason::Limit, INTERRUPTED) {
        context.ordered.finish(rest.ticket);
    }
}

/// Closes the unit a worker is at in its stead: what is left of its batch.
fn close_unit(context: &Arc<Context>, job: &Job, reason: Reason, detail: &str) -> Option<Job> {
    let (mark, ticket) = context.ordered.take_over(job.ticket)?;
    context.queue.withdraw(job.ticket);
    let mut worker = Worker::new(Arc::clone(context), Arc::default());
    worker.ticket = ticket;
    let closed = match job.batch.units.get(mark.done) {
        Some(unit) => {
            let problem = match mark.found {
                0 => Problem::whole(reason, detail),
                _ => Problem::part(reason, detail),
            };
            worker.close_given_up(&job.batch, unit, mark, &problem)
        }
        None => Ok(()),
    };
    let rest = Job { ticket, from: mark.done + 1, batch: Arc::clone(&job.batch) };
    (closed != Err(Halt::Disowned)).then_some(rest)
}

/// What is said of a unit that was being read when the run was to end.
const INTERRUPTED: &str = "interrupted: the run was ended before this was read to its end";

impl Worker {
    /// Reports a unit that is given up in the middle: `mark` says how far it came.
    fn close_given_up(
        &mut self,
        batch: &Batch,
        unit: &Found,
        mark: Mark,
        problem: &Problem,
    ) -> Result<(), Halt> {
        self.done = mark.done;
        // Nothing of the batch was handed in: its own lines neither.
        if mark == Mark::default() {
            self.writer.lines.extend_from_slice(&batch.preface);
        }
        let masked = self.mask_path(&unit.path);
        let shown = masked.as_ref().unwrap_or(&unit.path);
        self.writer.begin_unit(&unit_name(&batch.root, &unit.path, shown), mark.found);
        self.close_unread(&batch.root, unit, shown, problem);
        self.done = mark.done + 1;
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
            rules: Arc::default(),
            detail: Detail::Full,
            jobs,
            timeout: Duration::from_millis(200),
            budget: Budget::default(),
            state: None,
            databases: Settings::default(),
            search: None,
        }
    }

    /// Scans a folder of small files with another way to open them.
    fn scan(open: Open, jobs: usize) -> (Tally, String) {
        scan_until(open, plan(jobs), Arc::default())
    }

    fn scan_until(open: Open, plan: WorkPlan, stop: Arc<AtomicBool>) -> (Tally, String) {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..40 {
            let name = if n == 17 { "f17-odd".to_owned() } else { format!("f{n:02}") };
            // One is too large to be read at once.
            let filler = if n == 20 { "inget\n".repeat(30_000) } else { String::new() };
            let text = format!("mejla eva@example.com\n{filler}");
            fs::write(folder.path().join(name), text).unwrap();
        }
        let out = Shared::default();
        let output: Output = Box::new(out.clone());
        let timeout = plan.timeout;
        let progress = Arc::new(Progress::default());
        let report = Box::new(Ndjson::new(output));
        let mut context = plan.into_context(report, &progress, &stop);
        context.open = open;
        let root = Arc::new(Root::new(RootKind::Folder, folder.path()));
        let done = run_in(&Arc::new(context), timeout, move |context| {
            feed::feed_trees(context, vec![root], &Arc::default(), timeout);
        });
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
        let tally = done.unwrap().tally;
        // Bytes are counted while they are read, and once.
        assert_eq!(progress.bytes_done.load(Ordering::Relaxed), tally.ledger.bytes);
        (tally, text)
    }

    fn is_odd(path: &FileName) -> bool {
        path.as_bytes().ends_with(b"odd")
    }

    /// Takes its time with an odd file.
    fn hang<const MILLIS: u64>(
        opener: &mut Opener,
        root: &Arc<Root>,
        path: &FileName,
        links: Links,
    ) -> Result<OpenFile, Refused> {
        if is_odd(path) {
            std::thread::sleep(Duration::from_millis(MILLIS));
        }
        opener.open(root, path, links)
    }

    #[test]
    fn a_file_that_hangs_costs_its_own_unit_only() {
        for jobs in [1, 3] {
            let (tally, text) = scan(hang::<900>, jobs);
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
    fn what_hangs_when_the_run_is_to_end_is_listed_and_what_is_counted_is_written() {
        for jobs in [1, 3] {
            let stop = Arc::new(AtomicBool::new(false));
            let raise = Arc::clone(&stop);
            let raiser = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(100));
                raise.store(true, Ordering::Relaxed);
            });
            let begun = Instant::now();
            let patient = WorkPlan { timeout: Duration::from_secs(60), ..plan(jobs) };
            let (tally, text) = scan_until(hang::<3000>, patient, stop);
            raiser.join().unwrap();
            assert!(begun.elapsed() < Duration::from_secs(2));
            assert_eq!(tally.ledger.unread[&Reason::Limit], 1, "{text}");
            let count = |what: &str| text.matches(what).count() as u64;
            assert_eq!(tally.ledger.scanned, count("\"scanned\":1}"), "{text}");
            assert_eq!(tally.findings.total(), count("\"type\":\"finding\""));
            assert!(text.contains("\"interrupted\":true"));
        }
    }

    #[test]
    fn a_fault_costs_its_own_unit_only() {
        fn fail(
            opener: &mut Opener,
            root: &Arc<Root>,
            path: &FileName,
            links: Links,
        ) -> Result<OpenFile, Refused> {
            assert!(!is_odd(path), "on purpose");
            opener.open(root, path, links)
        }
        quiet_faults();
        let (tally, text) = scan(fail, 2);
        assert_eq!((tally.ledger.scanned, tally.ledger.partial), (40, 1));
        assert_eq!((tally.findings.total(), tally.incomplete), (39, 1));
        assert!(text.contains("\"reason\":\"failed\"") && !text.contains("on purpose"), "{text}");
    }
}
