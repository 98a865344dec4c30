//! International bank account numbers, in one piece or in groups.

use crate::detect::candidate::{Candidate, Normalized};
use crate::detect::separators::{self, Mark};
use crate::detect::surroundings::Field;
use crate::detect::{judge, number};
use crate::model::{Attributes, Category, Clue, Evidence};
use crate::validate::iban;

/// The IBAN whose country stands at `at`.
pub(in crate::detect) fn iban(text: &[u8], field: &Field, at: usize) -> Option<Candidate> {
    let country = text.get(at..at + 2)?;
    let wanted = iban::length([country[0].to_ascii_uppercase(), country[1].to_ascii_uppercase()])?;
    let mut signs = [0; iban::LONGEST];
    let (mut len, mut end) = (0, at);
    while len < wanted {
        let sign = *text[..field.bounds.end].get(end)?;
        if sign.is_ascii_alphanumeric() {
            signs[len] = sign.to_ascii_uppercase();
            len += 1;
            end += 1;
        } else {
            let gap = separators::first(&text[end..]);
            end += gap.filter(|g| matches!(g.0, Mark::Space | Mark::Dash)).map(|g| g.1)?;
        }
    }
    let range = at..end;
    if !iban::is_valid(&signs[..len]) || !number::has_borders(text, &field.bounds, &range) {
        return None;
    }
    let mut evidence = Evidence::NONE.with(Clue::Checksum).with(Clue::Shape);
    if range.len() > len {
        evidence.add(Clue::Grouping);
    }
    if let Some(clue) = judge::surroundings(text, field, &range, Category::Iban) {
        evidence.add(clue);
    }
    let test_identity = iban::is_published(&signs[..len]);
    if test_identity {
        evidence.add(Clue::TestIdentity);
    }
    let attributes = Attributes { test_identity, ..Attributes::default() };
    Some(judge::weigh(Category::Iban, range, evidence, attributes, Normalized::FromText))
}
