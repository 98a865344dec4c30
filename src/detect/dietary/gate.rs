//! A look at the words an anchor lies in, before the sentence around them is read.
//!
//! Most anchors in ordinary prose are parts of other words (`ensliga`, `mediet`): to look one word up
//! costs a hundredth of reading its sentence.

use std::ops::Range;

use super::fold::{CAPACITY, Folded, in_word};
use super::food::{self, ALLERGEN, CONDITION, DIET, NOUN};
use super::lexicon::{Classes, class, lookup};
use crate::model::Ruler;

/// The longest anchor, in bytes.
const ANCHOR: usize = 8;
/// A letter takes this many bytes at most before it is folded: a base and a combining mark.
const LETTER: usize = 3;
/// Nothing longer is in the word lists, however it is written.
const LONGEST: usize = CAPACITY * LETTER;

/// What a note is built from: its head, what it avoids, its label.
const TELLING: Classes = CONDITION
    .or(DIET)
    .or(NOUN)
    .or(ALLERGEN)
    .or(class::EMERGENCY_PEN)
    .or(class::ADJ_ALLERGIC)
    .or(class::ADJ_INTOLERANT)
    .or(class::ADJ_SENSITIVE)
    .or(class::VERB_AVOID)
    .or(class::VERB_EAT)
    .or(class::VERB_REACT)
    .or(class::VERB_TOLERATE)
    .or(class::NEG)
    .or(class::NEG_DET)
    .or(class::LABEL_STRONG)
    .or(class::LABEL_CORE)
    .or(class::LABEL_WEAK_CORE)
    .or(class::TAIL_FREE)
    .or(class::TAIL_SENSITIVE)
    .or(class::TAIL_ALLERGY_NOUN)
    .or(class::TAIL_ALLERGY_PERSON)
    .or(class::TAIL_INTOLERANCE_NOUN)
    .or(class::TAIL_INTOLERANCE_PERSON)
    .or(class::PHRASE_START);

/// Words looked up lately, each with its answer: a few hundred make up most of a text.
#[derive(Debug)]
pub struct Verdicts(Vec<Slot>);

const SLOTS: usize = 1024;
/// A word is remembered if it is not longer than this, in bytes.
const SHORT: usize = 30;

/// The last word of a hash value; the empty word where there was none.
#[derive(Clone, Copy, Debug)]
struct Slot {
    word: [u8; SHORT],
    len: u8,
    telling: bool,
}

impl Default for Verdicts {
    fn default() -> Verdicts {
        Verdicts(vec![Slot { word: [0; SHORT], len: 0, telling: false }; SLOTS])
    }
}

impl Verdicts {
    /// Is there anything telling in a stretch of letters, which is not empty?
    fn of(&mut self, stretch: &[u8]) -> bool {
        if stretch.len() > SHORT {
            return is_telling(stretch);
        }
        let slot = &mut self.0[slot_of(stretch)];
        if &slot.word[..usize::from(slot.len)] != stretch {
            slot.word[..stretch.len()].copy_from_slice(stretch);
            slot.len = stretch.len() as u8;
            slot.telling = is_telling(stretch);
        }
        slot.telling
    }
}

fn slot_of(word: &[u8]) -> usize {
    let mixed = match (word.first_chunk(), word.last_chunk()) {
        (Some(head), Some(tail)) => {
            u64::from_le_bytes(*head) ^ u64::from_le_bytes(*tail).rotate_left(29)
        }
        _ => word.iter().fold(0, |all, &b| all << 8 | u64::from(b)),
    };
    let mixed = (mixed ^ word.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as usize % SLOTS
}

/// May a note begin, end or have its head in the words that the anchor touches whose bytes are `anchor`?
/// Takes UTF-8 and Windows-1252 alike; answers yes where it cannot tell.
///
/// # Errors
/// If not: the byte before which anchors touch no other words.
pub fn gate(text: &[u8], anchor: Range<usize>, verdicts: &mut Verdicts) -> Result<(), usize> {
    let Range { start: at, end: last } = anchor;
    let floor = at.saturating_sub(LONGEST);
    let mut start = at;
    while start > floor && IN_WORD[usize::from(text[start - 1])] {
        start -= 1;
    }
    while start < last {
        let len = text[start..].iter().take(2 * LONGEST).take_while(|b| in_table(**b)).count();
        if len > 0 && verdicts.of(&text[start..start + len]) {
            return Ok(());
        }
        start += len.max(1);
    }
    Err((start + 1).saturating_sub(ANCHOR).max(at + 1))
}

/// Letters, digits and whatever is beyond ASCII.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte >= 0x80 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

const fn in_table(byte: u8) -> bool {
    IN_WORD[byte as usize]
}

/// Is there anything telling in a stretch of letters?
fn is_telling(stretch: &[u8]) -> bool {
    if stretch.len() > LONGEST {
        return !stretch.is_ascii();
    }
    let decoded = Ruler::default().decode(stretch);
    decoded.split(|c| !in_word(c)).filter(|word| !word.is_empty()).any(is_telling_word)
}

fn is_telling_word(word: &str) -> bool {
    let mut folded = Folded::new();
    folded.push_word(word);
    let listed = lookup(&folded);
    if !listed.is_none() {
        return listed.any(TELLING);
    }
    let key = folded.key();
    !food::compound(key).is_none() || !food::derived(key).is_none() || has_hump(word)
}

/// `specialKost`: the name of a field, whose parts are words.
fn has_hump(word: &str) -> bool {
    word.as_bytes().windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase())
}
