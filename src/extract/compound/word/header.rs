//! The first block of a Word document ([MS-DOC] 2.5) and the pieces of its text (2.8.35, 2.9.38).

use std::ops::Range;

use crate::extract::bytes::{slice, u16_at, u32_at};
use crate::extract::document::Failure;
use crate::model::{Flow, Reason};

/// The first version whose characters may be in Unicode, Word 97.
const UNICODE: u16 = 193;

/// What the first block tells.
pub(super) struct Header {
    /// The stream with the tables; none where they are with the text.
    pub(super) table: Option<&'static str>,
    /// Characters of the parts, in the order in which they follow one another.
    pub(super) lengths: [u32; 8],
    /// The first block itself.
    block: Vec<u8>,
    /// The text is in one piece, which begins here.
    whole: Option<u32>,
}

/// A table of the document, by its number in the first block ([MS-DOC] 2.5.6).
#[derive(Clone, Copy)]
pub(super) enum Table {
    Footnotes = 3,
    Comments = 5,
    Sections = 6,
    Headers = 11,
    Characters = 12,
    Paragraphs = 13,
    Pieces = 33,
    Endnotes = 47,
}

impl Table {
    /// Bytes that stand for each position, behind all of them.
    pub(super) const fn entry_size(self) -> usize {
        match self {
            Table::Sections => 12,
            Table::Characters | Table::Paragraphs => 4,
            Table::Pieces => 8,
            _ => 0,
        }
    }

    /// Where the first block of old versions has it.
    const fn of_old(self) -> Option<usize> {
        match self {
            Table::Footnotes => Some(0x70),
            Table::Comments => Some(0x80),
            Table::Headers => Some(0xB0),
            Table::Pieces => Some(0x160),
            _ => None,
        }
    }
}

impl Header {
    /// Reads the first block.
    ///
    /// # Errors
    /// When it is none, or the document is encrypted.
    pub(super) fn read(main: &[u8]) -> Result<Header, Failure> {
        let word = |at| u16_at(main, at).ok_or_else(|| Failure::corrupt("it is cut short"));
        if !matches!(word(0)?, 0xA5EC | 0xA5DC) {
            return Err(Failure::corrupt("it does not begin as a Word document does"));
        }
        let (version, flags) = (word(2)?, word(10)?);
        if flags & 0x100 != 0 {
            let detail = "it is protected by a password".to_owned();
            return Err(Failure::Unreadable(Reason::Encrypted, detail));
        }
        let old = version < UNICODE;
        let table = if flags & 0x200 == 0 { "0Table" } else { "1Table" };
        let first = if old { 0x34 } else { 0x4C };
        let length = |n: usize| u32_at(main, first + n * 4).unwrap_or(0) & 0x7FFF_FFFF;
        let whole = (old && flags & 4 == 0).then(|| u32_at(main, 0x18).unwrap_or(0));
        Ok(Header {
            table: (!old).then_some(table),
            lengths: std::array::from_fn(length),
            block: slice(main, 0, 2048).to_vec(),
            whole,
        })
    }

    /// Is it of a version before Word 97?
    pub(super) fn is_old(&self) -> bool {
        self.table.is_none()
    }

    /// A table's bytes; none where it is not there.
    pub(super) fn slice<'t>(&self, table: Table, stream: &'t [u8]) -> &'t [u8] {
        let at = if self.is_old() { table.of_old() } else { Some(0x9A + table as usize * 8) };
        let place =
            at.and_then(|at| Some((u32_at(&self.block, at)?, u32_at(&self.block, at + 4)?)));
        place.map_or(&[], |(start, len)| slice(stream, start as usize, len as usize))
    }
}

/// A character of 16 bits and where it stands.
pub(super) struct Unit {
    /// Its number among all characters.
    pub(super) at: u32,
    /// Its position in the stream.
    pub(super) stored: u32,
    pub(super) unit: u16,
}

/// The pieces of the text, in its order.
pub(super) struct Pieces(Vec<Piece>);

struct Piece {
    characters: Range<u32>,
    stored: u32,
    wide: bool,
}

impl Pieces {
    /// Reads where the pieces are.
    ///
    /// # Errors
    /// When nothing says so.
    pub(super) fn read(header: &Header, main: &[u8], stream: &[u8]) -> Result<Pieces, Failure> {
        if let Some(stored) = header.whole {
            let all = header.lengths.iter().fold(0_u32, |sum, n| sum.saturating_add(*n));
            return Ok(Pieces(vec![Piece { characters: 0..all, stored, wide: false }]));
        }
        let table = piece_table(header.slice(Table::Pieces, stream));
        let table = table.ok_or_else(|| Failure::corrupt("it does not say where its text is"))?;
        let count = table.len().saturating_sub(4) / 12;
        let piece = |n: usize| {
            let characters = u32_at(table, n * 4)?..u32_at(table, n * 4 + 4)?;
            let stored = u32_at(table, (count + 1) * 4 + n * 8 + 2)?;
            let (wide, stored) = match (header.is_old(), stored & 0x4000_0000 != 0) {
                (true, _) => (false, stored),
                (false, true) => (false, (stored & 0x3FFF_FFFF) / 2),
                (false, false) => (true, stored & 0x3FFF_FFFF),
            };
            Some(Piece { characters, stored, wide })
        };
        let sound = |piece: &Piece| (piece.stored as usize) < main.len();
        Ok(Pieces((0..count).map_while(piece).filter(sound).collect()))
    }

    /// Hands on the characters of a range, one by one.
    pub(super) fn read_to(
        &self,
        main: &[u8],
        range: Range<u32>,
        tell: &mut dyn FnMut(Unit) -> Flow,
    ) -> Flow {
        let windows = windows_1252();
        // Pieces follow one another. A file that says otherwise is not read twice for it.
        let mut next = range.start;
        for piece in &self.0 {
            let start = piece.characters.start.max(next);
            let end = piece.characters.end.min(range.end);
            for at in start..end {
                let n = at - piece.characters.start;
                let stored =
                    piece.stored.saturating_add(if piece.wide { n.saturating_mul(2) } else { n });
                let unit = match piece.wide {
                    true => u16_at(main, stored as usize),
                    false => main.get(stored as usize).map(|&byte| windows[usize::from(byte)]),
                };
                let Some(unit) = unit else { break };
                if tell(Unit { at, stored, unit }) == Flow::Stop {
                    return Flow::Stop;
                }
            }
            next = next.max(end);
        }
        Flow::Continue
    }
}

/// The table of pieces in what else stands with it.
fn piece_table(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        match bytes.first()? {
            1 => bytes = bytes.get(3 + usize::from(u16_at(bytes, 1)?)..)?,
            2 => return Some(slice(bytes, 5, u32_at(bytes, 1)? as usize)),
            _ => return None,
        }
    }
}

/// The characters of Windows' code page for western Europe.
fn windows_1252() -> [u16; 256] {
    std::array::from_fn(|byte| {
        let byte = [byte as u8];
        let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0;
        text.encode_utf16().next().unwrap_or(0)
    })
}
