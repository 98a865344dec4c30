//! Opening a file for reading, and nothing else than a file.
//!
//! A FIFO would wait for a writer, a device would do whatever it does: both are told by `O_NONBLOCK`
//! and a look at what was opened, not by a look at the name beforehand, for that could have become
//! something else in between. The access time is left alone where the system allows it.

use std::io::{self, Read, Seek};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{self, FileType, Mode, OFlags, SeekFrom};
use rustix::io::Errno;

use crate::model::Skipped;

/// Are symbolic links followed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Yes.
    Follow,
    /// No: a link is refused.
    Refuse,
}

/// What the system says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Bytes.
    pub size: u64,
    /// When it was last written: seconds since 1970 and nanoseconds.
    pub modified: (i64, u32),
    /// What makes two names the same file.
    pub identity: (u64, u64),
    /// Names it has.
    pub links: u64,
    /// It has holes.
    pub sparse: bool,
}

/// A file open for reading.
#[derive(Debug)]
pub struct OpenFile {
    file: OwnedFd,
    facts: Facts,
    at: u64,
}

/// Why a file was not opened.
#[derive(Debug)]
pub enum Refused {
    /// It is something else.
    Skip(Skipped),
    /// The system says no.
    Io(io::Error),
}

impl From<Errno> for Refused {
    fn from(error: Errno) -> Refused {
        Refused::Io(error.into())
    }
}

/// Opens the file at `path`.
///
/// # Errors
/// When it is no file or may not be read.
pub fn open(path: &Path, links: Links) -> Result<OpenFile, Refused> {
    let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    if links == Links::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    let file = match open_quietly(path, flags) {
        Ok(file) => file,
        Err(Errno::LOOP) if links == Links::Refuse => return Err(Refused::Skip(Skipped::Link)),
        // A socket.
        Err(Errno::NXIO) => return Err(Refused::Skip(Skipped::Device)),
        Err(error) => return Err(error.into()),
    };
    let stat = fs::fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Refused::Skip(Skipped::Device));
    }
    if is_dataless(&stat) {
        return Err(Refused::Skip(Skipped::CloudPlaceholder));
    }
    Ok(OpenFile { file, facts: facts(&stat), at: 0 })
}

#[cfg(target_os = "linux")]
fn open_quietly(path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    match fs::open(path, flags | OFlags::NOATIME, Mode::empty()) {
        // Only the owner may leave the access time alone.
        Err(Errno::PERM) => fs::open(path, flags, Mode::empty()),
        other => other,
    }
}

#[cfg(not(target_os = "linux"))]
fn open_quietly(path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    fs::open(path, flags, Mode::empty())
}

/// `SF_DATALESS` of macOS's `sys/stat.h`: the content is in a cloud.
#[cfg(target_os = "macos")]
fn is_dataless(stat: &fs::Stat) -> bool {
    stat.st_flags & 0x4000_0000 != 0
}

#[cfg(not(target_os = "macos"))]
fn is_dataless(_stat: &fs::Stat) -> bool {
    false
}

// The fields' types differ between systems.
#[allow(clippy::unnecessary_cast)]
fn facts(stat: &fs::Stat) -> Facts {
    Facts {
        size: stat.st_size as u64,
        modified: (stat.st_mtime as i64, stat.st_mtime_nsec as u32),
        identity: (stat.st_dev as u64, stat.st_ino as u64),
        links: stat.st_nlink as u64,
        sparse: (stat.st_blocks as u64).saturating_mul(512) < stat.st_size as u64,
    }
}

impl OpenFile {
    /// What the system said when it was opened.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Was it written to since it was opened?
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn has_changed(&self) -> io::Result<bool> {
        let now = facts(&fs::fstat(&self.file)?);
        Ok((now.size, now.modified) != (self.facts.size, self.facts.modified))
    }

    /// Passes over a hole, if one begins here: how many bytes of zeros.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn skip_hole(&mut self) -> io::Result<u64> {
        if !self.facts.sparse || self.at >= self.facts.size {
            return Ok(0);
        }
        let data = match seek_data(&self.file, self.at) {
            Ok(data) => data,
            // No more data: a hole up to the end.
            Err(Errno::NXIO) => fs::seek(&self.file, SeekFrom::Start(self.facts.size))?,
            Err(Errno::INVAL | Errno::OPNOTSUPP) => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        let hole = data.saturating_sub(self.at);
        self.at = data;
        Ok(hole)
    }
}

impl OpenFile {
    /// The first bytes that are stored and no zeros of a hole, for a look at what the file is. What is
    /// read next is what would have been.
    ///
    /// # Errors
    /// When reading fails.
    pub fn peek_data(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let data = match seek_data(&self.file, 0) {
            Ok(data) => data,
            Err(Errno::NXIO) => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        fs::seek(&self.file, SeekFrom::Start(data))?;
        let n = rustix::io::read(&self.file, out);
        fs::seek(&self.file, SeekFrom::Start(self.at))?;
        Ok(n?)
    }
}

#[cfg(any(target_os = "linux", target_os = "macos", target_os = "freebsd"))]
fn seek_data(file: &OwnedFd, at: u64) -> rustix::io::Result<u64> {
    fs::seek(file, SeekFrom::Data(at))
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "freebsd")))]
fn seek_data(_file: &OwnedFd, at: u64) -> rustix::io::Result<u64> {
    Ok(at)
}

impl Seek for OpenFile {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let to = match to {
            io::SeekFrom::Start(at) => SeekFrom::Start(at),
            io::SeekFrom::End(by) => SeekFrom::End(by),
            io::SeekFrom::Current(by) => SeekFrom::Current(by),
        };
        self.at = fs::seek(&self.file, to)?;
        Ok(self.at)
    }
}

impl Read for OpenFile {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = rustix::io::read(&self.file, out)?;
        self.at += n as u64;
        Ok(n)
    }
}
