//! Foods and compounds of foods: what `jordnötterna`, `vitlökssås` or `mjölkproteinfri` are about.

use super::fold::Folded;
use super::lexicon::{
    Classes, class, lookup, lookup_part, may_begin_with_food, may_end_in_food, split_tail,
};
use super::tokens::Token;

pub(super) use super::lexicon::FOOD;

/// All that one can be allergic to.
pub(super) const ALLERGEN: Classes = FOOD.or(class::NONFOOD_ALLERGEN);
/// Words that state a condition of somebody.
pub(super) const CONDITION: Classes =
    class::COND_ALLERGY.or(class::COND_INTOLERANCE).or(class::DIET_PERSON);
/// Diets, as adjectives or names.
pub(super) const DIET: Classes = class::DIET_ADJ.or(class::DIET_MEDICAL).or(class::DIET_RELIGIOUS);
/// The names of conditions.
pub(super) const NOUN: Classes = class::NOUN_ALLERGY.or(class::NOUN_INTOLERANCE);
/// What a compound of a food and a tail can be.
pub(super) const STATEMENTS: Classes = CONDITION.or(DIET).or(NOUN);

/// The classes of a compound written in one word; none where it is none.
pub(super) fn compound(key: &[u8]) -> Classes {
    if key.len() < 6 {
        return Classes::NONE;
    }
    let Some((stem, tail)) = split_tail(key) else { return Classes::NONE };
    with_tail(stem_food(stem), tail)
}

/// The classes of two words that are one compound, if they are.
pub(super) fn join(text: &str, stem: &Token, tail: &Token) -> Option<Classes> {
    const TAILS: Classes = class::TAIL_ALLERGY_NOUN
        .or(class::TAIL_ALLERGY_PERSON)
        .or(class::TAIL_INTOLERANCE_NOUN)
        .or(class::TAIL_INTOLERANCE_PERSON)
        .or(class::TAIL_SENSITIVE)
        .or(class::TAIL_FREE);
    if !tail.is(TAILS) {
        return None;
    }
    let food = of(text, stem) & ALLERGEN;
    let classes = with_tail(food, tail.classes);
    (!food.is_none() && !classes.is_none()).then_some(classes)
}

/// Nearly anything can be the stem of an allergy; only foods are `-free`.
pub(super) fn with_tail(food: Classes, tail: Classes) -> Classes {
    let known = !food.is_none();
    if tail.any(class::TAIL_ALLERGY_PERSON) {
        class::COND_ALLERGY
    } else if tail.any(class::TAIL_ALLERGY_NOUN) {
        class::NOUN_ALLERGY
    } else if tail.any(class::TAIL_INTOLERANCE_PERSON) {
        class::COND_INTOLERANCE
    } else if tail.any(class::TAIL_INTOLERANCE_NOUN) {
        class::NOUN_INTOLERANCE
    } else if !known {
        Classes::NONE
    } else if tail.any(class::TAIL_SENSITIVE) {
        class::COND_INTOLERANCE
    } else if food.any(class::FOOD_RELIGIOUS) {
        class::DIET_RELIGIOUS
    } else if food.any(class::FOOD_MEAT) {
        class::DIET_ADJ
    } else {
        class::DIET_MEDICAL
    }
}

/// The food in front of a tail, with or without a linking `s`.
fn stem_food(stem: &[u8]) -> Classes {
    let food = lookup_part(stem) & ALLERGEN;
    match stem.strip_suffix(b"s") {
        Some(bare) if food.is_none() => lookup_part(bare) & ALLERGEN,
        _ => food,
    }
}

/// The food classes of a word: as listed, inflected (`mjölken`), or inside a compound (`äggröra`).
/// For places where a food is expected; `lokal` is no onion elsewhere either.
pub(super) fn of(text: &str, token: &Token) -> Classes {
    let listed = token.classes & ALLERGEN;
    if !listed.is_none() || !(token.classes & !class::PHRASE_START & !class::TAIL_FREE).is_none() {
        return listed;
    }
    let mut folded = Folded::new();
    folded.push_word(&text[token.start..token.end]);
    let whole = lookup(&folded) & ALLERGEN;
    if whole.is_none() { derived(folded.key()) } else { whole }
}

const INFLECTIONS: [&[u8]; 12] =
    [b"erna", b"orna", b"arna", b"ena", b"er", b"or", b"ar", b"en", b"et", b"na", b"n", b"s"];

/// The foods of an inflected or compound word that is not listed itself.
pub(super) fn derived(key: &[u8]) -> Classes {
    let inflected = INFLECTIONS.iter().filter_map(|i| key.strip_suffix(*i));
    let found = inflected.filter(|s| s.len() >= 3).map(lookup_part).map(|c| c & FOOD);
    let found = found.fold(Classes::NONE, |all, c| all | c);
    if found.is_none() { part_of(key) } else { found }
}

/// A food of at least four letters at either end of a longer word, the end first: it is the head.
fn part_of(key: &[u8]) -> Classes {
    let splits = || 4..key.len().saturating_sub(3);
    let find = |part: &[u8]| Some(lookup_part(part) & FOOD).filter(|food| !food.is_none());
    let last = || may_end_in_food(key).then(|| splits().find_map(|i| find(&key[i..]))).flatten();
    let first = || {
        let begins = may_begin_with_food(key);
        begins.then(|| splits().rev().find_map(|i| find(&key[..i]))).flatten()
    };
    last().or_else(first).unwrap_or(Classes::NONE)
}
