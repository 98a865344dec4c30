//! Inventories read through once: what was found in which system, in which things (files and tables),
//! and what was not read.
//!
//! Memory grows with the number of things and categories up to [`THINGS`], not with findings: what
//! there is more of is counted with its system only, and the views say so.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufRead;

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::distinct::Distinct;
use crate::inventory::{Ending, Finding, Location, Object, ReadError, Reader, Unit, Unread};
use crate::model::{Confidence, Language};
use crate::policy::{ListKind, Policy};
use crate::report::{Header, SourceLine};

/// So many files and tables with findings are told apart.
pub const THINGS: usize = 100_000;

/// Spots named for each thing and category.
const SPOTS: usize = 5;

/// Places named for each list of persons, and each kind of what was not read.
const NAMED: usize = 1000;

/// So many undeclared folders and tables are told apart.
const AREAS: usize = 2000;

/// What inventories say, by system.
#[derive(Debug, Default)]
pub struct Survey {
    /// How each inventory was made.
    pub headers: Vec<Header>,
    /// What was scanned.
    pub sources: BTreeSet<SourceLine>,
    /// Systems that were declared, in the order of the policy; then folders and tables that were not.
    pub areas: Vec<Area>,
    /// Files and tables with findings.
    pub things: Vec<Thing>,
    /// Findings in things beyond [`THINGS`].
    pub untold: u64,
    /// Where persons of a list stand and may not.
    pub listed: Vec<Listed>,
    /// What was not read, by reason: how much, and some of the places.
    pub unread: BTreeMap<String, (u64, Vec<String>)>,
    /// Inventories that are not whole.
    pub partial: Vec<String>,
    /// Findings that had a token.
    pub tokens: u64,
    /// All findings.
    pub findings: u64,
    area_names: HashMap<String, usize>,
    thing_names: HashMap<u128, usize>,
    /// Undeclared areas that share a name with nothing.
    last: Option<(String, Option<String>, Option<String>, usize)>,
}

/// A system, or a folder or table that belongs to none.
#[derive(Debug, Default)]
pub struct Area {
    /// What it is called.
    pub name: String,
    /// The policy has it.
    pub declared: bool,
    /// What was found, by category.
    pub cells: BTreeMap<String, Cell>,
    /// Its files and tables that were met.
    pub units: u64,
    /// What was not read in it.
    pub unread: u64,
    /// When the oldest and newest of its files with findings were last written, as RFC 3339.
    pub times: Option<(String, String)>,
}

/// What was found of a category in a system.
#[derive(Debug, Default)]
pub struct Cell {
    /// Findings by confidence, low first.
    pub places: [u64; 3],
    /// Of these, published for test or fiction.
    pub tests: u64,
    /// Of these, special category data (art. 9).
    pub special: u64,
    /// Files and tables it was found in.
    pub things: u64,
    values: Distinct,
}

impl Area {
    /// Is there something to say of it?
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.declared || !self.cells.is_empty() || self.unread > 0
    }
}

impl Cell {
    /// All findings.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.places.iter().sum()
    }

    /// Different values, and whether that is only about; none if there were no tokens.
    #[must_use]
    pub fn distinct(&self) -> Option<(u64, bool)> {
        let count = self.values.count();
        (count > 0).then(|| (count, self.values.is_about()))
    }
}

/// A file or table with findings.
#[derive(Debug, Default)]
pub struct Thing {
    /// Its system, by number.
    pub area: usize,
    /// Its source's id.
    pub source: String,
    /// Path or table.
    pub name: String,
    /// It is a table.
    pub is_table: bool,
    /// When it was last written, as RFC 3339.
    pub modified: Option<String>,
    /// Who owns it.
    pub owner: String,
    /// Its group.
    pub group: String,
    /// Its mode.
    pub mode: String,
    /// Everybody may read it.
    pub world_readable: bool,
    /// What was found in it, by category.
    pub found: BTreeMap<String, Found>,
}

/// What was found of a category in a thing.
#[derive(Debug, Default)]
pub struct Found {
    /// Findings.
    pub places: u64,
    /// Of these, special category data.
    pub special: u64,
    /// The best confidence, low as 0.
    pub best: u8,
    /// The first places in words.
    pub spots: Vec<String>,
}

/// Where persons of a list stand and may not.
#[derive(Debug)]
pub struct Listed {
    /// The list.
    pub list: String,
    /// What it is for.
    pub kind: ListKind,
    /// How many places.
    pub places: u64,
    /// Some of them: system, thing, spot.
    pub named: Vec<(String, String, String)>,
    /// It cannot be held against these inventories: their tokens have another key, or they have none.
    pub unchecked: bool,
}

impl Survey {
    /// Nothing yet, with the systems and lists of the policy.
    #[must_use]
    pub fn new(policy: Option<&Policy>) -> Survey {
        let mut survey = Survey::default();
        for system in policy.iter().flat_map(|policy| &policy.systems) {
            let area = Area { name: system.name.clone(), declared: true, ..Area::default() };
            survey.areas.push(area);
        }
        for list in policy.iter().flat_map(|policy| &policy.lists) {
            let (list, kind) = (list.name.clone(), list.kind);
            survey.listed.push(Listed {
                list,
                kind,
                places: 0,
                named: Vec::new(),
                unchecked: false,
            });
        }
        survey
    }

    /// Reads an inventory. `name` is what to call it if it is not whole.
    ///
    /// # Errors
    /// When it cannot be read or is none.
    pub fn read<R: BufRead>(
        &mut self,
        name: &str,
        reader: &mut Reader<R>,
        policy: Option<&Policy>,
        language: Language,
    ) -> Result<(), ReadError> {
        while let Some(object) = reader.read()? {
            match object {
                Object::Header(header) => self.meet_header(header, policy),
                Object::Source(source) => {
                    self.sources.insert(source);
                }
                Object::Finding(finding) => self.finding(&finding, policy, language),
                Object::Unread(unread) => self.unread(&unread, policy),
                Object::Unit(unit) => self.unit(&unit, policy),
                Object::Summary(_) => {}
            }
        }
        if reader.ending() != Ending::Whole {
            self.partial.push(name.to_owned());
        }
        Ok(())
    }

    /// Is all there that should be?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.partial.is_empty()
    }

    fn meet_header(&mut self, header: Header, policy: Option<&Policy>) {
        let lists = policy.iter().flat_map(|policy| &policy.lists);
        for (list, listed) in lists.zip(&mut self.listed) {
            let other_key = list.key_id.is_some() && list.key_id != header.key_id;
            listed.unchecked |= header.key_id.is_none() || other_key;
        }
        self.headers.push(header);
    }

    fn finding(&mut self, finding: &Finding, policy: Option<&Policy>, language: Language) {
        let at = &finding.location;
        let area = self.area(at, policy);
        self.findings += 1;
        self.tokens += u64::from(finding.value.token.is_some());
        let thing = self.thing(area, at);
        let special = u64::from(finding.attributes.special_category);
        let cell = self.areas[area].cells.entry(finding.category.clone()).or_default();
        cell.places[finding.confidence as usize] += 1;
        cell.tests += u64::from(finding.attributes.test_identity);
        cell.special += special;
        if let Some(token) = &finding.value.token {
            cell.values.add(xxh3_64(token.as_bytes()));
        }
        match thing {
            None => self.untold += 1,
            Some(thing) => {
                let found = self.things[thing].found.entry(finding.category.clone()).or_default();
                cell.things += u64::from(found.places == 0);
                found.note(finding, special, language);
            }
        }
        if let (Some(policy), Some(token)) = (policy, &finding.value.token) {
            self.check_lists(policy, token, area, at, language);
        }
    }

    /// Notes whether somebody of a list stands where they may not.
    fn check_lists(
        &mut self,
        policy: &Policy,
        token: &str,
        area: usize,
        at: &Location,
        language: Language,
    ) {
        let name = &self.areas[area].name;
        for (list, listed) in policy.lists.iter().zip(&mut self.listed) {
            if list.allowed.contains(name) || !list.holds(token) {
                continue;
            }
            listed.places += 1;
            if listed.named.len() < NAMED {
                listed.named.push((name.clone(), at.thing(), at.spot(language)));
            }
        }
    }

    fn unread(&mut self, unread: &Unread, policy: Option<&Policy>) {
        let area = self.area(&unread.location, policy);
        self.areas[area].unread += 1;
        let (count, places) = self.unread.entry(unread.reason.clone()).or_default();
        *count += 1;
        if places.len() < NAMED {
            let thing = unread.location.thing();
            let thing = if thing.is_empty() { unread.location.source.clone() } else { thing };
            places.push(format!("{thing}: {}", unread.detail));
        }
    }

    fn unit(&mut self, unit: &Unit, policy: Option<&Policy>) {
        if unit.kind == "folder" && unit.findings == 0 {
            return;
        }
        let (path, table) = (unit.path.as_deref(), unit.table.as_deref());
        let area = self.area_of(&unit.source, path, table, policy);
        self.areas[area].units += 1;
        if unit.findings == 0 {
            return;
        }
        if let Some(modified) = &unit.modified {
            let times = &mut self.areas[area].times;
            let (oldest, newest) =
                times.get_or_insert_with(|| (modified.clone(), modified.clone()));
            if modified < oldest {
                oldest.clone_from(modified);
            }
            if modified > newest {
                newest.clone_from(modified);
            }
        }
        let name = thing_key(&unit.source, path, table);
        if let Some(&thing) = self.thing_names.get(&name) {
            let thing = &mut self.things[thing];
            thing.modified = unit.modified.clone().or(thing.modified.take());
            thing.owner = unit.owner.clone().unwrap_or_default();
            thing.group = unit.group.clone().unwrap_or_default();
            thing.mode = unit.mode.clone().unwrap_or_default();
            thing.world_readable = unit.world_readable;
        }
    }

    /// The file or table, if it is one of those told apart.
    fn thing(&mut self, area: usize, at: &Location) -> Option<usize> {
        let (path, table) = (at.path.as_deref(), at.table());
        let key = thing_key(&at.source, path, table);
        if let Some(&known) = self.thing_names.get(&key) {
            return Some(known);
        }
        if self.things.len() >= THINGS {
            return None;
        }
        let name = path.or(table).unwrap_or(&at.source).to_owned();
        let (source, is_table) = (at.source.clone(), path.is_none() && table.is_some());
        self.things.push(Thing { area, source, name, is_table, ..Thing::default() });
        self.thing_names.insert(key, self.things.len() - 1);
        Some(self.things.len() - 1)
    }

    fn area(&mut self, at: &Location, policy: Option<&Policy>) -> usize {
        self.area_of(&at.source, at.path.as_deref(), at.table(), policy)
    }

    /// The system of a place, or the folder or table it lies in.
    fn area_of(
        &mut self,
        source: &str,
        path: Option<&str>,
        table: Option<&str>,
        policy: Option<&Policy>,
    ) -> usize {
        if let Some((s, p, t, area)) = &self.last
            && s == source
            && p.as_deref() == path
            && t.as_deref() == table
        {
            return *area;
        }
        let systems = policy.map_or(&[][..], |policy| &policy.systems);
        let declared = systems.iter().position(|system| system.takes_in(source, path, table));
        let area = declared.unwrap_or_else(|| self.undeclared(&area_name(source, path, table)));
        self.last =
            Some((source.to_owned(), path.map(str::to_owned), table.map(str::to_owned), area));
        area
    }

    fn undeclared(&mut self, name: &str) -> usize {
        let name = if self.area_names.len() >= AREAS && !self.area_names.contains_key(name) {
            "\u{2026}"
        } else {
            name
        };
        if let Some(&known) = self.area_names.get(name) {
            return known;
        }
        self.areas.push(Area { name: name.to_owned(), ..Area::default() });
        self.area_names.insert(name.to_owned(), self.areas.len() - 1);
        self.areas.len() - 1
    }

    /// All categories found, in order.
    #[must_use]
    pub fn categories(&self) -> Vec<String> {
        let all: BTreeSet<&String> = self.areas.iter().flat_map(|area| area.cells.keys()).collect();
        let mut all: Vec<String> = all.into_iter().cloned().collect();
        all.sort_by(|a, b| super::names::rank(a).cmp(&super::names::rank(b)));
        all
    }

    /// The areas in which something was met: with findings, unread, or declared.
    pub fn met(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter().filter(|area| area.is_met())
    }
}

impl Found {
    fn note(&mut self, finding: &Finding, special: u64, language: Language) {
        self.places += 1;
        self.special += special;
        self.best = self.best.max(grade(finding.confidence));
        if self.spots.len() < SPOTS {
            let at = &finding.location;
            let inside: Vec<String> =
                at.inside.iter().filter_map(|step| step.name.clone()).collect();
            let inside =
                if inside.is_empty() { String::new() } else { inside.join(" \u{203A} ") + ": " };
            self.spots.push(inside + &at.spot(language));
        }
    }
}

const fn grade(confidence: Confidence) -> u8 {
    confidence as u8
}

fn thing_key(source: &str, path: Option<&str>, table: Option<&str>) -> u128 {
    let kind = if path.is_some() { "p" } else { "t" };
    xxh3_128(format!("{source}\0{kind}\0{}", path.or(table).unwrap_or_default()).as_bytes())
}

/// The folder right below the source, or the table.
pub(super) fn area_name(source: &str, path: Option<&str>, table: Option<&str>) -> String {
    match (path, table) {
        (Some(path), _) => match path.split_once('/') {
            Some((folder, _)) => format!("{source}/{folder}"),
            None => source.to_owned(),
        },
        (None, Some(table)) => format!("{source} {table}"),
        (None, None) => source.to_owned(),
    }
}
