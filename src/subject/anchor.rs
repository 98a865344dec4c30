//! Two or three bytes that every way of writing a value holds, looked for in all of a text.
//!
//! This is what most of a search costs: where none of a person's pairs stands, nothing else is done.
//! The loop is written so that the compiler looks at many bytes at once.

/// Bytes looked at together.
const CHUNK: usize = 128;

/// Two or three neighbouring bytes, letters in lower case. Digits have the bit of lower case anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    bytes: [u8; 3],
    /// The bits of the third byte that count: all or none.
    third: u8,
}

impl Pair {
    /// A pair of letters or digits.
    pub(super) fn new([first, second]: [u8; 2]) -> Pair {
        Pair { bytes: [first | LOWER, second | LOWER, 0], third: 0 }
    }

    /// Three letters or digits, which fewer places have.
    fn three(bytes: [u8; 3]) -> Pair {
        Pair { bytes: bytes.map(|byte| byte | LOWER), third: u8::MAX }
    }

    fn is_at(self, text: &[u8], at: usize) -> bool {
        let third = text.get(at + 2).map_or(0, |byte| byte | LOWER);
        text[at] | LOWER == self.bytes[0]
            && text[at + 1] | LOWER == self.bytes[1]
            && third & self.third == self.bytes[2]
    }

    fn is_in(self, window: &[u8; CHUNK + 2]) -> bool {
        let [first, second, third] = self.bytes;
        let mut any = 0;
        for n in 0..CHUNK {
            let two =
                u8::from(window[n] | LOWER == first) & u8::from(window[n + 1] | LOWER == second);
            any |= two & u8::from((window[n + 2] | LOWER) & self.third == third);
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

/// The neighbours in a run of letters or digits that are rarest in Swedish and English text, and where
/// in the run they stand.
pub(super) fn rarest(run: &[u8]) -> Option<(Pair, usize)> {
    let weight = |some: &[u8]| some.iter().map(|&byte| u32::from(rank(byte))).product::<u32>();
    let (at, some) =
        run.windows(run.len().clamp(2, 3)).enumerate().min_by_key(|(_, some)| weight(some))?;
    match *some {
        [a, b, c] => Some((Pair::three([a, b, c]), at)),
        [a, b] => Some((Pair::new([a, b]), at)),
        _ => None,
    }
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
        assert_eq!(rarest(b"lindqvist").unwrap().0, Pair::three(*b"dqv"));
        assert_eq!(rarest(b"ek").unwrap().0, Pair::new(*b"ek"));
        assert_eq!(rarest(b"x"), None);
    }
}
