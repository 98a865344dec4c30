//! A table of a database, or a range of its rows, as a unit.

use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::Xxh3;

use super::mask_path::PathMask;
use super::nested::{Met, Nest};
use super::ordered::Halt;
use super::unit::Ending;
use super::worker::{Records, Worker};
use crate::detect::Scratch;
use crate::extract::database;
use crate::extract::sqlite::extract_rest;
use crate::model::{Flow, MaskKey, PlacedRows, Problem, Reason, RowBatch, Sink, Table, TablePart};
use crate::report::{Outcome, Values};
use crate::source::database::{self as databases, OpenTable, Pool, sqlite};
use crate::source::{Root, RootKind};

/// Documents in the values of a unit may unpack to what a file of so many bytes may.
const STORED: u64 = 32 * 1024 * 1024;

/// What is known of a table that is being read.
#[derive(Default)]
pub(super) struct Account {
    /// Bytes of the rows.
    pub(super) bytes: u64,
    /// How many of a million rows are read, where not all are.
    pub(super) share: Option<u32>,
    digest: Xxh3,
    rows: u64,
    omitted: u64,
    table: Option<Table>,
}

impl Account {
    /// Digest of what was read.
    pub(super) fn digest(&self) -> u128 {
        self.digest.digest128()
    }

    /// Hands over rows.
    fn add(
        &mut self,
        opened: &OpenTable,
        batch: &RowBatch,
        mask: Option<&MaskKey<'_>>,
        sink: &mut dyn Sink,
    ) -> Flow {
        self.bytes += batch.size() as u64;
        self.omitted += batch.omitted;
        self.digest.update(&batch.text);
        batch.values.iter().for_each(|value| self.digest.update(&value.content));
        let table = self.table.get_or_insert_with(|| opened.shape.table(&opened.sample));
        let first = self.rows;
        self.rows += batch.rows;
        let rows = PlacedRows { batch, shape: &opened.shape, first, mask, part: None };
        database::extract(&rows, table, sink)
    }
}

/// Reads a table into a sink. `alive` is told of every step.
pub(super) fn read(
    (pool, root, part): (&Pool, &Root, &TablePart),
    mask: Option<&MaskKey<'_>>,
    account: &mut Account,
    nest: &mut Nest<'_>,
    alive: &dyn Fn() -> Flow,
) -> Met {
    if root.kind == RootKind::Sqlite && part.name == sqlite::REST {
        match sqlite::open(root) {
            Ok(database) => _ = extract_rest(database, mask, nest),
            Err(failure) => _ = nest.problem(failure.problem()),
        }
        return Met::Read;
    }
    let mut taken = pool.take(root);
    let mut told = false;
    let read = databases::read(&mut taken, part, &mut |opened, batch| {
        if !std::mem::replace(&mut told, true) {
            account.share = opened.share;
            for problem in &opened.problems {
                let _ = nest.problem(problem.clone());
            }
        }
        if alive() == Flow::Stop {
            return Flow::Stop;
        }
        batch.map_or(Flow::Continue, |batch| account.add(opened, batch, mask, nest))
    });
    match read {
        Ok(opened) => {
            account.share = opened.share;
            if !told {
                opened.problems.into_iter().for_each(|problem| _ = nest.problem(problem));
            }
        }
        Err(failure) => _ = nest.problem(failure.problem()),
    }
    if account.omitted > 0 {
        let detail = format!("{} values are too large to be fetched", account.omitted);
        let _ = nest.problem(Problem::part(Reason::Limit, detail));
    }
    Met::Read
}

/// Masks what is personal in the values of keys.
pub(super) struct KeyMask<'m> {
    mask: &'m PathMask,
    scratch: Mutex<Scratch>,
}

impl<'m> KeyMask<'m> {
    pub(super) fn new(mask: &'m PathMask) -> KeyMask<'m> {
        KeyMask { mask, scratch: Mutex::default() }
    }

    /// The value of a column as it may be shown, if that is not how it is.
    pub(super) fn mask(&self, column: &str, value: &str) -> Option<String> {
        // Short numbers are nobody's.
        if value.len() <= 8 && value.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut scratch = self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        self.mask.mask_value(&mut scratch, column, value)
    }
}

impl Worker {
    /// Scans a table, or a range of its rows.
    pub(super) fn scan_table(
        &mut self,
        root: &Arc<Root>,
        part: &TablePart,
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        let context = Arc::clone(&self.context);
        let masks =
            (context.showing.values != Values::Plain).then(|| KeyMask::new(context.key_mask()));
        let mask =
            masks.as_ref().map(|masks| |column: &str, value: &str| masks.mask(column, value));
        let mask: Option<&MaskKey<'_>> = mask.as_ref().map(|mask| mask as &MaskKey<'_>);
        let pulse = Arc::clone(&self.pulse);
        let stop = Arc::clone(&context.stop);
        let alive = || {
            pulse.beat();
            pulse.watch(true);
            match stop.load(std::sync::atomic::Ordering::Relaxed) {
                true => Flow::Stop,
                false => Flow::Continue,
            }
        };
        self.scratch.begin_document();
        // To wait for a connection is not to hang.
        self.pulse.watch(false);
        let mut account = Account::default();
        let mut records = Records { worker: self, halt: None };
        let (met, partly) = Nest::new(&mut records, context.budget, STORED).outermost(|nest| {
            Ok(read((&context.databases, root, part), mask, &mut account, nest, &alive))
        });
        let halt = records.halt;
        ending.bytes = account.bytes;
        ending.digest = Some(account.digest());
        ending.share = account.share;
        ending.partly |= partly;
        ending.outcome = match met {
            Met::Unread(why) => Some(Outcome::Unread(why)),
            // A table counts once, however many parts it has.
            _ if part.number > 1 => Some(Outcome::Named),
            _ => None,
        };
        self.check_stop()?;
        halt.map_or(Ok(()), Err)
    }
}
