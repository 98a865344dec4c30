//! Personal numbers as they are written: where the digits stand, what parts them, what borders them.

use std::ops::Range;

use super::separators::{self, Mark};
use crate::validate::personnummer::Digits;

/// How the groups of digits are parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Not at all.
    Bare,
    /// By a dash (or all by dashes, `1990-01-01-2385`).
    Dash,
    /// By a plus sign: a hundred years or more.
    Plus,
    /// By spaces, or a dash with spaces or a line end.
    Loose,
}

/// Digits a number has at most.
const MOST: usize = 12;

/// A number as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// The digits, ASCII: ten or twelve; seven to nine for [`bare_run`].
    pub(crate) digits: Digits,
    /// Where it begins; it ends where the hit says.
    pub(crate) start: usize,
    pub(crate) style: Style,
}

impl Written {
    /// Nothing yet, before byte `start`.
    fn before(start: usize) -> Written {
        Written { digits: Digits { word: 0, len: 0 }, start, style: Style::Bare }
    }

    fn push_front(&mut self, group: &[u8]) -> Option<()> {
        let total = usize::from(self.digits.len) + group.len();
        if total > MOST {
            return None;
        }
        let digits = group.iter().rev();
        self.digits.word = digits.fold(self.digits.word, |all, b| all << 8 | u128::from(*b));
        self.digits.len = total as u8;
        Some(())
    }
}

/// The digits that end at `end`, not further back than `from`.
pub(crate) fn run_before(text: &[u8], from: usize, end: usize) -> Range<usize> {
    // Longer runs are no numbers of ours: twenty digits tell enough.
    let floor = from.max(end.saturating_sub(20));
    let mut at = end;
    while let Some(word) = text[floor..at].last_chunk() {
        let len = digits_at_end(*word);
        at -= len;
        if len < 8 {
            return at..end;
        }
    }
    let len = text[floor..at].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    at - len..end
}

/// How many of eight bytes are digits, counted from the last.
fn digits_at_end(bytes: [u8; 8]) -> usize {
    others_of_eight(bytes).leading_zeros() as usize / 8
}

/// How many of eight bytes are digits, counted from the first.
pub(crate) fn digits_at_start(bytes: [u8; 8]) -> usize {
    others_of_eight(bytes).trailing_zeros() as usize / 8
}

/// The top bit of each byte that is no digit.
fn others_of_eight(bytes: [u8; 8]) -> u64 {
    const TOP: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(bytes) ^ 0x3030_3030_3030_3030;
    // Digits are 0 to 9 now: adding 118 leaves their top bit clear and sets all others'.
    (((word & !TOP) + 0x7676_7676_7676_7676) | word) & TOP
}

/// Those of sixteen bytes that are no digits, a bit each, the first lowest.
pub(crate) fn others_of_sixteen(bytes: [u8; 16]) -> u32 {
    let others = other_than_digits(bytes);
    // Each factor's bit takes the top bit of another byte to the highest byte.
    let gather = |half: u64| ((half >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32;
    gather(others as u64) | gather((others >> 64) as u64) << 8
}

/// The number that ends at `end`: `NNNNNNNNNN`, `NNNNNN-NNNN`, `NNNNNNNN-NNNN`,
/// `NNNN-NN-NN-NNNN`, with twelve digits or ten, and all the separators people use.
#[inline]
pub(crate) fn read_back(text: &[u8], bounds: &Range<usize>, end: usize) -> Option<Written> {
    match read_plain(text, bounds.start, end) {
        Plain::Is(written) => Some(written),
        Plain::IsNone => None,
        Plain::Unclear => read_any(text, bounds, end),
    }
}

/// What sixteen bytes tell of the number at their end.
enum Plain {
    Is(Written),
    IsNone,
    Unclear,
}

/// Ten or twelve digits, bare or with a hyphen, a space or a plus sign before the last four: nearly
/// all numbers there are, read from fixed places.
#[inline]
fn read_plain(text: &[u8], from: usize, end: usize) -> Plain {
    let Some(bytes) = text[..end].last_chunk() else { return Plain::Unclear };
    let others = other_than_digits(*bytes);
    // In one word: storing pieces only to load the whole costs more than all the rest.
    let word = u128::from_le_bytes(*bytes);
    let run = others.leading_zeros() / 8;
    let (all, len, sign, style) = if run == 4 {
        let style = match bytes[11] {
            b'-' => Style::Dash,
            b' ' => Style::Loose,
            b'+' => Style::Plus,
            _ => return Plain::Unclear,
        };
        let last_four = word & LAST_FOUR;
        let date = (word << 8) & !LAST_FOUR;
        (last_four | date, 4 + (others << 40).leading_zeros() / 8, 1, style)
    } else {
        (word, run, 0, Style::Bare)
    };
    let word = match len {
        10 => all >> 48,
        12 => all >> 32,
        // No length of a number's last group, unless the field cuts it short.
        _ if run != 4 && run < 16 && end - run as usize >= from => return Plain::IsNone,
        _ => return Plain::Unclear,
    };
    let start = end - len as usize - sign;
    if start < from {
        return Plain::Unclear;
    }
    Plain::Is(Written { digits: Digits { word, len: len as u8 }, start, style })
}

/// The last four of sixteen bytes.
const LAST_FOUR: u128 = u128::MAX << 96;

/// The top bit of each byte that is no digit.
fn other_than_digits(bytes: [u8; 16]) -> u128 {
    const ONES: u128 = u128::from_le_bytes([1; 16]);
    const TOP: u128 = 0x80 * ONES;
    let word = u128::from_le_bytes(bytes) ^ (0x30 * ONES);
    // Digits are 0 to 9 now: adding 118 leaves their top bit clear and sets all others'.
    (((word & !TOP) + 118 * ONES) | word) & TOP
}

/// The same, in every way of writing it.
fn read_any(text: &[u8], bounds: &Range<usize>, end: usize) -> Option<Written> {
    let run = run_before(text, bounds.start, end);
    let mut written = Written::before(run.start);
    written.push_front(&text[run.clone()])?;
    match run.len() {
        10 | 12 => Some(written),
        4 => {
            let (style, at) = separator(text, bounds.start, run.start)?;
            written.style = style;
            read_date(text, bounds, written, at)
        }
        _ => None,
    }
}

/// What stands before the last four digits, and where it begins.
fn separator(text: &[u8], from: usize, end: usize) -> Option<(Style, usize)> {
    let (mark, len) = separators::last(&text[from..end])?;
    let mut at = end - len;
    match mark {
        Mark::Plus => Some((Style::Plus, at)),
        Mark::Sign(_) => None,
        Mark::Dash => {
            let wide = spaces(text, from, at);
            let style = if wide < at { Style::Loose } else { Style::Dash };
            Some((style, wide))
        }
        Mark::Space | Mark::Break => {
            at = spaces(text, from, at);
            if let Some((Mark::Break, len)) = separators::last(&text[from..at]) {
                at -= len;
            }
            match separators::last(&text[from..at]) {
                Some((Mark::Dash, len)) => Some((Style::Loose, spaces(text, from, at - len))),
                // A line end alone parts two things.
                _ if mark == Mark::Break => None,
                _ => Some((Style::Loose, at)),
            }
        }
    }
}

/// Where one space before `at` begins, or `at`.
fn spaces(text: &[u8], from: usize, at: usize) -> usize {
    match separators::last(&text[from..at]) {
        Some((Mark::Space, len)) => at - len,
        _ => at,
    }
}

/// The date before the last four digits: one group of six or eight, or three groups.
fn read_date(
    text: &[u8],
    bounds: &Range<usize>,
    mut written: Written,
    at: usize,
) -> Option<Written> {
    let run = run_before(text, bounds.start, at);
    match run.len() {
        6 | 8 => {
            written.push_front(&text[run.clone()])?;
            written.start = run.start;
            Some(written)
        }
        2 => read_groups(text, bounds, written, run),
        _ => None,
    }
}

/// `1990-01-01-` or `1990 01 01 ` (`85` for the year as well), the same mark between all groups.
fn read_groups(
    text: &[u8],
    bounds: &Range<usize>,
    mut written: Written,
    day: Range<usize>,
) -> Option<Written> {
    let (mark, len) = separators::last(&text[bounds.start..day.start])?;
    if !matches!(mark, Mark::Dash | Mark::Space) || written.style == Style::Plus {
        return None;
    }
    let month = run_before(text, bounds.start, day.start - len);
    let (other, len) = separators::last(&text[bounds.start..month.start])?;
    let year = run_before(text, bounds.start, month.start.checked_sub(len)?);
    if month.len() != 2 || !matches!(year.len(), 2 | 4) || mark != other {
        return None;
    }
    for group in [day, month, year.clone()] {
        written.push_front(&text[group])?;
    }
    written.start = year.start;
    if mark == Mark::Space {
        written.style = Style::Loose;
    }
    Some(written)
}

/// A run of seven to nine digits that may have lost its leading zeros, filled up to ten.
pub(crate) fn bare_run(text: &[u8], bounds: &Range<usize>, end: usize) -> Option<Written> {
    let run = run_before(text, bounds.start, end);
    if !matches!(run.len(), 7..=9) {
        return None;
    }
    let mut written = Written::before(run.start);
    written.push_front(&text[run.clone()])?;
    written.push_front(&b"000"[..10 - run.len()])?;
    Some(written)
}

/// May what [`bare_run`] reads have a month? The half of a number that is a date of eight digits, which
/// is met more often than numbers that have lost zeros, would have its century there.
pub(crate) fn may_have_month(text: &[u8], bounds: &Range<usize>, end: usize) -> bool {
    match text[bounds.start..end].last_chunk::<8>() {
        Some([b'0'..=b'9', ..]) => text[end - 8..end - 6] <= b"12"[..],
        _ => true,
    }
}

/// May a number stand here, judging by what is left and right of it? Inside a longer number, a hex
/// string, a UUID, a decimal or a version it may not; `_` is a border.
pub(crate) fn has_borders(text: &[u8], bounds: &Range<usize>, at: &Range<usize>) -> bool {
    *at == *bounds
        || left_is_free(&text[bounds.start..at.start]) && right_is_free(&text[at.end..bounds.end])
}

fn left_is_free(before: &[u8]) -> bool {
    match before {
        [.., b'0'..=b'9', b'.' | b','] => false,
        [.., b'0'..=b'9'] => false,
        [head @ .., b'-'] => !ends_like_identifier(head),
        [.., b] if b.is_ascii_alphabetic() => ends_with_keyword(before),
        // The last byte of a letter beyond ASCII; spaces and dashes are separators.
        [.., 0x80..=0xFF] => separators::last(before).is_some() || !ends_with_letter(before),
        _ => true,
    }
}

/// A group of a UUID or a serial number: letters and digits mixed, or nothing but digits.
fn ends_like_identifier(head: &[u8]) -> bool {
    let mut word = head.iter().rev().take(12).take_while(|b| b.is_ascii_alphanumeric());
    word.any(u8::is_ascii_digit)
}

/// `pnr199001012384`: a word may be glued to its number if it is one that names it.
fn ends_with_keyword(before: &[u8]) -> bool {
    let len = before.iter().rev().take(16).take_while(|b| b.is_ascii_alphabetic()).count();
    let word = &before[before.len() - len..];
    [b"pnr".as_slice(), b"personnr", b"personnummer", b"samnr", b"ssn", b"pno", b"SE:", b"NO"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

fn ends_with_letter(before: &[u8]) -> bool {
    let tail = &before[before.len().saturating_sub(4)..];
    let decoded = crate::model::Ruler::default().decode(tail).chars().next_back();
    decoded.is_some_and(char::is_alphanumeric)
}

fn right_is_free(after: &[u8]) -> bool {
    match after {
        [b'.' | b',', b'0'..=b'9', ..] => false,
        [b, ..] if b.is_ascii_alphanumeric() => false,
        [b'-', rest @ ..] => !begins_like_identifier(rest),
        [0xC3, 0x80..=0xBF, ..] => false,
        _ => true,
    }
}

fn begins_like_identifier(rest: &[u8]) -> bool {
    let mut word = rest.iter().take(12).take_while(|b| b.is_ascii_alphanumeric());
    word.any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(&str, Style, &str)>) {
        let bytes = text.as_bytes();
        let end = bytes.iter().rposition(u8::is_ascii_digit).unwrap() + 1;
        let got = read_back(bytes, &(0..bytes.len()), end);
        let got = got.map(|w| {
            let digits = w.digits.word.to_le_bytes()[..usize::from(w.digits.len)].to_vec();
            let digits = String::from_utf8(digits).unwrap();
            (digits, w.style, text[w.start..end].to_owned())
        });
        let want = want.map(|(d, s, t)| (d.to_owned(), s, t.to_owned()));
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn all_ways_of_writing_are_read() {
        let ten = "9001012385";
        let twelve = "199001012385";
        for (text, digits, style) in [
            ("9001012385", ten, Style::Bare),
            ("199001012385", twelve, Style::Bare),
            ("900101-2385", ten, Style::Dash),
            ("900101+2385", ten, Style::Plus),
            ("900101–2385", ten, Style::Dash),
            ("900101\u{2011}2385", ten, Style::Dash),
            ("900101−2385", ten, Style::Dash),
            ("19900101-2385", twelve, Style::Dash),
            ("900101 2385", ten, Style::Loose),
            ("900101\u{a0}2385", ten, Style::Loose),
            ("19900101 - 2385", twelve, Style::Loose),
            ("19900101 – 2385", twelve, Style::Loose),
            ("1990 01 01 2385", twelve, Style::Loose),
            ("1990-01-01-2385", twelve, Style::Dash),
            ("1990-01-01 2385", twelve, Style::Loose),
            ("90 01 01 2385", ten, Style::Loose),
            ("900101-\n2385", ten, Style::Loose),
            ("900101-\r\n2385", ten, Style::Loose),
        ] {
            check(text, Some((digits, style, text)));
            check(&format!("x: {text}"), Some((digits, style, text)));
            check(&format!("a longer text: {text}"), Some((digits, style, text)));
        }
        check("900101\n2385", None);
        check("900101:2385", None);
        check("1990/01/01-2385", None);
        check("99001012385", None);
        check("a longer text: 99001012385", None);
        check("a longer text: 9900101-2385", None);
        check("2024 2385", None);
    }

    fn check_borders(text: &str, value: &str, want: bool) {
        let start = text.find(value).unwrap();
        let at = start..start + value.len();
        assert_eq!(has_borders(text.as_bytes(), &(0..text.len()), &at), want, "{text}");
    }

    #[test]
    fn borders() {
        check_borders("(9001012385)", "9001012385", true);
        check_borders("a_9001012385_b", "9001012385", true);
        check_borders("pnr9001012385", "9001012385", true);
        check_borders("9001012385, 9001012385.", "9001012385", true);
        check_borders("PNOSE-9001012385", "9001012385", true);
        check_borders("intyg-9001012385.pdf", "9001012385", true);
        check_borders("så\u{a0}9001012385", "9001012385", true);
        check_borders("a716-9001012385", "9001012385", false);
        check_borders("900101-2385-9af3", "900101-2385", false);
        check_borders("0.9001012385", "9001012385", false);
        check_borders("9001012385.3.2", "9001012385", false);
        check_borders("x9001012385", "9001012385", false);
        check_borders("å9001012385", "9001012385", false);
        check_borders("9001012385Z", "9001012385", false);
    }
}
