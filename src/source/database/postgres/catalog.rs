//! What tables a database has: <https://www.postgresql.org/docs/current/catalogs.html>.

use super::super::{Failure, Listed, Settings, part};
use super::{Postgres, Text, literal, quoted, table_of};
use crate::model::{Problem, Reason, Skipped, TablePart};
use crate::source::State;

/// Is the role a superuser, and may it write to any table but the system's?
pub(super) const STANDING: &str = "\
    SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), \
    EXISTS (SELECT 1 FROM pg_catalog.pg_class c \
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' \
        AND n.nspname NOT LIKE 'pg\\_%' \
        AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))";

/// Tables that hold rows, and those that show other tables' rows. A partitioned table has no rows of
/// its own: its partitions are tables.
const TABLES: &str = "\
    SELECT n.nspname, c.relname, c.relkind::text, \
        pg_catalog.has_schema_privilege(n.oid, 'USAGE'), \
        pg_catalog.has_table_privilege(c.oid, 'SELECT') \
            OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'), \
        pg_catalog.row_security_active(c.oid), \
        c.relispopulated, \
        pg_catalog.pg_table_size(c.oid) \
    FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'm', 'v', 'f') AND n.nspname <> 'information_schema' \
        AND n.nspname NOT LIKE 'pg\\_%'";

/// A table as the catalogue has it.
struct Entry {
    part: TablePart,
    kind: String,
    schema_open: bool,
    readable: bool,
    hides_rows: bool,
    populated: bool,
    bytes: u64,
}

impl Entry {
    fn new(row: &[Text]) -> Option<Entry> {
        let text = |n: usize| row.get(n)?.as_deref();
        let is = |n: usize| text(n) == Some("t");
        Some(Entry {
            part: TablePart::whole(Some(text(0)?.to_owned()), text(1)?.to_owned()),
            kind: text(2)?.to_owned(),
            schema_open: is(3),
            readable: is(4),
            hides_rows: is(5),
            populated: is(6),
            bytes: text(7).and_then(|n| n.parse().ok()).unwrap_or(0),
        })
    }

    /// Why it is not read, if so.
    fn refused(&self, settings: &Settings) -> Option<State> {
        let unread = |reason, detail: &str| Some(State::Unread(Problem::whole(reason, detail)));
        if matches!(self.kind.as_str(), "v" | "f") && !settings.views {
            return Some(State::Skipped(Skipped::Link));
        }
        if !self.schema_open {
            let detail = "the role may not use its schema (GRANT USAGE ON SCHEMA)";
            return unread(Reason::PermissionDenied, detail);
        }
        if !self.readable {
            return unread(Reason::PermissionDenied, "the role may not read it (GRANT SELECT)");
        }
        if self.hides_rows {
            let detail = "row-level security hides rows of it from this role (BYPASSRLS would not)";
            return unread(Reason::PermissionDenied, detail);
        }
        if !self.populated {
            return unread(Reason::Changed, "it was never filled (REFRESH MATERIALIZED VIEW)");
        }
        None
    }
}

pub(super) fn tables(server: &mut Postgres, settings: &Settings) -> Result<Vec<Listed>, Failure> {
    let rows = server.ask(TABLES.to_owned())?;
    let mut listed = Vec::new();
    for entry in rows.iter().filter_map(|row| Entry::new(row)) {
        match entry.refused(settings) {
            Some(state) => listed.push(Listed { part: entry.part, state }),
            None => listed.extend(parts(server, entry)?),
        }
    }
    Ok(listed)
}

/// The parts of a table.
fn parts(server: &mut Postgres, entry: Entry) -> Result<Vec<Listed>, Failure> {
    let Entry { part, bytes, .. } = entry;
    let whole = |part| Ok(vec![Listed { part, state: State::Ready }]);
    if !part::is_large(bytes) {
        return whole(part);
    }
    let Some(column) = leading_number(server, &part)? else { return whole(part) };
    // Both ends come from the index.
    let (table, name) = (table_of(&part), quoted(&column));
    let ends = server.ask(format!("SELECT min({name}), max({name}) FROM ONLY {table}"))?;
    let end = |n: usize| ends.first()?.get(n)?.as_deref()?.parse().ok();
    match (end(0), end(1)) {
        (Some(least), Some(greatest)) => Ok(part::cut(&part, bytes, &column, (least, greatest))),
        _ => whole(part),
    }
}

/// The first column of the primary key, if it holds whole numbers, is not null, and rows lie about in
/// its order. Where they do not, each range of keys would read the whole table.
pub(super) fn leading_number(
    server: &mut Postgres,
    part: &TablePart,
) -> Result<Option<String>, Failure> {
    let table = literal(&table_of(part));
    let asked = format!(
        "SELECT a.attname FROM pg_catalog.pg_index i \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
         LEFT JOIN pg_catalog.pg_stats s ON s.attname = a.attname \
             AND pg_catalog.format('%I.%I', s.schemaname, s.tablename)::pg_catalog.regclass = i.indrelid \
         WHERE i.indrelid = {table}::pg_catalog.regclass AND i.indisprimary \
             AND a.atttypid IN (20, 21, 23) AND coalesce(abs(s.correlation), 1) > 0.8 \
         LIMIT 1"
    );
    let rows = server.ask(asked)?;
    Ok(rows.first().and_then(|row| row.first()?.clone()))
}
