//! tar archives (POSIX ustar and pax, GNU): read from front to back, nothing is unpacked to disk.

use std::collections::HashMap;

use ::tar::{Archive, EntryType};

use super::document::{Document, Failure};
use crate::model::{FileName, Flow, Sink, Step};

/// Is it a tar archive?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

/// Reads its members. Links have nothing of their own; folders have a name.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut archive = Archive::new(document.into_reader()?);
    let mut met = HashMap::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = FileName::new(entry.path_bytes().into_owned());
        let index = again(&mut met, name.as_bytes());
        let step = Step::ArchiveEntry { name, index };
        let flow = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                sink.nested(step, &mut entry)
            }
            EntryType::Directory => sink.nested(step, &mut std::io::empty()),
            _ => Flow::Continue,
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// The number of a member whose name was met before.
fn again(met: &mut HashMap<u64, u32>, name: &[u8]) -> Option<u32> {
    let times = met.entry(xxhash_rust::xxh3::xxh3_64(name)).or_insert(0);
    *times = times.saturating_add(1);
    (*times > 1).then_some(*times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_come_again_are_numbered() {
        let mut met = HashMap::new();
        let numbers: Vec<_> =
            ["a", "b", "a", "a"].map(|name| again(&mut met, name.as_bytes())).into();
        assert_eq!(numbers, [None, None, Some(2), Some(3)]);
    }
}
