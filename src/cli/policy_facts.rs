//! What the policy file says of a person's places: for the access pack, and against an erasure.

use std::path::Path;

use serde_json::Value;

use super::exit::Failure;
use super::subject::masked_path;
use super::terminal;
use crate::erasure;
use crate::erasure::operation::Against;
use crate::model::Language;
use crate::policy::{Held, ListKind, Policy, System};
use crate::report::header;
use crate::subject::pack::{Declared, Facts};
use crate::subject::place;
use crate::validate::date::Date;

/// What the organisation has declared, or nothing.
pub(super) struct PolicyFacts {
    policy: Policy,
    language: Language,
    /// The day holds are judged by.
    today: Date,
}

impl PolicyFacts {
    /// Reads the policy file, if one is named.
    pub(super) fn load(path: Option<&Path>, language: Language) -> Result<PolicyFacts, Failure> {
        let policy = match path {
            Some(path) => Policy::load(path).map_err(|complaints| {
                let lines = complaints.iter().map(|c| terminal::harmless(&c.to_string()));
                Failure::usage(format!(
                    "the policy file has mistakes\n{}",
                    lines.collect::<Vec<_>>().join("\n")
                ))
            })?,
            None => Policy::default(),
        };
        let today = header::now().get(..10).and_then(|day| day.parse().ok());
        let today = today.unwrap_or_else(super::convert::last_day_of_year);
        Ok(PolicyFacts { policy, language, today })
    }

    fn system(&self, location: &Value) -> Option<&System> {
        let (source, path, table) = parts(location);
        self.policy.for_place(source, path, table)
    }
}

/// Source, path and table of a location.
fn parts(location: &Value) -> (&str, Option<&str>, Option<&str>) {
    let source = location["source"].as_str().unwrap_or_default();
    (source, location["path"].as_str(), location["at"]["table"].as_str())
}

/// A list in words; none where it is empty.
fn joined(list: impl Iterator<Item = String>) -> Option<String> {
    let list: Vec<String> = list.collect();
    (!list.is_empty()).then(|| list.join("; "))
}

impl erasure::Policy for PolicyFacts {
    fn against(&self, location: &Value, token: &str, category: &str) -> Vec<Against> {
        let (source, path, table) = parts(location);
        let held = Held { source, path, table, token: Some(token) };
        let holds = self.policy.holds_on(held, self.today).map(|hold| Against {
            what: hold.name.clone(),
            reason: hold.reason.clone(),
            until: hold.until.map(|day| day.to_string()),
        });
        let keep = self.system(location).into_iter().flat_map(|system| &system.keep);
        let kept = keep.filter(|rule| rule.covers(category)).map(|rule| Against {
            what: self.language.pick("must be kept", "måste sparas").to_owned(),
            reason: rule.describe(self.language),
            until: None,
        });
        let system = self.system(location).map(|system| system.name.as_str());
        let lists = self.policy.lists_of(token);
        let wanted = lists.filter(|list| list.kind == ListKind::Suppression);
        let wanted =
            wanted.filter(|list| system.is_some_and(|s| list.allowed.iter().any(|a| a == s)));
        let listed = wanted.map(|list| Against {
            what: list.name.clone(),
            reason: self
                .language
                .pick("a suppression list, kept on purpose", "spärrlista som sparas med avsikt")
                .to_owned(),
            until: None,
        });
        holds.chain(kept).chain(listed).collect()
    }
}

impl Declared for PolicyFacts {
    fn facts(&self, location: &Value) -> Facts {
        let Some(system) = self.system(location) else { return Facts::default() };
        let language = self.language;
        let none = language.pick("None.", "Ingen.");
        Facts {
            system: Some(system.name.clone()),
            purpose: system.purpose.clone(),
            legal_basis: system.legal_basis.map(|basis| basis.describe(language).to_owned()),
            recipients: joined(system.recipients.iter().chain(&system.processors).cloned()),
            retention: joined(system.retention.iter().map(|rule| rule.describe(language))),
            origin: system.origin.clone(),
            transfers: system.transfers.as_ref().map(|transfers| match transfers.is_empty() {
                true => none.to_owned(),
                false => transfers.join("; "),
            }),
        }
    }

    fn word(&self, location: &Value, column: &str) -> Option<String> {
        let word = self.policy.column(self.system(location), column, self.language);
        word.map(str::to_owned)
    }

    fn organisation(&self) -> (Option<String>, Option<String>, Option<String>) {
        let known = &self.policy.organisation;
        (known.name.clone(), known.contact.clone(), known.dpo.clone())
    }

    fn path(&self, location: &Value) -> String {
        let path = location["path"].as_str().unwrap_or_default();
        let mut parts = vec![masked_path(path)];
        parts.extend(place::inside(&location["inside"]).iter().map(|step| masked_path(step)));
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    }
}
