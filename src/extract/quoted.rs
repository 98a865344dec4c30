//! Quoted strings and the escapes in them, as JSON, YAML and the dialects of SQL write them.

use super::feed::{Feed, whole_chars};
use super::records::Records;

/// Which backslash escapes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// RFC 8259, and `\'` and `\xHH` of JSON5.
    Json,
    /// YAML 1.2, 5.7.
    Yaml,
    /// MySQL string literals: what is no escape stands for itself.
    Mysql,
    /// PostgreSQL's `E''` strings and its COPY format.
    Postgres,
    /// SQL of unknown origin: only a quote that does not seem to end the literal is escaped.
    UnknownSql,
}

/// How a string is quoted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted {
    /// What ends it.
    pub(super) quote: u8,
    /// Does a doubled quote stand for one?
    pub(super) doubled: bool,
    /// Its backslash escapes, if any.
    pub(super) escapes: Option<Escapes>,
    /// A byte that ends it as well.
    pub(super) line_end: Option<u8>,
}

/// Where a string ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// After the closing quote.
    Quote,
    /// Before the end of a line.
    Line,
    /// Before a backslash at the end of a line, in YAML.
    Joined,
    /// With the text.
    Text,
}

/// The longest escape: two `\uXXXX`.
const LONGEST: usize = 12;

impl Quoted {
    /// Adds the string's text from here on to the field.
    #[inline]
    pub(super) fn body(&self, feed: &mut Feed<'_, '_>, records: &mut Records<'_>) -> End {
        let backslash = if self.escapes.is_some() { b'\\' } else { self.quote };
        let line_end = self.line_end.unwrap_or(self.quote);
        while !records.stopped() {
            let sight = feed.sight();
            let Some(n) = memchr::memchr3(self.quote, backslash, line_end, sight) else {
                let n = whole_chars(sight);
                records.run(feed, n);
                if feed.more() {
                    continue;
                }
                let n = feed.sight().len();
                records.run(feed, n);
                return End::Text;
            };
            let found = sight[n];
            records.run(feed, n);
            if let Some(end) = self.special(found, feed, records) {
                return end;
            }
        }
        End::Text
    }

    /// Reads a quote, a backslash or the end of a line. None if the string goes on.
    fn special(&self, b: u8, feed: &mut Feed<'_, '_>, records: &mut Records<'_>) -> Option<End> {
        if b == self.quote {
            if !(self.doubled && feed.peek_at(1) == Some(b)) {
                feed.skip(1);
                return Some(End::Quote);
            }
            records.escape(feed, 2, char::from(b).encode_utf8(&mut [0; 4]));
        } else if b != b'\\' {
            return Some(End::Line);
        } else if self.is_joined(feed) {
            return Some(End::Joined);
        } else {
            self.escape(feed, records);
        }
        None
    }

    fn is_joined(&self, feed: &mut Feed<'_, '_>) -> bool {
        self.escapes == Some(Escapes::Yaml) && matches!(feed.peek_at(1), Some(b'\r' | b'\n'))
    }

    /// Adds what the backslash and what follows it stand for.
    fn escape(&self, feed: &mut Feed<'_, '_>, records: &mut Records<'_>) {
        let escape = self.escapes.and_then(|escapes| escapes.decode(feed.need(LONGEST)));
        match escape {
            Some((n, c)) => records.escape(feed, n, c.encode_utf8(&mut [0; 4])),
            None => records.run(feed, 1),
        }
    }

    /// The length of the string's text that `text` begins with, if it ends in it.
    pub(super) fn len_in(&self, text: &[u8]) -> Option<usize> {
        let backslash = if self.escapes.is_some() { b'\\' } else { self.quote };
        let line_end = self.line_end.unwrap_or(self.quote);
        let mut at = 0;
        loop {
            at += memchr::memchr3(self.quote, backslash, line_end, text.get(at..)?)?;
            let next = text.get(at + 1).copied();
            match text[at] {
                b if b == self.quote && !(self.doubled && next == Some(b)) => return Some(at),
                b if b == self.quote => at += 2,
                b'\\' if next != self.line_end => at += 2,
                _ => return None,
            }
        }
    }

    /// Adds the text that `raw` stands for to `out`.
    pub(super) fn decode_to(&self, raw: &str, out: &mut String) {
        let mut rest = raw;
        while let Some(n) = rest.find(['\\', self.quote as char]) {
            out.push_str(&rest[..n]);
            rest = &rest[n..];
            let escape = match self.escapes {
                Some(escapes) if rest.starts_with('\\') => escapes.decode(rest.as_bytes()),
                _ => None,
            };
            let first = rest.as_bytes()[0];
            let doubled =
                self.doubled && first == self.quote && rest.as_bytes().get(1) == Some(&first);
            let (n, c) = escape.unwrap_or((1 + usize::from(doubled), first as char));
            out.push(c);
            rest = &rest[n..];
        }
        out.push_str(rest);
    }
}

/// Adds what comes before what `find` finds to the field. False if it finds nothing more.
pub(super) fn until(
    feed: &mut Feed<'_, '_>,
    records: &mut Records<'_>,
    find: impl Fn(&[u8]) -> Option<usize>,
) -> bool {
    while !records.stopped() {
        let sight = feed.sight();
        if let Some(n) = find(sight) {
            records.run(feed, n);
            return true;
        }
        let n = whole_chars(sight);
        records.run(feed, n);
        if !feed.more() {
            let n = feed.sight().len();
            records.run(feed, n);
            return false;
        }
    }
    false
}

impl Escapes {
    /// The length of the escape `text` begins with, and what it stands for.
    pub(super) fn decode(self, text: &[u8]) -> Option<(usize, char)> {
        let &kind = text.get(1)?;
        match self {
            Escapes::Json => json(kind, text),
            Escapes::Yaml => yaml(kind, text),
            Escapes::Mysql => mysql(kind),
            Escapes::Postgres => postgres(kind, text),
            Escapes::UnknownSql => {
                (kind == b'\'' && !ends_literal(&text[2..])).then_some((2, '\''))
            }
        }
    }
}

fn json(kind: u8, text: &[u8]) -> Option<(usize, char)> {
    match kind {
        b'"' | b'\\' | b'/' | b'\'' => Some((2, kind as char)),
        b'b' => Some((2, '\u{8}')),
        b'f' => Some((2, '\u{c}')),
        b'n' => Some((2, '\n')),
        b'r' => Some((2, '\r')),
        b't' => Some((2, '\t')),
        b'u' => utf16(text),
        b'x' => hex(text, 2),
        _ => None,
    }
}

fn yaml(kind: u8, text: &[u8]) -> Option<(usize, char)> {
    match kind {
        b'0' => Some((2, '\0')),
        b'a' => Some((2, '\u{7}')),
        b'v' => Some((2, '\u{b}')),
        b'e' => Some((2, '\u{1b}')),
        b' ' | b'\t' => Some((2, kind as char)),
        b'N' => Some((2, '\u{85}')),
        b'_' => Some((2, '\u{a0}')),
        b'L' => Some((2, '\u{2028}')),
        b'P' => Some((2, '\u{2029}')),
        b'U' => hex(text, 8),
        _ => json(kind, text),
    }
}

/// MySQL 8.4 manual, 11.1.1, table 11.1.
fn mysql(kind: u8) -> Option<(usize, char)> {
    let c = match kind {
        b'0' => '\0',
        b'b' => '\u{8}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'Z' => '\u{1a}',
        _ if kind.is_ascii() => kind as char,
        _ => return None,
    };
    Some((2, c))
}

/// PostgreSQL 17 manual, COPY, "Text Format". Bytes that are not ASCII are left as they are.
fn postgres(kind: u8, text: &[u8]) -> Option<(usize, char)> {
    let c = match kind {
        b'v' => '\u{b}',
        b'0'..=b'7' => return octal(text),
        b'x' | b'b' | b'f' | b'n' | b'r' | b't' | b'u' => return json(kind, text),
        _ if kind.is_ascii() => kind as char,
        _ => return None,
    };
    Some((2, c))
}

fn octal(text: &[u8]) -> Option<(usize, char)> {
    let digits = text[1..].iter().take(3).take_while(|b| matches!(b, b'0'..=b'7'));
    let (n, code) = digits.fold((1, 0), |(n, code), b| (n + 1, code * 8 + u32::from(b - b'0')));
    char::from_u32(code).filter(char::is_ascii).map(|c| (n, c))
}

/// Does what follows a quote look as if the quote had ended an SQL literal?
fn ends_literal(after: &[u8]) -> bool {
    let next = after.iter().find(|b| !matches!(b, b' ' | b'\t'));
    next.is_none_or(|b| matches!(b, b',' | b')' | b';' | b'\r' | b'\n'))
}

/// A code of `digits` hexadecimal digits; U+FFFD where it is no character.
fn hex(text: &[u8], digits: usize) -> Option<(usize, char)> {
    let code = hex_code(text.get(2..2 + digits)?)?;
    Some((2 + digits, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)))
}

fn hex_code(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |code, &b| Some(code << 4 | (b as char).to_digit(16)?))
}

/// `\uXXXX`, or two of them that make a surrogate pair. A lone surrogate is U+FFFD.
fn utf16(text: &[u8]) -> Option<(usize, char)> {
    let first = hex_code(text.get(2..6)?)?;
    if (0xD800..0xDC00).contains(&first) && text.get(6..8) == Some(b"\\u") {
        let second = text.get(8..12).and_then(hex_code).filter(|c| (0xDC00..0xE000).contains(c));
        if let Some(second) = second {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return char::from_u32(code).map(|c| (12, c));
        }
    }
    hex(text, 4)
}
