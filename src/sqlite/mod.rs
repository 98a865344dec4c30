//! SQLite database files, read page by page: <https://www.sqlite.org/fileformat2.html>.
//!
//! The format is read, no SQL is run: a schema can ask for whatever its author likes, a page cannot.
//! What is scanned is opened for reading only, its log is laid over it in memory, and neither a lock
//! nor an index of the log is written beside it. What SQLite leaves behind of deleted rows is there for
//! whoever reads pages, see [`residue`].
//!
//! Start at [`Database`].

use std::io::{self, Read, Seek};

mod cells;
mod header;
mod overflow;
mod page;
mod pager;
mod record;
pub mod residue;
mod schema;
mod statement;
mod tree;
mod wal;

pub use cells::Cells;
pub use header::{Encoding, Header, MAGIC};
pub use overflow::Payload;
pub use page::{Cell, Kind, Page};
pub use pager::Pager;
pub use record::{Field, Serial, Value, fields, varint};
pub use schema::{Column, Key, Schema, Table};
pub use tree::{Leaves, Range, extent, find};
pub use wal::{Log, is_log};

/// Bytes that can be read in any order, by one thread at a time.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// Why something was not read.
#[derive(Debug)]
pub enum Fault {
    /// The system says no.
    Io(io::Error),
    /// It contradicts the format.
    Corrupt(&'static str),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Io(error)
    }
}

/// A database that is open.
pub struct Database<F> {
    /// Its pages.
    pub pager: Pager<F>,
    /// Its tables.
    pub schema: Schema,
    /// A part of the schema that could not be read.
    pub fault: Option<Fault>,
}

impl<F: ReadSeek> Database<F> {
    /// Opens a database, with the log that lies beside it, if there is one.
    ///
    /// # Errors
    /// When it is none, or cannot be read.
    pub fn open(file: F, log: Option<Log<F>>) -> Result<Database<F>, Fault> {
        let mut pager = Pager::open(file, log)?;
        let (schema, fault) = Schema::read(&mut pager);
        Ok(Database { pager, schema, fault })
    }
}
