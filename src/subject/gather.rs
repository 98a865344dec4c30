//! What a search brings, kept aside until it is known to be all of it.
//!
//! The lines of the run go to a private file that only this process can open, with the values in them:
//! they are written out when the search is over, shown as the user wants them.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::report::{Header, Key, Report, Showing, Summary, Values};

/// The lines of a search, and what of them a case needs.
pub struct Gathered {
    lines: BufWriter<File>,
    /// The sources searched.
    pub sources: Vec<Value>,
    /// Findings, with their values.
    pub findings: Vec<Value>,
    /// Lines of excerpts, see [`crate::scan::Search`].
    pub records: Vec<Value>,
    /// Units in which something of the person stands.
    pub units: Vec<Value>,
    /// What could not be read.
    pub unread: Vec<Value>,
}

/// A [`Gathered`] to be, for the threads of a run.
#[derive(Clone)]
pub struct Gathering(Arc<Mutex<Gathered>>);

impl Gathering {
    /// An empty one.
    ///
    /// # Errors
    /// When there is no room for temporary files.
    pub fn new() -> io::Result<Gathering> {
        let gathered = Gathered {
            lines: BufWriter::new(tempfile::tempfile()?),
            sources: Vec::new(),
            findings: Vec::new(),
            records: Vec::new(),
            units: Vec::new(),
            unread: Vec::new(),
        };
        Ok(Gathering(Arc::new(Mutex::new(gathered))))
    }

    /// What was gathered.
    pub fn get(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Report for Gathering {
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut gathered = self.get();
        lines.split_inclusive(|byte| *byte == b'\n').try_for_each(|line| gathered.take(line))
    }

    fn end(&mut self, _summary: &Summary) -> io::Result<()> {
        Ok(())
    }
}

impl Gathered {
    fn take(&mut self, line: &[u8]) -> io::Result<()> {
        let is = |kind: &str| line.starts_with(format!("{{\"type\":\"{kind}\"").as_bytes());
        if is("record") {
            self.records.push(serde_json::from_slice(line)?);
            return Ok(());
        }
        self.lines.write_all(line)?;
        if is("finding") {
            self.findings.push(serde_json::from_slice(line)?);
        } else if is("unread") {
            self.unread.push(serde_json::from_slice(line)?);
        } else if is("source") {
            self.sources.push(serde_json::from_slice(line)?);
        } else if is("unit") && !has_none(line) {
            self.units.push(serde_json::from_slice(line)?);
        }
        Ok(())
    }

    /// Writes what was gathered as a report, with as much of the values as may be shown.
    ///
    /// # Errors
    /// When it cannot be written, or the private file cannot be read.
    pub fn write(
        &mut self,
        report: &mut dyn Report,
        summary: &Summary,
        showing: &Showing,
    ) -> io::Result<()> {
        self.lines.flush()?;
        let mut file = self.lines.get_ref().try_clone()?;
        file.rewind()?;
        let mut lines = BufReader::new(file);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            report.lines(&shown(&line, showing)?)?;
            line.clear();
        }
        report.end(summary)
    }
}

/// A unit without findings.
fn has_none(line: &[u8]) -> bool {
    memchr::memmem::find(line, b"\"findings\":0,").is_some()
}

/// A line with as much of its value as may be shown.
fn shown(line: &[u8], showing: &Showing) -> io::Result<Vec<u8>> {
    if line.starts_with(b"{\"type\":\"header\"") {
        let mut header: Header = serde_json::from_slice(line)?;
        header.values = showing.values.id().to_owned();
        let key = showing.key.as_ref().filter(|_| showing.values != Values::Masked);
        header.key_id = key.map(Key::id);
        return Ok(header.to_line());
    }
    // Our own writer: what stands in a value has no bare quotes.
    let (from, to) = (b",\"value\":", b",\"attributes\":");
    let start = memchr::memmem::find(line, from).map(|at| at + from.len());
    let end = memchr::memmem::find(line, to);
    let (Some(start), Some(end)) = (start, end) else { return Ok(line.to_vec()) };
    let value: Value = serde_json::from_slice(&line[start..end])?;
    let wanted: &[&str] = match (showing.values, &showing.key) {
        (Values::Masked, _) => &["masked"],
        (Values::Token, _) => &["masked", "token"],
        (Values::Plain, Some(_)) => &["masked", "token", "plain", "normalized"],
        (Values::Plain, None) => &["masked", "plain", "normalized"],
    };
    let fields: Vec<String> = wanted
        .iter()
        .filter_map(|name| Some(format!("\"{name}\":{}", value.get(*name)?)))
        .collect();
    let mut out = line[..start].to_vec();
    out.extend_from_slice(format!("{{{}}}", fields.join(",")).as_bytes());
    out.extend_from_slice(&line[end..]);
    Ok(out)
}
