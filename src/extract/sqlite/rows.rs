//! The rows of a table, a batch at a time.

use std::io::Read as _;

use crate::extract::database::{self, stream_value};
use crate::model::{self, Flow, LONGEST_CELL, MaskKey, PlacedRows, RowBatch, Sink};
use crate::sqlite::{Cell, Cells, Fault, Field, Page, Pager, Payload, ReadSeek, Serial, fields};

/// Rows by which the columns are judged.
const SAMPLE: u64 = 1000;

/// A batch of more bytes is handed over.
const BATCH: usize = 128 * 1024;

/// Likewise where it shows what the columns hold.
const SAMPLE_BATCH: usize = 512 * 1024;

/// A longer record is not held in memory: its long values are read one after another.
const HELD: u64 = 1024 * 1024;

/// Rows of a table.
pub(super) struct Rows<'m> {
    cells: Cells,
    batch: RowBatch,
    /// What the columns hold, once it is known.
    judged: Option<model::Table>,
    /// Rows that were handed over.
    passed: u64,
    part: Option<&'static str>,
    mask: Option<&'m MaskKey<'m>>,
    record: Vec<u8>,
    fields: Vec<Field>,
}

impl<'m> Rows<'m> {
    /// None yet.
    pub(super) fn new(cells: Cells, mask: Option<&'m MaskKey<'m>>) -> Rows<'m> {
        Rows {
            cells,
            batch: RowBatch::default(),
            judged: None,
            passed: 0,
            part: None,
            mask,
            record: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// Rows that are not in the table any more.
    pub(super) fn deleted(cells: Cells, mask: Option<&'m MaskKey<'m>>) -> Rows<'m> {
        Rows { part: Some("deleted"), ..Rows::new(cells, mask) }
    }

    /// Reads the rows of a page.
    pub(super) fn read_page(
        &mut self,
        pager: &mut Pager<impl ReadSeek>,
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
        pager: &mut Pager<impl ReadSeek>,
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

    /// Adds a row.
    fn push(
        &mut self,
        rowid: i64,
        record: &[u8],
        size: u64,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        let mut all = std::mem::take(&mut self.fields);
        let whole = fields(record, size, &mut all).is_some();
        if whole {
            self.add(rowid, record, &all);
        }
        self.fields = all;
        match whole {
            true if self.is_ripe() => Ok(self.hand_over(sink)),
            true => Ok(Flow::Continue),
            false => Err(Fault::Corrupt("a row is damaged")),
        }
    }

    /// Adds a row to the batch.
    pub(super) fn add(&mut self, address: i64, record: &[u8], fields: &[Field]) {
        self.cells.add(&mut self.batch, address, record, fields);
    }

    /// Adds a row with values that are too long to be held. `head` is how its record begins.
    fn push_long(
        &mut self,
        cell: &Cell,
        head: &[u8],
        mut payload: Payload<'_, impl ReadSeek>,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        let mut all = Vec::new();
        if fields(head, cell.size, &mut all).is_none() {
            return Err(Fault::Corrupt("a row is damaged"));
        }
        if self.hand_over(sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        let size = |field: &Field| field.range.end - field.range.start;
        let is_long = |field: &Field| size(field) > LONGEST_CELL as u64 || field.range.end > HELD;
        let nothing = Field { serial: Serial::Null, range: 0..0 };
        let short = |field: &Field| if is_long(field) { nothing.clone() } else { field.clone() };
        let short: Vec<Field> = all.iter().map(short).collect();
        self.add(cell.rowid, head, &short);
        let table = self.cells.shape().table(&self.batch.text);
        let rows = self.placed();
        let mut flow = database::extract(&rows, &table, sink);
        let mut at = 0;
        for (n, field) in all.iter().enumerate().filter(|(_, field)| is_long(field)) {
            if flow == Flow::Stop || n >= rows.shape.cells() {
                break;
            }
            std::io::copy(
                &mut payload.by_ref().take(field.range.start - at),
                &mut std::io::sink(),
            )?;
            let mut content = payload.by_ref().take(size(field));
            flow = stream_value(&rows, (0, n), &mut content, sink)?;
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
            shape: self.cells.shape(),
            first: self.passed,
            mask: self.mask,
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
        let shape = self.cells.shape();
        let judged = self.judged.take().unwrap_or_else(|| shape.table(&self.batch.text));
        let flow = database::extract(&self.placed(), &judged, sink);
        self.judged = Some(judged);
        self.begin_batch();
        flow
    }
}
