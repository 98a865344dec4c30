//! Property sets of old Office documents ([MS-OLEPS], [MS-OSHARED] 2.3.3): what a document says of itself.

use std::borrow::Cow;

use super::storage::Compound;
use crate::extract::bytes::{slice, u16_at, u32_at, utf16};
use crate::extract::code_page;
use crate::extract::office::properties::property;
use crate::extract::office::texts::either;
use crate::model::{Flow, Sink};

/// Streams that hold property sets.
const STREAMS: [&str; 2] = ["\u{5}SummaryInformation", "\u{5}DocumentSummaryInformation"];

/// Properties with people's words in the first set of each stream: number and name.
const SUMMARY: [(u32, &str); 6] = [
    (2, "title"),
    (3, "subject"),
    (4, "author"),
    (5, "keywords"),
    (6, "description"),
    (8, "last_modified_by"),
];
const DOCUMENT: [(u32, &str); 4] =
    [(2, "category"), (14, "manager"), (15, "company"), (26, "content_type")];

/// More properties of a set are not read.
const MOST: usize = 1000;

/// Reads the properties of a document. Damaged ones are none: the document is read all the same.
pub(super) fn read(compound: &mut Compound<'_>, sink: &mut dyn Sink) -> Flow {
    let mut flow = Flow::Continue;
    for (name, known) in STREAMS.into_iter().zip([SUMMARY.as_slice(), &DOCUMENT]) {
        let Ok(Some(stream)) = compound.stream(name) else { continue };
        let sets = u32_at(&stream, 24).unwrap_or(0).min(2) as usize;
        for n in 0..sets {
            let Some(at) = u32_at(&stream, 28 + n * 20 + 16) else { break };
            let set = Set::new(slice(&stream, at as usize, usize::MAX));
            let known = if n == 0 { known } else { &[] };
            flow = either(flow, set.tell(known, sink));
        }
    }
    flow
}

/// A property set.
struct Set<'b> {
    bytes: &'b [u8],
    /// The numbers and positions of the properties.
    properties: Vec<(u32, usize)>,
    page: u16,
}

impl<'b> Set<'b> {
    fn new(bytes: &'b [u8]) -> Set<'b> {
        let count = u32_at(bytes, 4).unwrap_or(0) as usize;
        let entry =
            |n: usize| Some((u32_at(bytes, 8 + n * 8)?, u32_at(bytes, 12 + n * 8)? as usize));
        let properties = (0..count.min(MOST)).map_while(entry).collect();
        let mut set = Set { bytes, properties, page: 1252 };
        set.page = set.at(1).and_then(|at| u16_at(bytes, at + 4)).unwrap_or(1252);
        set
    }

    /// Where a property stands.
    fn at(&self, number: u32) -> Option<usize> {
        self.properties.iter().find(|(own, _)| *own == number).map(|(_, at)| *at)
    }

    fn tell(&self, known: &[(u32, &str)], sink: &mut dyn Sink) -> Flow {
        let own = self.own_names();
        for (number, at) in &self.properties {
            let name = known.iter().find(|(own, _)| own == number).map(|(_, name)| *name);
            let own = own.iter().find(|(own, _)| own == number).map(|(_, name)| name.as_str());
            let Some((name, value)) = name.or(own).zip(self.string(*at)) else { continue };
            if !value.trim().is_empty() && property(name, &value, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    /// A property that is text ([MS-OLEPS] 2.15).
    fn string(&self, at: usize) -> Option<Cow<'b, str>> {
        let len = u32_at(self.bytes, at.checked_add(4)?)? as usize;
        match u16_at(self.bytes, at)? {
            30 => Some(self.text(at + 8, len).0),
            31 => Some(utf16(slice(self.bytes, at + 8, len.saturating_mul(2))).into()),
            _ => None,
        }
    }

    /// Text in the set's code page, and how many bytes it takes.
    fn text(&self, at: usize, len: usize) -> (Cow<'b, str>, usize) {
        if self.page == 1200 {
            return (utf16(slice(self.bytes, at, len)).into(), len.next_multiple_of(4));
        }
        let bytes = slice(self.bytes, at, len);
        let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
        (code_page::decode(i32::from(self.page), &bytes[..end]), len)
    }

    /// Names that the document's writers gave: the dictionary ([MS-OLEPS] 2.17).
    fn own_names(&self) -> Vec<(u32, String)> {
        let Some(mut at) = self.at(0) else { return Vec::new() };
        let count = u32_at(self.bytes, at).unwrap_or(0) as usize;
        at += 4;
        let mut names = Vec::new();
        for _ in 0..count.min(MOST) {
            let number = u32_at(self.bytes, at);
            let Some((number, len)) = number.zip(u32_at(self.bytes, at + 4)) else { break };
            let len = len as usize;
            let len = if self.page == 1200 { len.saturating_mul(2) } else { len };
            let (name, taken) = self.text(at + 8, len);
            names.push((number, name.into_owned()));
            at = at.saturating_add(taken).saturating_add(8);
        }
        names
    }
}
