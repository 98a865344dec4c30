//! 7z archives: members are unpacked block by block, since those of a block hang together.

use std::io::{self, Read as _};
use std::iter;

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};

use super::document::{Document, Failure, ReadSeek};
use super::passwords;
use super::zip::Numbers;
use crate::model::{Budget, Flow, Problem, Reason, Sink, Step};

/// Is it a 7z archive?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(b"7z\xBC\xAF\x27\x1C")
}

/// Reads its members. A block that cannot be unpacked does not hide the others.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut file = document.into_seekable()?;
    let password = password_of(&mut *file);
    let archive = Archive::read(&mut file, &password).map_err(failure)?;
    let numbers = Numbers::of(archive.files.iter().map(|entry| entry.name.as_bytes()));
    let mut members = Members { sink, numbers, flow: Flow::Continue, last: None };
    for block in 0..archive.blocks.len() {
        members.last = None;
        let decoder = BlockDecoder::new(1, block, &archive, &password, &mut file);
        let read = decoder.for_each_entries(&mut |entry, content| members.read(entry, content));
        if let Err(error) = read {
            members.tell(failure(error), &block_files(&archive, block));
        }
        if members.flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    for (file, block) in archive.files.iter().zip(&archive.stream_map.file_block_index) {
        if block.is_none() && members.flow == Flow::Continue {
            let step = members.numbers.step(file.name.as_bytes());
            members.flow = members.sink.nested(step, &mut io::empty());
        }
    }
    Ok(members.flow)
}

/// The known password that opens the archive; the empty one where none is needed or none does.
fn password_of(file: &mut dyn ReadSeek) -> Password {
    let known = passwords::known();
    if known.is_empty() {
        return Password::empty();
    }
    let known = known.iter().map(|known| Password::from(known.text()));
    let opening = iter::once(Password::empty()).chain(known).find(|one| opens(file, one));
    opening.unwrap_or_else(Password::empty)
}

/// Nothing in an archive says whether a password is right, but what comes out does.
fn opens(mut file: &mut dyn ReadSeek, password: &Password) -> bool {
    let Ok(archive) = Archive::read(&mut file, password) else { return false };
    if archive.blocks.is_empty() {
        return true;
    }
    let first = BlockDecoder::new(1, 0, &archive, password, &mut file);
    let read = first.for_each_entries(&mut |_, content| {
        io::copy(&mut content.take(Budget::UNPACKED), &mut io::sink())?;
        Ok(false)
    });
    read.is_ok()
}

/// The members of a block.
fn block_files(archive: &Archive, block: usize) -> Vec<&ArchiveEntry> {
    let files = archive.files.iter().zip(&archive.stream_map.file_block_index);
    files.filter(|(_, own)| **own == Some(block)).map(|(file, _)| file).collect()
}

struct Members<'s> {
    sink: &'s mut dyn Sink,
    numbers: Numbers,
    flow: Flow,
    /// How many of the block at hand were handed on.
    last: Option<usize>,
}

impl Members<'_> {
    fn read(&mut self, entry: &ArchiveEntry, content: &mut dyn io::Read) -> Result<bool, Error> {
        let step = self.numbers.step(entry.name.as_bytes());
        self.flow = self.sink.nested(step, content);
        self.last = Some(self.last.map_or(0, |last| last + 1));
        Ok(self.flow == Flow::Continue)
    }

    /// Tells of the members of a block that were not reached.
    fn tell(&mut self, failure: Failure, files: &[&ArchiveEntry]) {
        let problem = failure.into_problem(false);
        let from = self.last.map_or(0, |last| last + 1);
        for entry in files.get(from..).unwrap_or_default() {
            let step: Step = self.numbers.step(entry.name.as_bytes());
            let problem = Problem { inside: vec![step], ..problem.clone() };
            if self.flow == Flow::Continue {
                self.flow = self.sink.problem(problem);
            }
        }
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Io(error, _) => Failure::Io(error),
        Error::PasswordRequired | Error::MaybeBadPassword(_) => {
            Failure::Unreadable(Reason::Encrypted, "it is protected by a password".to_owned())
        }
        Error::UnsupportedCompressionMethod(method) => {
            let detail = format!("compressed by {method}, which is not read");
            Failure::Unreadable(Reason::Unsupported, detail)
        }
        Error::Unsupported(what) => Failure::Unreadable(Reason::Unsupported, what.into_owned()),
        error @ Error::MaxMemLimited { .. } => {
            Failure::Unreadable(Reason::Limit, error.to_string())
        }
        other => Failure::corrupt(other.to_string()),
    }
}
