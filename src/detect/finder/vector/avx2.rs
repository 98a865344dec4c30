//! The sweep for AVX2, and the masks of one block.

use std::arch::x86_64::*;

use super::super::Signs;
use super::super::anchors::{Anchors, LAST_SYMBOL, SymbolTable, TABLES};
use super::extra::Extra;
use super::words::Letters;
use super::{BLOCK, Chunk, SUSPECTS, WINDOW};

/// Sweeps over blocks, see [`super::Level::sweep`].
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn sweep(anchors: &Anchors, text: &[u8], terms: bool, chunk: &mut Chunk) {
    let tables = TermTables::load(anchors);
    let mut swept = chunk.swept;
    let first = swept.blocks;
    while swept.blocks < chunk.blocks && swept.suspects <= SUSPECTS - BLOCK {
        let block = swept.blocks;
        let Some(window) = text[(block - first) * BLOCK..].first_chunk() else { break };
        let pair = Pair::load(block_of(window));
        let digits = pair.digits();
        chunk.digits[block + 1] = digits;
        swept.note(digits, pair.equal(b'+') | pair.equal(b'@'));
        if terms {
            let free = &mut chunk.suspects[swept.suspects..];
            swept.suspects += suspect(free, block, tables.candidates(window));
        }
    }
    chunk.swept = swept;
}

/// Writes down the places in a block's mask, and says how many. Most blocks have two at most, and to
/// write all of them costs less than to predict how many there are.
#[inline(always)]
fn suspect(free: &mut [u16], block: usize, mut mask: u64) -> usize {
    let count = mask.count_ones() as usize;
    let mut next = || {
        let place = (block * BLOCK) as u16 + mask.trailing_zeros() as u16;
        mask &= mask.wrapping_sub(1);
        place
    };
    let (first, others) = free.split_at_mut(2);
    first.fill_with(&mut next);
    if count > first.len() {
        others[..count - first.len()].fill_with(next);
    }
    count
}

/// Goes through the letters of blocks, see [`Extra::sweep`].
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn sweep_letters(text: &[u8], blocks: usize, extra: &mut Extra) {
    extra.read(text, blocks, |window| letters(window));
}

/// Where a block has letters and what stands between words.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn letters(window: &[u8; WINDOW]) -> Letters {
    let pair = Pair::load(block_of(window));
    let next = [load(window, 1), load(window, 1 + BLOCK / 2)];
    let latin = Pair([latin_capitals(pair.0[0], next[0]), latin_capitals(pair.0[1], next[1])]);
    let joints = twice(b"\x01\0\0\0\0\0\0'\0\0\0\0\0-.\0");
    let edges = twice(b" \0\0\0\0\0\0\0\0\t\0\0|\0\0\0");
    let is_of = |table, half| _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, half), half);
    let ascii = pair.mask(|half| in_range(_mm256_or_si256(half, splat(0x20)), b'a', 25));
    Letters {
        capitals: pair.capitals() | latin.mask(|half| half),
        foreign: pair.mask(|half| in_range(half, 0xC4, 0xE1 - 0xC4)),
        words: ascii | pair.mask(|half| _mm256_or_si256(half, is_of(joints, half))),
        ascii,
        spaces: pair.equal(b' '),
        edges: pair.mask(|half| is_of(edges, half)),
        dots: pair.equal(b'.'),
        commas: pair.equal(b','),
        colons: pair.equal(b':'),
    }
}

/// Capital letters of Latin-1, as such and in UTF-8: `bytes` with what stands right behind each.
#[target_feature(enable = "avx2")]
#[inline]
fn latin_capitals(bytes: __m256i, next: __m256i) -> __m256i {
    // As signed numbers, bytes from 80 to BF come before all others.
    let goes_on = _mm256_cmpgt_epi8(splat(0xC0), next);
    let alone = _mm256_andnot_si256(goes_on, in_range(bytes, 0xC0, 0xDE - 0xC0));
    let capital = _mm256_cmpgt_epi8(splat(0x9F), next);
    let two = _mm256_and_si256(capital, _mm256_cmpeq_epi8(bytes, splat(0xC3)));
    _mm256_or_si256(alone, two)
}

/// What two times 32 bytes are, see [`super::super::Finder::signs`].
#[target_feature(enable = "avx2")]
pub(super) fn signs(bytes: [&[u8; 32]; 2]) -> [Signs; 2] {
    bytes.map(|bytes| {
        let bytes = load(bytes, 0);
        let folded = _mm256_or_si256(bytes, splat(0x20));
        let letters = _mm256_or_si256(in_range(folded, b'a', 25), in_range(bytes, b'0', 9));
        let bits = |test: __m256i| _mm256_movemask_epi8(test) as u32;
        let equal = |byte: u8| bits(_mm256_cmpeq_epi8(bytes, splat(byte)));
        Signs {
            letters: bits(letters),
            hyphens: equal(b'-'),
            dots: equal(b'.'),
            underscores: equal(b'_'),
        }
    })
}

/// The block that a window begins with.
fn block_of(window: &[u8; WINDOW]) -> &[u8; BLOCK] {
    window.first_chunk().expect("a window is longer than its block")
}

/// The 64 bytes of one block.
pub(super) struct Pair([__m256i; 2]);

impl Pair {
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn load(bytes: &[u8; BLOCK]) -> Self {
        Self([load(bytes, 0), load(bytes, BLOCK / 2)])
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn equal(&self, byte: u8) -> u64 {
        self.mask(|half| _mm256_cmpeq_epi8(half, splat(byte)))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn digits(&self) -> u64 {
        self.mask(|half| in_range(half, b'0', 9))
    }

    /// Capital letters of ASCII.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn capitals(&self) -> u64 {
        self.mask(|half| in_range(half, b'A', 25))
    }

    /// The letters of hexadecimal numbers.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn hex_letters(&self) -> u64 {
        self.mask(|half| in_range(_mm256_or_si256(half, splat(0x20)), b'a', 5))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn month_digits(&self) -> u64 {
        self.mask(|half| _mm256_cmpeq_epi8(_mm256_and_si256(half, splat(0xFE)), splat(b'0')))
    }

    /// What joins the parts of dates, times and decimal numbers: `-`, `.` and `:`.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn points(&self) -> u64 {
        self.mask(|half| {
            let colon = _mm256_cmpeq_epi8(half, splat(b':'));
            _mm256_or_si256(in_range(half, b'-', 1), colon)
        })
    }

    /// What may part the groups of a phone number or the halves of a personal number, but for line
    /// breaks, see [`super::super::plain::is_phone_window`] and [`super::super::plain::is_separated`].
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn separators(&self) -> u64 {
        // Each separator at the place of its low four bits; 0 at the other places is no byte that
        // has these low bits.
        let table = twice(b" \0\0\0\0\0\0\0\0)\0+\0-./");
        self.mask(|half| {
            let known = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, half), half);
            _mm256_or_si256(known, half)
        })
    }

    /// One bit a byte, the highest of what a test makes of it.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn mask(&self, test: impl Fn(__m256i) -> __m256i) -> u64 {
        let [low, high] = [test(self.0[0]), test(self.0[1])];
        let [low, high] = [_mm256_movemask_epi8(low), _mm256_movemask_epi8(high)];
        u64::from(high as u32) << 32 | u64::from(low as u32)
    }
}

/// The tables of the anchors' symbols: for symbols 0 to 15 and for 16 to 31.
struct TermTables([[[__m256i; 2]; 4]; TABLES]);

impl TermTables {
    #[target_feature(enable = "avx2")]
    #[inline]
    fn load(anchors: &Anchors) -> Self {
        let load = |[low, high]: [[u8; 16]; 2]| [twice(&low), twice(&high)];
        Self(anchors.tables.map(|table: SymbolTable| table.map(load)))
    }

    /// One bit for each byte of the block where an anchor may start.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn candidates(&self, window: &[u8; WINDOW]) -> u64 {
        let mut buckets = [[splat(0xFF); 2]; TABLES];
        for place in 0..4 {
            let halves = [place, place + BLOCK / 2].map(|at| symbols(load(window, at)));
            for (buckets, table) in buckets.iter_mut().zip(&self.0) {
                for (bucket, [low, high]) in buckets.iter_mut().zip(halves) {
                    let lower = _mm256_shuffle_epi8(table[place][0], low);
                    let upper = _mm256_shuffle_epi8(table[place][1], high);
                    *bucket = _mm256_and_si256(*bucket, _mm256_or_si256(lower, upper));
                }
            }
        }
        let Pair([low, high]) = Pair::load(block_of(window));
        let mut any = [leads(low), leads(high)];
        for bucket in buckets {
            any = [_mm256_or_si256(any[0], bucket[0]), _mm256_or_si256(any[1], bucket[1])];
        }
        !Pair(any).equal(0)
    }
}

/// The symbols of 32 bytes twice, so that a shuffle by the first yields nothing for symbols above 15
/// and a shuffle by the second nothing for those below 16: a shuffle yields zero where the highest
/// bit of its index is set, and looks at the low four bits otherwise.
#[target_feature(enable = "avx2")]
#[inline]
fn symbols(bytes: __m256i) -> [__m256i; 2] {
    let near_letters = _mm256_xor_si256(_mm256_or_si256(bytes, splat(0x20)), splat(0x60));
    let symbols = _mm256_min_epu8(near_letters, splat(LAST_SYMBOL));
    [_mm256_add_epi8(symbols, splat(0x70)), _mm256_sub_epi8(symbols, splat(0x10))]
}

/// The bytes that a disguised at sign starts with, and the apostrophe between them.
#[target_feature(enable = "avx2")]
#[inline]
fn leads(bytes: __m256i) -> __m256i {
    let fullwidth = _mm256_cmpeq_epi8(bytes, splat(0xEF));
    _mm256_or_si256(in_range(bytes, b'%', 3), fullwidth)
}

/// All bits of the bytes from `first` to `first + more`.
#[target_feature(enable = "avx2")]
#[inline]
fn in_range(bytes: __m256i, first: u8, more: u8) -> __m256i {
    let above = _mm256_sub_epi8(bytes, splat(first));
    _mm256_cmpeq_epi8(_mm256_min_epu8(above, splat(more)), above)
}

#[target_feature(enable = "avx2")]
#[inline]
fn splat(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte as i8)
}

/// 16 bytes of a table in both halves.
#[target_feature(enable = "avx2")]
#[inline]
fn twice(row: &[u8; 16]) -> __m256i {
    let number = i128::from_le_bytes(*row);
    let (low, high) = (number as i64, (number >> 64) as i64);
    _mm256_setr_epi64x(low, high, low, high)
}

#[target_feature(enable = "avx2")]
#[inline]
fn load<const N: usize>(bytes: &[u8; N], at: usize) -> __m256i {
    let bytes: &[u8] = &bytes[at..at + 32];
    // SAFETY: the slice has 32 bytes, and this load asks for no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}
