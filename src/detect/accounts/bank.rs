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

    /// The personnummer of an account that was just found.
    pub(in crate::detect) fn owner(&mut self) {
        let reference = self.standard.reference;
        let last = self.candidates.list().iter().rev().take(4).find(|c| c.category == ACCOUNT);
        let owner = last.and_then(|account| personal(self.text, account, reference));
        if let Some(owner) = owner {
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
        let around = judge::surroundings(text, field, &range, ACCOUNT);
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
    let attributes = Attributes {
        check_digit_wrong: account.check == Check::Wrong,
        ..Attributes::default()
    };
    let normalized = Normalized::short(&digits);
    let mut candidate = judge::weigh(ACCOUNT, range, evidence, attributes, normalized);
    if account.check == Check::Wrong {
        candidate.confidence = Confidence::Low;
    }
    Some(candidate)
}

/// The personnummer that ends a Nordea account.
fn personal(text: &[u8], found: &Candidate, reference: Date) -> Option<Candidate> {
    let digits = found.normalized.as_str().as_bytes();
    let (clearing, number) = digits.split_at_checked(4)?;
    let account = Account { clearing, number, check: Check::Right };
    if !account.is_personal() {
        return None;
    }
    let accepted = personnummer::check(number, false, reference).ok()?;
    let range = found.range();
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
