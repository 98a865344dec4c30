//! Where something is: the steps into containers and the place in the innermost document.
//!
//! Typed, never a string that would have to be parsed again. The JSON forms are those of the
//! contract's tables `inside` and `location.at`.

use base64::Engine as _;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// The name of a file, a folder or an entry, exactly as stored.
///
/// Most names are Unicode; one that is not is shown with U+FFFD and kept in base64 beside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileName(Vec<u8>);

impl FileName {
    /// A name from its stored bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> FileName {
        FileName(bytes.into())
    }

    /// The stored bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name as Unicode, with U+FFFD for what is none.
    #[must_use]
    pub fn display(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The exact bytes in base64, for names that are not Unicode.
    #[must_use]
    pub fn exact(&self) -> Option<String> {
        std::str::from_utf8(&self.0)
            .is_err()
            .then(|| base64::engine::general_purpose::STANDARD.encode(&self.0))
    }

    /// Writes the name as `key`, and as `key_bytes` where it is not Unicode.
    fn write<M: SerializeMap>(&self, map: &mut M, key: &'static str) -> Result<(), M::Error> {
        map.serialize_entry(key, &self.display())?;
        match self.exact() {
            Some(exact) => map.serialize_entry(&format!("{key}_bytes"), &exact),
            None => Ok(()),
        }
    }
}

/// One step into a container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A member of an archive; `index` where a name stands twice.
    ArchiveEntry {
        /// The member's name.
        name: FileName,
        /// Which of the members of that name, from 1.
        index: Option<u32>,
    },
    /// A message of an mbox or pst, from 1.
    MailMessage {
        /// Which message.
        index: u32,
    },
    /// A mail's attachment.
    Attachment {
        /// Its file name.
        name: FileName,
    },
    /// A file inside a document.
    Embedded {
        /// Its name, where it has one.
        name: Option<FileName>,
        /// Its number, where it has no name.
        index: Option<u32>,
    },
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Step::ArchiveEntry { name, index } => {
                map.serialize_entry("kind", "archive_entry")?;
                name.write(&mut map, "name")?;
                if let Some(index) = index {
                    map.serialize_entry("index", index)?;
                }
            }
            Step::MailMessage { index } => {
                map.serialize_entry("kind", "mail_message")?;
                map.serialize_entry("index", index)?;
            }
            Step::Attachment { name } => {
                map.serialize_entry("kind", "attachment")?;
                name.write(&mut map, "name")?;
            }
            Step::Embedded { name, index } => {
                map.serialize_entry("kind", "embedded")?;
                if let Some(name) = name {
                    name.write(&mut map, "name")?;
                }
                if let Some(index) = index {
                    map.serialize_entry("index", index)?;
                }
            }
        }
        map.end()
    }
}

/// A stretch of stored text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct TextPlace {
    /// Line of the first character, from 1.
    pub line: u64,
    /// Column of the first character, in Unicode scalar values from 1.
    pub column: u64,
    /// Offset of the first byte, from 0.
    pub byte_start: u64,
    /// Offset after the last byte.
    pub byte_end: u64,
    /// CSV header, column of an SQL dump, JSON pointer, XML path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A value of a key's column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum KeyValue {
    /// A whole number that JSON can hold, at most 2^53 from zero.
    Integer(i64),
    /// Anything else.
    Text(String),
}

fn as_object<S: Serializer>(key: &[(String, KeyValue)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(key.iter().map(|(column, value)| (column, value)))
}

/// The place in the innermost document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// The file's, folder's or entry's own name.
    Name,
    /// Text of any encoding.
    Text(TextPlace),
    /// A cell of a spreadsheet, or something that hangs on one.
    Cell {
        /// The sheet's name.
        sheet: String,
        /// The cell, such as `C14`; none for what belongs to the sheet as a whole.
        #[serde(skip_serializing_if = "Option::is_none")]
        cell: Option<String>,
        /// The column's header.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// What it is, where it is not the cell's own value.
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<&'static str>,
    },
    /// A paragraph of a text document.
    Paragraph {
        /// Which text it belongs to: `body`, `header`, `footnote` and so on.
        part: &'static str,
        /// Its number in that part, from 1.
        index: u32,
    },
    /// A slide of a presentation.
    Slide {
        /// Its number, from 1, in the order of showing.
        slide: u32,
        /// `body`, `notes`, `comment` or `chart`.
        part: &'static str,
    },
    /// A part of a mail.
    Mail {
        /// `header` or `body`.
        part: &'static str,
        /// The header's name.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// The line of the decoded body, from 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u64>,
    },
    /// A value of a row of a database.
    Row {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Columns of the key and their values.
        #[serde(serialize_with = "as_object")]
        key: Vec<(String, KeyValue)>,
        /// A JSON pointer inside a JSON value.
        #[serde(skip_serializing_if = "Option::is_none")]
        pointer: Option<String>,
    },
    /// Something on a page, or told of one.
    Page {
        /// Its number, from 1.
        page: u32,
        /// The header of the table's column, the form field's name.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// Where on the page.
        #[serde(skip_serializing_if = "Option::is_none")]
        rect: Option<PageRect>,
        /// What it is, where it is not the page's own content.
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<PagePart>,
    },
    /// A document property.
    Metadata {
        /// Its name, such as `author`.
        field: String,
    },
}

/// What something told of a page is, where it is not the page's own content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagePart {
    /// A note, a stamp, a link.
    Annotation,
    /// A field of a form.
    FormField,
    /// The document's outline, its bookmarks.
    Outline,
    /// A layer that is switched off.
    HiddenLayer,
    /// An XFA form.
    Xfa,
    /// An earlier revision of the document: what the current one no longer shows.
    Revision,
}

impl PagePart {
    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            PagePart::Annotation => "annotation",
            PagePart::FormField => "form_field",
            PagePart::Outline => "outline",
            PagePart::HiddenLayer => "hidden_layer",
            PagePart::Xfa => "xfa",
            PagePart::Revision => "revision",
        }
    }
}

/// A rectangle on a page, in tenths of a point from the top left of the page as it is shown: its
/// rotation is taken into account. Written as points: left, top, right, bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageRect {
    /// Its left edge.
    pub left: i32,
    /// Its upper edge.
    pub top: i32,
    /// Its right edge.
    pub right: i32,
    /// Its lower edge.
    pub bottom: i32,
}

impl PageRect {
    /// From points. What is no number is 0.
    #[must_use]
    pub fn of_points(left: f64, top: f64, right: f64, bottom: f64) -> PageRect {
        let tenths = |points: f64| (points * 10.0).round() as i32;
        PageRect {
            left: tenths(left),
            top: tenths(top),
            right: tenths(right),
            bottom: tenths(bottom),
        }
    }

    /// The smallest that holds both.
    #[must_use]
    pub fn around(self, other: PageRect) -> PageRect {
        PageRect {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

impl Serialize for PageRect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.left, self.top, self.right, self.bottom]
            .map(|tenths| f64::from(tenths) / 10.0)
            .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_unicode_are_kept_exactly() {
        let step = Step::Attachment { name: FileName::new(b"r\xE5d.txt".to_vec()) };
        let json = serde_json::to_string(&step).unwrap();
        assert_eq!(json, r#"{"kind":"attachment","name":"r�d.txt","name_bytes":"cuVkLnR4dA=="}"#);
    }

    #[test]
    fn places_have_the_form_of_the_contract() {
        let place = Place::Text(TextPlace {
            line: 3,
            column: 2,
            byte_start: 10,
            byte_end: 20,
            field: None,
        });
        assert_eq!(
            serde_json::to_string(&place).unwrap(),
            r#"{"kind":"text","line":3,"column":2,"byte_start":10,"byte_end":20}"#
        );
        assert_eq!(serde_json::to_string(&Place::Name).unwrap(), r#"{"kind":"name"}"#);
        let row = Place::Row {
            table: "kund".to_owned(),
            column: "namn".to_owned(),
            key: vec![
                ("id".to_owned(), KeyValue::Integer(7)),
                ("ort".to_owned(), KeyValue::Text("Ö".to_owned())),
            ],
            pointer: None,
        };
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"kind":"row","table":"kund","column":"namn","key":{"id":7,"ort":"Ö"}}"#
        );
        let page = Place::Page {
            page: 2,
            field: Some("Personnr".to_owned()),
            rect: Some(PageRect::of_points(72.04, 100.0, 140.26, 112.5)),
            part: Some(PagePart::FormField),
        };
        assert_eq!(
            serde_json::to_string(&page).unwrap(),
            r#"{"kind":"page","page":2,"field":"Personnr","rect":[72.0,100.0,140.3,112.5],"part":"form_field"}"#
        );
    }
}
