//! Cutting large tables into ranges of keys.

use super::{Listed, State};
use crate::model::{KeyRange, TablePart};

/// Bytes of a table that a part should hold.
const PART: u64 = 32 * 1024 * 1024;

/// Parts a table is cut into at most.
const MOST: u64 = 4096;

/// Does a table of so many bytes have more than one part?
pub(super) fn is_large(bytes: u64) -> bool {
    bytes >= 2 * PART
}

/// The parts of a table whose keys lie between `least` and `greatest`. The bounds are computed, not
/// looked up: dense keys give even parts, others uneven ones, and no row is named.
pub(super) fn cut(
    part: &TablePart,
    bytes: u64,
    column: &str,
    (least, greatest): (i64, i64),
) -> Vec<Listed> {
    let span = (i128::from(greatest) - i128::from(least) + 1).max(1);
    let parts = (bytes / PART).clamp(1, MOST);
    let parts = i128::from(parts).min(span);
    let bound = |n: i128| i64::try_from(i128::from(least) + span * n / parts).ok();
    let range = |n: i128| KeyRange {
        column: column.to_owned(),
        from: if n == 0 { None } else { bound(n) },
        to: if n + 1 == parts { None } else { bound(n + 1) },
    };
    let listed = |n: i128| {
        let number = |n: i128| u32::try_from(n).unwrap_or(u32::MAX);
        let range = (parts > 1).then(|| range(n));
        let part = TablePart { number: number(n + 1), of: number(parts), range, ..part.clone() };
        Listed { part, state: State::Ready }
    };
    (0..parts).map(listed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: u64, keys: (i64, i64), want: &[(Option<i64>, Option<i64>)]) {
        let part = TablePart::whole(None, "kund".to_owned());
        let cut = cut(&part, bytes, "id", keys);
        let got: Vec<_> = cut
            .iter()
            .map(|listed| listed.part.range.as_ref().map_or((None, None), |r| (r.from, r.to)))
            .collect();
        assert_eq!(got, want, "{bytes} {keys:?}");
        assert!(cut.iter().all(|l| l.part.of as usize == want.len()));
    }

    #[test]
    fn parts_cover_all_keys_once() {
        check(PART, (1, 100), &[(None, None)]);
        check(2 * PART, (1, 100), &[(None, Some(51)), (Some(51), None)]);
        check(3 * PART, (0, 1), &[(None, Some(1)), (Some(1), None)]);
        check(2 * PART, (i64::MIN, i64::MAX), &[(None, Some(0)), (Some(0), None)]);
        check(2 * PART, (7, 7), &[(None, None)]);
    }
}
