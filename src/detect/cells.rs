//! Remembers what was made of cells of dietary needs: the same few stand in most rows.

use std::ops::Range;

use super::dietary::{self, ColumnInfo, Note, Whose};
use crate::model::{Ruler, Width};

const SLOTS: usize = 2048;

/// A cell is remembered if it is not longer than this, in bytes.
const LONGEST: usize = 40;

#[derive(Clone, Debug)]
struct Slot {
    cell: [u8; LONGEST],
    len: u8,
    whose: Whose,
    single: bool,
    note: Option<Note>,
}

/// A small cache: one slot a hash value, the last cell stays.
#[derive(Debug)]
pub(crate) struct Cells {
    slots: Vec<Option<Slot>>,
    /// Where the cells of needs of the rows at hand are, in order.
    places: Vec<Range<usize>>,
    /// Those before this one lie before the last place asked about.
    next: usize,
}

impl Default for Cells {
    fn default() -> Cells {
        Cells { slots: vec![None; SLOTS], places: Vec::new(), next: 0 }
    }
}

impl Cells {
    /// Forgets where cells are: other rows come.
    pub(crate) fn begin(&mut self) {
        self.places.clear();
        self.next = 0;
    }

    /// A cell of needs stands here. Cells must come in order.
    pub(crate) fn add(&mut self, place: Range<usize>) {
        self.places.push(place);
    }

    /// Does byte `at` lie in a cell of needs? Must be asked in order.
    pub(crate) fn hold(&mut self, at: usize) -> bool {
        while self.places.get(self.next).is_some_and(|p| p.end <= at) {
            self.next += 1;
        }
        self.places.get(self.next).is_some_and(|p| p.contains(&at))
    }

    /// The note in a cell of a column of needs, its range in the cell's decoded text.
    pub(crate) fn note(&mut self, raw: &[u8], ruler: Ruler, whose: Whose) -> Option<Note> {
        let single = ruler.width == Width::Single;
        if raw.len() > LONGEST {
            return read(raw, ruler, whose);
        }
        let slot = &mut self.slots[hash(raw)];
        if let Some(known) = slot
            && &known.cell[..usize::from(known.len)] == raw
            && known.whose == whose
            && known.single == single
        {
            return known.note.clone();
        }
        let note = read(raw, ruler, whose);
        let mut cell = [0; LONGEST];
        cell[..raw.len()].copy_from_slice(raw);
        *slot = Some(Slot { cell, len: raw.len() as u8, whose, single, note: note.clone() });
        note
    }
}

fn read(raw: &[u8], ruler: Ruler, whose: Whose) -> Option<Note> {
    dietary::cell(&ruler.decode(raw), &ColumnInfo { codes: true, whose })
}

fn hash(cell: &[u8]) -> usize {
    let mixed = cell.iter().fold(cell.len() as u32, |h, &b| h.rotate_left(5) ^ u32::from(b));
    (mixed.wrapping_mul(0x9E37_79B1) >> 16) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_was_read() {
        let mut cells = Cells::default();
        let latin = Ruler { width: Width::Single, ..Ruler::default() };
        for (raw, ruler) in [
            (b"vegan".as_slice(), Ruler::default()),
            ("\u{e4}gg".as_bytes(), Ruler::default()),
            ("\u{e4}gg".as_bytes(), latin),
            (b"\xE4gg", latin),
            (b"-", latin),
            (b"  laktosintolerant, men annars ingenting alls", Ruler::default()),
        ] {
            for whose in [Whose::Person, Whose::Count] {
                let want = read(raw, ruler, whose);
                assert_eq!(cells.note(raw, ruler, whose), want, "{raw:?}");
                assert_eq!(cells.note(raw, ruler, whose), want, "{raw:?} again");
            }
        }
    }
}
