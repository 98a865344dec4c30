//! Puts paragraphs, tables and texts inside texts together as an extractor comes upon them.

use super::rows::Rows;
use crate::extract::lines::Lines;
use crate::model::{Flow, Place, Sink};

/// Texts under construction: the main one, and on top of it text boxes, notes and comments that
/// stand inside its paragraphs.
pub(super) struct Texts<'s> {
    pub(super) sink: &'s mut dyn Sink,
    stack: Vec<Text>,
}

#[derive(Default)]
struct Text {
    lines: Lines,
    /// The paragraph at hand; those that it stands in before it.
    paragraphs: Vec<(Place, String)>,
    rows: Option<Rows>,
    /// Tables inside one another; only the outermost has rows.
    tables: usize,
    /// Columns that the cell at hand takes beyond its first.
    span: usize,
    /// Empty columns before the next cell.
    skipped: usize,
}

impl<'s> Texts<'s> {
    /// Begins with one text.
    pub(super) fn new(sink: &'s mut dyn Sink) -> Texts<'s> {
        Texts { sink, stack: vec![Text::default()] }
    }

    fn top(&mut self) -> Option<&mut Text> {
        self.stack.last_mut()
    }

    /// A text begins inside the one at hand.
    pub(super) fn begin_text(&mut self) {
        self.stack.push(Text::default());
    }

    /// The text at hand ends, and what is left of it is handed over.
    pub(super) fn end_text(&mut self) -> Flow {
        let mut flow = Flow::Continue;
        while self.paragraph().is_some() {
            flow = either(flow, self.end_paragraph());
        }
        let Some(mut text) = self.stack.pop() else { return flow };
        if let Some(rows) = text.rows.take() {
            flow = either(flow, rows.end(self.sink));
        }
        either(flow, text.lines.end(self.sink))
    }

    /// All texts end.
    pub(super) fn finish(mut self) -> Flow {
        let mut flow = Flow::Continue;
        while !self.stack.is_empty() {
            flow = either(flow, self.end_text());
        }
        flow
    }

    /// A paragraph begins.
    pub(super) fn begin_paragraph(&mut self, place: Place) {
        if let Some(text) = self.top() {
            text.paragraphs.push((place, String::new()));
        }
    }

    /// More of the paragraph at hand; outside paragraphs there is no text.
    pub(super) fn push(&mut self, more: &str) {
        if let Some((_, paragraph)) = self.top().and_then(|text| text.paragraphs.last_mut()) {
            paragraph.push_str(more);
        }
    }

    /// The paragraph at hand, as far as it was read.
    pub(super) fn paragraph(&self) -> Option<(&Place, &str)> {
        let (place, paragraph) = self.stack.last()?.paragraphs.last()?;
        Some((place, paragraph))
    }

    /// The paragraph at hand ends.
    pub(super) fn end_paragraph(&mut self) -> Flow {
        let ended = self.top().and_then(|text| text.paragraphs.pop());
        ended.map_or(Flow::Continue, |(place, paragraph)| self.add(place, &paragraph))
    }

    /// Adds text at a place.
    pub(super) fn add(&mut self, place: Place, paragraph: &str) -> Flow {
        let Some(text) = self.stack.last_mut() else { return Flow::Continue };
        match &mut text.rows {
            Some(rows) => {
                rows.paragraph(place, paragraph);
                Flow::Continue
            }
            None => text.lines.add(place, paragraph, self.sink),
        }
    }

    /// A table begins.
    pub(super) fn begin_table(&mut self) -> Flow {
        let Some(text) = self.stack.last_mut() else { return Flow::Continue };
        text.tables += 1;
        if text.tables > 1 {
            return Flow::Continue;
        }
        text.rows = Some(Rows::default());
        text.lines.end(self.sink)
    }

    /// A row begins.
    pub(super) fn begin_row(&mut self) {
        if let Some((rows, _)) = self.rows() {
            rows.row();
        }
    }

    /// A cell begins. It takes `span` columns more than one.
    pub(super) fn begin_cell(&mut self, span: usize) {
        if let Some((rows, text)) = self.rows() {
            rows.cell(*text.0);
            (*text.0, *text.1) = (0, span);
        }
    }

    /// The cell at hand takes so many columns more than one.
    pub(super) fn span(&mut self, span: usize) {
        if let Some((_, (_, own))) = self.rows() {
            *own = span;
        }
    }

    /// So many columns are empty or hidden.
    pub(super) fn skip_cells(&mut self, columns: usize) {
        if let Some((_, (skipped, _))) = self.rows() {
            *skipped = skipped.saturating_add(columns);
        }
    }

    /// The cell at hand ends.
    pub(super) fn end_cell(&mut self) {
        if let Some((_, (skipped, span))) = self.rows() {
            *skipped = skipped.saturating_add(std::mem::take(span));
        }
    }

    /// The row at hand ends.
    pub(super) fn end_row(&mut self) -> Flow {
        let Some(text) = self.stack.last_mut().filter(|text| text.tables == 1) else {
            return Flow::Continue;
        };
        text.skipped = 0;
        text.rows.as_mut().map_or(Flow::Continue, |rows| rows.end_row(self.sink))
    }

    /// The table at hand ends.
    pub(super) fn end_table(&mut self) -> Flow {
        let Some(text) = self.stack.last_mut() else { return Flow::Continue };
        text.tables = text.tables.saturating_sub(1);
        if text.tables > 0 {
            return Flow::Continue;
        }
        text.rows.take().map_or(Flow::Continue, |rows| rows.end(self.sink))
    }

    /// The rows of the outermost table with the columns skipped and spanned, where it is at hand.
    fn rows(&mut self) -> Option<(&mut Rows, (&mut usize, &mut usize))> {
        let text = self.top().filter(|text| text.tables == 1)?;
        text.rows.as_mut().map(|rows| (rows, (&mut text.skipped, &mut text.span)))
    }
}

/// The first that says so ends it.
pub(super) fn either(first: Flow, second: Flow) -> Flow {
    if first == Flow::Stop { first } else { second }
}
