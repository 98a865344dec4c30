//! Folds streams of reports into one inventory.
//!
//! Of several reports of one unit the greatest stands, by (complete, digest, bytes of the report):
//! the order of the streams, repeats, and merging what was merged make no difference. Reports wait in
//! an unnamed file that only this process can open; in memory there is a line of an index a unit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use serde::Deserialize;
use xxhash_rust::xxh3::Xxh3;

use super::lines::{self, Next};
use super::wire::{self, UnitObject};
use crate::model::{Category, Confidence, Ledger, Own, Reason, Skipped};
use crate::report::{
    Header, Line, Report, SourceLine, Summary, Tally, in_temporary_folder, split_lines,
    waiting_file,
};
use crate::validate::date::Date;

/// Bytes a line of a stream may have.
const LONGEST: usize = 8 * 1024 * 1024;

/// Why streams cannot be merged.
#[derive(Debug)]
pub enum MergeError {
    /// They say different things that should be the same.
    Disagree(String),
    /// A line is none of an inventory.
    Line(String),
    /// There is no header in any of them.
    Empty,
    /// Reading, or the waiting file, failed.
    Io(io::Error),
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeError::Disagree(what) => write!(
                f,
                "it differs from the others in {what}: merge only what was made by the same version, rules \
                 and options"
            ),
            MergeError::Line(what) => write!(f, "it is no inventory: {what}"),
            MergeError::Empty => write!(f, "there is no inventory in the streams: no header line"),
            MergeError::Io(error) => write!(f, "it cannot be read: {error}"),
        }
    }
}

impl std::error::Error for MergeError {}

impl From<io::Error> for MergeError {
    fn from(error: io::Error) -> MergeError {
        MergeError::Io(error)
    }
}

/// Streams being folded.
pub struct Merge {
    header: Option<Header>,
    sources: BTreeSet<SourceLine>,
    units: BTreeMap<String, Entry>,
    spool: BufWriter<File>,
    end: u64,
    /// A stream ended before its work was done.
    cut_off: bool,
    /// What their summaries say was not done.
    reasons: BTreeSet<String>,
    finished: String,
    /// Units that should be there and are not.
    missing: Option<Vec<String>>,
}

/// The report of a unit, as it waits.
struct Entry {
    source: String,
    /// The exact path, with `/` as the least byte, so that a folder's content follows the folder.
    order: Vec<u8>,
    /// Parts of a table come in order.
    part: u32,
    complete: bool,
    digest: Option<String>,
    at: u64,
    len: u64,
    hash: u128,
}

/// What merging needs to know of a unit line.
#[derive(Deserialize)]
struct UnitHead {
    id: String,
    source: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    path_bytes: Option<String>,
    /// The table, where it is one.
    #[serde(default)]
    table: Option<String>,
    #[serde(default)]
    part: Option<PartHead>,
    #[serde(default)]
    bytes: u64,
    #[serde(default)]
    digest: Option<String>,
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    findings: u64,
    #[serde(default)]
    ledger: LedgerHead,
}

/// Which part of a table.
#[derive(Deserialize)]
struct PartHead {
    number: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LedgerHead {
    scanned: u64,
    partial: u64,
    skipped: BTreeMap<String, u64>,
    unread: BTreeMap<Reason, u64>,
}

/// What merging needs to know of a finding.
#[derive(Deserialize)]
struct FindingHead {
    category: String,
    confidence: String,
    attributes: AttributesHead,
}

#[derive(Deserialize)]
struct AttributesHead {
    #[serde(default)]
    test_identity: bool,
}

#[derive(Deserialize)]
struct UnreadHead {
    reason: Reason,
}

#[derive(Deserialize)]
struct SummaryHead {
    #[serde(default)]
    interrupted: bool,
    #[serde(default)]
    reasons: BTreeSet<String>,
    #[serde(default)]
    finished: String,
}

/// A report as it is read: where it begins in the waiting file.
struct Open {
    at: u64,
    hash: Xxh3,
}

impl Merge {
    /// Nothing yet.
    ///
    /// # Errors
    /// When there is no room for the waiting file.
    pub fn new() -> io::Result<Merge> {
        Ok(Merge {
            header: None,
            sources: BTreeSet::new(),
            units: BTreeMap::new(),
            spool: BufWriter::with_capacity(128 * 1024, waiting_file()?),
            end: 0,
            cut_off: false,
            reasons: BTreeSet::new(),
            finished: String::new(),
            missing: None,
        })
    }

    /// Adds a stream. One that was cut off counts as far as its units go.
    ///
    /// # Errors
    /// When it is none, or does not fit the others.
    pub fn add(&mut self, stream: &mut dyn BufRead) -> Result<(), MergeError> {
        let mut line = Vec::new();
        let mut open = Open { at: self.end, hash: Xxh3::new() };
        let (mut begun, mut ended) = (false, false);
        loop {
            if lines::next(stream, LONGEST, &mut line)? == Next::TooLong {
                return Err(too_long());
            }
            // The last line of a stream that was cut off has no end; a whole summary needs none.
            if line.last() != Some(&b'\n') {
                if kind_of(&line) == Some(Line::Summary) {
                    ended = self.line(&line, &mut open).unwrap_or(false);
                }
                break;
            }
            // Streams may follow one another in one file, and each may be cut off.
            self.cut_off |= kind_of(&line) == Some(Line::Header) && begun && !ended;
            begun = true;
            ended = self.line(&line, &mut open)?;
        }
        self.cut_off |= !ended;
        Ok(())
    }

    /// Forgets the lines of a unit that was never finished.
    fn drop_unfinished(&mut self, open: &mut Open) {
        if open.at < self.end {
            *open = Open { at: self.end, hash: Xxh3::new() };
            self.cut_off = true;
        }
    }

    /// Takes a line. True if it was the last of a whole stream.
    fn line(&mut self, line: &[u8], open: &mut Open) -> Result<bool, MergeError> {
        let object = || String::from_utf8_lossy(&line[..line.len().min(40)]).into_owned();
        match kind_of(line).ok_or_else(|| MergeError::Line(object()))? {
            Line::Header => {
                self.drop_unfinished(open);
                self.meet_header(parse(line)?)?;
            }
            Line::Source => {
                self.drop_unfinished(open);
                self.sources.insert(parse(line)?);
            }
            Line::Finding | Line::Unread => self.keep(line, open)?,
            Line::Unit => {
                self.keep(line, open)?;
                self.close(parse(line)?, open)?;
            }
            Line::Summary => {
                self.drop_unfinished(open);
                let summary: SummaryHead = parse(line)?;
                self.reasons.extend(summary.reasons);
                self.finished = std::mem::take(&mut self.finished).max(summary.finished);
                return Ok(!summary.interrupted);
            }
        }
        Ok(false)
    }

    fn keep(&mut self, line: &[u8], open: &mut Open) -> io::Result<()> {
        self.spool.write_all(line).map_err(in_temporary_folder)?;
        self.end += line.len() as u64;
        open.hash.update(line);
        Ok(())
    }

    /// The header of all: what must be the same is, the first to begin counts.
    fn meet_header(&mut self, mut header: Header) -> Result<(), MergeError> {
        let Some(known) = self.header.take() else {
            self.header = Some(header);
            return Ok(());
        };
        for (what, same) in [
            ("the schema's version", known.schema == header.schema),
            ("the program's version", known.tool == header.tool),
            ("rules", known.rules == header.rules),
            ("--values", known.values == header.values),
            ("the key", known.key_id == header.key_id),
            ("--min-confidence", known.min_confidence == header.min_confidence),
            ("--reference-date", known.reference_date == header.reference_date),
        ] {
            if !same {
                return Err(MergeError::Disagree(what.to_owned()));
            }
        }
        header.started = header.started.min(known.started);
        self.header = Some(header);
        Ok(())
    }

    /// A report is whole: it stands if it is greater than what is there.
    fn close(&mut self, unit: UnitHead, open: &mut Open) -> Result<(), MergeError> {
        let name = unit.table.as_ref().unwrap_or(&unit.path);
        let path = wire::exact(name, unit.path_bytes.as_deref()).map_err(MergeError::Line)?;
        let done = std::mem::replace(open, Open { at: self.end, hash: Xxh3::new() });
        let entry = Entry {
            source: unit.source,
            order: path.into_iter().map(|byte| if byte == b'/' { 0 } else { byte }).collect(),
            part: unit.part.map_or(0, |part| part.number),
            complete: unit.complete,
            digest: unit.digest,
            at: done.at,
            len: self.end - done.at,
            hash: done.hash.digest128(),
        };
        let stands = match self.units.remove(&unit.id) {
            Some(known) if self.is_greater(&known, &entry)? => known,
            _ => entry,
        };
        self.units.insert(unit.id, stands);
        Ok(())
    }

    fn is_greater(&mut self, a: &Entry, b: &Entry) -> io::Result<bool> {
        let rank = |e: &Entry| (e.complete, e.digest.clone());
        if rank(a) != rank(b) {
            return Ok(rank(a) > rank(b));
        }
        if a.hash == b.hash && a.len == b.len {
            return Ok(true);
        }
        self.spool.flush()?;
        let order = self.compare(a, b)?;
        Ok(order.is_gt())
    }

    /// Which of two waiting reports has the greater bytes.
    fn compare(&mut self, a: &Entry, b: &Entry) -> io::Result<std::cmp::Ordering> {
        let mut done = 0;
        loop {
            let (left, right) = (self.read(a, done)?, self.read(b, done)?);
            let order = left.cmp(&right);
            if order.is_ne() || left.is_empty() {
                return Ok(order);
            }
            done += left.len() as u64;
        }
    }

    /// A piece of a waiting report.
    fn read(&mut self, entry: &Entry, from: u64) -> io::Result<Vec<u8>> {
        let file = self.spool.get_mut();
        file.seek(SeekFrom::Start(entry.at + from))?;
        let mut piece = Vec::new();
        file.take((entry.len - from).min(64 * 1024)).read_to_end(&mut piece)?;
        file.seek(SeekFrom::End(0))?;
        Ok(piece)
    }

    /// Looks whether all units of a list are there. What the streams say of being cut off does not
    /// matter then.
    ///
    /// # Errors
    /// When the list is none.
    pub fn expect(&mut self, units: &mut dyn BufRead) -> Result<(), MergeError> {
        let missing = self.missing.get_or_insert_default();
        let mut line = Vec::new();
        loop {
            match lines::next(units, LONGEST, &mut line)? {
                Next::End => return Ok(()),
                Next::TooLong => return Err(too_long()),
                Next::Line if line.trim_ascii().is_empty() => continue,
                Next::Line => {}
            }
            let unit = UnitObject::parse(&line).map_err(MergeError::Line)?;
            if !self.units.contains_key(&unit.id) {
                missing.push(unit.table.or(unit.path).unwrap_or_default());
            }
        }
    }

    /// Is there anything to write?
    ///
    /// # Errors
    /// When no stream had a header.
    pub fn check(&self) -> Result<(), MergeError> {
        self.header.as_ref().map_or(Err(MergeError::Empty), |_| Ok(()))
    }

    /// The streams' reference date.
    #[must_use]
    pub fn reference(&self) -> Option<Date> {
        self.header.as_ref()?.reference_date.parse().ok()
    }

    /// The paths of the units that are missing.
    #[must_use]
    pub fn missing(&self) -> &[String] {
        self.missing.as_deref().unwrap_or_default()
    }

    /// Writes the inventory, without findings below `least`.
    ///
    /// # Errors
    /// When the streams held no header, the waiting file cannot be read or the report not written.
    pub fn write(
        mut self,
        least: Confidence,
        report: &mut dyn Report,
    ) -> Result<Summary, MergeError> {
        let mut header = self.header.take().ok_or(MergeError::Empty)?;
        let least =
            grade(&header.min_confidence).map_or(least, |least_found| least.max(least_found));
        header.min_confidence = least.id().to_owned();
        report.lines(&header.to_line())?;
        for source in &self.sources {
            report.lines(&source.to_line())?;
        }
        let mut entries: Vec<(String, Entry)> =
            std::mem::take(&mut self.units).into_iter().collect();
        entries.sort_by(|(a_id, a), (b_id, b)| {
            (&a.source, &a.order, a.part, a_id).cmp(&(&b.source, &b.order, b.part, b_id))
        });
        self.spool.flush()?;
        let mut writer = Filter { least, tally: Tally::default(), found: 0, out: Vec::new() };
        for (_, entry) in &entries {
            self.write_report(entry, &mut writer, report)?;
        }
        // Whether all is there, the list of units knows better than the streams.
        let (interrupted, reasons) = match &self.missing {
            Some(missing) => (!missing.is_empty(), BTreeSet::new()),
            None => (self.cut_off, std::mem::take(&mut self.reasons)),
        };
        let finished = if self.finished.is_empty() { header.started } else { self.finished };
        let summary = Summary { tally: writer.tally, interrupted, reasons, finished };
        report.end(&summary)?;
        Ok(summary)
    }

    fn write_report(
        &mut self,
        entry: &Entry,
        filter: &mut Filter,
        report: &mut dyn Report,
    ) -> Result<(), MergeError> {
        let file = self.spool.get_mut();
        file.seek(SeekFrom::Start(entry.at))?;
        let mut lines = io::BufReader::with_capacity(64 * 1024, file.take(entry.len));
        let mut line = Vec::new();
        filter.found = 0;
        while lines.read_until(b'\n', &mut line)? > 0 {
            filter.line(&line)?;
            line.clear();
            if filter.out.len() >= 64 * 1024 {
                report.lines(&filter.out)?;
                filter.out.clear();
            }
        }
        report.lines(&filter.out)?;
        filter.out.clear();
        Ok(())
    }
}

/// Leaves out findings and counts what stays.
#[derive(Debug)]
pub(super) struct Filter {
    least: Confidence,
    /// What stays, in numbers.
    pub(super) tally: Tally,
    /// Findings of the unit at hand that stay.
    found: u64,
    /// What stays.
    pub(super) out: Vec<u8>,
}

impl Filter {
    /// Leaves out nothing.
    pub(super) fn all() -> Filter {
        Filter { least: Confidence::Low, tally: Tally::default(), found: 0, out: Vec::new() }
    }

    /// Takes whole lines.
    pub(super) fn lines(&mut self, lines: &[u8]) -> Result<(), MergeError> {
        split_lines(lines).try_for_each(|line| self.line(line))
    }

    fn line(&mut self, line: &[u8]) -> Result<(), MergeError> {
        match kind_of(line) {
            Some(Line::Finding) => self.finding(parse(line)?, line)?,
            Some(Line::Unread) => {
                let unread: UnreadHead = parse(line)?;
                self.tally.incomplete += u64::from(unread.reason.is_incomplete());
                self.out.extend_from_slice(line);
            }
            _ => self.unit(&parse(line)?, line),
        }
        Ok(())
    }

    fn finding(&mut self, finding: FindingHead, line: &[u8]) -> Result<(), MergeError> {
        let confidence = grade(&finding.confidence);
        if confidence.is_some_and(|confidence| confidence < self.least) {
            return Ok(());
        }
        if let Some(confidence) = confidence {
            let category = category(&finding.category)?;
            self.tally.findings.add(category, confidence);
            if finding.attributes.test_identity {
                self.tally.tests.add(category, confidence);
            }
        }
        self.found += 1;
        self.out.extend_from_slice(line);
        Ok(())
    }

    fn unit(&mut self, unit: &UnitHead, line: &[u8]) {
        let ledger = &mut self.tally.ledger;
        let UnitHead { bytes, ledger: LedgerHead { scanned, partial, .. }, .. } = *unit;
        let known = |(why, n): (&String, &u64)| Some((Skipped::from_id(why)?, *n));
        let skipped = unit.ledger.skipped.iter().filter_map(known).collect();
        let unread = unit.ledger.unread.clone();
        ledger.merge(&Ledger { scanned, partial, bytes, skipped, unread });
        if unit.findings == self.found {
            self.out.extend_from_slice(line);
        } else {
            self.out.extend_from_slice(&with_findings(line, self.found));
        }
    }
}

/// A unit line with another number of findings. In a JSON string a quote is always escaped, so that
/// the key cannot stand in a name.
fn with_findings(line: &[u8], found: u64) -> Vec<u8> {
    const KEY: &[u8] = b",\"findings\":";
    let Some(at) = memchr::memmem::find(line, KEY).map(|at| at + KEY.len()) else {
        return line.to_vec();
    };
    let digits = line[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut out = line[..at].to_vec();
    out.extend_from_slice(found.to_string().as_bytes());
    out.extend_from_slice(&line[at + digits..]);
    out
}

/// A built-in category, or one of the user's own: the streams need not say which rules made it.
fn category(id: &str) -> Result<Category, MergeError> {
    let is_name = id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let own = || if is_name { Own::named(id).map(Category::Own) } else { None };
    Category::from_id(id).or_else(own).ok_or_else(|| {
        MergeError::Line(format!(
            "a finding's category is no name of one, or there are more than {} of them",
            Own::MOST
        ))
    })
}

fn grade(word: &str) -> Option<Confidence> {
    [Confidence::Low, Confidence::Medium, Confidence::High].into_iter().find(|c| c.id() == word)
}

fn too_long() -> MergeError {
    MergeError::Line(format!("a line is longer than {LONGEST} bytes"))
}

/// What a line is, wherever its type stands.
fn kind_of(line: &[u8]) -> Option<Line> {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: String,
    }
    Line::of(line).or_else(|| {
        let typed: Typed = serde_json::from_slice(line).ok()?;
        Line::of(format!("{{\"type\":\"{}\"", typed.kind).as_bytes())
    })
}

fn parse<'l, T: Deserialize<'l>>(line: &'l [u8]) -> Result<T, MergeError> {
    serde_json::from_slice(line).map_err(|error| {
        // A message of the parser could repeat a value.
        let place = error.column();
        MergeError::Line(format!("a line breaks its form at character {place}"))
    })
}
