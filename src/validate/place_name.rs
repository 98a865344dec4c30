//! Folded names of places, to be looked up: lower case, without marks.

/// Longest name that is folded, in letters.
const LONGEST: usize = 40;

/// A name as it is looked up: `a` to `z`, and spaces for all else.
#[derive(Clone, Copy, Debug)]
pub struct PlaceName {
    bytes: [u8; LONGEST],
    len: usize,
}

impl PlaceName {
    /// Folds a name in UTF-8 or Windows-1252; none if it is longer than names of places are.
    #[must_use]
    pub fn fold(name: &[u8]) -> Option<PlaceName> {
        let mut folded = PlaceName { bytes: [0; LONGEST], len: 0 };
        let mut at = 0;
        while at < name.len() {
            let (letter, len) = first(&name[at..]);
            *folded.bytes.get_mut(folded.len)? = letter;
            folded.len += 1;
            at += len;
        }
        Some(folded)
    }

    /// The folded name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The letter at the start of a text, folded, and its length as stored.
fn first(text: &[u8]) -> (u8, usize) {
    match *text {
        [b, ..] if b.is_ascii_alphabetic() => (b | 0x20, 1),
        [0xC3, b, ..] if b & 0xC0 == 0x80 => (latin(b | 0x60), 2),
        // Other characters of UTF-8: letters of two bytes, dashes and quotes of three.
        [0xC4..=0xDF, b, ..] if b & 0xC0 == 0x80 => (b'x', 2),
        [0xC2, b, ..] if b & 0xC0 == 0x80 => (b' ', 2),
        [0xE2, b, c, ..] if b & 0xC0 == 0x80 && c & 0xC0 == 0x80 => (b' ', 3),
        [b @ 0xC0..=0xFF, ..] => (latin(b | 0x20), 1),
        // The second half of a decomposed letter adds nothing.
        _ => (b' ', 1),
    }
}

/// The base of a letter of Latin-1's upper half, given in lower case.
const fn latin(lower: u8) -> u8 {
    match lower {
        0xE0..=0xE6 => b'a',
        0xE8..=0xEB => b'e',
        0xF2..=0xF6 | 0xF8 => b'o',
        0xF9..=0xFC => b'u',
        _ => b' ',
    }
}

/// How long the letter at the start of a text is as stored; none if there is no letter.
#[must_use]
pub fn letter(text: &[u8]) -> Option<usize> {
    let (folded, len) = first(text);
    (folded != b' ').then_some(len)
}

/// Does the word begin with a capital letter?
#[must_use]
pub fn is_capitalised(word: &[u8]) -> bool {
    match *word {
        [b'A'..=b'Z', ..] => true,
        [0xC3, b, ..] if b & 0xC0 == 0x80 => matches!(b, 0x80..=0x9E),
        [0xC0..=0xDE, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_fold_alike() {
        for (name, want) in
            [("ÖREBRO", "orebro"), ("Härnösand", "harnosand"), ("Malmö-Sturup", "malmo sturup")]
        {
            let latin: Vec<u8> = name.chars().map(|c| c as u8).collect();
            for stored in [name.as_bytes(), &latin] {
                assert_eq!(PlaceName::fold(stored).unwrap().as_bytes(), want.as_bytes(), "{name}");
                assert!(is_capitalised(stored));
            }
        }
        assert!(!is_capitalised("öre".as_bytes()));
        assert!(PlaceName::fold(&[b'a'; 41]).is_none());
    }
}
