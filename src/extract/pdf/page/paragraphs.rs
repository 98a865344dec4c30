//! Which lines go on in the next one?
//!
//! A line was wrapped where the first word of the next would not have fitted behind it. That tells
//! paragraphs from lists, addresses and forms, whose lines end where they end.

use super::glyphs::Drawing;
use super::words::{Frame, Line, Word};

/// Text narrower than this, in ems, is not taken to be wrapped: lines of an address.
const NARROW: f32 = 14.0;

/// Lines that end this near to the right edge, in ems, show where it is.
const NEAR_EDGE: f32 = 6.0;

/// The baselines of wrapped lines are at most this far apart, in ems.
const LEADING: f32 = 2.0;

/// How a line goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// It does not.
    End,
    /// With a space.
    Space,
    /// Directly.
    Directly,
    /// Directly, and without its hyphen.
    WithoutHyphen,
}

/// How each line of running text goes on in the next.
pub(super) fn joins(frame: &Frame, drawing: &Drawing, lines: &[Line]) -> Vec<Join> {
    let edge = edge(frame, lines);
    let join = |n: usize| match lines.get(n + 1) {
        Some(next) => join(frame, drawing, (&lines[n], next), edge),
        None => Join::End,
    };
    (0..lines.len()).map(join).collect()
}

/// The right edge of the text, if several lines show it.
fn edge(frame: &Frame, lines: &[Line]) -> Option<f32> {
    let mut ends: Vec<f32> = lines.iter().map(|line| frame.extent(line).1).collect();
    ends.sort_unstable_by(|a, b| b.total_cmp(a));
    let size = lines.iter().map(|line| frame.size(line)).fold(f32::MAX, f32::min);
    // A title or a lone line may go farther than the text.
    let shown = |n: usize| ends.get(n + 1).is_some_and(|next| ends[n] - next < NEAR_EDGE * size);
    (0..ends.len().min(4)).find(|n| shown(*n)).map(|n| ends[n])
}

fn join(frame: &Frame, drawing: &Drawing, (line, next): (&Line, &Line), edge: Option<f32>) -> Join {
    let (Some(last), Some(first)) = (frame.words[line.clone()].last(), frame.words.get(next.start))
    else {
        return Join::End;
    };
    let size = last.size.max(first.size);
    let gap = first.base - last.base;
    if gap > LEADING * size || gap < 0.3 * size || last.size.min(first.size) < 0.8 * size {
        return Join::End;
    }
    let left = frame.extent(line).0;
    let fits = edge.is_none_or(|edge| {
        edge - left < NARROW * size
            || last.right + 0.25 * size + (first.right - first.left) < edge - 0.2 * size
    });
    let indent = (first.left - left).abs() < 4.0 * size;
    let (before, after) = (text(frame, drawing, last), text(frame, drawing, first));
    match seam(&before, &after) {
        Join::Space if fits || !indent || is_mark(&after) => Join::End,
        seam @ (Join::Directly | Join::WithoutHyphen) if !indent && fits => {
            if seam == Join::Directly { Join::End } else { Join::Space }
        }
        seam => seam,
    }
}

/// The text of a word.
pub(super) fn text(frame: &Frame, drawing: &Drawing, word: &Word) -> String {
    let glyphs = frame.order[word.glyphs.clone()].iter();
    glyphs.map(|n| drawing.text(&drawing.glyphs[*n as usize])).collect()
}

/// Begins an item of a list with this?
fn is_mark(word: &str) -> bool {
    let number = word.trim_end_matches(['.', ')', ':']);
    matches!(word, "•" | "·" | "–" | "-" | "*" | "o" | "▪" | "" | "■" | "☐" | "□")
        || number.len() < word.len()
            && number.len() <= 3
            && !number.is_empty()
            && (number.bytes().all(|b| b.is_ascii_digit()) || number.len() == 1)
}

/// How a word that ends a line goes on in the first of the next one.
pub(super) fn seam(before: &str, after: &str) -> Join {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let first = after.chars().next();
    if let Some(stem) = before.strip_suffix(['-', '\u{AD}', '\u{2010}']) {
        let last = stem.chars().next_back();
        return match (last, first) {
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => Join::Directly,
            _ if stem.contains('@') || after.contains('@') => Join::Directly,
            (Some(a), Some(b)) if a.is_alphabetic() && b.is_lowercase() => {
                if matches!(after, "och" | "eller" | "samt" | "resp" | "resp." | "and" | "or") {
                    Join::Space
                } else {
                    Join::WithoutHyphen
                }
            }
            (Some(a), Some(b)) if a.is_alphabetic() && b.is_alphabetic() => Join::Directly,
            _ => Join::Space,
        };
    }
    let numeric = |word: &str| word.bytes().all(|b| b.is_ascii_digit()) && word.len() >= 6;
    if after.starts_with(['-', '+']) && digit(after.chars().nth(1)) && numeric(before) {
        return Join::Directly;
    }
    if before.ends_with('@') || after.starts_with('@') && first.is_some() && before.len() > 1 {
        return Join::Directly;
    }
    let domain = before.rsplit_once('@').map(|(_, domain)| domain);
    let unfinished = domain
        .and_then(|domain| domain.strip_suffix('.'))
        .is_some_and(|domain| !domain.contains('.') && !domain.is_empty());
    if unfinished && first.is_some_and(char::is_lowercase) {
        return Join::Directly;
    }
    Join::Space
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_on_in_the_next_line() {
        let check = |before, after, want| assert_eq!(seam(before, after), want, "{before} {after}");
        check("850709-", "1234", Join::Directly);
        check("19850709", "-1234", Join::Directly);
        check("person-", "nummer", Join::WithoutHyphen);
        check("för-", "och", Join::Space);
        check("Anna-", "Karin", Join::Directly);
        check("anna.ek@", "example.se", Join::Directly);
        check("anna.ek@example.", "se", Join::Directly);
        check("anna.ek@example.se.", "vi", Join::Space);
        check("anna-", "ek@example.se", Join::Directly);
        check("070-174", "06", Join::Space);
        check("2024", "-", Join::Space);
    }
}
