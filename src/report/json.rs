//! One document: the objects of the stream, put together by what they are.
//!
//! Findings are written as they come. What was unread and the units follow them in the document, so
//! they wait in private temporary files: memory does not grow with them.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write};

use super::ndjson::PIECE;
use super::{Line, Output, Report, Summary, in_temporary_folder, split_lines, waiting_file};

/// The `json` form.
pub struct Json {
    out: BufWriter<Output>,
    unread: Waiting,
    units: Waiting,
    /// The section being written.
    section: Section,
    /// Objects written to it.
    written: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Start,
    Sources,
    Findings,
}

impl Json {
    /// Writes to `out`.
    #[must_use]
    pub fn new(out: Output) -> Json {
        Json {
            out: BufWriter::with_capacity(PIECE, out),
            unread: Waiting::default(),
            units: Waiting::default(),
            section: Section::Start,
            written: 0,
        }
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let line_end = line.len() - 1;
        let object = &line[..line_end];
        match Line::of(line) {
            Some(Line::Header) => {
                self.out.write_all(b"{\"header\":")?;
                self.out.write_all(object)?;
                self.out.write_all(b",\n\"sources\":[")?;
                self.section = Section::Sources;
                Ok(())
            }
            Some(Line::Finding) => {
                self.begin_findings()?;
                self.item(object)
            }
            Some(Line::Source) if self.section == Section::Sources => self.item(object),
            Some(Line::Unread) => self.unread.push(object),
            Some(Line::Unit) => self.units.push(object),
            _ => Ok(()),
        }
    }

    fn begin_findings(&mut self) -> io::Result<()> {
        if self.section != Section::Findings {
            self.out.write_all(b"],\n\"findings\":[")?;
            self.section = Section::Findings;
            self.written = 0;
        }
        Ok(())
    }

    fn item(&mut self, object: &[u8]) -> io::Result<()> {
        self.out.write_all(if self.written == 0 { b"\n" } else { b",\n" })?;
        self.written += 1;
        self.out.write_all(object)
    }
}

impl Report for Json {
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        split_lines(lines).try_for_each(|line| self.line(line))
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.begin_findings()?;
        self.out.write_all(b"],\n\"unread\":[")?;
        self.unread.copy_to(&mut self.out)?;
        self.out.write_all(b"],\n\"units\":[")?;
        self.units.copy_to(&mut self.out)?;
        self.out.write_all(b"],\n\"summary\":")?;
        self.out.write_all(summary.to_line().trim_ascii_end())?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

/// Objects that wait for their turn: a few in memory, more in an unnamed file that only this process
/// can open.
#[derive(Default)]
struct Waiting {
    buffer: Vec<u8>,
    file: Option<File>,
    any: bool,
}

impl Waiting {
    fn push(&mut self, object: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(if self.any { b",\n" } else { b"\n" });
        self.any = true;
        self.buffer.extend_from_slice(object);
        if self.buffer.len() < PIECE {
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(waiting_file()?);
        }
        if let Some(file) = &mut self.file {
            file.write_all(&self.buffer).map_err(in_temporary_folder)?;
        }
        self.buffer.clear();
        Ok(())
    }

    fn copy_to(&mut self, out: &mut impl Write) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.rewind()?;
            let mut piece = vec![0; PIECE];
            loop {
                let n = file.read(&mut piece)?;
                if n == 0 {
                    break;
                }
                out.write_all(&piece[..n])?;
            }
        }
        out.write_all(&self.buffer)
    }
}
