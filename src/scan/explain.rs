//! Tells of everything in one file that was looked at: what is reported, and what is not and why.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::fault::{fault, guarded};
use super::nested::Visitor;
use super::{feed, read};
use crate::detect::explain::Explained;
use crate::detect::{Detector, Scratch};
use crate::model::{
    Budget, Cursor, Flow, Origin, Place, Problem, Reason, Record, RowCursor, RowMarks, Shape, Step,
    Table, TextPlace, TextSpan, UnitKind,
};
use crate::source::{Found, Root, Selection};

pub use super::read::Met;

/// One thing that was looked at.
#[derive(Clone)]
pub struct Account {
    /// The document it stands in, inside the file.
    pub inside: Vec<Step>,
    /// Where it stands.
    pub place: Place,
    /// Its text, unmasked.
    pub written: String,
    /// What became of it.
    pub explained: Explained,
}

/// Is told of a file.
pub trait Listener {
    /// Something was looked at.
    fn account(&mut self, account: &Account) -> Flow;

    /// Something could not be read.
    fn problem(&mut self, problem: &Problem) -> Flow;
}

/// Tells of the one unit of a source, its name first.
pub fn explain(
    root: Root,
    detector: &Detector,
    budget: Budget,
    stop: &Arc<AtomicBool>,
    listener: &mut dyn Listener,
) -> Met {
    let root = Arc::new(root);
    let selection = Arc::new(Selection::default());
    let mut met = Met::Empty;
    for found in feed::units_of(&root, &selection, super::LISTING_TIMEOUT) {
        let told = guarded(|| explain_unit(&root, &found, detector, budget, stop, listener));
        met = told.unwrap_or_else(|| {
            let _ = listener.problem(&fault());
            Met::Unread(Reason::Failed)
        });
    }
    met
}

fn explain_unit(
    root: &Arc<Root>,
    found: &Found,
    detector: &Detector,
    budget: Budget,
    stop: &Arc<AtomicBool>,
    listener: &mut dyn Listener,
) -> Met {
    let (scratch, inside) = (Scratch::default(), Vec::new());
    let mut reader = Reader { detector, stop, listener, scratch, inside };
    let is_named = found.kind != UnitKind::Stdin;
    if is_named && read::name(&found.path, &mut reader) == Flow::Stop {
        return Met::Empty;
    }
    reader.scratch.begin_document();
    read::unit(root, found, budget, stop, &mut reader)
}

/// Explains the records an extractor pushes.
struct Reader<'r> {
    detector: &'r Detector,
    stop: &'r AtomicBool,
    listener: &'r mut dyn Listener,
    scratch: Scratch,
    inside: Vec<Step>,
}

impl Visitor for Reader<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        let mut places = Places::new(record);
        let accounts = self.detector.explain(record, &mut self.scratch).into_iter();
        let mut accounts: Vec<Account> = accounts
            .map(|explained| Account {
                inside: self.inside.clone(),
                place: places.of(&explained.range),
                written: written(record, &explained.range),
                explained,
            })
            .collect();
        // What is read after the text of its record may stand before it.
        accounts.sort_by_key(|account| match &account.place {
            Place::Text(at) => at.byte_start,
            _ => 0,
        });
        for account in &accounts {
            if self.listener.account(account) == Flow::Stop {
                return Flow::Stop;
            }
        }
        if self.stop.load(Ordering::Relaxed) { Flow::Stop } else { Flow::Continue }
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.listener.problem(&problem)
    }

    fn enter(&mut self, inside: &[Step]) {
        self.inside.clear();
        self.inside.extend_from_slice(inside);
        self.scratch.begin_document();
    }

    fn met(&mut self, _met: Met, _partly: bool) {}
}

fn written(record: &Record<'_>, range: &Range<usize>) -> String {
    let ruler = match &record.shape {
        Shape::Text(origin) | Shape::Table(origin, _) => origin.ruler(),
        Shape::Fields(fields) => fields.ruler,
    };
    ruler.decode(&record.text[range.clone()]).into_owned()
}

/// Where the ranges of a record stand. Lines are counted on from range to range, which come in order.
struct Places<'r> {
    record: &'r Record<'r>,
    known: Option<(usize, Cursor)>,
    rows: Option<(RowMarks, RowCursor, &'r Table)>,
}

impl<'r> Places<'r> {
    fn new(record: &'r Record<'r>) -> Places<'r> {
        let rows = match &record.shape {
            Shape::Table(origin, table) => {
                let line_end = origin.ruler().line_end;
                let marks = RowMarks::of(record.text, record.focus.start, table, line_end);
                let rows = RowCursor::new(&marks);
                Some((marks, rows, *table))
            }
            Shape::Text(_) | Shape::Fields(_) => None,
        };
        Places { record, known: None, rows }
    }

    fn of(&mut self, range: &Range<usize>) -> Place {
        match &self.record.shape {
            Shape::Text(origin) | Shape::Table(origin, _) => match origin {
                Origin::Stored(span) => Place::Text(self.in_text(span, range)),
                Origin::Placed(_) => {
                    let field = self.column(range.start);
                    origin.place(self.record.text, range, field)
                }
            },
            Shape::Fields(fields) => fields.place(self.record.text, range),
        }
    }

    fn in_text(&mut self, span: &TextSpan, range: &Range<usize>) -> TextPlace {
        let text = self.record.text;
        let known = self.known.filter(|(at, _)| *at <= range.start);
        let (at, cursor) = known.unwrap_or((0, span.start));
        let from = span.ruler.advance(cursor, &text[at..range.start]);
        self.known = Some((range.start, from));
        let byte_end = from.byte + span.ruler.stored_len(&text[range.clone()]);
        let field = self.column(range.start);
        TextPlace { line: from.line, column: from.column, byte_start: from.byte, byte_end, field }
    }

    /// The header of the column that holds byte `at`.
    fn column(&mut self, at: usize) -> Option<String> {
        let (marks, rows, table) = self.rows.as_mut()?;
        let n = rows.column(marks, at);
        table.name_of(n).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detail, Options};
    use crate::model::{Category, Confidence, Reason};
    use crate::validate::date::Date;

    /// Fails on the first thing it is told.
    struct Odd(Vec<Reason>);

    impl Listener for Odd {
        fn account(&mut self, _account: &Account) -> Flow {
            panic!("on purpose")
        }

        fn problem(&mut self, problem: &Problem) -> Flow {
            self.0.push(problem.reason);
            Flow::Continue
        }
    }

    #[test]
    fn a_fault_is_told_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "eva@example.com").unwrap();
        super::super::quiet_faults();
        let detector = Detector::new(Options {
            categories: Category::ALL.to_vec(),
            min_confidence: Confidence::Low,
            reference: Date::new(2026, 12, 31).unwrap(),
            detail: Detail::Full,
        });
        let mut odd = Odd(Vec::new());
        let met = explain(
            Root::at(&path).unwrap(),
            &detector,
            Budget::default(),
            &Arc::default(),
            &mut odd,
        );
        assert_eq!((met, odd.0), (Met::Unread(Reason::Failed), vec![Reason::Failed]));
    }
}
