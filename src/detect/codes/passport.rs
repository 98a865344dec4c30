//! Passport numbers. They have no check digit: only a word or label makes them findings.

use std::ops::Range;

use crate::detect::candidate::{Candidate, Normalized};
use crate::detect::surroundings::Field;
use crate::detect::{Reader, accounts, judge, number};
use crate::model::{Attributes, Category, Clue, Evidence};
use crate::validate::passport::{self, Form};

/// The longest number, in characters (ICAO Doc 9303).
pub(super) const LONGEST: usize = 9;

impl Reader<'_> {
    /// The letters and digits in `range` as a passport number.
    pub(in crate::detect) fn passport(&mut self, field: &Field, range: Range<usize>) {
        self.offer_named(field, |text, field| named(text, field, &range));
    }
}

fn named(text: &[u8], field: &Field, range: &Range<usize>) -> Option<Candidate> {
    let number = &text[range.clone()];
    let form = passport::form(number)?;
    if passport::is_date(number) || !number::has_borders(text, &field.bounds, range) {
        return None;
    }
    let around = accounts::adjacent(text, field, range, Category::PassportNumber);
    Some(weigh(number, range.clone(), form, around))
}

/// A whole cell under a label.
pub(in crate::detect) fn labelled(number: &[u8], range: Range<usize>) -> Option<Candidate> {
    let form = passport::form(number)?;
    Some(weigh(number, range, form, Some(Clue::Label)))
}

fn weigh(number: &[u8], range: Range<usize>, form: Form, around: Option<Clue>) -> Candidate {
    let mut evidence = Evidence::NONE;
    if form == Form::Swedish {
        evidence.add(Clue::Shape);
    }
    if let Some(clue) = around {
        evidence.add(clue);
    }
    let normalized = Normalized::short(number);
    judge::weigh(Category::PassportNumber, range, evidence, Attributes::default(), normalized)
}
