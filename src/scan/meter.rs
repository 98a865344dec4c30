//! A file being read: counts its bytes and takes their digest on the way.

use std::io::{self, Read};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use xxhash_rust::xxh3::Xxh3;

use super::Progress;
use crate::extract::blocks::Input;
use crate::source::file::OpenFile;

/// Where bytes come from.
pub(super) enum Origin {
    /// A file.
    File(OpenFile),
    /// Standard input.
    Stream(Box<dyn Read + Send>),
}

/// The rest of a file, to be read once. Clones read the same.
#[derive(Clone)]
pub(super) struct Metered(Arc<Mutex<Meter>>);

struct Meter {
    origin: Origin,
    hasher: Box<Xxh3>,
    bytes: u64,
    progress: Option<Arc<Progress>>,
}

impl Meter {
    fn count(&mut self, bytes: u64) {
        self.bytes += bytes;
        if let Some(progress) = &self.progress {
            progress.bytes_done.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

/// What is known when a file is read.
pub(super) struct Measured {
    /// Stored bytes that were read, holes included.
    pub bytes: u64,
    /// XXH3-128 of them; a hole counts as its length.
    pub digest: u128,
    /// It was written to while it was read.
    pub changed: bool,
}

impl Metered {
    /// A file of which `head` is read.
    pub(super) fn new(origin: Origin, head: &[u8]) -> Metered {
        let mut hasher = Box::new(Xxh3::new());
        hasher.update(head);
        let bytes = head.len() as u64;
        Metered(Arc::new(Mutex::new(Meter { origin, hasher, bytes, progress: None })))
    }

    /// The same, and what is read from here on is counted as done while it is read.
    pub(super) fn counting(self, progress: &Arc<Progress>) -> Metered {
        self.lock().progress = Some(Arc::clone(progress));
        self
    }

    fn lock(&self) -> MutexGuard<'_, Meter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was read so far.
    pub(super) fn measure(&self) -> Measured {
        let meter = self.lock();
        let changed = match &meter.origin {
            Origin::File(file) => file.has_changed().unwrap_or(true),
            Origin::Stream(_) => false,
        };
        Measured { bytes: meter.bytes, digest: meter.hasher.digest128(), changed }
    }
}

impl Read for Metered {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut meter = self.lock();
        let n = match &mut meter.origin {
            Origin::File(file) => file.read(out)?,
            Origin::Stream(stream) => stream.read(out)?,
        };
        meter.count(n as u64);
        meter.hasher.update(&out[..n]);
        Ok(n)
    }
}

impl Input for Metered {
    fn skip_hole(&mut self) -> io::Result<u64> {
        let mut meter = self.lock();
        let hole = match &mut meter.origin {
            Origin::File(file) => file.skip_hole()?,
            Origin::Stream(_) => 0,
        };
        if hole > 0 {
            meter.count(hole);
            meter.hasher.update(b"hole");
            meter.hasher.update(&hole.to_be_bytes());
        }
        Ok(hole)
    }
}
