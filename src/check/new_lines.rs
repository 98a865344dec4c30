//! Which lines of a text were not there before. A line that has only moved is not new: what stands
//! on it was there.

use std::collections::HashMap;
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::model::{Place, Step};

/// The new lines of a text, as ranges of its bytes in order.
#[derive(Debug)]
pub(super) struct NewLines {
    ranges: Vec<Range<u64>>,
}

impl NewLines {
    /// What `after` has and `before` has not.
    pub(super) fn between(before: &[u8], after: &[u8]) -> NewLines {
        let mut known: HashMap<u64, usize> = HashMap::new();
        for (_, line) in lines(before) {
            *known.entry(xxh3_64(line.trim_ascii_end())).or_default() += 1;
        }
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for (at, line) in lines(after) {
            if let Some(n @ 1..) = known.get_mut(&xxh3_64(line.trim_ascii_end())) {
                *n -= 1;
                continue;
            }
            let (start, end) = (at as u64, (at + line.len()) as u64);
            match ranges.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ => ranges.push(start..end),
            }
        }
        NewLines { ranges }
    }

    /// Does a place touch one of them? What has no place in the text itself, such as a cell of a
    /// sheet, is taken to: the file has changed.
    pub(super) fn has(&self, place: &Place, inside: &[Step]) -> bool {
        let Place::Text(at) = place else { return true };
        let next = self.ranges.partition_point(|range| range.end <= at.byte_start);
        !inside.is_empty() || self.ranges.get(next).is_some_and(|range| range.start < at.byte_end)
    }
}

/// Lines with where they begin, line ends kept.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let end = if memchr::memchr(b'\n', text).is_some() { b'\n' } else { b'\r' };
    let mut at = 0;
    text.split_inclusive(move |&byte| byte == end).map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_lines_are_not_new() {
        let check = |before: &str, after: &str, want: &[&str]| {
            let new = NewLines::between(before.as_bytes(), after.as_bytes());
            let got: Vec<&str> =
                new.ranges.iter().map(|r| &after[r.start as usize..r.end as usize]).collect();
            assert_eq!(got, want, "{before:?} {after:?}");
        };
        check("", "a\nb", &["a\nb"]);
        check("a\nb\n", "b\na\n", &[]);
        check("a\nb\n", "a\nx\nb\n", &["x\n"]);
        check("a\n", "a\na\n", &["a\n"]);
        check("a\nb", "a\r\nb", &[]);
        check("a\rb", "a\rc\rb", &["c\r"]);
        check("a\n", "", &[]);
    }
}
