//! PDF documents: the text of their pages, and what else such a file holds.
//!
//! `page` reads what the pages show and tells where on them it stands. `structure` reads the rest:
//! forms, notes, bookmarks, properties, attachments, layers that are switched off, earlier revisions.
//! What the pages show is told once: [`PageText`] knows what was told.

mod page;
mod protection;
mod structure;

use std::sync::Arc;

use super::document::{Document, Failure};
use crate::model::{Flow, Sink};

pub(in crate::extract) use page::PageText;

/// Something else may stand before the first line of such a document.
const BEFORE: usize = 1024;

/// Is it such a document?
pub(super) fn looks_like(head: &[u8], name: &[u8]) -> bool {
    let near = &head[..head.len().min(BEFORE)];
    let Some(at) = memchr::memmem::find(near, b"%PDF-") else { return false };
    let named = name.len() >= 4 && name[name.len() - 4..].eq_ignore_ascii_case(b".pdf");
    at == 0 || named || near[..at].trim_ascii().is_empty()
}

/// Reads its pages, then the rest of it.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let bytes = Arc::new(document.into_bytes()?);
    let password = protection::password(&bytes);
    let mut seen = PageText::default();
    let pages = page::extract(&bytes, &password, &mut seen, sink);
    if matches!(pages, Ok(Flow::Stop)) {
        return pages;
    }
    let rest = structure::sweep(&bytes, &password, &seen, sink);
    match (pages?, rest?) {
        (Flow::Continue, Flow::Continue) => Ok(seen.tell_unread(sink)),
        _ => Ok(Flow::Stop),
    }
}
