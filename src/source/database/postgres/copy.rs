//! Rows by `COPY … TO STDOUT` in text format: a line a row, a tab between two values, a backslash
//! before what would be mistaken (<https://www.postgresql.org/docs/current/sql-copy.html>).
//!
//! A row without a backslash is what is scanned as it stands, which most rows are.

use futures_util::StreamExt as _;
use sqlx::postgres::PgConnection;

use super::super::{Asked, BATCH, Failure, LARGEST_VALUE, OpenTable, Position, TakeRows};
use super::{Postgres, failure, literal, quoted, table_of};
use crate::model::{
    ColumnKind, Flow, LONGEST_CELL, RowBatch, RowKey, TableColumn, TablePart, TableShape,
};

/// Hands over the rows of a part.
pub(super) fn rows(
    server: &mut Postgres,
    asked: &Asked<'_>,
    position: &mut Position,
    take: &mut TakeRows<'_>,
) -> Result<(), Failure> {
    let statement = Select::new(asked).rows(position.as_ref());
    let shape = &asked.table.shape;
    let resumable = Select::new(asked).order();
    copy(server, &statement, asked.table, &mut |batch| {
        *position = resumable.position(shape, batch);
        take(batch)
    })
}

/// Hands over the first rows of a part.
pub(super) fn first_rows(
    server: &mut Postgres,
    asked: &Asked<'_>,
    rows: usize,
    take: &mut TakeRows<'_>,
) -> Result<(), Failure> {
    let statement = Select::new(asked).first(rows);
    copy(server, &statement, asked.table, take)
}

/// What rows of a part come in the order of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Their key.
    Key,
    /// Where they lie.
    Address,
    /// Nothing that could be gone on from.
    None,
}

impl Order {
    /// What names the last row of a batch.
    fn position(self, shape: &TableShape, batch: &RowBatch) -> Position {
        let row = batch.last_row();
        let cell = |n: usize| batch.exact_cell(row, n).into_owned();
        match (self, &shape.key) {
            (Order::Key, RowKey::Columns(columns)) => {
                Some(columns.iter().map(|&n| cell(n)).collect())
            }
            (Order::Address, _) => Some(vec![cell(shape.cells())]),
            _ => None,
        }
    }
}

/// The statements that read a part.
struct Select<'a> {
    part: &'a TablePart,
    table: &'a OpenTable,
}

impl<'a> Select<'a> {
    fn new(asked: &Asked<'a>) -> Select<'a> {
        Select { part: asked.part, table: asked.table }
    }

    /// Ranges of keys come in the order of the key, which an index has; what is read as a whole comes
    /// as it lies, for to sort it would be work for the server.
    fn order(&self) -> Order {
        match &self.table.shape.key {
            _ if self.table.shape.has_address() => Order::Address,
            RowKey::Columns(columns) if !columns.is_empty() => Order::Key,
            RowKey::Columns(_) | RowKey::Address(_) => Order::None,
        }
    }

    fn rows(&self, position: Option<&Vec<String>>) -> String {
        let mut conditions = self.range();
        conditions.extend(position.map(|cells| self.behind(cells)));
        let order = match self.order() {
            Order::Key => format!(" ORDER BY {}", self.key()),
            Order::Address | Order::None => String::new(),
        };
        self.copied(&format!("{}{order}", self.filtered(&conditions)))
    }

    fn first(&self, rows: usize) -> String {
        let order = match self.order() {
            Order::Key => format!(" ORDER BY {}", self.key()),
            Order::Address | Order::None => String::new(),
        };
        self.copied(&format!("{}{order} LIMIT {rows}", self.from()))
    }

    /// `FROM` with the conditions.
    fn filtered(&self, conditions: &[String]) -> String {
        let share = self.table.share.map_or_else(String::new, |millionths| {
            format!(" TABLESAMPLE BERNOULLI ({}) REPEATABLE (1)", f64::from(millionths) / 10_000.0)
        });
        let from = self.from();
        match conditions.is_empty() {
            true => format!("{from}{share}"),
            false => format!("{from}{share} WHERE {}", conditions.join(" AND ")),
        }
    }

    fn from(&self) -> String {
        // Rows of tables that inherit from it are rows of those.
        format!("ONLY {}", table_of(self.part))
    }

    fn copied(&self, rows: &str) -> String {
        let columns = self.table.shape.columns.iter();
        let (cells, values): (Vec<_>, Vec<_>) = columns.partition(|column| column.is_cell());
        let mut all: Vec<String> = cells.into_iter().map(|c| self.expression(c)).collect();
        if self.table.shape.has_address() {
            all.push("ctid".to_owned());
        }
        all.extend(values.into_iter().map(|c| self.expression(c)));
        if self.table.guarded {
            all.push(self.omitted());
        }
        format!("COPY (SELECT {} FROM {rows}) TO STDOUT (FORMAT text, NULL '')", all.join(", "))
    }

    fn expression(&self, column: &TableColumn) -> String {
        let name = quoted(&column.name);
        match self.table.guarded && may_be_long(column) {
            true => format!("CASE WHEN {} <= {LARGEST_VALUE} THEN {name} END", size_of(column)),
            false => name,
        }
    }

    /// How many values of a row are too large.
    fn omitted(&self) -> String {
        let long = self.table.shape.columns.iter().filter(|column| may_be_long(column));
        let counts = long.map(|column| {
            format!("CASE WHEN {} > {LARGEST_VALUE} THEN 1 ELSE 0 END", size_of(column))
        });
        std::iter::once("0".to_owned()).chain(counts).collect::<Vec<_>>().join(" + ")
    }

    fn range(&self) -> Vec<String> {
        let Some(range) = &self.part.range else { return Vec::new() };
        let name = quoted(&range.column);
        let from = range.from.map(|from| format!("{name} >= {from}"));
        let to = range.to.map(|to| format!("{name} < {to}"));
        from.into_iter().chain(to).collect()
    }

    /// Rows behind the one of these cells.
    fn behind(&self, cells: &[String]) -> String {
        let values: Vec<String> = cells.iter().map(|cell| literal(cell)).collect();
        match self.table.shape.has_address() {
            true => format!("ctid > {}", values.join(", ")),
            false => format!("({}) > ({})", self.key(), values.join(", ")),
        }
    }

    fn key(&self) -> String {
        let RowKey::Columns(columns) = &self.table.shape.key else { return "ctid".to_owned() };
        let names = columns.iter().map(|&n| quoted(&self.table.shape.columns[n].name));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// May a value have more bytes than are fetched?
fn may_be_long(column: &TableColumn) -> bool {
    column.kind != ColumnKind::Number
}

/// The bytes of a value, which are known without unpacking it.
fn size_of(column: &TableColumn) -> String {
    format!("coalesce(pg_catalog.pg_column_size({}), 0)", quoted(&column.name))
}

/// Runs a `COPY` and hands over its rows in batches.
fn copy(
    server: &mut Postgres,
    statement: &str,
    table: &OpenTable,
    take: &mut TakeRows<'_>,
) -> Result<(), Failure> {
    server.ready()?;
    let Some(mut connection) = server.connection.take() else {
        return Err(Failure::lost("there is no connection"));
    };
    let copied = server.runtime.block_on(stream(&mut connection, statement, table, take));
    match copied {
        Ok(Flow::Continue) => server.connection = Some(connection),
        // What is still under way would have to be read first: the connection is closed instead.
        Ok(Flow::Stop) => {}
        Err(failure) if failure.lost => return Err(failure),
        Err(failure) => {
            server.connection = Some(connection);
            return Err(failure);
        }
    }
    Ok(())
}

async fn stream(
    connection: &mut PgConnection,
    statement: &str,
    table: &OpenTable,
    take: &mut TakeRows<'_>,
) -> Result<Flow, Failure> {
    let mut chunks = connection.copy_out_raw(statement).await.map_err(|e| failure(&e))?;
    let mut batch = RowBatch::default();
    let mut line = Line::new(table);
    while let Some(chunk) = chunks.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => {
                // What came before is whole rows.
                if batch.rows > 0 {
                    let _ = take(&batch);
                }
                return Err(failure(&error));
            }
        };
        line.push(&mut batch, chunk.strip_suffix(b"\n").unwrap_or(&chunk));
        if batch.size() >= BATCH {
            if take(&batch) == Flow::Stop {
                return Ok(Flow::Stop);
            }
            batch.clear();
        }
    }
    if batch.rows > 0 { Ok(take(&batch)) } else { Ok(Flow::Continue) }
}

/// Reads lines of `COPY`.
struct Line<'t> {
    shape: &'t TableShape,
    guarded: bool,
    /// Cells, the row's address included.
    cells: usize,
    value: Vec<u8>,
}

impl<'t> Line<'t> {
    fn new(table: &'t OpenTable) -> Line<'t> {
        let shape = &table.shape;
        let cells = shape.cells() + usize::from(shape.has_address());
        Line { shape, guarded: table.guarded, cells, value: Vec::new() }
    }

    /// Adds a row.
    fn push(&mut self, batch: &mut RowBatch, line: &[u8]) {
        let only_cells = self.cells >= self.shape.columns.len() && !self.guarded;
        let plain = only_cells
            && line.len() <= LONGEST_CELL
            && memchr::memchr3(b'\\', b'{', b'[', line).is_none()
            && std::str::from_utf8(line).is_ok();
        if plain {
            batch.push_row(line);
        } else {
            self.push_values(batch, line);
        }
    }

    fn push_values(&mut self, batch: &mut RowBatch, line: &[u8]) {
        batch.begin_row();
        let values = self.cells + self.shape.columns.len() - self.shape.cells();
        for (n, escaped) in line.split(|b| *b == b'\t').enumerate() {
            unescape(escaped, &mut self.value);
            if n < self.cells {
                batch.cell(&self.value);
            } else if n < values {
                let column = self.shape.cells() + n - self.cells;
                self.push_value(batch, column);
            } else if let Ok(omitted) = String::from_utf8_lossy(&self.value).parse::<u64>() {
                batch.omitted += omitted;
            }
        }
        batch.end_row();
    }

    fn push_value(&mut self, batch: &mut RowBatch, column: usize) {
        if self.value.is_empty() {
            return;
        }
        let kind = self.shape.columns[column].kind;
        let content = match kind {
            ColumnKind::Binary => from_hex(&self.value),
            _ => self.value.clone(),
        };
        if !content.is_empty() {
            batch.value(column, kind, content);
        }
    }
}

/// A value without its escapes.
fn unescape(escaped: &[u8], value: &mut Vec<u8>) {
    value.clear();
    let mut rest = escaped;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        value.extend_from_slice(&rest[..at]);
        let Some(&next) = rest.get(at + 1) else {
            rest = &[];
            break;
        };
        value.push(match next {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            other => other,
        });
        rest = &rest[at + 2..];
    }
    value.extend_from_slice(rest);
}

/// The bytes of `\x…`.
fn from_hex(text: &[u8]) -> Vec<u8> {
    let digits = text.strip_prefix(b"\\x").unwrap_or(text);
    let digit = |b: u8| char::from(b).to_digit(16).unwrap_or(0) as u8;
    digits.chunks_exact(2).map(|two| digit(two[0]) << 4 | digit(two[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    fn column(name: &str, kind: ColumnKind) -> TableColumn {
        TableColumn { name: name.to_owned(), comment: None, kind }
    }

    fn table(columns: Vec<TableColumn>, key: Key, guarded: bool) -> OpenTable {
        OpenTable {
            shape: TableShape::new("public.kund".to_owned(), columns, key),
            sample: Vec::new(),
            problems: Vec::new(),
            share: None,
            guarded,
        }
    }

    fn kund(guarded: bool) -> OpenTable {
        let columns = vec![
            column("id", ColumnKind::Number),
            column("namn", ColumnKind::Text),
            column("bild", ColumnKind::Binary),
        ];
        table(columns, Key::Columns(vec!["id".to_owned()]), guarded)
    }

    #[test]
    fn lines_are_read() {
        let check = |line: &str, text: &str, values: &[&[u8]], omitted: u64| {
            let table = kund(true);
            let mut batch = RowBatch::default();
            Line::new(&table).push(&mut batch, line.as_bytes());
            let got: Vec<&[u8]> = batch.values.iter().map(|v| &v.content[..]).collect();
            assert_eq!(String::from_utf8_lossy(&batch.text), text, "{line}");
            assert_eq!((&got[..], batch.omitted), (values, omitted), "{line}");
        };
        check("1\tEva\t\t0", "1\tEva\n", &[], 0);
        check("1\tEva\\tEk\\nx\t\\\\x255044\t0", "1\tEva Ek x\n", &[b"%PD"], 0);
        check("1\tC:\\\\x\t\t2", "1\tC:\\x\n", &[], 2);
        check("1\t{\"a\": \"b\"}\t\t0", "1\t\n", &[b"{\"a\": \"b\"}"], 0);
        check("1\t{\"a\",\"b\"}\t\t0", "1\t{\"a\",\"b\"}\n", &[], 0);
    }

    #[test]
    fn statements_name_what_they_should() {
        let check = |table: &OpenTable, range: Option<(i64, i64)>, after: &[&str], want: &str| {
            let mut part = TablePart::whole(Some("a\"b".to_owned()), "kund".to_owned());
            part.range = range.map(|(from, to)| crate::model::KeyRange {
                column: "id".to_owned(),
                from: Some(from),
                to: Some(to),
            });
            let select = Select { part: &part, table };
            let after: Vec<String> = after.iter().map(|&cell| cell.to_owned()).collect();
            assert_eq!(select.rows((!after.is_empty()).then_some(&after)), want);
        };
        check(
            &kund(false),
            Some((1, 9)),
            &["4"],
            "COPY (SELECT \"id\", \"namn\", \"bild\" FROM ONLY \"a\"\"b\".\"kund\" WHERE \"id\" >= 1 AND \
             \"id\" < 9 AND (\"id\") > (E'4') ORDER BY \"id\") TO STDOUT (FORMAT text, NULL '')",
        );
        let keyless = table(vec![column("x", ColumnKind::Text)], Key::Address("ctid"), false);
        check(
            &keyless,
            None,
            &["(0,1)"],
            "COPY (SELECT \"x\", ctid FROM ONLY \"a\"\"b\".\"kund\" WHERE ctid > E'(0,1)') TO STDOUT \
             (FORMAT text, NULL '')",
        );
    }
}
