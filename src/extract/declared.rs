//! The encoding that a document itself says it has: XML declaration, HTML `meta`.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// How far it is looked for: HTML asks for the first 1,024 bytes, real pages need more.
const NEAR: usize = 4096;

/// The encoding declared in the first bytes of an XML or HTML document, if it is one that these bytes
/// can have: what can be read as ASCII is no UTF-16, whatever it says.
///
/// Source: XML 1.0, section 4.3.3; WHATWG HTML, section 13.2.3.2.
#[must_use]
pub fn declared_encoding(head: &[u8]) -> Option<&'static Encoding> {
    let near = head[..head.len().min(NEAR)].to_ascii_lowercase();
    let label = match near.trim_ascii_start().strip_prefix(b"<?xml") {
        Some(declaration) => {
            let end = memchr::memchr(b'>', declaration)?;
            value(&declaration[..end], b"encoding").or_else(|| in_meta(&near))
        }
        None => in_meta(&near),
    }?;
    Encoding::for_label(label).filter(|e| *e != UTF_16LE && *e != UTF_16BE)
}

/// `<meta charset=…>` or `<meta http-equiv=… content="text/html; charset=…">`.
fn in_meta(near: &[u8]) -> Option<&[u8]> {
    memchr::memmem::find_iter(near, b"<meta").find_map(|at| {
        let tag = &near[at..];
        let end = memchr::memchr(b'>', tag).unwrap_or(tag.len());
        value(&tag[..end], b"charset")
    })
}

/// The value after `name=`, with or without quotes.
fn value<'t>(text: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let at = memchr::memmem::find(text, name)? + name.len();
    let rest = text[at..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let ends = |b: &u8| matches!(b, b'"' | b'\'' | b';' | b'/' | b'>') || b.is_ascii_whitespace();
    Some(&rest[..rest.iter().position(ends).unwrap_or(rest.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &str, want: Option<&str>) {
        assert_eq!(declared_encoding(head.as_bytes()).map(Encoding::name), want, "{head}");
    }

    #[test]
    fn declarations_are_read() {
        check("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", Some("windows-1252"));
        check("<?xml version='1.0' encoding = 'utf-8'?>", Some("UTF-8"));
        check("<?xml version='1.0' encoding='windows-1257'?>", Some("windows-1257"));
        check("<?xml version='1.0'?>", None);
        check("<html><META CHARSET=windows-1252>", Some("windows-1252"));
        check(
            "<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'>",
            Some("ISO-8859-2"),
        );
        check("<meta name='a'><meta charset=\"utf-8\"/>", Some("UTF-8"));
        check("<?xml version='1.0' encoding='utf-16'?>", None);
        check("<meta charset=", None);
        check("encoding='utf-8'", None);
        check("", None);
    }
}
