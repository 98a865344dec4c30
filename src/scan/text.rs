//! What the scanner reads, as lines of JSON: one a record, a row, a line of running text.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::fault::{fault, guarded};
use super::nested::{Met, Visitor};
use super::{feed, read};
use crate::model::{
    Budget, FileName, Flow, Origin, Place, Problem, Record, RowCursor, RowMarks, Ruler, Shape,
    Step, Table,
};
use crate::source::{Found, Root, Selection};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All was read.
    Whole,
    /// Something that should have been read was not.
    Incomplete,
    /// It was told to stop.
    Stopped,
}

/// Shows the text of all that the sources have.
///
/// # Errors
/// When the lines cannot be written.
pub fn show(
    sources: Vec<Root>,
    selection: &Arc<Selection>,
    budget: Budget,
    out: &mut dyn Write,
    stop: &Arc<AtomicBool>,
) -> io::Result<Ended> {
    let mut ended = Ended::Whole;
    for root in feed::in_order(sources) {
        for found in feed::units_of(&root, selection, super::LISTING_TIMEOUT) {
            let mut shown = Shown::new(&root, &found, out, stop);
            if guarded(|| read::unit(&root, &found, budget, stop, &mut shown)).is_none() {
                let _ = shown.problem(fault());
            }
            if let Some(error) = shown.error {
                return Err(error);
            }
            if shown.incomplete {
                ended = Ended::Incomplete;
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(Ended::Stopped);
            }
        }
    }
    Ok(ended)
}

/// Writes the records of one unit.
struct Shown<'o> {
    root: &'o Root,
    path: &'o FileName,
    out: &'o mut dyn Write,
    stop: &'o AtomicBool,
    error: Option<io::Error>,
    incomplete: bool,
    inside: Vec<Step>,
}

impl<'o> Shown<'o> {
    fn new(
        root: &'o Root,
        found: &'o Found,
        out: &'o mut dyn Write,
        stop: &'o AtomicBool,
    ) -> Shown<'o> {
        Shown {
            root,
            path: &found.path,
            out,
            stop,
            error: None,
            incomplete: false,
            inside: Vec::new(),
        }
    }

    /// Each line of running text, each row of a table.
    fn rows(&mut self, record: &Record<'_>, origin: &Origin<'_>, table: Option<&Table>) -> Flow {
        let text = &record.text[..record.focus.end];
        let line_end = origin.ruler().line_end.byte();
        let mut rows = table.map(|table| {
            let marks = RowMarks::of(text, record.focus.start, table, origin.ruler().line_end);
            (RowCursor::new(&marks), marks)
        });
        let (mut from, mut at) = (record.focus.start, record.focus.start);
        while at < text.len() {
            at = memchr::memchr(line_end, &text[at..]).map_or(text.len(), |n| at + n + 1);
            // A row goes on after a line end between quotes.
            let goes_on =
                |(rows, marks): &mut (RowCursor, RowMarks)| rows.row_start(marks, at) != at;
            if at < text.len() && rows.as_mut().is_some_and(goes_on) {
                continue;
            }
            if self.row(record, origin, from..at, table) == Flow::Stop {
                return Flow::Stop;
            }
            from = at;
        }
        Flow::Continue
    }

    fn row(
        &mut self,
        record: &Record<'_>,
        origin: &Origin<'_>,
        range: std::ops::Range<usize>,
        table: Option<&Table>,
    ) -> Flow {
        let row = &record.text[range.clone()];
        let len = row.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |at| at + 1);
        if len == 0 {
            return Flow::Continue;
        }
        let shown = match table {
            Some(table) => joined(&row[..len], table, origin.ruler()),
            None => origin.ruler().decode(&row[..len]).into_owned(),
        };
        let place = origin.place(record.text, &(range.start..range.start + len), None);
        self.write(&place, &shown)
    }

    fn write(&mut self, place: &Place, text: &str) -> Flow {
        let mut location = self.location(&self.inside);
        location["at"] = json!(place);
        self.line(&json!({ "location": location, "text": text }))
    }

    fn location(&self, inside: &[Step]) -> Value {
        let mut location = json!({ "source": self.root.id });
        // Of a database the place says all.
        if !self.root.kind.is_database() {
            location["path"] = json!(self.path.display());
            if let Some(exact) = self.path.exact() {
                location["path_bytes"] = json!(exact);
            }
        }
        if !inside.is_empty() {
            location["inside"] = json!(inside);
        }
        location
    }

    fn line(&mut self, line: &Value) -> Flow {
        let written = writeln!(self.out, "{line}");
        if let Err(error) = written {
            self.error.get_or_insert(error);
        }
        let stopped = self.error.is_some() || self.stop.load(Ordering::Relaxed);
        if stopped { Flow::Stop } else { Flow::Continue }
    }
}

/// The cells of a row, a tab between two, without their quotes.
fn joined(row: &[u8], table: &Table, ruler: Ruler) -> String {
    let marks = RowMarks::of(row, 0, table, ruler.line_end);
    let mut rows = RowCursor::new(&marks);
    let (mut cells, mut at) = (Vec::new(), 0);
    while at <= row.len() {
        let cell = rows.cell(&marks, at).range;
        at = cell.end + 1;
        let text = ruler.decode(&row[cell]).into_owned();
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        cells.push(match inner {
            Some(inner) if table.quote.is_some() => inner.replace("\"\"", "\""),
            _ => text,
        });
    }
    cells.join("\t")
}

impl Visitor for Shown<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        match &record.shape {
            Shape::Text(origin) => self.rows(record, origin, None),
            Shape::Table(origin, table) => self.rows(record, origin, Some(table)),
            Shape::Fields(fields) => {
                let start =
                    fields.segments.first().map_or(0, |segment| segment.range.start as usize);
                let place = fields.place(record.text, &(start..start));
                let text = fields.ruler.decode(record.text).into_owned();
                self.write(&place, &text)
            }
        }
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.incomplete |= problem.reason.is_incomplete();
        let mut line = json!({
            "type": "unread",
            "location": self.location(&problem.inside),
            "reason": problem.reason.id(),
            "detail": problem.detail,
        });
        if problem.partial {
            line["partial"] = json!(true);
        }
        self.line(&line)
    }

    fn enter(&mut self, inside: &[Step]) {
        self.inside.clear();
        self.inside.extend_from_slice(inside);
    }

    fn met(&mut self, _met: Met, _partly: bool) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails on the first line.
    struct Odd(Vec<u8>, bool);

    impl Write for Odd {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(std::mem::replace(&mut self.1, true), "on purpose");
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_fault_costs_its_own_unit_only() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "b.txt"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        super::super::quiet_faults();
        let roots = vec![Root::at(folder.path()).unwrap()];
        let mut out = Odd(Vec::new(), false);
        let ended =
            show(roots, &Arc::default(), Budget::default(), &mut out, &Arc::default()).unwrap();
        assert_eq!(ended, Ended::Incomplete);
        let text = String::from_utf8(out.0).unwrap();
        assert!(text.contains("\"reason\":\"failed\"") && !text.contains("on purpose"), "{text}");
        assert!(text.contains("\"text\":\"b.txt\""), "{text}");
    }
}
