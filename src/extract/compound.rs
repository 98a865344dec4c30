//! Compound files ([MS-CFB]): old Office documents and mails, and encrypted new ones. What they are is
//! told by the streams they hold.

use super::document::{Document, Failure, ReadSeek};
use super::sheets::xls;
use crate::model::{Flow, Reason, Sink};

/// Reads a document of one kind.
type Extract = fn(Vec<u8>, &mut dyn Sink) -> Result<Flow, Failure>;

/// A kind of document: a stream that only it has, and what people call it.
struct Kind {
    stream: &'static str,
    name: &'static str,
    extract: Option<Extract>,
}

static KINDS: [Kind; 7] = [
    Kind { stream: "Workbook", name: "old workbook", extract: Some(xls::extract) },
    Kind { stream: "Book", name: "old workbook", extract: Some(xls::extract) },
    Kind { stream: "WordDocument", name: "old Word document", extract: None },
    Kind { stream: "PowerPoint Document", name: "old presentation", extract: None },
    Kind { stream: "__properties_version1.0", name: "Outlook message", extract: None },
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
    let mut file = document.into_seekable()?;
    let kind = {
        let compound = cfb::CompoundFile::open(&mut *file as &mut dyn ReadSeek)
            .map_err(|error| Failure::corrupt(format!("a damaged compound file: {error}")))?;
        // A workbook with a password is wrapped whole ([MS-OFFCRYPTO] 2.3).
        if compound.is_stream("EncryptedPackage") {
            let detail = "it is protected by a password".to_owned();
            return Err(Failure::Unreadable(Reason::Encrypted, detail));
        }
        KINDS.iter().find(|kind| compound.is_stream(kind.stream))
    };
    let Some(Kind { extract: Some(extract), .. }) = kind else {
        let what = kind.map_or("old Office document", |kind| kind.name);
        return Err(Failure::Unreadable(Reason::Unsupported, format!("{what}: not read yet")));
    };
    file.rewind()?;
    let bytes = Document::stored(b"", Vec::new(), file, budget).into_bytes()?;
    extract(bytes, sink)
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
            ("WordDocument", Reason::Unsupported, "Word"),
            ("__properties_version1.0", Reason::Unsupported, "Outlook"),
            ("Something", Reason::Unsupported, "Office"),
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
