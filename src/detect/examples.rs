//! Runs the rules' own examples: what `cargo test` and `sparhund rules test` share.

use std::sync::Arc;

use super::{Detail, Detector, Options, Scratch};
use crate::model::{Category, Confidence, Cursor, Record, Ruler, Shape, TextSpan};
use crate::rules::own::UserRules;
use crate::rules::{Example, Rule};
use crate::validate::date::Date;

/// What a detector made of an example that it should have made something else of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule.
    pub rule: String,
    /// The example's text.
    pub text: String,
    /// What was wanted and what came.
    pub message: String,
}

/// What is found in a running text: category, confidence, and the bytes it stands in.
type Found = (Category, Confidence, String);

/// Tries all examples of `rules`, those of `own` among them, each rule alone and all of them together.
#[must_use]
pub fn run(rules: &[Rule], own: &Arc<UserRules>, reference: Date) -> Vec<Failure> {
    let all: Vec<Category> = rules.iter().map(|r| r.category).collect();
    let together = detector(all, own, reference);
    let mut failures = Vec::new();
    for rule in rules {
        let alone = detector(vec![rule.category], own, reference);
        for detector in [&alone, &together] {
            let examples = rule.positive.iter().chain(&rule.negative);
            failures.extend(examples.filter_map(|e| try_one(rule, e, detector)));
        }
    }
    failures.dedup();
    failures
}

fn detector(categories: Vec<Category>, own: &Arc<UserRules>, reference: Date) -> Detector {
    let min_confidence = Confidence::Low;
    let detail = Detail::Full;
    Detector::with_user_rules(Options { categories, min_confidence, reference, detail }, own)
}

fn try_one(rule: &Rule, example: &Example, detector: &Detector) -> Option<Failure> {
    let found: Vec<Found> = find(detector, &example.text)
        .into_iter()
        .filter(|(category, ..)| *category == rule.category)
        .collect();
    let message = match &example.finds {
        None => {
            let wrong = found.iter().find(|(_, grade, _)| *grade >= Confidence::Medium)?;
            format!("should find nothing, found '{}' ({})", wrong.2, wrong.1)
        }
        Some((text, grade)) => {
            let right = |f: &&Found| f.1 == *grade && f.2 == *text;
            if found.iter().any(|f| right(&f)) {
                return None;
            }
            let got: Vec<String> = found.iter().map(|f| format!("'{}' ({})", f.2, f.1)).collect();
            format!("should find '{text}' ({grade}), found {}", or_nothing(&got))
        }
    };
    Some(Failure { rule: rule.id.clone(), text: example.text.clone(), message })
}

fn or_nothing(found: &[String]) -> String {
    if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
}

/// What a detector finds in a running text.
fn find(detector: &Detector, text: &str) -> Vec<Found> {
    let span = TextSpan { start: Cursor::start(0), ruler: Ruler::default() };
    let record =
        Record { text: text.as_bytes(), focus: 0..text.len(), shape: Shape::Text(span.into()) };
    let mut found = Vec::new();
    detector.scan(&record, &mut Scratch::default(), &mut |f| {
        found.push((f.category, f.confidence, text[f.range.clone()].to_owned()));
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference() -> Date {
        Date::new(2026, 12, 31).unwrap()
    }

    #[test]
    fn the_rules_hold_on_their_own_examples() {
        let rules = crate::rules::all().unwrap();
        let failures = run(&rules, &Arc::default(), reference());
        assert!(failures.is_empty(), "{failures:#?}");
    }

    #[test]
    fn a_wrong_example_fails() {
        let mut rules = crate::rules::all().unwrap();
        rules.retain(|r| r.category == Category::Email);
        rules[0].negative.push(Example {
            text: "bo@example.com".to_owned(),
            finds: None,
            why: String::new(),
        });
        assert_eq!(run(&rules, &Arc::default(), reference()).len(), 1);
    }
}
