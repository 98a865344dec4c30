//! What a pattern may begin with, byte by byte: where none of it stands the pattern is not tried.

use regex_syntax::hir::{Hir, HirKind};

use super::pattern::bytes_of;

/// So many bytes of a beginning are told.
pub const DEPTH: usize = 8;

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// All bytes.
    pub const ALL: ByteSet = ByteSet([u64::MAX; 4]);

    /// Is `byte` in it?
    #[must_use]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize / 64] >> (byte % 64) & 1 == 1
    }

    /// Adds a byte.
    pub const fn add(&mut self, byte: u8) {
        self.0[byte as usize / 64] |= 1 << (byte % 64);
    }

    pub(super) fn add_range(&mut self, from: u8, to: u8) {
        (from..=to).for_each(|byte| self.add(byte));
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &ByteSet) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }

    /// The bytes.
    pub fn iter(&self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(|&byte| self.has(byte))
    }
}

/// What a match may begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The bytes at its first places.
    pub bytes: [ByteSet; DEPTH],
}

/// Letters and digits, as single bytes, of Latin-1, or as first bytes, of UTF-8. `_` is none, nor is
/// what punctuation and pictures in UTF-8 begin with (C2, E2, F0).
#[must_use]
pub const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, 0xC0 | 0xC1 | 0xC3..=0xD6 | 0xD8..=0xE1 | 0xE3..=0xEF | 0xF1..=0xF6 | 0xF8..=0xFF)
}

/// Does what stands before `at` go on behind it, as one word or number?
#[must_use]
pub fn continues(before: &[u8]) -> bool {
    match *before {
        [.., 0xC3, 0x97 | 0xB7] => false,
        [.., lead @ 0xC3..=0xDF, 0x80..=0xBF]
        | [.., lead @ 0xE0..=0xEF, 0x80..=0xBF, 0x80..=0xBF]
        | [.., lead @ 0xF0..=0xF4, 0x80..=0xBF, 0x80..=0xBF, 0x80..=0xBF] => is_word(lead),
        [.., byte] => is_word(byte),
        [] => false,
    }
}

/// What a pattern of bytes may begin with.
pub(super) fn beginning(hir: &Hir) -> Beginning {
    let mut bytes = [ByteSet::default(); DEPTH];
    let ends = walk(hir, 1, &mut bytes);
    // Behind a match of less bytes anything may stand.
    let shortest = (ends & ((1 << DEPTH) - 1)).trailing_zeros() as usize;
    bytes.iter_mut().skip(shortest).for_each(|set| *set = ByteSet::ALL);
    Beginning { bytes }
}

/// Goes through a pattern from each place whose bit is in `from`, notes what may stand there, and
/// gives the places where it may end. Places from [`DEPTH`] on are one.
fn walk(hir: &Hir, from: u32, bytes: &mut [ByteSet; DEPTH]) -> u32 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => from,
        HirKind::Literal(literal) => literal.0.iter().fold(from, |from, &byte| {
            let mut set = ByteSet::default();
            set.add(byte);
            step(&set, from, bytes)
        }),
        HirKind::Class(class) => step(&bytes_of(class), from, bytes),
        HirKind::Capture(group) => walk(&group.sub, from, bytes),
        HirKind::Concat(parts) => parts.iter().fold(from, |from, part| walk(part, from, bytes)),
        HirKind::Alternation(parts) => {
            parts.iter().fold(0, |ends, part| ends | walk(part, from, bytes))
        }
        HirKind::Repetition(repetition) => {
            let sub = &repetition.sub;
            // Once all places are behind the beginning, more of the same changes nothing.
            let least = repetition.min.min(DEPTH as u32);
            let start = (0..least).fold(from, |from, _| walk(sub, from, bytes));
            let most =
                repetition.max.unwrap_or(u32::MAX).min(repetition.min.saturating_add(DEPTH as u32));
            let more = (repetition.min..most).scan(start, |from, _| {
                *from = walk(sub, *from, bytes);
                Some(*from)
            });
            more.fold(start, |ends, end| ends | end)
        }
    }
}

/// One byte further.
fn step(set: &ByteSet, from: u32, bytes: &mut [ByteSet; DEPTH]) -> u32 {
    const BEHIND: u32 = 1 << DEPTH;
    for (place, bytes) in bytes.iter_mut().enumerate() {
        if from >> place & 1 == 1 {
            bytes.merge(set);
        }
    }
    (from << 1 | from & BEHIND) & (2 * BEHIND - 1)
}

/// May a match end with a letter or digit?
pub(super) fn may_end_in_word(hir: &Hir) -> bool {
    let word = |byte: u8| is_word(byte) || matches!(byte, 0x80..=0xBF);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.last().is_some_and(|&byte| word(byte)),
        HirKind::Class(class) => bytes_of(class).iter().any(word),
        HirKind::Capture(group) => may_end_in_word(&group.sub),
        HirKind::Repetition(repetition) => may_end_in_word(&repetition.sub),
        HirKind::Alternation(parts) => parts.iter().any(may_end_in_word),
        HirKind::Concat(parts) => {
            // What may be empty lets what stands before it be the end.
            let last = parts.iter().rposition(|p| p.properties().minimum_len() != Some(0));
            parts[last.unwrap_or(0)..].iter().any(may_end_in_word)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;
    use super::*;

    #[test]
    fn beginnings() {
        let check = |source: &str, want: &[&str]| {
            let pattern = Pattern::parse(source).ok().expect(source);
            for (n, (set, want)) in pattern.beginning.bytes.iter().zip(want).enumerate() {
                let got: String = set.iter().map(char::from).collect();
                let got = if *set == ByteSet::ALL { "*" } else { &got };
                assert_eq!(got, *want, "{source}, byte {n}");
            }
        };
        check("KD-[12]{6}", &["K", "D", "-", "12", "12", "12", "12", "12"]);
        check("(ab|cde)f", &["ac", "bd", "ef", "*", "*"]);
        check("a?b+c", &["ab", "bc", "*"]);
        check("å1", &["\u{c3}\u{e5}", "1\u{a5}", "*"]);
        check("(?:ab)*cd", &["ac", "bd", "*"]);
    }

    #[test]
    fn words_go_on_in_both_encodings() {
        let check = |before: &[u8], want: bool| assert_eq!(continues(before), want, "{before:?}");
        check(b"", false);
        check(b"a ", false);
        check(b"a_", false);
        check(b"a", true);
        check(b"7", true);
        check("å".as_bytes(), true);
        check(b"\xE5", true);
        check("\u{201D}".as_bytes(), false);
        check("\u{A0}".as_bytes(), false);
        check(b"\xA0", false);
        check("×".as_bytes(), false);
    }
}
