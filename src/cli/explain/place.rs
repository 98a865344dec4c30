//! Places in words.

use std::fmt::Write as _;

use crate::cli::terminal::harmless;
use crate::model::{KeyValue, Language, Place, Step};

/// `file > member`, then the place in it.
pub(super) fn place_in(file: &str, inside: &[Step], place: &Place, language: Language) -> String {
    let mut out = file.to_owned();
    for step in inside {
        let _ = write!(out, " > {}", harmless(&step_name(step, language)));
    }
    let at = match place {
        Place::Name => format!(" ({})", language.pick("its name", "dess namn")),
        Place::Metadata { field } => format!(" ({})", harmless(field)),
        Place::Text(at) => format!(":{}:{}{}", at.line, at.column, named(at.field.as_deref())),
        Place::Cell { sheet, cell, field, part } => {
            let cell = cell.as_deref().unwrap_or("*");
            let part = part.map(|part| format!(" {part}")).unwrap_or_default();
            format!("  {}!{cell}{part}{}", harmless(sheet), named(field.as_deref()))
        }
        Place::Paragraph { part, index } => {
            format!("  {part}, {} {index}", language.pick("paragraph", "stycke"))
        }
        Place::Slide { slide, part } => {
            format!("  {} {slide}, {part}", language.pick("slide", "bild"))
        }
        Place::Mail { part, field, line } => {
            let line = line.map(|n| format!(":{n}")).unwrap_or_default();
            format!("  {part}{line}{}", named(field.as_deref()))
        }
        Place::Page { page, field, part, .. } => {
            let part = part.map(|part| format!(" {}", part.id())).unwrap_or_default();
            format!("  {} {page}{part}{}", language.pick("page", "sida"), named(field.as_deref()))
        }
        Place::Row { table, column, key, pointer } => {
            let key: Vec<String> = key.iter().map(|(name, value)| column_is(name, value)).collect();
            let key = harmless(&key.join(", "));
            format!(
                "  {}.{} [{key}]{}",
                harmless(table),
                harmless(column),
                named(pointer.as_deref())
            )
        }
    };
    out + &at
}

fn named(field: Option<&str>) -> String {
    field.map(|field| format!(" ({})", harmless(field))).unwrap_or_default()
}

fn column_is(name: &str, value: &KeyValue) -> String {
    match value {
        KeyValue::Integer(n) => format!("{name}={n}"),
        KeyValue::Text(text) => format!("{name}={text}"),
    }
}

fn step_name(step: &Step, language: Language) -> String {
    match step {
        Step::ArchiveEntry { name, index: Some(n) } => format!("{} ({n})", name.display()),
        Step::ArchiveEntry { name, index: None } | Step::Attachment { name } => {
            name.display().into_owned()
        }
        Step::MailMessage { index } => format!("{} {index}", language.pick("message", "brev")),
        Step::Embedded { name: Some(name), .. } => name.display().into_owned(),
        Step::Embedded { name: None, index } => {
            let number = index.map(|n| format!(" {n}")).unwrap_or_default();
            format!("{}{number}", language.pick("embedded file", "inbäddad fil"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileName, PagePart};

    fn check(inside: &[Step], place: &Place, language: Language, want: &str) {
        assert_eq!(place_in("a.zip", inside, place, language), want);
    }

    #[test]
    fn places_are_told_in_words() {
        let member = [Step::ArchiveEntry { name: FileName::new(&b"x/b.xlsx"[..]), index: None }];
        let cell = Place::Cell {
            sheet: "Deltagare".to_owned(),
            cell: Some("C14".to_owned()),
            field: Some("Personnr".to_owned()),
            part: None,
        };
        check(&member, &cell, Language::English, "a.zip > x/b.xlsx  Deltagare!C14 (Personnr)");
        let paragraph = Place::Paragraph { part: "footnote", index: 2 };
        check(&[], &paragraph, Language::Swedish, "a.zip  footnote, stycke 2");
        let message = [Step::MailMessage { index: 3 }];
        let body = Place::Mail { part: "body", field: None, line: Some(4) };
        check(&message, &body, Language::English, "a.zip > message 3  body:4");
        let row = Place::Row {
            table: "kund".to_owned(),
            column: "namn".to_owned(),
            key: vec![("id".to_owned(), KeyValue::Integer(7))],
            pointer: None,
        };
        check(&[], &row, Language::English, "a.zip  kund.namn [id=7]");
        let field = Place::Page {
            page: 2,
            field: Some("Telefon".to_owned()),
            rect: None,
            part: Some(PagePart::FormField),
        };
        check(&[], &field, Language::Swedish, "a.zip  sida 2 form_field (Telefon)");
        check(&[], &Place::Name, Language::Swedish, "a.zip (dess namn)");
    }
}
