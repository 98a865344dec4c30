//! Which character does a glyph stand for, where the font does not say?

use std::collections::HashMap;

use hayro_interpret::font::{Glyph, OutlineGlyph, PositionedGlyph};
use hayro_interpret::hayro_cmap::BfString;
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};

use super::glyphs::push_mapped;

/// Glyph orders of fonts whose `cmap` is gone: `space` stands at glyph 3 in what the usual programs
/// make, and the others follow as in the Macintosh's standard order (Apple, *TrueType Reference
/// Manual*, `post`, format 1), from which 29 leads to ASCII.
const ASCII_OFFSET: u32 = 29;

/// What stands behind ASCII in that order, from glyph 98 on.
const BEHIND_ASCII: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü";

/// Kinds of guesses: by the order of glyphs, by the code.
pub(super) const GUESSES: u8 = 2;

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    /// The font says so.
    Known,
    /// The order of glyphs or the code says so; the page's guess of this number.
    Guessed(u8),
    /// Nobody knows.
    Unknown,
}

/// Characters of fonts that don't tell them, kept over a document.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    reversed: HashMap<u128, HashMap<u32, char>>,
}

impl Fonts {
    /// Adds the characters of a glyph to `out`.
    pub(super) fn decode(&mut self, glyph: &PositionedGlyph<'_>, out: &mut String) -> Decoded {
        match glyph.as_unicode() {
            Some(mapped) if is_text(&mapped) => {
                push_mapped(&mapped, out);
                return Decoded::Known;
            }
            // A sign of the font's own, which its code would say wrongly.
            Some(BfString::Char('\u{E000}'..='\u{F8FF}')) => return Decoded::Unknown,
            _ => {}
        }
        match &**glyph {
            Glyph::Outline(outline) => self.by_program(outline, out),
            Glyph::Type3(drawn) => by_code(drawn.char_code(), out),
        }
    }

    /// By the `cmap` of the embedded font, read backwards, or the usual order of glyphs.
    fn by_program(&mut self, glyph: &OutlineGlyph, out: &mut String) -> Decoded {
        let Some(font) = glyph.font_data() else { return by_code(glyph.char_code(), out) };
        let id = glyph.glyph_id().to_u32();
        let reversed =
            self.reversed.entry(font.cache_key).or_insert_with(|| reversed((*font.data).as_ref()));
        if let Some(c) = reversed.get(&id) {
            out.push(*c);
            return Decoded::Known;
        }
        match by_order(id).filter(|_| reversed.is_empty()) {
            Some(c) => {
                out.push(c);
                Decoded::Guessed(1)
            }
            None => Decoded::Unknown,
        }
    }
}

/// Says this mapping anything? Some map to nothing, to controls or to private characters.
fn is_text(mapped: &BfString) -> bool {
    let text = |c: char| !matches!(c, '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}');
    match mapped {
        BfString::Char(c) => text(*c),
        BfString::String(all) => !all.is_empty() && all.chars().all(text),
    }
}

/// Is this text, as far as its letters tell? Letters, digits and the usual signs in the proportions
/// of European languages: of the letters, a fifth to two thirds are vowels.
pub(super) fn is_plausible<'t>(characters: impl Iterator<Item = &'t str>) -> bool {
    let (mut all, mut letters, mut vowels, mut plain) = (0, 0, 0, 0);
    for c in characters.flat_map(str::chars) {
        all += 1;
        let letter = c.is_alphabetic();
        letters += usize::from(letter);
        vowels += usize::from("aeiouyåäöéAEIOUYÅÄÖÉ".contains(c));
        plain += usize::from(letter || c.is_ascii_digit() || " .,:;-+/()@%".contains(c));
    }
    let voiced = letters < 8 || (vowels * 5 >= letters && vowels * 3 <= letters * 2);
    plain * 10 >= all * 7 && voiced
}

fn reversed(program: &[u8]) -> HashMap<u32, char> {
    let Ok(font) = FontRef::new(program) else { return HashMap::new() };
    if font.cmap().is_err() {
        return HashMap::new();
    }
    let mut chars = HashMap::new();
    for (code, glyph) in font.charmap().mappings() {
        // Symbol fonts keep their codes in a private block.
        let code = if (0xF020..=0xF07E).contains(&code) { code - 0xF000 } else { code };
        if let Some(c) = char::from_u32(code).filter(|c| !c.is_control()) {
            chars.entry(glyph.to_u32()).or_insert(c);
        }
    }
    chars
}

fn by_order(glyph: u32) -> Option<char> {
    match glyph {
        3..=97 => char::from_u32(glyph + ASCII_OFFSET),
        98..=129 => BEHIND_ASCII.chars().nth(glyph as usize - 98),
        _ => None,
    }
}

fn by_code(code: u32, out: &mut String) -> Decoded {
    match u8::try_from(code).ok().filter(|byte| (0x20..0x7F).contains(byte)) {
        Some(byte) => {
            out.push(char::from(byte));
            Decoded::Guessed(2)
        }
        None => Decoded::Unknown,
    }
}
