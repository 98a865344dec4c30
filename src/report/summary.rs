//! Counts and the ledger, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde_json::Value;

use super::{Line, Output, Report, SourceLine, Summary, split_lines};
use crate::model::{Confidence, Counts};

/// Paths shown for each reason.
const SHOWN: usize = 20;

/// The `summary` form.
pub struct Overview {
    out: Output,
    /// Sources that are folders.
    folders: BTreeSet<String>,
    unread: BTreeMap<String, (u64, Vec<String>)>,
}

impl Overview {
    /// Writes to `out`.
    #[must_use]
    pub fn new(out: Output) -> Overview {
        Overview { out, folders: BTreeSet::new(), unread: BTreeMap::new() }
    }

    fn note(&mut self, line: &[u8]) {
        let Ok(unread) = serde_json::from_slice::<Value>(line) else { return };
        let word = |pointer| unread.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (n, paths) = self.unread.entry(word("/reason").to_owned()).or_default();
        *n += 1;
        if paths.len() < SHOWN {
            let place = match (word("/location/source"), word("/location/path")) {
                (source, "") => source.to_owned(),
                (source, path) if self.folders.contains(source) => format!("{source}/{path}"),
                ("-", _) => "standard input".to_owned(),
                (source, _) => source.to_owned(),
            };
            let place = place + &members(unread.pointer("/location/inside"));
            paths.push(format!("{}: {}", harmless(&place), word("/detail")));
        }
    }

    fn meet(&mut self, line: &[u8]) {
        let Ok(source) = serde_json::from_slice::<SourceLine>(line) else { return };
        if source.kind == "folder" {
            self.folders.insert(source.id);
        }
    }
}

impl Report for Overview {
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        for line in split_lines(lines) {
            match Line::of(line) {
                Some(Line::Unread) => self.note(line),
                Some(Line::Source) => self.meet(line),
                _ => {}
            }
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let mut text = overview(summary);
        for (reason, (n, paths)) in &self.unread {
            let _ = writeln!(text, "\nnot read, {reason}: {n}");
            for path in paths {
                let _ = writeln!(text, "  {path}");
            }
            if *n > paths.len() as u64 {
                let _ = writeln!(text, "  and {} more", n - paths.len() as u64);
            }
        }
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

/// ` > member` for each step into the document.
fn members(inside: Option<&Value>) -> String {
    let steps = inside.and_then(Value::as_array).into_iter().flatten();
    let member = |step: &Value| match (step["name"].as_str(), step["index"].as_u64()) {
        (Some(name), _) => format!(" > {name}"),
        (None, n) => format!(" > {}", n.unwrap_or_default()),
    };
    steps.map(member).collect()
}

/// Control characters of a name would be obeyed by a terminal, marks of direction by the reader's eye.
pub(crate) fn harmless(name: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    name.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Counts and ledger in a few lines.
#[must_use]
pub fn overview(summary: &Summary) -> String {
    let tally = &summary.tally;
    let mut out = String::new();
    table(&mut out, &tally.findings, &tally.tests);
    let ledger = &tally.ledger;
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "\nseen {}: scanned {} ({} bytes), skipped {}, unread {}",
        ledger.seen(),
        ledger.scanned,
        ledger.bytes,
        ledger.skipped_in_all(),
        ledger.unread_in_all(),
    );
    for (why, n) in &ledger.skipped {
        let _ = writeln!(out, "  skipped, {}: {n}", why.id());
    }
    for (why, n) in &ledger.unread {
        let _ = writeln!(out, "  unread, {}: {n}", why.id());
    }
    if ledger.partial > 0 {
        let _ = writeln!(out, "  scanned in part: {}", ledger.partial);
    }
    if summary.interrupted {
        let _ = writeln!(out, "interrupted: this is not all");
    }
    for reason in &summary.reasons {
        let _ = writeln!(out, "incomplete: {}", harmless(reason));
    }
    out
}

fn table(out: &mut String, findings: &Counts, tests: &Counts) {
    if findings.total() == 0 {
        let _ = writeln!(out, "no findings");
        return;
    }
    let header = ["high", "medium", "low", "test identities"];
    let _ = write!(out, "{:<20}", "findings");
    let _ =
        writeln!(out, "{:>10} {:>10} {:>10} {:>16}", header[0], header[1], header[2], header[3]);
    let grades = [Confidence::High, Confidence::Medium, Confidence::Low];
    for category in findings.categories() {
        let n = grades.map(|grade| findings.get(category, grade));
        if n == [0; 3] {
            continue;
        }
        let test: u64 = grades.iter().map(|&grade| tests.get(category, grade)).sum();
        let _ = write!(out, "{:<20}", category.id());
        let _ = writeln!(out, "{:>10} {:>10} {:>10} {test:>16}", n[0], n[1], n[2]);
    }
}
