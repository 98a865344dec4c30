//! From records to findings: candidates in one pass, exact validation, evidence that adds up.
//!
//! [`Detector::scan`] is the way in. The [`finder`] names the few places worth a closer look; what
//! stands there is read (`number`, `phone`, `email`), weighed with what surrounds it (`judge`,
//! `keywords`, `surroundings`), and of two readings of the same bytes the better one stays
//! (`candidate`). [`explain`] tells of the others too. Nothing here knows of files, formats or reports.

mod account_cells;
mod accounts;
mod addresses;
mod candidate;
mod cells;
mod codes;
mod column_values;
mod columns;
mod diet;
pub mod dietary;
mod domains;
mod email;
pub mod examples;
pub mod explain;
pub mod finder;
mod groups;
mod ip;
mod judge;
mod keywords;
mod masked;
mod match_form;
mod names;
mod number;
mod own;
mod phone;
mod separators;
mod surroundings;
mod text_table;

use std::sync::Arc;

use candidate::{Candidate, Candidates, Normalized};
use cells::Cells;
use diet::Diet;
use dietary::Verdicts;
use domains::Domains;
use finder::{Finder, Hit, HitKind, Wants};
use judge::Standard;
use own::{OwnFinder, OwnMemory};
use surroundings::{Field, Labels, Meanings, Surroundings};
use text_table::TextTables;

use crate::model::{
    Attributes, Category, Clue, Confidence, Evidence, Finding, Own, Record, RowCursor, RowMarks,
    Ruler, Shape,
};
use crate::rules::own::UserRules;
use crate::validate::date::Date;
use crate::validate::domain::Zone;

/// What is looked for, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The categories reported.
    pub categories: Vec<Category>,
    /// The least confidence reported.
    pub min_confidence: Confidence,
    /// The day against which birth dates and ages are judged.
    pub reference: Date,
    /// What findings are told with.
    pub detail: Detail,
}

/// How much is worked out for each finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Category, confidence, place, and whether it is a test identity: enough to count.
    Counts,
    /// Match form and finer kinds as well.
    Full,
}

/// Finds personal data in records. Holds no state of what it scans: any number of threads may share
/// one, each with a [`Scratch`] of its own.
#[derive(Debug)]
pub struct Detector {
    options: Options,
    finder: Finder,
    wanted: [bool; Category::ALL.len() + Own::MOST],
    /// The user's own rules, if there are any.
    own: Option<Box<OwnFinder>>,
}

/// A thread's buffers, and what is remembered of the document at hand.
#[derive(Debug, Default)]
pub struct Scratch {
    hits: Vec<Hit>,
    /// Where the cells and rows of the table at hand end, if there is one.
    rows: RowMarks,
    candidates: Candidates,
    /// Dietary notes; they hold other things and so rival nothing but one another.
    notes: Candidates,
    /// What is on lists of the user's own, which stands beside all else.
    beside: Vec<Candidate>,
    own: OwnMemory,
    labels: Labels,
    meanings: Meanings,
    domains: Domains,
    cells: Cells,
    verdicts: Verdicts,
    tables: TextTables,
    normalized: String,
}

impl Scratch {
    /// Forgets the last document. Call it before the first record of each document.
    pub fn begin_document(&mut self) {
        self.labels.clear();
    }
}

impl Detector {
    /// A detector. Cheap: its tables are made when the program is built.
    #[must_use]
    pub fn new(options: Options) -> Detector {
        let mut wanted = [false; Category::ALL.len() + Own::MOST];
        options.categories.iter().for_each(|category| wanted[category.index()] = true);
        Detector { options, finder: Finder::new(), wanted, own: None }
    }

    /// A detector that tries rules of the user's own as well, as far as their categories are among
    /// the options'.
    #[must_use]
    pub fn with_user_rules(options: Options, rules: &Arc<UserRules>) -> Detector {
        let own = OwnFinder::new(rules, &options.categories);
        Detector { own: own.map(Box::new), ..Detector::new(options) }
    }

    /// What it looks for.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Reports what begins in the record's focus, in order of place.
    pub fn scan<F>(&self, record: &Record<'_>, scratch: &mut Scratch, found: &mut F)
    where
        F: FnMut(&Finding<'_>) + ?Sized,
    {
        self.find(record, scratch);
        self.report(record, scratch, found);
    }

    /// Fills the lists of candidates and settles them.
    fn find(&self, record: &Record<'_>, scratch: &mut Scratch) {
        scratch.meanings.read(record, &mut scratch.labels, self.options.reference);
        let wants = self.wants(&scratch.meanings);
        self.gather(record, wants, self.options.min_confidence, scratch);
        scratch.candidates.settle();
        scratch.notes.settle();
        scratch.candidates.add_beside(&scratch.beside);
    }

    /// Collects the candidates of a record, rivals included.
    /// What cannot become as sure as `least` may be left out.
    fn gather(&self, record: &Record<'_>, wants: Wants, least: Confidence, scratch: &mut Scratch) {
        scratch.hits.clear();
        scratch.candidates.clear();
        scratch.notes.clear();
        scratch.beside.clear();
        self.finder.find(record.text, record.focus.clone(), wants, &mut scratch.hits);
        if let Shape::Table(span, table) = &record.shape {
            let dialect = (*table, span.ruler().line_end);
            let find = |text: &[u8], bytes, out: &mut Vec<_>| self.finder.places(text, bytes, out);
            scratch.rows.read(record.text, record.focus.start, dialect, find);
        }
        let mut reader = Reader {
            detector: self,
            standard: Standard { reference: self.options.reference, least },
            text: record.text,
            ruler: ruler_of(record),
            surroundings: Surroundings::new(record, &scratch.meanings, &scratch.rows),
            marks: &scratch.rows,
            meanings: &scratch.meanings,
            domains: &mut scratch.domains,
            candidates: &mut scratch.candidates,
            notes: &mut scratch.notes,
            phone_until: 0,
            names: names::Progress::new(record.focus.clone()),
            tables: &mut scratch.tables,
            cells: &mut scratch.cells,
            verdicts: &mut scratch.verdicts,
        };
        reader.tables.clear();
        for &hit in &scratch.hits {
            reader.look(hit);
        }
        reader.hidden_addresses(record);
        reader.restored_in_text(record);
        reader.labelled_cells(record);
        if self.options.min_confidence == Confidence::Low {
            reader.masked_cells(record);
        }
        reader.names(record);
        if self.wants_category(Category::Dietary) {
            reader.diet(record, &scratch.hits);
        }
        if let Some(own) = &self.own {
            let Scratch { candidates, beside, own: memory, meanings, rows, .. } = scratch;
            own.find(
                record,
                (meanings, rows),
                (memory, self.options.reference),
                |found| match found.outcome {
                    Ok(found) if found.evidence.has(Clue::Term) => beside.push(found),
                    Ok(found) => candidates.push(found),
                    Err(_) => {}
                },
            );
        }
    }

    fn wants(&self, meanings: &Meanings) -> Wants {
        let numbers = self.wants_category(Category::Personnummer)
            || self.wants_category(Category::Samordningsnummer);
        let others = self.wants_any(&accounts::IN_RUNS);
        let phones = self.wants_category(Category::Phone);
        let any = |test: fn(&keywords::Meaning) -> bool| meanings.all().iter().any(test);
        let labelled = any(|m| {
            m.topics.speaks_for(Category::Phone) || m.topics.speaks_for(Category::Personnummer)
        });
        Wants {
            runs: numbers || others,
            any_ten: self.wants_category(Category::Organisationsnummer),
            nine: (numbers || phones) && labelled || self.wants_any(&accounts::IN_SHORT_RUNS),
            four: numbers && any(|m| m.last_four),
            long: self.wants_any(&[Category::PaymentCard, Category::BankAccount]),
            zeros: phones,
            plus: phones,
            at: self.wants_category(Category::Email),
            terms: self.wants_category(Category::Dietary) || self.wants_category(Category::Email),
            capitals: self.wants_category(Category::PersonName),
            addresses: self.wants_category(Category::IpAddress),
            postcodes: self.wants_category(Category::PostalAddress),
            codes: self.wants_any(&[
                Category::Iban,
                Category::PassportNumber,
                Category::VehicleRegistration,
            ]),
            giros: self.wants_category(Category::Plusgiro),
            clearings: self.wants_any(&[Category::PaymentCard, Category::BankAccount]),
            letters: self.wants_category(Category::ReserveNumber),
        }
    }

    fn wants_any(&self, categories: &[Category]) -> bool {
        categories.iter().any(|&category| self.wants_category(category))
    }

    fn wants_category(&self, category: Category) -> bool {
        self.wanted[category.index()]
    }

    fn report<F>(&self, record: &Record<'_>, scratch: &mut Scratch, found: &mut F)
    where
        F: FnMut(&Finding<'_>) + ?Sized,
    {
        let ruler = ruler_of(record);
        let Scratch { candidates, notes, normalized, rows, .. } = scratch;
        let columns =
            matches!(record.shape, Shape::Table(..)) && self.options.detail == Detail::Full;
        let mut cursor = RowCursor::new(rows);
        for candidate in candidate::merged(candidates.list(), notes.list()) {
            let wanted = self.wants_category(candidate.category);
            if !wanted || candidate.confidence < self.options.min_confidence {
                continue;
            }
            let mut attributes = candidate.attributes;
            let told = !matches!(candidate.normalized, Normalized::Short(..));
            if told && self.options.detail == Detail::Full {
                match_form::complete(record.text, ruler, candidate, normalized, &mut attributes);
            }
            let normalized = match candidate.normalized {
                _ if self.options.detail == Detail::Counts => "",
                Normalized::Short(..) => candidate.normalized.as_str(),
                _ => normalized.as_str(),
            };
            found(&Finding {
                category: candidate.category,
                confidence: candidate.confidence,
                score: f32::from(candidate.score) / 100.0,
                range: candidate.range(),
                normalized,
                evidence: candidate.evidence,
                attributes,
                column: columns.then(|| cursor.column(rows, candidate.start as usize)),
            });
        }
    }
}

/// The byte around fields of a table, if its rows hold one at all.
fn quote_in(record: &Record<'_>) -> Option<u8> {
    let Shape::Table(_, table) = &record.shape else { return None };
    let rows = &record.text[record.focus.start..];
    table.quote.filter(|&q| memchr::memchr(q, rows).is_some())
}

fn ruler_of(record: &Record<'_>) -> Ruler {
    match &record.shape {
        Shape::Text(origin) | Shape::Table(origin, _) => origin.ruler(),
        Shape::Fields(fields) => fields.ruler,
    }
}

/// Reads what stands at the finder's hits.
struct Reader<'a> {
    detector: &'a Detector,
    standard: Standard,
    text: &'a [u8],
    ruler: Ruler,
    surroundings: Surroundings<'a>,
    marks: &'a RowMarks,
    meanings: &'a Meanings,
    domains: &'a mut Domains,
    candidates: &'a mut Candidates,
    notes: &'a mut Candidates,
    /// What is before this byte is part of a phone number already read.
    phone_until: usize,
    names: names::Progress,
    tables: &'a mut TextTables,
    cells: &'a mut Cells,
    verdicts: &'a mut Verdicts,
}

impl Reader<'_> {
    fn look(&mut self, hit: Hit) {
        let at = hit.at as usize;
        match hit.kind {
            HitKind::Run => self.number(at),
            HitKind::Plus if phone::continues(&self.text[..at]) => {}
            HitKind::Zero | HitKind::Plus => self.phone(at, hit.kind),
            HitKind::At => self.email(at),
            HitKind::Term => self.term(at),
            HitKind::Capital => self.capital(at),
            HitKind::Dots | HitKind::Colons => self.ip_address(at),
            HitKind::Postcode => self.postcode(at),
            HitKind::Code => self.code(at),
            HitKind::Plate => self.plate(at),
            HitKind::Giro => self.giro(at),
            HitKind::Clearing => self.clearing(at),
            HitKind::Letter if self.text[at..].starts_with(b"XXXX") => self.masked_at(at),
            HitKind::Letter => self.letter(at),
        }
    }

    fn number(&mut self, end: usize) {
        let field = self.surroundings.field(end);
        let standard = self.standard;
        let candidate = judge::personal_number(self.text, &field, end, standard)
            .or_else(|| self.split_number(&field, end))
            .or_else(|| judge::restored_phone(self.text, &field, end));
        let Some(mut candidate) = candidate else { return self.other_number(&field, end) };
        if let Some(cell) = self.cell_in_text(&field, &candidate) {
            let better = judge::personal_number(self.text, &cell, end, standard);
            candidate = better.unwrap_or(candidate);
        }
        self.sole_trader(&field, end, &candidate);
        self.candidates.push(candidate);
    }

    /// The cell around a doubtful candidate in running text, where that is a table.
    fn cell_in_text(&mut self, field: &Field, candidate: &Candidate) -> Option<Field> {
        if field.is_cell || candidate.confidence == Confidence::High {
            return None;
        }
        let range = candidate.range();
        let cell = self.tables.field(self.text, range.start)?;
        (cell.bounds.end >= range.end).then_some(cell)
    }

    fn split_number(&self, field: &Field, end: usize) -> Option<Candidate> {
        if !field.meaning.last_four {
            return None;
        }
        let four = judge::trim(self.text, &field.bounds);
        if four.end != end || four.len() != 4 || !self.text[four.clone()].is_ascii() {
            return None;
        }
        let birth = self.meanings.all().iter().position(|m| m.birth)?;
        let birth = self.surroundings.other(field.row_start, birth)?;
        judge::split_number(self.text, &birth, &four, self.detector.options.reference)
    }

    fn phone(&mut self, at: usize, kind: HitKind) {
        if at < self.phone_until {
            return;
        }
        let field = self.surroundings.field(at);
        let written = match kind {
            HitKind::Plus => phone::read_international(self.text, &field.bounds, at),
            _ => phone::read_national(self.text, &field.bounds, at),
        };
        if let Some(written) = written {
            self.phone_until = written.range.1;
            let mut candidate = judge::phone(self.text, &field, &written);
            if let Some(cell) = self.cell_in_text(&field, &candidate) {
                candidate = judge::phone(self.text, &cell, &written);
            }
            self.candidates.push(candidate);
        }
    }

    fn email(&mut self, at: usize) {
        let field = self.surroundings.field(at);
        let finder = &self.detector.finder;
        let written = email::read_short(finder, self.text, &field.bounds, at)
            .unwrap_or_else(|| email::read_with_ending(self.text, &field.bounds, at));
        if let Some(written) = written {
            self.address(&field, &written);
        }
    }

    fn address(&mut self, field: &Field, written: &email::Written) {
        let zone = self.zone(written).map(|zone| (zone, written.clone()));
        let found = zone.or_else(|| {
            let shorter = written.without_ending(self.text)?;
            Some((self.zone(&shorter)?, shorter))
        });
        let Some((zone, written)) = found else { return };
        let range = written.range();
        let mut evidence = Evidence::NONE.with(Clue::KnownTld);
        if written.disguised {
            evidence.add(Clue::Disguised);
        }
        if let Some(clue) = judge::email_clue(self.text, field, &range) {
            evidence.add(clue);
        }
        let test_identity = zone == Zone::Reserved;
        if test_identity {
            evidence.add(Clue::TestIdentity);
        }
        let attributes = Attributes { test_identity, ..Attributes::default() };
        let email = Category::Email;
        let candidate = judge::weigh(email, range, evidence, attributes, Normalized::FromText);
        self.candidates.push(candidate);
    }

    /// Numbers without their leading zeros, or in two columns, in tables in running text in which
    /// something was found.
    fn restored_in_text(&mut self, record: &Record<'_>) {
        if !matches!(record.shape, Shape::Text(_)) {
            return;
        }
        let (mut done, mut restored) = (0, Vec::new());
        for candidate in self.candidates.list() {
            let start = candidate.start as usize;
            let table = if start < done { None } else { self.tables.at(self.text, start) };
            let Some(table) = table.filter(|t| t.has_numbers()) else { continue };
            let (fields, end) = table.fields(self.text);
            done = end;
            let standard = self.standard;
            let own = fields.iter().filter(|f| record.focus.contains(&f.bounds.start));
            restored.extend(own.filter_map(|f| judge::restored(self.text, f, standard)));
            let rows = fields.chunk_by(|a, b| a.row_start == b.row_start);
            let split =
                rows.filter_map(|row| judge::split_in_row(self.text, row, standard.reference));
            restored.extend(split.filter(|c| record.focus.contains(&(c.start as usize))));
        }
        restored.into_iter().for_each(|found| self.candidates.push(found));
    }

    /// What Cloudflare hides from harvesters: `data-cfemail="…"`.
    fn hidden_addresses(&mut self, record: &Record<'_>) {
        let Shape::Fields(fields) = &record.shape else { return };
        if !self.detector.wants_category(Category::Email) {
            return;
        }
        for (segment, meaning) in fields.segments.iter().zip(self.meanings.all()) {
            let range = segment.range.start as usize..segment.range.end as usize;
            if meaning.hidden && email::uncover(&self.text[range.clone()]).is_some() {
                let evidence = Evidence::NONE.with(Clue::KnownTld).with(Clue::Disguised);
                let (category, attributes) = (Category::Email, Attributes::default());
                let form = Normalized::FromText;
                let found = judge::weigh(category, range, evidence, attributes, form);
                self.candidates.push(found);
            }
        }
    }

    fn zone(&mut self, written: &email::Written) -> Option<Zone> {
        if written.plain {
            return self.domains.zone_of(&self.text[written.domain.clone()]);
        }
        let local = &self.text[written.local.clone()];
        let plain = !written.spelt_dots && self.text[written.range()].is_ascii();
        if plain {
            return self.domains.zone(local, &self.text[written.domain.clone()]);
        }
        let local = self.ruler.decode(local);
        let domain = written.domain_text(self.text);
        let domain = self.ruler.decode(&domain);
        self.domains.zone(local.as_bytes(), domain.as_bytes())
    }

    fn term(&mut self, at: usize) {
        // Of the anchors that are words only `nabel` is part of a sign.
        let is_sign = match self.text[at] | 0x20 {
            b'(' | b'[' | b'{' | b'<' | b'%' | b'&' => true,
            b'n' => self.text.get(at + 1).is_some_and(|b| b | 0x20 == b'a'),
            _ => false,
        };
        if is_sign {
            self.disguised(at);
        }
    }

    fn diet(&mut self, record: &Record<'_>, hits: &[Hit]) {
        let mut diet = Diet {
            record,
            finder: &self.detector.finder,
            ruler: self.ruler,
            meanings: self.meanings,
            tables: self.tables,
            notes: self.notes,
            cells: self.cells,
            verdicts: self.verdicts,
            done: 0,
            row: record.focus.start..record.focus.start,
            quote: quote_in(record),
            marks: self.marks,
        };
        diet.columns();
        for hit in hits.iter().filter(|h| h.kind == HitKind::Term) {
            diet.word(hit.at as usize);
        }
    }

    fn disguised(&mut self, at: usize) {
        if !self.detector.wants_category(Category::Email) {
            return;
        }
        let field = self.surroundings.field(at);
        if let Some(written) = email::read_disguised(self.text, &field.bounds, at) {
            self.address(&field, &written);
        }
    }
}
