//! The other fields of the row in which a postcode stands.

use std::ops::Range;

use super::code::Code;
use super::street::{self, Street};
use super::town::{self, Town};
use super::{AddressPart, Pieces};
use crate::detect::judge;
use crate::detect::surroundings::{Field, Meanings, Surroundings};
use crate::model::{Clue, Shape};
use crate::validate::place_name;

/// Fields of a row that are looked at, at most.
const CELLS: usize = 64;
/// Without labels a street is looked for so many fields away.
const NEAR: usize = 4;
/// A line of running text that is longer is no row of a table, in bytes.
const LINE: usize = 1024;
/// An address in one field (vCard's `ADR`) has so many semicolons at least.
const PARTS: usize = 4;
/// Such a field is not longer, in bytes.
const LONGEST: usize = 300;

/// The fields around a postcode.
pub(super) struct Row {
    cells: [(u32, u32, AddressPart); CELLS],
    len: usize,
    /// The one that holds the postcode.
    own: usize,
}

impl Row {
    const EMPTY: Row = Row { cells: [(0, 0, AddressPart::None); CELLS], len: 0, own: 0 };

    fn push(&mut self, range: Range<usize>, part: AddressPart) {
        if self.len < CELLS {
            self.cells[self.len] = (range.start as u32, range.end as u32, part);
            self.len += 1;
        }
    }

    /// The row of a table, or of an object, around the field of a postcode.
    pub(super) fn of_record(
        surroundings: &Surroundings<'_>,
        meanings: &Meanings,
        field: &Field,
        code: &Range<usize>,
    ) -> Option<Row> {
        let record = surroundings.record();
        let own = &record.text[field.bounds.clone()];
        if own.len() <= LONGEST && memchr::memchr_iter(b';', own).take(PARTS).count() == PARTS {
            let mut row = Row::of_parts(record.text, field);
            row.own = row.holding(code.start)?;
            return Some(row);
        }
        if !begins(record.text, field.bounds.start, code) {
            return None;
        }
        let mut row = Row::EMPTY;
        match &record.shape {
            Shape::Text(_) => return None,
            Shape::Table(_, table) => {
                let cells = cells(record.text, field.row_start, table.delimiter, table.quote);
                for (n, cell) in cells.take(CELLS).enumerate() {
                    let part = meanings.all().get(n).map_or(AddressPart::None, |m| m.address);
                    row.push(cell, part);
                }
            }
            Shape::Fields(fields) => {
                let own = fields.segment_at(field.bounds.start)?.0;
                let from = own.saturating_sub(CELLS / 2);
                let segments = fields.segments.iter().zip(meanings.all()).skip(from).take(CELLS);
                for (segment, meaning) in segments {
                    row.push(
                        segment.range.start as usize..segment.range.end as usize,
                        meaning.address,
                    );
                }
            }
        }
        row.own = row.holding(field.bounds.start)?;
        Some(row)
    }

    /// The parts of a field: `;;Storgatan 5;Lund;;223 58;Sverige`.
    fn of_parts(text: &[u8], field: &Field) -> Row {
        let mut row = Row::EMPTY;
        let mut start = field.bounds.start;
        for end in memchr::memchr_iter(b';', &text[field.bounds.clone()]) {
            row.push(start..field.bounds.start + end, AddressPart::None);
            start = field.bounds.start + end + 1;
        }
        row.push(start..field.bounds.end, AddressPart::None);
        row
    }

    /// The cells of a line of running text, parted by bars, tabs or two spaces and more.
    pub(super) fn of_line(text: &[u8], code: &Range<usize>) -> Option<Row> {
        let mut row = Row::EMPTY;
        let (from, to) = (code.start.saturating_sub(LINE), text.len().min(code.end + LINE));
        let start = memchr::memrchr(b'\n', &text[from..code.start]).map_or(from, |n| from + n + 1);
        let end = memchr::memchr(b'\n', &text[code.end..to]).map_or(to, |n| code.end + n);
        let parts = |n: usize| {
            matches!(text[n], b'|' | b'\t') || text[n] == b' ' && text.get(n + 1) == Some(&b' ')
        };
        let mut first = start;
        for n in (start..end).filter(|&n| parts(n)) {
            if first < n {
                row.push(first..n, AddressPart::None);
            }
            first = n + 1;
        }
        row.push(first..end.max(first), AddressPart::None);
        row.own = row.holding(code.start)?;
        begins(text, row.cell(row.own).start, code).then_some(row)
    }

    fn holding(&self, at: usize) -> Option<usize> {
        let at = at as u32;
        self.cells[..self.len].iter().position(|c| c.0 <= at && at <= c.1)
    }

    fn cell(&self, n: usize) -> Range<usize> {
        self.cells[n].0 as usize..self.cells[n].1 as usize
    }

    /// The fields with a label, the nearest first, those before the postcode first among equals.
    fn labelled(&self, accept: impl Fn(AddressPart) -> bool) -> impl Iterator<Item = usize> {
        let around = self.around(self.len);
        around.filter(move |&n| accept(self.cells[n].2))
    }

    fn around(&self, most: usize) -> impl Iterator<Item = usize> + use<'_> {
        let before = move |d: usize| self.own.checked_sub(d);
        let after = move |d: usize| Some(self.own + d).filter(|n| *n < self.len);
        (1..=most).flat_map(move |d| [before(d), after(d)]).flatten()
    }

    /// Adds what the row has and the postcode's own field has not.
    pub(super) fn complete(&self, text: &[u8], code: &Code, pieces: &mut Pieces) {
        let own = judge::trim(text, &self.cell(self.own));
        let labelled = self.cells[self.own].2 != AddressPart::None;
        if pieces.town.is_none() && own.end == code.range.end {
            pieces.town = self.town(text, code, labelled);
            pieces.split |= pieces.town.is_some();
        }
        if pieces.street.is_none() && pieces.town.is_some() {
            pieces.street = self.street(text);
            pieces.split |= pieces.street.is_some();
        }
        if labelled && pieces.split {
            pieces.evidence.add(Clue::Label);
        }
    }

    fn town(&self, text: &[u8], code: &Code, labelled: bool) -> Option<Town> {
        let named = self.labelled(|part| part == AddressPart::Town).find_map(|n| {
            let cell = judge::trim(text, &self.cell(n));
            let letters = place_name::letter(&text[cell.clone()]).is_some();
            let own = town::at(text, cell.clone(), code.number).is_some_and(|t| t.own);
            letters.then_some(Town { range: cell, own })
        });
        named.filter(|_| labelled || code.spaced || code.in_use).or_else(|| {
            self.around(3).find_map(|n| {
                let cell = judge::trim(text, &self.cell(n));
                let town = town::at(text, cell.clone(), code.number)?;
                (town.own && town.range.end == cell.end).then_some(town)
            })
        })
    }

    fn street(&self, text: &[u8]) -> Option<Street> {
        let of_label = |part| matches!(part, AddressPart::Street | AddressPart::Whole);
        let named = self.labelled(of_label).find_map(|n| {
            let cell = judge::trim(text, &self.cell(n));
            let written = &text[cell.clone()];
            let address = written.len() < 100
                && written.iter().any(u8::is_ascii_digit)
                && written.iter().any(|b| b.is_ascii_alphabetic());
            address.then_some(Street { range: cell, known: true, apart: true })
        });
        named.or_else(|| {
            let mut shaped = self.around(NEAR).filter_map(|n| street::in_cell(text, &self.cell(n)));
            shaped.find(|street| street.known)
        })
    }
}

/// Does a postcode stand at the start of its own field?
fn begins(text: &[u8], start: usize, code: &Range<usize>) -> bool {
    text[start.min(code.start)..code.start].iter().all(|b| matches!(b, b' ' | b'"' | b'\''))
}

/// The cells of the row that begins at `start`.
fn cells(
    text: &[u8],
    start: usize,
    delimiter: u8,
    quote: Option<u8>,
) -> impl Iterator<Item = Range<usize>> {
    let mut next = Some(start);
    std::iter::from_fn(move || {
        let from = next?;
        let quoted = quote.is_some() && text.get(from).copied() == quote;
        let mut at = from;
        if quoted {
            at += 1 + memchr::memchr(text[from], &text[from + 1..])?;
        }
        let stop = memchr::memchr2(delimiter, b'\n', &text[at..]).map_or(text.len(), |n| at + n);
        next = (text.get(stop) == Some(&delimiter)).then_some(stop + 1);
        Some(from..stop)
    })
}
