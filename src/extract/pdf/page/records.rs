//! What a page shows, as records: paragraphs as lines of running text, rows of tables with the names
//! of their columns.

use std::ops::Range;

use super::PageText;
use super::glyphs::{Drawing, Glyph, Source};
use super::layout::{self, Block};
use super::paragraphs::{self, Join};
use super::rows::{self, Row};
use super::words::{self, Frame, Line, Word};
use crate::extract::sheets::header::{self, Cells, Layout};
use crate::model::{
    Column, Flow, Origin, PageRect, Place, Places, Record, Sample, Shape, Sink, Table,
};

/// Rows of a table by which it is judged.
const TOP: usize = 50;

/// Words of a line farther apart than this, in ems, say nothing of one another.
const FAR: f32 = 2.0;

/// A table that may go on where the next begins.
#[derive(Debug)]
pub(super) struct Begun {
    page: u32,
    columns: Vec<(f32, f32)>,
    table: Table,
}

/// Tells what is drawn. `begun` is the table before, and afterwards the last one of these.
pub(super) fn tell(
    drawing: &Drawing,
    page: u32,
    begun: &mut Option<Begun>,
    seen: &mut PageText,
    sink: &mut dyn Sink,
) -> Flow {
    if begun.as_ref().is_some_and(|begun| begun.page + 1 < page) {
        *begun = None;
    }
    let mut teller = Teller { drawing, page, begun, seen, sink };
    for frame in words::frames(drawing) {
        let columns = teller.begun.as_ref().map(|begun| begun.columns.clone()).unwrap_or_default();
        for block in layout::blocks(&frame, &columns) {
            let flow = match block {
                Block::Text(lines) => teller.text(&frame, &lines),
                Block::Table(table) => teller.table(&frame, &table),
            };
            if flow == Flow::Stop {
                return Flow::Stop;
            }
        }
    }
    Flow::Continue
}

struct Teller<'t> {
    drawing: &'t Drawing,
    page: u32,
    begun: &'t mut Option<Begun>,
    seen: &'t mut PageText,
    sink: &'t mut dyn Sink,
}

impl Teller<'_> {
    fn text(&mut self, frame: &Frame, lines: &[Line]) -> Flow {
        let joins = paragraphs::joins(frame, self.drawing, lines);
        let mut text = Text::new(self.drawing, self.page);
        for (line, join) in lines.iter().zip(joins) {
            text.push_words(frame, &frame.words[line.clone()], FAR);
            text.join(join);
        }
        self.hand_over(text, None)
    }

    fn table(&mut self, frame: &Frame, table: &layout::Table) -> Flow {
        let rows = rows::rows(frame, table);
        let top: Vec<Vec<String>> =
            rows.iter().take(TOP).map(|row| self.cells(frame, row)).collect();
        let cells: Vec<Cells<'_>> =
            top.iter().map(|row| row.iter().map(|cell| cell.as_bytes()).collect()).collect();
        match header::layout(&cells) {
            Layout::Header { row, grouped } => {
                let groups = if grouped { top.get(row - 1) } else { None };
                let columns = names(&top[row], groups);
                if self.rows(frame, &rows[..row], None) == Flow::Stop {
                    return Flow::Stop;
                }
                let named = Table {
                    delimiter: b'\t',
                    quote: None,
                    columns,
                    has_header: true,
                    sample: Sample::default(),
                };
                let columns = table.columns.clone();
                *self.begun = Some(Begun { page: self.page, columns, table: named });
                self.rows(frame, &rows[row..], Some(Shown::First))
            }
            Layout::Prose => self.rows(frame, &rows, None),
            Layout::Rows => match self
                .begun
                .as_ref()
                .filter(|begun| layout::are_same(&begun.columns, &table.columns))
            {
                Some(_) => self.rows(frame, &rows, Some(Shown::Again)),
                None => self.rows(frame, &rows, Some(Shown::Unnamed)),
            },
        }
    }

    fn cells(&self, frame: &Frame, row: &Row) -> Vec<String> {
        let cell = |lines: &Vec<Line>| {
            let mut text = Text::new(self.drawing, self.page);
            text.push_cell(frame, lines);
            String::from_utf8(text.bytes).unwrap_or_default()
        };
        row.iter().map(cell).collect()
    }

    /// Hands over rows, as a table where it is known what they are.
    fn rows(&mut self, frame: &Frame, rows: &[Row], shown: Option<Shown>) -> Flow {
        let mut text = Text::new(self.drawing, self.page);
        let mut body = 0;
        for (n, row) in rows.iter().enumerate() {
            for (m, cell) in row.iter().enumerate() {
                if m > 0 {
                    text.bytes.push(b'\t');
                }
                text.push_cell(frame, cell);
            }
            text.bytes.push(b'\n');
            if n == 0 {
                body = text.bytes.len();
            }
        }
        let table = match (shown, self.begun.as_mut()) {
            (Some(Shown::First), Some(begun)) => {
                begun.table.sample = Sample::new(&text.bytes[body..]);
                Some(begun.table.clone())
            }
            // The header stands on a page before.
            (Some(Shown::Again), Some(begun)) => {
                begun.page = self.page;
                Some(begun.table.clone())
            }
            (Some(Shown::Unnamed), _) => Some(unnamed(rows, &text.bytes)),
            _ => None,
        };
        self.hand_over(text, table.as_ref())
    }

    fn hand_over(&mut self, text: Text<'_>, table: Option<&Table>) -> Flow {
        if text.marks.is_empty() {
            return Flow::Continue;
        }
        for (source, told) in text.by_source() {
            self.seen.note(self.page, source.map(|source| source.part), told);
        }
        let origin = Origin::Placed(&text);
        let shape = match table {
            Some(table) => Shape::Table(origin, table),
            None => Shape::Text(origin),
        };
        let focus = 0..text.bytes.len();
        self.sink.record(&Record { text: &text.bytes, focus, shape })
    }
}

/// How rows are told.
#[derive(Clone, Copy, Debug)]
enum Shown {
    /// The first of them names the columns.
    First,
    /// They go on with the table before.
    Again,
    /// Nothing names their columns.
    Unnamed,
}

fn names(names: &[String], groups: Option<&Vec<String>>) -> Vec<Column> {
    let group = |n: usize| groups.and_then(|groups| groups.get(n)).cloned().unwrap_or_default();
    let name = |(n, name): (usize, &String)| {
        let name = if name.is_empty() { group(n) } else { name.clone() };
        Column { name }
    };
    names.iter().enumerate().map(name).collect()
}

fn unnamed(rows: &[Row], text: &[u8]) -> Table {
    Table {
        delimiter: b'\t',
        quote: None,
        columns: vec![Column::default(); rows.first().map_or(0, Vec::len)],
        has_header: false,
        sample: Sample::new(text),
    }
}

/// Text that is put together from glyphs.
struct Text<'d> {
    drawing: &'d Drawing,
    page: u32,
    bytes: Vec<u8>,
    /// The first byte of each glyph, and its number.
    marks: Vec<(u32, u32)>,
}

impl<'d> Text<'d> {
    fn new(drawing: &'d Drawing, page: u32) -> Text<'d> {
        Text { drawing, page, bytes: Vec::new(), marks: Vec::new() }
    }

    /// Words of a line; far is the gap, in ems, at which a tab keeps them apart.
    fn push_words(&mut self, frame: &Frame, words: &[Word], far: f32) {
        let mut end: Option<f32> = None;
        for word in words.iter().filter(|word| says_something(self.drawing, frame, word)) {
            if let Some(end) = end {
                self.bytes.push(if word.left - end > far * word.size { b'\t' } else { b' ' });
            }
            for n in &frame.order[word.glyphs.clone()] {
                self.marks.push((self.bytes.len() as u32, *n));
                let text = self.drawing.text(&self.drawing.glyphs[*n as usize]);
                self.bytes.extend_from_slice(text.as_bytes());
            }
            end = Some(word.right);
        }
    }

    /// The lines of a cell as one.
    fn push_cell(&mut self, frame: &Frame, lines: &[Line]) {
        for (n, line) in lines.iter().enumerate() {
            let words = &frame.words[line.clone()];
            self.push_words(frame, words, f32::MAX);
            let next = lines.get(n + 1).and_then(|next| frame.words.get(next.start));
            if let (Some(last), Some(next)) = (words.last(), next) {
                let text = |word| paragraphs::text(frame, self.drawing, word);
                self.join(paragraphs::seam(&text(last), &text(next)));
            }
        }
    }

    /// What comes between a line and the next.
    fn join(&mut self, join: Join) {
        match join {
            Join::End => self.bytes.push(b'\n'),
            Join::Space => self.bytes.push(b' '),
            Join::Directly => {}
            Join::WithoutHyphen => {
                if let Some((at, _)) = self.marks.pop() {
                    self.bytes.truncate(at as usize);
                }
            }
        }
    }

    /// The glyphs of a stretch of the text.
    fn glyphs(
        &self,
        range: &Range<usize>,
    ) -> impl Iterator<Item = &'d Glyph> + Clone + use<'_, 'd> {
        let end = range.end.max(range.start + 1);
        let first = self.marks.partition_point(|(at, _)| *at as usize <= range.start);
        let last = self.marks.partition_point(|(at, _)| (*at as usize) < end);
        let marks = &self.marks[first.saturating_sub(1)..last];
        let drawing = self.drawing;
        marks.iter().map(move |(_, n)| &drawing.glyphs[*n as usize])
    }

    /// The text in stretches that one source drew.
    fn by_source(&self) -> Vec<(Option<&'d Source>, &str)> {
        let source = |mark: &(u32, u32)| self.drawing.glyphs[mark.1 as usize].source;
        let mut stretches = Vec::new();
        let mut rest = &self.marks[..];
        while let Some(first) = rest.first() {
            let own = source(first);
            let count = rest.iter().take_while(|mark| source(mark) == own).count();
            let (_, after) = rest.split_at(count);
            let end = after.first().map_or(self.bytes.len(), |(at, _)| *at as usize);
            let told = std::str::from_utf8(&self.bytes[first.0 as usize..end]);
            let by = self.drawing.source(&self.drawing.glyphs[first.1 as usize]);
            stretches.push((by, told.unwrap_or_default()));
            rest = after;
        }
        stretches
    }
}

impl Places for Text<'_> {
    fn place(&self, _text: &[u8], range: &Range<usize>, field: Option<&str>) -> (Place, usize) {
        let glyphs = self.glyphs(range);
        let rect = glyphs.clone().map(rect).reduce(PageRect::around);
        let source = glyphs.clone().next().map_or(0, |glyph| glyph.source);
        let same = glyphs.clone().all(|glyph| glyph.source == source);
        let source = glyphs.clone().next().and_then(|glyph| self.drawing.source(glyph));
        let source = source.filter(|_| same);
        let own = source.and_then(|source| source.field.clone());
        let field = own.or_else(|| field.map(str::to_owned));
        let part = source.map(|source| source.part);
        (Place::Page { page: self.page, field, rect, part }, 0)
    }
}

/// Is any of its characters known?
fn says_something(drawing: &Drawing, frame: &Frame, word: &Word) -> bool {
    let mut glyphs = frame.order[word.glyphs.clone()].iter();
    glyphs.any(|n| drawing.text(&drawing.glyphs[*n as usize]) != "\u{FFFD}")
}

/// The rectangle of a glyph: letters reach up to four fifths of their size, and down to one.
fn rect(glyph: &Glyph) -> PageRect {
    let (cos, sin) = glyph.along;
    let corner = |along: f32, up: f32| {
        let (along, up) = (along * glyph.advance, up * glyph.size);
        (glyph.x + along * cos + up * sin, glyph.y + along * sin - up * cos)
    };
    let corners = [corner(0.0, 0.8), corner(1.0, 0.8), corner(0.0, -0.2), corner(1.0, -0.2)];
    let least = |pick: fn(&(f32, f32)) -> f32| corners.iter().map(pick).fold(f32::MAX, f32::min);
    let most = |pick: fn(&(f32, f32)) -> f32| corners.iter().map(pick).fold(f32::MIN, f32::max);
    PageRect::of_points(
        least(|c| c.0).into(),
        least(|c| c.1).into(),
        most(|c| c.0).into(),
        most(|c| c.1).into(),
    )
}
