//! SQLite databases as sources (`sqlite:PATH`). Nothing is locked and nothing written beside them: the
//! file and its log are read as they are, and whether they stayed so is looked at afterwards.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::part::{cut, is_large};
use super::{
    Asked, Database, Failure, Listed, OpenTable, Position, SAMPLE_ROWS, Settings, Share, Standing,
    TakeRows,
};
use crate::model::{Flow, Problem, Reason, RowBatch, TablePart};
use crate::source::{Root, State};
use crate::sqlite::{
    self, Cell, Cells, Fault, Field, Key, Leaves, Log, Page, Payload, Range, Table, extent, fields,
    residue,
};

/// Bytes of rows that show what the columns hold.
const SAMPLE_BATCH: usize = 512 * 1024;

/// A longer record has values that are not held in memory.
const LONGEST: u64 = 2 * super::LARGEST_VALUE;

/// What is not read as the rows of one table: what is left of deleted rows.
pub const REST: &str = residue::UNKNOWN;

/// A database file.
struct Sqlite {
    path: PathBuf,
    database: sqlite::Database<File>,
    /// How its files were when they were opened.
    facts: Facts,
}

/// Sizes and times of a database file, its log and its journal.
type Facts = [Option<(u64, SystemTime)>; 3];

/// Opens a database file.
///
/// # Errors
/// When it cannot be read or is none.
pub(super) fn connect(root: &Root) -> Result<Box<dyn Database>, Failure> {
    let path = path_of(root);
    let facts = facts(&path);
    let database = open_file(&path)?;
    Ok(Box::new(Sqlite { path, database, facts }))
}

/// Opens the database file of a source, to be read otherwise than table by table.
///
/// # Errors
/// When it cannot be read or is none.
pub fn open(root: &Root) -> Result<sqlite::Database<File>, Failure> {
    open_file(&path_of(root))
}

/// `sqlite:PATH`, and also `sqlite:///PATH`, as other programs write it.
fn path_of(root: &Root) -> PathBuf {
    let url = root.path.to_string_lossy();
    let path = url.strip_prefix("sqlite:").unwrap_or(&url);
    PathBuf::from(path.strip_prefix("//").unwrap_or(path))
}

fn open_file(path: &Path) -> Result<sqlite::Database<File>, Failure> {
    let io = |error: std::io::Error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => Reason::IoError,
            _ => Reason::of_io(&error),
        };
        Failure::new(reason, format!("it cannot be opened: {error}"))
    };
    let file = File::open(path).map_err(io)?;
    if !file.metadata().map_err(io)?.is_file() {
        return Err(Failure::new(Reason::IoError, "it is no file"));
    }
    let log = match File::open(beside(path, "-wal")) {
        Ok(log) if log.metadata().is_ok_and(|log| log.len() > 0) => {
            Some(Log::open(log).map_err(failure)?)
        }
        _ => None,
    };
    sqlite::Database::open(file, log).map_err(failure)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn facts(path: &Path) -> Facts {
    let files = [path.to_owned(), beside(path, "-wal"), beside(path, "-journal")];
    files.map(|file| {
        let found = std::fs::metadata(file).ok()?;
        Some((found.len(), found.modified().ok()?))
    })
}

fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Io(error) => {
            let (reason, detail) = (Reason::of_io(&error), format!("it cannot be read: {error}"));
            let is_corrupt = matches!(
                error.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
            );
            Failure::new(if is_corrupt { Reason::Corrupt } else { reason }, detail)
        }
        Fault::Corrupt(what) => Failure::new(Reason::Corrupt, what),
    }
}

impl Sqlite {
    /// Opens the file again if it was written to since.
    fn refresh(&mut self) -> Result<(), Failure> {
        let now = facts(&self.path);
        if now != self.facts {
            self.database = open_file(&self.path)?;
            self.facts = now;
        }
        Ok(())
    }

    fn table(&self, name: &str) -> Result<&Table, Failure> {
        let tables = &self.database.schema.tables;
        let gone = || Failure::new(Reason::Changed, "it was there when it was listed");
        tables.iter().find(|table| table.name == name).ok_or_else(gone)
    }

    /// A change is being written at this moment, or was broken off.
    fn is_in_change(&self) -> bool {
        self.facts[2].is_some_and(|(size, _)| size > 0) && has_journal(&self.path)
    }

    /// The parts of a table.
    fn parts(&mut self, table: &Table) -> Vec<Listed> {
        let whole = TablePart::whole(None, table.name.clone());
        let ready = |part| vec![Listed { part, state: State::Ready }];
        if table.without_rowid {
            return ready(whole);
        }
        let page = u64::from(self.database.pager.header().page_size);
        match extent(&mut self.database.pager, table.root) {
            Ok(Some((least, greatest, pages))) if is_large(pages.saturating_mul(page)) => {
                let column = match (&table.key, table.alias) {
                    (Key::Columns(_), Some(alias)) => table.columns[alias].name.as_str(),
                    _ => "rowid",
                };
                cut(&whole, pages.saturating_mul(page), column, (least, greatest))
            }
            _ => ready(whole),
        }
    }

    /// Reads rows of a table into batches of so many bytes until nobody wants more.
    fn each_batch(
        &mut self,
        table: &Table,
        mut leaves: Leaves,
        range: Range,
        take: &mut dyn FnMut(&mut RowBatch, End) -> Flow,
    ) -> Result<(), Failure> {
        let pager = &mut self.database.pager;
        pager.forget();
        let mut reader = Reader::new(table, pager.header().encoding);
        let (mut bytes, mut wrong) = (Vec::new(), None);
        loop {
            let number = match leaves.next(pager, &mut bytes) {
                Ok(Some(number)) => number,
                Ok(None) => break,
                Err(fault) => {
                    wrong.get_or_insert(fault);
                    continue;
                }
            };
            let Some(page) = Page::read(&bytes, number, pager.header().usable) else { continue };
            for n in 0..page.cells() {
                let read = match page.cell(n) {
                    Some(cell) if !table.without_rowid && !range.contains(cell.rowid) => continue,
                    Some(cell) => reader.row(pager, &bytes, &cell),
                    None => Err(Fault::Corrupt("a row is damaged")),
                };
                if let Err(fault) = read {
                    wrong.get_or_insert(fault);
                }
                if take(&mut reader.batch, End::Row) == Flow::Stop {
                    return Ok(());
                }
            }
        }
        let _ = take(&mut reader.batch, End::Table);
        wrong.map_or(Ok(()), |fault| Err(failure(fault)))
    }
}

/// What ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A row.
    Row,
    /// All there are.
    Table,
}

/// Is there a journal that a change was not finished with (file format, 3 "The Rollback Journal")?
fn has_journal(path: &Path) -> bool {
    let mut magic = [0; 8];
    let journal = File::open(beside(path, "-journal"));
    journal.is_ok_and(|mut file| file.read_exact(&mut magic).is_ok())
        && magic == [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
}

/// Reads rows.
struct Reader {
    cells: Cells,
    batch: RowBatch,
    record: Vec<u8>,
    fields: Vec<Field>,
}

impl Reader {
    fn new(table: &Table, encoding: sqlite::Encoding) -> Reader {
        Reader {
            cells: Cells::new(table, encoding),
            batch: RowBatch::default(),
            record: Vec::new(),
            fields: Vec::new(),
        }
    }

    fn row(
        &mut self,
        pager: &mut sqlite::Pager<File>,
        bytes: &[u8],
        cell: &Cell,
    ) -> Result<(), Fault> {
        let record = if cell.overflow == 0 {
            &bytes[cell.local.clone()]
        } else {
            self.record.clear();
            let mut payload = Payload::new(pager, bytes, cell);
            payload.by_ref().take(LONGEST).read_to_end(&mut self.record)?;
            if cell.size > LONGEST {
                self.batch.omitted += 1;
                std::io::copy(&mut payload, &mut std::io::sink())?;
            }
            &self.record
        };
        fields(record, cell.size, &mut self.fields).ok_or(Fault::Corrupt("a row is damaged"))?;
        self.cells.add(&mut self.batch, cell.rowid, record, &self.fields);
        Ok(())
    }
}

impl Database for Sqlite {
    fn standing(&mut self) -> Result<Standing, Failure> {
        Ok(Standing::default())
    }

    fn tables(&mut self, settings: &Settings) -> Result<Vec<Listed>, Failure> {
        self.refresh()?;
        let tables = self.database.schema.tables.clone();
        let mut listed: Vec<Listed> = tables.iter().flat_map(|table| self.parts(table)).collect();
        if settings.sample.is_none() {
            let part = TablePart::whole(None, REST.to_owned());
            listed.push(Listed { part, state: State::Ready });
        }
        Ok(listed)
    }

    fn open(&mut self, part: &TablePart, settings: &Settings) -> Result<OpenTable, Failure> {
        self.refresh()?;
        let table = self.table(&part.name)?.clone();
        let mut problems = Vec::new();
        if self.is_in_change() {
            let detail =
                "a change to the database is not finished: rows may be those of before or after it";
            problems.push(Problem::part(Reason::Changed, detail));
        }
        let mut sample = Vec::new();
        let leaves = Leaves::new(table.root, table.without_rowid, Range::default());
        // What cannot be read of it is told when its rows are read.
        let _ = self.each_batch(&table, leaves, Range::default(), &mut |batch, end| {
            let full = batch.rows >= SAMPLE_ROWS as u64 || batch.size() >= SAMPLE_BATCH;
            if !full && end == End::Row {
                return Flow::Continue;
            }
            sample.extend_from_slice(&batch.text);
            Flow::Stop
        });
        let share = settings.sample.map(|share| match share {
            Share::Millionths(share) => share,
            Share::Rows(rows) => self.share_of(&table, rows),
        });
        let encoding = self.database.pager.header().encoding;
        let shape = Cells::new(&table, encoding).shape().clone();
        Ok(OpenTable { shape, sample, problems, share, guarded: true })
    }

    fn rows(
        &mut self,
        asked: &Asked<'_>,
        _position: &mut Position,
        take: &mut TakeRows<'_>,
    ) -> Result<(), Failure> {
        let table = self.table(&asked.part.name)?.clone();
        let range = asked.part.range.as_ref();
        let range = range.map_or_else(Range::default, |r| Range { from: r.from, to: r.to });
        let leaves = Leaves::new(table.root, table.without_rowid, range);
        let leaves = match asked.table.share {
            Some(share) => leaves.sampled(share),
            None => leaves,
        };
        let before = self.facts;
        let mut stopped = false;
        self.each_batch(&table, leaves, range, &mut |batch, end| {
            if batch.size() < super::BATCH && end == End::Row {
                return Flow::Continue;
            }
            let flow = take(batch);
            batch.clear();
            stopped |= flow == Flow::Stop;
            flow
        })?;
        if facts(&self.path) != before && !stopped {
            let detail = "the database was written to while it was read";
            return Err(Failure::new(Reason::Changed, detail));
        }
        Ok(())
    }
}

impl Sqlite {
    /// How many of a million rows are about so many.
    fn share_of(&mut self, table: &Table, rows: u64) -> u32 {
        let pages = match extent(&mut self.database.pager, table.root) {
            Ok(Some((_, _, pages))) => pages,
            _ => 1,
        };
        let mut bytes = Vec::new();
        let pager = &mut self.database.pager;
        pager.forget();
        let first =
            Leaves::new(table.root, table.without_rowid, Range::default()).next(pager, &mut bytes);
        let usable = pager.header().usable;
        let page = first.ok().flatten().and_then(|number| Page::read(&bytes, number, usable));
        let all = pages.saturating_mul(page.map_or(1, |page| page.cells() as u64)).max(1);
        u32::try_from((rows.saturating_mul(1_000_000) / all).clamp(1, 1_000_000))
            .unwrap_or(1_000_000)
    }
}
