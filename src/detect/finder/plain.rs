//! What a hit is, byte by byte: the portable finder, the oracle of the vector code, and the exact
//! checks that both share.

use std::ops::Range;

use super::anchors::Anchors;
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
    let mut keys = KeyFilter::new(anchors, &hay[focus.start..]);
    let mut run = run_length(hay, focus.start);
    for at in focus {
        let key = keys.next(byte(hay, at + 3));
        if !key && run == 0 && !MATTERS[usize::from(hay[at])] {
            continue;
        }
        let digit = hay[at].is_ascii_digit();
        if !digit && is_run_end(hay, at, run, wants) {
            out.push(Hit { at: at as u32, kind: HitKind::Run });
        }
        if let Some(kind) = kind_at(hay, at, run > 0, wants) {
            out.push(Hit { at: at as u32, kind });
        }
        if wants.terms && (key || is_lead(hay[at])) && anchors.is_at(&hay[at..]) {
            out.push(Hit { at: at as u32, kind: HitKind::Term });
        }
        run = if digit { run + 1 } else { 0 };
    }
}

/// The bytes that matter wherever they stand: digits, signs, and what disguised at signs start with.
const MATTERS: [bool; 256] = {
    let mut matters = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let sign = byte as u8;
        matters[byte] = sign.is_ascii_digit() || matches!(sign, b'+' | b'@') || is_lead(sign);
        byte += 1;
    }
    matters
};

/// What the byte at `at` is by itself.
#[inline]
fn kind_at(hay: &[u8], at: usize, digit_before: bool, wants: Wants) -> Option<HitKind> {
    let (kind, found) = match hay[at] {
        b'0' if !digit_before => (HitKind::Zero, wants.zeros && is_phone_start(hay, at)),
        b'+' => (HitKind::Plus, wants.plus && is_plus(hay, at)),
        b'@' => (HitKind::At, wants.at && is_at(hay, at)),
        _ => return None,
    };
    found.then_some(kind)
}

/// Whether an anchor that is no word may start with `byte`.
const fn is_lead(byte: u8) -> bool {
    matches!(byte, b'%' | b'&' | b'(' | 0xEF)
}

/// Tells byte by byte whether a key may have ended, all buckets at once: the low 16 bits of `state`
/// stand for keys whose first byte has been seen, the highest for whole ones.
struct KeyFilter<'a> {
    steps: &'a [u64; 256],
    state: u64,
}

impl<'a> KeyFilter<'a> {
    /// A filter that has seen the first three bytes of `text`.
    fn new(anchors: &'a Anchors, text: &[u8]) -> Self {
        let mut filter = Self { steps: &anchors.steps, state: 0 };
        for at in 0..3 {
            filter.next(byte(text, at));
        }
        filter
    }

    #[inline]
    fn next(&mut self, byte: u8) -> bool {
        self.state = (self.state << 16 | 0xFFFF) & self.steps[usize::from(byte)];
        self.state >> 48 != 0
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

/// How many digits stand right before `end`; more than [`LONGEST_RUN`] are not counted.
pub(super) fn run_length(hay: &[u8], end: usize) -> usize {
    (1..=LONGEST_RUN + 1).take_while(|&n| before(hay, end, n).is_ascii_digit()).count()
}

/// Whether the run of `length` digits that ends right before `end` may end a personal number.
pub(super) fn is_run_end(hay: &[u8], end: usize, length: usize, wants: Wants) -> bool {
    match length {
        4 => wants.four || wants.runs && is_last_group(hay, end),
        6 => wants.four,
        7 => wants.nine,
        8 => wants.nine || wants.four,
        9 => wants.nine,
        10 => wants.runs && (wants.any_ten || has_month(hay, end)),
        12 => wants.runs,
        11 | 13..=LONGEST_RUN => wants.long,
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
    if !byte(hay, at + 1).is_ascii_digit() || continues_number(hay, at) {
        return false;
    }
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

/// Whether `at` continues a decimal number, a date or a time: `2025-01`, `12:05`,
/// `1.05`. A comma parts the fields of a table as well.
fn continues_number(hay: &[u8], at: usize) -> bool {
    matches!(before(hay, at, 1), b'.' | b'-' | b':') && before(hay, at, 2).is_ascii_digit()
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

const LOCAL_PART_END: u8 = 1;
const DOMAIN_START: u8 = 2;

/// What the bytes beside an at sign can be. The local part ends in RFC 5321 section 4.1.2 `atext`,
/// a full stop, the closing quote, or anything above ASCII (RFC 6531).
const ADDRESS_BYTES: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte >= 0x80 || (byte as u8).is_ascii_alphanumeric() {
            kinds[byte] = LOCAL_PART_END | DOMAIN_START;
        }
        byte += 1;
    }
    let signs = b"._%+-!#$&'*/=?^{|}~\"";
    let mut i = 0;
    while i < signs.len() {
        kinds[signs[i] as usize] = LOCAL_PART_END;
        i += 1;
    }
    kinds[b'[' as usize] = DOMAIN_START;
    kinds
};

fn ends_local_part(byte: u8) -> bool {
    ADDRESS_BYTES[usize::from(byte)] & LOCAL_PART_END != 0
}

fn starts_domain(byte: u8) -> bool {
    ADDRESS_BYTES[usize::from(byte)] & DOMAIN_START != 0
}
