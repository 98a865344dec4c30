//! Files with several names: read once, reported at each.
//!
//! What was found in such a file is kept for a while, if it is little, and written again for its
//! other names. What a file is taken for may depend on the ending of its name, so that counts too.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::report::writer::Recording;
use crate::source::file::Facts;

/// Bytes kept altogether.
const ALL: usize = 16 * 1024 * 1024;

/// What makes two names the same file, as far as reading it goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Same {
    identity: (u64, u64),
    size: u64,
    modified: (i64, u32),
    ending: Vec<u8>,
}

impl Same {
    /// None for a file with one name only.
    pub(super) fn new(facts: &Facts, path: &[u8]) -> Option<Same> {
        let ending = memchr::memrchr(b'.', path).map_or(&b""[..], |at| &path[at..]);
        (facts.links > 1).then(|| Same {
            identity: facts.identity,
            size: facts.size,
            modified: facts.modified,
            ending: ending.to_ascii_lowercase(),
        })
    }
}

/// What is known of a file that was read.
#[derive(Debug)]
pub(super) struct Known {
    pub findings: Recording,
    pub bytes: u64,
    pub digest: Option<u128>,
}

/// Files that were read, the oldest forgotten first.
#[derive(Default)]
pub(super) struct Linked(Mutex<State>);

#[derive(Default)]
struct State {
    known: HashMap<Same, Arc<Known>>,
    order: VecDeque<Same>,
    bytes: usize,
}

impl Linked {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, same: &Same) -> Option<Arc<Known>> {
        self.lock().known.get(same).cloned()
    }

    pub(super) fn keep(&self, same: Same, known: Known) {
        let mut state = self.lock();
        state.bytes += known.findings.size();
        if state.known.insert(same.clone(), Arc::new(known)).is_none() {
            state.order.push_back(same);
        }
        while state.bytes > ALL
            && let Some(oldest) = state.order.pop_front()
        {
            let freed = state.known.remove(&oldest).map_or(0, |known| known.findings.size());
            state.bytes -= freed;
        }
    }
}
