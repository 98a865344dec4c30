//! A large text that several workers scan together.
//!
//! Cutting the text into blocks is cheap and done in order, under a lock. Whoever has a block scans
//! it alone and hands the lines in; the unit's own worker passes them on in order. What comes out is
//! what one worker alone would have written.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::meter::Metered;
use super::ordered::Ticket;
use crate::extract::blocks::{Block, Blocks};
use crate::model::{FileName, Table};
use crate::report::Tally;
use crate::source::Root;

/// Bytes of lines that may wait for their turn.
const WAITING: usize = 6 * 1024 * 1024;

/// A large unit.
pub(super) struct Large {
    ticket: Ticket,
    pub root: Arc<Root>,
    pub path: FileName,
    pub shown: FileName,
    pub table: Option<Table>,
    blocks: Mutex<Cutter>,
    parts: Mutex<Parts>,
    changed: Condvar,
    /// Blocks that may be under way at a time.
    window: u64,
    /// There are no more blocks to be had.
    over: AtomicBool,
    /// Nobody wants the rest.
    dead: AtomicBool,
}

struct Cutter {
    blocks: Blocks<Metered>,
    taken: u64,
    error: Option<io::Error>,
}

#[derive(Default)]
struct Parts {
    ready: BTreeMap<u64, Part>,
    waiting: usize,
    /// Blocks whose lines were passed on.
    passed: u64,
    /// Blocks there are, once known.
    total: Option<u64>,
    spare: Vec<Vec<u8>>,
}

/// What was found in a block. None of it when the detector failed.
pub(super) struct Part {
    pub lines: Vec<u8>,
    pub tally: Tally,
    pub failed: bool,
}

/// What came of asking for a block.
pub(super) enum Taken {
    /// The block of this number.
    Block(u64),
    /// Too many are under way.
    Wait,
    /// There are none left.
    End,
}

impl Large {
    pub(super) fn new(
        ticket: Ticket,
        (root, path, shown): (Arc<Root>, FileName, FileName),
        table: Option<Table>,
        blocks: Blocks<Metered>,
        jobs: usize,
    ) -> Large {
        Large {
            ticket,
            root,
            path,
            shown,
            table,
            blocks: Mutex::new(Cutter { blocks, taken: 0, error: None }),
            parts: Mutex::default(),
            changed: Condvar::new(),
            window: 2 * jobs as u64,
            over: AtomicBool::new(false),
            dead: AtomicBool::new(false),
        }
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cutter(&self) -> MutexGuard<'_, Cutter> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lane it belongs to.
    pub(super) fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Is there nothing left to help with?
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire) || self.dead.load(Ordering::Acquire)
    }

    /// Nobody wants the rest.
    pub(super) fn give_up(&self) {
        self.dead.store(true, Ordering::Release);
        // Whoever waits looks at `dead` under this lock.
        drop(self.parts());
        self.changed.notify_all();
    }

    /// Takes the next block, if there is one and its lines will not have to wait too long.
    pub(super) fn take(&self, block: &mut Block) -> Taken {
        if self.is_over() {
            return Taken::End;
        }
        let mut cutter = self.cutter();
        if self.is_full(cutter.taken) {
            return Taken::Wait;
        }
        let more = cutter.blocks.next(block);
        let n = cutter.taken;
        match more {
            Ok(true) => {
                cutter.taken += 1;
                return Taken::Block(n);
            }
            Ok(false) => {}
            // What was read before the error is in the block.
            Err(error) => {
                let first = cutter.error.is_none();
                cutter.error.get_or_insert(error);
                if first && !block.record(None).focus.is_empty() {
                    cutter.taken += 1;
                    return Taken::Block(n);
                }
            }
        }
        self.over.store(true, Ordering::Release);
        drop(cutter);
        self.parts().total = Some(n);
        self.changed.notify_all();
        Taken::End
    }

    fn is_full(&self, taken: u64) -> bool {
        let parts = self.parts();
        taken > parts.passed && (taken >= parts.passed + self.window || parts.waiting > WAITING)
    }

    /// Hands in what was found in block `n`.
    pub(super) fn put(&self, n: u64, part: Part) {
        let mut parts = self.parts();
        parts.waiting += part.lines.len();
        parts.ready.insert(n, part);
        drop(parts);
        self.changed.notify_all();
    }

    /// The next part in order, if it is there.
    pub(super) fn next_part(&self) -> Option<Part> {
        let mut parts = self.parts();
        let n = parts.passed;
        let part = parts.ready.remove(&n)?;
        parts.waiting -= part.lines.len();
        parts.passed += 1;
        drop(parts);
        self.changed.notify_all();
        Some(part)
    }

    /// Is block `n` the next in order? Then it need not be handed in: see [`Large::pass`].
    pub(super) fn is_next(&self, n: u64) -> bool {
        self.parts().passed == n
    }

    /// The next block in order was passed on by who scanned it.
    pub(super) fn pass(&self) {
        self.parts().passed += 1;
        self.changed.notify_all();
    }

    /// Is everything passed on?
    pub(super) fn is_done(&self) -> bool {
        let parts = self.parts();
        parts.total == Some(parts.passed)
    }

    /// Waits until the next part is there, or until blocks can be had again.
    pub(super) fn wait_as_owner(&self) {
        let parts = self.parts();
        let going = |parts: &mut Parts| {
            !self.dead.load(Ordering::Acquire)
                && parts.total != Some(parts.passed)
                && !parts.ready.contains_key(&parts.passed)
        };
        drop(self.changed.wait_while(parts, going));
    }

    /// Waits until blocks can be had again, or there are none.
    pub(super) fn wait_as_helper(&self) {
        let parts = self.parts();
        let seen = parts.passed;
        let going = |parts: &mut Parts| !self.is_over() && parts.passed == seen;
        drop(self.changed.wait_while(parts, going));
    }

    /// A buffer that was in use before.
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.parts().spare.pop().unwrap_or_default()
    }

    /// Gives a buffer back.
    pub(super) fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.parts().spare.push(buffer);
    }

    /// What went wrong with reading.
    pub(super) fn take_error(&self) -> Option<io::Error> {
        self.cutter().error.take()
    }
}
