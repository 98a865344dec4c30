//! The draft of the record of processing activities (GDPR art. 30.1): what the policy declares, with
//! what was found beside it, and a blank with a name where nobody has declared anything.

use std::io::{self, Write};

use serde::Serialize;

use super::names;
use super::sheet::Sheet;
use super::survey::{Area, Survey};
use crate::model::Language;
use crate::policy::{Policy, System};

/// The record.
#[derive(Debug, Serialize)]
pub struct Register {
    /// The controller.
    pub controller: String,
    /// How to reach it.
    pub contact: String,
    /// The data protection officer.
    pub data_protection_officer: String,
    /// Security measures in general.
    pub security: String,
    /// One entry for each system.
    pub entries: Vec<Entry>,
}

/// One activity.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// The system.
    pub system: String,
    /// What the data is used for.
    pub purpose: String,
    /// Why that is lawful.
    pub legal_basis: String,
    /// Why special categories may be processed.
    pub special_basis: String,
    /// Categories of persons.
    pub persons: String,
    /// Categories of data: declared and found.
    pub categories: String,
    /// Who is given the data.
    pub recipients: String,
    /// Who processes it on behalf of the controller.
    pub processors: String,
    /// Transfers to third countries.
    pub transfers: String,
    /// Where the data comes from.
    pub origin: String,
    /// Time limits for erasure.
    pub retention: String,
    /// Security measures.
    pub security: String,
}

impl Entry {
    /// The entry of a system, with what was found in it.
    #[must_use]
    pub fn new(system: &System, area: Option<&Area>, language: Language) -> Entry {
        let blank = |text: &Option<String>| text.clone().unwrap_or_else(|| gap(language));
        let list = |words: &[String]| match words {
            [] => gap(language),
            words => words.join(", "),
        };
        let holds_special = area.is_some_and(|area| area.cells.values().any(|c| c.special > 0));
        let basis = system.legal_basis.map(|basis| basis.describe(language).to_owned());
        Entry {
            system: system.name.clone(),
            purpose: blank(&system.purpose),
            legal_basis: blank(&basis),
            special_basis: match (&system.special_basis, holds_special) {
                (None, false) => "\u{2013}".to_owned(),
                (basis, _) => blank(basis),
            },
            persons: list(&system.persons),
            categories: categories(system, area, language),
            recipients: list(&system.recipients),
            processors: match system.processors.as_slice() {
                [] => "\u{2013}".to_owned(),
                words => words.join(", "),
            },
            transfers: match system.transfers.as_deref() {
                None => gap(language),
                Some([]) => language.pick("none", "inga").to_owned(),
                Some(words) => words.join(", "),
            },
            origin: blank(&system.origin),
            retention: retention(system, language),
            security: system.security.clone().unwrap_or_else(|| "\u{2013}".to_owned()),
        }
    }

    /// An entry for a place that no policy declares.
    fn undeclared(area: &Area, language: Language) -> Entry {
        Entry::new(&System::named(&area.name), Some(area), language)
    }

    fn fields(&self) -> [&str; 12] {
        [
            &self.system,
            &self.purpose,
            &self.legal_basis,
            &self.special_basis,
            &self.persons,
            &self.categories,
            &self.recipients,
            &self.processors,
            &self.transfers,
            &self.origin,
            &self.retention,
            &self.security,
        ]
    }
}

/// What the fields of an entry are called.
const LABELS: [[&str; 2]; 12] = [
    ["System", "System"],
    ["Purpose", "Ändamål"],
    ["Legal basis", "Rättslig grund"],
    ["Basis for special categories (art. 9)", "Grund för känsliga uppgifter (art. 9)"],
    ["Categories of data subjects", "Kategorier av registrerade"],
    ["Categories of personal data", "Kategorier av personuppgifter"],
    ["Recipients", "Mottagare"],
    ["Processors", "Personuppgiftsbiträden"],
    ["Transfers to third countries", "Överföringar till tredjeland"],
    ["Origin of the data", "Varifrån uppgifterna kommer"],
    ["Time limits for erasure", "Tidsfrister för radering"],
    ["Security measures", "Säkerhetsåtgärder"],
];

fn gap(language: Language) -> String {
    language.pick("[not filled in]", "[ej ifyllt]").to_owned()
}

fn categories(system: &System, area: Option<&Area>, language: Language) -> String {
    let mut ids: Vec<&String> = system.categories.iter().collect();
    ids.extend(area.iter().flat_map(|area| area.cells.keys()));
    ids.sort_by_key(|id| names::rank(id));
    ids.dedup();
    if ids.is_empty() {
        return gap(language);
    }
    let word = |id: &String| {
        let name = names::category(id, language);
        let found = area.is_some_and(|area| area.cells.contains_key(id));
        match (system.categories.contains(id), found) {
            (true, true) => name,
            (true, false) => format!("{name} {}", language.pick("[not found]", "[inte hittat]")),
            (false, _) => {
                format!("{name} {}", language.pick("[not declared]", "[inte deklarerat]"))
            }
        }
    };
    ids.into_iter().map(word).collect::<Vec<String>>().join(", ")
}

fn retention(system: &System, language: Language) -> String {
    let rule = |rule: &crate::policy::Retention| {
        let names: Vec<String> =
            rule.categories.iter().map(|id| names::category(id, language)).collect();
        let of = if names.is_empty() { String::new() } else { format!("{}: ", names.join(", ")) };
        format!("{of}{}", rule.describe(language))
    };
    let mut rules: Vec<String> = system.retention.iter().map(rule).collect();
    let keep = language.pick("must be kept", "måste sparas");
    rules.extend(system.keep.iter().map(|kept| format!("{keep}: {}", rule(kept))));
    if system.retention.is_empty() {
        rules.insert(0, gap(language));
    }
    rules.join("; ")
}

impl Register {
    /// The record that a survey and a policy give.
    #[must_use]
    pub fn new(survey: &Survey, policy: Option<&Policy>, language: Language) -> Register {
        let organisation = policy.map(|policy| policy.organisation.clone()).unwrap_or_default();
        let blank = |text: Option<String>| text.unwrap_or_else(|| gap(language));
        let entry = |area: &Area| {
            let system = policy.filter(|_| area.declared).and_then(|p| p.system(&area.name));
            match system {
                Some(system) => Entry::new(system, Some(area), language),
                None => Entry::undeclared(area, language),
            }
        };
        Register {
            controller: blank(organisation.name),
            contact: blank(organisation.contact),
            data_protection_officer: blank(organisation.dpo),
            security: blank(organisation.security),
            entries: survey.met().map(entry).collect(),
        }
    }

    fn heads(&self) -> [([&'static str; 2], &str); 4] {
        [
            (["Controller", "Personuppgiftsansvarig"], &self.controller),
            (["Contact", "Kontakt"], &self.contact),
            (["Data protection officer", "Dataskyddsombud"], &self.data_protection_officer),
            (["Security measures in general", "Säkerhetsåtgärder i allmänhet"], &self.security),
        ]
    }

    /// Writes it as a table, one row for each system.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_csv(&self, language: Language, out: &mut dyn Write) -> io::Result<()> {
        let labels = LABELS.map(|[english, swedish]| language.pick(english, swedish));
        let mut sheet = Sheet::new(out, &labels)?;
        self.entries.iter().try_for_each(|entry| sheet.row(&entry.fields()))
    }

    /// Writes it as a page for reading and printing, without a script.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_page(&self, language: Language, out: &mut dyn Write) -> io::Result<()> {
        let label = |[english, swedish]: [&'static str; 2]| language.pick(english, swedish);
        let row = |(words, text): ([&'static str; 2], &str)| (label(words), safe(text));
        let entries: Vec<Vec<(&str, String)>> = self
            .entries
            .iter()
            .map(|entry| LABELS.into_iter().zip(entry.fields()).map(row).collect())
            .collect();
        let title =
            label(["Record of processing activities (draft)", "Registerförteckning (utkast)"]);
        let page = minijinja::render!(
            in environment(),
            PAGE,
            lang => language.pick("en", "sv"),
            title,
            style => minijinja::Value::from_safe_string(STYLE.to_owned()),
            gap => gap(language),
            heads => self.heads().map(row),
            entries,
        );
        out.write_all(page.as_bytes())
    }
}

fn safe(text: &str) -> String {
    crate::report::harmless(text)
}

/// What is put into the page is escaped, whatever it is.
fn environment() -> minijinja::Environment<'static> {
    let mut environment = minijinja::Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    environment
}

const STYLE: &str = include_str!("page/page.css");
const PAGE: &str = include_str!("page/register.html");
