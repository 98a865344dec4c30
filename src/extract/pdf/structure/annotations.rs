//! Notes, comments and links on the pages (ISO 32000-2, 12.5). Fields of forms are annotations too;
//! `fields` tells them.

use hayro_syntax::object::dict::keys::{SUBTYPE, T};
use hayro_syntax::object::{Dict, Name, String as PdfString};

use super::Open;
use super::sheets::Sheet;
use super::strings::text;
use crate::extract::RecordBuilder;
use crate::model::{Flow, PagePart, Ruler, Sink};

/// What of an annotation is text for people, and what it is.
const TEXTS: [(&[u8], &str); 4] =
    [(b"Contents", ""), (T, "author"), (b"Subj", "subject"), (b"OverlayText", "")];

/// Tells what the notes say and who wrote them, and addresses behind links.
pub(super) fn tell(open: &Open<'_>, sink: &mut dyn Sink) -> Flow {
    for sheet in open.sheets.iter() {
        for annotation in sheet.annotations() {
            if tell_one(open, sheet, &annotation, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
    }
    Flow::Continue
}

fn tell_one(open: &Open<'_>, sheet: Sheet<'_>, annotation: &Dict<'_>, sink: &mut dyn Sink) -> Flow {
    if annotation.get::<Name<'_>>(SUBTYPE).is_some_and(|kind| *kind == *b"Widget") {
        return Flow::Continue;
    }
    let place = sheet.place(annotation, PagePart::Annotation, None);
    let mut record = RecordBuilder::new(Ruler::default());
    let mut add = |label: &str, text: &str| {
        if !open.seen.tells(sheet.number, PagePart::Annotation, text) {
            record.begin_fixed(label, place.clone());
            record.absent(text.as_bytes());
        }
    };
    for (key, label) in TEXTS {
        if let Some(text) = text(annotation, key) {
            add(label, &text);
        }
    }
    // A link's address mostly stands on the page as well, under it.
    if let Some(address) = link(annotation).filter(|address| !open.seen.shows(address)) {
        add("", &address);
    }
    record.push_to(sink)
}

/// What a link leads to; of a mail or phone link the bare address.
fn link(annotation: &Dict<'_>) -> Option<String> {
    let action = annotation.get::<Dict<'_>>(b"A")?;
    let uri = super::strings::decode(action.get::<PdfString<'_>>(b"URI")?.as_bytes());
    let bare = ["mailto:", "tel:", "sms:"].iter().find_map(|scheme| {
        let (start, rest) = uri.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let uri = match bare {
        Some(rest) => rest.split('?').next().unwrap_or(rest),
        None => &uri,
    };
    (!uri.is_empty()).then(|| unescaped(uri))
}

/// An address with `%40` and the like as what they stand for (RFC 3986, 2.1).
fn unescaped(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let [first, after @ ..] = rest {
        let byte = match (first, after) {
            (b'%', [a, b, ..]) => nibble(*a).zip(nibble(*b)).map(|(a, b)| a * 16 + b),
            _ => None,
        };
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_addresses_are_resolved() {
        let check = |uri, want| assert_eq!(unescaped(uri), want);
        check("eva%40example.com", "eva@example.com");
        check("a%C3%A5%2", "aå%2");
        check("100%", "100%");
        check("%zz", "%zz");
    }
}
