//! One piece of work, as data.

use serde::{Deserialize, Serialize};

use super::FileName;

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A file.
    File,
    /// A folder: its name is scanned, its entries are units of their own.
    Folder,
    /// Standard input.
    Stdin,
    /// A table of a database, or a range of its rows.
    Table,
}

/// A table, or a range of its rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TablePart {
    /// The table's schema, or its database where there are no schemas; none for the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The table's own name.
    pub name: String,
    /// Which of the table's parts it is, from 1.
    pub number: u32,
    /// How many parts the table has.
    pub of: u32,
    /// Its rows; none for all of the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<KeyRange>,
}

impl TablePart {
    /// All of a table.
    #[must_use]
    pub fn whole(schema: Option<String>, name: String) -> TablePart {
        TablePart { schema, name, number: 1, of: 1, range: None }
    }

    /// The table as locators name it.
    #[must_use]
    pub fn table(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Rows by the first column of their key, which holds whole numbers. The bounds are made by dividing
/// what lies between the least and the greatest, and say nothing of any row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeyRange {
    /// The column.
    pub column: String,
    /// The first number; none for all from the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// The number behind the last; none for all up to the greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
}

/// One piece of work: a file, a folder's name, standard input. Names its source, never holds a
/// password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Number of the source, as in the inventory's `sources`.
    pub source: usize,
    /// What it is.
    pub kind: UnitKind,
    /// Path relative to the source's root, with `/`; empty for the root itself.
    pub path: FileName,
}
