//! The finder for AVX2: 64 bytes at a time become masks of 64 bits, one bit a byte, and most blocks
//! are done when those masks are empty.
//!
//! `plain` says what is a hit; the masks here only have to let every hit through, and what is left
//! is checked by the same functions. Lengths of runs are told exactly in the masks.
#![allow(unsafe_code)]

use std::arch::x86_64::*;
use std::ops::Range;

use super::anchors::{Anchors, FOLD, LAST_SYMBOL, LONGEST, SymbolTable, TABLES};
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

/// Where a block has digits, and what follows from it.
#[derive(Debug, Clone, Copy, Default)]
struct Digits {
    runs: Runs,
    /// The digits that the number of a month can start with, `0` and `1`.
    month: u64,
    /// What may part the groups of a number.
    separators: u64,
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
        self.before = Digits {
            runs: Runs::new(pair.digits(), &Runs::default()),
            month: pair.month_digits(),
            separators: pair.separators() | pair.equal(b'\n'),
        };
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
        if digits | self.before.runs.digits >> 63 == 0 {
            self.before = Digits::default();
        } else {
            let now = self.digits(&pair, digits);
            kinds[0] = self.runs(&now, at);
            if self.wants.zeros {
                kinds[1] = self.zeros(&pair, &now, at);
            }
            self.before = now;
        }
        if self.wants.plus {
            kinds[2] = self.pluses(&pair, digits, at);
        }
        if self.wants.at {
            kinds[3] = self.ats(&pair, at);
        }
        if self.wants.terms {
            kinds[4] = self.terms(window);
        }
        self.report(kinds.map(|mask| mask & keep), at);
    }

    /// What the block tells of numbers.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn digits(&self, pair: &Pair, digits: u64) -> Digits {
        let runs = Runs::new(digits, &self.before.runs);
        // A line break parts a number only after a dash; in logs it mostly comes after a digit.
        let breaks = pair.equal(b'\n') & !runs.one;
        Digits { runs, month: pair.month_digits(), separators: pair.separators() | breaks }
    }

    /// Ends of runs of digits.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn runs(&self, now: &Digits, at: usize) -> u64 {
        let pairs = [&now.runs, &self.before.runs];
        let month = later(now.month, self.before.month, 8);
        let mut found = 0;
        if self.wants.runs {
            let ten = if self.wants.any_ten { u64::MAX } else { month };
            found |= exact(pairs, 10) & ten | exact(pairs, 12);
            let separated = later(now.separators, self.before.separators, 5);
            let grouped = exact(pairs, 4) & after_two(pairs) & separated;
            found |= check(grouped, |i| plain::is_separated(self.hay, at + i));
        }
        if self.wants.four {
            found |= exact(pairs, 4) | exact(pairs, 6) | exact(pairs, 8);
        }
        if self.wants.nine {
            found |= exact(pairs, 7) | exact(pairs, 8) | exact(pairs, 9);
        }
        if self.wants.long {
            found |= exact(pairs, 11) | at_least(pairs, 13) & !at_least(pairs, 20);
        }
        found & !now.runs.digits
    }

    /// Zeros that may start a phone number.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn zeros(&self, pair: &Pair, now: &Digits, at: usize) -> u64 {
        let digits = now.runs.digits;
        let ahead = |count: u32| sooner(digits, self.next, count);
        let first = pair.equal(b'0') & !now.runs.one & ahead(1);
        let dated = pair.points() << 1 & later(digits, self.before.runs.digits, 2);
        // Beyond the block every byte passes for a separator; the exact check knows better.
        let ends = |count: u32| now.separators >> count | !(u64::MAX >> count);
        let grouped = ends(2) | ahead(2) & (ends(3) | ahead(3) & (ends(4) | ahead(4)));
        check(first & !dated & grouped, |i| {
            let window = sooner(digits, self.next, i as u32) as u32;
            let window = window & ((1 << plain::PHONE_SPAN) - 1);
            plain::is_phone_window(self.hay, at + i, window)
        })
    }

    /// Plus signs before a digit.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn pluses(&self, pair: &Pair, digits: u64, at: usize) -> u64 {
        let signs = pair.equal(b'+');
        let close = signs & sooner(digits, self.next, 1);
        close | check(signs ^ close, |i| plain::is_plus(self.hay, at + i))
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
        let mut candidates = self.tables.candidates(window);
        // Two are looked up in any case, as to predict how many there are would cost more.
        let mut keys = self.key_bit(window, &mut candidates);
        keys |= self.key_bit(window, &mut candidates);
        while candidates != 0 {
            keys |= self.key_bit(window, &mut candidates);
        }
        check(keys, |i| self.anchors.is_at(&window[i..]))
    }

    /// Takes the lowest of the candidates, if any, and gives its bit back if a key is there.
    #[inline(always)]
    fn key_bit(&self, window: &[u8; WINDOW], candidates: &mut u64) -> u64 {
        let place = candidates.trailing_zeros() as usize % BLOCK;
        let bit = *candidates & candidates.wrapping_neg();
        *candidates ^= bit;
        bit & u64::from(self.anchors.is_key(key(window, place))).wrapping_neg()
    }

    /// Writes the hits of one block down. Most blocks have none, most others one kind of them.
    #[inline]
    fn report(&mut self, kinds: [u64; 5], at: usize) {
        let [runs, zeros, plus, ats, terms] = kinds;
        let signs = plus | ats;
        let any = runs | zeros | signs | terms;
        if any == 0 {
            return;
        }
        // Zeros, plus and at signs are different bytes, and a run ends at none of the zeros.
        let shared = runs & signs | terms & (runs | zeros | signs);
        let only = kinds.iter().position(|mask| *mask == any && shared == 0);
        match only.and_then(|kind| KINDS.get(kind)) {
            Some(&kind) => self.out.extend(bits(any).map(|place| hit(at, place, kind))),
            None => self.report_mixed(kinds, shared, at),
        }
    }

    /// The same for hits of several kinds; `shared` has the places with more than one.
    fn report_mixed(&mut self, kinds: [u64; 5], shared: u64, at: usize) {
        let [_, zeros, plus, ats, terms] = kinds.map(|mask| mask & !shared);
        for place in bits(kinds.iter().fold(0, |any, mask| any | mask)) {
            if shared >> place & 1 == 0 {
                let is = |mask: u64| (mask >> place & 1) as usize;
                let kind = is(zeros) + 2 * is(plus) + 3 * is(ats) + 4 * is(terms);
                self.out.push(hit(at, place, KINDS[kind]));
            } else {
                let here = kinds.iter().zip(KINDS).filter(|(mask, _)| *mask >> place & 1 == 1);
                self.out.extend(here.map(|(_, kind)| hit(at, place, kind)));
            }
        }
    }
}

fn hit(block: usize, place: u32, kind: HitKind) -> Hit {
    Hit { at: block as u32 + place, kind }
}

/// The places of the bits that are set, from the lowest.
fn bits(mut mask: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (mask != 0).then(|| mask.trailing_zeros())?;
        mask &= mask - 1;
        Some(place)
    })
}

/// The folded four bytes at a place of the window.
#[inline(always)]
fn key(window: &[u8; WINDOW], place: usize) -> u32 {
    let bytes = [window[place], window[place + 1], window[place + 2], window[place + 3]];
    u32::from_le_bytes(bytes) | FOLD
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

/// For each bit of a block the bit `count` places (1 to 63) before it.
#[inline(always)]
fn later(block: u64, before: u64, count: u32) -> u64 {
    block << count | before >> (u64::BITS - count)
}

/// For each bit of a block the bit `count` places (0 to 63) after it.
#[inline(always)]
fn sooner(block: u64, next: u64, count: u32) -> u64 {
    block >> count | next << 1 << (u64::BITS - 1 - count)
}

/// Where digits are, and for each byte whether at least so many bytes before it are digits.
#[derive(Debug, Clone, Copy, Default)]
struct Runs {
    digits: u64,
    one: u64,
    two: u64,
    four: u64,
    eight: u64,
}

impl Runs {
    #[inline(always)]
    fn new(digits: u64, before: &Self) -> Self {
        let one = later(digits, before.digits, 1);
        let two = one & later(one, before.one, 1);
        let four = two & later(two, before.two, 2);
        let eight = four & later(four, before.four, 4);
        Self { digits, one, two, four, eight }
    }
}

/// Whether the `count` bytes before are digits, put together from the bits of `count`, at most 31.
/// Takes a block and the one before.
#[inline(always)]
fn at_least([now, before]: [&Runs; 2], count: u32) -> u64 {
    let mut all = u64::MAX;
    let mut back = 0;
    let mut narrow = |now: u64, before: u64, width: u32| {
        all &= if back == 0 { now } else { later(now, before, back) };
        back += width;
    };
    if count & 1 != 0 {
        narrow(now.one, before.one, 1);
    }
    if count & 2 != 0 {
        narrow(now.two, before.two, 2);
    }
    if count & 4 != 0 {
        narrow(now.four, before.four, 4);
    }
    for _ in 0..count / 8 {
        narrow(now.eight, before.eight, 8);
    }
    all
}

/// Whether the bytes before are `count` digits after something else.
#[inline(always)]
fn exact(pairs: [&Runs; 2], count: u32) -> u64 {
    let [now, before] = pairs;
    at_least(pairs, count) & !later(now.digits, before.digits, count + 1)
}

/// Whether two digits stand one to five bytes before the last four.
#[inline(always)]
fn after_two([now, before]: [&Runs; 2]) -> u64 {
    (5..=9).fold(0, |any, back| any | later(now.two, before.two, back))
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

    /// What joins the parts of dates, times and decimal numbers: `-`, `.` and `:`.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn points(&self) -> u64 {
        self.mask(|half| {
            let colon = _mm256_cmpeq_epi8(half, splat(b':'));
            _mm256_or_si256(in_range(half, b'-', 1), colon)
        })
    }

    /// What may part the groups of a phone number or the halves of a personal number, but for line
    /// breaks, see [`plain::is_phone_window`] and [`plain::is_separated`].
    #[target_feature(enable = "avx2")]
    #[inline]
    fn separators(&self) -> u64 {
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
        let Pair([low, high]) = Pair::load(window, 0);
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
fn load(window: &[u8; WINDOW], at: usize) -> __m256i {
    let bytes: &[u8] = &window[at..at + 32];
    // SAFETY: the slice has 32 bytes, and this load asks for no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}
