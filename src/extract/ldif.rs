//! LDIF: directory entries, a record each, with their attributes as fields.
//!
//! Source: RFC 2849.

use std::io;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::TextStream;
use super::folded::{Line, Lines};
use super::output::Output;
use super::window::Window;
use crate::model::{Flow, Sink};

/// Is this LDIF, judged by its first bytes? After comments it begins with `version:` or `dn:`.
#[must_use]
pub fn looks_like(head: &[u8], name: &str) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let mut lines = super::stream::lines(text).map(<[u8]>::trim_ascii_end);
    let first = lines.find(|l| !l.is_empty() && !l.starts_with(b"#")).unwrap_or_default();
    let second = lines.find(|l| !l.is_empty() && !l.starts_with(b"#")).unwrap_or_default();
    let named = name.rsplit('.').next().is_some_and(|e| e.eq_ignore_ascii_case("ldif"));
    match attribute(first) {
        Some(b"version") => attribute(second) == Some(b"dn"),
        Some(b"dn") => named || memchr::memchr(b'=', first).is_some(),
        Some(_) => named,
        None => false,
    }
}

/// The attribute's name, if the line is one of an entry.
fn attribute(line: &[u8]) -> Option<&[u8]> {
    let colon = memchr::memchr(b':', line)?;
    let end = memchr::memchr(b';', &line[..colon]).unwrap_or(colon);
    let good = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    let name = &line[..end];
    (!name.is_empty() && name.iter().all(good)).then_some(name)
}

/// Reads directory entries. Values in base64 are decoded; those that are no text are left out.
///
/// # Errors
/// When reading fails; what was read before is handed over.
pub fn extract(stream: &mut TextStream<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
    let ruler = stream.ruler();
    let mut out = Output::new(ruler, sink);
    let read = entries(&mut Window::new(stream), &mut Lines::new(ruler), &mut out);
    out.push();
    read.map(|()| out.flow())
}

fn entries(window: &mut Window<'_, '_>, lines: &mut Lines, out: &mut Output<'_>) -> io::Result<()> {
    while !out.stopped() && lines.next(window, |_| false)? {
        if lines.line.text().trim_ascii().is_empty() || out.is_large() {
            out.push();
        }
        field(&lines.line, out);
    }
    Ok(())
}

/// Adds a line to the entry.
fn field(line: &Line, out: &mut Output<'_>) {
    let text = line.text();
    let name = if line.is_rest { None } else { attribute(text) };
    let Some(name) = name else {
        if !text.trim_ascii().is_empty() {
            out.begin("", "");
            line.add(out.builder(), 0..text.len());
        }
        return;
    };
    let label = String::from_utf8_lossy(name);
    let colon = memchr::memchr(b':', text).map_or(text.len(), |at| at + 1);
    match text.get(colon) {
        Some(b':') => encoded(line, &label, value(text, colon + 1), out),
        Some(b'<') => plain(line, &label, value(text, colon + 1), out),
        _ => plain(line, &label, value(text, colon), out),
    }
}

/// The value from `from` on, without the blanks before it.
fn value(text: &[u8], from: usize) -> Range<usize> {
    let blanks = text[from..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    from + blanks..text.len()
}

fn plain(line: &Line, label: &str, range: Range<usize>, out: &mut Output<'_>) {
    out.begin(label, "");
    line.add(out.builder(), range);
    out.end();
}

/// A value in base64: read as a whole, for no part of it stands anywhere by itself.
fn encoded(line: &Line, label: &str, range: Range<usize>, out: &mut Output<'_>) {
    let Ok(bytes) = STANDARD.decode(line.text()[range.clone()].trim_ascii()) else {
        return plain(line, label, range, out);
    };
    let is_text = !bytes.iter().any(|b| b.is_ascii_control() && !b.is_ascii_whitespace());
    match String::from_utf8(bytes) {
        Ok(text) if is_text && !text.is_empty() => {
            out.begin(label, "");
            line.add_escape(out.builder(), range, &text);
            out.end();
        }
        _ => {}
    }
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
    fn entries_are_records() {
        check(
            "version: 1\ndn: uid=a,dc=b\nmail: a@b\n\ndn: uid=c\ncn;lang-sv: D\n\n",
            &["version=1 | dn=uid=a,dc=b | mail=a@b", "dn=uid=c | cn=D"],
        );
        check("dn: a\r\nmail: ann\r\n a@b\r\n\r\n", &["dn=a | mail=anna@b"]);
        check("dn: a\ncn:: w4Vz\n YQ==\nx:: AAEC\n", &["dn=a | cn=Åsa"]);
        check(
            "dn: a\njpegPhoto:< file:///b\n# c\n d\n-\n",
            &["dn=a | jpegPhoto=file:///b | # cd | -"],
        );
        check("dn: a\nno colon\nx:: %%\n", &["dn=a | no colon | x=%%"]);
        check("", &[]);
    }

    #[test]
    fn places_reach_over_folds() {
        let records = read(extract, b"dn: a\nmail: ann\n a@b\ncn:: w4Vz\n YQ==\n");
        let places: Vec<_> = records[0]
            .iter()
            .filter_map(|f| f.place.as_ref().map(|p| (p.line, p.column, p.byte_start, p.byte_end)))
            .collect();
        assert_eq!(places, [(1, 5, 4, 5), (2, 7, 12, 20), (4, 6, 26, 36)]);
    }

    #[test]
    fn long_lines_are_read_in_parts() {
        let text = format!("dn: {}\n", "ab ".repeat(1_000_000));
        let total: usize =
            read(extract, text.as_bytes()).iter().flatten().map(|f| f.text.len()).sum();
        assert_eq!(total, 3_000_000);
        read(extract, "\n ".repeat(1_000_000).as_bytes());
    }

    #[test]
    fn what_looks_like_ldif() {
        for (text, name, want) in [
            ("dn: uid=a\n", "x", true),
            ("# a\n\nversion: 1\n\ndn: a\n", "x", true),
            ("version: 1\nname: a\n", "x", false),
            ("cn: a\n", "x.ldif", true),
            ("text", "x.ldif", false),
        ] {
            assert_eq!(looks_like(text.as_bytes(), name), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_the_same_by_all_steps(text in "(dn: |[a-c]:|: |=|\r?\n |\n|#|å|YQ==|\t){0,40}") {
            check_same_by_steps(extract, text.as_bytes());
        }

        #[test]
        fn any_bytes_are_read_the_same_by_all_steps(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            check_same_by_steps(extract, &bytes);
        }
    }
}
