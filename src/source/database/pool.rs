//! Connections, few of them, shared by the workers of a run.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Database, Failure, Settings, connect};
use crate::source::Root;

/// A connection that has handed over nothing for so long belongs to somebody who was given up.
const SILENT: Duration = Duration::from_secs(300);

/// A pause for the sake of `--max-rate` is not longer: who is silent for too long is given up.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

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
    /// Those in use, by number: their source's id, and when they last gave a sign of life.
    taken: BTreeMap<u64, (String, Instant)>,
    next: u64,
}

impl State {
    fn in_use(&self, root: &Root) -> usize {
        let taken = self.taken.values();
        taken.filter(|(id, seen)| *id == root.id && seen.elapsed() < SILENT).count()
    }
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
        let mut state = self.lock();
        while state.in_use(root) >= most {
            let waited = self.freed.wait_timeout(state, Duration::from_secs(10));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let number = state.next;
        state.next += 1;
        state.taken.insert(number, (root.id.clone(), Instant::now()));
        let idle = state.idle.iter().position(|(known, _)| known == root);
        let database = idle.map(|n| state.idle.swap_remove(n).1);
        Taken { pool: self, root: root.clone(), number, database }
    }

    /// Waits until the connection of this number may have read so many bytes more.
    pub fn pace(&self, number: u64, bytes: usize) {
        if let Some((_, seen)) = self.lock().taken.get_mut(&number) {
            *seen = Instant::now();
        }
        let Some(rate) = self.settings.max_rate.filter(|rate| *rate > 0) else { return };
        let cost = Duration::from_secs_f64(bytes as f64 / rate as f64);
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let from = next.filter(|next| *next > now).unwrap_or(now);
        *next = Some(from + cost);
        drop(next);
        std::thread::sleep((from - now).min(LONGEST_PAUSE));
    }
}

/// A connection in use. It goes back to the others at the end.
pub struct Taken<'p> {
    pool: &'p Pool,
    root: Root,
    number: u64,
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

    /// Its number among all.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
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
        state.taken.remove(&self.number);
        drop(state);
        self.pool.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::source::RootKind;

    #[test]
    fn no_more_connections_than_asked_for() {
        let root = |url: &str| Root::new(RootKind::Postgres, Path::new(url));
        let (one, other) = (root("postgres://a/x"), root("postgres://a/y"));
        let pool = Pool::new(Settings { connections: 1, ..Settings::default() });
        let first = pool.take(&one);
        drop(pool.take(&other));
        let given_back = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                drop(pool.take(&one));
                assert!(given_back.load(Ordering::SeqCst));
            });
            std::thread::sleep(Duration::from_millis(50));
            given_back.store(true, Ordering::SeqCst);
            drop(first);
            waiting.join().unwrap();
        });
    }
}
