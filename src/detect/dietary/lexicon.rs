//! The word lists of `rules/data/dietary.toml` as tables made at build time, and the look-up in them.

use super::fold::{Folded, hash};
use std::ops::{BitAnd, BitOr, BitOrAssign};

/// A set of word classes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Classes(u128);

impl Classes {
    /// No class at all.
    pub(super) const NONE: Classes = Classes(0);

    /// Is any of the other's classes among these?
    pub(super) const fn any(self, other: Classes) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets together.
    pub(super) const fn or(self, other: Classes) -> Classes {
        Classes(self.0 | other.0)
    }

    /// Is there no class here?
    pub(super) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Classes {
    type Output = Classes;
    fn bitor(self, other: Classes) -> Classes {
        self.or(other)
    }
}

impl std::ops::Not for Classes {
    type Output = Classes;
    fn not(self) -> Classes {
        Classes(!self.0)
    }
}

impl BitAnd for Classes {
    type Output = Classes;
    fn bitand(self, other: Classes) -> Classes {
        Classes(self.0 & other.0)
    }
}

impl BitOrAssign for Classes {
    fn bitor_assign(&mut self, other: Classes) {
        self.0 |= other.0;
    }
}

/// A word or phrase: its classes as spelt without marks, and as spelt with them.
struct Entry {
    key: &'static str,
    plain: Classes,
    marked: Classes,
}

include!(concat!(env!("OUT_DIR"), "/dietary_words.rs"));

/// The classes of a folded word or phrase. Text without marks matches entries that have some (`notter`,
/// `nötter`), but not the other way round (`öst` is no `ost`).
pub(super) fn lookup(word: &Folded) -> Classes {
    let Some(entry) = find(word.key()) else { return Classes::NONE };
    if word.marked() { entry.marked } else { entry.plain | entry.marked }
}

fn find(key: &[u8]) -> Option<&'static Entry> {
    if key.is_empty() {
        return None;
    }
    let mask = SLOTS.len() - 1;
    let mut slot = hash(key) as usize & mask;
    while SLOTS[slot] != 0 {
        let entry = &ENTRIES[usize::from(SLOTS[slot]) - 1];
        if entry.key.as_bytes() == key {
            return Some(entry);
        }
        slot = (slot + 1) & mask;
    }
    None
}

/// The classes of a folded part of a word, whichever way it was spelt.
pub(super) fn lookup_part(key: &[u8]) -> Classes {
    find(key).map_or(Classes::NONE, |e| e.plain | e.marked)
}

/// All foods.
pub(super) const FOOD: Classes =
    class::FOOD_ALLERGEN.or(class::FOOD_SENSITIVE).or(class::FOOD_MEAT).or(class::FOOD_RELIGIOUS);

/// Whether some food of four letters or more has the first three letters of a word. To look up all that
/// a word may begin with takes long, and few words begin like a food.
pub(super) fn may_begin_with_food(key: &[u8]) -> bool {
    matches!(key, [a, b, c, ..] if EDGES[0].holds(*a, *b, *c))
}

/// The same for the last three letters.
pub(super) fn may_end_in_food(key: &[u8]) -> bool {
    matches!(key, [.., a, b, c] if EDGES[1].holds(*a, *b, *c))
}

/// Three letters each, by their low five bits.
struct Edges([u32; 1024]);

impl Edges {
    const fn row(a: u8, b: u8) -> usize {
        (a as usize & 31) << 5 | b as usize & 31
    }

    const fn holds(&self, a: u8, b: u8, c: u8) -> bool {
        self.0[Edges::row(a, b)] >> (c & 31) & 1 == 1
    }
}

/// What foods begin with, and what they end in.
static EDGES: [Edges; 2] = {
    let mut edges = [Edges([0; 1024]), Edges([0; 1024])];
    let mut n = 0;
    while n < ENTRIES.len() {
        let entry = &ENTRIES[n];
        let food = entry.plain.any(FOOD) || entry.marked.any(FOOD);
        if food && let [a, b, c, ..] = entry.key.as_bytes() {
            edges[0].0[Edges::row(*a, *b)] |= 1 << (*c & 31);
        }
        if food && let [.., a, b, c] = entry.key.as_bytes() {
            edges[1].0[Edges::row(*a, *b)] |= 1 << (*c & 31);
        }
        n += 1;
    }
    edges
};

/// The stem and the tail's class of a compound such as `laktos` + `intolerant`.
pub(super) fn split_tail(key: &[u8]) -> Option<(&[u8], Classes)> {
    // Most words end in letters that no tail ends in.
    let [.., last_but_one, last] = key else { return None };
    if ENDINGS[usize::from(last & 31)] >> (last_but_one & 31) & 1 == 0 {
        return None;
    }
    TAILS.iter().find_map(|(tail, class)| {
        let stem = key.strip_suffix(tail.as_bytes())?;
        (stem.len() >= 2).then_some((stem, *class))
    })
}

/// For each last letter of a tail, by its low five bits, a bit for each letter before it.
const ENDINGS: [u32; 32] = {
    let mut endings = [0; 32];
    let mut n = 0;
    while n < TAILS.len() {
        if let [.., last_but_one, last] = TAILS[n].0.as_bytes() {
            endings[(*last & 31) as usize] |= 1 << (*last_but_one & 31);
        }
        n += 1;
    }
    endings
};

/// The classes of the listed word that differs from this one in a single letter: one wrong, missing, too
/// many, or two swapped. Only for words of six letters and more.
pub(super) fn lookup_misspelt(word: &Folded) -> Classes {
    let key = word.key();
    if key.len() < 6 {
        return Classes::NONE;
    }
    let near = FUZZY.iter().map(|&i| &ENTRIES[usize::from(i)]);
    near.filter(|e| one_edit_apart(key, e.key.as_bytes()))
        .map(|e| e.plain | e.marked)
        .next()
        .unwrap_or(Classes::NONE)
}

fn one_edit_apart(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    a.len() <= 1 && b.len() <= 1 || a.len() == 2 && b.len() == 2 && a[0] == b[1] && a[1] == b[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(word: &str) -> Folded {
        let mut folded = Folded::new();
        folded.push_word(word);
        folded
    }

    #[test]
    fn marks_may_be_left_out_but_not_added() {
        let food = class::FOOD_ALLERGEN | class::FOOD_SENSITIVE;
        for (word, found) in
            [("nötter", true), ("Notter", true), ("noetter", true), ("ost", true), ("öst", false)]
        {
            assert_eq!(lookup(&folded(word)).any(food), found, "{word}");
        }
    }

    #[test]
    fn one_wrong_letter_is_forgiven() {
        let diet = class::DIET_PERSON;
        for (word, found) in [
            ("vegetariam", true),
            ("vegetraian", true),
            ("vegetarin", true),
            ("vegetarrian", true),
            ("veterinär", false),
        ] {
            assert_eq!(lookup_misspelt(&folded(word)).any(diet), found, "{word}");
        }
    }
}
