//! Rows in the order of their key.

use futures_util::StreamExt as _;
use sqlx::mysql::{MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, Row as _};

use super::super::{Asked, BATCH, Failure, LARGEST_VALUE, OpenTable, Position, TakeRows};
use super::catalog::table_of;
use super::{Mysql, failure, literal, quoted};
use crate::model::{ColumnKind, Flow, RowBatch, RowKey, TableColumn, TablePart, TableShape};

pub(super) fn rows(
    server: &mut Mysql,
    asked: &Asked<'_>,
    position: &mut Position,
    take: &mut TakeRows<'_>,
) -> Result<(), Failure> {
    let shape = &asked.table.shape;
    let mut conditions = range(asked.part);
    conditions.extend(position.as_ref().map(|cells| behind(shape, cells)));
    conditions.extend(asked.table.share.map(|share| format!("rand(1) * 1000000 < {share}")));
    let filter = match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", conditions.join(" AND ")),
    };
    let from = table_of(server, asked.part);
    let statement = format!("SELECT {} FROM {from}{filter}{}", selected(shape), order(shape));
    let key = match &shape.key {
        RowKey::Columns(columns) => columns.clone(),
        RowKey::Address(_) => Vec::new(),
    };
    select(server, statement, asked.table, &mut |batch| {
        let cell = |&n: &usize| batch.exact_cell(batch.last_row(), n).into_owned();
        *position = (!key.is_empty()).then(|| key.iter().map(cell).collect());
        take(batch)
    })
}

/// Hands over the first rows of the table.
pub(super) fn first_rows(
    server: &mut Mysql,
    part: &TablePart,
    table: &OpenTable,
    rows: usize,
    take: &mut TakeRows<'_>,
) -> Result<(), Failure> {
    let from = table_of(server, part);
    let (columns, order) = (selected(&table.shape), order(&table.shape));
    select(server, format!("SELECT {columns} FROM {from}{order} LIMIT {rows}"), table, take)
}

/// The columns, and how many values of the row are too large.
fn selected(shape: &TableShape) -> String {
    let long: Vec<&TableColumn> = shape.columns.iter().filter(|c| may_be_long(c)).collect();
    let columns = shape.columns.iter().map(|column| {
        let name = quoted(&column.name);
        match may_be_long(column) {
            true => format!("if(octet_length({name}) <= {LARGEST_VALUE}, {name}, null)"),
            false => name,
        }
    });
    let omitted = long.iter().map(|column| {
        format!("coalesce(octet_length({}) > {LARGEST_VALUE}, 0)", quoted(&column.name))
    });
    let omitted = std::iter::once("0".to_owned()).chain(omitted).collect::<Vec<_>>().join(" + ");
    columns.chain([omitted]).collect::<Vec<_>>().join(", ")
}

/// May a value have more bytes than are fetched? Only long types may; those are few.
fn may_be_long(column: &TableColumn) -> bool {
    matches!(column.kind, ColumnKind::Json | ColumnKind::Binary)
}

fn order(shape: &TableShape) -> String {
    match &shape.key {
        RowKey::Columns(columns) if !columns.is_empty() => {
            let names = columns.iter().map(|&n| quoted(&shape.columns[n].name));
            format!(" ORDER BY {}", names.collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    }
}

fn range(part: &TablePart) -> Vec<String> {
    let Some(range) = &part.range else { return Vec::new() };
    let name = quoted(&range.column);
    let from = range.from.map(|from| format!("{name} >= {from}"));
    let to = range.to.map(|to| format!("{name} < {to}"));
    from.into_iter().chain(to).collect()
}

/// Rows behind the one of these cells, so that the index is used: `a > x OR a = x AND b > y`.
fn behind(shape: &TableShape, cells: &[String]) -> String {
    let RowKey::Columns(columns) = &shape.key else { return "true".to_owned() };
    let pairs: Vec<(String, String)> = columns
        .iter()
        .zip(cells)
        .map(|(&n, cell)| (quoted(&shape.columns[n].name), literal(cell)))
        .collect();
    let after = (0..pairs.len()).map(|n| {
        let same = pairs[..n].iter().map(|(name, cell)| format!("{name} = {cell}"));
        let beyond = format!("{} > {}", pairs[n].0, pairs[n].1);
        same.chain([beyond]).collect::<Vec<_>>().join(" AND ")
    });
    format!("({})", after.collect::<Vec<_>>().join(" OR "))
}

fn select(
    server: &mut Mysql,
    statement: String,
    table: &OpenTable,
    take: &mut TakeRows<'_>,
) -> Result<(), Failure> {
    server.ready()?;
    let Some(mut connection) = server.connection.take() else {
        return Err(Failure::lost("there is no connection"));
    };
    match server.runtime.block_on(stream(&mut connection, statement, table, take)) {
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
    connection: &mut MySqlConnection,
    statement: String,
    table: &OpenTable,
    take: &mut TakeRows<'_>,
) -> Result<Flow, Failure> {
    let mut rows = sqlx::raw_sql(AssertSqlSafe(statement)).fetch(connection);
    let mut batch = RowBatch::default();
    while let Some(row) = rows.next().await {
        match row {
            Ok(row) => push(&mut batch, &table.shape, &row),
            Err(error) => {
                if batch.rows > 0 {
                    let _ = take(&batch);
                }
                return Err(failure(&error));
            }
        }
        if batch.size() >= BATCH {
            if take(&batch) == Flow::Stop {
                return Ok(Flow::Stop);
            }
            batch.clear();
        }
    }
    if batch.rows > 0 { Ok(take(&batch)) } else { Ok(Flow::Continue) }
}

fn push(batch: &mut RowBatch, shape: &TableShape, row: &MySqlRow) {
    batch.begin_row();
    for (n, column) in shape.columns.iter().enumerate() {
        let value = row.try_get_unchecked::<Option<&[u8]>, _>(n).ok().flatten().unwrap_or_default();
        if n < shape.cells() {
            batch.cell(value);
        } else if !value.is_empty() {
            batch.value(n, column.kind, value.to_vec());
        }
    }
    let omitted = row.try_get_unchecked::<Option<&[u8]>, _>(shape.columns.len());
    if let Ok(Some(omitted)) = omitted
        && let Ok(omitted) = String::from_utf8_lossy(omitted).parse::<u64>()
    {
        batch.omitted += omitted;
    }
    batch.end_row();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    #[test]
    fn rows_behind_a_key() {
        let column = |name: &str| TableColumn {
            name: name.to_owned(),
            comment: None,
            kind: ColumnKind::Number,
        };
        let key = Key::Columns(vec!["a".to_owned(), "b".to_owned()]);
        let shape = TableShape::new("t".to_owned(), vec![column("a"), column("b")], key);
        let got = behind(&shape, &["1".to_owned(), "it's".to_owned()]);
        assert_eq!(got, "(`a` > '1' OR `a` = '1' AND `b` > 'it''s')");
        assert_eq!(order(&shape), " ORDER BY `a`, `b`");
    }
}
