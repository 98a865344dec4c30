//! Dietary notes: the published vectors, and own cases in `vectors/diet-cases.tsv`.

use sparhund::detect::dietary::{ColumnInfo, Kind, Note, SentenceContext, Whose, cell, paragraph};
use sparhund::model::Confidence;

/// Own constructed sentences with fictional names, CC0.
const VECTORS: &str = include_str!("vectors/diet-notes.json");
const CASES: &str = include_str!("vectors/diet-cases.tsv");

fn reported(text: &str) -> Vec<Note> {
    let notes = paragraph(text, &SentenceContext::default());
    notes.into_iter().filter(|n| n.confidence >= Confidence::Medium).collect()
}

fn check_vectors(list: &str, wanted: bool) {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
    let texts = vectors[list].as_array().unwrap().iter().map(|v| v["text"].as_str().unwrap());
    let wrong: Vec<String> = texts
        .filter(|text| reported(text).is_empty() == wanted)
        .map(|text| format!("{text} {:?}", reported(text)))
        .collect();
    assert!(wrong.is_empty(), "{list}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn notes_are_found() {
    check_vectors("positive", true);
}

#[test]
fn what_is_nobodys_is_not_reported() {
    check_vectors("negative", false);
}

/// What is wrong with the answer to a case, if anything.
fn complaint(route: &str, kind: &str, text: &str, words: &str) -> Option<String> {
    let notes = match route {
        "cell" => {
            let info = ColumnInfo { codes: false, whose: Whose::Person };
            cell(text, &info).into_iter().filter(|n| n.confidence >= Confidence::Medium).collect()
        }
        _ => reported(text),
    };
    let right = match notes.as_slice() {
        [] => kind == "-",
        [note] => note.kind.id() == kind && text[note.range.clone()].contains(words),
        _ => false,
    };
    let told: Vec<_> = notes.iter().map(|n| (n.kind, &text[n.range.clone()])).collect();
    (!right).then(|| format!("{route}\t{kind}\t{text}\t{told:?}"))
}

fn check_cases(set: &str) {
    let cases = CASES.lines().map(|l| l.split('\t').collect::<Vec<_>>());
    let cases: Vec<_> = cases.filter(|c| c[0] == set).collect();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|c| complaint(c[1], c[2], c[3], c.get(4).copied().unwrap_or_default()))
        .collect();
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn own_cases() {
    check_cases("dev");
}

#[test]
fn own_cases_held_back() {
    check_cases("held");
}

#[test]
fn allergies_are_health_data_and_vegans_are_not() {
    assert!(Kind::Allergy.is_special_category() && Kind::ReligiousDiet.is_special_category());
    assert!(!Kind::Diet.is_special_category());
}
