//! Cuts an inventory into its objects, whatever its form and layout: one object a line, one document
//! on a few lines, or either of them spread out by another program.
//!
//! Knows strings and brackets, nothing else of JSON; the objects are parsed elsewhere.

use std::io::{self, BufRead};

/// Bytes an object may have.
pub(super) const LONGEST: usize = 8 * 1024 * 1024;

/// The keys of the document form: one of them comes first in it.
const SECTIONS: [&[u8]; 6] = [b"header", b"sources", b"findings", b"unread", b"units", b"summary"];

/// What came of asking for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is there.
    Piece,
    /// The input ends where it may.
    End,
    /// The input ends in the middle.
    CutOff,
    /// What stands here is none.
    Stray,
    /// The object is too long.
    TooLong,
}

/// An input being cut.
pub(super) struct Pieces<R> {
    input: R,
    /// The line being read, from 1.
    line: u64,
    /// The objects stand in one document.
    document: bool,
    /// Depth of brackets in that document, outside of objects.
    outer: u32,
    /// The document has ended.
    closed: bool,
    /// Something was read.
    begun: bool,
}

/// Where in a piece the reading stands.
#[derive(Default)]
struct Inside {
    depth: u32,
    string: bool,
    escaped: bool,
    /// The piece's first string has ended: it is known what it is.
    known: bool,
}

impl<R: BufRead> Pieces<R> {
    pub(super) fn new(input: R) -> Pieces<R> {
        Pieces { input, line: 1, document: false, outer: 0, closed: false, begun: false }
    }

    /// The line where reading stands, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Are the objects those of one document?
    pub(super) fn is_document(&self) -> bool {
        self.document
    }

    /// Reads the next object into `piece`.
    pub(super) fn next(&mut self, piece: &mut Vec<u8>) -> io::Result<Next> {
        piece.clear();
        match self.skip_to_object()? {
            None => self.object(piece),
            Some(end) => Ok(end),
        }
    }

    /// Goes to the next `{` that begins an object of the inventory. None if there is one.
    fn skip_to_object(&mut self) -> io::Result<Option<Next>> {
        let mut string = Inside::default();
        loop {
            let Some(byte) = self.peek()? else {
                let ended = !self.document || self.closed;
                return Ok(Some(if ended { Next::End } else { Next::CutOff }));
            };
            if byte == b'{' && !string.string && !self.closed {
                return Ok(None);
            }
            if !string.string && !self.may_stand(byte) {
                return Ok(Some(Next::Stray));
            }
            string.step(byte);
            self.advance(byte);
        }
    }

    /// May this stand between objects? Follows the brackets of the document.
    fn may_stand(&mut self, byte: u8) -> bool {
        // A byte order mark may come first.
        if byte.is_ascii_whitespace() || (!self.begun && b"\xEF\xBB\xBF".contains(&byte)) {
            return true;
        }
        if !self.document || self.closed {
            return false;
        }
        match byte {
            b'[' => self.outer += 1,
            b']' => self.outer = self.outer.saturating_sub(1),
            b'}' => self.closed = true,
            b'"' | b':' | b',' => {}
            _ => return false,
        }
        true
    }

    /// Reads an object from its `{` on.
    fn object(&mut self, piece: &mut Vec<u8>) -> io::Result<Next> {
        self.begun = true;
        let mut inside = Inside::default();
        loop {
            let ready = fill(&mut self.input)?;
            if ready.is_empty() {
                return Ok(Next::CutOff);
            }
            let (taken, stop) = inside.run(ready, self.document);
            self.line += memchr::memchr_iter(b'\n', &ready[..taken]).count() as u64;
            piece.extend_from_slice(&ready[..taken]);
            self.input.consume(taken);
            if piece.len() > LONGEST {
                return Ok(Next::TooLong);
            }
            match stop {
                Stop::End => return Ok(Next::Piece),
                Stop::FirstString if is_section(piece) => return self.enter_document(piece),
                _ => {}
            }
        }
    }

    /// What was taken for an object is the document that holds them all.
    fn enter_document(&mut self, piece: &mut Vec<u8>) -> io::Result<Next> {
        self.document = true;
        self.next(piece)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(fill(&mut self.input)?.first().copied())
    }

    fn advance(&mut self, byte: u8) {
        self.line += u64::from(byte == b'\n');
        self.input.consume(1);
    }
}

/// Why reading an object stopped.
enum Stop {
    /// No more bytes are ready.
    Bytes,
    /// Its first string has ended.
    FirstString,
    /// It has ended.
    End,
}

impl Inside {
    /// Follows one byte.
    fn step(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
            return;
        }
        match byte {
            b'\\' if self.string => self.escaped = true,
            b'"' => self.string = !self.string,
            b'{' if !self.string => self.depth += 1,
            b'}' if !self.string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// Follows bytes as far as it is clear where they belong: how many, and why no further.
    fn run(&mut self, bytes: &[u8], known: bool) -> (usize, Stop) {
        self.known |= known;
        for (n, &byte) in bytes.iter().enumerate() {
            let was_string = self.string;
            self.step(byte);
            if self.depth == 0 && !self.string {
                return (n + 1, Stop::End);
            }
            if was_string && !self.string && !self.known {
                self.known = true;
                return (n + 1, Stop::FirstString);
            }
        }
        (bytes.len(), Stop::Bytes)
    }
}

/// Is what was read so far the beginning of the document form?
fn is_section(piece: &[u8]) -> bool {
    let key = piece.iter().position(|&byte| byte == b'"').map(|at| &piece[at..]);
    let key = key.and_then(|key| key.strip_prefix(b"\"")?.strip_suffix(b"\""));
    key.is_some_and(|key| SECTIONS.contains(&key))
}

fn fill(input: &mut impl BufRead) -> io::Result<&[u8]> {
    // Asked twice, because what a loop borrows cannot be given back.
    while let Err(error) = input.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    input.fill_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a text, and how it ends, with every size of buffer.
    fn check(text: &str, wanted: &[&str], end: Next, line: u64) {
        for size in [1, 2, 7, 4096] {
            let mut pieces = Pieces::new(io::BufReader::with_capacity(size, text.as_bytes()));
            let (mut got, mut piece) = (Vec::new(), Vec::new());
            let ended = loop {
                match pieces.next(&mut piece).unwrap() {
                    Next::Piece => got.push(String::from_utf8(piece.clone()).unwrap()),
                    other => break other,
                }
            };
            assert_eq!(got, wanted, "{text}");
            assert_eq!((ended, pieces.line()), (end, line), "{text}");
        }
    }

    #[test]
    fn objects_are_cut_whatever_the_layout() {
        let lines = ["{\"type\":\"header\"}", "{\"type\":\"unit\",\"path\":\"a}\\\"{\"}"];
        check("", &[], Next::End, 1);
        check(&format!("{}\n{}\n", lines[0], lines[1]), &lines, Next::End, 3);
        check(&format!("\u{FEFF}{}{}", lines[0], lines[1]), &lines, Next::End, 1);
        check("{\n \"type\": \"header\"\n}\n", &["{\n \"type\": \"header\"\n}"], Next::End, 4);
        check(
            "{\"header\":{\"a\":{}},\n\"findings\":[\n{\"b\":1},\n{}],\"summary\":{}}\n",
            &["{\"a\":{}}", "{\"b\":1}", "{}", "{}"],
            Next::End,
            5,
        );
        check("{\"findings\":[],\"header\":{}}", &["{}"], Next::End, 1);
    }

    #[test]
    fn ends_and_strays_are_told() {
        check(
            "{\"type\":\"header\"}\n{\"type\":\"fin",
            &["{\"type\":\"header\"}"],
            Next::CutOff,
            2,
        );
        check("{\"header\":{},\"findings\":[{}", &["{}", "{}"], Next::CutOff, 1);
        check("{\"header\":{},\"findings\":[{}]", &["{}", "{}"], Next::CutOff, 1);
        check("category,confidence\n", &[], Next::Stray, 1);
        check("{\"a\":1}\nx", &["{\"a\":1}"], Next::Stray, 2);
        check("{\"header\":{}}{}", &["{}"], Next::Stray, 1);
        check("[{}]", &[], Next::Stray, 1);
    }

    #[test]
    fn an_object_has_a_length() {
        let text = format!("{{\"a\":\"{}\"}}", "x".repeat(LONGEST));
        let mut pieces = Pieces::new(text.as_bytes());
        assert_eq!(pieces.next(&mut Vec::new()).unwrap(), Next::TooLong);
    }
}
