//! SQLite databases that lie among other files: every table as rows with their keys, and what is left
//! of deleted rows. A database whose log lies beside it is read with it.

use std::io::{Read as _, Seek as _, SeekFrom};

use super::document::{self, Document, Failure};
use crate::model::{Flow, MaskKey, Problem, Reason, Sink};
use crate::sqlite::residue::{self, Leftover};
use crate::sqlite::{
    Cells, Database, Encoding, Fault, Leaves, Log, MAGIC, Pager, Range, ReadSeek, Schema, Table,
    is_log,
};

mod deleted;
mod rows;

use deleted::Deleted;
use rows::Rows;

/// Is it a database?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads its tables, and then what is left of rows that are not in them any more.
pub(super) fn extract(mut document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let log = document.companion("-wal").and_then(|file| open_log(file, sink));
    let alone = !document.is_file();
    let file = document.into_seekable()?;
    let Database { mut pager, schema, fault } = Database::open(file, log).map_err(failure)?;
    tell_of_parts(&pager, alone, &schema.unknown, sink);
    if let Some(fault) = fault {
        tell(fault, "its schema", sink);
    }
    for table in &schema.tables {
        if read_table(&mut pager, table, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(extract_deleted(&mut pager, &schema, None, sink))
}

/// What a database has beside the rows of its tables: parts that cannot be read, and what is left of
/// deleted rows.
pub fn extract_rest(
    database: Database<impl ReadSeek>,
    mask: Option<&MaskKey<'_>>,
    sink: &mut dyn Sink,
) -> Flow {
    let Database { mut pager, schema, fault } = database;
    tell_of_parts(&pager, false, &schema.unknown, sink);
    if let Some(fault) = fault {
        tell(fault, "its schema", sink);
    }
    extract_deleted(&mut pager, &schema, mask, sink)
}

fn extract_deleted(
    pager: &mut Pager<impl ReadSeek>,
    schema: &Schema,
    mask: Option<&MaskKey<'_>>,
    sink: &mut dyn Sink,
) -> Flow {
    let mut deleted = Deleted::new(pager.header().encoding, mask, sink);
    let mut told = |table: &Table, row: &Leftover| deleted.push(table, row) == Flow::Continue;
    let searched = residue::search(pager, schema, &mut told);
    let flow = deleted.end();
    if let Err(fault) = searched {
        tell(fault, "what is left of deleted rows", sink);
    }
    flow
}

/// The log beside a database. An empty one is none.
fn open_log<'r>(
    mut file: Box<dyn document::ReadSeek + 'r>,
    sink: &mut dyn Sink,
) -> Option<Log<Box<dyn document::ReadSeek + 'r>>> {
    if file.seek(SeekFrom::End(0)).is_ok_and(|size| size == 0) {
        return None;
    }
    match Log::open(file) {
        Ok(log) => Some(log),
        Err(fault) => {
            tell(fault, "the log beside it (-wal)", sink);
            None
        }
    }
}

/// Tells of what cannot be read of it, whatever is in it.
fn tell_of_parts(
    pager: &Pager<impl ReadSeek>,
    alone: bool,
    unknown: &[String],
    sink: &mut dyn Sink,
) {
    let mut told = |reason, detail| _ = sink.problem(Problem::part(reason, detail));
    let (missing, pages) = (pager.missing(), pager.pages());
    if missing > 0 {
        let detail = format!("it is cut short: {missing} of {pages} pages are missing");
        told(Reason::Corrupt, detail);
    }
    if alone && pager.header().logged {
        let detail = "what was written last may be in a file of its own (-wal) that is not at hand";
        told(Reason::Unsupported, detail.to_owned());
    }
    for name in unknown {
        told(Reason::Unsupported, format!("table {name}: kept by an extension that is not known"));
    }
}

/// Tells of a part that could not be read.
fn tell(fault: Fault, part: &str, sink: &mut dyn Sink) {
    let mut problem = failure(fault).into_problem(true);
    problem.detail = format!("{part}: {}", problem.detail);
    let _ = sink.problem(problem);
}

fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Io(error) => Failure::Io(error),
        Fault::Corrupt(what) => Failure::corrupt(what),
    }
}

/// Reads the rows of a table. What is wrong with it is told once.
fn read_table(pager: &mut Pager<impl ReadSeek>, table: &Table, sink: &mut dyn Sink) -> Flow {
    let mut leaves = Leaves::new(table.root, table.without_rowid, Range::default());
    let mut rows = Rows::new(Cells::new(table, pager.header().encoding), None);
    let mut bytes = Vec::new();
    let mut wrong = None;
    loop {
        let number = match leaves.next(pager, &mut bytes) {
            Ok(Some(number)) => number,
            Ok(None) => break,
            Err(fault) => {
                wrong.get_or_insert(fault);
                continue;
            }
        };
        match rows.read_page(pager, (&bytes, number), sink) {
            Ok(Flow::Continue) => {}
            Ok(Flow::Stop) => return Flow::Stop,
            Err(fault) => _ = wrong.get_or_insert(fault),
        }
    }
    let flow = rows.hand_over(sink);
    if let Some(fault) = wrong {
        tell(fault, &format!("table {}", table.name), sink);
    }
    flow
}

/// Is it called a database, and noise from its first byte on?
pub(super) fn looks_encrypted(head: &[u8], name: &[u8]) -> bool {
    let endings = [&b".db"[..], b".db3", b".sqlite", b".sqlite3", b".sqlitedb"];
    if head.len() < 1024 || !endings.iter().any(|ending| ends_with(name, ending)) {
        return false;
    }
    let mut counts = [0_u16; 256];
    let sample = &head[..head.len().min(4096)];
    sample.iter().for_each(|&byte| counts[usize::from(byte)] += 1);
    // Of random bytes each stands there about equally often.
    let met = counts.iter().filter(|&&count| count > 0).count();
    let most = counts.iter().max().map_or(0, |&count| usize::from(count));
    met > 240 && most * 256 < sample.len() * 4 + 256 * 8
}

fn ends_with(name: &[u8], ending: &[u8]) -> bool {
    let at = name.len().checked_sub(ending.len());
    at.is_some_and(|at| name[at..].eq_ignore_ascii_case(ending))
}

/// Tells that it cannot be read.
pub(super) fn extract_encrypted(
    _document: Document<'_>,
    _sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let detail = "a database by its name, without a readable header: it is encrypted".to_owned();
    Err(Failure::Unreadable(Reason::Encrypted, detail))
}

/// Is it the log of a database?
pub(super) fn looks_like_log(head: &[u8], _name: &[u8]) -> bool {
    is_log(head)
}

/// Reads a log: with its database where that lies beside it, and otherwise as pages that belonged to
/// one.
pub(super) fn extract_log(
    mut document: Document<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut magic = [0; MAGIC.len()];
    let base = document.without_ending("-wal");
    if base.is_some_and(|mut file| file.read_exact(&mut magic).is_ok()) && magic == *MAGIC {
        return Ok(Flow::Continue);
    }
    let log = Log::open(document.into_seekable()?).map_err(failure)?;
    let mut deleted = Deleted::new(Encoding::Utf8, None, sink);
    let mut told = |table: &Table, row: &Leftover| deleted.push(table, row) == Flow::Continue;
    let searched = residue::search_log(log, &mut told);
    let flow = deleted.end();
    if let Err(fault) = searched {
        tell(fault, "a page of the log", sink);
    }
    let detail = "the database that this log belongs to is not at hand: rows are shown without it";
    let _ = sink.problem(Problem::part(Reason::Unsupported, detail));
    Ok(flow)
}
