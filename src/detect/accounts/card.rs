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
    Some(weigh(digits, run, issuer, Evidence::NONE, around))
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
