//! Payment cards: in one run, or in the groups in which they are embossed.

use std::ops::Range;

use crate::detect::candidate::{Candidate, Normalized};
use crate::detect::groups::{Gap, Groups};
use crate::detect::surroundings::Field;
use crate::detect::{judge, number};
use crate::model::{Attributes, Category, Clue, Evidence};
use crate::validate::payment_card::{self, Issuer};

/// The groups in which cards are embossed: most, American Express, Diners, and long ones.
const EMBOSSED: [&[usize]; 5] =
    [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3], &[4, 4, 4, 1]];

/// Thirteen to nineteen digits in one run.
pub(super) fn bare(text: &[u8], field: &Field, run: Range<usize>) -> Option<Candidate> {
    let digits = &text[run.clone()];
    let issuer = payment_card::check(digits)?;
    let slip = text[run.end..field.bounds.end].trim_ascii_start().first();
    // On payment slips a reference stands before `#`.
    if matches!(slip, Some(b'#' | b'>')) || !number::has_borders(text, &field.bounds, &run) {
        return None;
    }
    let around = judge::surroundings(text, field, &run, Category::PaymentCard);
    let by_chance = around.is_none() && !field.is_cell && stands_among_others(text, &run);
    let issuer = if by_chance { Issuer::Rare } else { issuer };
    Some(weigh(digits, run, issuer, Evidence::NONE, around))
}

/// Bytes before and after a number in which others are looked for.
const NEAR: usize = 100;

/// Is a number near by that is about as long and no card? Then they are numbers of some other kind, as
/// in the constants of a program, and one of ten passes by chance.
fn stands_among_others(text: &[u8], run: &Range<usize>) -> bool {
    let near = run.start.saturating_sub(NEAR)..(run.end + NEAR).min(text.len());
    let mut at = near.start;
    while at < near.end {
        let length = text[at..near.end].iter().take_while(|b| b.is_ascii_digit()).count();
        // What the window cuts is not judged.
        let is_whole = at > near.start && at + length < near.end;
        let is_alike = length.abs_diff(run.len()) <= 1 && at != run.start && is_whole;
        if is_alike && payment_card::check(&text[at..at + length]).is_none() {
            return true;
        }
        at += length.max(1);
    }
    false
}

/// Digits in groups, the first of which begins at `start`.
pub(super) fn grouped(text: &[u8], field: &Field, start: usize) -> Option<Candidate> {
    if follows_group(&text[field.bounds.start..start]) {
        return None;
    }
    let groups = Groups::read(text, start, field.bounds.end, Gap::Mark);
    let mut sizes = groups.sizes();
    let embossed = EMBOSSED.iter().any(|known| groups.sizes().eq(known.iter().copied()));
    sizes.next().filter(|&first| first == 4 && embossed)?;
    let (digits, end) = groups.longest_first().next()?;
    let issuer = payment_card::check(digits)?;
    let range = start..end;
    if !number::has_borders(text, &field.bounds, &range) {
        return None;
    }
    let around = judge::surroundings(text, field, &range, Category::PaymentCard);
    let evidence = Evidence::NONE.with(Clue::Grouping);
    Some(weigh(digits, range, issuer, evidence, around))
}

/// A whole cell of digits under a label.
pub(in crate::detect) fn card(digits: &[u8], range: Range<usize>) -> Option<Candidate> {
    let issuer = payment_card::check(digits)?;
    Some(weigh(digits, range, issuer, Evidence::NONE, Some(Clue::Label)))
}

/// Four letters and digits and a space before the first group: it is not the first (an IBAN).
fn follows_group(before: &[u8]) -> bool {
    let [head @ .., b' ' | b'-'] = before else { return false };
    let word = head.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    word == 4 && head[head.len() - word..].iter().any(u8::is_ascii_digit)
}

fn weigh(
    digits: &[u8],
    range: Range<usize>,
    issuer: Issuer,
    evidence: Evidence,
    around: Option<Clue>,
) -> Candidate {
    let mut evidence = evidence.with(Clue::Luhn);
    if issuer == Issuer::Usual {
        evidence.add(Clue::IssuerRange);
    }
    if let Some(clue) = around {
        evidence.add(clue);
    }
    let test_identity = payment_card::is_published(digits);
    if test_identity {
        evidence.add(Clue::TestIdentity);
    }
    let attributes = Attributes { test_identity, ..Attributes::default() };
    judge::weigh(Category::PaymentCard, range, evidence, attributes, Normalized::FromText)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_among_others_are_told() {
        let check = |text: &str, want: bool| {
            let start = text.find("4111111111111111").unwrap();
            assert_eq!(stands_among_others(text.as_bytes(), &(start..start + 16)), want, "{text}");
        };
        check("kort 4111111111111111 har", false);
        // A list of cards.
        check("\n4111111111111111\n5105105105105100\n", false);
        check("    2251799813685229,\n    4111111111111111,\n", true);
        check("    4111111111111111,\n    2251799813685229,\n", true);
        // Shorter and longer numbers are of another kind.
        check("20260101120000 4111111111111111 order 7350000000001", false);
    }
}
