//! The side that asks: readers that are started when they are needed, serve many documents, and are
//! replaced when they die.

use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::confine::{FAULT, OVERTIME};
use super::frame::{self, Asked, Columns, PIECE, Spot, Told};
use super::{COMMAND, PROGRAM};
use crate::extract::RecordBuilder;
use crate::extract::document::{Document, Exhausted, Failure};
use crate::extract::passwords;
use crate::model::{
    Column, Flow, Origin, Place, Places, Problem, Reason, Record, Ruler, Sample, Shape, Sink, Table,
};

/// A reader that served so many documents is replaced: what it did not give back goes with it.
const SERVES: u32 = 1_000;

/// How long a reader may take to end once its pipes are closed.
const DYING: Duration = Duration::from_millis(500);

/// Readers that have nothing to do: at most one for each document that was read at the same time.
static IDLE: Mutex<Vec<Reader>> = Mutex::new(Vec::new());

/// Reads a document in a process of its own.
pub(in crate::scan) fn read(
    format: usize,
    document: Document<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut reader = match idle {
        Some(reader) => reader,
        None => Reader::start().map_err(|error| {
            let detail = format!("the process that reads such files cannot be started: {error}");
            Failure::Unreadable(Reason::Failed, detail)
        })?,
    };
    match reader.read(format, document, sink) {
        Ok(read) => {
            reader.served += 1;
            if reader.served < SERVES {
                IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
            }
            read
        }
        Err(_) => Err(reader.autopsy()),
    }
}

/// Ends the readers that have nothing to do. For the program's end: what they used is then its own.
pub fn end_readers() {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// A process that reads. It dies with its handle.
struct Reader {
    child: Child,
    pipes: Pipes,
    served: u32,
}

struct Pipes {
    input: ChildStdin,
    out: ChildStdout,
    body: Vec<u8>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        // One that is dead already is none the worse.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Reader {
    fn start() -> io::Result<Reader> {
        let program = PROGRAM.get().ok_or(io::ErrorKind::NotFound)?;
        let mut command = Command::new(program);
        command.arg(COMMAND).env_clear().current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A key pressed to end the program is not meant for it: it ends when its pipe does.
        command.process_group(0);
        let mut child = command.spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, out) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        let mut reader = Reader { child, pipes: Pipes { input, out, body: Vec::new() }, served: 0 };
        for password in passwords::known() {
            reader.pipes.ask(&Asked::Password, password.expose())?;
        }
        Ok(reader)
    }

    /// Reads one document. An error is one of the exchange: the reader is of no use any more.
    fn read(
        &mut self,
        format: usize,
        document: Document<'_>,
        sink: &mut dyn Sink,
    ) -> io::Result<Result<Flow, Failure>> {
        let memory = document.budget().memory;
        self.pipes.ask(&Asked::Document { format, memory }, document.name())?;
        let sent = self.pipes.send(document)?;
        let told = self.pipes.converse(sink)?;
        Ok(sent.map_err(Failure::from).and(told))
    }

    /// Why a reader does not answer any more. One that is alive talks nonsense, and is ended.
    fn autopsy(mut self) -> Failure {
        let begun = Instant::now();
        let (reason, detail) = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break cause(status),
                // The end of its output is seen a moment before its own.
                Ok(None) if begun.elapsed() < DYING => std::thread::sleep(DYING / 50),
                Ok(None) => break nonsense(),
                Err(error) => {
                    break (Reason::Failed, format!("the process that read it is lost: {error}"));
                }
            }
        };
        Failure::Unreadable(reason, detail)
    }
}

fn nonsense() -> (Reason, String) {
    (Reason::Failed, "the process that read it cannot be understood: please report it".to_owned())
}

/// What the end of a reader stands for.
fn cause(status: ExitStatus) -> (Reason, String) {
    /// The signal of a program that ends itself: memory was refused, or the stack is used up.
    const ABORTED: i32 = 6;
    let (reason, detail) = match (status.code(), status.signal()) {
        (Some(OVERTIME), _) => (Reason::Timeout, "it takes too long to read"),
        (_, Some(ABORTED)) => {
            (Reason::Limit, "it needs more memory, or nests deeper, than allowed")
        }
        // The system's own way to get memory back.
        (_, Some(9)) => (Reason::Limit, "the process that read it was ended from outside"),
        (Some(FAULT), _) => (Reason::Failed, "a fault in the program: please report it"),
        _ => (Reason::Failed, "the process that read it broke down: please report it"),
    };
    (reason, detail.to_owned())
}

impl Pipes {
    fn ask(&mut self, asked: &Asked, body: &[u8]) -> io::Result<()> {
        frame::write(&mut self.input, asked, body)
    }

    fn hear(&mut self) -> io::Result<Told> {
        frame::read(&mut self.out, &mut self.body)
    }

    /// Sends a document. The inner error is one of the document.
    fn send(&mut self, document: Document<'_>) -> io::Result<io::Result<()>> {
        let mut piece = Vec::new();
        let mut reader = match document.into_reader() {
            Ok(reader) => reader,
            Err(error) => return self.ask(&Asked::Broken, b"").map(|()| Err(error)),
        };
        loop {
            piece.clear();
            match reader.by_ref().take(PIECE as u64).read_to_end(&mut piece) {
                Ok(_) => self.ask(&Asked::Bytes, &piece)?,
                Err(error) => return self.ask(&Asked::Broken, b"").map(|()| Err(error)),
            }
            if piece.is_empty() {
                return Ok(Ok(()));
            }
        }
    }

    /// Hands on what is told, until the document is read.
    fn converse(&mut self, sink: &mut dyn Sink) -> io::Result<Result<Flow, Failure>> {
        let mut sample = Sample::default();
        loop {
            let flow = match self.hear()? {
                Told::Text { focus, place, table } => {
                    self.text(focus, place, table, &mut sample, sink)?
                }
                Told::Fields { fields } => self.fields(fields, sink)?,
                Told::Problem { reason, at, partial, inside } => {
                    let detail = String::from_utf8_lossy(&self.body).into_owned();
                    let inside = inside.into_iter().map(frame::Named::into_step).collect();
                    let at = at.map(Spot::into_place).filter(|place| *place != Place::Name);
                    sink.problem(Problem { inside, at, reason, detail, partial })
                }
                Told::Nested { step } => {
                    let mut content = Content { pipes: self, piece: Vec::new(), at: 0, end: false };
                    sink.nested(step.into_step(), &mut content)
                }
                Told::End { failed: Some(reason), .. } => {
                    let detail = String::from_utf8_lossy(&self.body).into_owned();
                    return Ok(Err(Failure::Unreadable(reason, detail)));
                }
                Told::End { failed: None, stop } => {
                    return Ok(Ok(if stop { Flow::Stop } else { Flow::Continue }));
                }
                other => return Err(unexpected(&other)),
            };
            self.ask(&Asked::Flow { stop: flow == Flow::Stop }, b"")?;
        }
    }

    fn text(
        &mut self,
        focus: usize,
        place: Spot,
        columns: Option<Columns>,
        sample: &mut Sample,
        sink: &mut dyn Sink,
    ) -> io::Result<Flow> {
        let mut text = std::mem::take(&mut self.body);
        let table = columns.map(|columns| columns.into_table(&mut text, sample)).transpose()?;
        let is_text = std::str::from_utf8(&text).is_ok_and(|text| text.is_char_boundary(focus));
        if !is_text {
            return Err(io::Error::other("no text"));
        }
        let asking = Asking { pipes: Mutex::new(self), start: place.into_place() };
        let origin = Origin::Placed(&asking);
        let shape = match &table {
            Some(table) => Shape::Table(origin, table),
            None => Shape::Text(origin),
        };
        Ok(sink.record(&Record { text: &text, focus: focus..text.len(), shape }))
    }

    fn fields(
        &mut self,
        fields: Vec<(String, Spot, usize)>,
        sink: &mut dyn Sink,
    ) -> io::Result<Flow> {
        let mut builder = RecordBuilder::new(Ruler::default());
        let mut rest = self.body.as_slice();
        for (label, place, length) in fields {
            let text = rest.split_at_checked(length).ok_or(io::ErrorKind::InvalidData)?;
            builder.begin_fixed(&label, place.into_place());
            builder.absent(String::from_utf8_lossy(text.0).as_bytes());
            builder.end();
            rest = text.1;
        }
        Ok(builder.push_to(sink))
    }
}

fn unexpected(told: &Told) -> io::Error {
    // What was told may hold text of the document.
    let _ = told;
    io::Error::other("an answer to something else")
}

impl Columns {
    /// The table; its first rows are taken off `text`.
    fn into_table(self, text: &mut Vec<u8>, known: &mut Sample) -> io::Result<Table> {
        if let Some(length) = self.sample {
            let at = text.len().checked_sub(length).ok_or(io::ErrorKind::InvalidData)?;
            *known = Sample::new(&text[at..]);
            text.truncate(at);
        }
        let columns = self.names.into_iter().map(|name| Column { name }).collect();
        Ok(Table {
            delimiter: self.delimiter,
            quote: self.quote,
            columns,
            has_header: self.has_header,
            sample: known.clone(),
        })
    }
}

/// Asks the reader for places.
struct Asking<'p> {
    pipes: Mutex<&'p mut Pipes>,
    /// The place of the record's beginning: better than nothing if the reader dies meanwhile.
    start: Place,
}

impl Asking<'_> {
    fn ask(&self, range: &Range<usize>, field: Option<&str>) -> io::Result<(Place, usize)> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let field = field.map(str::to_owned);
        pipes.ask(&Asked::Place { from: range.start, to: range.end, field }, b"")?;
        match pipes.hear()? {
            Told::Place { place, behind } => Ok((place.into_place(), behind)),
            other => Err(unexpected(&other)),
        }
    }
}

impl Places for Asking<'_> {
    fn place(&self, _text: &[u8], range: &Range<usize>, field: Option<&str>) -> (Place, usize) {
        self.ask(range, field).unwrap_or_else(|_| (self.start.clone(), range.start))
    }
}

/// A document inside, as the reader sends it.
struct Content<'p> {
    pipes: &'p mut Pipes,
    piece: Vec<u8>,
    at: usize,
    end: bool,
}

impl Content<'_> {
    fn more(&mut self) -> io::Result<()> {
        self.pipes.ask(&Asked::More, b"")?;
        let told = self.pipes.hear()?;
        std::mem::swap(&mut self.piece, &mut self.pipes.body);
        self.at = 0;
        match told {
            Told::Bytes => {
                self.end = self.piece.is_empty();
                Ok(())
            }
            Told::Broken { spent } => {
                let detail = String::from_utf8_lossy(&self.piece).into_owned();
                self.piece.clear();
                Err(match spent {
                    true => io::Error::other(Exhausted(detail)),
                    false => io::Error::new(io::ErrorKind::InvalidData, detail),
                })
            }
            other => Err(unexpected(&other)),
        }
    }
}

impl Read for Content<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() && !self.end {
            self.more()?;
        }
        let n = (&self.piece[self.at..]).read(out)?;
        self.at += n;
        Ok(n)
    }
}
