//! Personal numbers whose last digits are masked: `900101-XXXX`, `19900101-****`, `19900101-`.
//!
//! What is left is a birth date: worth a look, and no more than that.

use std::ops::Range;

use super::candidate::{Candidate, Normalized};
use super::surroundings::Field;
use super::{Reader, judge, number};
use crate::model::{Attributes, Category, Clue, Confidence, Evidence};
use crate::validate::date::Date;

/// Points that a birth date has at most.
const MOST: i16 = 30;

/// Bytes that stand for a digit that is not shown.
const MASKS: [u8; 6] = *b"Xx*#?_";

impl Reader<'_> {
    /// The masked number whose mask begins at `at`, in any text.
    pub(super) fn masked_at(&mut self, at: usize) {
        if !self.detector.wants_category(Category::Personnummer) {
            return;
        }
        let field = self.surroundings.field(at);
        let dash = usize::from(self.text[..at].ends_with(b"-"));
        let date = number::run_before(self.text, field.bounds.start, at - dash);
        let end = (at + 4).min(field.bounds.end);
        let free = number::has_borders(self.text, &field.bounds, &(date.start..end));
        let range = date.start..end;
        if free && let Some(candidate) = weigh(self.text, &field, range, self.standard.reference) {
            self.candidates.push(candidate);
        }
    }

    /// A cell of a column or field that holds such numbers.
    pub(super) fn masked_cell(&mut self, field: &Field) {
        let cell = judge::trim(self.text, &field.bounds);
        if let Some(candidate) = weigh(self.text, field, cell, self.standard.reference) {
            self.candidates.push(candidate);
        }
    }
}

fn weigh(text: &[u8], field: &Field, range: Range<usize>, reference: Date) -> Option<Candidate> {
    let date = &text[range.clone()][read(&text[range.clone()], reference)?];
    let around = judge::surroundings(text, field, &range, Category::Personnummer);
    if matches!(around, Some(Clue::LabelAgainst | Clue::ContextAgainst)) {
        return None;
    }
    let mut evidence = Evidence::NONE.with(Clue::ValidDate);
    around.into_iter().for_each(|clue| evidence.add(clue));
    let attributes = Attributes { masked: true, ..Attributes::default() };
    let form = Normalized::short(&[date, b"****"].concat());
    let mut found = judge::weigh(Category::Personnummer, range, evidence, attributes, form);
    found.confidence = Confidence::Low;
    found.score = found.score.min(MOST);
    Some(found)
}

/// The birth date that is left of a masked number, six or eight digits. Templates (`ÅÅMMDD-NNNN`,
/// `YYYYMMDD-XXXX`) hold none.
pub(crate) fn read(value: &[u8], reference: Date) -> Option<Range<usize>> {
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = &value[digits..];
    let is_masked = match rest {
        [b'-' | b'+', mask @ ..] => mask.is_empty() && digits == 8 || is_mask(mask),
        mask => is_mask(mask),
    };
    let date = &value[..digits];
    (is_masked && matches!(digits, 6 | 8) && is_birth(date, reference)).then_some(0..digits)
}

/// Four signs, the same all through.
fn is_mask(signs: &[u8]) -> bool {
    let [first, rest @ ..] = signs else { return false };
    rest.len() == 3 && MASKS.contains(first) && rest.iter().all(|sign| sign == first)
}

/// A day on which somebody who may live was born.
fn is_birth(date: &[u8], reference: Date) -> bool {
    let number = |digits: &[u8]| digits.iter().fold(0_u16, |n, d| n * 10 + u16::from(d - b'0'));
    let (year, rest) = date.split_at(date.len() - 4);
    let (month, day) = (number(&rest[..2]) as u8, number(&rest[2..]) as u8);
    let day = if day > 60 { day - 60 } else { day };
    let written = number(year);
    let years = if year.len() == 4 { [written; 2] } else { [1900 + written, 2000 + written] };
    let last = reference.year();
    years.iter().any(|&y| (last - 120..=last).contains(&y) && Date::new(y, month, day).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, want: bool) {
        let got = read(value.as_bytes(), Date::new(2026, 11, 21).unwrap());
        assert_eq!(got.is_some(), want, "{value}");
    }

    #[test]
    fn dates_behind_masks_are_read() {
        for value in ["900101-XXXX", "19900101-****", "900161-xxxx", "19900101-", "900101+####"] {
            check(value, true);
        }
        for value in
            ["ÅÅMMDD-NNNN", "YYYYMMDD-XXXX", "901301-XXXX", "900101-", "900101", "20990101-XXXX"]
        {
            check(value, false);
        }
        for value in ["900101-XXX", "900101-XXXXX", "900101-X*X*", "9001012-XXXX", "900101-ABCD"] {
            check(value, false);
        }
    }
}
