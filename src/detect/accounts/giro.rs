//! Bankgiro and plusgiro numbers. One in ten numbers has a right check digit: without a word that
//! names it, none is more than a candidate.

use std::ops::Range;

use crate::detect::candidate::{Candidate, Normalized};
use crate::detect::separators::{self, Mark};
use crate::detect::surroundings::Field;
use crate::detect::{judge, number};
use crate::model::{Attributes, Category, Clue, Evidence};
use crate::validate::{giro, passport};

/// From so many digits on, a plusgiro number may stand behind another one that a word names.
const MANY: usize = 5;

/// `NNN-NNNN` or `NNNN-NNNN` that ends at `end`.
pub(super) fn grouped_bankgiro(text: &[u8], field: &Field, end: usize) -> Option<Candidate> {
    let last = end.checked_sub(4).filter(|&at| at > field.bounds.start)?;
    let (mark, len) = separators::last(&text[field.bounds.start..last])?;
    let first = number::run_before(text, field.bounds.start, last - len);
    if !matches!(first.len(), 3 | 4) || !matches!(mark, Mark::Dash | Mark::Space) {
        return None;
    }
    let range = first.start..end;
    let digits = [&text[first.clone()], &text[last..end]].concat();
    if !giro::is_bankgiro(&digits) || !has_borders(text, field, &range) {
        return None;
    }
    let mut evidence = Evidence::NONE.with(Clue::Luhn);
    let around = match mark {
        Mark::Dash => {
            evidence.add(Clue::Separator);
            judge::surroundings(text, field, &range, Category::Bankgiro)
        }
        _ => super::adjacent(text, field, &range, Category::Bankgiro),
    };
    weigh(Category::Bankgiro, range, &digits, evidence, around)
}

/// Seven or eight digits in one run.
pub(super) fn bare_bankgiro(text: &[u8], field: &Field, run: Range<usize>) -> Option<Candidate> {
    let digits = &text[run.clone()];
    bare(text, field, &run, Category::Bankgiro, giro::is_bankgiro(digits))
}

/// Seven or eight digits in one run.
pub(super) fn bare_plusgiro(text: &[u8], field: &Field, run: Range<usize>) -> Option<Candidate> {
    let digits = &text[run.clone()];
    bare(text, field, &run, Category::Plusgiro, giro::is_plusgiro(digits))
}

fn bare(
    text: &[u8],
    field: &Field,
    run: &Range<usize>,
    category: Category,
    valid: bool,
) -> Option<Candidate> {
    let digits = &text[run.clone()];
    if !valid || passport::is_date(digits) || !has_borders(text, field, run) {
        return None;
    }
    let around = super::adjacent(text, field, run, category);
    weigh(category, run.clone(), digits, Evidence::NONE.with(Clue::Luhn), around)
}

/// `12 34 56-7`: the hyphen or dash stands at `at`.
pub(super) fn dashed_plusgiro(text: &[u8], field: &Field, at: usize) -> Option<Candidate> {
    let (mark, len) = separators::first(&text[at..])?;
    let end = at + len + 1;
    if mark != Mark::Dash {
        return None;
    }
    if end > field.bounds.end || at <= field.bounds.start {
        return None;
    }
    starts(text, field, at).into_iter().rev().flatten().find_map(|start| {
        let range = start..end;
        let digits: Vec<u8> =
            text[range.clone()].iter().copied().filter(u8::is_ascii_digit).collect();
        if !giro::is_plusgiro(&digits) || !has_borders(text, field, &range) {
            return None;
        }
        let around = if digits.len() >= MANY {
            judge::surroundings(text, field, &range, Category::Plusgiro)
        } else {
            super::adjacent(text, field, &range, Category::Plusgiro)
        };
        let evidence = Evidence::NONE.with(Clue::Luhn).with(Clue::Separator);
        weigh(Category::Plusgiro, range, &digits, evidence, around)
    })
}

/// Where one, two, three or four groups of digits before `at` begin, one space between them.
fn starts(text: &[u8], field: &Field, at: usize) -> [Option<usize>; 4] {
    let mut starts = [None; 4];
    let (mut end, mut total) = (at, 0);
    for start in &mut starts {
        let run = number::run_before(text, field.bounds.start, end);
        total += run.len();
        if run.is_empty() || total > 7 {
            break;
        }
        *start = Some(run.start);
        match separators::last(&text[field.bounds.start..run.start]) {
            Some((Mark::Space, len)) if run.len() <= 3 => end = run.start - len,
            _ => break,
        }
    }
    starts
}

/// Borders of a number, or a `bg` or `pg` glued to it.
fn has_borders(text: &[u8], field: &Field, range: &Range<usize>) -> bool {
    let before = &text[field.bounds.start..range.start];
    let glued = before.len().checked_sub(2).is_some_and(|n| {
        let border = n == 0 || !before[n - 1].is_ascii_alphanumeric();
        border && [b"bg", b"pg"].iter().any(|w| before[n..].eq_ignore_ascii_case(*w))
    });
    let from = if glued { range.start } else { field.bounds.start };
    number::has_borders(text, &(from..field.bounds.end), range)
}

/// A whole cell of bankgiro digits.
pub(in crate::detect) fn bankgiro(digits: &[u8], range: Range<usize>) -> Option<Candidate> {
    let evidence = Evidence::NONE.with(Clue::Luhn);
    let valid = giro::is_bankgiro(digits);
    valid.then(|| weigh(Category::Bankgiro, range, digits, evidence, Some(Clue::Label)))?
}

/// A whole cell of plusgiro digits.
pub(in crate::detect) fn plusgiro(digits: &[u8], range: Range<usize>) -> Option<Candidate> {
    let evidence = Evidence::NONE.with(Clue::Luhn);
    let valid = giro::is_plusgiro(digits);
    valid.then(|| weigh(Category::Plusgiro, range, digits, evidence, Some(Clue::Label)))?
}

fn weigh(
    category: Category,
    range: Range<usize>,
    digits: &[u8],
    mut evidence: Evidence,
    around: Option<Clue>,
) -> Option<Candidate> {
    if let Some(clue) = around {
        evidence.add(clue);
    }
    let normalized = Normalized::short(digits);
    Some(judge::weigh(category, range, evidence, Attributes::default(), normalized))
}
