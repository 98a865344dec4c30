//! Numbers of organisations, cards and accounts, in running text and in cells: what the digits at a
//! hit can be, weighed with the words around them. `account_cells` reads whole cells under a label.

mod bank;
mod card;
mod giro;
mod organisation;

use std::ops::Range;

use super::candidate::Candidate;
use super::surroundings::Field;
use super::{Reader, judge, keywords, number};
use crate::model::{Category, Clue};

pub(super) use bank::account;
pub(super) use card::card;
pub(super) use giro::{bankgiro, plusgiro};

/// Categories whose numbers end in a run of digits that the finder reports anyway.
pub(super) const IN_RUNS: [Category; 7] = [
    Category::Organisationsnummer,
    Category::Bankgiro,
    Category::Plusgiro,
    Category::PaymentCard,
    Category::BankAccount,
    Category::PassportNumber,
    Category::ReserveNumber,
];

/// Categories whose numbers may be bare runs of seven to nine digits.
pub(super) const IN_SHORT_RUNS: [Category; 4] =
    [Category::Bankgiro, Category::Plusgiro, Category::BankAccount, Category::PassportNumber];

/// A word that names a bare number stands no farther before it, in bytes.
const ADJACENT: usize = 48;

impl Reader<'_> {
    /// What a run of digits that ends at `end` may be if it is no personal number.
    pub(super) fn other_number(&mut self, field: &Field, end: usize) {
        if !self.detector.wants_any(&IN_RUNS) {
            // A sole trader's VAT number is a personnummer.
            if self.text[..end].ends_with(b"01") {
                self.organisation(field, end);
            }
            return;
        }
        let run = number::run_before(self.text, field.bounds.start, end);
        match run.len() {
            4 => {
                self.organisation(field, end);
                self.offer(field, |text, field| giro::grouped_bankgiro(text, field, end));
            }
            10 => {
                self.organisation(field, end);
                self.account_behind(field, run);
            }
            12 => {
                self.organisation(field, end);
                self.reserve_digits(field, run);
            }
            7..=9 => self.short_run(field, run),
            11 | 13..=19 => {
                self.offer(field, |text, field| card::bare(text, field, run.clone()));
                self.bare_account(field, run);
            }
            _ => {}
        }
    }

    fn short_run(&mut self, field: &Field, run: Range<usize>) {
        // Nothing but a word can make a number of so few digits something.
        let lonely = field.is_cell && field.bounds.len() == run.len();
        if lonely && !IN_SHORT_RUNS.iter().any(|&c| field.meaning.topics.speaks_for(c)) {
            return;
        }
        self.offer_named(field, |text, field| giro::bare_bankgiro(text, field, run.clone()));
        self.offer_named(field, |text, field| giro::bare_plusgiro(text, field, run.clone()));
        self.passport(field, run.clone());
        self.account_behind(field, run);
    }

    /// The hyphen before the last digit of a plusgiro number.
    pub(super) fn giro(&mut self, at: usize) {
        let field = self.surroundings.field(at);
        self.offer_named(&field, |text, field| giro::dashed_plusgiro(text, field, at));
    }

    /// Four digits before `at`, and more behind: a card or an account.
    pub(super) fn clearing(&mut self, at: usize) {
        let field = self.surroundings.field(at);
        if at < field.bounds.start + 4 {
            return;
        }
        self.offer(&field, |text, field| card::grouped(text, field, at - 4));
        self.grouped_account(&field, at - 4);
        self.named_account(&field, at - 4);
    }

    /// Adds what `read` makes of a place, read once more as a cell if it stands in a table in running
    /// text.
    pub(super) fn offer(
        &mut self,
        field: &Field,
        read: impl Fn(&[u8], &Field) -> Option<Candidate>,
    ) -> Option<()> {
        let candidate = self.weighed(field, read)?;
        let wanted = candidate.confidence >= self.standard.least;
        wanted.then(|| self.candidates.push(candidate))
    }

    /// The same for what is nothing as long as no word or label names it.
    pub(super) fn offer_named(
        &mut self,
        field: &Field,
        read: impl Fn(&[u8], &Field) -> Option<Candidate>,
    ) -> Option<()> {
        let candidate = self.weighed(field, read)?;
        let named = [Clue::Label, Clue::ContextWord, Clue::Prefix];
        let wanted = named.iter().any(|&clue| candidate.evidence.has(clue));
        wanted.then(|| self.candidates.push(candidate))
    }

    fn weighed(
        &mut self,
        field: &Field,
        read: impl Fn(&[u8], &Field) -> Option<Candidate>,
    ) -> Option<Candidate> {
        let candidate = read(self.text, field)?;
        let cell = self.cell_in_text(field, &candidate);
        cell.and_then(|cell| read(self.text, &cell)).or(Some(candidate))
    }
}

/// What the words say that stand between the last digit before a number and the number: so that a
/// word that names one number is not taken to name the next as well.
pub(super) fn adjacent(
    text: &[u8],
    field: &Field,
    range: &Range<usize>,
    category: Category,
) -> Option<Clue> {
    let floor = field.bounds.start.max(range.start.saturating_sub(ADJACENT));
    let line = keywords::line_start(text, floor, range.start);
    let before = &text[line..range.start];
    let Some(digit) = before.iter().rposition(u8::is_ascii_digit) else {
        return judge::surroundings(text, field, range, category);
    };
    let bounds = line + digit + 1..field.bounds.end;
    judge::surroundings(text, &Field { bounds, ..field.clone() }, range, category)
}
