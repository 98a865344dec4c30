//! One unit, from its name to its report.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use xxhash_rust::xxh3::xxh3_128;

use super::distribute::Limits;
use super::fault::fault;
use super::large::{Large, Taken};
use super::linked::{Known, Same};
use super::meter::{Metered, Origin};
use super::nested::Met;
use super::ordered::Halt;
use super::queue::Batch;
use super::worker::Worker;
use super::{INTERRUPTED, unit_name};
use crate::extract::blocks::{Block, Blocks};
use crate::extract::encoding::Stored;
use crate::extract::{Extract, Format, Recognised, STRUCTURED, TextStream, recognise};
use crate::model::{
    Cursor, FileName, Problem, Reason, Record, Ruler, Shape, Skipped, Table, TextSpan, UnitKind,
    Width,
};
use crate::report::{Outcome, UnitLine};
use crate::source::file::Facts;
use crate::source::stdin::Stdin;
use crate::source::{Found, Root, RootKind, State};

/// A document's first bytes, by which it is recognised; a file that fits is read at once.
const HEAD: usize = super::nested::HEAD as usize;
/// From here on a file takes helpers.
const LARGE: u64 = 8 * 1024 * 1024;

/// What is known of a unit at its end.
#[derive(Default)]
pub(super) struct Ending {
    pub(super) bytes: u64,
    pub(super) modified: Option<(i64, u32)>,
    pub(super) digest: Option<u128>,
    pub(super) outcome: Option<Outcome>,
    pub(super) partly: bool,
    /// Bytes from here on are counted as done already.
    pub(super) counted_from: Option<u64>,
    /// How many of a million rows were read, where not all were.
    pub(super) share: Option<u32>,
}

/// A document whose first bytes are read.
pub(super) struct Document<'a> {
    pub(super) root: &'a Arc<Root>,
    pub(super) path: &'a FileName,
    pub(super) shown: &'a FileName,
    pub(super) origin: Origin,
    pub(super) facts: Option<Facts>,
    pub(super) limits: Limits,
    /// Bytes of its head.
    pub(super) head: usize,
    /// There is nothing beyond the head.
    pub(super) whole: bool,
}

impl Worker {
    /// Scans unit `n` of a batch and writes its report.
    pub(super) fn scan_unit(&mut self, batch: &Batch, n: usize) -> Result<(), Halt> {
        let (root, found) = (&batch.root, &batch.units[n]);
        self.check_stop()?;
        self.watched = found.kind != UnitKind::Stdin;
        self.pulse.watch(self.watched);
        let masked = self.mask_path(&found.path);
        let shown = masked.as_ref().unwrap_or(&found.path);
        self.writer.begin_unit(&unit_name(root, &found.path, shown), 0);
        if self.report_known(root, found, batch.limits)? {
            return Ok(());
        }
        let mut ending = Ending::default();
        let scanned = self.scan_name_of(root, found).and_then(|()| match &found.state {
            State::Skipped(why) => {
                ending.outcome = Some(Outcome::Skipped(*why));
                Ok(())
            }
            State::Unread(problem) => {
                self.problem(problem);
                ending.outcome = Some(Outcome::Unread(problem.reason));
                Ok(())
            }
            State::Ready if found.kind == UnitKind::Folder => {
                ending.outcome = Some(Outcome::Named);
                Ok(())
            }
            State::Ready => self.scan_content(batch, found, shown, &mut ending),
        });
        if scanned == Err(Halt::Interrupted) {
            self.cut_short(&mut ending);
        }
        if scanned != Err(Halt::Disowned) {
            self.end_unit(root, found, shown, &ending, scanned.is_ok());
        }
        scanned
    }

    /// The run ends in the middle of a unit: what is read of it counts, the rest is listed.
    fn cut_short(&mut self, ending: &mut Ending) {
        if ending.bytes > 0 || self.writer.found() > 0 {
            self.problem(&Problem::part(Reason::Limit, INTERRUPTED));
            ending.partly = true;
        } else {
            self.unread(Reason::Limit, INTERRUPTED.to_owned(), ending);
        }
    }

    /// Everything that is met has a name that is scanned, but for what was left out and for what has
    /// no name of its own.
    fn scan_name_of(&mut self, root: &Root, found: &Found) -> Result<(), Halt> {
        let left_out = found.state == State::Skipped(Skipped::Exclude);
        if left_out || matches!(found.kind, UnitKind::Stdin | UnitKind::Table) {
            return Ok(());
        }
        match (root.kind, found.path.as_bytes()) {
            (RootKind::Folder, b"") => self.scan_name(root.unit_path().as_bytes()),
            (_, path) => self.scan_name(path),
        }
    }

    fn end_unit(
        &mut self,
        root: &Root,
        found: &Found,
        shown: &FileName,
        ending: &Ending,
        all_read: bool,
    ) {
        let partly = ending.partly || !all_read;
        let scanned = if partly { Outcome::Partly } else { Outcome::Scanned };
        let progress = &self.context.progress;
        if found.kind != UnitKind::Folder {
            progress.files_done.fetch_add(1, Ordering::Relaxed);
            let uncounted = ending.bytes.min(ending.counted_from.unwrap_or(u64::MAX));
            progress.bytes_done.fetch_add(uncounted, Ordering::Relaxed);
        }
        let line = UnitLine {
            name: unit_name(root, &found.path, shown),
            kind: found.kind,
            part: found.part.as_ref(),
            share: ending.share,
            bytes: ending.bytes,
            modified: ending.modified,
            digest: ending.digest,
            findings: 0,
            complete: true,
            outcome: ending.outcome.unwrap_or(scanned),
        };
        self.writer.end_unit(line, all_read);
    }

    /// Closes a unit that is given up.
    pub(super) fn close_unread(
        &mut self,
        root: &Root,
        found: &Found,
        shown: &FileName,
        problem: &Problem,
    ) {
        self.problem(problem);
        let outcome = (!problem.partial).then_some(Outcome::Unread(problem.reason));
        let ending = Ending { outcome, partly: problem.partial, ..Ending::default() };
        self.end_unit(root, found, shown, &ending, true);
    }

    /// Closes a unit on which we failed. Lines that were handed in stay; a line cut off goes.
    pub(super) fn fail_unit(&mut self, batch: &Batch, n: usize) -> Result<(), Halt> {
        let found = &batch.units[n];
        let whole = memchr::memrchr(b'\n', &self.writer.lines).map_or(0, |at| at + 1);
        self.writer.lines.truncate(whole);
        self.scratch = crate::detect::Scratch::default();
        self.context.queue.withdraw(self.ticket);
        self.problem(&fault());
        let ending = Ending { partly: true, ..Ending::default() };
        let masked = self.mask_path(&found.path);
        self.end_unit(&batch.root, found, masked.as_ref().unwrap_or(&found.path), &ending, true);
        Ok(())
    }

    fn scan_content(
        &mut self,
        batch: &Batch,
        found: &Found,
        shown: &FileName,
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        let (root, limits) = (&batch.root, batch.limits);
        if let Some(part) = &found.part {
            return self.scan_table(root, part, ending);
        }
        let links = limits.links();
        let opened = match found.kind {
            UnitKind::Stdin => Ok(Origin::Stream(Box::new(self.stdin()))),
            _ => (self.context.open)(&mut self.opener, root, &found.path, links).map(Origin::File),
        };
        match opened {
            Ok(origin) => {
                let document = Document {
                    root,
                    path: &found.path,
                    shown,
                    facts: facts_of(&origin),
                    origin,
                    limits,
                    head: 0,
                    whole: false,
                };
                self.scan_document(document, ending)
            }
            Err(refused) => {
                ending.outcome = Some(match refused.problem() {
                    Ok(problem) => {
                        self.problem(&problem);
                        Outcome::Unread(problem.reason)
                    }
                    Err(why) => Outcome::Skipped(why),
                });
                Ok(())
            }
        }
    }

    fn stdin(&self) -> Stdin {
        Stdin::new(Arc::clone(&self.context.stop))
    }

    fn unread(&mut self, reason: Reason, detail: String, ending: &mut Ending) {
        self.problem(&Problem::whole(reason, detail));
        ending.outcome = Some(Outcome::Unread(reason));
    }

    fn scan_document(&mut self, document: Document<'_>, ending: &mut Ending) -> Result<(), Halt> {
        if let Some(facts) = &document.facts {
            ending.modified = Some(facts.modified);
            if document.limits.max_size.is_some_and(|most| facts.size > most) {
                let detail = format!("{} bytes are more than --max-size allows", facts.size);
                self.unread(Reason::TooLarge, detail, ending);
                return Ok(());
            }
        }
        let same = document.facts.as_ref().and_then(|f| Same::new(f, document.path.as_bytes()));
        match same {
            Some(same) => self.scan_linked(document, same, ending),
            None => self.scan_opened(document, ending),
        }
    }

    /// A file with other names: it may be known already.
    fn scan_linked(
        &mut self,
        document: Document<'_>,
        same: Same,
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        if let Some(known) = self.context.linked.get(&same) {
            self.writer.replay(&known.findings);
            ending.bytes = known.bytes;
            ending.digest = known.digest;
            return Ok(());
        }
        self.writer.start_recording();
        self.scan_opened(document, ending)?;
        if let Some(findings) = self.writer.stop_recording()
            && ending.outcome.is_none()
        {
            let (bytes, digest) = (ending.bytes, ending.digest);
            self.context.linked.keep(same, Known { findings, bytes, digest });
        }
        Ok(())
    }

    fn scan_opened(&mut self, mut document: Document<'_>, ending: &mut Ending) -> Result<(), Halt> {
        match self.read_head(&mut document) {
            Ok(()) => self.scan_recognised(document, ending),
            Err(error) => {
                self.check_stop()?;
                self.unread(Reason::of_io(&error), cannot("read", &error), ending);
                Ok(())
            }
        }
    }

    /// Reads the first bytes, and all of them if they are few.
    fn read_head(&mut self, document: &mut Document<'_>) -> io::Result<()> {
        let size = document.facts.as_ref().map_or(0, |facts| facts.size);
        if self.head.len() < HEAD {
            self.head.resize(HEAD, 0);
        }
        let mut filled = 0;
        while filled < HEAD {
            let n = match read_origin(&mut document.origin, &mut self.head[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            filled += n;
            // A file is at its end where the system said it would be: nobody asks again.
            document.whole = n == 0 || filled as u64 == size;
            if document.whole {
                break;
            }
        }
        document.head = filled;
        Ok(())
    }

    fn scan_recognised(&mut self, document: Document<'_>, ending: &mut Ending) -> Result<(), Halt> {
        let buffer = std::mem::take(&mut self.head);
        let scanned = self.scan_as(document, &buffer, ending);
        self.head = buffer;
        scanned
    }

    /// Scans a document as what its first bytes, which begin `buffer`, show it to be.
    fn scan_as(
        &mut self,
        mut document: Document<'_>,
        buffer: &[u8],
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        let head = &buffer[..document.head];
        let name = document.path.as_bytes();
        let name = memchr::memrchr(b'/', name).map_or(name, |at| &name[at + 1..]);
        let Recognised { stored, format } = match sample_of_sparse(&mut document) {
            Some(sample) => recognise(&sample, name),
            None => recognise(head, name),
        };
        let table = match format {
            Format::Binary => {
                ending.outcome = Some(Outcome::Skipped(Skipped::Binary));
                return Ok(());
            }
            Format::Unsupported(what) => {
                self.unread(Reason::Unsupported, format!("{what}: not read yet"), ending);
                return Ok(());
            }
            Format::Structured(n) => {
                self.note_shrinking(&document, ending);
                let head = head.to_vec();
                return self.scan_structured(document, head, stored, STRUCTURED[n].extract, ending);
            }
            Format::Document(n) => {
                self.note_shrinking(&document, ending);
                let head = head.to_vec();
                return self.scan_container(document, head, n, ending);
            }
            Format::Empty | Format::Text => None,
            Format::Table(dialect) => Some(dialect.table),
        };
        self.note_shrinking(&document, ending);
        self.scratch.begin_document();
        if document.whole && matches!(stored.width, Width::Utf8 | Width::Single) {
            ending.bytes = head.len() as u64;
            ending.digest = Some(xxh3_128(head));
            return self.scan_head(head, stored, table.as_ref());
        }
        self.scan_blocks(document, head.to_vec(), stored, table, ending)
    }

    /// A text whose structure an extractor reads.
    fn scan_structured(
        &mut self,
        document: Document<'_>,
        head: Vec<u8>,
        stored: Stored,
        extract: Extract,
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        self.scratch.begin_document();
        let metered = Metered::new(document.origin, &head).counting(&self.context.progress);
        ending.counted_from = Some(head.len() as u64);
        // At the end of a file nobody asks the system for more.
        let rest: Box<dyn Read> =
            if document.whole { Box::new(io::empty()) } else { Box::new(metered.clone()) };
        let mut stream = TextStream::with_encoding(head, rest, stored);
        let mut error = None;
        let halt = self.scan_nested(document.facts.as_ref(), ending, |nest| {
            error = extract(&mut stream, nest).err();
            Ok(Met::Read)
        });
        let ended = self.end_reading(&metered, document.whole, error, ending);
        halt.and(ended)
    }

    /// Notes what was read and what went wrong with it. What goes wrong when the run is to end is
    /// of no interest.
    pub(super) fn end_reading(
        &mut self,
        metered: &Metered,
        whole: bool,
        error: Option<io::Error>,
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        let measured = metered.measure();
        ending.bytes = measured.bytes;
        ending.digest = Some(measured.digest);
        if let Some(error) = error {
            self.check_stop()?;
            ending.partly = true;
            self.problem(&Problem::part(Reason::of_io(&error), cannot("read to its end", &error)));
        }
        if measured.changed && !whole {
            self.changed(ending);
        }
        Ok(())
    }

    /// A file that ended before its size did.
    fn note_shrinking(&mut self, document: &Document<'_>, ending: &mut Ending) {
        let read = document.head as u64;
        if document.whole && document.facts.as_ref().is_some_and(|facts| facts.size > read) {
            self.changed(ending);
        }
    }

    pub(super) fn changed(&mut self, ending: &mut Ending) {
        ending.partly = true;
        self.problem(&Problem::part(Reason::Changed, "it changed while it was read"));
    }

    /// A text that is in memory as a whole.
    fn scan_head(
        &mut self,
        head: &[u8],
        stored: Stored,
        table: Option<&Table>,
    ) -> Result<(), Halt> {
        let text = &head[stored.mark..];
        if text.is_empty() {
            return Ok(());
        }
        let line_end = crate::extract::stream::line_end(head);
        let span = TextSpan {
            start: Cursor::start(stored.mark as u64),
            ruler: Ruler { width: stored.width, line_end },
        };
        let shape = match table {
            Some(table) => Shape::Table(span.into(), table),
            None => Shape::Text(span.into()),
        };
        self.scan_record(&Record { text, focus: 0..text.len(), shape })
    }

    /// A text that is read block by block.
    fn scan_blocks(
        &mut self,
        document: Document<'_>,
        head: Vec<u8>,
        stored: Stored,
        table: Option<Table>,
        ending: &mut Ending,
    ) -> Result<(), Halt> {
        let is_large = document.facts.as_ref().is_none_or(|facts| facts.size > LARGE);
        let metered = Metered::new(document.origin, &head).counting(&self.context.progress);
        ending.counted_from = Some(head.len() as u64);
        let quote = table.as_ref().and_then(|table| table.quote);
        let blocks = Blocks::new(head, metered.clone(), stored, quote);
        let scanned = if is_large && self.context.jobs > 1 {
            let names = (Arc::clone(document.root), document.path.clone(), document.shown.clone());
            self.share_blocks(Large::new(self.ticket, names, table, blocks, self.context.jobs))
        } else {
            let mut block = std::mem::take(&mut self.block);
            let scanned = self.scan_each_block(blocks, &mut block, table.as_ref());
            self.block = block;
            scanned
        };
        let (error, halted) = match scanned {
            Ok(error) => (error, Ok(())),
            Err(halt) => (None, Err(halt)),
        };
        let ended = self.end_reading(&metered, document.whole, error, ending);
        halted.and(ended)
    }

    fn scan_each_block(
        &mut self,
        mut blocks: Blocks<Metered>,
        block: &mut Block,
        table: Option<&Table>,
    ) -> Result<Option<io::Error>, Halt> {
        loop {
            let more = blocks.next(block);
            if let Ok(false) = more {
                return Ok(None);
            }
            self.scan_record(&block.record(table))?;
            if let Err(error) = more {
                return Ok(Some(error));
            }
        }
    }

    /// Scans a large unit with whoever has nothing else to do.
    fn share_blocks(&mut self, large: Large) -> Result<Option<io::Error>, Halt> {
        let large = Arc::new(large);
        self.context.queue.offer(&large);
        let scanned = self.lead(&large);
        if scanned.is_err() {
            large.give_up();
        }
        self.context.queue.withdraw(self.ticket);
        scanned.map(|()| large.take_error())
    }

    fn lead(&mut self, large: &Large) -> Result<(), Halt> {
        self.commit_part()?;
        loop {
            while let Some(mut part) = large.next_part() {
                if part.failed {
                    self.problem(&fault());
                }
                self.hand_in_part(&mut part)?;
                large.give_back(part.lines);
                self.check_stop()?;
            }
            if large.is_done() {
                return Ok(());
            }
            let mut block = std::mem::take(&mut self.block);
            let taken = large.take(&mut block);
            self.block = block;
            match taken {
                Taken::Block(n) if large.is_next(n) => {
                    let block = std::mem::take(&mut self.block);
                    let scanned = self.scan_record(&block.record(large.table.as_ref()));
                    self.block = block;
                    scanned?;
                    self.commit_part()?;
                    large.pass();
                }
                Taken::Block(n) => {
                    let part = self.scan_part(large);
                    large.put(n, part);
                }
                Taken::Wait | Taken::End => large.wait_as_owner(),
            }
        }
    }

    fn commit_part(&mut self) -> Result<(), Halt> {
        self.commit(self.writer.found())?;
        self.check_stop()
    }
}

/// The first bytes of a file with holes by which it can be recognised: zeros of a hole say nothing.
fn sample_of_sparse(document: &mut Document<'_>) -> Option<Vec<u8>> {
    let Origin::File(file) = &mut document.origin else { return None };
    if !file.facts().sparse || document.whole {
        return None;
    }
    let mut sample = vec![0; HEAD];
    let n = file.peek_data(&mut sample).ok()?;
    sample.truncate(n);
    let zeros = sample.iter().rev().take_while(|&&byte| byte == 0).count();
    sample.truncate(n - zeros);
    Some(sample)
}

fn facts_of(origin: &Origin) -> Option<Facts> {
    match origin {
        Origin::File(file) => Some(*file.facts()),
        Origin::Stream(_) => None,
    }
}

fn read_origin(origin: &mut Origin, out: &mut [u8]) -> io::Result<usize> {
    match origin {
        Origin::File(file) => file.read(out),
        Origin::Stream(stream) => stream.read(out),
    }
}

fn cannot(what: &str, error: &io::Error) -> String {
    format!("it cannot be {what}: {error}")
}
