//! A unit that is no text, or that may hold other documents.

use std::io::{self, Read};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use super::meter::{Metered, Origin};
use super::nested::{Met, Nest};
use super::ordered::Halt;
use super::unit::{Document, Ending};
use super::worker::{Records, Worker};
use crate::extract::document::{Beside, Document as Container, Failure};
use crate::model::FileName;
use crate::report::Outcome;
use crate::source::Root;
use crate::source::file::{Facts, Links, OpenFile, open_beside};

/// Bytes read at a time for the digest.
const PIECE: usize = 256 * 1024;

/// The way to the files beside one of a source.
pub(super) fn beside<'r>(root: &'r Arc<Root>, path: &'r FileName, links: Links) -> Beside<'r> {
    Box::new(move |name| {
        let file = open_beside(root, path, name, links)?;
        Some(Box::new(file))
    })
}

impl Worker {
    /// A document that is no text.
    pub(super) fn scan_container(
        &mut self,
        document: Document<'_>,
        head: Vec<u8>,
        format: usize,
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        let budget = self.context.budget;
        let name = document.path.as_bytes();
        let name = memchr::memrchr(b'/', name).map_or(name, |at| &name[at + 1..]);
        let beside = beside(document.root, document.path, document.limits.links());
        match document.origin {
            Origin::File(mut file) if !document.whole => {
                self.digest(&mut file, &head, ending)?;
                let halted = self.scan_nested(document.facts.as_ref(), ending, |nest| {
                    let document = Container::stored(name, head, Box::new(&mut file), budget);
                    nest.read_document(format, document.beside(beside))
                });
                if file.has_changed().unwrap_or(true) {
                    self.changed(ending);
                }
                halted
            }
            origin => {
                let metered = Metered::new(origin, &head);
                let rest: Box<dyn Read> =
                    if document.whole { Box::new(io::empty()) } else { Box::new(metered.clone()) };
                let halted = self.scan_nested(document.facts.as_ref(), ending, |nest| {
                    let document = Container::streamed(name, head, rest, budget);
                    nest.read_document(format, document.beside(beside))
                });
                let ended = self.end_reading(&metered, document.whole, None, ending);
                halted.and(ended)
            }
        }
    }

    /// Takes the digest of a file that is read in any order afterwards.
    fn digest(
        &mut self,
        file: &mut OpenFile,
        head: &[u8],
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        let mut hasher = Xxh3::new();
        hasher.update(head);
        ending.bytes = head.len() as u64;
        let mut buffer = vec![0; PIECE];
        // What cannot be read now cannot be read then either, and is told then.
        while let Ok(n @ 1..) = file.read(&mut buffer) {
            hasher.update(&buffer[..n]);
            ending.bytes += n as u64;
            self.pulse.beat();
            self.check_stop()?;
        }
        ending.digest = Some(hasher.digest128());
        Ok(())
    }

    /// Reads a unit that may hold other documents, and notes what became of it.
    pub(super) fn scan_nested(
        &mut self,
        facts: Option<&Facts>,
        ending: &mut Ending,
        read: impl FnOnce(&mut Nest<'_>) -> Result<Met, Failure>,
    ) -> Result<(), Halt> {
        let budget = self.context.budget;
        let size = facts.map_or(0, |facts| facts.size);
        let mut records = Records { worker: self, halt: None };
        let (met, partly) = Nest::new(&mut records, budget, size).outermost(read);
        let halt = records.halt;
        ending.partly |= partly;
        ending.outcome = match met {
            Met::Read | Met::Empty => ending.outcome,
            Met::Skipped(why) => Some(Outcome::Skipped(why)),
            Met::Unread(why) => Some(Outcome::Unread(why)),
        };
        halt.map_or(Ok(()), Err)
    }
}
