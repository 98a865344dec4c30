//! Rows as they are stored, put into a batch as they are read: numbers as people see them, text in
//! UTF-8, JSON and bytes as values that are read by themselves.

use std::borrow::Cow;
use std::io::Write as _;

use super::header::Encoding;
use super::record::{Field, Value};
use super::schema::{Key, Table};
use crate::model::{self, ColumnKind, RowBatch, TableColumn, TableShape};

/// Bytes that are a text of this length are a cell like any other.
const SHORT: usize = 256;

/// Whole numbers above this are not exact (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Puts the rows of a table into batches.
#[derive(Clone, Debug)]
pub struct Cells {
    shape: TableShape,
    encoding: Encoding,
    alias: Option<usize>,
    defaults: Vec<String>,
    /// What is left of rows: bytes of a document are none.
    deleted: bool,
    number: Vec<u8>,
}

impl Cells {
    /// For the rows of a table.
    #[must_use]
    pub fn new(table: &Table, encoding: Encoding) -> Cells {
        let name = |&n: &usize| table.columns[n].name.clone();
        let key = match &table.key {
            Key::Columns(key) => model::Key::Columns(key.iter().map(name).collect()),
            Key::Rowid => model::Key::Address("rowid"),
        };
        Cells::keyed(table, encoding, key)
    }

    /// For what is left of rows of a table, that are named by `key`.
    #[must_use]
    pub fn deleted(table: &Table, encoding: Encoding, key: model::Key) -> Cells {
        Cells { deleted: true, ..Cells::keyed(table, encoding, key) }
    }

    fn keyed(table: &Table, encoding: Encoding, key: model::Key) -> Cells {
        let columns = table.columns.iter().map(|column| TableColumn {
            name: column.name.clone(),
            comment: Some(column.label.clone()).filter(|label| *label != column.name),
            kind: if column.is_number() { ColumnKind::Number } else { ColumnKind::Text },
        });
        let default = |column: &super::Column| column.default.clone().unwrap_or_default();
        Cells {
            shape: TableShape::new(table.name.clone(), columns.collect(), key),
            encoding,
            alias: table.alias,
            defaults: table.columns.iter().map(default).collect(),
            deleted: false,
            number: Vec::new(),
        }
    }

    /// The table as it is read.
    #[must_use]
    pub fn shape(&self) -> &TableShape {
        &self.shape
    }

    /// Adds a row. `address` is its row id, or what else names it where the key's columns do not.
    pub fn add(&mut self, batch: &mut RowBatch, address: i64, record: &[u8], fields: &[Field]) {
        batch.begin_row();
        for n in 0..self.defaults.len() {
            match fields.get(n).map(|field| field.value(record)) {
                Some(Value::Null) | None if self.alias == Some(n) => self.integer(batch, address),
                Some(value) => self.cell(batch, n, value),
                None => batch.cell(self.defaults[n].as_bytes()),
            }
        }
        if self.shape.has_address() {
            self.integer(batch, address);
        }
        batch.end_row();
    }

    fn integer(&mut self, batch: &mut RowBatch, value: i64) {
        self.number.clear();
        // Writing to memory does not fail.
        let _ = write!(self.number, "{value}");
        batch.cell(&self.number);
    }

    fn cell(&mut self, batch: &mut RowBatch, column: usize, value: Value<'_>) {
        match value {
            Value::Null => batch.cell(b""),
            Value::Integer(n) => self.integer(batch, n),
            Value::Real(n) => batch.cell(shown(n).as_bytes()),
            Value::Text(text) => {
                let text = match self.encoding {
                    Encoding::Utf8 => Cow::Borrowed(text),
                    other => Cow::Owned(other.decode(text).into_bytes()),
                };
                self.text(batch, column, &text);
            }
            Value::Blob(bytes) if bytes.len() <= SHORT && is_written(bytes) => {
                self.text(batch, column, bytes);
            }
            Value::Blob(bytes) => {
                batch.cell(b"");
                if !self.deleted {
                    batch.value(column, ColumnKind::Binary, bytes.to_vec());
                }
            }
        }
    }

    fn text(&self, batch: &mut RowBatch, column: usize, text: &[u8]) {
        match kind_of(text) {
            Some(kind) => {
                batch.cell(b"");
                batch.value(column, kind, text.to_vec());
            }
            None => batch.cell(text),
        }
    }
}

/// What a text is, if it is more than a cell: JSON, markup, pages of text.
fn kind_of(text: &[u8]) -> Option<ColumnKind> {
    let first = *text.first()?;
    if !matches!(first, b'{' | b'[' | b'<') && !first.is_ascii_whitespace() && text.len() <= 1000 {
        return None;
    }
    let trimmed = text.trim_ascii();
    match (trimmed.first()?, trimmed.last()?) {
        (b'{', b'}') | (b'[', b']') => Some(ColumnKind::Json),
        (b'<', b'>') if memchr::memmem::find(trimmed, b"</").is_some() => Some(ColumnKind::Text),
        _ => {
            let is_long = text.len() > 1000 && memchr::memchr_iter(b'\n', text).nth(8).is_some();
            is_long.then_some(ColumnKind::Text)
        }
    }
}

/// Are bytes something that was written?
fn is_written(bytes: &[u8]) -> bool {
    let is_plain = |c: char| !c.is_control() || c.is_whitespace();
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(is_plain))
}

/// A binary fraction as people see it: the last digits of `974.3099999999999` are noise.
fn shown(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < EXACT {
        return (value as i64).to_string();
    }
    if !(1e-4..1e10).contains(&value.abs()) {
        return format!("{value:.5E}");
    }
    let whole = value.abs().log10().floor().max(0.0) as usize + 1;
    let text = format!("{value:.*}", 10_usize.saturating_sub(whole));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_people_see_them() {
        for (value, want) in [
            (198_508_202_390.0, "198508202390"),
            (974.31 - 1e-13, "974.31"),
            (-0.5, "-0.5"),
            (0.1 + 0.2, "0.3"),
            (1e20, "1.00000E20"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(shown(value), want);
        }
    }

    #[test]
    fn what_is_more_than_a_cell() {
        let check = |text: &str, want| assert_eq!(kind_of(text.as_bytes()), want, "{text}");
        check("", None);
        check("Eva", None);
        check("{\"a\": 1}\n", Some(ColumnKind::Json));
        check(" [1, 2]", Some(ColumnKind::Json));
        check("[saknas", None);
        check("<p>Hej</p>", Some(ColumnKind::Text));
        check("<eva@example.com>", None);
        check(&"en rad\n".repeat(200), Some(ColumnKind::Text));
        check(&"ett ord ".repeat(200), None);
    }
}
