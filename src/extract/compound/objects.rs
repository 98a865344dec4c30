//! Files and pictures inside old Office documents, which are handed on one by one.

use std::io::Cursor;

use super::storage::Compound;
use crate::extract::bytes::{slice, u16_at, u32_at};
use crate::extract::document::Failure;
use crate::model::{FileName, Flow, Problem, Sink, Step};

/// Kinds of records that hold a picture as a file ([MS-ODRAW] 2.2.23): JPEG, PNG, TIFF, JPEG in CMYK.
const PICTURES: [u16; 4] = [0xF01D, 0xF01E, 0xF029, 0xF02A];

/// What such a file begins with.
const BEGINNINGS: [&[u8]; 4] = [b"\xFF\xD8\xFF", b"\x89PNG", b"II*\0", b"MM\0*"];

/// Streams of an object that are a file of another format.
const FILES: [&str; 2] = ["Package", "CONTENTS"];

/// Hands on what is inside a document.
#[derive(Default)]
pub(super) struct Objects {
    /// Objects so far that have no name: it stands for one.
    count: u32,
}

impl Objects {
    /// The step to an object without a name.
    pub(super) fn step(&mut self) -> Step {
        self.count = self.count.saturating_add(1);
        Step::Embedded { name: None, index: Some(self.count) }
    }

    /// Hands on the pictures in a stream.
    pub(super) fn pictures(&mut self, stream: &[u8], sink: &mut dyn Sink) -> Flow {
        let mut at = 0;
        // The high byte of a record's kind.
        while let Some(found) = memchr::memchr(0xF0, &stream[at..]) {
            at += found + 1;
            let Some(picture) = at.checked_sub(4).and_then(|start| picture(stream, start)) else {
                continue;
            };
            at = (at + picture.len()).min(stream.len());
            if sink.nested(self.step(), &mut Cursor::new(picture)) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    /// Hands on the objects that have a storage of their own below `folder`.
    pub(super) fn embedded(
        &mut self,
        compound: &mut Compound<'_>,
        folder: &str,
        sink: &mut dyn Sink,
    ) -> Flow {
        for name in compound.storages(folder) {
            let path = format!("{folder}/{name}");
            if self.object(compound, &path, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    /// Hands on the object in a storage.
    pub(super) fn object(
        &mut self,
        compound: &mut Compound<'_>,
        path: &str,
        sink: &mut dyn Sink,
    ) -> Flow {
        let (step, content) = match self.content(compound, path) {
            Ok(object) => object,
            Err(failure) => {
                let problem = failure.into_problem(false);
                return sink.problem(Problem { inside: vec![self.step()], ..problem });
            }
        };
        sink.nested(step, &mut Cursor::new(content))
    }

    fn content(
        &mut self,
        compound: &mut Compound<'_>,
        path: &str,
    ) -> Result<(Step, Vec<u8>), Failure> {
        match self.file(compound, path)? {
            Some(file) => Ok(file),
            None => Ok((self.step(), compound.carve(path)?)),
        }
    }

    /// The file of another format that an object is, where it is one.
    pub(super) fn file(
        &mut self,
        compound: &mut Compound<'_>,
        path: &str,
    ) -> Result<Option<(Step, Vec<u8>)>, Failure> {
        if let Some(native) = compound.stream(&format!("{path}/\u{1}Ole10Native"))?
            && let Some((name, content)) = packaged(&native)
        {
            let step = Step::Embedded { name: Some(FileName::new(name)), index: None };
            return Ok(Some((step, content.to_vec())));
        }
        for file in FILES {
            if let Some(content) = compound.stream(&format!("{path}/{file}"))? {
                return Ok(Some((self.step(), content)));
            }
        }
        Ok(None)
    }
}

/// The picture in the record that begins at `start`.
fn picture(stream: &[u8], start: usize) -> Option<&[u8]> {
    let kind = u16_at(stream, start + 2)?;
    if !PICTURES.contains(&kind) {
        return None;
    }
    let len = u32_at(stream, start + 4)? as usize;
    let body = slice(stream, start + 8, len);
    // One or two digests come first, and a byte.
    [17, 33]
        .into_iter()
        .filter_map(|skipped| body.get(skipped..))
        .find(|picture| BEGINNINGS.iter().any(|beginning| picture.starts_with(beginning)))
}

/// The name and the content of a file that was put into a document as it is: what the packager of Windows
/// writes ([MS-OLEDS] 2.3.6 has the frame, its content is not specified).
fn packaged(native: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = |at: usize| {
        let rest = native.get(at..)?;
        let end = memchr::memchr(0, rest)?;
        Some((&rest[..end], at + end + 1))
    };
    let (label, at) = text(6)?;
    let (_, at) = text(at)?;
    let (_, at) = text(at + 8)?;
    let len = u32_at(native, at)? as usize;
    let content = slice(native, at + 4, len);
    let end = memchr::memrchr2(b'/', b'\\', label).map_or(0, |slash| slash + 1);
    (!label.is_empty() && !content.is_empty()).then_some((&label[end..], content))
}
