//! Keeps reports on their way out of the run.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::entry::Entry;
use super::store::Change;
use super::{State, UnderWay, is_lasting};
use crate::model::Reason;
use crate::report::{Line, Report, Summary, split_lines};

/// Changes are written when they have so many bytes, or after this time.
const BYTES: usize = 4 * 1024 * 1024;
const TIME: Duration = Duration::from_secs(2);
/// Reports of more bytes are kept in pieces.
const PIECE: usize = 256 * 1024;
/// Pieces of a report; what has more is not kept.
const PIECES: u32 = 4096;
/// Keys looked at together.
const KEYS: usize = 512;

/// Passes a run's lines on and keeps what will be true next time.
pub(crate) struct Keeper {
    state: Arc<State>,
    /// None when it cannot be written to any more.
    changes: Option<Vec<Change>>,
    size: usize,
    written: Instant,
    /// What was kept of the sources, in order.
    old: Old,
    /// The report of the unit at hand.
    report: UnitReport,
    /// The number of the next report in pieces.
    serial: u64,
    inner: Box<dyn Report>,
}

/// The report of a unit as it comes.
#[derive(Default)]
struct UnitReport {
    lines: Vec<u8>,
    pieces: u32,
    /// Something of it may be otherwise next time.
    passing: bool,
}

#[derive(Deserialize)]
struct Unread {
    reason: Reason,
}

#[derive(Deserialize)]
struct UnitId<'a> {
    id: &'a str,
}

impl Keeper {
    /// Keeps what passes.
    pub(crate) fn new(state: Arc<State>, inner: Box<dyn Report>) -> Keeper {
        Keeper {
            old: Old::default(),
            serial: state.store.free_serial(),
            state,
            changes: Some(Vec::new()),
            size: 0,
            written: Instant::now(),
            report: UnitReport::default(),
            inner,
        }
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        match Line::of(line) {
            Some(Line::Finding) => {}
            Some(Line::Unread) => {
                let lasting =
                    serde_json::from_slice(line).is_ok_and(|u: Unread| is_lasting(u.reason));
                self.report.passing |= !lasting;
            }
            Some(Line::Unit) => return self.unit(line),
            _ => return Ok(()),
        }
        self.report.lines.extend_from_slice(line);
        if self.report.lines.len() >= PIECE {
            self.put_piece();
        }
        Ok(())
    }

    /// A long report is not held: what is there of it goes into the store.
    fn put_piece(&mut self) {
        let lines = std::mem::take(&mut self.report.lines);
        if self.report.pieces < PIECES && !self.report.passing {
            self.change(Change::Piece(self.serial, self.report.pieces, lines));
            self.report.pieces += 1;
        } else {
            self.report.passing = true;
        }
        self.write_some();
    }

    /// The report of a unit is whole.
    fn unit(&mut self, line: &[u8]) -> io::Result<()> {
        let mut report = std::mem::take(&mut self.report);
        let unit = id_of(line).and_then(|id| self.state.arrived(&id));
        if let Some(unit) = &unit {
            let gone = self.old.before(&self.state, &unit.key)?;
            gone.into_iter().for_each(|key| self.change(Change::Forget(key)));
        }
        match unit {
            Some(UnderWay { key, facts: Some(facts) }) if !report.passing => {
                report.lines.extend_from_slice(line);
                let (serial, pieces) = (self.serial, report.pieces);
                let entry = Entry { facts, serial, pieces, lines: report.lines };
                self.change(Change::Keep(key, entry));
                self.serial += u64::from(pieces > 0);
            }
            unit => {
                if report.pieces > 0 {
                    self.change(Change::Drop(self.serial));
                }
                if let Some(UnderWay { key, facts: Some(_) }) = unit {
                    self.change(Change::Forget(key));
                }
            }
        }
        self.write_some();
        Ok(())
    }

    fn change(&mut self, change: Change) {
        self.size += change.size();
        if let Some(changes) = &mut self.changes {
            changes.push(change);
        }
    }

    fn write_some(&mut self) {
        if self.size >= BYTES || self.size > 0 && self.written.elapsed() >= TIME {
            self.write();
        }
    }

    /// Writes the changes. What cannot be written is no loss to the run at hand; nothing more is kept
    /// then.
    fn write(&mut self) {
        let Some(changes) = &mut self.changes else { return };
        let changes = std::mem::take(changes);
        (self.size, self.written) = (0, Instant::now());
        let open = (self.report.pieces > 0).then_some(self.serial);
        if let Err(error) = self.state.store.write(changes, open) {
            self.changes = None;
            self.state.give_up(error);
        }
    }
}

/// The id of a unit line.
fn id_of(line: &[u8]) -> Option<[u8; 20]> {
    let unit: UnitId<'_> = serde_json::from_slice(line).ok()?;
    unit.id.as_bytes().try_into().ok()
}

impl Report for Keeper {
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.changes.is_some() {
            for line in split_lines(lines) {
                self.line(line)?;
            }
        }
        self.inner.lines(lines)
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        if !summary.interrupted {
            let gone = self.old.rest(&self.state)?;
            gone.into_iter().for_each(|key| self.change(Change::Forget(key)));
        }
        self.write();
        self.inner.end(summary)
    }
}

/// The keys of what was kept before, gone through in order beside the run.
#[derive(Default)]
struct Old {
    /// The number of the source at hand.
    source: usize,
    ahead: VecDeque<Vec<u8>>,
    /// The last key that was looked at.
    last: Vec<u8>,
}

impl Old {
    fn next(&mut self, state: &State) -> io::Result<Option<&Vec<u8>>> {
        while self.ahead.is_empty() {
            let Some((_, prefix)) = state.prefixes().get(self.source) else { return Ok(None) };
            let after = if self.last.starts_with(prefix) { &self.last } else { prefix };
            let keys = state.store.keys(prefix, after, KEYS)?;
            match keys.last() {
                Some(last) => self.last.clone_from(last),
                None => self.source += 1,
            }
            self.ahead = keys.into();
        }
        Ok(self.ahead.front())
    }

    /// What was kept before `key` and was not met.
    fn before(&mut self, state: &State, key: &[u8]) -> io::Result<Vec<Vec<u8>>> {
        let mut gone = Vec::new();
        while self.next(state)?.is_some_and(|old| old.as_slice() <= key) {
            gone.extend(self.ahead.pop_front().filter(|old| old.as_slice() != key));
        }
        Ok(gone)
    }

    /// All that was kept behind what was met.
    fn rest(&mut self, state: &State) -> io::Result<Vec<Vec<u8>>> {
        let mut gone = Vec::new();
        while self.next(state)?.is_some() {
            gone.extend(self.ahead.pop_front());
        }
        Ok(gone)
    }
}
