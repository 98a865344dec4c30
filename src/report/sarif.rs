//! SARIF 2.1.0 (OASIS, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>), for the systems that show
//! such results beside code. Values are masked always, whatever the inventory shows; paths are what
//! the caller masks.
//!
//! Readers take so many results and no more (GitHub shows 5,000 of a run): the surest stay, and the
//! log says what was left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Line, Output, Report, Summary, split_lines};
use crate::model::Confidence;

/// Results in a log.
pub const MOST: usize = 5000;
/// Notes in a log.
const NOTES: usize = 1000;

/// Where something is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The file's path, with `/`.
    pub path: String,
    /// Line and column in its text, from 1.
    pub text: Option<(u64, u64)>,
    /// Any other place in it, in words.
    pub inner: Option<String>,
}

impl Spot {
    fn to_json(&self) -> Value {
        let mut location = json!({
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&self.path), "uriBaseId": "%SRCROOT%" }
            }
        });
        if let Some((line, column)) = self.text {
            location["physicalLocation"]["region"] =
                json!({ "startLine": line, "startColumn": column });
        }
        if let Some(inner) = &self.inner {
            location["logicalLocations"] = json!([{ "fullyQualifiedName": inner }]);
        }
        location
    }
}

/// A path as a relative URI (RFC 3986): what is reserved is written as its bytes.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    // A colon in the first segment would make it a scheme; `//` an authority.
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'*' => {
                out.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// A result.
#[derive(Clone, Debug)]
pub struct Entry<'e> {
    /// The category.
    pub rule: &'e str,
    /// How sure we are.
    pub confidence: Confidence,
    /// What is said of it.
    pub message: String,
    /// Where it is.
    pub spot: Spot,
    /// What makes it the same from run to run; holds nothing of a value.
    pub fingerprint: &'e str,
    /// What else is known; none if it is null.
    pub properties: Value,
}

/// Something that is not a result, such as a file that could not be read.
#[derive(Clone, Debug)]
pub struct Note {
    /// What is said.
    pub text: String,
    /// Where it is.
    pub spot: Option<Spot>,
}

/// A log of one run.
#[derive(Debug)]
pub struct Log {
    version: String,
    successful: bool,
    rules: BTreeMap<String, Value>,
    /// Results by confidence, each with its number.
    results: [Vec<(u64, Value)>; 3],
    met: u64,
    notes: Vec<Value>,
    more_notes: u64,
}

impl Log {
    /// A log of this version of the program; `successful` says that the run came to its end.
    #[must_use]
    pub fn new(version: &str, successful: bool) -> Log {
        Log {
            version: version.to_owned(),
            successful,
            rules: BTreeMap::new(),
            results: Default::default(),
            met: 0,
            notes: Vec::new(),
            more_notes: 0,
        }
    }

    /// Describes a category.
    pub fn rule(&mut self, id: &str, description: &str, help: Option<&str>) {
        if self.rules.contains_key(id) {
            return;
        }
        let mut rule = json!({
            "id": id,
            "shortDescription": { "text": description },
            "properties": { "tags": ["privacy", "personal-data"] },
        });
        if let Some(help) = help {
            rule["help"] = json!({ "text": help });
        }
        self.rules.insert(id.to_owned(), rule);
    }

    /// Is a result of this confidence still wanted?
    #[must_use]
    pub fn wants(&self, confidence: Confidence) -> bool {
        let surer: usize = self.results[confidence as usize..].iter().map(Vec::len).sum();
        surer < MOST
    }

    /// Counts a result that is not wanted.
    pub fn pass(&mut self) {
        self.met += 1;
    }

    /// Adds a result.
    pub fn add(&mut self, entry: Entry<'_>) {
        self.met += 1;
        if !self.wants(entry.confidence) {
            return;
        }
        let level = match entry.confidence {
            Confidence::High => "error",
            Confidence::Medium => "warning",
            Confidence::Low => "note",
        };
        let mut result = json!({
            "ruleId": entry.rule,
            "level": level,
            "message": { "text": entry.message },
            "locations": [entry.spot.to_json()],
            // With the second name, GitHub takes no hash of the line itself.
            "partialFingerprints": {
                "sparhund/v1": entry.fingerprint,
                "primaryLocationLineHash": entry.fingerprint,
            },
        });
        let mut properties = match entry.properties {
            Value::Object(properties) => properties,
            _ => Map::new(),
        };
        properties.insert("confidence".to_owned(), json!(entry.confidence.id()));
        result["properties"] = Value::Object(properties);
        self.results[entry.confidence as usize].push((self.met, result));
    }

    /// Adds a note.
    pub fn note(&mut self, note: Note) {
        if self.notes.len() >= NOTES {
            self.more_notes += 1;
            return;
        }
        let mut notification = json!({ "level": "warning", "message": { "text": note.text } });
        if let Some(spot) = note.spot {
            notification["locations"] = json!([spot.to_json()]);
        }
        self.notes.push(notification);
    }

    /// Writes the log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        let [low, medium, high] = self.results;
        let mut results: Vec<(u64, Value)> =
            high.into_iter().chain(medium).chain(low).take(MOST).collect();
        results.sort_by_key(|(n, _)| *n);
        let results: Vec<Value> = results.into_iter().map(|(_, result)| result).collect();
        let (shown, left) = (results.len() as u64, self.more_notes);
        let mut say = |text: String| {
            self.notes.push(json!({ "level": "warning", "message": { "text": text } }));
        };
        if self.met > shown {
            say(format!("this log holds {shown} of {} findings, the surest", self.met));
        }
        if left > 0 {
            say(format!("{left} more notes were left out"));
        }
        let rules: Vec<Value> = self.rules.into_values().collect();
        let driver = json!({
            "name": "sparhund",
            "semanticVersion": self.version,
            "rules": rules,
        });
        let log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": driver },
                "columnKind": "unicodeCodePoints",
                "invocations": [{
                    "executionSuccessful": self.successful,
                    "toolExecutionNotifications": self.notes,
                }],
                "results": results,
            }],
        });
        serde_json::to_writer_pretty(&mut *out, &log)?;
        out.write_all(b"\n")
    }
}

/// Shows a path or a label as it may be shown in a log.
pub type Mask = Box<dyn FnMut(&str) -> String + Send>;

/// The `sarif` form of an inventory.
pub struct Sarif {
    out: Output,
    log: Log,
    mask: Mask,
    /// Sources that are folders.
    folders: Vec<String>,
}

impl Sarif {
    /// Writes to `out`; `mask` masks what is personal in paths, members and labels.
    #[must_use]
    pub fn new(out: Output, mask: Mask) -> Sarif {
        let log = Log::new(env!("CARGO_PKG_VERSION"), true);
        Sarif { out, log, mask, folders: Vec::new() }
    }

    fn finding(&mut self, line: &[u8]) {
        let confidence = confidence(line);
        if !self.log.wants(confidence) {
            self.log.pass();
            return;
        }
        let Ok(finding) = serde_json::from_slice::<Value>(line) else { return };
        let word = |pointer| finding.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (category, masked) = (word("/category"), word("/value/masked"));
        let clues = finding["evidence"].as_array().into_iter().flatten();
        let clues: Vec<&str> = clues.filter_map(Value::as_str).collect();
        let is_test = finding["attributes"]["test_identity"] == json!(true);
        let test = if is_test { ", published for tests" } else { "" };
        let message = format!("{category} {masked}{test} ({})", clues.join(", "));
        self.log.rule(category, &format!("Personal data: {}", category.replace('_', " ")), None);
        let spot = self.spot(&finding["location"]);
        self.log.add(Entry {
            rule: category,
            confidence,
            message,
            spot,
            fingerprint: word("/id"),
            properties: json!({
                "test_identity": is_test,
                "special_category": finding["attributes"]["special_category"],
            }),
        });
    }

    fn spot(&mut self, location: &Value) -> Spot {
        let word = |name: &str| location[name].as_str().unwrap_or_default();
        let (source, path) = (word("source"), word("path"));
        let whole = match path {
            "" => source.to_owned(),
            path if self.folders.iter().any(|folder| folder == source) => {
                format!("{source}/{path}")
            }
            path if source == "-" => path.to_owned(),
            _ => source.to_owned(),
        };
        let mut inner: Vec<String> = Vec::new();
        for step in location["inside"].as_array().into_iter().flatten() {
            inner.push(match step["name"].as_str() {
                Some(name) => (self.mask)(name),
                None => self.words(step),
            });
        }
        let at = &location["at"];
        let number = |name: &str| at[name].as_u64();
        let mut text = number("line").zip(number("column"));
        if !inner.is_empty() {
            text = None;
        }
        if text.is_none() && at.is_object() {
            inner.push(self.words(at));
        }
        let inner = (!inner.is_empty()).then(|| inner.join(" > "));
        Spot { path: (self.mask)(&whole), text, inner }
    }

    /// A place or a step in words.
    fn words(&mut self, object: &Value) -> String {
        let mut words = Vec::new();
        for (name, value) in object.as_object().into_iter().flatten() {
            match (name.as_str(), value) {
                ("kind" | "rect" | "byte_start" | "byte_end" | "key" | "name_bytes", _) => {}
                (name, Value::String(text)) => words.push(format!("{name} {}", (self.mask)(text))),
                (name, value) => words.push(format!("{name} {value}")),
            }
        }
        if words.is_empty() {
            words.push(object["kind"].as_str().unwrap_or_default().replace('_', " "));
        }
        words.join(", ")
    }

    fn unread(&mut self, line: &[u8]) {
        let Ok(unread) = serde_json::from_slice::<Value>(line) else { return };
        let word = |name: &str| unread[name].as_str().unwrap_or_default();
        let text = format!("not read, {}: {}", word("reason"), word("detail"));
        let spot = Some(self.spot(&unread["location"]));
        self.log.note(Note { text, spot });
    }

    fn source(&mut self, line: &[u8]) {
        let Ok(source) = serde_json::from_slice::<Value>(line) else { return };
        if source["kind"] == "folder" {
            self.folders.extend(source["id"].as_str().map(str::to_owned));
        }
    }
}

/// The confidence of a finding's line: our own writers put it among the first fields.
fn confidence(line: &[u8]) -> Confidence {
    let has = |word: &str| memchr::memmem::find(line, word.as_bytes()).is_some();
    match () {
        () if has("\"confidence\":\"high\"") => Confidence::High,
        () if has("\"confidence\":\"medium\"") => Confidence::Medium,
        () => Confidence::Low,
    }
}

impl Report for Sarif {
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        for line in split_lines(lines) {
            match Line::of(line) {
                Some(Line::Finding) => self.finding(line),
                Some(Line::Unread) => self.unread(line),
                Some(Line::Source) => self.source(line),
                _ => {}
            }
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        for reason in &summary.reasons {
            self.log.note(Note { text: format!("incomplete: {reason}"), spot: None });
        }
        let empty = Log::new(env!("CARGO_PKG_VERSION"), true);
        let mut log = std::mem::replace(&mut self.log, empty);
        log.successful = !summary.interrupted;
        log.write(&mut self.out)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_uris() {
        let check = |path: &str, want: &str| assert_eq!(uri(path), want);
        check("a/b.txt", "a/b.txt");
        check("/srv/å b", "srv/%C3%A5%20b");
        check("c:d", "c%3Ad");
        check("1985****-****/x", "1985****-****/x");
    }

    #[test]
    fn the_surest_stay_and_the_rest_is_told() {
        let mut log = Log::new("0", true);
        for n in 0..2 * MOST {
            let confidence = if n % 4 == 0 { Confidence::High } else { Confidence::Medium };
            log.add(Entry {
                rule: "phone",
                confidence,
                message: n.to_string(),
                spot: Spot::default(),
                fingerprint: "x",
                properties: Value::Null,
            });
        }
        let mut out = Vec::new();
        log.write(&mut out).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), MOST);
        assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), MOST / 2);
        let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(said, "this log holds 5000 of 10000 findings, the surest");
    }
}
