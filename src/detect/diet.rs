//! Where dietary notes are looked for: columns and fields of needs, tables in text, sentences.
//!
//! What a note is, [`dietary`] decides; here is only what to ask it, and about which bytes.

use std::ops::Range;

use super::candidate::{Candidate, Candidates, Normalized};
use super::cells::Cells;
use super::dietary::{
    self, Evidence as Reasons, Kind, Label, Note, SentenceContext, Verdicts, Whose,
};
use super::finder::Finder;
use super::keywords;
use super::surroundings::Meanings;
use super::text_table::TextTables;
use crate::model::{
    Attributes, Category, Clue, Confidence, Evidence, Fields, Record, RowMarks, Ruler, Shape, Table,
};

/// Headings are looked for so many bytes above.
const ABOVE: usize = 600;
/// A line is not looked at further than this to either side, in bytes.
const LINE: usize = 1024;
/// A label of more bytes than this is a sentence with a colon in it.
const LABEL: usize = 60;
/// Lines of a form that are looked at for somebody it is about.
const FORM: usize = 24;

/// Finds the dietary notes of one record.
pub(crate) struct Diet<'a> {
    pub(crate) record: &'a Record<'a>,
    pub(crate) finder: &'a Finder,
    pub(crate) ruler: Ruler,
    pub(crate) meanings: &'a Meanings,
    pub(crate) tables: &'a mut TextTables,
    pub(crate) notes: &'a mut Candidates,
    pub(crate) cells: &'a mut Cells,
    pub(crate) verdicts: &'a mut Verdicts,
    /// What is before this byte is done.
    pub(crate) done: usize,
    /// The row of a table looked at last.
    pub(crate) row: Range<usize>,
    /// The byte around fields, if the text at hand holds one.
    pub(crate) quote: Option<u8>,
    /// Where the cells and rows of a table end.
    pub(crate) marks: &'a RowMarks,
}

impl Diet<'_> {
    /// Cells of columns and fields of needs, which need no word of the lexicon.
    pub(crate) fn columns(&mut self) {
        self.cells.begin();
        if !self.meanings.all().iter().any(|m| m.diet) {
            return;
        }
        match &self.record.shape {
            Shape::Text(_) => {}
            Shape::Table(_, table) => self.table(table),
            Shape::Fields(fields) => self.fields(fields),
        }
    }

    fn table(&mut self, table: &Table) {
        let needs: Vec<usize> =
            (0..self.meanings.all().len()).filter(|&n| self.meanings.all()[n].diet).collect();
        let whose = self.whose();
        if self.quote.is_none() {
            return self.plain_table(table, &needs, whose);
        }
        let Record { text, focus, .. } = self.record;
        let mut rows = Rows { text, at: focus.start, end: focus.end, quote: self.quote };
        while let Some(row) = rows.next_row() {
            for &n in &needs {
                let cell = cell_of(text, &row, n, table, self.quote);
                if let Some(cell) = cell.filter(|c| !c.is_empty()) {
                    self.need(&cell, (table, n), whose);
                }
            }
        }
    }

    /// The same for a text without quotes, whose rows are known.
    fn plain_table(&mut self, table: &Table, needs: &[usize], whose: Whose) {
        let (text, marks) = (self.record.text, self.marks);
        for row in marks.rows().take_while(|row| row.start < self.record.focus.end) {
            let ends_empty = row.end > row.start && text[row.end - 1] == table.delimiter;
            for &n in needs {
                // The last column is the usual place for needs, and most are empty.
                if ends_empty && n > 2 && n + 1 == table.columns.len() {
                    continue;
                }
                let cell = marks.nth_cell(&row, n).map(|cell| super::judge::trim(text, &cell));
                if let Some(cell) = cell.filter(|c| !c.is_empty()) {
                    self.need(&cell, (table, n), whose);
                }
            }
        }
    }

    /// A cell of a column of needs, which is not empty.
    fn need(&mut self, cell: &Range<usize>, (table, column): (&Table, usize), whose: Whose) {
        self.cells.add(cell.clone());
        let text = || self.ruler.decode(&self.record.text[cell.clone()]);
        if !table.has_header || text() != table.columns[column].name {
            self.cell(cell, whose);
        }
    }

    fn fields(&mut self, fields: &Fields<'_>) {
        let whose = self.whose();
        for (segment, meaning) in fields.segments.iter().zip(self.meanings.all()) {
            if meaning.diet {
                self.cell(&(segment.range.start as usize..segment.range.end as usize), whose);
            }
        }
    }

    /// Whom the record is about, judging by its labels.
    fn whose(&self) -> Whose {
        let all = self.meanings.all();
        if all.iter().any(super::keywords::Meaning::is_personal) {
            Whose::Person
        } else if all.iter().any(|m| m.counts) {
            Whose::Count
        } else {
            Whose::Unknown
        }
    }

    fn cell(&mut self, range: &Range<usize>, whose: Whose) {
        let raw = &self.record.text[range.clone()];
        if let Some(note) = self.cells.note(raw, self.ruler, whose) {
            let text = self.ruler.decode(raw);
            self.push(range.start, raw, &text, &note, Evidence::NONE.with(Clue::DietColumn));
        }
    }

    /// The sentence, field or table around a word of the lexicon at byte `at`.
    pub(crate) fn word(&mut self, at: usize) {
        if at < self.done || self.cells.hold(at) {
            return;
        }
        let anchor = self.finder.anchor(self.record.text, at);
        if let Err(next) = dietary::gate(self.record.text, anchor, self.verdicts) {
            self.done = next;
            return;
        }
        let record = self.record;
        match &record.shape {
            Shape::Text(_) if self.text_table(at) || self.quoted_value(at) => {}
            Shape::Text(_) => {
                let bounds = 0..record.text.len();
                self.sentence(at, &bounds, Label::None, form_around(record.text, at));
            }
            Shape::Table(_, table) => {
                self.row_around(at);
                if let Some((n, cell)) = cell_at(record.text, &self.row, at, table, self.quote) {
                    self.labelled(at, &cell, n);
                }
            }
            Shape::Fields(fields) => {
                if let Some((n, segment)) = fields.segment_at(at) {
                    let bounds = segment.range.start as usize..segment.range.end as usize;
                    self.labelled(at, &bounds, n);
                }
            }
        }
    }

    /// Moves on to the row that holds byte `at`.
    fn row_around(&mut self, at: usize) {
        let text = self.record.text;
        if self.quote.is_none() {
            let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |n| n + 1);
            self.row = start..row_end(text, start, None);
            return;
        }
        let next = if self.row.is_empty() { self.row.start } else { self.row.end + 1 };
        let mut rows = Rows { text, at: next, end: text.len(), quote: self.quote };
        while self.row.end < at
            && let Some(row) = rows.next_row()
        {
            self.row = row;
        }
    }

    /// A word in a field that is not itself one of needs.
    fn labelled(&mut self, at: usize, bounds: &Range<usize>, column: usize) {
        let meaning = self.meanings.all().get(column).copied().unwrap_or_default();
        if meaning.diet {
            self.done = bounds.end;
            return;
        }
        let label = if meaning.remarks { Label::Weak } else { Label::None };
        self.sentence(at, bounds, label, self.whose());
    }

    /// All of a table in running text, if it has a column of needs.
    fn text_table(&mut self, at: usize) -> bool {
        let text = self.record.text;
        let Some(table) = self.tables.at(text, at).filter(|t| t.has_diet()) else { return false };
        let whose = match (table.is_personal(), table.counts()) {
            (true, _) => Whose::Person,
            (false, true) => Whose::Count,
            _ => Whose::Unknown,
        };
        let (mut cells, next) = table.fields(text);
        cells.retain(|f| f.meaning.diet || f.meaning.remarks);
        self.done = next.max(at + 1);
        for field in cells.into_iter().filter(|f| self.record.focus.contains(&f.bounds.start)) {
            if field.meaning.diet {
                self.cell(&field.bounds, whose);
            } else {
                self.sentence(field.bounds.start, &field.bounds, Label::Weak, whose);
            }
        }
        true
    }

    /// `allergi="nötter"` among other pairs in a line of running text, such as a log's.
    fn quoted_value(&mut self, at: usize) -> bool {
        let text = self.record.text;
        let (start, end) = (line_before(text, at), line_after(text, at));
        // The word may stand in the key.
        let key = text[at..end].iter().take_while(|b| in_key(**b)).count();
        let at = if text[at + key..end].starts_with(b"=\"") { at + key + 2 } else { at };
        let Some(quote) = memchr::memrchr(b'"', &text[start..at]).map(|n| start + n) else {
            return false;
        };
        let key = key_before(text, start, quote);
        if key.is_empty() || dietary::label(&self.ruler.decode(key)) != Label::Strong {
            return false;
        }
        let close = memchr::memchr(b'"', &text[at..end]).map_or(end, |n| at + n);
        let others = text[start..end].split(|b| matches!(b, b' ' | b'\t' | b',' | b';'));
        let mut names = others.filter_map(|pair| Some(&pair[..memchr::memchr(b'=', pair)?]));
        let personal = names.any(|name| keywords::meaning(&self.ruler.decode(name)).is_personal());
        let whose = if personal { Whose::Person } else { Whose::Unknown };
        self.done = close;
        self.cell(&(quote + 1..close), whose);
        true
    }

    /// The sentence around byte `at` of a field or text.
    fn sentence(&mut self, at: usize, bounds: &Range<usize>, label: Label, whose: Whose) {
        let text = &self.record.text[bounds.clone()];
        let range = dietary::sentence_bounds(text, at - bounds.start);
        let raw = &text[range.clone()];
        let sentence = self.ruler.decode(raw);
        let previous = previous_sentence(text, range.start);
        let previous = previous.map(|p| self.ruler.decode(&text[p]));
        let heading = heading_above(text, range.start).map(|h| self.ruler.decode(h));
        let context = SentenceContext {
            previous: previous.as_deref(),
            heading: heading.as_deref(),
            label,
            whose,
        };
        let start = bounds.start + range.start;
        self.done = self.done.max(bounds.start + range.end).max(at + 1);
        for note in dietary::sentence(&sentence, &context) {
            self.push(start, raw, &sentence, &note, Evidence::NONE.with(Clue::DietWords));
        }
    }

    fn push(&mut self, start: usize, raw: &[u8], text: &str, note: &Note, evidence: Evidence) {
        let offset = |n: usize| start + stored_offset(raw, text, n);
        let range = offset(note.range.start)..offset(note.range.end);
        let owned = self.record.focus.contains(&range.start);
        if !owned || range.is_empty() {
            return;
        }
        self.notes.push(Candidate {
            start: range.start as u32,
            end: range.end as u32,
            category: Category::Dietary,
            confidence: note.confidence,
            score: points(note.confidence),
            evidence: clues(evidence, note.evidence),
            attributes: attributes(note.kind),
            normalized: Normalized::FromText,
        });
    }
}

const fn points(confidence: Confidence) -> i16 {
    match confidence {
        Confidence::High => 90,
        Confidence::Medium => 65,
        Confidence::Low => 30,
    }
}

fn attributes(kind: Kind) -> Attributes {
    Attributes {
        kind: Some(kind),
        special_category: kind.is_special_category(),
        ..Attributes::default()
    }
}

fn clues(mut evidence: Evidence, reasons: Reasons) -> Evidence {
    let persons = [Reasons::FIRST_PERSON, Reasons::NAME, Reasons::RELATION, Reasons::PRONOUN];
    for (reason, clue) in persons.map(|r| (r, Clue::PersonWords)).into_iter().chain([
        (Reasons::IDENTIFIER, Clue::PersonRecord),
        (Reasons::RECORD, Clue::PersonRecord),
        (Reasons::COUNT, Clue::CountOnly),
        (Reasons::CONDITION, Clue::DietWords),
    ]) {
        if reasons.has(reason) {
            evidence.add(clue);
        }
    }
    evidence
}

/// Where byte `n` of the decoded text stands in the raw one.
fn stored_offset(raw: &[u8], text: &str, n: usize) -> usize {
    if raw.len() == text.len() {
        return n;
    }
    let (mut left, mut at) = (text[..n].chars().count(), 0);
    for chunk in raw.utf8_chunks() {
        for c in chunk.valid().chars() {
            if left == 0 {
                return at;
            }
            left -= 1;
            at += c.len_utf8();
        }
        let invalid = chunk.invalid().len();
        if left <= invalid {
            return at + left;
        }
        left -= invalid;
        at += invalid;
    }
    at
}

fn previous_sentence(text: &[u8], start: usize) -> Option<Range<usize>> {
    let head = text[..start].trim_ascii_end();
    let last = head.len().checked_sub(1)?;
    // A blank line between: another paragraph.
    if memchr::memchr_iter(b'\n', &text[head.len()..start]).count() > 1 {
        return None;
    }
    Some(dietary::sentence_bounds(text, last.saturating_sub(1))).filter(|r| r.end <= start)
}

/// The nearest line above that is a heading: `# …`, or short with a colon at its end.
fn heading_above(text: &[u8], start: usize) -> Option<&[u8]> {
    let above = &text[start.saturating_sub(ABOVE)..start];
    above.rsplit(|&b| b == b'\n').skip(1).map(<[u8]>::trim_ascii).find(|line| {
        let marked = line.starts_with(b"#") || line.ends_with(b":") || line.starts_with(b"===");
        marked && (2..=80).contains(&line.len())
    })
}

/// Whom a line such as `Specialkost: laktosfritt` is about: somebody, if a line near by in the same
/// block says `Namn: …` or another thing of a person.
fn form_around(text: &[u8], at: usize) -> Whose {
    let start = line_before(text, at);
    let end = line_after(text, at);
    let needs = label_of(&text[start..end]).filter(|name| !name.is_empty());
    let strong = |name: &[u8]| dietary::label(&String::from_utf8_lossy(name)) == Label::Strong;
    if !needs.is_some_and(strong) {
        return Whose::Unknown;
    }
    let above = &text[start.saturating_sub(ABOVE)..start];
    let below = &text[end..text.len().min(end + ABOVE)];
    let is_line = |line: &&[u8]| !line.trim_ascii().is_empty();
    let above = above.rsplit(|&b| b == b'\n').skip(1).take_while(is_line);
    let below = below.split(|&b| b == b'\n').skip(1).take_while(is_line);
    let personal = above.chain(below).take(FORM).any(|line| {
        label_of(line).is_some_and(|name| {
            let filled = line[name.len() + 1..].iter().any(u8::is_ascii_alphanumeric);
            filled && keywords::meaning(&String::from_utf8_lossy(name)).is_personal()
        })
    });
    if personal { Whose::Person } else { Whose::Unknown }
}

/// What stands before a line's colon, if that is short enough for a label.
fn label_of(line: &[u8]) -> Option<&[u8]> {
    let head = &line[..line.len().min(LABEL)];
    memchr::memchr2(b':', b'=', head).map(|colon| &head[..colon])
}

/// The word before `="`, whose quote stands at `quote`.
fn key_before(text: &[u8], start: usize, quote: usize) -> &[u8] {
    let Some(head) = text[start..quote].strip_suffix(b"=") else { return &[] };
    let key = head.iter().rposition(|b| !in_key(*b)).map_or(0, |n| n + 1);
    &head[key..]
}

const fn in_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80
}

fn line_before(text: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(LINE);
    memchr::memrchr(b'\n', &text[from..at]).map_or(from, |n| from + n + 1)
}

fn line_after(text: &[u8], at: usize) -> usize {
    let to = text.len().min(at + LINE);
    memchr::memchr(b'\n', &text[at..to]).map_or(to, |n| at + n)
}

/// The rows of a table's focus.
pub(super) struct Rows<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    pub(super) end: usize,
    /// The byte around fields, if the text at hand holds one.
    pub(super) quote: Option<u8>,
}

impl Rows<'_> {
    pub(super) fn next_row(&mut self) -> Option<Range<usize>> {
        if self.at >= self.end {
            return None;
        }
        let start = self.at;
        let end = row_end(self.text, start, self.quote);
        self.at = end + 1;
        Some(start..end)
    }
}

/// The end of the row that begins at `start`, before its line end.
fn row_end(text: &[u8], start: usize, quote: Option<u8>) -> usize {
    let line = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |n| start + n);
    let Some(quote) = quote.filter(|q| memchr::memchr(*q, &text[start..line]).is_some()) else {
        return line;
    };
    let mut quoted = false;
    for n in memchr::memchr2_iter(quote, b'\n', &text[start..]) {
        if text[start + n] == quote {
            quoted = !quoted;
        } else if !quoted {
            return start + n;
        }
    }
    text.len()
}

/// The field of a row that holds byte `at`, with its number; none on what parts fields.
fn cell_at(
    text: &[u8],
    row: &Range<usize>,
    at: usize,
    table: &Table,
    quote: Option<u8>,
) -> Option<(usize, Range<usize>)> {
    let before = text.get(row.start..at)?;
    let plain = quote.is_none_or(|q| memchr::memchr(q, &text[row.clone()]).is_none());
    if plain {
        let n = memchr::memchr_iter(table.delimiter, before).count();
        let start = row.start + memchr::memrchr(table.delimiter, before).map_or(0, |n| n + 1);
        let rest = &text[at..row.end.max(at)];
        let end = memchr::memchr(table.delimiter, rest).map_or(row.end, |n| at + n);
        let cell = super::judge::trim(text, &(start..end.max(start)));
        return cell.contains(&at).then_some((n, cell));
    }
    let cells = (0..).map_while(|n| Some((n, cell_of(text, row, n, table, quote)?)));
    cells.take(4096).find(|(_, c)| c.contains(&at))
}

/// Field `index` of a row, without quotes and blanks around it.
pub(super) fn cell_of(
    text: &[u8],
    row: &Range<usize>,
    index: usize,
    table: &Table,
    quote: Option<u8>,
) -> Option<Range<usize>> {
    let bytes = &text[row.clone()];
    let quoted = quote.is_some_and(|q| memchr::memchr(q, bytes).is_some());
    let found =
        if quoted { quoted_cell(bytes, index, table) } else { plain_cell(bytes, index, table) }?;
    Some(super::judge::trim(text, &(row.start + found.start..row.start + found.end)))
}

fn plain_cell(row: &[u8], index: usize, table: &Table) -> Option<Range<usize>> {
    // The last column is the usual place for remarks and needs: look from the end.
    if index + 1 == table.columns.len() && index > 2 {
        // Most are empty, which asks for no counting.
        if row.last() == Some(&table.delimiter) {
            return Some(row.len()..row.len());
        }
        let start = memchr::memrchr(table.delimiter, row)? + 1;
        if memchr::memchr_iter(table.delimiter, row).count() == index {
            return Some(start..row.len());
        }
    }
    let mut start = 0;
    for _ in 0..index {
        start += memchr::memchr(table.delimiter, &row[start..])? + 1;
    }
    let end = memchr::memchr(table.delimiter, &row[start..]).map_or(row.len(), |n| start + n);
    Some(start..end)
}

fn quoted_cell(row: &[u8], index: usize, table: &Table) -> Option<Range<usize>> {
    let (mut column, mut start, mut quoted) = (0, 0, false);
    for (n, &b) in row.iter().enumerate() {
        if Some(b) == table.quote {
            quoted = !quoted;
        } else if b == table.delimiter && !quoted {
            if column == index {
                return Some(start..n);
            }
            column += 1;
            start = n + 1;
        }
    }
    (column == index).then_some(start..row.len())
}
