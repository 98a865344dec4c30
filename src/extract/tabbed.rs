//! Running text in which lines with tabs make up tables: the rows are told as such, the rest as lines.

use super::delimited;
use super::lines::Lines;
use super::office::rows::Rows;
use crate::model::{Flow, Place, Sink};

/// So many lines with as many tabs may be a table.
const FEWEST: usize = 3;

/// More bytes are not kept to see what they are.
const LARGEST: usize = 64 * 1024;

/// Text line by line, each with its place.
#[derive(Debug, Default)]
pub(super) struct Tabbed {
    lines: Lines,
    /// Lines with as many tabs that may become a table.
    pending: Vec<(Place, String)>,
    bytes: usize,
    tabs: usize,
    /// The table that they became.
    rows: Option<Rows>,
}

impl Tabbed {
    /// Adds a line, a paragraph.
    pub(super) fn add(&mut self, place: Place, text: &str, sink: &mut dyn Sink) -> Flow {
        let tabs = if text.contains('\n') {
            0
        } else {
            memchr::memchr_iter(b'\t', text.as_bytes()).count()
        };
        if tabs == 0 && self.pending.is_empty() && self.rows.is_none() {
            return self.lines.add(place, text, sink);
        }
        if tabs != self.tabs && self.settle(sink) == Flow::Stop {
            return Flow::Stop;
        }
        self.tabs = tabs;
        match &mut self.rows {
            Some(rows) => rows.line(place, text, sink),
            None if tabs == 0 => self.lines.add(place, text, sink),
            None => {
                self.bytes += text.len();
                self.pending.push((place, text.to_owned()));
                if self.bytes < LARGEST { Flow::Continue } else { self.decide(sink) }
            }
        }
    }

    /// Hands over what is left. What is added from here on is another text.
    pub(super) fn end(&mut self, sink: &mut dyn Sink) -> Flow {
        match self.settle(sink) {
            Flow::Stop => Flow::Stop,
            Flow::Continue => self.lines.end(sink),
        }
    }

    /// The lines at hand are all there are of them.
    fn settle(&mut self, sink: &mut dyn Sink) -> Flow {
        if self.decide(sink) == Flow::Stop {
            return Flow::Stop;
        }
        self.rows.take().map_or(Flow::Continue, |rows| rows.end(sink))
    }

    /// Are the lines at hand a table?
    fn decide(&mut self, sink: &mut dyn Sink) -> Flow {
        let pending = std::mem::take(&mut self.pending);
        self.bytes = 0;
        if pending.is_empty() {
            return Flow::Continue;
        }
        let text: String = pending.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
        let is_table = pending.len() >= FEWEST && delimited::rows_of(text.as_bytes()).is_some();
        if is_table {
            if self.lines.end(sink) == Flow::Stop {
                return Flow::Stop;
            }
            self.rows = Some(Rows::default());
        }
        for (place, line) in pending {
            let flow = match &mut self.rows {
                Some(rows) => rows.line(place, &line, sink),
                None => self.lines.add(place, &line, sink),
            };
            if flow == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::model::{Problem, Record, Shape, Step};

    #[derive(Default)]
    struct Found(Vec<(bool, String)>);

    impl Sink for Found {
        fn record(&mut self, record: &Record<'_>) -> Flow {
            let text = String::from_utf8_lossy(&record.text[record.focus.clone()]);
            self.0.push((matches!(record.shape, Shape::Table(..)), text.trim().to_owned()));
            Flow::Continue
        }

        fn problem(&mut self, problem: Problem) -> Flow {
            panic!("{problem:?}")
        }

        fn nested(&mut self, step: Step, _content: &mut dyn Read) -> Flow {
            panic!("{step:?}")
        }
    }

    fn check(text: &str, want: &[(bool, &str)]) {
        let (mut tabbed, mut found) = (Tabbed::default(), Found::default());
        for (index, line) in (1..).zip(text.lines()) {
            let _ = tabbed.add(Place::Paragraph { part: "body", index }, line, &mut found);
        }
        let _ = tabbed.end(&mut found);
        let found: Vec<(bool, &str)> = found.0.iter().map(|(t, s)| (*t, s.as_str())).collect();
        assert_eq!(found, want, "{text:?}");
    }

    #[test]
    fn tables_are_told_from_text() {
        let table = "Namn\tMobil\tKost\nEva\t070-174 06 05\tvegan\nBo\t070-174 06 15\tfisk";
        check(&format!("Hej\n{table}\nSlut"), &[(false, "Hej"), (true, table), (false, "Slut")]);
        check("a\tb\nc\nd\te", &[(false, "a\tb\nc\nd\te")]);
        check(
            "Mobil:\t070-174 06 05\nHem:\t08-465 004 04",
            &[(false, "Mobil:\t070-174 06 05\nHem:\t08-465 004 04")],
        );
    }
}
