//! What a commit would hold, checked before it is made: findings that are neither test identities
//! nor allowed nor known.
//!
//! [`run`] is the way in. `listing` and `git` say what is to be looked at, [`crate::scan::inspect`]
//! finds, [`exceptions`] and [`baseline`] say what may stand, `decide` puts the three together and
//! [`output`] tells.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub mod advice;
pub mod baseline;
mod comment;
mod decide;
pub mod exceptions;
mod git;
mod item;
mod listing;
mod new_lines;
pub mod output;
mod verdict;

pub use verdict::{Counts, Fingerprint, SourceLine, Unread, Verdict, Violation, Where};

use crate::detect::{self, Detector};
use crate::report;
use crate::rules::own::UserRules;
use crate::validate::date::Date;
use baseline::Baseline;
use exceptions::Allow;
use item::{Checked, Item, Worker};

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Folders as a commit would hold them, and files.
    Paths(Vec<PathBuf>),
    /// These files.
    Files(Vec<PathBuf>),
    /// What the index holds and the last commit does not, below these paths; everywhere if there is
    /// none.
    Staged(Vec<PathBuf>),
    /// What has changed since a revision, likewise.
    Since(String, Vec<PathBuf>),
}

/// What a check is told.
pub struct Plan {
    /// What is looked at.
    pub what: What,
    /// Files that match none of these, by their paths from the working folder.
    pub exclude: globset::GlobSet,
    /// What is looked for.
    pub detection: detect::Options,
    /// Rules of the user's own.
    pub rules: Arc<UserRules>,
    /// Exceptions of the configuration.
    pub allows: Vec<Allow>,
    /// What is known.
    pub baseline: Option<Baseline>,
    /// The key of the tokens that exceptions name.
    pub key: Option<report::Key>,
    /// Number of threads.
    pub jobs: usize,
    /// Keep the lines that findings stand on.
    pub show_line: bool,
    /// The day that ends of exceptions are held against.
    pub today: Date,
}

/// Why nothing was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

/// Checks what the plan names.
///
/// # Errors
/// When what is to be looked at cannot be found out.
pub fn run(plan: &Plan, stop: &Arc<AtomicBool>) -> Result<Verdict, Refused> {
    let mut items = listing::items(&plan.what)?;
    items.list.retain(|item| !plan.exclude.is_match(item.path()));
    let checked = check_all(plan, &items.list, items.repository.as_ref(), stop);
    Ok(decide::decide(plan, &items, checked, stop.load(Ordering::Relaxed)))
}

/// Checks all items side by side; what is found comes back in their order.
fn check_all(
    plan: &Plan,
    items: &[Item],
    repository: Option<&git::Repository>,
    stop: &Arc<AtomicBool>,
) -> Vec<Checked> {
    let detector = Detector::with_user_rules(plan.detection.clone(), &plan.rules);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let work = || {
        let mut worker = Worker::new(plan, &detector, repository, stop);
        let mut own = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(n).filter(|_| !stop.load(Ordering::Relaxed)) else { break };
            own.push((n, worker.check(item)));
        }
        done.lock().unwrap_or_else(PoisonError::into_inner).append(&mut own);
    };
    std::thread::scope(|scope| {
        let helpers = plan.jobs.min(items.len()).saturating_sub(1);
        let handles: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        work();
        drop(handles);
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, checked)| checked).collect()
}
