//! What is left of deleted rows, as rows of the table they were in.
//!
//! A row whose key is known is named by it; another by where its bytes stand.

use super::rows::Rows;
use crate::model::{Flow, Key, MaskKey, Sink};
use crate::sqlite::residue::{Leftover, Spot};
use crate::sqlite::{self, Cells, Encoding, Table, Value};

/// A batch of more rows is handed over.
const ROWS: usize = 1000;

/// Takes rows and hands them on.
pub(super) struct Deleted<'s, 'm> {
    encoding: Encoding,
    mask: Option<&'m MaskKey<'m>>,
    sink: &'s mut dyn Sink,
    /// Rows of one table, all of them named in one way.
    rows: Vec<(i64, Leftover)>,
    table: Option<Table>,
    key: Key,
    flow: Flow,
}

impl<'s, 'm> Deleted<'s, 'm> {
    /// None yet.
    pub(super) fn new(
        encoding: Encoding,
        mask: Option<&'m MaskKey<'m>>,
        sink: &'s mut dyn Sink,
    ) -> Deleted<'s, 'm> {
        let key = Key::Address("rowid");
        let (rows, flow) = (Vec::new(), Flow::Continue);
        Deleted { encoding, mask, sink, rows, table: None, key, flow }
    }

    /// Takes what is left of a row.
    pub(super) fn push(&mut self, table: &Table, row: &Leftover) -> Flow {
        let (key, address) = name(table, row);
        let same = self.table.as_ref().is_some_and(|known| known.name == table.name);
        if !same || self.key != key || self.rows.len() >= ROWS {
            self.hand_over();
            self.table = Some(table.clone());
            self.key = key;
        }
        self.rows.push((address, row.clone()));
        self.flow
    }

    fn hand_over(&mut self) {
        let Some(table) = &self.table else { return };
        let cells = Cells::deleted(table, self.encoding, self.key.clone());
        let mut rows = Rows::deleted(cells, self.mask);
        for (address, row) in self.rows.drain(..) {
            rows.add(address, &row.record, &row.fields);
        }
        if self.flow == Flow::Continue {
            self.flow = rows.hand_over(self.sink);
        }
    }

    /// Hands over what is left.
    pub(super) fn end(mut self) -> Flow {
        self.hand_over();
        self.flow
    }
}

/// What names a row: its key, or where its bytes stand in the file or in its log.
fn name(table: &Table, row: &Leftover) -> (Key, i64) {
    let names = |key: &[usize]| key.iter().map(|&n| table.columns[n].name.clone()).collect();
    let has = |&n: &usize| row.fields.get(n).is_some_and(|f| f.value(&row.record) != Value::Null);
    match (&table.key, row.rowid) {
        (sqlite::Key::Columns(key), Some(rowid)) if table.alias.is_some() => {
            (Key::Columns(names(key)), rowid)
        }
        (sqlite::Key::Columns(key), _) if key.iter().all(has) => (Key::Columns(names(key)), 0),
        (sqlite::Key::Rowid, Some(rowid)) => (Key::Address("rowid"), rowid),
        _ => match row.spot {
            Spot::File(at) => (Key::Address("offset"), at as i64),
            Spot::Log(at) => (Key::Address("wal_offset"), at as i64),
        },
    }
}
