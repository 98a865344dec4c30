//! XFA forms: XML that some programs show instead of the pages.

use hayro_syntax::object::{Array, Dict, Object, Stream};

use super::{Open, xml};
use crate::extract::RecordBuilder;
use crate::model::{Flow, PagePart, Place, Ruler, Sink};

/// Packets that hold no more than how the form looks and works.
const TECHNICAL: [&[u8]; 6] =
    [b"config", b"localeSet", b"connectionSet", b"stylesheet", b"preamble", b"postamble"];

/// A record of values is handed over when it is this large, in bytes.
const LARGEST: usize = 64 * 1024;

/// Tells the values of a form that the form's fields did not tell.
pub(super) fn tell(open: &Open<'_>, form: &Dict<'_>, sink: &mut dyn Sink) -> Flow {
    for packet in packets(form) {
        let Ok(data) = packet.decoded_data() else { continue };
        let mut record = RecordBuilder::new(Ruler::default());
        let flow = xml::values(&data, &mut |name, value| {
            // Script and formatting of the template is no text for people.
            if matches!(name, "script" | "picture" | "calculate" | "validate") || open.note(value) {
                return Flow::Continue;
            }
            let (field, part) = (Some(name.to_owned()), Some(PagePart::Xfa));
            record.begin_fixed(name, Place::Page { page: 1, field, rect: None, part });
            record.absent(value.as_bytes());
            if record.len() < LARGEST { Flow::Continue } else { record.push_to(sink) }
        });
        if flow == Flow::Stop || record.push_to(sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// The form's packets: names and streams by turns, or one stream that holds them all.
fn packets<'d>(form: &Dict<'d>) -> Vec<Stream<'d>> {
    match form.get::<Object<'d>>(b"XFA") {
        Some(Object::Stream(whole)) => vec![whole],
        Some(Object::Array(packets)) => named(&packets),
        _ => Vec::new(),
    }
}

fn named<'d>(packets: &Array<'d>) -> Vec<Stream<'d>> {
    let mut found = Vec::new();
    let mut technical = false;
    for item in packets.iter::<Object<'d>>() {
        match item {
            Object::String(name) => technical = TECHNICAL.contains(&name.as_bytes()),
            Object::Stream(packet) if !technical => found.push(packet),
            _ => {}
        }
    }
    found
}
