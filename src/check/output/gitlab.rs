//! GitLab's code quality report
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{message, unread};
use crate::check::verdict::Verdict;
use crate::model::Confidence;

pub(super) fn write(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let findings = verdict.violations.iter().map(|violation| {
        let is_high = violation.confidence == Confidence::High;
        issue(
            message(violation),
            violation.category.id(),
            &violation.fingerprint.0,
            if is_high { "critical" } else { "major" },
            &violation.at.path,
            violation.at.text.map_or(1, |(line, _)| line),
        )
    });
    let problems = verdict.unread.iter().map(|problem| {
        let path = &problem.at.path;
        let name = format!("{path}\0{}\0{:?}", problem.reason.id(), problem.at);
        let fingerprint = &blake3::hash(name.as_bytes()).to_hex()[..32];
        issue(unread(problem), "unread", fingerprint, "info", path, 1)
    });
    let issues: Vec<Value> = findings.chain(problems).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

fn issue(
    description: String,
    name: &str,
    fingerprint: &str,
    severity: &str,
    path: &str,
    line: u64,
) -> Value {
    json!({
        "description": description,
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": path, "lines": { "begin": line } },
    })
}
