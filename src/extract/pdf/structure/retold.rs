//! The same document another time: with all layers switched on, or as it was before. What of that is
//! no longer shown is told as such.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use hayro_syntax::Pdf;

use super::tell_comparable;
use crate::extract::lines::Lines;
use crate::extract::pdf::{PageText, page};
use crate::model::{Flow, Origin, PagePart, Place, Problem, Record, Shape, Sink, Step};

/// What a version of a document says: its lines, and which words follow on one another.
#[derive(Debug, Default)]
pub(super) struct Version {
    lines: HashSet<u64>,
    pairs: HashSet<u64>,
    last: u64,
}

impl Version {
    /// Takes note of a line.
    fn add(&mut self, line: &str) {
        self.lines.insert(hash(&words(line).collect::<Vec<_>>()));
        for word in words(line) {
            let word = hash(&word);
            self.pairs.insert(word);
            self.pairs.insert(hash(&(self.last, word)));
            self.last = word;
        }
    }

    /// Is the line there, or its words one after another, if in other lines?
    fn has(&self, line: &str) -> bool {
        if self.lines.contains(&hash(&words(line).collect::<Vec<_>>())) {
            return true;
        }
        let all: Vec<u64> = words(line).map(|word| hash(&word)).collect();
        let pairs = all.windows(2).all(|pair| self.pairs.contains(&hash(&(pair[0], pair[1]))));
        pairs && all.first().is_none_or(|word| self.pairs.contains(word))
    }
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split_whitespace()
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// Takes note of all that a document says.
pub(super) fn learn(document: &Arc<Vec<u8>>, password: &str, version: &mut Version) {
    let _ = read(document, password, &mut Learning(version));
}

/// Tells as `part` what a document says that `known` does not, and adds it there.
pub(super) fn tell_new(
    document: &Arc<Vec<u8>>,
    password: &str,
    part: PagePart,
    known: &mut Version,
    sink: &mut dyn Sink,
) -> Flow {
    let mut retelling = Retelling { part, known, sink, lines: Lines::default() };
    let flow = read(document, password, &mut retelling);
    let end = retelling.lines.end(retelling.sink);
    if flow == Flow::Stop { flow } else { end }
}

fn read(document: &Arc<Vec<u8>>, password: &str, sink: &mut dyn Sink) -> Flow {
    let mut seen = PageText::default();
    let pages = page::extract(document, password, &mut seen, sink);
    // A version that cannot be read hides nothing: it is made of what the newest one holds too.
    if !matches!(pages, Ok(Flow::Continue)) {
        return pages.unwrap_or(Flow::Continue);
    }
    match Pdf::new_with_password(Arc::clone(document), password) {
        Ok(pdf) => tell_comparable(document, password, &pdf, sink),
        Err(_) => Flow::Continue,
    }
}

/// Calls `told` with each line of a record, the cells of a row joined, and its place.
fn lines(record: &Record<'_>, told: &mut dyn FnMut(&str, Place) -> Flow) -> Flow {
    let each = |origin: &Origin<'_>, told: &mut dyn FnMut(&str, Place) -> Flow| {
        let mut at = record.focus.start;
        for line in record.text[record.focus.clone()].split_inclusive(|&b| b == b'\n') {
            let range = at..at + line.len();
            at = range.end;
            let text = String::from_utf8_lossy(line);
            if !text.trim().is_empty()
                && told(text.trim(), placed(record.text, origin, &range)) == Flow::Stop
            {
                return Flow::Stop;
            }
        }
        Flow::Continue
    };
    match &record.shape {
        Shape::Text(origin) | Shape::Table(origin, _) => each(origin, told),
        Shape::Fields(fields) => {
            for segment in fields.segments {
                let range = segment.range.start as usize..segment.range.end as usize;
                let text = String::from_utf8_lossy(&record.text[range.clone()]);
                let place = fields.place(record.text, &range);
                if told(&text.replace('\n', " "), place) == Flow::Stop {
                    return Flow::Stop;
                }
            }
            Flow::Continue
        }
    }
}

/// The place of a line without its end.
fn placed(text: &[u8], origin: &Origin<'_>, range: &Range<usize>) -> Place {
    let trimmed = text[range.clone()].trim_ascii_end().len();
    origin.place(text, &(range.start..range.start + trimmed), None)
}

struct Learning<'v>(&'v mut Version);

impl Sink for Learning<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        lines(record, &mut |line, _| {
            self.0.add(line);
            Flow::Continue
        })
    }

    fn problem(&mut self, _problem: Problem) -> Flow {
        Flow::Continue
    }

    fn nested(&mut self, _step: Step, _content: &mut dyn Read) -> Flow {
        Flow::Continue
    }
}

struct Retelling<'r> {
    part: PagePart,
    known: &'r mut Version,
    sink: &'r mut dyn Sink,
    lines: Lines,
}

impl Sink for Retelling<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        lines(record, &mut |line, place| {
            if self.known.has(line) {
                return Flow::Continue;
            }
            self.known.add(line);
            let place = match place {
                Place::Page { page, field, rect, .. } => {
                    Place::Page { page, field, rect, part: Some(self.part) }
                }
                // A property that was another.
                _ => Place::Page { page: 1, field: None, rect: None, part: Some(self.part) },
            };
            self.lines.add(place, line, self.sink)
        })
    }

    // What cannot be read of another version cannot be read of this one either, and was told.
    fn problem(&mut self, _problem: Problem) -> Flow {
        Flow::Continue
    }

    fn nested(&mut self, _step: Step, _content: &mut dyn Read) -> Flow {
        Flow::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_is_not_new() {
        let mut version = Version::default();
        version.add("Karl  Ek bor i");
        version.add("Lund med Eva Lind");
        let check = |line, has| assert_eq!(version.has(line), has, "{line}");
        check("Karl Ek bor i", true);
        check("bor i Lund", true);
        check("Eva", true);
        check("Karl Lind", false);
        check("Lund 1", false);
    }
}
