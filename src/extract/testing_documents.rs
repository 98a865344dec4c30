//! Reads a document and tells what came out, a line for each piece with a place.

use std::io::{Cursor, Read, Write as _};

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;

use super::document::Document;
use super::{DOCUMENTS, Format, recognise};
use crate::model::{Budget, Flow, Origin, Place, Problem, Record, Shape, Sink, Step};

/// A ZIP archive of these members.
pub(crate) fn zipped(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// What is told of a document: `place: text` for lines and for cells of tables with a header,
/// `name <- content` for documents inside, `! reason` for problems.
pub(crate) fn told(name: &str, bytes: &[u8]) -> Vec<String> {
    let head = bytes[..bytes.len().min(64 * 1024)].to_vec();
    let rest = Box::new(Cursor::new(bytes[head.len()..].to_vec()));
    let Format::Document(n) = recognise(&head, name.as_bytes()).format else {
        panic!("{name} is not recognised");
    };
    let document = Document::streamed(name.as_bytes(), head, rest, Budget::default());
    let mut told = Told(Vec::new());
    if let Err(failure) = (DOCUMENTS[n].extract)(document, &mut told) {
        let _ = told.problem(failure.into_problem(false));
    }
    told.0
}

/// Asserts what is told of a document.
pub(crate) fn check(name: &str, bytes: &[u8], want: &[&str]) {
    assert_eq!(told(name, bytes), want, "{name}");
}

struct Told(Vec<String>);

impl Told {
    fn cells(&mut self, text: &[u8], start: usize, origin: &Origin<'_>, end: &[u8]) {
        let mut at = start;
        for cell in text[start..].split(|b| end.contains(b)) {
            if !cell.is_empty() {
                let place = origin.place(text, &(at..at + cell.len()), None);
                self.0.push(format!("{}: {}", short(&place), String::from_utf8_lossy(cell)));
            }
            at += cell.len() + 1;
        }
    }
}

fn short(place: &Place) -> String {
    match place {
        Place::Paragraph { part, index } => format!("{part} {index}"),
        Place::Slide { slide, part } => format!("{slide} {part}"),
        Place::Mail { field: Some(field), .. } => field.clone(),
        Place::Mail { line, .. } => format!("line {}", line.unwrap_or(0)),
        Place::Metadata { field } => field.clone(),
        other => format!("{other:?}"),
    }
}

impl Sink for Told {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        match &record.shape {
            Shape::Text(origin) => self.cells(record.text, record.focus.start, origin, b"\n"),
            Shape::Table(origin, _) => self.cells(record.text, record.focus.start, origin, b"\n\t"),
            Shape::Fields(fields) => {
                for segment in fields.segments {
                    let range = segment.range.start as usize..segment.range.end as usize;
                    let place = short(&fields.place(record.text, &range));
                    let text = String::from_utf8_lossy(&record.text[range]);
                    self.0.push(format!("{place}: {text}"));
                }
            }
        }
        Flow::Continue
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.0.push(format!("! {}", problem.reason.id()));
        Flow::Continue
    }

    fn nested(&mut self, step: Step, content: &mut dyn Read) -> Flow {
        let mut bytes = Vec::new();
        if content.read_to_end(&mut bytes).is_err() {
            bytes = b"!".to_vec();
        }
        let name = match step {
            Step::ArchiveEntry { name, index: None } | Step::Attachment { name } => {
                name.display().into_owned()
            }
            Step::ArchiveEntry { name, index: Some(index) } => {
                format!("{}#{index}", name.display())
            }
            Step::MailMessage { index } => index.to_string(),
            Step::Embedded { name, .. } => name.unwrap_or_default().display().into_owned(),
            Step::Blob { table, column, .. } => format!("{table}.{column}"),
        };
        self.0.push(format!("{name} <- {}", String::from_utf8_lossy(&bytes).trim_end()));
        Flow::Continue
    }
}
