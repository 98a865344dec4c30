//! What is to be done at one place.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A row of a database table goes.
    DeleteRow,
    /// Values of a row of a database table go; the row stays.
    SetNull,
    /// A value inside a JSON value of a database goes.
    EditValue,
    /// A row of a sheet or a delimited table goes.
    DeleteTableRow,
    /// A cell is emptied.
    ClearCell,
    /// Lines or a part of them go.
    RemoveText,
    /// A paragraph or a part of it goes.
    RemoveParagraph,
    /// A text on a slide goes.
    RemoveFromSlide,
    /// Something on a page is blacked out so that it is gone, not covered.
    RedactPage,
    /// A message goes.
    DeleteMessage,
    /// A document's property is emptied.
    ClearProperty,
    /// A file or folder is deleted or given another name.
    RenameOrDelete,
}

/// How safely it can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Safety {
    /// The place has an exact key or range, and holds nothing of others.
    Automatic,
    /// Somebody should look first.
    Review,
    /// Only a person with the right program can do it.
    Manual,
}

/// Something that speaks against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Against {
    /// What: a hold, a duty to keep, a list.
    pub what: String,
    /// Why.
    pub reason: String,
    /// Until when, `YYYY-MM-DD`, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A value that stands at the place now.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The id of the finding.
    pub id: String,
    /// Its category.
    pub category: String,
    /// `identifier` or `linked`.
    pub relation: String,
    /// The keyed token of the value.
    pub token: String,
    /// As much of the value as may be shown.
    pub masked: String,
    /// The value as it stands there: what a statement is guarded by. It cannot be printed by accident.
    pub written: String,
    /// Its match form.
    pub normalized: String,
    /// Where exactly, as in findings.
    pub at: Value,
}

/// The state of the source when the value was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The keyed digest of the file or table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// When a file was modified, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
}

/// One thing to do.
#[derive(Clone, Serialize, Deserialize)]
pub struct Operation {
    /// Its number, from 1.
    pub number: u32,
    /// What.
    pub action: Action,
    /// How safely.
    pub safety: Safety,
    /// Why it is no safer than that, in words.
    pub because: Vec<String>,
    /// What speaks against it; it waits until that is settled.
    pub against: Vec<Against>,
    /// Source, path and steps inside, as in findings; `at` is the first value's.
    pub location: Value,
    /// First and last line, where lines are to go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<(u64, u64)>,
    /// What stands there now.
    pub expected: Vec<Expected>,
    /// The state of the source then.
    pub state: State,
}

impl Operation {
    /// The kind of its place.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.location["at"]["kind"].as_str().unwrap_or_default()
    }

    /// Is it in a database?
    #[must_use]
    pub fn is_row(&self) -> bool {
        self.kind() == "row" && self.is_outermost()
    }

    /// Is it in no container?
    #[must_use]
    pub fn is_outermost(&self) -> bool {
        self.location["inside"].as_array().is_none_or(Vec::is_empty)
    }
}
