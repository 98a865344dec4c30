//! What is in a folder, asked for by a thread that may hang without hanging anybody else.
//!
//! A share whose server is gone answers a `readdir` never. The walker asks a helper and stops
//! waiting after a while; the helper is left behind, the next folder gets a new one.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::filesystem;

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
    pub entries: Vec<(OsString, Kind)>,
    /// Device and inode of the folder.
    pub identity: (u64, u64),
    /// A file system of the kernel's making begins here.
    pub is_virtual: bool,
    /// What went wrong on the way.
    pub error: Option<io::Error>,
}

/// Asks for what is in folders.
#[derive(Debug)]
pub(super) struct Lister {
    timeout: Duration,
    helper: Option<Helper>,
}

#[derive(Debug)]
struct Helper {
    ask: Sender<(PathBuf, Option<u64>)>,
    answer: Receiver<io::Result<Listing>>,
}

impl Lister {
    pub(super) fn new(timeout: Duration) -> Lister {
        Lister { timeout, helper: None }
    }

    /// What is in `folder`. `device` is that of the folder above.
    pub(super) fn list(&mut self, folder: PathBuf, device: Option<u64>) -> io::Result<Listing> {
        let helper = match self.helper.take() {
            Some(helper) => helper,
            None => Helper::start()?,
        };
        let gone = || io::Error::from(io::ErrorKind::TimedOut);
        helper.ask.send((folder, device)).map_err(|_| gone())?;
        let listing = helper.answer.recv_timeout(self.timeout).map_err(|_| gone())?;
        self.helper = Some(helper);
        listing
    }
}

impl Helper {
    fn start() -> io::Result<Helper> {
        let (ask, asked) = bounded::<(PathBuf, Option<u64>)>(1);
        let (tell, answer) = bounded(1);
        std::thread::Builder::new().name("list".to_owned()).spawn(move || {
            for (folder, device) in asked {
                if tell.send(list(&folder, device)).is_err() {
                    break;
                }
            }
        })?;
        Ok(Helper { ask, answer })
    }
}

fn list(folder: &Path, device: Option<u64>) -> io::Result<Listing> {
    let stat = std::fs::metadata(folder)?;
    let mut listing = Listing {
        entries: Vec::new(),
        identity: (stat.dev(), stat.ino()),
        is_virtual: device != Some(stat.dev()) && filesystem::is_virtual(folder),
        error: None,
    };
    if listing.is_virtual && device.is_some() {
        return Ok(listing);
    }
    for entry in std::fs::read_dir(folder)? {
        match entry.and_then(|entry| Ok((entry.file_name(), kind(entry.file_type()?)))) {
            Ok(entry) => listing.entries.push(entry),
            Err(error) => {
                listing.error = Some(error);
                break;
            }
        }
    }
    listing.entries.sort_unstable_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    Ok(listing)
}

fn kind(of: std::fs::FileType) -> Kind {
    if of.is_file() {
        Kind::File
    } else if of.is_dir() {
        Kind::Folder
    } else if of.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}
