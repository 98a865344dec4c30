//! Where a sentence begins and ends.

use super::fold::Folded;
use super::lexicon::{class, lookup};
use std::ops::Range;

/// No sentence is followed further than this to either side, in bytes.
const REACH: usize = 800;

/// The bytes of the sentence around byte `at` of a text in an ASCII-compatible encoding, without the
/// blanks around it. A wrapped line goes on; a blank line, a bullet, or a line that looks like a row of
/// a table ends it, as do `.`, `!` and `?` before a blank, except after abbreviations and initials.
#[must_use]
pub fn sentence_bounds(text: &[u8], at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let first = at.saturating_sub(REACH);
    let last = (at + REACH).min(text.len());
    let start = (first..at).rev().find(|&i| ends_after(text, i)).map_or(first, |i| i + 1);
    let end = (at..last).find(|&i| ends_after(text, i)).map_or(last, |i| i + 1);
    trim(text, whole_characters(text, start, end))
}

/// A cut at the reach's limit must not fall into a character.
fn whole_characters(text: &[u8], mut start: usize, mut end: usize) -> Range<usize> {
    let inside = |i: usize| text.get(i).is_some_and(|b| b & 0xc0 == 0x80);
    while start < end && inside(start) && start > 0 && text[start - 1] >= 0x80 {
        start += 1;
    }
    while end > start && inside(end) && text[end - 1] >= 0x80 {
        end -= 1;
    }
    start..end
}

fn trim(text: &[u8], range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_ascii_start().len());
    start..start + part.trim_ascii().len()
}

fn ends_after(text: &[u8], i: usize) -> bool {
    match text[i] {
        b'!' | b'?' => text.get(i + 1).is_none_or(|b| is_blank(*b) || b"\"')".contains(b)),
        b'.' => text.get(i + 1).is_none_or(|b| is_blank(*b)) && !abbreviation(text, i),
        b'\n' => line_ends(text, i),
        b'\r' => text.get(i + 1) != Some(&b'\n') && line_ends(text, i),
        0 | 12 => true,
        _ => false,
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn abbreviation(text: &[u8], dot: usize) -> bool {
    let start = (dot.saturating_sub(8)..dot).rev().find(|&i| is_blank(text[i]) || text[i] == b'(');
    let word = text[start.map_or(dot.saturating_sub(8), |i| i + 1)..dot].to_ascii_lowercase();
    let initials = word.len() <= 3
        && word.split(|&b| b == b'.').all(|p| p.len() == 1 && p[0].is_ascii_alphabetic());
    initials || std::str::from_utf8(&word).is_ok_and(is_listed)
}

fn is_listed(word: &str) -> bool {
    let mut folded = Folded::new();
    word.split('.').for_each(|part| folded.push_word(part));
    lookup(&folded).any(class::ABBREVIATION)
}

/// Does the line break at `i` end the sentence? Only a line of prose that the next one goes on with
/// does not.
fn line_ends(text: &[u8], i: usize) -> bool {
    let next = &text[i + 1..];
    let next_line = line(next, 0);
    let first = i.saturating_sub(REACH);
    let start = text[first..i].iter().rposition(|&b| b == b'\n').map_or(first, |n| first + n + 1);
    let this = text[start..i].trim_ascii();
    let wrapped = this.len() >= 40 && !closes(this) && continues(next_line);
    !wrapped || is_row(this) || is_row(next_line)
}

fn line(text: &[u8], start: usize) -> &[u8] {
    let rest = &text[start..];
    let end = rest.iter().take(REACH).position(|&b| b == b'\n').unwrap_or(rest.len().min(REACH));
    rest[..end].trim_ascii()
}

fn closes(line: &[u8]) -> bool {
    line.last().is_some_and(|b| b".!?:;".contains(b))
}

fn continues(line: &[u8]) -> bool {
    line.first().is_some_and(|b| {
        b.is_ascii_lowercase() || *b >= 0x80 || b.is_ascii_uppercase() || *b == b'('
    }) && !label_like(line)
}

/// `Namn: …`, a line of a form.
fn label_like(line: &[u8]) -> bool {
    line.iter()
        .take(30)
        .position(|&b| b == b':')
        .is_some_and(|n| n > 0 && line[..n].iter().filter(|b| **b == b' ').count() <= 2)
}

fn is_row(line: &[u8]) -> bool {
    line.iter().filter(|b| b";|\t".contains(b)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        for (text, hit, expected) in [
            ("Hej! Jag är vegan. Kommer kl. 12.", "vegan", "Jag är vegan."),
            ("Jag tål inte t.ex. nötter. Hej.", "nötter", "Jag tål inte t.ex. nötter."),
            ("Vi ses kl. 12 då vegan är ok.", "vegan", "Vi ses kl. 12 då vegan är ok."),
            (
                "Det här är en rad som är så lång att den bryts och jag är\nvegan sedan 2019.",
                "vegan",
                "Det här är en rad som är så lång att den bryts och jag är\nvegan sedan 2019.",
            ),
            ("Anna kommer\n\nvegan", "vegan", "vegan"),
            ("- Anna: vegan\n- Bo: nötter", "Bo", "- Bo: nötter"),
            ("Namn;Kost;Tel\nAnna;vegan;1", "vegan", "Anna;vegan;1"),
            ("A.L. (4A) nötallergi", "allergi", "A.L. (4A) nötallergi"),
        ] {
            let at = text.find(hit).unwrap();
            assert_eq!(&text[sentence_bounds(text.as_bytes(), at)], expected, "{text}");
        }
    }
}
