//! The glyphs of a page: what the interpreter draws, as characters with a place.

use std::time::{Duration, Instant};

use hayro_interpret::font::{Glyph as Drawn, GlyphRun, PositionedGlyph};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};
use kurbo::{Affine, BezPath, Point, Rect};

use hayro_syntax::object::Dict;
use hayro_syntax::object::dict::keys::ACTUAL_TEXT;
use unicode_normalization::char::compose;

use super::fonts::{Decoded, Fonts, GUESSES, is_plausible};
use crate::extract::pdf::structure::strings::text;
use crate::model::PagePart;

/// More glyphs than this are not collected from one page.
const MOST_GLYPHS: usize = 1_000_000;

/// Form objects drawn on one page beyond this are an attack: a tree of them grows without bounds.
const MOST_FORMS: usize = 100_000;

/// How long one page may take. Only a page made to take long does.
const LONGEST: Duration = Duration::from_secs(10);

/// So many glyphs may be replaced by what they are said to stand for.
const FEW_GLYPHS: usize = 4;

/// A character, or some of them that are drawn as one, where it stands. Lengths are in points, from
/// the top left of the page as it is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// Where it begins on its baseline.
    pub(super) x: f32,
    /// The same, downwards.
    pub(super) y: f32,
    /// The direction of its baseline, of length 1.
    pub(super) along: (f32, f32),
    /// How far it goes along the baseline.
    pub(super) advance: f32,
    /// The height of its font.
    pub(super) size: f32,
    /// Its first byte in the page's characters.
    pub(super) start: u32,
    /// How many bytes it has.
    pub(super) len: u8,
    /// Which of the page's guesses it rests on; none is 0.
    pub(super) guess: u8,
    /// White space comes before it in its run.
    pub(super) spaced: bool,
    /// What drew it: the page is 0, the others are the drawing's sources, from 1.
    pub(super) source: u16,
}

/// Something on a page that is not its own content.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) part: PagePart,
    /// A field's name.
    pub(super) field: Option<String>,
}

/// Drawing went on beyond all measure.
#[derive(Debug)]
pub(super) struct Exceeded;

/// What was drawn on a page.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) characters: String,
    /// What hangs on the page.
    pub(super) sources: Vec<Source>,
    /// Glyphs that nobody knows the character of.
    pub(super) unknown: u32,
    /// Pictures that cover something.
    pub(super) pictures: u32,
}

impl Drawing {
    /// Accents that were drawn over letters become part of them.
    pub(super) fn compose_accents(&mut self) {
        let mut kept: Vec<Glyph> = Vec::with_capacity(self.glyphs.len());
        for glyph in std::mem::take(&mut self.glyphs) {
            let composed = kept.last().and_then(|last| {
                let lies_over = last.source == glyph.source && lie_over_one_another(last, &glyph);
                lies_over.then(|| composed(self.text(last), self.text(&glyph))).flatten()
            });
            match (composed, kept.last_mut()) {
                (Some((c, first)), Some(last)) => {
                    let letter = if first { Glyph { spaced: last.spaced, ..glyph } } else { *last };
                    let start = self.characters.len() as u32;
                    self.characters.push(c);
                    *last = Glyph { start, len: c.len_utf8() as u8, ..letter };
                }
                _ => kept.push(glyph),
            }
        }
        self.glyphs = kept;
    }

    /// Takes back guesses that make no text.
    pub(super) fn settle_guesses(&mut self) {
        for guess in 1..=GUESSES {
            let guessed = |glyph: &&Glyph| glyph.guess == guess;
            let texts = self.glyphs.iter().filter(guessed).map(|glyph| self.text(glyph));
            if is_plausible(texts) {
                continue;
            }
            let start = self.characters.len() as u32;
            self.characters.push(char::REPLACEMENT_CHARACTER);
            let len = (self.characters.len() - start as usize) as u8;
            for glyph in self.glyphs.iter_mut().filter(|glyph| glyph.guess == guess) {
                (glyph.start, glyph.len, glyph.guess) = (start, len, 0);
                self.unknown += 1;
            }
        }
    }

    /// What drew a glyph, if not the page itself.
    pub(super) fn source(&self, glyph: &Glyph) -> Option<&Source> {
        self.sources.get(usize::from(glyph.source).checked_sub(1)?)
    }

    /// The characters of a glyph.
    pub(super) fn text(&self, glyph: &Glyph) -> &str {
        let start = glyph.start as usize;
        &self.characters[start..start + usize::from(glyph.len)]
    }
}

/// Collects what is drawn.
pub(super) struct Collector<'f> {
    pub(super) drawing: Drawing,
    fonts: &'f mut Fonts,
    forms: usize,
    began: Instant,
    /// The run before: where it began and how many glyphs it had.
    last: Option<(Affine, usize)>,
    /// Marked content at hand: its first glyph, and what it stands for where it says so.
    marked: Vec<(usize, Option<String>)>,
}

impl<'f> Collector<'f> {
    pub(super) fn new(fonts: &'f mut Fonts) -> Collector<'f> {
        Collector {
            drawing: Drawing::default(),
            fonts,
            forms: 0,
            began: Instant::now(),
            last: None,
            marked: Vec::new(),
        }
    }

    /// A few glyphs that stand for another text, or that nobody could read, become it (ISO 32000-2,
    /// 14.9.4). What is said of longer stretches is left aside: it has no places within them.
    fn replace(&mut self, first: usize, text: &str) {
        let glyphs = &self.drawing.glyphs[first.min(self.drawing.glyphs.len())..];
        let unknown = glyphs.iter().any(|glyph| self.drawing.text(glyph) == "\u{FFFD}");
        let few = glyphs.len() <= FEW_GLYPHS || unknown;
        let (Some(&begin), Some(&end)) = (glyphs.first(), glyphs.last()) else { return };
        let text = text.trim_matches('\0');
        let says = !text.trim().is_empty() && !text.contains(['\u{AD}', '\u{FFFD}']);
        let Ok(len) = u8::try_from(text.len()) else { return };
        if few && says {
            let start = self.drawing.characters.len() as u32;
            self.drawing.characters.push_str(text);
            let advance = (end.x - begin.x).hypot(end.y - begin.y) + end.advance;
            self.drawing.glyphs.truncate(first);
            self.drawing.glyphs.push(Glyph { start, len, advance, guess: 0, ..begin });
        }
    }

    /// From here on something that hangs on the page draws.
    pub(super) fn begin(&mut self, source: Source) {
        if self.drawing.sources.len() < usize::from(u16::MAX) {
            self.drawing.sources.push(source);
        }
        self.last = None;
    }

    /// Is this the outline of the run that was filled just before?
    fn is_outline(&mut self, first: Affine, count: usize, mode: &DrawMode) -> bool {
        let before = self.last.replace((first, count));
        matches!(mode, DrawMode::Stroke(_)) && before == self.last
    }

    fn run(&mut self, run: &[PositionedGlyph<'_>], transform: Affine, vertical: bool) {
        let first = self.drawing.glyphs.len();
        let scale = x_scale(run, transform);
        let source = self.drawing.sources.len() as u16;
        let mut spaced = false;
        for glyph in run {
            let start = self.drawing.characters.len();
            let guess = match self.fonts.decode(glyph, &mut self.drawing.characters) {
                Decoded::Known => 0,
                Decoded::Guessed(guess) => guess,
                Decoded::Unknown => {
                    // It parts what stands on its two sides.
                    self.drawing.characters.push(char::REPLACEMENT_CHARACTER);
                    self.drawing.unknown += 1;
                    0
                }
            };
            let text = &self.drawing.characters[start..];
            if text.chars().all(char::is_whitespace) {
                spaced = true;
                self.drawing.characters.truncate(start);
                continue;
            }
            let len = u8::try_from(text.len()).unwrap_or(0);
            let placed = place(glyph, transform, scale, vertical);
            if len > 0 && placed.is_finite() && self.drawing.glyphs.len() < MOST_GLYPHS {
                let glyph = Glyph { start: start as u32, len, guess, spaced, source, ..placed };
                self.drawing.glyphs.push(glyph);
                spaced = false;
            }
        }
        close_up(&mut self.drawing.glyphs[first..]);
    }
}

impl Glyph {
    fn is_finite(&self) -> bool {
        let all = [self.x, self.y, self.along.0, self.along.1, self.advance, self.size];
        all.iter().all(|n| n.is_finite()) && self.size > 0.0
    }
}

fn lie_over_one_another(one: &Glyph, other: &Glyph) -> bool {
    let middle = |glyph: &Glyph| {
        let half = glyph.advance / 2.0;
        (glyph.x + half * glyph.along.0, glyph.y + half * glyph.along.1)
    };
    let (a, b) = (middle(one), middle(other));
    (a.0 - b.0).hypot(a.1 - b.1) < 0.35 * one.size.min(other.size)
}

/// The letter with its accent, and whether the accent came first.
fn composed(one: &str, other: &str) -> Option<(char, bool)> {
    let single = |text: &str| {
        let mut all = text.chars();
        all.next().filter(|_| all.next().is_none())
    };
    let (one, other) = (single(one)?, single(other)?);
    let accent_first = accent(one).and_then(|accent| compose(other, accent));
    let accent_last = || accent(other).and_then(|accent| compose(one, accent));
    accent_first.map(|c| (c, true)).or_else(|| accent_last().map(|c| (c, false)))
}

/// The combining form of an accent that stands for itself.
fn accent(c: char) -> Option<char> {
    Some(match c {
        '`' => '\u{300}',
        '´' => '\u{301}',
        '^' | 'ˆ' => '\u{302}',
        '~' | '˜' => '\u{303}',
        '¨' => '\u{308}',
        '˚' | '°' => '\u{30A}',
        '¸' => '\u{327}',
        'ˇ' => '\u{30C}',
        _ => return None,
    })
}

/// Letters that are set wide apart all over a run belong together: the gap between them is taken as
/// part of the letters. Blanks in such a run were drawn.
fn close_up(run: &mut [Glyph]) {
    let gap = |pair: &[Glyph]| {
        let (a, b) = (&pair[0], &pair[1]);
        (b.x - a.x) * a.along.0 + (b.y - a.y) * a.along.1 - a.advance
    };
    let mut gaps: Vec<f32> = run.windows(2).filter(|pair| !pair[1].spaced).map(gap).collect();
    if gaps.len() < 3 {
        return;
    }
    gaps.sort_unstable_by(f32::total_cmp);
    let (least, middle) = (gaps[0], gaps[gaps.len() / 2]);
    if least > 0.04 * run[0].size && least > 0.8 * middle && middle < run[0].size {
        run.iter_mut().for_each(|glyph| glyph.advance += middle);
    }
}

/// How much wider text space is drawn than the glyphs are: that of the height, unless all glyphs of
/// the run agree on another. The interpreter stretches the glyphs of stand-in fonts one by one.
fn x_scale(run: &[PositionedGlyph<'_>], transform: Affine) -> Option<f64> {
    let lengths = |glyph: &PositionedGlyph<'_>| {
        let [a, b, c, d, ..] = (transform * glyph.transform()).as_coeffs();
        (a.hypot(b), c.hypot(d))
    };
    let (first, rest) = run.split_first()?;
    let (x, _) = lengths(first);
    let other = rest.iter().any(|glyph| glyph.char_code() != first.char_code());
    let same = rest.iter().all(|glyph| (lengths(glyph).0 - x).abs() < 0.001 * x);
    (other && same).then_some(x)
}

fn place(
    glyph: &PositionedGlyph<'_>,
    transform: Affine,
    scale: Option<f64>,
    vertical: bool,
) -> Glyph {
    let matrix = transform * glyph.transform();
    let [a, b, c, d, ..] = matrix.as_coeffs();
    let origin = matrix * Point::ZERO;
    let (width, height) = (a.hypot(b), c.hypot(d));
    let advance = match &**glyph {
        Drawn::Outline(outline) => outline.advance_width(),
        Drawn::Type3(drawn) => drawn.advance_width(),
    };
    let advance = f64::from(advance.unwrap_or(500.0));
    let (along, advance) = match vertical {
        true => ((-c / height, -d / height), 1000.0 * height),
        false => ((a / width, b / width), advance * scale.unwrap_or(height)),
    };
    Glyph {
        x: origin.x as f32,
        y: origin.y as f32,
        along: (along.0 as f32, along.1 as f32),
        advance: advance as f32,
        size: (1000.0 * height) as f32,
        start: 0,
        len: 0,
        guess: 0,
        spaced: false,
        source: 0,
    }
}

impl<'a> Device<'a> for Collector<'_> {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}

    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.forms += 1;
        if self.forms > MOST_FORMS || self.began.elapsed() > LONGEST {
            // The interpreter knows no other way out; the page catches it.
            std::panic::resume_unwind(Box::new(Exceeded));
        }
    }

    fn push_clip_rect(&mut self, _: &Rect) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let Some(first) = run.glyphs().first() else { return };
        let matrix = props.transform * first.transform();
        if !self.is_outline(matrix, run.glyphs().len(), mode) {
            let vertical = matches!(run.writing_mode(), WritingMode::Vertical);
            self.run(run.glyphs(), props.transform, vertical);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.drawing.pictures += u32::from(image.width() > 16 && image.height() > 16);
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        let said = properties.and_then(|properties| text(properties, ACTUAL_TEXT));
        self.marked.push((self.drawing.glyphs.len(), said));
    }

    fn end_marked_content(&mut self) {
        if let Some((first, Some(text))) = self.marked.pop() {
            self.replace(first, &text);
        }
    }
}

/// The characters of a mapping, in their plain forms.
pub(super) fn push_mapped(mapped: &BfString, out: &mut String) {
    match mapped {
        BfString::Char(c) => push_plain(*c, out),
        BfString::String(all) => all.chars().for_each(|c| push_plain(c, out)),
    }
}

/// A character; ligatures as their letters.
fn push_plain(c: char, out: &mut String) {
    match c {
        '\u{FB00}' => out.push_str("ff"),
        '\u{FB01}' => out.push_str("fi"),
        '\u{FB02}' => out.push_str("fl"),
        '\u{FB03}' => out.push_str("ffi"),
        '\u{FB04}' => out.push_str("ffl"),
        '\u{FB05}' | '\u{FB06}' => out.push_str("st"),
        c => out.push(c),
    }
}
