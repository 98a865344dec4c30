//! Puts the workers' lines in order without holding them.
//!
//! Every batch of units has a lane. What the worker of the first open lane writes goes straight on to
//! the report, in the middle of a unit as well; the others' lines wait in memory, and when that is
//! used up in an unnamed file that only this process can open.

use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::report::{Report, Summary, Tally, UnitWriter, in_temporary_folder, waiting_file};

/// Bytes that wait in memory, of all lanes together.
const MEMORY: usize = 8 * 1024 * 1024;
/// Lanes open at the same time.
const LANES: usize = 4096;
/// Bytes read back at once.
const PIECE: usize = 64 * 1024;

/// What a worker must show to write to a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    /// The lane.
    pub seq: u64,
    /// Counts the workers that have had it.
    pub epoch: u32,
}

/// Why a worker has to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// Another worker has its lane now, or nothing can be written any more.
    Disowned,
    /// The run is to end.
    Interrupted,
}

/// How far the worker of a lane has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Units of its batch that are done.
    pub done: usize,
    /// Findings of the one at hand.
    pub found: u64,
}

/// The lanes and the report behind them.
pub(super) struct Ordered {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    report: Option<Box<dyn Report>>,
    /// The first open lane's number.
    first: u64,
    lanes: VecDeque<Lane>,
    /// No more lanes will be opened.
    closed: bool,
    /// What the lines that are written add up to.
    tally: Tally,
    /// What was not done, in words.
    reasons: BTreeSet<String>,
    waiting: usize,
    spool: Spool,
    error: Option<io::Error>,
}

#[derive(Default)]
struct Lane {
    epoch: u32,
    mark: Mark,
    finished: bool,
    spooled: Vec<(u64, usize)>,
    memory: Vec<u8>,
    /// What the lines that wait add up to.
    tally: Tally,
}

impl Ordered {
    pub(super) fn new(report: Box<dyn Report>) -> Ordered {
        let state = State {
            report: Some(report),
            first: 0,
            lanes: VecDeque::new(),
            closed: false,
            tally: Tally::default(),
            reasons: BTreeSet::new(),
            waiting: 0,
            spool: Spool::default(),
            error: None,
        };
        Ordered { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// A panic under the lock cannot leave it half-changed in a way that matters: the report's own
    /// errors are kept as such.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the next lane, when there is room. None when nothing can be written any more.
    pub(super) fn open(&self) -> Option<Ticket> {
        let mut state = self.lock();
        while state.lanes.len() >= LANES && state.error.is_none() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.error.is_some() {
            return None;
        }
        state.lanes.push_back(Lane::default());
        Some(Ticket { seq: state.first + state.lanes.len() as u64 - 1, epoch: 0 })
    }

    /// No more lanes will be opened.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Takes what the writer has, and empties it.
    pub(super) fn commit(
        &self,
        ticket: Ticket,
        writer: &mut UnitWriter,
        mark: Mark,
    ) -> Result<(), Halt> {
        let mut state = self.lock();
        let state = &mut *state;
        let is_first = ticket.seq == state.first;
        let lane = state.lane(ticket).ok_or(Halt::Disowned)?;
        lane.mark = mark;
        let written = if is_first {
            state.tally.merge(&writer.tally);
            state.write(&writer.lines)
        } else {
            lane.tally.merge(&writer.tally);
            lane.memory.extend_from_slice(&writer.lines);
            state.waiting += writer.lines.len();
            state.relieve(ticket)
        };
        writer.clear();
        let noted = state.note(written);
        if state.error.is_some() {
            self.changed.notify_all();
        }
        noted
    }

    /// Ends a lane.
    pub(super) fn finish(&self, ticket: Ticket) {
        let mut state = self.lock();
        if let Some(lane) = state.lane(ticket) {
            lane.finished = true;
            state.advance();
            self.changed.notify_all();
        }
    }

    /// Takes a lane away from its worker: how far it came, and the new ticket.
    pub(super) fn take_over(&self, ticket: Ticket) -> Option<(Mark, Ticket)> {
        let mut state = self.lock();
        let lane = state.lane(ticket)?;
        lane.epoch += 1;
        Some((lane.mark, Ticket { epoch: lane.epoch, ..ticket }))
    }

    /// Waits a while for the end of all lanes. True when it has come, or nothing can be written.
    pub(super) fn wait(&self, most: Duration) -> bool {
        let state = self.lock();
        let going =
            |state: &mut State| state.error.is_none() && !(state.closed && state.lanes.is_empty());
        let (state, _) = self
            .changed
            .wait_timeout_while(state, most, going)
            .unwrap_or_else(PoisonError::into_inner);
        state.error.is_some() || state.closed && state.lanes.is_empty()
    }

    /// Something was not done: the report will say so.
    pub(super) fn lack(&self, reason: String) {
        self.lock().reasons.insert(reason);
    }

    /// Ends the report. Lanes that are still open are given up; what they have is written.
    pub(super) fn end(&self, interrupted: bool) -> io::Result<Summary> {
        let mut state = self.lock();
        // Lines of a unit without its end may stand last only: what comes after it is not done.
        let is_open = |lane: &Lane| !lane.finished && lane.mark != Mark::default();
        if let Some(open) = state.lanes.iter().position(is_open) {
            state.lanes.truncate(open + 1);
        }
        state.lanes.iter_mut().for_each(|lane| lane.finished = true);
        state.advance();
        let report = state.report.take();
        if let Some(error) = state.error.take() {
            return Err(error);
        }
        let finished = crate::report::header::now();
        let (tally, reasons) = (state.tally.clone(), std::mem::take(&mut state.reasons));
        let summary = Summary { tally, interrupted, reasons, finished };
        report.map_or(Ok(()), |mut report| report.end(&summary))?;
        Ok(summary)
    }
}

impl State {
    /// The lane, if the ticket is still good for it.
    fn lane(&mut self, ticket: Ticket) -> Option<&mut Lane> {
        let n = usize::try_from(ticket.seq.checked_sub(self.first)?).ok()?;
        self.lanes.get_mut(n).filter(|lane| lane.epoch == ticket.epoch && !lane.finished)
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        match &mut self.report {
            Some(report) if !lines.is_empty() => report.lines(lines),
            _ => Ok(()),
        }
    }

    fn note(&mut self, result: io::Result<()>) -> Result<(), Halt> {
        match result {
            Ok(()) if self.error.is_none() => Ok(()),
            Ok(()) => Err(Halt::Disowned),
            Err(error) => {
                self.error.get_or_insert(error);
                Err(Halt::Disowned)
            }
        }
    }

    /// Moves what a lane holds out of memory, if too much is there.
    fn relieve(&mut self, ticket: Ticket) -> io::Result<()> {
        if self.waiting <= MEMORY {
            return Ok(());
        }
        let n = (ticket.seq - self.first) as usize;
        let lane = &mut self.lanes[n];
        let memory = std::mem::take(&mut lane.memory);
        self.waiting -= memory.len();
        let at = self.spool.push(&memory)?;
        self.lanes[n].spooled.push((at, memory.len()));
        Ok(())
    }

    /// Passes on what waited in lanes whose turn has come.
    fn advance(&mut self) {
        while self.lanes.front().is_some_and(|lane| lane.finished) {
            self.lanes.pop_front();
            self.first += 1;
            let drained = self.drain_first();
            // The worker that commits next is told.
            let _ = self.note(drained);
        }
    }

    fn drain_first(&mut self) -> io::Result<()> {
        let Some(lane) = self.lanes.front_mut() else {
            self.spool.clear();
            return Ok(());
        };
        let (spooled, memory) =
            (std::mem::take(&mut lane.spooled), std::mem::take(&mut lane.memory));
        let tally = std::mem::take(&mut lane.tally);
        self.tally.merge(&tally);
        self.waiting -= memory.len();
        let mut piece = Vec::new();
        for (at, len) in spooled {
            let mut done = 0;
            while done < len {
                piece.resize(PIECE.min(len - done), 0);
                self.spool.read(at + done as u64, &mut piece)?;
                // A piece may end inside a line; reports take whole lines.
                let whole = match memchr::memrchr(b'\n', &piece) {
                    Some(end) => end + 1,
                    None => {
                        piece.resize(len - done, 0);
                        self.spool.read(at + done as u64, &mut piece)?;
                        piece.len()
                    }
                };
                self.write(&piece[..whole])?;
                done += whole;
            }
        }
        self.write(&memory)
    }
}

/// A private file for what does not fit into memory.
#[derive(Default)]
struct Spool {
    file: Option<File>,
    end: u64,
}

impl Spool {
    fn push(&mut self, bytes: &[u8]) -> io::Result<u64> {
        if self.file.is_none() {
            self.file = Some(waiting_file()?);
        }
        let at = self.end;
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(bytes).map_err(in_temporary_folder)?;
        }
        self.end += bytes.len() as u64;
        Ok(at)
    }

    fn read(&mut self, at: u64, piece: &mut [u8]) -> io::Result<()> {
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(piece)
    }

    /// Nothing waits any more: the room can be used again.
    fn clear(&mut self) {
        self.end = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::report::{Detail, Showing};

    /// Keeps the lines.
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Report for Kept {
        fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
            self.0.lock().unwrap().extend_from_slice(lines);
            Ok(())
        }

        fn end(&mut self, _summary: &Summary) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_not_written_is_not_counted() {
        let lines = Arc::default();
        let ordered = Ordered::new(Box::new(Kept(Arc::clone(&lines))));
        let commit = |ticket, line: &str, mark| {
            let mut writer = UnitWriter::new(Showing::default(), Detail::Full);
            writer.lines.extend_from_slice(line.as_bytes());
            writer.tally.ledger.scanned = 1;
            ordered.commit(ticket, &mut writer, mark).unwrap();
        };
        let tickets = [(); 4].map(|()| ordered.open().unwrap());
        // The first is done, the second in the middle of a unit when all ends.
        commit(tickets[2], "behind\n", Mark { done: 1, found: 0 });
        ordered.finish(tickets[2]);
        commit(tickets[0], "done\n", Mark { done: 1, found: 0 });
        ordered.finish(tickets[0]);
        commit(tickets[1], "open\n", Mark { done: 0, found: 1 });
        let summary = ordered.end(true).unwrap();
        assert_eq!(lines.lock().unwrap().as_slice(), b"done\nopen\n");
        assert_eq!(summary.tally.ledger.scanned, 2);
    }
}
