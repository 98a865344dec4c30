//! Walking through the pages of a table.

use super::page::{Cell, Kind, Page};
use super::{Fault, Pager, ReadSeek};

/// No tree is deeper: its pages would have to be fewer than two below each other.
const DEEPEST: usize = 40;

/// Row ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first; none for all from the least.
    pub from: Option<i64>,
    /// The one behind the last; none for all up to the greatest.
    pub to: Option<i64>,
}

impl Range {
    /// Is a row in it?
    #[must_use]
    pub fn contains(&self, rowid: i64) -> bool {
        self.from.is_none_or(|from| from <= rowid) && self.to.is_none_or(|to| rowid < to)
    }

    /// May rows above `before`, up to `last`, be in it?
    fn touches(&self, before: Option<i64>, last: Option<i64>) -> bool {
        let above = self.from.zip(last).is_none_or(|(from, last)| last >= from);
        let below = self.to.zip(before).is_none_or(|(to, before)| before.saturating_add(1) < to);
        above && below
    }
}

/// The pages of a tree that hold rows, one after another.
#[derive(Debug)]
pub struct Leaves {
    /// Pages and how deep they lie.
    pending: Vec<(u32, usize)>,
    index: bool,
    range: Range,
    /// How many of a million of the pages with rows are read, where not all are.
    share: Option<u32>,
    /// How deep those lie, once one was met: all of them equally.
    bottom: Option<usize>,
}

impl Leaves {
    /// The pages below `root`, which are those of an index where the table has no row ids, and that
    /// may hold rows of `range`.
    #[must_use]
    pub fn new(root: u32, index: bool, range: Range) -> Leaves {
        Leaves { pending: vec![(root, 0)], index, range, share: None, bottom: None }
    }

    /// Some of them only, always the same: so many of a million.
    #[must_use]
    pub fn sampled(self, share: u32) -> Leaves {
        Leaves { share: Some(share), ..self }
    }

    /// Is a page left out?
    fn is_left_out(&self, number: u32, depth: usize) -> bool {
        let mixed = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let place = (mixed * 1_000_000) >> 32;
        self.bottom == Some(depth) && self.share.is_some_and(|share| place >= u64::from(share))
    }

    /// Reads the next page and says which it is; none at the end. After a fault the walk may go on.
    ///
    /// # Errors
    /// When a page is missing, is none of such a tree, or belongs to another tree.
    pub fn next(
        &mut self,
        pager: &mut Pager<impl ReadSeek>,
        into: &mut Vec<u8>,
    ) -> Result<Option<u32>, Fault> {
        while let Some((number, depth)) = self.pending.pop() {
            if self.is_left_out(number, depth) {
                continue;
            }
            if !pager.meet(number) {
                return Err(Fault::Corrupt("a page of a table is none of its own"));
            }
            pager.read(number, into)?;
            let page = Page::read(into, number, pager.header().usable);
            let page = page.ok_or(Fault::Corrupt("a page of a table is none"))?;
            match (page.kind, self.index) {
                (Kind::TableLeaf, false) | (Kind::IndexLeaf, true) => {
                    self.bottom = Some(depth);
                    return Ok(Some(number));
                }
                (Kind::TableInterior, false) => self.descend(&page, depth + 1)?,
                (Kind::IndexInterior, true) => {
                    self.descend(&page, depth + 1)?;
                    return Ok(Some(number));
                }
                _ => return Err(Fault::Corrupt("a page of a table is one of an index")),
            }
        }
        Ok(None)
    }

    /// Notes the pages below one, so that the first comes next.
    fn descend(&mut self, page: &Page<'_>, depth: usize) -> Result<(), Fault> {
        let start = self.pending.len();
        let mut before = None;
        let mut whole = true;
        for n in 0..page.cells() {
            let Some(cell) = page.cell(n) else {
                whole = false;
                continue;
            };
            if self.index || self.range.touches(before, Some(cell.rowid)) {
                self.pending.push((cell.left, depth));
            }
            before = Some(cell.rowid);
        }
        if self.index || self.range.touches(before, None) {
            self.pending.push((page.rightmost(), depth));
        }
        self.pending[start..].reverse();
        if whole { Ok(()) } else { Err(Fault::Corrupt("a page of a table is damaged")) }
    }
}

/// Finds the row of this id and reads its page.
///
/// # Errors
/// When the way there cannot be read.
pub fn find(
    pager: &mut Pager<impl ReadSeek>,
    root: u32,
    rowid: i64,
    into: &mut Vec<u8>,
) -> Result<Option<Cell>, Fault> {
    let mut number = root;
    for _ in 0..DEEPEST {
        pager.read(number, into)?;
        let Some(page) = Page::read(into, number, pager.header().usable) else { return Ok(None) };
        let n = first_from(&page, rowid);
        match page.kind {
            Kind::TableLeaf => return Ok(page.cell(n).filter(|cell| cell.rowid == rowid)),
            Kind::TableInterior => {
                number = page.cell(n).map_or_else(|| page.rightmost(), |cell| cell.left);
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// The first cell whose row id is not less.
fn first_from(page: &Page<'_>, rowid: i64) -> usize {
    let (mut low, mut high) = (0, page.cells());
    while low < high {
        let middle = low.midpoint(high);
        match page.cell(middle) {
            Some(cell) if cell.rowid < rowid => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

/// The least and the greatest row id of a table, and how many pages its rows take, about.
///
/// # Errors
/// When the way there cannot be read.
pub fn extent(
    pager: &mut Pager<impl ReadSeek>,
    root: u32,
) -> Result<Option<(i64, i64, u64)>, Fault> {
    let mut bytes = Vec::new();
    let mut ends = [0_i64; 2];
    let mut pages = 1_u64;
    for (side, end) in ends.iter_mut().enumerate() {
        let (mut number, mut below) = (root, 1_u64);
        for _ in 0..DEEPEST {
            pager.read(number, &mut bytes)?;
            let Some(page) = Page::read(&bytes, number, pager.header().usable) else {
                return Ok(None);
            };
            let cell =
                if side == 0 { page.cell(0) } else { page.cell(page.cells().wrapping_sub(1)) };
            if page.kind == Kind::TableInterior {
                below = below.saturating_mul(page.cells() as u64 + 1);
                let first = cell.map_or_else(|| page.rightmost(), |cell| cell.left);
                number = if side == 0 { first } else { page.rightmost() };
                continue;
            }
            let Some(cell) = cell else { return Ok(None) };
            *end = cell.rowid;
            break;
        }
        pages = pages.max(below);
    }
    Ok(Some((ends[0], ends[1], pages)))
}
