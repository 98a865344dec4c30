//! Which lines of a page are running text, columns of it, or rows of a table?
//!
//! Strips without any text that go down over several lines part columns. Lines are taken from the
//! top; one that closes such a strip ends what went before.

use std::ops::Range;

use super::words::{Frame, Line, Word};

/// A strip that parts columns has at least this width, in ems.
const GUTTER: f32 = 0.42;

/// One over few lines, as may be by chance in text set to both margins, has to be wider.
const WIDE_GUTTER: f32 = 1.0;

/// In letters of one width, in letters.
const FIXED_GUTTER: f32 = 1.15;

/// So many lines are not few.
const SURE: usize = 4;

/// Fonts that differ by more than this factor are of different things.
const OTHER_SIZE: f32 = 1.3;

/// Columns whose edges are this near, in points, are the same.
const SAME_COLUMN: f32 = 4.0;

/// A part of a page.
#[derive(Debug)]
pub(super) enum Block {
    /// Lines of running text, one below the other.
    Text(Vec<Line>),
    /// Lines parted into columns. An empty range stands for an empty cell.
    Table(Table),
}

/// Rows of cells, still line by line.
#[derive(Debug)]
pub(super) struct Table {
    /// Left and right edge of each column.
    pub(super) columns: Vec<(f32, f32)>,
    /// For each line a cell a column.
    pub(super) lines: Vec<Vec<Line>>,
}

/// Left and right edge of each column.
pub(super) type Columns = [(f32, f32)];

/// The blocks of a frame, in the order of reading. `begun` are the columns of a table that may go on
/// here, if only with one row.
pub(super) fn blocks(frame: &Frame, begun: &Columns) -> Vec<Block> {
    let mut blocks = Vec::new();
    arrange(frame, frame.lines.clone(), begun, 0, &mut blocks);
    blocks
}

/// Are these the same columns?
pub(super) fn are_same(one: &Columns, other: &Columns) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(*one, *other))
}

/// Columns are set to the left, to the right, or around their middle.
fn is_same(one: (f32, f32), other: (f32, f32)) -> bool {
    let near = |a: f32, b: f32| (a - b).abs() < SAME_COLUMN;
    near(one.0, other.0) || near(one.1, other.1) || near(one.0 + one.1, other.0 + other.1)
}

/// Columns inside columns go no deeper than this.
const DEEPEST: usize = 4;

fn arrange(
    frame: &Frame,
    lines: Vec<Line>,
    begun: &Columns,
    depth: usize,
    blocks: &mut Vec<Block>,
) {
    let mut rest = lines.into_iter().peekable();
    while rest.peek().is_some() {
        let mut region = Region::default();
        while let Some(line) = rest.next_if(|line| region.takes(frame, line)) {
            region.push(frame, line);
        }
        region.settle(frame, begun, depth, blocks);
    }
}

/// Lines that share gutters.
#[derive(Default)]
struct Region {
    lines: Vec<Line>,
    /// Where there is text in any of the lines, from left to right, with a gutter between two.
    columns: Vec<(f32, f32)>,
    /// The distance between the last two baselines.
    leading: f32,
}

impl Region {
    fn takes(&self, frame: &Frame, line: &Line) -> bool {
        let Some(last) = self.lines.last() else { return true };
        let own = spans(frame, line);
        let both = united(&self.columns, &own, gutter(frame, line));
        let gap = frame.base(line) - frame.base(last);
        let sizes = (frame.size(line), frame.size(last));
        let other = sizes.0 > OTHER_SIZE * sizes.1 || sizes.1 > OTHER_SIZE * sizes.0;
        let far = gap > 2.6 * frame.size(line).max(frame.size(last))
            && (self.lines.len() < 2 || gap > 1.6 * self.leading);
        both.len() >= self.columns.len().max(own.len()) && !far && !other
    }

    fn push(&mut self, frame: &Frame, line: Line) {
        if let Some(last) = self.lines.last() {
            self.leading = self.leading.max(frame.base(&line) - frame.base(last));
        }
        let own = spans(frame, &line);
        self.columns = united(&self.columns, &own, gutter(frame, &line));
        self.lines.push(line);
    }

    /// Decides what it is, and adds it to the blocks.
    fn settle(mut self, frame: &Frame, begun: &Columns, depth: usize, blocks: &mut Vec<Block>) {
        if self.goes_on(begun) {
            self.columns = begun.to_vec();
            let lines = self.cells(frame);
            return blocks.push(Block::Table(Table { columns: self.columns, lines }));
        }
        self.join_marks(frame);
        if !self.is_parted(frame) {
            return push_text(self.lines, blocks);
        }
        let lines = self.cells(frame);
        let columns = self.columns;
        if depth < DEEPEST && are_columns_of_text(frame, &columns, &lines) {
            for n in 0..columns.len() {
                let column = lines.iter().map(|line| line[n].clone());
                let column = column.filter(|cell| !cell.is_empty()).collect();
                arrange(frame, column, begun, depth + 1, blocks);
            }
        } else {
            blocks.push(Block::Table(Table { columns, lines }));
        }
    }

    /// Do its columns stand where those of a table begun before do?
    fn goes_on(&self, begun: &Columns) -> bool {
        let mut free = begun.iter();
        let found = |own: &(f32, f32)| {
            let within = |column: &&(f32, f32)| column.0 <= own.1 && own.0 <= column.1;
            free.find(within).is_some_and(|column| is_same(*own, *column))
        };
        self.columns.len() >= 2
            && self.columns.len() * 2 >= begun.len()
            && self.columns.iter().all(found)
    }

    /// Bullets and numbers of a list are no column.
    fn join_marks(&mut self, frame: &Frame) {
        let Some((left, right)) = self.columns.first().copied() else { return };
        let size = self.lines.first().map_or(1.0, |line| frame.size(line));
        if self.columns.len() >= 2 && right - left < 0.9 * size {
            self.columns.remove(0);
            self.columns[0].0 = left;
        }
    }

    fn is_parted(&self, frame: &Frame) -> bool {
        let (Some(line), 2..) = (self.lines.first(), self.columns.len()) else { return false };
        let size = frame.size(line);
        let widths: Vec<f32> = self.columns.windows(2).map(|pair| pair[1].0 - pair[0].1).collect();
        let mean = widths.iter().sum::<f32>() / widths.len() as f32;
        let both = self.lines.iter().filter(|line| spans(frame, line).len() >= 2).count();
        self.lines.len() >= 2
            && both >= 2
            && (self.lines.len() >= SURE || mean >= WIDE_GUTTER * size)
    }

    /// Each line cut at the gutters.
    fn cells(&self, frame: &Frame) -> Vec<Vec<Line>> {
        let cut = |line: &Line| {
            let mut cells = Vec::with_capacity(self.columns.len());
            let mut from = line.start;
            for n in 0..self.columns.len() {
                let next = self.columns.get(n + 1);
                let end = next.map_or(f32::MAX, |next| (self.columns[n].1 + next.0) / 2.0);
                let words = &frame.words[from..line.end];
                let to = from + words.iter().take_while(|word| word.left < end).count();
                cells.push(from..to);
                from = to;
            }
            cells
        };
        self.lines.iter().map(cut).collect()
    }
}

/// Lines of text go on with those before.
fn push_text(lines: Vec<Line>, blocks: &mut Vec<Block>) {
    match blocks.last_mut() {
        Some(Block::Text(before)) => before.extend(lines),
        _ => blocks.push(Block::Text(lines)),
    }
}

/// Where a line has text, with at least a gutter between two stretches.
fn spans(frame: &Frame, line: &Line) -> Vec<(f32, f32)> {
    let gutter = gutter(frame, line);
    let mut spans: Vec<(f32, f32)> = Vec::new();
    for word in &frame.words[line.clone()] {
        match spans.last_mut() {
            Some(last) if word.left - last.1 < gutter => last.1 = last.1.max(word.right),
            _ => spans.push((word.left, word.right)),
        }
    }
    spans
}

/// What parts columns is wider than a space; letters that all have one width have a wide space.
fn gutter(frame: &Frame, line: &Line) -> f32 {
    let least = GUTTER * frame.size(line);
    let advance = |word: &Word| (word.right - word.left) / word.glyphs.len().max(1) as f32;
    let mut advances =
        frame.words[line.clone()].iter().filter(|word| word.glyphs.len() > 1).map(advance);
    let Some(first) = advances.next() else { return least };
    let all = advances.all(|advance| (advance - first).abs() < 0.02 * first);
    if all { least.max(FIXED_GUTTER * first) } else { least }
}

/// Both put together; what is nearer than a gutter becomes one.
fn united(one: &[(f32, f32)], other: &[(f32, f32)], gutter: f32) -> Vec<(f32, f32)> {
    let mut all = [one, other].concat();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut united: Vec<(f32, f32)> = Vec::with_capacity(all.len());
    for span in all {
        match united.last_mut() {
            Some(last) if span.0 - last.1 < gutter => last.1 = last.1.max(span.1),
            _ => united.push(span),
        }
    }
    united
}

/// Columns of text side by side, which are read one after the other: at least two of them full of
/// words, or lines that rarely share a baseline.
fn are_columns_of_text(frame: &Frame, columns: &[(f32, f32)], lines: &[Vec<Line>]) -> bool {
    let full = |n: usize| is_full(frame, columns[n], lines, n);
    if (0..columns.len()).filter(|n| full(*n)).count() >= 2 {
        return true;
    }
    let shared = lines.iter().filter(|line| shares_baseline(frame, line)).count();
    lines.len() >= 3 && shared * 10 < lines.len() * 3
}

/// Most of its lines have many words and go over most of its width.
fn is_full(frame: &Frame, (left, right): (f32, f32), lines: &[Vec<Line>], n: usize) -> bool {
    let cells: Vec<&Line> =
        lines.iter().map(|line| &line[n]).filter(|cell| !cell.is_empty()).collect();
    let wide = |cell: &&&Line| {
        let (from, to) = frame.extent(cell);
        cell.len() >= 4 && to - from > 0.65 * (right - left)
    };
    cells.len() >= 4 && cells.iter().filter(wide).count() * 2 > cells.len()
}

/// Have at least two cells of the line the same baseline?
fn shares_baseline(frame: &Frame, line: &[Range<usize>]) -> bool {
    let filled: Vec<&Line> = line.iter().filter(|cell| !cell.is_empty()).collect();
    filled.windows(2).any(|pair| {
        let near = 0.06 * frame.size(pair[0]);
        (frame.base(pair[0]) - frame.base(pair[1])).abs() < near
    })
}
