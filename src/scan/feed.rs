//! Brings the units of the sources to the workers, in order, in batches.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Context;
use super::distribute::Limits;
use super::queue::{Batch, Job};
use crate::model::{FileName, Skipped, TablePart, UnitKind};
use crate::source::database::{self, Listed};
use crate::source::tree::Walk;
use crate::source::{Found, Root, RootKind, Selection, State};

/// Units a batch, once there is work for everybody.
const MOST: usize = 32;

/// The sources in the order of inventories, by id, each once.
pub(super) fn in_order(mut sources: Vec<Root>) -> Vec<Arc<Root>> {
    sources.sort();
    sources.dedup();
    sources.into_iter().map(Arc::new).collect()
}

/// Everything a source has, in order.
pub(super) fn units_of(
    root: &Arc<Root>,
    selection: &Arc<Selection>,
    timeout: Duration,
) -> Box<dyn Iterator<Item = Found>> {
    let one = |kind| Found { kind, path: root.unit_path(), part: None, state: State::Ready };
    match root.kind {
        RootKind::Folder => Box::new(Walk::new(Arc::clone(root), Arc::clone(selection), timeout)),
        RootKind::File => Box::new(std::iter::once(one(UnitKind::File))),
        RootKind::Stdin => Box::new(std::iter::once(one(UnitKind::Stdin))),
        RootKind::Postgres | RootKind::Mysql | RootKind::Sqlite => {
            Box::new(tables_of(root, selection).into_iter())
        }
    }
}

/// The tables of a database, or why there are none to be had.
fn tables_of(root: &Root, selection: &Selection) -> Vec<Found> {
    let settings = &selection.databases;
    let listed = database::connect(root, settings).and_then(|mut found| found.tables(settings));
    let listed = match listed {
        Ok(listed) => listed,
        Err(failure) => {
            let (path, state) = (FileName::default(), State::Unread(failure.problem()));
            return vec![Found { kind: UnitKind::Table, path, part: None, state }];
        }
    };
    let mut found: Vec<Found> =
        listed.into_iter().map(|table| table_of(table, selection)).collect();
    let part = |found: &Found| found.part.as_ref().map(|part| part.number);
    found.sort_by_cached_key(|found| (as_ordered(&found.path), part(found)));
    let of_same = |a: &mut Found, b: &mut Found| a.path == b.path && part(a) == part(b);
    found.dedup_by(of_same);
    found
}

/// A name as inventories put it in order: with `/` as the least byte.
fn as_ordered(path: &FileName) -> Vec<u8> {
    path.as_bytes().iter().map(|&byte| if byte == b'/' { 0 } else { byte }).collect()
}

/// A table, if it is not left out: patterns are held against its schema, its name, and both.
fn table_of(listed: Listed, selection: &Selection) -> Found {
    let Listed { part, mut state } = listed;
    let name = part.table();
    let below = part.schema.as_ref().map(|schema| format!("{schema}/{}", part.name));
    let names = [Some(name.clone()), part.schema.clone(), below, Some(part.name.clone())];
    let names: Vec<&[u8]> = names.iter().flatten().map(String::as_bytes).collect();
    let taken = names.iter().any(|name| selection.includes(name));
    if !taken || names.iter().any(|name| selection.excludes(name)) {
        state = State::Skipped(Skipped::Exclude);
    }
    // A table that is left out or cannot be read is so as a whole.
    let part = match state {
        State::Ready => part,
        _ => TablePart::whole(part.schema, part.name),
    };
    let path = FileName::new(name.into_bytes());
    Found { kind: UnitKind::Table, path, part: Some(part), state }
}

/// Feeds all that the sources have.
pub(super) fn feed_trees(
    context: &Context,
    sources: Vec<Arc<Root>>,
    selection: &Arc<Selection>,
    timeout: Duration,
) {
    let mut feeder = Feeder { context, batches: 0 };
    for root in sources {
        let limits = Limits::new(&root, selection);
        let mut units = units_of(&root, selection, timeout);
        loop {
            let batch: Vec<Found> = units.by_ref().take(feeder.size()).collect();
            if batch.is_empty() {
                break;
            }
            let root = Arc::clone(&root);
            if !feeder.feed(Batch { root, units: batch, preface: Vec::new(), limits }) {
                return;
            }
        }
    }
}

/// Numbers batches and hands them over.
pub(super) struct Feeder<'c> {
    pub(super) context: &'c Context,
    pub(super) batches: usize,
}

impl Feeder<'_> {
    /// Single units first, so that everybody has something to do at once; then more and more, for
    /// handing over costs as much as a small file.
    pub(super) fn size(&self) -> usize {
        let rounds = self.batches / (4 * self.context.jobs);
        MOST.min(1 << rounds.min(6))
    }

    /// Hands over a batch. False when no more is wanted.
    pub(super) fn feed(&mut self, batch: Batch) -> bool {
        let context = self.context;
        if context.stop.load(Ordering::Relaxed) {
            return false;
        }
        let files = batch.units.iter().filter(|unit| unit.kind != UnitKind::Folder).count() as u64;
        context.progress.files_seen.fetch_add(files, Ordering::Relaxed);
        context.progress.total_files.fetch_add(files, Ordering::Relaxed);
        let Some(ticket) = context.ordered.open() else { return false };
        self.batches += 1;
        context.queue.push(Job { batch: Arc::new(batch), ticket, from: 0 }, 8 * context.jobs);
        true
    }
}
