//! The tables of a database and their columns (file format, 2.6 "Storage Of The SQL Database Schema").

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::header::Encoding;
use super::overflow::Payload;
use super::page::Page;
use super::record::{Field, Value, fields};
use super::statement::{self, Declared, Statement};
use super::tree::{Leaves, Range};
use super::{Fault, Pager, ReadSeek};

/// A longer statement is cut off: SQLite allows a million bytes by default.
const STATEMENT: u64 = 1024 * 1024;

/// No more tables are read.
const TABLES: usize = 100_000;

/// The tables of a database.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Tables that hold rows, in the order in which they were made. What belongs to SQLite itself, and
    /// what an index of text or of places is made of, is left out.
    pub tables: Vec<Table>,
    /// Virtual tables whose module is not known: their rows are not read.
    pub unknown: Vec<String>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The first page of its tree.
    pub root: u32,
    /// Its columns that are stored, in the order of the records.
    pub columns: Vec<Column>,
    /// The column that is the row id, by its number among the columns.
    pub alias: Option<usize>,
    /// What names its rows.
    pub key: Key,
    /// Its rows stand in the tree of their key.
    pub without_rowid: bool,
}

/// What names the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Columns, by their numbers.
    Columns(Vec<usize>),
    /// The row id alone.
    Rowid,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are called: its name, but for tables behind an index of text.
    pub label: String,
    /// Its type as declared, in upper case.
    pub kind: String,
    /// What rows have that were there before it.
    pub default: Option<String>,
}

impl Column {
    /// Are its values kept as text, whatever is put in (datatypes, 3.1 "Determination Of Column
    /// Affinity")?
    #[must_use]
    pub fn is_text(&self) -> bool {
        !self.kind.contains("INT") && ["CHAR", "CLOB", "TEXT"].iter().any(|k| self.kind.contains(k))
    }

    /// Are its values kept as numbers where they can be?
    #[must_use]
    pub fn is_number(&self) -> bool {
        let is_bytes = self.kind.is_empty() || self.kind.contains("BLOB") || self.kind == "ANY";
        self.kind.contains("INT") || !self.is_text() && !is_bytes
    }
}

/// What the schema says of something.
struct Entry {
    kind: String,
    name: String,
    root: u32,
    sql: String,
}

impl Schema {
    /// Reads the schema, as far as it can be read.
    pub(super) fn read(pager: &mut Pager<impl ReadSeek>) -> (Schema, Option<Fault>) {
        let (entries, fault) = entries(pager);
        (Schema::of(&entries), fault)
    }

    fn of(entries: &[Entry]) -> Schema {
        let mut schema = Schema::default();
        let mut owners = Vec::new();
        for entry in entries.iter().filter(|entry| entry.kind == "table" && entry.root == 0) {
            if let Some((module, columns)) = statement::create_virtual(&entry.sql) {
                if parts_of(&module).is_empty() {
                    schema.unknown.push(entry.name.clone());
                }
                owners.push(Owner { name: entry.name.clone(), module, columns });
            }
        }
        for entry in entries {
            let wanted = entry.kind == "table" && entry.root > 0;
            if wanted && !entry.name.starts_with("sqlite_") && schema.tables.len() < TABLES {
                let owner = owners.iter().find_map(|owner| owner.part(&entry.name));
                schema.tables.extend(table_of(entry, owner));
            }
        }
        schema
    }

    /// Tables that were there once: what is left of their lines in the schema.
    #[must_use]
    pub(super) fn dropped(rows: &[Vec<String>]) -> Vec<Table> {
        let entries = rows.iter().filter_map(|row| {
            let [kind, name, _, _, sql] = row.as_slice() else { return None };
            // Its tree is gone.
            Some(Entry { kind: kind.clone(), name: name.clone(), root: u32::MAX, sql: sql.clone() })
        });
        let entries: Vec<Entry> = entries.filter(|entry| entry.kind == "table").collect();
        entries.iter().filter_map(|entry| table_of(entry, None)).collect()
    }
}

/// A virtual table, whose content is in tables of other names.
struct Owner {
    name: String,
    module: String,
    columns: Vec<String>,
}

/// A table in which a virtual table keeps what it has.
enum Part<'o> {
    /// The rows themselves, with these columns.
    Content(&'o [String]),
    /// An index.
    Index,
}

/// The endings of the names of the tables in which a module keeps what it has.
fn parts_of(module: &str) -> &'static [&'static str] {
    match module {
        "fts5" => &["data", "idx", "docsize", "config"],
        "fts3" | "fts4" => &["segments", "segdir", "docsize", "stat"],
        "rtree" | "rtree_i32" | "geopoly" => &["node", "rowid", "parent"],
        // They show what is in other tables.
        "fts5vocab" | "fts4aux" | "fts3tokenize" | "dbstat" => &["-"],
        _ => &[],
    }
}

impl Owner {
    fn part(&self, table: &str) -> Option<Part<'_>> {
        let ending = table.strip_prefix(self.name.as_str())?.strip_prefix('_')?;
        if parts_of(&self.module).contains(&ending) {
            return Some(Part::Index);
        }
        (ending == "content" && self.module.starts_with("fts"))
            .then_some(Part::Content(&self.columns))
    }
}

fn table_of(entry: &Entry, owner: Option<Part<'_>>) -> Option<Table> {
    let content = match owner {
        Some(Part::Index) => return None,
        Some(Part::Content(columns)) => columns,
        None => &[],
    };
    let statement = statement::create_table(&entry.sql)?;
    let names = key_names(&statement);
    let alias = alias(&statement, &names);
    let (stored, key) = order(&statement, &names, alias.as_deref());
    let columns: Vec<Column> = stored.iter().map(|declared| column(declared, content)).collect();
    let alias = alias.and_then(|name| position(&columns, &name));
    let key = if key.is_empty() { Key::Rowid } else { Key::Columns(key) };
    Some(Table {
        name: entry.name.clone(),
        root: entry.root,
        columns,
        alias,
        key,
        without_rowid: statement.without_rowid,
    })
}

fn column(declared: &Declared, content: &[String]) -> Column {
    // `c0`, `c1subject`: the columns of an index of text, by their number.
    let digits = declared.name.strip_prefix('c').unwrap_or_default();
    let digits = &digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())];
    let label = digits.parse().ok().and_then(|n: usize| content.get(n));
    Column {
        name: declared.name.clone(),
        label: label.unwrap_or(&declared.name).clone(),
        kind: declared.kind.clone(),
        default: declared.default.clone(),
    }
}

fn position(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
}

/// The names of the columns of the key, each once.
fn key_names(statement: &Statement) -> Vec<String> {
    let own = statement.columns.iter().filter(|column| column.key).map(|column| &column.name);
    let mut names: Vec<String> = Vec::new();
    for name in own.chain(&statement.key) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.clone());
        }
    }
    names
}

/// The column that is another name for the row id (<https://www.sqlite.org/lang_createtable.html#rowid>).
fn alias(statement: &Statement, key: &[String]) -> Option<String> {
    let [name] = key else { return None };
    let column = statement.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name))?;
    let is_alias = column.kind == "INTEGER" && !column.descending && !statement.without_rowid;
    is_alias.then(|| column.name.clone())
}

/// The columns in the order of the records, and which of them are the key.
fn order<'s>(
    statement: &'s Statement,
    names: &[String],
    alias: Option<&str>,
) -> (Vec<&'s Declared>, Vec<usize>) {
    let is_key = |c: &&Declared| names.iter().any(|name| name.eq_ignore_ascii_case(&c.name));
    let stored = statement.columns.iter().filter(|c| !c.computed || Some(c.name.as_str()) == alias);
    let stored: Vec<&Declared> = if statement.without_rowid {
        let all: Vec<&Declared> = stored.collect();
        let key = names.iter().filter_map(|name| {
            all.iter().copied().find(|column| column.name.eq_ignore_ascii_case(name))
        });
        let rest = all.iter().copied().filter(|column| !is_key(column));
        key.chain(rest).collect()
    } else {
        stored.collect()
    };
    let place = |name: &String| stored.iter().position(|c| c.name.eq_ignore_ascii_case(name));
    let key = names.iter().filter_map(place).collect();
    (stored, key)
}

fn entries(pager: &mut Pager<impl ReadSeek>) -> (Vec<Entry>, Option<Fault>) {
    let (mut entries, mut fault) = (Vec::new(), None);
    let mut leaves = Leaves::new(1, false, Range::default());
    let mut bytes = Vec::new();
    let mut all = Vec::new();
    loop {
        let number = match leaves.next(pager, &mut bytes) {
            Ok(Some(number)) => number,
            Ok(None) => break,
            Err(error) => {
                fault.get_or_insert(error);
                continue;
            }
        };
        let usable = pager.header().usable;
        let Some(page) = Page::read(&bytes, number, usable) else { continue };
        for cell in (0..page.cells()).filter_map(|n| page.cell(n)) {
            match entry(pager, &bytes, &cell, &mut all) {
                Ok(entry) => entries.extend(entry),
                Err(error) => _ = fault.get_or_insert(error),
            }
        }
    }
    (entries, fault)
}

fn entry(
    pager: &mut Pager<impl ReadSeek>,
    bytes: &[u8],
    cell: &super::Cell,
    all: &mut Vec<Field>,
) -> Result<Option<Entry>, Fault> {
    let encoding = pager.header().encoding;
    let mut record = Vec::new();
    let payload = Payload::new(pager, bytes, cell);
    std::io::Read::read_to_end(&mut std::io::Read::take(payload, STATEMENT), &mut record)?;
    if fields(&record, cell.size, all).is_none() || all.len() < 5 {
        return Ok(None);
    }
    let text = |n: usize| match all[n].value(&record) {
        Value::Text(text) => encoding.decode(text),
        _ => String::new(),
    };
    let root = match all[3].value(&record) {
        Value::Integer(root) => u32::try_from(root).unwrap_or(0),
        _ => 0,
    };
    Ok(Some(Entry { kind: text(0), name: text(1), root, sql: text(4) }))
}

impl Encoding {
    /// Text as it is read; what is none of this encoding is U+FFFD.
    #[must_use]
    pub fn decode(self, text: &[u8]) -> String {
        match self {
            Encoding::Utf8 => String::from_utf8_lossy(text).into_owned(),
            Encoding::Utf16Le => UTF_16LE.decode_without_bom_handling(text).0.into_owned(),
            Encoding::Utf16Be => UTF_16BE.decode_without_bom_handling(text).0.into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(entries: &[(&str, u32, &str)]) -> Schema {
        let entry = |&(name, root, sql): &(&str, u32, &str)| Entry {
            kind: "table".to_owned(),
            name: name.to_owned(),
            root,
            sql: sql.to_owned(),
        };
        Schema::of(&entries.iter().map(entry).collect::<Vec<_>>())
    }

    fn check(sql: &str, columns: &str, alias: Option<usize>, key: Key) {
        let schema = schema(&[("t", 2, sql)]);
        let table = &schema.tables[0];
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!((names.join(" ").as_str(), table.alias), (columns, alias), "{sql}");
        assert_eq!(table.key, key, "{sql}");
    }

    #[test]
    fn keys_and_the_order_of_columns() {
        check("CREATE TABLE t(a TEXT, b INT)", "a b", None, Key::Rowid);
        check(
            "CREATE TABLE t(a TEXT, Id INTEGER, PRIMARY KEY(id))",
            "a Id",
            Some(1),
            Key::Columns(vec![1]),
        );
        check("CREATE TABLE t(a INT PRIMARY KEY, b)", "a b", None, Key::Columns(vec![0]));
        check("CREATE TABLE t(a INTEGER PRIMARY KEY DESC)", "a", None, Key::Columns(vec![0]));
        check(
            "CREATE TABLE t(a, b, c AS (a), d, PRIMARY KEY(d, b, d)) WITHOUT ROWID",
            "d b a",
            None,
            Key::Columns(vec![0, 1]),
        );
    }

    #[test]
    fn the_content_of_an_index_of_text_is_labelled() {
        let schema = schema(&[
            ("sqlite_sequence", 3, "CREATE TABLE sqlite_sequence(name,seq)"),
            ("m", 0, "CREATE VIRTUAL TABLE m USING fts5(till, text)"),
            ("m_data", 4, "CREATE TABLE 'm_data'(id INTEGER PRIMARY KEY, block BLOB)"),
            ("m_content", 5, "CREATE TABLE 'm_content'(id INTEGER PRIMARY KEY, c0, c1)"),
            ("w", 0, "CREATE VIRTUAL TABLE w USING webb(x)"),
        ]);
        let labels: Vec<&str> = schema.tables[0].columns.iter().map(|c| c.label.as_str()).collect();
        assert_eq!((schema.tables.len(), labels), (1, vec!["id", "till", "text"]));
        assert_eq!(schema.unknown, ["w"]);
    }
}
