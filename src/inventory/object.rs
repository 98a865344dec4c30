//! The objects of an inventory as they are read back.
//!
//! Their fields are those of the inventory's schema. What a later version adds is passed over; what
//! it calls by a new name (a kind of place, a category) is kept by that name or as [`At::Other`].

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Confidence, Secret};
use crate::report::{Header, SourceLine};

/// One object.
#[derive(Clone, Debug)]
pub enum Object {
    /// How the inventory was made.
    Header(Header),
    /// Something that was scanned.
    Source(SourceLine),
    /// One item at one place.
    Finding(Finding),
    /// Something that should have been read and was not.
    Unread(Unread),
    /// One piece of work.
    Unit(Unit),
    /// The account of the whole.
    Summary(Summary),
}

/// One item at one place.
#[derive(Clone, Debug, Deserialize)]
pub struct Finding {
    /// Names the place, the same from scan to scan while it stays.
    pub id: String,
    /// The category's id, built in or of the user's own.
    pub category: String,
    /// How sure it is.
    #[serde(deserialize_with = "confidence")]
    pub confidence: Confidence,
    /// The same as a number from 0 to 1.
    #[serde(default)]
    pub score: f32,
    /// The value, as far as the inventory shows it.
    pub value: Value,
    /// Finer kinds.
    #[serde(default)]
    pub attributes: Attributes,
    /// Names of what speaks for and against it.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Where it is; `at` is always there.
    pub location: Location,
}

/// A value, as far as the inventory shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct Value {
    /// Its mask.
    pub masked: String,
    /// Its keyed token, in hexadecimal.
    #[serde(default)]
    pub token: Option<String>,
    /// As it stands.
    #[serde(default, deserialize_with = "secret")]
    pub plain: Option<Secret>,
    /// As it is compared.
    #[serde(default, deserialize_with = "secret")]
    pub normalized: Option<Secret>,
}

/// Finer kinds of a finding, by the words of the schema.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// Published for test or fiction.
    pub test_identity: bool,
    /// Article 9 GDPR.
    pub special_category: bool,
    /// Of a dietary note: `allergy`, `intolerance`, `diet`, `religious_diet`.
    pub kind: Option<String>,
    /// Of an e-mail address: `person`, `role`.
    pub role: Option<String>,
    /// Of a phone: `personal`, `business`.
    #[serde(rename = "use")]
    pub usage: Option<String>,
    /// `wrong` for a labelled number that was mistyped.
    pub check_digit: Option<String>,
    /// It stands masked where it was found.
    pub masked: bool,
    /// In the result of `subject`: `identifier`, `linked`.
    pub relation: Option<String>,
}

/// Where something is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Location {
    /// The source's id.
    pub source: String,
    /// Relative to the source's root, with `/`; none in a database.
    #[serde(default)]
    pub path: Option<String>,
    /// The path's exact bytes in base64, where it is not Unicode.
    #[serde(default)]
    pub path_bytes: Option<String>,
    /// The containers, from the outside in.
    #[serde(default)]
    pub inside: Vec<Step>,
    /// The place in the innermost document.
    #[serde(default)]
    pub at: Option<At>,
}

/// A step into a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Step {
    /// `archive_entry`, `mail_message`, `attachment`, `embedded`, `blob`.
    pub kind: String,
    /// Its name, or the column of a blob.
    #[serde(default)]
    pub name: Option<String>,
    /// The name's exact bytes in base64, where it is not Unicode.
    #[serde(default)]
    pub name_bytes: Option<String>,
    /// Which one.
    #[serde(default)]
    pub index: Option<u64>,
    /// Of a blob: its table.
    #[serde(default)]
    pub table: Option<String>,
    /// Of a blob: the key of its row, each value as JSON.
    #[serde(default, deserialize_with = "key")]
    pub key: BTreeMap<String, String>,
}

/// The place in the innermost document. Lines, pages and the like count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are those of the schema's `at`, by the same names")]
pub enum At {
    /// Text of any encoding.
    Text {
        line: u64,
        column: u64,
        byte_start: u64,
        byte_end: u64,
        #[serde(default)]
        field: Option<String>,
    },
    /// A spreadsheet.
    Cell {
        sheet: String,
        #[serde(default)]
        cell: Option<String>,
        #[serde(default)]
        field: Option<String>,
        #[serde(default)]
        part: Option<String>,
    },
    /// A PDF.
    Page {
        #[serde(default)]
        page: Option<u64>,
        #[serde(default)]
        field: Option<String>,
        #[serde(default)]
        part: Option<String>,
    },
    /// A text document.
    Paragraph { part: String, index: u64 },
    /// A presentation.
    Slide { slide: u64, part: String },
    /// A mail.
    Mail {
        part: String,
        #[serde(default)]
        field: Option<String>,
        #[serde(default)]
        line: Option<u64>,
    },
    /// A row of a database. The key's values are kept as JSON.
    Row {
        table: String,
        #[serde(default)]
        column: Option<String>,
        #[serde(default, deserialize_with = "key")]
        key: BTreeMap<String, String>,
        #[serde(default)]
        pointer: Option<String>,
        #[serde(default)]
        part: Option<String>,
    },
    /// A document property.
    Metadata { field: String },
    /// The own name of a file, folder or entry.
    Name,
    /// A kind of place that this version does not know.
    #[serde(other)]
    Other,
}

/// Something that should have been read and was not.
#[derive(Clone, Debug, Deserialize)]
pub struct Unread {
    /// Where it is.
    pub location: Location,
    /// Why, by the word of the schema.
    pub reason: String,
    /// What a person can act on.
    #[serde(default)]
    pub detail: String,
    /// The rest of the thing was read.
    #[serde(default)]
    pub partial: bool,
}

/// One piece of work.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Unit {
    /// Names it, the same from scan to scan while it stays.
    pub id: String,
    /// Its source's id.
    pub source: String,
    /// `file`, `folder`, `stdin`, `table`.
    #[serde(default)]
    pub kind: String,
    /// Of a file or folder.
    #[serde(default)]
    pub path: Option<String>,
    /// The path's exact bytes in base64, where it is not Unicode.
    #[serde(default)]
    pub path_bytes: Option<String>,
    /// Of a table or a part of one.
    #[serde(default)]
    pub table: Option<String>,
    /// Bytes read.
    #[serde(default)]
    pub bytes: u64,
    /// Digest of what was read, in hexadecimal.
    #[serde(default)]
    pub digest: Option<String>,
    /// Number of findings.
    #[serde(default)]
    pub findings: u64,
    /// All of it was read.
    #[serde(default)]
    pub complete: bool,
    /// When it was last written, as RFC 3339 in UTC.
    #[serde(default)]
    pub modified: Option<String>,
    /// Who owns the file.
    #[serde(default, deserialize_with = "word")]
    pub owner: Option<String>,
    /// The file's group.
    #[serde(default, deserialize_with = "word")]
    pub group: Option<String>,
    /// The file's mode, in octal digits or as the inventory has it.
    #[serde(default, deserialize_with = "word")]
    pub mode: Option<String>,
    /// Everybody may read it.
    #[serde(default)]
    pub world_readable: bool,
}

/// The account of the whole.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Everything that should have been read was read.
    pub complete: bool,
    /// It ended before its work was done.
    pub interrupted: bool,
    /// What else was not done, in words.
    pub reasons: Vec<String>,
    /// Findings by category and confidence.
    pub findings: BTreeMap<String, BTreeMap<String, u64>>,
    /// Of these, what is published for test or fiction.
    pub test_identities: BTreeMap<String, BTreeMap<String, u64>>,
    /// What became of everything that was met.
    pub ledger: Ledger,
    /// When it ended, as RFC 3339 in UTC.
    pub finished: String,
}

/// What became of everything that was met, in files, members and tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// Scanned + skipped + unread.
    pub seen: u64,
    /// Read, wholly or in part.
    pub scanned: u64,
    /// Passed over on purpose, by what passed it over.
    pub skipped: BTreeMap<String, u64>,
    /// Not read, by reason.
    pub unread: BTreeMap<String, u64>,
    /// Read in part; counted under `scanned`.
    pub partial: u64,
    /// Bytes read.
    pub bytes: u64,
}

fn confidence<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Confidence, D::Error> {
    let word = std::borrow::Cow::<'d, str>::deserialize(from)?;
    let grades = [Confidence::Low, Confidence::Medium, Confidence::High];
    let grade = grades.into_iter().find(|grade| grade.id() == word);
    grade.ok_or_else(|| serde::de::Error::custom("no confidence"))
}

fn secret<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(Secret::new))
}

/// The values of a row's key, each as JSON: `7` and `"7"` are two keys.
fn key<'d, D: serde::Deserializer<'d>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let key = BTreeMap::<String, serde_json::Value>::deserialize(from)?;
    Ok(key.into_iter().map(|(column, value)| (column, value.to_string())).collect())
}

/// A word or a number.
fn word<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
