//! Old Word documents ([MS-DOC]): doc and dot of Word 6 to 2003.
//!
//! The text lies in pieces all over the file; one after the other they make up the body, and behind
//! it footnotes, headers, comments, endnotes and text boxes, whose lengths the file's first block
//! tells. What a paragraph or a run of characters is (in a table, deleted) stands in pages of its own.

mod formats;
mod header;
mod story;

use super::objects::Objects;
use super::properties;
use super::storage::Compound;
use crate::extract::bytes::u32_at;
use crate::extract::document::Failure;
use crate::extract::office::texts::either;
use crate::model::{Flow, Sink};

use formats::Formats;
use header::{Header, Pieces, Table};
use story::Story;

/// Where the parts of the text lie in the sequence of all characters: their lengths stand in this order.
const FOOTNOTES: usize = 1;
const HEADERS: usize = 2;
const COMMENTS: usize = 4;
const ENDNOTES: usize = 5;
const TEXT_BOXES: usize = 6;
const HEADER_TEXT_BOXES: usize = 7;

/// Stories before those of the first section: the lines above footnotes and endnotes.
const SEPARATORS: usize = 6;

/// Reads a document.
pub(super) fn extract(mut compound: Compound<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let main = compound.stream("WordDocument")?.unwrap_or_default();
    let header = Header::read(&main)?;
    let table = match header.table {
        Some(name) => compound.stream(name)?,
        // Before Word 97 all was in one stream.
        None => Some(main.clone()),
    };
    let Some(table) = table else { return Err(Failure::corrupt("its table stream is missing")) };
    let pieces = Pieces::read(&header, &main, &table)?;
    let formats = Formats::read(&header, &main, &table);
    let document = Document { header, main: &main, table: &table, pieces, formats };
    let flow = document.tell(sink);
    drop(document);
    drop(table);
    if flow == Flow::Stop || properties::read(&mut compound, sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    let mut objects = Objects::default();
    let flow = objects.pictures(&main, sink);
    drop(main);
    let data = compound.stream("Data")?.unwrap_or_default();
    let flow = either(flow, objects.pictures(&data, sink));
    drop(data);
    if flow == Flow::Stop {
        return Ok(flow);
    }
    Ok(objects.embedded(&mut compound, "ObjectPool", sink))
}

struct Document<'b> {
    header: Header,
    main: &'b [u8],
    table: &'b [u8],
    pieces: Pieces,
    formats: Formats,
}

impl Document<'_> {
    fn tell(&self, sink: &mut dyn Sink) -> Flow {
        let mut story = Story::new(&self.formats, sink);
        story.sections = self.positions(Table::Sections);
        story.begin("body");
        let mut flow = self.part(0, 0..self.header.lengths[0], &mut story);
        flow = either(flow, self.headers(&mut story));
        for (part, table, name) in [
            (FOOTNOTES, Table::Footnotes, "footnote"),
            (ENDNOTES, Table::Endnotes, "endnote"),
            (COMMENTS, Table::Comments, "comment"),
        ] {
            flow = either(flow, self.notes(part, table, name, &mut story));
        }
        for part in [TEXT_BOXES, HEADER_TEXT_BOXES] {
            story.begin("text_box");
            flow = either(flow, self.part(part, 0..self.header.lengths[part], &mut story));
        }
        either(flow, story.finish())
    }

    /// Reads characters of a part, counted from the part's first.
    fn part(&self, part: usize, range: std::ops::Range<u32>, story: &mut Story<'_, '_>) -> Flow {
        let length = self.header.lengths[part];
        let start: u32 =
            self.header.lengths[..part].iter().fold(0, |sum, n| sum.saturating_add(*n));
        let range = start.saturating_add(range.start.min(length))
            ..start.saturating_add(range.end.min(length));
        let read = self.pieces.read_to(self.main, range, &mut |unit| story.unit(&unit));
        either(read, story.end())
    }

    /// Notes and comments: one number each.
    fn notes(
        &self,
        part: usize,
        table: Table,
        name: &'static str,
        story: &mut Story<'_, '_>,
    ) -> Flow {
        let starts = self.positions(table);
        // The last position is that of no note, the one before ends the last.
        let ends = starts.iter().skip(1);
        let mut flow = Flow::Continue;
        for (number, (&start, &end)) in (1..).zip(starts.iter().zip(ends)) {
            if start < end && start < self.header.lengths[part] {
                story.begin_numbered(name, number);
                flow = either(flow, self.part(part, start..end, story));
            }
        }
        flow
    }

    /// Headers and footers: six a section, of even, odd and first pages.
    fn headers(&self, story: &mut Story<'_, '_>) -> Flow {
        let starts = self.positions(Table::Headers);
        let mut flow = Flow::Continue;
        for (n, range) in starts.windows(2).enumerate().skip(SEPARATORS) {
            let name = match n % 6 {
                0 | 1 | 4 => "header",
                _ => "footer",
            };
            // Behind each stands the end of a paragraph that is not shown.
            let end = range[1].saturating_sub(1);
            if range[0] < end {
                story.begin(name);
                flow = either(flow, self.part(HEADERS, range[0]..end, story));
            }
        }
        flow
    }

    /// The positions that a table begins with; behind them stands something else of each.
    fn positions(&self, table: Table) -> Vec<u32> {
        let bytes = self.header.slice(table, self.table);
        let size = 4 + table.entry_size();
        let count = bytes.len().saturating_sub(4) / size + usize::from(bytes.len() >= 4);
        (0..count).map_while(|n| u32_at(bytes, n * 4)).collect()
    }
}
