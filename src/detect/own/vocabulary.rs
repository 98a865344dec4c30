//! The words that speak for and against what a rule of the user's own finds.

use std::collections::HashMap;

use crate::detect::keywords::{Voice, Words};
use crate::model::Clue;

/// Words from this length on also count as the last part of a compound.
const TAIL: usize = 6;
/// A word that speaks against counts among so many before the value.
const ADJACENT: usize = 4;

/// Folded words: true for those that speak for the rule, false for those against.
#[derive(Debug)]
pub(super) struct Vocabulary(HashMap<String, bool>);

impl Vocabulary {
    pub(super) fn new(speak_for: &[String], against: &[String]) -> Vocabulary {
        let against = against.iter().map(|word| (folded(word), false));
        let all = against.chain(speak_for.iter().map(|word| (folded(word), true)));
        Vocabulary(all.filter(|(word, _)| !word.is_empty()).collect())
    }

    /// What a label says: for, against or nothing.
    pub(super) fn label(&self, label: &str) -> Option<bool> {
        let mut words = Words::default();
        words.read(label.as_bytes());
        let said: Vec<bool> = (0..words.len()).filter_map(|n| self.word(&words, n)).collect();
        let whole = self.0.get(words.joined(0, words.len())).copied();
        match (whole, said.contains(&true), said.contains(&false)) {
            (Some(said), ..) => Some(said),
            (_, true, _) => Some(true),
            (_, _, true) => Some(false),
            _ => None,
        }
    }

    /// What word `n` says, with up to two before it, alone, or as a compound.
    fn word(&self, words: &Words, n: usize) -> Option<bool> {
        let pairs = [n.checked_sub(2), n.checked_sub(1)];
        let joined =
            pairs.into_iter().flatten().find_map(|from| self.0.get(words.joined(from, n + 1)));
        if let Some(&said) = joined {
            return Some(said);
        }
        let word = words.joined(n, n + 1);
        if let Some(&said) = self.0.get(word) {
            return Some(said);
        }
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let tails = (0..word.len().saturating_sub(TAIL - 1)).map(|from| &word[from..]);
        tails.filter_map(|tail| self.0.get(tail)).next().copied()
    }
}

impl Voice for Vocabulary {
    fn last(&self, words: &Words) -> Option<Clue> {
        (0..words.len()).rev().enumerate().find_map(|(distance, n)| match self.word(words, n) {
            Some(true) => Some(Clue::ContextWord),
            Some(false) if distance < ADJACENT => Some(Clue::ContextAgainst),
            _ => None,
        })
    }

    fn is_first(&self, words: &Words) -> bool {
        (0..words.len()).find_map(|n| self.word(words, n)) == Some(true)
    }
}

fn folded(word: &str) -> String {
    let mut words = Words::default();
    words.read(word.as_bytes());
    words.joined(0, words.len()).to_owned()
}
