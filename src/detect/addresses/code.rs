//! A postcode as written.

use std::ops::Range;

use crate::validate::postcode;

/// Countries whose postcodes have five digits too, as people write them before the code.
const FOREIGN: [&[u8]; 9] = [b"D", b"DE", b"FI", b"FIN", b"F", b"FR", b"I", b"IT", b"ES"];

/// A postcode as written.
pub(super) struct Code {
    /// Its bytes, a country's letters included.
    pub(super) range: Range<usize>,
    /// The five digits.
    pub(super) number: u32,
    /// Grouped as `123 45`.
    pub(super) spaced: bool,
    /// In use in Sweden.
    pub(super) in_use: bool,
    /// Another country's letters stand before it.
    pub(super) foreign: bool,
    /// Behind a digit and a comma: `12,22358`, unless another field ends there.
    pub(super) decimal: bool,
}

/// The postcode whose digits end at `end`, if it is in use, or a town may stand behind it.
pub(super) fn read_back(text: &[u8], end: usize) -> Option<Code> {
    let digit = |back: usize| Some(u32::from(text[end.checked_sub(back)?].wrapping_sub(b'0')));
    let (tens, ones) = (digit(2)?, digit(1)?);
    // Two bytes part the groups where the space is U+00A0.
    let gap = match text.get(end.checked_sub(3)?)? {
        b'0'..=b'9' => 0,
        0xA0 if text.get(end.checked_sub(4)?) == Some(&0xC2) => 2,
        _ => 1,
    };
    let high = digit(5 + gap)? * 100 + digit(4 + gap)? * 10 + digit(3 + gap)?;
    let number = high * 100 + tens * 10 + ones;
    let start = end - 5 - gap;
    let in_use = postcode::is_in_use(number);
    if !in_use && !text.get(end).is_some_and(|b| matches!(b, b' ' | b'\t' | b';' | b',' | b'"')) {
        return None;
    }
    let (prefix, foreign) = country(&text[..start])?;
    let range = start - prefix..end;
    (in_use || foreign || number >= 10_000).then_some(Code {
        range,
        number,
        spaced: gap > 0,
        in_use: in_use && !foreign,
        foreign,
        decimal: matches!(text[..start], [.., b'0'..=b'9', b',' | b':']),
    })
}

/// How many bytes before the digits are a country's, and whether that is another one; none if the
/// digits are part of something else.
fn country(before: &[u8]) -> Option<(usize, bool)> {
    match *before {
        [.., b'-'] => {
            let letters = &before[..before.len() - 1];
            let len = letters.iter().rev().take(4).take_while(|b| b.is_ascii_uppercase()).count();
            let word = &letters[letters.len() - len..];
            let free =
                letters[..letters.len() - len].last().is_none_or(|b| !b.is_ascii_alphanumeric());
            if matches!(word, b"S" | b"SE") && free {
                Some((len + 1, false))
            } else {
                (FOREIGN.contains(&word) && free).then_some((len + 1, true))
            }
        }
        [.., b] if b.is_ascii_alphanumeric() => None,
        [.., b'.' | b'_' | b'/' | b'+' | b'#' | b'$' | b'%' | b'=' | b'&' | b'\\'] => None,
        [.., 0xC3, 0x80..=0xBF] => None,
        _ => Some((0, false)),
    }
}
