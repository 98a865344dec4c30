//! vCard and iCalendar: a card or a calendar's component is a record, its properties are fields.
//!
//! Source: RFC 6350 (vCard 4), RFC 2426 (3), vCard 2.1 (versit consortium, 1996); RFC 5545.

use std::io;
use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::TextStream;
use super::folded::{Line, Lines};
use super::output::Output;
use super::window::Window;
use crate::model::{Flow, Sink};

/// How far a property's value is looked for to see how it is encoded.
const LONGEST_HEAD: usize = 1024;

/// Parameters that say how a value is written or used, not whose it is.
const FORMAL: [&str; 20] = [
    "TYPE",
    "ENCODING",
    "CHARSET",
    "VALUE",
    "PREF",
    "LANGUAGE",
    "TZID",
    "ROLE",
    "PARTSTAT",
    "RSVP",
    "CUTYPE",
    "ALTID",
    "INDEX",
    "LEVEL",
    "MEDIATYPE",
    "FMTTYPE",
    "RELTYPE",
    "RELATED",
    "RANGE",
    "PID",
];

/// Is this a vCard or a calendar? It begins with `BEGIN:VCARD` or `BEGIN:VCALENDAR`.
#[must_use]
pub fn looks_like(head: &[u8], _name: &str) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let begins =
        |start: &[u8]| text.get(..start.len()).is_some_and(|t| t.eq_ignore_ascii_case(start));
    begins(b"BEGIN:VCARD") || begins(b"BEGIN:VCALENDAR")
}

/// Reads cards or a calendar. Fields are labelled with their property's name; names and addresses in
/// parameters are fields, too.
///
/// # Errors
/// When reading fails; what was read before is handed over.
pub fn extract(stream: &mut TextStream<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
    let ruler = stream.ruler();
    let mut reader = Reader { out: Output::new(ruler, sink), last: Last::default() };
    let read = reader.read(&mut Window::new(stream), &mut Lines::new(ruler));
    reader.out.push();
    read.map(|()| reader.out.flow())
}

struct Reader<'a> {
    out: Output<'a>,
    last: Last,
}

/// The property that lines may go on with.
#[derive(Debug, Default)]
struct Last {
    label: String,
    /// Its value is a picture, a sound or a key.
    binary: bool,
}

/// A property's line, cut up.
#[derive(Debug)]
struct Property {
    name: Range<usize>,
    parameters: Vec<Parameter>,
    value: usize,
}

#[derive(Debug)]
struct Parameter {
    name: Range<usize>,
    value: Range<usize>,
}

impl Reader<'_> {
    fn read(&mut self, window: &mut Window<'_, '_>, lines: &mut Lines) -> io::Result<()> {
        while !self.out.stopped() && lines.next(window, is_quoted_printable)? {
            self.line(&lines.line);
            if self.out.is_large() {
                self.out.push();
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &Line) {
        let property = if line.is_rest { None } else { property(line.text()) };
        match property {
            Some(property) => self.property(line, &property),
            None => self.rest(line),
        }
    }

    /// A line that is no property: the rest of one that was too long, or of base64 that was not folded.
    fn rest(&mut self, line: &Line) {
        let text = line.text();
        if text.trim_ascii().is_empty() {
            self.last.binary = false;
            return;
        }
        if self.last.binary && text.trim_ascii().iter().all(|b| is_base64(*b)) {
            return;
        }
        let label = if line.is_rest { self.last.label.as_str() } else { "" };
        self.out.begin(label, "");
        unescape(line, 0..text.len(), &mut self.out);
        self.out.end();
    }

    fn property(&mut self, line: &Line, property: &Property) {
        let text = line.text();
        let name = &text[property.name.clone()];
        if name.eq_ignore_ascii_case(b"BEGIN") || name.eq_ignore_ascii_case(b"END") {
            self.out.push();
            self.last = Last::default();
            return;
        }
        let label = String::from_utf8_lossy(name);
        for parameter in &property.parameters {
            self.parameter(line, parameter);
        }
        let encoding = property.parameter(text, "ENCODING");
        let inline =
            text[property.value..].get(..5).is_some_and(|v| v.eq_ignore_ascii_case(b"data:"));
        self.last.binary =
            inline || encoding.is_some_and(is_base64_name) || property.is_bare(text, "BASE64");
        if !self.last.binary && property.value < text.len() {
            self.value(line, property, &label);
        }
        self.last.label.clear();
        self.last.label.push_str(&label);
    }

    fn value(&mut self, line: &Line, property: &Property, label: &str) {
        let text = line.text();
        let range = property.value..text.len();
        self.out.begin(label, "");
        if is_quoted_printable(text) {
            let charset = property.parameter(text, "CHARSET").and_then(Encoding::for_label);
            quoted_printable(line, range, charset.unwrap_or(UTF_8), &mut self.out);
        } else {
            unescape(line, range, &mut self.out);
        }
        self.out.end();
    }

    fn parameter(&mut self, line: &Line, parameter: &Parameter) {
        let name = String::from_utf8_lossy(&line.text()[parameter.name.clone()]);
        let formal = FORMAL.iter().any(|f| name.eq_ignore_ascii_case(f));
        if formal || parameter.value.is_empty() {
            return;
        }
        self.out.begin(&name, "");
        line.add(self.out.builder(), parameter.value.clone());
        self.out.end();
    }
}

impl Property {
    fn parameter<'t>(&self, text: &'t [u8], name: &str) -> Option<&'t [u8]> {
        let named = |p: &&Parameter| text[p.name.clone()].eq_ignore_ascii_case(name.as_bytes());
        self.parameters.iter().find(named).map(|p| &text[p.value.clone()])
    }

    /// vCard 2.1 leaves out the parameter's name.
    fn is_bare(&self, text: &[u8], value: &str) -> bool {
        let bare = |p: &Parameter| {
            p.value.is_empty() && text[p.name.clone()].eq_ignore_ascii_case(value.as_bytes())
        };
        self.parameters.iter().any(bare)
    }
}

/// `group.NAME;PARAMETER=value;…:value`
fn property(text: &[u8]) -> Option<Property> {
    let good = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    let end = text.iter().position(|b| !good(b))?;
    let start = memchr::memrchr(b'.', &text[..end]).map_or(0, |dot| dot + 1);
    if start == end {
        return None;
    }
    let mut parameters = Vec::new();
    let mut at = end;
    while text.get(at) == Some(&b';') {
        let parameter = parameter(text, at + 1);
        at = parameter.1;
        parameters.push(parameter.0);
    }
    (text.get(at) == Some(&b':')).then_some(Property {
        name: start..end,
        parameters,
        value: at + 1,
    })
}

/// The parameter at `at`, and where it ends.
fn parameter(text: &[u8], at: usize) -> (Parameter, usize) {
    let until = |from: usize, ends: &[u8]| {
        text[from..].iter().position(|b| ends.contains(b)).map_or(text.len(), |n| from + n)
    };
    let name = at..until(at, b"=;:");
    if text.get(name.end) != Some(&b'=') {
        let value = name.end..name.end;
        return (Parameter { name: name.clone(), value }, name.end);
    }
    let from = name.end + 1;
    if text.get(from) == Some(&b'"') {
        let close = until(from + 1, b"\"");
        let end = until(close, b";:");
        return (Parameter { name, value: from + 1..close }, end);
    }
    let end = until(from, b";:");
    (Parameter { name, value: from..end }, end)
}

/// Is the line's value quoted-printable? Then one that ends with `=` goes on.
fn is_quoted_printable(line: &[u8]) -> bool {
    let near = &line[..line.len().min(LONGEST_HEAD)];
    let head = &near[..memchr::memchr(b':', near).unwrap_or(0)];
    head.split(|&b| b == b';' || b == b'=').any(|p| p.eq_ignore_ascii_case(b"QUOTED-PRINTABLE"))
}

fn is_base64_name(encoding: &[u8]) -> bool {
    encoding.eq_ignore_ascii_case(b"B") || encoding.eq_ignore_ascii_case(b"BASE64")
}

fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

/// Adds a value in which `\,`, `\;`, `\\` and `\n` stand for what they escape.
fn unescape(line: &Line, range: Range<usize>, out: &mut Output<'_>) {
    let text = line.text();
    let mut from = range.start;
    let mut at = from;
    while let Some(n) = memchr::memchr(b'\\', &text[at..range.end]) {
        at += n;
        let plain = match text[..range.end].get(at + 1) {
            Some(b'n' | b'N') => "\n",
            Some(b',') => ",",
            Some(b';') => ";",
            Some(b':') => ":",
            Some(b'\\') => "\\",
            _ => {
                at += 1;
                continue;
            }
        };
        line.add(out.builder(), from..at);
        line.add_escape(out.builder(), at..at + 2, plain);
        at += 2;
        from = at;
    }
    line.add(out.builder(), from..range.end);
}

/// Adds a quoted-printable value.
fn quoted_printable(
    line: &Line,
    range: Range<usize>,
    charset: &'static Encoding,
    out: &mut Output<'_>,
) {
    let text = line.text();
    let mut from = range.start;
    let mut at = from;
    while let Some(n) = memchr::memchr(b'=', &text[at..range.end]) {
        at += n;
        let Some((len, plain)) = quoted(&text[at..range.end], charset) else {
            at += 1;
            continue;
        };
        line.add(out.builder(), from..at);
        line.add_escape(out.builder(), at..at + len, &plain);
        at += len;
        from = at;
    }
    line.add(out.builder(), from..range.end);
}

/// One character in quoted-printable, and its length as written.
fn quoted(text: &[u8], charset: &'static Encoding) -> Option<(usize, String)> {
    let first = quoted_byte(text)?;
    if charset != UTF_8 {
        let decoded = charset.decode_without_bom_handling(&[first]).0.into_owned();
        return Some((3, decoded));
    }
    let mut bytes = vec![first];
    loop {
        if let Ok(valid) = std::str::from_utf8(&bytes) {
            return Some((3 * bytes.len(), valid.to_owned()));
        }
        match quoted_byte(&text[3 * bytes.len()..]).filter(|_| bytes.len() < 4) {
            Some(next) => bytes.push(next),
            // Not what it is said to be.
            None => {
                let decoded = WINDOWS_1252.decode_without_bom_handling(&[first]).0.into_owned();
                return Some((3, decoded));
            }
        }
    }
}

fn quoted_byte(text: &[u8]) -> Option<u8> {
    let [b'=', high, low] = *text.get(..3)? else { return None };
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(hex(high)? << 4 | hex(low)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extract::testing_markup::{self as testing, check_same_by_steps, read};

    fn check(text: &str, want: &[&str]) {
        testing::check(extract, text, want);
    }

    #[test]
    fn cards_are_records() {
        check(
            "BEGIN:VCARD\nVERSION:3.0\nN:A;B;;;\nTEL;TYPE=CELL:070\nEND:VCARD\nBEGIN:VCARD\nFN:C\nEND:VCARD\n",
            &["VERSION=3.0 | N=A;B;;; | TEL=070", "FN=C"],
        );
        check(
            "BEGIN:VCARD\r\nitem1.EMAIL:a@exa\r\n mple.com\r\nNOTE:a\\, b\\nc\\;\\\\d\\e\r\n",
            &["EMAIL=a@example.com | NOTE=a, b\nc;\\d\\e"],
        );
        check(
            "TEL;VALUE=uri:tel:+46-70\nX-A;X-B=\"c;d:e\":f\n",
            &["TEL=tel:+46-70 | X-B=c;d:e | X-A=f"],
        );
        check("BEGIN:VCARD\nno property\n", &["no property"]);
    }

    #[test]
    fn version_2_1() {
        check(
            "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85sa=\n n;=\nB=C3=\n=B6\nFN;QUOTED-PRINTABLE:=E5x\n",
            &["N=Åsa n;Bö | FN=åx"],
        );
        check("N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:=C5sa=ZZ\n", &["N=Åsa=ZZ"]);
        check("PHOTO;JPEG;BASE64:AAAA\n BBBB\nCCCC\n\nFN:D\n", &["FN=D"]);
        check("PHOTO;ENCODING=b:AAAA\nLOGO:data:image/png,AA\nFN:D\n", &["FN=D"]);
    }

    #[test]
    fn components_are_records() {
        check(
            "BEGIN:VCALENDAR\nX-WR-CALNAME:K\nBEGIN:VEVENT\nUID:1@b\nATTENDEE;CN=\"A, B\";RSVP=TRUE:mailto:a@b\n\
             BEGIN:VALARM\nDESCRIPTION:c\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n",
            &["X-WR-CALNAME=K", "UID=1@b | CN=A, B | ATTENDEE=mailto:a@b", "DESCRIPTION=c"],
        );
        check(
            "ORGANIZER;CN=\n Ann\n a;SENT-BY=\"mailto:x@y\":MAILTO:a@b\n",
            &["CN=Anna | SENT-BY=mailto:x@y | ORGANIZER=MAILTO:a@b"],
        );
    }

    #[test]
    fn places_reach_over_folds() {
        let text = b"NOTE:ab\n c\\\n ,d\nN;QUOTED-PRINTABLE:=C3=\n=B6\n";
        let records = read(extract, text);
        let places: Vec<_> = records[0]
            .iter()
            .filter_map(|f| f.place.as_ref().map(|p| (p.line, p.column, p.byte_start, p.byte_end)))
            .collect();
        assert_eq!(records[0].iter().map(|f| &*f.text).collect::<Vec<_>>(), ["abc,d", "ö"]);
        assert_eq!(places, [(1, 6, 5, 15), (4, 20, 35, 43)]);
    }

    #[test]
    fn hostile_files_end() {
        for text in [
            "BEGIN:VCARD\n",
            "\n ",
            "A;",
            "A;B=\"",
            ":",
            "\\",
            "=\n",
            "N;QUOTED-PRINTABLE:=\n",
            "PHOTO;BASE64:A\nB\n",
        ] {
            read(extract, text.repeat(100_000).as_bytes());
        }
        let text = format!("NOTE:{}", "ab ".repeat(1_000_000));
        let read = read(extract, text.as_bytes());
        assert!(read.iter().flatten().all(|f| f.label == "NOTE"));
        assert_eq!(read.iter().flatten().map(|f| f.text.len()).sum::<usize>(), 3_000_000);
    }

    #[test]
    fn what_looks_like_a_contact() {
        for (text, want) in [
            ("BEGIN:VCARD\nVERSION:3.0", true),
            ("\u{FEFF}begin:vcalendar\r\n", true),
            ("BEGIN:VEVENT", false),
            ("", false),
        ] {
            assert_eq!(looks_like(text.as_bytes(), "x.vcf"), want, "{text}");
        }
    }

    #[test]
    fn a_soft_break_at_the_end_of_a_line_asks_for_no_more() {
        check_same_by_steps(extract, b"QUOTED-PRINTABLE:BEGIN:V==\n\r\n BEGIN:V");
    }

    proptest! {
        #[test]
        fn any_text_is_read_the_same_by_all_steps(
            text in "(BEGIN:V|N;|QUOTED-PRINTABLE|BASE64|[a-c]:|:|=|=C3|=A5|\r?\n |\n|\\\\|,|å|\t|\"){0,40}"
        ) {
            check_same_by_steps(extract, text.as_bytes());
        }

        #[test]
        fn any_bytes_are_read_the_same_by_all_steps(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            check_same_by_steps(extract, &bytes);
        }
    }
}
