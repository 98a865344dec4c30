//! What lies past its time, by system, with the rule that says so, and what cannot be dated.
//!
//! The inventory knows when a file was last written and what it is called. It does not hold the dates
//! of rows or mails: for rules that count from those, the place is listed as one that cannot be dated,
//! never guessed from another time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::names;
use super::sheet::Sheet;
use super::survey::{Survey, Thing};
use crate::model::Language;
use crate::policy::{From, Held, Policy, Retention, System};
use crate::validate::date::Date;

/// What a category in a file or table comes to.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// The system.
    pub system: String,
    /// File or table.
    pub thing: String,
    /// The category.
    pub category: String,
    /// Findings.
    pub places: u64,
    /// The rule, in words.
    pub rule: String,
    /// What it counts from: the day it found; none where it cannot be dated.
    pub from: Option<String>,
    /// The last day of its time.
    pub until: Option<String>,
    /// Why it cannot be dated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undated: Option<String>,
    /// What forbids to erase it all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
}

/// The account of a system.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Sum {
    /// Findings past their time.
    pub past: u64,
    /// Of these, such that something else says must be kept.
    pub past_but_kept: u64,
    /// Findings within their time.
    pub within: u64,
    /// Findings that cannot be dated.
    pub undated: u64,
    /// Findings that no rule is about.
    pub no_rule: u64,
}

/// The whole.
#[derive(Debug, Serialize)]
pub struct Account {
    /// Version of this form.
    pub schema: u32,
    /// The day it was made for.
    pub date: String,
    /// All inventories were whole.
    pub complete: bool,
    /// By system.
    pub systems: BTreeMap<String, Sum>,
    /// Past their time.
    pub past: Vec<Item>,
    /// Cannot be dated.
    pub undated: Vec<Item>,
    /// Findings in systems that no policy declares.
    pub undeclared: u64,
    /// Findings that were counted without their file.
    pub untold: u64,
}

/// Holds a survey against a policy on a day.
#[must_use]
pub fn account(survey: &Survey, policy: &Policy, day: Date, language: Language) -> Account {
    let mut account = Account {
        schema: 1,
        date: day.to_string(),
        complete: survey.is_whole(),
        systems: BTreeMap::new(),
        past: Vec::new(),
        undated: Vec::new(),
        undeclared: 0,
        untold: survey.untold,
    };
    for thing in &survey.things {
        let area = &survey.areas[thing.area];
        let Some(system) = policy.system(&area.name).filter(|_| area.declared) else {
            account.undeclared += thing.found.values().map(|found| found.places).sum::<u64>();
            continue;
        };
        for (category, found) in &thing.found {
            let asked =
                Asked { policy, system, thing, category, places: found.places, day, language };
            account.note(&asked);
        }
    }
    account
        .past
        .sort_by(|a, b| (&a.system, &a.until, &a.thing).cmp(&(&b.system, &b.until, &b.thing)));
    account
}

/// What is asked of a category in a thing.
struct Asked<'a> {
    policy: &'a Policy,
    system: &'a System,
    thing: &'a Thing,
    category: &'a str,
    places: u64,
    day: Date,
    language: Language,
}

impl Account {
    fn note(&mut self, asked: &Asked<'_>) {
        let sum = self.systems.entry(asked.system.name.clone()).or_default();
        let Some(rule) = asked.system.retention_of(asked.category) else {
            sum.no_rule += asked.places;
            return;
        };
        match start(rule, asked.thing) {
            Err(why) => {
                sum.undated += asked.places;
                let undated = Some(asked.language.pick(why.0, why.1).to_owned());
                self.undated.push(Item { undated, ..asked.item(rule, None) });
            }
            Ok(start) if rule.last_day(start) >= asked.day => sum.within += asked.places,
            Ok(start) => {
                sum.past += asked.places;
                let item = Item { kept: asked.kept(), ..asked.item(rule, Some(start)) };
                sum.past_but_kept += if item.kept.is_empty() { 0 } else { asked.places };
                self.past.push(item);
            }
        }
    }
}

impl Asked<'_> {
    fn item(&self, rule: &Retention, start: Option<Date>) -> Item {
        Item {
            system: self.system.name.clone(),
            thing: self.thing.name.clone(),
            category: self.category.to_owned(),
            places: self.places,
            rule: rule.describe(self.language),
            from: start.map(|start| start.to_string()),
            until: start.map(|start| rule.last_day(start).to_string()),
            undated: None,
            kept: Vec::new(),
        }
    }

    /// Rules and holds that say it must be kept.
    fn kept(&self) -> Vec<String> {
        let mut kept = Vec::new();
        for rule in self.system.keep.iter().filter(|rule| rule.covers(self.category)) {
            match start(rule, self.thing) {
                Ok(start) if rule.last_day(start) < self.day => {}
                Ok(start) => kept.push(format!(
                    "{} \u{2192} {}",
                    rule.describe(self.language),
                    rule.last_day(start)
                )),
                // What cannot be shown to be free is not free.
                Err(why) => kept.push(format!(
                    "{}: {}",
                    rule.describe(self.language),
                    self.language.pick(why.0, why.1)
                )),
            }
        }
        let (path, table) = self.thing.place();
        let held = Held { source: &self.thing.source, path, table, token: None };
        for hold in self.policy.holds_on(held, self.day) {
            let until = hold.until.map_or_else(String::new, |until| format!(" \u{2192} {until}"));
            kept.push(format!("{}: {}{until}", hold.name, hold.reason));
        }
        kept
    }
}

impl Thing {
    /// Path and table, one of which it has.
    fn place(&self) -> (Option<&str>, Option<&str>) {
        match self.is_table {
            true => (None, Some(&self.name)),
            false => (Some(&self.name), None),
        }
    }
}

/// Why something cannot be dated, in English and Swedish.
type Why = (&'static str, &'static str);

/// The day a rule counts from.
fn start(rule: &Retention, thing: &Thing) -> Result<Date, Why> {
    match &rule.from {
        From::Day(day) => Ok(*day),
        From::PathDate => path_date(&thing.name)
            .ok_or(("there is no date in its name", "det finns inget datum i namnet")),
        From::FileTime => thing
            .modified
            .as_deref()
            .and_then(|time| time.get(..10)?.parse().ok())
            .ok_or(("the inventory has no time for it", "inventariet har ingen tid för den")),
        From::MailDate => Err((
            "the inventory does not hold dates of mails",
            "inventariet har inte mejlens datum",
        )),
        From::Column(_) => Err((
            "the inventory does not hold dates of rows",
            "inventariet har inte radernas datum",
        )),
    }
}

/// The last date in a path: a day, else the end of a month or year that is named. The nearest name
/// that has one counts.
fn path_date(path: &str) -> Option<Date> {
    path.rsplit('/').find_map(|name| {
        let digits: Vec<&str> = name.split(|c: char| !c.is_ascii_digit()).collect();
        let number = |text: &str| text.parse::<u16>().ok();
        let year = |text: &&str| {
            text.len() == 4 && number(text).is_some_and(|y| (1900..=2100).contains(&y))
        };
        let short =
            |text: Option<&&str>| text.filter(|t| t.len() == 2).and_then(|t| t.parse::<u8>().ok());
        let whole = digits.iter().rev().find_map(|run| match run.len() {
            8 => Date::new(number(&run[..4])?, run[4..6].parse().ok()?, run[6..].parse().ok()?),
            _ => None,
        });
        whole.or_else(|| {
            let at = digits.iter().rposition(year)?;
            let of = number(digits[at])?;
            let month = short(digits.get(at + 1)).filter(|m| (1..=12).contains(m));
            let day = short(digits.get(at + 2));
            match (month, day) {
                (Some(m), Some(d)) => Date::new(of, m, d),
                (Some(m), None) => Date::new(of, m, crate::validate::date::days_in_month(of, m)),
                (None, _) => Date::new(of, 12, 31),
            }
        })
    })
}

impl Account {
    /// For people, in 80 columns.
    #[must_use]
    pub fn to_text(&self, language: Language) -> String {
        let say = |english, swedish| language.pick(english, swedish);
        let mut out = String::new();
        let heads = [
            say("past", "passerat"),
            say("kept", "spärrat"),
            say("within", "inom tid"),
            say("undated", "odaterat"),
            say("no rule", "utan regel"),
        ];
        let _ = write!(out, "{:<25}", format!("{} {}", say("on", "den"), self.date));
        heads.iter().for_each(|head| {
            let _ = write!(out, " {head:>10}");
        });
        out.push('\n');
        for (name, sum) in &self.systems {
            let _ = write!(out, "{:<25}", super::diff::fit(name, 25));
            for n in [sum.past, sum.past_but_kept, sum.within, sum.undated, sum.no_rule] {
                let _ = write!(out, " {n:>10}");
            }
            out.push('\n');
        }
        self.write_items(&mut out, language);
        if self.undeclared > 0 {
            let text = say("findings in no declared system:", "fynd utan deklarerat system:");
            let _ = writeln!(out, "\n{text} {}", self.undeclared);
        }
        if self.untold > 0 {
            let text = say("findings counted without their file:", "fynd räknade utan sin fil:");
            let _ = writeln!(out, "\n{text} {}", self.untold);
        }
        out
    }

    fn write_items(&self, out: &mut String, language: Language) {
        let say = |english, swedish| language.pick(english, swedish);
        let name = |item: &Item| names::category(&item.category, language);
        let mut system = "";
        for item in &self.past {
            if item.system != system {
                system = &item.system;
                let _ = writeln!(
                    out,
                    "\n{}: {}",
                    say("past their time", "passerat sin tid"),
                    safe(system)
                );
            }
            let until = item.until.as_deref().unwrap_or_default();
            let _ = writeln!(
                out,
                "  {until}  {} \u{D7} {}  {}",
                item.places,
                name(item),
                safe(&item.thing)
            );
            let _ = writeln!(out, "              {}", safe(&item.rule));
            for kept in &item.kept {
                let _ = writeln!(out, "              {}: {}", say("keep", "spara"), safe(kept));
            }
        }
        if !self.undated.is_empty() {
            let _ = writeln!(out, "\n{}", say("cannot be dated", "kan inte dateras"));
        }
        for item in &self.undated {
            let why = item.undated.as_deref().unwrap_or_default();
            let _ = writeln!(out, "  {} \u{D7} {}  {}", item.places, name(item), safe(&item.thing));
            let _ = writeln!(out, "              {}: {why}", safe(&item.rule));
        }
    }

    /// Writes what is past its time and what cannot be dated as a table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_csv(&self, language: Language, out: &mut dyn Write) -> io::Result<()> {
        let columns = [
            ["System", "System"],
            ["File or table", "Fil eller tabell"],
            ["Category", "Kategori"],
            ["Places", "Platser"],
            ["Rule", "Regel"],
            ["Counts from", "Räknas från"],
            ["Until", "Till och med"],
            ["Cannot be dated", "Kan inte dateras"],
            ["Must be kept", "Måste sparas"],
        ];
        let columns = columns.map(|[english, swedish]| language.pick(english, swedish));
        let mut sheet = Sheet::new(out, &columns)?;
        for item in self.past.iter().chain(&self.undated) {
            sheet.row(&[
                item.system.as_str(),
                &item.thing,
                &names::category(&item.category, language),
                &item.places.to_string(),
                &item.rule,
                item.from.as_deref().unwrap_or_default(),
                item.until.as_deref().unwrap_or_default(),
                item.undated.as_deref().unwrap_or_default(),
                &item.kept.join("; "),
            ])?;
        }
        Ok(())
    }
}

fn safe(text: &str) -> String {
    crate::report::harmless(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_from_names() {
        for (path, wanted) in [
            ("Protokoll/2026-02-11 styrelsemöte.md", Some("2026-02-11")),
            ("Läger 2026/anmälningar.csv", Some("2026-12-31")),
            ("2019/2024-02/list.txt", Some("2024-02-29")),
            ("logg_20240131.txt", Some("2024-01-31")),
            ("IT/loggar/webb-2026-03.log", Some("2026-03-31")),
            ("Personal/anställda.csv", None),
            ("kund 4711/1234.txt", None),
            ("a/2026-13-40.txt", Some("2026-12-31")),
        ] {
            let got = path_date(path).map(|date| date.to_string());
            assert_eq!(got.as_deref(), wanted, "{path}");
        }
    }
}
