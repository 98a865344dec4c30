//! What a hit is, byte by byte: the portable finder, the oracle of the vector code, and the exact
//! checks that both share.

use std::ops::Range;

use super::anchors::{Anchors, FOLD};
use super::{Hit, HitKind, Wants};

/// How many bytes from its start a phone number has time to show its digits.
pub(super) const PHONE_SPAN: usize = 20;
/// The fewest digits of a phone number in national form: a zero, an area code and five or more.
const PHONE_DIGITS: u32 = 8;
/// A run of more digits is no phone number: `00`, a country code and at most twelve others.
const PHONE_RUN: u32 = 14;
/// The longest run that is told from longer ones.
const LONGEST_RUN: usize = 19;

/// Appends the hits of `focus`, see [`super::Finder::find`].
pub(super) fn find(
    anchors: &Anchors,
    hay: &[u8],
    focus: Range<usize>,
    wants: Wants,
    out: &mut Vec<Hit>,
) {
    let mut push = |at: usize, kind| out.push(Hit { at: at as u32, kind });
    let mut digit_before = focus.start > 0 && hay[focus.start - 1].is_ascii_digit();
    for at in focus {
        let byte = hay[at];
        let digit = byte.is_ascii_digit();
        if digit_before && !digit && is_run_end(hay, at, wants) {
            push(at, HitKind::Run);
        }
        match byte {
            b'0' if wants.zeros && !digit_before && is_phone_start(hay, at) => {
                push(at, HitKind::Zero);
            }
            b'+' if wants.plus && is_plus(hay, at) => push(at, HitKind::Plus),
            b'@' if wants.at && is_at(hay, at) => push(at, HitKind::At),
            _ => {}
        }
        if wants.terms && is_anchor(anchors, hay, at) {
            push(at, HitKind::Term);
        }
        digit_before = digit;
    }
}

/// The byte at `at`, NUL outside the text.
fn byte(hay: &[u8], at: usize) -> u8 {
    hay.get(at).copied().unwrap_or(0)
}

/// The byte `back` bytes before `at`, NUL outside the text.
fn before(hay: &[u8], at: usize, back: usize) -> u8 {
    at.checked_sub(back).map_or(0, |i| byte(hay, i))
}

/// Whether a run of digits ends right before `end` that may end a personal number.
pub(super) fn is_run_end(hay: &[u8], end: usize, wants: Wants) -> bool {
    let length =
        (1..=LONGEST_RUN + 1).take_while(|&n| before(hay, end, n).is_ascii_digit()).count();
    match length {
        4 => wants.four || wants.runs && is_last_group(hay, end),
        6 => wants.four,
        7 => wants.nine,
        8 => wants.nine || wants.four,
        9 => wants.nine && has_month(hay, end),
        10 => wants.runs && (wants.any_ten || has_month(hay, end)),
        12 => wants.runs,
        13..=LONGEST_RUN => wants.long,
        _ => false,
    }
}

/// Whether the third digit before the birth date's end can start a month (00 to 12; a
/// samordningsnummer may have month 00).
fn has_month(hay: &[u8], end: usize) -> bool {
    matches!(before(hay, end, 8), b'0' | b'1')
}

/// Whether the run of four digits before `end` stands a separator apart from two other digits.
fn is_last_group(hay: &[u8], end: usize) -> bool {
    is_separated(hay, end) && (1..=5).any(|gap| ends_in_two_digits(hay, end - 4, gap))
}

/// Whether two digits stand right before the separator of `gap` bytes before `start`.
fn ends_in_two_digits(hay: &[u8], start: usize, gap: usize) -> bool {
    before(hay, start, gap + 1).is_ascii_digit() && before(hay, start, gap + 2).is_ascii_digit()
}

/// Whether the byte before the last four digits can separate them from the date: a space, a sign, a
/// part of a dash or space above ASCII, or a line break after a dash.
pub(super) fn is_separated(hay: &[u8], end: usize) -> bool {
    match before(hay, end, 5) {
        b' ' | b'-' | b'+' | 0x80.. => true,
        b'\n' => {
            let back = if before(hay, end, 6) == b'\r' { 7 } else { 6 };
            matches!(before(hay, end, back), b'-' | b'+' | 0x80..)
        }
        _ => false,
    }
}

/// Whether the `0` at `at`, which no digit precedes, may start a phone number.
fn is_phone_start(hay: &[u8], at: usize) -> bool {
    let window = (0..PHONE_SPAN)
        .filter(|&i| byte(hay, at + i).is_ascii_digit())
        .fold(0, |window, i| window | 1 << i);
    is_phone_window(hay, at, window)
}

/// The same, told where digits are: bit `i` of `window` for the byte at `at + i`, for
/// [`PHONE_SPAN`] bytes.
pub(super) fn is_phone_window(hay: &[u8], at: usize, window: u32) -> bool {
    let run = window.trailing_ones();
    let length_fits = match run {
        0 | 1 => false,
        PHONE_DIGITS..=PHONE_RUN => true,
        _ => run < PHONE_DIGITS && window.count_ones() >= PHONE_DIGITS,
    };
    length_fits
        && (run >= PHONE_DIGITS || is_phone_separator(byte(hay, at + run as usize)))
        && (byte(hay, at + 1), byte(hay, at + 2)) != (b'0', b'0')
        && !continues_number(hay, at)
}

fn is_phone_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'/' | b'.' | b')' | 0x80..)
}

/// Whether `at` continues a decimal number, a date or a time: `2025-01`, `12:05`, `1.05`, `1,05`.
fn continues_number(hay: &[u8], at: usize) -> bool {
    matches!(before(hay, at, 1), b'.' | b',' | b'-' | b':') && before(hay, at, 2).is_ascii_digit()
}

/// Whether a digit follows the `+` at `at`, at once or after a space or parenthesis.
pub(super) fn is_plus(hay: &[u8], at: usize) -> bool {
    match byte(hay, at + 1) {
        b'0'..=b'9' => true,
        b'(' | b' ' => byte(hay, at + 2).is_ascii_digit(),
        _ => false,
    }
}

/// Whether the `@` at `at` stands between what can end a local part and what can start a domain.
pub(super) fn is_at(hay: &[u8], at: usize) -> bool {
    ends_local_part(before(hay, at, 1)) && starts_domain(byte(hay, at + 1))
}

/// RFC 5321 section 4.1.2 `atext`, the dot, the closing quote, and anything above ASCII (RFC 6531).
fn ends_local_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"._%+-!#$&'*/=?^{|}~\"".contains(&byte)
}

fn starts_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'['
}

fn is_anchor(anchors: &Anchors, hay: &[u8], at: usize) -> bool {
    let key = match hay.get(at..at + 4) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => u32::from_le_bytes([0, 1, 2, 3].map(|i| byte(hay, at + i))),
    };
    anchors.slot(key | FOLD).is_some_and(|slot| anchors.confirm(slot, &hay[at..]))
}
