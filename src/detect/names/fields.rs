//! Names in columns and fields whose labels speak of persons.

use std::ops::Range;

use super::label::Role;
use super::letters;
use super::phrase::{self, Name, Setting};
use super::run::{self, Lower, Run};
use super::words::{Case, Word};
use crate::detect::candidate::Normalized;
use crate::detect::diet::{Rows, cell_of};
use crate::detect::keywords::Meaning;
use crate::detect::{Reader, quote_in};
use crate::model::{Category, Clue, Evidence, Record, Shape, Table};

/// A cell of more bytes than this is running text, whatever its label says.
const CELL: usize = 200;

/// A labelled cell of a row.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) role: Role,
    pub(super) range: Range<usize>,
}

/// Does the label say that the row is about a person, other than by a name?
pub(super) fn is_personal(meaning: &Meaning) -> bool {
    let topics = meaning.topics;
    topics.speaks_for(Category::Personnummer)
        || topics.speaks_for(Category::Email)
        || topics.speaks_for(Category::Phone)
        || meaning.birth
        || meaning.last_four
        || meaning.diet
}

impl Reader<'_> {
    /// Names in the labelled fields of a record.
    pub(super) fn names_in_fields(&mut self, record: &Record<'_>) {
        let all = self.meanings.all();
        if !all.iter().any(|m| m.name.is_name()) {
            return;
        }
        let personal = all.iter().any(|m| {
            is_personal(m) || matches!(m.name, Role::Person | Role::Given | Role::Surname)
        });
        let things = all.iter().any(|m| m.topics.speaks_for(Category::Organisationsnummer));
        let personal = personal && !things;
        match &record.shape {
            Shape::Text(_) => {}
            Shape::Table(_, table) => self.names_in_rows(record, table, personal),
            Shape::Fields(fields) => {
                let cells = fields.segments.iter().zip(all).filter(|(_, m)| m.name.is_name());
                let range = |r: &Range<u32>| r.start as usize..r.end as usize;
                let cells: Vec<Cell> =
                    cells.map(|(s, m)| Cell { role: m.name, range: range(&s.range) }).collect();
                self.names_in_row(&cells, personal);
            }
        }
    }

    fn names_in_rows(&mut self, record: &Record<'_>, table: &Table, personal: bool) {
        let quote = quote_in(record);
        let (at, end) = (record.focus.start, record.focus.end);
        let mut rows = Rows { text: record.text, at, end, quote };
        let roles = self.meanings.all().iter().enumerate();
        let roles: Vec<(usize, Role)> =
            roles.filter(|(_, m)| m.name.is_name()).map(|(n, m)| (n, m.name)).collect();
        let mut cells = Vec::new();
        let mut header = table.has_header;
        while let Some(row) = rows.next_row() {
            cells.clear();
            cells.extend(roles.iter().filter_map(|&(n, role)| {
                let range = cell_of(record.text, &row, n, table, quote)?;
                Some(Cell { role, range })
            }));
            if header && self.is_header(&cells, &roles, table) {
                header = false;
                continue;
            }
            self.names_in_row(&cells, personal);
        }
    }

    fn is_header(&self, cells: &[Cell], roles: &[(usize, Role)], table: &Table) -> bool {
        let named = |(cell, (n, _)): (&Cell, &(usize, Role))| {
            self.ruler.decode(&self.text[cell.range.clone()]) == table.columns[*n].name
        };
        !cells.is_empty() && cells.iter().zip(roles).all(named)
    }

    /// Names in the labelled cells of one row.
    pub(super) fn names_in_row(&mut self, cells: &[Cell], personal: bool) {
        for cell in cells {
            match cell.role {
                Role::Person | Role::Named | Role::Party => self.names_in_cell(cell, personal),
                Role::Given => self.given_and_surname(cells, cell),
                Role::Surname | Role::Thing | Role::None => {}
            }
        }
    }

    /// A given name in a cell of its own, with the surname of the nearest cell of such.
    fn given_and_surname(&mut self, cells: &[Cell], given: &Cell) {
        let Some(first) = part(self.text, &given.range) else { return };
        let position = |cell: &Cell| cells.iter().position(|c| c.range == cell.range).unwrap_or(0);
        let surnames = cells.iter().filter(|c| c.role == Role::Surname && !c.range.is_empty());
        let nearest = surnames.min_by_key(|c| position(c).abs_diff(position(given)));
        let Some(second) = nearest.and_then(|c| part(self.text, &c.range)) else {
            let known = first.words.first().is_some_and(Word::is_given);
            if known && nearest.is_none() {
                let evidence = Evidence::NONE.with(Clue::GivenName).with(Clue::SinglePart);
                let range = given.range.clone();
                self.push_name(range, evidence.with(Clue::Label), Normalized::FromText);
            }
            return;
        };
        let known =
            (first.words.iter().any(Word::is_given), second.words.iter().any(Word::is_surname));
        let open = |run: &Run| {
            run.words
                .iter()
                .all(|w| w.case == Case::Initial || w.may_be_name() || w.case == Case::Lower)
        };
        if known == (false, false) && !(open(&first) && open(&second)) {
            return;
        }
        let evidence = Evidence::NONE
            .with(Clue::SplitFields)
            .with(Clue::Label)
            .with(if known.0 { Clue::GivenName } else { Clue::NameForm })
            .with(if known.1 { Clue::Surname } else { Clue::NameForm });
        let (first, second) = (span(&first), span(&second));
        let place = if first.start < second.start { first.clone() } else { second.clone() };
        self.push_name(place, evidence, Normalized::joined(first, second));
    }

    fn names_in_cell(&mut self, cell: &Cell, personal: bool) {
        let range = cell.range.clone();
        if range.len() > CELL {
            return;
        }
        let text = self.text;
        let shouted = !text[range.clone()].iter().any(|b| b.is_ascii_uppercase() || *b >= 0x80);
        let lower = if shouted { Lower::Belongs } else { Lower::Stops };
        let label = match (cell.role, personal) {
            (Role::Person, _) | (Role::Named, true) => Clue::Label,
            _ => Clue::ContextWord,
        };
        let mut run = Run::default();
        let mut at = range.start;
        while at < range.end {
            if !letters::is_letter(text, at) {
                at += letters::char_at(text, at).1;
                continue;
            }
            run.read(text, at, range.end, lower);
            let Some(last) = run.words.last().copied() else {
                at = word_end(text, at, range.end);
                continue;
            };
            at = match self.reversed_in_cell(&run, &range, label) {
                Some(end) => end,
                None => {
                    self.name_in_cell(&run, &range, label);
                    last.written
                }
            };
        }
    }

    fn name_in_cell(&mut self, run: &Run, cell: &Range<usize>, label: Clue) {
        let labelled = label == Clue::Label;
        let words = &run.words;
        let whole = words[0].start == cell.start && run.end() == cell.end;
        let found = phrase::find(self.text, words, Setting { labelled, first: false });
        let found =
            found.or_else(|| (labelled && whole).then(|| phrase::unlisted(self.text, words))?);
        let found = found.or_else(|| surname_first(words, whole && labelled));
        let Some(name) = found else {
            self.single_name(run, cell, label);
            return;
        };
        if !run::is_thing(self.text, cell.start, cell.end, words, name.first..name.last + 1) {
            let evidence = name.evidence.with(label);
            self.push_name(name.range(words), evidence, Normalized::FromText);
        }
    }

    /// A given name alone, or with an initial.
    fn single_name(&mut self, run: &Run, cell: &Range<usize>, label: Clue) {
        let words = &run.words;
        let initial = words.len() == 2 && words[1].case == Case::Initial;
        let whole = words[0].start == cell.start && words[words.len() - 1].end == cell.end;
        if whole && words[0].is_given() && (words.len() == 1 || initial) && label == Clue::Label {
            let evidence = Evidence::NONE.with(Clue::GivenName).with(Clue::SinglePart);
            let evidence = evidence.with(Clue::ContextWord);
            self.push_name(cell.clone(), evidence, Normalized::FromText);
        }
    }

    /// `Lindqvist, Anna`; gives back where it ends.
    fn reversed_in_cell(&mut self, run: &Run, cell: &Range<usize>, label: Clue) -> Option<usize> {
        let (first, end) = (run.words.first()?, run.end());
        let rest = self.text[end..cell.end].strip_prefix(b",")?;
        let at = cell.end - rest.trim_ascii_start().len();
        let mut second = Run::default();
        let lower = if first.case == Case::Lower { Lower::Belongs } else { Lower::Stops };
        second.read(self.text, at, cell.end, lower);
        let given = second.words.first()?;
        let is_list = run.words.len() > 1 && first.is_given() && !first.is_surname();
        let known = (given.is_given(), run.words.iter().any(Word::is_surname));
        let alone = second.words.len() <= 3 && !second.words.last()?.is_strong_surname_only();
        let open =
            run.words.iter().all(|w| w.may_be_name() || w.is_surname() || w.case == Case::Lower)
                && given.may_be_name() | given.is_given();
        let single = run.words.len() == 1 && first.is_given() && !first.is_surname();
        let shouted = given.case == Case::Upper && first.case != Case::Upper;
        if shouted
            || is_list
            || single
            || !alone
            || !open
            || known == (false, false) && label != Clue::Label
        {
            return None;
        }
        let evidence = Evidence::NONE
            .with(label)
            .with(if known.0 { Clue::GivenName } else { Clue::NameForm })
            .with(if known.1 { Clue::Surname } else { Clue::NameForm });
        let end = second.words.last()?.end;
        self.push_name(first.start..end, evidence, Normalized::FromText);
        Some(end)
    }
}

/// `Lindqvist Anna`, where the words are the whole cell.
fn surname_first(words: &[Word], whole: bool) -> Option<Name> {
    let [surname, given] = words else { return None };
    let right = whole && surname.is_surname() && given.is_given() && !surname.is_given();
    let evidence = Evidence::NONE.with(Clue::GivenName).with(Clue::Surname);
    right.then_some(Name { first: 0, last: 1, led: false, evidence })
}

/// The words of a cell that holds one part of a name and nothing else.
fn part(text: &[u8], range: &Range<usize>) -> Option<Run> {
    let mut run = Run::default();
    run.read(text, range.start, range.end, Lower::Belongs);
    let whole = run.words.last()?.written == range.end && run.words.len() <= 4;
    let thing =
        |w: &Word| w.site || w.open && w.classes.any(super::lexicon::class::FIRM) && !w.is_name();
    (whole && !run.words.iter().any(thing)).then_some(run)
}

fn span(run: &Run) -> Range<usize> {
    let start = run.words.first().map_or(0, |w| w.start);
    start..run.end()
}

fn word_end(text: &[u8], at: usize, end: usize) -> usize {
    let mut at = at;
    while at < end && letters::is_letter(text, at) {
        at += letters::char_at(text, at).1;
    }
    at
}
