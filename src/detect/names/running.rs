//! Names in running text.

use super::label::{self, Role};
use super::phrase::{self, Name, Setting};
use super::run::{self, Lower, Run};
use super::words::{self, Case, Word};
use super::{fields, letters};
use crate::detect::candidate::Normalized;
use crate::detect::surroundings::Field;
use crate::detect::{Reader, judge, keywords};
use crate::model::{Category, Clue, Evidence};

/// A label of more bytes than this is a sentence with a colon in it.
const LABEL: usize = 50;

impl Reader<'_> {
    /// The capital letter at `at` may begin the surname after a given name.
    pub(in crate::detect) fn capital(&mut self, at: usize) {
        if at < self.names.done {
            return;
        }
        match before(self.text, at, self.names.done) {
            Before::Name(start) => self.name_around(start, at),
            Before::Surname(start) => self.reversed_name(start, at),
            Before::Gap => {
                self.name_table(at);
            }
            Before::Other => {}
        }
    }

    /// The row of capitalised words that begins at `start` and goes on at `at`.
    fn name_around(&mut self, start: usize, at: usize) {
        let mut run = Run::default();
        run.read(self.text, start, self.text.len(), Lower::Stops);
        if run.words.len() < 2
            || !run.words.iter().any(Word::is_name_or_form) && !labelled(self.text, start)
        {
            self.names.done = run.end().max(at);
            return;
        }
        if self.name_table(at) {
            return;
        }
        let field = self.surroundings.field(at);
        if field.meaning.name.is_name() || start < field.bounds.start {
            return;
        }
        if run.end() > field.bounds.end {
            run.read(self.text, start, field.bounds.end, Lower::Stops);
        }
        self.names.done = run.end().max(at);
        self.names_in_run(&run, &field);
    }

    fn names_in_run(&mut self, run: &Run, field: &Field) {
        let Some(first) = run.words.first() else { return };
        let role = role_before(self.text, field.bounds.start, first.start);
        let setting = Setting {
            labelled: matches!(role, Role::Person | Role::Named),
            first: begins(self.text, field.bounds.start, first.start),
        };
        let name = phrase::find(self.text, &run.words, setting)
            .or_else(|| setting.labelled.then(|| phrase::unlisted(self.text, &run.words))?);
        let Some(name) = name else { return };
        let Name { first, last, mut evidence, .. } = name;
        let bounds = &field.bounds;
        if run::is_thing(self.text, bounds.start, bounds.end, &run.words, first..last + 1) {
            return;
        }
        let range = name.range(&run.words);
        let cell = judge::trim(self.text, bounds);
        let whole = cell.start == range.start && cell.end <= range.end + 1;
        match role {
            _ if field.meaning.name == Role::Thing && whole => evidence.add(Clue::LabelAgainst),
            Role::Thing => evidence.add(Clue::ContextAgainst),
            Role::Person | Role::Named => evidence.add(Clue::Label),
            Role::Party => evidence.add(Clue::ContextWord),
            _ => {
                let near = keywords::nearby(self.text, bounds, &range, Category::PersonName);
                if near == Some(Clue::ContextWord) {
                    evidence.add(Clue::ContextWord);
                }
            }
        }
        self.names.done = range.end;
        self.push_name(range, evidence, Normalized::FromText);
    }

    /// `Lindqvist, Anna`: the surname at `start`, the given name at `at`.
    fn reversed_name(&mut self, start: usize, at: usize) {
        let Some(surname) = words::read(self.text, start, at) else { return };
        if !surname.is_strong_surname() || surname.is_given() {
            return;
        }
        let field = self.surroundings.field(at);
        if field.meaning.name.is_name() || start < field.bounds.start {
            return;
        }
        let mut run = Run::default();
        run.read(self.text, at, field.bounds.end, Lower::Stops);
        let alone =
            run.words.len() == 1 || run.words.len() == 2 && !run.words[1].is_strong_surname();
        let given = run.words.first().is_some_and(|w| w.is_given() && !w.is_weak_given());
        let leads = begins(self.text, field.bounds.start, start)
            || role_before(self.text, field.bounds.start, start).is_name();
        if !(alone && given && leads) {
            return;
        }
        let evidence = Evidence::NONE.with(Clue::GivenName).with(Clue::Surname);
        let end = run.words[0].end;
        self.names.done = end;
        self.push_name(start..end, evidence, Normalized::FromText);
    }

    /// Reads the table in running text around `at`, if it has a column of names.
    fn name_table(&mut self, at: usize) -> bool {
        if at < self.names.prose || !self.surroundings.is_text() {
            return false;
        }
        let text = self.text;
        let table = self.tables.at(text, at).filter(|t| t.has_names());
        let Some(table) = table else {
            let rest = &text[at..];
            self.names.prose = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            return false;
        };
        let (cells, end) = table.fields(text);
        if at >= end || cells.first().is_none_or(|c| at < c.row_start) {
            return false;
        }
        let done = self.names.done;
        self.names.done = end.max(at + 1);
        self.names.prose = self.names.done;
        let personal = table_is_personal(&cells);
        for row in cells.chunk_by(|a, b| a.row_start == b.row_start) {
            if row.last().is_some_and(|c| c.bounds.start >= done) {
                self.names_in_table_row(row, personal);
            }
        }
        true
    }

    fn names_in_table_row(&mut self, row: &[Field], personal: bool) {
        let cells: Vec<fields::Cell> = row
            .iter()
            .map(|f| fields::Cell { role: f.meaning.name, range: f.bounds.clone() })
            .collect();
        self.names_in_row(&cells, personal);
        for field in row.iter().filter(|f| !f.meaning.name.is_name()) {
            self.names_in_cell_text(field);
        }
    }

    /// Names in the running text of a cell of a table in text.
    fn names_in_cell_text(&mut self, field: &Field) {
        let mut at = field.bounds.start;
        let mut run = Run::default();
        while at < field.bounds.end {
            if !letters::is_capital(self.text, at) {
                at += letters::char_at(self.text, at).1;
                continue;
            }
            run.read(self.text, at, field.bounds.end, Lower::Stops);
            if run.words.len() > 1 {
                self.names_in_run(&run, field);
            }
            at = run.end().max(at + 1);
        }
    }
}

fn table_is_personal(cells: &[Field]) -> bool {
    cells.iter().any(|f| !f.meaning.name.is_name() && fields::is_personal(&f.meaning))
}

/// What stands before a capital.
enum Before {
    /// A capitalised word, or particles behind one; where that begins.
    Name(usize),
    /// A capitalised word and a comma.
    Surname(usize),
    /// No word: a column's edge.
    Gap,
    /// Nothing that a name begins with.
    Other,
}

/// Looks at the word before `at`, which a space parts from it. What is before `floor` is done.
fn before(text: &[u8], at: usize, floor: usize) -> Before {
    let Some(space) = at.checked_sub(1).filter(|s| text[*s] == b' ' && *s > 0) else {
        return Before::Gap;
    };
    let last = text[space - 1];
    if matches!(last, b' ' | b'|' | b'\t') {
        return Before::Gap;
    }
    let end = if last == b',' { space - 1 } else { space };
    let word = run::word_before(text, floor, end);
    if word.is_empty() {
        return Before::Other;
    }
    let capital = letters::is_capital(text, word.start);
    match last {
        b',' if capital => Before::Surname(word.start),
        b'.' if !(capital && is_initial(text, word.start, space)) => Before::Other,
        b',' => Before::Other,
        _ if capital => Before::Name(word.start),
        _ => particles(text, word.start, space, floor),
    }
}

fn is_initial(text: &[u8], start: usize, end: usize) -> bool {
    words::read(text, start, end).is_some_and(|w| w.case == Case::Initial && w.end == end)
}

/// `von`, `de la` behind a capitalised word.
fn particles(text: &[u8], start: usize, end: usize, floor: usize) -> Before {
    let mut word = start..end;
    for _ in 0..2 {
        if !words::is_particle(&text[word.clone()]) || word.start <= floor + 1 {
            return Before::Other;
        }
        let space = word.start - 1;
        if text[space] != b' ' {
            return Before::Other;
        }
        word = run::word_before(text, floor, space);
        if letters::is_capital(text, word.start) && !word.is_empty() {
            return Before::Name(word.start);
        }
    }
    Before::Other
}

/// Do the words at `start` begin a line, a sentence or a field?
fn begins(text: &[u8], floor: usize, start: usize) -> bool {
    let head = text[floor..start].trim_ascii_end();
    let broken = memchr::memchr(b'\n', &text[floor + head.len()..start]).is_some();
    broken
        || head.last().is_none_or(|b| matches!(b, b'.' | b'!' | b'?' | b'*' | b'#' | b'-' | b'>'))
}

fn labelled(text: &[u8], start: usize) -> bool {
    role_before(text, 0, start).is_name()
}

/// What the label before `start` says, if there is one: `Handläggare: `, `namn="`.
fn role_before(text: &[u8], floor: usize, start: usize) -> Role {
    let from = floor.max(start.saturating_sub(LABEL));
    let mut head = &text[from..start];
    while let [rest @ .., b' ' | b'"' | b'\'' | b'\t' | b'*'] = head {
        head = rest;
    }
    let Some((b':' | b'=', label)) = head.split_last() else { return Role::None };
    let edge = |b: &u8| {
        matches!(
            b,
            b'\n' | b'\t' | b'|' | b';' | b',' | b'(' | b'{' | b'[' | b'.' | b':' | b'"' | b'<'
        )
    };
    let at = label.iter().rposition(edge).map_or(0, |n| n + 1);
    let label = String::from_utf8_lossy(label[at..].trim_ascii());
    label::role(&label)
}
