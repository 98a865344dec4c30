//! What a new search finds, held against a plan.
//!
//! A value that is masked, hashed or moved is not erased: what counts is whether it can be found, at
//! its place or anywhere else in the sources. The receipt says so without saying the values.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::operation::{Expected, Operation};
use super::plan::Plan;
use crate::subject::case::is_same_document;
use crate::subject::gather::Gathered;

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing of it can be found.
    Done,
    /// A value stands where it stood.
    StillThere,
    /// The document or row is another now, and a value still stands in it elsewhere.
    ChangedSince,
    /// The source, file or table could not be read.
    Unreachable,
}

impl Status {
    /// The word in receipts.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Status::Done => "done",
            Status::StillThere => "still_there",
            Status::ChangedSince => "changed_since",
            Status::Unreachable => "unreachable",
        }
    }
}

/// What a new search brought.
pub struct Now<'a> {
    /// Its findings and problems.
    pub gathered: &'a Gathered,
    /// Ids of sources that are gone.
    pub gone: BTreeSet<String>,
    /// Everything that was there was read.
    pub complete: bool,
}

/// What became of a plan.
pub struct Verified {
    /// Of each operation, by its place in the plan.
    pub statuses: Vec<Status>,
    /// Places of the person that no operation names, as findings have them.
    pub elsewhere: Vec<Value>,
    /// Everything was read.
    pub complete: bool,
}

/// Holds what was found against the plan.
#[must_use]
pub fn verify(plan: &Plan, now: &Now<'_>) -> Verified {
    let statuses: Vec<Status> = plan.operations.iter().map(|o| status(o, now)).collect();
    let planned = |finding: &Value| {
        plan.operations
            .iter()
            .zip(&statuses)
            .any(|(operation, status)| is_of(operation, finding) && *status != Status::Done)
    };
    let own = now.gathered.findings.iter().filter(|f| f["attributes"]["relation"] == "identifier");
    let elsewhere = own.filter(|f| !planned(f)).cloned().collect();
    let complete = now.complete && now.gone.is_empty() && !statuses.contains(&Status::Unreachable);
    Verified { statuses, elsewhere, complete }
}

impl Verified {
    /// Can something of the person still be found?
    #[must_use]
    pub fn is_left(&self) -> bool {
        let left = |status: &Status| matches!(status, Status::StillThere | Status::ChangedSince);
        self.statuses.iter().any(left) || !self.elsewhere.is_empty()
    }

    /// How many operations came to an end of this kind.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.statuses.iter().filter(|own| **own == status).count()
    }
}

fn status(operation: &Operation, now: &Now<'_>) -> Status {
    let here: Vec<&Value> = now.gathered.findings.iter().filter(|f| is_in(operation, f)).collect();
    if here.iter().any(|f| operation.expected.iter().any(|e| is_at(e, f))) {
        return Status::StillThere;
    }
    let tokens: BTreeSet<&str> = operation.expected.iter().map(|e| e.token.as_str()).collect();
    let token =
        |f: &Value| f["value"]["token"].as_str().filter(|t| tokens.contains(t)).map(str::to_owned);
    let person =
        here.iter().any(|f| f["attributes"]["relation"] == "identifier" && token(f).is_some());
    // Two values of a record together are the person's record, wherever it has moved to.
    let together = here.iter().any(|f| {
        let record = &f["attributes"]["record"];
        let with = here.iter().filter(|g| g["attributes"]["record"] == *record);
        with.filter_map(|g| token(g)).collect::<BTreeSet<_>>().len() >= 2
    });
    if person || together {
        return Status::ChangedSince;
    }
    let source = operation.location["source"].as_str().unwrap_or_default();
    if now.gone.contains(source) || now.gathered.unread.iter().any(|u| is_unread(operation, u)) {
        return Status::Unreachable;
    }
    Status::Done
}

/// Is a finding in the document or table of an operation?
fn is_in(operation: &Operation, finding: &Value) -> bool {
    let (own, other) = (&operation.location, &finding["location"]);
    is_same_document(own, other)
        && (own["at"]["kind"] != "row" || own["at"]["table"] == other["at"]["table"])
}

/// Does a finding stand where the value stood?
fn is_at(expected: &Expected, finding: &Value) -> bool {
    let (own, other) = (&expected.at, &finding["location"]["at"]);
    finding["value"]["token"] == expected.token.as_str()
        && match own["kind"].as_str() {
            // The place of a line is its number: what stands before in it may have gone.
            Some("text") => own["line"] == other["line"] && own["kind"] == other["kind"],
            Some("row") => {
                ["table", "column", "key", "pointer"].iter().all(|k| own[*k] == other[*k])
            }
            _ => own == other,
        }
}

/// Is a finding one that an operation names, or in its document?
fn is_of(operation: &Operation, finding: &Value) -> bool {
    is_in(operation, finding)
        && operation.expected.iter().any(|e| finding["value"]["token"] == e.token.as_str())
}

/// Does something unread lie where the operation's values stood?
fn is_unread(operation: &Operation, unread: &Value) -> bool {
    let (own, other) = (&operation.location, &unread["location"]);
    let steps = |value: &Value| value["inside"].as_array().cloned().unwrap_or_default();
    let table = own["at"]["table"].is_null()
        || other["at"]["table"].is_null() && other["table"].is_null()
        || own["at"]["table"] == other["at"]["table"]
        || own["at"]["table"] == other["table"];
    own["source"] == other["source"]
        && own["path"] == other["path"]
        && table
        && steps(own).starts_with(&steps(other))
}

/// The receipt: what became of each operation, without the person's data. `mask` masks what is
/// personal in a path or key.
#[must_use]
pub fn receipt(plan: &Plan, verified: &Verified, now: &Now<'_>, made: &Made<'_>) -> Value {
    let operations: Vec<Value> = plan
        .operations
        .iter()
        .zip(&verified.statuses)
        .map(|(operation, status)| {
            json!({
                "number": operation.number,
                "action": operation.action,
                "status": status.id(),
                "place": place(&operation.location, made.mask),
                "tokens": operation.expected.iter().map(|e| &e.token).collect::<BTreeSet<_>>(),
                "against": operation.against.iter().map(|a| json!({"what": a.what, "until": a.until})).collect::<Vec<_>>(),
            })
        })
        .collect();
    let elsewhere: Vec<Value> = verified
        .elsewhere
        .iter()
        .map(|f| json!({
            "category": f["category"], "token": f["value"]["token"], "place": place(&f["location"], made.mask),
        }))
        .collect();
    let unread: Vec<Value> = now
        .gathered
        .unread
        .iter()
        .map(|u| json!({ "reason": u["reason"], "place": place(&u["location"], made.mask) }))
        .collect();
    json!({
        "kind": "sparhund erasure receipt",
        "schema": 1,
        "tool": env!("CARGO_PKG_VERSION"),
        "verified": made.when,
        "by": made.by,
        "plan": { "created": plan.created, "seen": plan.seen, "digest": made.digest },
        "key_id": plan.key.id,
        "erased": !verified.is_left() && verified.complete,
        "complete": verified.complete,
        "summary": {
            "done": verified.count(Status::Done),
            "still_there": verified.count(Status::StillThere),
            "changed_since": verified.count(Status::ChangedSince),
            "unreachable": verified.count(Status::Unreachable),
            "elsewhere": verified.elsewhere.len(),
        },
        "operations": operations,
        "elsewhere": elsewhere,
        "unread": unread,
        "sources_gone": now.gone.iter().map(|id| (made.mask)(id)).collect::<Vec<_>>(),
    })
}

/// What a receipt says of its making.
pub struct Made<'a> {
    /// When, RFC 3339.
    pub when: &'a str,
    /// By whom.
    pub by: &'a str,
    /// The keyed digest of the plan's text.
    pub digest: &'a str,
    /// Masks what is personal in a path.
    pub mask: &'a dyn Fn(&str) -> String,
}

/// A place without what is personal in its names and keys.
fn place(location: &Value, mask: &dyn Fn(&str) -> String) -> Value {
    let mut out = location.clone();
    hide(&mut out, mask);
    if let Some(object) = out.as_object_mut() {
        object.retain(|key, _| !key.ends_with("_bytes"));
    }
    out
}

fn hide(value: &mut Value, mask: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = mask(text),
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, mask)),
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                // Words of ours are no data.
                if !matches!(key.as_str(), "kind" | "part" | "cell") {
                    hide(field, mask);
                }
            }
        }
        _ => {}
    }
}
