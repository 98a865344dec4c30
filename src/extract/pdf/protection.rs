//! Documents under a password: many open without one, others with one of the user's.

use std::sync::Arc;

use hayro_syntax::{LoadPdfError, Pdf};

use crate::extract::passwords;

/// The password that opens a document; empty if it needs none, or if none that is known does.
pub(super) fn password(document: &Arc<Vec<u8>>) -> String {
    let is_protected = memchr::memmem::rfind(document, b"/Encrypt").is_some();
    let known = if is_protected { passwords::known() } else { Vec::new() };
    if known.is_empty() || opens(document, "") {
        return String::new();
    }
    let opening = known.iter().find(|password| opens(document, password.text()));
    opening.map_or_else(String::new, |password| password.text().to_owned())
}

fn opens(document: &Arc<Vec<u8>>, password: &str) -> bool {
    let opened = Pdf::new_with_password(Arc::clone(document), password);
    !matches!(opened, Err(LoadPdfError::Decryption(_)))
}
