//! What is in a folder, asked for by a thread that may hang without hanging anybody else.
//!
//! A share whose server is gone answers a `readdir` never. The walker asks a helper and stops
//! waiting after a while; the helper is left behind, the next folder gets a new one.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use rustix::fs::{self, AtFlags, Dir, DirEntry, FileType, OFlags};
use rustix::io::Errno;

use super::below::{Below, Links};
use super::filesystem;
use crate::model::FileName;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

/// A folder's content.
#[derive(Debug)]
pub(super) struct Listing {
    /// Sorted by the bytes of the names.
    pub entries: Vec<(Vec<u8>, Kind)>,
    /// Device and inode of the folder.
    pub identity: (u64, u64),
    /// A file system of the kernel's making begins here.
    pub is_virtual: bool,
    /// What went wrong on the way.
    pub error: Option<io::Error>,
}

/// Asks for what is in the folders below a root.
#[derive(Debug)]
pub(super) struct Lister {
    root: PathBuf,
    links: Links,
    timeout: Duration,
    helper: Option<Helper>,
}

/// A folder, relative to the root, and the device of the folder above.
type Asked = (FileName, Option<u64>);

#[derive(Debug)]
struct Helper {
    ask: Sender<Asked>,
    answer: Receiver<io::Result<Listing>>,
}

impl Lister {
    pub(super) fn new(root: PathBuf, links: Links, timeout: Duration) -> Lister {
        Lister { root, links, timeout, helper: None }
    }

    /// What is in `folder`. `device` is that of the folder above.
    pub(super) fn list(&mut self, folder: FileName, device: Option<u64>) -> io::Result<Listing> {
        let helper = match self.helper.take() {
            Some(helper) => helper,
            None => Helper::start(self.root.clone(), self.links)?,
        };
        let gone = || io::Error::from(io::ErrorKind::TimedOut);
        helper.ask.send((folder, device)).map_err(|_| gone())?;
        let listing = helper.answer.recv_timeout(self.timeout).map_err(|_| gone())?;
        self.helper = Some(helper);
        listing
    }
}

impl Helper {
    fn start(root: PathBuf, links: Links) -> io::Result<Helper> {
        let (ask, asked) = bounded::<Asked>(1);
        let (tell, answer) = bounded(1);
        std::thread::Builder::new().name("list".to_owned()).spawn(move || {
            let mut below = None;
            for (folder, device) in asked {
                let listing = open(&mut below, &root, &folder, links)
                    .and_then(|opened| list(opened, &located(&root, &folder), device));
                if tell.send(listing).is_err() {
                    break;
                }
            }
        })?;
        Ok(Helper { ask, answer })
    }
}

/// Where a folder lies, for people and comparison: it may be too long to be asked for.
fn located(root: &Path, folder: &FileName) -> PathBuf {
    root.join(std::ffi::OsStr::from_bytes(folder.as_bytes()))
}

fn open(
    below: &mut Option<Below>,
    root: &Path,
    folder: &FileName,
    links: Links,
) -> io::Result<OwnedFd> {
    let below = match below {
        Some(below) => below,
        none => none.insert(Below::open(root)?),
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    match below.open_at(folder.as_bytes(), flags, links) {
        Err(Errno::LOOP | Errno::NOTDIR) => {
            Err(io::Error::new(io::ErrorKind::NotADirectory, "it is no folder any more"))
        }
        opened => Ok(opened?),
    }
}

fn list(folder: OwnedFd, path: &Path, device: Option<u64>) -> io::Result<Listing> {
    let stat = fs::fstat(&folder)?;
    // The fields' types differ between systems.
    #[allow(clippy::unnecessary_cast)]
    let identity = (stat.st_dev as u64, stat.st_ino as u64);
    let is_virtual = device != Some(identity.0) && filesystem::is_virtual(&folder, path);
    let mut listing = Listing { entries: Vec::new(), identity, is_virtual, error: None };
    if listing.is_virtual && device.is_some() {
        return Ok(listing);
    }
    let mut names = Dir::read_from(&folder)?;
    while let Some(entry) = names.read() {
        match entry.and_then(|entry| named(&folder, &entry)) {
            Ok(entry) if matches!(&entry.0[..], b"." | b"..") => {}
            Ok(entry) => listing.entries.push(entry),
            Err(error) => {
                listing.error = Some(error.into());
                break;
            }
        }
    }
    listing.entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(listing)
}

/// A name and what it stands for. Not every file system tells that with the name.
fn named(folder: &OwnedFd, entry: &DirEntry) -> rustix::io::Result<(Vec<u8>, Kind)> {
    let name = entry.file_name();
    let of = match entry.file_type() {
        FileType::Unknown => {
            let stat = fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
            FileType::from_raw_mode(stat.st_mode)
        }
        known => known,
    };
    Ok((name.to_bytes().to_vec(), kind(of)))
}

fn kind(of: FileType) -> Kind {
    match of {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}
