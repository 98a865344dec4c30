//! Whole cells and fields under a label that names an account, card, passport, vehicle or the like:
//! every cell that passes its check is a finding, however it is grouped.

use std::ops::Range;

use super::candidate::Candidate;
use super::surroundings::Field;
use super::{Reader, accounts, codes, judge, keywords};
use crate::model::{Category, Clue, Evidence, Record, Shape};
use crate::validate::bank_account::{self, Check};

/// A longer cell is running text, in bytes.
const LONGEST: usize = 48;

/// Categories of which any filled cell under their label is looked at.
pub(super) const BY_LABEL: [Category; 8] = [
    Category::ReserveNumber,
    Category::Iban,
    Category::Bankgiro,
    Category::Plusgiro,
    Category::BankAccount,
    Category::PaymentCard,
    Category::PassportNumber,
    Category::VehicleRegistration,
];

/// The letters and digits of a cell, in capitals.
struct Signs {
    signs: [u8; LONGEST],
    len: usize,
    digits_only: bool,
}

impl Signs {
    /// None if there is anything but letters, digits and what parts them.
    fn read(cell: &[u8]) -> Option<Signs> {
        let mut read = Signs { signs: [0; LONGEST], len: 0, digits_only: true };
        for &b in cell {
            match b {
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                    *read.signs.get_mut(read.len)? = b.to_ascii_uppercase();
                    read.len += 1;
                    read.digits_only &= b.is_ascii_digit();
                }
                b' ' | b'-' | b',' | b'.' | b'/' | 0xA0 | 0xC2 | 0xE2 | 0x80..=0x96 => {}
                _ => return None,
            }
        }
        Some(read)
    }

    fn all(&self) -> &[u8] {
        &self.signs[..self.len]
    }

    fn digits(&self) -> Option<&[u8]> {
        self.digits_only.then(|| self.all())
    }
}

impl Reader<'_> {
    /// A cell under a label of one of [`BY_LABEL`].
    pub(super) fn account_cell(&mut self, category: Category, field: &Field) {
        let range = judge::trim(self.text, &field.bounds);
        if range.is_empty() || range.len() > LONGEST {
            return;
        }
        let Some(signs) = Signs::read(&self.text[range.clone()]) else { return };
        if let Some(candidate) = self.read_cell(category, field, &signs, range) {
            self.candidates.push(candidate);
            if category == Category::BankAccount {
                self.owner();
            }
        }
    }

    fn read_cell(
        &self,
        category: Category,
        field: &Field,
        signs: &Signs,
        range: Range<usize>,
    ) -> Option<Candidate> {
        match category {
            Category::Iban => codes::iban(self.text, field, range.start),
            Category::Bankgiro => {
                let dashed = self.text[range.clone()].iter().rev().nth(1) == Some(&b'-');
                accounts::bankgiro(signs.digits().filter(|_| !dashed)?, range)
            }
            Category::Plusgiro => accounts::plusgiro(signs.digits()?, range),
            Category::BankAccount => {
                let account = bank_account::split(signs.digits()?)?;
                // Ten digits without a clearing number often begin like one.
                let sure = account.check == Check::Right || signs.len > 10;
                let account = sure.then_some(account)?;
                accounts::account(&account, range, Evidence::NONE)
            }
            Category::PaymentCard => accounts::card(signs.digits()?, range),
            Category::PassportNumber => codes::labelled_passport(signs.all(), range),
            Category::VehicleRegistration => {
                codes::labelled_plate(signs.all(), &self.text[range.clone()], range)
            }
            Category::ReserveNumber => {
                codes::labelled_reserve(signs.all(), range, self.standard.reference)
            }
            _ => None,
        }
    }

    /// A cell in the column of account numbers, with the clearing number of the same row: told at the
    /// first of the two. Where the cell holds a whole account, it is told there.
    pub(super) fn split_account(&mut self, field: &Field, clearing: usize) {
        let range = judge::trim(self.text, &field.bounds);
        if range.len() > LONGEST {
            return;
        }
        let Some(number) = Signs::read(&self.text[range.clone()]) else { return };
        let Some(digits) = number.digits() else { return };
        let found = self.joined(field.row_start, clearing, &range, digits).or_else(|| {
            let account = bank_account::split(digits).filter(|a| a.check == Check::Right)?;
            accounts::account(&account, range.clone(), Evidence::NONE)
        });
        if let Some(candidate) = found {
            let account = candidate.normalized;
            self.candidates.push(candidate);
            self.owner_at(range, &account);
        }
    }

    fn joined(
        &self,
        row_start: usize,
        clearing: usize,
        range: &Range<usize>,
        digits: &[u8],
    ) -> Option<Candidate> {
        let other = judge::trim(self.text, &self.surroundings.other(row_start, clearing)?);
        let signs = Signs::read(self.text.get(other.clone())?)?;
        let account = bank_account::check(signs.digits()?, digits)?;
        let first = if other.start < range.start { other } else { range.clone() };
        accounts::account(&account, first, Evidence::NONE.with(Clue::SplitFields))
    }
}

/// The columns or fields of clearing numbers and of the account numbers that go with them.
#[derive(Clone, Copy)]
pub(super) struct Split {
    pub(super) clearing: usize,
    pub(super) account: usize,
}

/// Both of them, if the record has them.
pub(super) fn clearing_and_account(record: &Record<'_>) -> Option<Split> {
    let find = |test: fn(&str) -> bool| match &record.shape {
        Shape::Text(_) => None,
        Shape::Table(_, table) => table.columns.iter().position(|c| test(&c.name)),
        Shape::Fields(fields) => fields.segments.iter().position(|s| test(fields.string(&s.label))),
    };
    let clearing = find(keywords::is_clearing_label)?;
    Some(Split { clearing, account: find(keywords::is_account_label)? })
}
