//! Pages that could not be read, or not wholly.

use super::glyphs::Drawing;
use crate::model::{Flow, Problem, Reason, Sink};

/// A page with fewer undecodable glyphs than this is told as read.
const FEW: usize = 5;

/// Stretches of pages that a message names.
const NAMED: usize = 8;

/// Their numbers.
#[derive(Debug, Default)]
pub(super) struct Unread {
    pictures: Vec<u32>,
    undecodable: Vec<u32>,
    damaged: Vec<u32>,
}

impl Unread {
    /// Takes note of how a page was read; `whole` says that nothing failed.
    pub(super) fn note(&mut self, page: u32, drawing: &Drawing, whole: bool) {
        let unknown = drawing.unknown as usize;
        if !whole {
            self.damaged.push(page);
        } else if drawing.glyphs.is_empty() && drawing.pictures > 0 {
            self.pictures.push(page);
        } else if unknown >= FEW && unknown * 5 > drawing.glyphs.len() {
            self.undecodable.push(page);
        }
    }

    /// Tells of them, one problem a kind.
    pub(super) fn tell(&self, sink: &mut dyn Sink) -> Flow {
        let kinds = [
            (&self.pictures, Reason::Unsupported, "only pictures: text in them needs OCR"),
            (
                &self.undecodable,
                Reason::Unsupported,
                "text in fonts that do not tell its characters",
            ),
            (&self.damaged, Reason::Corrupt, "damaged or without end: not read to the end"),
        ];
        for (pages, reason, what) in kinds.into_iter().filter(|(pages, ..)| !pages.is_empty()) {
            let (noun, numbers) = (if pages.len() == 1 { "page" } else { "pages" }, numbers(pages));
            let detail = format!("{} {noun} ({numbers}): {what}", pages.len());
            if sink.problem(Problem::whole(reason, detail)) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }
}

/// Numbers in order, as `1-3, 7`.
fn numbers(pages: &[u32]) -> String {
    let stretches = pages.chunk_by(|a, b| a + 1 == *b);
    let shown = |stretch: &[u32]| match stretch {
        [one] => one.to_string(),
        [first, .., last] => format!("{first}-{last}"),
        [] => String::new(),
    };
    let mut all: Vec<String> = stretches.map(shown).collect();
    if all.len() > NAMED {
        all.truncate(NAMED);
        all.push("…".to_owned());
    }
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let check = |pages: &[u32], want| assert_eq!(numbers(pages), want);
        check(&[4], "4");
        check(&[1, 2, 3, 7, 9, 10], "1-3, 7, 9-10");
        let odd: Vec<u32> = (0..20).map(|n| 2 * n + 1).collect();
        check(&odd, "1, 3, 5, 7, 9, 11, 13, 15, …");
    }
}
