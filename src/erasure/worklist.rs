//! The work list for those who erase in files and documents: a table for Excel, and a page.

use super::operation::{Action, Operation, Safety};
use super::plan::Plan;
use crate::model::Language;
use crate::subject::page::{self, escape};
use crate::subject::place;

/// The list as CSV, for Excel in Sweden.
#[must_use]
pub fn csv(plan: &Plan, language: Language) -> String {
    let mut out = page::BOM.to_owned() + &page::row(head(language));
    for operation in &plan.operations {
        let cells = cells(operation, plan, language);
        out.push_str(&page::row(cells.iter().map(String::as_str)));
    }
    out
}

/// The list as a page.
#[must_use]
pub fn html(plan: &Plan, language: Language) -> String {
    let sv = language == Language::Swedish;
    let title = if sv { "Arbetslista för radering" } else { "Work list for an erasure" };
    let head: String = head(language)
        .iter()
        .map(|cell| format!("<th scope=\"col\">{}</th>", escape(cell)))
        .collect();
    let row = |operation: &Operation| {
        let cells = cells(operation, plan, language);
        format!(
            "<tr>{}</tr>\n",
            cells.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect::<String>()
        )
    };
    let rows: String = plan.operations.iter().map(row).collect();
    let unread = plan.unread.len();
    let note = match (sv, unread) {
        (_, 0) => String::new(),
        (true, n) => format!(
            "<p>{n} filer eller delar av filer kunde inte läsas. Personen kan finnas där också.</p>\n"
        ),
        (false, n) => format!(
            "<p>{n} files or parts of files could not be read. The person may stand there too.</p>\n"
        ),
    };
    let body = format!(
        "<h1>{}</h1>\n{note}<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        escape(title)
    );
    page::page(if sv { "sv" } else { "en" }, title, &body)
}

fn head(language: Language) -> [&'static str; 8] {
    match language {
        Language::Swedish => {
            ["Nr", "Källa", "Fil", "Var", "Byte", "Åtgärd", "Värde", "Att tänka på"]
        }
        Language::English => {
            ["No", "Source", "File", "Where", "Bytes", "What to do", "Value", "Mind"]
        }
    }
}

fn cells(operation: &Operation, plan: &Plan, language: Language) -> [String; 8] {
    let location = &operation.location;
    let source = plan.sources.iter().find(|s| s["id"] == location["source"]);
    let root = source.and_then(|s| s["root"].as_str()).unwrap_or_default().to_owned();
    let mut path = vec![location["path"].as_str().unwrap_or_default().to_owned()];
    path.extend(place::inside(&location["inside"]));
    let places: Vec<String> =
        operation.expected.iter().map(|e| place::describe(&e.at, language)).collect();
    let bytes = operation.expected.iter().filter_map(|e| {
        Some(format!("{}-{}", e.at["byte_start"].as_u64()?, e.at["byte_end"].as_u64()?))
    });
    let values: Vec<String> = operation.expected.iter().map(|e| e.masked.clone()).collect();
    [
        operation.number.to_string(),
        root,
        path.join(" > "),
        distinct(places).join("; "),
        bytes.collect::<Vec<_>>().join("; "),
        action(operation.action, language).to_owned(),
        distinct(values).join("; "),
        mind(operation, language),
    ]
}

fn distinct(mut list: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|item| seen.insert(item.clone()));
    list
}

fn mind(operation: &Operation, language: Language) -> String {
    let sv = language == Language::Swedish;
    let safety = match (operation.safety, sv) {
        (Safety::Automatic, true) => "exakt plats",
        (Safety::Automatic, false) => "exact place",
        (Safety::Review, true) => "titta först",
        (Safety::Review, false) => "look first",
        (Safety::Manual, true) => "för hand",
        (Safety::Manual, false) => "by hand",
    };
    let mut parts = vec![safety.to_owned()];
    parts.extend(operation.because.iter().map(|reason| reason_in(reason, language).to_owned()));
    for against in &operation.against {
        let until =
            against.until.as_deref().unwrap_or(if sv { "tills vidare" } else { "further notice" });
        let lead = if sv { "VÄNTA till" } else { "WAIT until" };
        parts.push(format!("{lead} {until}: {}: {}", against.what, against.reason));
    }
    parts.join("; ")
}

/// The plan's reasons in the list's language.
fn reason_in(reason: &str, language: Language) -> &str {
    if language == Language::English {
        return reason;
    }
    match reason {
        "the table has no key of its own: rows may have moved" => {
            "tabellen saknar nyckel: rader kan ha flyttats"
        }
        "text of a page is only gone when the document is made anew" => {
            "texten är borta först när dokumentet görs om"
        }
        "it lies in an archive, which must be packed again" => {
            "ligger i ett arkiv som måste packas om"
        }
        "it lies inside another document or mail" => "ligger inuti ett annat dokument eller mejl",
        "data of other persons stands there too" => "här står även andra personers uppgifter",
        "it is not sure that this is the person" => "inte säkert att det är personen",
        other => other,
    }
}

/// What is done, in words.
#[must_use]
pub fn action(action: Action, language: Language) -> &'static str {
    let (sv, en) = match action {
        Action::DeleteRow => ("ta bort raden (SQL-skriptet)", "delete the row (the SQL script)"),
        Action::SetNull => ("töm värdena (SQL-skriptet)", "empty the values (the SQL script)"),
        Action::EditValue => ("ta bort uppgiften ur JSON-värdet", "take it out of the JSON value"),
        Action::DeleteTableRow => ("ta bort raden", "delete the row"),
        Action::ClearCell => ("töm cellen", "clear the cell"),
        Action::RemoveText => ("ta bort texten", "remove the text"),
        Action::RemoveParagraph => ("ta bort uppgiften ur stycket", "remove it from the paragraph"),
        Action::RemoveFromSlide => ("ta bort uppgiften från bilden", "remove it from the slide"),
        Action::RedactPage => (
            "ta bort uppgiften från sidan, täck inte bara över den",
            "remove it from the page, do not only cover it",
        ),
        Action::DeleteMessage => ("radera meddelandet", "delete the message"),
        Action::ClearProperty => ("töm dokumentegenskapen", "clear the document property"),
        Action::RenameOrDelete => ("radera eller byt namn", "delete it or give it another name"),
    };
    if language == Language::Swedish { sv } else { en }
}
