//! A table's columns and key, and its first rows.

use super::super::{Asked, Failure, OpenTable, SAMPLE_ROWS, Settings, Share, part};
use super::{Postgres, Text, copy, literal, table_of};
use crate::model::{ColumnKind, Flow, Key, Problem, Reason, TableColumn, TablePart, TableShape};

/// Columns with the name and category of their type (domains have that of what they are made from),
/// comment, and whether they may be read.
const COLUMNS: &str = "\
    SELECT a.attname, \
        coalesce(d.typname, t.typname), \
        coalesce(d.typcategory, t.typcategory)::text, \
        pg_catalog.col_description(a.attrelid, a.attnum), \
        pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT') \
    FROM pg_catalog.pg_attribute a \
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
    LEFT JOIN pg_catalog.pg_type d ON t.typtype = 'd' AND d.oid = t.typbasetype \
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = ";

/// Columns of the primary key, or else of a unique index of columns that are never empty; with the
/// kind of the table.
const KEY: &str = "\
    SELECT a.attname FROM ( \
        SELECT i.indrelid, i.indkey, i.indnkeyatts, i.indexrelid FROM pg_catalog.pg_index i \
        WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL \
            AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute n WHERE n.attrelid = i.indrelid \
                AND n.attnum = ANY (i.indkey) AND NOT n.attnotnull) \
            AND i.indrelid = RELATION \
        ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1) AS k \
    CROSS JOIN LATERAL pg_catalog.generate_series(0, k.indnkeyatts - 1) AS s (n) \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.indrelid AND a.attnum = k.indkey[s.n] \
    ORDER BY s.n";

/// The table's kind, the bytes of its long values, and how many rows it is thought to have.
const FACTS: &str = "\
    SELECT c.relkind::text, \
        CASE WHEN c.reltoastrelid = 0 THEN 0 \
            ELSE pg_catalog.pg_relation_size(c.reltoastrelid) END, \
        c.reltuples::pg_catalog.int8, \
        pg_catalog.pg_table_size(c.oid) \
    FROM pg_catalog.pg_class c WHERE c.oid = ";

/// Long values that take up less, packed, hold none that is too large to be fetched.
const TOAST: u64 = 1024 * 1024;

pub(super) fn open(
    server: &mut Postgres,
    part: &TablePart,
    settings: &Settings,
) -> Result<OpenTable, Failure> {
    let relation = format!("{}::pg_catalog.regclass", literal(&table_of(part)));
    let columns = server.ask(format!("{COLUMNS}{relation} ORDER BY a.attnum"))?;
    let key = server.ask(KEY.replace("RELATION", &relation))?;
    let facts = server.ask(format!("{FACTS}{relation}"))?;
    let fact = |n: usize| facts.first()?.get(n)?.as_deref();
    let key: Vec<String> = key.into_iter().filter_map(|row| row.into_iter().next()?).collect();
    let mut problems = Vec::new();
    let columns = readable(&columns, &key, &mut problems);
    let has_rows = matches!(fact(0), Some("r" | "m"));
    let named = |name: &String| columns.iter().any(|c| c.name == *name);
    let key = match key.is_empty() || !key.iter().all(named) {
        false => Key::Columns(key),
        true if has_rows => Key::Address("ctid"),
        true => Key::Columns(Vec::new()),
    };
    let estimate = fact(2).and_then(|n| n.parse::<i64>().ok()).and_then(|n| u64::try_from(n).ok());
    let bytes = fact(3).and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut shape = TableShape::new(part.table(), columns, key);
    // A large table that is read as a whole comes as it lies: to sort it would be work for the server.
    if has_rows && part.range.is_none() && part::is_large(bytes) {
        shape = shape.with_address("ctid");
    }
    let mut table = OpenTable {
        shape,
        sample: Vec::new(),
        problems,
        share: settings.sample.map(|share| millionths(share, estimate)),
        guarded: fact(1).and_then(|n| n.parse().ok()).is_none_or(|bytes: u64| bytes > TOAST),
    };
    table.sample = sample(server, part, &table)?;
    Ok(table)
}

/// How many of a million rows are read.
fn millionths(share: Share, estimate: Option<u64>) -> u32 {
    match share {
        Share::Millionths(n) => n,
        Share::Rows(rows) => {
            let all = estimate.filter(|n| *n > 0).unwrap_or(rows).max(1);
            u32::try_from(rows.saturating_mul(1_000_000) / all)
                .unwrap_or(1_000_000)
                .clamp(1, 1_000_000)
        }
    }
}

/// The columns that are read.
fn readable(rows: &[Vec<Text>], key: &[String], problems: &mut Vec<Problem>) -> Vec<TableColumn> {
    let mut columns = Vec::new();
    for row in rows {
        let text = |n: usize| row.get(n).and_then(|value| value.as_deref());
        let (Some(name), Some(type_name), Some(category)) = (text(0), text(1), text(2)) else {
            continue;
        };
        let is_key = key.iter().any(|column| column == name);
        let Some(kind) = kind_of(type_name, category, is_key) else { continue };
        if text(4) != Some("t") {
            let detail = format!("the role may not read its column {name:?}");
            problems.push(Problem::part(Reason::PermissionDenied, detail));
            continue;
        }
        let comment = text(3).map(str::to_owned);
        columns.push(TableColumn { name: name.to_owned(), comment, kind });
    }
    columns
}

/// How a column of this type is read; none for what can say nothing of a person by itself. What is
/// part of a key is read in any case.
fn kind_of(type_name: &str, category: &str, is_key: bool) -> Option<ColumnKind> {
    let cell = |kind| Some(kind);
    match type_name {
        "json" | "jsonb" if is_key => cell(ColumnKind::Text),
        "json" | "jsonb" => cell(ColumnKind::Json),
        "bytea" if is_key => cell(ColumnKind::Text),
        "bytea" => cell(ColumnKind::Binary),
        "bool" | "uuid" | "macaddr" | "macaddr8" | "interval" | "bit" | "varbit" | "oid"
        | "xid" | "xid8" | "cid" | "tid" | "pg_lsn" | "txid_snapshot" | "pg_snapshot" | "time"
        | "timetz"
            if !is_key =>
        {
            None
        }
        "int2" | "int4" | "int8" | "numeric" => cell(ColumnKind::Number),
        // Points and boxes.
        _ if category == "G" && !is_key => None,
        _ => cell(ColumnKind::Text),
    }
}

/// The first rows of the table, whatever part of it is asked for.
fn sample(server: &mut Postgres, part: &TablePart, table: &OpenTable) -> Result<Vec<u8>, Failure> {
    let whole = TablePart { range: None, ..part.clone() };
    let asked = Asked { part: &whole, table };
    let mut text = Vec::new();
    copy::first_rows(server, &asked, SAMPLE_ROWS, &mut |batch| {
        text.extend_from_slice(&batch.text);
        Flow::Continue
    })?;
    Ok(text)
}
