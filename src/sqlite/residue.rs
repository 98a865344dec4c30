//! What is left of deleted rows.
//!
//! A row that is deleted is taken out of its page's list of cells; its bytes stay until something else
//! needs the room, unless `secure_delete` was on. They stand between the pointers and the first cell of
//! a page, where the cell is whole; in free blocks, whose first four bytes are written over; in pages
//! on the list of free ones; and in older versions of pages in the log. A cell is believed if its parts
//! agree with one another and with a table: number and kinds of columns, text that is text.
//!
//! What a row of today still shows is nothing that is left: splitting pages leaves copies of rows that
//! are alive. A row is looked up by its id, or, where that is lost, by what it holds.

use std::collections::{HashMap, HashSet};
use std::io::Read as _;
use std::ops::Range as Bytes;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::header::{Encoding, word};
use super::page::{Cell, Kind, Page};
use super::record::{Field, Serial, Value, fields, varint};
use super::schema::{Column, Key, Schema, Table};
use super::tree::{Leaves, Range, find};
use super::{Fault, Log, Pager, Payload, ReadSeek};

/// Bytes of rows without an id that wait for being compared.
const WAITING: usize = 16 * 1024 * 1024;

/// Rows without an id found outside their tables that wait for being compared.
const LOOSE: usize = 100_000;

/// Rows that are remembered, so that none is told twice.
const REMEMBERED: usize = 1_000_000;

/// A longer row of today is compared by its beginning.
const COMPARED: u64 = 1024 * 1024;

/// The name of a table that is not known.
pub const UNKNOWN: &str = "(deleted)";

/// Where a row was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// So many bytes into the database file.
    File(u64),
    /// So many bytes into its log.
    Log(u64),
}

/// A row that is there: its bytes, and where its fields lie in them.
type LiveRow = (Vec<u8>, Vec<Field>);

/// What is left of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its id, where that is known.
    pub rowid: Option<i64>,
    /// Where its bytes stand.
    pub spot: Spot,
    /// Its bytes, as far as they are there.
    pub record: Vec<u8>,
    /// Its columns. What a row of today still shows is nothing.
    pub fields: Vec<Field>,
}

/// Is told what is left of a row of a table; false ends the search.
pub type Tell<'t> = dyn FnMut(&Table, &Leftover) -> bool + 't;

/// Looks for what is left of rows in a database.
///
/// # Errors
/// The first thing that could not be read; everything else was.
pub fn search(
    pager: &mut Pager<impl ReadSeek>,
    schema: &Schema,
    tell: &mut Tell<'_>,
) -> Result<(), Fault> {
    pager.forget();
    let mut search = Search {
        encoding: pager.header().encoding,
        usable: pager.header().usable,
        pager,
        schema,
        dropped: Vec::new(),
        told: HashSet::new(),
        waiting: Vec::new(),
        held: 0,
        loose: Vec::new(),
        stopped: false,
        fault: None,
        tell,
    };
    search.run();
    search.fault.map_or(Ok(()), Err)
}

/// Likewise in a log whose database is not at hand.
///
/// # Errors
/// When it cannot be read.
pub fn search_log(mut log: Log<impl ReadSeek>, tell: &mut Tell<'_>) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    let mut told = HashSet::new();
    for n in 0..log.frames() {
        log.frame(n, &mut bytes)?;
        let Some(page) = Page::read(&bytes, 2, log.page_size()) else { continue };
        let base = Spot::Log(log.offset(n));
        let carver = Carver { page: &page, tables: &[], encoding: Encoding::Utf8, base };
        let mut found = Vec::new();
        if page.kind == Kind::TableLeaf {
            let cells = (0..page.cells()).filter_map(|n| page.cell(n));
            cells.for_each(|cell| carver.cell(&cell, &mut found));
        }
        for (_, row) in found {
            let new = told.len() >= REMEMBERED || told.insert(content(&row.record, &row.fields));
            if new && row.is_telling() && !tell(&unknown(row.fields.len()), &row) {
                return Ok(());
            }
        }
    }
    Ok(())
}

struct Search<'s, 't, F> {
    pager: &'s mut Pager<F>,
    schema: &'s Schema,
    encoding: Encoding,
    usable: u32,
    /// Tables of which only the name is left.
    dropped: Vec<Table>,
    /// What was told.
    told: HashSet<u64>,
    /// Rows of the table at hand without an id.
    waiting: Vec<Leftover>,
    held: usize,
    /// Likewise of other tables, found outside their trees.
    loose: Vec<(String, Leftover)>,
    stopped: bool,
    fault: Option<Fault>,
    tell: &'s mut Tell<'t>,
}

impl<F: ReadSeek> Search<'_, '_, F> {
    fn run(&mut self) {
        self.find_dropped();
        // First where the ids of rows are kept: the same row is told once.
        self.in_free_pages();
        self.in_log();
        let schema = self.schema;
        for table in &schema.tables {
            self.in_tree(table);
            let loose = std::mem::take(&mut self.loose);
            let (own, others) = loose.into_iter().partition(|(name, _)| *name == table.name);
            self.loose = others;
            self.waiting.extend(Vec::into_iter(own).map(|(_, row)| row));
            self.settle_waiting(table);
        }
    }

    fn note<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        result.map_err(|fault| _ = self.fault.get_or_insert(fault)).ok()
    }

    /// Names of tables that were dropped are left in the schema's own pages.
    fn find_dropped(&mut self) {
        let schema_table = schema_table();
        let mut rows = Vec::new();
        self.each_leaf(1, false, |search, page, number| {
            for (_, leftover) in search.carve(page, number, &[&schema_table]) {
                let texts =
                    leftover.fields.iter().map(|field| match field.value(&leftover.record) {
                        Value::Text(text) => search.encoding.decode(text),
                        _ => String::new(),
                    });
                rows.push(texts.collect::<Vec<_>>());
            }
        });
        let mut dropped = Schema::dropped(&rows);
        dropped.retain(|table| self.schema.tables.iter().all(|live| live.name != table.name));
        self.dropped = dropped;
    }

    /// Calls `with` for each page of a tree that holds rows.
    fn each_leaf(
        &mut self,
        root: u32,
        index: bool,
        mut with: impl FnMut(&mut Self, &Page<'_>, u32),
    ) {
        let mut leaves = Leaves::new(root, index, Range::default());
        let mut bytes = Vec::new();
        while !self.stopped {
            let next = leaves.next(self.pager, &mut bytes);
            match next {
                Ok(Some(number)) => {
                    if let Some(page) = Page::read(&bytes, number, self.usable) {
                        with(self, &page, number);
                    }
                }
                Ok(None) => return,
                // Whoever reads the rows of today has told of it.
                Err(Fault::Corrupt(_)) => {}
                Err(fault) => {
                    self.fault.get_or_insert(fault);
                    return;
                }
            }
        }
    }

    fn in_tree(&mut self, table: &Table) {
        self.each_leaf(table.root, table.without_rowid, |search, page, number| {
            for (_, leftover) in search.carve(page, number, &[table]) {
                search.settle(table, leftover);
            }
        });
    }

    /// What is left in the parts of a page that nothing uses, of one of these tables.
    fn carve(&self, page: &Page<'_>, number: u32, tables: &[&Table]) -> Vec<(usize, Leftover)> {
        let mut found = Vec::new();
        if page.kind == Kind::IndexInterior {
            return found;
        }
        let base = self.pager.spot(number);
        let carver = Carver { page, tables, encoding: self.encoding, base };
        carver.whole_cells(page.unallocated(), &mut found);
        for block in page.free_blocks() {
            carver.block(block, &mut found);
        }
        found
    }

    /// Tells of a row, or puts it aside where its id is lost.
    fn settle(&mut self, table: &Table, mut leftover: Leftover) {
        if self.stopped {
            return;
        }
        let Some(rowid) = leftover.rowid.filter(|_| !table.without_rowid) else {
            self.held += leftover.record.len() + 64 * leftover.fields.len();
            self.waiting.push(leftover);
            if self.held > WAITING {
                self.settle_waiting(table);
            }
            return;
        };
        if table.root < u32::MAX {
            let live = self.live_row(table.root, rowid);
            if let Some(Some((record, fields))) = self.note(live) {
                leftover.leave_out(&record, &fields);
            }
        }
        self.hand_over(table, leftover);
    }

    fn live_row(&mut self, root: u32, rowid: i64) -> Result<Option<LiveRow>, Fault> {
        let mut bytes = Vec::new();
        let Some(cell) = find(self.pager, root, rowid, &mut bytes)? else { return Ok(None) };
        let (mut record, mut all) = (Vec::new(), Vec::new());
        let payload = Payload::again(self.pager, &bytes, &cell);
        payload.take(COMPARED).read_to_end(&mut record)?;
        Ok(fields(&record, cell.size, &mut all).map(|()| (record, all)))
    }

    /// Compares the rows that were put aside with the rows of today and tells of the others.
    fn settle_waiting(&mut self, table: &Table) {
        let waiting = std::mem::take(&mut self.waiting);
        self.held = 0;
        if waiting.is_empty() {
            return;
        }
        let mut by_content: HashMap<u64, Vec<usize>> = HashMap::new();
        for (n, leftover) in waiting.iter().enumerate() {
            by_content.entry(content(&leftover.record, &leftover.fields)).or_default().push(n);
        }
        let mut live = vec![false; waiting.len()];
        if table.root < u32::MAX {
            // The tree was met before; the pages of the others stay so.
            let met = self.pager.take_met();
            self.each_leaf(table.root, table.without_rowid, |_, page, _| {
                mark_live(page, &by_content, &mut live);
            });
            self.pager.put_met(met);
        }
        for (leftover, _) in waiting.into_iter().zip(live).filter(|(_, live)| !live) {
            self.hand_over(table, leftover);
        }
    }

    fn hand_over(&mut self, table: &Table, leftover: Leftover) {
        let told = xxh3_64(table.name.as_bytes()) ^ content(&leftover.record, &leftover.fields);
        let new = self.told.len() >= REMEMBERED || self.told.insert(told);
        if leftover.is_telling() && new && !self.stopped {
            self.stopped = !(self.tell)(table, &leftover);
        }
    }

    /// The list of free pages (file format, 1.5 "The Freelist").
    fn in_free_pages(&mut self) {
        let mut trunk = self.pager.header().free;
        let (mut list, mut bytes) = (Vec::new(), Vec::new());
        while self.pager.meet(trunk) && !self.stopped {
            let read = self.pager.read(trunk, &mut list);
            if self.note(read).is_none() {
                return;
            }
            let count = (word(&list, 4) as usize).min(self.usable as usize / 4 - 2);
            let at = self.pager.spot(trunk);
            self.in_loose_page(&Page::headless(&list, self.usable), 8 + 4 * count, at);
            for n in 0..count {
                let number = word(&list, 8 + 4 * n);
                if !self.pager.meet(number) {
                    continue;
                }
                let read = self.pager.read(number, &mut bytes);
                if self.note(read).is_some() {
                    let at = self.pager.spot(number);
                    self.in_freed_page(&bytes, at);
                }
            }
            trunk = word(&list, 0);
        }
    }

    /// Older versions of pages in the log.
    fn in_log(&mut self) {
        let frames = self.pager.log().map_or(0, |log| log.frames());
        let mut bytes = Vec::new();
        for n in 0..frames {
            let Some(log) = self.pager.log() else { return };
            let at = Spot::Log(log.offset(n));
            let read = log.frame(n, &mut bytes).map_err(Fault::Io);
            match self.note(read) {
                Some((number, false)) if number > 1 => self.in_freed_page(&bytes, at),
                Some(_) => {}
                None => return,
            }
            if self.stopped {
                return;
            }
        }
    }

    /// A page that belongs to no tree, or did so as it is.
    fn in_freed_page(&mut self, bytes: &[u8], base: Spot) {
        let Some(page) = Page::read(bytes, 2, self.usable) else { return };
        if page.kind == Kind::TableLeaf {
            self.in_loose_page(&page, page.body().start, base);
        }
    }

    fn in_loose_page(&mut self, page: &Page<'_>, from: usize, base: Spot) {
        let schema = self.schema;
        let dropped = std::mem::take(&mut self.dropped);
        let live = schema.tables.iter().filter(|table| !table.without_rowid);
        let tables: Vec<&Table> = live.chain(&dropped).collect();
        let carver = Carver { page, tables: &tables, encoding: self.encoding, base };
        let mut found = Vec::new();
        let mut end = from;
        let mut cells: Vec<Cell> = (0..page.cells()).filter_map(|n| page.cell(n)).collect();
        cells.sort_by_key(|cell| cell.range.start);
        for cell in cells {
            if cell.range.start >= end {
                carver.whole_cells(end..cell.range.start, &mut found);
                carver.cell(&cell, &mut found);
                end = cell.range.end;
            }
        }
        carver.whole_cells(end..page.body().end, &mut found);
        for (n, leftover) in found {
            match tables.get(n) {
                Some(table) if leftover.rowid.is_some() => self.settle(table, leftover),
                Some(table) if self.loose.len() < LOOSE && table.root < u32::MAX => {
                    self.loose.push((table.name.clone(), leftover));
                }
                Some(table) => self.hand_over(table, leftover),
                None => self.hand_over(&unknown(leftover.fields.len()), leftover),
            }
        }
        self.dropped = dropped;
    }
}

/// Marks the rows that a page of today has.
fn mark_live(page: &Page<'_>, by_content: &HashMap<u64, Vec<usize>>, live: &mut [bool]) {
    let mut all = Vec::new();
    for cell in (0..page.cells()).filter_map(|n| page.cell(n)) {
        let record = &page.bytes()[cell.local.clone()];
        if fields(record, cell.size, &mut all).is_some() {
            for &n in by_content.get(&content(record, &all)).into_iter().flatten() {
                live[n] = true;
            }
        }
    }
}

/// What a row holds, as a number.
fn content(record: &[u8], fields: &[Field]) -> u64 {
    let mut hasher = Xxh3::new();
    for field in fields {
        match field.value(record) {
            Value::Null => hasher.update(&[0]),
            Value::Integer(n) => hasher.update(&n.to_be_bytes()),
            Value::Real(n) => hasher.update(&n.to_bits().to_be_bytes()),
            Value::Text(bytes) | Value::Blob(bytes) => {
                hasher.update(&(bytes.len() as u64).to_be_bytes());
                hasher.update(bytes);
            }
        }
    }
    hasher.digest()
}

impl Leftover {
    /// Leaves out what a row of today shows as well.
    fn leave_out(&mut self, live: &[u8], live_fields: &[Field]) {
        for (own, other) in self.fields.iter_mut().zip(live_fields) {
            if own.value(&self.record) == other.value(live) {
                own.serial = Serial::Null;
            }
        }
    }

    /// Is there anything left that could tell of somebody?
    fn is_telling(&self) -> bool {
        self.fields.iter().any(|field| match field.value(&self.record) {
            Value::Null => false,
            Value::Text(bytes) | Value::Blob(bytes) => bytes.len() > 2,
            Value::Integer(n) => n.unsigned_abs() > 99_999,
            Value::Real(n) => n.abs() > 99_999.0,
        })
    }
}

/// The table in which the schema itself is kept.
fn schema_table() -> Table {
    let column = |(name, kind): (&str, &str)| column(name, kind);
    let columns = [
        ("type", "TEXT"),
        ("name", "TEXT"),
        ("tbl_name", "TEXT"),
        ("rootpage", "INT"),
        ("sql", "TEXT"),
    ];
    table("sqlite_schema", columns.map(column).to_vec())
}

/// A table of which nothing is known.
fn unknown(columns: usize) -> Table {
    table(UNKNOWN, (1..=columns).map(|n| column(&format!("column{n}"), "")).collect())
}

fn table(name: &str, columns: Vec<Column>) -> Table {
    let name = name.to_owned();
    Table { name, root: u32::MAX, columns, alias: None, key: Key::Rowid, without_rowid: false }
}

fn column(name: &str, kind: &str) -> Column {
    Column { name: name.to_owned(), label: name.to_owned(), kind: kind.to_owned(), default: None }
}

/// Looks for rows in bytes of a page.
struct Carver<'c> {
    page: &'c Page<'c>,
    tables: &'c [&'c Table],
    encoding: Encoding,
    /// Where the page begins.
    base: Spot,
}

impl Carver<'_> {
    fn spot(&self, at: usize) -> Spot {
        match self.base {
            Spot::File(base) => Spot::File(base + at as u64),
            Spot::Log(base) => Spot::Log(base + at as u64),
        }
    }

    /// Cells with all their bytes.
    fn whole_cells(&self, range: Bytes<usize>, found: &mut Vec<(usize, Leftover)>) {
        let bytes = self.page.bytes();
        let mut at = range.start;
        while at < range.end {
            // No cell begins with a zero, and most of what is free is nothing else.
            let zeros = bytes[at..range.end].iter().take_while(|&&byte| byte == 0).count();
            let next = at + zeros;
            let before =
                (next - zeros.min(3)..next).find_map(|at| self.former(at, range.end, found));
            let here = |found: &mut Vec<_>| self.whole_cell(next, range.end, found);
            let end =
                before.or_else(|| here(found)).or_else(|| self.former(next, range.end, found));
            at = end.unwrap_or(next + 1);
        }
    }

    /// A cell that became a block, which was given up again: where the next block stands, and how long
    /// this one is, stands over its beginning. Says where it ends.
    fn former(&self, at: usize, limit: usize, found: &mut Vec<(usize, Leftover)>) -> Option<usize> {
        let size = self.page.bytes().get(at + 2..)?.first_chunk::<2>()?;
        let end = at + usize::from(u16::from_be_bytes(*size));
        if end > limit || end < at + 8 {
            return None;
        }
        let (n, leftover, last) = self.beheaded(at, end)?;
        (last == end).then(|| found.push((n, leftover)))?;
        Some(end)
    }

    /// A cell that begins here; says where it ends.
    fn whole_cell(
        &self,
        at: usize,
        limit: usize,
        found: &mut Vec<(usize, Leftover)>,
    ) -> Option<usize> {
        let cell = self.page.cell_at(at, limit).filter(|cell| cell.rowid >= 0 && cell.size > 1)?;
        let leftover = self.leftover(&cell)?;
        let table = self.table_of(&leftover)?;
        found.push((table, leftover));
        Some(cell.range.end)
    }

    /// A cell that the page's own list leads to.
    fn cell(&self, cell: &Cell, found: &mut Vec<(usize, Leftover)>) {
        if let Some(leftover) = self.leftover(cell).filter(|row| self.is_text(row)) {
            // Of no table that is known, it is one all the same.
            let table = self.table_of(&leftover).unwrap_or(usize::MAX);
            found.push((table, leftover));
        }
    }

    fn leftover(&self, cell: &Cell) -> Option<Leftover> {
        let record = &self.page.bytes()[cell.local.clone()];
        let mut all = Vec::new();
        fields(record, cell.size, &mut all)?;
        // Nothing may stand between the last column and the record's end.
        if all.last()?.range.end != cell.size {
            return None;
        }
        let rowid = (self.page.kind == Kind::TableLeaf).then_some(cell.rowid);
        let spot = self.spot(cell.range.start);
        Some(Leftover { rowid, spot, record: record.to_vec(), fields: all })
    }

    /// The only table that a row can be of.
    fn table_of(&self, row: &Leftover) -> Option<usize> {
        let mut fitting = (0..self.tables.len()).filter(|&n| self.fits(row, self.tables[n]));
        let first = fitting.next()?;
        if fitting.next().is_some() { Some(usize::MAX) } else { Some(first) }
    }

    fn fits(&self, row: &Leftover, table: &Table) -> bool {
        let kinds =
            table.columns.iter().zip(&row.fields).enumerate().all(|(n, (column, field))| {
                let is_text =
                    matches!(field.serial, Serial::Null | Serial::Text(_) | Serial::Blob(_));
                let is_alias = table.alias == Some(n);
                if is_alias { field.serial == Serial::Null } else { is_text || !column.is_text() }
            });
        kinds && row.fields.len() == table.columns.len() && self.is_text(row)
    }

    /// Is the row's text text, and is there something in it?
    fn is_text(&self, row: &Leftover) -> bool {
        let mut telling = row.is_telling();
        for field in &row.fields {
            if let Value::Text(text) = field.value(&row.record) {
                let cut = (text.len() as u64) < field.range.end - field.range.start;
                if !is_text(text, self.encoding, cut) {
                    return false;
                }
                telling |= text.len() > 2;
            }
        }
        telling
    }

    /// A block of what were cells.
    fn block(&self, block: Bytes<usize>, found: &mut Vec<(usize, Leftover)>) {
        let mut at = block.start;
        while at + 4 < block.end {
            let Some((n, leftover, end)) = self.beheaded(at, block.end) else { break };
            found.push((n, leftover));
            at = end;
        }
        self.whole_cells(at.max(block.start + 4)..block.end, found);
    }

    /// A cell of a table with row ids whose first four bytes are gone.
    fn beheaded(&self, start: usize, end: usize) -> Option<(usize, Leftover, usize)> {
        if self.page.kind != Kind::TableLeaf {
            return None;
        }
        // What fills the block is more likely than what does not; and of two readings the one in which
        // less is lost.
        let read = |n: usize, head: usize, whole: bool| {
            let (leftover, last) = self.headless_row(self.tables[n], start, head, end)?;
            (!whole || last == end).then_some((n, leftover, last))
        };
        let heads = [4, 5, 6, 7, 8, 9, 10, 11, 12, 3];
        let each = |whole: bool| {
            let tables = 0..self.tables.len();
            tables.flat_map(move |n| heads.map(|head| (n, head, whole)))
        };
        each(true).chain(each(false)).find_map(|(n, head, whole)| read(n, head, whole))
    }

    /// A row whose types begin `head` bytes behind the start of its cell.
    fn headless_row(
        &self,
        table: &Table,
        start: usize,
        head: usize,
        limit: usize,
    ) -> Option<(Leftover, usize)> {
        let bytes = self.page.bytes().get(..limit)?;
        // The first type is gone as well; that of the row id is known.
        let lost = usize::from(head == 3);
        if lost == 1 && table.alias != Some(0) {
            return None;
        }
        let from = start + head + lost;
        let mut codes = vec![Serial::Null; lost];
        let mut at = from;
        while codes.len() < table.columns.len() {
            let (code, n) = varint(bytes.get(at..)?)?;
            codes.push(Serial::of(code)?);
            at += n;
        }
        // Where the length of the head is there, it has to be right.
        let stated = (head > 4).then(|| bytes[start + head - 1]);
        if stated.is_some_and(|stated| usize::from(stated) != at - from + 1) {
            return None;
        }
        let mut place = (at - from) as u64;
        let all = codes.into_iter().map(|serial| {
            let range = place..place.saturating_add(serial.size());
            place = range.end;
            Field { serial, range }
        });
        let fields: Vec<Field> = all.collect();
        let end = from.checked_add(usize::try_from(place).ok()?)?;
        let record = bytes.get(from..end)?.to_vec();
        if end != limit && limit - end < 4 {
            return None;
        }
        let leftover = Leftover { rowid: None, spot: self.spot(start), record, fields };
        self.fits(&leftover, table).then_some((leftover, end))
    }
}

/// Is it text that people could have written? What is cut off may end within a letter.
fn is_text(text: &[u8], encoding: Encoding, cut: bool) -> bool {
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if encoding != Encoding::Utf8 {
        return encoding
            .decode(text)
            .chars()
            .all(|c| is_plain(c) && c != char::REPLACEMENT_CHARACTER);
    }
    match std::str::from_utf8(text) {
        Ok(text) => text.chars().all(is_plain),
        Err(error) => {
            let valid = String::from_utf8_lossy(&text[..error.valid_up_to()]);
            cut && error.error_len().is_none() && valid.chars().all(is_plain)
        }
    }
}
