//! Phone numbers as they are written: digits in groups, an area code in brackets, a country code.

use std::ops::Range;

use super::number;
use super::separators::{self, Mark};
use crate::validate::phone::{self, Class, E164, SwedishNumber, Use};

/// Digits read at most: fifteen, and a trunk zero.
const MOST: usize = 16;
/// Groups read at most.
const GROUPS: usize = 9;
/// Digits are taken by so many.
const TAKEN: usize = 8;

/// A number as written, and what the numbering plans say of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    pub(crate) range: (usize, usize),
    pub(crate) e164: E164,
    pub(crate) usage: Use,
    pub(crate) form: Form,
    pub(crate) mobile: bool,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// With `+` or `00` and a country code.
    International,
    /// In groups, the area code first.
    Grouped,
    /// In one run of digits.
    Bare,
}

/// Digits, and where their groups end.
struct Groups {
    /// What is beyond `len` means nothing.
    digits: [u8; MOST + TAKEN],
    len: usize,
    /// After how many digits, and how many bytes behind the first, each group ends.
    ends: [(u8, u8); GROUPS],
    /// Where the first begins.
    start: usize,
    count: usize,
}

impl Groups {
    /// Reads on from `start`, which is a digit, over one separator at a time.
    fn read(text: &[u8], start: usize, end: usize) -> Groups {
        Groups::read_word(text, start, end).unwrap_or_else(|| Groups::read_any(text, start, end))
    }

    /// The same in one word, where all up to `end` is digits with one byte between groups: what most
    /// cells of phone numbers are.
    #[inline]
    fn read_word(text: &[u8], start: usize, end: usize) -> Option<Groups> {
        let bytes = text[start..].first_chunk::<MOST>()?;
        let whole = end.checked_sub(start).filter(|whole| (1..=MOST).contains(whole))?;
        let others = number::others_of_sixteen(*bytes) & ((1 << whole) - 1);
        // None first or last, and no two side by side.
        if others & (others >> 1 | 1 << (whole - 1) | 1) != 0 {
            return None;
        }
        let mut word = u128::from_le_bytes(*bytes);
        let (mut ends, mut count, mut rest) = ([(0, 0); GROUPS], 0, others);
        while rest != 0 {
            let at = rest.trailing_zeros() as usize;
            if !matches!(bytes[at], b' ' | b'-' | b'/' | b'.') {
                return None;
            }
            let len = at - count;
            let before = (1 << (8 * len)) - 1;
            word = word & before | word >> 8 & !before;
            ends[count] = (len as u8, at as u8);
            count += 1;
            rest &= rest - 1;
        }
        let len = whole - count;
        ends[count] = (len as u8, whole as u8);
        let mut digits = [0; MOST + TAKEN];
        digits[..MOST].copy_from_slice(&word.to_le_bytes());
        Some(Groups { digits, len, ends, start, count: count + 1 })
    }

    /// The same, whatever stands there.
    fn read_any(text: &[u8], start: usize, end: usize) -> Groups {
        let (digits, ends) = ([0; MOST + TAKEN], [(0, 0); GROUPS]);
        let mut groups = Groups { digits, len: 0, ends, start, count: 0 };
        let mut at = start;
        while groups.count < GROUPS {
            let before = groups.len;
            at = groups.take(text, at, end);
            let cut = at < end && text[at].is_ascii_digit();
            if groups.len == before || cut {
                groups.len = before;
                break;
            }
            // At most 16 digits, and at most 3 marks of 3 bytes between two groups.
            groups.ends[groups.count] = (groups.len as u8, (at - start) as u8);
            groups.count += 1;
            match gap(&text[at..end]) {
                Some(len) => at += len,
                None => break,
            }
        }
        groups
    }

    /// Takes the digits at `start`, up to `end` and as long as there is room; where they end.
    fn take(&mut self, text: &[u8], start: usize, end: usize) -> usize {
        let mut at = start;
        let most = end.clamp(start, start + MOST - self.len);
        while let Some(bytes) = text[at..].first_chunk::<TAKEN>() {
            self.digits[self.len..self.len + TAKEN].copy_from_slice(bytes);
            let run = number::digits_at_start(*bytes).min(most - at);
            self.len += run;
            at += run;
            if run < TAKEN {
                return at;
            }
        }
        for &byte in text[at..most].iter().take_while(|b| b.is_ascii_digit()) {
            self.digits[self.len] = byte;
            self.len += 1;
            at += 1;
        }
        at
    }

    /// The length of the first group.
    fn first(&self) -> usize {
        usize::from(self.ends[0].0)
    }

    /// The longest run of whole groups that `accept` takes.
    fn longest<T>(&self, accept: impl Fn(&[u8], usize) -> Option<T>) -> Option<(T, usize)> {
        self.ends[..self.count].iter().enumerate().rev().find_map(|(n, &(len, at))| {
            Some((accept(&self.digits[..usize::from(len)], n + 1)?, self.start + usize::from(at)))
        })
    }
}

/// The separator at the start of `text` if a digit follows: a space, dash, slash or dot, a dash or
/// slash with spaces, a closed bracket, a bracketed zero.
fn gap(text: &[u8]) -> Option<usize> {
    match text {
        [b' ' | b'-' | b'/' | b'.', b'0'..=b'9', ..] => return Some(1),
        [b'\n' | b'\r' | b'+' | b',' | b';' | b'<' | b'"', ..] | [] => return None,
        _ => {}
    }
    let mut at = 0;
    let mut marks = 0;
    while let Some((mark, len)) = separators::first(&text[at..]) {
        match mark {
            Mark::Break | Mark::Plus => return None,
            // `+46 (0)70`: the zero is read as a digit and dropped by the plan.
            Mark::Sign(b'(') if !text[at + len..].starts_with(b"0)") => return None,
            _ => {}
        }
        at += len;
        marks += 1;
        if marks > 3 {
            return None;
        }
    }
    let two_spaces = marks >= 2
        && separators::first(text).map(|(m, _)| m) == Some(Mark::Space)
        && separators::last(&text[..at]).map(|(m, _)| m) == Some(Mark::Space)
        && marks == 2;
    (marks > 0 && !two_spaces && text.get(at).is_some_and(u8::is_ascii_digit)).then_some(at)
}

/// The number whose first digit, a zero, stands at `at`.
pub(crate) fn read_national(text: &[u8], bounds: &Range<usize>, at: usize) -> Option<Written> {
    let before = &text[bounds.start..at];
    if !left_is_free(before) {
        return None;
    }
    let groups = Groups::read(text, at, bounds.end);
    if groups.len < 7 {
        return None;
    }
    if groups.digits.starts_with(b"00") {
        let (number, end) = groups.longest(|digits, _| phone::international(&digits[2..]))?;
        // Rows of bytes in hexadecimal begin with 00 more often than foreign numbers do.
        if groups.first() == 2 && number.swedish.is_none() {
            return None;
        }
        let usage = number.swedish.map_or(Use::Unknown, |n| n.likely_use());
        let mobile = number.swedish.is_some_and(|n| n.class == Class::Mobile);
        let written = Written {
            range: (at, end),
            e164: number.e164,
            usage,
            form: Form::International,
            mobile,
        };
        return right_is_free(&text[end..bounds.end]).then_some(written);
    }
    let (number, end) = groups.longest(|digits, count| {
        phone::national(digits).filter(|n| is_grouped_well(&groups, n, digits.len(), count))
    })?;
    let written = &text[at..end];
    let after = &text[end..bounds.end];
    let rival =
        is_time_range(written) || is_date(written) || is_list_of_pairs(before, written, after);
    if !right_is_free(after) || rival {
        return None;
    }
    let bracket = before.last() == Some(&b'(') && text[at..end].contains(&b')');
    let start = at - usize::from(bracket);
    let bare = end - at == usize::from(number.nsn_len) + 1;
    let form = if bare { Form::Bare } else { Form::Grouped };
    let (usage, mobile) = (number.likely_use(), number.class == Class::Mobile);
    Some(Written { range: (start, end), e164: number.e164, usage, form, mobile })
}

/// The number whose `+` stands at `at`.
pub(crate) fn read_international(text: &[u8], bounds: &Range<usize>, at: usize) -> Option<Written> {
    let before = &text[bounds.start..at];
    if continues(before) {
        return None;
    }
    let mut first = at + 1;
    while first < bounds.end && matches!(text[first], b' ' | b'(') && first < at + 3 {
        first += 1;
    }
    let groups = Groups::read(text, first, bounds.end);
    if groups.len < 7 {
        return None;
    }
    let (number, end) = groups.longest(|digits, _| phone::international(digits))?;
    if !right_is_free(&text[end..bounds.end]) {
        return None;
    }
    let usage = number.swedish.map_or(Use::Unknown, |n| n.likely_use());
    let mobile = number.swedish.is_some_and(|n| n.class == Class::Mobile);
    Some(Written { range: (at, end), e164: number.e164, usage, form: Form::International, mobile })
}

/// Is a plus sign behind `before` no country code's? What stands between fields is none of these.
pub(crate) fn continues(before: &[u8]) -> bool {
    before.last().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'+')
}

/// Seven to nine digits whose leading zero a spreadsheet dropped.
pub(crate) fn restore(digits: &[u8]) -> Option<SwedishNumber> {
    let mut whole = [b'0'; 10];
    whole.get_mut(1..=digits.len())?.copy_from_slice(digits);
    phone::national(&whole[..=digits.len()])
}

/// People write the area code first, four digits of a mobile number, or pairs throughout.
fn is_grouped_well(groups: &Groups, number: &SwedishNumber, len: usize, count: usize) -> bool {
    let first = groups.first();
    let area = usize::from(number.area_len);
    let pairs = first == 2 && count * 2 == len;
    let mobile = number.class == Class::Mobile || number.class == Class::SharedCost;
    count == 1 || first == area || mobile && first == 4 || pairs || first == 3 && area < 3
}

/// `05 53 14 18 22 07`: pairs of digits before or after it, parted by the same space.
fn is_list_of_pairs(before: &[u8], written: &[u8], after: &[u8]) -> bool {
    let pairs = written.len() > 2 && written[2] == b' ';
    let follows = matches!(before, [.., b'0'..=b'9', b' ']);
    let goes_on = matches!(after, [b' ', b'0'..=b'9', b'0'..=b'9', ..]);
    pairs && (follows || goes_on)
}

/// `08/25/1975`, `0900-07-01`.
fn is_date(written: &[u8]) -> bool {
    let signs = |places: [usize; 2], sign: u8| {
        written.len() == 10
            && written.iter().enumerate().all(|(n, b)| match places.contains(&n) {
                true => *b == sign,
                false => b.is_ascii_digit(),
            })
    };
    signs([2, 5], b'/') || signs([4, 7], b'-')
}

/// `0800-1700`, `06.37-21.57`: two times of day.
fn is_time_range(written: &[u8]) -> bool {
    if let [a, b, b'.', c, d, b'-', e, f, b'.', g, h] = *written {
        return is_time_range(&[a, b, c, d, b'-', e, f, g, h]);
    }
    let [a, b, c, d, b'-', e, f, g, h] = *written else { return false };
    let clock = |t: [u8; 4]| (t[0], t[1]) <= (b'2', b'4') && t[2] <= b'5';
    clock([a, b, c, d]) && clock([e, f, g, h])
}

fn left_is_free(before: &[u8]) -> bool {
    match before {
        [.., b'0'..=b'9', b'.' | b',' | b'-' | b'/' | b':' | b'_' | b' '] => {
            // A number may follow another thing after a space, not after a sign.
            before.last() == Some(&b' ')
        }
        [.., b'+'] => false,
        [.., b] if b.is_ascii_alphanumeric() => false,
        [.., a, b'-'] => !a.is_ascii_alphanumeric(),
        [.., 0xC3, 0x80..=0xBF] => false,
        _ => true,
    }
}

fn right_is_free(after: &[u8]) -> bool {
    match after {
        [b, ..] if b.is_ascii_alphanumeric() => false,
        [b'.' | b',' | b'-' | b'/' | b':' | b'_', b, ..] => !b.is_ascii_digit(),
        [0xC3, 0x80..=0xBF, ..] => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, want: Option<(&str, &str, Form)>) {
        let bytes = text.as_bytes();
        let bounds = 0..bytes.len();
        let at = bytes.iter().position(|b| matches!(b, b'0' | b'+')).unwrap();
        let got = match bytes[at] {
            b'+' => read_international(bytes, &bounds, at),
            _ => read_national(bytes, &bounds, at),
        };
        let got = got
            .map(|w| (text[w.range.0..w.range.1].to_owned(), w.e164.as_str().to_owned(), w.form));
        let want = want.map(|(t, e, f)| (t.to_owned(), e.to_owned(), f));
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn all_ways_of_writing_are_read() {
        for text in [
            "070-174 06 05",
            "070-1740605",
            "070 174 06 05",
            "070–174 06 05",
            "070 - 174 06 05",
            "070/174 06 05",
            "070.174.06.05",
            "0701-74 06 05",
            "070\u{a0}174\u{202f}06\u{2009}05",
            "07 01 74 06 05",
        ] {
            check(text, Some((text, "+46701740605", Form::Grouped)));
            check(&format!("ring {text}, tack"), Some((text, "+46701740605", Form::Grouped)));
        }
        check("0701740605", Some(("0701740605", "+46701740605", Form::Bare)));
        check("x (070) 174 06 05.", Some(("(070) 174 06 05", "+46701740605", Form::Grouped)));
        for text in [
            "+46701740605",
            "+46 70 174 06 05",
            "+46 (0)70-174 06 05",
            "+46(0)701740605",
            "+46-70-174 06 05",
            "0046701740605",
            "0046 70 174 06 05",
        ] {
            check(text, Some((text, "+46701740605", Form::International)));
        }
        check("08-465 004 00", Some(("08-465 004 00", "+46846500400", Form::Grouped)));
        check("0980-31 92 00 Kiruna", Some(("0980-31 92 00", "+46980319200", Form::Grouped)));
        check("+47 22 20 46 49", Some(("+47 22 20 46 49", "+4722204649", Form::International)));
    }

    proptest! {
        #[test]
        fn a_word_is_read_like_anything_else(cell in "[0-9]{1,4}([ ./()-]{0,2}[0-9]{0,4}){0,5}") {
            let text = format!("{cell};{}", "0".repeat(MOST));
            let parts = |groups: Groups| {
                let Groups { digits, len, ends, count, .. } = groups;
                (digits[..len].to_vec(), ends[..count].to_vec())
            };
            if let Some(groups) = Groups::read_word(text.as_bytes(), 0, cell.len()) {
                let want = Groups::read_any(text.as_bytes(), 0, cell.len());
                prop_assert_eq!(parts(groups), parts(want));
            }
        }
    }

    #[test]
    fn other_numbers_are_left_out() {
        check("0800-1700", None);
        check("010203-2384", None);
        check("a0701740605", None);
        check("0701740605-1", None);
        check("12.0701740605", None);
        check("01.02.2024", None);
        check("08/25/1975", None);
        check("0900-07-01", None);
        check("00 55 44 77 66 88 99", None);
        check("06.37-21.57", None);
        check("05 53 14 18 22 07 10 15", None);
    }
}
