//! From the characters of a part to its paragraphs, rows and fields.

use super::formats::Formats;
use super::header::Unit;
use crate::extract::lines::Lines;
use crate::extract::office::texts::{Texts, either};
use crate::model::{Flow, Place, Sink};

/// Fields inside one another; those deeper are taken for text.
const DEEPEST: usize = 100;

/// Puts a document's paragraphs together.
pub(super) struct Story<'f, 's> {
    formats: &'f Formats,
    texts: Texts<'s>,
    /// Where sections end, in characters of the body.
    pub(super) sections: Vec<u32>,
    part: &'static str,
    /// Of the note or comment at hand.
    number: Option<u32>,
    counts: Vec<(&'static str, u32)>,
    /// A paragraph is at hand.
    open: bool,
    in_table: bool,
    row: bool,
    /// Characters that go on the paragraph, the field or what was deleted.
    pending: Vec<u16>,
    target: Target,
    /// Instructions of fields, those inside others behind them; none once the result has begun.
    fields: Vec<Option<String>>,
    deleted: String,
    deletions: Lines,
}

/// What characters belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Text,
    Deleted,
    Instruction,
}

impl<'f, 's> Story<'f, 's> {
    pub(super) fn new(formats: &'f Formats, sink: &'s mut dyn Sink) -> Story<'f, 's> {
        Story {
            formats,
            texts: Texts::new(sink),
            sections: Vec::new(),
            part: "body",
            number: None,
            counts: Vec::new(),
            open: false,
            in_table: false,
            row: false,
            pending: Vec::new(),
            target: Target::Text,
            fields: Vec::new(),
            deleted: String::new(),
            deletions: Lines::default(),
        }
    }

    /// A part begins.
    pub(super) fn begin(&mut self, part: &'static str) {
        (self.part, self.number) = (part, None);
    }

    /// A note or comment begins.
    pub(super) fn begin_numbered(&mut self, part: &'static str, number: u32) {
        (self.part, self.number) = (part, Some(number));
    }

    /// The part ends.
    pub(super) fn end(&mut self) -> Flow {
        let mut flow = if self.open { self.end_paragraph() } else { Flow::Continue };
        flow = either(flow, self.leave_table());
        self.fields.clear();
        // What comes next is another text.
        flow = either(flow, self.texts.end_text());
        self.texts.begin_text();
        flow
    }

    /// All parts end.
    pub(super) fn finish(mut self) -> Flow {
        let flow = self.deletions.end(self.texts.sink);
        either(flow, self.texts.finish())
    }

    /// The next character ([MS-DOC] 2.4.1 names those that are none).
    pub(super) fn unit(&mut self, unit: &Unit) -> Flow {
        let mut flow = Flow::Continue;
        if !self.open {
            flow = self.begin_paragraph(unit.stored);
        }
        match unit.unit {
            0x0D => flow = either(flow, self.end_paragraph()),
            0x07 => flow = either(flow, self.end_cell(unit.stored)),
            0x0C if self.ends_section(unit.at) => flow = either(flow, self.end_paragraph()),
            0x0B | 0x0C | 0x0E => self.push(unit.stored, u16::from(b'\n')),
            0x13 if self.fields.len() < DEEPEST => self.begin_field(),
            0x14 => self.end_instruction(),
            0x15 => {
                self.end_instruction();
                self.fields.pop();
            }
            0x1E => self.push(unit.stored, u16::from(b'-')),
            0x09 => self.push(unit.stored, u16::from(b'\t')),
            // Pictures, marks of notes, hyphens that are shown at a line's end only.
            0..=0x1F => {}
            character => self.push(unit.stored, character),
        }
        flow
    }

    fn ends_section(&self, at: u32) -> bool {
        self.part == "body" && self.sections.contains(&at.saturating_add(1))
    }

    fn next(&mut self, part: &'static str) -> u32 {
        let known = self.counts.iter().position(|(own, _)| *own == part);
        let at = known.unwrap_or_else(|| {
            self.counts.push((part, 0));
            self.counts.len() - 1
        });
        self.counts[at].1 = self.counts[at].1.saturating_add(1);
        self.counts[at].1
    }

    fn begin_paragraph(&mut self, stored: u32) -> Flow {
        self.open = true;
        let paragraph = self.formats.paragraph(stored);
        let mut flow = Flow::Continue;
        if paragraph.in_table && !self.in_table {
            self.in_table = true;
            flow = self.texts.begin_table();
        } else if !paragraph.in_table {
            flow = self.leave_table();
        }
        if self.in_table && !self.row {
            self.row = true;
            self.texts.begin_row();
            self.texts.begin_cell(0);
        }
        if !paragraph.ends_row {
            let index = self.number.unwrap_or_else(|| self.next(self.part));
            self.texts.begin_paragraph(Place::Paragraph { part: self.part, index });
        }
        flow
    }

    fn leave_table(&mut self) -> Flow {
        if !std::mem::take(&mut self.in_table) {
            return Flow::Continue;
        }
        let flow =
            if std::mem::take(&mut self.row) { self.texts.end_row() } else { Flow::Continue };
        either(flow, self.texts.end_table())
    }

    fn end_paragraph(&mut self) -> Flow {
        self.flush();
        self.open = false;
        let flow = self.texts.end_paragraph();
        let deleted = std::mem::take(&mut self.deleted);
        if deleted.trim().is_empty() {
            return flow;
        }
        let place = Place::Paragraph { part: "deleted", index: self.next("deleted") };
        either(flow, self.deletions.add(place, &deleted, self.texts.sink))
    }

    fn end_cell(&mut self, stored: u32) -> Flow {
        if self.formats.paragraph(stored).ends_row {
            (self.open, self.row) = (false, false);
            self.pending.clear();
            return self.texts.end_row();
        }
        let flow = self.end_paragraph();
        if self.in_table {
            self.texts.end_cell();
            self.texts.begin_cell(0);
        }
        flow
    }

    fn begin_field(&mut self) {
        self.flush();
        self.fields.push(Some(String::new()));
    }

    /// The field's instruction ends; what it links to may be a mail address.
    fn end_instruction(&mut self) {
        self.flush();
        if let Some(instruction) = self.fields.last_mut().and_then(Option::take) {
            self.texts.link_in(&instruction);
        }
    }

    fn push(&mut self, stored: u32, unit: u16) {
        let target = match self.fields.last() {
            Some(Some(_)) => Target::Instruction,
            _ if self.formats.is_deleted(stored) => Target::Deleted,
            _ => Target::Text,
        };
        if target != self.target {
            self.flush();
            self.target = target;
        }
        self.pending.push(unit);
    }

    /// Characters that belong together go where they belong.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let text = String::from_utf16_lossy(&self.pending);
        self.pending.clear();
        match self.target {
            Target::Text => self.texts.push(&text),
            Target::Deleted => {
                if !self.deleted.is_empty() {
                    self.deleted.push('\n');
                }
                self.deleted.push_str(&text);
            }
            Target::Instruction => {
                if let Some(Some(instruction)) = self.fields.last_mut() {
                    instruction.push_str(&text);
                }
            }
        }
    }
}
