//! SARIF 2.1.0: see [`crate::report::sarif`].

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{message, place, unread};
use crate::check::advice::advice;
use crate::check::verdict::{Verdict, Where};
use crate::report::sarif::{Entry, Log, Note, Spot};

pub(super) fn write(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let mut log = Log::new(env!("CARGO_PKG_VERSION"), !verdict.interrupted);
    for violation in &verdict.violations {
        let id = violation.category.id();
        let advice = advice(violation.category);
        log.rule(id, &capital(advice.looks_like), Some(advice.instead));
        log.add(Entry {
            rule: id,
            confidence: violation.confidence,
            message: message(violation),
            spot: spot(&violation.at),
            fingerprint: &violation.fingerprint.0,
            properties: properties(&violation.at),
        });
    }
    for problem in &verdict.unread {
        log.note(Note { text: unread(problem), spot: Some(spot(&problem.at)) });
    }
    for warning in &verdict.warnings {
        log.note(Note { text: warning.clone(), spot: None });
    }
    log.write(out)
}

fn spot(at: &Where) -> Spot {
    Spot { path: at.path.clone(), text: at.text, inner: place(at) }
}

fn properties(at: &Where) -> Value {
    at.field.as_ref().map_or(Value::Null, |field| json!({ "field": field }))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
