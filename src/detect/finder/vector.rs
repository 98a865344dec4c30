//! The finder for AVX2: 64 bytes at a time become masks of 64 bits, one bit a byte, and most blocks
//! are done when those masks are empty.
//!
//! `plain` says what is a hit; the masks here only have to let every hit through, and what is left
//! is checked by the same functions. Lengths of runs are told exactly in the masks.
#![allow(unsafe_code)]

use std::arch::x86_64::*;
use std::ops::Range;

use super::anchors::{Anchors, FOLD, LONGEST, SymbolTable, TABLES};
use super::{Hit, HitKind, Wants, plain};

/// Bytes that one step looks at.
const BLOCK: usize = 64;
/// Bytes that one step reads: its block, the next one for its digits, and what an anchor needs.
const WINDOW: usize = 2 * BLOCK + LONGEST;
const KINDS: [HitKind; 5] =
    [HitKind::Run, HitKind::Zero, HitKind::Plus, HitKind::At, HitKind::Term];

/// Whether this processor can run [`find`].
pub(super) fn is_supported() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Appends the hits of `focus`, see [`super::Finder::find`]; only where [`is_supported`].
pub(super) fn find(
    anchors: &Anchors,
    hay: &[u8],
    focus: Range<usize>,
    wants: Wants,
    out: &mut Vec<Hit>,
) {
    // SAFETY: a `Finder` takes this way only if `is_supported` has found every feature named at
    // `find_blocks`, which is all that calling it asks for.
    unsafe { find_blocks(anchors, hay, focus, wants, out) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn find_blocks(
    anchors: &Anchors,
    hay: &[u8],
    focus: Range<usize>,
    wants: Wants,
    out: &mut Vec<Hit>,
) {
    let tables = TermTables::load(anchors);
    let mut scan = Scan { anchors, tables, hay, wants, out, before: Digits::default(), next: 0 };
    scan.enter(focus.start);
    let mut at = focus.start;
    while at < focus.end {
        let keep = u64::MAX >> (BLOCK - (focus.end - at).min(BLOCK));
        match hay.get(at..at + WINDOW).and_then(|window| window.first_chunk()) {
            Some(window) => scan.step(window, at, keep),
            None => scan.step(&padded(hay, at), at, keep),
        }
        at += BLOCK;
    }
}

/// A window that reaches over the end of the text, with NUL there.
fn padded(hay: &[u8], at: usize) -> [u8; WINDOW] {
    let mut window = [0; WINDOW];
    let rest = &hay[at.min(hay.len())..];
    let rest = &rest[..rest.len().min(WINDOW)];
    window[..rest.len()].copy_from_slice(rest);
    window
}

/// Where a block has digits.
#[derive(Debug, Clone, Copy, Default)]
struct Digits {
    all: u64,
    /// The digits that the number of a month can start with, `0` and `1`.
    month: u64,
}

struct Scan<'a> {
    anchors: &'a Anchors,
    tables: TermTables,
    hay: &'a [u8],
    wants: Wants,
    out: &'a mut Vec<Hit>,
    /// Digits of the block before.
    before: Digits,
    /// Digits of the block at hand, found when the one before was.
    next: u64,
}

impl Scan<'_> {
    /// Reads what lies before `start`, and the digits of the block there.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn enter(&mut self, start: usize) {
        let mut window = [0; WINDOW];
        let known = start.min(BLOCK);
        window[BLOCK - known..BLOCK].copy_from_slice(&self.hay[start - known..start]);
        let rest = padded(self.hay, start);
        window[BLOCK..].copy_from_slice(&rest[..WINDOW - BLOCK]);
        let pair = Pair::load(&window, 0);
        self.before = Digits { all: pair.digits(), month: pair.month_digits() };
        self.next = Pair::load(&window, BLOCK).digits();
    }

    /// Finds the hits of the block at `at`, of those whose bit is in `keep`.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn step(&mut self, window: &[u8; WINDOW], at: usize, keep: u64) {
        let pair = Pair::load(window, 0);
        let digits = self.next;
        self.next = Pair::load(window, BLOCK).digits();
        let mut kinds = [0; 5];
        if digits | self.before.all >> 63 == 0 {
            self.before = Digits::default();
        } else {
            let now = Digits { all: digits, month: pair.month_digits() };
            kinds[0] = self.runs(now, at);
            if self.wants.zeros {
                kinds[1] = self.zeros(&pair, digits, at);
            }
            self.before = now;
        }
        if self.wants.plus {
            kinds[2] = check(pair.equal(b'+'), |i| plain::is_plus(self.hay, at + i));
        }
        if self.wants.at {
            kinds[3] = self.ats(&pair, at);
        }
        if self.wants.terms {
            kinds[4] = self.terms(window);
        }
        self.report(kinds.map(|mask| mask & keep), at);
    }

    /// Ends of runs of digits.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn runs(&self, now: Digits, at: usize) -> u64 {
        let runs = Runs::new(joined(self.before.all, now.all));
        let month = joined(self.before.month, now.month) << 8;
        let mut found = 0;
        if self.wants.runs {
            let ten = if self.wants.any_ten { u128::MAX } else { month };
            found |= upper(runs.exact(10) & ten | runs.exact(12));
            let grouped = upper(runs.exact(4) & runs.after_pair());
            found |= check(grouped, |i| plain::is_separated(self.hay, at + i));
        }
        if self.wants.four {
            found |= upper(runs.exact(4) | runs.exact(6) | runs.exact(8));
        }
        if self.wants.nine {
            found |= upper(runs.exact(7) | runs.exact(8) | runs.exact(9) & month);
        }
        if self.wants.long {
            found |= upper(runs.at_least(13) & !runs.at_least(20));
        }
        found & !now.all
    }

    /// Zeros that may start a phone number.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn zeros(&self, pair: &Pair, digits: u64, at: usize) -> u64 {
        let ahead = joined(digits, self.next);
        let after_digit = digits << 1 | self.before.all >> 63;
        let first = pair.equal(b'0') & !after_digit & (ahead >> 1) as u64;
        if first == 0 {
            return 0;
        }
        let (points, colons) = pair.points();
        let after_two = digits << 2 | self.before.all >> 62;
        let dated = (points | colons) << 1 & after_two;
        check(first & !dated & !(colons >> 2), |i| {
            let window = (ahead >> i) as u32 & ((1 << plain::PHONE_SPAN) - 1);
            plain::is_phone_window(self.hay, at + i, window)
        })
    }

    /// At signs with an address around them. Rows of at signs die in the mask.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn ats(&self, pair: &Pair, at: usize) -> u64 {
        let signs = pair.equal(b'@');
        check(signs & !(signs << 1) & !(signs >> 1), |i| plain::is_at(self.hay, at + i))
    }

    /// Anchors of terms.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn terms(&self, window: &[u8; WINDOW]) -> u64 {
        let low = self.tables.candidates(window, 0);
        let high = self.tables.candidates(window, BLOCK / 2);
        check(u64::from(high) << 32 | u64::from(low), |i| {
            let key = u32::from_le_bytes([window[i], window[i + 1], window[i + 2], window[i + 3]]);
            let slot = self.anchors.slot(key | FOLD);
            slot.is_some_and(|slot| self.anchors.confirm(slot, &window[i..]))
        })
    }

    /// Writes the hits of one block down.
    #[inline]
    fn report(&mut self, kinds: [u64; 5], at: usize) {
        let mut any = kinds.iter().fold(0, |any, mask| any | mask);
        while any != 0 {
            let bit = any & any.wrapping_neg();
            let at = (at as u32) + any.trailing_zeros();
            for (mask, kind) in kinds.into_iter().zip(KINDS) {
                if mask & bit != 0 {
                    self.out.push(Hit { at, kind });
                }
            }
            any ^= bit;
        }
    }
}

/// The bits of `mask` for whose place `holds` is true.
#[inline(always)]
fn check(mut mask: u64, holds: impl Fn(usize) -> bool) -> u64 {
    let mut kept = 0;
    while mask != 0 {
        let place = mask.trailing_zeros();
        kept |= u64::from(holds(place as usize)) << place;
        mask &= mask - 1;
    }
    kept
}

/// Two blocks as one row of bits, the earlier one low.
fn joined(earlier: u64, later: u64) -> u128 {
    u128::from(later) << 64 | u128::from(earlier)
}

/// The bits of the later block.
fn upper(bits: u128) -> u64 {
    (bits >> 64) as u64
}

/// Lengths of the runs of digits that end before each bit. Every mask says of the byte at a bit
/// that at least so many bytes before it are digits.
struct Runs {
    digits: u128,
    two: u128,
    four: u128,
    eight: u128,
    sixteen: u128,
}

impl Runs {
    #[inline(always)]
    fn new(digits: u128) -> Self {
        let two = digits << 1 & digits << 2;
        let four = two & two << 2;
        let eight = four & four << 4;
        Self { digits, two, four, eight, sixteen: eight & eight << 8 }
    }

    /// Whether the `count` bytes before are digits; `count` below 32 is put together from its bits.
    #[inline(always)]
    fn at_least(&self, count: u32) -> u128 {
        let masks = [self.digits << 1, self.two, self.four, self.eight, self.sixteen];
        let mut all = u128::MAX;
        let mut back = 0;
        for (bit, mask) in masks.into_iter().enumerate() {
            if count >> bit & 1 == 1 {
                all &= mask << back;
                back += 1 << bit;
            }
        }
        all
    }

    /// Whether the bytes before are `count` digits after something else.
    #[inline(always)]
    fn exact(&self, count: u32) -> u128 {
        self.at_least(count) & !(self.digits << (count + 1))
    }

    /// Whether two digits stand one to five bytes before the last four.
    #[inline(always)]
    fn after_pair(&self) -> u128 {
        self.two << 5 | self.two << 6 | self.two << 7 | self.two << 8 | self.two << 9
    }
}

/// The 64 bytes of one block.
struct Pair([__m256i; 2]);

impl Pair {
    #[target_feature(enable = "avx2")]
    #[inline]
    fn load(window: &[u8; WINDOW], at: usize) -> Self {
        Self([load(window, at), load(window, at + BLOCK / 2)])
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn equal(&self, byte: u8) -> u64 {
        self.mask(|half| _mm256_cmpeq_epi8(half, splat(byte)))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn digits(&self) -> u64 {
        self.mask(|half| in_range(half, b'0', 9))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn month_digits(&self) -> u64 {
        self.mask(|half| _mm256_cmpeq_epi8(_mm256_and_si256(half, splat(0xFE)), splat(b'0')))
    }

    /// Commas, hyphens and full stops; colons.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn points(&self) -> (u64, u64) {
        (self.mask(|half| in_range(half, b',', 2)), self.equal(b':'))
    }

    /// One bit a byte from a test that sets all bits of a byte or none.
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
        Self(
            anchors
                .tables
                .map(|table: SymbolTable| table.map(|row| [twice(&row, 0), twice(&row, 16)])),
        )
    }

    /// One bit for each of 32 bytes of the window where an anchor may start.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn candidates(&self, window: &[u8; WINDOW], at: usize) -> u32 {
        let mut buckets = [splat(0xFF); TABLES];
        for place in 0..4 {
            let [low, high] = symbols(load(window, at + place));
            for (bucket, table) in buckets.iter_mut().zip(&self.0) {
                let lower = _mm256_shuffle_epi8(table[place][0], low);
                let upper = _mm256_shuffle_epi8(table[place][1], high);
                *bucket = _mm256_and_si256(*bucket, _mm256_or_si256(lower, upper));
            }
        }
        let first = leads(load(window, at));
        let any = buckets.into_iter().fold(first, |any, bucket| _mm256_or_si256(any, bucket));
        !(_mm256_movemask_epi8(_mm256_cmpeq_epi8(any, splat(0))) as u32)
    }
}

/// The symbols of 32 bytes twice, so that a shuffle by the first yields nothing for symbols above 15
/// and a shuffle by the second nothing for those below 16: a shuffle yields zero where the highest
/// bit of its index is set, and looks at the low four bits otherwise.
#[target_feature(enable = "avx2")]
#[inline]
fn symbols(bytes: __m256i) -> [__m256i; 2] {
    let near_letters = _mm256_xor_si256(_mm256_or_si256(bytes, splat(0x20)), splat(0x60));
    let symbols = _mm256_min_epu8(near_letters, splat(31));
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
fn twice(row: &[u8; 32], at: usize) -> __m256i {
    let mut both = [0; WINDOW];
    both[..16].copy_from_slice(&row[at..at + 16]);
    both[16..32].copy_from_slice(&row[at..at + 16]);
    load(&both, 0)
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(window: &[u8; WINDOW], at: usize) -> __m256i {
    let bytes: &[u8] = &window[at..at + 32];
    // SAFETY: the slice has 32 bytes, and this load asks for no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}
