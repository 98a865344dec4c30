//! Swedish bank accounts: a clearing number that a bank has, and an account number as the bank makes
//! them. A Nordea account that is its owner's personnummer is found as both.

use std::ops::Range;

use crate::detect::candidate::{Candidate, Normalized};
use crate::detect::groups::{Gap, Groups};
use crate::detect::surroundings::Field;
use crate::detect::{Reader, judge, number};
use crate::model::{Attributes, Category, Clue, Confidence, Evidence};
use crate::validate::bank_account::{self, Account, Check};
use crate::validate::date::Date;
use crate::validate::personnummer;

const ACCOUNT: Category = Category::BankAccount;

impl Reader<'_> {
    /// An account whose clearing number begins at `start`, parted from the rest.
    pub(super) fn grouped_account(&mut self, field: &Field, start: usize) {
        let found = self.offer(field, |text, field| grouped(text, field, start));
        if found.is_some() {
            self.owner();
        }
    }

    /// An account in one run of digits.
    pub(super) fn bare_account(&mut self, field: &Field, run: Range<usize>) {
        let found = self.offer_named(field, |text, field| bare(text, field, &run));
        if found.is_some() {
            self.owner();
        }
    }

    /// `Clearingnr 5123, kontonr 123 45 67`: the clearing number begins at `start`.
    pub(super) fn named_account(&mut self, field: &Field, start: usize) {
        self.offer_named(field, |text, field| named(text, field, start));
    }

    /// The digits of an account behind Swedbank's five of a clearing number.
    pub(super) fn account_behind(&mut self, field: &Field, run: Range<usize>) {
        self.offer_named(field, |text, field| behind_five(text, field, &run));
    }

    /// The personnummer of an account that was just found.
    pub(in crate::detect) fn owner(&mut self) {
        let last = self.candidates.list().iter().rev().take(4).find(|c| c.category == ACCOUNT);
        if let Some((range, normalized)) = last.map(|c| (c.range(), c.normalized)) {
            self.owner_at(range, &normalized);
        }
    }

    /// The same, where the account number ends with `range`.
    pub(in crate::detect) fn owner_at(&mut self, range: Range<usize>, account: &Normalized) {
        let reference = self.standard.reference;
        let digits = account.as_str().as_bytes();
        if let Some(owner) = personal(self.text, range, digits, reference) {
            self.candidates.push(owner);
        }
    }
}

fn grouped(text: &[u8], field: &Field, start: usize) -> Option<Candidate> {
    let groups = Groups::read(text, start, field.bounds.end, Gap::Loose);
    let mut sizes = groups.sizes();
    let (first, second) = (sizes.next()?, sizes.next()?);
    let fifth = second == 1 && text[start] == b'8';
    let clearing = if fifth { first + 1 } else { first };
    groups.longest_first().find_map(|(digits, end)| {
        let (clearing, number) = digits.split_at_checked(clearing)?;
        let account = bank_account::check(clearing, number)?;
        let range = start..end;
        if !number::has_borders(text, &field.bounds, &range) {
            return None;
        }
        let around = around(text, field, &range);
        weigh(&account, range, Evidence::NONE.with(Clue::Separator), around)
    })
}

fn bare(text: &[u8], field: &Field, run: &Range<usize>) -> Option<Candidate> {
    let account = bank_account::split(&text[run.clone()])?;
    if !number::has_borders(text, &field.bounds, run) {
        return None;
    }
    let around = super::adjacent(text, field, run, ACCOUNT);
    weigh(&account, run.clone(), Evidence::NONE, around)
}

/// Between the clearing number and the word for the account, and from there to its number, are no more
/// bytes than these.
const WORDS: usize = 32;

fn named(text: &[u8], field: &Field, start: usize) -> Option<Candidate> {
    let before = &text[field.bounds.start.max(start.saturating_sub(WORDS))..start];
    memchr::memmem::find(before, b"learing")
        .or_else(|| memchr::memmem::find(before, b"LEARING"))?;
    let fifth = matches!(text[start + 4..field.bounds.end], [b'-', b'0'..=b'9', ..]);
    let mut clearing = text[start..start + 4].to_vec();
    if fifth {
        clearing.push(text[start + 5]);
    }
    let from = start + 4 + 2 * usize::from(fifth);
    let rest = &text[from..field.bounds.end.min(from + WORDS)];
    let words = rest.iter().position(u8::is_ascii_digit)?;
    let between = rest[..words].to_ascii_lowercase();
    let konto = [b"konto".as_slice(), b"account"];
    konto.iter().find_map(|word| memchr::memmem::find(&between, word))?;
    let groups = Groups::read(text, from + words, field.bounds.end, Gap::Loose);
    groups.longest_first().find_map(|(number, end)| {
        let account = bank_account::check(&clearing, number)?;
        let range = start..end;
        let evidence = Evidence::NONE.with(Clue::SplitFields);
        let free = number::has_borders(text, &field.bounds, &range);
        free.then(|| weigh(&account, range, evidence, Some(Clue::ContextWord)))?
    })
}

fn behind_five(text: &[u8], field: &Field, run: &Range<usize>) -> Option<Candidate> {
    let gap = run.start.checked_sub(1).filter(|&at| matches!(text[at], b' ' | b'-'))?;
    let clearing = number::run_before(text, field.bounds.start, gap);
    if clearing.len() != 5 {
        return None;
    }
    let account = bank_account::check(&text[clearing.clone()], &text[run.clone()])?;
    let range = clearing.start..run.end;
    if !number::has_borders(text, &field.bounds, &range) {
        return None;
    }
    let around = around(text, field, &range);
    weigh(&account, range, Evidence::NONE.with(Clue::Separator), around)
}

/// What label and words say; any compound of `konto` right before the number names it.
fn around(text: &[u8], field: &Field, range: &Range<usize>) -> Option<Clue> {
    let around = judge::surroundings(text, field, range, ACCOUNT);
    let before = &text[field.bounds.start.max(range.start.saturating_sub(WORDS))..range.start];
    let word = before.trim_ascii_end();
    let word = word.strip_suffix(b":").unwrap_or(word).to_ascii_lowercase();
    let named = word.ends_with(b"konto") || word.ends_with(b"kontot");
    around.or(named.then_some(Clue::ContextWord))
}

/// A whole cell of digits under a label, or two cells of which the first holds the clearing number.
pub(in crate::detect) fn account(
    account: &Account<'_>,
    range: Range<usize>,
    evidence: Evidence,
) -> Option<Candidate> {
    weigh(account, range, evidence, Some(Clue::Label))
}

fn weigh(
    account: &Account<'_>,
    range: Range<usize>,
    evidence: Evidence,
    around: Option<Clue>,
) -> Option<Candidate> {
    let mut evidence = evidence.with(Clue::ClearingNumber);
    match account.check {
        Check::Right => evidence.add(Clue::Checksum),
        Check::Unsure => {}
        Check::Wrong if judge::is_for(around) => evidence.add(Clue::LuhnFailed),
        Check::Wrong => return None,
    }
    if let Some(clue) = around {
        evidence.add(clue);
    }
    let digits = [account.clearing, account.number].concat();
    let attributes =
        Attributes { check_digit_wrong: account.check == Check::Wrong, ..Attributes::default() };
    let normalized = Normalized::short(&digits);
    let mut candidate = judge::weigh(ACCOUNT, range, evidence, attributes, normalized);
    if account.check == Check::Wrong {
        candidate.confidence = Confidence::Low;
    }
    Some(candidate)
}

/// The personnummer that ends a Nordea account.
fn personal(text: &[u8], range: Range<usize>, digits: &[u8], reference: Date) -> Option<Candidate> {
    let (clearing, number) = digits.split_at_checked(4)?;
    let account = Account { clearing, number, check: Check::Right };
    if !account.is_personal() {
        return None;
    }
    let accepted = personnummer::check(number, false, reference).ok()?;
    let written = &text[range.clone()];
    let mut places = written.iter().enumerate().rev().filter(|(_, b)| b.is_ascii_digit());
    let start = range.start + places.nth(9)?.0;
    let style = match written[start - range.start..].contains(&b'-') {
        true => number::Style::Dash,
        false => number::Style::Bare,
    };
    let evidence = judge::form(&accepted, style, false).with(Clue::Prefix);
    let attributes = judge::number_attributes(&accepted, false);
    let normalized = Normalized::short(accepted.digits.as_bytes());
    let category = judge::category_of(accepted.kind);
    Some(judge::weigh(category, start..range.end, evidence, attributes, normalized))
}
