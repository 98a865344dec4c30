//! SQL dumps: a row is a record, its values labelled with their columns.
//!
//! Understood are `INSERT` and `REPLACE` with `VALUES` or `SET`, `UPDATE`, and PostgreSQL's `COPY … FROM
//! stdin`. Where a statement does not name its columns, those of an earlier `CREATE TABLE` are taken.
//! All else, comments included, is handed over as running text. A statement may begin after a
//! semicolon or at the start of a line, so that one broken statement does not spoil the next.
//!
//! Start at `Reader::statements`.

use std::io;

use super::TextStream;
use super::feed::{Feed, whole_chars};
use super::json::named;
use super::quoted::{End, Escapes, Quoted, until};
use super::records::{BLOCK, Records, block_len};
use super::tree::is_data;
use crate::model::{Flow, Sink};
use head::{Body, Found, Head, Tables};

mod head;
mod sniff;

/// A statement's head is no longer than this.
const MAX_HEAD: usize = BLOCK;
/// Longer bare words are taken in parts.
const MAX_WORD: usize = 1024;

/// Reads an SQL dump.
///
/// # Errors
/// When reading fails; what came before has been handed over.
pub fn extract(stream: &mut TextStream<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
    let mut feed = Feed::new(stream);
    let escapes = sniff::escapes(feed.need(BLOCK));
    let mut records = Records::new(feed.ruler(), sink);
    Reader {
        feed: &mut feed,
        records: &mut records,
        escapes,
        tables: Tables::default(),
        columns: Vec::new(),
    }
    .statements();
    let flow = records.flow();
    feed.finish()?;
    Ok(flow)
}

/// Is a text that begins with `head` an SQL dump?
#[must_use]
pub fn looks_like(head: &[u8], name: &str) -> bool {
    sniff::is_sql(head, named(name, &[".sql", ".ddl", ".dml", ".psql", ".mysql"]))
}

struct Reader<'p, 's, 'r, 'k> {
    feed: &'p mut Feed<'s, 'r>,
    records: &'p mut Records<'k>,
    /// The backslash escapes of plain string literals.
    escapes: Option<Escapes>,
    tables: Tables,
    /// Those of the statement.
    columns: Vec<String>,
}

impl Reader<'_, '_, '_, '_> {
    fn statements(&mut self) {
        while let Some(head) = self.next_head() {
            self.feed.skip(head.len);
            self.columns = head.columns;
            match head.body {
                Body::Values => self.rows(),
                Body::Assignments => self.assignments(),
                Body::Copy => self.copied_rows(),
            }
            self.records.flush();
        }
    }

    /// Hands over what comes before a statement with data, and reads its head.
    fn next_head(&mut self) -> Option<Head> {
        let mut n = 0;
        while !self.records.stopped() {
            n = self.skip_space(n);
            if n >= BLOCK / 2 {
                self.records.text(self.feed, n);
                n = 0;
            }
            match self.head_at(n) {
                Some(Found::Data(head)) => {
                    self.records.text(self.feed, n);
                    return Some(head);
                }
                Some(Found::Table(len)) => n += len,
                None => {}
            }
            let limit = n + BLOCK;
            match self.feed.find(n, limit, |t| memchr::memchr2(b'\n', b';', t)) {
                Some(end) => n = end + 1,
                None if self.feed.sight().is_empty() => return None,
                None => {
                    let len = block_len(self.feed.need(BLOCK));
                    self.records.text(self.feed, len);
                    n = 0;
                }
            }
        }
        None
    }

    /// What is not white space, `n` bytes ahead or more, as far as is worth looking.
    fn skip_space(&mut self, n: usize) -> usize {
        let limit = n + BLOCK;
        let found = self.feed.find(n, limit, |t| t.iter().position(|b| !b.is_ascii_whitespace()));
        found.unwrap_or_else(|| self.feed.sight().len().min(limit))
    }

    /// The statement `n` bytes ahead, if it concerns data.
    fn head_at(&mut self, n: usize) -> Option<Found> {
        let first = self.feed.need(n + 8).get(n..n + 4)?.to_ascii_uppercase();
        if !matches!(&first[..], b"INSE" | b"REPL" | b"UPDA" | b"COPY" | b"CREA") {
            return None;
        }
        let ruler = self.feed.ruler();
        let ahead = self.feed.need(n + MAX_HEAD);
        let text = &ahead[n..ahead.len().min(n + MAX_HEAD)];
        self.tables.read(text, ruler)
    }

    fn rows(&mut self) {
        while !self.records.stopped() {
            self.feed.skip_while(|b| b.is_ascii_whitespace() || b == b',');
            if self.feed.peek() != Some(b'(') {
                return;
            }
            self.feed.skip(1);
            self.row();
            self.records.flush();
        }
    }

    /// Reads a row after its opening parenthesis.
    fn row(&mut self) {
        let (mut column, mut depth) = (0, 1_usize);
        while let Some(b) = self.feed.peek() {
            match b {
                b' ' | b'\t' | b'\r' | b'\n' => self.feed.skip_while(|b| b.is_ascii_whitespace()),
                b',' | b'(' | b')' => {
                    self.feed.skip(1);
                    column += usize::from(b == b',' && depth == 1);
                    depth = depth + usize::from(b == b'(') - usize::from(b == b')');
                }
                b';' => return,
                _ => self.value(b, column),
            }
            if depth == 0 || self.records.stopped() {
                return;
            }
        }
    }

    /// Reads a value, or a part of one, that begins with `b`.
    fn value(&mut self, b: u8, column: usize) {
        match b {
            b'\'' | b'"' | b'`' => {
                self.begin(column);
                self.literal(b, self.escapes);
            }
            b'-' if self.feed.peek_at(1) == Some(b'-') => {
                self.records.begin("", "", self.feed.offset());
                until(self.feed, self.records, |t| memchr::memchr(b'\n', t));
                self.records.end();
            }
            b'0' if matches!(self.feed.peek_at(1), Some(b'x' | b'X')) => {
                self.feed.skip_while(|b| b.is_ascii_alphanumeric());
            }
            b'-' | b'+' | b'.' | b'0'..=b'9' => {
                self.begin(column);
                self.number();
            }
            _ => self.bare(column),
        }
    }

    /// Begins the field of a column.
    fn begin(&mut self, column: usize) {
        let name = self.columns.get(column).map_or("", String::as_str);
        self.records.begin(name, name, self.feed.offset());
    }

    /// Reads a string literal into the field that was begun, and ends it.
    fn literal(&mut self, quote: u8, escapes: Option<Escapes>) {
        self.feed.skip(1);
        let escapes = if quote == b'`' { None } else { escapes };
        let quoted = Quoted { quote, doubled: true, escapes, line_end: None };
        quoted.body(self.feed, self.records);
        self.records.end();
    }

    fn number(&mut self) {
        until(self.feed, self.records, |t| t.iter().position(|&b| !is_number_byte(b)));
        self.records.end();
    }

    /// Reads words outside quotes: a keyword, a function, the prefix of a literal; or text, where
    /// quotes are missing.
    fn bare(&mut self, column: usize) {
        let stop = |b: &u8| matches!(b, b'\'' | b'"' | b'`' | b',' | b'(' | b')' | b';' | b'\n');
        let n = self.feed.find(0, MAX_WORD, |t| t.iter().position(stop));
        let n = n.unwrap_or_else(|| {
            let sight = self.feed.sight();
            whole_chars(&sight[..sight.len().min(MAX_WORD)])
        });
        let next = self.feed.peek_at(n);
        let word = self.feed.sight()[..n].trim_ascii_end();
        let len = word.len().max(1);
        if is_syntax(word, next) {
            let prefix = word.first().copied().filter(|_| n == 1 && next == Some(b'\''));
            self.feed.skip(len);
            self.prefixed(prefix, column);
        } else {
            self.begin(column);
            self.records.run(self.feed, len);
            self.records.end();
        }
    }

    /// Reads a literal after its prefix, where that says how to read it.
    fn prefixed(&mut self, prefix: Option<u8>, column: usize) {
        match prefix {
            Some(b'X' | b'x' | b'B' | b'b') => self.skip_binary(),
            Some(b'E' | b'e') => {
                self.begin(column);
                self.literal(b'\'', Some(Escapes::Postgres));
            }
            _ => {}
        }
    }

    /// Passes over a literal of digits.
    fn skip_binary(&mut self) {
        self.feed.skip(1);
        self.feed.skip_while(|b| b != b'\'');
        let more = self.feed.peek().is_some();
        self.feed.skip(usize::from(more));
    }

    /// Reads `column = value`, again and again, to the end of the statement.
    fn assignments(&mut self) {
        let mut is_value = false;
        self.columns.clear();
        while let Some(b) = self.feed.peek() {
            if self.records.stopped() || b == b';' {
                return;
            }
            let is_quote = matches!(b, b'\'' | b'"' | b'`' | b'[');
            if is_value && b == b'"' || b == b'\'' {
                self.value(b, 0);
            } else if is_quote || b.is_ascii_alphabetic() || b == b'_' || b >= 0x80 {
                if !self.name() {
                    return;
                }
            } else if b.is_ascii_digit() || b == b'-' {
                self.value(b, 0);
            } else {
                self.feed.skip(1);
            }
            is_value = b == b'=' || is_value && b.is_ascii_whitespace();
        }
    }

    /// Reads a name that a value may follow. False if it begins another statement.
    fn name(&mut self) -> bool {
        let ruler = self.feed.ruler();
        let ahead = self.feed.need(MAX_WORD);
        let (n, name) = head::name(&ahead[..ahead.len().min(MAX_WORD)]);
        let name = ruler.decode(name).into_owned();
        if head::begins_statement(&name) {
            return false;
        }
        if is_data(&name) {
            self.records.begin("", "", self.feed.offset());
            self.records.run(self.feed, n);
            self.records.end();
        } else {
            self.feed.skip(n);
        }
        self.columns.clear();
        self.columns.push(name);
        true
    }

    /// Reads the lines after `COPY`, to the line `\.`.
    fn copied_rows(&mut self) {
        while self.feed.peek().is_some() && !self.records.stopped() {
            let end = self.feed.need(3);
            if end.starts_with(b"\\.") && end.get(2).is_none_or(u8::is_ascii_whitespace) {
                return self.feed.skip(2);
            }
            self.copied_row();
            self.records.flush();
        }
    }

    fn copied_row(&mut self) {
        let quoted = Quoted {
            quote: b'\t',
            doubled: false,
            escapes: Some(Escapes::Postgres),
            line_end: Some(b'\n'),
        };
        for column in 0.. {
            let ahead = self.feed.need(3);
            if ahead.starts_with(b"\\N") && ahead.get(2).is_none_or(u8::is_ascii_whitespace) {
                self.feed.skip(2);
            } else {
                self.begin(column);
            }
            let end = quoted.body(self.feed, self.records);
            self.records.end();
            if end != End::Quote {
                let more = self.feed.peek().is_some();
                return self.feed.skip(usize::from(more));
            }
        }
    }
}

fn is_number_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_')
}

/// Are words outside quotes part of the language, when the byte `next` follows?
fn is_syntax(word: &[u8], next: Option<u8>) -> bool {
    const KEYWORDS: [&str; 8] = [
        "NULL",
        "TRUE",
        "FALSE",
        "DEFAULT",
        "CURRENT_TIMESTAMP",
        "CURRENT_DATE",
        "DATE",
        "TIMESTAMP",
    ];
    const STARTS: [&[u8]; 5] = [b"::", b"||", b"AS ", b"COLLATE ", b"_"];
    let upper = word.to_ascii_uppercase();
    let is_prefix = matches!(&upper[..], b"N" | b"E" | b"X" | b"B" | b"U&");
    next == Some(b'(')
        || next == Some(b'\'') && is_prefix
        || KEYWORDS.iter().any(|k| k.as_bytes() == upper)
        || STARTS.iter().any(|s| upper.starts_with(s))
        || !word.iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
}

#[cfg(test)]
mod tests;
