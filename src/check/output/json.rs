//! One JSON document: `findings`, `unread`, `warnings` and `summary`.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::check::advice::advice;
use crate::check::verdict::{Verdict, Where};

pub(super) fn write(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let findings: Vec<Value> = verdict
        .violations
        .iter()
        .map(|violation| {
            let evidence: Vec<&str> = violation.evidence.iter().map(|clue| clue.id()).collect();
            json!({
                "category": violation.category.id(),
                "confidence": violation.confidence.id(),
                "score": (f64::from(violation.score) * 100.0).round() / 100.0,
                "masked": violation.masked,
                "special_category": violation.attributes.special_category,
                "evidence": evidence,
                "fingerprint": violation.fingerprint.0,
                "location": location(&violation.at),
                "notes": violation.notes,
                "advice": advice(violation.category).instead,
            })
        })
        .collect();
    let unread: Vec<Value> = verdict
        .unread
        .iter()
        .map(|unread| {
            json!({
                "reason": unread.reason.id(),
                "detail": unread.detail,
                "partial": unread.partial,
                "location": location(&unread.at),
            })
        })
        .collect();
    let counts = &verdict.counts;
    let document = json!({
        "tool": env!("CARGO_PKG_VERSION"),
        "findings": findings,
        "unread": unread,
        "warnings": verdict.warnings,
        "summary": {
            "complete": verdict.is_complete(),
            "findings": verdict.violations.len(),
            "files": counts.files,
            "bytes": counts.bytes,
            "test_identities": counts.tests,
            "allowed": counts.allowed,
            "in_baseline": counts.known,
            "unchanged": counts.unchanged,
            "unread": verdict.unread.len(),
        },
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn location(at: &Where) -> Value {
    let mut location = json!({ "path": at.path });
    if !at.inside.is_empty() {
        location["inside"] = json!(at.inside);
    }
    if let Some((line, column)) = at.text {
        location["line"] = json!(line);
        location["column"] = json!(column);
    }
    for (name, value) in [("place", &at.place), ("field", &at.field)] {
        if let Some(value) = value {
            location[name] = json!(value);
        }
    }
    location
}
