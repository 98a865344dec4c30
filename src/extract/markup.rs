//! The tokens of XML and HTML, tolerantly: text, tags with their attributes, and what stands between
//! `<!--` and `-->` and their like.
//!
//! What is no tag is text: `a < b` and `<anna@example.com>` alike. Names, paths and structure are
//! left to the readers of the two formats.

use std::io;
use std::ops::Range;

use super::RecordBuilder;
use super::entities::{self, Text};
use super::window::{Pen, Window};

/// A tag that does not end within so many bytes is text.
const LONGEST_TAG: usize = 1024 * 1024;

/// How far a declaration is searched for the start of its own subset.
const DECLARATION: usize = 4096;

/// An attribute: byte ranges in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    /// Its name.
    pub(super) name: Range<usize>,
    /// Its value as stored, without quotes; empty where it has none.
    pub(super) value: Range<usize>,
}

/// What stands next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The end of the text.
    End,
    /// Text, or a part of it.
    Text(Range<usize>),
    /// A start tag; its attributes are in [`Tokens::attributes`].
    Open {
        /// The element's name.
        name: Range<usize>,
        /// `<br/>`.
        empty: bool,
    },
    /// An end tag.
    Close(Range<usize>),
    /// What follows, up to the marker, is no text; to be read by [`Window::stretch`].
    Run(Run),
}

/// A run that ends at a marker of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// `<!-- -->`
    Comment,
    /// `<![CDATA[ ]]>`
    Cdata,
    /// `<? ?>`
    Instruction,
    /// `<!DOCTYPE >`
    Declaration,
    /// `<!DOCTYPE [ ]>`
    Subset,
}

impl Run {
    /// Where the end marker begins.
    pub(super) fn find(self, text: &[u8]) -> Option<usize> {
        match self {
            Run::Comment => memchr::memmem::find(text, b"-->"),
            Run::Cdata => memchr::memmem::find(text, b"]]>"),
            Run::Instruction => memchr::memmem::find(text, b"?>"),
            Run::Declaration => memchr::memchr(b'>', text),
            Run::Subset => memchr::memchr_iter(b']', text).find(|&at| subset_ends(&text[at + 1..])),
        }
    }

    /// The length of the end marker that `text` begins with; 0 at the end of a text cut short.
    pub(super) fn marker(self, text: &[u8]) -> usize {
        let len = match self {
            Run::Comment | Run::Cdata => 3,
            Run::Instruction => 2,
            Run::Declaration => 1,
            Run::Subset => memchr::memchr(b'>', text).map_or(0, |at| at + 1),
        };
        len.min(text.len())
    }
}

/// Does the `>` of a declaration follow, perhaps after white space?
fn subset_ends(after: &[u8]) -> bool {
    after.iter().take(8).find(|b| !b.is_ascii_whitespace()) == Some(&b'>')
}

/// Reads tokens from a window.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// Those of the start tag read last.
    pub(super) attributes: Vec<Attribute>,
}

/// How reading a tag ended.
enum Tag {
    /// It ends before this byte.
    Ends(usize),
    /// Its end is not in sight.
    Cut,
    /// It is none.
    None,
}

impl Tokens {
    /// The next token; the window has passed over it, or over the first marker of a run.
    pub(super) fn next(&mut self, window: &mut Window<'_, '_>) -> io::Result<Token> {
        window.need(1)?;
        match window.rest() {
            [] => Ok(Token::End),
            [b'<', ..] => self.markup(window),
            _ => text_run(window, 0),
        }
    }

    fn markup(&mut self, window: &mut Window<'_, '_>) -> io::Result<Token> {
        if window.rest().len() < 9 {
            window.need(9)?;
        }
        match window.rest() {
            [_, b'!' | b'?', ..] => declared(window),
            [_, b'/', ..] => self.tag(window, 2),
            _ => self.tag(window, 1),
        }
    }

    /// A tag whose name begins `lead` bytes on.
    fn tag(&mut self, window: &mut Window<'_, '_>, lead: usize) -> io::Result<Token> {
        loop {
            let at = window.at();
            let from = at + lead;
            let name = from..name_end(window.text(), from);
            let near = &window.text()[..window.text().len().min(at + LONGEST_TAG)];
            let long = window.rest().len() >= LONGEST_TAG;
            let end = match self.read_tag(near, &name, long || window.ended()) {
                Tag::Ends(end) => end,
                Tag::Cut if !long && window.ended() => near.len(),
                Tag::Cut if !long => {
                    window.more()?;
                    continue;
                }
                Tag::Cut | Tag::None => return text_run(window, 1),
            };
            let empty = near[..end].ends_with(b"/>");
            window.pass_to(end);
            return Ok(if lead == 2 { Token::Close(name) } else { Token::Open { name, empty } });
        }
    }

    /// Reads a tag's attributes up to its end. `whole` means that no more of it will come into sight.
    fn read_tag(&mut self, text: &[u8], name: &Range<usize>, whole: bool) -> Tag {
        self.attributes.clear();
        if name.is_empty() {
            return Tag::None;
        }
        let mut at = name.end;
        match text.get(at) {
            Some(b'>') => return Tag::Ends(at + 1),
            Some(b) if !b.is_ascii_whitespace() && *b != b'/' => return Tag::None,
            _ => {}
        }
        loop {
            at += blanks(&text[at..]);
            match text.get(at) {
                None => return Tag::Cut,
                Some(b'>') => return Tag::Ends(at + 1),
                // The tag before was never closed.
                Some(b'<') => return Tag::Ends(at),
                Some(b'/' | b'=' | b'"' | b'\'') => at += 1,
                Some(_) => match self.attribute(text, at, whole) {
                    Some(end) => at = end,
                    None => return Tag::Cut,
                },
            }
        }
    }

    /// Reads the attribute at `at`; where it ends, or none if that is not in sight.
    fn attribute(&mut self, text: &[u8], at: usize, whole: bool) -> Option<usize> {
        let name = at..at + attribute_name(&text[at..]);
        let mut end = name.end + blanks(&text[name.end..]);
        if text.get(end) != Some(&b'=') {
            if end == text.len() && !whole {
                return None;
            }
            self.attributes.push(Attribute { name: name.clone(), value: name.end..name.end });
            return Some(name.end);
        }
        end += 1;
        end += blanks(&text[end..]);
        let (value, end) = value_at(text, end, whole)?;
        self.attributes.push(Attribute { name, value });
        Some(end)
    }
}

/// The value at `at` and where what follows it begins.
fn value_at(text: &[u8], at: usize, whole: bool) -> Option<(Range<usize>, usize)> {
    let Some(&quote @ (b'"' | b'\'')) = text.get(at) else {
        return value_until(text, at, b"> \t\r\n\x0C", whole);
    };
    match memchr::memchr(quote, &text[at + 1..]) {
        Some(n) => Some((at + 1..at + 1 + n, at + 2 + n)),
        // The quote is never closed: the tag ends where the next bracket stands.
        None if whole => value_until(text, at + 1, b"<>", whole),
        None => None,
    }
}

fn value_until(text: &[u8], at: usize, ends: &[u8], whole: bool) -> Option<(Range<usize>, usize)> {
    let len = text[at..].iter().position(|b| ends.contains(b));
    let len = len.or(whole.then_some(text.len() - at))?;
    Some((at..at + len, at + len))
}

fn blanks(text: &[u8]) -> usize {
    text.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(text.len())
}

fn attribute_name(text: &[u8]) -> usize {
    let ends = |b: &u8| matches!(b, b'=' | b'>' | b'<' | b'/') || b.is_ascii_whitespace();
    text.iter().position(ends).unwrap_or(text.len())
}

/// The end of the name at `from`; `from` itself where there is none.
fn name_end(text: &[u8], from: usize) -> usize {
    let Some(first) = text.get(from) else { return from };
    if !(first.is_ascii_alphabetic() || matches!(first, b'_' | b':' | 0x80..)) {
        return from;
    }
    let in_name =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'-' | b'.' | 0x80..);
    from + text[from..].iter().position(|b| !in_name(b)).unwrap_or(text.len() - from)
}

/// Text up to the next `<`, the first `sure` bytes being text whatever they are.
fn text_run(window: &mut Window<'_, '_>, sure: usize) -> io::Result<Token> {
    let find = |text: &[u8]| memchr::memchr(b'<', text.get(sure..)?).map(|n| n + sure);
    Ok(Token::Text(window.stretch(find)?.range))
}

/// `<!…` or `<?…`.
fn declared(window: &mut Window<'_, '_>) -> io::Result<Token> {
    let run = match window.rest() {
        [_, b'?', ..] => Run::Instruction,
        [_, b'!', b'-', b'-', ..] => Run::Comment,
        [_, b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => Run::Cdata,
        [_, b'!', b'A'..=b'Z' | b'a'..=b'z' | b'[', ..] => {
            window.need(DECLARATION)?;
            let near = &window.rest()[..window.rest().len().min(DECLARATION)];
            match memchr::memchr2(b'[', b'>', near) {
                Some(at) if near[at] == b'[' => Run::Subset,
                _ => Run::Declaration,
            }
        }
        _ => return text_run(window, 1),
    };
    window.pass(match run {
        Run::Comment => 4,
        Run::Cdata => 9,
        _ => 2,
    });
    Ok(Token::Run(run))
}

/// How stored text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decode {
    /// As it stands.
    Raw,
    /// With character references.
    References,
    /// With character references and percent encoding, as in links.
    Link,
}

/// Adds `range` of `text` to the builder's open field.
pub(super) fn pour(
    builder: &mut RecordBuilder,
    text: &[u8],
    range: Range<usize>,
    pen: &mut Pen,
    decode: Decode,
) {
    let mut from = range.start;
    let mut at = from;
    while let Some(n) = next_escape(&text[at..range.end], decode) {
        at += n;
        match escape_at(&text[at..range.end]) {
            Some((len, decoded)) => {
                if from < at {
                    builder.verbatim(pen.cursor(text, from), &text[from..at]);
                }
                let stored = pen.stored_len(&text[at..at + len]);
                builder.escape(pen.cursor(text, at), stored, decoded.as_str());
                at += len;
                from = at;
            }
            None => at += 1,
        }
    }
    if from < range.end {
        builder.verbatim(pen.cursor(text, from), &text[from..range.end]);
    }
}

fn next_escape(text: &[u8], decode: Decode) -> Option<usize> {
    match decode {
        Decode::Raw => None,
        Decode::References => memchr::memchr(b'&', text),
        Decode::Link => memchr::memchr2(b'&', b'%', text),
    }
}

fn escape_at(text: &[u8]) -> Option<(usize, Text)> {
    match text {
        [b'%', ..] => percent(text),
        _ => entities::reference(text).map(|r| (r.len, r.text)),
    }
}

/// One character in percent encoding: UTF-8, one to four bytes.
fn percent(text: &[u8]) -> Option<(usize, Text)> {
    let mut bytes = [0; 4];
    for n in 0..4 {
        let [b'%', high, low] = *text.get(3 * n..3 * n + 3)? else { return None };
        let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        bytes[n] = hex(high)? << 4 | hex(low)?;
        if let Ok(valid) = std::str::from_utf8(&bytes[..=n]) {
            return Some((3 * (n + 1), Text::new(valid.chars())));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::stream::TextStream;

    fn tokens(text: &str) -> String {
        let mut stream = TextStream::new(Box::new(std::io::Cursor::new(text.to_owned()))).unwrap();
        let mut window = Window::new(&mut stream);
        let mut tokens = Tokens::default();
        let mut out = String::new();
        loop {
            let token = tokens.next(&mut window).unwrap();
            let show =
                |r: &Range<usize>| String::from_utf8_lossy(&window.text()[r.clone()]).into_owned();
            match token {
                Token::End => return out,
                Token::Text(range) => out += &format!("[{}]", show(&range)),
                Token::Close(name) => out += &format!("/{} ", show(&name)),
                Token::Open { name, empty } => {
                    out += &format!("{}{}", show(&name), if empty { "/" } else { "" });
                    for a in &tokens.attributes {
                        out += &format!(" {}={}", show(&a.name), show(&a.value));
                    }
                    out += ";";
                }
                Token::Run(run) => {
                    let body = window.stretch(|t| run.find(t)).unwrap();
                    let text = String::from_utf8_lossy(&window.text()[body.range]).into_owned();
                    out += &format!("{run:?}({text})");
                    let marker = run.marker(window.rest());
                    window.pass(marker);
                }
            }
        }
    }

    fn check(text: &str, want: &str) {
        assert_eq!(tokens(text), want, "{text}");
    }

    #[test]
    fn tokens_are_read() {
        check("<a>x</a>", "a;[x]/a ");
        check("<a b='1' c=\"2\" d=3 e/>", "a/ b=1 c=2 d=3 e=;");
        check("<a b = '1>2'>", "a b=1>2;");
        check("<a b=http://x/y>", "a b=http://x/y;");
        check("a < b <3 <anna@example.com>", "[a ][< b ][<3 ][<anna@example.com>]");
        check("<a <b>", "a;b;");
        check("<Å_1.x:y>", "Å_1.x:y;");
        check("x<!-- <b> -->y", "[x]Comment( <b> )[y]");
        check("<![CDATA[a]]b]]>", "Cdata(a]]b)");
        check("<?xml version='1.0'?>", "Instruction(xml version='1.0')");
        check("<!DOCTYPE html><p>", "Declaration(DOCTYPE html)p;");
        check("<!DOCTYPE a [<!ENTITY b 'c>'>] ><a>", "Subset(DOCTYPE a [<!ENTITY b 'c>'>)a;");
    }

    #[test]
    fn what_is_cut_short_is_read() {
        check("<", "[<]");
        check("</", "[</]");
        check("<a", "a;");
        check("<a b", "a b=;");
        check("<a b=", "a b=;");
        check("<a b='x y", "a b=x y;");
        check("<a b='x>y", "a b=x;[y]");
        check("<!-- x", "Comment( x)");
        check("<!", "[<!]");
    }
}
