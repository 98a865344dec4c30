//! Words and lines, by where the glyphs stand.
//!
//! What is drawn one after the other need not stand so, and one word may be drawn in pieces, in any
//! order. Glyphs of one direction are put into a frame of their own, in which their baselines run from
//! left to right, whatever they do on the page.

use std::collections::BTreeMap;
use std::ops::Range;

use super::glyphs::{Drawing, Glyph};

/// Glyphs farther apart than this belong to two words. All lengths here are in ems of the font.
const WORD_GAP: f32 = 0.12;

/// Glyphs that go back by more than this begin another piece.
const STEP_BACK: f32 = 0.4;

/// Baselines that differ by more than this within a piece part it.
const DRIFT: f32 = 0.25;

/// Pieces whose baselines differ by less stand on one line.
const SAME_LINE: f32 = 0.3;

/// Copies of a glyph this near, in parts of its width, are there to make it look bold.
const COPY: f32 = 0.35;

/// Glyphs without white space between them.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// Where it begins in its frame.
    pub(super) left: f32,
    /// Where it ends.
    pub(super) right: f32,
    /// Its baseline, downwards.
    pub(super) base: f32,
    /// The height of its font.
    pub(super) size: f32,
    /// What drew it.
    pub(super) source: u16,
    /// Its glyphs in the frame's order.
    pub(super) glyphs: Range<usize>,
}

/// Words on one baseline, from left to right.
pub(super) type Line = Range<usize>;

/// The text of one direction.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// Numbers of glyphs, word by word.
    pub(super) order: Vec<u32>,
    /// The words, line by line.
    pub(super) words: Vec<Word>,
    /// The lines, downwards.
    pub(super) lines: Vec<Line>,
}

/// A glyph in its frame.
#[derive(Clone, Copy)]
struct Placed {
    glyph: u32,
    left: f32,
    right: f32,
    base: f32,
    size: f32,
    spaced: bool,
    source: u16,
}

/// Glyphs drawn one after the other that stand so.
struct Piece {
    glyphs: Vec<Placed>,
}

impl Piece {
    fn left(&self) -> f32 {
        self.glyphs[0].left
    }

    fn base(&self) -> f32 {
        self.glyphs[0].base
    }
}

/// The frames of a page, that of the usual direction first.
pub(super) fn frames(drawing: &Drawing) -> Vec<Frame> {
    let mut directions: BTreeMap<i16, Vec<u32>> = BTreeMap::new();
    for (n, glyph) in (0..).zip(&drawing.glyphs) {
        directions.entry(direction(glyph)).or_default().push(n);
    }
    directions.into_values().map(|glyphs| frame(drawing, &glyphs)).collect()
}

/// The direction of a glyph in steps of two degrees.
fn direction(glyph: &Glyph) -> i16 {
    let degrees = glyph.along.1.atan2(glyph.along.0).to_degrees();
    let steps = (degrees / 2.0).round() as i16;
    steps.rem_euclid(180)
}

fn frame(drawing: &Drawing, glyphs: &[u32]) -> Frame {
    let mut pieces = pieces(drawing, glyphs);
    pieces.sort_by(|a, b| a.base().total_cmp(&b.base()));
    let mut frame = Frame::default();
    let mut rest = &mut pieces[..];
    while let Some(first) = rest.first() {
        let (base, size) = (first.base(), first.glyphs[0].size);
        let same = |piece: &Piece| {
            piece.base() - base < SAME_LINE * size.max(piece.glyphs[0].size).min(2.0 * size)
        };
        let count = rest.iter().take_while(|piece| same(piece)).count().max(1);
        let (line, below) = rest.split_at_mut(count);
        frame.push_line(drawing, line);
        rest = below;
    }
    frame
}

fn pieces(drawing: &Drawing, glyphs: &[u32]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let along = glyphs.first().map_or((1.0, 0.0), |n| drawing.glyphs[*n as usize].along);
    for n in glyphs {
        let placed = placed(*n, &drawing.glyphs[*n as usize], along);
        match pieces.last_mut() {
            Some(piece) if goes_on(piece, &placed) => piece.glyphs.push(placed),
            _ => pieces.push(Piece { glyphs: vec![placed] }),
        }
    }
    pieces
}

fn placed(number: u32, glyph: &Glyph, (cos, sin): (f32, f32)) -> Placed {
    let left = glyph.x * cos + glyph.y * sin;
    Placed {
        glyph: number,
        left,
        right: left + glyph.advance.max(0.0),
        base: glyph.y * cos - glyph.x * sin,
        size: glyph.size,
        spaced: glyph.spaced,
        source: glyph.source,
    }
}

fn goes_on(piece: &Piece, next: &Placed) -> bool {
    let Some(last) = piece.glyphs.last() else { return false };
    let size = last.size.max(next.size);
    let gap = next.left - last.right;
    !next.spaced
        && next.source == last.source
        && (next.base - last.base).abs() < DRIFT * size
        && gap < WORD_GAP * size
        && gap > -STEP_BACK * size
        && next.left >= last.left
}

impl Frame {
    /// Adds what stands on one line.
    fn push_line(&mut self, drawing: &Drawing, pieces: &mut [Piece]) {
        pieces.sort_by(|a, b| a.left().total_cmp(&b.left()));
        let first = self.words.len();
        for (n, piece) in pieces.iter().enumerate() {
            let near = &pieces[n.saturating_sub(4)..n];
            if near.iter().any(|other| is_copy(drawing, other, piece)) {
                continue;
            }
            self.push_piece(drawing, piece, first);
        }
        self.lines.push(first..self.words.len());
    }

    /// Adds a piece to the line that begins with word `first`.
    fn push_piece(&mut self, drawing: &Drawing, piece: &Piece, first: usize) {
        for (n, placed) in piece.glyphs.iter().enumerate() {
            let begun = self.words.len() > first;
            let word = self.words.last_mut().filter(|_| begun);
            match word {
                Some(word) if n > 0 || joins(word, placed) => {
                    let last = self.order[word.glyphs.end - 1] as usize;
                    if is_drawn_twice(drawing, last, placed) {
                        continue;
                    }
                    word.right = word.right.max(placed.right);
                    word.size = word.size.max(placed.size);
                    self.order.push(placed.glyph);
                    word.glyphs.end = self.order.len();
                }
                _ => {
                    let start = self.order.len();
                    self.order.push(placed.glyph);
                    self.words.push(Word {
                        left: placed.left,
                        right: placed.right,
                        base: placed.base,
                        size: placed.size,
                        source: placed.source,
                        glyphs: start..start + 1,
                    });
                }
            }
        }
    }

    /// Where a line begins and ends.
    pub(super) fn extent(&self, line: &Line) -> (f32, f32) {
        let words = &self.words[line.clone()];
        let right = words.iter().fold(f32::MIN, |right, word| right.max(word.right));
        (words.first().map_or(0.0, |word| word.left), right)
    }

    /// The height of a line's font.
    pub(super) fn size(&self, line: &Line) -> f32 {
        self.words[line.clone()].iter().fold(1.0, |size, word| word.size.max(size))
    }

    /// A line's baseline.
    pub(super) fn base(&self, line: &Line) -> f32 {
        self.words.get(line.start).map_or(0.0, |word| word.base)
    }
}

fn joins(word: &Word, next: &Placed) -> bool {
    let gap = next.left - word.right;
    let size = word.size.max(next.size);
    let same = !next.spaced && next.source == word.source;
    same && gap < WORD_GAP * size && gap > -STEP_BACK * size
}

/// The same text at nearly the same place.
fn is_copy(drawing: &Drawing, one: &Piece, other: &Piece) -> bool {
    let text = |placed: &Placed| drawing.text(&drawing.glyphs[placed.glyph as usize]);
    let near = |a: &Placed, b: &Placed| {
        (a.left - b.left).abs() < 0.12 * a.size && (a.base - b.base).abs() < 0.12 * a.size
    };
    one.glyphs.len() == other.glyphs.len()
        && one.glyphs.iter().zip(&other.glyphs).all(|(a, b)| near(a, b) && text(a) == text(b))
}

fn is_drawn_twice(drawing: &Drawing, last: usize, next: &Placed) -> bool {
    let (one, other) = (&drawing.glyphs[last], &drawing.glyphs[next.glyph as usize]);
    let (x, y) = (one.x - other.x, one.y - other.y);
    x.hypot(y) < COPY * one.advance.max(0.1 * one.size) && drawing.text(one) == drawing.text(other)
}
