//! The script that carries out the operations of one database: reviewed and run by its owner, not by us.
//!
//! It is one transaction. Each statement names its row by the key and is guarded by the values that
//! stood there: a row that has changed since is not touched, and the script says so. Names and values
//! are quoted for the dialect; a value with a character that cannot be written so is left to people.

use std::fmt::Write as _;

use serde_json::Value;

use super::operation::{Action, Operation};
use super::plan::Plan;

/// A database's way of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL, run with `psql`.
    Postgres,
    /// MariaDB and MySQL, run with `mariadb` or `mysql`.
    MariaDb,
    /// SQLite, run with `sqlite3`.
    Sqlite,
}

impl Dialect {
    /// The one of a source, by what its line says.
    #[must_use]
    pub fn of(source: &Value) -> Option<Dialect> {
        let is = |words: &[&str]| {
            ["kind", "id", "root"].iter().any(|key| {
                source[*key]
                    .as_str()
                    .is_some_and(|text| words.iter().any(|word| text.starts_with(word)))
            })
        };
        if is(&["postgres"]) {
            Some(Dialect::Postgres)
        } else if is(&["mysql", "mariadb"]) {
            Some(Dialect::MariaDb)
        } else if is(&["sqlite"]) {
            Some(Dialect::Sqlite)
        } else {
            None
        }
    }

    /// How the script is run.
    #[must_use]
    pub const fn how(self) -> &'static str {
        match self {
            Dialect::Postgres => "psql -X -v ON_ERROR_STOP=1 -f SCRIPT DATABASE",
            Dialect::MariaDb => "mariadb --table DATABASE < SCRIPT",
            Dialect::Sqlite => "sqlite3 -bail DATABASE < SCRIPT",
        }
    }

    /// A name, quoted.
    fn name(self, name: &str) -> String {
        match self {
            Dialect::MariaDb => format!("`{}`", name.replace('`', "``")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A table, with its schema where it has one.
    fn table(self, table: &str) -> String {
        match self {
            Dialect::Postgres => {
                let parts: Vec<String> = table.splitn(2, '.').map(|part| self.name(part)).collect();
                parts.join(".")
            }
            _ => self.name(table),
        }
    }

    /// A text, quoted. None where it cannot be.
    fn text(self, text: &str) -> Option<String> {
        if text.contains('\0') {
            return None;
        }
        let plain = !text.contains(|c: char| c == '\\' || c.is_control());
        Some(match self {
            // Hexadecimal digits mean the same whatever the session's mode is.
            Dialect::MariaDb if !plain || text.contains('\'') => {
                let digits: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
                format!("CONVERT(X'{digits}' USING utf8mb4)")
            }
            _ => format!("'{}'", text.replace('\'', "''")),
        })
    }

    /// That a column still holds a text.
    fn holds(self, column: &str, text: &str) -> Option<String> {
        let (column, text) = (self.name(column), self.text(text)?);
        Some(match self {
            Dialect::Postgres => format!("strpos({column}::text, {text}) > 0"),
            Dialect::MariaDb => {
                format!("LOCATE(BINARY {text}, BINARY CONVERT({column} USING utf8mb4)) > 0")
            }
            Dialect::Sqlite => format!("instr(CAST({column} AS TEXT), {text}) > 0"),
        })
    }

    /// That the key's column has a value.
    fn key(self, column: &str, value: &Value) -> Option<String> {
        let value = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => self.text(text)?,
            _ => return None,
        };
        Some(match (self, column) {
            (Dialect::Postgres, "ctid") => format!("ctid = {value}::tid"),
            (Dialect::Sqlite, "rowid") => format!("rowid = {value}"),
            _ => format!("{} = {value}", self.name(column)),
        })
    }

    const fn begin(self) -> &'static str {
        match self {
            Dialect::Postgres => {
                "\\set ON_ERROR_STOP on\nBEGIN;\nSET LOCAL standard_conforming_strings = on;\n\
                 SET LOCAL client_encoding = 'UTF8';\nSET CONSTRAINTS ALL DEFERRED;\n"
            }
            Dialect::MariaDb => {
                "SET NAMES utf8mb4;\nSET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES';\n\
                 START TRANSACTION;\n"
            }
            Dialect::Sqlite => {
                ".bail on\nPRAGMA foreign_keys = ON;\nBEGIN IMMEDIATE;\nPRAGMA defer_foreign_keys = ON;\n"
            }
        }
    }
}

/// The operations of a plan that a script cannot carry out are left to people; the rest is in the
/// script of their source.
#[must_use]
pub fn script(plan: &Plan, source: &Value, dialect: Dialect) -> Option<String> {
    let id = source["id"].as_str()?;
    let own: Vec<&Operation> =
        plan.operations.iter().filter(|o| o.is_row() && o.location["source"] == id).collect();
    if own.is_empty() {
        return None;
    }
    let mut out = format!(
        "-- Erasure in {}. Read it through before you run it; it is one transaction.\n-- Run it with: {}\n\
         -- Rows that have changed since {} are not touched; each operation says what it did.\n\
         -- This script holds personal data: delete it when it has been run.\n\n{}",
        comment(id),
        dialect.how(),
        comment(&plan.seen),
        dialect.begin(),
    );
    for operation in own {
        out.push_str(&describe(operation));
        match statement(operation, dialect).filter(|_| operation.against.is_empty()) {
            Some(statement) => out.push_str(&reported(operation.number, &statement, dialect)),
            None if operation.against.is_empty() => {
                out.push_str("-- Left to people: see the work list.\n")
            }
            None => {
                let statement = statement(operation, dialect).unwrap_or_default();
                let held: String = statement.lines().map(|line| format!("-- {line}\n")).collect();
                out.push_str("-- Not done: something speaks against it.\n");
                out.push_str(&held);
            }
        }
    }
    out.push_str("\nCOMMIT;\n");
    Some(out)
}

/// Text as it may stand in a comment.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn describe(operation: &Operation) -> String {
    let mut out = format!("\n-- Operation {}", operation.number);
    for reason in &operation.because {
        // Writing to a string cannot fail.
        let _ = write!(out, "; {}", comment(reason));
    }
    for against in &operation.against {
        let until = against.until.as_deref().unwrap_or("further notice");
        let _ = write!(
            out,
            "\n-- Against: {} until {}: {}",
            comment(&against.what),
            comment(until),
            comment(&against.reason)
        );
    }
    out.push('\n');
    out
}

fn statement(operation: &Operation, dialect: Dialect) -> Option<String> {
    let at = &operation.location["at"];
    let table = dialect.table(at["table"].as_str()?);
    let mut conditions = Vec::new();
    for (column, value) in at["key"].as_object()? {
        conditions.push(dialect.key(column, value)?);
    }
    if conditions.is_empty() {
        return None;
    }
    let mut columns: Vec<String> = Vec::new();
    for expected in &operation.expected {
        let column = expected.at["column"].as_str()?;
        let name = dialect.name(column);
        if !columns.contains(&name) {
            columns.push(name);
        }
        // What stands inside a JSON value is written with escapes there.
        let escaped = expected.at["pointer"].is_string()
            && expected.written.contains(|c: char| !c.is_ascii() || c == '"' || c == '\\');
        if !escaped {
            let guard = dialect.holds(column, &expected.written)?;
            if !conditions.contains(&guard) {
                conditions.push(guard);
            }
        }
    }
    let conditions = conditions.join("\n   AND ");
    match operation.action {
        Action::DeleteRow => Some(format!("DELETE FROM {table}\n WHERE {conditions}")),
        Action::SetNull => {
            let set: Vec<String> =
                columns.iter().map(|column| format!("{column} = NULL")).collect();
            Some(format!("UPDATE {table}\n   SET {}\n WHERE {conditions}", set.join(", ")))
        }
        _ => None,
    }
}

/// A statement and the report of what it did.
fn reported(number: u32, statement: &str, dialect: Dialect) -> String {
    let changed = format!("operation {number}: the row has changed since or is gone; not touched");
    let done = format!("operation {number}: done");
    match dialect {
        Dialect::Postgres => {
            let tag = tag_not_in(statement);
            format!(
                "DO {tag}\nDECLARE rows bigint;\nBEGIN\n{statement};\nGET DIAGNOSTICS rows = ROW_COUNT;\n\
                 IF rows = 0 THEN RAISE WARNING '{changed}'; ELSE RAISE NOTICE '{done}'; END IF;\nEND {tag};\n"
            )
        }
        Dialect::MariaDb => {
            format!("{statement};\nSELECT IF(ROW_COUNT() > 0, '{done}', '{changed}') AS result;\n")
        }
        Dialect::Sqlite => {
            format!(
                "{statement};\nSELECT CASE WHEN changes() > 0 THEN '{done}' ELSE '{changed}' END;\n"
            )
        }
    }
}

/// A mark around a body that does not stand in it.
fn tag_not_in(body: &str) -> String {
    (0..).map(|n| format!("$erasure{n}$")).find(|tag| !body.contains(tag)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_quoted_for_each_dialect() {
        let check = |dialect: Dialect, text: &str, want: &str| {
            assert_eq!(dialect.text(text).unwrap(), want);
        };
        check(Dialect::Postgres, "O'Neil\\", "'O''Neil\\'");
        check(Dialect::Sqlite, "'; DROP TABLE kund; --", "'''; DROP TABLE kund; --'");
        check(Dialect::MariaDb, "eva@example.com", "'eva@example.com'");
        check(Dialect::MariaDb, "\\'", "CONVERT(X'5C27' USING utf8mb4)");
        assert_eq!(Dialect::MariaDb.name("a`b"), "`a``b`");
        assert_eq!(Dialect::Postgres.table("personal.kund\"er"), "\"personal\".\"kund\"\"er\"");
        assert_eq!(Dialect::Postgres.text("a\0b"), None);
        assert_eq!(tag_not_in("x $erasure0$ y"), "$erasure1$");
    }
}
