//! What a reader may not do: grow, run on, open anything.
//!
//! Limits of the system do it, which cost a few calls when a reader starts. No new descriptor may be
//! opened, so there are no files and no sockets; where the kernel has Landlock, it says no as well,
//! for the case that a descriptor is closed first. Filters of system calls (seccomp) were left out:
//! what they would add is a list of calls that changes with every library and system.

use std::process::exit;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr};
use rustix::process::{Resource, Rlimit, getppid, setrlimit};
use rustix::time::{ClockId, clock_gettime};

/// Address space a reader may take, in bytes: its program, the document, and what that unpacks to.
const MEMORY: u64 = 1024 * 1024 * 1024;

/// How a reader ends that took too long. Others' ends are told apart from it and from [`FAULT`].
pub(super) const OVERTIME: i32 = 98;

/// How a reader ends that panicked.
pub(super) const FAULT: i32 = 99;

/// Processor time one document may take, in seconds, and for each MiB of it.
const SECONDS: u64 = 20;
const SECONDS_PER_MIB: u64 = 2;

/// How often the time is looked at.
const TICK: Duration = Duration::from_millis(200);

/// Takes away what a reader does not need. Threads must have been started. What a system does not
/// offer is done without: the limits are a second door behind sound code, not the only one.
pub(super) fn confine() {
    let limits = [
        (Resource::As, MEMORY),
        // Nothing but the descriptors that are there.
        (Resource::Nofile, 3),
        (Resource::Fsize, 0),
        // What a reader held does not go to disk.
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        // One that is lower already stays.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

/// Forbids files and the network, where the kernel has Landlock. Before [`confine`]: the ruleset is
/// a descriptor.
pub(super) fn shut() {
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(ABI::V5)));
    let _ = ruleset.and_then(|ruleset| ruleset.create()).and_then(|made| made.restrict_self());
}

/// Ends the reader when a document takes too long, or when nobody waits for it any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock(Arc<(Mutex<Option<Duration>>, Condvar)>);

impl Clock {
    /// Starts the thread that looks at the time.
    pub(super) fn start() -> Clock {
        let clock = Clock::default();
        let watching = clock.clone();
        // Without it only the program's own watch is left, which is enough for its other work too.
        let _ =
            std::thread::Builder::new().name("clock".to_owned()).spawn(move || watching.watch());
        clock
    }

    /// A document of so many bytes begins.
    pub(super) fn begin(&self, bytes: usize) {
        let mib = bytes as u64 / (1024 * 1024);
        let most = Duration::from_secs(SECONDS + SECONDS_PER_MIB * mib);
        self.set(Some(used() + most));
    }

    /// It is read.
    pub(super) fn end(&self) {
        self.set(None);
    }

    fn set(&self, until: Option<Duration>) {
        let (deadline, changed) = &*self.0;
        *deadline.lock().unwrap_or_else(PoisonError::into_inner) = until;
        if until.is_some() {
            changed.notify_all();
        }
    }

    fn watch(&self) {
        let (deadline, changed) = &*self.0;
        let asking = getppid();
        let mut until = deadline.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            until = match *until {
                Some(at) if used() > at => exit(OVERTIME),
                // Who asked is gone, and nobody waits for the answer.
                Some(_) if getppid() != asking => exit(0),
                Some(_) => {
                    let waited = changed.wait_timeout(until, TICK);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => changed.wait(until).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

/// Processor time taken so far.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}
