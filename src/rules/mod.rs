//! The detectors as data: what each finds, how its evidence weighs, which words speak for it, and
//! its own examples. The files are `rules/*.toml`; weights and words are made into tables when the
//! program is built, texts and examples are read when somebody asks for them.

pub mod own;
mod syntax;

pub use syntax::{Example, Rule, RuleError};

use std::sync::LazyLock;

use crate::model::{Category, Clue, Confidence, Evidence};

mod tables {
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

/// The rule files, in the order of [`Category`].
const FILES: [(&str, &str); Category::ALL.len()] = [
    ("personnummer.toml", include_str!("../../rules/personnummer.toml")),
    ("samordningsnummer.toml", include_str!("../../rules/samordningsnummer.toml")),
    ("email.toml", include_str!("../../rules/email.toml")),
    ("phone.toml", include_str!("../../rules/phone.toml")),
    ("dietary.toml", include_str!("../../rules/dietary.toml")),
    ("reserve_number.toml", include_str!("../../rules/reserve_number.toml")),
    ("organisationsnummer.toml", include_str!("../../rules/organisationsnummer.toml")),
    ("person_name.toml", include_str!("../../rules/person_name.toml")),
    ("postal_address.toml", include_str!("../../rules/postal_address.toml")),
    ("ip_address.toml", include_str!("../../rules/ip_address.toml")),
    ("iban.toml", include_str!("../../rules/iban.toml")),
    ("bankgiro.toml", include_str!("../../rules/bankgiro.toml")),
    ("plusgiro.toml", include_str!("../../rules/plusgiro.toml")),
    ("bank_account.toml", include_str!("../../rules/bank_account.toml")),
    ("payment_card.toml", include_str!("../../rules/payment_card.toml")),
    ("passport_number.toml", include_str!("../../rules/passport_number.toml")),
    ("vehicle_registration.toml", include_str!("../../rules/vehicle_registration.toml")),
];

/// From here on a finding is `medium`, in points out of 100.
const MEDIUM: i16 = 50;
/// From here on a finding is `high`.
const HIGH: i16 = 80;

/// The built-in rules, texts and examples included.
///
/// # Errors
/// All mistakes of all files, each with its line. The built-in files have none: a test says so.
pub fn all() -> Result<Vec<Rule>, Vec<RuleError>> {
    let mut rules = Vec::new();
    let mut errors = Vec::new();
    for (name, text) in FILES {
        match Rule::parse(name, text) {
            Ok(rule) => rules.push(rule),
            Err(more) => errors.extend(more),
        }
    }
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

/// A digest of all rule files: the same for the same rules.
#[must_use]
pub fn digest() -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for (_, text) in FILES {
        hash.update(text.as_bytes());
    }
    format!("{:016x}", hash.digest())
}

/// How each clue weighs, for each category.
static WEIGHTS: LazyLock<[[i16; Clue::ALL.len()]; Category::ALL.len()]> = LazyLock::new(|| {
    let mut weights = [[0; Clue::ALL.len()]; Category::ALL.len()];
    for (row, listed) in weights.iter_mut().zip(tables::WEIGHTS) {
        for &(id, points) in listed {
            if let Some(clue) = Clue::ALL.iter().find(|c| c.id() == id) {
                row[*clue as usize] = points;
            }
        }
    }
    weights
});

/// The weights of a category's clues, to be held on to by those who weigh often.
#[must_use]
pub fn weights(category: Category) -> &'static [i16; Clue::ALL.len()] {
    match WEIGHTS.get(category.index()) {
        Some(weights) => weights,
        None => own::weights(category),
    }
}

/// The points that evidence adds up to: 1 to 99.
#[must_use]
pub fn score(category: Category, evidence: Evidence) -> i16 {
    let weights = weights(category);
    let (mut sum, mut bits) = (0, evidence.bits());
    // Clue by clue: a candidate has few of all there are.
    while bits != 0 {
        sum += weights[bits.trailing_zeros() as usize];
        bits &= bits - 1;
    }
    sum.clamp(1, 99)
}

/// The grade of a score.
#[must_use]
pub const fn grade(score: i16) -> Confidence {
    if score >= HIGH {
        Confidence::High
    } else if score >= MEDIUM {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

/// A keyword in folded form (lower case, no accents, letters and digits only), and the topics it
/// speaks for (bit 2n, n the number of the category) and against (bit 2n + 1).
#[must_use]
pub fn keywords() -> &'static [(&'static str, u64)] {
    &tables::KEYWORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_have_no_mistakes() {
        let rules = all().unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(rules.len(), Category::ALL.len());
        for (rule, category) in rules.iter().zip(Category::ALL) {
            assert_eq!(rule.category, category);
            assert!(rule.positive.len() >= 2 && rule.negative.len() >= 3, "{}", rule.id);
        }
    }

    #[test]
    fn every_weight_names_a_clue() {
        for (id, _) in tables::WEIGHTS.iter().flat_map(|w| w.iter()) {
            assert!(Clue::ALL.iter().any(|c| c.id() == *id), "{id}");
        }
    }

    #[test]
    fn four_at_a_time_is_one_after_another() {
        for category in Category::ALL {
            for shift in 0..Clue::ALL.len() {
                let set = 0x5_1234_9ACF_u64.rotate_left(shift as u32 * 3);
                let clues = Clue::ALL.into_iter().filter(|c| set >> *c as u8 & 1 == 1);
                let evidence = clues.clone().fold(Evidence::NONE, Evidence::with);
                let sum: i16 = clues.map(|clue| WEIGHTS[category.index()][clue as usize]).sum();
                assert_eq!(score(category, evidence), sum.clamp(1, 99), "{evidence:?}");
            }
        }
    }

    #[test]
    fn scores_add_up() {
        let score = |evidence| score(Category::Personnummer, evidence);
        let bare = Evidence::NONE.with(Clue::Luhn).with(Clue::ValidDate);
        assert_eq!(grade(score(bare)), Confidence::Low);
        assert_eq!(grade(score(bare.with(Clue::Century))), Confidence::Medium);
        assert_eq!(grade(score(bare.with(Clue::Label))), Confidence::High);
    }
}
