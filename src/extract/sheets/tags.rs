//! XML as a stream of tags and texts, looked at as little as can be.
//!
//! Sheets are XML of hundreds of megabytes. What is needed of it is tags, attributes and text; names
//! are told without their prefixes, references are resolved only where a text is wanted, and nothing
//! a document defines is expanded.

use std::io::{self, Read};

use memchr::{memchr, memmem};

use crate::extract::entities;

/// First room for what is read.
const ROOM: usize = 64 * 1024;

/// A longer tag is none. A longer text comes in pieces.
const MOST: usize = 1024 * 1024;

/// Texts are cut into pieces of about this size.
const PIECE: usize = 32 * 1024;

/// A piece of XML.
#[derive(Debug)]
pub(super) enum Token<'b> {
    /// `<a b="c">` or `<a/>`.
    Open(Tag<'b>),
    /// `</a>`, without prefix.
    Close(&'b [u8]),
    /// Text as stored, references and all.
    Text(&'b [u8]),
    /// Text that has no references (CDATA).
    Verbatim(&'b [u8]),
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'b> {
    /// Its name, without prefix.
    pub(super) name: &'b [u8],
    /// It is closed as well.
    pub(super) empty: bool,
    attributes: &'b [u8],
}

impl<'b> Tag<'b> {
    fn read(inside: &'b [u8]) -> Tag<'b> {
        let (inside, empty) = match inside.strip_suffix(b"/") {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let end = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
        Tag { name: local(&inside[..end]), empty, attributes: &inside[end..] }
    }

    /// Its attributes: name without prefix, value as stored. Declarations of namespaces are none.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'b [u8], &'b [u8])> + use<'b> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            loop {
                let equals = memchr(b'=', rest)?;
                let name = rest[..equals].trim_ascii();
                let value = rest[equals + 1..].trim_ascii_start();
                let quote = *value.first().filter(|q| matches!(q, b'"' | b'\''))?;
                let end = memchr(quote, &value[1..])?;
                rest = &value[end + 2..];
                if name != b"xmlns" && !name.starts_with(b"xmlns:") {
                    return Some((local(name), &value[1..=end]));
                }
            }
        })
    }

    /// The value of an attribute, as stored.
    pub(super) fn attribute(&self, name: &[u8]) -> Option<&'b [u8]> {
        self.attributes().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The value of an attribute as text.
    pub(super) fn text(&self, name: &[u8]) -> Option<String> {
        self.attribute(name).map(resolved)
    }
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    memchr(b':', name).map_or(name, |at| &name[at + 1..])
}

/// Reads XML from front to back.
pub(super) struct Tags<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    len: usize,
}

enum Kind {
    Open,
    Close,
    Text,
    Verbatim,
    /// Comments, instructions, definitions.
    Other,
}

impl<R: Read> Tags<R> {
    pub(super) fn new(source: R) -> Tags<R> {
        Tags { source, buffer: vec![0; ROOM], at: 0, len: 0 }
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// When reading fails, or the text ends inside a tag.
    pub(super) fn next(&mut self) -> io::Result<Option<Token<'_>>> {
        let (kind, start, end) = loop {
            let measured = measure(&self.buffer[self.at..self.len]);
            let Some((kind, len)) = measured else {
                if self.fill()? {
                    continue;
                }
                match self.len - self.at {
                    0 => return Ok(None),
                    len if self.buffer[self.at] != b'<' => {
                        self.at = self.len;
                        break (Kind::Text, self.len - len, self.len);
                    }
                    _ => return Err(io::ErrorKind::UnexpectedEof.into()),
                }
            };
            self.at += len;
            if !matches!(kind, Kind::Other) {
                break (kind, self.at - len, self.at);
            }
        };
        let piece = &self.buffer[start..end];
        Ok(Some(match kind {
            Kind::Open => Token::Open(Tag::read(&piece[1..piece.len() - 1])),
            Kind::Close => Token::Close(local(piece[2..piece.len() - 1].trim_ascii_end())),
            Kind::Verbatim => Token::Verbatim(&piece[9..piece.len() - 3]),
            Kind::Text | Kind::Other => Token::Text(piece),
        }))
    }

    /// Reads more behind what is left. False at the end.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.at..self.len, 0);
        self.len -= self.at;
        self.at = 0;
        if self.len == self.buffer.len() {
            if self.len >= MOST {
                let detail = "a tag of more than 1 MiB";
                return Err(io::Error::new(io::ErrorKind::InvalidData, detail));
            }
            self.buffer.resize(self.len * 2, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.len..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(n) => {
                    self.len += n;
                    return Ok(n > 0);
                }
            }
        }
    }

    /// Adds the text up to the end of the element whose start tag was read last; that of elements
    /// inside as well, but for those in `without`.
    ///
    /// # Errors
    /// When reading fails.
    pub(super) fn text_of(&mut self, without: &[&[u8]], out: &mut Vec<u8>) -> io::Result<()> {
        let (mut depth, mut hidden) = (1_usize, None);
        while let Some(token) = self.next()? {
            match token {
                Token::Open(tag) if tag.empty => {}
                Token::Open(tag) => {
                    depth += 1;
                    if hidden.is_none() && without.contains(&tag.name) {
                        hidden = Some(depth);
                    }
                }
                Token::Close(_) => {
                    if hidden == Some(depth) {
                        hidden = None;
                    }
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                Token::Text(text) if hidden.is_none() && out.len() < MOST => resolve(text, out),
                Token::Verbatim(text) if hidden.is_none() && out.len() < MOST => {
                    out.extend_from_slice(text);
                }
                Token::Text(_) | Token::Verbatim(_) => {}
            }
        }
        Ok(())
    }
}

/// The piece that `bytes` begin with and its length; none if they hold too little to tell.
fn measure(bytes: &[u8]) -> Option<(Kind, usize)> {
    let found = |kind, end: Option<usize>| end.map(|end| (kind, end));
    match bytes {
        [b'<', b'/', ..] => found(Kind::Close, memchr(b'>', bytes).map(|n| n + 1)),
        [b'<', b'?', rest @ ..] => found(Kind::Other, memmem::find(rest, b"?>").map(|n| n + 4)),
        [b'<', b'!', ..] => declaration(bytes),
        [b'<', ..] => found(Kind::Open, end_of_tag(bytes)),
        _ => match memchr(b'<', bytes) {
            Some(0) | None if bytes.len() < PIECE => None,
            Some(end) => Some((Kind::Text, end)),
            None => Some((Kind::Text, whole_characters(bytes))),
        },
    }
}

/// `<!…`: a comment, CDATA, or a definition with what it holds in brackets.
fn declaration(bytes: &[u8]) -> Option<(Kind, usize)> {
    const CDATA: &[u8] = b"<![CDATA[";
    if bytes.starts_with(b"<!--") {
        return memmem::find(&bytes[4..], b"-->").map(|n| (Kind::Other, n + 7));
    }
    if bytes.starts_with(CDATA) {
        return memmem::find(&bytes[CDATA.len()..], b"]]>")
            .map(|n| (Kind::Verbatim, CDATA.len() + n + 3));
    }
    if bytes.len() < CDATA.len() {
        return None;
    }
    let end = memchr(b'>', bytes)?;
    if memchr(b'[', &bytes[..end]).is_none() {
        return Some((Kind::Other, end + 1));
    }
    let inner = memchr(b']', bytes)?;
    memchr(b'>', &bytes[inner..]).map(|n| (Kind::Other, inner + n + 1))
}

/// The end of a start tag. A `>` may stand in an attribute.
fn end_of_tag(bytes: &[u8]) -> Option<usize> {
    let mut from = 1;
    loop {
        let end = from + memchr(b'>', &bytes[from..])?;
        let inside = bytes[1..end].strip_suffix(b"/").unwrap_or(&bytes[1..end]);
        let settled = match inside {
            // A value was just ended: only one that begins with `>` looks like this as well.
            [.., before, b'"' | b'\''] => *before != b'=',
            _ => memchr::memchr2(b'"', b'\'', inside).is_none(),
        };
        if settled || quotes_are_even(inside) {
            return Some(end + 1);
        }
        from = end + 1;
    }
}

fn quotes_are_even(tag: &[u8]) -> bool {
    let mut open = None;
    for at in memchr::memchr2_iter(b'"', b'\'', tag) {
        match open {
            None => open = Some(tag[at]),
            Some(quote) if quote == tag[at] => open = None,
            Some(_) => {}
        }
    }
    open.is_none()
}

/// Where a long text may be cut: neither in a reference nor in a character.
fn whole_characters(bytes: &[u8]) -> usize {
    let near = bytes.len().saturating_sub(40);
    if let Some(at) = memchr::memrchr(b'&', &bytes[near..])
        && memchr(b';', &bytes[near + at..]).is_none()
    {
        return (near + at).max(1);
    }
    let end = (0..4).map(|n| bytes.len() - n).find(|&n| {
        bytes.get(n - 1).is_none_or(|&last| last < 0x80) || bytes[n - 1] >= 0xC0 && n > 1
    });
    match end {
        Some(n) if bytes[n - 1] >= 0xC0 => n - 1,
        Some(n) => n,
        None => bytes.len(),
    }
}

/// Appends a stored text with its references resolved.
pub(super) fn resolve(mut stored: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = memchr(b'&', stored) {
        out.extend_from_slice(&stored[..at]);
        stored = &stored[at..];
        match entities::reference(stored) {
            Some(reference) => {
                out.extend_from_slice(reference.text.as_str().as_bytes());
                stored = &stored[reference.len..];
            }
            None => {
                out.push(b'&');
                stored = &stored[1..];
            }
        }
    }
    out.extend_from_slice(stored);
}

/// A stored text as people read it.
pub(super) fn resolved(stored: &[u8]) -> String {
    let mut out = Vec::with_capacity(stored.len());
    resolve(stored, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Drops<'b>(&'b [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            out[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn tokens(xml: &str, source: impl Read) -> String {
        let (mut tags, mut out) = (Tags::new(source), String::new());
        while let Some(token) = tags.next().unwrap_or_else(|e| panic!("{xml}: {e}")) {
            let lossy = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
            match token {
                Token::Open(tag) => {
                    out += &format!("<{}", lossy(tag.name));
                    for (name, value) in tag.attributes() {
                        out += &format!(" {}={}", lossy(name), resolved(value));
                    }
                    out += if tag.empty { "/>" } else { ">" };
                }
                Token::Close(name) => out += &format!("</{}>", lossy(name)),
                Token::Text(text) => out += &resolved(text),
                Token::Verbatim(text) => out += &lossy(text),
            }
        }
        out
    }

    #[test]
    fn xml_is_read() {
        for (xml, want) in [
            ("<?xml version='1.0'?><a><b/>t</a>", "<a><b/>t</a>"),
            ("<x:c xmlns:x=\"u\" r=\"A1\" x:t='s'>å</x:c >", "<c r=A1 t=s>å</c>"),
            ("<a b=\"1 > 2\" c='>'/>x", "<a b=1 > 2 c=>/>x"),
            ("<a b=\"\"/>", "<a b=/>"),
            ("<!-- <no> --><![CDATA[<&>]]>&amp;&#229;", "<&>&å"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a>&b;</a>"),
            ("", ""),
        ] {
            assert_eq!(tokens(xml, xml.as_bytes()), want);
            assert_eq!(tokens(xml, Drops(xml.as_bytes())), want, "in drops");
        }
    }

    #[test]
    fn long_texts_come_in_whole_characters() {
        for word in ["å&amp;ä𝕊 ", "x&#229;", "ö"] {
            let text = word.repeat(20_000);
            assert_eq!(tokens(word, text.as_bytes()), resolved(text.as_bytes()));
        }
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        for xml in ["<a", "<a b=\"", "<!-- "] {
            assert!(Tags::new(xml.as_bytes()).next().is_err(), "{xml}");
        }
    }
}
