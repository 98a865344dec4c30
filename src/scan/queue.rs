//! What there is to do: batches of units in order, and large units that take helpers.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::distribute::Limits;
use super::large::Large;
use super::ordered::Ticket;
use crate::source::{Found, Root};

/// Some units of one source, in order.
#[derive(Debug)]
pub(super) struct Batch {
    pub root: Arc<Root>,
    pub units: Vec<Found>,
    /// Lines that go before the units'.
    pub preface: Vec<u8>,
    pub limits: Limits,
}

/// A batch, or what is left of it.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub batch: Arc<Batch>,
    pub ticket: Ticket,
    /// Units that are done already.
    pub from: usize,
}

/// What a worker can do next.
pub(super) enum Task {
    Units(Job),
    Help(Arc<Large>),
}

/// The queue.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// There is something to do, or nothing any more.
    work: Condvar,
    /// There is room for more.
    room: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// The feeder waits until so few jobs are left.
    wanted_below: Option<usize>,
    large: Vec<Arc<Large>>,
    /// Jobs under way: each may turn out to be large.
    running: usize,
    closed: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job when fewer than `most` wait. A queue that was full is filled up when half of it is
    /// gone: who feeds it is woken once for many jobs.
    pub(super) fn push(&self, job: Job, most: usize) {
        let mut state = self.lock();
        if state.jobs.len() >= most {
            state.wanted_below = Some(most / 2);
            let full = |state: &mut State| state.wanted_below.is_some() && !state.closed;
            state = self.room.wait_while(state, full).unwrap_or_else(PoisonError::into_inner);
        }
        state.jobs.push_back(job);
        drop(state);
        self.work.notify_one();
    }

    /// Adds a job that is to be done first.
    pub(super) fn push_front(&self, job: Job) {
        self.lock().jobs.push_front(job);
        self.work.notify_all();
    }

    /// No more batches will come.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
        self.room.notify_all();
    }

    /// The next thing to do, when there is one. None when all is done.
    pub(super) fn pop(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                if state.wanted_below.is_some_and(|few| state.jobs.len() <= few) {
                    state.wanted_below = None;
                    self.room.notify_all();
                }
                state.running += 1;
                return Some(Task::Units(job));
            }
            state.large.retain(|large| !large.is_over());
            if let Some(large) = state.large.first() {
                return Some(Task::Help(Arc::clone(large)));
            }
            if state.closed && state.running == 0 {
                return None;
            }
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A job that was popped is done, or nobody is at it any more.
    pub(super) fn done(&self) {
        let mut state = self.lock();
        state.running -= 1;
        let over = state.closed && state.running == 0;
        drop(state);
        if over {
            self.work.notify_all();
        }
    }

    /// Do batches wait for a worker?
    pub(super) fn has_jobs(&self) -> bool {
        !self.lock().jobs.is_empty()
    }

    /// Offers a large unit to workers that have nothing else to do.
    pub(super) fn offer(&self, large: &Arc<Large>) {
        self.lock().large.push(Arc::clone(large));
        self.work.notify_all();
    }

    /// Withdraws the large unit of a lane.
    pub(super) fn withdraw(&self, ticket: Ticket) {
        let mut state = self.lock();
        for large in state.large.iter().filter(|large| large.ticket() == ticket) {
            large.give_up();
        }
        state.large.retain(|large| large.ticket() != ticket);
        drop(state);
        self.work.notify_all();
    }
}
