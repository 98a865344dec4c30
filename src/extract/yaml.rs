//! YAML, read line by line: mappings, sequences and scalars by their indentation.
//!
//! Tolerant: what is no mapping and no item is a scalar, and every scalar and comment is handed over.
//! Tags and anchors are passed over, aliases are text. Keys must fit a line of 1024 bytes (YAML 1.2,
//! 7.4.2); flow collections are left to the parser of [`super::json`].
//!
//! Start at `Reader::line`. Records are those of `super::tree`.

use std::io;

use super::TextStream;
use super::feed::{Feed, whole_chars};
use super::json;
use super::quoted::{End, Escapes, Quoted};
use super::records::{BLOCK, Records, stored_len_between};
use super::tree::{Kind, MAX_DEPTH, Tree};
use crate::model::{Cursor, Flow, Sink};

mod sniff;

/// Keys are no longer than this.
const MAX_KEY: usize = 1024;
/// Deeper indentation counts as this much.
const MAX_INDENT: usize = 4096;

/// Reads YAML documents.
///
/// # Errors
/// When reading fails; what came before has been handed over.
pub fn extract(stream: &mut TextStream<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
    let mut feed = Feed::new(stream);
    let mut tree = Tree::new(Records::new(feed.ruler(), sink));
    Reader::new(&mut feed, &mut tree).documents();
    feed.finish()?;
    Ok(tree.records.flow())
}

/// Is a text that begins with `head` YAML?
#[must_use]
pub fn looks_like(head: &[u8], name: &str) -> bool {
    sniff::is_yaml(head, json::named(name, &[".yaml", ".yml"]))
}

struct Reader<'p, 's, 'r, 'k> {
    feed: &'p mut Feed<'s, 'r>,
    tree: &'p mut Tree<'k>,
    line_end: u8,
    /// The columns of the open mappings and sequences, from 0.
    columns: Vec<usize>,
    /// A key or a dash was read; its value may be on the next line.
    is_awaiting: bool,
    /// Indentation of the line that is next, as far as it was passed over.
    carried: usize,
    /// A plain scalar that goes on if the next line is indented: where its text ended.
    plain: Option<Cursor>,
    key: String,
}

impl<'p, 's, 'r, 'k> Reader<'p, 's, 'r, 'k> {
    fn new(feed: &'p mut Feed<'s, 'r>, tree: &'p mut Tree<'k>) -> Self {
        Reader {
            line_end: feed.ruler().line_end.byte(),
            feed,
            tree,
            columns: Vec::new(),
            is_awaiting: false,
            carried: 0,
            plain: None,
            key: String::new(),
        }
    }

    fn documents(&mut self) {
        while self.feed.peek().is_some() && !self.tree.records.stopped() {
            self.line();
        }
        self.close_document();
    }

    fn close_document(&mut self) {
        self.end_plain();
        self.columns.clear();
        self.tree.leave_all();
    }

    /// Reads a line, and those that belong to a scalar that begins on it.
    fn line(&mut self) {
        let indent = std::mem::take(&mut self.carried) + self.skip_space();
        match self.feed.peek() {
            None => return,
            Some(b) if self.is_end(b) => return self.feed.skip(1),
            Some(b'#') => {
                self.end_plain();
                return self.comment();
            }
            Some(b'%') if indent == 0 => {
                self.close_document();
                return self.comment();
            }
            Some(b'-' | b'.') if indent == 0 && self.is_marker() => return self.marker(),
            Some(_) => {}
        }
        if self.plain.is_some() && indent >= self.floor() && self.key_len().is_none() {
            return self.go_on();
        }
        self.end_plain();
        self.close_to(indent);
        self.entry(indent);
    }

    /// Passes over spaces and tells how many there were.
    fn skip_space(&mut self) -> usize {
        let from = self.feed.offset();
        self.feed.skip_while(|b| matches!(b, b' ' | b'\t'));
        usize::try_from(self.feed.offset() - from).unwrap_or(MAX_INDENT).min(MAX_INDENT)
    }

    fn is_end(&self, b: u8) -> bool {
        matches!(b, b'\n' | b'\r') || b == self.line_end
    }

    /// Is the line at its end, but for space that was passed over?
    fn at_end(&mut self) -> bool {
        self.feed.peek().is_none_or(|b| self.is_end(b))
    }

    /// Is there white space or the end `n` bytes ahead?
    fn is_space_at(&mut self, n: usize) -> bool {
        self.feed.peek_at(n).is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
    }

    fn is_marker(&mut self) -> bool {
        matches!(self.feed.need(3).get(..3), Some(b"---" | b"...")) && self.is_space_at(3)
    }

    fn marker(&mut self) {
        self.close_document();
        self.feed.skip(3);
        let column = 3 + self.skip_space();
        if !self.at_end() {
            self.entry(column);
        }
    }

    /// The least indentation of what belongs to the innermost mapping or sequence.
    fn floor(&self) -> usize {
        self.columns.last().map_or(0, |column| column + 1)
    }

    /// Ends the mappings and sequences that a line indented by `indent` is not part of.
    fn close_to(&mut self, indent: usize) {
        while let Some(&column) = self.columns.last() {
            let is_next_item = self.feed.peek() == Some(b'-') && self.is_space_at(1);
            let is_list = self.tree.kind() == Some(Kind::Array);
            if column < indent || column == indent && (!is_list || is_next_item) {
                return;
            }
            self.columns.pop();
            self.tree.leave();
            self.is_awaiting = false;
        }
    }

    /// Reads items, a key and what follows them on the line.
    fn entry(&mut self, mut column: usize) {
        loop {
            self.skip_properties();
            if self.feed.peek() == Some(b'-') && self.is_space_at(1) {
                if !self.open(Kind::Array, column) {
                    return self.loose_line();
                }
                self.tree.element();
                self.feed.skip(1);
                self.is_awaiting = true;
                column += 1 + self.skip_space();
                if self.at_end() {
                    return;
                }
            } else if let Some(n) = self.key_len() {
                if !self.open(Kind::Object, column) {
                    return self.loose_line();
                }
                self.read_key(n);
                self.is_awaiting = true;
                return self.value();
            } else {
                return self.value();
            }
        }
    }

    /// Opens a mapping or sequence at `column`, if it is not open. False if it would be too deep.
    fn open(&mut self, kind: Kind, column: usize) -> bool {
        if self.tree.kind() == Some(kind) && self.columns.last() == Some(&column) {
            return true;
        }
        if self.tree.depth() >= MAX_DEPTH {
            return false;
        }
        self.place();
        self.tree.enter(kind, self.feed.offset());
        self.columns.push(column);
        true
    }

    /// The length of the key that is next, its quotes included, if there is one.
    fn key_len(&mut self) -> Option<usize> {
        match self.feed.peek()? {
            quote @ (b'"' | b'\'') => self.quoted_key_len(quote),
            b'[' | b'{' | b'#' | b'|' | b'>' => None,
            _ => self.plain_key_len(),
        }
    }

    fn quoted_key_len(&mut self, quote: u8) -> Option<usize> {
        let raw = self.feed.need(MAX_KEY);
        let raw = &raw[1..raw.len().min(MAX_KEY)];
        let n = quoted(quote, self.line_end).len_in(raw)?;
        let after = &raw[n + 1..];
        let space = after.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let ends = after.get(space) == Some(&b':')
            && after.get(space + 1).is_none_or(u8::is_ascii_whitespace);
        ends.then_some(n + 2)
    }

    fn plain_key_len(&mut self) -> Option<usize> {
        let text = self.feed.need(MAX_KEY);
        let text = &text[..text.len().min(MAX_KEY)];
        let end = memchr::memchr2(b'\n', self.line_end, text).unwrap_or(text.len());
        let line = &text[..end];
        let is_colon = |&n: &usize| line.get(n + 1).is_none_or(u8::is_ascii_whitespace);
        let n = memchr::memchr_iter(b':', line).find(is_colon)?;
        let is_comment = memchr::memmem::find(&line[..n], b" #").is_some();
        (n > 0 && !is_comment).then(|| line[..n].trim_ascii_end().len())
    }

    /// Reads a key of `n` bytes and its colon.
    fn read_key(&mut self, n: usize) {
        let ruler = self.feed.ruler();
        let raw = ruler.decode(&self.feed.sight()[..n]);
        self.key.clear();
        match raw.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = &raw[1..raw.len() - 1];
                quoted(quote as u8, self.line_end).decode_to(inner, &mut self.key);
            }
            _ => self.key.push_str(&raw),
        }
        if self.tree.key(&self.key) {
            self.tree.begin_key(self.feed);
            self.tree.records.run(self.feed, n);
            self.tree.records.end();
        } else {
            self.feed.skip(n);
        }
        self.skip_space();
        if self.feed.peek() == Some(b':') {
            self.feed.skip(1);
        }
    }

    /// Passes over tags and anchors.
    fn skip_properties(&mut self) {
        while matches!(self.feed.peek(), Some(b'!' | b'&')) {
            let is_space = |t: &[u8]| t.iter().position(u8::is_ascii_whitespace);
            let Some(n) = self.feed.find(0, MAX_KEY, is_space) else { return };
            if super::tree::is_data(&String::from_utf8_lossy(&self.feed.sight()[..n])) {
                return;
            }
            self.feed.skip(n);
            self.skip_space();
        }
    }

    /// Reads a value that begins on this line.
    fn value(&mut self) {
        self.skip_space();
        self.skip_properties();
        let Some(b) = self.feed.peek() else { return };
        match b {
            b if self.is_end(b) => {}
            b'#' => self.comment(),
            b'"' | b'\'' => self.quoted_scalar(b),
            b'|' | b'>' if self.is_block_header() => self.block_scalar(b),
            b'[' | b'{' => self.flow(),
            _ => self.plain_scalar(),
        }
    }

    /// Goes to the value that is next: that of the last key or item, or one without a key.
    fn place(&mut self) {
        if !self.is_awaiting && self.tree.kind() == Some(Kind::Object) {
            self.tree.no_key();
        }
        self.is_awaiting = false;
    }

    fn flow(&mut self) {
        self.place();
        json::flow(self.feed, self.tree, self.floor());
        self.after_scalar();
    }

    /// Reads what follows a quoted scalar or a flow collection on its line.
    fn after_scalar(&mut self) {
        self.skip_space();
        if !self.at_end() {
            self.comment();
        }
    }

    /// Hands over a comment, or what else is left of the line.
    fn comment(&mut self) {
        self.feed.skip_while(|b| b == b'#');
        self.skip_space();
        self.loose_line();
    }

    /// Hands over what is left of the line as text without label.
    fn loose_line(&mut self) {
        self.tree.begin_loose(self.feed);
        self.run_line();
        self.tree.records.end();
    }

    /// Adds what is left of the line to the field, without white space at its end.
    fn run_line(&mut self) {
        loop {
            let end = self.feed.line_len(BLOCK);
            let sight = self.feed.sight();
            let n = end.unwrap_or_else(|| sight.len().min(BLOCK));
            let is_whole = end.is_some() || n < BLOCK;
            let text = &sight[..n];
            let len = if is_whole { text.trim_ascii_end().len() } else { whole_chars(text) };
            self.tree.records.run(self.feed, len);
            if is_whole || self.tree.records.stopped() {
                return self.feed.skip(n - len);
            }
        }
    }

    fn quoted_scalar(&mut self, quote: u8) {
        self.place();
        self.feed.skip(1);
        self.tree.begin(self.feed);
        let quoted = quoted(quote, self.line_end);
        let mut is_closed = false;
        loop {
            let end = quoted.body(self.feed, &mut self.tree.records);
            is_closed |= end == End::Quote;
            match end {
                End::Quote | End::Text => break,
                End::Line | End::Joined if !self.fold(end) => break,
                End::Line | End::Joined => {}
            }
        }
        self.tree.records.end();
        if is_closed {
            self.after_scalar();
        }
    }

    /// Passes over line ends and indentation in a quoted scalar: a space, or nothing after a
    /// backslash. False where the next line is no part of it, for want of indentation.
    fn fold(&mut self, end: End) -> bool {
        let from = self.feed.cursor();
        self.feed.skip(usize::from(end == End::Joined));
        let mut indent;
        loop {
            self.feed.skip_while(|b| b == b'\r');
            let ends = self.feed.peek() == Some(self.line_end);
            self.feed.skip(usize::from(ends));
            indent = self.skip_space();
            if self.feed.peek().is_none() || !self.at_end() {
                break;
            }
        }
        if indent < self.floor() {
            self.carried = indent;
            return false;
        }
        if end == End::Line {
            let stored = stored_len_between(from, self.feed.cursor());
            self.tree.records.escape_at(from, stored, " ");
        }
        true
    }

    /// Reads a plain scalar as far as it stands on this line. It is left open.
    fn plain_scalar(&mut self) {
        let line = self.feed.line_len(BLOCK);
        let is_whole = line.is_some() || self.feed.sight().len() < BLOCK;
        if !is_whole {
            self.place();
            self.tree.begin(self.feed);
            self.run_line();
            return self.tree.records.end();
        }
        let n = line.unwrap_or(self.feed.sight().len());
        let text = plain_text(&self.feed.sight()[..n]);
        let len = text.len();
        if matches!(text, b"null" | b"~" | b"true" | b"false") {
            self.is_awaiting = false;
            self.feed.skip(len);
        } else {
            self.place();
            self.tree.begin(self.feed);
            self.tree.records.run(self.feed, len);
            self.plain = Some(self.feed.cursor());
        }
        self.rest_after_plain();
    }

    /// Passes over what is left after a plain scalar, which may be a comment.
    fn rest_after_plain(&mut self) {
        self.skip_space();
        if !self.at_end() {
            self.end_plain();
            self.comment();
        }
    }

    /// Goes on with the open plain scalar.
    fn go_on(&mut self) {
        let Some(from) = self.plain.take() else { return };
        let stored = stored_len_between(from, self.feed.cursor());
        self.tree.records.escape_at(from, stored, " ");
        let line = self.feed.line_len(BLOCK);
        let Some(n) = line else {
            self.run_line();
            return self.tree.records.end();
        };
        let len = plain_text(&self.feed.sight()[..n]).len();
        self.tree.records.run(self.feed, len);
        self.plain = Some(self.feed.cursor());
        self.rest_after_plain();
    }

    fn end_plain(&mut self) {
        if self.plain.take().is_some() {
            self.tree.records.end();
        }
    }

    /// Is there nothing but indicators and a comment after `|` or `>`?
    fn is_block_header(&mut self) -> bool {
        let n = self.feed.find(1, MAX_KEY, |t| {
            t.iter().position(|b| !matches!(b, b'+' | b'-' | b'0'..=b'9' | b' ' | b'\t' | b'\r'))
        });
        n.is_none_or(|n| {
            let b = self.feed.sight()[n];
            b == b'#' || b == b'\n' || b == self.line_end
        })
    }

    /// Reads a block scalar from its header on.
    fn block_scalar(&mut self, style: u8) {
        self.feed.skip_while(|b| matches!(b, b'|' | b'>' | b'+' | b'-' | b'0'..=b'9'));
        self.skip_space();
        if self.feed.peek() == Some(b'#') {
            self.comment();
        }
        self.place();
        self.tree.begin(self.feed);
        let join = if style == b'|' { "\n" } else { " " };
        let mut ended: Option<Cursor> = None;
        let mut content = None;
        while let Some(indent) = self.next_block_line() {
            let content = *content.get_or_insert(indent);
            self.feed.skip(indent.min(content));
            if let Some(from) = ended {
                let stored = stored_len_between(from, self.feed.cursor());
                self.tree.records.escape_at(from, stored, join);
            }
            self.run_line();
            ended = Some(self.feed.cursor());
        }
        self.tree.records.end();
    }

    /// Goes to the next line of a block scalar that is not blank, and tells its indentation, which
    /// is left to be passed over. None after the last.
    fn next_block_line(&mut self) -> Option<usize> {
        loop {
            if self.tree.records.stopped() {
                return None;
            }
            let is_text = |t: &[u8]| t.iter().position(|&b| b != b' ');
            let at_line_end = matches!(self.feed.peek()?, b'\n' | b'\r');
            if at_line_end {
                self.feed.skip(1);
                continue;
            }
            let n = self.feed.find(0, MAX_INDENT, is_text).unwrap_or(MAX_INDENT);
            let b = self.feed.peek_at(n)?;
            if self.is_end(b) {
                self.feed.skip(n);
            } else if n < self.floor() || n == 0 && self.is_marker() {
                return None;
            } else {
                return Some(n);
            }
        }
    }
}

/// Strings in double quotes have escapes, those in single quotes doubled quotes.
fn quoted(quote: u8, line_end: u8) -> Quoted {
    let is_single = quote == b'\'';
    Quoted {
        quote,
        doubled: is_single,
        escapes: (!is_single).then_some(Escapes::Yaml),
        line_end: Some(line_end),
    }
}

/// A line's plain scalar, without a comment and white space after it.
fn plain_text(line: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(line, b" #").unwrap_or(line.len());
    line[..end].trim_ascii_end()
}

#[cfg(test)]
mod tests;
