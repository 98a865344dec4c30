//! Places in words, for people who look for them.

use std::fmt::Write as _;

use super::object::{At, Location, Step};
use crate::model::Language;

impl Location {
    /// The path with the steps into it, such as `a.zip › b/c.xlsx`; a table in a database.
    #[must_use]
    pub fn thing(&self) -> String {
        let table = match &self.at {
            Some(At::Row { table, .. }) => Some(table.as_str()),
            _ => None,
        };
        let outer = self.path.as_deref().or(table).unwrap_or("");
        let mut out = outer.to_owned();
        for step in &self.inside {
            let _ = write!(out, " \u{203A} {}", step.words());
        }
        out
    }

    /// The table that a finding of a database stands in, or that holds the document it stands in.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        let blob = self.inside.iter().find_map(|step| step.table.as_deref());
        match &self.at {
            Some(At::Row { table, .. }) if self.path.is_none() => blob.or(Some(table)),
            _ => blob,
        }
    }

    /// The name of the field, column or header that a finding stands under.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self.at.as_ref()? {
            At::Text { field, .. }
            | At::Cell { field, .. }
            | At::Page { field, .. }
            | At::Mail { field, .. } => field.as_deref(),
            At::Row { column, .. } => column.as_deref(),
            At::Metadata { field } => Some(field),
            _ => None,
        }
    }

    /// The place in the innermost document in a few words, such as `line 17, Personnr`.
    #[must_use]
    pub fn spot(&self, language: Language) -> String {
        self.at.as_ref().map_or_else(String::new, |at| at.words(language))
    }
}

impl Step {
    fn words(&self) -> String {
        match (&self.name, self.index, &self.table) {
            (Some(column), _, Some(table)) => {
                format!("{table}.{column}{}", key_words(&self.key))
            }
            (Some(name), Some(index), None) => format!("{name} ({index})"),
            (Some(name), None, None) => name.clone(),
            (None, index, _) => format!("#{}", index.unwrap_or_default()),
        }
    }
}

impl At {
    fn words(&self, language: Language) -> String {
        let say = |english, swedish| language.pick(english, swedish);
        let (place, more) = match self {
            At::Text { line, field, .. } => {
                (format!("{} {line}", say("line", "rad")), field.as_deref())
            }
            At::Cell { sheet, cell, field, part } => {
                (join(&[Some(sheet), cell.as_deref(), part.as_deref()]), field.as_deref())
            }
            At::Page { page, field, part } => {
                let page = page.map(|page| format!("{} {page}", say("page", "sida")));
                (join(&[page.as_deref(), part.as_deref()]), field.as_deref())
            }
            At::Paragraph { part, index } => {
                let paragraph = format!("{} {index}", say("paragraph", "stycke"));
                (join(&[Some(&paragraph), Some(part).filter(|p| *p != "body").map(|p| &**p)]), None)
            }
            At::Slide { slide, part } => {
                let slide = format!("{} {slide}", say("slide", "bild"));
                (join(&[Some(&slide), Some(part).filter(|p| *p != "body").map(|p| &**p)]), None)
            }
            At::Mail { part, field, line } => {
                let line = line.map(|line| format!("{} {line}", say("line", "rad")));
                (join(&[Some(part), line.as_deref()]), field.as_deref())
            }
            At::Row { column, key, pointer, part, .. } => {
                let row = format!("{}{}", say("row", "rad"), key_words(key));
                (join(&[Some(&row), column.as_deref(), part.as_deref()]), pointer.as_deref())
            }
            At::Metadata { field } => {
                (say("property", "egenskap").to_owned(), Some(field.as_str()))
            }
            At::Name => (say("the name itself", "själva namnet").to_owned(), None),
            At::Other => (say("another place", "annan plats").to_owned(), None),
        };
        join(&[Some(&place), more])
    }
}

fn join(parts: &[Option<&str>]) -> String {
    let parts: Vec<&str> =
        parts.iter().flatten().copied().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// ` id=7, ort=Ö`.
fn key_words(key: &std::collections::BTreeMap<String, String>) -> String {
    let pairs: Vec<String> =
        key.iter().map(|(column, value)| format!("{column}={}", value.trim_matches('"'))).collect();
    if pairs.is_empty() { String::new() } else { format!(" {}", pairs.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(location: &str, thing: &str, english: &str, swedish: &str) {
        let location: Location = serde_json::from_str(location).unwrap();
        assert_eq!(location.thing(), thing);
        assert_eq!(location.spot(Language::English), english);
        assert_eq!(location.spot(Language::Swedish), swedish);
    }

    #[test]
    fn places_read_well() {
        check(
            r#"{"source":"s","path":"a.csv","at":{"kind":"text","line":17,"column":2,"byte_start":1,"byte_end":2,"field":"Personnr"}}"#,
            "a.csv",
            "line 17, Personnr",
            "rad 17, Personnr",
        );
        check(
            r#"{"source":"s","path":"a.zip","inside":[{"kind":"archive_entry","name":"b.xlsx"}],"at":{"kind":"cell","sheet":"Deltagare","cell":"C14","field":"Personnr"}}"#,
            "a.zip › b.xlsx",
            "Deltagare, C14, Personnr",
            "Deltagare, C14, Personnr",
        );
        check(
            r#"{"source":"db","at":{"kind":"row","table":"kund","column":"namn","key":{"id":7}}}"#,
            "kund",
            "row id=7, namn",
            "rad id=7, namn",
        );
        check(
            r#"{"source":"s","path":"a.mbox","inside":[{"kind":"mail_message","index":3}],"at":{"kind":"mail","part":"header","field":"From"}}"#,
            "a.mbox › #3",
            "header, From",
            "header, From",
        );
        check(
            r#"{"source":"s","path":"a","at":{"kind":"name"}}"#,
            "a",
            "the name itself",
            "själva namnet",
        );
    }

    #[test]
    fn fields_and_tables() {
        let check = |location: &str, field: Option<&str>, table: Option<&str>| {
            let location: Location = serde_json::from_str(location).unwrap();
            assert_eq!((location.field(), location.table()), (field, table));
        };
        check(
            r#"{"source":"db","at":{"kind":"row","table":"kund","column":"namn","key":{}}}"#,
            Some("namn"),
            Some("kund"),
        );
        check(
            r#"{"source":"db","inside":[{"kind":"blob","name":"fil","table":"bilaga","key":{"id":1}}],"at":{"kind":"page","page":1}}"#,
            None,
            Some("bilaga"),
        );
    }
}
