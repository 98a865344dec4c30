//! Workflow commands of GitHub Actions, which become annotations
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).

use std::io::{self, Write};

use super::{message, summary, unread};
use crate::check::verdict::Verdict;

pub(super) fn write(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    for violation in &verdict.violations {
        let file = property(&violation.at.path);
        let text = violation.at.text;
        let at = text.map(|(line, column)| format!(",line={line},col={column}"));
        let (at, title) = (at.unwrap_or_default(), violation.category.id());
        writeln!(out, "::error file={file}{at},title={title}::{}", data(&message(violation)))?;
    }
    for problem in &verdict.unread {
        let file = property(&problem.at.path);
        writeln!(out, "::warning file={file},title=unread::{}", data(&unread(problem)))?;
    }
    for warning in &verdict.warnings {
        writeln!(out, "::warning title=exception::{}", data(warning))?;
    }
    writeln!(out, "{}", summary(verdict))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
