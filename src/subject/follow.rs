//! Further search keys: what stood with the person, and may lead to more of them.
//!
//! A switchboard or a shared address stands with many. Such a value is not followed, and one that
//! turns out to stand with others is dropped again.

use std::collections::BTreeSet;

use serde_json::Value;

use super::case::{NotFollowed, is_same_document};
use super::fold;
use super::gather::Gathered;
use super::identifier::{Identifier, Kind, Origin};

/// How often it is searched again at most.
pub const ROUNDS: usize = 3;
/// So many other persons may stand with a value that is one person's: a household, a namesake.
const OTHERS: usize = 2;

/// What may be searched for as well.
#[derive(Default)]
pub struct Further {
    /// New identifiers.
    pub identifiers: Vec<Identifier>,
    /// Values that are not followed.
    pub refused: Vec<NotFollowed>,
}

/// The values that stood with the person and are not among those known.
#[must_use]
pub fn further(gathered: &Gathered, known: &[Identifier], refused: &[NotFollowed]) -> Further {
    let mut out = Further::default();
    for finding in &gathered.findings {
        let attributes = &finding["attributes"];
        let value = finding["value"]["normalized"].as_str().unwrap_or_default();
        if attributes["relation"] != "linked" || value.is_empty() {
            continue;
        }
        let Some(kind) = kind_of(finding["category"].as_str().unwrap_or_default()) else {
            continue;
        };
        let is_known = known
            .iter()
            .chain(&out.identifiers)
            .any(|i| i.kind == kind && i.values.iter().any(|v| v == value));
        if is_known || refused.iter().chain(&out.refused).any(|r| r.value == value) {
            continue;
        }
        let refuse =
            |reason: &str| NotFollowed { value: value.to_owned(), reason: reason.to_owned() };
        if attributes["shared"] == true {
            out.refused.push(refuse("it stands in a record with other persons"));
        } else if attributes["role"] == "role" {
            out.refused.push(refuse("it is the address of a function, not of a person"));
        } else if attributes["use"] == "business" {
            out.refused.push(refuse("it is the number of an organisation"));
        } else if finding["confidence"] == "low" || attributes["masked"] == true {
            out.refused.push(refuse("it is not sure to be what it looks like"));
        } else if let Some(with) = identifier_with(gathered, finding) {
            let origin = Origin::Followed { with, place: place_of(finding) };
            let category = (kind == Kind::CustomerNumber)
                .then(|| finding["category"].as_str().unwrap_or_default().to_owned());
            out.identifiers.push(Identifier {
                kind,
                values: vec![value.to_owned()],
                category,
                origin,
            });
        }
    }
    // What was refused at one place may be the person's alone at another.
    let followed: BTreeSet<String> =
        out.identifiers.iter().flat_map(|i| i.values.clone()).collect();
    out.refused.retain(|r| !followed.contains(&r.value));
    out
}

/// Followed values that stand with others, after a search for them.
#[must_use]
pub fn shared(gathered: &Gathered, identifiers: &[Identifier]) -> Vec<NotFollowed> {
    let followed = identifiers.iter().filter(|i| i.origin != Origin::Asked);
    let values = followed.flat_map(|i| &i.values);
    let others = values.map(|value| (value, others_with(gathered, value, identifiers)));
    others
        .filter(|(_, n)| *n > OTHERS)
        .map(|(value, n)| NotFollowed {
            value: value.clone(),
            reason: format!("it stands with {n} persons: it is not one person's own"),
        })
        .collect()
}

fn kind_of(category: &str) -> Option<Kind> {
    Some(match category {
        "personnummer" | "samordningsnummer" => Kind::Personnummer,
        "email" => Kind::Email,
        "phone" => Kind::Phone,
        // A rule of the user's own: a customer number and the like.
        other if crate::model::Category::from_id(other).is_none() => Kind::CustomerNumber,
        _ => return None,
    })
}

/// The identifier that a finding stands with, other than a name: namesakes have their own addresses.
fn identifier_with(gathered: &Gathered, finding: &Value) -> Option<String> {
    let same = |other: &&Value| {
        other["attributes"]["relation"] == "identifier"
            && other["category"] != "person_name"
            && is_same_record(other, finding)
    };
    gathered.findings.iter().find(same)?["value"]["normalized"].as_str().map(str::to_owned)
}

fn is_same_record(a: &Value, b: &Value) -> bool {
    a["attributes"]["record"] == b["attributes"]["record"]
        && is_same_document(&a["location"], &b["location"])
}

/// So many persons stand in records with a value.
fn others_with(gathered: &Gathered, value: &str, identifiers: &[Identifier]) -> usize {
    let asked = |value: &str| {
        identifiers.iter().any(|i| i.origin == Origin::Asked && i.values.iter().any(|v| v == value))
    };
    let of_value = gathered.findings.iter().filter(|f| f["value"]["normalized"] == value);
    let mut names: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut hidden = 0;
    for at in of_value {
        let with: Vec<&Value> =
            gathered.findings.iter().filter(|f| is_same_record(f, at)).collect();
        if with.iter().any(|f| f["value"]["normalized"].as_str().is_some_and(asked)) {
            continue;
        }
        let name = |f: &&&Value| f["category"] == "person_name";
        names.extend(
            with.iter().filter(name).filter_map(|f| f["value"]["normalized"].as_str()).map(
                |name| {
                    let mut words = fold::words(name);
                    words.sort();
                    words
                },
            ),
        );
        hidden += usize::from(at["attributes"]["shared"] == true);
    }
    names.len().max(hidden)
}

/// Where a finding stands, for reading.
fn place_of(finding: &Value) -> String {
    let location = &finding["location"];
    let path = location["path"].as_str().or(location["at"]["table"].as_str()).unwrap_or_default();
    let at = &location["at"];
    let place = ["line", "cell", "page", "index", "slide"]
        .iter()
        .find_map(|key| at.get(*key).map(|n| (key, n)));
    match place {
        Some((key, n)) => format!("{path}, {key} {}", n.to_string().trim_matches('"')),
        None => path.to_owned(),
    }
}
