//! What the values of a table's columns are, as far as its first rows tell.
//!
//! Of a real column of personal numbers nearly all pass their check; of time stamps and of numbers
//! that begin with a date one in ten does, of other digits fewer. The verdict is taken from the table's
//! sample alone, so that it is the same in every block of it, whoever reads it.

use std::ops::Range;

use super::judge;
use super::masked;
use super::number::{self, Style};
use super::phone;
use crate::model::{Category, Clue, LineEnd, RowCursor, RowMarks, Table};
use crate::validate::date::Date;
use crate::validate::personnummer::{Accepted, Digits};

/// Different values that must pass before a column speaks for them.
const FEWEST: usize = 5;
/// Numbers that must be there before a column speaks against those that pass.
const MANY: usize = 10;
/// Decades of birth that a column must hold to outweigh a label that says something else: dated
/// numbers of invoices and cases hold one or two.
const DECADES: u32 = 4;
/// Cells of more bytes hold more than a number.
const LONGEST: usize = 24;

/// What a column's values are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Values {
    numbers: Share,
    /// Most are phone numbers.
    phones: bool,
    /// Some are personal numbers with their last digits masked.
    pub(crate) masked: bool,
}

/// How many of a column's values are personal numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Share {
    /// Too little to tell.
    #[default]
    Unknown,
    /// Hardly any of those that have the shape of one: they pass by chance.
    Few,
    /// Most.
    Most,
    /// Most, born in many decades.
    Varied,
}

impl Values {
    /// What the column says of a value that reads as one of `category`. `against` is what its label
    /// says.
    pub(crate) fn clue(self, category: Category, against: bool) -> Option<Clue> {
        let label = against.then_some(Clue::LabelAgainst);
        match (category, self.numbers) {
            (Category::Phone, _) if self.phones && !against => Some(Clue::ColumnFor),
            (Category::Personnummer | Category::Samordningsnummer, share) => match share {
                Share::Varied => Some(Clue::ColumnFor),
                Share::Most if !against => Some(Clue::ColumnFor),
                Share::Few if !against => Some(Clue::ColumnAgainst),
                _ => label,
            },
            _ => label,
        }
    }
}

/// Judges the columns of a table by its sample.
pub(crate) fn judge_columns(table: &Table, line_end: LineEnd, reference: Date) -> Vec<Values> {
    let rows = table.sample.rows();
    let mut counts = vec![Count::default(); table.columns.len()];
    let marks = RowMarks::of(rows, 0, table, line_end);
    let (mut cursor, mut at) = (RowCursor::new(&marks), 0);
    while at < rows.len() {
        let cell = cursor.cell(&marks, at);
        at = cell.range.end + 1;
        if let Some(count) = counts.get_mut(cell.column) {
            count.add(rows, &judge::trim(rows, &cell.range), reference);
        }
    }
    counts.into_iter().map(Count::verdict).collect()
}

/// What is counted in a column.
#[derive(Clone, Default)]
struct Count {
    filled: usize,
    /// Cells of nothing but digits laid out as in a personal number, numbers of organisations left out.
    shaped: usize,
    passed: usize,
    /// The first different ones that passed.
    numbers: Vec<u128>,
    /// The decades of their births since 1800, a bit each.
    decades: u32,
    phones: usize,
    /// The first different area codes of phone numbers.
    areas: Vec<[u8; 3]>,
    masked: bool,
}

impl Count {
    fn add(&mut self, text: &[u8], cell: &Range<usize>, reference: Date) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        let value = &text[cell.clone()];
        if value.len() > LONGEST || !value.iter().any(u8::is_ascii_digit) {
            return;
        }
        self.masked |= masked::read(value, reference).is_some();
        self.add_number(text, cell, reference);
        self.add_phone(text, cell);
    }

    fn add_number(&mut self, text: &[u8], cell: &Range<usize>, reference: Date) {
        let Some(written) = number::read_back(text, cell, cell.end) else { return };
        if written.start != cell.start || is_organisation(written.digits) {
            return;
        }
        self.shaped += 1;
        let plus = written.style == Style::Plus;
        if let Ok(accepted) = written.digits.check(plus, reference) {
            self.passed += 1;
            self.keep(written.digits, &accepted);
        }
    }

    fn keep(&mut self, digits: Digits, accepted: &Accepted) {
        if self.numbers.len() < FEWEST && !self.numbers.contains(&digits.word) {
            self.numbers.push(digits.word);
        }
        let [c1, c2, decade, ..] = accepted.digits.as_bytes().map(|digit| u32::from(digit - b'0'));
        let decade = (c1 * 10 + c2) * 10 + decade;
        self.decades |= 1_u32.checked_shl(decade.saturating_sub(180)).unwrap_or(0);
    }

    fn add_phone(&mut self, text: &[u8], cell: &Range<usize>) {
        let written = match text[cell.start] {
            b'0' => phone::read_national(text, cell, cell.start),
            b'+' => phone::read_international(text, cell, cell.start),
            _ => None,
        };
        let Some(written) = written.filter(|w| w.range.1 == cell.end) else { return };
        self.phones += 1;
        let mut area = [0; 3];
        let digits = written.e164.as_bytes().iter().skip(3);
        area.iter_mut().zip(digits).for_each(|(to, from)| *to = *from);
        if self.areas.len() < FEWEST && !self.areas.contains(&area) {
            self.areas.push(area);
        }
    }

    fn verdict(self) -> Values {
        let most = |n: usize| n * 5 >= self.filled * 4;
        let numbers = if self.numbers.len() == FEWEST && most(self.passed) {
            let varied = self.decades.count_ones() >= DECADES && self.passed >= MANY;
            if varied { Share::Varied } else { Share::Most }
        } else if self.shaped >= MANY && self.passed * 3 <= self.shaped {
            Share::Few
        } else {
            Share::Unknown
        };
        // Numbers in sequence all begin alike, and pass or fail together.
        let phones = self.phones >= FEWEST && most(self.phones) && self.areas.len() > 1;
        Values { numbers, phones, masked: self.masked }
    }
}

/// A right number of an organisation, which stands beside personal ones in many columns.
fn is_organisation(digits: Digits) -> bool {
    let bytes = digits.to_ascii();
    let ten = &bytes[usize::from(digits.len).saturating_sub(10)..usize::from(digits.len)];
    ten.get(2).is_some_and(|month| *month >= b'2') && digits.passes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Column, Sample};
    use crate::validate::luhn;

    /// Ten digits of a date and a serial number, with the check digit put right or not.
    fn number(year: usize, serial: usize, right: bool) -> String {
        let nine =
            format!("{:02}{:02}{:02}{serial:03}", year % 100, 1 + year % 12, 1 + serial % 28);
        let digit = (0..10).find(|d| luhn::is_valid(format!("{nine}{d}").as_bytes()));
        let digit = digit.expect("one of ten digits is right");
        format!("{nine}{}", (digit + usize::from(!right)) % 10)
    }

    fn verdict(cells: impl Iterator<Item = String>) -> Values {
        let rows: String = cells.map(|cell| format!("x;{cell}\n")).collect();
        let table = Table {
            delimiter: b';',
            quote: Some(b'"'),
            columns: vec![Column::default(); 2],
            has_header: false,
            sample: Sample::new(rows.as_bytes()),
        };
        let reference = Date::new(2026, 11, 21).unwrap();
        let columns = judge_columns(&table, LineEnd::Lf, reference);
        assert_eq!(columns[0], Values::default());
        columns[1]
    }

    #[test]
    fn the_share_that_passes_decides() {
        let check = |cells: Vec<String>, want: Share| {
            assert_eq!(verdict(cells.into_iter()).numbers, want);
        };
        let rows = |right: fn(usize) -> bool, n: usize| -> Vec<String> {
            (0..n).map(|i| number(20 + i * 7 % 70, 100 + i * 13 % 800, right(i))).collect()
        };
        check(rows(|_| true, 5), Share::Most);
        check(rows(|_| true, 4), Share::Unknown);
        check(rows(|i| i % 10 != 0, 100), Share::Varied);
        check(rows(|i| i % 10 == 0, 100), Share::Few);
        check(rows(|i| i % 10 == 0, 9), Share::Unknown);
        check(rows(|i| i % 2 == 0, 100), Share::Unknown);
        // The same number again and again is one.
        check(vec![number(80, 123, true); 50], Share::Unknown);
        check((0..30).map(|i| number(12, 100 + i, true)).collect(), Share::Most);
        check((0..30).map(|i| format!("\"{}\"", number(12, 100 + i, true))).collect(), Share::Most);
        check(
            (0..30).map(|i| format!("möte {}", number(12, 100 + i, i == 0))).collect(),
            Share::Unknown,
        );
    }

    #[test]
    fn phones_have_several_area_codes() {
        let phones = |area: fn(usize) -> &'static str| {
            verdict((0..10).map(|i| format!("{}174060{i}", area(i)))).phones
        };
        assert!(phones(|i| if i % 2 == 0 { "070" } else { "073" }));
        assert!(!phones(|_| "070"));
        assert!(!phones(|_| "199"));
    }

    #[test]
    fn labels_and_values_are_weighed_together() {
        let check = |numbers, against, want| {
            let values = Values { numbers, ..Values::default() };
            assert_eq!(values.clue(Category::Personnummer, against), want, "{numbers:?}");
        };
        check(Share::Most, false, Some(Clue::ColumnFor));
        check(Share::Most, true, Some(Clue::LabelAgainst));
        check(Share::Varied, true, Some(Clue::ColumnFor));
        check(Share::Few, false, Some(Clue::ColumnAgainst));
        check(Share::Unknown, false, None);
    }
}
