//! The places of a person as a page to read.

use serde_json::Value;

use super::gather::Gathered;
use super::page::{self, escape};
use super::place;
use crate::model::Language;
use crate::report::Summary;

/// The page. Values stand in it only where `plain` says so.
#[must_use]
pub fn page(gathered: &Gathered, summary: &Summary, language: Language, plain: bool) -> String {
    let sv = language == Language::Swedish;
    let say = |sv_text: &'static str, en_text: &'static str| if sv { sv_text } else { en_text };
    let title = say("Platser där personen finns", "Places where the person stands");
    let head = [
        say("Plats", "Place"),
        say("Var", "Where"),
        say("Slag", "Category"),
        say("Värde", "Value"),
        say("Samband", "Relation"),
        say("Säkerhet", "Confidence"),
    ];
    let cells = |tag: &str, cells: &[String]| -> String {
        let cells = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell)));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let head =
        cells("th scope=\"col\"", &head.map(str::to_owned)).replace("</th scope=\"col\">", "</th>");
    let shown = if plain { "plain" } else { "masked" };
    let row = |finding: &Value| {
        let location = &finding["location"];
        let mut path = vec![location["path"].as_str().unwrap_or_default().to_owned()];
        path.extend(place::inside(&location["inside"]));
        let relation = match (
            finding["attributes"]["relation"] == "linked",
            finding["attributes"]["shared"] == true,
        ) {
            (false, false) => say("eftersökt", "asked for"),
            (false, true) => say("eftersökt, bland andra", "asked for, among others"),
            (true, false) => say("i samma post", "same record"),
            (true, true) => say("i samma post, bland andra", "same record, among others"),
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        cells(
            "td",
            &[
                path.join(" › "),
                place::describe(&location["at"], language),
                text(&finding["category"]),
                text(&finding["value"][shown]),
                relation.to_owned(),
                text(&finding["confidence"]),
            ],
        )
    };
    let rows: String = gathered.findings.iter().map(row).collect();
    let unread: String = gathered
        .unread
        .iter()
        .map(|line| {
            let path = line["location"]["path"].as_str().unwrap_or_default();
            format!(
                "<li>{}: {}</li>\n",
                escape(path),
                escape(line["detail"].as_str().unwrap_or_default())
            )
        })
        .collect();
    let complete = match summary.is_complete() {
        true => {
            say("Allt som skulle läsas är läst.", "Everything that should have been read was read.")
        }
        false => say(
            "Allt kunde inte läsas; det som saknas står nedan.",
            "Not everything could be read; what is missing is listed below.",
        ),
    };
    let body = format!(
        "<h1>{}</h1>\n<p>{}</p>\n<table>\n<thead>{head}</thead>\n<tbody>\n{rows}</tbody>\n</table>\n<h2>{}</h2>\n<ul>\n{unread}</ul>\n",
        escape(title),
        escape(complete),
        escape(say("Inte läst", "Not read")),
    );
    page::page(if sv { "sv" } else { "en" }, title, &body)
}
