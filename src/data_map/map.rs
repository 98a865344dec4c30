//! The data map: systems and categories, what was declared against what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;

use super::names;
use super::page::{self, Column, FileFacts, Group, Meta, Row, Rows, Section, Words};
use super::sheet::Sheet;
use super::survey::{Area, Cell, Survey};
use crate::model::Language;
use crate::policy::{Policy, System};

/// The data map as JSON.
#[derive(Debug, Serialize)]
pub struct DataMap {
    /// Version of this form.
    pub schema: u32,
    /// All inventories were whole.
    pub complete: bool,
    /// Those that were not.
    pub cut_off: Vec<String>,
    /// When each inventory was begun.
    pub inventories: Vec<String>,
    /// Their sources' roots.
    pub sources: Vec<String>,
    /// The systems.
    pub systems: Vec<SystemView>,
    /// What was not read, by reason.
    pub unread: BTreeMap<String, UnreadView>,
    /// Persons of lists who stand where they may not.
    pub lists: Vec<ListView>,
}

/// A system.
#[derive(Debug, Serialize)]
pub struct SystemView {
    /// Its name; of what no policy declares, the folder or table.
    pub name: String,
    /// The policy has it.
    pub declared: bool,
    /// Files and tables that were met.
    pub units: u64,
    /// What was not read in it.
    pub unread: u64,
    /// When the oldest of its files with findings was last written.
    pub oldest: Option<String>,
    /// When the newest was.
    pub newest: Option<String>,
    /// What was found.
    pub categories: BTreeMap<String, CellView>,
    /// Categories that are declared and were not found.
    pub declared_not_found: Vec<String>,
    /// Categories that were found and are not declared.
    pub found_not_declared: Vec<String>,
    /// Keys of the policy that nobody has filled in.
    pub gaps: Vec<&'static str>,
    /// What the policy says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<super::register::Entry>,
}

/// What was found of a category in a system.
#[derive(Debug, Serialize)]
pub struct CellView {
    /// Findings.
    pub places: u64,
    /// Of these, of high, medium and low confidence.
    pub high: u64,
    /// Medium.
    pub medium: u64,
    /// Low.
    pub low: u64,
    /// Published for test or fiction.
    pub test_identities: u64,
    /// Special category data.
    pub special_category: u64,
    /// Files and tables.
    pub things: u64,
    /// Different values; none if the inventory has no tokens.
    pub distinct: Option<u64>,
    /// That number is an estimate, within 5 %.
    pub about: bool,
}

/// What was not read for a reason.
#[derive(Debug, Serialize)]
pub struct UnreadView {
    /// How much.
    pub count: u64,
    /// Some of it.
    pub places: Vec<String>,
}

/// Persons of a list who stand where they may not.
#[derive(Debug, Serialize)]
pub struct ListView {
    /// The list.
    pub name: String,
    /// What it is for.
    pub kind: &'static str,
    /// It was held against all of the inventories.
    pub checked: bool,
    /// How many places.
    pub places: u64,
    /// Some of them: system, thing, spot.
    pub named: Vec<(String, String, String)>,
}

/// The map that a survey gives.
#[must_use]
pub fn view(survey: &Survey, policy: Option<&Policy>, language: Language) -> DataMap {
    let list = |listed: &super::survey::Listed| ListView {
        name: listed.list.clone(),
        kind: listed.kind.id(),
        checked: !listed.unchecked,
        places: listed.places,
        named: listed.named.clone(),
    };
    let unread = |(reason, (count, places)): (&String, &(u64, Vec<String>))| {
        (reason.clone(), UnreadView { count: *count, places: places.clone() })
    };
    DataMap {
        schema: 1,
        complete: survey.is_whole(),
        cut_off: survey.partial.clone(),
        inventories: survey.headers.iter().map(|header| header.started.clone()).collect(),
        sources: survey.sources.iter().map(|source| source.root.clone()).collect(),
        systems: survey.met().map(|area| system_view(area, policy, language)).collect(),
        unread: survey.unread.iter().map(unread).collect(),
        lists: survey.listed.iter().map(list).collect(),
    }
}

fn system_view(area: &Area, policy: Option<&Policy>, language: Language) -> SystemView {
    let system = declared(area, policy);
    let (declared_not_found, found_not_declared) = differences(area, system);
    let (oldest, newest) = area.times.clone().unzip();
    SystemView {
        name: area.name.clone(),
        declared: area.declared,
        units: area.units,
        unread: area.unread,
        oldest,
        newest,
        categories: area.cells.iter().map(|(id, cell)| (id.clone(), cell_view(cell))).collect(),
        declared_not_found,
        found_not_declared,
        gaps: system.map_or_else(Vec::new, System::gaps),
        policy: system.map(|system| super::register::Entry::new(system, Some(area), language)),
    }
}

fn declared<'p>(area: &Area, policy: Option<&'p Policy>) -> Option<&'p System> {
    policy.filter(|_| area.declared).and_then(|policy| policy.system(&area.name))
}

/// Categories that are only declared, and such that are only found.
fn differences(area: &Area, system: Option<&System>) -> (Vec<String>, Vec<String>) {
    let Some(system) = system else { return (Vec::new(), Vec::new()) };
    let declared: BTreeSet<&String> = system.categories.iter().collect();
    let found: BTreeSet<&String> = area.cells.keys().collect();
    let list = |a: &BTreeSet<&String>, b: &BTreeSet<&String>| {
        a.difference(b).map(|id| (*id).clone()).collect::<Vec<String>>()
    };
    (list(&declared, &found), list(&found, &declared))
}

fn cell_view(cell: &Cell) -> CellView {
    let [low, medium, high] = cell.places;
    let distinct = cell.distinct();
    CellView {
        places: cell.all(),
        high,
        medium,
        low,
        test_identities: cell.tests,
        special_category: cell.special,
        things: cell.things,
        distinct: distinct.map(|(count, _)| count),
        about: distinct.is_some_and(|(_, about)| about),
    }
}

/// The columns of the map as a table: one row for each system and category.
const COLUMNS: [[&str; 2]; 15] = [
    ["System", "System"],
    ["Declared", "Deklarerat"],
    ["Category", "Kategori"],
    ["Category id", "Kategori-id"],
    ["Special category", "Känslig uppgift"],
    ["Places", "Platser"],
    ["Distinct values", "Olika värden"],
    ["Files and tables", "Filer och tabeller"],
    ["High", "Hög"],
    ["Medium", "Medel"],
    ["Low", "Låg"],
    ["Oldest", "Äldst"],
    ["Newest", "Nyast"],
    ["Remark", "Anmärkning"],
    ["Unread in the system", "Oläst i systemet"],
];

/// Writes the map as a table.
///
/// # Errors
/// When it cannot be written.
pub fn write_csv(
    survey: &Survey,
    policy: Option<&Policy>,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns = COLUMNS.map(|[english, swedish]| language.pick(english, swedish));
    let mut sheet = Sheet::new(out, &columns)?;
    for partial in &survey.partial {
        let text = language.pick("CUT OFF: not all is here", "AVBRUTEN: allt är inte med");
        sheet.row(&[format!("{partial}: {text}")])?;
    }
    for area in survey.met() {
        let system = declared(area, policy);
        let (only_declared, only_found) = differences(area, system);
        for (id, cell) in &area.cells {
            let remark = match only_found.contains(id) {
                true => language.pick("found, not declared", "hittat, inte deklarerat"),
                false => "",
            };
            sheet.row(&csv_row(area, id, Some(cell), remark, language))?;
        }
        for id in &only_declared {
            let remark = language.pick("declared, not found", "deklarerat, inte hittat");
            sheet.row(&csv_row(area, id, None, remark, language))?;
        }
        if area.cells.is_empty() && only_declared.is_empty() {
            let remark = language.pick("nothing found", "inget hittat");
            sheet.row(&csv_row(area, "", None, remark, language))?;
        }
    }
    Ok(())
}

fn csv_row(
    area: &Area,
    id: &str,
    cell: Option<&Cell>,
    remark: &str,
    language: Language,
) -> Vec<String> {
    let yes = |is: bool| {
        let word = if is { language.pick("yes", "ja") } else { language.pick("no", "nej") };
        word.to_owned()
    };
    let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    let distinct = cell.and_then(Cell::distinct).map(|(count, _)| count);
    let day = |time: Option<&String>| time.and_then(|t| t.get(..10)).unwrap_or_default().to_owned();
    vec![
        area.name.clone(),
        yes(area.declared),
        if id.is_empty() { String::new() } else { names::category(id, language) },
        id.to_owned(),
        cell.map_or_else(String::new, |cell| yes(cell.special > 0)),
        number(cell.map(Cell::all)),
        number(distinct),
        number(cell.map(|cell| cell.things)),
        number(cell.map(|cell| cell.places[2])),
        number(cell.map(|cell| cell.places[1])),
        number(cell.map(|cell| cell.places[0])),
        day(area.times.as_ref().map(|times| &times.0)),
        day(area.times.as_ref().map(|times| &times.1)),
        remark.to_owned(),
        area.unread.to_string(),
    ]
}

/// Writes the map as a page.
///
/// # Errors
/// When it cannot be written.
pub fn write_page(
    survey: &Survey,
    policy: Option<&Policy>,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    let categories = survey.categories();
    let shown = shown_areas(survey);
    let mut rows = Rows::new()?;
    for thing in &survey.things {
        let group = shown.iter().position(|&area| area == thing.area).unwrap_or_default();
        for (id, found) in &thing.found {
            let Some(category) = categories.iter().position(|known| known == id) else { continue };
            let spots = found.spots.join(" \u{B7} ");
            let more = found.places > found.spots.len() as u64;
            rows.push(&Row {
                group,
                category,
                confidence: found.best,
                thing: &thing.name,
                spot: &if more { spots + " \u{2026}" } else { spots },
                special: found.special > 0,
                places: found.places,
                ..Row::default()
            })?;
        }
        rows.file(&FileFacts {
            modified: thing.modified.as_deref().unwrap_or_default(),
            owner: &thing.owner,
            group: &thing.group,
            mode: &thing.mode,
            world_readable: thing.world_readable,
        })?;
    }
    page::write(out, meta(survey, policy, language, &categories, &shown), rows)
}

/// Areas that are rows of the matrix, by number.
fn shown_areas(survey: &Survey) -> Vec<usize> {
    let is_met = |&(_, area): &(usize, &Area)| area.is_met();
    survey.areas.iter().enumerate().filter(is_met).map(|(number, _)| number).collect()
}

fn meta(
    survey: &Survey,
    policy: Option<&Policy>,
    language: Language,
    categories: &[String],
    shown: &[usize],
) -> Meta {
    let special = |id: &String| {
        let cells = survey.areas.iter().filter_map(|area| area.cells.get(id));
        cells.into_iter().any(|cell| cell.special > 0)
    };
    Meta {
        kind: "map",
        lang: language.pick("en", "sv"),
        title: Words::new("Data map", "Datakarta"),
        facts: facts(survey),
        notices: notices(survey, policy),
        groups: shown.iter().map(|&area| group(&survey.areas[area], policy)).collect(),
        categories: categories.iter().map(|id| Column::new(id, special(id))).collect(),
        cells: cells(survey, categories, shown),
        sections: sections(survey, policy),
        total: 0,
        kept: 0,
    }
}

fn group(area: &Area, policy: Option<&Policy>) -> Group {
    let day = |time: &String| time.get(..10).unwrap_or_default().to_owned();
    let (oldest, newest) =
        area.times.as_ref().map(|(oldest, newest)| (day(oldest), day(newest))).unwrap_or_default();
    let undeclared = policy.is_some() && !area.declared;
    let name = crate::report::harmless(&area.name);
    Group { name, undeclared, oldest, newest, unread: area.unread }
}

fn cells(
    survey: &Survey,
    categories: &[String],
    shown: &[usize],
) -> Vec<(usize, usize, u64, Option<u64>)> {
    let mut cells = Vec::new();
    for (group, area) in shown.iter().map(|&area| &survey.areas[area]).enumerate() {
        for (category, id) in categories.iter().enumerate() {
            if let Some(cell) = area.cells.get(id) {
                cells.push((group, category, cell.all(), cell.distinct().map(|(count, _)| count)));
            }
        }
    }
    cells
}

fn facts(survey: &Survey) -> Vec<(Words, Words)> {
    let roots: Vec<&str> = survey.sources.iter().map(|source| source.root.as_str()).collect();
    let times: Vec<&str> = survey.headers.iter().map(|header| header.started.as_str()).collect();
    let unread: u64 = survey.unread.values().map(|(count, _)| count).sum();
    let count = |n: u64| Words::same(&n.to_string());
    vec![
        (Words::new("Sources", "Källor"), Words::same(&roots.join(", "))),
        (Words::new("Scanned", "Genomsökt"), Words::same(&times.join(", "))),
        (Words::new("Places", "Platser"), count(survey.findings)),
        (Words::new("Files and tables", "Filer och tabeller"), count(survey.things.len() as u64)),
        (Words::new("Unread", "Olästa"), count(unread)),
    ]
}

fn notices(survey: &Survey, policy: Option<&Policy>) -> Vec<Words> {
    let mut notices = Vec::new();
    for name in &survey.partial {
        notices.push(Words::new(
            format!("{name} was cut off: this is not all."),
            format!("{name} är avbruten: det här är inte allt."),
        ));
    }
    if survey.tokens < survey.findings {
        notices.push(Words::new(
            "Without tokens (scan --values token) persons cannot be counted, only places.",
            "Utan nycklade värden (scan --values token) kan personer inte räknas, bara platser.",
        ));
    }
    if survey.untold > 0 {
        notices.push(Words::new(
            format!("{} findings are counted, but not listed by file.", survey.untold),
            format!("{} fynd är räknade men inte listade per fil.", survey.untold),
        ));
    }
    if policy.is_none() {
        notices.push(Words::new(
            "Without a policy file the rows are folders and tables. `sparhund policy init` drafts one.",
            "Utan policyfil är raderna mappar och tabeller. `sparhund policy init` skriver ett utkast.",
        ));
    }
    notices
}

/// What does not agree, and what must be looked at.
fn sections(survey: &Survey, policy: Option<&Policy>) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut add = |title: Words, items: Vec<Words>, count: u64| {
        if count > 0 {
            sections.push(Section { title, count, items });
        }
    };
    for listed in survey.listed.iter().filter(|listed| listed.unchecked) {
        let text = format!("{} ({})", listed.list, listed.kind.id());
        let title = Words::new(
            "Lists that cannot be checked: tokens are missing or of another key",
            "Listor som inte kan kontrolleras: nycklade värden saknas eller har annan nyckel",
        );
        add(title, vec![Words::same(&text)], 1);
    }
    for listed in survey.listed.iter().filter(|listed| listed.places > 0) {
        let place = |(system, thing, spot): &(String, String, String)| {
            Words::same(&format!("{system}: {thing}, {spot}"))
        };
        let title = Words::new(
            format!("Persons of the list {} stand here", listed.list),
            format!("Personer på listan {} finns här", listed.list),
        );
        add(title, listed.named.iter().map(place).collect(), listed.places);
    }
    let (found, missing, undeclared) = disagreements(survey, policy);
    let title = Words::new("Found, but not declared", "Hittat men inte deklarerat");
    add(title, found.clone(), found.len() as u64);
    let title = Words::new("Declared, but not found", "Deklarerat men inte hittat");
    add(title, missing.clone(), missing.len() as u64);
    let title =
        Words::new("Belongs to no declared system", "Hör inte till något deklarerat system");
    add(title, undeclared.clone(), undeclared.len() as u64);
    for (reason, (count, places)) in &survey.unread {
        let title = Words::new(format!("Not read: {reason}"), format!("Inte läst: {reason}"));
        add(title, places.iter().map(|place| Words::same(place)).collect(), *count);
    }
    sections
}

/// What is found only, declared only, and in no system.
fn disagreements(survey: &Survey, policy: Option<&Policy>) -> (Vec<Words>, Vec<Words>, Vec<Words>) {
    let (mut found, mut missing, mut undeclared) = (Vec::new(), Vec::new(), Vec::new());
    if policy.is_none() {
        return (found, missing, undeclared);
    }
    for area in survey.met() {
        let (only_declared, only_found) = differences(area, declared(area, policy));
        let words = |id: &String| {
            let name = |language| format!("{}: {}", area.name, names::category(id, language));
            Words::new(name(Language::English), name(Language::Swedish))
        };
        missing.extend(only_declared.iter().map(words));
        found.extend(only_found.iter().map(words));
        if !area.declared && !area.cells.is_empty() {
            undeclared.push(Words::same(&area.name));
        }
    }
    (found, missing, undeclared)
}
