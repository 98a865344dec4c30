//! Puts paragraphs, tables and texts inside texts together as an extractor comes upon them.

use super::rows::Rows;
use crate::extract::tabbed::Tabbed;
use crate::model::{Flow, Place, Sink};

/// Texts under construction: the main one, and on top of it text boxes, notes and comments that
/// stand inside its paragraphs.
pub(in crate::extract) struct Texts<'s> {
    pub(in crate::extract) sink: &'s mut dyn Sink,
    stack: Vec<Text>,
}

#[derive(Default)]
struct Text {
    lines: Tabbed,
    /// The paragraph at hand; those that it stands in before it.
    paragraphs: Vec<Paragraph>,
    rows: Option<Rows>,
    /// Tables inside one another; only the outermost has rows.
    tables: usize,
    /// Columns that the cell at hand takes beyond its first.
    span: usize,
    /// Empty columns before the next cell.
    skipped: usize,
}

struct Paragraph {
    place: Place,
    text: String,
    /// Mail addresses behind its links.
    addresses: Vec<String>,
}

/// A paragraph of more bytes is told in pieces.
const LONGEST: usize = 1024 * 1024;

impl<'s> Texts<'s> {
    /// Begins with one text.
    pub(in crate::extract) fn new(sink: &'s mut dyn Sink) -> Texts<'s> {
        Texts { sink, stack: vec![Text::default()] }
    }

    fn top(&mut self) -> Option<&mut Text> {
        self.stack.last_mut()
    }

    /// A text begins inside the one at hand.
    pub(in crate::extract) fn begin_text(&mut self) {
        self.stack.push(Text::default());
    }

    /// The text at hand ends, and what is left of it is handed over.
    pub(in crate::extract) fn end_text(&mut self) -> Flow {
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
    pub(in crate::extract) fn finish(mut self) -> Flow {
        let mut flow = Flow::Continue;
        while !self.stack.is_empty() {
            flow = either(flow, self.end_text());
        }
        flow
    }

    /// A paragraph begins.
    pub(in crate::extract) fn begin_paragraph(&mut self, place: Place) {
        if let Some(text) = self.top() {
            text.paragraphs.push(Paragraph { place, text: String::new(), addresses: Vec::new() });
        }
    }

    /// More of the paragraph at hand; outside paragraphs there is no text.
    pub(in crate::extract) fn push(&mut self, more: &str) {
        let Some(paragraph) = self.top().and_then(|text| text.paragraphs.last_mut()) else {
            return;
        };
        paragraph.text.push_str(more);
        if paragraph.text.len() > LONGEST {
            let (place, text) = (paragraph.place.clone(), std::mem::take(&mut paragraph.text));
            // Whoever wants no more says so again at the paragraph's end.
            let _ = self.add(place, &text);
        }
    }

    /// A link of the paragraph at hand. A mail address is told where the text does not show it.
    pub(in crate::extract) fn link(&mut self, target: &str) {
        let Some(rest) = target.trim().strip_prefix("mailto:") else { return };
        let address = rest.split(['?', '"', ' ']).next().unwrap_or_default().replace("%40", "@");
        if let Some(paragraph) = self.top().and_then(|text| text.paragraphs.last_mut()) {
            paragraph.addresses.push(address);
        }
    }

    /// The link in a field's instruction, such as ` HYPERLINK "mailto:anna@example.se" `.
    pub(in crate::extract) fn link_in(&mut self, instruction: &str) {
        if let Some(at) = instruction.find("mailto:") {
            self.link(&instruction[at..]);
        }
    }

    /// The paragraph at hand, as far as it was read.
    pub(in crate::extract) fn paragraph(&self) -> Option<(&Place, &str)> {
        let paragraph = self.stack.last()?.paragraphs.last()?;
        Some((&paragraph.place, &paragraph.text))
    }

    /// The paragraph at hand ends.
    pub(in crate::extract) fn end_paragraph(&mut self) -> Flow {
        let ended = self.top().and_then(|text| text.paragraphs.pop());
        let Some(Paragraph { place, mut text, addresses }) = ended else { return Flow::Continue };
        for address in addresses {
            if !text.to_ascii_lowercase().contains(&address.to_ascii_lowercase()) {
                text.push(' ');
                text.push_str(&address);
            }
        }
        self.add(place, &text)
    }

    /// Adds text at a place.
    pub(in crate::extract) fn add(&mut self, place: Place, paragraph: &str) -> Flow {
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
    pub(in crate::extract) fn begin_table(&mut self) -> Flow {
        let Some(text) = self.stack.last_mut() else { return Flow::Continue };
        text.tables += 1;
        if text.tables > 1 {
            return Flow::Continue;
        }
        text.rows = Some(Rows::default());
        text.lines.end(self.sink)
    }

    /// A row begins.
    pub(in crate::extract) fn begin_row(&mut self) {
        if let Some((rows, _)) = self.rows() {
            rows.row();
        }
    }

    /// A cell begins. It takes `span` columns more than one.
    pub(in crate::extract) fn begin_cell(&mut self, span: usize) {
        if let Some((rows, text)) = self.rows() {
            rows.cell(*text.0);
            (*text.0, *text.1) = (0, span);
        }
    }

    /// The cell at hand takes so many columns more than one.
    pub(in crate::extract) fn span(&mut self, span: usize) {
        if let Some((_, (_, own))) = self.rows() {
            *own = span;
        }
    }

    /// So many columns are empty or hidden.
    pub(in crate::extract) fn skip_cells(&mut self, columns: usize) {
        if let Some((_, (skipped, _))) = self.rows() {
            *skipped = skipped.saturating_add(columns);
        }
    }

    /// The cell at hand ends.
    pub(in crate::extract) fn end_cell(&mut self) {
        if let Some((_, (skipped, span))) = self.rows() {
            *skipped = skipped.saturating_add(std::mem::take(span));
        }
    }

    /// The row at hand ends.
    pub(in crate::extract) fn end_row(&mut self) -> Flow {
        let Some(text) = self.stack.last_mut().filter(|text| text.tables == 1) else {
            return Flow::Continue;
        };
        text.skipped = 0;
        text.rows.as_mut().map_or(Flow::Continue, |rows| rows.end_row(self.sink))
    }

    /// The table at hand ends.
    pub(in crate::extract) fn end_table(&mut self) -> Flow {
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
pub(in crate::extract) fn either(first: Flow, second: Flow) -> Flow {
    if first == Flow::Stop { first } else { second }
}
