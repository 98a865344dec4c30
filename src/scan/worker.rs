//! One thread that scans units, and helps with large ones when there is nothing else to do.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::fault::guarded;
use super::large::{Large, Part, Taken};
use super::nested::{Met, NameOnly, Visitor};
use super::ordered::{Halt, Mark, Ticket};
use super::queue::{Job, Task};
use super::watch::Pulse;
use super::{Context, unit_name};
use crate::detect::{Detector, Scratch};
use crate::extract::RecordBuilder;
use crate::extract::blocks::Block;
use crate::model::{Finding, Flow, Place, Problem, Record, Ruler, Shape, Step};
use crate::report::{Outcome, Tally, UnitWriter};
use crate::source::RootKind;
use crate::source::file::Opener;

/// Lines are handed in by so many bytes.
const PIECE: usize = 64 * 1024;
/// Lines of the fields of one record are handed in by so many bytes: more than a record has, unless
/// it is an odd one.
const FIELDS: usize = 1024 * 1024;
/// A buffer that has grown beyond this is not kept.
const KEPT: usize = 4 * PIECE;

/// A worker's own buffers.
pub(super) struct Worker {
    pub(super) context: Arc<Context>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) opener: Opener,
    pub(super) scratch: Scratch,
    pub(super) writer: UnitWriter,
    pub(super) head: Vec<u8>,
    pub(super) block: Block,
    pub(super) name: RecordBuilder,
    pub(super) ticket: Ticket,
    pub(super) done: usize,
    /// Its reads are expected to come to an end: not so those of standard input.
    pub(super) watched: bool,
}

impl Worker {
    pub(super) fn new(context: Arc<Context>, pulse: Arc<Pulse>) -> Worker {
        let writer = UnitWriter::new(context.showing.clone(), context.detail);
        Worker {
            context,
            pulse,
            opener: Opener::default(),
            scratch: Scratch::default(),
            writer,
            head: Vec::new(),
            block: Block::default(),
            name: RecordBuilder::new(Ruler::default()),
            ticket: Ticket { seq: 0, epoch: 0 },
            done: 0,
            watched: true,
        }
    }

    /// Works until there is nothing left to do.
    pub(super) fn run(mut self) {
        let context = Arc::clone(&self.context);
        while !self.pulse.is_abandoned()
            && let Some(task) = context.queue.pop()
        {
            self.pulse.watch(true);
            match task {
                Task::Units(job) => self.work(job),
                Task::Help(large) => self.help(&large),
            }
            self.pulse.watch(false);
        }
    }

    fn work(&mut self, job: Job) {
        let batch = Arc::clone(&job.batch);
        self.ticket = job.ticket;
        let from = job.from;
        self.pulse.begin(job);
        self.writer.clear();
        if from == 0 {
            self.writer.lines.extend_from_slice(&batch.preface);
        }
        for n in from..batch.units.len() {
            self.done = n;
            let halted = match guarded(|| self.scan_unit(&batch, n)) {
                Some(halted) => halted,
                None => self.fail_unit(&batch, n),
            };
            // A unit that was cut short has its lines as well.
            let committed = match halted {
                Err(Halt::Disowned) => halted,
                _ => self.end_in_batch(n),
            };
            if halted.and(committed).is_err() {
                break;
            }
        }
        // The lane ends even if not all of it was done: the run is ending then.
        self.context.ordered.finish(self.ticket);
        if self.pulse.end() {
            self.context.queue.done();
        }
    }

    /// Hands in the report of unit `n`.
    fn end_in_batch(&mut self, n: usize) -> Result<(), Halt> {
        self.done = n + 1;
        self.commit(0)
    }

    /// Hands in what is written so far.
    pub(super) fn commit(&mut self, found: u64) -> Result<(), Halt> {
        let committed = self.hand_in(found);
        if self.writer.lines.capacity() > KEPT {
            self.writer.lines.shrink_to(KEPT);
        }
        committed
    }

    fn hand_in(&mut self, found: u64) -> Result<(), Halt> {
        let mark = Mark { done: self.done, found };
        self.pulse.watch(false);
        let more = self.writer.tally.findings.total();
        self.context.progress.findings.fetch_add(more, Ordering::Relaxed);
        let committed = self.context.ordered.commit(self.ticket, &mut self.writer, mark);
        self.pulse.watch(self.watched);
        committed
    }

    /// Hands in a part that this or another worker scanned. Its buffer comes back empty.
    pub(super) fn hand_in_part(&mut self, part: &mut Part) -> Result<(), Halt> {
        self.commit(self.writer.found())?;
        self.writer.swap_part(&mut part.lines, &part.tally);
        let handed = self.hand_in(self.writer.found());
        std::mem::swap(&mut self.writer.lines, &mut part.lines);
        handed
    }

    /// Is the run to end?
    pub(super) fn check_stop(&self) -> Result<(), Halt> {
        match self.context.stop.load(Ordering::Relaxed) {
            true => Err(Halt::Interrupted),
            false => Ok(()),
        }
    }

    /// Scans a record and hands in the lines when there are enough.
    pub(super) fn scan_record(&mut self, record: &Record<'_>) -> Result<(), Halt> {
        self.pulse.beat();
        self.writer.begin_record(record);
        // What is found in fields may have to be put in order first.
        let piece = if matches!(record.shape, Shape::Fields(_)) { FIELDS } else { PIECE };
        let Worker { context, pulse, scratch, writer, ticket, done, watched, .. } = self;
        let mut state = ControlFlow::Continue(());
        let mut found = |finding: &Finding<'_>| {
            if state.is_break() {
                return;
            }
            writer.finding(record, finding);
            if writer.lines.len() >= piece {
                writer.end_record();
                pulse.watch(false);
                let found = writer.tally.findings.total();
                context.progress.findings.fetch_add(found, Ordering::Relaxed);
                let mark = Mark { done: *done, found: writer.found() };
                if let Err(halt) = context.ordered.commit(*ticket, writer, mark) {
                    state = ControlFlow::Break(halt);
                }
                pulse.watch(*watched);
            }
        };
        let excerpts = context.examine(record, scratch, &mut found);
        self.writer.end_record();
        excerpts.iter().for_each(|records| self.writer.excerpts(records));
        match state {
            ControlFlow::Break(halt) => Err(halt),
            ControlFlow::Continue(()) => self.check_stop(),
        }
    }

    /// Scans the name of a file or folder.
    pub(super) fn scan_name(&mut self, path: &[u8]) -> Result<(), Halt> {
        let name = memchr::memrchr(b'/', path).map_or(path, |at| &path[at + 1..]);
        // Without a digit, an address or a longer word there is nothing to find; most names are so.
        if name.len() < 3 {
            return Ok(());
        }
        let mut builder = std::mem::replace(&mut self.name, RecordBuilder::new(Ruler::default()));
        builder.begin_fixed("", Place::Name);
        builder.absent(name);
        self.scratch.begin_document();
        let mut records = Records { worker: self, halt: None };
        let _ = builder.push_to(&mut NameOnly(&mut records));
        let halt = records.halt;
        self.name = builder;
        halt.map_or(Ok(()), Err)
    }

    /// Scans blocks of a large unit that another worker has.
    fn help(&mut self, large: &Large) {
        self.watched = large.root.kind != RootKind::Stdin;
        self.pulse.watch(self.watched);
        self.scratch.begin_document();
        self.writer.clear();
        self.writer.begin_unit(&unit_name(&large.root, &large.path, &large.shown), 0);
        loop {
            if self.context.queue.has_jobs() || self.pulse.is_abandoned() {
                return;
            }
            match large.take(&mut self.block) {
                Taken::End => return,
                Taken::Wait => {
                    self.pulse.watch(false);
                    large.wait_as_helper();
                    self.pulse.watch(self.watched);
                }
                Taken::Block(n) => {
                    let part = self.scan_part(large);
                    large.put(n, part);
                }
            }
        }
    }

    /// What is found in the block at hand, apart.
    pub(super) fn scan_part(&mut self, large: &Large) -> Part {
        self.pulse.beat();
        self.writer.begin_part(large.buffer());
        let block = std::mem::take(&mut self.block);
        let scanned = guarded(|| {
            let record = block.record(large.table.as_ref());
            self.writer.begin_record(&record);
            let Worker { context, scratch, writer, .. } = self;
            let mut found = |finding: &Finding<'_>| writer.finding(&record, finding);
            let excerpts = context.examine(&record, scratch, &mut found);
            excerpts.iter().for_each(|records| writer.excerpts(records));
        });
        self.block = block;
        let (mut lines, mut tally) = self.writer.end_part();
        let failed = scanned.is_none();
        if failed {
            lines.clear();
            tally = Tally::default();
        }
        Part { lines, tally, failed }
    }
}

/// Scans the records an extractor pushes.
pub(super) struct Records<'w> {
    pub(super) worker: &'w mut Worker,
    pub(super) halt: Option<Halt>,
}

impl Visitor for Records<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        match self.worker.scan_record(record) {
            Ok(()) => Flow::Continue,
            Err(halt) => {
                self.halt = Some(halt);
                Flow::Stop
            }
        }
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.worker.problem(&problem);
        Flow::Continue
    }

    fn enter(&mut self, inside: &[Step]) {
        self.worker.pulse.beat();
        self.worker.scratch.begin_document();
        self.worker.writer.enter(inside);
    }

    fn met(&mut self, met: Met, partly: bool) {
        self.worker.writer.met(match met {
            Met::Read | Met::Empty if partly => Outcome::Partly,
            Met::Read | Met::Empty => Outcome::Scanned,
            Met::Skipped(why) => Outcome::Skipped(why),
            Met::Unread(why) => Outcome::Unread(why),
        });
    }
}

impl Worker {
    /// Reports a problem.
    pub(super) fn problem(&mut self, problem: &Problem) {
        self.context.progress.unread.fetch_add(1, Ordering::Relaxed);
        self.writer.problem(problem);
    }
}

/// The detector is shared by all workers.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Detector>();
};
