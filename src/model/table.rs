//! Rows of a database's table, from whoever reads them to whoever scans them.
//!
//! A [`RowBatch`] holds rows as lines of text, a tab between two cells, so that they are scanned like
//! the rows of a delimited file; what a cell stands for is worked out for what is found in it only.
//! Values that are documents of their own (JSON, binary, long text) wait beside the text.

use std::borrow::Cow;
use std::ops::Range;

use super::{Column, KeyValue, Place, Places, Sample, Table};

/// Longer text is no cell but a document of its own.
pub const LONGEST_CELL: usize = 64 * 1024;

/// What a column holds, as far as reading it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, or what is written as text: dates, addresses of computers, lists.
    Text,
    /// Numbers.
    Number,
    /// JSON.
    Json,
    /// Bytes, which may be a document.
    Binary,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// What its makers say of it.
    pub comment: Option<String>,
    /// What it holds.
    pub kind: ColumnKind,
}

impl TableColumn {
    /// Is it among the cells of a row's text?
    #[must_use]
    pub fn is_cell(&self) -> bool {
        matches!(self.kind, ColumnKind::Text | ColumnKind::Number)
    }

    /// What its values are labelled with. A comment counts where it is a label rather than a manual.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.comment {
            Some(comment) if comment.chars().count() <= 60 && !comment.trim().is_empty() => {
                format!("{} ({})", self.name, comment.trim())
            }
            _ => self.name.clone(),
        }
    }
}

/// What names the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowKey {
    /// Columns, by their numbers among the columns.
    Columns(Vec<usize>),
    /// What the engine calls a row, good until it is written to: `ctid`, `rowid`. Each row's text
    /// ends with it.
    Address(&'static str),
}

/// A table as it is read: cells first, then the columns that are no cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableShape {
    /// The table, as locators name it.
    pub name: String,
    /// Its columns that are read.
    pub columns: Vec<TableColumn>,
    /// What names its rows.
    pub key: RowKey,
    /// What the engine calls a row, where each row's text ends with it.
    address: Option<&'static str>,
    /// Number of columns that are cells.
    cells: usize,
}

impl TableShape {
    /// Puts the cells first; `key` names columns by their names.
    #[must_use]
    pub fn new(name: String, mut columns: Vec<TableColumn>, key: Key) -> TableShape {
        columns.sort_by_key(|column| !column.is_cell());
        let cells = columns.iter().filter(|column| column.is_cell()).count();
        let at = |name: &String| columns[..cells].iter().position(|column| column.name == *name);
        let (key, address) = match key {
            Key::Columns(names) => (RowKey::Columns(names.iter().filter_map(at).collect()), None),
            Key::Address(name) => (RowKey::Address(name), Some(name)),
        };
        TableShape { name, columns, key, address, cells }
    }

    /// The same, with each row's text ended by what the engine calls the row.
    #[must_use]
    pub fn with_address(self, name: &'static str) -> TableShape {
        TableShape { address: Some(name), ..self }
    }

    /// Number of columns that are cells, the first ones.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Is what names the rows the last cell of each row's text?
    #[must_use]
    pub fn has_address(&self) -> bool {
        self.address.is_some()
    }

    /// The table as detectors see it; `sample` holds its first rows.
    #[must_use]
    pub fn table(&self, sample: &[u8]) -> Table {
        let names = self.columns[..self.cells].iter().map(TableColumn::label);
        Table {
            delimiter: b'\t',
            quote: None,
            columns: names.map(|name| Column { name }).collect(),
            has_header: true,
            sample: Sample::new(sample),
        }
    }
}

/// The key of a table by the names of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Columns.
    Columns(Vec<String>),
    /// The engine's own address of a row.
    Address(&'static str),
}

/// A value that is read by itself.
#[derive(Debug)]
pub struct StoredValue {
    /// Where its row begins in the batch's text.
    pub row: usize,
    /// Its column.
    pub column: usize,
    /// What it is; not every column of text holds text only.
    pub kind: ColumnKind,
    /// The value.
    pub content: Vec<u8>,
}

/// Rows, as text.
#[derive(Debug, Default)]
pub struct RowBatch {
    /// The rows, each ended by a line end.
    pub text: Vec<u8>,
    /// Values that are read by themselves, in the order of the rows.
    pub values: Vec<StoredValue>,
    /// Rows in it.
    pub rows: u64,
    /// Values of these rows that were too large to be fetched.
    pub omitted: u64,
    /// Cells that stand otherwise in the text than in the table: by their row's beginning and their
    /// column.
    altered: Vec<(usize, usize, String)>,
    row: usize,
    cell: usize,
    held: usize,
}

impl RowBatch {
    /// Bytes it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text.len() + self.held
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.text.clear();
        self.values.clear();
        self.altered.clear();
        self.rows = 0;
        self.omitted = 0;
        self.held = 0;
        self.row = 0;
        self.cell = 0;
    }

    /// Begins a row.
    pub fn begin_row(&mut self) {
        self.row = self.text.len();
        self.cell = 0;
    }

    /// Adds the row's next cell; none and empty are the same.
    pub fn cell(&mut self, value: &[u8]) {
        if self.cell > 0 {
            self.text.push(b'\t');
        }
        let column = self.cell;
        self.cell += 1;
        if value.len() > LONGEST_CELL {
            self.value(column, ColumnKind::Text, value.to_vec());
            return;
        }
        if is_json(value) {
            self.value(column, ColumnKind::Json, value.to_vec());
            return;
        }
        if !push_plain(&mut self.text, value) {
            let exact = decoded(value).into_owned();
            self.held += exact.len();
            self.altered.push((self.row, column, exact));
        }
    }

    /// Adds a value of the row that is read by itself.
    pub fn value(&mut self, column: usize, kind: ColumnKind, content: Vec<u8>) {
        self.held += content.len();
        self.values.push(StoredValue { row: self.row, column, kind, content });
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.text.push(b'\n');
        self.rows += 1;
    }

    /// Adds a row whose cells are parted by tabs, hold neither tabs nor line ends and are UTF-8.
    pub fn push_row(&mut self, row: &[u8]) {
        self.row = self.text.len();
        self.text.extend_from_slice(row);
        self.end_row();
    }

    /// The cell of the row that begins at `row`, as the table has it.
    #[must_use]
    pub fn exact_cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        let known = self.altered.binary_search_by_key(&(row, column), |(r, c, _)| (*r, *c));
        if let Ok(n) = known {
            return Cow::Borrowed(&self.altered[n].2);
        }
        let rest = &self.text[row..];
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        let cell = line.split(|b| *b == b'\t').nth(column).unwrap_or_default();
        String::from_utf8_lossy(cell)
    }

    /// Where the last row begins.
    #[must_use]
    pub fn last_row(&self) -> usize {
        let rows = self.text.strip_suffix(b"\n").unwrap_or(&self.text);
        memchr::memrchr(b'\n', rows).map_or(0, |end| end + 1)
    }

    /// Columns of the key of the row that begins at `row`, and their values.
    #[must_use]
    pub fn key(&self, shape: &TableShape, row: usize) -> Vec<(String, KeyValue)> {
        match &shape.key {
            RowKey::Address(name) => {
                let address = self.exact_cell(row, shape.cells()).into_owned();
                let value = match address.parse() {
                    Ok(number) => KeyValue::Integer(number),
                    Err(_) => KeyValue::Text(address),
                };
                vec![((*name).to_owned(), value)]
            }
            RowKey::Columns(columns) => {
                columns.iter().map(|&n| self.key_value(&shape.columns[n], row, n)).collect()
            }
        }
    }

    fn key_value(&self, column: &TableColumn, row: usize, n: usize) -> (String, KeyValue) {
        let text = self.exact_cell(row, n);
        let number = text.parse().ok().filter(|n: &i64| n.unsigned_abs() <= 1 << 53);
        let value = match number {
            Some(number) if column.kind == ColumnKind::Number => KeyValue::Integer(number),
            _ => KeyValue::Text(text.into_owned()),
        };
        (column.name.clone(), value)
    }
}

/// A key as it may be shown: what is personal in it masked.
pub type MaskKey<'m> = dyn Fn(&str, &str) -> Option<String> + Sync + 'm;

/// The rows of a batch and their places.
pub struct PlacedRows<'b> {
    /// The rows.
    pub batch: &'b RowBatch,
    /// Their table.
    pub shape: &'b TableShape,
    /// Number of the first row in what is read.
    pub first: u64,
    /// Masks the values of keys, where they are not shown as they are.
    pub mask: Option<&'b MaskKey<'b>>,
    /// What the rows are, where they are not in the table any more.
    pub part: Option<&'static str>,
}

impl PlacedRows<'_> {
    /// The key of a row as it may be shown, and whether something of it is hidden.
    #[must_use]
    pub fn shown_key(&self, row: usize) -> (Vec<(String, KeyValue)>, bool) {
        let mut key = self.batch.key(self.shape, row);
        let mut hidden = false;
        for (column, value) in &mut key {
            let text = match value {
                KeyValue::Integer(number) => number.to_string(),
                KeyValue::Text(text) => text.clone(),
            };
            if let Some(masked) = self.mask.and_then(|mask| mask(column, &text)) {
                *value = KeyValue::Text(masked);
                hidden = true;
            }
        }
        (key, hidden)
    }

    /// The place of a column of the row that begins at `row`.
    #[must_use]
    pub fn place_of(&self, row: usize, column: usize, pointer: Option<String>) -> Place {
        self.placed(row, column, pointer).0
    }

    fn placed(&self, row: usize, column: usize, pointer: Option<String>) -> (Place, bool) {
        let (key, hidden) = self.shown_key(row);
        let name = match self.shape.columns.get(column) {
            Some(column) => column.name.clone(),
            None => self.shape.address.unwrap_or_default().to_owned(),
        };
        let table = self.shape.name.clone();
        (Place::Row { table, column: name, key, pointer, part: self.part }, hidden)
    }
}

impl Places for PlacedRows<'_> {
    fn place(&self, text: &[u8], range: &Range<usize>, _field: Option<&str>) -> (Place, usize) {
        let row = memchr::memrchr(b'\n', &text[..range.start]).map_or(0, |end| end + 1);
        // A row as a whole is told at its first filled cell.
        let empty = text[range.start..].iter().take_while(|b| **b == b'\t').count();
        let at = (range.start + empty).min(range.end);
        let before = &text[row..at];
        let column = memchr::memchr_iter(b'\t', before).count();
        let cell = memchr::memrchr(b'\t', before).map_or(row, |tab| row + tab + 1);
        // The address of a row is no column, whatever number it has among the cells.
        let column = if column >= self.shape.cells() { usize::MAX } else { column };
        let (place, hidden) = self.placed(row, column, None);
        // Rows whose keys are hidden are told apart by where they stand.
        let number = if hidden { self.first + self.row_number(row) + 1 } else { 0 };
        (place, (at - cell) ^ (number as usize) << 24)
    }
}

impl PlacedRows<'_> {
    fn row_number(&self, row: usize) -> u64 {
        memchr::memchr_iter(b'\n', &self.batch.text[..row]).count() as u64
    }
}

/// Adds a value without the bytes that divide cells and rows, as UTF-8. A line end parts numbers; a
/// space would join them. False if it does not stand there as it is.
fn push_plain(text: &mut Vec<u8>, value: &[u8]) -> bool {
    let decoded = decoded(value);
    let is_exact = matches!(decoded, Cow::Borrowed(_));
    let mut rest = decoded.as_bytes();
    let mut plain = is_exact;
    while let Some(at) = memchr::memchr3(b'\t', b'\n', b'\r', rest) {
        plain = false;
        text.extend_from_slice(&rest[..at]);
        let digit = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_digit() || *b == b'+');
        let numbers = at > 0 && digit(rest.get(at - 1)) && digit(rest.get(at + 1));
        text.extend_from_slice(if numbers { "\u{2028}".as_bytes() } else { b" " });
        rest = &rest[at + 1..];
    }
    text.extend_from_slice(rest);
    plain
}

/// Is a text a JSON object, or a list of objects or texts? Lists of PostgreSQL (`{"a","b"}`) are not.
fn is_json(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    match (value.first(), value.last()) {
        (Some(b'{'), Some(b'}')) => {
            let inner = value[1..].trim_ascii_start();
            let Some(key) = inner.strip_prefix(b"\"") else { return false };
            let behind = memchr::memchr(b'"', key).map(|end| key[end + 1..].trim_ascii_start());
            behind.is_some_and(|behind| behind.first() == Some(&b':'))
        }
        (Some(b'['), Some(b']')) => {
            matches!(value[1..].trim_ascii_start().first(), Some(b'{' | b'"'))
        }
        _ => false,
    }
}

/// Text of a database that does not know its encoding (`SQL_ASCII`, or Latin-1 put into a column of
/// another name) is UTF-8 where it can be, and Latin-1 otherwise.
fn decoded(value: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(value.iter().map(|&byte| char::from(byte)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: ColumnKind) -> TableColumn {
        TableColumn { name: name.to_owned(), comment: None, kind }
    }

    fn shape() -> TableShape {
        let columns = vec![
            column("data", ColumnKind::Json),
            column("id", ColumnKind::Number),
            column("namn", ColumnKind::Text),
        ];
        TableShape::new("kund".to_owned(), columns, Key::Columns(vec!["id".to_owned()]))
    }

    #[test]
    fn cells_stand_before_what_is_no_cell() {
        let shape = shape();
        let names: Vec<&str> = shape.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["id", "namn", "data"]);
        assert_eq!((shape.cells(), &shape.key), (2, &RowKey::Columns(vec![0])));
    }

    #[test]
    fn places_name_the_row() {
        let shape = shape();
        let mut batch = RowBatch::default();
        for (id, name) in [("1", &b"Eva"[..]), ("2", b"Karl\tEmil"), ("x\n3", b"\xC5sa")] {
            batch.begin_row();
            batch.cell(id.as_bytes());
            batch.cell(name);
            batch.end_row();
        }
        assert_eq!(batch.text, "1\tEva\n2\tKarl Emil\nx 3\tÅsa\n".as_bytes());
        let rows = PlacedRows { batch: &batch, shape: &shape, first: 0, mask: None, part: None };
        let check = |find: &str, key: KeyValue, offset: usize| {
            let text = std::str::from_utf8(&batch.text).unwrap();
            let at = text.find(find).unwrap();
            let (place, got) = rows.place(&batch.text, &(at..at + find.len()), None);
            let want = Place::Row {
                table: "kund".to_owned(),
                column: "namn".to_owned(),
                key: vec![("id".to_owned(), key)],
                pointer: None,
                part: None,
            };
            assert_eq!((place, got), (want, offset), "{find}");
        };
        check("Eva", KeyValue::Integer(1), 0);
        check("Emil", KeyValue::Integer(2), 5);
        check("Åsa", KeyValue::Text("x\n3".to_owned()), 0);
        assert_eq!(batch.last_row(), "1\tEva\n2\tKarl Emil\n".len());
    }

    #[test]
    fn keys_are_masked_where_that_is_asked_for() {
        let shape = shape();
        let mut batch = RowBatch::default();
        batch.push_row(b"1\tEva");
        batch.push_row(b"2\tEva");
        let mask = |_: &str, _: &str| Some("***".to_owned());
        let rows =
            PlacedRows { batch: &batch, shape: &shape, first: 10, mask: Some(&mask), part: None };
        let (first, a) = rows.place(&batch.text, &(2..5), None);
        let (second, b) = rows.place(&batch.text, &(8..11), None);
        assert_eq!(first, second);
        assert_ne!(a, b);
    }
}
