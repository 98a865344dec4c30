//! The finder for x86-64: 64 bytes at a time become masks of 64 bits, one bit a byte.
//!
//! A chunk of 64 blocks is swept first: where its digits are, which blocks are worth a step, which
//! places may be an anchor. What the sweep lets through is sorted out afterwards, all of one kind
//! together, since a processor that has guessed wrong in the middle of a sweep loses more than the
//! sweep of a block takes. There are two sweeps, all else is shared.
//!
//! `plain` says what is a hit; the masks here only have to let every hit through, and what is left
//! is checked by the same functions. Lengths of runs are told exactly in the masks.
#![allow(unsafe_code)]

mod avx2;
mod avx512;
mod extra;
mod masks;
mod words;

use std::ops::Range;

use super::anchors::{Anchors, FOLD, LONGEST};
use super::extra::is_wanted;
use super::{Hit, HitKind, Signs, Wants, plain};
use crate::model::{self, Masks};
use avx2::Pair;
use extra::Extra;
use masks::{Runs, after_two, at_least, bits, check, exact, later, sooner};

/// Bytes that one step looks at.
const BLOCK: usize = 64;
/// Bytes that a sweep reads at a time: a block and what an anchor needs.
const WINDOW: usize = BLOCK + LONGEST;
/// Blocks of a chunk, a bit each.
const BLOCKS: usize = u64::BITS as usize;
/// Masks that may wait to be looked at.
const SUSPECTS: usize = 512;
/// All kinds in their order; those before [`CORE`] are found by what is here, the others by `extra`.
const KINDS: [HitKind; 14] = [
    HitKind::Run,
    HitKind::Zero,
    HitKind::Plus,
    HitKind::At,
    HitKind::Term,
    HitKind::Capital,
    HitKind::Dots,
    HitKind::Colons,
    HitKind::Postcode,
    HitKind::Code,
    HitKind::Plate,
    HitKind::Giro,
    HitKind::Clearing,
    HitKind::Letter,
];
const CORE: usize = 5;

/// Which instructions sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// AVX-512 with VBMI, of Intel's Ice Lake, AMD's Zen 4, and later.
    Avx512,
    /// AVX2.
    Avx2,
}

impl Level {
    /// Those that this processor has, the fastest first.
    pub(super) fn at_hand() -> impl Iterator<Item = Self> {
        [Self::Avx512, Self::Avx2].into_iter().filter(|level| level.is_supported())
    }

    fn is_supported(self) -> bool {
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        let avx512 = || {
            is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vbmi")
                && is_x86_feature_detected!("avx512vbmi2")
                && is_x86_feature_detected!("gfni")
        };
        avx2 && (self == Self::Avx2 || avx512())
    }

    /// Goes on with a chunk until it is swept or there is no more room: finds the digits and, if `terms`
    /// are wanted, the suspects in `text`, which begins with the block at hand.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn sweep(self, anchors: &Anchors, text: &[u8], terms: bool, chunk: &mut Chunk) {
        match self {
            // SAFETY: see `find`.
            Self::Avx512 => unsafe { avx512::sweep(anchors, text, terms, chunk) },
            Self::Avx2 => avx2::sweep(anchors, text, terms, chunk),
        }
    }
}

/// Appends the hits of `focus`, see [`super::Finder::find`]; `level` is one of [`Level::at_hand`].
pub(super) fn find(
    level: Level,
    anchors: &Anchors,
    hay: &[u8],
    focus: Range<usize>,
    wants: Wants,
    out: &mut Vec<Hit>,
) {
    // SAFETY: a `Finder` takes this way only with a level of `at_hand`, for which every feature named
    // at the functions here and at its sweep was found, which is all that calling them asks for.
    unsafe { find_chunks(level, anchors, hay, focus, wants, out) }
}

/// Appends where two bytes stand, see [`super::Finder::places`]. Every level has what it takes.
pub(super) fn places(_level: Level, text: &[u8], bytes: [u8; 2], out: &mut Vec<Masks>) {
    let (blocks, rest) = text.as_chunks();
    // SAFETY: as above.
    unsafe { places_in_blocks(blocks, bytes, out) }
    model::find_places(rest, bytes, out);
}

#[target_feature(enable = "avx2")]
fn places_in_blocks(blocks: &[[u8; BLOCK]], bytes: [u8; 2], out: &mut Vec<Masks>) {
    out.extend(blocks.iter().map(|block| {
        let pair = Pair::load(block);
        bytes.map(|byte| pair.equal(byte))
    }));
}

/// What two times 32 bytes are, see [`super::Finder::signs`]. Every level has what it takes.
pub(super) fn signs(_level: Level, bytes: [&[u8; 32]; 2]) -> [Signs; 2] {
    // SAFETY: as above.
    unsafe { avx2::signs(bytes) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn find_chunks(
    level: Level,
    anchors: &Anchors,
    hay: &[u8],
    focus: Range<usize>,
    wants: Wants,
    out: &mut Vec<Hit>,
) {
    let mut chunk = Chunk::new();
    let mut scan = Scan { hay, wants, out, before: Digits::default(), known: focus.start };
    scan.enter(focus.start);
    chunk.digits[0] = scan.before.runs.digits;
    let mut extra = is_wanted(wants).then(|| Extra::before(hay, focus.start));
    let mut at = focus.start;
    while at < focus.end {
        chunk.begin(at, (focus.end - at).div_ceil(BLOCK).min(BLOCKS));
        chunk.sweep(level, anchors, hay, wants.terms);
        match &mut extra {
            None => scan.steps(&chunk, focus.end),
            Some(extra) => {
                extra.sweep(level, hay, wants, &chunk);
                scan.all_steps(&chunk, extra, focus.end);
            }
        }
        at += chunk.blocks * BLOCK;
    }
}

/// The bytes from `at`, with NUL after the end of the text.
fn padded<const N: usize>(hay: &[u8], at: usize) -> [u8; N] {
    let mut window = [0; N];
    let rest = hay.get(at..).unwrap_or_default();
    let rest = &rest[..rest.len().min(N)];
    window[..rest.len()].copy_from_slice(rest);
    window
}

/// The block that ends at `start`, with NUL before the text.
fn block_before(hay: &[u8], start: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let known = start.min(BLOCK);
    block[BLOCK - known..].copy_from_slice(&hay[start - known..start]);
    block
}

/// Blocks that are swept together.
struct Chunk {
    /// Where it begins, and how many blocks it has.
    at: usize,
    blocks: usize,
    swept: Swept,
    /// The digits of the block before, of each block, and of the one behind.
    digits: [u64; BLOCKS + 2],
    /// Masks in the chunk where an anchor may start.
    suspects: [u16; SUSPECTS],
    /// Where anchors start.
    terms: [u64; BLOCKS],
}

/// How far a sweep has come.
#[derive(Debug, Clone, Copy, Default)]
struct Swept {
    blocks: usize,
    /// The byte before the next block is a digit.
    after_digit: u64,
    /// The blocks that have digits, signs or terms, or go on after a digit.
    worth: u64,
    /// Suspects that are still to be looked at.
    suspects: usize,
}

impl Swept {
    /// Takes down what the next block has of digits and of signs that matter.
    #[inline(always)]
    fn note(&mut self, digits: u64, signs: u64) {
        let worth = digits | signs | self.after_digit != 0;
        self.worth |= u64::from(worth) << self.blocks;
        self.after_digit = digits >> 63;
        self.blocks += 1;
    }
}

impl Chunk {
    fn new() -> Self {
        Self {
            at: 0,
            blocks: 0,
            swept: Swept::default(),
            digits: [0; BLOCKS + 2],
            suspects: [0; SUSPECTS],
            terms: [0; BLOCKS],
        }
    }

    /// Goes on with the blocks from `at`. The digits before are in their place, at first, or else are
    /// those of the last block.
    fn begin(&mut self, at: usize, blocks: usize) {
        self.digits[0] = self.digits[self.blocks];
        self.swept = Swept { after_digit: self.digits[0] >> 63, ..Swept::default() };
        (self.at, self.blocks) = (at, blocks);
        self.terms[..blocks].fill(0);
    }

    /// Sweeps the chunk, and finds the anchors among the suspects.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn sweep(&mut self, level: Level, anchors: &Anchors, hay: &[u8], terms: bool) {
        let end = self.blocks;
        // A window of the last two blocks may reach over the end of the text.
        self.blocks = end.min((hay.len() - self.at).saturating_sub(LONGEST) / BLOCK);
        for end in [self.blocks, end] {
            self.blocks = end;
            while self.swept.blocks < end {
                let at = self.at + self.swept.blocks * BLOCK;
                if at + (end - self.swept.blocks) * BLOCK + LONGEST <= hay.len() {
                    level.sweep(anchors, &hay[at..], terms, self);
                } else {
                    level.sweep(anchors, &padded::<{ 2 * BLOCK + LONGEST }>(hay, at), terms, self);
                }
                self.look(anchors, &hay[self.at..]);
            }
        }
        let behind = padded(hay, self.at + end * BLOCK);
        self.digits[end + 1] = Pair::load(&behind).digits();
    }

    /// Finds the anchors among the suspects. All are kept at first and then written over, as to guess
    /// which have a key would cost more.
    fn look(&mut self, anchors: &Anchors, text: &[u8]) {
        let mut kept = 0;
        for n in 0..self.swept.suspects {
            let place = self.suspects[n];
            self.suspects[kept] = place;
            kept += usize::from(anchors.is_key(key(text, usize::from(place))));
        }
        for place in self.suspects[..kept].iter().map(|&place| usize::from(place)) {
            if anchors.is_at(&text[place..]) {
                self.terms[place / BLOCK] |= 1 << (place % BLOCK);
                self.swept.worth |= 1 << (place / BLOCK);
            }
        }
        self.swept.suspects = 0;
    }
}

/// The folded four bytes at a place, with NUL after the end of the text.
#[inline(always)]
fn key(text: &[u8], place: usize) -> u32 {
    let bytes = text.get(place..).and_then(|rest| rest.first_chunk());
    u32::from_le_bytes(
        bytes.copied().unwrap_or_else(|| {
            [0, 1, 2, 3].map(|more| text.get(place + more).copied().unwrap_or(0))
        }),
    ) | FOLD
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
    hay: &'a [u8],
    wants: Wants,
    out: &'a mut Vec<Hit>,
    /// Digits of the block that ends at `known`.
    before: Digits,
    known: usize,
}

impl Scan<'_> {
    /// Reads what lies before `start`.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn enter(&mut self, start: usize) {
        let pair = Pair::load(&block_before(self.hay, start));
        self.before = Digits {
            runs: Runs::new(pair.digits(), &Runs::default()),
            month: pair.month_digits(),
            separators: pair.separators() | pair.equal(b'\n'),
        };
    }

    /// Finds the hits before `end` in the blocks of a chunk that are worth it.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn steps(&mut self, chunk: &Chunk, end: usize) {
        for block in bits(chunk.swept.worth) {
            let at = chunk.at + block as usize * BLOCK;
            let keep = u64::MAX >> (BLOCK - (end - at).min(BLOCK));
            let kinds = self.core(chunk, block as usize);
            self.report(kinds.map(|mask| mask & keep), at);
        }
    }

    /// The same with the kinds of the rarer categories.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn all_steps(&mut self, chunk: &Chunk, extra: &Extra, end: usize) {
        for block in bits(chunk.swept.worth | extra.worth) {
            let at = chunk.at + block as usize * BLOCK;
            let keep = u64::MAX >> (BLOCK - (end - at).min(BLOCK));
            let mut kinds = [0; KINDS.len()];
            if chunk.swept.worth >> block & 1 == 1 {
                kinds[..CORE].copy_from_slice(&self.core(chunk, block as usize));
            }
            if extra.worth >> block & 1 == 1 {
                extra.step(self.hay, self.wants, chunk, block as usize, &mut kinds);
            }
            self.report_all(kinds.map(|mask| mask & keep), at);
        }
    }

    /// What is found in a block, but for the kinds of the rarer categories.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn core(&mut self, chunk: &Chunk, block: usize) -> [u64; CORE] {
        let mut kinds = self.step(chunk.at + block * BLOCK, &chunk.digits[block..block + 3]);
        kinds[CORE - 1] = chunk.terms[block];
        kinds
    }

    /// What is found in the block at `at`, but for terms. Takes the digits of the block before, of the
    /// block, and of the next one.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn step(&mut self, at: usize, digits: &[u64]) -> [u64; CORE] {
        let &[before, digits, next] = digits else { return [0; CORE] };
        let pair = match self.hay.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(bytes) => Pair::load(bytes),
            None => Pair::load(&padded(self.hay, at)),
        };
        let mut kinds = [0; CORE];
        if self.wants.four || is_number_near(before, digits, next) {
            if self.known != at {
                self.enter(at);
            }
            let now = self.digits(&pair, digits);
            kinds[0] = self.runs(&now, at);
            if self.wants.zeros {
                kinds[1] = self.zeros(&pair, &now, next, at);
            }
            self.before = now;
            self.known = at + BLOCK;
        }
        if self.wants.plus {
            kinds[2] = self.pluses(&pair, digits, next, at);
        }
        if self.wants.at {
            kinds[3] = self.ats(&pair, at);
        }
        kinds
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
            found |= at_least(pairs, 7) & !at_least(pairs, 10);
        }
        if self.wants.long {
            found |= exact(pairs, 11) | at_least(pairs, 13) & !at_least(pairs, 20);
        }
        found & !now.runs.digits
    }

    /// Zeros that may start a phone number.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn zeros(&self, pair: &Pair, now: &Digits, next: u64, at: usize) -> u64 {
        let digits = now.runs.digits;
        let ahead = |count: u32| sooner(digits, next, count);
        let first = pair.equal(b'0') & !now.runs.one & ahead(1);
        let dated = pair.points() << 1 & later(digits, self.before.runs.digits, 2);
        // Beyond the block every byte passes for a separator; the exact check knows better.
        let ends = |count: u32| now.separators >> count | !(u64::MAX >> count);
        let grouped = ends(2) | ahead(2) & (ends(3) | ahead(3) & (ends(4) | ahead(4)));
        check(first & !dated & grouped, |i| {
            let window = sooner(digits, next, i as u32) as u32;
            let window = window & ((1 << plain::PHONE_SPAN) - 1);
            plain::is_phone_window(self.hay, at + i, window)
        })
    }

    /// Plus signs before a digit.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn pluses(&self, pair: &Pair, digits: u64, next: u64, at: usize) -> u64 {
        let signs = pair.equal(b'+');
        let close = signs & sooner(digits, next, 1);
        close | check(signs ^ close, |i| plain::is_plus(self.hay, at + i))
    }

    /// At signs with an address around them. Rows of at signs die in the mask.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn ats(&self, pair: &Pair, at: usize) -> u64 {
        let signs = pair.equal(b'@');
        check(signs & !(signs << 1) & !(signs >> 1), |i| plain::is_at(self.hay, at + i))
    }

    /// Writes the hits of one block down, in order of their places and kinds.
    #[inline]
    fn report_all(&mut self, kinds: [u64; KINDS.len()], at: usize) {
        let (core, others) = kinds.split_at(CORE);
        if others.iter().all(|&mask| mask == 0)
            && let Some(&core) = core.first_chunk()
        {
            return self.report(core, at);
        }
        let mut found = [(0, HitKind::Run); KINDS.len()];
        let mut count = 0;
        for (mask, kind) in kinds.into_iter().zip(KINDS) {
            found[count] = (mask, kind);
            count += usize::from(mask != 0);
        }
        let found = &found[..count];
        for place in bits(found.iter().fold(0, |any, (mask, _)| any | mask)) {
            let here = found.iter().filter(|(mask, _)| mask >> place & 1 == 1);
            self.out.extend(here.map(|&(_, kind)| hit(at, place, kind)));
        }
    }

    /// Writes the hits of one block down. Most blocks have none, most others one kind of them.
    #[inline]
    fn report(&mut self, kinds: [u64; CORE], at: usize) {
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
    fn report_mixed(&mut self, kinds: [u64; CORE], shared: u64, at: usize) {
        let [_, zeros, plus, ats, terms] = kinds.map(|mask| mask & !shared);
        // The number of a kind in `KINDS`, a bit of it each.
        let number = [zeros | ats, plus | ats, terms];
        for place in bits(kinds.iter().fold(0, |any, mask| any | mask)) {
            if shared >> place & 1 == 0 {
                let bit = |n: usize| (number[n] >> place & 1) << n;
                let kind = bit(0) | bit(1) | bit(2);
                self.out.push(hit(at, place, KINDS[kind as usize]));
            } else {
                let here = kinds.iter().zip(KINDS).filter(|(mask, _)| *mask >> place & 1 == 1);
                self.out.extend(here.map(|(_, kind)| hit(at, place, kind)));
            }
        }
    }
}

/// Whether there are as many digits as the shortest number has, two and four: in a block, behind it,
/// and before it as far as a number reaches. Most digits in prose are those of a year.
#[inline(always)]
fn is_number_near(before: u64, digits: u64, next: u64) -> bool {
    let reach = before >> 32;
    reach.count_ones() + digits.count_ones() + next.count_ones() >= 6
}

fn hit(block: usize, place: u32, kind: HitKind) -> Hit {
    Hit { at: block as u32 + place, kind }
}
