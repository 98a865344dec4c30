//! Places in words, for people who do not read inventories.

use serde_json::Value;

use crate::model::Language;

/// A place inside a document or table: `rad 3, kolumn Telefon`.
#[must_use]
pub fn describe(at: &Value, language: Language) -> String {
    let word = |sv: &'static str, en: &'static str| match language {
        Language::Swedish => sv,
        Language::English => en,
    };
    let text = |key: &str| at[key].as_str().map(str::to_owned);
    let number = |key: &str| at[key].as_u64().map(|n| n.to_string());
    let labelled =
        |label: &str, value: Option<String>| value.map(|value| format!("{label} {value}"));
    let parts: Vec<Option<String>> = match at["kind"].as_str().unwrap_or_default() {
        "text" => vec![labelled(word("rad", "line"), number("line")), field(at, language)],
        "cell" => vec![
            labelled(word("blad", "sheet"), text("sheet")),
            labelled(word("cell", "cell"), text("cell")),
            field(at, language),
        ],
        "page" => vec![labelled(word("sida", "page"), number("page")), field(at, language)],
        "paragraph" => vec![labelled(word("stycke", "paragraph"), number("index")), part(at)],
        "slide" => vec![labelled(word("bild", "slide"), number("slide")), part(at)],
        "mail" => vec![
            labelled(word("brevhuvud", "header"), text("field")),
            labelled(word("rad", "line"), number("line")),
        ],
        "row" => vec![
            labelled(word("tabell", "table"), text("table")),
            Some(key(&at["key"])),
            labelled(word("kolumn", "column"), text("column")),
            labelled(word("del", "part"), text("pointer")),
        ],
        "metadata" => vec![labelled(word("dokumentegenskap", "document property"), text("field"))],
        "name" => vec![Some(
            word("filens eller mappens namn", "the name of the file or folder").to_owned(),
        )],
        _ => Vec::new(),
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn field(at: &Value, language: Language) -> Option<String> {
    let label = if language == Language::Swedish { "fält" } else { "field" };
    at["field"].as_str().map(|field| format!("{label} {field}"))
}

fn part(at: &Value) -> Option<String> {
    at["part"].as_str().filter(|part| *part != "body").map(str::to_owned)
}

/// `id 7`.
fn key(key: &Value) -> String {
    let columns = key.as_object().into_iter().flatten();
    let columns = columns.map(|(name, value)| {
        format!("{name} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    });
    columns.collect::<Vec<_>>().join(", ")
}

/// The steps into containers: `bilaga a.pdf`.
#[must_use]
pub fn inside(inside: &Value) -> Vec<String> {
    let step = |step: &Value| match (step["name"].as_str(), step["index"].as_u64()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(n)) => {
            format!("{} {n}", step["kind"].as_str().unwrap_or_default().replace('_', " "))
        }
        _ => step["kind"].as_str().unwrap_or_default().replace('_', " "),
    };
    inside.as_array().into_iter().flatten().map(step).collect()
}
