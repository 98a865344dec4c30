//! Terms of users' own lists: words, or rows of words, compared without case, accents, and what
//! stands between them.

use std::collections::HashMap;

use crate::detect::keywords::fold;

/// A term has no more words that are compared.
const WORDS: usize = 8;
/// Between two words of a term there are no more bytes.
const GAP: usize = 3;
/// Bytes of a beginning that are looked up.
pub(super) const KEY: usize = 3;
/// Bits of the table of beginnings.
const BITS: u32 = 16;

/// Terms by their first word.
#[derive(Debug, Default)]
pub(super) struct Terms {
    by_first: HashMap<Vec<u8>, Vec<Term>>,
    /// A bit for each beginning, by its hash.
    beginnings: Vec<u64>,
    /// The beginnings, with bit 0x20 set in each byte, by the first letter.
    pub(super) groups: Vec<Vec<[u8; KEY]>>,
}

#[derive(Debug)]
struct Term {
    rest: Vec<Vec<u8>>,
    rule: usize,
}

impl Terms {
    pub(super) fn new<'t>(all: impl Iterator<Item = (usize, &'t str)>) -> Terms {
        let mut terms = Terms { beginnings: vec![0; 1 << (BITS - 6)], ..Terms::default() };
        let mut groups: HashMap<u8, Vec<[u8; KEY]>> = HashMap::new();
        for (rule, term) in all {
            let mut words = words_of(term.as_bytes(), usize::MAX).into_iter().map(|(word, _)| word);
            let Some(first) = words.next() else { continue };
            let rest: Vec<Vec<u8>> = words.take(WORDS - 1).collect();
            let group = groups.entry(first[0]).or_default();
            for key in spellings(&first) {
                terms.beginnings[slot(key) / 64] |= 1 << (slot(key) % 64);
                group.push(key);
            }
            terms.by_first.entry(first).or_default().push(Term { rest, rule });
        }
        // The longest is tried first.
        let by_length =
            |term: &Term| std::cmp::Reverse((term.rest.len(), term.rest.concat().len()));
        terms.by_first.values_mut().for_each(|of| of.sort_by_key(by_length));
        terms.groups = groups.into_values().collect();
        terms.groups.sort();
        terms
    }

    /// The rule and the length of the longest term at the start of a text.
    pub(super) fn at(&self, text: &[u8]) -> Option<(usize, usize)> {
        let key = text.first_chunk::<KEY>()?.map(|byte| byte | 0x20);
        if self.beginnings[slot(key) / 64] >> (slot(key) % 64) & 1 == 0 {
            return None;
        }
        let (first, _) = words_of(text, 1).pop()?;
        let terms = self.by_first.get(&first)?;
        let most = terms.first()?.rest.len() + 1;
        let words = words_of(text, most);
        let is_here = |term: &&Term| {
            words.len() > term.rest.len()
                && term.rest.iter().zip(&words[1..]).all(|(word, (here, _))| word == here)
        };
        let term = terms.iter().find(is_here)?;
        Some((term.rule, words[term.rest.len()].1))
    }
}

fn slot(key: [u8; KEY]) -> usize {
    let [a, b, c] = key.map(u32::from);
    ((a | b << 8 | c << 16).wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

/// Up to `most` words at the start of a text, folded, each with where it ends; a text that does not
/// begin with one is skipped to its first word only if all words are asked for.
fn words_of(text: &[u8], most: usize) -> Vec<(Vec<u8>, usize)> {
    let mut words: Vec<(Vec<u8>, usize)> = Vec::new();
    let (mut at, mut gap) = (0, GAP + 1);
    while at < text.len() {
        let (letter, len) = fold(&text[at..]);
        match letter {
            Some(letter) => {
                if gap > 0 {
                    if words.len() == most {
                        break;
                    }
                    words.push((Vec::new(), 0));
                }
                gap = 0;
                if let Some((word, end)) = words.last_mut() {
                    word.push(letter);
                    *end = at + len;
                }
            }
            None => {
                gap += len;
                if most != usize::MAX && gap > GAP || text[at] == b'\n' {
                    break;
                }
            }
        }
        at += len;
    }
    words
}

/// What the first bytes of a word may be, with bit 0x20 set in each.
fn spellings(word: &[u8]) -> Vec<[u8; KEY]> {
    let mut done = Vec::new();
    let mut open = vec![Vec::new()];
    for &letter in word.iter().chain([&b' '; KEY]) {
        let mut longer = Vec::new();
        for start in &open {
            for way in ways(letter) {
                let bytes = [start.as_slice(), way].concat();
                match bytes.first_chunk::<KEY>() {
                    Some(key) => done.push(*key),
                    None => longer.push(bytes),
                }
            }
        }
        open = longer;
    }
    done.sort_unstable();
    done.dedup();
    done
}

/// The ways to write a folded letter, or a gap, with bit 0x20 set: ASCII, UTF-8, Latin-1.
fn ways(letter: u8) -> Vec<&'static [u8]> {
    let more: &[&[u8]] = match letter {
        b'a' => &[
            b"\xE3\xA0",
            b"\xE3\xA1",
            b"\xE3\xA4",
            b"\xE3\xA5",
            b"\xE3\xA6",
            b"\xE0",
            b"\xE1",
            b"\xE4",
            b"\xE5",
            b"\xE6",
        ],
        b'e' => &[b"\xE3\xA8", b"\xE3\xA9", b"\xE8", b"\xE9"],
        b'o' => &[b"\xE3\xB3", b"\xE3\xB6", b"\xE3\xB8", b"\xF3", b"\xF6", b"\xF8"],
        b'u' => &[b"\xE3\xBC", b"\xFC"],
        // Whatever is no letter.
        b' ' => return (0..=u8::MAX).filter(|b| b & 0x20 != 0).map(single).collect(),
        _ => &[],
    };
    let mut ways = vec![single(letter)];
    ways.extend_from_slice(more);
    ways
}

fn single(byte: u8) -> &'static [u8] {
    static BYTES: [u8; 256] = {
        let mut bytes = [0; 256];
        let mut n = 0;
        while n < 256 {
            bytes[n] = n as u8;
            n += 1;
        }
        bytes
    };
    &BYTES[usize::from(byte)..=usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_as_people_write_them() {
        let terms = ["Projekt Älgen", "projekt", "Örn", "AB Ek", "Operation \"Svan\" 2"];
        let terms = Terms::new(terms.into_iter().enumerate());
        let check = |text: &str, want: Option<(usize, &str)>| {
            let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
            let found = terms.at(text.as_bytes());
            assert_eq!(found, want.map(|(n, w)| (n, w.len())), "{text}");
            let want = want.map(|(n, w)| (n, w.chars().count()));
            assert_eq!(terms.at(&latin), want, "{text} in Latin-1");
        };
        check("PROJEKT-ÄLGEN!", Some((0, "PROJEKT-ÄLGEN")));
        check("projekt älgens", Some((1, "projekt")));
        check("örn,", Some((2, "örn")));
        check("Orn", Some((2, "Orn")));
        check("örnen", None);
        check("ab ek", Some((3, "ab ek")));
        check("operation svan 2", Some((4, "operation svan 2")));
        check("operation       svan 2", None);
        check("xy", None);
    }
}
