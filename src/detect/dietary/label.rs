//! What the name of a column, field or key says about the diet of whom its row is about.

use super::fold::{Folded, in_word};
use super::lexicon::{Classes, class, lookup};

/// How a label relates to diet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// By itself says that the value is somebody's diet or allergy: `Specialkost`, `dietaryNotes`.
    Strong,
    /// A place for remarks, diets among them: `Övrigt`, `comments`.
    Weak,
    /// Anything else.
    None,
}

/// A label of more words than this is a text.
const WORDS: usize = 24;

/// Labels that are the beginning of a sentence, folded. They are no words of the lexicon, where they
/// would take sentences apart.
const BEGINNINGS: [&str; 30] = [
    "allergi intol",
    "ater ej",
    "ater inte",
    "ater inte tal inte",
    "avoid foods",
    "cannot eat",
    "does not eat",
    "far ej ata",
    "far inte ata",
    "far inte ges",
    "far inte ha",
    "foods to avoid",
    "intolerant mot",
    "kan ej ata",
    "kan inte ata",
    "kanslig mot",
    "overkanslig mot",
    "ska undvika",
    "spiser ikke",
    "tal ej",
    "tal inte",
    "taler ikke",
    "undvik",
    "vad ater du inte",
    "vad far du inte ata",
    "vad tal du inte",
    "veg vegan",
    "veg vegan halal",
    "vegan vegetarian",
    "vegetarian vegan",
];

/// How a column's, field's or key's name relates to diet. Understands `snake_case`, `camelCase`,
/// `kebab-case`, punctuation, and questions (`Har du några allergier? (ange vilka)`).
#[must_use]
pub fn label(name: &str) -> Label {
    let words = words(name);
    let whole = whole(&words);
    if whole.any(class::LABEL_STRONG) || is_beginning(&words) {
        return Label::Strong;
    }
    let classes: Vec<Classes> = words.iter().map(|w| single(w)).collect();
    if classes.len() > WORDS || classes.iter().any(|c| c.any(class::LABEL_NOT)) {
        return Label::None;
    }
    if classes.iter().any(|c| c.any(class::LABEL_CORE)) || weak_core(&classes) {
        return Label::Strong;
    }
    let remark = whole.any(class::LABEL_WEAK) || classes.iter().any(|c| c.any(class::LABEL_WEAK));
    if remark && classes.len() <= 6 { Label::Weak } else { Label::None }
}

/// Does this label head a column of numbers of portions or people?
#[must_use]
pub fn is_count_label(name: &str) -> bool {
    let words = words(name);
    whole(&words).any(class::LABEL_COUNT)
        || words.first().is_some_and(|w| single(w).any(class::LABEL_COUNT))
}

/// `Äter ej`, `Tål inte`.
fn is_beginning(words: &[&str]) -> bool {
    let mut folded = Folded::new();
    words.iter().for_each(|w| folded.push_word(w));
    BEGINNINGS.iter().any(|b| b.as_bytes() == folded.key())
}

/// `kost`, `food`, `meal`, in company that makes it a need and not an expense.
fn weak_core(classes: &[Classes]) -> bool {
    let fitting =
        class::LABEL_FITTING | class::LABEL_FILLER | class::LABEL_WEAK_CORE | class::LABEL_STRONG;
    let core = classes.iter().filter(|c| c.any(class::LABEL_WEAK_CORE)).count();
    core > 0
        && classes.iter().all(|c| c.any(fitting))
        && classes.iter().any(|c| !c.any(class::LABEL_WEAK_CORE) || c.any(class::LABEL_STRONG))
}

fn whole(words: &[&str]) -> Classes {
    let mut folded = Folded::new();
    words.iter().for_each(|w| folded.push_word(w));
    lookup(&folded)
}

fn single(word: &str) -> Classes {
    whole(&[word])
}

/// The words of a label; case changes, digits and all punctuation part them.
fn words(name: &str) -> Vec<&str> {
    name.split(|c| !in_word(c) || c.is_numeric())
        .flat_map(humps)
        .filter(|w| !w.is_empty())
        .collect()
}

/// `dietaryNotes` → `dietary`, `Notes`; `KOST` stays whole.
fn humps(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut lower = false;
        let hump = rest.char_indices().find(|&(_, c)| {
            let turn = lower && c.is_uppercase();
            lower = c.is_lowercase();
            turn
        });
        let (head, tail) = rest.split_at(hump.map_or(rest.len(), |(i, _)| i));
        rest = tail;
        Some(head)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for (name, expected) in [
            ("Specialkost", Label::Strong),
            ("SPECIALKOST", Label::Strong),
            ("Allergier/specialkost", Label::Strong),
            ("Ev. allergier (ange vilka)", Label::Strong),
            ("Har du några allergier eller behöver specialkost?", Label::Strong),
            ("spec_kost", Label::Strong),
            ("food_pref", Label::Strong),
            ("dietaryNotes", Label::Strong),
            ("dietary-requirements", Label::Strong),
            ("Önskemål om specialkost:", Label::Strong),
            ("Kost ombord", Label::Strong),
            ("Kost", Label::Strong),
            ("mat", Label::Strong),
            ("Barnets matallergi", Label::Strong),
            ("Kosthansyn", Label::Strong),
            ("Avvikande kost", Label::Strong),
            ("6. Allergi / önskemål", Label::Strong),
            ("Äter ej", Label::Strong),
            ("Tål inte", Label::Strong),
            ("Vad äter du inte?", Label::Strong),
            ("Kostnotering", Label::Strong),
            ("Kost på lägret", Label::Strong),
            ("Övrigt", Label::Weak),
            ("Övriga behov", Label::Weak),
            ("Kommentar till arrangören", Label::Weak),
            ("notes", Label::Weak),
            ("special_requests", Label::Weak),
            ("Kost och logi", Label::None),
            ("Kostnad", Label::None),
            ("Specialkost, antal portioner", Label::None),
            ("visa_specialkost", Label::None),
            ("Kostförmån", Label::None),
            ("Dieter belopp", Label::None),
            ("Mats", Label::None),
            ("Mat.nr", Label::None),
            ("Storlek", Label::None),
            ("Allergener", Label::None),
            ("Benämning", Label::None),
            ("", Label::None),
        ] {
            assert_eq!(label(name), expected, "{name}");
        }
    }

    #[test]
    fn counts() {
        for (name, expected) in
            [("Antal", true), ("Antal st", true), ("count", true), ("Kost", false)]
        {
            assert_eq!(is_count_label(name), expected, "{name}");
        }
    }
}
