//! Capital letters behind a name: which words begin with a capital, told in masks.

use super::masks::later;

/// Where a block has letters and what stands between words, a bit each byte.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Letters {
    /// Capital letters that a hit may stand at.
    pub(super) capitals: u64,
    /// What else may be a capital where a word begins, besides `capitals`.
    pub(super) foreign: u64,
    /// Bytes of words.
    pub(super) words: u64,
    /// Letters of ASCII.
    pub(super) ascii: u64,
    pub(super) spaces: u64,
    /// Spaces, tabs and bars.
    pub(super) edges: u64,
    pub(super) dots: u64,
    pub(super) commas: u64,
    pub(super) colons: u64,
}

/// What the blocks before tell of words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Words {
    before: Letters,
    /// The word that the next block goes on with began with a capital.
    open: bool,
    ends: Ends,
}

/// What ends words, in one block.
#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    /// Spaces behind a capitalised word, and behind one and two particles after it.
    named: u64,
    once: u64,
    twice: u64,
    /// Commas behind a capitalised word.
    commas: u64,
    small: u64,
}

impl Words {
    /// Reads the next block. Every [`super::super::HitKind::Capital`] is in the mask, and little else.
    #[inline(always)]
    pub(super) fn next(&mut self, now: &Letters) -> u64 {
        let behind = self.behind_capitalised(now);
        let before = &self.before;
        let back = |mask: fn(&Letters) -> u64, count| later(mask(now), mask(before), count);
        // A full stop ends a sentence unless it stands behind a single letter.
        let stopped = back(|l| l.dots, 1) & back(|l| l.ascii, 3);
        let mut ends = Ends {
            named: behind & now.spaces & !stopped,
            commas: behind & now.commas,
            small: now.ascii & !now.capitals,
            ..Ends::default()
        };
        let known = &self.ends;
        let one = later(ends.small, known.small, 1);
        let two = one & later(ends.small, known.small, 2);
        let three = two & later(ends.small, known.small, 3);
        let particle = |now_led: u64, led: u64| {
            now.spaces & (two & later(now_led, led, 3) | three & later(now_led, led, 4))
        };
        ends.once = particle(ends.named, known.named);
        ends.twice = particle(ends.once, known.once);
        let all = |ends: &Ends| ends.named | ends.once | ends.twice;
        let led = later(all(&ends), all(known), 1);
        let reversed = back(|l| l.spaces, 1) & later(ends.commas, known.commas, 2);
        let gap = back(|l| l.edges, 1) & (back(|l| l.edges, 2) | !back(|l| l.spaces, 1));
        self.before = *now;
        self.ends = ends;
        now.capitals & (led | reversed | gap)
    }

    /// The bytes right behind words that begin with a capital: adding the first bits of words to all
    /// of their bits carries each to where its word ends.
    #[inline(always)]
    fn behind_capitalised(&mut self, now: &Letters) -> u64 {
        let firsts = now.words & !later(now.words, self.before.words, 1);
        let heads = firsts & (now.capitals | now.foreign);
        let (sum, over) = now.words.overflowing_add(heads);
        let (sum, over_by_open) = sum.overflowing_add(u64::from(self.open));
        self.open = over | over_by_open;
        sum & !now.words
    }
}
