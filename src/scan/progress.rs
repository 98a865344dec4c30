//! How far a scan has come: counters that workers count up and a display reads.

use std::sync::atomic::{AtomicBool, AtomicU64};

/// Each counter stands for itself; no order between them is promised.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files met so far.
    pub files_seen: AtomicU64,
    /// Files done, read or not.
    pub files_done: AtomicU64,
    /// Bytes read.
    pub bytes_done: AtomicU64,
    /// Findings so far.
    pub findings: AtomicU64,
    /// What could not be read so far.
    pub unread: AtomicU64,
    /// All files have been met: the totals hold.
    pub walk_finished: AtomicBool,
    /// Files there are altogether.
    pub total_files: AtomicU64,
    /// Bytes there are altogether; 0 if nobody has added them up.
    pub total_bytes: AtomicU64,
    /// Files that had not changed since an earlier run, whose reports were taken from the state.
    pub unchanged: AtomicU64,
}
