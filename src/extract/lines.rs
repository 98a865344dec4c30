//! Running text that was put together from pieces with places of their own: paragraphs, slides, the
//! lines of a mail.

use std::ops::Range;

use crate::model::{Flow, Origin, Place, Places, Record, Shape, Sink};

/// A record of more text than this is handed over at the end of a piece.
const LARGEST: usize = 64 * 1024;

/// So much of the text handed over last stays as surroundings of what follows.
const LOOK_BACK: usize = 2 * 1024;

/// Text piece by piece. A line end stands between two pieces.
#[derive(Debug, Default)]
pub struct Lines {
    text: Vec<u8>,
    pieces: Vec<Piece>,
    /// What is before this byte was handed over.
    focus: usize,
}

#[derive(Debug)]
struct Piece {
    start: u32,
    place: Place,
}

impl Lines {
    /// Adds a piece. Empty pieces are nothing.
    pub fn add(&mut self, place: Place, text: &str, sink: &mut dyn Sink) -> Flow {
        if text.is_empty() {
            return Flow::Continue;
        }
        if self.text.len() - self.focus >= LARGEST && self.hand_over(sink) == Flow::Stop {
            return Flow::Stop;
        }
        if !self.text.is_empty() {
            self.text.push(b'\n');
        }
        self.pieces.push(Piece { start: self.text.len() as u32, place });
        self.text.extend_from_slice(text.as_bytes());
        Flow::Continue
    }

    /// Hands over what is left. What is added from here on is another text.
    pub fn end(&mut self, sink: &mut dyn Sink) -> Flow {
        let flow = self.hand_over(sink);
        self.text.clear();
        self.pieces.clear();
        self.focus = 0;
        flow
    }

    fn hand_over(&mut self, sink: &mut dyn Sink) -> Flow {
        if self.focus == self.text.len() {
            return Flow::Continue;
        }
        let focus = self.focus..self.text.len();
        let shape = Shape::Text(Origin::Placed(&*self));
        let flow = sink.record(&Record { text: &self.text, focus, shape });
        let far = self.text.len().saturating_sub(LOOK_BACK) as u32;
        let drop = self.pieces.partition_point(|piece| piece.start < far);
        let kept = self.pieces.get(drop).map_or(self.text.len(), |piece| piece.start as usize);
        self.pieces.drain(..drop);
        self.pieces.iter_mut().for_each(|piece| piece.start -= kept as u32);
        self.text.drain(..kept);
        self.focus = self.text.len();
        flow
    }
}

impl Places for Lines {
    fn place(&self, _text: &[u8], range: &Range<usize>, _field: Option<&str>) -> (Place, usize) {
        let n = self.pieces.partition_point(|piece| piece.start as usize <= range.start);
        match self.pieces.get(n.saturating_sub(1)) {
            Some(piece) => (piece.place.clone(), range.start - piece.start as usize),
            // Only a record without pieces has none, and nothing is handed over of that.
            None => (Place::Name, range.start),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::model::{Problem, Step};

    /// What begins in each record's focus, line by line, with its place.
    #[derive(Default)]
    struct Found(Vec<(u32, String)>);

    impl Sink for Found {
        fn record(&mut self, record: &Record<'_>) -> Flow {
            let Shape::Text(origin) = &record.shape else { panic!("{record:?}") };
            let mut at = record.focus.start;
            for line in record.text[record.focus.clone()].split(|&b| b == b'\n') {
                if !line.is_empty() {
                    let place = origin.place(record.text, &(at..at + line.len()), None);
                    let Place::Paragraph { index, .. } = place else { panic!("{place:?}") };
                    self.0.push((index, String::from_utf8_lossy(line).into_owned()));
                }
                at += line.len() + 1;
            }
            Flow::Continue
        }

        fn problem(&mut self, problem: Problem) -> Flow {
            panic!("{problem:?}")
        }

        fn nested(&mut self, step: Step, _content: &mut dyn Read) -> Flow {
            panic!("{step:?}")
        }
    }

    #[test]
    fn every_line_keeps_its_place() {
        let (mut lines, mut found, mut want) = (Lines::default(), Found::default(), Vec::new());
        for index in 1..3000 {
            let text = format!("paragraph {index} {}", "x".repeat(index as usize % 90));
            let _ = lines.add(Place::Paragraph { part: "body", index }, &text, &mut found);
            want.push((index, text));
        }
        let _ = lines.add(Place::Paragraph { part: "body", index: 1 }, "", &mut found);
        let _ = lines.end(&mut found);
        assert_eq!(found.0, want);
    }
}
