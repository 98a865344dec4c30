//! `scan --format html`: what one scan found, on one page.
//!
//! A [`Report`] like any other: it takes the lines of the inventory and keeps counts, and the rows of
//! the page in a private temporary file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, BufRead};

use super::page::{self, Column, FileFacts, Group, Meta, Row, Rows, Section, Words};
use super::survey::area_name;
use crate::inventory::{Finding, Object, ReadError, Reader, Unit, Unread};
use crate::model::Language;
use crate::report::{Header, Line, Output, Report, Summary, split_lines};

/// Folders and tables that are told apart in the matrix.
const GROUPS: usize = 400;

/// Things named for each reason of not reading.
const NAMED: usize = 500;

/// What an inventory before had: its findings, by what their ids hash to.
#[derive(Clone, Debug, Default)]
pub struct Before {
    ids: HashSet<u64>,
    /// When it was made.
    started: String,
}

impl Before {
    /// Reads it.
    ///
    /// # Errors
    /// When it is none.
    pub fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<Before, ReadError> {
        let mut before = Before::default();
        while let Some(object) = reader.read()? {
            match object {
                Object::Finding(finding) => {
                    before.ids.insert(id_hash(&finding.id));
                }
                Object::Header(header) => before.started = header.started,
                _ => {}
            }
        }
        Ok(before)
    }
}

fn id_hash(id: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(id.as_bytes())
}

/// The `html` form.
pub struct ScanPage {
    out: Output,
    language: Language,
    before: Option<Before>,
    /// Findings of the inventory before that are still there, and those that were not.
    stayed: u64,
    new: u64,
    rows: Option<Rows>,
    header: Option<Header>,
    sources: Vec<String>,
    groups: Vec<Group>,
    group_names: HashMap<String, usize>,
    categories: Vec<Column>,
    category_names: HashMap<String, usize>,
    cells: BTreeMap<(usize, usize), u64>,
    unread: BTreeMap<String, Section>,
    /// Files with findings that everybody may read.
    world: Section,
}

impl ScanPage {
    /// Writes to `out`; what an inventory before did not have is marked as new.
    #[must_use]
    pub fn new(out: Output, language: Language, before: Option<Before>) -> ScanPage {
        ScanPage {
            out,
            language,
            before,
            stayed: 0,
            new: 0,
            rows: None,
            header: None,
            sources: Vec::new(),
            groups: Vec::new(),
            group_names: HashMap::new(),
            categories: Vec::new(),
            category_names: HashMap::new(),
            cells: BTreeMap::new(),
            unread: BTreeMap::new(),
            world: Section { title: Words::new(WORLD.0, WORLD.1), ..Section::default() },
        }
    }

    fn rows(&mut self) -> io::Result<&mut Rows> {
        if self.rows.is_none() {
            self.rows = Some(Rows::new()?);
        }
        Ok(self.rows.as_mut().expect("it was made just now"))
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let at = &finding.location;
        let group = self.group(&area_name(&at.source, at.path.as_deref(), at.table()));
        let special = finding.attributes.special_category;
        let category = self.category(&finding.category, special);
        *self.cells.entry((group, category)).or_default() += 1;
        let new = self.is_new(&finding.id);
        let (thing, spot) = (at.thing(), at.spot(self.language));
        let evidence = finding.evidence.join(" ");
        let value =
            finding.value.plain.as_ref().map_or(finding.value.masked.as_str(), |v| v.expose());
        self.rows()?.push(&Row {
            group,
            category,
            confidence: finding.confidence as u8,
            score: finding.score,
            value,
            thing: if thing.is_empty() { &at.source } else { &thing },
            spot: &spot,
            evidence: &evidence,
            special,
            test: finding.attributes.test_identity,
            new,
            places: 0,
            token: finding.value.token.as_deref(),
        })
    }

    fn is_new(&mut self, id: &str) -> bool {
        let Some(before) = &self.before else { return false };
        let stayed = before.ids.contains(&id_hash(id));
        self.stayed += u64::from(stayed);
        self.new += u64::from(!stayed);
        !stayed
    }

    fn unread(&mut self, unread: &Unread) {
        let at = &unread.location;
        let group = self.group(&area_name(&at.source, at.path.as_deref(), at.table()));
        self.groups[group].unread += 1;
        let section = self.unread.entry(unread.reason.clone()).or_default();
        section.count += 1;
        if section.items.len() < NAMED {
            let thing = at.thing();
            let thing = if thing.is_empty() { &at.source } else { &thing };
            section.items.push(Words::same(&format!("{thing}: {}", unread.detail)));
        }
    }

    fn unit(&mut self, unit: &Unit) -> io::Result<()> {
        if unit.findings == 0 {
            return Ok(());
        }
        let modified = unit.modified.as_deref().unwrap_or_default();
        let path = unit.path.as_deref();
        if !modified.is_empty() {
            let group = self.group(&area_name(&unit.source, path, unit.table.as_deref()));
            widen(&mut self.groups[group], modified);
        }
        if unit.world_readable {
            self.world.count += 1;
            if self.world.items.len() < NAMED {
                self.world.items.push(Words::same(path.unwrap_or(&unit.source)));
            }
        }
        let word = |text: &'_ Option<String>| text.clone().unwrap_or_default();
        let (owner, group, mode) = (word(&unit.owner), word(&unit.group), word(&unit.mode));
        let world_readable = unit.world_readable;
        let facts =
            FileFacts { modified, owner: &owner, group: &group, mode: &mode, world_readable };
        self.rows()?.file(&facts)
    }

    fn group(&mut self, name: &str) -> usize {
        let full = self.groups.len() >= GROUPS && !self.group_names.contains_key(name);
        let name = if full { "\u{2026}" } else { name };
        if let Some(&known) = self.group_names.get(name) {
            return known;
        }
        let shown = crate::report::harmless(name);
        self.groups.push(Group { name: shown, ..Group::default() });
        self.group_names.insert(name.to_owned(), self.groups.len() - 1);
        self.groups.len() - 1
    }

    fn category(&mut self, id: &str, special: bool) -> usize {
        if let Some(&known) = self.category_names.get(id) {
            self.categories[known].special |= special;
            return known;
        }
        self.categories.push(Column::new(id, special));
        self.category_names.insert(id.to_owned(), self.categories.len() - 1);
        self.categories.len() - 1
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        match Line::of(line) {
            Some(Line::Finding) => self.finding(&serde_json::from_slice(line)?),
            Some(Line::Unit) => self.unit(&serde_json::from_slice(line)?),
            Some(Line::Unread) => {
                self.unread(&serde_json::from_slice(line)?);
                Ok(())
            }
            Some(Line::Header) => {
                self.header = Some(serde_json::from_slice(line)?);
                Ok(())
            }
            Some(Line::Source) => {
                let source: crate::report::SourceLine = serde_json::from_slice(line)?;
                self.sources.push(source.root);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn facts(&self, summary: &Summary) -> Vec<(Words, Words)> {
        let ledger = &summary.tally.ledger;
        let count = |n: u64| Words::same(&n.to_string());
        let mut facts = vec![
            (Words::new("Sources", "Källor"), Words::same(&self.sources.join(", "))),
            (Words::new("Findings", "Fynd"), count(summary.tally.findings.total())),
            (Words::new("Scanned", "Lästa"), count(ledger.scanned)),
            (Words::new("Unread", "Olästa"), count(ledger.unread_in_all())),
            (Words::new("Skipped", "Överhoppade"), count(ledger.skipped_in_all())),
            (Words::new("Finished", "Klar"), Words::same(&summary.finished)),
        ];
        if let Some(before) = &self.before {
            let gone = (before.ids.len() as u64).saturating_sub(self.stayed);
            let since = Words::new(
                format!("{} new, {gone} gone since {}", self.new, before.started),
                format!("{} nya, {gone} borta sedan {}", self.new, before.started),
            );
            facts.push((Words::new("Changes", "Ändringar"), since));
        }
        if let Some(header) = &self.header {
            facts.push((Words::same("sparhund"), Words::same(&header.tool)));
        }
        facts
    }

    fn meta(&mut self, summary: &Summary) -> Meta {
        let mut notices = Vec::new();
        if summary.interrupted {
            let english = "The scan was interrupted: this is not all.";
            notices.push(Words::new(english, "Genomsökningen avbröts: det här är inte allt."));
        }
        notices.extend(summary.reasons.iter().map(|reason| Words::same(reason)));
        let facts = self.facts(summary);
        let mut sections: Vec<Section> = Vec::new();
        if self.world.count > 0 {
            sections.push(std::mem::take(&mut self.world));
        }
        for (reason, section) in std::mem::take(&mut self.unread) {
            let title = Words::new(format!("Not read: {reason}"), format!("Inte läst: {reason}"));
            sections.push(Section { title, ..section });
        }
        let cells = self.cells.iter().map(|(&(g, c), &n)| (g, c, n, None)).collect();
        Meta {
            kind: "scan",
            lang: self.language.pick("en", "sv"),
            title: Words::new("Personal data found", "Hittade personuppgifter"),
            facts,
            notices,
            groups: std::mem::take(&mut self.groups),
            categories: std::mem::take(&mut self.categories),
            cells,
            sections,
            total: 0,
            kept: 0,
        }
    }
}

const WORLD: (&str, &str) =
    ("Files with findings that everybody may read", "Filer med fynd som alla kan läsa");

/// Takes a time into the span of a group.
fn widen(group: &mut Group, time: &str) {
    let day = time.get(..10).unwrap_or(time);
    if group.oldest.is_empty() || day < group.oldest.as_str() {
        day.clone_into(&mut group.oldest);
    }
    if day > group.newest.as_str() {
        day.clone_into(&mut group.newest);
    }
}

impl Report for ScanPage {
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        split_lines(lines).try_for_each(|line| self.line(line))
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.rows()?;
        let meta = self.meta(summary);
        let rows = self.rows.take().expect("they were made just now");
        let mut out = io::BufWriter::with_capacity(128 * 1024, &mut self.out);
        page::write(&mut out, meta, rows)?;
        io::Write::flush(&mut out)
    }
}
