//! The first lines of an inventory: what made it, of what, and how.

use serde::{Deserialize, Serialize};

use super::showing::{Showing, Values};
use crate::model::{Confidence, FileName};

/// Version of the inventory's form. It changes when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// What made an inventory, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the form.
    pub schema: u32,
    /// Version of the program.
    pub tool: String,
    /// Digest of the rules.
    pub rules: String,
    /// How values are shown.
    pub values: String,
    /// The key of the tokens, by its name.
    pub key_id: Option<String>,
    /// Findings below are left out.
    pub min_confidence: String,
    /// The day against which birth dates and ages are judged.
    pub reference_date: String,
    /// When it was begun, as RFC 3339.
    pub started: String,
}

impl Header {
    /// The header of a run of this program.
    #[must_use]
    pub fn new(
        rules: &str,
        showing: &Showing,
        min_confidence: Confidence,
        reference: impl std::fmt::Display,
    ) -> Header {
        let shows_tokens = showing.values != Values::Masked;
        Header {
            schema: SCHEMA_VERSION,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            rules: rules.to_owned(),
            values: showing.values.id().to_owned(),
            key_id: showing.key.as_ref().filter(|_| shows_tokens).map(super::Key::id),
            min_confidence: min_confidence.id().to_owned(),
            reference_date: reference.to_string(),
            started: now(),
        }
    }

    /// The line, with its end.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        typed("header", self)
    }
}

/// A source as inventories name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceLine {
    /// What locations call it.
    pub id: String,
    /// `folder`, `file` or `stdin`.
    pub kind: String,
    /// Path or URL without credentials.
    pub root: String,
    /// The exact bytes in base64, for a path that is not Unicode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_bytes: Option<String>,
}

impl SourceLine {
    /// A source of files.
    #[must_use]
    pub fn new(id: &str, kind: &str, root: &FileName) -> SourceLine {
        SourceLine {
            id: id.to_owned(),
            kind: kind.to_owned(),
            root: root.display().into_owned(),
            root_bytes: root.exact(),
        }
    }

    /// The line, with its end.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        typed("source", self)
    }
}

/// An object with its `type` first, as a line.
fn typed(kind: &str, object: &impl Serialize) -> Vec<u8> {
    let mut line = format!("{{\"type\":\"{kind}\",").into_bytes();
    let body = serde_json::to_vec(object).expect("plain data can be written");
    line.extend_from_slice(&body[1..]);
    line.push(b'\n');
    line
}

/// The time, in whole seconds of UTC.
#[must_use]
pub fn now() -> String {
    let now = jiff::Timestamp::now().as_second();
    let mut out = Vec::new();
    super::text::time(&mut out, now, 0);
    String::from_utf8(out).expect("a time is ASCII")
}
