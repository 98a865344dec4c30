//! Two bytes that every way of writing a value holds, looked for in all of a text.
//!
//! This is what most of a search costs: where none of a person's pairs stands, nothing else is done.
//! The loop is written so that the compiler looks at many bytes at once.

/// Bytes looked at together.
const CHUNK: usize = 128;

/// Two neighbouring bytes, letters in lower case. Digits have the bit of lower case anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair([u8; 2]);

impl Pair {
    /// A pair of letters or digits.
    pub(super) fn new(bytes: [u8; 2]) -> Pair {
        Pair(bytes.map(|byte| byte | LOWER))
    }

    fn is_at(self, text: &[u8], at: usize) -> bool {
        text[at] | LOWER == self.0[0] && text[at + 1] | LOWER == self.0[1]
    }

    fn is_in(self, window: &[u8; CHUNK + 1]) -> bool {
        let mut any = 0;
        for n in 0..CHUNK {
            let first = u8::from(window[n] | LOWER == self.0[0]);
            any |= first & u8::from(window[n + 1] | LOWER == self.0[1]);
        }
        any != 0
    }
}

const LOWER: u8 = 0x20;

/// Calls `hit` with the number of the pair and its place, for each place of one, until it says stop.
/// True if it did.
pub(super) fn find(pairs: &[Pair], text: &[u8], mut hit: impl FnMut(usize, usize) -> bool) -> bool {
    let mut at = 0;
    while let Some(window) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        for (n, pair) in pairs.iter().enumerate() {
            if pair.is_in(window) && places(*pair, text, at..at + CHUNK, n, &mut hit) {
                return true;
            }
        }
        at += CHUNK;
    }
    let rest = at..text.len().saturating_sub(1).max(at);
    (0..pairs.len()).any(|n| places(pairs[n], text, rest.clone(), n, &mut hit))
}

fn places(
    pair: Pair,
    text: &[u8],
    range: std::ops::Range<usize>,
    n: usize,
    hit: &mut impl FnMut(usize, usize) -> bool,
) -> bool {
    range.into_iter().any(|at| pair.is_at(text, at) && hit(n, at))
}

/// The pair of a run of letters or digits that is rarest in Swedish and English text, and where in
/// the run it stands.
pub(super) fn rarest(run: &[u8]) -> Option<(Pair, usize)> {
    let pairs = run.windows(2).enumerate();
    let weight = |two: &[u8]| u32::from(rank(two[0])) * u32::from(rank(two[1]));
    let (at, two) = pairs.min_by_key(|(_, two)| weight(two))?;
    Some((Pair::new([two[0], two[1]]), at))
}

/// How common a letter is, roughly.
fn rank(byte: u8) -> u8 {
    const ORDER: &[u8] = b"qzwxjcyvbphufkgmodilsrtnae";
    match ORDER.iter().position(|&known| known == byte.to_ascii_lowercase()) {
        Some(place) => 1 + place as u8,
        None => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found_wherever_a_chunk_ends() {
        for length in [0, 1, 2, 3, 127, 128, 129, 130, 255, 256, 257, 400] {
            for at in 0..length.max(1) - usize::from(length > 0) {
                let mut text = vec![b'.'; length];
                if length >= 2 {
                    text[at..at + 2].copy_from_slice(b"Lu");
                }
                let mut found = Vec::new();
                find(&[Pair::new(*b"xx"), Pair::new(*b"lu")], &text, |n, place| {
                    found.push((n, place));
                    false
                });
                let want = if length >= 2 { vec![(1, at)] } else { vec![] };
                assert_eq!(found, want, "{length} {at}");
            }
        }
    }

    #[test]
    fn rare_pairs_are_preferred() {
        assert_eq!(rarest(b"lindqvist").unwrap().0, Pair::new(*b"qv"));
        assert_eq!(rarest(b"x"), None);
    }
}
