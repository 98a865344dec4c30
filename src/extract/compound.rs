//! Compound files ([MS-CFB]): old Office documents and mails, and encrypted new ones. What they are is
//! told by the streams they hold.

mod message;
mod objects;
mod presentation;
mod properties;
mod storage;
mod word;

use super::document::{Document, Failure};
use super::sheets::xls;
use crate::model::{Flow, Reason, Sink};

use objects::Objects;
use storage::Compound;

/// Reads a document of one kind.
type Extract = fn(Compound<'_>, &mut dyn Sink) -> Result<Flow, Failure>;

/// A kind of document: a stream that only it has, and what people call it.
struct Kind {
    stream: &'static str,
    name: &'static str,
    extract: Option<Extract>,
}

static KINDS: [Kind; 7] = [
    Kind { stream: "Workbook", name: "old workbook", extract: Some(workbook) },
    Kind { stream: "Book", name: "old workbook", extract: Some(workbook) },
    Kind { stream: "WordDocument", name: "old Word document", extract: Some(word::extract) },
    Kind {
        stream: "PowerPoint Document",
        name: "old presentation",
        extract: Some(presentation::extract),
    },
    Kind {
        stream: "__properties_version1.0",
        name: "Outlook message",
        extract: Some(message::extract),
    },
    Kind { stream: "VisioDocument", name: "Visio drawing", extract: None },
    Kind { stream: "VBA/dir", name: "macros", extract: None },
];

/// Is it a compound file?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}

/// Reads the document that it is.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let budget = document.budget();
    let mut compound = Compound::open(document.into_seekable()?, budget)?;
    // A document with a password is wrapped whole ([MS-OFFCRYPTO] 2.3).
    if compound.has("EncryptedPackage") {
        let detail = "it is protected by a password".to_owned();
        return Err(Failure::Unreadable(Reason::Encrypted, detail));
    }
    match KINDS.iter().find(|kind| compound.has(kind.stream)) {
        Some(Kind { extract: Some(extract), .. }) => extract(compound, sink),
        Some(kind) => {
            let detail = format!("{}: not read yet", kind.name);
            Err(Failure::Unreadable(Reason::Unsupported, detail))
        }
        None => object(&mut compound, sink),
    }
}

/// An object of a program that Office does not know: the file in it is read, if it is one.
fn object(compound: &mut Compound<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    match Objects::default().file(compound, "")? {
        Some((step, content)) => Ok(sink.nested(step, &mut std::io::Cursor::new(content))),
        None => {
            let detail = "an object of another program: not read yet".to_owned();
            Err(Failure::Unreadable(Reason::Unsupported, detail))
        }
    }
}

/// An old workbook, with the files inside it.
fn workbook(mut compound: Compound<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut objects = Objects::default();
    for name in compound.storages("").into_iter().filter(|name| name.starts_with("MBD")) {
        if objects.object(&mut compound, &name, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    let budget = compound.budget();
    let mut file = compound.into_file();
    file.rewind()?;
    xls::extract(Document::stored(b"", Vec::new(), file, budget).into_bytes()?, sink)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Write};

    use super::*;
    use crate::model::{Budget, Problem, Record, Step};

    struct Nothing;

    impl Sink for Nothing {
        fn record(&mut self, record: &Record<'_>) -> Flow {
            panic!("{record:?}")
        }

        fn problem(&mut self, problem: Problem) -> Flow {
            panic!("{problem:?}")
        }

        fn nested(&mut self, step: Step, _content: &mut dyn Read) -> Flow {
            panic!("{step:?}")
        }
    }

    fn read(bytes: Vec<u8>) -> (Reason, String) {
        assert!(looks_like(&bytes, b""));
        let document =
            Document::stored(b"", Vec::new(), Box::new(Cursor::new(bytes)), Budget::default());
        match extract(document, &mut Nothing) {
            Err(Failure::Unreadable(reason, detail)) => (reason, detail),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn documents_are_told_apart() {
        for (stream, reason, said) in [
            ("EncryptedPackage", Reason::Encrypted, "password"),
            ("WordDocument", Reason::Corrupt, "cut short"),
            ("VisioDocument", Reason::Unsupported, "Visio"),
            ("Something", Reason::Unsupported, "another program"),
        ] {
            let mut compound = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
            compound.create_stream(stream).unwrap().write_all(b"x").unwrap();
            compound.flush().unwrap();
            let got = read(compound.into_inner().into_inner());
            assert!(got.0 == reason && got.1.contains(said), "{got:?}");
        }
        let cut = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1and nothing".to_vec();
        assert_eq!(read(cut).0, Reason::Corrupt);
    }
}
