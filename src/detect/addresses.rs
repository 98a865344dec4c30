//! Postal addresses: a street with its number, and a postcode with its town.
//!
//! The way in is a postcode in use; numbers that are none cost one look into a table. From there the
//! town is read forwards (`town`), the street backwards (`street`, over lines and `c/o`), and what is
//! not in the same field is looked for in the fields of the same row (`row`). Cells whose label says
//! that they hold an address need no postcode.

mod code;
mod label;
mod row;
mod street;
mod town;

pub(crate) use label::{AddressPart, address_part};

use std::ops::Range;

use super::candidate::{Candidate, Normalized};
use super::match_form::fold_spaces;
use super::surroundings::Field;
use super::{Reader, judge, keywords};
use crate::model::{Attributes, Category, Clue, Evidence, Ruler};
use code::Code;
use row::Row;
use street::Street;
use town::Town;

/// A cell with more than this is a remark, not an address, in bytes.
const LONGEST: usize = 160;

/// The pieces of an address.
struct Pieces {
    street: Option<Street>,
    code: Range<usize>,
    town: Option<Town>,
    /// The pieces stand in fields of their own.
    split: bool,
    evidence: Evidence,
}

impl Reader<'_> {
    /// The postcode that ends at `end`.
    pub(super) fn postcode(&mut self, end: usize) {
        let Some(code) = code::read_back(self.text, end) else { return };
        let field = self.surroundings.field(end);
        let decimal = code.decimal && code.range.start > field.bounds.start;
        if decimal || code.range.start < field.bounds.start || field.bounds.end < end {
            return;
        }
        if let Some(pieces) = self.pieces(&code, &field)
            && let Some(candidate) = weigh(self.text, &field, &code, pieces)
        {
            self.candidates.push(candidate);
        }
    }

    /// The address around a postcode.
    fn pieces(&self, code: &Code, field: &Field) -> Option<Pieces> {
        let end = field.bounds.end;
        let town = town::read(self.text, code, end).or_else(|| {
            // Only a form has its town in the next line, and it says so.
            let form = !field.is_cell && street::label_before(self.text, code.range.start) > 0;
            form.then(|| town::in_next_line(self.text, code, end))?
        });
        if town.is_none() && !field.is_cell {
            return None;
        }
        let mut pieces = in_field(self.text, code, &field.bounds, town);
        if pieces.town.is_none() || pieces.street.is_none() {
            let row = if field.is_cell {
                Row::of_record(&self.surroundings, self.meanings, field, &code.range)
            } else {
                Row::of_line(self.text, &code.range)
            };
            row.iter().for_each(|row| row.complete(self.text, code, &mut pieces));
        }
        let told = pieces.town.is_some()
            || pieces.street.is_some() && field.meaning.address == AddressPart::Postcode;
        (told && (code.in_use || pieces.street.is_some())).then_some(pieces)
    }

    /// A cell whose label says that it holds an address.
    pub(super) fn labelled_address(&mut self, field: &Field) {
        if !matches!(field.meaning.address, AddressPart::Street | AddressPart::Whole) {
            return;
        }
        let cell = judge::trim(self.text, &field.bounds);
        let written = &self.text[cell.clone()];
        let coded = town::starts_with_code(written);
        if written.len() > LONGEST || coded || !is_an_address(written) {
            return;
        }
        let evidence = Evidence::NONE.with(Clue::Street).with(Clue::Label);
        self.candidates.push(judge::weigh(
            Category::PostalAddress,
            cell,
            evidence,
            Attributes::default(),
            Normalized::FromText,
        ));
    }
}

/// Words and a number, of whatever country, and no sentence, link or mail address.
fn is_an_address(written: &[u8]) -> bool {
    let digits = written.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = written.iter().filter(|b| b.is_ascii_alphabetic() || !b.is_ascii()).count();
    let words = written.split(|b| b.is_ascii_whitespace()).filter(|w| !w.is_empty()).count();
    let signs = memchr::memchr3(b'@', b'=', b'{', written).is_some();
    let link = memchr::memmem::find(written, b"://").is_some();
    (1..=16).contains(&digits)
        && letters >= 3
        && letters > digits / 2
        && (2..=14).contains(&words)
        && !signs
        && !link
}

/// What stands beside a postcode in its own field.
fn in_field(text: &[u8], code: &Code, bounds: &Range<usize>, town: Option<Town>) -> Pieces {
    let street = street::before(text, bounds.start..code.range.start);
    let split = street.as_ref().is_some_and(|s| s.apart);
    Pieces { street, code: code.range.clone(), town, split, evidence: Evidence::NONE }
}

fn weigh(text: &[u8], field: &Field, code: &Code, pieces: Pieces) -> Option<Candidate> {
    let mut evidence = pieces.evidence;
    let town = pieces.town.as_ref();
    let own = town.is_some_and(|t| t.own);
    if own {
        evidence.add(Clue::OwnTown);
    }
    if code.in_use || own || code.foreign {
        evidence.add(Clue::Postcode);
    }
    if let Some(street) = &pieces.street {
        // A number behind any word with a capital may be anything, unless the rest is beyond doubt.
        if !street.known && !own && !evidence.has(Clue::Label) {
            return None;
        }
        evidence.add(Clue::Street);
    } else if !own || pieces.split {
        return None;
    }
    if code.spaced && (pieces.street.is_some() || is_alone(text, field, &pieces)) {
        evidence.add(Clue::Grouping);
    }
    if pieces.split {
        evidence.add(Clue::SplitFields);
    }
    let (range, normalized) = places(&pieces);
    if pieces.street.is_some() && !evidence.has(Clue::Label) {
        evidence = with_surroundings(text, field, &range, evidence);
    }
    let attributes = Attributes::default();
    Some(judge::weigh(Category::PostalAddress, range, evidence, attributes, normalized))
}

fn with_surroundings(
    text: &[u8],
    field: &Field,
    range: &Range<usize>,
    evidence: Evidence,
) -> Evidence {
    if field.is_cell && field.meaning.address != AddressPart::None {
        return evidence.with(Clue::Label);
    }
    if range.start < field.bounds.start || field.bounds.end < range.end {
        return evidence;
    }
    let clue = keywords::nearby(text, &field.bounds, range, Category::PostalAddress);
    clue.map_or(evidence, |clue| evidence.with(clue))
}

/// Do postcode and town fill their line?
fn is_alone(text: &[u8], field: &Field, pieces: &Pieces) -> bool {
    let Some(town) = &pieces.town else { return false };
    let before = &text[field.bounds.start..pieces.code.start];
    let after = &text[town.range.end..field.bounds.end];
    let blank = |b: &&u8| matches!(b, b' ' | b'\t' | b'\r' | b'"');
    let first = before.iter().rev().find(|b| !blank(b));
    let last = after.iter().find(|b| !blank(b));
    first.is_none_or(|b| *b == b'\n') && last.is_none_or(|b| *b == b'\n')
}

/// Where the address is told, and the pieces beyond that.
fn places(pieces: &Pieces) -> (Range<usize>, Normalized) {
    let code = &pieces.code;
    let town = pieces.town.as_ref().map(|t| &t.range);
    let last = town.map_or(code.end, |t| t.end.max(code.end));
    let joined = town.is_none_or(|t| t.start >= code.end && t.start <= code.end + 3);
    let first = pieces.street.as_ref().map(|s| s.range.clone());
    match first {
        Some(street) if pieces.split || !joined => {
            let more = [short(code), town.map_or((0, 0), short)];
            (street, Normalized::Pieces(more))
        }
        Some(street) => (street.start..last, Normalized::FromText),
        None if joined => (code.start..last, Normalized::FromText),
        None => (code.clone(), Normalized::Pieces([town.map_or((0, 0), short), (0, 0)])),
    }
}

const fn short(range: &Range<usize>) -> (u32, u32) {
    (range.start as u32, range.end as u32)
}

/// Writes the match form of an address: its pieces, white space folded.
pub(super) fn complete(text: &[u8], ruler: Ruler, candidate: &Candidate, normalized: &mut String) {
    fold_spaces(&ruler.decode(&text[candidate.range()]), normalized);
    let Normalized::Pieces(more) = candidate.normalized else { return };
    let mut parts = ", ";
    for (start, end) in more.into_iter().filter(|(start, end)| start < end) {
        normalized.push_str(parts);
        fold_spaces(&ruler.decode(&text[start as usize..end as usize]), normalized);
        parts = " ";
    }
}
