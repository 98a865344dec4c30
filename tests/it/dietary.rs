//! Dietary notes: the published vectors, and own cases in `vectors/diet-cases.tsv`.

use sparhund::detect::dietary::{
    ColumnInfo, Kind, Label, Note, SentenceContext, Verdicts, Whose, cell, gate, paragraph,
    sentence, sentence_bounds,
};
use sparhund::detect::finder::{Finder, Wants};
use sparhund::model::{Confidence, Ruler};

/// Own constructed sentences with fictional names, CC0.
const VECTORS: &str = include_str!("vectors/diet-notes.json");
const CASES: &str = include_str!("vectors/diet-cases.tsv");

fn reported(text: &str) -> Vec<Note> {
    let notes = paragraph(text, &SentenceContext::default());
    notes.into_iter().filter(|n| n.confidence >= Confidence::Medium).collect()
}

fn check_vectors(list: &str, wanted: bool) {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let texts = vectors[list].as_array().expect("a list of vectors").iter();
    let texts = texts.map(|v| v["text"].as_str().expect("a vector has a text"));
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
        // Two statements about one person may be told apart; they are no repetition.
        [_, _, _, ..] => false,
        notes => notes.iter().any(|n| n.kind.id() == kind && text[n.range.clone()].contains(words)),
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

#[test]
fn own_cases_of_a_second_hand() {
    check_cases("fresh");
}

/// What is told of a text in its surroundings: the note's words, and how sure.
fn told<'a>(text: &'a str, context: &SentenceContext<'_>) -> Option<(&'a str, Confidence)> {
    let notes = sentence(text, context);
    notes.first().map(|n| (&text[n.range.clone()], n.confidence))
}

#[test]
fn surroundings_tell_whose_a_note_is() {
    let nothing = SentenceContext::default();
    let person = SentenceContext { whose: Whose::Person, ..nothing };
    let remark = SentenceContext { label: Label::Weak, ..person };
    let listed = SentenceContext { heading: Some("Allergier"), ..nothing };
    let menu = SentenceContext { heading: Some("Lunchmeny vecka 12"), ..nothing };
    let before = SentenceContext { previous: Some("Anna kommer på fredag."), ..nothing };
    for (text, context, expected) in [
        ("Specialkost: laktosfritt", person, Some(("laktosfritt", Confidence::High))),
        ("Specialkost: laktosfritt", nothing, Some(("laktosfritt", Confidence::Low))),
        ("- Allergier: inga", person, None),
        ("Specialkost/allergi: ____________", person, None),
        ("visa_specialkost=true", person, None),
        ("Allergisk mot nötter.", person, Some(("Allergisk mot nötter", Confidence::Medium))),
        ("Allergisk mot nötter.", nothing, None),
        ("Vegan", remark, Some(("Vegan", Confidence::Medium))),
        ("Vegan", person, None),
        ("Kundlunch, vegetarisk", person, None),
        ("Anna: nötter och mandel", listed, Some(("nötter och mandel", Confidence::High))),
        ("Anna: nötter och mandel", nothing, None),
        ("Fisk med halal kyckling", menu, None),
        ("Hon är allergisk mot ägg.", before, Some(("allergisk mot ägg", Confidence::High))),
        ("Hon är allergisk mot ägg.", nothing, Some(("allergisk mot ägg", Confidence::Medium))),
    ] {
        assert_eq!(told(text, &context), expected, "{text} {context:?}");
    }
}

#[test]
fn columns_tell_how_sure_a_cell_is() {
    let info = |whose, codes| ColumnInfo { codes, whose };
    for (text, info, expected) in [
        ("Vegan", info(Whose::Person, false), Some((Kind::Diet, Confidence::High))),
        ("Vegan", info(Whose::Unknown, false), Some((Kind::Diet, Confidence::Medium))),
        ("Vegan", info(Whose::Count, false), Some((Kind::Diet, Confidence::Low))),
        ("L, G", info(Whose::Person, true), Some((Kind::Intolerance, Confidence::High))),
        ("V", info(Whose::Person, true), Some((Kind::Diet, Confidence::High))),
        ("V", info(Whose::Person, false), None),
        ("ring köket", info(Whose::Person, false), Some((Kind::Intolerance, Confidence::Low))),
        ("xylitol", info(Whose::Person, false), Some((Kind::Intolerance, Confidence::Medium))),
        ("xylitol", info(Whose::Unknown, false), Some((Kind::Intolerance, Confidence::Low))),
        ("", info(Whose::Person, false), None),
    ] {
        let note = cell(text, &info).map(|n| (n.kind, n.confidence));
        assert_eq!(note, expected, "{text} {info:?}");
    }
}

/// The sentences of a text that hold notes, as the finder's hits lead to them, and those that the gate
/// lets through.
fn sentences_found(text: &[u8]) -> [Vec<usize>; 2] {
    let wants = Wants { terms: true, ..Wants::default() };
    let mut hits = Vec::new();
    let finder = Finder::new();
    finder.find(text, 0..text.len(), wants, &mut hits);
    let ruler = Ruler::default();
    let mut verdicts = Verdicts::default();
    let mut found = [Vec::new(), Vec::new()];
    for at in hits.iter().map(|h| h.at as usize) {
        let range = sentence_bounds(text, at);
        let notes = sentence(&ruler.decode(&text[range.clone()]), &SentenceContext::default());
        if !notes.is_empty() {
            found[0].push(range.start);
            let passed = gate(text, finder.anchor(text, at), &mut verdicts).is_ok();
            found[1].extend(passed.then_some(range.start));
        }
    }
    found.iter_mut().for_each(Vec::dedup);
    found
}

#[test]
fn the_gate_lets_every_note_through() {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let lists = ["positive", "negative"].map(|list| vectors[list].as_array().expect("a list"));
    let texts = lists.into_iter().flatten().map(|v| v["text"].as_str().expect("a text"));
    let cases = CASES.lines().filter_map(|l| l.split('\t').nth(3));
    let mut notes = 0;
    for text in texts.chain(cases) {
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
        for text in [text.as_bytes(), &latin] {
            let [all, passed] = sentences_found(text);
            assert_eq!(all, passed, "{}", String::from_utf8_lossy(text));
            notes += all.len();
        }
    }
    assert!(notes > 200, "only {notes} sentences hold notes");
}
