//! The one pass over the bytes for all rules of the user's own: where may one of them begin?
//!
//! Patterns and terms are put into eight buckets, each bucket a bit. A table for each of the first
//! places tells in which buckets a byte may stand there; where the bits of all places agree, the
//! bucket's members are looked at. The cost of the pass does not depend on how many rules there are.

use std::ops::Range;

use super::terms::{KEY, Terms};
use crate::rules::own::{Beginning, ByteSet, DEPTH, is_word};

/// Places that are looked at together: one before the beginning, and the first ones.
const PLACES: usize = 5;
const BUCKETS: usize = 8;
/// Places of one step.
const STEP: usize = 8;
/// Bytes of one step.
const WINDOW: usize = STEP + PLACES - 1;

/// What is to be tried at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// The pattern of this number.
    Pattern(usize),
    /// The terms.
    Terms,
}

/// Where may which item begin?
#[derive(Debug)]
pub(super) struct Filter {
    /// For each place and byte the buckets.
    tables: Box<[[u8; 256]; PLACES]>,
    buckets: [Vec<Member>; BUCKETS],
    /// The buckets that hold terms.
    terms: u8,
}

#[derive(Debug)]
struct Member {
    pattern: usize,
    bytes: [ByteSet; DEPTH],
}

/// What the first places may hold, of one member or of a bucket.
type Places = [ByteSet; PLACES];

impl Filter {
    pub(super) fn new<'b>(patterns: impl Iterator<Item = &'b Beginning>, terms: &Terms) -> Filter {
        let mut filter =
            Filter { tables: Box::new([[0; 256]; PLACES]), buckets: Default::default(), terms: 0 };
        let mut sets: [Option<Places>; BUCKETS] = [None; BUCKETS];
        for (pattern, beginning) in patterns.enumerate() {
            let bytes = beginning.bytes;
            let n = put(&mut sets, &places_of(&bytes));
            filter.buckets[n].push(Member { pattern, bytes });
        }
        for group in &terms.groups {
            filter.terms |= 1 << put(&mut sets, &places_of_terms(group));
        }
        for (n, set) in sets.iter().enumerate() {
            for (table, set) in filter.tables.iter_mut().zip(set.iter().flatten()) {
                set.iter().for_each(|byte| table[usize::from(byte)] |= 1 << n);
            }
        }
        filter
    }

    /// Tells of each place in `focus` where something may begin.
    pub(super) fn find(&self, text: &[u8], focus: Range<usize>, mut tell: impl FnMut(usize, Item)) {
        let mut at = focus.start;
        if at == 0 && at < focus.end {
            self.edge(text, at, &mut tell);
            at += 1;
        }
        at = self.find_inside(text, at, focus.end, &mut tell);
        while at < focus.end {
            self.edge(text, at, &mut tell);
            at += 1;
        }
    }

    /// A place near a border of the text: what is not there counts as a blank.
    fn edge(&self, text: &[u8], at: usize, tell: &mut impl FnMut(usize, Item)) {
        let byte = |n: usize| (at + n).checked_sub(1).and_then(|n| text.get(n)).copied();
        let window: [u8; PLACES] = std::array::from_fn(|n| byte(n).unwrap_or(b'\n'));
        self.place(text, at, self.buckets_at(&window), tell);
    }

    /// The places from `at`, which is not the first, to `end`, eight at a time as long as enough stands
    /// around them. Gives the place behind the last it looked at.
    fn find_inside(
        &self,
        text: &[u8],
        mut at: usize,
        end: usize,
        tell: &mut impl FnMut(usize, Item),
    ) -> usize {
        let [before, first, second, third, fourth] = &*self.tables;
        while at + STEP <= end {
            let window = text.get(at - 1..).and_then(<[u8]>::first_chunk::<WINDOW>);
            let Some(window) = window else { break };
            let look = |n: usize| {
                before[usize::from(window[n])]
                    & first[usize::from(window[n + 1])]
                    & second[usize::from(window[n + 2])]
                    & third[usize::from(window[n + 3])]
                    & fourth[usize::from(window[n + 4])]
            };
            let mut found = u64::from_le_bytes(std::array::from_fn(look));
            while found != 0 {
                let n = found.trailing_zeros() as usize / 8;
                self.place(text, at + n, (found >> (8 * n)) as u8, tell);
                found &= !(0xFF << (8 * n));
            }
            at += STEP;
        }
        at
    }

    fn buckets_at(&self, window: &[u8; PLACES]) -> u8 {
        let tables = self.tables.iter().zip(window);
        tables.fold(u8::MAX, |buckets, (table, byte)| buckets & table[usize::from(*byte)])
    }

    /// Looks at the members of the buckets.
    #[inline]
    fn place(&self, text: &[u8], at: usize, buckets: u8, tell: &mut impl FnMut(usize, Item)) {
        if buckets & self.terms != 0 {
            tell(at, Item::Terms);
        }
        let mut rest = buckets;
        while rest != 0 {
            for member in &self.buckets[rest.trailing_zeros() as usize] {
                let may_begin =
                    member.bytes.iter().zip(&text[at..]).all(|(set, byte)| set.has(*byte));
                if may_begin {
                    tell(at, Item::Pattern(member.pattern));
                }
            }
            rest &= rest - 1;
        }
    }
}

/// Puts a member where it lets the fewest new places through, and says where that is.
fn put(sets: &mut [Option<Places>; BUCKETS], places: &Places) -> usize {
    let joined = |set: &Option<Places>| {
        let mut joined = *places;
        let set = set.iter().flatten();
        joined.iter_mut().zip(set).for_each(|(mine, theirs)| mine.merge(theirs));
        joined
    };
    let rate = |places: &Places| places.iter().map(frequency).product::<f64>();
    let cost = |set: &Option<Places>| rate(&joined(set)) - set.as_ref().map_or(0.0, rate);
    let cheapest = (0..BUCKETS).min_by(|&a, &b| cost(&sets[a]).total_cmp(&cost(&sets[b])));
    let n = cheapest.unwrap_or(0);
    sets[n] = Some(joined(&sets[n]));
    n
}

/// How many of a text's bytes are in the set, as a share, roughly.
fn frequency(set: &ByteSet) -> f64 {
    let share = |byte: u8| match byte {
        b' ' => 0.14,
        b'a' | b'e' | b'i' | b'n' | b'r' | b's' | b't' => 0.055,
        b'a'..=b'z' => 0.018,
        b'0'..=b'9' => 0.01,
        b'A'..=b'Z' => 0.002,
        b'\n' | b',' | b'.' | b'-' | b'_' => 0.01,
        _ => 0.0005,
    };
    set.iter().map(share).sum()
}

fn places_of(bytes: &[ByteSet; DEPTH]) -> Places {
    let [first, second, third, fourth, ..] = *bytes;
    [before(&first), first, second, third, fourth]
}

fn places_of_terms(group: &[[u8; KEY]]) -> Places {
    let mut places = [
        ByteSet::default(),
        ByteSet::default(),
        ByteSet::default(),
        ByteSet::default(),
        ByteSet::ALL,
    ];
    for key in group {
        for (set, byte) in places[1..].iter_mut().zip(key) {
            set.add(*byte);
            set.add(byte & !0x20);
        }
    }
    places[0] = before(&places[1]);
    places
}

/// What may stand before: no letter and no digit, if it begins with one. Bytes beyond ASCII may be of
/// either kind.
fn before(first: &ByteSet) -> ByteSet {
    if !first.iter().all(|byte| is_word(byte) || !byte.is_ascii()) {
        return ByteSet::ALL;
    }
    let mut set = ByteSet::default();
    (0..=u8::MAX).filter(|byte| !byte.is_ascii_alphanumeric()).for_each(|byte| set.add(byte));
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(bytes: &[u8]) -> ByteSet {
        let mut set = ByteSet::default();
        bytes.iter().for_each(|byte| set.add(*byte));
        set
    }

    fn beginning(text: &[u8]) -> Beginning {
        let place = |n: usize| text.get(n).map_or(ByteSet::ALL, |byte| set(&[*byte]));
        Beginning { bytes: std::array::from_fn(place) }
    }

    #[test]
    fn every_beginning_is_told_of_and_little_else() {
        let beginnings = [beginning(b"KD-1"), beginning(b"#a"), beginning(b"xy")];
        let terms = Terms::new([(0, "Älg")].into_iter());
        let filter = Filter::new(beginnings.iter(), &terms);
        for indent in 0..40 {
            let text = format!("{}KD-1 #a aKD-1 xy ÄLG kd-1 #a", " ".repeat(indent));
            for start in [0, 1, indent] {
                let mut got = Vec::new();
                filter.find(text.as_bytes(), start..text.len(), |at, item| got.push((at, item)));
                let place = |word: &str| text.find(word).unwrap();
                let last = text.len() - 2;
                let want = [
                    (indent, Item::Pattern(0)),
                    (place("#a"), Item::Pattern(1)),
                    (place("xy"), Item::Pattern(2)),
                    (place("ÄLG"), Item::Terms),
                    (last, Item::Pattern(1)),
                ];
                let from = want.iter().filter(|(at, _)| *at >= start).copied();
                assert_eq!(got, from.collect::<Vec<_>>(), "indent {indent}, from {start}");
            }
        }
    }
}
