//! Faults of ours: a panic costs the unit it happened in, and its message is not told, for it could
//! hold what was being read.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::{Problem, Reason};

thread_local! {
    /// This thread is at something whose panics are caught.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the panics that `guarded` catches from being printed. For the program's start; other
/// panics are printed as before.
pub fn quiet_faults() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !GUARDED.get() {
            before(info);
        }
    }));
}

/// What `work` answers, unless it panics. What it was at must not be used any more then.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    done.ok()
}

/// What is said of a unit on which we failed.
pub(super) fn fault() -> Problem {
    Problem::part(Reason::Failed, "a fault in the program: please report it")
}
