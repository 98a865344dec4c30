//! Databases as sources: what tables there are, and the rows of a table or of a range of its keys.
//!
//! Each engine is a [`Database`]: it lists tables, opens one, and pushes its rows in batches. Whoever
//! reads from a [`Pool`] gets a connection that is told to read only; a connection that is lost is
//! made again and goes on behind the last row that was handed over. Nothing here knows what is
//! looked for in the rows. Async stays inside the engines.

use std::time::Duration;

use super::{Root, RootKind, State};
use crate::model::{Flow, Problem, Reason, RowBatch, TablePart, TableShape};

mod mysql;
mod part;
mod password;
mod pool;
mod postgres;
mod runtime;
pub mod sqlite;
mod url;

pub use password::Passwords;
pub use pool::{Pool, Taken};
pub use url::{UrlError, check_url, is_database};

/// Bytes of rows that are handed over at once.
const BATCH: usize = 128 * 1024;

/// Rows by which the columns of a table are judged, and how many bytes of them at most.
const SAMPLE_ROWS: usize = 1000;

/// A larger value is not fetched but listed.
const LARGEST_VALUE: u64 = 32 * 1024 * 1024;

/// Pauses before a lost connection is made again, in milliseconds: a server that is restarted is back
/// within them.
const PAUSES: [u64; 9] = [100, 200, 400, 800, 1600, 3200, 6400, 6400, 6400];

/// How databases are read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Views and tables of other servers are read as well.
    pub views: bool,
    /// Connections to one source at a time, at least 1.
    pub connections: usize,
    /// Most bytes of rows a second, of all sources together.
    pub max_rate: Option<u64>,
    /// A role that may write is refused.
    pub require_read_only: bool,
    /// Only so much of each table is read.
    pub sample: Option<Share>,
    /// Passwords that were asked for.
    pub passwords: Passwords,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            views: false,
            connections: 2,
            max_rate: None,
            require_read_only: false,
            sample: None,
            passwords: Passwords::default(),
        }
    }
}

impl PartialEq for Settings {
    /// Passwords are not compared.
    fn eq(&self, other: &Settings) -> bool {
        let of = |s: &Settings| {
            let Settings { views, connections, max_rate, require_read_only, sample, .. } = *s;
            (views, connections, max_rate, require_read_only, sample)
        };
        of(self) == of(other)
    }
}

/// How much of a table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// So many rows, as far as the engine's estimate of all goes.
    Rows(u64),
    /// So many of a million.
    Millionths(u32),
}

/// Why something of a database was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The reason.
    pub reason: Reason,
    /// What a person can act on. Never holds a value or a password.
    pub detail: String,
    /// The connection is gone: it may be tried again.
    pub lost: bool,
}

impl Failure {
    /// A failure that trying again does not help.
    #[must_use]
    pub fn new(reason: Reason, detail: impl Into<String>) -> Failure {
        Failure { reason, detail: detail.into(), lost: false }
    }

    /// A failure of the connection.
    #[must_use]
    pub fn lost(detail: impl Into<String>) -> Failure {
        Failure { reason: Reason::Connection, detail: detail.into(), lost: true }
    }

    /// As inventories list it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem::whole(self.reason, self.detail.clone())
    }
}

/// A table, or a part of one, and what is to be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The table.
    pub part: TablePart,
    /// What is to be done with it.
    pub state: State,
}

/// What a role may do, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// It may do anything.
    pub superuser: bool,
    /// It may write to tables.
    pub writes: bool,
}

impl Standing {
    /// What the user is told of it.
    #[must_use]
    pub fn warning(&self) -> Option<&'static str> {
        match self {
            Standing { superuser: true, .. } => Some(
                "the role may do anything in this database: scan with one that may only read \
                 (see README, Databases)",
            ),
            Standing { writes: true, .. } => Some(
                "the role may write to tables of this database: scan with one that may only read \
                 (see README, Databases)",
            ),
            _ => None,
        }
    }
}

/// A table that is ready to be read.
#[derive(Clone, Debug)]
pub struct OpenTable {
    /// Its columns and key.
    pub shape: TableShape,
    /// Its first rows as text, by which its columns are judged.
    pub sample: Vec<u8>,
    /// What of it is not read.
    pub problems: Vec<Problem>,
    /// How many of a million of its rows are read, where not all are.
    pub share: Option<u32>,
    /// It may hold values that are too large to be fetched.
    pub guarded: bool,
}

/// What is asked of a table.
pub struct Asked<'a> {
    /// The table, or a part of it.
    pub part: &'a TablePart,
    /// As it was opened.
    pub table: &'a OpenTable,
}

/// Where reading a part stands: the cells that name the last row that was handed over.
pub type Position = Option<Vec<String>>;

/// Takes batches of rows.
pub type TakeRows<'t> = dyn FnMut(&RowBatch) -> Flow + 't;

/// An engine.
pub trait Database: Send {
    /// What the role may do.
    ///
    /// # Errors
    /// When the server does not say.
    fn standing(&mut self) -> Result<Standing, Failure>;

    /// All tables, cut into parts where they are large, in no order.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn tables(&mut self, settings: &Settings) -> Result<Vec<Listed>, Failure>;

    /// Makes a table ready to be read.
    ///
    /// # Errors
    /// When it cannot be read or is gone.
    fn open(&mut self, part: &TablePart, settings: &Settings) -> Result<OpenTable, Failure>;

    /// Hands over the rows of a part that come after `position`, and moves it on.
    ///
    /// # Errors
    /// When reading ends before its time; what came before was handed over.
    fn rows(
        &mut self,
        asked: &Asked<'_>,
        position: &mut Position,
        take: &mut TakeRows<'_>,
    ) -> Result<(), Failure>;
}

/// Connects to a source.
///
/// # Errors
/// When it cannot be reached, or does not let us in.
pub fn connect(root: &Root, settings: &Settings) -> Result<Box<dyn Database>, Failure> {
    match root.kind {
        RootKind::Postgres => postgres::connect(root, settings),
        RootKind::Mysql => mysql::connect(root, settings),
        RootKind::Sqlite => sqlite::connect(root),
        RootKind::Folder | RootKind::File | RootKind::Stdin => {
            Err(Failure::new(Reason::Failed, "it is no database"))
        }
    }
}

/// Opens a table and hands over its rows; goes on after the connection was lost. `opened` is told of
/// the table once.
///
/// # Errors
/// What ended it before its time.
pub fn read(
    taken: &mut Taken<'_>,
    part: &TablePart,
    take: &mut dyn FnMut(&OpenTable, Option<&RowBatch>) -> Flow,
) -> Result<OpenTable, Failure> {
    let mut table = None;
    let mut position = None;
    let mut lost = 0;
    loop {
        let before = position.clone();
        match read_on(taken, part, &mut table, &mut position, take) {
            Err(failure) if failure.lost => {
                if position != before {
                    lost = 0;
                }
                let Some(&pause) = PAUSES.get(lost) else { return Err(failure) };
                lost += 1;
                taken.forget();
                // A sign of life: whoever waits for us sees that we are at it.
                if let Some(table) = &table
                    && take(table, None) == Flow::Stop
                {
                    return Err(failure);
                }
                std::thread::sleep(Duration::from_millis(pause));
            }
            Err(failure) => return Err(failure),
            Ok(()) => {
                return table.ok_or_else(|| Failure::new(Reason::Failed, "it was not opened"));
            }
        }
    }
}

fn read_on(
    taken: &mut Taken<'_>,
    part: &TablePart,
    table: &mut Option<OpenTable>,
    position: &mut Position,
    take: &mut dyn FnMut(&OpenTable, Option<&RowBatch>) -> Flow,
) -> Result<(), Failure> {
    let opened = taken.with(|database, settings| database.open(part, settings.settings()))?;
    // A table that has become another one meanwhile is not what was read so far.
    let table = match table {
        Some(known) if known.shape != opened.shape => {
            return Err(Failure::new(Reason::Changed, "its columns changed while it was read"));
        }
        Some(known) => known,
        none => none.insert(opened),
    };
    let mut stopped = false;
    let number = taken.number();
    let rows = taken.with(|database, pool| {
        let asked = Asked { part, table };
        database.rows(&asked, position, &mut |batch| {
            pool.pace(number, batch.size());
            let flow = take(table, Some(batch));
            stopped |= flow == Flow::Stop;
            flow
        })
    });
    // Who wants no more need not hear of what went wrong then.
    if stopped { Ok(()) } else { rows }
}
