//! A policy file as it is written. Everything is looked at before anything is refused.

use toml::de::{DeTable, DeValue};

use super::fields::Text;
use super::{
    Column, Complaint, From, GAP, Hold, LegalBasis, ListKind, Organisation, Pattern, Period,
    PersonList, Policy, Retention, System,
};
use crate::model::Category;

const TOP: [&str; 5] = ["organisation", "system", "hold", "list", "columns"];
const ORGANISATION: [&str; 4] = ["name", "contact", "dpo", "security"];
const SYSTEM: [&str; 17] = [
    "name",
    "source",
    "paths",
    "tables",
    "purpose",
    "legal_basis",
    "special_basis",
    "persons",
    "categories",
    "recipients",
    "processors",
    "transfers",
    "origin",
    "security",
    "retention",
    "keep",
    "columns",
];
const RETENTION: [&str; 7] =
    ["period", "from", "column", "day", "end_of_year", "categories", "reason"];
const HOLD: [&str; 8] =
    ["name", "reason", "until", "systems", "source", "paths", "tables", "tokens"];
const LIST: [&str; 6] = ["name", "kind", "key_id", "tokens", "file", "allowed"];

/// Reads another file by the name it has in this one.
type ReadFile<'f> = &'f dyn Fn(&str) -> Result<String, String>;

/// Reads a policy file. `read` reads the lists it names.
pub(super) fn parse(file: &str, text: &str, read: ReadFile<'_>) -> Result<Policy, Vec<Complaint>> {
    let (table, broken) = DeTable::parse_recoverable(text);
    let mut of = Text { file, text, complaints: Vec::new() };
    for error in &broken {
        of.complain(error.span().map_or(0, |span| span.start), error.message());
    }
    if !broken.is_empty() {
        return Err(of.complaints);
    }
    let policy = policy(&mut of, table.get_ref(), read);
    of.complaints.sort_by_key(|complaint| (complaint.line, complaint.column));
    if of.complaints.is_empty() { Ok(policy) } else { Err(of.complaints) }
}

fn policy(of: &mut Text<'_>, table: &DeTable<'_>, read: ReadFile<'_>) -> Policy {
    of.only(table, &TOP);
    let mut policy = Policy::default();
    if let Some(table) = of.table(table, "organisation") {
        policy.organisation = organisation(of, table);
    }
    for (at, table) in of.tables(table, "system") {
        let system = system(of, at, table);
        if policy.system(&system.name).is_some() {
            of.complain(at, format!("there are two systems called '{}'", system.name));
        }
        policy.systems.push(system);
    }
    policy.columns = columns(of, table);
    for (at, table) in of.tables(table, "hold") {
        let hold = hold(of, at, table, &policy);
        policy.holds.push(hold);
    }
    for (at, table) in of.tables(table, "list") {
        let list = list(of, at, table, &policy, read);
        policy.lists.extend(list);
    }
    policy
}

fn organisation(of: &mut Text<'_>, table: &DeTable<'_>) -> Organisation {
    of.only(table, &ORGANISATION);
    Organisation {
        name: of.string(table, "name"),
        contact: of.string(table, "contact"),
        dpo: of.string(table, "dpo"),
        security: of.string(table, "security"),
    }
}

fn system(of: &mut Text<'_>, at: usize, table: &DeTable<'_>) -> System {
    of.only(table, &SYSTEM);
    let places = places(of, table);
    if places.is_empty() {
        of.complain(at, "a system needs its places: 'source', 'paths' or 'tables'");
    }
    System {
        name: name(of, at, table),
        places,
        purpose: of.string(table, "purpose"),
        legal_basis: of.choice(table, "legal_basis", &LegalBasis::ALL),
        special_basis: of.string(table, "special_basis"),
        persons: of.words(table, "persons"),
        categories: categories(of, table),
        recipients: of.words(table, "recipients"),
        processors: of.words(table, "processors"),
        transfers: transfers(of, table),
        origin: of.string(table, "origin"),
        security: of.string(table, "security"),
        retention: rules(of, table, "retention"),
        keep: rules(of, table, "keep"),
        columns: columns(of, table),
    }
}

/// A name, without which nothing can be told about it.
fn name(of: &mut Text<'_>, at: usize, table: &DeTable<'_>) -> String {
    of.string(table, "name").unwrap_or_else(|| {
        of.complain(at, "it needs a name: write name = \"…\"");
        String::new()
    })
}

/// `source`, `paths` and `tables` together.
fn places(of: &mut Text<'_>, table: &DeTable<'_>) -> Vec<Pattern> {
    let source = of.spanned(table, "source");
    let within = source.as_ref().map(|(_, source)| source.as_str());
    let paths = of.strings(table, "paths").into_iter();
    let tables = of.strings(table, "tables").into_iter();
    let mut found: Vec<(usize, Result<Pattern, String>)> = paths
        .map(|(at, path)| (at, Pattern::path(within, &path)))
        .chain(tables.map(|(at, table)| (at, Pattern::table(within, &table))))
        .collect();
    if let (Some((at, source)), true) = (&source, found.is_empty()) {
        found.push((*at, Pattern::source(source)));
    }
    let mut patterns = Vec::new();
    for (at, pattern) in found {
        match pattern {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => of.complain(at, message),
        }
    }
    patterns
}

/// Ids of categories. One of the user's own rules is known by its form only.
fn categories(of: &mut Text<'_>, table: &DeTable<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    for (at, id) in of.strings(table, "categories") {
        let is_name = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if !is_name {
            let known = Category::ALL.map(Category::id).join(", ");
            of.complain(at, format!("'{id}' is no id of a category: one of {known}, or your own"));
        }
        ids.push(id);
    }
    ids
}

/// `"none"` says that there are none; nothing says nothing.
fn transfers(of: &mut Text<'_>, table: &DeTable<'_>) -> Option<Vec<String>> {
    let words = of.words(table, "transfers");
    let says_none = |word: &String| matches!(word.to_lowercase().as_str(), "none" | "inga" | "nej");
    match words.as_slice() {
        [] => None,
        [word] if says_none(word) => Some(Vec::new()),
        _ => Some(words),
    }
}

fn rules(of: &mut Text<'_>, table: &DeTable<'_>, key: &str) -> Vec<Retention> {
    let tables = of.tables(table, key);
    tables.into_iter().filter_map(|(at, table)| retention(of, at, table)).collect()
}

fn retention(of: &mut Text<'_>, at: usize, table: &DeTable<'_>) -> Option<Retention> {
    of.only(table, &RETENTION);
    let from = from(of, at, table);
    let end_of_year = of.flag(table, "end_of_year");
    let categories = categories(of, table);
    let reason = of.string(table, "reason");
    let period = match of.spanned(table, "period") {
        Some((at, text)) => {
            let period = Period::parse(&text);
            if period.is_none() {
                of.complain(
                    at,
                    "'period' is a number and a unit: 3 years, 36 months, 4 weeks, 90 days",
                );
            }
            period
        }
        None if is_open(table) => None,
        None => {
            of.complain(at, "it needs a 'period', such as \"3 years\"");
            None
        }
    };
    Some(Retention { period: period?, from: from?, end_of_year, categories, reason })
}

/// Is the period marked as a gap?
fn is_open(table: &DeTable<'_>) -> bool {
    table.get("period").is_some_and(|value| value.get_ref().as_str().is_some_and(|t| t == GAP))
}

/// What a period counts from. `column` and `day` belong to one kind each.
fn from(of: &mut Text<'_>, at: usize, table: &DeTable<'_>) -> Option<From> {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        FileTime,
        MailDate,
        PathDate,
        Column,
        Day,
    }
    let kinds = [
        ("file_time", Kind::FileTime),
        ("mail_date", Kind::MailDate),
        ("path_date", Kind::PathDate),
        ("column", Kind::Column),
        ("day", Kind::Day),
    ];
    let column = of.string(table, "column");
    let day = of.day(table, "day");
    let kind = of.choice(table, "from", &kinds);
    if kind.is_none() && !table.contains_key("from") {
        of.complain(at, "it needs 'from': file_time, mail_date, path_date, column or day");
    }
    let needs = |of: &mut Text<'_>, key: &str| {
        of.complain(at, format!("from = \"{key}\" needs the {key}: {key} = …"));
    };
    match kind? {
        Kind::FileTime => Some(From::FileTime),
        Kind::MailDate => Some(From::MailDate),
        Kind::PathDate => Some(From::PathDate),
        Kind::Column if column.is_none() => {
            needs(of, "column");
            None
        }
        Kind::Column => column.map(From::Column),
        Kind::Day if !table.contains_key("day") => {
            needs(of, "day");
            None
        }
        Kind::Day => day.map(From::Day),
    }
}

/// `[columns]`: each a text for both languages, or `{ sv = "…", en = "…" }`.
fn columns(of: &mut Text<'_>, table: &DeTable<'_>) -> Vec<Column> {
    let Some(table) = of.table(table, "columns") else { return Vec::new() };
    let mut columns = Vec::new();
    for (name, value) in table.iter() {
        let name = name.get_ref().to_string();
        let (english, swedish) = match value.get_ref() {
            DeValue::String(text) => (Some(text.to_string()), Some(text.to_string())),
            DeValue::Table(words) => {
                of.only(words, &["sv", "en"]);
                (of.string(words, "en"), of.string(words, "sv"))
            }
            _ => (None, None),
        };
        let Some(any) = english.clone().or_else(|| swedish.clone()) else {
            let at = value.span().start;
            of.complain(
                at,
                format!("'{name}' needs words: \"…\", or {{ sv = \"…\", en = \"…\" }}"),
            );
            continue;
        };
        let (english, swedish) = (english.unwrap_or(any.clone()), swedish.unwrap_or(any));
        columns.push(Column { name, english, swedish });
    }
    columns
}

fn hold(of: &mut Text<'_>, at: usize, table: &DeTable<'_>, policy: &Policy) -> Hold {
    of.only(table, &HOLD);
    let hold = Hold {
        name: name(of, at, table),
        reason: of.string(table, "reason").unwrap_or_else(|| {
            of.complain(at, "a hold needs its reason: write reason = \"…\"");
            String::new()
        }),
        until: of.day(table, "until"),
        systems: systems(of, table, "systems", policy),
        places: places(of, table),
        tokens: tokens(of, table),
    };
    if hold.systems.is_empty() && hold.places.is_empty() && hold.tokens.is_empty() {
        of.complain(at, "a hold is about 'systems', 'source', 'paths', 'tables' or 'tokens'");
    }
    hold
}

/// Names of systems that there are.
fn systems(of: &mut Text<'_>, table: &DeTable<'_>, key: &str, policy: &Policy) -> Vec<String> {
    let names = of.strings(table, key);
    for (at, name) in &names {
        if policy.system(name).is_none() {
            of.complain(*at, format!("there is no system called '{name}'"));
        }
    }
    names.into_iter().map(|(_, name)| name).collect()
}

fn tokens(of: &mut Text<'_>, table: &DeTable<'_>) -> Vec<String> {
    let tokens = of.strings(table, "tokens");
    for (at, token) in &tokens {
        if !is_token(token) {
            of.complain(*at, NO_TOKEN);
        }
    }
    tokens.into_iter().map(|(_, token)| token).collect()
}

const NO_TOKEN: &str = "a person stands here by a token (32 hexadecimal digits), as `sparhund scan \
                        --values token` writes it, never by the value itself";

fn is_token(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn list(
    of: &mut Text<'_>,
    at: usize,
    table: &DeTable<'_>,
    policy: &Policy,
    read: ReadFile<'_>,
) -> Option<PersonList> {
    of.only(table, &LIST);
    let (name, kind) = (name(of, at, table), of.choice(table, "kind", &ListKind::ALL));
    if kind.is_none() && !table.contains_key("kind") {
        of.complain(at, "a list needs its kind: suppression, restriction or objection");
    }
    let mut tokens = tokens(of, table);
    if let Some((at, file)) = of.spanned(table, "file") {
        match read(&file) {
            Ok(text) => tokens.extend(listed(of, at, &file, &text)),
            Err(message) => of.complain(at, format!("{file}: {message}")),
        }
    }
    tokens.sort();
    tokens.dedup();
    let key_id = of.string(table, "key_id");
    let allowed = systems(of, table, "allowed", policy);
    Some(PersonList { name, kind: kind?, key_id, tokens, allowed })
}

/// The tokens of a file, one a line; `#` begins a comment.
fn listed(of: &mut Text<'_>, at: usize, file: &str, text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let token = line.split('#').next().unwrap_or_default().trim();
        match token {
            "" => {}
            token if is_token(token) => tokens.push(token.to_owned()),
            _ => of.complain(at, format!("{file}, line {}: {NO_TOKEN}", n + 1)),
        }
    }
    tokens
}
