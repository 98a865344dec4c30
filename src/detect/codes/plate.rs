//! Vehicle registrations. Three letters and three digits name many things: without a word or label
//! none is more than a candidate.

use std::ops::Range;

use crate::detect::candidate::{Candidate, Normalized};
use crate::detect::surroundings::Field;
use crate::detect::{judge, number};
use crate::model::{Attributes, Category, Clue, Evidence};
use crate::validate::vehicle;

/// Letters that stand before numbers for another reason, also where vehicles are spoken of: money,
/// standards, colours.
const OTHERS: [&[u8; 3]; 12] = [
    b"SEK", b"EUR", b"USD", b"NOK", b"DKK", b"GBP", b"ISO", b"DIN", b"RAL", b"LED", b"USB", b"TEL",
];

/// The registration whose three letters stand at `at`.
pub(super) fn plate(text: &[u8], field: &Field, at: usize) -> Option<Candidate> {
    let letters = text.get(at..at + 3)?;
    let gap = usize::from(text.get(at + 3) == Some(&b' '));
    let range = at..at + 6 + gap;
    let tail = text[..field.bounds.end].get(range.end - 3..range.end)?;
    let number: Vec<u8> = [letters, tail].concat();
    if !vehicle::is_plate(&number) || !number::has_borders(text, &field.bounds, &range) {
        return None;
    }
    let around = judge::surroundings(text, field, &range, Category::VehicleRegistration);
    let known = OTHERS.iter().any(|known| letters == known.as_slice());
    let other = known || vehicle::is_blocked(&number);
    (around == Some(Clue::Label) || !other).then(|| weigh(&number, range, around))
}

/// The fewest signs of a personal or foreign registration that is told from makes and models, which
/// stand in such columns too.
const SHORTEST: usize = 5;

/// A whole cell under a label, as capital letters and digits, and as written.
pub(in crate::detect) fn labelled(
    plate: &[u8],
    written: &[u8],
    range: Range<usize>,
) -> Option<Candidate> {
    if vehicle::is_plate(plate) {
        return Some(weigh(plate, range, Some(Clue::Label)));
    }
    let personal = vehicle::is_personal_plate(plate)
        && plate.len() >= SHORTEST
        && plate.iter().any(u8::is_ascii_digit)
        && !written.iter().any(u8::is_ascii_lowercase);
    let evidence = Evidence::NONE.with(Clue::Label);
    let (category, attributes) = (Category::VehicleRegistration, Attributes::default());
    let normalized = Normalized::short(plate);
    personal.then(|| judge::weigh(category, range, evidence, attributes, normalized))
}

fn weigh(number: &[u8], range: Range<usize>, around: Option<Clue>) -> Candidate {
    let mut evidence = Evidence::NONE.with(Clue::Shape);
    if let Some(clue) = around {
        evidence.add(clue);
    }
    let normalized = Normalized::short(number);
    judge::weigh(Category::VehicleRegistration, range, evidence, Attributes::default(), normalized)
}
