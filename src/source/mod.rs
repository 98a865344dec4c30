//! Where things to scan come from: file trees, single files, standard input.
//!
//! A source lists what it has, in the order inventories show it, and opens one thing at a time.
//! Start at [`Root`] and [`tree::Walk`].

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::model::{FileName, Problem, Skipped, UnitKind};

mod below;
pub mod file;
mod filesystem;
mod listing;
pub mod selection;
pub mod stdin;
pub mod tree;

pub use selection::Selection;

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootKind {
    /// A folder and all below it.
    Folder,
    /// One file.
    File,
    /// Standard input.
    Stdin,
}

impl RootKind {
    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            RootKind::Folder => "folder",
            RootKind::File => "file",
            RootKind::Stdin => "stdin",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<RootKind> {
        [RootKind::Folder, RootKind::File, RootKind::Stdin].into_iter().find(|k| k.id() == id)
    }
}

/// A source of files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    /// What locations call it: the path as it was given.
    pub id: String,
    /// What it is.
    pub kind: RootKind,
    /// Where it is.
    pub path: PathBuf,
}

/// Why a named source cannot be scanned.
#[derive(Debug)]
pub enum RootError {
    /// The system says no.
    Io(PathBuf, io::Error),
    /// It is a FIFO, a socket or a device.
    Neither(PathBuf),
}

impl std::fmt::Display for RootError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RootError::Io(path, error) => write!(f, "cannot scan {path:?}: {error}"),
            RootError::Neither(path) => write!(
                f,
                "cannot scan {path:?}: it is neither a file nor a folder; to scan what a program \
                 writes, pipe it into `sparhund scan -`"
            ),
        }
    }
}

impl std::error::Error for RootError {}

impl Root {
    /// Standard input.
    #[must_use]
    pub fn stdin() -> Root {
        Root { id: "-".to_owned(), kind: RootKind::Stdin, path: PathBuf::from("-") }
    }

    /// The file or folder at `path`. A symbolic link that is named is followed. What may not be looked
    /// at is taken for a file: that it cannot be read is told in its place.
    ///
    /// # Errors
    /// When there is none, or it is neither file nor folder.
    pub fn at(path: &Path) -> Result<Root, RootError> {
        let kind = match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => RootKind::Folder,
            Ok(found) if found.is_file() => RootKind::File,
            Ok(_) => return Err(RootError::Neither(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => RootKind::File,
            Err(error) => return Err(RootError::Io(path.to_owned(), error)),
        };
        Ok(Root::new(kind, path))
    }

    /// A source that was looked at before.
    #[must_use]
    pub fn new(kind: RootKind, path: &Path) -> Root {
        let mut bytes = path.as_os_str().as_bytes();
        while let [rest @ .., b'/'] = bytes
            && !rest.is_empty()
        {
            bytes = rest;
        }
        let id = String::from_utf8_lossy(bytes).into_owned();
        Root { id, kind, path: PathBuf::from(std::ffi::OsStr::from_bytes(bytes)) }
    }

    /// The path of the one unit of a source that is no folder.
    #[must_use]
    pub fn unit_path(&self) -> FileName {
        match self.kind {
            RootKind::Stdin => FileName::new(&b"stdin"[..]),
            _ => FileName::new(self.path.file_name().unwrap_or_default().as_bytes()),
        }
    }

    /// Where the unit of this path lies.
    #[must_use]
    pub fn locate(&self, path: &FileName) -> PathBuf {
        match self.kind {
            RootKind::Folder if path.as_bytes().is_empty() => self.path.clone(),
            RootKind::Folder => self.path.join(std::ffi::OsStr::from_bytes(path.as_bytes())),
            RootKind::File | RootKind::Stdin => self.path.clone(),
        }
    }

    /// Its path, exactly.
    #[must_use]
    pub fn name(&self) -> FileName {
        FileName::new(self.path.as_os_str().as_bytes())
    }
}

/// Something a source has.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it is.
    pub kind: UnitKind,
    /// Path relative to the source's root, with `/`; empty for the root itself.
    pub path: FileName,
    /// What is to be done with it.
    pub state: State,
}

/// What is to be done with something a source has.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Read it.
    Ready,
    /// Pass over it.
    Skipped(Skipped),
    /// It cannot be read.
    Unread(Problem),
}
