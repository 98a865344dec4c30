//! The file the state lies in.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::ops::Bound;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use redb::{
    Database, DatabaseError, ReadOnlyTable, ReadableDatabase as _, ReadableTable as _,
    StorageError, TableDefinition,
};

use super::entry::Entry;
use super::io_error;

/// Reports by unit.
const UNITS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("units");
/// Pieces of long reports, by the report's serial and the piece's number.
const PIECES: TableDefinition<'_, (u64, u32), &[u8]> = TableDefinition::new("pieces");
/// What all of it depends on.
const ABOUT: TableDefinition<'_, &str, &str> = TableDefinition::new("about");
/// In it: rules and options.
const PLAN: &str = "plan";
/// In it: the report whose pieces were being written.
const OPEN: &str = "open";

type Pieces<'t> = redb::Table<'t, (u64, u32), &'static [u8]>;

/// The name of the file.
const FILE: &str = "state.redb";
/// Version of what lies in it.
const VERSION: &str = "1";
/// Bytes of the file kept in memory.
const CACHE: usize = 4 * 1024 * 1024;

/// Why there is no state.
#[derive(Debug)]
pub enum StateError {
    /// Another run has it.
    InUse,
    /// The folder cannot be made or written to.
    Io(io::Error),
}

impl std::fmt::Display for StateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StateError::InUse => f.write_str(
                "another run is using it: wait for its end, or give each its own folder",
            ),
            StateError::Io(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for StateError {}

impl From<io::Error> for StateError {
    fn from(error: io::Error) -> StateError {
        StateError::Io(error)
    }
}

/// A change to be written.
#[derive(Debug)]
pub(super) enum Change {
    /// A unit's report, whole.
    Keep(Vec<u8>, Entry),
    /// A piece of a long report, by the report's serial and the piece's number.
    Piece(u64, u32, Vec<u8>),
    /// A report in pieces that is not kept after all.
    Drop(u64),
    /// A unit that is not kept any more.
    Forget(Vec<u8>),
}

impl Change {
    /// Bytes it takes, roughly.
    pub(super) fn size(&self) -> usize {
        64 + match self {
            Change::Keep(key, entry) => key.len() + entry.lines.len(),
            Change::Piece(_, _, lines) => lines.len(),
            Change::Drop(_) => 0,
            Change::Forget(key) => key.len(),
        }
    }
}

/// The store. What is read is what was there when it was opened.
#[derive(Debug)]
pub(super) struct Store {
    database: Database,
    units: ReadOnlyTable<&'static [u8], &'static [u8]>,
    pieces: ReadOnlyTable<(u64, u32), &'static [u8]>,
}

impl Store {
    /// Opens the store in a folder, for what `plan` says. What is broken is put aside. The words are
    /// for the user: why all is read again, where that is so.
    pub(super) fn open(dir: &Path, plan: &str) -> Result<(Store, Option<String>), StateError> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let path = dir.join(FILE);
        let is_new = !path.exists();
        let (database, broken) = match open_database(&path) {
            Ok(database) => (database, false),
            Err(DatabaseError::DatabaseAlreadyOpen) => return Err(StateError::InUse),
            Err(DatabaseError::Storage(StorageError::Io(error))) if !is_form(&error) => {
                return Err(error.into());
            }
            Err(_) => (open_anew(&path)?, true),
        };
        let about = format!("{VERSION} {plan}");
        let same = said(&database, PLAN).is_some_and(|found| found == about);
        if !same {
            empty(&database, &about).map_err(io_error)?;
        }
        let store = Store::of(database).map_err(io_error)?;
        if let Some(serial) = said(&store.database, OPEN).and_then(|serial| serial.parse().ok()) {
            store.write(vec![Change::Drop(serial)], None)?;
        }
        let notice = match (broken, same) {
            (true, _) => Some(format!(
                "the state was damaged and is put aside as {}: everything is read again",
                aside(&path).display()
            )),
            (false, false) if !is_new => Some(
                "the state was made with other rules or options: everything is read again"
                    .to_owned(),
            ),
            _ => None,
        };
        Ok((store, notice))
    }

    fn of(database: Database) -> Result<Store, redb::Error> {
        let reading = database.begin_read()?;
        let units = reading.open_table(UNITS)?;
        let pieces = reading.open_table(PIECES)?;
        Ok(Store { database, units, pieces })
    }

    /// What is kept of a unit. What cannot be read is not there.
    pub(super) fn get(&self, key: &[u8]) -> Option<Entry> {
        Entry::from_bytes(self.units.get(key).ok()??.value())
    }

    /// A piece of a report.
    pub(super) fn piece(&self, serial: u64, n: u32) -> Option<Vec<u8>> {
        Some(self.pieces.get((serial, n)).ok()??.value().to_vec())
    }

    /// Are all pieces of a report there?
    pub(super) fn has_pieces(&self, serial: u64, pieces: u32) -> bool {
        let found = || self.pieces.range((serial, 0)..(serial, pieces));
        pieces == 0 || found().is_ok_and(|found| found.count() == pieces as usize)
    }

    /// A number no report has.
    pub(super) fn free_serial(&self) -> u64 {
        let last = self.pieces.last().ok().flatten();
        last.map_or(1, |(key, _)| key.value().0 + 1)
    }

    /// Up to `most` keys of units behind `after` that begin with `prefix`.
    pub(super) fn keys(
        &self,
        prefix: &[u8],
        after: &[u8],
        most: usize,
    ) -> io::Result<Vec<Vec<u8>>> {
        let bounds = (Bound::Excluded(after), Bound::Unbounded);
        let mut keys = Vec::new();
        for found in self.units.range::<&[u8]>(bounds).map_err(io_error)?.take(most) {
            let (key, _) = found.map_err(io_error)?;
            if !key.value().starts_with(prefix) {
                break;
            }
            keys.push(key.value().to_vec());
        }
        Ok(keys)
    }

    /// Writes changes, all or none of them. `open` is the report whose pieces are being written: if
    /// the run ends there, they are nobody's.
    pub(super) fn write(&self, changes: Vec<Change>, open: Option<u64>) -> io::Result<()> {
        self.try_write(changes, open).map_err(io_error)
    }

    fn try_write(&self, changes: Vec<Change>, open: Option<u64>) -> Result<(), redb::Error> {
        let writing = self.database.begin_write()?;
        {
            let mut units = writing.open_table(UNITS)?;
            let mut pieces = writing.open_table(PIECES)?;
            for change in changes {
                let replaced = match change {
                    Change::Keep(key, entry) => units
                        .insert(key.as_slice(), entry.to_bytes().as_slice())?
                        .and_then(|old| Entry::from_bytes(old.value())),
                    Change::Forget(key) => {
                        units.remove(key.as_slice())?.and_then(|old| Entry::from_bytes(old.value()))
                    }
                    Change::Piece(serial, n, lines) => {
                        pieces.insert((serial, n), lines.as_slice())?;
                        None
                    }
                    Change::Drop(serial) => {
                        drop_pieces(&mut pieces, serial)?;
                        None
                    }
                };
                if let Some(old) = replaced.filter(|old| old.pieces > 0) {
                    drop_pieces(&mut pieces, old.serial)?;
                }
            }
            let mut about = writing.open_table(ABOUT)?;
            match open {
                Some(serial) => about.insert(OPEN, serial.to_string().as_str())?,
                None => about.remove(OPEN)?,
            };
        }
        writing.commit()?;
        Ok(())
    }
}

fn drop_pieces(pieces: &mut Pieces<'_>, serial: u64) -> Result<(), redb::Error> {
    pieces.retain_in((serial, 0)..=(serial, u32::MAX), |_, _| false)?;
    Ok(())
}

/// What is said under a name. What cannot be read is not said.
fn said(database: &Database, name: &str) -> Option<String> {
    let table = database.begin_read().ok()?.open_table(ABOUT).ok()?;
    Some(table.get(name).ok()??.value().to_owned())
}

fn empty(database: &Database, about: &str) -> Result<(), redb::Error> {
    let writing = database.begin_write()?;
    writing.delete_table(UNITS)?;
    writing.delete_table(PIECES)?;
    writing.open_table(UNITS)?;
    writing.open_table(PIECES)?;
    writing.open_table(ABOUT)?.insert(PLAN, about)?;
    writing.commit()?;
    Ok(())
}

fn open_database(path: &Path) -> Result<Database, DatabaseError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(StorageError::Io)?;
    let file = redb::backends::FileBackend::new(file)?;
    redb::Builder::new().set_cache_size(CACHE).create_with_backend(file)
}

/// Is it the form of the file that is wrong, and not the system that says no?
fn is_form(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// Puts a broken file aside and begins anew.
fn open_anew(path: &Path) -> io::Result<Database> {
    fs::rename(path, aside(path))?;
    open_database(path).map_err(io_error)
}

fn aside(path: &Path) -> PathBuf {
    path.with_extension("redb.damaged")
}
