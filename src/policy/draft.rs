//! A first policy file, made from what inventories say lies where. What only people know is marked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::GAP;
use crate::inventory::{Finding, Object};

/// Systems that are drafted; more are named in a comment.
const SYSTEMS: usize = 500;

/// Columns that are asked for in plain words.
const COLUMNS: usize = 200;

/// What a draft is made from.
#[derive(Debug, Default)]
pub struct Draft {
    /// By source and folder or table: the categories found.
    systems: BTreeMap<(String, Place), BTreeSet<String>>,
    columns: BTreeSet<String>,
    /// Systems that were left out.
    more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Files right in the source.
    Source,
    Folder(String),
    Table(String),
}

impl Draft {
    /// Takes an object of an inventory.
    pub fn meet(&mut self, object: &Object) {
        if let Object::Finding(finding) = object {
            self.finding(finding);
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let at = &finding.location;
        let place = match (&at.path, at.table()) {
            (Some(path), _) => match path.split_once('/') {
                Some((folder, _)) => Place::Folder(folder.to_owned()),
                None => Place::Source,
            },
            (None, Some(table)) => Place::Table(table.to_owned()),
            (None, None) => Place::Source,
        };
        let key = (at.source.clone(), place);
        if self.systems.len() >= SYSTEMS && !self.systems.contains_key(&key) {
            self.more = true;
            return;
        }
        self.systems.entry(key).or_default().insert(finding.category.clone());
        if let Some(field) = at.field().filter(|field| is_column(field))
            && self.columns.len() < COLUMNS
        {
            self.columns.insert(field.to_owned());
        }
    }

    /// The text of the file.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = HEAD.replace("GAP", &quoted(GAP));
        // Folders come before what lies beside them: of several the first stands.
        let folders_first = |place: &Place| u8::from(*place == Place::Source);
        let mut systems: Vec<_> = self.systems.iter().collect();
        systems.sort_by_key(|((_, place), _)| folders_first(place));
        for ((source, place), categories) in systems {
            system(&mut out, source, place, categories);
        }
        if self.more {
            let _ = writeln!(
                out,
                "\n# There are more than {SYSTEMS} folders and tables: the rest is left out."
            );
        }
        if !self.columns.is_empty() {
            out.push_str("\n# Columns in plain words, for those whose data it is.\n[columns]\n");
        }
        for column in &self.columns {
            let _ = writeln!(out, "{0} = {{ sv = {0}, en = {0} }}", quoted(column));
        }
        out
    }
}

const HEAD: &str = "\
# What the organisation has declared about its systems. GAP marks what is still to be filled in;
# `sparhund policy check FILE` lists it. Of several systems that take in a place the first stands.

[organisation]
name = GAP
contact = GAP
dpo = GAP        # the data protection officer
security = GAP   # security measures in general
";

fn system(out: &mut String, source: &str, place: &Place, categories: &BTreeSet<String>) {
    let (name, place) = match place {
        Place::Source => (source.to_owned(), String::new()),
        Place::Folder(folder) => {
            (folder.clone(), format!("paths = [{}]\n", quoted(&literal(&format!("{folder}/**")))))
        }
        Place::Table(table) => (table.clone(), format!("tables = [{}]\n", quoted(&literal(table)))),
    };
    let ids: Vec<String> = categories.iter().map(|id| quoted(id)).collect();
    let gap = quoted(GAP);
    let unique = if place.is_empty() { name } else { format!("{source} {name}") };
    let _ = write!(
        out,
        "\n[[system]]\nname = {}\nsource = {}\n{place}purpose = {gap}\nlegal_basis = {gap}   # consent, \
         contract, legal_obligation, vital_interests, public_task, legitimate_interests\npersons = \
         [{gap}]\ncategories = [{}]   # found\nrecipients = [{gap}]\nprocessors = [{gap}]\ntransfers = \
         {gap}   # \"none\", or the countries with their safeguards\norigin = {gap}\n",
        quoted(&unique),
        quoted(&literal(source)),
        ids.join(", "),
    );
    if categories.contains("dietary") {
        let _ = writeln!(
            out,
            "special_basis = {gap}   # art. 9.2: dietary notes may say something about health or religion"
        );
    }
    let _ = writeln!(
        out,
        "\n[[system.retention]]\nperiod = {gap}   # 3 years, 36 months, 90 days\nfrom = \"file_time\"   # or \
         mail_date, path_date, column (with column = \"…\"), day (with day = …)"
    );
}

/// A name as a pattern that stands for itself; the stars at its end stay.
fn literal(name: &str) -> String {
    let (name, end) = name.strip_suffix("/**").map_or((name, ""), |name| (name, "/**"));
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '*' | '?' | '[' | ']' | '{' | '}' => {
                let _ = write!(out, "[{c}]");
            }
            c => out.push(c),
        }
    }
    out + end
}

/// A column's name rather than a pointer or a path into a document.
fn is_column(field: &str) -> bool {
    field.chars().count() <= 60 && !field.contains(['/', '[', '\n'])
}

/// A basic string of TOML, whose escapes are those of JSON but for DEL.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
