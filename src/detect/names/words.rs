//! The words a name is made of: where they begin and end, how they are written, what they are.

use std::ops::Range;

use super::lexicon::{Classes, Key, class, classes_of};
use super::{letters, surname};

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// `Anna`.
    Capital,
    /// `ANNA`.
    Upper,
    /// `anna`.
    Lower,
    /// `A.`, `J.R.`, `A`.
    Initial,
}

/// A word of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    /// Its first byte.
    pub(super) start: usize,
    /// Where it ends, the full stop of an initial included, a genitive's `s` not.
    pub(super) end: usize,
    /// Where it ends as written.
    pub(super) written: usize,
    pub(super) case: Case,
    pub(super) classes: Classes,
    /// It has the form of a surname.
    pub(super) form: bool,
    /// It is named like a place, a house or an institution.
    pub(super) site: bool,
    /// It may be a surname that is in no list.
    pub(super) open: bool,
}

const NAMES: Classes = Classes::of(&[class::GIVEN, class::SURNAME]);
/// Words that are no part of a name unless they are names themselves.
const OTHERS: Classes = Classes::of(&[
    class::NEVER,
    class::TITLE,
    class::FIRM,
    class::SITE,
    class::SITE_ENDING,
    class::COMMON,
    class::PLACE,
]);

impl Word {
    /// A given name.
    pub(super) fn is_given(&self) -> bool {
        self.classes.any(class::GIVEN) && self.case != Case::Initial
    }

    /// A given name that is a word as well.
    pub(super) fn is_weak_given(&self) -> bool {
        self.classes.any(class::GIVEN_WORDS | class::NEVER | class::PLACE)
    }

    /// A surname of the lists, or one by its form.
    pub(super) fn is_surname(&self) -> bool {
        let other = self.classes.any(class::NEVER | class::TITLE) && !self.form;
        self.case != Case::Initial && !other && (self.classes.any(class::SURNAME) || self.form)
    }

    /// A surname that is no other word.
    pub(super) fn is_strong_surname(&self) -> bool {
        let other = self.classes.any(class::SURNAME_WORDS | class::PLACE | class::GIVEN_WORDS);
        self.is_surname() && !other
    }

    /// It may be a name that is in no list.
    pub(super) fn may_be_name(&self) -> bool {
        self.open && self.case != Case::Initial && (!self.classes.any(OTHERS) || self.is_name())
    }

    /// It is in the lists of names, and not among the words that are none.
    pub(super) fn is_name(&self) -> bool {
        self.classes.any(NAMES) && !self.classes.any(class::NEVER)
    }

    /// It stands in the genitive: an `s` was taken off, or may be one.
    pub(super) fn is_genitive(&self, text: &[u8]) -> bool {
        self.end != self.written || matches!(text[self.written - 1], b's' | b'S' | b'x' | b'z')
    }

    /// It is in the lists of names, or has a surname's form.
    pub(super) fn is_name_or_form(&self) -> bool {
        self.classes.any(NAMES) || self.form
    }

    /// A surname that is no given name.
    pub(super) fn is_strong_surname_only(&self) -> bool {
        self.is_strong_surname() && !self.is_given()
    }

    /// Its bytes as written.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.written
    }
}

/// `von`, `af`, `de la`: what may stand before a surname in lower case.
pub(super) fn is_particle(word: &[u8]) -> bool {
    const PARTICLES: [&[u8]; 24] = [
        b"von", b"af", b"de", b"van", b"der", b"den", b"la", b"le", b"bin", b"ibn", b"al", b"el",
        b"du", b"da", b"dos", b"di", b"del", b"zu", b"ter", b"ten", b"vom", b"av", b"das", b"do",
    ];
    PARTICLES.iter().any(|p| word.eq_ignore_ascii_case(p))
}

/// The word that begins at `at`, if a letter does. It does not go beyond `end`.
pub(super) fn read(text: &[u8], at: usize, end: usize) -> Option<Word> {
    let text = &text[..end];
    if !letters::is_letter(text, at) {
        return None;
    }
    let written = word_end(text, at);
    let case = case_of(&text[at..written]);
    if case == Case::Initial {
        return Some(initial(text, at, written));
    }
    let end = without_possessive(text, at, written);
    let key = Key::new(&text[at..end]);
    let mut word = Word {
        start: at,
        end,
        written,
        case,
        classes: key.classes(),
        form: surname::is_sure(key.as_bytes()),
        site: surname::is_site(key.as_bytes()),
        open: surname::may_be(key.as_bytes()),
    };
    word.site &= !word.classes.any(NAMES);
    if word.classes.is_none() && !word.form {
        refine(&mut word, key.as_bytes());
    }
    Some(word)
}

/// Where the word that begins at `at` ends: letters, and hyphens and apostrophes between them.
fn word_end(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < text.len() {
        let (c, len) = letters::char_at(text, end);
        let joins = matches!(c, '-' | '\'' | '\u{2019}' | '\u{2010}' | '\u{2011}');
        if !(letters::is_alphabetic(c) || joins && letters::is_letter(text, end + len)) {
            break;
        }
        end += len;
    }
    end
}

/// Where the word ends without the `'s` of English.
fn without_possessive(text: &[u8], at: usize, end: usize) -> usize {
    let word = &text[at..end];
    let endings: [&[u8]; 4] = [b"'s", b"'S", "\u{2019}s".as_bytes(), b"\x92s"];
    let ending = endings.iter().find(|e| word.len() > e.len() + 1 && word.ends_with(e));
    end - ending.map_or(0, |e| e.len())
}

fn case_of(word: &[u8]) -> Case {
    let (mut count, mut upper) = (0, 0);
    let mut at = 0;
    while at < word.len() {
        let (c, len) = letters::char_at(word, at);
        count += usize::from(letters::is_alphabetic(c));
        upper += usize::from(letters::is_uppercase(c));
        at += len;
    }
    match (letters::is_capital(word, 0), count) {
        (true, 1) => Case::Initial,
        (true, n) if upper == n => Case::Upper,
        (true, _) => Case::Capital,
        (false, _) => Case::Lower,
    }
}

/// `A`, `A.` or `J.R.`.
fn initial(text: &[u8], start: usize, mut end: usize) -> Word {
    while text.get(end) == Some(&b'.') {
        end += 1;
        if !letters::is_capital(text, end) || text.get(end + 1) != Some(&b'.') {
            break;
        }
        end += 1;
    }
    let classes = Classes::default();
    let case = Case::Initial;
    Word { start, end, written: end, case, classes, form: false, site: false, open: false }
}

/// Looks closer at a word in no list: its parts, and what it is without a genitive's `s`.
fn refine(word: &mut Word, key: &[u8]) {
    if memchr::memchr(b'-', key).is_some() {
        compound(word, key);
    } else if let Some(stem) = key.strip_suffix(b"s") {
        let classes = classes_of(stem);
        let form = surname::is_sure(stem);
        if classes.any(NAMES) || form {
            (word.classes, word.form, word.end) = (classes, form, word.written - 1);
        }
    }
}

/// `Anna-Karin`, `Hyltén-Cavallius`, `Boye-skolan`.
fn compound(word: &mut Word, key: &[u8]) {
    let parts = || key.split(|b| *b == b'-').filter(|p| !p.is_empty());
    if parts().all(|p| classes_of(p).any(class::GIVEN)) {
        word.classes = class::GIVEN;
    } else if parts().any(|p| classes_of(p).any(class::SURNAME) || surname::is_sure(p)) {
        word.classes = class::SURNAME;
    }
    let last = parts().next_back().unwrap_or(key);
    let thing =
        classes_of(last).any(class::SITE | class::SITE_ENDING | class::FIRM | class::COMMON);
    word.site |= thing && !classes_of(last).any(NAMES);
    word.open &= !thing;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        read(text.as_bytes(), 0, text.len()).unwrap()
    }

    #[test]
    fn words_end_where_they_should() {
        for (text, end) in [
            ("Anna Ek", "Anna"),
            ("Anna-Karin,", "Anna-Karin"),
            ("O'Brien's", "O'Brien"),
            ("Åsa.", "Åsa"),
            ("A. Ek", "A."),
            ("J.R. Ek", "J.R."),
            ("Lundqvists bil", "Lundqvist"),
            ("Nils bil", "Nils"),
        ] {
            assert_eq!(&text[..word(text).end], end, "{text}");
        }
    }

    #[test]
    fn words_are_classed() {
        assert!(word("Anna-Karin").is_given() && !word("Anna-Karin").is_surname());
        assert!(word("Hyltén-Cavallius").is_surname());
        assert!(word("Sten").is_weak_given());
        assert!(word("Boye-skolan").site);
        assert!(!word("Avdelningen").may_be_name());
        assert!(word("Tvärnö").may_be_name());
        let latin = b"\xC5sa";
        assert!(read(latin, 0, 3).unwrap().is_given());
    }
}
