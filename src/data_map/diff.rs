//! What is new, gone and grown between two inventories, by system and category.
//!
//! A finding is known by its id, which names its place. A line that is put in above moves all below
//! it to other places: what is new and gone in the same file under the same field with the same mask
//! or token has moved, and is no news. What stood in something that could not be read this time is
//! not gone; it is unread. Memory: some 50 bytes for each finding of both.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::io::BufRead;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use super::names;
use super::survey::area_name;
use crate::inventory::{Ending, Finding, Location, Object, ReadError, Reader};
use crate::model::Language;
use crate::policy::Policy;
use crate::report::Header;

/// What changed.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// Version of this form.
    pub schema: u32,
    /// When the older inventory was begun.
    pub old: String,
    /// When the newer one was.
    pub new: String,
    /// Both were whole.
    pub complete: bool,
    /// What makes them hard to compare.
    pub remarks: Vec<String>,
    /// The sums of all.
    pub total: Change,
    /// By system (or folder, or table) and category; what did not change is left out.
    pub systems: BTreeMap<String, BTreeMap<String, Change>>,
    /// Systems that had no findings before.
    pub new_systems: Vec<String>,
    /// Systems that have none any more.
    pub gone_systems: Vec<String>,
}

/// A change in numbers of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Before.
    pub before: u64,
    /// Now.
    pub now: u64,
    /// Not there before.
    pub new: u64,
    /// Not there any more.
    pub gone: u64,
    /// Elsewhere in the same file.
    pub moved: u64,
    /// There before, in something that was not read this time.
    pub unread: u64,
}

impl Change {
    fn add(&mut self, other: &Change) {
        self.before += other.before;
        self.now += other.now;
        self.new += other.new;
        self.gone += other.gone;
        self.moved += other.moved;
        self.unread += other.unread;
    }

    /// Is anything new, gone, or not read?
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.new + self.gone + self.unread > 0
    }
}

/// A finding of the older inventory.
struct Known {
    /// Its cell, by number.
    cell: u32,
    /// What stays the same when it moves within its file.
    kin: u64,
    /// Its file.
    file: u64,
}

/// Two inventories being compared.
#[derive(Default)]
struct Comparing {
    known: HashMap<u64, Known>,
    cells: Vec<((String, String), Change)>,
    numbers: HashMap<(String, String), u32>,
    /// New findings by kin, with their cell.
    fresh: HashMap<u64, (u32, u64)>,
    unread: HashSet<u64>,
    headers: Vec<Header>,
    whole: bool,
}

/// Compares two inventories.
///
/// # Errors
/// When one of them is none: 0 for the older, 1 for the newer, and why.
pub fn compare<O: BufRead, N: BufRead>(
    old: &mut Reader<O>,
    new: &mut Reader<N>,
    policy: Option<&Policy>,
) -> Result<Difference, (usize, ReadError)> {
    let mut comparing = Comparing { whole: true, ..Comparing::default() };
    comparing.read(old, policy, Comparing::meet_old).map_err(|error| (0, error))?;
    comparing.read(new, policy, Comparing::meet_new).map_err(|error| (1, error))?;
    Ok(comparing.end())
}

impl Comparing {
    fn read<R: BufRead>(
        &mut self,
        reader: &mut Reader<R>,
        policy: Option<&Policy>,
        meet: fn(&mut Comparing, &Finding, u32),
    ) -> Result<(), ReadError> {
        self.unread.clear();
        while let Some(object) = reader.read()? {
            match object {
                Object::Header(header) => self.headers.push(header),
                Object::Finding(finding) => {
                    let cell = self.cell(&finding, policy);
                    meet(self, &finding, cell);
                }
                Object::Unread(unread) => {
                    self.unread.insert(file_hash(&unread.location));
                }
                _ => {}
            }
        }
        self.whole &= reader.ending() == Ending::Whole;
        Ok(())
    }

    fn cell(&mut self, finding: &Finding, policy: Option<&Policy>) -> u32 {
        let at = &finding.location;
        let (path, table) = (at.path.as_deref(), at.table());
        let system = policy.and_then(|policy| policy.for_place(&at.source, path, table));
        let area = match system {
            Some(system) => system.name.clone(),
            None => area_name(&at.source, path, table),
        };
        let name = (area, finding.category.clone());
        if let Some(&known) = self.numbers.get(&name) {
            return known;
        }
        let number = self.cells.len() as u32;
        self.cells.push((name.clone(), Change::default()));
        self.numbers.insert(name, number);
        number
    }

    fn meet_old(&mut self, finding: &Finding, cell: u32) {
        self.cells[cell as usize].1.before += 1;
        let file = file_hash(&finding.location);
        self.known.insert(xxh3_64(finding.id.as_bytes()), Known { cell, kin: kin(finding), file });
    }

    fn meet_new(&mut self, finding: &Finding, cell: u32) {
        let change = &mut self.cells[cell as usize].1;
        change.now += 1;
        if self.known.remove(&xxh3_64(finding.id.as_bytes())).is_none() {
            self.fresh.entry(kin(finding)).or_insert((cell, 0)).1 += 1;
        }
    }

    fn end(mut self) -> Difference {
        for known in std::mem::take(&mut self.known).into_values() {
            let change = &mut self.cells[known.cell as usize].1;
            match self.fresh.get_mut(&known.kin).filter(|(_, left)| *left > 0) {
                Some((_, left)) => {
                    *left -= 1;
                    change.moved += 1;
                }
                None if self.unread.contains(&known.file) => change.unread += 1,
                None => change.gone += 1,
            }
        }
        for (cell, left) in std::mem::take(&mut self.fresh).into_values() {
            self.cells[cell as usize].1.new += left;
        }
        self.difference()
    }

    fn difference(self) -> Difference {
        let mut difference = Difference {
            schema: 1,
            old: self.headers.first().map(|h| h.started.clone()).unwrap_or_default(),
            new: self.headers.last().map(|h| h.started.clone()).unwrap_or_default(),
            complete: self.whole,
            remarks: remarks(&self.headers),
            total: Change::default(),
            systems: BTreeMap::new(),
            new_systems: Vec::new(),
            gone_systems: Vec::new(),
        };
        let mut sums: BTreeMap<String, Change> = BTreeMap::new();
        for ((area, category), change) in self.cells {
            difference.total.add(&change);
            sums.entry(area.clone()).or_default().add(&change);
            if change.is_any() {
                difference.systems.entry(area).or_default().insert(category, change);
            }
        }
        for (area, sum) in sums {
            match (sum.before, sum.now) {
                (0, _) => difference.new_systems.push(area),
                (_, 0) if sum.unread == 0 => difference.gone_systems.push(area),
                _ => {}
            }
        }
        difference
    }
}

/// What differs in how the inventories were made.
fn remarks(headers: &[Header]) -> Vec<String> {
    let (Some(old), Some(new)) = (headers.first(), headers.last()) else { return Vec::new() };
    [
        ("versions of the program", old.tool == new.tool),
        ("rules", old.rules == new.rules),
        ("--min-confidence", old.min_confidence == new.min_confidence),
        ("--reference-date", old.reference_date == new.reference_date),
        ("keys of the tokens", old.key_id == new.key_id),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(what, _)| format!("the inventories differ in {what}: some changes may come from that"))
    .collect()
}

fn file_hash(at: &Location) -> u64 {
    let name = at.path.as_deref().or(at.table()).unwrap_or_default();
    xxh3_64(format!("{}\0{name}", at.source).as_bytes())
}

fn kin(finding: &Finding) -> u64 {
    let at = &finding.location;
    let inside: Vec<&str> = at.inside.iter().filter_map(|step| step.name.as_deref()).collect();
    let value = finding.value.token.as_deref().unwrap_or(&finding.value.masked);
    let field = at.field().unwrap_or_default();
    let inside = inside.join("\0");
    xxh3_64(
        format!("{}\0{inside}\0{field}\0{}\0{value}", file_hash(at), finding.category).as_bytes(),
    )
}

impl Difference {
    /// Has anything changed?
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.total.is_any()
    }

    /// For people, in 80 columns.
    #[must_use]
    pub fn to_text(&self, language: Language) -> String {
        let say = |english, swedish| language.pick(english, swedish);
        let mut out = String::new();
        let heads = [
            say("before", "förut"),
            say("now", "nu"),
            say("new", "nya"),
            say("gone", "borta"),
            say("unread", "olästa"),
        ];
        let _ = write!(out, "{:<38}", say("findings", "fynd"));
        heads.iter().for_each(|head| {
            let _ = write!(out, " {head:>7}");
        });
        out.push('\n');
        for (area, categories) in &self.systems {
            let mark = match (self.new_systems.contains(area), self.gone_systems.contains(area)) {
                (true, _) => say(" (new)", " (ny)"),
                (_, true) => say(" (gone)", " (borta)"),
                _ => "",
            };
            let _ = writeln!(out, "{}{mark}", fit(area, 70));
            for (category, change) in categories {
                line(&mut out, &format!("  {}", names::category(category, language)), change);
            }
        }
        line(&mut out, say("all", "alla"), &self.total);
        if self.total.moved > 0 {
            let text = say("moved within their files:", "flyttade inom sina filer:");
            let _ = writeln!(out, "{text} {}", self.total.moved);
        }
        if !self.complete {
            let text = say(
                "an inventory is not whole: what is gone may only be missing from it",
                "ett inventarium är inte helt: det som är borta kan bara saknas i det",
            );
            let _ = writeln!(out, "{text}");
        }
        self.remarks.iter().for_each(|remark| {
            let _ = writeln!(out, "{remark}");
        });
        out
    }
}

fn line(out: &mut String, name: &str, change: &Change) {
    let _ = write!(out, "{:<38}", fit(name, 38));
    for n in [change.before, change.now, change.new, change.gone, change.unread] {
        let _ = write!(out, " {n:>7}");
    }
    out.push('\n');
}

/// A name in so many columns; the beginning of a longer one is left out.
pub(super) fn fit(name: &str, width: usize) -> String {
    let name = crate::report::harmless(name);
    let length = name.chars().count();
    match length > width {
        true => format!("\u{2026}{}", name.chars().skip(length + 1 - width).collect::<String>()),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"type":"header","schema":1,"tool":"0","rules":"x","values":"masked","min_confidence":"medium","reference_date":"2026-12-31","started":"2026-11-21T00:00:00Z"}"#;
    const END: &str = r#"{"type":"summary","complete":true,"findings":{},"test_identities":{},"ledger":{"seen":0,"scanned":0,"skipped":{},"unread":{}},"finished":""}"#;

    fn finding(id: &str, path: &str, masked: &str) -> String {
        format!(
            r#"{{"type":"finding","id":"{id}","category":"email","confidence":"high","score":0.9,"value":{{"masked":"{masked}"}},"attributes":{{}},"evidence":[],"location":{{"source":"s","path":"{path}","at":{{"kind":"name"}}}}}}"#
        )
    }

    fn inventory(lines: &[String]) -> String {
        format!("{HEADER}\n{}\n{END}\n", lines.join("\n"))
    }

    fn check(old: &[String], new: &[String], wanted: [u64; 6]) {
        let (old, new) = (inventory(old), inventory(new));
        let got = compare(&mut Reader::new(old.as_bytes()), &mut Reader::new(new.as_bytes()), None);
        let Change { before, now, new, gone, moved, unread } = got.unwrap().total;
        assert_eq!([before, now, new, gone, moved, unread], wanted);
    }

    #[test]
    fn new_gone_moved_and_unread_are_told_apart() {
        let a = || finding("1", "a/x", "e***");
        let unread = r#"{"type":"unread","location":{"source":"s","path":"a/x"},"reason":"io_error","detail":""}"#;
        check(&[a()], &[a()], [1, 1, 0, 0, 0, 0]);
        check(&[a()], &[], [1, 0, 0, 1, 0, 0]);
        check(&[], &[a()], [0, 1, 1, 0, 0, 0]);
        check(&[a()], &[finding("2", "a/x", "e***")], [1, 1, 0, 0, 1, 0]);
        check(&[a()], &[finding("2", "a/x", "f***")], [1, 1, 1, 1, 0, 0]);
        check(&[a()], &[finding("2", "a/y", "e***")], [1, 1, 1, 1, 0, 0]);
        check(&[a()], &[unread.to_owned()], [1, 0, 0, 0, 0, 1]);
        check(
            &[a()],
            &[finding("2", "a/x", "e***"), finding("3", "a/x", "e***")],
            [1, 2, 1, 0, 1, 0],
        );
    }
}
