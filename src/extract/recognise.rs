//! What a document is, by its first bytes. Its name only lowers the bar where the content agrees.

use encoding_rs::{UTF_8, WINDOWS_1252};

use super::declared::declared_encoding;
use super::delimited::{self, Dialect};
use super::encoding::{self, Stored};
use super::stream::line_end;
use super::{DOCUMENTS, STRUCTURED};
use crate::model::Width;

/// What kind of document this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// Nothing in it.
    Empty,
    /// Running text, logs, source code, and whatever else is text.
    Text,
    /// A delimited table.
    Table(Dialect),
    /// One of [`super::STRUCTURED`], by its number.
    Structured(usize),
    /// One of [`super::DOCUMENTS`], by its number.
    Document(usize),
    /// A format that is known and not read yet.
    Unsupported(&'static str),
    /// No text: programs, pictures without text, noise.
    Binary,
}

/// What was found out about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// How its text is stored.
    pub stored: Stored,
    /// What it is.
    pub format: Format,
}

/// Formats that hold data and are not read yet, by their first bytes.
const UNSUPPORTED: [(&[u8], &str); 8] = [
    (b"Rar!\x1A\x07", "RAR archive"),
    (b"PAR1", "Parquet table"),
    (b"Obj\x01", "Avro table"),
    (b"ARROW1\0\0", "Arrow table"),
    (b"!BDN", "Outlook data file"),
    (b"\0\x01\0\0Standard Jet DB", "Access database"),
    (b"\0\x01\0\0Standard ACE DB", "Access database"),
    (b"%!PS-Adobe", "PostScript document"),
];

/// Programs, sound, fonts: no text, by their first bytes.
const BINARY: [&[u8]; 16] = [
    b"\x7FELF",
    b"\xFE\xED\xFA\xCE",
    b"\xFE\xED\xFA\xCF",
    b"\xCE\xFA\xED\xFE",
    b"\xCF\xFA\xED\xFE",
    b"\xCA\xFE\xBA\xBE",
    b"\0asm",
    b"!<arch>\n",
    b"ID3",
    b"OggS",
    b"fLaC",
    b"\x1A\x45\xDF\xA3",
    b"wOFF",
    b"wOF2",
    b"OTTO\0",
    b"\0\x01\0\0\0",
];

/// What the document is that begins with `head`. `name` is the file's own name.
#[must_use]
pub fn recognise(head: &[u8], name: &[u8]) -> Recognised {
    let plain = Stored { width: Width::Utf8, big_endian: false, mark: 0 };
    if head.is_empty() {
        return Recognised { stored: plain, format: Format::Empty };
    }
    if let Some(n) = DOCUMENTS.iter().position(|format| (format.looks_like)(head, name)) {
        return Recognised { stored: plain, format: Format::Document(n) };
    }
    if let Some(format) = by_magic(head) {
        return Recognised { stored: plain, format };
    }
    let stored = encoding::detect(head);
    let stored = declared(head, stored);
    let format = match stored.width {
        Width::Utf8 | Width::Single => narrow(&head[stored.mark..], name),
        _ => wide(head, stored, name),
    };
    Recognised { stored, format }
}

/// Where the bytes are no UTF-8, what the document says of itself comes before a guess.
fn declared(head: &[u8], guessed: Stored) -> Stored {
    let guess = matches!(guessed.width, Width::Single | Width::Dos | Width::Legacy(_));
    match guess.then(|| declared_encoding(head)).flatten() {
        None => guessed,
        Some(encoding) if encoding == WINDOWS_1252 || encoding == UTF_8 => {
            Stored { width: Width::Single, ..guessed }
        }
        Some(encoding) => Stored { width: Width::Legacy(encoding), ..guessed },
    }
}

fn by_magic(head: &[u8]) -> Option<Format> {
    let unsupported = |what| Some(Format::Unsupported(what));
    if let Some((_, what)) = UNSUPPORTED.iter().find(|(magic, _)| head.starts_with(magic)) {
        return unsupported(what);
    }
    match head {
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', b'e' | b'i', b'i' | b'f', ..] => {
            return unsupported("HEIF picture");
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] | [b'R', b'I', b'F', b'F', ..] => {
            return Some(Format::Binary);
        }
        // A program of DOS or Windows, a bitmap: two letters alone could begin a text.
        [b'M', b'Z', rest @ ..] | [b'B', b'M', rest @ ..] if has_zero(rest) => {
            return Some(Format::Binary);
        }
        _ => {}
    }
    BINARY.iter().any(|magic| head.starts_with(magic)).then_some(Format::Binary)
}

fn has_zero(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(64)]).is_some()
}

/// Text whose lower half is ASCII.
fn narrow(head: &[u8], name: &[u8]) -> Format {
    if is_noise(head) {
        return Format::Binary;
    }
    structured(head, name)
}

/// Text that is converted while it is read: the beginning is converted to be looked at.
fn wide(head: &[u8], stored: Stored, name: &[u8]) -> Format {
    let text = encoding::decode_head(&head[stored.mark..], stored);
    if is_noise(&text) { Format::Binary } else { structured(&text, name) }
}

/// What a text is, apart from text.
fn structured(head: &[u8], name: &[u8]) -> Format {
    let words = String::from_utf8_lossy(name);
    if let Some(n) = STRUCTURED.iter().position(|format| (format.looks_like)(head, &words)) {
        return Format::Structured(n);
    }
    match may_be_table(head, name).then(|| delimited::sniff(head, name, line_end(head))).flatten() {
        Some(dialect) => Format::Table(dialect),
        None => Format::Text,
    }
}

/// More than one in ten bytes are control characters that no text has. A few zeros in a log are no
/// reason, and a short text gets the benefit of the doubt.
fn is_noise(head: &[u8]) -> bool {
    let sample = &head[..head.len().min(8 * 1024)];
    let control = count(sample, is_control);
    control * 10 > sample.len() && (sample.len() > 200 || control * 3 > sample.len())
}

/// How many bytes are such. Counted in small pieces, whose counts fit into a byte: many bytes are
/// looked at at once then.
fn count(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    let piece = |piece: &[u8]| piece.iter().fold(0_u8, |n, &b| n + u8::from(is_such(b)));
    bytes.chunks(128).map(|bytes| usize::from(piece(bytes))).sum()
}

/// Without branches, so that many bytes are looked at at once.
const fn is_control(b: u8) -> bool {
    let rare = (b < 0x20) | (b == 0x7F);
    let usual = ((b >= 0x08) & (b <= 0x0D) & (b != 0x0B)) | (b == 0x1B);
    rare & !usual
}

/// Is it worth the while to look for a table? Most texts are none, and it shows in a few lines.
fn may_be_table(head: &[u8], name: &[u8]) -> bool {
    let sample = &head[..head.len().min(2048)];
    let ending = name.len().checked_sub(4).map(|at| &name[at..]);
    if ending.is_some_and(|e| {
        [b".csv", b".tsv", b".tab", b".skv"].iter().any(|p| e.eq_ignore_ascii_case(*p))
    }) {
        return true;
    }
    // Digits one a line may be a list of numbers.
    if count(sample, |b| b.is_ascii_digit()) * 2 > sample.len() {
        return true;
    }
    let lines = count(sample, |b| (b == b'\n') | (b == b'\r')).max(1);
    let count = |delimiter| count(sample, |b| b == delimiter);
    let enough = |n: usize| n * 2 >= lines;
    let spaced =
        || memchr::memchr(b'"', sample).is_none() && memchr::memmem::find(sample, b", ").is_some();
    [b';', b'\t', b'|'].into_iter().any(|d| enough(count(d))) || enough(count(b',')) && !spaced()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &[u8], name: &str, want: &str) {
        let got = match recognise(head, name.as_bytes()).format {
            Format::Table(dialect) => format!("table {}", dialect.table.columns.len()),
            Format::Structured(n) => STRUCTURED[n].name.to_owned(),
            Format::Document(n) => DOCUMENTS[n].name.to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(got, want, "{}", String::from_utf8_lossy(&head[..head.len().min(40)]));
    }

    #[test]
    fn content_decides() {
        check(b"", "a.txt", "Empty");
        check(b"Hej", "a.exe", "Text");
        check(b"Received: x\nSubject: y\n\nHej\n", "a", "mail");
        check(b"From a@b.example\nFrom: x\nMessage-ID: y\n\nHej\n", "a", "box of mails");
        check(b"From: a\nTo: b\n\nA copied text.\n", "a", "Text");
        check(b"%PDF-1.7\n...", "a.txt", "PDF document");
        check(b"\x7FELF\x02\x01", "a", "Binary");
        check(b"MZ\x90\0\x03\0", "a", "Binary");
        check(b"MZ and BM are letters", "a", "Text");
        check(&[&[0; 3][..], &b"2024-01-01 a log line\n".repeat(20)].concat(), "a.log", "Text");
        let noise: Vec<u8> =
            (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        check(&noise, "a.dat", "Binary");
        check(b"{\"a\": [1, 2]}", "a", "JSON");
        check(b"{\"a\": 1}\n{\"a\": 2}\n", "a", "JSON lines");
        check(b"a: 1\nb:\n  - c\n", "a.yaml", "YAML");
        check(b"INSERT INTO a (b) VALUES ('c');\n", "a.sql", "SQL");
        check(b"namn;ort\na;b\nc;d\n", "a", "table 2");
        check(b"namn,ort\na,b\n", "a.csv", "table 2");
        let wide: Vec<u8> =
            "namn;ort\nå;b\nc;d\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&wide, "a", "table 2");
        check("Hej, du.\nJa, du.\nNej, inte jag.\n".as_bytes(), "a.txt", "Text");
    }
}
