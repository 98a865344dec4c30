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
