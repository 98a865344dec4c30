//! Digits in groups, read forwards over one separator at a time.

use super::separators::{self, Mark};

/// Digits read at most.
const MOST: usize = 24;
/// Groups read at most.
const GROUPS: usize = 10;

/// What may part two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// One space or one dash.
    Mark,
    /// The same, a comma or full stop, and what people put around a dash or behind a comma.
    Loose,
}

/// Digits, and where their groups end.
pub(crate) struct Groups {
    digits: [u8; MOST],
    len: usize,
    /// After how many digits, and at which byte, each group ends.
    ends: [(usize, usize); GROUPS],
    count: usize,
}

impl Groups {
    /// Reads on from the digit at `at`, not beyond `end`.
    pub(crate) fn read(text: &[u8], mut at: usize, end: usize, gap: Gap) -> Groups {
        let mut groups = Groups { digits: [0; MOST], len: 0, ends: [(0, 0); GROUPS], count: 0 };
        while groups.count < GROUPS {
            let run = text[at..end].iter().take_while(|b| b.is_ascii_digit()).count();
            if run == 0 || groups.len + run > MOST {
                break;
            }
            groups.digits[groups.len..groups.len + run].copy_from_slice(&text[at..at + run]);
            groups.len += run;
            at += run;
            groups.ends[groups.count] = (groups.len, at);
            groups.count += 1;
            match gap.length(&text[at..end]) {
                Some(len) => at += len,
                None => break,
            }
        }
        groups
    }

    /// The sizes of the groups, at most as many as are read.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| end.0));
        self.ends[..self.count].iter().zip(starts).map(|(end, start)| end.0 - start)
    }

    /// The digits up to each group's end, with that place in the text, the longest first.
    pub(crate) fn longest_first(&self) -> impl Iterator<Item = (&[u8], usize)> {
        let ends = self.ends[..self.count].iter().rev();
        ends.map(|&(len, at)| (&self.digits[..len], at))
    }
}

impl Gap {
    /// The length of the gap that `text` begins with, if a digit follows it.
    fn length(self, text: &[u8]) -> Option<usize> {
        let length = match separators::first(text) {
            Some((Mark::Space, len)) if self == Gap::Loose => {
                len + dash_and_space(&text[len..]).unwrap_or(0)
            }
            Some((Mark::Dash, len)) if self == Gap::Loose => {
                len + usize::from(text.get(len) == Some(&b' '))
            }
            Some((Mark::Space | Mark::Dash, len)) => len,
            Some((Mark::Sign(b'.' | b'/'), len)) if self == Gap::Loose => len,
            None if self == Gap::Loose && text.first() == Some(&b',') => {
                1 + usize::from(text.get(1) == Some(&b' '))
            }
            _ => return None,
        };
        text.get(length).is_some_and(u8::is_ascii_digit).then_some(length)
    }
}

/// `- ` after a space.
fn dash_and_space(text: &[u8]) -> Option<usize> {
    let (mark, len) = separators::first(text)?;
    (mark == Mark::Dash && text.get(len) == Some(&b' ')).then_some(len + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, gap: Gap, digits: &str, sizes: &[usize]) {
        let groups = Groups::read(text.as_bytes(), 0, text.len(), gap);
        assert_eq!(groups.longest_first().next().unwrap().0, digits.as_bytes(), "{text}");
        assert_eq!(groups.sizes().collect::<Vec<_>>(), sizes, "{text}");
    }

    #[test]
    fn groups_are_read() {
        check("4571 1234 1234 1234 och", Gap::Mark, "4571123412341234", &[4, 4, 4, 4]);
        check("4571-1234 1234, 12", Gap::Mark, "457112341234", &[4, 4, 4]);
        check("5123, 123 45 67.", Gap::Loose, "51231234567", &[4, 3, 2, 2]);
        check("8424-4,983 189 224-6", Gap::Loose, "842449831892246", &[4, 1, 3, 3, 3, 1]);
        check("5123 - 1234567", Gap::Loose, "51231234567", &[4, 7]);
        check("5123\u{a0}1234567\n12", Gap::Mark, "51231234567", &[4, 7]);
        check("5123  12", Gap::Loose, "5123", &[4]);
    }

    #[test]
    fn the_longest_comes_first() {
        let text = b"12 34 56";
        let groups = Groups::read(text, 0, text.len(), Gap::Mark);
        let all: Vec<_> = groups.longest_first().map(|(d, at)| (d.len(), at)).collect();
        assert_eq!(all, [(6, 8), (4, 5), (2, 2)]);
    }
}
