//! Masks of 64 bits, one a byte of a block, and what follows from where the digits are.

/// The places of the bits that are set, from the lowest.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (mask != 0).then(|| mask.trailing_zeros())?;
        mask &= mask - 1;
        Some(place)
    })
}

/// The bits of `mask` for whose place `holds` is true.
#[inline(always)]
pub(super) fn check(mut mask: u64, holds: impl Fn(usize) -> bool) -> u64 {
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
pub(super) fn later(block: u64, before: u64, count: u32) -> u64 {
    block << count | before >> (u64::BITS - count)
}

/// For each bit of a block the bit `count` places (0 to 63) after it.
#[inline(always)]
pub(super) fn sooner(block: u64, next: u64, count: u32) -> u64 {
    block >> count | next << 1 << (u64::BITS - 1 - count)
}

/// Where digits are, and for each byte whether at least so many bytes before it are digits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Runs {
    pub(super) digits: u64,
    pub(super) one: u64,
    two: u64,
    four: u64,
    eight: u64,
}

impl Runs {
    #[inline(always)]
    pub(super) fn new(digits: u64, before: &Self) -> Self {
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
pub(super) fn at_least([now, before]: [&Runs; 2], count: u32) -> u64 {
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
pub(super) fn exact(pairs: [&Runs; 2], count: u32) -> u64 {
    let [now, before] = pairs;
    at_least(pairs, count) & !later(now.digits, before.digits, count + 1)
}

/// Whether two digits stand one to five bytes before the last four.
#[inline(always)]
pub(super) fn after_two([now, before]: [&Runs; 2]) -> u64 {
    (5..=9).fold(0, |any, back| any | later(now.two, before.two, back))
}
