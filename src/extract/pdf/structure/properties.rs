//! What a document says of itself: its information dictionary (ISO 32000-2, 14.3.3) and its XMP.

use hayro_syntax::object::dict::keys::METADATA;
use hayro_syntax::object::{Dict, Object, ObjectIdentifier, Stream};

use super::strings::decode;
use super::{Open, xml};
use crate::extract::office::properties::{property, snake_case};
use crate::model::{Flow, Sink};

/// Properties that name programs, times and versions.
const TECHNICAL: [&str; 30] = [
    "producer",
    "creator_tool",
    "creation_date",
    "mod_date",
    "trapped",
    "create_date",
    "modify_date",
    "metadata_date",
    "document_id",
    "instance_id",
    "original_document_id",
    "version_id",
    "rendition_class",
    "format",
    "part",
    "conformance",
    "pdfversion",
    "amd",
    "rev",
    "when",
    "software_agent",
    "action",
    "changed",
    "parameters",
    "source_modified",
    "ptexfullbanner",
    "gts_pdfxversion",
    "gts_pdfxconformance",
    "n_pages",
    "about",
];

/// Tells the properties. What XMP says again is told once.
pub(super) fn tell(open: &Open<'_>, sink: &mut dyn Sink) -> Flow {
    let info = information(open);
    if info.is_none() && tell_known(open, sink) == Flow::Stop {
        return Flow::Stop;
    }
    if let Some(info) = info {
        for (key, _) in info.entries() {
            let Some(Object::String(value)) = info.get::<Object<'_>>(&*key) else { continue };
            let value = decode(value.as_bytes());
            // Here `Creator` is a program; in XMP it is a person.
            let is_program = &*key == b"Creator";
            if !is_program && tell_one(open, key.as_str(), &value, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
    }
    let Some(stream) = open.catalog.get::<Stream<'_>>(METADATA) else { return Flow::Continue };
    let Ok(xmp) = stream.decoded_data() else { return Flow::Continue };
    xml::values(&xmp, &mut |name, value| tell_one(open, name, value, sink))
}

fn tell_one(open: &Open<'_>, name: &str, value: &str, sink: &mut dyn Sink) -> Flow {
    let field = match snake_case(name).as_str() {
        "creator" => "author".to_owned(),
        "description" => "subject".to_owned(),
        field => field.to_owned(),
    };
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let is_technical = TECHNICAL.contains(&field.as_str()) || field.starts_with("xmlns");
    if is_technical || value.is_empty() || open.note(&format!("{field}={value}")) {
        return Flow::Continue;
    }
    property(&field, value, sink)
}

/// Tells the properties that the parser knows: of a dictionary that is no object of its own.
fn tell_known(open: &Open<'_>, sink: &mut dyn Sink) -> Flow {
    let known = open.pdf.metadata();
    let all = [
        ("title", &known.title),
        ("author", &known.author),
        ("subject", &known.subject),
        ("keywords", &known.keywords),
    ];
    for (name, value) in all {
        let value = value.as_deref().map(decode).unwrap_or_default();
        if tell_one(open, name, &value, sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// The information dictionary. The parser keeps its trailer to itself and gives six of the
/// properties; the others are the user's own. Trailers are never compressed or encrypted.
fn information<'d>(open: &Open<'d>) -> Option<Dict<'d>> {
    let bytes: &'d [u8] = open.bytes;
    let mut all = memchr::memmem::rfind_iter(bytes, b"/Info");
    let found = all.find_map(|at| reference(&bytes[at + 5..]))?;
    open.pdf.xref().get::<Dict<'d>>(found)
}

/// `12 0 R` at the start of some bytes.
pub(super) fn reference(bytes: &[u8]) -> Option<ObjectIdentifier> {
    let near = &bytes[..bytes.len().min(40)];
    let text = std::str::from_utf8(&near[..near.iter().position(|&b| b == b'R')?]).ok()?;
    let mut numbers = text.split_ascii_whitespace();
    let id = ObjectIdentifier::new(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    numbers.next().is_none().then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read() {
        let id = |n| Some(ObjectIdentifier::new(n, 0));
        let check = |bytes: &[u8], want| assert_eq!(reference(bytes), want, "{bytes:?}");
        check(b" 12 0 R/ID", id(12));
        check(b"\r\n7\n0\nR>>", id(7));
        check(b" << /Author (R) >>", None);
        check(b"rmation R", None);
        check(b" 1 0", None);
    }
}
