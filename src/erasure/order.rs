//! The order in which operations are done: what refers to a row goes before the row.
//!
//! The databases' own catalogues are not asked here; a column that is called like another table and
//! its key (`kund_id` for `kund`) is taken for a reference to it. Scripts check their references at
//! the end of their transaction where the database can (SQLite), and stop whole where it cannot.

use std::cmp::Reverse;

use super::operation::{Action, Operation};
use crate::subject::case::Case;

/// Arranges operations: databases first, source by source, children before parents; then files, the last
/// lines of each first, so that the places of the others stay right.
pub(super) fn arrange(operations: &mut [Operation], case: &Case) {
    let tables: Vec<String> = tables(operations);
    let depth = |table: &str| depth(table, &tables, case, 0);
    operations.sort_by_cached_key(|o| {
        let table = o.location["at"]["table"].as_str().unwrap_or_default();
        let line =
            o.lines.map_or(0, |lines| lines.0).max(super::plan::row_of(&o.location).unwrap_or(0));
        (
            !o.is_row(),
            o.location["source"].to_string(),
            o.location["path"].to_string(),
            Reverse(if o.is_row() { depth(table) } else { 0 }),
            o.action == Action::RenameOrDelete,
            Reverse(line),
        )
    });
}

fn tables(operations: &[Operation]) -> Vec<String> {
    let mut tables: Vec<String> = operations
        .iter()
        .filter(|o| o.is_row())
        .filter_map(|o| o.location["at"]["table"].as_str().map(str::to_owned))
        .collect();
    tables.sort();
    tables.dedup();
    tables
}

/// How many tables stand between this one and one that refers to nobody.
fn depth(table: &str, tables: &[String], case: &Case, level: usize) -> usize {
    if level > tables.len() {
        return level;
    }
    let parents =
        tables.iter().filter(|other| other.as_str() != table && refers(table, other, case));
    parents.map(|other| 1 + depth(other, tables, case, level + 1)).max().unwrap_or(0)
}

/// Has a table a column named for another table?
fn refers(table: &str, other: &str, case: &Case) -> bool {
    let stem = base(other).to_lowercase();
    let stem = stem.strip_suffix("er").filter(|s| s.len() > 3).unwrap_or(&stem).to_owned();
    let columns =
        case.places.iter().filter(|f| f["location"]["at"]["table"] == table).flat_map(|f| {
            let labels = case
                .excerpt_of(f)
                .map(|e| e.fields.iter().map(|(label, _)| label.clone()).collect::<Vec<_>>());
            labels.unwrap_or_default()
        });
    columns.map(|column| column.to_lowercase()).any(|column| {
        let name = column
            .strip_suffix("id")
            .or(column.strip_suffix("nr"))
            .or(column.strip_suffix("nummer"));
        name.map(|name| name.trim_end_matches('_'))
            .is_some_and(|name| name.len() > 2 && stem.starts_with(name))
    })
}

/// A table's name without its schema.
fn base(table: &str) -> &str {
    table.rsplit('.').next().unwrap_or(table)
}
