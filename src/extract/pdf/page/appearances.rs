//! What fields of forms, notes and stamps show on their page (ISO 32000-2, 12.5.5).

use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, RectExt as _, interpret};
use hayro_syntax::content::TypedIter;
use hayro_syntax::object::dict::keys::{
    ANNOTS, AP, AS, BBOX, MATRIX, N, PARENT, RECT, RESOURCES, SUBTYPE, T,
};
use hayro_syntax::object::{Array, Dict, Name, Object, Rect as Stored, Stream};
use hayro_syntax::page::{Page, Resources};
use kurbo::{Affine, Rect};

use super::glyphs::{Collector, Source};
use crate::extract::pdf::structure::strings::text;
use crate::model::PagePart;

/// More of them than this are not drawn on one page.
const MOST: usize = 20_000;

/// Fields hang on one another no deeper than this.
const DEEPEST: usize = 32;

/// Draws what hangs on a page; `base` leads from its space to what is shown.
pub(super) fn draw<'a>(
    page: &Page<'a>,
    base: Affine,
    cache: &InterpreterCache<'a>,
    collector: &mut Collector<'_>,
) {
    let annotations = page.raw().get::<Array<'a>>(ANNOTS).unwrap_or_default();
    for annotation in annotations.iter::<Dict<'a>>().take(MOST) {
        if let Some(appearance) = appearance(&annotation) {
            collector.begin(source(&annotation));
            let _ = draw_one(page, &annotation, &appearance, base, cache, collector);
        }
    }
}

fn appearance<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    match annotation.get::<Dict<'_>>(AP)?.get::<Object<'_>>(N)? {
        Object::Stream(stream) => Some(stream),
        Object::Dict(states) => states.get(annotation.get::<Name<'_>>(AS)?),
        _ => None,
    }
}

fn draw_one<'a>(
    page: &Page<'a>,
    annotation: &Dict<'a>,
    appearance: &Stream<'a>,
    base: Affine,
    cache: &InterpreterCache<'a>,
    collector: &mut Collector<'_>,
) -> Option<()> {
    let place = annotation.get::<Stored>(RECT)?.to_kurbo();
    let form = appearance.dict();
    let matrix = Affine::new(form.get::<[f64; 6]>(MATRIX).unwrap_or([1., 0., 0., 1., 0., 0.]));
    let bounds = form.get::<Stored>(BBOX).map_or(place, |bounds| bounds.to_kurbo());
    let transform = base * fitted(matrix.transform_rect_bbox(bounds), place)? * matrix;
    let resources = form.get::<Dict<'a>>(RESOURCES).map(Resources::new);
    let content = appearance.decoded_data().ok()?;
    let settings = InterpreterSettings::default();
    let mut context = Context::new(transform, bounds, cache, page.xref(), settings);
    let resources = resources.as_ref().unwrap_or(page.resources());
    interpret(TypedIter::new(&content), resources, &mut context, collector);
    Some(())
}

/// What puts one rectangle on the other.
fn fitted(from: Rect, to: Rect) -> Option<Affine> {
    let (x, y) = (to.width() / from.width(), to.height() / from.height());
    let shift = (to.x0 - x * from.x0, to.y0 - y * from.y0);
    let fitted = Affine::new([x, 0.0, 0.0, y, shift.0, shift.1]);
    fitted.is_finite().then_some(fitted)
}

/// A field by its full name, or a note.
fn source(annotation: &Dict<'_>) -> Source {
    let widget = annotation.get::<Name<'_>>(SUBTYPE).is_some_and(|kind| *kind == *b"Widget");
    if !widget {
        return Source { part: PagePart::Annotation, field: None };
    }
    let mut names = Vec::new();
    let mut node = Some(annotation.clone());
    for _ in 0..DEEPEST {
        let Some(at) = node.take() else { break };
        names.extend(text(&at, T));
        node = at.get::<Dict<'_>>(PARENT);
    }
    names.reverse();
    let field = (!names.is_empty()).then(|| names.join("."));
    Source { part: PagePart::FormField, field }
}
