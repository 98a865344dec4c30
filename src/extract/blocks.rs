//! Running text and delimited tables, cut into blocks that can be scanned side by side.
//!
//! A block holds whole lines (of a table: whole rows) where it can, some of the text before as
//! surroundings, and where its first byte is stored. Reading is in order and cheap; whoever gets a
//! block needs no other. Where a text is cut depends on the text alone, not on who reads it.

use std::io::{self, Read};

use super::encoding::{Stored, Transcoder, read_some};
use super::stream::line_end;
use crate::model::{Cursor, LineEnd, Record, Ruler, Shape, Table, TextSpan};

/// New bytes a block; half of a core's second-level cache is a good deal more.
const BLOCK: usize = 256 * 1024;
/// Bytes before a block's own that it keeps as surroundings.
const LOOK_BACK: usize = 8 * 1024;
/// Bytes after its own that a block keeps when a line is longer than a block.
const OVERLAP: usize = 4 * 1024;

/// Where stored bytes come from.
pub trait Input: Read {
    /// Passes over a hole of a sparse file, if one begins here: how many bytes of zeros.
    ///
    /// # Errors
    /// When the system cannot tell.
    fn skip_hole(&mut self) -> io::Result<u64>;
}

impl<I: Input + ?Sized> Input for &mut I {
    fn skip_hole(&mut self) -> io::Result<u64> {
        (**self).skip_hole()
    }
}

impl<I: Input + ?Sized> Input for Box<I> {
    fn skip_hole(&mut self) -> io::Result<u64> {
        (**self).skip_hole()
    }
}

/// A stretch of stored text.
#[derive(Debug)]
pub struct Block {
    /// Room for a block, of which the first `len` bytes are in use: to fill it with zeros anew for
    /// each block would cost as much as a tenth of scanning it.
    room: Vec<u8>,
    len: usize,
    focus: std::ops::Range<usize>,
    span: TextSpan,
}

impl Default for Block {
    fn default() -> Block {
        let span = TextSpan { start: Cursor::start(0), ruler: Ruler::default() };
        Block { room: Vec::new(), len: 0, focus: 0..0, span }
    }
}

impl Block {
    /// The block as a record, of a table's rows or of running text.
    #[must_use]
    pub fn record<'a>(&'a self, table: Option<&'a Table>) -> Record<'a> {
        let shape = match table {
            Some(table) => Shape::Table(self.span.into(), table),
            None => Shape::Text(self.span.into()),
        };
        Record { text: self.text(), focus: self.focus.clone(), shape }
    }

    fn text(&self) -> &[u8] {
        &self.room[..self.len]
    }

    /// Takes over what the last block left, with room for `most` bytes in all.
    fn begin(&mut self, tail: &[u8], most: usize) {
        if self.room.len() < most {
            self.room.resize(most, 0);
        }
        self.room[..tail.len()].copy_from_slice(tail);
        self.len = tail.len();
    }
}

/// Cuts a text into blocks.
pub struct Blocks<I> {
    source: Transcoder<WithHead<I>>,
    /// What the next block begins with: surroundings, then what the last one left.
    tail: Vec<u8>,
    /// Bytes of `tail` that are surroundings only.
    seen: usize,
    /// Where `tail` begins.
    cursor: Cursor,
    ruler: Ruler,
    /// The byte that hides line ends between two of it.
    quote: Option<u8>,
    ended: bool,
    hole: u64,
}

/// The first bytes, already read, and the rest.
struct WithHead<I> {
    head: Vec<u8>,
    at: usize,
    rest: I,
}

impl<I: Input> Read for WithHead<I> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.head.len() {
            return self.rest.read(out);
        }
        let n = out.len().min(self.head.len() - self.at);
        out[..n].copy_from_slice(&self.head[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

impl<I: Input> Blocks<I> {
    /// A text that begins with `head` (byte order mark included) and goes on in `rest`. `quote` is
    /// that of a delimited table.
    #[must_use]
    pub fn new(head: Vec<u8>, rest: I, stored: Stored, quote: Option<u8>) -> Blocks<I> {
        let line_end = line_end(&head);
        let source = WithHead { at: stored.mark.min(head.len()), head, rest };
        Blocks {
            source: Transcoder::new(source, stored),
            tail: Vec::new(),
            seen: 0,
            cursor: Cursor::start(stored.mark as u64),
            ruler: Ruler { width: stored.width, line_end },
            quote,
            ended: false,
            hole: 0,
        }
    }

    /// Reads the next block into `block`. False when there is none.
    ///
    /// # Errors
    /// When reading fails: `block` then holds what was read before, and the text ends with it.
    pub fn next(&mut self, block: &mut Block) -> io::Result<bool> {
        self.pass_hole();
        let most = self.tail.len() + BLOCK;
        block.begin(&self.tail, most);
        block.span = TextSpan { start: self.cursor, ruler: self.ruler };
        let read = self.read_up_to(block, most);
        let start = self.seen;
        let whole = self.ended || self.hole > 0;
        let end = if whole { block.len } else { self.cut(block.text(), start) };
        block.focus = start..end;
        self.keep_tail(block.text(), end);
        read.map(|()| end > start)
    }

    fn read_up_to(&mut self, block: &mut Block, most: usize) -> io::Result<()> {
        while !self.ended && self.hole == 0 && block.len < most {
            let read = read_some(&mut self.source, &mut block.room[block.len..most]);
            let n = *read.as_ref().unwrap_or(&0);
            block.len += n;
            // A failed read ends the text.
            self.ended = n == 0;
            read?;
            self.meet_hole()?;
        }
        Ok(())
    }

    fn meet_hole(&mut self) -> io::Result<()> {
        if self.source.is_same() {
            let source = self.source.inner_mut();
            if source.at == source.head.len() {
                self.hole = source.rest.skip_hole()?;
            }
        }
        Ok(())
    }

    /// A hole is one long stretch of the line it lies in.
    fn pass_hole(&mut self) {
        if self.hole > 0 {
            let before = self.ruler.advance(self.cursor, &self.tail);
            self.cursor = Cursor {
                column: before.column + self.hole,
                byte: before.byte + self.hole,
                ..before
            };
            self.tail.clear();
            self.seen = 0;
            self.hole = 0;
        }
    }

    fn keep_tail(&mut self, text: &[u8], end: usize) {
        let from = floor_char(text, end.saturating_sub(LOOK_BACK));
        self.cursor = self.ruler.advance(self.cursor, &text[..from]);
        self.tail.clear();
        self.tail.extend_from_slice(&text[from..]);
        self.seen = end - from;
    }

    /// Where a block that goes on ends: after its last line, or inside a line that is too long.
    fn cut(&self, text: &[u8], start: usize) -> usize {
        let own = &text[start..];
        let line = match self.quote {
            Some(quote) if memchr::memchr(quote, own).is_some() => {
                last_row_end(own, quote, self.ruler.line_end.byte())
            }
            _ => memchr::memrchr(self.ruler.line_end.byte(), own).map(|at| at + 1),
        };
        line.map_or_else(|| cut_line(text, start), |n| start + n)
    }
}

/// The end of the last line that ends outside quotes.
fn last_row_end(text: &[u8], quote: u8, line_end: u8) -> Option<usize> {
    let (mut quoted, mut last) = (false, None);
    for at in memchr::memchr2_iter(quote, line_end, text) {
        if text[at] == quote {
            quoted = !quoted;
        } else if !quoted {
            last = Some(at + 1);
        }
    }
    last
}

/// A place to cut a long line where no number or address stands, if there is one near.
fn cut_line(text: &[u8], start: usize) -> usize {
    const CLEAR: usize = 32;
    let last = text.len().saturating_sub(OVERLAP).max(start + 1).min(text.len());
    let first = last.saturating_sub(OVERLAP).max(start + 1);
    let calm = |b: &u8| !b.is_ascii_digit() && *b != b'@' && *b != b'+';
    let clear =
        |&at: &usize| text[at.saturating_sub(CLEAR)..(at + CLEAR).min(text.len())].iter().all(calm);
    floor_char(text, (first..=last).rev().step_by(8).find(clear).unwrap_or(last)).max(start + 1)
}

/// The start of the UTF-8 character at `at`; `at` itself in text that is no UTF-8.
fn floor_char(text: &[u8], at: usize) -> usize {
    let continues = |n: usize| text.get(n).is_some_and(|b| b & 0xC0 == 0x80);
    (0..4).map(|back| at.saturating_sub(back)).find(|&n| !continues(n)).unwrap_or(at)
}

/// The end of the line at `at`: after its line end, or the end of the text.
#[must_use]
pub fn end_of_line(text: &[u8], at: usize, line_end: LineEnd) -> usize {
    memchr::memchr(line_end.byte(), &text[at..]).map_or(text.len(), |n| at + n + 1)
}

#[cfg(test)]
mod tests {
    use super::super::encoding::detect;
    use super::*;
    use proptest::prelude::*;

    /// Gives its bytes in small pieces, with a hole after the first `data` bytes.
    struct Holey {
        data: io::Cursor<Vec<u8>>,
        hole_at: u64,
        hole: u64,
    }

    impl Read for Holey {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = out.len().min(7000);
            self.data.read(&mut out[..n])
        }
    }

    impl Input for Holey {
        fn skip_hole(&mut self) -> io::Result<u64> {
            let here = self.data.position() >= self.hole_at;
            Ok(if here { std::mem::take(&mut self.hole) } else { 0 })
        }
    }

    /// Every block's own text with its position, put together again.
    fn put_together(data: &[u8], quote: Option<u8>) -> (Vec<u8>, Vec<(Cursor, usize)>) {
        let input = Holey { data: io::Cursor::new(data.to_vec()), hole_at: u64::MAX, hole: 0 };
        let mut blocks = Blocks::new(Vec::new(), Box::new(input), detect(data), quote);
        let (mut block, mut text, mut starts) = (Block::default(), Vec::new(), Vec::new());
        while blocks.next(&mut block).unwrap() {
            let from =
                block.span.ruler.advance(block.span.start, &block.text()[..block.focus.start]);
            starts.push((from, text.len()));
            text.extend_from_slice(&block.text()[block.focus.clone()]);
        }
        (text, starts)
    }

    #[test]
    fn long_lines_are_cut_away_from_numbers() {
        let text = "ord 9001012385 ".repeat(80_000);
        let (got, starts) = put_together(text.as_bytes(), None);
        assert!(got == text.as_bytes(), "the text is not whole");
        assert!(starts.len() > 3, "{starts:?}");
    }

    #[test]
    fn rows_are_not_cut_inside_quotes() {
        let text = "a;\"b\nc\"\n".repeat(100_000);
        let (got, starts) = put_together(text.as_bytes(), Some(b'"'));
        assert!(got == text.as_bytes());
        for (_, at) in starts {
            assert!(text[at..].starts_with("a;") || at == text.len(), "cut at {at}");
        }
    }

    #[test]
    fn holes_are_passed_over_and_counted() {
        let input =
            Holey { data: io::Cursor::new(b"ab\nabcd".to_vec()), hole_at: 5, hole: 1 << 40 };
        let mut input = Box::new(input);
        let mut head = vec![0; 5];
        input.read_exact(&mut head).unwrap();
        let mut blocks = Blocks::new(head.clone(), input, detect(&head), None);
        let mut block = Block::default();
        assert!(blocks.next(&mut block).unwrap());
        assert_eq!(&block.text()[block.focus.clone()], b"ab\nab");
        assert!(blocks.next(&mut block).unwrap());
        assert_eq!(&block.text()[block.focus.clone()], b"cd");
        assert_eq!(
            block.span.start,
            Cursor { line: 2, column: 3 + (1 << 40), byte: 5 + (1 << 40) }
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn blocks_make_the_text(line in "[a-zåäö0-9@ ]{0,90}", lines in 1_usize..20_000) {
            let text = format!("{line}\n").repeat(lines);
            let (got, starts) = put_together(text.as_bytes(), None);
            prop_assert!(got == text.as_bytes());
            for (from, at) in starts {
                let want = Ruler::default().advance(Cursor::start(0), &text.as_bytes()[..at]);
                prop_assert_eq!(from, want);
            }
        }
    }
}
