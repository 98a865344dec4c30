//! Names of persons in the names of files: `CV_Anna_Ek.pdf`, `anna.lindqvist.txt`.

use std::ops::Range;

use super::letters;
use super::words::{self, Case, Word};
use crate::detect::Reader;
use crate::detect::candidate::Normalized;
use crate::model::{Clue, Evidence, Place, Record, Shape};

/// Is the record the name of a file or folder?
pub(super) fn is_one(record: &Record<'_>) -> bool {
    matches!(&record.shape, Shape::Fields(fields) if fields.places == [Place::Name])
}

impl Reader<'_> {
    pub(super) fn names_of_file(&mut self, record: &Record<'_>) {
        let words = split(record.text);
        let mut at = 0;
        while at + 1 < words.len() {
            let Some(last) = name_at(&words, at) else {
                at += 1;
                continue;
            };
            if record.text[words[last].written..].starts_with(b"@") {
                at = last;
                continue;
            }
            let given = words[at].start..words[last - 1].written;
            let surname = words[last].range();
            let evidence =
                Evidence::NONE.with(Clue::GivenName).with(Clue::Surname).with(Clue::FileName);
            let normalized = Normalized::joined(given.clone(), surname.clone());
            self.push_name(given.start..surname.end, evidence, normalized);
            at = last + 1;
        }
    }
}

/// The words of a file's name, its ending left out; `AnnaEk` is two.
fn split(name: &[u8]) -> Vec<Word> {
    let end =
        memchr::memrchr(b'.', name).filter(|n| *n > 0 && name.len() - n <= 6).unwrap_or(name.len());
    let mut words = Vec::new();
    let mut at = 0;
    while at < end {
        if !letters::is_letter(name, at) {
            at += letters::char_at(name, at).1;
            continue;
        }
        let stop = part_end(name, at, end);
        words.extend(words::read(name, at, stop));
        at = stop;
    }
    words
}

/// Where a word ends: at what is no letter, at a capital behind a small letter. A hyphen joins given
/// names.
fn part_end(name: &[u8], at: usize, end: usize) -> usize {
    let mut next = at;
    let mut small = false;
    while next < end
        && letters::is_letter(name, next)
        && !(small && letters::is_capital(name, next))
    {
        small = !letters::is_capital(name, next);
        next += letters::char_at(name, next).1;
    }
    let joins = name.get(next) == Some(&b'-') && letters::is_letter(name, next + 1);
    if joins {
        let second = part_end(name, next + 1, end);
        let both = words::read(name, at, second).is_some_and(|w| w.is_given() && w.end == second);
        if both && !name[at..second].ends_with(b"-") {
            return second;
        }
    }
    next
}

/// The number of the surname's word, if a name begins at word `at`.
fn name_at(words: &[Word], at: usize) -> Option<usize> {
    let given = words.get(at).filter(|w| w.is_given())?;
    let last = (at + 1..words.len().min(at + 3)).find(|&n| words[n].is_surname())?;
    let between: Range<usize> = at + 1..last;
    let surname = &words[last];
    let sure = !given.is_weak_given() && surname.is_strong_surname();
    let capitals = given.case == Case::Capital && surname.case == Case::Capital;
    let listed = !given.is_weak_given() || surname.is_strong_surname();
    let fits = between.into_iter().all(|n| words[n].is_given());
    (fits && !surname.site && (sure || capitals && listed)).then_some(last)
}
