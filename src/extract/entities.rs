//! Character references of XML and HTML: `&amp;`, `&aring;`, `&#229;`, `&#xE5;`.
//!
//! Only the names of the standard are known: what a document defines itself is never expanded, so
//! that no definition can blow up.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The longest name of the table is 31 characters; `&` and `;` are two more.
const LONGEST: usize = 33;

/// A reference that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Its bytes, from `&` on.
    pub(super) len: usize,
    /// What it stands for.
    pub(super) text: Text,
}

/// One or two characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text {
    bytes: [u8; 8],
    len: u8,
}

impl Text {
    pub(super) fn new(chars: impl IntoIterator<Item = char>) -> Text {
        let mut text = Text { bytes: [0; 8], len: 0 };
        for c in chars.into_iter().take(2) {
            text.len += u8::try_from(c.encode_utf8(&mut text.bytes[usize::from(text.len)..]).len())
                .expect("a character has at most four bytes");
        }
        text
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).expect("made of characters")
    }
}

struct Named {
    text: Text,
    /// The semicolon may be left out.
    bare: bool,
}

static NAMES: LazyLock<HashMap<&'static [u8], Named>> = LazyLock::new(|| {
    include_str!("../../rules/data/html-entities.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split(' ');
            let name = words.next()?;
            let bare = line.ends_with(" -");
            let code = |word| u32::from_str_radix(word, 16).ok().and_then(char::from_u32);
            Some((name.as_bytes(), Named { text: Text::new(words.filter_map(code)), bare }))
        })
        .collect()
});

/// The reference that `text` begins with, if it is one.
pub(super) fn reference(text: &[u8]) -> Option<Reference> {
    let near = &text[..text.len().min(LONGEST)];
    match near {
        [b'&', b'#', b'x' | b'X', digits @ ..] => numeric(digits, 16, 3),
        [b'&', b'#', digits @ ..] => numeric(digits, 10, 2),
        [b'&', name @ ..] => common(name).or_else(|| named(name)),
        _ => None,
    }
}

/// The few that make up most of what there is.
fn common(name: &[u8]) -> Option<Reference> {
    let (len, c) = match name {
        [b'a', b'm', b'p', b';', ..] => (5, '&'),
        [b'l', b't', b';', ..] => (4, '<'),
        [b'g', b't', b';', ..] => (4, '>'),
        [b'q', b'u', b'o', b't', b';', ..] => (6, '"'),
        [b'a', b'p', b'o', b's', b';', ..] => (6, '\''),
        [b'n', b'b', b's', b'p', b';', ..] => (6, '\u{A0}'),
        _ => return None,
    };
    Some(Reference { len, text: Text::new([c]) })
}

fn named(name: &[u8]) -> Option<Reference> {
    let end = name.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(name.len());
    let known = NAMES.get(&name[..end])?;
    match name.get(end) {
        Some(b';') => Some(Reference { len: end + 2, text: known.text }),
        // In a link, `&copy=1` is a parameter.
        Some(b'=') => None,
        _ if known.bare => Some(Reference { len: end + 1, text: known.text }),
        _ => None,
    }
}

fn numeric(digits: &[u8], radix: u32, before: usize) -> Option<Reference> {
    let end = digits.iter().position(|&b| !char::from(b).is_digit(radix)).unwrap_or(digits.len());
    let number = std::str::from_utf8(&digits[..end]).ok()?;
    let c = char_of(u32::from_str_radix(number, radix).ok()?)?;
    let semicolon = usize::from(digits.get(end) == Some(&b';'));
    Some(Reference { len: before + end + semicolon, text: Text::new([c]) })
}

/// HTML reads the numbers of C1 controls as Windows-1252, for that is what was meant.
fn char_of(code: u32) -> Option<char> {
    match u8::try_from(code) {
        Ok(0) => None,
        Ok(byte @ 0x80..=0x9F) => {
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next()
        }
        _ => char::from_u32(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(usize, &str)>) {
        let got = reference(text.as_bytes());
        assert_eq!(got.as_ref().map(|r| (r.len, r.text.as_str())), want, "{text}");
    }

    #[test]
    fn references() {
        check("&amp;x", Some((5, "&")));
        check("&aring;", Some((7, "å")));
        check("&Ouml;rn", Some((6, "Ö")));
        check("&aring n", Some((6, "å")));
        check("&commat;", Some((8, "@")));
        check("&commat x", None);
        check("&copy=1", None);
        check("&NotEqualTilde;", Some((15, "\u{2242}\u{338}")));
        check("&CounterClockwiseContourIntegral;", Some((33, "∳")));
        check("&#229;", Some((6, "å")));
        check("&#xE5;", Some((6, "å")));
        check("&#64x", Some((4, "@")));
        check("&#150;", Some((6, "–")));
        check("&#0;", None);
        check("&#xD800;", None);
        check("&#99999999999999999999;", None);
        check("&#;", None);
        check("&", None);
        check("& b", None);
        check("&lol9;", None);
        assert_eq!(NAMES.len(), 2125);
    }
}
