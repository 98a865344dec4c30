//! Notices workers that come no further: a disk that hangs, a share that is gone.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::queue::Job;

/// A worker's sign of life.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    beats: AtomicU64,
    /// Under watch: at work on something that should come to an end.
    busy: AtomicBool,
    /// Given up. It must not take anything new.
    abandoned: AtomicBool,
    job: Mutex<Option<Job>>,
}

impl Pulse {
    /// One step further. Cheap.
    pub(super) fn beat(&self) {
        // Only its own worker counts it up.
        self.beats.store(self.beats.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// Under watch from now on, or not any more. Writing to a slow reader is nobody's fault.
    pub(super) fn watch(&self, busy: bool) {
        self.beat();
        self.busy.store(busy, Ordering::Relaxed);
    }

    /// It begins to work on this.
    pub(super) fn begin(&self, job: Job) {
        *self.job.lock().unwrap_or_else(PoisonError::into_inner) = Some(job);
    }

    /// It is done with that. False if it was taken away in the meantime.
    pub(super) fn end(&self) -> bool {
        self.job.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }

    /// It is given up: what it was at.
    fn give_up(&self) -> Option<Job> {
        self.abandoned.store(true, Ordering::Release);
        self.job.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Must it stop?
    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }
}

/// A worker as the watch sees it.
struct Watched {
    pulse: Arc<Pulse>,
    beats: u64,
    since: Instant,
}

/// All workers.
pub(super) struct Watch {
    timeout: Duration,
    workers: Vec<Watched>,
}

impl Watch {
    pub(super) fn new(timeout: Duration) -> Watch {
        Watch { timeout, workers: Vec::new() }
    }

    /// How often to look: at who hangs, and whether the run is to end.
    pub(super) fn interval(&self) -> Duration {
        (self.timeout / 4).clamp(Duration::from_millis(10), Duration::from_millis(50))
    }

    /// Signs of life of all workers: the same number twice means that none came further.
    pub(super) fn beats(&self) -> u64 {
        let beats = |worker: &Watched| worker.pulse.beats.load(Ordering::Relaxed);
        self.workers.iter().map(beats).fold(0, u64::wrapping_add)
    }

    /// Gives up all workers, and says what they were at.
    pub(super) fn give_up_all(&mut self) -> Vec<Job> {
        self.workers.drain(..).filter_map(|worker| worker.pulse.give_up()).collect()
    }

    /// Watches one more.
    pub(super) fn add(&mut self, pulse: Arc<Pulse>) {
        self.workers.push(Watched { pulse, beats: 0, since: Instant::now() });
    }

    /// Gives up the workers that have come no further for too long, and says what they were at.
    pub(super) fn give_up_stuck(&mut self) -> Vec<Option<Job>> {
        let mut stuck = Vec::new();
        let timeout = self.timeout;
        self.workers.retain_mut(|worker| {
            let beats = worker.pulse.beats.load(Ordering::Relaxed);
            if beats != worker.beats || !worker.pulse.busy.load(Ordering::Relaxed) {
                worker.beats = beats;
                worker.since = Instant::now();
                return true;
            }
            if worker.since.elapsed() < timeout {
                return true;
            }
            stuck.push(worker.pulse.give_up());
            false
        });
        stuck
    }
}
