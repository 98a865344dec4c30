//! Words in a row: those with capitals that single spaces part, and what stands right around them.

use std::ops::Range;

use super::letters;
use super::lexicon::{Key, class};
use super::surname::Endings;
use super::words::{self, Case, Word, is_particle};

/// Words of a row that are looked at.
const WORDS: usize = 8;
/// A word of more bytes than this is none.
const LONGEST: usize = 40;

/// Words in a row.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) words: Vec<Word>,
}

impl Run {
    /// The words from the one at `at` on. Words in lower case belong to it where `lower` says so, and
    /// where they are particles with a capital behind them.
    pub(super) fn read(&mut self, text: &[u8], at: usize, end: usize, lower: Lower) {
        self.words.clear();
        let mut at = at;
        while lower == Lower::Belongs || may_belong(&text[..end], at) {
            let Some(word) = words::read(text, at, end) else { break };
            if word.case == Case::Lower && lower == Lower::Stops && !leads(text, &word, end) {
                break;
            }
            self.words.push(word);
            if self.words.len() == WORDS {
                break;
            }
            match space(text, word.written.max(word.end), end) {
                Some(next) => at = next,
                None => break,
            }
        }
        while self.words.last().is_some_and(|w| w.case == Case::Lower && lower == Lower::Stops) {
            self.words.pop();
        }
    }

    /// Where its last word ends.
    pub(super) fn end(&self) -> usize {
        self.words.last().map_or(0, |w| w.written)
    }
}

/// What words in lower case mean to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lower {
    /// They end it.
    Stops,
    /// They belong to it.
    Belongs,
}

/// A capital, or a word as short as a particle, at `at`: most rows end with a longer word.
fn may_belong(text: &[u8], at: usize) -> bool {
    letters::is_capital(text, at) || text[at..].iter().take(4).any(|b| matches!(b, b' ' | 0xC2))
}

/// Is it a particle that a capital follows, perhaps after a second particle?
fn leads(text: &[u8], word: &Word, end: usize) -> bool {
    if !is_particle(&text[word.range()]) {
        return false;
    }
    let Some(next) = space(text, word.written, end) else { return false };
    letters::is_capital(text, next)
        || words::read(text, next, end).is_some_and(|second| {
            let particle = is_particle(&text[second.range()]);
            particle
                && space(text, second.written, end).is_some_and(|n| letters::is_capital(text, n))
        })
}

/// Behind a single space, plain or hard, where a letter follows.
fn space(text: &[u8], at: usize, end: usize) -> Option<usize> {
    let text = &text[..end];
    let next = match text.get(at..)? {
        [b' ', ..] => at + 1,
        [0xC2, 0xA0, ..] => at + 2,
        _ => return None,
    };
    letters::is_letter(text, next).then_some(next)
}

/// The word that ends at `end`, as bytes; it begins at or behind `floor`.
pub(super) fn word_before(text: &[u8], floor: usize, end: usize) -> Range<usize> {
    let floor = floor.max(end.saturating_sub(LONGEST));
    let head = &text[floor..end];
    let in_word =
        |b: &u8| b.is_ascii_alphabetic() || *b >= 0x80 || matches!(b, b'-' | b'\'' | b'.');
    let len = head.iter().rev().take_while(|b| in_word(b)).count();
    end - len..end
}

/// Does what stands around the words `first` to `last` make them the name of something else?
pub(super) fn is_thing(
    text: &[u8],
    floor: usize,
    end: usize,
    words: &[Word],
    name: Range<usize>,
) -> bool {
    let last = &words[name.end - 1];
    let before = match name.start.checked_sub(1) {
        Some(n) => words[n].range(),
        None => before_space(text, floor, words[0].start),
    };
    let led = Key::new(text[before].trim_ascii_end()).classes().any(class::FIRM_BEFORE);
    let rest = &words[name.end..];
    let firm = |w: &Word| w.classes.any(class::FIRM) && !w.is_given() || is_trade(text, w);
    // A colon ends a word, but not in `S:t`.
    let saint = text[..words[name.start].start].ends_with(b"S:t ")
        || text[..words[name.start].start].ends_with(b"S:ta ");
    led || saint || rest.iter().take(3).any(firm) || with_ampersand(text, end, words, last) || {
        let next = rest.first().copied().or_else(|| next_word(text, last.written, end));
        next.is_some_and(|next| is_site(text, last, &next))
    }
}

fn before_space(text: &[u8], floor: usize, start: usize) -> Range<usize> {
    match start.checked_sub(1) {
        Some(space) if space > floor && text[space] == b' ' => word_before(text, floor, space),
        _ => start..start,
    }
}

/// The next word in the same line.
fn next_word(text: &[u8], at: usize, end: usize) -> Option<Word> {
    words::read(text, space(text, at, end)?, end)
}

/// Endings of what firms do.
const TRADES: &[&str] = &[
    "förmedling",
    "service",
    "byrå",
    "byrån",
    "firma",
    "konsult",
    "konsulter",
    "redovisning",
    "åkeri",
    "entreprenad",
    "transport",
    "transporter",
    "teknik",
    "bygg",
    "byggen",
    "måleri",
    "system",
    "invest",
    "fastigheter",
    "förvaltning",
    "snickeri",
    "plåt",
    "maskiner",
    "trädgård",
    "design",
    "consulting",
    "bolag",
    "handel",
    "städ",
    "produktion",
    "media",
    "verkstad",
    "bageri",
    "entertainment",
    "guitars",
];

static TRADE_ENDS: Endings<{ TRADES.len() }> = Endings::of(TRADES);

/// Is it a word for a trade, and so the last part of a firm's name?
fn is_trade(text: &[u8], word: &Word) -> bool {
    if word.case == Case::Lower || word.is_name() {
        return false;
    }
    let key = Key::new(&text[word.range()]);
    TRADE_ENDS.fit(key.as_bytes(), 0)
}

/// Is `next` what the name in `last` is the name of: `Olof Palmes torg`, `Nils Ericson Terminalen`?
fn is_site(text: &[u8], last: &Word, next: &Word) -> bool {
    let place = next.classes.any(class::SITE | class::SITE_ENDING) || next.site;
    let own = last.end != last.written;
    let capital = next.case != Case::Lower && !next.is_name_or_form();
    place && (own || capital || last.is_genitive(text)) || own && capital
}

/// `Anders Ek & Söner`.
fn with_ampersand(text: &[u8], end: usize, words: &[Word], last: &Word) -> bool {
    if words.last().is_none_or(|w| w.start != last.start) {
        return false;
    }
    let Some(rest) = text[last.written..end].strip_prefix(b" & ") else { return false };
    let at = end - rest.len();
    words::read(text, at, end).is_some_and(|w| w.classes.any(class::FIRM))
}
