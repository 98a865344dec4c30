//! What a document says of itself: author, title, and what its writers added.

use super::package::{Package, Part};
use super::tags::Token;
use crate::extract::RecordBuilder;
use crate::extract::document::Failure;
use crate::model::{Flow, Place, Ruler, Sink};

/// Elements that hold people's words, and what they are called in places. Dates and counts are left
/// out. First those of Office Open XML (ECMA-376, part 2, 11; part 1, 22.2), then OpenDocument's (part
/// 3, 4.3).
const FIELDS: [(&[u8], &str); 14] = [
    (b"creator", "author"),
    (b"lastModifiedBy", "last_modified_by"),
    (b"title", "title"),
    (b"subject", "subject"),
    (b"description", "description"),
    (b"keywords", "keywords"),
    (b"category", "category"),
    (b"contentStatus", "content_status"),
    (b"Manager", "manager"),
    (b"Company", "company"),
    (b"HyperlinkBase", "hyperlink_base"),
    (b"initial-creator", "author"),
    (b"printed-by", "printed_by"),
    (b"keyword", "keywords"),
];

/// Reads those of an Office Open XML package.
pub(super) fn of_package(
    package: &mut Package<'_, '_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    for name in package.in_folder("docprops/") {
        let Some(mut part) = package.part(&name)? else { continue };
        if read(&mut part, &FIELDS, sink)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// Reads those of an OpenDocument.
pub(super) fn of_open_document(part: &mut Part<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut fields = FIELDS;
    // There the creator is who wrote last; the author is the first one.
    fields[0].1 = "last_modified_by";
    read(part, &fields, sink)
}

fn read(
    part: &mut Part<'_>,
    fields: &[(&[u8], &'static str)],
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut record = RecordBuilder::new(Ruler::default());
    while let Some(token) = part.next()? {
        let Token::Open(tag) = token else { continue };
        let known = fields.iter().find(|(own, _)| *own == tag.name).map(|(_, name)| *name);
        let field = match tag.name {
            b"property" | b"user-defined" => tag.text(b"name"),
            _ => known.map(str::to_owned),
        };
        let Some(field) = field.filter(|_| !tag.empty) else { continue };
        let mut text = Vec::new();
        part.text_of(&[], &mut text)?;
        let text = String::from_utf8_lossy(&text);
        if text.trim().is_empty() {
            continue;
        }
        record.begin_fixed(&field, Place::Metadata { field: field.clone() });
        record.absent(text.trim().as_bytes());
    }
    Ok(record.push_to(sink))
}
