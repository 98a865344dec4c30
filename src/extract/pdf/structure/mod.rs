//! What a PDF document holds beside its pages: forms, notes, bookmarks, properties, files, layers that
//! are switched off, earlier revisions.
//!
//! It is read through the same parser as the pages, object by object where it hangs: no second model
//! of the whole file is built.

mod annotations;
mod attachments;
mod fields;
mod layers;
mod outline;
mod properties;
mod retold;
mod revisions;
mod sheets;
pub(super) mod strings;
mod xfa;
mod xml;

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use hayro_syntax::Pdf;
use hayro_syntax::object::Dict;

use super::PageText;
use crate::extract::document::Failure;
use crate::model::{Flow, Problem, Reason, Sink};

use sheets::Sheets;

/// One part of a document.
type Part = fn(&Open<'_>, &mut dyn Sink) -> Flow;

/// The parts, in the order in which they are told.
static PARTS: [Part; 7] = [
    fields::tell,
    annotations::tell,
    outline::tell,
    properties::tell,
    layers::tell,
    revisions::tell,
    // Last: what unpacks to too much hides nothing then.
    attachments::tell,
];

/// An open document.
struct Open<'d> {
    bytes: &'d Arc<Vec<u8>>,
    /// What opened it; empty if nothing was needed.
    password: &'d str,
    pdf: &'d Pdf,
    catalog: Dict<'d>,
    sheets: Sheets<'d>,
    /// What was told of the pages.
    seen: &'d PageText,
    /// Values that were told of fields and properties: other parts say them again.
    told: RefCell<HashSet<String>>,
}

impl Open<'_> {
    /// Takes note of a value. Was it told before?
    fn note(&self, value: &str) -> bool {
        !self.told.borrow_mut().insert(value.to_owned())
    }
}

/// Tells what `document` holds that the pages did not show.
pub(super) fn sweep(
    document: &Arc<Vec<u8>>,
    password: &str,
    seen: &PageText,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    // What does not open was told of with the pages.
    let Ok(pdf) = Pdf::new_with_password(Arc::clone(document), password) else {
        return Ok(Flow::Continue);
    };
    if pdf.pages().is_empty() {
        let detail = "none of its pages can be found";
        if sink.problem(Problem::whole(Reason::Corrupt, detail)) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(tell(document, password, &pdf, seen, &PARTS, sink))
}

/// Tells some parts of a document.
fn tell(
    bytes: &Arc<Vec<u8>>,
    password: &str,
    pdf: &Pdf,
    seen: &PageText,
    parts: &[Part],
    sink: &mut dyn Sink,
) -> Flow {
    let catalog = pdf.xref().get(pdf.xref().root_id()).unwrap_or_default();
    let sheets = Sheets::of(pdf);
    let told = RefCell::default();
    let open = Open { bytes, password, pdf, catalog, sheets, seen, told };
    for part in parts {
        if part(&open, sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// Tells what can be compared with another revision: the parts but for files and what is derived.
fn tell_comparable(bytes: &Arc<Vec<u8>>, password: &str, pdf: &Pdf, sink: &mut dyn Sink) -> Flow {
    let seen = PageText::default();
    tell(bytes, password, pdf, &seen, &PARTS[..4], sink)
}
