//! ZIP archives (PKWARE APPNOTE) and the documents that are one: Office Open XML, OpenDocument, EPUB.
//!
//! Members are read by the directory at the end. Where that is missing or damaged, or names more
//! members than are worth keeping in mind, the archive is read from front to back.

mod name;

use std::collections::HashMap;
use std::io::{self, Read, SeekFrom};
use std::ops::{Deref, DerefMut};

use ::zip::ZipArchive;
use ::zip::read::{ZipFile, read_zipfile_from_stream};
use ::zip::result::{ZipError, ZipResult};

use super::document::{Document, Failure, ReadSeek};
use super::office::{odf, presentation, word};
use super::passwords::{self, Password};
use super::sheets;
use crate::model::{Budget, Flow, Problem, Reason, Sink, Step};

/// A directory of more members is not kept in memory.
const DIRECTORY: u64 = 100_000;

/// The end of the directory stands in so many last bytes: 22 and a comment of 65,535 at most.
const END: u64 = 22 + 65_535;

/// An archive with a directory.
pub(super) struct Archive<'a> {
    zip: ZipArchive<&'a mut dyn ReadSeek>,
    budget: Budget,
}

impl Archive<'_> {
    /// What reading it may cost.
    pub(super) fn budget(&self) -> Budget {
        self.budget
    }
}

impl<'a> Deref for Archive<'a> {
    type Target = ZipArchive<&'a mut dyn ReadSeek>;

    fn deref(&self) -> &Self::Target {
        &self.zip
    }
}

impl DerefMut for Archive<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.zip
    }
}

/// Documents that are archives: are told by what is in them, and read.
static PACKAGES: [Package; 5] = [
    Package { is: sheets::xlsx::is, extract: sheets::xlsx::extract },
    Package { is: sheets::ods::is, extract: sheets::ods::extract },
    Package { is: word::is, extract: word::extract },
    Package { is: presentation::is, extract: presentation::extract },
    Package { is: odf::is, extract: odf::extract },
];

struct Package {
    is: fn(&mut Archive<'_>) -> bool,
    extract: fn(&mut Archive<'_>, &mut dyn Sink) -> Result<Flow, Failure>,
}

/// Is it a ZIP archive?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    // The last begins a part of an archive that was split.
    [b"PK\x03\x04".as_slice(), b"PK\x05\x06", b"PK\x06\x06", b"PK\x07\x08PK\x03\x04"]
        .iter()
        .any(|magic| head.starts_with(magic))
}

/// Reads the members of an archive, or the document that it is.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let budget = document.budget();
    let mut file = document.into_seekable()?;
    if members_declared(&mut *file)? > DIRECTORY {
        return from_front_to_back(&mut *file, sink);
    }
    file.rewind()?;
    match ZipArchive::new(&mut *file as &mut dyn ReadSeek) {
        Ok(zip) => {
            let mut archive = Archive { zip, budget };
            match PACKAGES.iter().find(|package| (package.is)(&mut archive)) {
                Some(package) => (package.extract)(&mut archive, sink),
                None => by_directory(&mut archive, sink),
            }
        }
        Err(error) => {
            let read = from_front_to_back(&mut *file, sink)?;
            match read {
                Flow::Stop => Ok(Flow::Stop),
                Flow::Continue => Err(failure(error)),
            }
        }
    }
}

/// How many members the end of the directory names; none where there is no end.
fn members_declared(file: &mut dyn ReadSeek) -> io::Result<u64> {
    let size = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(size.saturating_sub(END)))?;
    let mut tail = Vec::new();
    file.take(END).read_to_end(&mut tail)?;
    let Some(end) = memchr::memmem::rfind(&tail, b"PK\x05\x06") else { return Ok(0) };
    let count = tail.get(end + 10..end + 12).map_or(0, |n| u16::from_le_bytes([n[0], n[1]]));
    if count < u16::MAX {
        return Ok(u64::from(count));
    }
    // ZIP64: the record before has the number in eight bytes.
    let record = memchr::memmem::rfind(&tail[..end], b"PK\x06\x06");
    let number = record.and_then(|at| tail.get(at + 32..at + 40)?.first_chunk());
    Ok(number.map_or(u64::from(count), |n| u64::from_le_bytes(*n)))
}

fn by_directory(archive: &mut Archive<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut numbers = Numbers::of(archive.file_names_raw());
    for n in 0..archive.len() {
        let raw = archive.by_index_data(n).map(|entry| entry.name_raw().to_vec());
        let step = numbers.step(&raw.unwrap_or_default());
        let password = password_of(archive, n);
        let opened = match &password {
            Some(password) => archive.by_index_decrypt(n, password.expose()),
            None => archive.by_index(n),
        };
        if member(step, opened, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// The known password that opens a protected member.
fn password_of(archive: &mut Archive<'_>, n: usize) -> Option<Password> {
    let is_protected = matches!(
        archive.by_index(n),
        Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED))
    );
    let known = if is_protected { passwords::known() } else { Vec::new() };
    known.into_iter().find(|password| opens(archive, n, password))
}

/// One wrong password in 256 passes the member's own check (APPNOTE 6.1.6); what it unpacks to then
/// does not pass.
fn opens(archive: &mut Archive<'_>, n: usize, password: &Password) -> bool {
    let Ok(member) = archive.by_index_decrypt(n, password.expose()) else { return false };
    io::copy(&mut member.take(Budget::UNPACKED), &mut io::sink()).is_ok()
}

/// Hands on a member, or tells why it cannot be read.
pub(super) fn member<R: Read>(
    step: Step,
    opened: ZipResult<ZipFile<'_, R>>,
    sink: &mut dyn Sink,
) -> Flow {
    match opened {
        Ok(mut file) => sink.nested(step, &mut file),
        Err(error) => {
            let problem = failure(error).into_problem(false);
            sink.problem(Problem { inside: vec![step], ..problem })
        }
    }
}

fn from_front_to_back(mut file: &mut dyn ReadSeek, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    file.rewind()?;
    loop {
        match read_zipfile_from_stream(&mut file) {
            Ok(None) => return Ok(Flow::Continue),
            Ok(Some(mut member)) => {
                let name = name::decoded(member.name_raw());
                let step = Step::ArchiveEntry { name, index: None };
                if sink.nested(step, &mut member) == Flow::Stop {
                    return Ok(Flow::Stop);
                }
            }
            Err(error) => return Err(failure(error)),
        }
    }
}

/// Why a member cannot be read.
pub(super) fn failure(error: ZipError) -> Failure {
    match error {
        ZipError::Io(error) => Failure::Io(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Failure::Unreadable(Reason::Encrypted, "it is protected by a password".to_owned())
        }
        ZipError::UnsupportedArchive(what) => {
            Failure::Unreadable(Reason::Unsupported, what.to_owned())
        }
        ZipError::CompressionMethodNotSupported(n) => {
            let detail = format!("compressed by method {n}, which is not read");
            Failure::Unreadable(Reason::Unsupported, detail)
        }
        other => Failure::corrupt(other.to_string()),
    }
}

/// Numbers members whose name stands twice.
pub(super) struct Numbers(HashMap<Vec<u8>, (u32, u32)>);

impl Numbers {
    /// Of these names.
    pub(super) fn of<'n>(names: impl Iterator<Item = &'n [u8]>) -> Numbers {
        let mut numbers = HashMap::new();
        for name in names {
            numbers.entry(name.to_vec()).or_insert((0, 0)).0 += 1;
        }
        numbers.retain(|_, (all, _)| *all > 1);
        Numbers(numbers)
    }

    /// The step to the next member of that name.
    pub(super) fn step(&mut self, name: &[u8]) -> Step {
        let index = self.0.get_mut(name).map(|(_, met)| {
            *met += 1;
            *met
        });
        Step::ArchiveEntry { name: name::decoded(name), index }
    }
}
