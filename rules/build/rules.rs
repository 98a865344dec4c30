//! From `rules/*.toml` to tables of constants: weights by clue, and the keywords in folded form.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// The rules, in the order of `model::Category`.
const RULES: [&str; 17] = [
    "personnummer",
    "samordningsnummer",
    "email",
    "phone",
    "dietary",
    "reserve_number",
    "organisationsnummer",
    "person_name",
    "postal_address",
    "ip_address",
    "iban",
    "bankgiro",
    "plusgiro",
    "bank_account",
    "payment_card",
    "passport_number",
    "vehicle_registration",
];

#[derive(Deserialize)]
struct Rule {
    weights: BTreeMap<String, i16>,
    keywords: Keywords,
}

#[derive(Deserialize)]
struct Keywords {
    #[serde(rename = "for")]
    for_it: Vec<String>,
    against: Vec<String>,
}

/// Writes `rules.rs` into `out`.
pub(crate) fn write(rules: &Path, out: &Path) {
    let mut weights = String::new();
    let mut keywords: BTreeMap<String, u64> = BTreeMap::new();
    for (n, id) in RULES.iter().enumerate() {
        let path = rules.join(format!("{id}.toml"));
        println!("cargo:rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let rule: Rule =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let list: Vec<String> = rule.weights.iter().map(|(k, v)| format!("({k:?}, {v})")).collect();
        writeln!(weights, "    &[{}],", list.join(", ")).expect("strings take everything");
        for (words, bit) in [(&rule.keywords.for_it, 2 * n), (&rule.keywords.against, 2 * n + 1)] {
            for word in words {
                *keywords.entry(fold(word)).or_default() |= 1 << bit;
            }
        }
    }
    keywords.remove("");
    let table: String = keywords
        .iter()
        .fold(String::new(), |table, (word, bits)| table + &format!("    ({word:?}, {bits}),\n"));
    let code = format!(
        "pub(super) static WEIGHTS: [&[(&str, i16)]; {}] = [\n{weights}];\n\
         pub(super) static KEYWORDS: [(&str, u64); {}] = [\n{table}];\n",
        RULES.len(),
        keywords.len(),
    );
    fs::write(out.join("rules.rs"), code).expect("the build's folder can be written");
}

/// Lower case letters without accents, and digits; nothing else. `detect::keywords` folds text alike.
fn fold(word: &str) -> String {
    word.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            'å' | 'ä' | 'à' | 'á' | 'æ' => Some('a'),
            'ö' | 'ø' | 'ó' => Some('o'),
            'é' | 'è' => Some('e'),
            'ü' => Some('u'),
            c if c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}
