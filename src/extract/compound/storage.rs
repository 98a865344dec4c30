//! The streams of a compound file, each read whole within the budget.

use std::io::{self, Cursor, Read};
use std::path::Path;

use cfb::CompoundFile;

use crate::extract::document::{Failure, ReadSeek};
use crate::model::{Budget, Reason};

/// More streams are not copied out of a storage.
const MOST_STREAMS: usize = 10_000;

/// A compound file that is open.
pub(in crate::extract) struct Compound<'r> {
    file: CompoundFile<Box<dyn ReadSeek + 'r>>,
    budget: Budget,
}

impl<'r> Compound<'r> {
    /// Opens a file.
    pub(super) fn open(
        file: Box<dyn ReadSeek + 'r>,
        budget: Budget,
    ) -> Result<Compound<'r>, Failure> {
        match CompoundFile::open(file) {
            Ok(file) => Ok(Compound { file, budget }),
            Err(error) => Err(Failure::corrupt(format!("a damaged compound file: {error}"))),
        }
    }

    /// What reading it may cost.
    pub(in crate::extract) fn budget(&self) -> Budget {
        self.budget
    }

    /// The file.
    pub(super) fn into_file(self) -> Box<dyn ReadSeek + 'r> {
        self.file.into_inner()
    }

    /// Is there such a stream?
    pub(in crate::extract) fn has(&self, path: &str) -> bool {
        self.file.is_stream(path)
    }

    /// A stream; none where it is not there.
    pub(in crate::extract) fn stream(&mut self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        if !self.has(path) {
            return Ok(None);
        }
        let most = self.budget.memory;
        let (mut bytes, stream) = (Vec::new(), self.file.open_stream(path)?);
        if stream.len() > most {
            return Err(too_large(most));
        }
        stream.take(most).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// The names of the storages in one, in the file's order.
    pub(in crate::extract) fn storages(&self, path: &str) -> Vec<String> {
        self.names(path, cfb::Entry::is_storage)
    }

    /// The names of the streams in a storage, in the file's order.
    pub(in crate::extract) fn streams(&self, path: &str) -> Vec<String> {
        self.names(path, cfb::Entry::is_stream)
    }

    fn names(&self, path: &str, is_such: fn(&cfb::Entry) -> bool) -> Vec<String> {
        let Ok(entries) = self.file.read_storage(path) else { return Vec::new() };
        entries.filter(is_such).take(MOST_STREAMS).map(|entry| entry.name().to_owned()).collect()
    }

    /// A storage with all that is in it, as a compound file of its own.
    pub(in crate::extract) fn carve(&mut self, path: &str) -> Result<Vec<u8>, Failure> {
        let mut own = CompoundFile::create(Cursor::new(Vec::new()))?;
        let inside = |entry: &cfb::Entry| {
            let below = entry.path().strip_prefix(Path::new("/").join(path)).ok()?;
            let name = Path::new("/").join(below);
            (!below.as_os_str().is_empty()).then(|| (entry.path().to_owned(), name, entry.len()))
        };
        let entries: Vec<_> =
            self.file.walk_storage(path)?.take(MOST_STREAMS).filter_map(|e| inside(&e)).collect();
        let mut left = self.budget.memory;
        for (from, to, size) in entries {
            if !self.file.is_stream(&from) {
                own.create_storage_all(&to)?;
                continue;
            }
            left = left.checked_sub(size).ok_or_else(|| too_large(self.budget.memory))?;
            let mut stream = self.file.open_stream(&from)?;
            io::copy(&mut stream, &mut own.create_stream(&to)?)?;
        }
        own.flush()?;
        Ok(own.into_inner().into_inner())
    }
}

fn too_large(most: u64) -> Failure {
    let most = most / (1024 * 1024);
    let detail = format!("a part of it is larger than the {most} MiB that may be held in memory");
    Failure::Unreadable(Reason::Limit, detail)
}
