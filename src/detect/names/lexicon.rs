//! The lists of names and of the words around them, as a table made at build time, and the look-up.

use std::ops::BitOr;

use super::hash::{CAPACITY, hash};
use super::letters;

/// The classes of a word, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes(u16);

impl Classes {
    /// All of these together.
    pub(super) const fn of(all: &[Classes]) -> Classes {
        let (mut bits, mut n) = (0, 0);
        while n < all.len() {
            bits |= all[n].0;
            n += 1;
        }
        Classes(bits)
    }

    /// Is any of the other's classes among these?
    pub(super) const fn any(self, other: Classes) -> bool {
        self.0 & other.0 != 0
    }

    /// Is the word in no list?
    pub(super) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Classes {
    type Output = Classes;
    fn bitor(self, other: Classes) -> Classes {
        Classes(self.0 | other.0)
    }
}

/// The classes themselves, and the table.
pub(super) mod class {
    use super::Classes;
    include!(concat!(env!("OUT_DIR"), "/names.rs"));

    /// The classes of a key; none if it is in no list.
    pub(super) fn find(key: &[u8], hash: u32) -> Classes {
        let hash = hash as usize;
        if FILTER[hash >> 6 & 1023] & 1 << (hash & 63) == 0 {
            return Classes::default();
        }
        let mask = SLOTS.len() - 1;
        let mut slot = hash & mask;
        while SLOTS[slot] != 0 {
            let n = usize::from(SLOTS[slot]) - 1;
            let (start, end) = (STARTS[n] as usize, STARTS[n + 1] as usize);
            if &KEYS.as_bytes()[start..end] == key {
                return Classes(FLAGS[n]);
            }
            slot = (slot + 1) & mask;
        }
        Classes::default()
    }
}

/// A word in lower case, on the stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Key {
    /// The key of a word as stored; empty if it is longer than any in the lists.
    pub(super) fn new(word: &[u8]) -> Key {
        let mut key = Key { bytes: [0; CAPACITY], len: 0 };
        let mut at = 0;
        while at < word.len() {
            let (c, len) = letters::char_at(word, at);
            let mut utf8 = [0; 4];
            let lower = letters::lower(c).encode_utf8(&mut utf8).as_bytes();
            let end = key.len + lower.len();
            if end > CAPACITY {
                return Key { len: 0, ..key };
            }
            key.bytes[key.len..end].copy_from_slice(lower);
            key.len = end;
            at += len;
        }
        key
    }

    /// Its bytes: UTF-8.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Its classes.
    pub(super) fn classes(&self) -> Classes {
        classes_of(self.as_bytes())
    }
}

/// The classes of a key.
pub(super) fn classes_of(key: &[u8]) -> Classes {
    if key.is_empty() { Classes::default() } else { class::find(key, hash(key)) }
}
