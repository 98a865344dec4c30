//! The pages of b-trees (file format, 1.6 "B-tree Pages"): rows of tables, keys of indexes.

use std::ops::Range;

use super::header::word;
use super::record::varint;

/// What a page of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rows of a table.
    TableLeaf,
    /// Where the rows of a table are.
    TableInterior,
    /// Keys of an index; the rows of a table without row ids.
    IndexLeaf,
    /// Likewise, with pages below it.
    IndexInterior,
}

/// A page of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Page<'p> {
    bytes: &'p [u8],
    /// Its bytes that may be used.
    usable: usize,
    /// What it is.
    pub kind: Kind,
    /// Where its head begins: page 1 begins with that of the database.
    head: usize,
    cells: usize,
}

/// A cell of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The row id; zero in an index.
    pub rowid: i64,
    /// The page below that comes before it, in an interior page.
    pub left: u32,
    /// Bytes of the record, wherever they are.
    pub size: u64,
    /// Those that are in the page.
    pub local: Range<usize>,
    /// The page that has the rest; none if zero.
    pub overflow: u32,
    /// The whole cell in the page.
    pub range: Range<usize>,
}

impl<'p> Page<'p> {
    /// Reads the head of page `number`; `None` if it is no page of a tree.
    #[must_use]
    pub fn read(bytes: &'p [u8], number: u32, usable: u32) -> Option<Page<'p>> {
        let head = if number == 1 { super::header::SIZE } else { 0 };
        let kind = match bytes.get(head)? {
            2 => Kind::IndexInterior,
            5 => Kind::TableInterior,
            10 => Kind::IndexLeaf,
            13 => Kind::TableLeaf,
            _ => return None,
        };
        let usable = (usable as usize).min(bytes.len());
        let cells = usize::from(half(bytes, head + 3));
        let page = Page { bytes, usable, kind, head, cells };
        (page.pointers_end() <= usable).then_some(page)
    }

    /// A page whose head is gone, taken for one with rows of a table.
    #[must_use]
    pub fn headless(bytes: &'p [u8], usable: u32) -> Page<'p> {
        let usable = (usable as usize).min(bytes.len());
        Page { bytes, usable, kind: Kind::TableLeaf, head: 0, cells: 0 }
    }

    /// Cells it has.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &'p [u8] {
        self.bytes
    }

    fn is_interior(&self) -> bool {
        matches!(self.kind, Kind::TableInterior | Kind::IndexInterior)
    }

    fn pointers(&self) -> usize {
        self.head + if self.is_interior() { 12 } else { 8 }
    }

    fn pointers_end(&self) -> usize {
        self.pointers() + 2 * self.cells
    }

    /// The page below that comes after all cells, in an interior page.
    #[must_use]
    pub fn rightmost(&self) -> u32 {
        word(self.bytes, self.head + 8)
    }

    /// Cell `n`; `None` if it is none.
    #[must_use]
    pub fn cell(&self, n: usize) -> Option<Cell> {
        let at = usize::from(half(self.bytes, self.pointers() + 2 * n));
        if n >= self.cells || at < self.pointers_end() {
            return None;
        }
        self.cell_at(at, self.usable)
    }

    /// The cell that begins at `at` and ends before `limit`.
    #[must_use]
    pub fn cell_at(&self, at: usize, limit: usize) -> Option<Cell> {
        let bytes = self.bytes.get(..limit.min(self.usable))?;
        let mut next = at;
        let mut left = 0;
        if self.is_interior() {
            left = word(bytes, at);
            next += 4;
        }
        if self.kind == Kind::TableInterior {
            let (rowid, n) = varint(bytes.get(next..)?)?;
            let end = next + n;
            let rowid = rowid as i64;
            return Some(Cell {
                rowid,
                left,
                size: 0,
                local: end..end,
                overflow: 0,
                range: at..end,
            });
        }
        let (size, n) = varint(bytes.get(next..)?)?;
        next += n;
        let mut rowid = 0;
        if self.kind == Kind::TableLeaf {
            let (id, n) = varint(bytes.get(next..)?)?;
            (rowid, next) = (id as i64, next + n);
        }
        let local = self.local(size);
        let end = next.checked_add(local)?;
        let spills = (local as u64) < size;
        let all = if spills { end + 4 } else { end };
        if all > bytes.len() {
            return None;
        }
        let overflow = if spills { word(bytes, end) } else { 0 };
        Some(Cell { rowid, left, size, local: next..end, overflow, range: at..all })
    }

    /// Bytes of a record of this size that are in the page.
    fn local(&self, size: u64) -> usize {
        let usable = self.usable as u64;
        let most = match self.kind {
            Kind::TableLeaf | Kind::TableInterior => usable - 35,
            Kind::IndexLeaf | Kind::IndexInterior => (usable - 12) * 64 / 255 - 23,
        };
        if size <= most {
            return size as usize;
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let rest = least + (size - least) % (usable - 4);
        (if rest <= most { rest } else { least }) as usize
    }

    /// Where the pointers to its cells end, and where its last cell does at most.
    #[must_use]
    pub fn body(&self) -> Range<usize> {
        self.pointers_end()..self.usable
    }

    /// The bytes between the pointers to cells and the first cell, that nothing uses.
    #[must_use]
    pub fn unallocated(&self) -> Range<usize> {
        let start = match half(self.bytes, self.head + 5) {
            0 => 65_536,
            start => usize::from(start),
        };
        let from = self.pointers_end();
        from..start.clamp(from, self.usable)
    }

    /// The blocks that were cells, in their order.
    #[must_use]
    pub fn free_blocks(&self) -> Vec<Range<usize>> {
        let mut blocks = Vec::new();
        let mut at = usize::from(half(self.bytes, self.head + 1));
        let mut least = self.pointers_end();
        while at >= least && at + 4 <= self.usable {
            let size = usize::from(half(self.bytes, at + 2));
            let end = at + size;
            if size < 4 || end > self.usable {
                break;
            }
            blocks.push(at..end);
            // They stand in order, so that a chain always ends.
            (least, at) = (end, usize::from(half(self.bytes, at)));
        }
        blocks
    }
}

/// Two bytes, the higher first.
fn half(bytes: &[u8], at: usize) -> u16 {
    let half = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>());
    half.map_or(0, |half| u16::from_be_bytes(*half))
}
