//! The outline (ISO 32000-2, 12.3.3): bookmarks, which often are names.

use std::collections::HashSet;

use hayro_syntax::object::dict::keys::{DESTS, FIRST, NAMES, NEXT, OUTLINES, TITLE};
use hayro_syntax::object::{Array, Dict, Object};

use super::strings::text;
use super::{Open, attachments};
use crate::extract::lines::Lines;
use crate::model::{Flow, PagePart, Place, Sink};

/// Bookmarks beyond this are not looked at.
const MOST: usize = 100_000;

/// Tells the titles of the bookmarks, in order.
pub(super) fn tell(open: &Open<'_>, sink: &mut dyn Sink) -> Flow {
    let Some(root) = open.catalog.get::<Dict<'_>>(OUTLINES) else { return Flow::Continue };
    let mut met = HashSet::new();
    let mut lines = Lines::default();
    let mut rest: Vec<Dict<'_>> = root.get(FIRST).into_iter().collect();
    while let Some(item) = rest.pop() {
        let is_new = item.obj_id().is_some_and(|id| met.insert(id));
        if !is_new || met.len() > MOST {
            continue;
        }
        if let Some(title) = text(&item, TITLE) {
            let page = page(open, &item).unwrap_or(1);
            let part = Some(PagePart::Outline);
            let place = Place::Page { page, field: None, rect: None, part };
            if lines.add(place, &title.replace('\n', " "), sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
        rest.extend(item.get::<Dict<'_>>(NEXT));
        // What is inside comes before what is next.
        rest.extend(item.get::<Dict<'_>>(FIRST));
    }
    lines.end(sink)
}

/// The number of the page a bookmark leads to.
fn page(open: &Open<'_>, item: &Dict<'_>) -> Option<u32> {
    let action = item.get::<Dict<'_>>(b"A");
    let target = item
        .get::<Object<'_>>(b"Dest")
        .or_else(|| action.and_then(|action| action.get::<Object<'_>>(b"D")))?;
    let target = match target {
        Object::Name(name) => open.catalog.get::<Dict<'_>>(DESTS)?.get::<Object<'_>>(&*name)?,
        Object::String(name) => {
            let names = open.catalog.get::<Dict<'_>>(NAMES)?.get::<Dict<'_>>(DESTS)?;
            attachments::names(&names).find(|(key, _)| key.as_bytes() == name.as_bytes())?.1
        }
        target => target,
    };
    let target = match target {
        Object::Dict(named) => named.get::<Array<'_>>(b"D")?,
        Object::Array(target) => target,
        _ => return None,
    };
    open.sheets.number(target.raw_iter().next()?.as_obj_ref()?.into())
}
