//! Cells whose column or field names a category: they need no hit to be looked at.

use std::ops::Range;

use super::diet::{Rows, cell_of};
use super::keywords::Meaning;
use super::surroundings::{Field, Meanings};
use super::{Reader, account_cells, quote_in};
use crate::model::{Category, Record, Shape};

/// Categories of which any filled cell under their label is looked at.
const BY_LABEL: [Category; 9] = {
    let mut all = [Category::PostalAddress; 9];
    let (mut n, accounts) = (0, account_cells::BY_LABEL);
    while n < accounts.len() {
        all[n + 1] = accounts[n];
        n += 1;
    }
    all
};

/// A cell under a label.
struct Cell {
    category: Category,
    field: Field,
}

impl Reader<'_> {
    /// Looks at the cells of columns and fields that hold masked personal numbers.
    pub(super) fn masked_cells(&mut self, record: &Record<'_>) {
        let number = Category::Personnummer;
        let fields = matches!(record.shape, Shape::Fields(_));
        let holds = |m: &Meaning| m.values.masked || fields && m.topics.speaks_for(number);
        let columns = self.meanings.all().iter().enumerate().filter(|(_, m)| holds(m));
        let wanted: Vec<_> = columns.map(|(n, _)| (n, number)).collect();
        if !wanted.is_empty() && self.detector.wants_category(number) {
            each_cell(record, self.meanings, &wanted, |cell| self.masked_cell(&cell.field));
        }
    }

    /// Looks at the cells whose label alone makes them worth it.
    pub(super) fn labelled_cells(&mut self, record: &Record<'_>) {
        let wanted: Vec<(usize, Category)> = labelled(self.meanings)
            .filter(|&(_, category)| self.detector.wants_category(category))
            .collect();
        if wanted.is_empty() {
            return;
        }
        let split = account_cells::clearing_and_account(record);
        // Where clearing numbers have a column of their own, that of accounts is read with it.
        let whole = |w: &&(usize, Category)| split.is_none_or(|s| s.account != w.0);
        let wanted: Vec<_> = wanted.iter().filter(whole).copied().collect();
        each_cell(record, self.meanings, &wanted, |cell| self.labelled_cell(&cell));
        if let Some(split) = split {
            self.split_accounts(record, split);
        }
    }

    fn labelled_cell(&mut self, cell: &Cell) {
        if account_cells::BY_LABEL.contains(&cell.category) {
            self.account_cell(cell.category, &cell.field);
        } else if cell.category == Category::PostalAddress {
            self.labelled_address(&cell.field);
        }
    }

    /// Accounts in two columns or fields.
    fn split_accounts(&mut self, record: &Record<'_>, split: account_cells::Split) {
        if !self.detector.wants_category(Category::BankAccount) {
            return;
        }
        let wanted = [(split.account, Category::BankAccount)];
        each_cell(record, self.meanings, &wanted, |cell| {
            self.split_account(&cell.field, split.clearing);
        });
    }
}

/// The columns or fields whose labels name one of [`BY_LABEL`].
fn labelled(meanings: &Meanings) -> impl Iterator<Item = (usize, Category)> {
    let columns = meanings.all().iter().enumerate();
    columns.flat_map(|(n, meaning)| {
        let named = BY_LABEL.into_iter().filter(|&c| meaning.topics.speaks_for(c));
        named.map(move |category| (n, category))
    })
}

/// Hands on the filled cells of `wanted` columns, row by row.
fn each_cell(
    record: &Record<'_>,
    meanings: &Meanings,
    wanted: &[(usize, Category)],
    mut with: impl FnMut(Cell),
) {
    let mut hand_on = |index: usize, category, bounds: Range<usize>, row_start| {
        if !bounds.is_empty() {
            let meaning = meanings.all()[index];
            with(Cell { category, field: Field { bounds, meaning, row_start, is_cell: true } });
        }
    };
    match &record.shape {
        Shape::Text(_) => {}
        Shape::Table(_, table) => {
            let quote = quote_in(record);
            let (at, end) = (record.focus.start, record.focus.end);
            let mut rows = Rows { text: record.text, at, end, quote };
            while let Some(row) = rows.next_row() {
                for &(n, category) in wanted {
                    if let Some(cell) = cell_of(record.text, &row, n, table, quote) {
                        hand_on(n, category, cell, row.start);
                    }
                }
            }
        }
        Shape::Fields(fields) => {
            for &(n, category) in wanted {
                let range = &fields.segments[n].range;
                hand_on(n, category, range.start as usize..range.end as usize, 0);
            }
        }
    }
}
