//! What a run adds up to.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::{Confidence, Counts, Ledger};

/// Counts and the ledger of some units, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All findings, test identities among them.
    pub findings: Counts,
    /// Findings that are test identities.
    pub tests: Counts,
    /// What became of files, members and tables.
    pub ledger: Ledger,
    /// Things that should have been read and were not, or not wholly.
    pub incomplete: u64,
}

impl Tally {
    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Tally) {
        self.findings.merge(&other.findings);
        self.tests.merge(&other.tests);
        self.ledger.merge(&other.ledger);
        self.incomplete = self.incomplete.saturating_add(other.incomplete);
    }
}

/// The end of an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What it adds up to.
    pub tally: Tally,
    /// Ended before its work was done.
    pub interrupted: bool,
    /// What else was not done, in words.
    pub reasons: BTreeSet<String>,
    /// When, as RFC 3339.
    pub finished: String,
}

impl Summary {
    /// Was everything read that should have been?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.interrupted && self.reasons.is_empty() && self.tally.incomplete == 0
    }

    /// The object as inventories hold it, in the order of its fields.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        let ledger = &self.tally.ledger;
        let skipped: Map<String, Value> =
            ledger.skipped.iter().map(|(why, n)| (why.id().to_owned(), json!(n))).collect();
        let unread: Map<String, Value> =
            ledger.unread.iter().map(|(why, n)| (why.id().to_owned(), json!(n))).collect();
        let interrupted = if self.interrupted { ",\"interrupted\":true" } else { "" };
        let reasons = match self.reasons.is_empty() {
            true => String::new(),
            false => format!(",\"reasons\":{}", json!(self.reasons)),
        };
        format!(
            "{{\"type\":\"summary\",\"complete\":{}{interrupted}{reasons},\"findings\":{},\
             \"test_identities\":{},\"ledger\":{{\"seen\":{},\"scanned\":{},\"partial\":{},\
             \"skipped\":{},\"unread\":{},\"bytes\":{}}},\"finished\":{}}}\n",
            self.is_complete(),
            counts(&self.tally.findings),
            counts(&self.tally.tests),
            ledger.seen(),
            ledger.scanned,
            ledger.partial,
            Value::Object(skipped),
            Value::Object(unread),
            ledger.bytes,
            json!(self.finished),
        )
        .into_bytes()
    }
}

/// By category and confidence, without what there is none of.
fn counts(counts: &Counts) -> Value {
    let grades = [Confidence::High, Confidence::Medium, Confidence::Low];
    let mut out = Map::new();
    for category in counts.categories() {
        let of: Map<String, Value> = grades
            .into_iter()
            .map(|grade| (grade, counts.get(category, grade)))
            .filter(|(_, n)| *n > 0)
            .map(|(grade, n)| (grade.id().to_owned(), json!(n)))
            .collect();
        if !of.is_empty() {
            out.insert(category.id().to_owned(), Value::Object(of));
        }
    }
    Value::Object(out)
}
