//! The street, or box, and its number before a postcode.

mod words;

use std::ops::Range;

use super::super::{judge, keywords};
use super::AddressPart;
use crate::validate::place_name::{PlaceName, is_capitalised};
use crate::validate::postcode::{self, StreetWord};
use words::{is_care_of, is_country, is_prefix, is_stop_word, leads_number};

/// So far back a street is looked for, in bytes.
const BACK: usize = 240;
/// Parts between commas and line ends that may stand between street and postcode, and the street.
const PARTS: usize = 5;
/// Words of a part that are looked at, from its end.
const TOKENS: usize = 12;
/// A label before a postcode is not longer, with the blanks behind it, in bytes.
const LABEL: usize = 40;

/// A street with its number as written.
#[derive(Clone)]
pub(super) struct Street {
    pub(super) range: Range<usize>,
    /// It ends as streets do, or is a box.
    pub(super) known: bool,
    /// Something else stands between it and the postcode: another column, an empty line, somebody's
    /// name.
    pub(super) apart: bool,
}

/// The street before the end of `bounds`, over lines, flats and `c/o`.
pub(super) fn before(text: &[u8], bounds: Range<usize>) -> Option<Street> {
    let floor = bounds.start.max(bounds.end.saturating_sub(BACK));
    let label = label_before(&text[floor..bounds.end], bounds.end - floor);
    let end = bounds.end - label;
    let (mut end, mut apart, mut tail) = (end, label > 0, end);
    for n in 0..PARTS {
        let gap = Gap::before(&text[floor..end])?;
        end -= gap.len;
        apart |= gap.wide || gap.lines > 1;
        if n == 0 || gap.wide || gap.lines > 0 {
            tail = end;
        }
        let start = part_start(text, floor, end);
        let part = &text[start..end];
        if is_extension(part) || is_country(part) {
            end = start;
        } else if is_care_of(part) {
            (end, apart) = (start, true);
        } else {
            let (from, known) = read(part)?;
            return Some(Street { range: start + from..tail, known, apart });
        }
    }
    None
}

/// How many bytes a label such as `Postnr/Ort:` takes at the start of the line, before byte `at`.
pub(super) fn label_before(text: &[u8], at: usize) -> usize {
    let line = &text[at.saturating_sub(LABEL)..at];
    let Some(start) = memchr::memrchr(b'\n', line).map(|n| n + 1) else { return 0 };
    let label = &line[start..];
    let named = label.len() > 3
        && matches!(label, [.., b' ' | b':' | b'\t'])
        && !label.iter().any(u8::is_ascii_digit)
        && keywords::meaning_of(label).address == AddressPart::Postcode;
    if named { label.len() } else { 0 }
}

/// The street in a cell of its own.
pub(super) fn in_cell(text: &[u8], cell: &Range<usize>) -> Option<Street> {
    let cell = judge::trim(text, cell);
    // An end to go back from, with a gap of no length.
    let found = before_end(text, &cell)?;
    (found.range.start == cell.start || found.known).then_some(found)
}

fn before_end(text: &[u8], cell: &Range<usize>) -> Option<Street> {
    let mut end = cell.end;
    for _ in 0..PARTS {
        let start = part_start(text, cell.start, end);
        let part = &text[start..end];
        if is_extension(part) || is_care_of(part) {
            end = start - Gap::before(&text[cell.start..start])?.len;
            continue;
        }
        let (from, known) = read(part)?;
        return Some(Street { range: start + from..cell.end, known, apart: true });
    }
    None
}

/// What parts a street from what follows it.
struct Gap {
    len: usize,
    lines: usize,
    /// Bars, tabs, quotes or many spaces, as between columns.
    wide: bool,
}

impl Gap {
    /// The gap at the end of `text`; none if there is none, or one that ends the address.
    fn before(text: &[u8]) -> Option<Gap> {
        let mut gap = Gap { len: 0, lines: 0, wide: false };
        let mut spaces = 0;
        for &b in text.iter().rev() {
            spaces = if b == b' ' { spaces + 1 } else { 0 };
            gap.wide |= spaces > 1 && gap.lines == 0;
            match b {
                b' ' | b',' | b'\r' | 0xA0 | 0xC2 | b'-' | b';' | 0xB7 => {}
                b'\t' | b'|' | b'"' => gap.wide = true,
                b'\n' => gap.lines += 1,
                0x80 | 0x93 | 0xA2 | 0xE2 if ends_with_mark(&text[..text.len() - gap.len]) => {}
                _ => break,
            }
            gap.len += 1;
        }
        (gap.len > 0 && gap.len < text.len() && gap.lines <= 2).then_some(gap)
    }
}

/// A dash or a bullet of three bytes, or some of them.
fn ends_with_mark(text: &[u8]) -> bool {
    [b"\xE2\x80\x93".as_slice(), b"\xE2\x80\xA2", b"\xE2\x80", b"\xE2"]
        .iter()
        .any(|mark| text.ends_with(mark))
}

/// Where the part that ends at `end` begins: behind a comma, a line end, a column's border.
fn part_start(text: &[u8], floor: usize, end: usize) -> usize {
    let parts = |n: usize| match text[n] {
        b',' | b'\n' | b'\r' | b'\t' | b'|' | b';' | b'(' | b'"' | b'>' => true,
        b' ' => n > floor && matches!(text[n - 1], b' ' | b':'),
        b':' => {
            n + 1 < end
                && n > floor
                && text[n - 1].is_ascii_alphabetic()
                && !is_saint(&text[floor..n])
        }
        _ => false,
    };
    let start = (floor..end).rev().find(|&n| parts(n)).map_or(floor, |n| n + 1);
    let blanks = text[start..end].iter().take_while(|b| **b == b' ').count();
    start + blanks
}

/// The `S` of `S:t Eriksgatan`.
fn is_saint(before: &[u8]) -> bool {
    matches!(before, [b'S' | b's'] | [.., b' ' | b'\n' | b',' | b'\t', b'S' | b's'])
}

/// The words of a part, the last ones if there are many.
struct Tokens<'a> {
    part: &'a [u8],
    ranges: [(usize, usize); TOKENS],
    len: usize,
}

impl<'a> Tokens<'a> {
    fn of(part: &'a [u8]) -> Tokens<'a> {
        let mut tokens = Tokens { part, ranges: [(0, 0); TOKENS], len: 0 };
        let mut end = part.len();
        while tokens.len < TOKENS {
            let word = part[..end].trim_ascii_end();
            if word.is_empty() {
                break;
            }
            let start = memchr::memrchr(b' ', word).map_or(0, |n| n + 1);
            tokens.ranges[tokens.len] = (start, word.len());
            tokens.len += 1;
            end = start;
        }
        tokens.ranges[..tokens.len].reverse();
        tokens
    }

    fn get(&self, n: usize) -> &'a [u8] {
        let (start, end) = self.ranges[n];
        &self.part[start..end]
    }

    fn start(&self, n: usize) -> usize {
        self.ranges[n].0
    }

    /// Is word `n` one of a name: with a capital letter, and ending no sentence?
    fn is_name(&self, n: usize) -> bool {
        let word = self.get(n);
        is_capitalised(word)
            && !matches!(word, [.., b'.' | b':' | b'!' | b'?'])
            && PlaceName::fold(word).is_some_and(|folded| !is_stop_word(folded.as_bytes()))
    }
}

/// Where the street in a part begins, and whether it is a street beyond doubt; the part must end with
/// its number, or with what says more about the house.
fn read(part: &[u8]) -> Option<(usize, bool)> {
    let tokens = Tokens::of(part);
    (1..tokens.len).find_map(|n| {
        let numbered = is_number(tokens.get(n)) && ends_the_street(&tokens, n + 1, true);
        numbered.then(|| name_before(&tokens, n))?
    })
}

/// The first byte of the name before the number `n`.
fn name_before(tokens: &Tokens<'_>, n: usize) -> Option<(usize, bool)> {
    let last = n - 1;
    let folded = PlaceName::fold(tokens.get(last))?;
    if words::is_box(folded.as_bytes()) {
        return Some((tokens.start(last), true));
    }
    match postcode::street_word(&folded) {
        Some(StreetWord::Compound) => Some((tokens.start(compound_start(tokens, last)), true)),
        Some(StreetWord::Ending) => {
            let first = names_back(tokens, last, 3);
            (first < last).then(|| (tokens.start(first), true))
        }
        None => {
            let named = tokens.is_name(last) && folded.as_bytes().len() > 2;
            named.then(|| (tokens.start(names_back(tokens, last, 2)), false))
        }
    }
}

/// Up to `most` names before word `last`.
fn names_back(tokens: &Tokens<'_>, last: usize, most: usize) -> usize {
    let names = (0..last).rev().take(most).take_while(|&n| tokens.is_name(n)).count();
    // `Norra` begins a name: what stands before it is none of it.
    let north = (last - names..last).rev().find(|&n| is_prefix(tokens.get(n)));
    north.unwrap_or(last - names)
}

/// The words that belong to `Jarlsgatan`: `Norra`, `Sankt`, and a name if it is the only one.
fn compound_start(tokens: &Tokens<'_>, last: usize) -> usize {
    let prefixes = (0..last).rev().take_while(|&n| is_prefix(tokens.get(n))).count();
    let first = last - prefixes;
    let alone = prefixes == 0 && names_back(tokens, first, 2) + 1 == first;
    first - usize::from(alone)
}

/// `12`, `12A`, `12-14`, `5:3`.
fn is_number(word: &[u8]) -> bool {
    let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits > 4 {
        return false;
    }
    match &word[digits..] {
        [] => true,
        [b] => b.is_ascii_alphabetic(),
        [b'-' | b':' | b'/', rest @ ..] => {
            let more = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            matches!(more, 1..=4) && rest.len() <= more + 1
        }
        [a, b'-', b] => a.is_ascii_alphabetic() && b.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Does nothing but stairs, floors and flats follow from word `n` on?
fn ends_the_street(tokens: &Tokens<'_>, n: usize, number_before: bool) -> bool {
    if n == tokens.len {
        return true;
    }
    let word = tokens.get(n);
    let letter = word.len() == 1 && word[0].is_ascii_alphabetic();
    if letter && number_before || words::is_floor(word) {
        return ends_the_street(tokens, n + 1, false);
    }
    let next = (n + 1 < tokens.len).then(|| tokens.get(n + 1));
    let pair = next.is_some_and(|next| {
        leads_number(word) && (is_number(next) || next.len() == 1)
            || is_number(word) && words::is_floor(next)
    });
    pair && ends_the_street(tokens, n + 2, false)
}

/// `lgh 1201`, `3 tr`, `uppg B`: nothing but what says more about the house.
fn is_extension(part: &[u8]) -> bool {
    let tokens = Tokens::of(part);
    tokens.len > 0 && tokens.len <= 6 && ends_the_street(&tokens, 0, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<&str>) {
        let code = text.rfind("223").unwrap();
        let got = before(text.as_bytes(), 0..code).map(|s| &text[s.range]);
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn streets_stand_before_their_postcodes() {
        check("Storgatan 5, 223 58", Some("Storgatan 5"));
        check("Storgatan 5\n223 58", Some("Storgatan 5"));
        check("Storgatan 5\r\n\r\n223 58", Some("Storgatan 5"));
        check("Storgatan 5 223 58", Some("Storgatan 5"));
        check("Hon bor på Sankt Eriksgatan 21 A, 223 58", Some("Sankt Eriksgatan 21 A"));
        check("Adress: S:t Eriksgatan 21A, 223 58", Some("S:t Eriksgatan 21A"));
        check("Kyrkogatan 10, lgh 1403, 223 58", Some("Kyrkogatan 10, lgh 1403"));
        check("Kyrkogatan 10 lgh 1403, 3 tr, 223 58", Some("Kyrkogatan 10 lgh 1403, 3 tr"));
        check("Kyrkogatan 10 B 2 tr\n223 58", Some("Kyrkogatan 10 B 2 tr"));
        check("Kyrkogatan 10 uppg C nb\n223 58", Some("Kyrkogatan 10 uppg C nb"));
        check("Storgatan 5\nc/o Ek\n223 58", Some("Storgatan 5"));
        check("Entré Norra Kajen 12-14, 223 58", Some("Norra Kajen 12-14"));
        check("Kyrkogatan 10, 1 tr ned, 223 58", Some("Kyrkogatan 10, 1 tr ned"));
        check("Anna Ek Storgatan 5, 223 58", Some("Storgatan 5"));
        check("Sven Rinmans gata 4, 223 58", Some("Sven Rinmans gata 4"));
        check("Box 123, 223 58", Some("Box 123"));
        check("Norrby 12, 223 58", Some("Norrby 12"));
        check("Storgatan 5   | 223 58", Some("Storgatan 5"));
        check("\"Storgatan 5\" \"223 58", Some("Storgatan 5"));
        check("bor på storgatan 5, 223 58", Some("storgatan 5"));
        check("Kungsgatan, 223 58", None);
        check("Rum 12, 223 58", None);
        check("12 av 223 58", None);
    }
}
