//! JSON: one document, several after one another, or one a line.
//!
//! Read by what is there, not by what should be: comments, missing and trailing commas, single quotes
//! and bare keys are understood. What cannot be JSON is handed over as running text, from there to
//! the end of the document, or of the line where each line is a document.
//!
//! Start at `Parser::token`. Records are those of `super::tree`; the same parser reads the
//! flow collections of YAML.

use std::io;

use super::TextStream;
use super::feed::{Feed, whole_chars};
use super::quoted::{End, Escapes, Quoted, until};
use super::records::Records;
use super::tree::{Kind, MAX_DEPTH, Tree};
use crate::model::{Flow, Sink};

mod sniff;

/// Keys this long are taken for text.
const MAX_KEY: usize = 4096;
/// Space between a key and its colon.
const MAX_GAP: usize = 256;
/// Longer bare words are no words.
const MAX_WORD: usize = 1024;

/// Reads one JSON document or several after one another.
///
/// # Errors
/// When reading fails; what came before has been handed over.
pub fn extract(stream: &mut TextStream<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
    run(stream, sink, Mode::Document)
}

/// Reads JSON lines (NDJSON): a document a line, pointers are those of the line.
///
/// # Errors
/// When reading fails; what came before has been handed over.
pub fn extract_lines(stream: &mut TextStream<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
    run(stream, sink, Mode::Lines)
}

fn run(stream: &mut TextStream<'_>, sink: &mut dyn Sink, mode: Mode) -> io::Result<Flow> {
    let mut feed = Feed::new(stream);
    let mut tree = Tree::new(Records::new(feed.ruler(), sink));
    Parser::new(&mut feed, &mut tree, mode).documents();
    feed.finish()?;
    Ok(tree.records.flow())
}

/// Reads a YAML flow collection, which is next. What is less indented than `indent` is none of it.
/// False if it broke off.
pub(super) fn flow(feed: &mut Feed<'_, '_>, tree: &mut Tree<'_>, indent: usize) -> bool {
    Parser::new(feed, tree, Mode::Flow { indent }).collection()
}

/// Is a text that begins with `head` JSON, but not JSON lines?
#[must_use]
pub fn looks_like(head: &[u8], name: &str) -> bool {
    let is_named = named(name, &[".json", ".json5", ".jsonc", ".geojson"]);
    let is_json = sniff::is_json(head) || is_named && sniff::opens(head);
    is_json && !looks_like_lines(head, name)
}

/// Is a text that begins with `head` JSON lines?
#[must_use]
pub fn looks_like_lines(head: &[u8], name: &str) -> bool {
    let is_named = named(name, &[".ndjson", ".jsonl", ".jsonlines"]);
    is_named && sniff::opens(head) || sniff::is_lines(head)
}

/// Does `name` end in one of `endings`?
pub(super) fn named(name: &str, endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Documents of any number of lines.
    Document,
    /// A document a line.
    Lines,
    /// A YAML flow collection.
    Flow { indent: usize },
}

struct Parser<'p, 's, 'r, 'k> {
    feed: &'p mut Feed<'s, 'r>,
    tree: &'p mut Tree<'k>,
    mode: Mode,
    line_end: u8,
    /// A key was read; its value is next.
    has_key: bool,
    /// Objects and arrays around the document.
    floor: usize,
    key: String,
}

impl<'p, 's, 'r, 'k> Parser<'p, 's, 'r, 'k> {
    fn new(feed: &'p mut Feed<'s, 'r>, tree: &'p mut Tree<'k>, mode: Mode) -> Self {
        let (floor, line_end) = (tree.depth(), feed.ruler().line_end.byte());
        Parser { feed, tree, mode, line_end, has_key: false, floor, key: String::new() }
    }

    fn documents(&mut self) {
        while let Some(b) = self.feed.peek() {
            if self.tree.records.stopped() {
                return;
            }
            if !self.token(b) {
                self.give_up();
            }
        }
        self.tree.leave_all();
    }

    fn collection(&mut self) -> bool {
        let mut good = true;
        while let Some(b) = self.feed.peek() {
            good = self.token(b);
            if !good || self.tree.depth() == self.floor || self.tree.records.stopped() {
                break;
            }
        }
        while self.tree.depth() > self.floor {
            self.tree.leave();
        }
        good
    }

    /// What is next is not JSON.
    fn give_up(&mut self) {
        self.has_key = false;
        self.tree.leave_all();
        if self.mode == Mode::Lines {
            self.tree.records.rest_of_line(self.feed);
        } else {
            self.tree.records.rest(self.feed);
        }
    }

    /// Reads what begins with `b`. False if it is nothing that can stand here.
    #[inline]
    fn token(&mut self, b: u8) -> bool {
        match b {
            b' ' | b'\t' | b',' | b':' | 0x1E => {
                self.feed.skip_while(|b| matches!(b, b' ' | b'\t' | b',' | b':' | 0x1E));
            }
            b'\n' | b'\r' => return self.end_line(b),
            b'"' | b'\'' => self.string(b),
            b'{' => return self.enter(Kind::Object),
            b'[' => return self.enter(Kind::Array),
            b'}' => return self.leave(Kind::Object),
            b']' => return self.leave(Kind::Array),
            b'#' => self.comment(1),
            b'/' if !self.is_flow() => return self.slash(),
            b'-' | b'+' | b'.' | b'0'..=b'9' if !self.is_flow() => self.number(),
            _ if self.is_flow() => self.plain(),
            _ => return self.word(),
        }
        true
    }

    fn is_flow(&self) -> bool {
        matches!(self.mode, Mode::Flow { .. })
    }

    fn end_line(&mut self, b: u8) -> bool {
        match self.mode {
            Mode::Document => {
                self.feed.skip_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
                return true;
            }
            Mode::Lines if b == self.line_end => {
                self.has_key = false;
                self.tree.leave_all();
            }
            Mode::Flow { indent } if b == self.line_end => {
                if self.is_outdented(indent) {
                    return false;
                }
            }
            Mode::Lines | Mode::Flow { .. } => {}
        }
        self.feed.skip(1);
        true
    }

    /// Does the line after this end of one look like one after an unclosed collection?
    fn is_outdented(&mut self, indent: usize) -> bool {
        let first = |t: &[u8]| t.iter().position(|&b| b != b' ');
        let n = self.feed.find(1, 1 + indent, first);
        n.is_some_and(|n| {
            let b = self.feed.sight()[n];
            b.is_ascii_alphanumeric() || b == b'-'
        })
    }

    fn enter(&mut self, kind: Kind) -> bool {
        if self.tree.depth() >= MAX_DEPTH {
            return false;
        }
        self.place();
        self.tree.enter(kind, self.feed.offset());
        self.feed.skip(1);
        true
    }

    fn leave(&mut self, kind: Kind) -> bool {
        if self.tree.depth() == self.floor || self.tree.kind() != Some(kind) {
            return false;
        }
        self.feed.skip(1);
        self.has_key = false;
        self.tree.leave();
        true
    }

    /// Goes to the value that is next.
    fn place(&mut self) {
        let has_key = std::mem::take(&mut self.has_key);
        match self.tree.kind() {
            // A flow collection's own place is YAML's business.
            _ if self.tree.depth() == self.floor => {}
            Some(Kind::Array) => self.tree.element(),
            Some(Kind::Object) if !has_key => self.tree.no_key(),
            _ => {}
        }
    }

    fn quoted(&self, quote: u8) -> Quoted {
        let single = self.is_flow() && quote == b'\'';
        let escapes = if self.is_flow() { Escapes::Yaml } else { Escapes::Json };
        Quoted {
            quote,
            doubled: single,
            escapes: (!single).then_some(escapes),
            line_end: (self.mode == Mode::Lines).then_some(self.line_end),
        }
    }

    fn string(&mut self, quote: u8) {
        self.feed.skip(1);
        let quoted = self.quoted(quote);
        let wants_key = !self.has_key && self.tree.kind() == Some(Kind::Object);
        if !wants_key || !self.quoted_key(&quoted) {
            self.place();
            self.tree.begin(self.feed);
            self.text(&quoted);
        }
    }

    /// Adds a string's text to the field and ends it.
    fn text(&mut self, quoted: &Quoted) {
        while quoted.body(self.feed, &mut self.tree.records) == End::Joined {
            self.feed.skip(2);
            self.feed.skip_while(|b| matches!(b, b' ' | b'\t' | b'\n'));
        }
        self.tree.records.end();
    }

    /// Reads a key after its opening quote. False if no colon follows.
    fn quoted_key(&mut self, quoted: &Quoted) -> bool {
        let ahead = self.feed.need(MAX_KEY);
        let ahead = &ahead[..ahead.len().min(MAX_KEY)];
        let Some(n) = quoted.len_in(ahead) else { return false };
        if !self.is_colon_after(n + 1) {
            return false;
        }
        self.key.clear();
        let ruler = self.feed.ruler();
        let raw = ruler.decode(&self.feed.sight()[..n]);
        if memchr::memchr2(b'\\', quoted.quote, raw.as_bytes()).is_some() {
            quoted.decode_to(&raw, &mut self.key);
        } else {
            self.key.push_str(&raw);
        }
        self.has_key = true;
        if self.tree.key(&self.key) {
            self.tree.begin_key(self.feed);
            self.text(quoted);
        } else {
            self.feed.skip(n + 1);
        }
        true
    }

    /// Is there a colon `n` bytes ahead, or after space?
    fn is_colon_after(&mut self, n: usize) -> bool {
        if self.feed.peek_at(n) == Some(b':') {
            return true;
        }
        let colon =
            self.feed.find(n, n + MAX_GAP, |t| t.iter().position(|b| !b.is_ascii_whitespace()));
        colon.is_some_and(|n| self.feed.sight()[n] == b':')
    }

    /// A comment of JSON5.
    fn slash(&mut self) -> bool {
        match self.feed.peek_at(1) {
            Some(b'/') => self.comment(2),
            Some(b'*') => self.block_comment(),
            _ => return false,
        }
        true
    }

    /// A comment to the end of the line, after a mark of `n` bytes.
    fn comment(&mut self, n: usize) {
        self.feed.skip(n);
        self.feed.skip_while(|b| matches!(b, b' ' | b'\t'));
        self.tree.begin_loose(self.feed);
        // The end of the line means something to JSON lines: it is passed over by its own token.
        let (records, line_end) = (&mut self.tree.records, self.line_end);
        until(self.feed, records, |t| memchr::memchr2(line_end, b'\r', t));
        self.tree.records.end();
    }

    fn block_comment(&mut self) {
        self.feed.skip(2);
        self.tree.begin_loose(self.feed);
        let star = |t: &[u8]| memchr::memchr(b'*', t);
        while until(self.feed, &mut self.tree.records, star) {
            if self.feed.peek_at(1) == Some(b'/') {
                self.feed.skip(2);
                break;
            }
            self.tree.records.run(self.feed, 1);
        }
        self.tree.records.end();
    }

    fn number(&mut self) {
        self.place();
        self.tree.begin(self.feed);
        until(self.feed, &mut self.tree.records, |t| t.iter().position(|&b| !is_number_byte(b)));
        self.tree.records.end();
    }

    /// A bare word: a literal, or a key of JSON5. False if it is neither.
    fn word(&mut self) -> bool {
        let end = self.feed.find(0, MAX_WORD, |t| t.iter().position(|&b| !is_word_byte(b)));
        let n = end.unwrap_or_else(|| self.feed.sight().len().min(MAX_WORD));
        if n == 0 {
            return false;
        }
        if self.tree.kind() == Some(Kind::Object) && !self.has_key {
            return self.bare_key(n);
        }
        let is_literal = is_literal(&self.feed.sight()[..n]);
        if is_literal {
            self.place();
            self.feed.skip(n);
        }
        is_literal
    }

    fn bare_key(&mut self, n: usize) -> bool {
        if !self.is_colon_after(n) {
            return false;
        }
        let ruler = self.feed.ruler();
        let key = ruler.decode(&self.feed.sight()[..n]);
        let is_data = self.tree.key(&key);
        self.has_key = true;
        if is_data {
            self.tree.begin_key(self.feed);
            self.tree.records.run(self.feed, n);
            self.tree.records.end();
        } else {
            self.feed.skip(n);
        }
        true
    }

    /// A plain scalar of a flow collection.
    fn plain(&mut self) {
        let n = self.plain_len();
        let text = self.feed.sight()[..n].trim_ascii_end();
        let len = text.len().max(1);
        let is_literal = is_literal(text);
        let wants_key = !self.has_key && self.tree.kind() == Some(Kind::Object);
        if wants_key && n < MAX_WORD && self.bare_key(len) {
            return;
        }
        self.place();
        if is_literal {
            self.feed.skip(len);
            return;
        }
        self.tree.begin(self.feed);
        self.tree.records.run(self.feed, len);
        self.tree.records.end();
    }

    /// Bytes of the plain scalar that is next, at least one character.
    fn plain_len(&mut self) -> usize {
        let mut from = 0;
        loop {
            let stop =
                |b: &u8| matches!(b, b',' | b'[' | b']' | b'{' | b'}' | b'\n' | b'\r' | b':');
            let Some(n) = self.feed.find(from, MAX_WORD, |t| t.iter().position(stop)) else {
                let sight = self.feed.sight();
                let all = &sight[..sight.len().min(MAX_WORD)];
                return whole_chars(all).max(1);
            };
            if self.feed.sight()[n] != b':' || self.ends_key(n + 1) {
                return n.max(1);
            }
            from = n + 1;
        }
    }

    /// Does a colon before byte `n` end a key?
    fn ends_key(&mut self, n: usize) -> bool {
        self.feed
            .peek_at(n)
            .is_none_or(|b| matches!(b, b',' | b']' | b'}') || b.is_ascii_whitespace())
    }
}

fn is_number_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_')
}

fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$') || b >= 0x80
}

fn is_literal(word: &[u8]) -> bool {
    matches!(word, b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"undefined" | b"~")
}

#[cfg(test)]
mod tests;
