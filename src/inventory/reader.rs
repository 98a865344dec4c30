//! One object of an inventory after another.

use std::fmt;
use std::io::{self, BufRead};

use serde::Deserialize;

use super::object::Object;
use super::pieces::{LONGEST, Next, Pieces};
use crate::report::{Header, Line, SCHEMA_VERSION};

/// How an inventory ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With its summary; whether everything was read is in that.
    Whole,
    /// With a summary that says the scan was interrupted.
    Interrupted,
    /// Without its summary: something is missing, and nobody knows how much.
    CutOff,
}

/// Why an inventory cannot be read. Holds nothing that stands in it.
#[derive(Debug)]
pub struct ReadError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for ReadError {}

/// An inventory being read.
pub struct Reader<R> {
    pieces: Pieces<R>,
    piece: Vec<u8>,
    /// Where the object at hand begins.
    line: u64,
    has_header: bool,
    ending: Ending,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `input`, in either form.
    pub fn new(input: R) -> Reader<R> {
        let piece = Vec::new();
        Reader {
            pieces: Pieces::new(input),
            piece,
            line: 1,
            has_header: false,
            ending: Ending::CutOff,
        }
    }

    /// The next object; none at the end.
    ///
    /// # Errors
    /// When it cannot be read or is no inventory. One that was cut off is no error.
    pub fn read(&mut self) -> Result<Option<Object>, ReadError> {
        let next = self.pieces.next(&mut self.piece);
        self.line = self.pieces.line() - newlines(&self.piece);
        match next.map_err(|error| self.error(unreadable(&error)))? {
            Next::Piece => self.object().map(Some),
            Next::End | Next::CutOff if !self.has_header => Err(self.error(NO_HEADER)),
            Next::End => Ok(None),
            Next::CutOff => {
                self.ending = Ending::CutOff;
                Ok(None)
            }
            Next::Stray => Err(self.error(STRAY)),
            Next::TooLong => Err(self.error(format!("an object has more than {LONGEST} bytes"))),
        }
    }

    /// How it ends; known when [`Reader::read`] has given none.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// The line on which the object at hand begins, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The object at hand as it is written.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.piece
    }

    fn object(&mut self) -> Result<Object, ReadError> {
        let Some(kind) = kind_of(&self.piece) else { return Err(self.error(STRAY)) };
        // The summary of a stream that another one follows is not the end.
        if !self.pieces.is_document() {
            self.ending = Ending::CutOff;
        }
        if !self.has_header && kind != Line::Header && !self.pieces.is_document() {
            return Err(self.error(NO_HEADER));
        }
        Ok(match kind {
            Line::Header => Object::Header(self.header()?),
            Line::Source => Object::Source(self.parse()?),
            Line::Finding => Object::Finding(self.parse()?),
            Line::Unread => Object::Unread(self.parse()?),
            Line::Unit => Object::Unit(self.parse()?),
            Line::Summary => {
                let summary: super::Summary = self.parse()?;
                let ended = if summary.interrupted { Ending::Interrupted } else { Ending::Whole };
                self.ending = ended;
                Object::Summary(summary)
            }
        })
    }

    fn header(&mut self) -> Result<Header, ReadError> {
        let header: Header = self.parse()?;
        if header.schema > SCHEMA_VERSION {
            return Err(self.error(format!(
                "it was written by sparhund {}, whose form this version does not know: use that one",
                header.tool.escape_debug()
            )));
        }
        self.has_header = true;
        Ok(header)
    }

    fn parse<'r, T: Deserialize<'r>>(&'r self) -> Result<T, ReadError> {
        serde_json::from_slice(&self.piece).map_err(|error| {
            // A message of the parser could repeat a value.
            let line = self.line + error.line().saturating_sub(1) as u64;
            ReadError {
                line,
                what: format!("an object breaks its form at character {}", error.column()),
            }
        })
    }

    fn error(&self, what: impl Into<String>) -> ReadError {
        ReadError { line: self.line, what: what.into() }
    }
}

const NO_HEADER: &str =
    "it is no inventory, for it has no header: make one with `sparhund scan -o FILE`";
const STRAY: &str = "it is no inventory: here is something else than its objects";

fn unreadable(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}

fn newlines(piece: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', piece).count() as u64
}

/// What an object is, wherever its type stands.
fn kind_of(piece: &[u8]) -> Option<Line> {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: String,
    }
    Line::of(piece).or_else(|| {
        let typed: Typed = serde_json::from_slice(piece).ok()?;
        Line::of(format!("{{\"type\":\"{}\"", typed.kind).as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::At;

    const HEADER: &str = r#"{"type":"header","schema":1,"tool":"0.1.0","rules":"x","values":"masked","key_id":null,"min_confidence":"medium","reference_date":"2026-12-31","started":"2026-11-21T00:00:00Z"}"#;
    const SOURCE: &str = r#"{"type":"source","id":"share","kind":"folder","root":"share"}"#;
    const FINDING: &str = r#"{"type":"finding","id":"0","category":"email","confidence":"high","score":0.9,"value":{"masked":"e***@h***.com"},"attributes":{"test_identity":false,"special_category":false},"evidence":["known_tld"],"location":{"source":"share","path":"a.txt","inside":[{"kind":"archive_entry","name":"b"}],"at":{"kind":"text","line":3,"column":2,"byte_start":10,"byte_end":20}}}"#;
    const ROW: &str = r#"{"type":"finding","id":"1","category":"kundnummer","confidence":"low","score":0.4,"value":{"masked":"***"},"attributes":{},"evidence":[],"location":{"source":"db","at":{"kind":"row","table":"kund","column":"nr","key":{"id":7,"ort":"Ö"}}}}"#;
    const NEWER: &str = r#"{"type":"finding","id":"2","category":"email","confidence":"low","score":0.4,"value":{"masked":"***"},"more":1,"location":{"source":"db","at":{"kind":"hologram","z":1}}}"#;
    const UNREAD: &str = r#"{"type":"unread","location":{"source":"share","path":"b"},"reason":"encrypted","detail":"x"}"#;
    const UNIT: &str = r#"{"type":"unit","id":"2","source":"share","kind":"file","path":"a.txt","bytes":3,"modified":"2026-01-02T03:04:05Z","findings":1,"complete":true,"ledger":{"scanned":1}}"#;
    const SUMMARY: &str = r#"{"type":"summary","complete":true,"findings":{"email":{"high":1}},"test_identities":{},"ledger":{"seen":1,"scanned":1,"partial":0,"skipped":{},"unread":{},"bytes":3},"finished":"2026-11-21T00:00:01Z"}"#;

    fn ndjson(lines: &[&str]) -> String {
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    fn document() -> String {
        format!(
            "{{\"header\":{HEADER},\n\"sources\":[\n{SOURCE}],\n\"findings\":[\n{FINDING},\n{ROW},\n{NEWER}],\n\
             \"unread\":[\n{UNREAD}],\n\"units\":[\n{UNIT}],\n\"summary\":{SUMMARY}}}\n"
        )
    }

    /// The first letters of the objects, and the end or what is complained of.
    fn read(text: &str) -> (String, Result<Ending, String>) {
        let mut reader = Reader::new(text.as_bytes());
        let mut kinds = String::new();
        loop {
            match reader.read() {
                Ok(None) => return (kinds, Ok(reader.ending())),
                Err(error) => return (kinds, Err(error.to_string())),
                Ok(Some(object)) => kinds.push(match object {
                    Object::Header(_) => 'h',
                    Object::Source(_) => 's',
                    Object::Finding(_) => 'f',
                    Object::Unread(_) => 'u',
                    Object::Unit(_) => 'n',
                    Object::Summary(_) => 'e',
                }),
            }
        }
    }

    #[test]
    fn both_forms_give_the_same_objects() {
        let stream = ndjson(&[HEADER, SOURCE, FINDING, ROW, NEWER, UNREAD, UNIT, SUMMARY]);
        assert_eq!(read(&stream), ("hsfffune".to_owned(), Ok(Ending::Whole)));
        assert_eq!(read(&document()), ("hsfffune".to_owned(), Ok(Ending::Whole)));
        let value: serde_json::Value = serde_json::from_str(&document()).unwrap();
        let spread = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(read(&spread), ("fffhsenu".to_owned(), Ok(Ending::Whole)));
    }

    #[test]
    fn what_was_cut_off_says_so() {
        let cut = |text: &str, kinds: &str| {
            assert_eq!(read(text), (kinds.to_owned(), Ok(Ending::CutOff)), "{text}");
        };
        cut(&ndjson(&[HEADER, SOURCE, FINDING]), "hsf");
        cut(&format!("{HEADER}\n{SOURCE}\n{}", &FINDING[..50]), "hs");
        cut(&ndjson(&[HEADER, SUMMARY, HEADER, SOURCE]), "hehs");
        let document = document();
        let unread = document.find("\"unread\"").unwrap();
        cut(&document[..unread], "hsfff");
        cut(&document[..unread + 30], "hsfff");
        let interrupted = SUMMARY.replace("true", "false,\"interrupted\":true");
        assert_eq!(read(&ndjson(&[HEADER, &interrupted])).1, Ok(Ending::Interrupted));
    }

    #[test]
    fn what_is_no_inventory_is_told_with_its_line() {
        let check = |text: &str, said: &str| {
            let error = read(text).1.expect_err(text);
            assert!(error.contains(said), "{text}: {error}");
        };
        check("", "line 1: it is no inventory");
        check("category,confidence\n", "line 1: it is no inventory");
        check(&ndjson(&[UNIT]), "no header");
        check(&ndjson(&[HEADER, "x"]), "line 2: it is no inventory");
        check(&ndjson(&[HEADER, "{\"type\":\"horse\"}"]), "line 2: it is no inventory");
        check(
            &ndjson(&[HEADER, "{\"type\":\"unit\",\"id\":7}"]),
            "line 2: an object breaks its form",
        );
        check("{\"findings\":[]}", "no header");
        check(&HEADER.replace("\"schema\":1", "\"schema\":99"), "does not know");
        let secret = ROW.replace("0.4", "\"19850820-2390\"");
        let error = read(&ndjson(&[HEADER, &secret])).1.unwrap_err();
        assert!(!error.contains("1985"), "{error}");
    }

    #[test]
    fn places_are_typed() {
        let text = ndjson(&[HEADER, FINDING, ROW, NEWER]);
        let mut reader = Reader::new(text.as_bytes());
        let mut places = Vec::new();
        while let Some(object) = reader.read().unwrap() {
            if let Object::Finding(finding) = object {
                places.push((finding.location.inside.len(), finding.location.at.unwrap()));
            }
        }
        assert!(matches!(places[0], (1, At::Text { line: 3, byte_end: 20, .. })));
        let At::Row { table, key, .. } = &places[1].1 else { panic!("{places:?}") };
        assert_eq!(
            (table.as_str(), key["id"].as_str(), key["ort"].as_str()),
            ("kund", "7", "\"Ö\"")
        );
        assert_eq!(places[2].1, At::Other);
    }
}
