//! What a check says: plain data, with nothing in it that must not be shown.

use serde_json::{Map, Value};

use crate::model::{Attributes, Category, Confidence, Evidence, Place, Reason, Step};
use crate::report::summary::harmless;
use crate::scan::LogPaths;

/// Everything a check has to say.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What must not stand, by path and place.
    pub violations: Vec<Violation>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// What is to be said of exceptions.
    pub warnings: Vec<String>,
    /// What else was met.
    pub counts: Counts,
    /// What a baseline of all this would hold, if there is one.
    pub baseline: Option<super::Baseline>,
    /// Ended before its work was done.
    pub interrupted: bool,
}

/// What was met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Findings that are test identities.
    pub tests: u64,
    /// Findings that an exception allows.
    pub allowed: u64,
    /// Findings that the baseline knows.
    pub known: u64,
    /// Findings on lines that have not changed.
    pub unchanged: u64,
}

/// Where something stands, as it may be shown: what is personal in it is masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Where {
    /// The path from the working folder.
    pub path: String,
    /// The documents it stands in, from the outside in.
    pub inside: Vec<String>,
    /// Line and column in the text of the file itself, from 1, in Unicode scalar values.
    pub text: Option<(u64, u64)>,
    /// Any other place in words.
    pub place: Option<String>,
    /// The label of its column or field.
    pub field: Option<String>,
}

impl Where {
    pub(super) fn of_file(path: String) -> Where {
        Where { path, ..Where::default() }
    }

    pub(super) fn new(
        path: &str,
        inside: &[Step],
        place: Option<&Place>,
        paths: &mut LogPaths,
    ) -> Where {
        let mut shown = |text: &str| harmless(&paths.shown(text.as_bytes()));
        let mut here = Where::of_file(path.to_owned());
        here.inside = inside.iter().map(|step| step_in_words(step, &mut shown)).collect();
        match place {
            Some(Place::Text(at)) => {
                here.field = at.field.as_deref().map(&mut shown);
                if inside.is_empty() {
                    here.text = Some((at.line, at.column));
                } else {
                    here.place = Some(format!("line {}", at.line));
                }
            }
            Some(Place::Name) => here.place = Some("its name".to_owned()),
            Some(other) => here.place = Some(place_in_words(other, &mut shown)),
            None => {}
        }
        here
    }
}

/// A step as inventories tell it, in one word or two.
fn step_in_words(step: &Step, shown: &mut dyn FnMut(&str) -> String) -> String {
    let object = serde_json::to_value(step).unwrap_or_default();
    match object["name"].as_str() {
        Some(name) => shown(name),
        None => in_words(object, shown),
    }
}

/// A place as inventories tell it, in words: `sheet Deltagare, cell C14`.
fn place_in_words(place: &Place, shown: &mut dyn FnMut(&str) -> String) -> String {
    in_words(serde_json::to_value(place).unwrap_or_default(), shown)
}

fn in_words(object: Value, shown: &mut dyn FnMut(&str) -> String) -> String {
    let Value::Object(fields) = object else { return String::new() };
    let told = |name: &str| !["kind", "rect", "byte_start", "byte_end", "key"].contains(&name);
    let words = |fields: &Map<String, Value>, shown: &mut dyn FnMut(&str) -> String| {
        let told = fields.iter().filter(|(name, _)| told(name));
        told.map(|(name, value)| match value {
            Value::String(text) => format!("{name} {}", shown(text)),
            other => format!("{name} {other}"),
        })
        .collect::<Vec<_>>()
    };
    let kind = fields.get("kind").and_then(Value::as_str).unwrap_or_default().replace('_', " ");
    match words(&fields, shown) {
        words if words.is_empty() => kind,
        words => words.join(", "),
    }
}

/// What makes a finding the same from run to run, though lines may have moved: nothing of its value
/// goes into it but what the baseline tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(pub String);

/// A line of a file, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// Its text.
    pub text: String,
    /// Characters before the value.
    pub before: usize,
    /// Characters of the value.
    pub length: usize,
}

/// Characters of a long line that are shown before and after the value.
const AROUND: usize = 60;

impl SourceLine {
    /// The line of the bytes from and to which a value stands, cut where it is long.
    #[must_use]
    pub fn of(content: &[u8], (start, end): (u64, u64)) -> Option<SourceLine> {
        let (start, end) = (usize::try_from(start).ok()?, usize::try_from(end).ok()?);
        let value = content.get(start..end)?;
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let from = content[..start].iter().rposition(is_end).map_or(0, |at| at + 1);
        let to = content[end..].iter().position(is_end).map_or(content.len(), |at| end + at);
        let text = |bytes: &[u8]| harmless(&String::from_utf8_lossy(bytes).replace('\t', " "));
        let (before, value) = (text(&content[from..start]), text(value));
        let left: Vec<char> = before.chars().collect();
        let left: String = left[left.len().saturating_sub(AROUND)..].iter().collect();
        let right: String = text(&content[end..to]).chars().take(AROUND).collect();
        let (before, length) = (left.chars().count(), value.chars().count());
        Some(SourceLine { text: format!("{left}{value}{right}"), before, length })
    }
}

/// Something that must not stand where it does.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Where.
    pub at: Where,
    /// What it is.
    pub category: Category,
    /// How sure we are.
    pub confidence: Confidence,
    /// The same as a number.
    pub score: f32,
    /// The value, masked.
    pub masked: String,
    /// What speaks for and against.
    pub evidence: Evidence,
    /// Finer kinds.
    pub attributes: Attributes,
    /// What makes it the same from run to run.
    pub fingerprint: Fingerprint,
    /// What became of an exception that was to allow it.
    pub notes: Vec<String>,
    /// The line it stands on, unmasked, if that was asked for.
    pub line: Option<SourceLine>,
}

/// Something that could not be read.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Where.
    pub at: Where,
    /// Why.
    pub reason: Reason,
    /// What a person can act on.
    pub detail: String,
    /// The rest of it was read.
    pub partial: bool,
}

impl Verdict {
    /// Was everything read that should have been?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.interrupted && !self.unread.iter().any(|unread| unread.reason.is_incomplete())
    }
}
