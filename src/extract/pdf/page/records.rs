//! What a page shows, as records.

use super::PageText;
use super::glyphs::Drawing;
use crate::extract::lines::Lines;
use crate::model::{Flow, PageRect, Place, Sink};

/// Tells the lines of a page.
pub(super) fn tell(drawing: &Drawing, page: u32, seen: &mut PageText, sink: &mut dyn Sink) -> Flow {
    let mut lines = Lines::default();
    let mut at = 0;
    while at < drawing.glyphs.len() {
        let first = &drawing.glyphs[at];
        let mut text = String::new();
        let mut rect: Option<PageRect> = None;
        while let Some(glyph) = drawing.glyphs.get(at).filter(|g| (g.y - first.y).abs() < 1.0) {
            if glyph.spaced && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(drawing.text(glyph));
            let (x, y, size) = (f64::from(glyph.x), f64::from(glyph.y), f64::from(glyph.size));
            let own = PageRect::of_points(x, y - size, x + f64::from(glyph.advance), y);
            rect = Some(rect.map_or(own, |rect| rect.around(own)));
            at += 1;
        }
        seen.note(page, None, &text);
        let place = Place::Page { page, field: None, rect, part: None };
        if lines.add(place, &text, sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    lines.end(sink)
}
