//! The lines that close a unit's report: what was not read of it, and what became of it.

use super::finding::{file_name, place_seed, write_id, write_place};
use super::key::Key;
use super::text;
use crate::model::{
    FileName, KeyRange, Ledger, Place, Problem, Reason, Skipped, Step, TablePart, UnitKind,
};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

/// What became of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has a name and nothing else: a folder.
    Named,
    /// Read.
    Scanned,
    /// Read in part.
    Partly,
    /// Passed over on purpose.
    Skipped(Skipped),
    /// Should have been read and was not.
    Unread(Reason),
}

/// Counts one file or member.
pub(super) fn count(ledger: &mut Ledger, outcome: Outcome) {
    match outcome {
        Outcome::Named => {}
        Outcome::Scanned => ledger.scanned += 1,
        Outcome::Partly => {
            ledger.scanned += 1;
            ledger.partial += 1;
        }
        Outcome::Skipped(why) => ledger.skip(why),
        Outcome::Unread(why) => ledger.unread(why),
    }
}

/// What a unit is called: exactly, for its id and those of what is found in it, and as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct UnitName<'a> {
    /// Id of its source.
    pub source: &'a str,
    /// Its path.
    pub path: &'a FileName,
    /// Its source as it is shown.
    pub shown_source: &'a str,
    /// Its path as it is shown.
    pub shown: &'a FileName,
    /// It is found by its path; of a database the places say all.
    pub has_path: bool,
}

/// Everything a unit line says.
#[derive(Clone, Debug)]
pub struct UnitLine<'a> {
    /// What it is called.
    pub name: UnitName<'a>,
    /// What it is.
    pub kind: UnitKind,
    /// Which part of a table, where it is one.
    pub part: Option<&'a TablePart>,
    /// How many of a million rows were read, where not all were.
    pub share: Option<u32>,
    /// Stored bytes that were read.
    pub bytes: u64,
    /// When it was last written: seconds since 1970 and nanoseconds.
    pub modified: Option<(i64, u32)>,
    /// XXH3-128 of the stored bytes.
    pub digest: Option<u128>,
    /// Findings reported.
    pub findings: u64,
    /// Nothing that should have been read is missing.
    pub complete: bool,
    /// What became of it.
    pub outcome: Outcome,
}

impl UnitLine<'_> {
    /// Writes the line. Without a key only the first 8 bits of the digest are shown: a digest of a
    /// small file that holds one number could be reversed by trying all numbers. With a key it is
    /// 128 bits of a keyed hash.
    pub fn write(&self, out: &mut Vec<u8>, ledger: &Ledger, key: Option<&Key>) {
        out.extend_from_slice(b"{\"type\":\"unit\"");
        identity(out, self.kind, &self.name, self.part);
        if let Some(share) = self.share {
            let share = format!(",\"sample\":{}", f64::from(share) / 1_000_000.0);
            out.extend_from_slice(share.as_bytes());
        }
        out.extend_from_slice(b",\"bytes\":");
        text::number(out, self.bytes);
        if let Some((seconds, nanos)) = self.modified {
            out.extend_from_slice(b",\"modified\":\"");
            text::time(out, seconds, nanos);
            out.push(b'"');
        }
        if let Some(digest) = self.digest {
            out.extend_from_slice(b",\"digest\":\"");
            match key {
                Some(key) => text::hex(out, &key.digest(digest)),
                None => text::hex(out, &digest.to_be_bytes()[..1]),
            }
            out.push(b'"');
        }
        out.extend_from_slice(b",\"findings\":");
        text::number(out, self.findings);
        out.extend_from_slice(if self.complete {
            b",\"complete\":true"
        } else {
            b",\"complete\":false"
        });
        write_ledger(out, ledger);
        out.extend_from_slice(b"}\n");
    }
}

/// Writes the unit's part of the summary's ledger, without what there is none of.
fn write_ledger(out: &mut Vec<u8>, ledger: &Ledger) {
    out.extend_from_slice(b",\"ledger\":{");
    let start = out.len();
    write_count(out, start, "scanned", ledger.scanned);
    write_count(out, start, "partial", ledger.partial);
    let skipped = ledger.skipped.iter().map(|(why, n)| (why.id(), *n));
    write_counts(out, start, "skipped", skipped);
    let unread = ledger.unread.iter().map(|(why, n)| (why.id(), *n));
    write_counts(out, start, "unread", unread);
    out.push(b'}');
}

fn write_counts(
    out: &mut Vec<u8>,
    start: usize,
    name: &str,
    counts: impl Iterator<Item = (&'static str, u64)>,
) {
    let mut counts = counts.peekable();
    if counts.peek().is_none() {
        return;
    }
    write_name(out, start, name);
    out.push(b'{');
    let start = out.len();
    counts.for_each(|(why, n)| write_count(out, start, why, n));
    out.push(b'}');
}

fn write_count(out: &mut Vec<u8>, start: usize, name: &str, n: u64) {
    if n > 0 {
        write_name(out, start, name);
        text::number(out, n);
    }
}

/// A field's name, after a comma if it is not the first of the object whose fields begin at `start`.
fn write_name(out: &mut Vec<u8>, start: usize, name: &str) {
    if out.len() > start {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// The word for a kind of unit.
#[must_use]
pub const fn kind_id(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::File => "file",
        UnitKind::Folder => "folder",
        UnitKind::Stdin => "stdin",
        UnitKind::Table => "table",
    }
}

/// The 20 hexadecimal digits that name a unit.
#[must_use]
pub fn unit_id(
    source: &str,
    kind: UnitKind,
    path: &FileName,
    part: Option<&TablePart>,
) -> [u8; 20] {
    let mut id = [0; 20];
    let mut seed = place_seed(source, 1 + kind as u8, path.as_bytes());
    // Parts of one table differ in their rows only.
    if let Some(part) = part.filter(|part| part.of > 1) {
        let range = part.range.as_ref().map(|range| (range.from, range.to));
        seed ^= xxh3_128(format!("{} {} {range:?}", part.number, part.of).as_bytes());
    }
    write_id(&mut id, seed.to_be_bytes());
    id
}

/// Writes `,"id":…,"source":…,"kind":…,"path":…`, or `table` for `path`.
fn identity(out: &mut Vec<u8>, kind: UnitKind, name: &UnitName<'_>, part: Option<&TablePart>) {
    out.extend_from_slice(b",\"id\":\"");
    out.extend_from_slice(&unit_id(name.source, kind, name.path, part));
    out.extend_from_slice(b"\",\"source\":");
    text::string(out, name.shown_source);
    out.extend_from_slice(b",\"kind\":\"");
    out.extend_from_slice(kind_id(kind).as_bytes());
    out.push(b'"');
    if name.has_path {
        file_name(out, "path", name.shown);
    } else if !name.shown.as_bytes().is_empty() {
        file_name(out, "table", name.shown);
    }
    if let Some(part) = part.filter(|part| part.of > 1) {
        let part = TableRange { number: part.number, of: part.of, range: part.range.as_ref() };
        out.extend_from_slice(b",\"part\":");
        serde_json::to_writer(out, &part).expect("a part is plain data, the buffer grows");
    }
}

/// Which rows of a table.
#[derive(Serialize)]
struct TableRange<'p> {
    number: u32,
    of: u32,
    #[serde(flatten)]
    range: Option<&'p KeyRange>,
}

/// Writes an `unread` line. `location` is that of the unit, open at its end.
pub(super) fn write_unread(out: &mut Vec<u8>, location: &[u8], problem: &Problem) {
    out.extend_from_slice(b"{\"type\":\"unread\",");
    out.extend_from_slice(location);
    write_inside(out, &problem.inside);
    if let Some(at) = &problem.at {
        write_at(out, at);
    }
    out.extend_from_slice(b"},\"reason\":\"");
    out.extend_from_slice(problem.reason.id().as_bytes());
    out.extend_from_slice(b"\",\"detail\":");
    text::string(out, &problem.detail);
    if problem.partial {
        out.extend_from_slice(b",\"partial\":true");
    }
    out.extend_from_slice(b"}\n");
}

/// Writes `,"inside":[…]` where there are steps.
pub(super) fn write_inside(out: &mut Vec<u8>, steps: &[Step]) {
    if steps.is_empty() {
        return;
    }
    out.extend_from_slice(b",\"inside\":");
    serde_json::to_writer(&mut *out, steps).expect("steps are plain data, the buffer grows");
}

/// Writes `,"at":…`.
pub(super) fn write_at(out: &mut Vec<u8>, place: &Place) {
    out.extend_from_slice(b",\"at\":");
    write_place(out, place);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(outcome: Outcome, path: &[u8], want: &str) {
        let path = FileName::new(path.to_vec());
        let line = UnitLine {
            name: UnitName {
                source: "share",
                path: &path,
                shown_source: "share",
                shown: &path,
                has_path: true,
            },
            kind: UnitKind::File,
            part: None,
            share: None,
            bytes: 12,
            modified: Some((1_700_000_000, 500_000_000)),
            digest: Some(0xAB << 120),
            findings: 2,
            complete: true,
            outcome,
        };
        let (mut out, mut ledger) = (Vec::new(), Ledger::default());
        count(&mut ledger, outcome);
        line.write(&mut out, &ledger, None);
        let id = String::from_utf8(unit_id("share", UnitKind::File, &path, None).to_vec()).unwrap();
        let got: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let want = want.replace("ID", &id);
        assert_eq!(got, serde_json::from_str::<serde_json::Value>(&want).unwrap());
    }

    #[test]
    fn unit_lines_say_what_became_of_it() {
        check(
            Outcome::Partly,
            b"a/b.txt",
            r#"{"type":"unit","id":"ID","source":"share","kind":"file","path":"a/b.txt","bytes":12,
                "modified":"2023-11-14T22:13:20.500Z","digest":"ab","findings":2,"complete":true,
                "ledger":{"scanned":1,"partial":1}}"#,
        );
        check(
            Outcome::Skipped(Skipped::Link),
            b"r\xE5",
            r#"{"type":"unit","id":"ID","source":"share","kind":"file","path":"r�","path_bytes":"cuU=",
                "bytes":12,"modified":"2023-11-14T22:13:20.500Z","digest":"ab","findings":2,
                "complete":true,"ledger":{"skipped":{"link":1}}}"#,
        );
    }
}
