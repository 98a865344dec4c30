//! The text of the pages, with the place of every value on them.

mod appearances;
mod fonts;
mod glyphs;
mod layout;
mod paragraphs;
mod records;
mod rows;
mod seen;
#[cfg(test)]
mod tests;
mod unread;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt as _, interpret,
};
use hayro_syntax::content::TypedIter;
use hayro_syntax::object::dict::keys::CONTENTS;
use hayro_syntax::object::{Array, Object, Stream};
use hayro_syntax::page::Page;
use hayro_syntax::{LoadPdfError, Pdf};
use kurbo::Rect;

use crate::extract::document::Failure;
use crate::model::{Flow, Reason, Sink};

use fonts::Fonts;
use glyphs::{Collector, Drawing};

pub(in crate::extract) use seen::PageText;

/// Tells the text of all pages of `document`, and notes in `seen` what it told.
pub(super) fn extract(
    document: &Arc<Vec<u8>>,
    password: &str,
    seen: &mut PageText,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let pdf = Pdf::new_with_password(Arc::clone(document), password).map_err(unreadable)?;
    let mut cache = InterpreterCache::new();
    let mut fonts = Fonts::default();
    let mut begun = None;
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        let (drawing, whole) = drawing(page, &pdf, &cache, &mut fonts);
        if !whole {
            cache = InterpreterCache::new();
        }
        seen.unread.note(number, &drawing, whole);
        if records::tell(&drawing, number, &mut begun, seen, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

fn unreadable(error: LoadPdfError) -> Failure {
    match error {
        LoadPdfError::Decryption(_) => {
            Failure::Unreadable(Reason::Encrypted, "a password is needed to read it".into())
        }
        LoadPdfError::Invalid => Failure::corrupt("it is no readable PDF document"),
    }
}

/// What a page draws, and whether that is all: not where it goes on without end or fails.
fn drawing<'a>(
    page: &Page<'a>,
    pdf: &'a Pdf,
    cache: &InterpreterCache<'a>,
    fonts: &mut Fonts,
) -> (Drawing, bool) {
    let mut collector = Collector::new(fonts);
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        let (width, height) = page.render_dimensions();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let transform = page.initial_transform(true).to_kurbo();
        let settings = InterpreterSettings::default();
        let mut context = Context::new(transform, bounds, cache, pdf.xref(), settings);
        let content = content(page);
        interpret(TypedIter::new(&content), page.resources(), &mut context, &mut collector);
        appearances::draw(page, transform, cache, &mut collector);
    }));
    collector.drawing.settle_guesses();
    collector.drawing.compose_accents();
    (collector.drawing, drawn.is_ok())
}

/// The content of a page. The page would keep its own copy to its end.
fn content(page: &Page<'_>) -> Vec<u8> {
    let mut content = Vec::new();
    let mut push = |stream: Stream<'_>| {
        if let Ok(data) = stream.decoded_data() {
            content.extend_from_slice(&data);
            content.push(b'\n');
        }
    };
    if let Some(stream) = page.raw().get::<Stream<'_>>(CONTENTS) {
        push(stream);
    } else if let Some(streams) = page.raw().get::<Array<'_>>(CONTENTS) {
        streams.iter::<Object<'_>>().filter_map(Object::into_stream).for_each(push);
    }
    content
}
