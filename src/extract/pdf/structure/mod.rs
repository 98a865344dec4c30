//! What a PDF document holds beside its pages.

use super::PageText;
use crate::extract::document::Failure;
use crate::model::{Flow, Sink};

/// Tells what `document` holds that the pages did not show.
pub(super) fn sweep(
    _document: &[u8],
    _seen: &PageText,
    _sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    Ok(Flow::Continue)
}
