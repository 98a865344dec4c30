//! Turns the word lists of dietary notes into tables that need no work at start-up.
//!
//! Every key of `rules/data/dietary.toml` becomes a class, one bit of 128; every word one entry, found by a
//! hash of its folded form. Given names are a class of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{env, fs, path::Path};

#[path = "../../src/detect/dietary/fold.rs"]
mod fold;

const WORDS: &str = "rules/data/dietary.toml";
const NAMES: &str = "rules/data/given-names.txt";
/// Classes whose words may be recognised with one letter wrong, in a cell of a column of needs.
const FUZZY: [&str; 14] = [
    "food_allergen",
    "food_sensitive",
    "food_religious",
    "cond_allergy",
    "cond_intolerance",
    "noun_allergy",
    "noun_intolerance",
    "adj_allergic",
    "adj_intolerant",
    "diet_person",
    "diet_adj",
    "diet_religious",
    "diet_medical",
    "cell_medical",
];
const FUZZY_LETTERS: usize = 6;

/// The classes of a key as spelt without marks, and as spelt with them.
type Entries = BTreeMap<String, (u128, u128)>;

/// Writes `dietary_words.rs` into the build's output folder.
pub(crate) fn generate() {
    for input in [WORDS, NAMES, "rules/build/lexicon.rs", "src/detect/dietary/fold.rs"] {
        println!("cargo:rerun-if-changed={input}");
    }
    let mut lists = read_lists();
    lists.push(("given_name".into(), read_names()));
    assert!(lists.len() < 127, "the classes do not fit into 128 bits");
    let entries = collect(&lists);
    let mut out = String::new();
    write_classes(&mut out, &lists);
    write_entries(&mut out, &entries);
    write_slots(&mut out, &entries);
    write_fuzzy(&mut out, &lists, &entries);
    write_tails(&mut out, &lists);
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    fs::write(Path::new(&folder).join("dietary_words.rs"), out).expect("OUT_DIR is writable");
}

fn read_lists() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(WORDS).expect("the word lists are part of the sources");
    let lists: BTreeMap<String, Vec<String>> = toml::from_str(&text).expect("lists of words");
    lists.into_iter().collect()
}

fn read_names() -> Vec<String> {
    let text = fs::read_to_string(NAMES).expect("the name list is part of the sources");
    text.lines()
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
        .map(String::from)
        .collect()
}

fn collect(lists: &[(String, Vec<String>)]) -> Entries {
    let mut entries = Entries::new();
    for (bit, (_, words)) in lists.iter().enumerate() {
        for word in words {
            insert(&mut entries, word, 1 << bit);
        }
    }
    entries
}

fn insert(entries: &mut Entries, word: &str, class: u128) {
    let (key, marked) = fold_phrase(word);
    assert!(!key.is_empty(), "{word:?} folds to nothing, or is too long");
    if let Some((first, _)) = key.split_once(' ') {
        add(entries, first.into(), PHRASE_START, marked);
    }
    add(entries, key, class, marked);
    if marked {
        let spelt = word.replace(['ä', 'æ'], "ae").replace(['ö', 'ø'], "oe").replace('å', "aa");
        let (key, _) = fold_phrase(&spelt);
        if let Some((first, _)) = key.split_once(' ') {
            add(entries, first.into(), PHRASE_START, false);
        }
        add(entries, key, class, false);
    }
}

/// The first word of an entry of several words.
const PHRASE_START: u128 = 1 << 127;

fn add(entries: &mut Entries, key: String, class: u128, marked: bool) {
    let entry = entries.entry(key).or_default();
    if marked { entry.1 |= class } else { entry.0 |= class }
}

fn fold_phrase(phrase: &str) -> (String, bool) {
    let mut folded = fold::Folded::new();
    let joined = |c: char| fold::in_word(c) || fold::is_apostrophe(c);
    phrase.split(|c| !joined(c)).filter(|w| !w.is_empty()).for_each(|w| folded.push_word(w));
    let key = String::from_utf8(folded.key().to_vec()).expect("folding keeps UTF-8");
    (key, folded.marked())
}

fn write_classes(out: &mut String, lists: &[(String, Vec<String>)]) {
    writeln!(out, "/// One bit for each word list.\npub(super) mod class {{\nuse super::Classes;")
        .expect(MEMORY);
    for (bit, (name, _)) in lists.iter().enumerate() {
        writeln!(
            out,
            "pub(in super::super) const {}: Classes = Classes(1 << {bit});",
            name.to_uppercase()
        )
        .expect(MEMORY);
    }
    writeln!(out, "pub(in super::super) const PHRASE_START: Classes = Classes(1 << 127);\n}}")
        .expect(MEMORY);
}

const MEMORY: &str = "writing to a string cannot fail";

fn write_entries(out: &mut String, entries: &Entries) {
    writeln!(out, "static ENTRIES: [Entry; {}] = [", entries.len()).expect(MEMORY);
    for (key, (plain, marked)) in entries {
        writeln!(
            out,
            "Entry {{ key: {key:?}, plain: Classes({plain:#x}), marked: Classes({marked:#x}) }},"
        )
        .expect(MEMORY);
    }
    writeln!(out, "];").expect(MEMORY);
}

/// An open hash table of indices into the entries, plus one; zero is an empty slot.
fn write_slots(out: &mut String, entries: &Entries) {
    let size = (entries.len() * 2).next_power_of_two();
    let mut slots = vec![0u16; size];
    for (index, key) in entries.keys().enumerate() {
        let mut slot = fold::hash(key.as_bytes()) as usize & (size - 1);
        while slots[slot] != 0 {
            slot = (slot + 1) & (size - 1);
        }
        slots[slot] = u16::try_from(index + 1).expect("fewer than 65,535 words");
    }
    writeln!(out, "static SLOTS: [u16; {size}] = {slots:?};").expect(MEMORY);
}

fn write_fuzzy(out: &mut String, lists: &[(String, Vec<String>)], entries: &Entries) {
    let classes = (0..lists.len()).filter(|&bit| FUZZY.contains(&lists[bit].0.as_str()));
    let classes = classes.fold(0u128, |all, bit| all | 1 << bit);
    let wanted: Vec<usize> = entries
        .iter()
        .enumerate()
        .filter(|(_, (key, (plain, marked)))| {
            (plain | marked) & classes != 0 && key.len() >= FUZZY_LETTERS && !key.contains(' ')
        })
        .map(|(index, _)| index)
        .collect();
    writeln!(out, "static FUZZY: &[u16] = &{wanted:?};").expect(MEMORY);
}

/// The tails of compounds, longest first.
fn write_tails(out: &mut String, lists: &[(String, Vec<String>)]) {
    let mut tails = BTreeSet::new();
    for (name, words) in lists.iter().filter(|(name, _)| name.starts_with("tail_")) {
        for word in words {
            let key = fold_phrase(word).0;
            tails.insert((usize::MAX - key.len(), key, name.to_uppercase()));
        }
    }
    writeln!(out, "static TAILS: &[(&str, Classes)] = &[").expect(MEMORY);
    for (_, key, class) in tails {
        writeln!(out, "({key:?}, class::{class}),").expect(MEMORY);
    }
    writeln!(out, "];").expect(MEMORY);
}
