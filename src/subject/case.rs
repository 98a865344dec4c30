//! A case: what was found of a person, what was searched, and until when the answer is due.
//!
//! It holds the person's data. Whoever writes it makes it readable by its owner only, or locks it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::deadline::Deadline;
use super::gather::Gathered;
use super::identifier::Identifier;
use crate::report::Summary;

/// What a case calls itself.
const KIND: &str = "sparhund case";
/// Version of the form.
const SCHEMA: u32 = 1;

/// What was found of a person. It cannot be printed by accident.
#[derive(Clone, Serialize, Deserialize)]
pub struct Case {
    kind: String,
    schema: u32,
    /// Version of the program.
    pub tool: String,
    /// When the search ended, RFC 3339.
    pub created: String,
    /// Who ran it: user and machine.
    pub by: String,
    /// Until when an answer is due.
    pub deadline: Deadline,
    /// What was searched for; the first were asked for.
    pub identifiers: Vec<Identifier>,
    /// Values that stood with the person and were not searched for, and why.
    pub not_followed: Vec<NotFollowed>,
    /// How it was searched.
    pub search: SearchOptions,
    /// The key of the tokens.
    pub key: CaseKey,
    /// Sources, as inventories have them.
    pub sources: Vec<Value>,
    /// Findings, as inventories have them, with values and tokens.
    pub places: Vec<Value>,
    /// What stands in the person's records, others' data hidden.
    pub records: Vec<Excerpt>,
    /// The units the places lie in, with digest and time.
    pub units: Vec<Value>,
    /// What could not be read.
    pub unread: Vec<Value>,
    /// The summary of the search: what was read and what was not.
    pub coverage: Value,
}

/// A value that stood with the person and was not searched for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotFollowed {
    /// The value.
    pub value: String,
    /// Why.
    pub reason: String,
}

/// How it was searched, so that it can be searched again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchOptions {
    /// Only these paths.
    pub include: Vec<String>,
    /// Not these.
    pub exclude: Vec<String>,
    /// Largest file.
    pub max_size: Option<u64>,
    /// One file system only.
    pub one_file_system: bool,
    /// Symbolic links were followed.
    pub follow_links: bool,
    /// The day by which birth dates are judged.
    pub reference_date: String,
}

/// The key of a case's tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseKey {
    /// Its name.
    pub id: String,
    /// The key itself, if it was made for the case; the user's own is never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A stretch of a document around the person's values.
#[derive(Clone, Serialize, Deserialize)]
pub struct Excerpt {
    /// Source, path and steps inside, as in findings.
    pub location: Value,
    /// The number its findings have.
    pub record: String,
    /// Others stand there too.
    pub shared: bool,
    /// So many numbers and names of others.
    pub others: u64,
    /// Labels and texts.
    pub fields: Vec<(String, String)>,
}

/// What the parts of a case come from.
pub struct Made<'a> {
    /// What was found.
    pub gathered: &'a Gathered,
    /// How it ended.
    pub summary: &'a Summary,
    /// What was searched for.
    pub identifiers: Vec<Identifier>,
    /// What was not.
    pub not_followed: Vec<NotFollowed>,
    /// How it was searched.
    pub search: SearchOptions,
    /// The key.
    pub key: CaseKey,
    /// The day the request was received.
    pub deadline: Deadline,
    /// Who ran it.
    pub by: String,
}

/// Why a text is no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCase {
    /// It ends too early.
    CutOff,
    /// It is something else.
    Other,
    /// A later version's.
    Version(u32),
}

impl std::fmt::Display for NoCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoCase::CutOff => f.write_str("it is cut off: make it again"),
            NoCase::Other => {
                f.write_str("it is not what is expected here (see sparhund subject --case)")
            }
            NoCase::Version(n) => write!(f, "it has form {n}, which this version does not know"),
        }
    }
}

impl Case {
    /// The case of a search that has ended.
    #[must_use]
    pub fn new(made: Made<'_>) -> Case {
        let Made { gathered, summary, identifiers, not_followed, search, key, deadline, by } = made;
        Case {
            kind: KIND.to_owned(),
            schema: SCHEMA,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            created: summary.finished.clone(),
            by,
            deadline,
            identifiers,
            not_followed,
            search,
            key,
            sources: gathered.sources.clone(),
            places: gathered.findings.clone(),
            records: gathered.records.iter().flat_map(excerpts).collect(),
            units: gathered.units.clone(),
            unread: gathered.unread.clone(),
            coverage: serde_json::from_slice(&summary.to_line()).unwrap_or_default(),
        }
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("plain data can be written");
        text.push(b'\n');
        text
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &[u8]) -> Result<Case, NoCase> {
        let value: Value = read_json(text)?;
        match (value["kind"].as_str(), value["schema"].as_u64()) {
            (Some(KIND), Some(n)) if n == u64::from(SCHEMA) => {}
            (Some(KIND), n) => return Err(NoCase::Version(n.unwrap_or_default() as u32)),
            _ => return Err(NoCase::Other),
        }
        serde_json::from_value(value).map_err(|_| NoCase::Other)
    }

    /// The excerpt a finding stands in.
    #[must_use]
    pub fn excerpt_of(&self, place: &Value) -> Option<&Excerpt> {
        let record = place["attributes"]["record"].as_str()?;
        self.records
            .iter()
            .find(|e| e.record == record && is_same_document(&e.location, &place["location"]))
    }
}

/// Reads JSON, and tells a text that ends too early from one that is wrong.
///
/// # Errors
/// Which of them it is.
pub fn read_json(text: &[u8]) -> Result<Value, NoCase> {
    serde_json::from_slice(text).map_err(|error| match error.is_eof() {
        true => NoCase::CutOff,
        false => NoCase::Other,
    })
}

/// Are two locations in the same document?
#[must_use]
pub fn is_same_document(a: &Value, b: &Value) -> bool {
    ["source", "path", "path_bytes", "inside"].iter().all(|key| a[*key] == b[*key])
}

fn excerpts(line: &Value) -> Vec<Excerpt> {
    let records = line["records"].as_array().cloned().unwrap_or_default();
    let excerpt = |mut record: Value| {
        record["location"] = line["location"].clone();
        serde_json::from_value(record).ok()
    };
    records.into_iter().filter_map(excerpt).collect()
}
