//! Text strings (ISO 32000-2, 7.9.2.2): UTF-16 or UTF-8 with a mark, PDFDocEncoding without.

use hayro_syntax::object::{Dict, String as PdfString};

/// What PDFDocEncoding has from 0x18 (ISO 32000-2, annex D.2, table D.2).
const FROM_18: [char; 8] =
    ['\u{2D8}', '\u{2C7}', '\u{2C6}', '\u{2D9}', '\u{2DD}', '\u{2DB}', '\u{2DA}', '\u{2DC}'];

/// What it has from 0x80; 0x9F is undefined.
const FROM_80: [char; 33] = [
    '\u{2022}', '\u{2020}', '\u{2021}', '\u{2026}', '\u{2014}', '\u{2013}', '\u{192}', '\u{2044}',
    '\u{2039}', '\u{203A}', '\u{2212}', '\u{2030}', '\u{201E}', '\u{201C}', '\u{201D}', '\u{2018}',
    '\u{2019}', '\u{201A}', '\u{2122}', '\u{FB01}', '\u{FB02}', '\u{141}', '\u{152}', '\u{160}',
    '\u{178}', '\u{17D}', '\u{131}', '\u{142}', '\u{153}', '\u{161}', '\u{17E}', '\u{FFFD}',
    '\u{20AC}',
];

/// The text of a string; line ends as LF.
pub(super) fn decode(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        // Not allowed, and common.
        [0xFF, 0xFE, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Not allowed either: UTF-8 without its mark, which nothing else looks like by chance.
        _ if !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        _ => bytes.iter().map(|&byte| letter(byte)).collect(),
    };
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    without_languages(text)
}

/// Leaves out the codes of languages, which stand between two escapes.
fn without_languages(text: impl Iterator<Item = char>) -> String {
    let mut inside = false;
    let kept = text.filter(|&c| {
        inside ^= c == '\u{1B}';
        !inside && c != '\u{1B}'
    });
    kept.collect()
}

fn letter(byte: u8) -> char {
    match byte {
        0x18..=0x1F => FROM_18[usize::from(byte - 0x18)],
        0x80..=0xA0 => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// The text under a key, white space around it trimmed; nothing where there is none.
pub(in crate::extract::pdf) fn text(dict: &Dict<'_>, key: &[u8]) -> Option<String> {
    let text = decode(dict.get::<PdfString<'_>>(key)?.as_bytes());
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_in_every_encoding() {
        let check = |bytes: &[u8], want: &str| assert_eq!(decode(bytes), want, "{bytes:?}");
        check(b"\xC5sa \xD6berg \xA0 \x84", "Åsa Öberg € —");
        check(b"\xFE\xFF\x00\xC5\x00s\x00a", "Åsa");
        check(b"\xFF\xFE\xC5\x00s\x00a\x00", "Åsa");
        check(b"\xEF\xBB\xBF\xC3\x85sa", "Åsa");
        check("Åsa".as_bytes(), "Åsa");
        check(b"a\rb\r\nc", "a\nb\nc");
        check(b"\xFE\xFF\x00\x1B\x00s\x00v\x00\x1B\x00a", "a");
        check(b"\xFE\xFF\xD8\x00\x00a\x00", "\u{FFFD}a");
    }
}
