//! Messages between the program and its readers: a head in JSON and a body of bytes, each after its
//! length.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::extract::document::Failure;
use crate::model::{FileName, Flow, PagePart, PageRect, Place, Problem, Reason, Step};

/// No head or body is longer.
const LONGEST: usize = 256 * 1024 * 1024;

/// Bytes of a document that go in one message.
pub(super) const PIECE: usize = 256 * 1024;

/// What the program says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Asked {
    /// Passwords that documents may open with, each the body of one message.
    Password,
    /// A document to read: its format's number, what may be held in memory; its name is the body.
    Document { format: usize, memory: u64 },
    /// Some of its bytes; none when it is whole.
    Bytes,
    /// It cannot be read to its end.
    Broken,
    /// Go on with what comes next, or stop.
    Flow { stop: bool },
    /// Where does this stretch of the record stand?
    Place { from: usize, to: usize, field: Option<String> },
    /// More of the document inside.
    More,
}

/// What a reader says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Told {
    /// A text, which is the body, and where its focus begins. With the place of its beginning.
    Text { focus: usize, place: Spot, table: Option<Columns> },
    /// Fields: each with its label, its place and its length in the body.
    Fields { fields: Vec<(String, Spot, usize)> },
    /// Something could not be read; the detail is the body.
    Problem { reason: Reason, at: Option<Spot>, partial: bool, inside: Vec<Named> },
    /// A document inside.
    Nested { step: Named },
    /// Some of its bytes; none at its end.
    Bytes,
    /// It cannot be read to its end: a budget is used up, or it is broken; the detail is the body.
    Broken { spent: bool },
    /// The place that was asked for, and how far behind its beginning the stretch lies.
    Place { place: Spot, behind: usize },
    /// The document is read. Why not, if it was not; the detail is the body.
    End { failed: Option<Reason>, stop: bool },
}

/// The columns of a table and its first rows, which come in a body of their own the first time.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Columns {
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    pub(super) names: Vec<String>,
    pub(super) has_header: bool,
    /// Bytes at the end of the body that are the first rows; absent if they are those of the table
    /// told last.
    pub(super) sample: Option<usize>,
}

/// A place as it is sent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Spot {
    Page {
        page: u32,
        field: Option<String>,
        /// Its edges in tenths of a point: left, top, right, bottom.
        rect: Option<[i32; 4]>,
        part: Option<PagePart>,
    },
    Metadata(String),
    /// Places of formats that are not read apart.
    Other,
}

/// A step as it is sent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Named {
    Attachment(Vec<u8>),
    Embedded(Option<Vec<u8>>, Option<u32>),
    Member(Vec<u8>, Option<u32>),
    Message(u32),
}

/// Writes a message.
pub(super) fn write<M: Serialize>(out: &mut impl Write, head: &M, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    let mut lengths = [0; 8];
    lengths[..4].copy_from_slice(&length(&head)?);
    lengths[4..].copy_from_slice(&length(body)?);
    // One write for what is short: each one wakes the other side.
    let mut start = lengths.to_vec();
    start.extend_from_slice(&head);
    if body.len() <= PIECE {
        start.extend_from_slice(body);
        out.write_all(&start)?;
    } else {
        out.write_all(&start)?;
        out.write_all(body)?;
    }
    out.flush()
}

fn length(bytes: &[u8]) -> io::Result<[u8; 4]> {
    let length = u32::try_from(bytes.len()).ok().filter(|&n| n as usize <= LONGEST);
    length.map(u32::to_le_bytes).ok_or_else(|| io::Error::other("a message is too long"))
}

/// Reads a message; its body comes into `body`.
pub(super) fn read<M: DeserializeOwned>(
    input: &mut impl Read,
    body: &mut Vec<u8>,
) -> io::Result<M> {
    let mut lengths = [0; 8];
    input.read_exact(&mut lengths)?;
    let [a, b, c, d, e, f, g, h] = lengths;
    let head = filled(input, u32::from_le_bytes([a, b, c, d]), body)
        .and_then(|()| serde_json::from_slice(body).map_err(io::Error::from))?;
    filled(input, u32::from_le_bytes([e, f, g, h]), body)?;
    Ok(head)
}

fn filled(input: &mut impl Read, length: u32, out: &mut Vec<u8>) -> io::Result<()> {
    out.clear();
    if length as usize > LONGEST {
        return Err(io::Error::other("a message is too long"));
    }
    // Memory is taken as bytes come, not as they are announced.
    let n = input.take(u64::from(length)).read_to_end(out)?;
    if n < length as usize { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

impl Spot {
    pub(super) fn of(place: &Place) -> Spot {
        match place {
            Place::Page { page, field, rect, part } => Spot::Page {
                page: *page,
                field: field.clone(),
                rect: rect.map(|rect| [rect.left, rect.top, rect.right, rect.bottom]),
                part: *part,
            },
            Place::Metadata { field } => Spot::Metadata(field.clone()),
            _ => Spot::Other,
        }
    }

    pub(super) fn into_place(self) -> Place {
        match self {
            Spot::Page { page, field, rect, part } => {
                let edges =
                    |[left, top, right, bottom]: [i32; 4]| PageRect { left, top, right, bottom };
                Place::Page { page, field, rect: rect.map(edges), part }
            }
            Spot::Other => Place::Name,
            Spot::Metadata(field) => Place::Metadata { field },
        }
    }
}

impl Named {
    pub(super) fn of(step: &Step) -> Named {
        match step {
            Step::Attachment { name } => Named::Attachment(name.as_bytes().to_vec()),
            Step::Embedded { name, index } => {
                Named::Embedded(name.as_ref().map(|name| name.as_bytes().to_vec()), *index)
            }
            Step::ArchiveEntry { name, index } => Named::Member(name.as_bytes().to_vec(), *index),
            Step::MailMessage { index } => Named::Message(*index),
            // No document that is read apart holds a database; its column says enough.
            Step::Blob { column, .. } => Named::Embedded(Some(column.as_bytes().to_vec()), None),
        }
    }

    pub(super) fn into_step(self) -> Step {
        match self {
            Named::Attachment(name) => Step::Attachment { name: FileName::new(name) },
            Named::Embedded(name, index) => Step::Embedded { name: name.map(FileName::new), index },
            Named::Member(name, index) => Step::ArchiveEntry { name: FileName::new(name), index },
            Named::Message(index) => Step::MailMessage { index },
        }
    }
}

/// A problem and its detail.
pub(super) fn told_problem(problem: &Problem) -> (Told, &[u8]) {
    let inside = problem.inside.iter().map(Named::of).collect();
    let at = problem.at.as_ref().map(Spot::of);
    let Problem { reason, partial, detail, .. } = problem;
    (Told::Problem { reason: *reason, at, partial: *partial, inside }, detail.as_bytes())
}

/// How reading ended, and the detail.
pub(super) fn told_end(read: Result<Flow, Failure>) -> (Told, String) {
    match read {
        Ok(flow) => (Told::End { failed: None, stop: flow == Flow::Stop }, String::new()),
        Err(failure) => {
            let problem = failure.into_problem(false);
            (Told::End { failed: Some(problem.reason), stop: false }, problem.detail)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_as_they_were_sent() {
        let mut sent = Vec::new();
        for body in [b"".as_slice(), b"hej", &[7; 2 * PIECE]] {
            write(&mut sent, &Asked::Flow { stop: true }, body).unwrap();
        }
        let (mut input, mut got) = (sent.as_slice(), Vec::new());
        for length in [0, 3, 2 * PIECE] {
            let head: Asked = read(&mut input, &mut got).unwrap();
            assert!(matches!(head, Asked::Flow { stop: true }));
            assert_eq!(got.len(), length);
        }
        assert!(read::<Asked>(&mut input, &mut got).is_err());
    }

    #[test]
    fn announced_lengths_are_not_believed() {
        let check = |lengths: [u32; 2], kind| {
            let bytes = lengths.map(u32::to_le_bytes).concat();
            let mut body = Vec::new();
            let error = read::<Asked>(&mut bytes.as_slice(), &mut body).unwrap_err();
            assert_eq!(error.kind(), kind, "{lengths:?}");
            assert!(body.capacity() < 1 << 20);
        };
        check([LONGEST as u32, 0], io::ErrorKind::UnexpectedEof);
        check([u32::MAX, 0], io::ErrorKind::Other);
    }

    #[test]
    fn places_and_steps_survive() {
        let rect = Some(PageRect::of_points(1.0, 2.5, 30.25, -4.0));
        let (field, part) = (Some("å".to_owned()), Some(PagePart::Xfa));
        for place in [
            Place::Page { page: 7, field, rect, part },
            Place::Page { page: 1, field: None, rect: None, part: None },
            Place::Metadata { field: "author".to_owned() },
        ] {
            let json = serde_json::to_vec(&Spot::of(&place)).unwrap();
            let spot: Spot = serde_json::from_slice(&json).unwrap();
            assert_eq!(spot.into_place(), place);
        }
        let name = FileName::new(b"r\xE5d".to_vec());
        for step in [
            Step::Embedded { name: Some(name.clone()), index: None },
            Step::Embedded { name: None, index: Some(3) },
            Step::Attachment { name: name.clone() },
            Step::ArchiveEntry { name, index: Some(2) },
            Step::MailMessage { index: 9 },
        ] {
            let json = serde_json::to_vec(&Named::of(&step)).unwrap();
            let named: Named = serde_json::from_slice(&json).unwrap();
            assert_eq!(named.into_step(), step);
        }
    }
}
