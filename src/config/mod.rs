//! The configuration, `sparhund.toml`: named sources, what of them is read, rules, key, output, policy
//! and the exceptions of `check`. It lies in the working folder or is named, and is never taken from
//! what is scanned.
//!
//! [`Config::parse`] reads all of it before it refuses any of it. Which setting of the command line
//! or the environment beats which of these is the command line's business.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

mod written;

use crate::model::Confidence;
use crate::validate::date::Date;

/// The name of the configuration in the working folder.
pub const NAME: &str = "sparhund.toml";

/// Where a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file or a folder.
    Path(PathBuf),
    /// A database, without its password.
    Database {
        /// `sqlite:PATH`, `postgres://…` or `mysql://…`.
        url: String,
        /// Where the password is, if not where the database's own programs look for it.
        password: Option<Password>,
    },
}

/// Where a password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// In this variable of the environment.
    Env(String),
    /// In the first line of this file.
    File(PathBuf),
}

/// What of the sources is read, and how. Nothing is set that is not written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// Only paths that match one of these.
    pub include: Vec<globset::Glob>,
    /// No paths that match one of these.
    pub exclude: Vec<globset::Glob>,
    /// Largest file read, in bytes.
    pub max_size: Option<u64>,
    /// Stay on the file system of each source.
    pub one_file_system: Option<bool>,
    /// Follow symbolic links.
    pub follow_links: Option<bool>,
    /// Only these categories.
    pub categories: Vec<String>,
    /// Findings below are left out.
    pub min_confidence: Option<Confidence>,
    /// Number of threads.
    pub jobs: Option<u64>,
    /// Seconds a file may take to answer.
    pub timeout: Option<u64>,
}

/// How the result is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The form: a word of `--format`.
    pub format: Option<String>,
    /// The file.
    pub file: Option<PathBuf>,
    /// `masked` or `token`. Values as they stand have to be asked for each time.
    pub values: Option<String>,
    /// Mask what is personal in paths too.
    pub mask_paths: Option<bool>,
}

/// An exception of `check`.
#[derive(Clone, Debug, PartialEq)]
pub struct Allow {
    /// The line it stands on.
    pub line: usize,
    /// The category it is for.
    pub category: String,
    /// The paths it is for, from the working folder.
    pub path: globset::Glob,
    /// The token of the one value it is for.
    pub token: Option<[u8; 16]>,
    /// A regular expression that fits the match form of the values it is for, anchored.
    pub pattern: Option<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day it holds.
    pub until: Option<Date>,
}

/// What `check` does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// The file of what is known.
    pub baseline: Option<PathBuf>,
    /// Only these categories.
    pub categories: Vec<String>,
    /// No paths that match one of these, from the working folder.
    pub exclude: Vec<globset::Glob>,
    /// Exceptions.
    pub allow: Vec<Allow>,
}

/// A whole configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Where it was read.
    pub file: PathBuf,
    /// Sources by name.
    pub sources: BTreeMap<String, Location>,
    /// What of them is read, and how.
    pub scan: Scan,
    /// How the result is written.
    pub output: Output,
    /// The key of the tokens.
    pub key_file: Option<PathBuf>,
    /// Rules of the user's own: files, or folders of them.
    pub rules: Vec<PathBuf>,
    /// What the data map and the register are held against.
    pub policy: Option<PathBuf>,
    /// What `check` does.
    pub check: Check,
}

/// Something wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// Line, from 1.
    pub line: usize,
    /// Column, in characters from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl Config {
    /// Reads a configuration. Paths in it start from the folder that `file` lies in.
    ///
    /// # Errors
    /// Everything that is wrong with it, in order of place.
    pub fn parse(file: &Path, text: &str) -> Result<Config, Vec<Complaint>> {
        written::parse(file, text)
    }
}
