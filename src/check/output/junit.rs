//! JUnit's XML, as CI systems read it: a test case for each finding, or one that says that there is
//! none.

use std::io::{self, Write};

use super::{message, summary, title, unread};
use crate::check::verdict::Verdict;

pub(super) fn write(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let (failures, errors) = (verdict.violations.len(), verdict.unread.len());
    let tests = (failures + errors).max(1);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"sparhund\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"sparhund check\" {counts} skipped=\"0\" time=\"0\">")?;
    for violation in &verdict.violations {
        let (category, path) = (violation.category.id(), escaped(&violation.at.path));
        let place = violation.at.text.map(|(line, column)| format!(":{line}:{column}"));
        let place = place.unwrap_or_default();
        writeln!(out, "    <testcase classname=\"{path}\" name=\"{category}{place}\" time=\"0\">")?;
        let short = escaped(&title(violation));
        writeln!(out, "      <failure type=\"{category}\" message=\"{short}\">")?;
        writeln!(out, "{path}{place}: {}", escaped(&message(violation)))?;
        writeln!(out, "      </failure>\n    </testcase>")?;
    }
    for problem in &verdict.unread {
        let (path, reason) = (escaped(&problem.at.path), problem.reason.id());
        writeln!(out, "    <testcase classname=\"{path}\" name=\"unread\" time=\"0\">")?;
        let said = escaped(&unread(problem));
        writeln!(out, "      <error type=\"{reason}\" message=\"{said}\"/>\n    </testcase>")?;
    }
    if failures + errors == 0 {
        writeln!(out, "    <testcase classname=\"sparhund\" name=\"check\" time=\"0\"/>")?;
    }
    let mut said = verdict.warnings.clone();
    said.push(summary(verdict));
    writeln!(out, "    <system-out>{}</system-out>", escaped(&said.join("\n")))?;
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// Text for content and for attributes in quotes; what XML 1.0 has no place for is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => {}
        }
    }
    out
}
