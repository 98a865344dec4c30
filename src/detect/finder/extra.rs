//! The kinds of hits of the rarer categories, byte by byte.

use std::ops::Range;

use super::{Hit, HitKind, Wants};

/// Appends the hits of `focus` of these kinds, in order of their places.
pub(super) fn find(hay: &[u8], focus: Range<usize>, wants: Wants, out: &mut Vec<Hit>) {
    let Wants { capitals, addresses, postcodes, codes, giros, clearings, letters, .. } = wants;
    if !(capitals || addresses || postcodes || codes || giros || clearings || letters) {
        return;
    }
    let end = focus.end;
    let mut run = (1..=5).take_while(|&n| before(hay, focus.start, n).is_ascii_digit()).count();
    for at in focus {
        if hay[at].is_ascii_digit() {
            run += 1;
            continue;
        }
        let four = std::mem::take(&mut run) == 4;
        if four && clearings && is_clearing(hay, at) {
            out.push(Hit { at: at as u32, kind: HitKind::Clearing });
        }
        let kind = match hay[at] {
            b'.' if addresses && is_dots(hay, at) => HitKind::Dots,
            b':' if addresses && is_colons(hay, at) => HitKind::Colons,
            b'-' | 0xE2 if giros && is_giro(hay, at) => HitKind::Giro,
            b'A'..=b'Z' | 0xC0..=0xDE => {
                if capitals && is_capital(hay, at) {
                    out.push(Hit { at: at as u32, kind: HitKind::Capital });
                }
                if letters && is_letter(hay, at) {
                    out.push(Hit { at: at as u32, kind: HitKind::Letter });
                }
                match codes.then(|| code(hay, at)).flatten() {
                    Some(kind) => kind,
                    None => continue,
                }
            }
            _ if postcodes && before(hay, at, 1).is_ascii_digit() && is_postcode_end(hay, at) => {
                HitKind::Postcode
            }
            _ => continue,
        };
        out.push(Hit { at: at as u32, kind });
    }
    if postcodes && end == hay.len() && is_postcode_end(hay, end) {
        out.push(Hit { at: end as u32, kind: HitKind::Postcode });
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

fn is_capital(hay: &[u8], at: usize) -> bool {
    let letter = match hay[at] {
        b'A'..=b'Z' => true,
        // UTF-8: À to Þ; Latin-1: the same letters as one byte.
        0xC3 => matches!(byte(hay, at + 1), 0x80..=0x9E) || !is_continuation(byte(hay, at + 1)),
        _ => !is_continuation(byte(hay, at + 1)),
    };
    let behind = matches!(before(hay, at, 2), b'a'..=b'z' | b'A'..=b'Z' | b',' | b'.' | b' ' | b'|' | 0x80..);
    letter && (before(hay, at, 1) == b' ' && behind || before(hay, at, 1) == b'\t')
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

fn is_dot(hay: &[u8], at: usize) -> bool {
    byte(hay, at) == b'.'
        && before(hay, at, 1).is_ascii_digit()
        && byte(hay, at + 1).is_ascii_digit()
}

fn is_dots(hay: &[u8], at: usize) -> bool {
    let next = |at: usize| (at + 2..=at + 4).find(|&n| is_dot(hay, n));
    let first = (2..=4).all(|back| at < back || !is_dot(hay, at - back));
    first && is_dot(hay, at) && next(at).and_then(next).is_some()
}

fn is_colon(hay: &[u8], at: usize) -> bool {
    let may_stand = |b: u8| b.is_ascii_hexdigit() || b == b':';
    byte(hay, at) == b':' && (may_stand(before(hay, at, 1)) || may_stand(byte(hay, at + 1)))
}

fn is_colons(hay: &[u8], at: usize) -> bool {
    let next = |at: usize| (at + 1..=at + 5).find(|&n| is_colon(hay, n));
    let first = (1..=5).all(|back| at < back || !is_colon(hay, at - back));
    let double = |at: usize| byte(hay, at + 1) == b':' || before(hay, at, 1) == b':';
    first
        && is_colon(hay, at)
        && (double(at) || next(at).is_some_and(|n| double(n) || next(n).is_some()))
}

fn is_postcode_end(hay: &[u8], end: usize) -> bool {
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

fn code(hay: &[u8], at: usize) -> Option<HitKind> {
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

fn is_giro(hay: &[u8], at: usize) -> bool {
    // U+2010 to U+2015 and U+2212 have three bytes in UTF-8.
    let next = if hay[at] == b'-' { at + 1 } else { at + 3 };
    before(hay, at, 1).is_ascii_digit()
        && byte(hay, next).is_ascii_digit()
        && !byte(hay, next + 1).is_ascii_digit()
}

/// Whether the four digits that end before `at`, a run of their own, may be a clearing number.
fn is_clearing(hay: &[u8], at: usize) -> bool {
    let digit = |n: usize| byte(hay, n).is_ascii_digit();
    if before(hay, at, 4) == b'0' {
        return false;
    }
    if is_named(hay, at - 4) {
        return true;
    }
    let next = match hay[at] {
        b',' if byte(hay, at + 1) == b' ' => at + 2,
        b' ' | b'-' | b',' => at + 1,
        // U+00A0 in UTF-8.
        0xC2 => at + 2,
        _ => return false,
    };
    // `8424-4,983…`: Swedbank's fifth digit.
    let fifth = hay[at] == b'-' && digit(next) && matches!(byte(hay, next + 1), b',' | b' ' | b'-');
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

fn is_letter(hay: &[u8], at: usize) -> bool {
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
        let got: Vec<_> = hits.iter().filter(|h| h.kind == kind).map(|h| h.at as usize).collect();
        assert_eq!(got, want, "{text} {kind:?}");
    }

    #[test]
    fn each_kind_is_found_at_its_place() {
        check("Anna Ek och Åsa Öd, B. Ek", HitKind::Capital, &[5, 12, 17, 22, 25]);
        check("nr 1 Ek", HitKind::Capital, &[]);
        check("a 192.0.2.17 b", HitKind::Dots, &[5]);
        check("1.2.3 10.20.30", HitKind::Dots, &[]);
        check("12:34:56", HitKind::Colons, &[]);
        check("2001:db8::17", HitKind::Colons, &[4]);
        check("::1 fe80:1:2:3:4", HitKind::Colons, &[0, 8]);
        check("x 123 45 Byn, 12345, 123456", HitKind::Postcode, &[8, 19]);
        check("SE-123 45", HitKind::Postcode, &[9]);
        check("12 123 45 6123 45", HitKind::Postcode, &[9]);
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
