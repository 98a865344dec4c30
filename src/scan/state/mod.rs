//! What the last scan knew: reports of units that need not be read again.
//!
//! For every file that was read to its end the state keeps what the system said of it and the lines
//! of its report. A later scan with the same rules and options takes the lines of a file that has not
//! changed, and reads the rest: its inventory is that of a full scan. Nothing is kept that could be
//! otherwise next time: what the system refused, what changed while it was read, what was written
//! so shortly before that a second change would not show.
//!
//! Reports are kept as they come out of the run, in order (`Keeper`); workers ask for them unit by
//! unit (`State::known`). What is written is put down every few seconds, whole units only, so that a
//! run that was killed goes on where it stopped.

use std::collections::HashMap;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use xxhash_rust::xxh3::xxh3_64;

mod entry;
mod keeper;
mod replay;
mod store;

use entry::Entry;
pub(super) use keeper::Keeper;
pub use store::StateError;
use store::Store;

use super::WorkPlan;
use crate::model::{FileName, Reason};
use crate::source::file::Facts;
use crate::source::{Root, RootKind};

/// What was written so shortly before it was read may be written again without its time changing:
/// some file systems count in steps of two seconds.
const SETTLED: Duration = Duration::from_secs(2);

/// What a scan knows from those before it.
#[derive(Debug)]
pub struct State {
    store: Store,
    /// What was written within this time is not kept.
    settled: Duration,
    /// What workers know of units whose lines are on their way, by unit id.
    under_way: Mutex<HashMap<[u8; 20], UnderWay>>,
    /// What the keys of the sources begin with, by the sources' ids, in their order.
    prefixes: OnceLock<Vec<(String, Vec<u8>)>>,
    /// Why nothing more can be kept.
    trouble: Mutex<Option<io::Error>>,
}

/// A unit whose lines are on their way to the report.
#[derive(Debug)]
struct UnderWay {
    key: Vec<u8>,
    /// What to keep of it; nothing if it is kept already.
    facts: Option<Facts>,
}

impl State {
    /// Opens the state in the folder `dir`, which is made if it is not there. What was kept under
    /// other rules or options is forgotten. The words are for the user: why all is read again, where
    /// that is so.
    ///
    /// # Errors
    /// When another run has it, or the folder cannot be written to.
    pub fn open(dir: &Path, plan: &WorkPlan) -> Result<(State, Option<String>), StateError> {
        let (store, notice) = Store::open(dir, &digest_of(plan))?;
        let state = State {
            store,
            settled: SETTLED,
            under_way: Mutex::default(),
            prefixes: OnceLock::new(),
            trouble: Mutex::default(),
        };
        Ok((state, notice))
    }

    /// What went wrong with keeping, if anything did. The run at hand loses nothing by it.
    #[must_use]
    pub fn trouble(&self) -> Option<io::Error> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Takes note of the sources of a run, in the order of inventories.
    pub(super) fn meet(&self, sources: &[Arc<Root>]) {
        self.prefixes.get_or_init(|| {
            let kept = sources.iter().filter(|root| is_kept(root.kind));
            kept.map(|root| (root.id.clone(), source_prefix(root))).collect()
        });
    }

    /// Nothing more can be kept.
    fn give_up(&self, error: io::Error) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn prefixes(&self) -> &[(String, Vec<u8>)] {
        self.prefixes.get().map_or(&[], Vec::as_slice)
    }

    /// The key of a unit: keys are in the order of inventories.
    fn key(&self, root: &Root, path: &FileName) -> Option<Vec<u8>> {
        let (_, prefix) = self.prefixes().iter().find(|(id, _)| *id == root.id)?;
        let path = path.as_bytes().iter().map(|byte| if *byte == b'/' { 0 } else { *byte });
        Some(prefix.iter().copied().chain(path).collect())
    }

    /// What is kept of a unit, if the file is still the same.
    fn known(&self, key: &[u8], facts: &Facts) -> Option<Entry> {
        let entry = self.store.get(key).filter(|entry| entry.facts == *facts)?;
        self.store.has_pieces(entry.serial, entry.pieces).then_some(entry)
    }

    fn announce(&self, id: [u8; 20], unit: UnderWay) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(id, unit);
    }

    fn arrived(&self, id: &[u8; 20]) -> Option<UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

/// All that decides what a report says, besides the file.
fn digest_of(plan: &WorkPlan) -> String {
    let mut header = plan.header();
    header.started = String::new();
    let categories: Vec<&str> = plan.detection.categories.iter().map(|c| c.id()).collect();
    format!("{header:?} {categories:?} {} {:?}", plan.showing.mask_paths, plan.budget)
}

/// What the keys of a source's units begin with. The same words may name another folder in another
/// working folder.
fn source_prefix(root: &Root) -> Vec<u8> {
    let place = std::fs::canonicalize(&root.path).unwrap_or_else(|_| root.path.clone());
    let place = xxh3_64(place.as_os_str().as_bytes());
    [root.id.as_bytes(), b"\0\0", format!("{place:016x}").as_bytes(), b"\0"].concat()
}

/// Sources whose units can be told to be the same.
fn is_kept(kind: RootKind) -> bool {
    kind != RootKind::Stdin
}

/// May a file be written again without that showing? `now` was asked before it was read.
fn is_settled(facts: &Facts, now: SystemTime, within: Duration) -> bool {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let latest = facts.modified.max(facts.changed);
    // A time to come is that of another clock, or ours went backwards.
    let latest = Duration::new(u64::try_from(latest.0).unwrap_or_default(), latest.1);
    latest + within < now
}

/// Would the same be said of the same file again?
fn is_lasting(reason: Reason) -> bool {
    matches!(reason, Reason::Encrypted | Reason::Corrupt | Reason::Unsupported | Reason::TooDeep)
}

/// An error of the store.
fn io_error(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

#[cfg(test)]
mod tests;
