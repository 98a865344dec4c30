//! The same document another time: with all layers switched on, or as it was before. What of that is
//! no longer shown is told as such.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use hayro_syntax::Pdf;

use super::tell_comparable;
use crate::extract::lines::Lines;
use crate::extract::pdf::{PageText, page};
use crate::model::{Flow, Origin, PagePart, Place, Problem, Record, Shape, Sink, Step};

/// What a version of a document says: how often each line stands on each page, and which words
/// follow on one another.
#[derive(Debug, Default)]
pub(super) struct Version {
    lines: HashMap<(u32, u64), u32>,
    pairs: HashSet<u64>,
    last: u64,
}

impl Version {
    /// Takes note of a line.
    fn add(&mut self, page: u32, line: &str) {
        *self.lines.entry((page, whole(line))).or_default() += 1;
        for word in words(line) {
            let word = hash(&word);
            self.pairs.insert(word);
            self.pairs.insert(hash(&(self.last, word)));
            self.last = word;
        }
    }

    /// Do its words stand one after another, if in other lines?
    fn has_words(&self, line: &str) -> bool {
        let all: Vec<u64> = words(line).map(|word| hash(&word)).collect();
        let pairs = all.windows(2).all(|pair| self.pairs.contains(&hash(&(pair[0], pair[1]))));
        pairs && all.first().is_none_or(|word| self.pairs.contains(word))
    }

    /// Those of `told` that are not here: neither on their page nor, as often, on others.
    fn missing(&self, told: Vec<Line>) -> Vec<Line> {
        let mut left = self.lines.clone();
        let mut take = |page, line| match left.get_mut(&(page, line)) {
            Some(count @ 1..) => {
                *count -= 1;
                true
            }
            _ => false,
        };
        let moved: Vec<Line> =
            told.into_iter().filter(|line| !take(line.page(), whole(&line.text))).collect();
        let mut elsewhere: HashMap<u64, u32> = HashMap::new();
        for (&(_, line), &count) in &left {
            *elsewhere.entry(line).or_default() += count;
        }
        let known: HashSet<u64> = self.lines.keys().map(|&(_, line)| line).collect();
        let mut is_missing = |line: &Line| match elsewhere.get_mut(&whole(&line.text)) {
            Some(count @ 1..) => {
                *count -= 1;
                false
            }
            // A line that is here, but not as often, is gone from its place.
            _ => known.contains(&whole(&line.text)) || !self.has_words(&line.text),
        };
        moved.into_iter().filter(|line| is_missing(line)).collect()
    }
}

/// A line and where it stands.
struct Line {
    text: String,
    place: Place,
}

impl Line {
    fn page(&self) -> u32 {
        page_of(&self.place)
    }
}

/// The page of a place; 0 for what is on none.
fn page_of(place: &Place) -> u32 {
    match place {
        Place::Page { page, .. } => *page,
        _ => 0,
    }
}

/// A line, however its words are spaced.
fn whole(line: &str) -> u64 {
    hash(&words(line).collect::<Vec<_>>())
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
    let mut retelling = Retelling(Vec::new());
    let _ = read(document, password, &mut retelling);
    let mut lines = Lines::default();
    for Line { text, place } in known.missing(retelling.0) {
        known.add(page_of(&place), &text);
        let place = match place {
            Place::Page { page, field, rect, .. } => {
                Place::Page { page, field, rect, part: Some(part) }
            }
            // A property that was another.
            _ => Place::Page { page: 1, field: None, rect: None, part: Some(part) },
        };
        if lines.add(place, &text, sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    lines.end(sink)
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
        lines(record, &mut |line, place| {
            self.0.add(page_of(&place), line);
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

/// The lines of another version.
struct Retelling(Vec<Line>);

impl Sink for Retelling {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        lines(record, &mut |line, place| {
            self.0.push(Line { text: line.to_owned(), place });
            Flow::Continue
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

    fn line(page: u32, text: &str) -> Line {
        let place = Place::Page { page, field: None, rect: None, part: None };
        Line { text: text.to_owned(), place }
    }

    fn check(told: &[(u32, &str)], want: &[(u32, &str)]) {
        let mut version = Version::default();
        let lines = [(1, "Karl  Ek bor i"), (1, "Lund med Eva Lind"), (2, "Eva"), (2, "Sida")];
        lines.iter().for_each(|(page, text)| version.add(*page, text));
        let told = told.iter().map(|(page, text)| line(*page, text)).collect();
        let missing = version.missing(told);
        let got: Vec<_> = missing.iter().map(|line| (line.page(), line.text.as_str())).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn what_moved_is_not_new() {
        check(&[(1, "Karl Ek bor i"), (7, "Sida")], &[]);
        check(&[(1, "bor i Lund"), (1, "Eva Lind")], &[]);
        check(&[(1, "Karl Lind"), (1, "Lund 1")], &[(1, "Karl Lind"), (1, "Lund 1")]);
    }

    #[test]
    fn what_is_gone_from_its_page_is_new_though_another_has_it() {
        check(&[(1, "Eva"), (2, "Eva")], &[(1, "Eva")]);
        check(&[(1, "Sida"), (2, "Sida"), (3, "Sida")], &[(1, "Sida"), (3, "Sida")]);
    }
}
