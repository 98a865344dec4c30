//! Something that passed its exact check, before it is known what else claims the same bytes.

use std::ops::Range;

use crate::model::{Attributes, Category, Clue, Confidence, Evidence};

/// Longest normalized form kept in place: `+` and fifteen digits.
const INLINE: usize = 16;

/// The match form of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Normalized {
    /// Digits, with a `+` for phones, or capital letters and digits: bytes and how many.
    Short([u8; INLINE], u8),
    /// To be made from the text: addresses and notes.
    FromText,
    /// The same, of up to three pieces: the candidate's own bytes and these, empty where there is none.
    Pieces([(u32, u32); 2]),
    /// Two pieces of the text, from the first byte to behind the last, with a space between them.
    Joined([(u32, u32); 2]),
}

impl Normalized {
    /// Keeps a short form.
    pub(crate) fn short(text: &[u8]) -> Normalized {
        let mut bytes = [0; INLINE];
        let len = text.len().min(INLINE);
        bytes[..len].copy_from_slice(&text[..len]);
        Normalized::Short(bytes, len as u8)
    }

    /// Puts two pieces of the text together.
    pub(crate) fn joined(first: Range<usize>, second: Range<usize>) -> Normalized {
        Normalized::Joined([first, second].map(|r| (r.start as u32, r.end as u32)))
    }

    /// The short form; empty where the text has to be asked.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Normalized::Short(bytes, len) => {
                std::str::from_utf8(&bytes[..usize::from(*len)]).unwrap_or_default()
            }
            Normalized::FromText | Normalized::Pieces(_) | Normalized::Joined(_) => "",
        }
    }
}

/// A possible finding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) category: Category,
    pub(crate) confidence: Confidence,
    pub(crate) score: i16,
    pub(crate) evidence: Evidence,
    pub(crate) attributes: Attributes,
    pub(crate) normalized: Normalized,
}

impl Candidate {
    /// The bytes it stands in.
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn beats(&self, other: &Candidate) -> bool {
        let rank = |c: &Candidate| (c.score, c.end - c.start, std::cmp::Reverse(c.category));
        rank(self) > rank(other)
    }

    /// Notes hold other things, and what is on a user's list stands beside all; everything else excludes one another.
    pub(crate) fn excludes(&self, other: &Candidate) -> bool {
        let is_term = |candidate: &Candidate| candidate.evidence.has(Clue::Term);
        (self.category == Category::Dietary) == (other.category == Category::Dietary)
            && !is_term(self)
            && !is_term(other)
            && !self.holds_number_of(other)
            && !other.holds_number_of(self)
    }

    /// The account whose number is its owner's personnummer: both are found.
    fn holds_number_of(&self, other: &Candidate) -> bool {
        self.category == Category::BankAccount
            && matches!(other.category, Category::Personnummer | Category::Samordningsnummer)
            && self.range().len() > other.range().len()
            && self.start <= other.start
            && other.end == self.end
            && ["3300", "3782"].iter().any(|nordea| self.normalized.as_str().starts_with(nordea))
    }
}

/// Those of `all` that stay when notes and all others are settled, in order of place.
pub(crate) fn settled(all: &[Candidate]) -> Vec<Candidate> {
    let (mut notes, mut others) = (Candidates::default(), Candidates::default());
    let (terms, rivals): (Vec<&Candidate>, Vec<&Candidate>) =
        all.iter().partition(|candidate| candidate.evidence.has(Clue::Term));
    for candidate in rivals {
        let list = if candidate.category == Category::Dietary { &mut notes } else { &mut others };
        list.push(*candidate);
    }
    notes.settle();
    others.settle();
    let mut kept = [notes.list(), others.list()].concat();
    kept.extend(terms.into_iter().cloned());
    kept.sort_by_key(place);
    kept
}

/// Candidates as they are found, nearly in order of place.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    list: Vec<Candidate>,
    /// Some begins before the end of the one found before it.
    mixed: bool,
}

impl Candidates {
    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.mixed = false;
    }

    /// Those there are; in order once they are settled.
    pub(crate) fn list(&self) -> &[Candidate] {
        &self.list
    }

    /// Adds one.
    pub(crate) fn push(&mut self, candidate: Candidate) {
        if self.list.last().is_some_and(|last| last.end > candidate.start) {
            self.mixed = true;
            insert(&mut self.list, candidate);
        } else {
            self.list.push(candidate);
        }
    }

    /// Adds what stands beside those that are settled.
    pub(crate) fn add_beside(&mut self, beside: &[Candidate]) {
        if !beside.is_empty() {
            self.list.extend_from_slice(beside);
            self.list.sort_by_key(place);
        }
    }

    /// Puts candidates in order of place and leaves, of those that claim the same bytes, the best.
    pub(crate) fn settle(&mut self) {
        if !self.mixed {
            return;
        }
        if !self.list.is_sorted_by_key(place) {
            self.list.sort_by_key(place);
        }
        drop_rivals(&mut self.list);
    }
}

/// Sorts by start, then by end.
fn place(candidate: &Candidate) -> u64 {
    u64::from(candidate.start) << 32 | u64::from(candidate.end)
}

fn drop_rivals(candidates: &mut Vec<Candidate>) {
    // What is kept ends here at the latest.
    let (mut kept, mut end) = (0, 0);
    for n in 0..candidates.len() {
        let free = candidates[n].start >= end;
        end = end.max(candidates[n].end);
        if free {
            candidates[kept] = candidates[n];
            kept += 1;
            continue;
        }
        let rival = (0..kept).rev().take(4).find(|&k| {
            candidates[k].end > candidates[n].start && candidates[k].excludes(&candidates[n])
        });
        match rival {
            Some(k) if candidates[n].beats(&candidates[k]) => candidates[k] = candidates[n],
            Some(_) => {}
            None => {
                candidates[kept] = candidates[n];
                kept += 1;
            }
        }
    }
    candidates.truncate(kept);
}

/// Two settled lists as one, in order of place.
pub(crate) fn merged<'a>(
    candidates: &'a [Candidate],
    notes: &'a [Candidate],
) -> impl Iterator<Item = &'a Candidate> {
    let (mut others, mut notes) = (candidates, notes);
    std::iter::from_fn(move || {
        let next = match (others.first(), notes.first()) {
            (Some(other), Some(note)) if place(note) < place(other) => &mut notes,
            (Some(_), _) => &mut others,
            (None, _) => &mut notes,
        };
        next.split_off_first()
    })
}

/// Puts a candidate where it belongs: hits come in order, but a number is told by its end and most
/// others by their start, so that the place is one of the last.
fn insert(candidates: &mut Vec<Candidate>, candidate: Candidate) {
    const NEAR: usize = 8;
    let key = place(&candidate);
    let later = candidates.iter().rev().take(NEAR).take_while(|c| place(c) > key).count();
    if later == 0 {
        candidates.push(candidate);
    } else {
        candidates.insert(candidates.len() - later, candidate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(start: u32, end: u32, category: Category, score: i16) -> Candidate {
        Candidate {
            start,
            end,
            category,
            confidence: Confidence::Medium,
            score,
            evidence: Evidence::NONE,
            attributes: Attributes::default(),
            normalized: Normalized::FromText,
        }
    }

    #[test]
    fn the_better_of_two_readings_stays() {
        let mut list = Candidates::default();
        for found in [
            candidate(10, 20, Category::Phone, 50),
            candidate(0, 5, Category::Email, 90),
            candidate(8, 20, Category::Personnummer, 80),
        ] {
            list.push(found);
        }
        list.settle();
        let notes = [(6, 7), (8, 20), (12, 18), (30, 31)]
            .map(|(start, end)| candidate(start, end, Category::Dietary, 30));
        let got: Vec<_> = merged(list.list(), &notes).map(|c| (c.start, c.category)).collect();
        assert_eq!(
            got,
            [
                (0, Category::Email),
                (6, Category::Dietary),
                (8, Category::Personnummer),
                (8, Category::Dietary),
                (12, Category::Dietary),
                (30, Category::Dietary),
            ]
        );
    }
}
