//! Anchors: the few rare pieces of text such that every line of `rules/terms.txt` contains one.
//!
//! An anchor has four to eight bytes. Its first four, folded, are its key. The vector code looks for
//! keys by [`symbol`]s, eight buckets of keys a table; a hash table tells keys from what only looks
//! like one in all its symbols. The bytes after the key are then compared.

use std::collections::BTreeMap;

use super::anchors_table::{BUCKETS, DISGUISES};

/// Sets the bit that folds letters, in four bytes at once.
pub(super) const FOLD: u32 = 0x2020_2020;
/// Buckets that one set of nibble tables tells apart, a bit each.
const TABLE_BUCKETS: usize = 8;
/// Sets of nibble tables.
pub(super) const TABLES: usize = BUCKETS.len() / TABLE_BUCKETS;
/// How many kinds of bytes the vector code tells apart.
pub(super) const SYMBOLS: u8 = 32;
/// Length of the longest anchor, in bytes.
pub(super) const LONGEST: usize = 8;
const ROW_BITS: u32 = 11;
const ROWS: usize = 1 << ROW_BITS;
const NO_KEY: u32 = 0;

/// For each byte of the key the buckets that each symbol may belong to, a bit a bucket.
pub(super) type SymbolTable = [[u8; SYMBOLS as usize]; 4];

/// The anchors, ready for looking up.
#[derive(Debug)]
pub(super) struct Anchors {
    /// For the vector code.
    pub(super) tables: [SymbolTable; TABLES],
    multiplier: u32,
    /// Two places a row, so that a multiplier is soon found.
    keys: Box<[[u32; 2]; ROWS]>,
    /// For each place in `keys` the anchors that start with it.
    owners: Vec<Vec<&'static [u8]>>,
}

impl Anchors {
    pub(super) fn new() -> Self {
        let mut tables = [[[0; SYMBOLS as usize]; 4]; TABLES];
        for (bucket, anchor) in in_buckets() {
            admit(&mut tables[bucket / TABLE_BUCKETS], anchor, 1 << (bucket % TABLE_BUCKETS));
        }
        let mut owners = BTreeMap::<u32, Vec<&'static [u8]>>::new();
        for anchor in all() {
            for key in keys(anchor) {
                owners.entry(key).or_default().push(anchor);
            }
        }
        Self::place(tables, owners)
    }

    /// Tries multipliers until no row has to hold more than two keys; about one in ten will do.
    fn place(tables: [SymbolTable; TABLES], mut owners: BTreeMap<u32, Vec<&'static [u8]>>) -> Self {
        let (multiplier, keys) = (0..u32::MAX)
            .map(|i| 0x9E37_79B1_u32.wrapping_mul(2 * i + 1))
            .find_map(|multiplier| Some((multiplier, rows(multiplier, owners.keys())?)))
            .expect("a few hundred keys fit into two thousand rows of two");
        let places = keys.as_flattened().iter();
        let owners = places.map(|key| owners.remove(key).unwrap_or_default()).collect();
        Self { tables, multiplier, keys, owners }
    }

    /// The place of a folded key in the table, if some anchor starts with it.
    #[inline]
    pub(super) fn slot(&self, key: u32) -> Option<usize> {
        let row = row(self.multiplier, key);
        let [first, second] = self.keys[row];
        if first == key {
            Some(2 * row)
        } else if second == key {
            Some(2 * row + 1)
        } else {
            None
        }
    }

    /// Whether `text` starts with an anchor, its key having been found at `slot`.
    pub(super) fn confirm(&self, slot: usize, text: &[u8]) -> bool {
        self.owners[slot].iter().any(|anchor| starts_with(text, anchor))
    }
}

/// All anchors.
pub(super) fn all() -> impl Iterator<Item = &'static [u8]> {
    in_buckets().map(|(_, anchor)| anchor).chain(DISGUISES.iter().copied())
}

fn in_buckets() -> impl Iterator<Item = (usize, &'static [u8])> {
    let buckets = BUCKETS.iter().enumerate();
    buckets.flat_map(|(bucket, anchors)| anchors.iter().map(move |anchor| (bucket, *anchor)))
}

/// Lets the key of `anchor` into the bucket of `bit`.
fn admit(table: &mut SymbolTable, anchor: &[u8], bit: u8) {
    for (row, &sign) in table.iter_mut().zip(anchor) {
        for byte in (0..=u8::MAX).filter(|&byte| stands_for(sign, byte)) {
            row[usize::from(symbol(byte))] |= bit;
        }
    }
}

/// The symbol of a byte: its own for each letter, 31 for all that is not near the letters.
fn symbol(byte: u8) -> u8 {
    ((byte | 0x20) ^ 0x60).min(SYMBOLS - 1)
}

/// The table with all keys in their rows, unless a row overflows.
fn rows<'a>(multiplier: u32, keys: impl Iterator<Item = &'a u32>) -> Option<Box<[[u32; 2]; ROWS]>> {
    let mut rows = Box::new([[NO_KEY; 2]; ROWS]);
    for &key in keys {
        let places = &mut rows[row(multiplier, key)];
        *places.iter_mut().find(|place| **place == NO_KEY)? = key;
    }
    Some(rows)
}

fn row(multiplier: u32, key: u32) -> usize {
    (key.wrapping_mul(multiplier) >> (u32::BITS - ROW_BITS)) as usize
}

/// All folded keys of an anchor.
fn keys(anchor: &[u8]) -> Vec<u32> {
    anchor.iter().take(4).enumerate().fold(vec![0], |keys, (at, &sign)| {
        let bytes = (0..=u8::MAX).filter(|&byte| byte & 0x20 != 0 && stands_for(sign, byte));
        let shifted: Vec<u32> = bytes.map(|byte| u32::from(byte) << (8 * at)).collect();
        keys.iter().flat_map(|key| shifted.iter().map(move |byte| key | byte)).collect()
    })
}

/// Whether `text`, with NUL behind its end, starts with `anchor`.
pub(super) fn starts_with(text: &[u8], anchor: &[u8]) -> bool {
    anchor.iter().enumerate().all(|(at, &sign)| {
        let byte = text.get(at).copied().unwrap_or(0);
        stands_for(sign, byte)
    })
}

/// Whether a byte of an anchor stands for `byte`: one of the classes that `rules/terms.txt`
/// explains, or the same byte but for its fold.
fn stands_for(sign: u8, byte: u8) -> bool {
    let folded = byte | 0x20;
    match sign {
        b' ' => matches!(folded, b' ' | 0x29 | 0x2A | 0x2D),
        b'_' => !folded.is_ascii_alphanumeric() && (folded < 0x80 || folded == 0xE2),
        b'?' => folded == b' ' || folded.is_ascii_alphanumeric() || is_letter_byte(folded),
        sign => sign | 0x20 == folded,
    }
}

/// Whether a folded byte above ASCII starts or is å, ä or ö.
fn is_letter_byte(folded: u8) -> bool {
    matches!(folded, 0xE3 | 0xE4 | 0xE5 | 0xF6)
}
