//! The rows of a table, a batch at a time.

use std::borrow::Cow;
use std::io::{Read as _, Write as _};

use crate::extract::rows::{hand_over, is_document, value};
use crate::extract::sheets::number::write_number;
use crate::model::{
    self, ColumnKind, Flow, LONGEST_CELL, PlacedRows, RowBatch, Sink, TableColumn, TableShape,
};
use crate::sqlite::{
    Cell, Encoding, Fault, Field, Key, Page, Pager, Payload, Table, Value, fields,
};

/// Rows by which the columns are judged.
const SAMPLE: u64 = 1000;

/// A batch of more bytes is handed over.
const BATCH: usize = 128 * 1024;

/// Likewise where it shows what the columns hold.
const SAMPLE_BATCH: usize = 512 * 1024;

/// A longer record is not held in memory: its long values are read one after another.
const HELD: u64 = 1024 * 1024;

/// Rows of a table.
pub(super) struct Rows<'t> {
    table: &'t Table,
    encoding: Encoding,
    shape: TableShape,
    batch: RowBatch,
    /// What the columns hold, once it is known.
    judged: Option<model::Table>,
    /// Rows that were handed over.
    passed: u64,
    part: Option<&'static str>,
    record: Vec<u8>,
    fields: Vec<Field>,
    number: Vec<u8>,
}

impl<'t> Rows<'t> {
    /// None yet.
    pub(super) fn new(table: &'t Table, encoding: Encoding) -> Rows<'t> {
        let key = match &table.key {
            Key::Columns(key) => {
                model::Key::Columns(key.iter().map(|&n| table.columns[n].name.clone()).collect())
            }
            Key::Rowid => model::Key::Address("rowid"),
        };
        Rows::keyed(table, encoding, key)
    }

    /// Likewise, named by something else than the table's own key.
    pub(super) fn keyed(table: &'t Table, encoding: Encoding, key: model::Key) -> Rows<'t> {
        let columns = table.columns.iter().map(|column| TableColumn {
            name: column.name.clone(),
            comment: Some(column.label.clone()).filter(|label| *label != column.name),
            kind: if column.is_number() { ColumnKind::Number } else { ColumnKind::Text },
        });
        Rows {
            table,
            encoding,
            shape: TableShape::new(table.name.clone(), columns.collect(), key),
            batch: RowBatch::default(),
            judged: None,
            passed: 0,
            part: None,
            record: Vec::new(),
            fields: Vec::new(),
            number: Vec::new(),
        }
    }

    /// The same rows, which are not in the table any more.
    pub(super) fn deleted(self) -> Rows<'t> {
        Rows { part: Some("deleted"), ..self }
    }

    /// Reads the rows of a page.
    pub(super) fn read_page(
        &mut self,
        pager: &mut Pager<'_>,
        (bytes, number): (&[u8], u32),
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        let Some(page) = Page::read(bytes, number, pager.header().usable) else {
            return Ok(Flow::Continue);
        };
        let mut wrong = None;
        for n in 0..page.cells() {
            let read = match page.cell(n) {
                Some(cell) => self.read_row(pager, bytes, &cell, sink),
                None => Err(Fault::Corrupt("a row is damaged")),
            };
            match read {
                Ok(Flow::Continue) => {}
                Ok(Flow::Stop) => return Ok(Flow::Stop),
                Err(fault) => _ = wrong.get_or_insert(fault),
            }
        }
        wrong.map_or(Ok(Flow::Continue), Err)
    }

    fn read_row(
        &mut self,
        pager: &mut Pager<'_>,
        bytes: &[u8],
        cell: &Cell,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        if cell.overflow == 0 {
            return self.push(cell.rowid, &bytes[cell.local.clone()], cell.size, sink);
        }
        let mut record = std::mem::take(&mut self.record);
        record.clear();
        let mut payload = Payload::new(pager, bytes, cell);
        let read = payload.by_ref().take(HELD).read_to_end(&mut record);
        let flow = match read {
            Ok(_) if cell.size > HELD => {
                let skipped = std::io::copy(&mut payload, &mut std::io::sink());
                let long = Payload::again(pager, bytes, cell);
                skipped.map_err(Fault::from).and(self.push_long(cell, &record, long, sink))
            }
            Ok(_) => self.push(cell.rowid, &record, cell.size, sink),
            Err(error) => Err(error.into()),
        };
        self.record = record;
        flow
    }

    /// Adds a row. `address` is what names it where the key's columns do not.
    pub(super) fn push(
        &mut self,
        address: i64,
        record: &[u8],
        size: u64,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        let mut all = std::mem::take(&mut self.fields);
        let whole = fields(record, size, &mut all).is_some();
        if whole {
            self.add(address, record, &all);
        }
        self.fields = all;
        match whole {
            true if self.is_ripe() => Ok(self.hand_over(sink)),
            true => Ok(Flow::Continue),
            false => Err(Fault::Corrupt("a row is damaged")),
        }
    }

    /// Adds a row to the batch.
    pub(super) fn add(&mut self, address: i64, record: &[u8], all: &[Field]) {
        self.batch.begin_row();
        for (n, column) in self.table.columns.iter().enumerate() {
            let stored = all.get(n).map(|field| field.value(record));
            match stored {
                Some(Value::Null) | None if self.table.alias == Some(n) => self.number(address),
                Some(value) => self.cell(n, value),
                None => self.batch.cell(column.default.as_deref().unwrap_or_default().as_bytes()),
            }
        }
        if self.shape.has_address() {
            self.number(address);
        }
        self.batch.end_row();
    }

    fn number(&mut self, value: i64) {
        self.number.clear();
        let _ = write!(self.number, "{value}");
        self.batch.cell(&self.number);
    }

    fn cell(&mut self, column: usize, value: Value<'_>) {
        match value {
            Value::Null => self.batch.cell(b""),
            Value::Integer(n) => self.number(n),
            Value::Real(n) => {
                self.number.clear();
                write_number(n, &mut self.number);
                self.batch.cell(&self.number);
            }
            Value::Text(text) => {
                let text = match self.encoding {
                    Encoding::Utf8 => Cow::Borrowed(text),
                    other => Cow::Owned(other.decode(text).into_bytes()),
                };
                if is_document(&text) {
                    self.batch.cell(b"");
                    self.batch.value(column, ColumnKind::Text, text.into_owned());
                } else {
                    self.batch.cell(&text);
                }
            }
            Value::Blob(bytes) => self.blob(column, bytes),
        }
    }

    /// Bytes that are a short text are a cell like any other; all else is looked at by itself.
    fn blob(&mut self, column: usize, bytes: &[u8]) {
        let is_text = std::str::from_utf8(bytes)
            .is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()));
        if is_text && bytes.len() <= 256 && !is_document(bytes) {
            self.batch.cell(bytes);
            return;
        }
        self.batch.cell(b"");
        // What is left of a document cannot be read as one.
        if self.part.is_none() {
            self.batch.value(column, ColumnKind::Binary, bytes.to_vec());
        }
    }

    /// Adds a row with values that are too long to be held. `head` is how its record begins.
    fn push_long(
        &mut self,
        cell: &Cell,
        head: &[u8],
        mut payload: Payload<'_, '_>,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        let mut all = Vec::new();
        if fields(head, cell.size, &mut all).is_none() {
            return Err(Fault::Corrupt("a row is damaged"));
        }
        if self.hand_over(sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        let is_long = |field: &Field| field.range.end - field.range.start > LONGEST_CELL as u64;
        let short = all.iter().map(|field| match is_long(field) || field.range.end > HELD {
            true => Field { serial: crate::sqlite::Serial::Null, range: 0..0 },
            false => field.clone(),
        });
        let short: Vec<Field> = short.collect();
        self.add(cell.rowid, head, &short);
        let table = self.shape.table(&self.batch.text);
        let rows = self.placed();
        let mut flow = hand_over(&rows, &table, sink);
        let mut at = 0;
        for (n, field) in all.iter().enumerate().filter(|(_, field)| is_long(field)) {
            if flow == Flow::Stop || n >= self.shape.cells() {
                break;
            }
            std::io::copy(&mut payload.by_ref().take(field.range.start - at), &mut std::io::sink())?;
            let mut content = payload.by_ref().take(field.range.end - field.range.start);
            flow = value(&rows, (0, n), &mut content, sink)?;
            std::io::copy(&mut content, &mut std::io::sink())?;
            at = field.range.end;
        }
        self.begin_batch();
        Ok(flow)
    }

    fn is_ripe(&self) -> bool {
        let size = self.batch.size();
        match self.judged {
            None => self.batch.rows >= SAMPLE || size >= SAMPLE_BATCH,
            Some(_) => size >= BATCH,
        }
    }

    fn placed(&self) -> PlacedRows<'_> {
        PlacedRows {
            batch: &self.batch,
            shape: &self.shape,
            first: self.passed,
            mask: None,
            part: self.part,
        }
    }

    fn begin_batch(&mut self) {
        self.passed += self.batch.rows;
        self.batch.clear();
    }

    /// Hands over the rows at hand.
    pub(super) fn hand_over(&mut self, sink: &mut dyn Sink) -> Flow {
        if self.batch.rows == 0 {
            return Flow::Continue;
        }
        let judged = self.judged.take().unwrap_or_else(|| self.shape.table(&self.batch.text));
        let flow = hand_over(&self.placed(), &judged, sink);
        self.judged = Some(judged);
        self.begin_batch();
        flow
    }
}
