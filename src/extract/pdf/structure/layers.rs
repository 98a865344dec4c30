//! Layers that are switched off (ISO 32000-2, 8.11): what they would show.
//!
//! The interpreter leaves out what is hidden before anybody sees it. It is read again from a copy to
//! which, as an update, a catalog was added that knows of no layers.

use std::sync::Arc;

use hayro_syntax::object::dict::keys::OCPROPERTIES;
use hayro_syntax::object::{Array, Dict, Name};

use super::Open;
use super::properties::reference;
use super::retold::{Version, learn, tell_new};
use crate::model::{Flow, PagePart, Sink};

/// Tells what is hidden, if anything may be.
pub(super) fn tell(open: &Open<'_>, sink: &mut dyn Sink) -> Flow {
    let hides = open.catalog.get::<Dict<'_>>(OCPROPERTIES).is_some_and(|layers| may_hide(&layers));
    let Some(shown) = hides.then(|| without_layers(open)).flatten() else { return Flow::Continue };
    let mut known = Version::default();
    learn(open.bytes, open.password, &mut known);
    tell_new(&Arc::new(shown), open.password, PagePart::HiddenLayer, &mut known, sink)
}

fn may_hide(layers: &Dict<'_>) -> bool {
    let Some(config) = layers.get::<Dict<'_>>(b"D") else { return false };
    let base_off = config.get::<Name<'_>>(b"BaseState").is_some_and(|state| *state == *b"OFF");
    let off = config.get::<Array<'_>>(b"OFF").unwrap_or_default();
    base_off || off.raw_iter().next().is_some()
}

/// The document with one more update, in which there are no layers.
fn without_layers(open: &Open<'_>) -> Option<Vec<u8>> {
    let catalog = open.catalog.data();
    let key = memchr::memmem::find(catalog, b"/OCProperties")?;
    let mut copy = open.bytes.to_vec();
    let id = open.pdf.xref().root_id();
    let (number, generation) = (id.obj_number, id.gen_number);
    let previous = previous_table(&copy)?;
    copy.push(b'\n');
    let at = copy.len();
    copy.extend_from_slice(format!("{number} {generation} obj\n").as_bytes());
    copy.extend_from_slice(&catalog[..key]);
    copy.extend_from_slice(b"/NoProperties");
    copy.extend_from_slice(&catalog[key + "/OCProperties".len()..]);
    copy.extend_from_slice(b"\nendobj\n");
    let table = copy.len();
    let entry = format!("xref\n{number} 1\n{at:010} {generation:05} n \ntrailer\n<<");
    copy.extend_from_slice(entry.as_bytes());
    let size = open.pdf.len() + 1;
    let root = format!(" /Size {size} /Root {number} {generation} R /Prev {previous}");
    copy.extend_from_slice(root.as_bytes());
    copy.extend_from_slice(&protection(open.bytes));
    copy.extend_from_slice(format!(" >>\nstartxref\n{table}\n%%EOF\n").as_bytes());
    Some(copy)
}

/// Where the newest table of objects lies.
fn previous_table(bytes: &[u8]) -> Option<usize> {
    let at = memchr::memmem::rfind(bytes, b"startxref")? + "startxref".len();
    let digits = bytes[at..].trim_ascii_start();
    let end = digits.iter().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

/// What the newest trailer says of protection, to be said again.
fn protection(bytes: &[u8]) -> Vec<u8> {
    let mut said = Vec::new();
    let found = memchr::memmem::rfind(bytes, b"/Encrypt");
    let Some(id) = found.and_then(|at| reference(&bytes[at + "/Encrypt".len()..])) else {
        return said;
    };
    said.extend_from_slice(format!(" /Encrypt {} {} R", id.obj_number, id.gen_number).as_bytes());
    for at in memchr::memmem::rfind_iter(bytes, b"/ID") {
        let rest = &bytes[at + 3..bytes.len().min(at + 200)];
        let is_array = rest.trim_ascii_start().starts_with(b"[");
        if let Some(end) = memchr::memchr(b']', rest).filter(|_| is_array) {
            said.extend_from_slice(b" /ID");
            said.extend_from_slice(&rest[..=end]);
            break;
        }
    }
    said
}
