//! Connections, few of them, shared by the workers of a run.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Database, Failure, Settings, connect};
use crate::source::Root;

/// The connections of a run.
#[derive(Default)]
pub struct Pool {
    settings: Settings,
    state: Mutex<State>,
    freed: Condvar,
    /// When the next bytes may be read.
    next: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct State {
    idle: Vec<(Root, Box<dyn Database>)>,
    /// How many are in use, by their source's id.
    taken: BTreeMap<String, usize>,
}

impl Pool {
    /// No connections yet.
    #[must_use]
    pub fn new(settings: Settings) -> Pool {
        Pool { settings, ..Pool::default() }
    }

    /// How databases are read.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a connection to a source may be used. It is made when it is used first.
    #[must_use]
    pub fn take(&self, root: &Root) -> Taken<'_> {
        let most = self.settings.connections.max(1);
        let full = |state: &mut State| state.taken.get(&root.id).copied().unwrap_or(0) >= most;
        let waited = self.freed.wait_while(self.lock(), full);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        *state.taken.entry(root.id.clone()).or_default() += 1;
        let idle = state.idle.iter().position(|(known, _)| known == root);
        let database = idle.map(|n| state.idle.swap_remove(n).1);
        Taken { pool: self, root: root.clone(), database }
    }

    /// Waits until so many bytes more may have been read.
    pub fn pace(&self, bytes: usize) {
        let Some(rate) = self.settings.max_rate.filter(|rate| *rate > 0) else { return };
        let cost = Duration::from_secs_f64(bytes as f64 / rate as f64);
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let from = next.filter(|next| *next > now).unwrap_or(now);
        *next = Some(from + cost);
        drop(next);
        std::thread::sleep(from - now);
    }
}

/// A connection in use. It goes back to the others at the end.
pub struct Taken<'p> {
    pool: &'p Pool,
    root: Root,
    database: Option<Box<dyn Database>>,
}

impl Taken<'_> {
    /// Uses the connection, which is made if there is none.
    ///
    /// # Errors
    /// When it cannot be made, and what `with` says.
    pub fn with<T>(
        &mut self,
        with: impl FnOnce(&mut dyn Database, &Pool) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let database = match &mut self.database {
            Some(database) => database,
            none => none.insert(connect(&self.root, &self.pool.settings)?),
        };
        with(database.as_mut(), self.pool)
    }

    /// Gives up a connection that is no good any more.
    pub fn forget(&mut self) {
        self.database = None;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        if let Some(database) = self.database.take().filter(|_| !std::thread::panicking()) {
            state.idle.push((self.root.clone(), database));
        }
        if let Some(taken) = state.taken.get_mut(&self.root.id) {
            *taken = taken.saturating_sub(1);
        }
        drop(state);
        self.pool.freed.notify_all();
    }
}
