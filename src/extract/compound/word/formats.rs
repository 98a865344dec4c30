//! What paragraphs and runs of characters are ([MS-DOC] 2.9.33 and 2.9.175, pages of formats): rows of
//! tables, deleted text. They are told by the position of their characters in the stream.

use super::header::{Header, Table};
use crate::extract::bytes::{slice, u16_at, u32_at};

/// Bytes of a page.
const PAGE: usize = 512;

/// Modifiers ([MS-DOC] 2.6) that are of interest.
const IN_TABLE: u16 = 0x2416;
const ENDS_ROW: u16 = 0x2417;
const DELETED: u16 = 0x0800;

/// What a paragraph is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// It stands in a cell of a table.
    pub(super) in_table: bool,
    /// It is the mark at the end of a row.
    pub(super) ends_row: bool,
}

/// Stretches of the stream that are something else than usual, in order.
#[derive(Default)]
pub(super) struct Formats {
    paragraphs: Vec<(u32, u32, Paragraph)>,
    deleted: Vec<(u32, u32, ())>,
}

impl Formats {
    /// Reads the pages. Before Word 97 they are written in another way, and not read.
    pub(super) fn read(header: &Header, main: &[u8], stream: &[u8]) -> Formats {
        let mut formats = Formats::default();
        if header.is_old() {
            return formats;
        }
        for page in pages(header.slice(Table::Paragraphs, stream), main) {
            each_run(page, 13, &mut |start, end, offset| {
                let paragraph = of_paragraph(page, offset);
                if paragraph != Paragraph::default() {
                    formats.paragraphs.push((start, end, paragraph));
                }
            });
        }
        for page in pages(header.slice(Table::Characters, stream), main) {
            each_run(page, 1, &mut |start, end, offset| {
                let modifiers = slice(page, offset + 1, usize::from(page[offset]));
                if is_set(modifiers, DELETED) {
                    formats.deleted.push((start, end, ()));
                }
            });
        }
        formats.paragraphs.sort_unstable_by_key(|run| run.0);
        formats.deleted.sort_unstable_by_key(|run| run.0);
        formats
    }

    /// What the paragraph is that has the character there.
    pub(super) fn paragraph(&self, stored: u32) -> Paragraph {
        run_at(&self.paragraphs, stored).unwrap_or_default()
    }

    /// Was the character there deleted while changes were tracked?
    pub(super) fn is_deleted(&self, stored: u32) -> bool {
        run_at(&self.deleted, stored).is_some()
    }
}

fn run_at<T: Copy>(runs: &[(u32, u32, T)], stored: u32) -> Option<T> {
    let n = runs.partition_point(|run| run.0 <= stored);
    let (_, end, what) = runs.get(n.checked_sub(1)?)?;
    (stored < *end).then_some(*what)
}

/// The pages that a table names.
fn pages<'b>(table: &'b [u8], main: &'b [u8]) -> impl Iterator<Item = &'b [u8]> {
    let count = table.len().saturating_sub(4) / 8;
    let most = main.len() / PAGE + 1;
    (0..count.min(most)).filter_map(move |n| {
        let page = u32_at(table, (count + 1) * 4 + n * 4)? & 0x3F_FFFF;
        let page = slice(main, page as usize * PAGE, PAGE);
        (page.len() == PAGE).then_some(page)
    })
}

/// Tells where each run of a page begins and ends, and where in the page its format stands. `entry` is the
/// size of what points there.
fn each_run(page: &[u8], entry: usize, tell: &mut dyn FnMut(u32, u32, usize)) {
    let count = usize::from(page[PAGE - 1]);
    for n in 0..count {
        let bounds = u32_at(page, n * 4).zip(u32_at(page, n * 4 + 4));
        let offset = page.get((count + 1) * 4 + n * entry);
        let Some(((start, end), &offset)) = bounds.zip(offset) else { return };
        if offset > 0 {
            tell(start, end, usize::from(offset) * 2);
        }
    }
}

fn of_paragraph(page: &[u8], offset: usize) -> Paragraph {
    let (start, len) = match page[offset] {
        0 => (offset + 2, usize::from(page.get(offset + 1).copied().unwrap_or(0)) * 2),
        n => (offset + 1, usize::from(n) * 2 - 1),
    };
    // The number of a style comes first.
    let modifiers = slice(page, start + 2, len.saturating_sub(2));
    Paragraph { in_table: is_set(modifiers, IN_TABLE), ends_row: is_set(modifiers, ENDS_ROW) }
}

/// Is a property switched on?
fn is_set(mut modifiers: &[u8], wanted: u16) -> bool {
    while let Some(modifier) = u16_at(modifiers, 0) {
        let operand = &modifiers[2..];
        if modifier == wanted {
            return operand.first().is_some_and(|&on| on != 0);
        }
        let len = match modifier >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            // A table's columns have a length of two bytes that counts one too many.
            _ if modifier == 0xD608 => usize::from(u16_at(operand, 0).unwrap_or(0)) + 1,
            _ => usize::from(operand.first().copied().unwrap_or(0)) + 1,
        };
        modifiers = slice(operand, len, usize::MAX);
    }
    false
}
