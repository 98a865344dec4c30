//! For people: each finding with its place, why it is one and what to do, in 80 columns.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{place, summary, title, unread, why};
use crate::check::advice::{EXCEPTION, advice};
use crate::check::verdict::{SourceLine, Verdict, Violation, Where};

/// Columns of a terminal that everybody has.
const WIDTH: usize = 80;

pub(super) fn write(out: &mut dyn Write, verdict: &Verdict, color: bool) -> io::Result<()> {
    let paint = Paint(color);
    let mut advised = BTreeSet::new();
    for violation in &verdict.violations {
        let is_first = advised.insert(violation.category.id());
        out.write_all(block(violation, is_first, paint).as_bytes())?;
    }
    let mut text = String::new();
    for problem in &verdict.unread {
        let head = paint.bold(YELLOW, "warning[unread]");
        paragraph(&mut text, &head, "warning[unread]: ".len(), &unread(problem));
        let _ = writeln!(text, "  {} {}\n", paint.dim("-->"), problem.at.path);
    }
    for warning in &verdict.warnings {
        let head = paint.bold(YELLOW, "warning");
        paragraph(&mut text, &head, "warning: ".len(), warning);
        text.push('\n');
    }
    if !verdict.violations.is_empty() {
        paragraph(&mut text, &paint.bold(CYAN, "help"), "help: ".len(), EXCEPTION);
        text.push('\n');
    }
    let (head, tint) = if verdict.violations.is_empty() { ("ok", GREEN) } else { ("error", RED) };
    paragraph(&mut text, &paint.bold(tint, head), head.len() + 2, &summary(verdict));
    out.write_all(text.as_bytes())
}

/// One finding.
fn block(violation: &Violation, is_first: bool, paint: Paint) -> String {
    let mut text = String::new();
    let head = format!("error[{}]", violation.category.id());
    paragraph(&mut text, &paint.bold(RED, &head), 4, &title(violation));
    let _ = writeln!(text, "  {} {}", paint.dim("-->"), shown_place(&violation.at));
    if let (Some(line), Some((n, _))) = (&violation.line, violation.at.text) {
        source_line(&mut text, n, line, paint);
    }
    let mut item = |word: &str, said: &str| {
        let head = format!("   {} {}", paint.dim("="), paint.bold(WHITE, word));
        paragraph(&mut text, &head, 7 + word.len(), said);
    };
    if let Some(field) = &violation.at.field {
        item("field", field);
    }
    item("why", &why(violation));
    for note in &violation.notes {
        item("note", note);
    }
    if is_first {
        item("help", advice(violation.category).instead);
    }
    text.push('\n');
    text
}

fn shown_place(at: &Where) -> String {
    let inside = place(at).map(|place| format!(" > {place}")).unwrap_or_default();
    match at.text {
        Some((line, column)) => format!("{}:{line}:{column}", at.path),
        None => format!("{}{inside}", at.path),
    }
}

fn source_line(text: &mut String, n: u64, line: &SourceLine, paint: Paint) {
    let number = n.to_string();
    let (bar, gap) = (paint.dim("|"), " ".repeat(number.len()));
    let marks = paint.bold(RED, &"^".repeat(line.length.max(1)));
    let _ = writeln!(text, "{} {bar}  {}", paint.dim(&number), line.text);
    let _ = writeln!(text, "{gap} {bar}  {}{marks}", " ".repeat(line.before));
}

/// A head and words behind it, broken into lines; those below the first are indented.
fn paragraph(text: &mut String, head: &str, indent: usize, words: &str) {
    let mut column = shown_width(head) + 1;
    let _ = write!(text, "{head}:");
    for word in words.split_whitespace() {
        let length = word.chars().count();
        if column + 1 + length > WIDTH && column > indent {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
}

/// Columns that a text takes, without what colours it.
fn shown_width(text: &str) -> usize {
    let mut is_code = false;
    let shown = text.chars().filter(|&c| {
        let is_shown = !is_code && c != '\x1b';
        is_code = c == '\x1b' || (is_code && c != 'm');
        is_shown
    });
    shown.count()
}

const RED: u8 = 31;
const GREEN: u8 = 32;
const YELLOW: u8 = 33;
const CYAN: u8 = 36;
const WHITE: u8 = 39;

/// Colours, where they are wanted.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn bold(self, color: u8, text: &str) -> String {
        if self.0 { format!("\x1b[1;{color}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn dim(self, text: &str) -> String {
        if self.0 { format!("\x1b[34m{text}\x1b[0m") } else { text.to_owned() }
    }
}
