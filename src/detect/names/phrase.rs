//! From words in a row to a name: which of them are given names, which the surname, and what speaks
//! for that.

use std::ops::Range;

use super::lexicon::class;
use super::words::{Case, Word, is_particle};
use crate::model::{Clue, Evidence};

/// What is known of the words before they are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Setting {
    /// A label says that a person's name stands here.
    pub(super) labelled: bool,
    /// The words begin a sentence or a line: the first has its capital for that.
    pub(super) first: bool,
}

/// A name among words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The number of its first word.
    pub(super) first: usize,
    /// The number of its last word.
    pub(super) last: usize,
    /// Its last word follows a particle, so that an `s` at its end is its own (`af Ugglas`).
    pub(super) led: bool,
    /// What its form says.
    pub(super) evidence: Evidence,
}

impl Name {
    /// The bytes it stands in.
    pub(super) fn range(&self, words: &[Word]) -> Range<usize> {
        let last = &words[self.last];
        words[self.first].start..if self.led { last.written } else { last.end }
    }
}

/// The first name among `words`, which are parted by single spaces. Particles are among them.
pub(super) fn find(text: &[u8], words: &[Word], setting: Setting) -> Option<Name> {
    let found = (0..words.len()).find_map(|i| full(text, words, i, setting));
    found.or_else(|| (0..words.len()).find_map(|i| by_surname(words, i, setting)))
}

/// A name whose given name is word `i`.
fn full(text: &[u8], words: &[Word], i: usize, setting: Setting) -> Option<Name> {
    let given = words.get(i).filter(|w| w.is_given() && starts(w, setting) && !w.site)?;
    let mut next = i + 1;
    while words.get(next).is_some_and(|w| w.case == Case::Initial || follows(w) && next < i + 4) {
        next += 1;
    }
    let mut at = next;
    while words.get(at).is_some_and(|w| particle(text, w)) {
        at += 1;
    }
    // The last of several given names may be the surname (`Hassan Ali`).
    let led = at > next;
    let surname =
        words.get(at).filter(|w| led && w.case != Case::Initial || ends(w, given, setting));
    let last = match surname {
        Some(_) => at + usize::from(doubles(&words[at..])),
        None if next > i + 1 && words[next - 1].is_surname() => next - 1,
        None => return None,
    };
    let evidence = weigh(words, i, last, at.min(last), setting)?;
    let evidence = if led { evidence.without(Clue::CommonWords) } else { evidence };
    Some(Name { first: i, last, led, evidence })
}

/// May a name begin with this given name?
fn starts(word: &Word, setting: Setting) -> bool {
    word.case != Case::Lower || setting.labelled
}

/// Does a further given name stand here?
fn follows(word: &Word) -> bool {
    word.is_given() && word.end == word.written && !word.site
}

fn particle(text: &[u8], word: &Word) -> bool {
    is_particle(&text[word.range()])
}

/// May the surname be this word, after `given`?
fn ends(word: &Word, given: &Word, setting: Setting) -> bool {
    if word.site || word.case == Case::Initial || word.case == Case::Lower && !setting.labelled {
        return false;
    }
    if word.is_surname() {
        return true;
    }
    let alike = word.case == given.case || given.case == Case::Capital;
    let shouted = word.case == Case::Upper && !setting.labelled;
    word.may_be_name() && alike && !shouted
}

/// Is the first of these words a double surname with the second?
fn doubles(words: &[Word]) -> bool {
    let [first, word, rest @ ..] = words else { return false };
    let whole = first.end == first.written && (rest.is_empty() || !word.is_given());
    whole
        && word.is_surname()
        && !word.classes.any(class::FIRM | class::SITE)
        && !word.site
        && word.case == first.case
}

fn weigh(words: &[Word], i: usize, last: usize, at: usize, setting: Setting) -> Option<Evidence> {
    let (given, surname) = (&words[i], &words[at]);
    let known = surname.is_surname();
    let mut evidence = Evidence::NONE.with(Clue::GivenName);
    evidence.add(if known { Clue::Surname } else { Clue::NameForm });
    if setting.labelled {
        return Some(evidence);
    }
    if given.case == Case::Upper && (given.is_weak_given() || !known) {
        return None;
    }
    // Words with capitals all around: a heading, or the name of something.
    let crowd = words.len() - (last + 1 - i);
    let doubtful = match (given.is_weak_given(), surname.is_strong_surname()) {
        (false, true) => false,
        (false, false) => !known && crowd > 1,
        (true, true) => {
            crowd > 1 && setting.first || given.classes.any(class::NEVER) && !surname.form
        }
        (true, false) => !known || crowd > 0 || given.classes.any(class::NEVER) && setting.first,
    };
    if doubtful {
        evidence.add(Clue::CommonWords);
    }
    Some(evidence)
}

/// A name of which only the surname tells: `Xerxes Lindqvist`, `A. Lindqvist`.
fn by_surname(words: &[Word], i: usize, setting: Setting) -> Option<Name> {
    let [first, second] = words.get(i..i + 2)? else { return None };
    if !second.is_strong_surname() || !second.form && !setting.labelled || second.site {
        return None;
    }
    let mut evidence = Evidence::NONE.with(Clue::Surname);
    if first.case == Case::Initial {
        evidence.add(Clue::SinglePart);
    } else if first.case == Case::Capital && first.may_be_name() && first.classes.is_none() {
        evidence.add(Clue::NameForm);
        if i == 0 && setting.first && !setting.labelled || words.len() > 2 {
            evidence.add(Clue::CommonWords);
        }
    } else {
        return None;
    }
    Some(Name { first: i, last: i + 1, led: false, evidence })
}

/// Words under a label for persons that are in no list: two to four that look like names.
pub(super) fn unlisted(text: &[u8], words: &[Word]) -> Option<Name> {
    let fits = |w: &Word| particle(text, w) || w.case != Case::Lower && w.may_be_name() && !w.site;
    let whole = (2..=4).contains(&words.len()) && words.iter().all(fits);
    let real = words.iter().filter(|w| !particle(text, w)).count() >= 2;
    let evidence = Evidence::NONE.with(Clue::NameForm);
    (whole && real).then(|| Name { first: 0, last: words.len() - 1, led: true, evidence })
}
