//! What tables a server has, and their columns: `information_schema`. Tables on which a user has no
//! right at all do not stand there.

use super::super::{Failure, Listed, OpenTable, SAMPLE_ROWS, Settings, Share, part};
use super::{Mysql, literal, quoted, rows};
use crate::model::{ColumnKind, Flow, Key, Reason, Skipped, TableColumn, TablePart, TableShape};
use crate::source::State;

/// What the user was granted.
pub(super) const STANDING: &str = "SHOW GRANTS";

const SYSTEM: &str = "('information_schema', 'performance_schema', 'mysql', 'sys')";

/// May a user who was granted this write, or do anything?
pub(super) fn standing(granted: &[String]) -> super::Standing {
    let mut standing = super::Standing::default();
    for grant in granted {
        let rights = grant.strip_prefix("GRANT ").unwrap_or(grant);
        let rights = rights.split(" ON ").next().unwrap_or(rights);
        let everywhere = grant.contains(" ON *.* ");
        let all = rights.starts_with("ALL PRIVILEGES");
        standing.superuser |= everywhere && (all || rights.split(", ").any(|r| r == "SUPER"));
        let writes = ["INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER"];
        standing.writes |= all || rights.split(", ").any(|right| writes.contains(&right));
    }
    standing
}

pub(super) fn tables(server: &mut Mysql, settings: &Settings) -> Result<Vec<Listed>, Failure> {
    let schemas = match &server.database {
        Some(database) => format!("= {}", literal(database)),
        None => format!("NOT IN {SYSTEM}"),
    };
    let found = server.ask(format!(
        "SELECT table_schema, table_name, table_type, engine, data_length \
         FROM information_schema.tables WHERE table_schema {schemas}"
    ))?;
    let mut listed = Vec::new();
    for row in &found {
        let text = |n: usize| row.get(n).and_then(|value| value.as_deref());
        let (Some(schema), Some(name)) = (text(0), text(1)) else { continue };
        let schema = server.database.is_none().then(|| schema.to_owned());
        let part = TablePart::whole(schema, name.to_owned());
        let bytes = text(4).and_then(|n| n.parse().ok()).unwrap_or(0);
        if text(2) == Some("SEQUENCE") {
            continue;
        }
        if shows_others(text(2), text(3)) && !settings.views {
            listed.push(Listed { part, state: State::Skipped(Skipped::Link) });
        } else {
            listed.extend(parts(server, part, bytes)?);
        }
    }
    Ok(listed)
}

/// A view, or a table of another server.
fn shows_others(kind: Option<&str>, engine: Option<&str>) -> bool {
    let elsewhere = ["FEDERATED", "CONNECT", "SPIDER", "S3"];
    kind.is_some_and(|kind| kind.ends_with("VIEW"))
        || engine.is_some_and(|engine| elsewhere.contains(&engine))
}

/// The table of a part, in `FROM`.
pub(super) fn table_of(server: &Mysql, part: &TablePart) -> String {
    let schema = part.schema.as_ref().or(server.database.as_ref());
    match schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&part.name)),
        None => quoted(&part.name),
    }
}

/// `table_schema = … AND table_name = …`
fn is_table(server: &Mysql, part: &TablePart) -> String {
    let schema = part.schema.as_ref().or(server.database.as_ref());
    let schema = schema.map_or_else(|| "database()".to_owned(), |schema| literal(schema));
    format!("table_schema = {schema} AND table_name = {}", literal(&part.name))
}

/// The parts of a table.
fn parts(server: &mut Mysql, part: TablePart, bytes: u64) -> Result<Vec<Listed>, Failure> {
    let whole = |part| Ok(vec![Listed { part, state: State::Ready }]);
    if !part::is_large(bytes) {
        return whole(part);
    }
    let is_table = is_table(server, &part);
    let column = server.ask(format!(
        "SELECT c.column_name FROM information_schema.statistics s \
         JOIN information_schema.columns c USING (table_schema, table_name, column_name) \
         WHERE s.index_name = 'PRIMARY' AND s.seq_in_index = 1 \
             AND c.data_type IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint') \
             AND {is_table}"
    ))?;
    let Some(Some(column)) = column.into_iter().next().and_then(|row| row.into_iter().next())
    else {
        return whole(part);
    };
    let name = quoted(&column);
    // Both ends come from the index.
    let ends = format!("SELECT min({name}), max({name}) FROM {}", table_of(server, &part));
    let ends = match server.ask(ends) {
        Ok(ends) => ends,
        // What may not be read is told when it is to be read.
        Err(failure) if !failure.lost => return whole(part),
        Err(failure) => return Err(failure),
    };
    let end = |n: usize| ends.first()?.get(n)?.as_deref()?.parse().ok();
    match (end(0), end(1)) {
        (Some(least), Some(greatest)) => Ok(part::cut(&part, bytes, &column, (least, greatest))),
        _ => whole(part),
    }
}

pub(super) fn open(
    server: &mut Mysql,
    part: &TablePart,
    settings: &Settings,
) -> Result<OpenTable, Failure> {
    let is_table = is_table(server, part);
    let found = server.ask(format!(
        "SELECT column_name, data_type, column_comment FROM information_schema.columns \
         WHERE {is_table} ORDER BY ordinal_position"
    ))?;
    if found.is_empty() {
        return Err(Failure::new(Reason::Changed, "it is not there any more"));
    }
    let key = key(server, &is_table)?;
    let columns = columns(&found, &key);
    let share = settings.sample.map(|share| share_of(server, &is_table, share)).transpose()?;
    let mut table = OpenTable {
        shape: TableShape::new(part.table(), columns, Key::Columns(key)),
        sample: Vec::new(),
        problems: Vec::new(),
        share,
        guarded: true,
    };
    let mut sample = Vec::new();
    rows::first_rows(server, part, &table, SAMPLE_ROWS, &mut |batch| {
        sample.extend_from_slice(&batch.text);
        Flow::Continue
    })?;
    table.sample = sample;
    Ok(table)
}

/// How many of a million rows are read.
fn share_of(server: &mut Mysql, is_table: &str, share: Share) -> Result<u32, Failure> {
    let rows = match share {
        Share::Millionths(n) => return Ok(n),
        Share::Rows(rows) => rows,
    };
    let asked = format!("SELECT table_rows FROM information_schema.tables WHERE {is_table}");
    let known = server.ask(asked)?;
    let all = known.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or(rows);
    let millionths = rows.saturating_mul(1_000_000) / all.max(1);
    Ok(u32::try_from(millionths).unwrap_or(1_000_000).clamp(1, 1_000_000))
}

/// Columns of the primary key, or else of a unique index of columns that are never empty.
fn key(server: &mut Mysql, is_table: &str) -> Result<Vec<String>, Failure> {
    let rows = server.ask(format!(
        "SELECT index_name, column_name, nullable, sub_part FROM information_schema.statistics \
         WHERE non_unique = 0 AND {is_table} ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index"
    ))?;
    let text = |row: &[Option<String>], n: usize| row.get(n).cloned().flatten();
    let mut indexes: Vec<(Option<String>, Vec<String>, bool)> = Vec::new();
    for row in &rows {
        let index = text(row, 0);
        if indexes.last().is_none_or(|(name, ..)| *name != index) {
            indexes.push((index, Vec::new(), true));
        }
        if let Some((_, columns, whole)) = indexes.last_mut() {
            *whole &= text(row, 2).as_deref() != Some("YES") && text(row, 3).is_none();
            columns.extend(text(row, 1));
        }
    }
    Ok(indexes
        .into_iter()
        .find(|(_, _, whole)| *whole)
        .map(|(_, columns, _)| columns)
        .unwrap_or_default())
}

fn columns(rows: &[Vec<Option<String>>], key: &[String]) -> Vec<TableColumn> {
    let column = |row: &Vec<Option<String>>| {
        let text = |n: usize| row.get(n).and_then(|value| value.as_deref());
        let name = text(0)?.to_owned();
        let is_key = key.contains(&name);
        let kind = kind_of(text(1)?, is_key)?;
        Some(TableColumn { name, comment: text(2).map(str::to_owned), kind })
    };
    rows.iter().filter_map(column).collect()
}

/// How a column of this type is read; none for what can say nothing of a person by itself.
fn kind_of(type_name: &str, is_key: bool) -> Option<ColumnKind> {
    match type_name {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "year" => {
            Some(ColumnKind::Number)
        }
        "json" => Some(if is_key { ColumnKind::Text } else { ColumnKind::Json }),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" if !is_key => {
            Some(ColumnKind::Binary)
        }
        "bit" | "time" | "uuid" | "geometry" | "point" | "linestring" | "polygon"
        | "multipoint" | "multilinestring" | "multipolygon" | "geometrycollection"
            if !is_key =>
        {
            None
        }
        _ => Some(ColumnKind::Text),
    }
}
