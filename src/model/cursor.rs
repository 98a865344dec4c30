//! Where one is in a stored text: line, column and byte.
//!
//! Lines and columns count from 1; a column counts Unicode scalar values, an invalid byte is one.
//! Bytes count from 0 and are those of the document as stored, whatever the scanned text is made of.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

/// A position in a stored text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// Line, from 1.
    pub line: u64,
    /// Column in Unicode scalar values, from 1.
    pub column: u64,
    /// Offset into the stored bytes, from 0.
    pub byte: u64,
}

impl Cursor {
    /// The first character of a text that starts `byte` bytes into the document.
    #[must_use]
    pub const fn start(byte: u64) -> Cursor {
        Cursor { line: 1, column: 1, byte }
    }
}

/// How many stored bytes a character of the scanned text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// The scanned bytes are the stored bytes; characters are UTF-8, an invalid byte is one.
    Utf8,
    /// The scanned bytes are the stored bytes, each of them a character.
    Single,
    /// Scanned as UTF-8, stored as UTF-16: two or four bytes a character.
    Utf16,
    /// Scanned as UTF-8, stored as UTF-32: four bytes a character.
    Utf32,
    /// Scanned as UTF-8, stored in a code page of DOS: each byte is a character.
    Dos,
    /// Scanned as UTF-8, stored in another encoding.
    Legacy(&'static Encoding),
}

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// LF, with or without a CR before it.
    Lf,
    /// A lone CR, in texts that have no LF.
    Cr,
}

impl LineEnd {
    /// The byte that ends a line.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            LineEnd::Lf => b'\n',
            LineEnd::Cr => b'\r',
        }
    }
}

/// Measures scanned text in lines, columns and stored bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruler {
    /// Stored bytes a character.
    pub width: Width,
    /// What ends a line.
    pub line_end: LineEnd,
}

impl Default for Ruler {
    fn default() -> Ruler {
        Ruler { width: Width::Utf8, line_end: LineEnd::Lf }
    }
}

impl Ruler {
    /// The position after `text`, which stands at `from`.
    #[must_use]
    pub fn advance(&self, from: Cursor, text: &[u8]) -> Cursor {
        let end = self.line_end.byte();
        if text.len() <= SHORT && matches!(self.width, Width::Utf8 | Width::Single) {
            return self.advance_short(from, text);
        }
        let lines = count(text, end);
        let byte = from.byte + self.stored_len(text);
        if lines == 0 {
            let column = from.column + self.scalars(text);
            return Cursor { line: from.line, column, byte };
        }
        let tail = memchr::memrchr(end, text).map_or(0, |at| at + 1);
        Cursor { line: from.line + lines, column: 1 + self.scalars(&text[tail..]), byte }
    }

    /// The position after a short text that is stored as it is, eight bytes at a time.
    fn advance_short(&self, from: Cursor, text: &[u8]) -> Cursor {
        let line_end = self.line_end.byte();
        let (mut lines, mut last, mut all) = (0, 0, 0);
        let (words, rest) = text.as_chunks::<8>();
        for (n, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            all |= word;
            let ends = byte_matches(word, line_end);
            if ends != 0 {
                lines += u64::from(ends.count_ones());
                last = 8 * n + 8 - ends.leading_zeros() as usize / 8;
            }
        }
        for (n, &byte) in rest.iter().enumerate() {
            all |= u64::from(byte);
            if byte == line_end {
                lines += 1;
                last = 8 * words.len() + n + 1;
            }
        }
        let tail = &text[last..];
        let ascii = all & HIGH_BITS == 0;
        let more = if ascii { tail.len() as u64 } else { self.scalars(tail) };
        let column = if lines == 0 { from.column } else { 1 } + more;
        Cursor { line: from.line + lines, column, byte: from.byte + text.len() as u64 }
    }

    /// How many bytes `text` takes as stored.
    #[must_use]
    pub fn stored_len(&self, text: &[u8]) -> u64 {
        match self.width {
            Width::Utf8 | Width::Single => text.len() as u64,
            Width::Utf16 => 2 * utf16_units(text),
            Width::Utf32 => 4 * scalars(text),
            Width::Dos => scalars(text),
            Width::Legacy(encoding) => legacy_len(encoding, text),
        }
    }

    /// The text as a person reads it. Bytes that are no UTF-8 are taken for Windows-1252, for that is
    /// what they are in Swedish files that hold both; and a text in Windows-1252 may have got UTF-8
    /// from its escapes.
    #[must_use]
    pub fn decode<'t>(&self, text: &'t [u8]) -> Cow<'t, str> {
        decode_mixed(text)
    }

    /// How many characters `text` has.
    #[must_use]
    pub fn scalars(&self, text: &[u8]) -> u64 {
        match self.width {
            Width::Single => text.len() as u64,
            _ => scalars(text),
        }
    }
}

/// How often `byte` stands in `text`: in lanes that a compiler makes vectors of, each of which can count
/// to 255.
fn count(text: &[u8], byte: u8) -> u64 {
    const LANES: usize = 64;
    let count_some = |some: &[u8]| {
        let (rows, rest) = some.as_chunks::<LANES>();
        let mut lanes = [0_u8; LANES];
        for row in rows {
            for (lane, other) in lanes.iter_mut().zip(row) {
                *lane += u8::from(*other == byte);
            }
        }
        let whole: u64 = lanes.iter().map(|&lane| u64::from(lane)).sum();
        whole + rest.iter().filter(|other| **other == byte).count() as u64
    };
    text.chunks(LANES * 255).map(count_some).sum()
}

/// Up to here counting by hand is faster than setting out to search.
const SHORT: usize = 128;

const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte of `word` that is `byte`, and no other bit.
pub(super) const fn byte_matches(word: u64, byte: u8) -> u64 {
    let differs = word ^ (0x0101_0101_0101_0101 * byte as u64);
    !(((differs & !HIGH_BITS) + !HIGH_BITS) | differs | !HIGH_BITS)
}

/// The high bits of the eight bytes of `marks`, which has no other, in one byte: the lowest's lowest.
pub(super) const fn in_one_byte(marks: u64) -> u64 {
    // Each bit is moved to its place in the highest byte; no two meet on the way.
    (marks >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// UTF-8 where it is valid, Windows-1252 elsewhere.
fn decode_mixed(text: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(text) {
        Ok(valid) => Cow::Borrowed(valid),
        Err(_) => {
            let mut out = String::with_capacity(text.len() + 8);
            for chunk in text.utf8_chunks() {
                out.push_str(chunk.valid());
                out.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
            }
            Cow::Owned(out)
        }
    }
}

/// Bytes of `text` when stored in `encoding`.
fn legacy_len(encoding: &'static Encoding, text: &[u8]) -> u64 {
    if text.is_ascii() {
        return text.len() as u64;
    }
    encoding.encode(&String::from_utf8_lossy(text)).0.len() as u64
}

/// Unicode scalar values in `text`, each invalid byte counting as one.
fn scalars(text: &[u8]) -> u64 {
    if std::str::from_utf8(text).is_ok() {
        return count_starts(text);
    }
    text.utf8_chunks()
        .map(|chunk| count_starts(chunk.valid().as_bytes()) + chunk.invalid().len() as u64)
        .sum()
}

/// Characters of valid UTF-8: the bytes that do not continue one.
fn count_starts(valid: &[u8]) -> u64 {
    valid.iter().filter(|&&b| (b as i8) >= -0x40).count() as u64
}

/// UTF-16 code units of valid UTF-8: one a character, two for those of four bytes.
fn utf16_units(text: &[u8]) -> u64 {
    text.iter().map(|&b| u64::from((b as i8) >= -0x40) + u64::from(b >= 0xF0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(width: Width, line_end: LineEnd, text: &[u8], line: u64, column: u64, byte: u64) {
        let ruler = Ruler { width, line_end };
        let got = ruler.advance(Cursor::start(0), text);
        assert_eq!(got, Cursor { line, column, byte }, "{text:?}");
    }

    #[test]
    fn positions() {
        check(Width::Utf8, LineEnd::Lf, b"", 1, 1, 0);
        check(Width::Utf8, LineEnd::Lf, "åäö".as_bytes(), 1, 4, 6);
        check(Width::Utf8, LineEnd::Lf, "a\r\nbö".as_bytes(), 2, 3, 6);
        check(Width::Utf8, LineEnd::Lf, b"a\xE5\xE4b", 1, 5, 4);
        check(Width::Single, LineEnd::Lf, b"\xE5\xE4\n\xF6", 2, 2, 4);
        check(Width::Utf16, LineEnd::Lf, "å\n€😀".as_bytes(), 2, 3, 10);
        check(Width::Utf32, LineEnd::Lf, "å😀".as_bytes(), 1, 3, 8);
        check(Width::Utf8, LineEnd::Cr, b"a\rbc", 2, 3, 4);
    }

    proptest::proptest! {
        #[test]
        fn short_steps_agree_with_long_ones(text in "[a-c\n]{0,60}[a-cå\n]{0,60}") {
            // Beyond the short steps' reach, and without that.
            let padding = "x".repeat(SHORT + 1);
            let long = Ruler::default().advance(Cursor::start(7), (padding.clone() + &text).as_bytes());
            let from = Ruler::default().advance(Cursor::start(7), padding.as_bytes());
            proptest::prop_assert_eq!(Ruler::default().advance(from, text.as_bytes()), long);
        }
    }
}
