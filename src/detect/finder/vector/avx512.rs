//! The sweep for AVX-512 with VBMI: a table has room for every byte, so that only what has the
//! letters of an anchor is taken for one.

use std::arch::x86_64::*;

use super::super::anchors::{Anchors, SharpTable, TABLES};
use super::extra::Extra;
use super::words::Letters;
use super::{BLOCK, Chunk, SUSPECTS, WINDOW};

/// Takes bit 5 out of every byte, which folds it, and moves the two above down: each row says from
/// which bit one of the result comes, the lowest bit's row last.
const SQUEEZE: i64 = 0x0102_0408_1040_8000;

/// Sweeps over blocks, see [`super::Level::sweep`].
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,gfni,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn sweep(anchors: &Anchors, text: &[u8], terms: bool, chunk: &mut Chunk) {
    let tables = Tables::load(anchors);
    let mut swept = chunk.swept;
    let first = swept.blocks;
    while swept.blocks < chunk.blocks && swept.suspects <= SUSPECTS - BLOCK {
        let block = swept.blocks;
        let Some(window) = text[(block - first) * BLOCK..].first_chunk() else { break };
        let bytes = load(window, 0);
        let digits = _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, splat(b'0')), splat(9));
        let signs =
            _mm512_cmpeq_epi8_mask(bytes, splat(b'+')) | _mm512_cmpeq_epi8_mask(bytes, splat(b'@'));
        chunk.digits[block + 1] = digits;
        swept.note(digits, signs);
        if terms {
            let free = &mut chunk.suspects[swept.suspects..];
            swept.suspects += suspect(free, block, tables.candidates(window));
        }
    }
    chunk.swept = swept;
}

/// Goes through the letters of blocks, see [`Extra::sweep`].
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,gfni,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn sweep_letters(text: &[u8], blocks: usize, extra: &mut Extra) {
    extra.read(text, blocks, |window| letters(window));
}

/// Where a block has letters and what stands between words.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn letters(window: &[u8; WINDOW]) -> Letters {
    let (bytes, next) = (load(window, 0), load(window, 1));
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, splat(byte));
    let from = |bytes: __m512i, first: u8, last: u8| {
        _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, splat(first)), splat(last - first))
    };
    // As signed numbers, bytes from 80 to BF come before all others.
    let goes_on = _mm512_cmplt_epi8_mask(next, splat(0xC0));
    let capital = _mm512_cmplt_epi8_mask(next, splat(0x9F));
    let ascii = from(_mm512_or_si512(bytes, splat(0x20)), b'a', b'z');
    let (spaces, dots) = (is(b' '), is(b'.'));
    Letters {
        capitals: from(bytes, b'A', b'Z') | from(bytes, 0xC0, 0xDE) & !goes_on | is(0xC3) & capital,
        foreign: from(bytes, 0xC4, 0xE1),
        words: ascii | _mm512_movepi8_mask(bytes) | dots | is(b'-') | is(b'\''),
        ascii,
        spaces,
        edges: spaces | is(b'\t') | is(b'|'),
        dots,
        commas: is(b','),
        colons: is(b':'),
    }
}

/// The tables of the anchors' bytes, in halves.
struct Tables([[[__m512i; 2]; 4]; TABLES]);

impl Tables {
    #[target_feature(enable = "avx512f")]
    #[inline]
    fn load(anchors: &Anchors) -> Self {
        let halves = |row: [[u8; BLOCK]; 2]| row.map(|half| load(&half, 0));
        Self(anchors.sharp.map(|table: SharpTable| table.map(halves)))
    }

    /// One bit for each byte of the block where an anchor may start.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    #[inline]
    fn candidates(&self, window: &[u8; WINDOW]) -> u64 {
        let squeeze = _mm512_set1_epi64(SQUEEZE);
        let mut buckets = [_mm512_set1_epi8(-1); TABLES];
        for place in 0..4 {
            let folded = _mm512_gf2p8affine_epi64_epi8(load(window, place), squeeze, 0);
            for (bucket, table) in buckets.iter_mut().zip(&self.0) {
                let [low, high] = table[place];
                let here = _mm512_permutex2var_epi8(low, folded, high);
                *bucket = _mm512_and_si512(*bucket, here);
            }
        }
        let any = buckets.into_iter().reduce(|a, b| _mm512_or_si512(a, b));
        any.map_or(0, |any| _mm512_test_epi8_mask(any, any))
    }
}

/// Writes down the places in a block's mask, and says how many. There are seldom more than 16.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
#[inline]
fn suspect(free: &mut [u16], block: usize, mask: u64) -> usize {
    let count = mask.count_ones() as usize;
    let places = _mm512_maskz_compress_epi8(mask, load(&PLACES, 0));
    write(free, 0, block, _mm512_castsi512_si128(places));
    if count > 16 {
        write(free, 16, block, _mm512_extracti32x4_epi32::<1>(places));
        write(free, 32, block, _mm512_extracti32x4_epi32::<2>(places));
        write(free, 48, block, _mm512_extracti32x4_epi32::<3>(places));
    }
    count
}

/// Writes down 16 places of a block.
#[target_feature(enable = "avx2")]
#[inline]
fn write(free: &mut [u16], at: usize, block: usize, places: __m128i) {
    let start = _mm256_set1_epi16((block * BLOCK) as i16);
    let free: &mut [u16] = &mut free[at..at + 16];
    // SAFETY: the slice has 32 bytes, and this store asks for no alignment.
    unsafe {
        _mm256_storeu_si256(
            free.as_mut_ptr().cast(),
            _mm256_add_epi16(_mm256_cvtepu8_epi16(places), start),
        );
    }
}

/// The places in a block.
const PLACES: [u8; BLOCK] = {
    let mut places = [0; BLOCK];
    let mut place = 0;
    while place < BLOCK {
        places[place] = place as u8;
        place += 1;
    }
    places
};

#[target_feature(enable = "avx512f")]
#[inline]
fn splat(byte: u8) -> __m512i {
    _mm512_set1_epi8(byte as i8)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load<const N: usize>(bytes: &[u8; N], at: usize) -> __m512i {
    let bytes: &[u8] = &bytes[at..at + BLOCK];
    // SAFETY: the slice has 64 bytes, and this load asks for no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}
