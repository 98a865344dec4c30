//! Organisation numbers and VAT numbers, and the sole traders among them, whose number is their
//! personnummer.

use crate::detect::candidate::{Candidate, Normalized};
use crate::detect::number::{self, Style};
use crate::detect::surroundings::Field;
use crate::detect::{Reader, judge};
use crate::model::{Attributes, Category, Clue, Evidence};
use crate::validate::date::Date;
use crate::validate::organisation::{self, Form};
use crate::validate::personnummer;

const ORGANISATION: Category = Category::Organisationsnummer;

impl Reader<'_> {
    /// The organisation number or VAT number that ends at `end`.
    pub(super) fn organisation(&mut self, field: &Field, end: usize) {
        if !self.detector.wants_category(ORGANISATION) && !is_vat(self.text, field, end) {
            return;
        }
        let reference = self.standard.reference;
        self.offer(field, |text, field| read(text, field, end))
            .or_else(|| self.offer(field, |text, field| in_vat(text, field, end, reference)));
    }

    /// A personnummer that words call an organisation's: its owner's.
    pub(in crate::detect) fn sole_trader(
        &mut self,
        field: &Field,
        end: usize,
        candidate: &Candidate,
    ) {
        let doubted = [Clue::LabelAgainst, Clue::ContextAgainst];
        if !doubted.iter().any(|&clue| candidate.evidence.has(clue)) {
            return;
        }
        let reference = self.standard.reference;
        self.offer(field, |text, field| trader(text, field, end, reference));
    }
}

fn read(text: &[u8], field: &Field, end: usize) -> Option<Candidate> {
    let written = number::read_back(text, &field.bounds, end)?;
    let ascii = written.digits.to_ascii();
    let digits = &ascii[..usize::from(written.digits.len)];
    let vat = vat_start(text, field, written.start);
    let (ten, form) = match vat.and_then(|_| organisation::in_vat(digits)) {
        Some(ten) if organisation::is_valid(&ten) => (ten, Form::Plain),
        _ => organisation::read(digits)?,
    };
    let range = vat.unwrap_or(written.start)..end;
    if written.style == Style::Plus || !number::has_borders(text, &field.bounds, &range) {
        return None;
    }
    let mut evidence = Evidence::NONE.with(Clue::Luhn);
    match written.style {
        Style::Dash => evidence.add(Clue::Separator),
        Style::Loose => evidence.add(Clue::LooseSeparator),
        Style::Bare | Style::Plus => {}
    }
    if vat.is_some() || form == Form::Prefixed {
        evidence.add(Clue::Prefix);
    }
    let around = judge::surroundings(text, field, &range, ORGANISATION);
    let company = || follows_company(&text[field.bounds.start..range.start]);
    match around {
        Some(clue) => evidence.add(clue),
        None if company() => evidence.add(Clue::ContextWord),
        None => {}
    }
    let normalized = Normalized::short(&ten);
    Some(judge::weigh(ORGANISATION, range, evidence, Attributes::default(), normalized))
}

/// What the names of companies and associations end with, in lower case.
const FORMS: [&[u8]; 16] = [
    b"ab",
    b"hb",
    b"kb",
    b"(publ)",
    b"brf",
    b"aktiebolag",
    b"aktiebolaget",
    b"handelsbolag",
    b"kommanditbolag",
    b"rening",
    b"stiftelse",
    b"stiftelsen",
    b"kommun",
    b"filial",
    b"ltd",
    b"inc",
];

/// `Fjällbygg AB, `: a word for a kind of company is the last one before the number.
fn follows_company(before: &[u8]) -> bool {
    let tail = &before[before.len().saturating_sub(32)..];
    let parts = |b: &u8| matches!(b, b' ' | b',' | b'.' | b':' | b'\t') || *b == b'(';
    let trimmed = tail.len() - tail.iter().rev().take_while(|b| parts(b)).count();
    let word = tail[..trimmed].rsplit(|b| matches!(b, b' ' | b'\n' | b'\t')).next();
    word.is_some_and(|word| {
        let word = word.to_ascii_lowercase();
        // `förening` and its compounds end in letters that no encoding changes.
        FORMS.iter().any(|form| word == *form || *form == b"rening" && word.ends_with(form))
    })
}

/// Where `SE` begins that stands right before the digits at `at`, with a space or hyphen at most.
fn vat_start(text: &[u8], field: &Field, at: usize) -> Option<usize> {
    let before = &text[field.bounds.start..at];
    let glued = match before {
        [head @ .., b' ' | b'-'] => head,
        head => head,
    };
    let border = |head: &[u8]| !head.last().is_some_and(u8::is_ascii_alphanumeric);
    let head = glued.strip_suffix(b"SE").filter(|head| border(head))?;
    Some(field.bounds.start + head.len())
}

/// Twelve digits behind `SE`, or under a label, that end with 01.
fn is_vat(text: &[u8], field: &Field, end: usize) -> bool {
    text[field.bounds.start..end].ends_with(b"01")
        && number::read_back(text, &field.bounds, end)
            .is_some_and(|w| vat_start(text, field, w.start).is_some())
}

/// The organisation or person in twelve digits of a VAT number.
fn in_vat(text: &[u8], field: &Field, end: usize, reference: Date) -> Option<Candidate> {
    let written = number::read_back(text, &field.bounds, end)?;
    let ten = organisation::in_vat(&written.digits.to_ascii()[..usize::from(written.digits.len)])?;
    let vat = vat_start(text, field, written.start);
    let range = vat.unwrap_or(written.start)..end;
    if !number::has_borders(text, &field.bounds, &range) {
        return None;
    }
    let around = judge::surroundings(text, field, &range, ORGANISATION);
    let named = vat.map(|_| Clue::Prefix).or(around.filter(|&c| judge::is_for(Some(c))))?;
    if organisation::is_valid(&ten) {
        let evidence = Evidence::NONE.with(Clue::Luhn).with(named);
        let normalized = Normalized::short(&ten);
        return Some(judge::weigh(
            ORGANISATION,
            range,
            evidence,
            Attributes::default(),
            normalized,
        ));
    }
    let accepted = personnummer::check(&ten, false, reference).ok()?;
    let digits = end - 12..end - 2;
    (written.style == Style::Bare).then(|| personal(digits, &accepted, Style::Bare, named))
}

/// The personnummer that ends at `end` and that words call an organisation's.
fn trader(text: &[u8], field: &Field, end: usize, reference: Date) -> Option<Candidate> {
    let written = number::read_back(text, &field.bounds, end)?;
    let range = written.start..end;
    let around = judge::surroundings(text, field, &range, ORGANISATION);
    let named = around.filter(|&clue| judge::is_for(Some(clue)))?;
    let plus = written.style == Style::Plus;
    let accepted = written.digits.check(plus, reference).ok()?;
    Some(personal(range, &accepted, written.style, named))
}

fn personal(
    range: std::ops::Range<usize>,
    accepted: &personnummer::Accepted,
    style: Style,
    named: Clue,
) -> Candidate {
    let evidence = judge::form(accepted, style, false).with(named);
    let attributes = judge::number_attributes(accepted, false);
    let normalized = Normalized::short(accepted.digits.as_bytes());
    judge::weigh(judge::category_of(accepted.kind), range, evidence, attributes, normalized)
}
