//! Weighs what was read: evidence from form, label, words near by and rival readings.

use std::ops::Range;

use super::candidate::{Candidate, Normalized};
use super::keywords;
use super::number::{self, Style};
use super::phone::{self, Form};
use super::surroundings::Field;
use crate::model::{Attributes, Category, Clue, Confidence, Evidence, Usage};
use crate::rules;
use crate::validate::date::Date;
use crate::validate::personnummer::{self, Accepted, Kind, Rejected};
use crate::validate::phone::Use;

/// A cell with this many bytes beside the candidate is running text: its words tell more than its
/// label.
const REMARK: usize = 8;

/// A mail's header of more bytes than this is not followed back to its name.
const HEADER: usize = 4096;

/// Against what numbers are judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standard {
    /// The day against which ages are judged.
    pub(crate) reference: Date,
    /// What is surer than this, or as sure, is wanted.
    pub(crate) least: Confidence,
}

/// What label and words say of a candidate at `range`.
pub(crate) fn surroundings(
    text: &[u8],
    field: &Field,
    range: &Range<usize>,
    category: Category,
) -> Option<Clue> {
    let alone = field.is_cell && field.bounds.len() <= range.len() + REMARK;
    let topics = field.meaning.topics;
    let label = if topics.speaks_for(category) {
        Some(Clue::Label)
    } else if alone {
        field.meaning.values.clue(category, topics.speaks_against(category))
    } else {
        None
    };
    if alone && label.is_some() {
        return label;
    }
    keywords::nearby(text, &field.bounds, range, category).or(label)
}

pub(crate) fn is_for(clue: Option<Clue>) -> bool {
    matches!(clue, Some(Clue::Label | Clue::ContextWord | Clue::Prefix | Clue::ColumnFor))
}

/// Puts a candidate together.
pub(crate) fn weigh(
    category: Category,
    range: Range<usize>,
    evidence: Evidence,
    attributes: Attributes,
    normalized: Normalized,
) -> Candidate {
    let score = rules::score(category, evidence);
    Candidate {
        start: range.start as u32,
        end: range.end as u32,
        category,
        confidence: rules::grade(score),
        score,
        evidence,
        attributes,
        normalized,
    }
}

/// The personal number that ends at `end`.
pub(crate) fn personal_number(
    text: &[u8],
    field: &Field,
    end: usize,
    standard: Standard,
) -> Option<Candidate> {
    let labelled = field.meaning.topics.speaks_for(Category::Personnummer);
    let mut restored = false;
    let written = number::read_back(text, &field.bounds, end).or_else(|| {
        restored = true;
        let possible = labelled && number::may_have_month(text, &field.bounds, end);
        possible.then(|| number::bare_run(text, &field.bounds, end))?
    })?;
    // A number with a wrong check digit is a doubtful one at most, whatever stands around it.
    if standard.least > Confidence::Low && !written.digits.passes() {
        return None;
    }
    let range = written.start..end;
    let cut = || {
        labelled && is_decimal(&text[end..field.bounds.end]) && left_end(text, field) == range.start
    };
    if !number::has_borders(text, &field.bounds, &range) && !cut() {
        return None;
    }
    let plus = written.style == Style::Plus;
    let (accepted, wrong) = match written.digits.check(plus, standard.reference) {
        Ok(accepted) => (accepted, false),
        Err(Rejected::CheckDigit(accepted)) if !accepted.luhn_over_all && !restored => {
            (accepted, true)
        }
        Err(_) => return None,
    };
    let category = category_of(accepted.kind);
    let around = match prefix(&text[field.bounds.start..range.start]) {
        true => Some(Clue::Prefix),
        false => surroundings(text, field, &range, category),
    };
    if wrong && !is_for(around) {
        return None;
    }
    let mut evidence = form(&accepted, written.style, wrong);
    if restored {
        evidence.add(Clue::Restored);
    }
    if let Some(clue) = around {
        evidence.add(clue);
    }
    if accepted.clock_like && accepted.century_given && !is_for(around) {
        evidence.add(Clue::ClockLike);
    }
    let mut candidate = weigh(
        category,
        range,
        evidence,
        number_attributes(&accepted, wrong),
        Normalized::short(accepted.digits.as_bytes()),
    );
    if wrong {
        candidate.confidence = Confidence::Low;
        candidate.score = candidate.score.min(30);
    }
    Some(candidate)
}

/// Where a cell's value begins.
fn left_end(text: &[u8], field: &Field) -> usize {
    trim(text, &field.bounds).start
}

/// `198507099805.0`: a spreadsheet took the number for one with decimals.
fn is_decimal(rest: &[u8]) -> bool {
    matches!(rest.trim_ascii_end(), [b'.' | b',', zeros @ ..]
        if matches!(zeros.len(), 1 | 2) && zeros.iter().all(|b| *b == b'0'))
}

pub(crate) const fn category_of(kind: Kind) -> Category {
    match kind {
        Kind::Personnummer => Category::Personnummer,
        Kind::Samordningsnummer => Category::Samordningsnummer,
    }
}

pub(crate) fn number_attributes(accepted: &Accepted, wrong: bool) -> Attributes {
    Attributes {
        test_identity: accepted.test_identity,
        check_digit_wrong: wrong,
        ..Attributes::default()
    }
}

/// What the digits and their separators say.
pub(crate) fn form(accepted: &Accepted, style: Style, wrong: bool) -> Evidence {
    let luhn = if wrong { Clue::LuhnFailed } else { Clue::Luhn };
    let mut evidence = Evidence::NONE.with(luhn).with(Clue::ValidDate);
    if accepted.century_given {
        evidence.add(Clue::Century);
    }
    match style {
        Style::Bare => {}
        Style::Dash | Style::Plus => evidence.add(Clue::Separator),
        Style::Loose => evidence.add(Clue::LooseSeparator),
    }
    if accepted.unknown_date {
        evidence.add(Clue::UnknownDate);
    }
    if accepted.test_identity {
        evidence.add(Clue::TestIdentity);
    }
    evidence
}

/// `PNOSE-` (ETSI EN 319 412-1), `SE-NO:` and words glued to the number that name it.
fn prefix(before: &[u8]) -> bool {
    if !matches!(before, [.., b'-' | b':' | b'r' | b'R']) {
        return false;
    }
    let tail = &before[before.len().saturating_sub(12)..];
    let ends = |known: &[u8]| {
        tail.len() >= known.len() && tail[tail.len() - known.len()..].eq_ignore_ascii_case(known)
    };
    [b"PNOSE-".as_slice(), b"SE-NO:", b"pnr", b"personnr", b"personnummer", b"samnr"]
        .iter()
        .any(|known| ends(known))
}

/// The number made of a date of birth in one field and the last four digits in another. It is told
/// at the date.
pub(crate) fn split_number(
    text: &[u8],
    birth: &Range<usize>,
    last_four: &Range<usize>,
    reference: Date,
) -> Option<Candidate> {
    let date = trim(text, birth);
    let mut digits = [0; 12];
    let mut len = 0;
    for &b in &text[date.clone()] {
        match b {
            b'0'..=b'9' if len < 8 => {
                digits[len] = b;
                len += 1;
            }
            b'-' | b'.' | b'/' | b' ' => {}
            _ => return None,
        }
    }
    if !matches!(len, 6 | 8) {
        return None;
    }
    digits[len..len + 4].copy_from_slice(&text[last_four.clone()]);
    let accepted = personnummer::check(&digits[..len + 4], false, reference).ok()?;
    let evidence = form(&accepted, Style::Bare, false).with(Clue::SplitFields);
    let normalized = Normalized::short(accepted.digits.as_bytes());
    let attributes = number_attributes(&accepted, false);
    Some(weigh(category_of(accepted.kind), date, evidence, attributes, normalized))
}

/// The same, in a row of a table in running text.
pub(crate) fn split_in_row(text: &[u8], row: &[Field], reference: Date) -> Option<Candidate> {
    let birth = row.iter().find(|field| field.meaning.birth)?;
    let four = &row.iter().find(|field| field.meaning.last_four)?.bounds;
    let digits = &text[four.clone()];
    let whole = digits.len() == 4 && digits.iter().all(u8::is_ascii_digit);
    whole.then(|| split_number(text, &birth.bounds, four, reference)).flatten()
}

/// A field without blanks and quotes around it.
pub(crate) fn trim(text: &[u8], range: &Range<usize>) -> Range<usize> {
    let blank = |b: &u8| b.is_ascii_whitespace() || *b == b'"';
    let field = &text[range.clone()];
    let start = field.iter().take_while(|b| blank(b)).count();
    let end = field.iter().rev().take_while(|b| blank(b)).count();
    range.start + start..(range.end - end).max(range.start + start)
}

/// A phone number as written.
pub(crate) fn phone(text: &[u8], field: &Field, written: &phone::Written) -> Candidate {
    let range = written.range.0..written.range.1;
    let mut evidence = Evidence::NONE.with(Clue::NumberingPlan);
    match written.form {
        Form::International => evidence.add(Clue::CountryCode),
        Form::Grouped => evidence.add(Clue::Grouping),
        Form::Bare if written.mobile => evidence.add(Clue::BareDigits),
        Form::Bare => {}
    }
    let before = &text[field.bounds.start..range.start];
    let around = match before.len().checked_sub(4).map(|n| &before[n..]) {
        Some(tail) if tail.eq_ignore_ascii_case(b"tel:") => Some(Clue::Prefix),
        _ => surroundings(text, field, &range, Category::Phone),
    };
    if let Some(clue) = around {
        evidence.add(clue);
    }
    let (digits, len) = written.e164.padded();
    let normalized = Normalized::Short(digits, len);
    let attributes = phone_attributes(written.e164.is_fictional(), written.usage);
    if attributes.test_identity {
        evidence.add(Clue::TestIdentity);
    }
    weigh(Category::Phone, range, evidence, attributes, normalized)
}

fn phone_attributes(test_identity: bool, usage: Use) -> Attributes {
    let usage = match usage {
        Use::Personal => Some(Usage::Personal),
        Use::Business => Some(Usage::Business),
        Use::Unknown => None,
    };
    Attributes { test_identity, usage, ..Attributes::default() }
}

/// Seven to nine digits in a column of phone numbers.
pub(crate) fn restored_phone(text: &[u8], field: &Field, end: usize) -> Option<Candidate> {
    if !field.meaning.topics.speaks_for(Category::Phone) {
        return None;
    }
    let run = number::run_before(text, field.bounds.start, end);
    if !matches!(run.len(), 7..=9) || trim(text, &field.bounds) != run {
        return None;
    }
    let number = phone::restore(&text[run.clone()])?;
    let attributes = phone_attributes(number.e164.is_fictional(), number.likely_use());
    let evidence = Evidence::NONE.with(Clue::NumberingPlan).with(Clue::Label).with(Clue::Restored);
    let normalized = Normalized::short(number.e164.as_bytes());
    Some(weigh(Category::Phone, run, evidence, attributes, normalized))
}

/// A cell of nothing but digits in a table in running text, whose column names a phone or a personal
/// number: leading zeros may have been dropped.
pub(crate) fn restored(text: &[u8], field: &Field, standard: Standard) -> Option<Candidate> {
    let cell = &text[field.bounds.clone()];
    if !matches!(cell.len(), 7..=9) || !cell.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let end = field.bounds.end;
    personal_number(text, field, end, standard).or_else(|| restored_phone(text, field, end))
}

/// What surrounds an address; it needs no words to speak for it.
pub(crate) fn email_clue(text: &[u8], field: &Field, range: &Range<usize>) -> Option<Clue> {
    let topics = field.meaning.topics;
    if field.is_cell && topics.speaks_for(Category::Email) {
        return Some(Clue::Label);
    }
    if field.is_cell && topics.speaks_against(Category::Email) {
        return Some(Clue::LabelAgainst);
    }
    if text[range.clone()].starts_with(b"git@") {
        return Some(Clue::ContextAgainst);
    }
    let floor = field.bounds.start.max(range.start.saturating_sub(HEADER));
    let line = keywords::line_start(text, floor, range.start);
    if is_header_of_ids(&text[line..range.start]) {
        return Some(Clue::ContextAgainst);
    }
    keywords::nearby(text, &field.bounds, range, Category::Email)
}

/// `References: <…> <…>`: the whole line holds numbers of mails.
fn is_header_of_ids(line: &[u8]) -> bool {
    let name = &line[..memchr::memchr(b':', &line[..line.len().min(30)]).unwrap_or(0)];
    [b"message-id".as_slice(), b"references", b"in-reply-to", b"content-id", b"uid"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}
