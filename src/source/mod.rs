//! Where things to scan come from: file trees, single files, standard input, databases.
//!
//! A source lists what it has, in the order inventories show it, and opens one thing at a time.
//! Start at [`Root`] and [`tree::Walk`].

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::model::{FileName, Problem, Skipped, TablePart, UnitKind};

mod below;
pub mod database;
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
    /// A database of a PostgreSQL server.
    Postgres,
    /// A MySQL or MariaDB server, or one of its databases.
    Mysql,
    /// An SQLite database file.
    Sqlite,
}

impl RootKind {
    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            RootKind::Folder => "folder",
            RootKind::File => "file",
            RootKind::Stdin => "stdin",
            RootKind::Postgres => "postgres",
            RootKind::Mysql => "mysql",
            RootKind::Sqlite => "sqlite",
        }
    }

    /// All of them.
    const ALL: [RootKind; 6] = [
        RootKind::Folder,
        RootKind::File,
        RootKind::Stdin,
        RootKind::Postgres,
        RootKind::Mysql,
        RootKind::Sqlite,
    ];

    /// Is it a database, which has tables and no paths?
    #[must_use]
    pub const fn is_database(self) -> bool {
        matches!(self, RootKind::Postgres | RootKind::Mysql | RootKind::Sqlite)
    }

    /// The one of this name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<RootKind> {
        RootKind::ALL.into_iter().find(|k| k.id() == id)
    }
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    /// What ids are made from: the path as it was given, without what makes no difference.
    pub id: String,
    /// What it is.
    pub kind: RootKind,
    /// Where it is.
    pub path: PathBuf,
    /// What it is called where its path must not be shown as it is.
    pub shown: Option<Shown>,
}

/// What a source is called where its path must not be shown as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    id: String,
    name: FileName,
}

impl Shown {
    /// What a path is shown as.
    #[must_use]
    pub fn new(name: FileName) -> Shown {
        Shown { id: name.display().into_owned(), name }
    }
}

/// Why a named source cannot be scanned.
#[derive(Debug)]
pub enum RootError {
    /// The system says no.
    Io(io::Error),
    /// It is a FIFO, a socket or a device.
    Neither,
}

impl std::fmt::Display for RootError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RootError::Io(error) => write!(f, "{error}"),
            RootError::Neither => write!(
                f,
                "it is neither a file nor a folder; to scan what a program writes, pipe it into \
                 `sparhund scan -`"
            ),
        }
    }
}

impl std::error::Error for RootError {}

impl Root {
    /// Standard input.
    #[must_use]
    pub fn stdin() -> Root {
        Root { id: "-".to_owned(), kind: RootKind::Stdin, path: PathBuf::from("-"), shown: None }
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
            Ok(_) => return Err(RootError::Neither),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => RootKind::File,
            Err(error) => return Err(RootError::Io(error)),
        };
        Ok(Root::new(kind, path))
    }

    /// A source that was looked at before.
    #[must_use]
    pub fn new(kind: RootKind, path: &Path) -> Root {
        if kind == RootKind::Stdin {
            return Root::stdin();
        }
        if kind.is_database() {
            let id = path.to_string_lossy().into_owned();
            return Root { id, kind, path: path.to_owned(), shown: None };
        }
        let path = plain(path.as_os_str().as_bytes());
        let id = String::from_utf8_lossy(&path).into_owned();
        Root { id, kind, path: PathBuf::from(OsString::from_vec(path)), shown: None }
    }

    /// What locations call it.
    #[must_use]
    pub fn shown_id(&self) -> &str {
        self.shown.as_ref().map_or(&self.id, |shown| &shown.id)
    }

    /// Its path as it is shown.
    #[must_use]
    pub fn shown_name(&self) -> FileName {
        self.shown.as_ref().map_or_else(|| self.name(), |shown| shown.name.clone())
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
            _ => self.path.clone(),
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
    /// Path relative to the source's root, with `/`; empty for the root itself. A table's name.
    pub path: FileName,
    /// The table, or which part of it, where it is one.
    pub part: Option<TablePart>,
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

/// A path without what makes no difference: `.` and empty names, a slash at its end. What stands
/// before `..` may be a link, and stays.
fn plain(path: &[u8]) -> Vec<u8> {
    let names = path.split(|&byte| byte == b'/');
    let names: Vec<&[u8]> = names.filter(|name| !matches!(*name, b"" | b".")).collect();
    let plain = names.join(&b'/');
    match path.first() {
        Some(b'/') => [b"/", &plain[..]].concat(),
        _ if plain.is_empty() => b".".to_vec(),
        // A file of that name is not standard input.
        _ if plain == b"-" => b"./-".to_vec(),
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_one_name_however_it_is_written() {
        let check = |path: &str, want: &str| {
            let root = Root::new(RootKind::Folder, Path::new(path));
            assert_eq!((root.id.as_str(), root.path.to_str()), (want, Some(want)), "{path}");
        };
        check("share", "share");
        check("./share", "share");
        check("share/", "share");
        check(".//share/./a//", "share/a");
        check("share/.", "share");
        check(".", ".");
        check("./", ".");
        check("/", "/");
        check("//", "/");
        check("/srv//share/", "/srv/share");
        check("../share", "../share");
        check("share/../a", "share/../a");
        check("./-", "./-");
        check(".hidden", ".hidden");
    }
}
