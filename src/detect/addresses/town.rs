//! The town behind a postcode.

use std::ops::Range;

use super::code::Code;
use super::{AddressPart, keywords};
use crate::validate::place_name::{PlaceName, is_capitalised, letter};
use crate::validate::postcode;

/// Between the columns of a table in running text there are at most so many spaces and bars.
const GAP: usize = 60;
/// Words of a town that is in no list.
const WORDS: usize = 3;

/// A town as written.
#[derive(Clone)]
pub(super) struct Town {
    pub(super) range: Range<usize>,
    /// The postcode is its own.
    pub(super) own: bool,
}

/// The town behind a postcode in the same field.
pub(super) fn read(text: &[u8], code: &Code, end: usize) -> Option<Town> {
    let from = code.range.end;
    let gap = text[from..end.min(from + GAP)].iter().take_while(|b| parts(**b)).count();
    let wide = gap > 2 || text[from..from + gap].contains(&b'|');
    let town = at(text, from + gap..end, code.number)?;
    // Behind a wide gap stands the next column, which may be anything.
    (gap > 0 && (!wide || town.own)).then_some(town)
}

/// The town in the next line of a form: `Postort: Lund`.
pub(super) fn in_next_line(text: &[u8], code: &Code, end: usize) -> Option<Town> {
    let rest = &text[code.range.end..end.min(code.range.end + GAP)];
    let line = rest.iter().take_while(|b| matches!(b, b' ' | b'\r' | b'\n')).count();
    let label = &rest[line..];
    let len = label.iter().take_while(|b| !matches!(b, b':' | b' ' | b'\t' | b'\n')).count();
    let gap = label[len..].iter().take_while(|b| matches!(b, b':' | b' ' | b'\t' | b'*')).count();
    let named = gap > 0 && keywords::meaning_of(&label[..len]).address == AddressPart::Town;
    let start = code.range.end + line + len + gap;
    let lines = memchr::memchr_iter(b'\n', &rest[..line]).count();
    (named && lines == 1).then(|| at(text, start..end, code.number)).flatten()
}

const fn parts(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b',' | b'|' | 0xA0 | 0xC2)
}

/// Does a cell begin with a postcode? Then it holds no street.
pub(super) fn starts_with_code(cell: &[u8]) -> bool {
    let digits = cell.iter().take_while(|b| b.is_ascii_digit() || **b == b' ');
    digits.filter(|b| **b != b' ').count() == 5
}

/// The town that begins where `bounds` does.
pub(super) fn at(text: &[u8], bounds: Range<usize>, code: u32) -> Option<Town> {
    let first = word(text, bounds.start, bounds.end)?;
    let second = (text.get(first.end) == Some(&b' ') && first.end < bounds.end)
        .then(|| word(text, first.end + 1, bounds.end))
        .flatten();
    let pair = second.as_ref().map(|s| first.start..s.end);
    // `Stockholms`: the genitive's s is no part of the name.
    let genitive = (text[first.end - 1] == b's').then(|| first.start..first.end - 1);
    for range in pair.into_iter().chain([first.clone()]).chain(genitive) {
        if let Some(own) = known(&text[range.clone()], code) {
            return Some(Town { range, own });
        }
    }
    let range = unknown(text, first, second, bounds.end)?;
    Some(Town { range, own: false })
}

/// Whether a known town has the code; none if there is no such town.
fn known(name: &[u8], code: u32) -> Option<bool> {
    let towns = postcode::town(&PlaceName::fold(name)?)?;
    Some(towns.contains(&code) && postcode::is_in_use(code) || is_near(code, &towns))
}

/// Codes are added: a new one shares its first two digits with the town's others.
fn is_near(code: u32, towns: &std::ops::RangeInclusive<u32>) -> bool {
    code / 1000 >= towns.start() / 1000 && code / 1000 <= towns.end() / 1000
}

/// A town in no list: words with capitals.
fn unknown(
    text: &[u8],
    first: Range<usize>,
    second: Option<Range<usize>>,
    end: usize,
) -> Option<Range<usize>> {
    if !is_capitalised(&text[first.clone()]) || first.len() < 2 {
        return None;
    }
    let mut range = first;
    let mut next = second;
    for _ in 1..WORDS {
        let Some(more) = next.filter(|n| is_capitalised(&text[n.clone()])) else { break };
        range.end = more.end;
        next = word(text, (more.end + 1).min(end), end);
    }
    // More words than one are a town only where nothing follows; else the first is.
    let ends = text[range.end..end].first().is_none_or(|b| !matches!(b, b' ' | b':' | b'@'));
    if !ends {
        range.end = word(text, range.start, end)?.end;
    }
    (text.get(range.end) != Some(&b'@')).then_some(range)
}

/// The word of letters and hyphens that begins at `at`.
fn word(text: &[u8], at: usize, end: usize) -> Option<Range<usize>> {
    let mut stop = at;
    while stop < end {
        match letter(&text[stop..end]) {
            Some(len) => stop += len,
            None if text[stop] == b'-' && stop > at => stop += 1,
            None => break,
        }
    }
    let stop = stop.min(end);
    let free = text.get(stop).is_none_or(|b| !b.is_ascii_digit() && *b != b'_');
    (stop > at && free).then_some(at..stop)
}
