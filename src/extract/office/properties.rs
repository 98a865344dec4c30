//! What a document says of itself: author, title, company, and what people add.

use super::part::{self, Handler, Tag};
use super::relations::{self, Relation};
use crate::extract::RecordBuilder;
use crate::extract::document::Failure;
use crate::extract::zip::Archive;
use crate::model::{Flow, Place, Ruler, Sink};

/// Kinds of relationships to parts that hold properties.
const PARTS: [&str; 3] = ["core-properties", "extended-properties", "custom-properties"];

/// Elements of those parts that count or name what is in the document.
const COUNTS: [&str; 17] = [
    "created",
    "modified",
    "revision",
    "lastPrinted",
    "Template",
    "TotalTime",
    "Pages",
    "Words",
    "Characters",
    "Lines",
    "Paragraphs",
    "AppVersion",
    "CharactersWithSpaces",
    "DocSecurity",
    "TitlesOfParts",
    "HeadingPairs",
    "Application",
];

/// Reads the properties of an Office Open XML document.
pub(super) fn office(
    archive: &mut Archive<'_>,
    document: &[Relation],
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut flow = Flow::Continue;
    for name in PARTS.iter().flat_map(|kind| relations::targets(document, kind)) {
        let mut properties = Properties::new(sink);
        flow = part::read(archive, name, &mut properties)?.unwrap_or(Flow::Continue);
    }
    Ok(flow)
}

/// Reads the properties of an OpenDocument file.
pub(super) fn open_document(
    archive: &mut Archive<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut properties = Properties { odf: true, ..Properties::new(sink) };
    Ok(part::read(archive, "meta.xml", &mut properties)?.unwrap_or(Flow::Continue))
}

/// Hands on one property.
pub(in crate::extract) fn property(field: &str, value: &str, sink: &mut dyn Sink) -> Flow {
    let mut builder = RecordBuilder::new(Ruler::default());
    builder.begin_fixed(field, Place::Metadata { field: field.to_owned() });
    builder.absent(value.trim().as_bytes());
    builder.push_to(sink)
}

struct Properties<'s> {
    sink: &'s mut dyn Sink,
    odf: bool,
    /// The property that holds the value, where it has a name of its own.
    named: Option<String>,
    /// The element at hand and its text.
    element: String,
    text: String,
}

impl<'s> Properties<'s> {
    fn new(sink: &'s mut dyn Sink) -> Properties<'s> {
        let (element, text) = Default::default();
        Properties { sink, odf: false, named: None, element, text }
    }

    fn field(&self) -> String {
        match (self.element.as_str(), self.odf) {
            _ if self.named.is_some() => self.named.clone().unwrap_or_default(),
            ("creator", false) | ("initial-creator", _) => "author".to_owned(),
            ("creator", true) => "last_modified_by".to_owned(),
            (element, _) => snake_case(element),
        }
    }
}

impl Handler for Properties<'_> {
    fn start(&mut self, tag: &Tag<'_>) -> Flow {
        self.element = tag.name().to_owned();
        self.text.clear();
        if matches!(tag.name(), "property" | "user-defined") {
            self.named = tag.attribute("name");
        }
        Flow::Continue
    }

    fn end(&mut self, name: &str) -> Flow {
        let counted = self.named.is_none() && COUNTS.contains(&self.element.as_str())
            || self.odf
                && matches!(name, "generator" | "creation-date" | "date" | "editing-cycles");
        let flow = match self.text.trim().is_empty() || counted {
            true => Flow::Continue,
            false => property(&self.field(), &self.text, self.sink),
        };
        self.text.clear();
        if matches!(name, "property" | "user-defined") {
            self.named = None;
        }
        flow
    }

    fn text(&mut self, text: &str) -> Flow {
        self.text.push_str(text);
        Flow::Continue
    }
}

/// `lastModifiedBy` and `print-date` as `last_modified_by` and `print_date`.
pub(in crate::extract) fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '-' => out.push('_'),
            c if c.is_ascii_uppercase() && !out.is_empty() => {
                out.push('_');
                out.push(c.to_ascii_lowercase());
            }
            c => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}
