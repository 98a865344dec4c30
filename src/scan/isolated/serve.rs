//! The side that reads: one document after another from standard input.

use std::io::{self, Cursor, Read, Stdin, Stdout};
use std::process::exit;

use super::confine::{Clock, FAULT, confine, shut};
use super::frame::{self, Asked, Columns, Named, PIECE, Spot, Told, told_end, told_problem};
use crate::extract::DOCUMENTS;
use crate::extract::document::{Document, Failure, explain};
use crate::extract::passwords;
use crate::model::{
    Budget, Flow, Origin, Problem, Reason, Record, Sample, Shape, Sink, Step, Table,
};
use crate::scan::fault::guarded;
use crate::scan::nested::HEAD;

/// Stack of the thread that reads: documents may be deeply nested, and only touched pages count.
const STACK: usize = 64 * 1024 * 1024;

/// Reads the documents that standard input brings and answers on standard output, until there are no
/// more. For the program's hidden command.
pub fn serve() {
    super::super::quiet_faults();
    shut();
    let clock = Clock::start();
    let reading = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        confine();
        // Who asked is gone, or talks nonsense: there is nobody to tell.
        let _ = Server::new(clock).run();
    });
    if let Ok(reading) = reading {
        let _ = reading.join();
    }
}

struct Server {
    input: Stdin,
    out: Stdout,
    body: Vec<u8>,
    clock: Clock,
}

impl Server {
    fn new(clock: Clock) -> Server {
        Server { input: io::stdin(), out: io::stdout(), body: Vec::new(), clock }
    }

    fn run(mut self) -> io::Result<()> {
        loop {
            match self.ask()? {
                Asked::Password => passwords::add(&self.body),
                Asked::Document { format, memory } => self.document(format, memory)?,
                other => return Err(unexpected(&other)),
            }
        }
    }

    fn ask(&mut self) -> io::Result<Asked> {
        frame::read(&mut self.input.lock(), &mut self.body)
    }

    fn tell(&mut self, told: &Told, body: &[u8]) -> io::Result<()> {
        frame::write(&mut self.out.lock(), told, body)
    }

    fn document(&mut self, format: usize, memory: u64) -> io::Result<()> {
        let name = self.body.clone();
        let collected = self.collect(memory)?;
        let read = match collected {
            Ok(bytes) => self.extract(format, &name, bytes, memory),
            Err(failure) => Err(failure),
        };
        self.clock.end();
        let (told, detail) = told_end(read);
        self.tell(&told, detail.as_bytes())
    }

    /// The document's bytes, or why there are none.
    fn collect(&mut self, memory: u64) -> io::Result<Result<Vec<u8>, Failure>> {
        let mut bytes = Vec::new();
        let mut too_large = false;
        loop {
            match self.ask()? {
                Asked::Bytes if self.body.is_empty() => break,
                Asked::Bytes if bytes.len() as u64 + self.body.len() as u64 > memory => {
                    too_large = true;
                }
                Asked::Bytes => bytes.extend_from_slice(&self.body),
                // The other side knows.
                Asked::Broken => return Ok(Ok(Vec::new())),
                other => return Err(unexpected(&other)),
            }
        }
        if too_large {
            let most = memory / (1024 * 1024);
            let detail = format!("it is larger than the {most} MiB that may be held in memory");
            return Ok(Err(Failure::Unreadable(Reason::Limit, detail)));
        }
        Ok(Ok(bytes))
    }

    fn extract(
        &mut self,
        format: usize,
        name: &[u8],
        bytes: Vec<u8>,
        memory: u64,
    ) -> Result<Flow, Failure> {
        let Some(format) = DOCUMENTS.get(format).filter(|_| !bytes.is_empty()) else {
            return Ok(Flow::Continue);
        };
        self.clock.begin(bytes.len());
        let head = bytes[..bytes.len().min(HEAD as usize)].to_vec();
        let budget = Budget { memory, ..Budget::default() };
        let document = Document::stored(name, head, Box::new(Cursor::new(bytes)), budget);
        let mut remote = Remote { server: self, sample: None };
        // After a panic nothing in here is to be trusted.
        guarded(|| (format.extract)(document, &mut remote)).unwrap_or_else(|| exit(FAULT))
    }
}

fn unexpected(asked: &Asked) -> io::Error {
    io::Error::other(format!("unexpected: {asked:?}"))
}

/// A sink whose other end is in the program.
struct Remote<'s> {
    server: &'s mut Server,
    /// The first rows of the table told last.
    sample: Option<Sample>,
}

impl Remote<'_> {
    /// Tells something and hears whether to go on. Where nobody hears, there is nothing left to do.
    fn tell(&mut self, told: &Told, body: &[u8]) {
        if self.server.tell(told, body).is_err() {
            exit(0);
        }
    }

    fn ask(&mut self) -> Asked {
        self.server.ask().unwrap_or_else(|_| exit(0))
    }

    /// Answers questions for places until the record is done with.
    fn answer(&mut self, record: &Record<'_>, origin: &Origin<'_>) -> Flow {
        loop {
            match self.ask() {
                Asked::Flow { stop } => return flow(stop),
                Asked::Place { from, to, field } => {
                    let to = to.min(record.text.len());
                    let told = placed(record, origin, from.min(to)..to, field.as_deref());
                    self.tell(&told, b"");
                }
                _ => exit(0),
            }
        }
    }

    fn text(&mut self, record: &Record<'_>, origin: &Origin<'_>, table: Option<&Table>) -> Flow {
        let focus = record.focus.start;
        let text = &record.text[..record.focus.end];
        let place = Spot::of(&origin.place(record.text, &(focus..focus), None));
        let table = table.map(|table| self.columns(table));
        match table {
            Some(Columns { sample: Some(_), .. }) => {
                let rows = self.sample.as_ref().map_or(b"".as_slice(), Sample::rows);
                let body = [text, rows].concat();
                self.tell(&Told::Text { focus, place, table }, &body);
            }
            table => self.tell(&Told::Text { focus, place, table }, text),
        }
        self.answer(record, origin)
    }

    fn columns(&mut self, table: &Table) -> Columns {
        let is_known = self.sample.as_ref().is_some_and(|known| known.is_same(&table.sample));
        if !is_known {
            self.sample = Some(table.sample.clone());
        }
        Columns {
            delimiter: table.delimiter,
            quote: table.quote,
            names: table.columns.iter().map(|column| column.name.clone()).collect(),
            has_header: table.has_header,
            sample: (!is_known).then(|| table.sample.rows().len()),
        }
    }

    fn hear(&mut self) -> Flow {
        match self.ask() {
            Asked::Flow { stop } => flow(stop),
            _ => exit(0),
        }
    }

    /// Sends some of a document inside.
    fn send_piece(&mut self, content: &mut dyn Read, piece: &mut Vec<u8>) {
        piece.clear();
        match content.take(PIECE as u64).read_to_end(piece) {
            Ok(_) => self.tell(&Told::Bytes, piece),
            Err(error) => {
                let (reason, detail) = explain(&error);
                self.tell(&Told::Broken { spent: reason == Reason::Limit }, detail.as_bytes());
            }
        }
    }
}

fn flow(stop: bool) -> Flow {
    if stop { Flow::Stop } else { Flow::Continue }
}

fn placed(
    record: &Record<'_>,
    origin: &Origin<'_>,
    range: std::ops::Range<usize>,
    field: Option<&str>,
) -> Told {
    let (place, behind) = match origin {
        Origin::Placed(places) => places.place(record.text, &range, field),
        Origin::Stored(_) => (origin.place(record.text, &range, field.map(str::to_owned)), 0),
    };
    Told::Place { place: Spot::of(&place), behind }
}

impl Sink for Remote<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        let fields = match &record.shape {
            Shape::Text(origin) => return self.text(record, origin, None),
            Shape::Table(origin, table) => return self.text(record, origin, Some(table)),
            Shape::Fields(fields) => fields,
        };
        let mut body = Vec::with_capacity(record.text.len());
        let mut told = Vec::with_capacity(fields.segments.len());
        for segment in fields.segments {
            let range = segment.range.start as usize..segment.range.end as usize;
            let place = Spot::of(&fields.place(record.text, &range));
            told.push((fields.string(&segment.label).to_owned(), place, range.len()));
            body.extend_from_slice(&record.text[range]);
        }
        self.tell(&Told::Fields { fields: told }, &body);
        self.hear()
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        let (told, detail) = told_problem(&problem);
        self.tell(&told, detail);
        self.hear()
    }

    fn nested(&mut self, step: Step, content: &mut dyn Read) -> Flow {
        self.tell(&Told::Nested { step: Named::of(&step) }, b"");
        let mut piece = Vec::new();
        loop {
            match self.ask() {
                Asked::More => self.send_piece(content, &mut piece),
                Asked::Flow { stop } => return flow(stop),
                _ => exit(0),
            }
        }
    }
}
