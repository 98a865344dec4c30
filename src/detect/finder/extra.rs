//! The kinds of hits of the rarer categories, byte by byte.

use std::ops::Range;

use super::{Hit, HitKind, Wants};

/// Bytes of the longest word that a capital letter is looked at behind.
const LONGEST_WORD: usize = 40;
/// Particles that may stand between it and the capital: `de la`.
const PARTICLES: usize = 2;

/// Whether any of these kinds is wanted.
pub(super) const fn is_wanted(wants: Wants) -> bool {
    let Wants { capitals, addresses, postcodes, codes, giros, clearings, letters, .. } = wants;
    capitals || addresses || postcodes || codes || giros || clearings || letters
}

/// Appends the hits of `focus` of these kinds, in order of their places.
pub(super) fn find(hay: &[u8], focus: Range<usize>, wants: Wants, out: &mut Vec<Hit>) {
    let Wants { capitals, addresses, postcodes, codes, giros, clearings, letters, .. } = wants;
    if !is_wanted(wants) {
        return;
    }
    for at in focus {
        let mut hit = |holds: bool, kind| {
            if holds {
                out.push(Hit { at: at as u32, kind });
            }
        };
        match hay[at] {
            b'0'..=b'9' => continue,
            b'.' => hit(addresses && is_dots(hay, at), HitKind::Dots),
            b':' => hit(addresses && is_colons(hay, at), HitKind::Colons),
            b'-' | 0xE2 => hit(giros && is_giro(hay, at), HitKind::Giro),
            b'A'..=b'Z' | 0xC0..=0xDE => {
                hit(capitals && is_capital(hay, at), HitKind::Capital);
                if codes && let Some(kind) = code(hay, at) {
                    hit(true, kind);
                }
                hit(letters && is_letter(hay, at), HitKind::Letter);
            }
            _ => {}
        }
        if before(hay, at, 1).is_ascii_digit() {
            hit(postcodes && is_postcode_end(hay, at), HitKind::Postcode);
            hit(clearings && is_clearing(hay, at), HitKind::Clearing);
        }
    }
}

/// Appends the hit at the end of the text.
pub(super) fn find_end(hay: &[u8], wants: Wants, out: &mut Vec<Hit>) {
    if wants.postcodes && is_postcode_end(hay, hay.len()) {
        out.push(Hit { at: hay.len() as u32, kind: HitKind::Postcode });
    }
}

/// The byte `back` bytes before `at`, NUL outside the text.
fn before(hay: &[u8], at: usize, back: usize) -> u8 {
    at.checked_sub(back).map_or(0, |i| hay[i])
}

/// The byte at `at`, NUL outside the text.
fn byte(hay: &[u8], at: usize) -> u8 {
    hay.get(at).copied().unwrap_or(0)
}

pub(super) fn is_capital(hay: &[u8], at: usize) -> bool {
    let space = at.saturating_sub(1);
    is_capital_letter(hay, at)
        && match (before(hay, at, 2), before(hay, at, 1)) {
            (_, b'\t') | (b' ' | b'|' | b'\t', b' ') => true,
            (b',', b' ') => matches!(word_before(hay, space - 1), Word::Capitalised),
            (_, b' ') => is_led(hay, space),
            _ => false,
        }
}

/// A capital letter that a surname may begin with.
fn is_capital_letter(hay: &[u8], at: usize) -> bool {
    match byte(hay, at) {
        b'A'..=b'Z' => true,
        // UTF-8: À to Þ; Latin-1: the same letters as one byte.
        0xC3 => byte(hay, at + 1) < 0x9F || !is_continuation(byte(hay, at + 1)),
        0xC0..=0xDE => !is_continuation(byte(hay, at + 1)),
        _ => false,
    }
}

/// Whether a capitalised word ends at `space`, perhaps with particles behind it. A full stop ends a
/// sentence unless it stands behind a single letter.
fn is_led(hay: &[u8], space: usize) -> bool {
    let mut end = space;
    for _ in 0..=PARTICLES {
        let stopped = before(hay, end, 1) == b'.' && before(hay, end, 3).is_ascii_alphabetic();
        match word_before(hay, end) {
            Word::Capitalised => return !stopped,
            Word::Particle(before) => end = before,
            Word::Other => return false,
        }
    }
    false
}

enum Word {
    /// It begins with a capital letter, as far as that is quickly told.
    Capitalised,
    /// Two or three small letters, as `von` and `de`, behind a space, whose place this is.
    Particle(usize),
    /// Anything else, or none.
    Other,
}

/// The word that ends at `end`.
fn word_before(hay: &[u8], end: usize) -> Word {
    let in_word = |&n: &usize| {
        let byte = before(hay, end, n);
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'-' | b'\'' | b'.')
    };
    let length = (1..=LONGEST_WORD + 1).take_while(in_word).count();
    if length == 0 || length > LONGEST_WORD {
        return Word::Other;
    }
    let start = end - length;
    // Letters of other alphabets have leads up to E1; whether they are capital, these do not tell.
    if is_capital_letter(hay, start) || matches!(hay[start], 0xC4..=0xE1) {
        return Word::Capitalised;
    }
    let small = hay[start..end].iter().all(u8::is_ascii_lowercase);
    if small && matches!(length, 2 | 3) && before(hay, start, 1) == b' ' {
        return Word::Particle(start - 1);
    }
    Word::Other
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

fn is_dot(hay: &[u8], at: usize) -> bool {
    byte(hay, at) == b'.'
        && before(hay, at, 1).is_ascii_digit()
        && byte(hay, at + 1).is_ascii_digit()
}

pub(super) fn is_dots(hay: &[u8], at: usize) -> bool {
    let next = |at: usize| (at + 2..=at + 4).find(|&n| is_dot(hay, n));
    let first = (2..=4).all(|back| at < back || !is_dot(hay, at - back));
    first && is_dot(hay, at) && next(at).and_then(next).is_some()
}

fn is_colon(hay: &[u8], at: usize) -> bool {
    let may_stand = |b: u8| b.is_ascii_hexdigit() || b == b':';
    byte(hay, at) == b':' && (may_stand(before(hay, at, 1)) || may_stand(byte(hay, at + 1)))
}

pub(super) fn is_colons(hay: &[u8], at: usize) -> bool {
    let next = |at: usize| (at + 1..=at + 5).find(|&n| is_colon(hay, n));
    let first = (1..=5).all(|back| at < back || !is_colon(hay, at - back));
    let double = |at: usize| byte(hay, at + 1) == b':' || before(hay, at, 1) == b':';
    first
        && is_colon(hay, at)
        && (double(at) || next(at).is_some_and(|n| double(n) || next(n).is_some()))
}

pub(super) fn is_postcode_end(hay: &[u8], end: usize) -> bool {
    let digits = |from: usize, to: usize| (from..to).all(|n| before(hay, end, n).is_ascii_digit());
    let border = |back: usize| !before(hay, end, back).is_ascii_digit();
    let spaced = digits(1, 3) && digits(4, 7) && before(hay, end, 3) == b' ' && border(7);
    // U+00A0 in UTF-8.
    let wide = digits(1, 3)
        && (before(hay, end, 3), before(hay, end, 4)) == (0xA0, 0xC2)
        && digits(5, 8)
        && border(8);
    !byte(hay, end).is_ascii_digit() && (digits(1, 6) && border(6) || spaced || wide)
}

pub(super) fn code(hay: &[u8], at: usize) -> Option<HitKind> {
    let upper = |n: usize| byte(hay, n).is_ascii_uppercase();
    let digits = |n: usize| byte(hay, n).is_ascii_digit() && byte(hay, n + 1).is_ascii_digit();
    if before(hay, at, 1).is_ascii_alphanumeric() || !upper(at) || !upper(at + 1) {
        None
    } else if digits(at + 2) {
        Some(HitKind::Code)
    } else if upper(at + 2) && (digits(at + 3) || byte(hay, at + 3) == b' ' && digits(at + 4)) {
        Some(HitKind::Plate)
    } else {
        None
    }
}

pub(super) fn is_giro(hay: &[u8], at: usize) -> bool {
    // U+2010 to U+2015 and U+2212 have three bytes in UTF-8.
    let next = if hay[at] == b'-' { at + 1 } else { at + 3 };
    before(hay, at, 1).is_ascii_digit()
        && byte(hay, next).is_ascii_digit()
        && !byte(hay, next + 1).is_ascii_digit()
}

/// Whether four digits that may be a clearing number, a run of their own, end before `at`.
pub(super) fn is_clearing(hay: &[u8], at: usize) -> bool {
    let digit = |n: usize| byte(hay, n).is_ascii_digit();
    let four = (1..=4).all(|n| before(hay, at, n).is_ascii_digit());
    if !four || before(hay, at, 5).is_ascii_digit() || before(hay, at, 4) == b'0' {
        return false;
    }
    if is_named(hay, at - 4) {
        return true;
    }
    let next = match byte(hay, at) {
        b',' if byte(hay, at + 1) == b' ' => at + 2,
        b' ' | b'-' | b',' => at + 1,
        // U+00A0 in UTF-8.
        0xC2 => at + 2,
        _ => return false,
    };
    // `8424-4,983…`: Swedbank's fifth digit.
    let fifth =
        byte(hay, at) == b'-' && digit(next) && matches!(byte(hay, next + 1), b',' | b' ' | b'-');
    // `2024-01-02` is a date, `2024 10:30` a time.
    let more = digit(next) && digit(next + 1) && (digit(next + 2) || byte(hay, next + 2) == b' ');
    fifth && before(hay, at, 4) == b'8' || more
}

/// `clearing 5123`, `clearingnr: 5123`, `Clearingnummer 5123`: the letters before the digits.
fn is_named(hay: &[u8], start: usize) -> bool {
    let back = 1 + usize::from(matches!(before(hay, start, 2), b':' | b'.'));
    let letters = [before(hay, start, back + 2) | 0x20, before(hay, start, back + 1) | 0x20];
    before(hay, start, 1) == b' ' && [*b"ng", *b"nr", *b"er"].contains(&letters)
}

pub(super) fn is_letter(hay: &[u8], at: usize) -> bool {
    let digits = |back: usize| (back..back + 6).all(|n| before(hay, at, n).is_ascii_digit());
    hay[at].is_ascii_uppercase()
        && byte(hay, at + 1).is_ascii_alphanumeric()
        && (digits(1) || before(hay, at, 1) == b'-' && digits(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, kind: HitKind, want: &[usize]) {
        let mut hits = Vec::new();
        find(text.as_bytes(), 0..text.len(), Wants::ALL, &mut hits);
        find_end(text.as_bytes(), Wants::ALL, &mut hits);
        let got: Vec<_> = hits.iter().filter(|h| h.kind == kind).map(|h| h.at as usize).collect();
        assert_eq!(got, want, "{text} {kind:?}");
    }

    #[test]
    fn each_kind_is_found_at_its_place() {
        check("Anna Ek och Åsa Öd, B. Ek", HitKind::Capital, &[5, 12, 17, 22, 25]);
        check("nr 1 Ek", HitKind::Capital, &[]);
        check("den Ek, den Ek", HitKind::Capital, &[]);
        check("Anna von Ek och Carl de la Ek vid den Bo", HitKind::Capital, &[9, 16, 27, 38]);
        check("Anna von Ek\u{a0}Eva van der Ek de la du Bo", HitKind::Capital, &[9, 25]);
        check("vid Åsa. Ek A. Ek, J.R. Ek, slut.Anna Ek", HitKind::Capital, &[13, 16, 20, 25]);
        check("Ek, Eva ek, Eva Jean-Luc D'Arc ek-Eva Bo", HitKind::Capital, &[4, 16, 25]);
        check("a | Ek  Ek |Ek\tEk \t Ek", HitKind::Capital, &[4, 8, 15, 20]);
        check("Édith Ek édith Ek Łukasz Ek", HitKind::Capital, &[7, 28]);
        check(&format!("{0} Ek {0}x Ek", "X".repeat(40)), HitKind::Capital, &[41, 44]);
        check("a 192.0.2.17 b", HitKind::Dots, &[5]);
        check("1.2.3 10.20.30", HitKind::Dots, &[]);
        check("12:34:56", HitKind::Colons, &[]);
        check("2001:db8::17", HitKind::Colons, &[4]);
        check("::1 fe80:1:2:3:4", HitKind::Colons, &[0, 8]);
        check("x 123 45 Byn, 12345, 123456", HitKind::Postcode, &[8, 19]);
        check("SE-123 45", HitKind::Postcode, &[9]);
        check("12 123 45 6123 45", HitKind::Postcode, &[9]);
        check("12345-6 12345\u{a0}Ek", HitKind::Postcode, &[5, 13]);
        check("SE45 5000 XSE45", HitKind::Code, &[0]);
        check("ABC 123, ABC12D ABCD12", HitKind::Plate, &[0, 9]);
        check("pg 12 34-5 1-23", HitKind::Giro, &[8]);
        check("5123, 123 45 67", HitKind::Clearing, &[4]);
        check("5123 1234567 8424-4,983 189", HitKind::Clearing, &[4, 17]);
        check("4571 1234 1234 1234", HitKind::Clearing, &[4, 9, 14]);
        check("Clearingnr: 5123 konto", HitKind::Clearing, &[16]);
        check("clearing 5123, x", HitKind::Clearing, &[13]);
        check("pg 12 34–5", HitKind::Giro, &[8]);
        check("2024-01-02 10:30, 0701 740 605, 1234, 5 2024 10:30", HitKind::Clearing, &[]);
        check("19900101-T123 900101R220 123456T A12345B6", HitKind::Letter, &[9, 20]);
    }
}
