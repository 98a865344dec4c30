//! Opening a file for reading, and nothing else than a file.
//!
//! A FIFO would wait for a writer, a device would do whatever it does: both are told by `O_NONBLOCK`
//! and a look at what was opened, not by a look at the name beforehand, for that could have become
//! something else in between. The access time is left alone where the system allows it.

use std::io::{self, Read, Seek};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, SeekFrom};
use rustix::io::Errno;

use super::below::Below;
pub use super::below::Links;
use super::{Root, RootKind};
use crate::model::{FileName, Problem, Reason, Skipped};

/// What the system says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Bytes.
    pub size: u64,
    /// When it was last written: seconds since 1970 and nanoseconds.
    pub modified: (i64, u32),
    /// When anything about it last changed, its rights and names among that: seconds and nanoseconds.
    pub changed: (i64, u32),
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
    /// Its content is elsewhere.
    Skip(Skipped),
    /// It was a file when it was listed, and is this now.
    Changed(&'static str),
    /// The system says no.
    Io(io::Error),
}

impl Refused {
    /// As inventories list it; what is passed over is no problem.
    ///
    /// # Errors
    /// Why it is passed over.
    pub fn problem(self) -> Result<Problem, Skipped> {
        match self {
            Refused::Skip(why) => Err(why),
            Refused::Changed(now) => Ok(Problem::whole(
                Reason::Changed,
                format!("it was a file when it was listed, and is {now} now"),
            )),
            Refused::Io(error) => {
                let detail = format!("it cannot be opened: {error}");
                Ok(Problem::whole(Reason::of_io(&error), detail))
            }
        }
    }
}

impl From<Errno> for Refused {
    fn from(error: Errno) -> Refused {
        Refused::Io(error.into())
    }
}

/// Opens the files of sources, one after another.
#[derive(Debug, Default)]
pub struct Opener {
    /// The folder of the last source.
    at: Option<(Arc<Root>, Below)>,
}

impl Opener {
    /// Opens the file of a source.
    ///
    /// # Errors
    /// When it is no file any more or may not be read.
    pub fn open(
        &mut self,
        root: &Arc<Root>,
        path: &FileName,
        links: Links,
    ) -> Result<OpenFile, Refused> {
        let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        if links == Links::Refuse {
            flags |= OFlags::NOFOLLOW;
        }
        let opened = match root.kind {
            RootKind::Folder => {
                let below = self.below(root)?;
                quietly(flags, |flags| below.open_at(path.as_bytes(), flags, links))
            }
            _ => quietly(flags, |flags| fs::open(&root.path, flags, Mode::empty())),
        };
        match opened {
            Ok(file) => admit(file),
            Err(Errno::LOOP) if links == Links::Refuse => {
                Err(Refused::Changed("a symbolic link, or below one,"))
            }
            Err(Errno::NOTDIR) => Err(Refused::Changed("below something that is no folder")),
            Err(Errno::NXIO) => Err(Refused::Changed("a socket or a device")),
            Err(error) => Err(error.into()),
        }
    }

    /// What the system says of the file of a source, without opening it.
    ///
    /// # Errors
    /// When it is no file, or the system does not say.
    pub fn look(&mut self, root: &Arc<Root>, path: &FileName, links: Links) -> io::Result<Facts> {
        let flags = match links {
            Links::Refuse => AtFlags::SYMLINK_NOFOLLOW,
            Links::Follow => AtFlags::empty(),
        };
        let stat = match root.kind {
            RootKind::Folder => self.below(root)?.stat_at(path.as_bytes(), flags)?,
            _ => fs::statat(fs::CWD, &root.path, flags)?,
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Ok(facts(&stat)),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    fn below(&mut self, root: &Arc<Root>) -> rustix::io::Result<&Below> {
        let known = self.at.take().filter(|(known, _)| Arc::ptr_eq(known, root));
        let at = match known {
            Some(at) => at,
            None => (Arc::clone(root), Below::open(&root.path)?),
        };
        Ok(&self.at.insert(at).1)
    }
}

/// Opens the file of this name that lies beside one of a source, if there is one.
#[must_use]
pub fn open_beside(
    root: &Arc<Root>,
    path: &FileName,
    name: &[u8],
    links: Links,
) -> Option<OpenFile> {
    let (root, path) = match root.kind {
        RootKind::Folder => {
            let path = path.as_bytes();
            let folder = memchr::memrchr(b'/', path).map_or(0, |end| end + 1);
            (Arc::clone(root), FileName::new([&path[..folder], name].concat()))
        }
        RootKind::File => {
            let path = root.path.with_file_name(std::ffi::OsStr::from_bytes(name));
            let root = Root::new(RootKind::File, &path);
            let path = root.unit_path();
            (Arc::new(root), path)
        }
        _ => return None,
    };
    Opener::default().open(&root, &path, links).ok()
}

/// What was opened, if it is a file.
fn admit(file: OwnedFd) -> Result<OpenFile, Refused> {
    let stat = fs::fstat(&file)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile if is_dataless(&stat) => {
            Err(Refused::Skip(Skipped::CloudPlaceholder))
        }
        FileType::RegularFile => Ok(OpenFile { file, facts: facts(&stat), at: 0 }),
        FileType::Directory => Err(Refused::Changed("a folder")),
        FileType::Fifo => Err(Refused::Changed("a FIFO")),
        _ => Err(Refused::Changed("a device")),
    }
}

/// Opens without leaving a trace in the access time, where that is allowed.
#[cfg(target_os = "linux")]
fn quietly(
    flags: OFlags,
    open: impl Fn(OFlags) -> rustix::io::Result<OwnedFd>,
) -> rustix::io::Result<OwnedFd> {
    match open(flags | OFlags::NOATIME) {
        // Only the owner may leave the access time alone.
        Err(Errno::PERM) => open(flags),
        other => other,
    }
}

#[cfg(not(target_os = "linux"))]
fn quietly(
    flags: OFlags,
    open: impl Fn(OFlags) -> rustix::io::Result<OwnedFd>,
) -> rustix::io::Result<OwnedFd> {
    open(flags)
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
        changed: (stat.st_ctime as i64, stat.st_ctime_nsec as u32),
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
