//! Anchors: the few rare pieces of text such that every line of `rules/terms.txt` contains one.
//!
//! An anchor has four to eight bytes. Its first four, folded, are its key. The vector code looks for
//! keys by [`symbol`]s, eight buckets of keys a table; a hash table tells keys from what only looks
//! like one in all its symbols. The bytes after the key are then compared.

use std::collections::BTreeMap;

use super::anchors_table::{ANCHORS, BUCKETS, DISGUISES};

/// Sets the bit that folds letters, in four bytes at once.
pub(super) const FOLD: u32 = 0x2020_2020;
/// Buckets that one set of nibble tables tells apart, a bit each.
const TABLE_BUCKETS: usize = 8;
/// Sets of nibble tables.
pub(super) const TABLES: usize = BUCKETS / TABLE_BUCKETS;
/// What the vector code takes for all bytes that are not near the letters.
pub(super) const LAST_SYMBOL: u8 = 31;
/// Length of the longest anchor, in bytes.
pub(super) const LONGEST: usize = 8;
const ROW_BITS: u32 = 11;
const ROWS: usize = 1 << ROW_BITS;
const NO_KEY: u32 = 0;

/// For each byte of the key the buckets that each symbol may belong to, a bit a bucket:
/// for symbols 0 to 15 and for 16 to 31.
pub(super) type SymbolTable = [[[u8; 16]; 2]; 4];

/// For each byte of the key the buckets that each folded byte may belong to, a bit a bucket: for bytes
/// below 0x80 and for those above, both without bit 5.
pub(super) type SharpTable = [[[u8; 64]; 2]; 4];
/// The anchors, ready for looking up.
#[derive(Debug)]
pub(super) struct Anchors {
    /// For the vector code.
    pub(super) tables: [SymbolTable; TABLES],
    pub(super) sharp: [SharpTable; TABLES],
    /// For each byte the buckets that it fits as first (low bits), second, third and fourth byte
    /// of a key, 16 bits each, for the portable code.
    pub(super) steps: Box<[u64; 256]>,
    multiplier: u32,
    /// Two places a row, so that a multiplier is soon found.
    keys: Box<[[u32; 2]; ROWS]>,
    /// For each place in `keys` which of `anchors` start with it: from, to.
    owners: Vec<(u16, u16)>,
    anchors: Vec<Anchor>,
}

/// One anchor, made for comparing eight folded bytes at once.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    signs: &'static [u8],
    /// The bytes that stand for themselves, folded, and all bits of their places.
    letters: u64,
    places: u64,
    /// Whether some signs stand for classes of bytes.
    classes: bool,
}

impl Anchors {
    pub(super) fn new() -> Self {
        let mut owners = BTreeMap::<u32, Vec<Anchor>>::new();
        for signs in all() {
            for key in keys(signs) {
                owners.entry(key).or_default().push(Anchor::new(signs));
            }
        }
        let (multiplier, keys) = placed(&owners);
        let mut anchors = Vec::new();
        let mut append = |key: &u32| {
            let from = anchors.len() as u16;
            anchors.extend(owners.remove(key).unwrap_or_default());
            (from, anchors.len() as u16)
        };
        let owners = keys.as_flattened().iter().map(&mut append).collect();
        let (tables, sharp, steps) = (tables(), sharp_tables(), steps());
        Self { tables, sharp, steps, multiplier, keys, owners, anchors }
    }

    /// Whether some anchor starts with a folded key.
    #[inline(always)]
    pub(super) fn is_key(&self, key: u32) -> bool {
        let [first, second] = self.keys[row(self.multiplier, key)];
        (first == key) | (second == key)
    }

    /// Whether an anchor starts at the first byte of `text`, behind which NUL counts.
    pub(super) fn is_at(&self, text: &[u8]) -> bool {
        self.all_at(folded(text)).next().is_some()
    }

    /// The length of the longest anchor there, 0 without one.
    pub(super) fn longest_at(&self, text: &[u8]) -> usize {
        self.all_at(folded(text)).map(|anchor| anchor.signs.len()).max().unwrap_or(0)
    }

    /// The anchors that eight folded bytes start with.
    #[inline]
    fn all_at(&self, folded: u64) -> impl Iterator<Item = &Anchor> {
        let key = folded as u32;
        let row = row(self.multiplier, key);
        let place = self.keys[row].iter().position(|other| *other == key);
        let (from, to) = place.map_or((0, 0), |place| self.owners[2 * row + place]);
        let anchors = &self.anchors[usize::from(from)..usize::from(to)];
        anchors.iter().filter(move |anchor| anchor.fits(folded))
    }
}

/// The first eight bytes, folded, with NUL behind the end.
#[inline]
fn folded(text: &[u8]) -> u64 {
    let bytes = text.first_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; LONGEST];
        bytes[..text.len()].copy_from_slice(text);
        bytes
    });
    u64::from_le_bytes(bytes) | u64::from(FOLD) << 32 | u64::from(FOLD)
}

impl Anchor {
    fn new(signs: &'static [u8]) -> Self {
        let mut anchor = Self { signs, letters: 0, places: 0, classes: false };
        for (at, &sign) in signs.iter().enumerate() {
            if is_class(sign) {
                anchor.classes = true;
            } else {
                anchor.letters |= u64::from(sign | 0x20) << (8 * at);
                anchor.places |= 0xFF << (8 * at);
            }
        }
        anchor
    }

    /// Whether eight folded bytes start with the anchor.
    fn fits(&self, folded: u64) -> bool {
        (folded ^ self.letters) & self.places == 0
            && (!self.classes || starts_with(&folded.to_le_bytes(), self.signs))
    }
}

/// All anchors.
pub(super) fn all() -> impl Iterator<Item = &'static [u8]> {
    sharp_buckets().map(|(_, anchor)| anchor)
}

/// Anchors with their buckets in the tables of symbols.
fn in_buckets() -> impl Iterator<Item = (usize, &'static [u8])> {
    ANCHORS.iter().map(|&(anchor, bucket, _)| (usize::from(bucket), anchor))
}

/// Anchors with their buckets in the tables of bytes.
fn sharp_buckets() -> impl Iterator<Item = (usize, &'static [u8])> {
    let words = ANCHORS.iter().map(|&(anchor, _, bucket)| (anchor, bucket));
    words.chain(DISGUISES.iter().copied()).map(|(anchor, bucket)| (usize::from(bucket), anchor))
}

/// For the bytes of each key the bit of its bucket, in the tables of symbols.
fn tables() -> [SymbolTable; TABLES] {
    let mut tables = [[[[0; 16]; 2]; 4]; TABLES];
    for (bucket, anchor) in in_buckets() {
        for (place, byte) in key_bytes(anchor) {
            let symbol = usize::from(symbol(byte));
            let row = &mut tables[bucket / TABLE_BUCKETS][place];
            row[symbol / 16][symbol % 16] |= 1 << (bucket % TABLE_BUCKETS);
        }
    }
    tables
}

/// The same in the tables of bytes.
fn sharp_tables() -> [SharpTable; TABLES] {
    let mut tables = [[[[0; 64]; 2]; 4]; TABLES];
    for (bucket, anchor) in sharp_buckets() {
        for (place, byte) in key_bytes(anchor) {
            let squeezed = usize::from(byte & 0x1F | byte >> 1 & 0x60);
            let row = &mut tables[bucket / TABLE_BUCKETS][place];
            row[squeezed / 64][squeezed % 64] |= 1 << (bucket % TABLE_BUCKETS);
        }
    }
    tables
}

/// The same for the portable code.
fn steps() -> Box<[u64; 256]> {
    let mut steps = Box::new([0; 256]);
    for (bucket, anchor) in in_buckets() {
        for (place, byte) in key_bytes(anchor) {
            steps[usize::from(byte)] |= 1 << (16 * place + bucket);
        }
    }
    steps
}

/// The bytes that the key of an anchor may have at each of its places.
fn key_bytes(anchor: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let places = anchor.iter().take(4).enumerate();
    places.flat_map(|(place, &sign)| {
        (0..=u8::MAX).filter(move |&byte| stands_for(sign, byte)).map(move |byte| (place, byte))
    })
}

/// The symbol of a byte: its own for each letter, 31 for all that is not near the letters.
fn symbol(byte: u8) -> u8 {
    ((byte | 0x20) ^ 0x60).min(LAST_SYMBOL)
}

/// Tries multipliers until no row has to hold more than two keys; about one in ten will do.
fn placed(owners: &BTreeMap<u32, Vec<Anchor>>) -> (u32, Box<[[u32; 2]; ROWS]>) {
    (0..u32::MAX)
        .map(|i| 0x9E37_79B1_u32.wrapping_mul(2 * i + 1))
        .find_map(|multiplier| Some((multiplier, rows(multiplier, owners.keys())?)))
        .expect("a few hundred keys fit into two thousand rows of two")
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

fn is_class(sign: u8) -> bool {
    matches!(sign, b' ' | b'_' | b'?')
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
