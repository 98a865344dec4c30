//! Folding of words for lookup: lower case, and the letters of the Nordic languages without their marks.
//! The build script folds the word lists with the same code, so that both sides agree.

/// The longest folded word (or phrase) that is looked up, in bytes; nothing in the lists is longer.
pub(crate) const CAPACITY: usize = 48;

/// A folded word or phrase, on the stack.
pub(crate) struct Folded {
    bytes: [u8; CAPACITY],
    len: usize,
    marked: bool,
    overflow: bool,
}

impl Folded {
    /// An empty key.
    pub(crate) const fn new() -> Folded {
        Folded { bytes: [0; CAPACITY], len: 0, marked: false, overflow: false }
    }

    /// The folded bytes; empty where the word was too long to be in any list.
    pub(crate) fn key(&self) -> &[u8] {
        if self.overflow { &[] } else { &self.bytes[..self.len] }
    }

    /// Was any letter written with a mark? `öst` is, and is therefore not the cheese `ost`.
    pub(crate) const fn marked(&self) -> bool {
        self.marked
    }

    /// Appends a word, after a space if there is one already.
    pub(crate) fn push_word(&mut self, word: &str) {
        if self.len > 0 {
            self.push(b' ');
        }
        if word.is_ascii() {
            self.push_ascii(word.as_bytes());
        } else {
            word.chars().for_each(|c| self.push_char(c));
        }
    }

    fn push_ascii(&mut self, word: &[u8]) {
        let Some(room) = self.bytes.get_mut(self.len..self.len + word.len()) else {
            self.overflow = true;
            return;
        };
        room.copy_from_slice(word);
        room.make_ascii_lowercase();
        self.len += word.len();
    }

    fn push(&mut self, byte: u8) {
        if self.len == CAPACITY {
            self.overflow = true;
            return;
        }
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    fn push_char(&mut self, c: char) {
        if c.is_ascii() {
            return self.push(c.to_ascii_lowercase() as u8);
        }
        match plain(c) {
            Some('\0') => self.marked = true,
            Some('\'') => self.push(b'\''),
            Some(letter) => {
                self.marked = true;
                self.push(letter as u8);
            }
            None => c.to_lowercase().for_each(|l| {
                let mut buffer = [0; 4];
                l.encode_utf8(&mut buffer).bytes().for_each(|b| self.push(b));
            }),
        }
    }
}

/// The letter without its mark; NUL for a mark that stands alone (decomposed text).
fn plain(c: char) -> Option<char> {
    Some(match c {
        'å' | 'ä' | 'æ' | 'à' | 'á' | 'â' | 'Å' | 'Ä' | 'Æ' | 'À' | 'Á' | 'Â' => 'a',
        'ö' | 'ø' | 'ó' | 'ò' | 'ô' | 'Ö' | 'Ø' | 'Ó' | 'Ò' | 'Ô' => 'o',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'ü' | 'ú' | 'ù' | 'Ü' | 'Ú' | 'Ù' => 'u',
        'í' | 'ì' | 'ï' | 'Í' | 'Ì' | 'Ï' => 'i',
        '\u{2019}' | '\u{2bc}' | '´' => '\'',
        '\u{300}'..='\u{36f}' => '\0',
        _ => return None,
    })
}

/// Spreads the keys over the slots of the word table: eight bytes at a time, in the manner of FNV-1a.
pub(crate) fn hash(key: &[u8]) -> u32 {
    let (words, rest) = key.as_chunks::<8>();
    let last = rest.iter().fold(key.len() as u64, |last, &byte| last << 8 | u64::from(byte));
    let words = words.iter().map(|word| u64::from_le_bytes(*word)).chain([last]);
    let mixed = words.fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| {
        let product = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        product ^ product >> 29
    });
    (mixed >> 32) as u32
}

/// Is this character part of a word?
pub(crate) fn in_word(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

/// Does this character hold two parts of one word together (`can't`)?
pub(crate) const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
}
