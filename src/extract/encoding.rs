//! Which encoding a text is stored in, and its conversion to what is scanned.
//!
//! UTF-8, Windows-1252 and Latin-1 are scanned as they are stored. UTF-16, UTF-32 and the other
//! legacy encodings are converted to UTF-8 while they are read.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::dos;
use crate::model::Width;

/// An encoding and the length of its byte order mark in this text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// How it is measured.
    pub width: Width,
    /// Most significant byte first; for UTF-16 and UTF-32.
    pub big_endian: bool,
    /// Bytes of the byte order mark, 0 where there is none.
    pub mark: usize,
}

impl Stored {
    const fn plain(width: Width) -> Stored {
        Stored { width, big_endian: false, mark: 0 }
    }
}

const MARKS: [(&[u8], Width, bool); 5] = [
    (b"\xFF\xFE\0\0", Width::Utf32, false),
    (b"\0\0\xFE\xFF", Width::Utf32, true),
    (b"\xEF\xBB\xBF", Width::Utf8, false),
    (b"\xFF\xFE", Width::Utf16, false),
    (b"\xFE\xFF", Width::Utf16, true),
];

/// The encoding of a text from its first bytes.
#[must_use]
pub fn detect(head: &[u8]) -> Stored {
    for (mark, width, big_endian) in MARKS {
        if head.starts_with(mark) {
            return Stored { width, big_endian, mark: mark.len() };
        }
    }
    // Text of two or four bytes a character has zeros; other text has none.
    match memchr::memchr(0, head).and_then(|_| wide(head)) {
        Some(wide) => wide,
        None => Stored::plain(narrow(head)),
    }
}

/// The beginning of a text, as it is scanned. `head` begins after the byte order mark; a character
/// that is cut off at its end is left out.
#[must_use]
pub fn decode_head(head: &[u8], stored: Stored) -> Vec<u8> {
    let mut text = Vec::new();
    // Reading from memory cannot fail.
    let _ = Transcoder::new(head, stored).read_to_end(&mut text);
    text
}

/// UTF-16 and UTF-32 without a mark show by where their zero bytes stand.
fn wide(head: &[u8]) -> Option<Stored> {
    let sample = &head[..head.len().min(4096) & !3];
    if sample.len() < 8 {
        return None;
    }
    let mut zeros = [0_usize; 4];
    for (n, _) in sample.iter().enumerate().filter(|&(_, &b)| b == 0) {
        zeros[n % 4] += 1;
    }
    let quarter = sample.len() / 4;
    let most = |n: usize| zeros[n] * 10 >= quarter * 7;
    let few = |n: usize| zeros[n] * 8 <= quarter;
    match () {
        () if few(0) && most(2) && most(3) => Some(Width::Utf32).zip(Some(false)),
        () if few(3) && most(0) && most(1) => Some(Width::Utf32).zip(Some(true)),
        () if few(0) && few(2) && most(1) && most(3) => Some(Width::Utf16).zip(Some(false)),
        () if few(1) && few(3) && most(0) && most(2) => Some(Width::Utf16).zip(Some(true)),
        () => None,
    }
    .map(|(width, big_endian)| Stored { width, big_endian, mark: 0 })
}

/// One of the encodings whose lower half is ASCII.
fn narrow(head: &[u8]) -> Width {
    if std::str::from_utf8(head).is_ok() {
        return Width::Utf8;
    }
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    let last = head.utf8_chunks().last().map_or(0, |c| c.invalid().len());
    for chunk in head.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|b| !b.is_ascii()).count();
        invalid += chunk.invalid().len();
    }
    // The sample may end inside a character.
    if invalid == 0 || invalid == last && head.len() > 4096 || valid > 0 {
        return Width::Utf8;
    }
    if head.iter().filter(|b| !b.is_ascii()).all(|&b| is_nordic_1252(b)) {
        return Width::Single;
    }
    if dos::is_text(head) {
        return Width::Dos;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, true);
    // The top-level domain is the detector's way to be told which language is likely.
    let guess = detector.guess(Some(b"se"), Utf8Detection::Deny);
    if guess == WINDOWS_1252 || guess == UTF_8 { Width::Single } else { Width::Legacy(guess) }
}

/// Letters and marks of Nordic texts in Windows-1252.
fn is_nordic_1252(b: u8) -> bool {
    matches!(
        b,
        0x80 | 0x85 | 0x91..=0x97 | 0xA0 | 0xA7 | 0xAB | 0xAD | 0xB0 | 0xB4 | 0xB7 | 0xBB | 0xBD
            | 0xC0 | 0xC4..=0xC6 | 0xC8 | 0xC9 | 0xD6 | 0xD8 | 0xDC | 0xE0 | 0xE1 | 0xE4..=0xE9
            | 0xED | 0xF3 | 0xF6 | 0xF8 | 0xFC
    )
}

/// Reads stored bytes and gives those to be scanned.
pub struct Transcoder<R> {
    inner: R,
    how: How,
    raw: Vec<u8>,
    raw_start: usize,
    ended: bool,
    /// Converted text for which the caller had no room.
    spare: Vec<u8>,
}

/// Room that holds some characters of any encoding.
const ROOM: usize = 64;

enum How {
    Same,
    Utf32 { big_endian: bool },
    Dos,
    Decoder(Box<Decoder>),
    Done,
}

impl<R: Read> Transcoder<R> {
    /// `inner` must stand after the byte order mark.
    pub fn new(inner: R, stored: Stored) -> Transcoder<R> {
        let decoder =
            |e: &'static Encoding| How::Decoder(Box::new(e.new_decoder_without_bom_handling()));
        let how = match stored.width {
            Width::Utf8 | Width::Single => How::Same,
            Width::Utf16 => decoder(if stored.big_endian { UTF_16BE } else { UTF_16LE }),
            Width::Utf32 => How::Utf32 { big_endian: stored.big_endian },
            Width::Dos => How::Dos,
            Width::Legacy(encoding) => decoder(encoding),
        };
        Transcoder { inner, how, raw: Vec::new(), raw_start: 0, ended: false, spare: Vec::new() }
    }

    /// Is what is scanned what is stored?
    pub fn is_same(&self) -> bool {
        matches!(self.how, How::Same)
    }

    /// The reader underneath; for [`Self::is_same`] its position is that of the scanned bytes.
    pub fn inner_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    fn refill(&mut self) -> io::Result<()> {
        self.raw.drain(..self.raw_start);
        self.raw_start = 0;
        let old = self.raw.len();
        self.raw.resize(old + 32 * 1024, 0);
        let n = read_some(&mut self.inner, &mut self.raw[old..]);
        self.raw.truncate(old + *n.as_ref().unwrap_or(&0));
        self.ended |= n? == 0;
        Ok(())
    }

    fn read_dos(&mut self, out: &mut [u8]) -> usize {
        let mut written = 0;
        for &byte in &self.raw[self.raw_start..] {
            if out.len() - written < 4 {
                break;
            }
            written += dos::character(byte).encode_utf8(&mut out[written..]).len();
            self.raw_start += 1;
        }
        written
    }

    fn read_utf32(&mut self, out: &mut [u8], big_endian: bool) -> usize {
        let mut written = 0;
        while out.len() - written >= 4 {
            let Some(unit) = self.raw[self.raw_start..].first_chunk::<4>().copied() else {
                if self.ended {
                    self.raw_start = self.raw.len();
                }
                break;
            };
            let code = if big_endian { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
            let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            written += c.encode_utf8(&mut out[written..]).len();
            self.raw_start += 4;
        }
        written
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.is_same() {
            return read_some(&mut self.inner, out);
        }
        if self.spare.is_empty() && out.len() >= ROOM {
            return self.convert(out);
        }
        if self.spare.is_empty() {
            let mut room = [0; ROOM];
            let n = self.convert(&mut room)?;
            self.spare.extend_from_slice(&room[..n]);
        }
        let n = out.len().min(self.spare.len());
        out[..n].copy_from_slice(&self.spare[..n]);
        self.spare.drain(..n);
        Ok(n)
    }
}

impl<R: Read> Transcoder<R> {
    /// Fills `out`, which has [`ROOM`] at least; 0 at the end.
    fn convert(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let written = match &mut self.how {
                How::Same | How::Done => return Ok(0),
                How::Utf32 { big_endian } => {
                    let big_endian = *big_endian;
                    self.read_utf32(out, big_endian)
                }
                How::Dos => self.read_dos(out),
                How::Decoder(decoder) => {
                    let last = self.ended;
                    let (result, read, written, _) =
                        decoder.decode_to_utf8(&self.raw[self.raw_start..], out, last);
                    self.raw_start += read;
                    let done = last && result == CoderResult::InputEmpty;
                    // A decoder that has said its last must not be asked again.
                    if done {
                        self.how = How::Done;
                    }
                    if done {
                        return Ok(written);
                    }
                    written
                }
            };
            if written > 0 || self.ended && !matches!(self.how, How::Decoder(_)) {
                return Ok(written);
            }
            self.refill()?;
        }
    }
}

/// One read that is not given up for an interruption.
pub fn read_some(reader: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(out) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        let bytes = |u: u16| if big_endian { u.to_be_bytes() } else { u.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn check(head: &[u8], width: Width, mark: usize) {
        let got = detect(head);
        assert_eq!((got.width, got.mark), (width, mark), "{head:?}");
    }

    #[test]
    fn encodings_are_told_apart() {
        check(b"abc", Width::Utf8, 0);
        check("räksmörgås".as_bytes(), Width::Utf8, 0);
        check(b"\xEF\xBB\xBFabc", Width::Utf8, 3);
        check(b"\xFF\xFEa\0b\0", Width::Utf16, 2);
        check(b"\xFF\xFE\0\0a\0\0\0", Width::Utf32, 4);
        check(b"r\xE4ksm\xF6rg\xE5s", Width::Single, 0);
        check(&utf16("Hej på dig, Göran", false), Width::Utf16, 0);
        check(&utf16("Hej på dig, Göran", true), Width::Utf16, 0);
        check("åäö först\nsedan ".as_bytes(), Width::Utf8, 0);
        check(b"f\xC3\xB6rst\nsedan \xE5", Width::Utf8, 0);
        check(b"r\x84ksm\x94rg\x86s och sm\x94r", Width::Dos, 0);
    }

    #[test]
    fn text_that_is_cut_off_inside_a_character_is_read() {
        let text = "Räksmörgås 😀 ".repeat(9);
        for big_endian in [false, true] {
            let bytes = utf16(&text, big_endian);
            let stored = Stored { width: Width::Utf16, big_endian, mark: 0 };
            for cut in 0..=bytes.len() {
                let read = decode_head(&bytes[..cut], stored);
                let read = String::from_utf8(read).unwrap();
                let whole = read.trim_end_matches(char::REPLACEMENT_CHARACTER);
                assert!(text.starts_with(whole) && whole.len() + 8 > cut / 2, "{cut}: {read}");
            }
        }
        let stored = Stored::plain(Width::Legacy(encoding_rs::SHIFT_JIS));
        assert_eq!(decode_head(b"a\x83", stored), "a\u{fffd}".as_bytes());
    }

    #[test]
    fn code_pages_of_dos_are_read() {
        let stored = Stored::plain(Width::Dos);
        assert_eq!(decode_head(b"\x8Fsa \x84ter", stored), "Åsa äter".as_bytes());
    }

    #[test]
    fn what_is_read_is_utf8() {
        let text = "Åsa 😀 räksmörgås\r\n".repeat(5000);
        let utf32: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        for bytes in [utf16(&text, false), utf16(&text, true), utf32] {
            let stored = detect(&bytes);
            let mut out = String::new();
            Transcoder::new(&bytes[..], stored).read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
        }
    }
}
