//! Operations from places. Pure: a case in, a plan out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::operation::{Action, Against, Expected, Operation, Safety, State};
use super::order;
use crate::subject::case::{Case, CaseKey, NoCase, SearchOptions, is_same_document, read_json};
use crate::subject::identifier::{Identifier, Kind, Origin};

/// What a plan calls itself.
const KIND: &str = "sparhund erasure plan";
/// Version of the form.
const SCHEMA: u32 = 1;

/// What an erasure consists of. It holds what a later search needs, so it is as secret as the case.
#[derive(Clone, Serialize, Deserialize)]
pub struct Plan {
    kind: String,
    schema: u32,
    /// Version of the program.
    pub tool: String,
    /// When the places were seen, RFC 3339.
    pub seen: String,
    /// When the plan was made, RFC 3339.
    pub created: String,
    /// Who made it.
    pub by: String,
    /// What the person is known by.
    pub identifiers: Vec<Identifier>,
    /// How it was searched.
    pub search: SearchOptions,
    /// The key of the tokens.
    pub key: CaseKey,
    /// Sources, as inventories have them.
    pub sources: Vec<Value>,
    /// What is to be done, in this order.
    pub operations: Vec<Operation>,
    /// What could not be read: nobody knows whether the person stands there.
    pub unread: Vec<Value>,
}

/// What the organisation has declared that speaks against an erasure.
pub trait Policy {
    /// What speaks against erasing the value with this token at a location.
    fn against(&self, location: &Value, token: &str, category: &str) -> Vec<Against>;
}

/// Nothing declared.
impl Policy for () {
    fn against(&self, _location: &Value, _token: &str, _category: &str) -> Vec<Against> {
        Vec::new()
    }
}

/// Makes a plan of a case.
#[must_use]
pub fn plan(case: &Case, policy: &dyn Policy, created: String, by: String) -> Plan {
    let mut operations: Vec<Operation> = Vec::new();
    for finding in &case.places {
        let operation = operation(case, finding, policy);
        match operations.iter_mut().find(|known| is_same_thing(known, &operation)) {
            Some(known) => merge(known, operation),
            None => operations.push(operation),
        }
    }
    order::arrange(&mut operations, case);
    for (n, operation) in operations.iter_mut().enumerate() {
        operation.number = n as u32 + 1;
    }
    Plan {
        kind: KIND.to_owned(),
        schema: SCHEMA,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        seen: case.created.clone(),
        created,
        by,
        identifiers: case.identifiers.clone(),
        search: case.search.clone(),
        key: case.key.clone(),
        sources: case.sources.clone(),
        operations,
        unread: case.unread.clone(),
    }
}

impl Plan {
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
    pub fn parse(text: &[u8]) -> Result<Plan, NoCase> {
        let value = read_json(text)?;
        match (value["kind"].as_str(), value["schema"].as_u64()) {
            (Some(KIND), Some(n)) if n == u64::from(SCHEMA) => {}
            (Some(KIND), n) => return Err(NoCase::Version(n.unwrap_or_default() as u32)),
            _ => return Err(NoCase::Other),
        }
        serde_json::from_value(value).map_err(|_| NoCase::Other)
    }

    /// What a search that verifies looks for: the person, and each value that stood with them.
    #[must_use]
    pub fn wanted(&self) -> Vec<Identifier> {
        let mut out = self.identifiers.clone();
        let linked =
            self.operations.iter().flat_map(|o| &o.expected).filter(|e| e.relation == "linked");
        for expected in linked {
            let Some(value) = expected.at_value() else { continue };
            let known = out.iter().any(|i| {
                i.category.as_deref() == Some(&expected.category) && i.values.contains(&value)
            });
            if !known {
                let category = Some(expected.category.clone());
                out.push(Identifier {
                    kind: Kind::Linked,
                    values: vec![value],
                    category,
                    origin: Origin::Asked,
                });
            }
        }
        out
    }
}

impl Expected {
    /// The match form, which is what tokens are made of.
    fn at_value(&self) -> Option<String> {
        Some(self.normalized.clone()).filter(|value| !value.is_empty())
    }
}

fn operation(case: &Case, finding: &Value, policy: &dyn Policy) -> Operation {
    let location = finding["location"].clone();
    let shared = finding["attributes"]["shared"] == true;
    let action = action(&location, shared);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (token, category) = (text(&finding["value"]["token"]), text(&finding["category"]));
    let expected = Expected {
        id: text(&finding["id"]),
        relation: text(&finding["attributes"]["relation"]),
        masked: text(&finding["value"]["masked"]),
        written: text(&finding["value"]["plain"]),
        token: token.clone(),
        category: category.clone(),
        normalized: text(&finding["value"]["normalized"]),
        at: location["at"].clone(),
    };
    let (safety, because) = safety(action, &location, finding);
    Operation {
        number: 0,
        action,
        safety,
        because,
        against: policy.against(&location, &token, &category),
        lines: lines(action, &location),
        state: state(case, &location),
        location,
        expected: vec![expected],
    }
}

/// What is done at a place.
fn action(location: &Value, shared: bool) -> Action {
    let at = &location["at"];
    let part = at["part"].as_str();
    match at["kind"].as_str().unwrap_or_default() {
        "row" if at["pointer"].is_string() => Action::EditValue,
        // A row that also holds others stays; what is the person's in it goes.
        "row" if shared => Action::SetNull,
        "row" => Action::DeleteRow,
        "cell" if part.is_some() || shared => Action::ClearCell,
        "cell" => Action::DeleteTableRow,
        "text" if at["field"].is_string() && is_table(location) && !shared => {
            Action::DeleteTableRow
        }
        "text" => Action::RemoveText,
        "paragraph" => Action::RemoveParagraph,
        "slide" => Action::RemoveFromSlide,
        "page" => Action::RedactPage,
        "mail" => Action::DeleteMessage,
        "metadata" => Action::ClearProperty,
        _ => Action::RenameOrDelete,
    }
}

/// Rows of delimited tables have columns; pointers and paths begin with a slash.
fn is_table(location: &Value) -> bool {
    location["at"]["field"].as_str().is_some_and(|field| !field.starts_with('/'))
}

fn lines(action: Action, location: &Value) -> Option<(u64, u64)> {
    let line = location["at"]["line"].as_u64()?;
    matches!(action, Action::DeleteTableRow | Action::RemoveText).then_some((line, line))
}

fn safety(action: Action, location: &Value, finding: &Value) -> (Safety, Vec<String>) {
    let mut because = Vec::new();
    let inside = location["inside"].as_array().is_some_and(|steps| !steps.is_empty());
    let archive =
        location["inside"].as_array().into_iter().flatten().any(|s| s["kind"] == "archive_entry");
    let mut safety = match action {
        Action::DeleteRow | Action::SetNull | Action::DeleteTableRow | Action::ClearCell => {
            Safety::Automatic
        }
        Action::RedactPage | Action::RemoveFromSlide => Safety::Manual,
        _ => Safety::Review,
    };
    let key = &location["at"]["key"];
    if key.get("ctid").is_some() || key.get("rowid").is_some() {
        safety = safety.max(Safety::Review);
        because.push("the table has no key of its own: rows may have moved".to_owned());
    }
    if action == Action::RedactPage {
        because.push("text of a page is only gone when the document is made anew".to_owned());
    }
    if archive {
        safety = Safety::Manual;
        because.push("it lies in an archive, which must be packed again".to_owned());
    } else if inside {
        safety = safety.max(Safety::Review);
        because.push("it lies inside another document or mail".to_owned());
    }
    if finding["attributes"]["shared"] == true {
        safety = safety.max(Safety::Review);
        because.push("data of other persons stands there too".to_owned());
    }
    if finding["confidence"] == "low" {
        safety = safety.max(Safety::Review);
        because.push("it is not sure that this is the person".to_owned());
    }
    (safety, because)
}

/// The state of the unit that a location lies in.
fn state(case: &Case, location: &Value) -> State {
    let is_unit = |unit: &&Value| {
        unit["source"] == location["source"]
            && match location["path"].is_string() {
                true => unit["path"] == location["path"],
                false => unit["table"] == location["at"]["table"],
            }
    };
    let Some(unit) = case.units.iter().find(is_unit) else { return State::default() };
    let text = |key: &str| unit[key].as_str().map(str::to_owned);
    State { digest: text("digest"), modified: text("modified") }
}

/// Do both change the same thing?
fn is_same_thing(a: &Operation, b: &Operation) -> bool {
    if !is_same_document(&a.location, &b.location) {
        return false;
    }
    let same =
        |keys: &[&str]| keys.iter().all(|key| a.location["at"][*key] == b.location["at"][*key]);
    let row = |o: &Operation| matches!(o.action, Action::DeleteRow | Action::SetNull);
    match a.action {
        // A row that goes takes its values with it.
        Action::DeleteRow | Action::SetNull => row(b) && same(&["table", "key"]),
        Action::EditValue => b.action == a.action && same(&["table", "key", "column", "pointer"]),
        Action::DeleteTableRow if a.kind() == "cell" => {
            b.action == a.action && same(&["sheet"]) && row_of(&a.location) == row_of(&b.location)
        }
        Action::DeleteTableRow | Action::RemoveText => {
            matches!(b.action, Action::DeleteTableRow | Action::RemoveText) && a.lines == b.lines
        }
        Action::DeleteMessage => b.action == a.action,
        Action::RemoveParagraph => b.action == a.action && same(&["part", "index"]),
        Action::RemoveFromSlide => b.action == a.action && same(&["slide", "part"]),
        Action::RedactPage => b.action == a.action && same(&["page", "part"]),
        Action::ClearCell => b.action == a.action && same(&["sheet", "cell", "part"]),
        Action::ClearProperty => b.action == a.action && same(&["field"]),
        Action::RenameOrDelete => b.action == a.action,
    }
}

/// The number of a cell's row, from `C14`.
pub(super) fn row_of(location: &Value) -> Option<u64> {
    let cell = location["at"]["cell"].as_str()?;
    cell.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
}

fn merge(known: &mut Operation, other: Operation) {
    known.safety = known.safety.max(other.safety);
    // A row is not deleted for what is only a part of it.
    if known.action != other.action && known.is_row() {
        known.action = Action::SetNull;
    } else {
        known.action = known.action.max(other.action);
    }
    for reason in other.because {
        if !known.because.contains(&reason) {
            known.because.push(reason);
        }
    }
    for against in other.against {
        if !known.against.contains(&against) {
            known.against.push(against);
        }
    }
    if let (Some(lines), Some(more)) = (&mut known.lines, other.lines) {
        *lines = (lines.0.min(more.0), lines.1.max(more.1));
    }
    known.expected.extend(other.expected);
}
