//! Exceptions of the configuration: which findings may stand, and why.

use std::path::Path;

use globset::GlobMatcher;
use regex_automata::meta::Regex;

use crate::model::Secret;
use crate::validate::date::Date;

/// Which values an exception is for.
#[derive(Clone, Debug)]
pub enum Value {
    /// Any.
    Any,
    /// Those of this token.
    Token([u8; 16]),
    /// Those whose match form fits this expression, which is anchored.
    Pattern(Regex),
}

/// An exception of the configuration.
#[derive(Clone, Debug)]
pub struct Allow {
    /// Where it stands, for messages: `sparhund.toml:12`.
    pub origin: String,
    /// The category it is for.
    pub category: String,
    /// The paths it is for, from the working folder.
    pub path: GlobMatcher,
    /// The values it is for.
    pub value: Value,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day it holds.
    pub until: Option<Date>,
}

impl Allow {
    /// Is it for this finding? Whether its time is over is not asked here.
    #[must_use]
    pub fn holds(
        &self,
        path: &Path,
        category: &str,
        value: &Secret,
        token: Option<[u8; 16]>,
    ) -> bool {
        let is_value = || match &self.value {
            Value::Any => true,
            Value::Token(wanted) => token == Some(*wanted),
            Value::Pattern(pattern) => pattern.is_match(value.expose()),
        };
        self.category == category && self.path.is_match(path) && is_value()
    }

    /// The one file it is for, if its path is no pattern.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        let glob = self.path.glob().glob();
        (!glob.contains(['*', '?', '[', '{'])).then(|| Path::new(glob))
    }
}
