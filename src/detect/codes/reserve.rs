//! Numbers that stand in for a personnummer: with a letter among the last four characters, or with
//! twelve digits that no personnummer has.

use std::ops::Range;

use crate::detect::candidate::{Candidate, Normalized};
use crate::detect::surroundings::Field;
use crate::detect::{Reader, judge, number};
use crate::model::{Attributes, Category, Clue, Evidence};
use crate::validate::date::Date;
use crate::validate::reserve_number::{self, Kind};

const RESERVE: Category = Category::ReserveNumber;

impl Reader<'_> {
    /// The capital letter at `at`, behind six digits and perhaps a hyphen.
    pub(in crate::detect) fn letter(&mut self, at: usize) {
        let field = self.surroundings.field(at);
        let reference = self.standard.reference;
        self.offer(&field, |text, field| with_letter(text, field, at, reference));
    }

    /// Twelve digits.
    pub(in crate::detect) fn reserve_digits(&mut self, field: &Field, run: Range<usize>) {
        if !self.detector.wants_category(RESERVE) {
            return;
        }
        let reference = self.standard.reference;
        self.offer(field, |text, field| {
            let kind = reserve_number::read(&text[run.clone()], reference)?;
            let free = number::has_borders(text, &field.bounds, &run);
            free.then(|| {
                weigh(
                    &text[run.clone()],
                    kind,
                    run.clone(),
                    Evidence::NONE,
                    around(text, field, &run),
                )
            })
        });
    }
}

fn with_letter(text: &[u8], field: &Field, at: usize, reference: Date) -> Option<Candidate> {
    let before = text[field.bounds.start..at].strip_suffix(b"-");
    let dash = before.is_some();
    let date = number::run_before(text, field.bounds.start, at - usize::from(dash));
    let tail = text[..field.bounds.end].get(at..at + 4)?;
    let range = date.start..at + 4;
    let number = [&text[date.clone()], tail].concat();
    let kind = reserve_number::read(&number, reference)?;
    if tail.iter().any(u8::is_ascii_lowercase) || !number::has_borders(text, &field.bounds, &range)
    {
        return None;
    }
    let mut evidence = Evidence::NONE;
    if dash {
        evidence.add(Clue::Separator);
    }
    let around = around(text, field, &range);
    // `20240101T120…` is a time stamp; four other characters may be anything.
    let weak = matches!(kind, Kind::Other) || matches!(kind, Kind::Temporary) && !dash;
    (!weak || judge::is_for(around)).then(|| weigh(&number, kind, range, evidence, around))
}

/// Where a personnummer is asked for, such a number is one given in its place.
fn around(text: &[u8], field: &Field, range: &Range<usize>) -> Option<Clue> {
    let own = judge::surroundings(text, field, range, RESERVE);
    if judge::is_for(own) {
        return own;
    }
    let instead = judge::surroundings(text, field, range, Category::Personnummer);
    instead.filter(|&clue| judge::is_for(Some(clue))).or(own)
}

/// A whole cell under a label, as capital letters and digits.
pub(in crate::detect) fn labelled(
    number: &[u8],
    range: Range<usize>,
    reference: Date,
) -> Option<Candidate> {
    let kind = reserve_number::read(number, reference)?;
    Some(weigh(number, kind, range, Evidence::NONE, Some(Clue::Label)))
}

fn weigh(
    number: &[u8],
    kind: Kind,
    range: Range<usize>,
    mut evidence: Evidence,
    around: Option<Clue>,
) -> Candidate {
    if kind.is_checked() && kind != Kind::National {
        evidence.add(Clue::Luhn);
    }
    if !matches!(kind, Kind::Stockholm | Kind::Inera) {
        evidence.add(Clue::ValidDate);
    }
    if !matches!(kind, Kind::Interim | Kind::Temporary | Kind::Other) {
        evidence.add(Clue::Shape);
    }
    if let Some(clue) = around {
        evidence.add(clue);
    }
    judge::weigh(RESERVE, range, evidence, Attributes::default(), Normalized::short(number))
}
