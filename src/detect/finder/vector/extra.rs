//! The kinds of hits of the rarer categories in masks; `extra` beside `plain` says what they are.

use super::super::extra;
use super::avx2::{self, Pair};
use super::masks::{Runs, at_least, bits, check, exact, later, sooner};
use super::words::{Letters, Words};
use super::{
    BLOCK, BLOCKS, Chunk, HitKind, KINDS, LONGEST, Level, WINDOW, Wants, avx512, block_before,
    padded,
};

/// Where the kinds stand in [`KINDS`].
const CAPITAL: usize = 5;
const DOTS: usize = 6;
const COLONS: usize = 7;
const POSTCODE: usize = 8;
const CODE: usize = 9;
const PLATE: usize = 10;
const GIRO: usize = 11;
const CLEARING: usize = 12;
const LETTER: usize = 13;

/// What a chunk may have of these kinds.
pub(super) struct Extra {
    words: Words,
    /// Where a [`HitKind::Capital`] may be.
    capitals: [u64; BLOCKS],
    /// The blocks that are worth a step.
    pub(super) worth: u64,
}

impl Extra {
    /// At `start`, with what lies before it read.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn before(hay: &[u8], start: usize) -> Self {
        let mut window = [0; WINDOW];
        window[..BLOCK].copy_from_slice(&block_before(hay, start));
        window[BLOCK..].copy_from_slice(&padded::<LONGEST>(hay, start));
        let mut words = Words::default();
        words.next(&avx2::letters(&window));
        Self { words, capitals: [0; BLOCKS], worth: 0 }
    }

    /// Finds the blocks of a chunk that are worth a step. Digits were found before.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn sweep(&mut self, level: Level, hay: &[u8], wants: Wants, chunk: &Chunk) {
        self.worth = 0;
        if wants.capitals || wants.addresses {
            let text = &hay[chunk.at..];
            match level {
                // SAFETY: see `find`.
                Level::Avx512 => unsafe { avx512::sweep_letters(text, chunk.blocks, self) },
                Level::Avx2 => avx2::sweep_letters(text, chunk.blocks, self),
            }
        }
        for (block, digits) in chunk.digits[..chunk.blocks + 2].windows(3).enumerate() {
            let near = digits.first_chunk().is_some_and(|&digits| is_near(digits));
            self.worth |= u64::from(near) << block;
        }
    }

    /// Goes through the letters of all blocks.
    #[inline(always)]
    pub(super) fn read(
        &mut self,
        text: &[u8],
        blocks: usize,
        letters: impl Fn(&[u8; WINDOW]) -> Letters,
    ) {
        let mut words = self.words;
        for (block, capitals) in self.capitals[..blocks].iter_mut().enumerate() {
            let now = match text[block * BLOCK..].first_chunk() {
                Some(window) => letters(window),
                None => letters(&padded(text, block * BLOCK)),
            };
            *capitals = words.next(&now);
            self.worth |= u64::from(*capitals | now.colons != 0) << block;
        }
        self.words = words;
    }

    /// The hits in a block of a chunk, in their places of `kinds`.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn step(
        &self,
        hay: &[u8],
        wants: Wants,
        chunk: &Chunk,
        block: usize,
        kinds: &mut [u64; KINDS.len()],
    ) {
        let at = chunk.at + block * BLOCK;
        if wants.capitals {
            kinds[CAPITAL] = check(self.capitals[block], |i| extra::is_capital(hay, at + i));
        }
        let pair = match hay[at..].first_chunk() {
            Some(bytes) => Pair::load(bytes),
            None => Pair::load(&padded(hay, at)),
        };
        let digits = std::array::from_fn(|n| chunk.digits[block + n]);
        let near = Near { hay, at, pair, digits };
        if wants.addresses {
            kinds[DOTS] = near.dots();
            kinds[COLONS] = near.colons();
        }
        if is_near(digits) {
            near.numbers(wants, kinds);
        }
    }
}

/// Whether a block, of whose digits and its neighbours' this is told, may have a number's hit. Of a
/// code the letters come before the digits.
#[inline(always)]
fn is_near([before, digits, next]: [u64; 3]) -> bool {
    before >> 63 | digits | next << (u64::BITS - 6) != 0
}

/// A block with what its neighbours have of digits.
struct Near<'a> {
    hay: &'a [u8],
    at: usize,
    pair: Pair,
    /// Digits of the block before, of the block, and of the next one.
    digits: [u64; 3],
}

impl Near<'_> {
    /// Whether a digit stands `count` bytes behind.
    #[inline(always)]
    fn digit_in(&self, count: u32) -> u64 {
        sooner(self.digits[1], self.digits[2], count)
    }

    /// Whether a digit stands right before.
    #[inline(always)]
    fn after_digit(&self) -> u64 {
        later(self.digits[1], self.digits[0], 1)
    }

    /// The first of three full stops between digits.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn dots(&self) -> u64 {
        let dots = self.pair.equal(b'.') & self.after_digit() & self.digit_in(1);
        if dots == 0 {
            return 0;
        }
        let followed = |mask: u64| ahead(mask, 2) | ahead(mask, 3) | ahead(mask, 4);
        let first = dots & !(dots << 2 | dots << 3 | dots << 4);
        check(first & followed(dots & followed(dots)), |i| extra::is_dots(self.hay, self.at + i))
    }

    /// The first of three colons, or of two in a row.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn colons(&self) -> u64 {
        let signs = self.pair.equal(b':');
        if signs == 0 {
            return 0;
        }
        let inside = self.digits[1] | self.pair.hex_letters() | signs;
        let known = signs & (inside << 1 | inside >> 1);
        let colons = signs & (inside << 1 | FIRST | inside >> 1 | LAST);
        let double = signs & (signs << 1 | FIRST | signs >> 1 | LAST);
        let followed = |mask: u64| (1..=5).fold(0, |any, count| any | ahead(mask, count));
        let first = colons & !(1..=5).fold(0, |any, count| any | known << count);
        let many = double | followed(double | colons & followed(colons));
        check(first & many, |i| extra::is_colons(self.hay, self.at + i))
    }

    /// What has digits in it or beside it.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn numbers(&self, wants: Wants, kinds: &mut [u64; KINDS.len()]) {
        if wants.codes {
            [kinds[CODE], kinds[PLATE]] = self.codes();
        }
        if wants.giros {
            kinds[GIRO] = self.giros();
        }
        let digits = (self.digits[0] >> 56).count_ones() + self.digits[1].count_ones();
        if digits < 4 {
            return;
        }
        let before = Runs::new(self.digits[0], &Runs::default());
        let runs = [&Runs::new(self.digits[1], &before), &before];
        if wants.postcodes {
            kinds[POSTCODE] = self.postcodes(runs);
        }
        if wants.clearings {
            kinds[CLEARING] = self.clearings(runs);
        }
        if wants.letters {
            kinds[LETTER] = self.letters(runs);
        }
    }

    /// Two or three capital letters before digits.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn codes(&self) -> [u64; 2] {
        let capitals = self.pair.capitals();
        let [two, three, four, five] = [2, 3, 4, 5].map(|count| self.digit_in(count));
        let plates = ahead(capitals, 2) & four & (three | five);
        let starts = capitals & ahead(capitals, 1) & (two & three | plates);
        let mut found = [0; 2];
        for place in bits(starts & !((capitals | self.digits[1]) << 1)) {
            match extra::code(self.hay, self.at + place as usize) {
                Some(HitKind::Code) => found[0] |= 1 << place,
                Some(_) => found[1] |= 1 << place,
                None => {}
            }
        }
        found
    }

    /// Hyphens and dashes before a last digit.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn giros(&self) -> u64 {
        let before = |count: u32| self.digit_in(count) & !self.digit_in(count + 1);
        let signs = self.pair.equal(b'-') & before(1) | self.pair.equal(0xE2) & before(3);
        signs & self.after_digit()
    }

    /// Behind five digits, or behind two and what may part them from three.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn postcodes(&self, runs: [&Runs; 2]) -> u64 {
        let spaces = self.pair.equal(b' ') | self.pair.equal(0xA0);
        let ends = exact(runs, 5) | exact(runs, 2) & (spaces << 3 | 0b111);
        check(ends & !self.digits[1], |i| extra::is_postcode_end(self.hay, self.at + i))
    }

    /// Behind four digits, with more digits near or a space before.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn clearings(&self, runs: [&Runs; 2]) -> u64 {
        let ends = exact(runs, 4) & !self.digits[1];
        if ends == 0 {
            return 0;
        }
        let more = self.digit_in(1) | self.digit_in(2) | self.pair.equal(b' ') << 5 | 0b11111;
        check(ends & more, |i| extra::is_clearing(self.hay, self.at + i))
    }

    /// Capital letters behind six digits, perhaps with a hyphen between.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn letters(&self, runs: [&Runs; 2]) -> u64 {
        let [now, before] =
            [[runs[0], runs[1]], [runs[1], &Runs::default()]].map(|r| at_least(r, 6));
        let ends = now | later(now, before, 1);
        if ends == 0 {
            return 0;
        }
        check(ends & self.pair.capitals(), |i| extra::is_letter(self.hay, self.at + i))
    }
}

const FIRST: u64 = 1;
const LAST: u64 = 1 << (u64::BITS - 1);

/// For each bit of a block the bit `count` places after it, set where that is in the next block.
#[inline(always)]
fn ahead(mask: u64, count: u32) -> u64 {
    mask >> count | !(u64::MAX >> count)
}
