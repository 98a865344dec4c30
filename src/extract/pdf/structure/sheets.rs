//! The pages as what other things hang on: their numbers, and where on them a rectangle lies.

use std::collections::HashMap;

use hayro_syntax::Pdf;
use hayro_syntax::object::dict::keys::{ANNOTS, RECT};
use hayro_syntax::object::{Array, Dict, ObjectIdentifier, Rect};
use hayro_syntax::page::Page;

use crate::model::{PagePart, PageRect, Place};

/// Notes and fields on one page beyond this are not looked at.
const MOST: usize = 100_000;

/// The pages of a document.
pub(super) struct Sheets<'d> {
    pages: Vec<&'d Page<'d>>,
    numbers: HashMap<ObjectIdentifier, u32>,
}

/// A page and its number, from 1.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'d> {
    pub(super) number: u32,
    page: &'d Page<'d>,
}

impl<'d> Sheets<'d> {
    pub(super) fn of(pdf: &'d Pdf) -> Sheets<'d> {
        let pages: Vec<&Page<'_>> = pdf.pages().iter().collect();
        let numbered = (1..).zip(&pages);
        let numbers = numbered.filter_map(|(n, page)| Some((page.raw().obj_id()?, n))).collect();
        Sheets { pages, numbers }
    }

    /// The number of the page that is this object.
    pub(super) fn number(&self, id: ObjectIdentifier) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Sheet<'d>> {
        (1..).zip(&self.pages).map(|(number, page)| Sheet { number, page })
    }
}

impl<'d> Sheet<'d> {
    /// The page's dictionary.
    pub(super) fn raw(&self) -> &'d Dict<'d> {
        self.page.raw()
    }

    /// What hangs on it: notes, links, fields.
    pub(super) fn annotations(&self) -> impl Iterator<Item = Dict<'d>> + use<'d> {
        let all = self.raw().get::<Array<'d>>(ANNOTS).unwrap_or_default();
        all.iter::<Dict<'d>>().take(MOST)
    }

    /// The place of something on the page.
    pub(super) fn place(
        &self,
        annotation: &Dict<'_>,
        part: PagePart,
        field: Option<String>,
    ) -> Place {
        let rect = annotation.get::<Rect>(RECT).map(|rect| self.shown(rect));
        Place::Page { page: self.number, field, rect, part: Some(part) }
    }

    /// A rectangle of the page's own space as it is shown.
    fn shown(&self, rect: Rect) -> PageRect {
        let [a, b, c, d, e, f] = self.page.initial_transform(true).as_coeffs();
        let corner = |x: f64, y: f64| (a * x + c * y + e, b * x + d * y + f);
        let (x0, y0) = corner(rect.x0, rect.y0);
        let (x1, y1) = corner(rect.x1, rect.y1);
        PageRect::of_points(x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1))
    }
}
