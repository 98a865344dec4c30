//! Documents inside documents: the same again, one step deeper.
//!
//! A [`Nest`] is the sink of whoever reads a container. It recognises what it is handed, reads it,
//! keeps to the budget of the unit, and tells a [`Visitor`] of records, problems and of the documents
//! they stand in. A panic costs the document in which it happens.

use std::io::Read;

use super::fault::{fault, guarded};
use super::isolated;
use crate::extract::blocks::{Block, Blocks, Input};
use crate::extract::document::{Allowance, Bounded, Document, Failure};
use crate::extract::{
    DOCUMENTS, Format, Recognised, RecordBuilder, STRUCTURED, TextStream, recognise,
};
use crate::model::{
    Budget, FileName, Flow, Place, Problem, Reason, Record, Ruler, Sink, Skipped, Step,
};

/// First bytes by which a document is recognised.
pub(super) const HEAD: u64 = 64 * 1024;

/// What a document turned out to be. What could not be read of it was told as problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// It was read, at least in part.
    Read,
    /// Nothing, or not a single byte.
    Empty,
    /// Passed over on purpose.
    Skipped(Skipped),
    /// Not read.
    Unread(Reason),
}

/// Is told what a unit holds.
pub(super) trait Visitor {
    /// A record of the document entered last.
    fn record(&mut self, record: &Record<'_>) -> Flow;

    /// Something that could not be read; `inside` says in which document of the unit.
    fn problem(&mut self, problem: Problem) -> Flow;

    /// The steps to the document that the records from here on belong to.
    fn enter(&mut self, inside: &[Step]);

    /// What became of a document inside the unit, and whether only a part of it was read.
    fn met(&mut self, met: Met, partly: bool);
}

/// Reads the documents of a unit.
pub(super) struct Nest<'v> {
    visitor: &'v mut dyn Visitor,
    inside: Vec<Step>,
    budget: Budget,
    members: u64,
    /// Bytes that each document right inside the unit may unpack to, with all inside it.
    allowed: u64,
    /// Bytes that the one at hand may still unpack to.
    left: Allowance,
    /// Bytes that all together may still unpack to.
    total: u64,
    state: State,
    /// The visitor wants no more.
    stopped: bool,
    names: RecordBuilder,
}

/// What is known of the document at hand.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Something of it was handed on.
    pushed: bool,
    /// A part of it was not read.
    partly: bool,
    /// It was not read at all.
    unread: Option<Reason>,
}

impl<'v> Nest<'v> {
    /// For a unit of `stored` bytes.
    pub(super) fn new(visitor: &'v mut dyn Visitor, budget: Budget, stored: u64) -> Nest<'v> {
        Nest {
            visitor,
            inside: Vec::new(),
            budget,
            members: 0,
            allowed: budget.unpacked(stored),
            left: Allowance::new(0, budget.ratio),
            // A document that uses up what it is allowed does not hide its neighbours.
            total: budget.unpacked(stored).saturating_mul(4),
            state: State::default(),
            stopped: false,
            names: RecordBuilder::new(Ruler::default()),
        }
    }

    /// Reads the unit's own document, and says whether a part of it was not read. A panic is the
    /// caller's to catch.
    pub(super) fn outermost(
        &mut self,
        read: impl FnOnce(&mut Nest<'v>) -> Result<Met, Failure>,
    ) -> (Met, bool) {
        let read = read(self);
        self.end(Some(read))
    }

    /// Notes how reading a document ended.
    fn end(&mut self, read: Option<Result<Met, Failure>>) -> (Met, bool) {
        let met = match read {
            Some(Ok(met)) => met,
            Some(Err(failure)) => {
                let problem = failure.into_problem(self.state.pushed);
                let _ = self.problem(problem);
                Met::Read
            }
            None => {
                let _ = self.problem(fault());
                Met::Read
            }
        };
        match self.state {
            State { unread: Some(reason), pushed: false, .. } => (Met::Unread(reason), false),
            State { unread, partly, .. } => (met, partly || unread.is_some()),
        }
    }

    /// Recognises and reads a document inside the unit.
    fn read(&mut self, content: &mut dyn Read) -> Result<Met, Failure> {
        let name = self.inside.last().map(name_of).unwrap_or_default();
        let mut head = Vec::new();
        let mut content = Bounded::new(content, self.left.clone());
        content.by_ref().take(HEAD).read_to_end(&mut head)?;
        self.read_as(head, &name, content)
    }

    /// Reads a document that begins with `head` as what that shows it to be.
    pub(super) fn read_as(
        &mut self,
        head: Vec<u8>,
        name: &[u8],
        content: impl Input,
    ) -> Result<Met, Failure> {
        let Recognised { stored, format } = recognise(&head, name);
        let table = match format {
            Format::Empty => return Ok(Met::Empty),
            Format::Binary => return Ok(Met::Skipped(Skipped::Binary)),
            Format::Unsupported(what) => {
                let detail = format!("{what}: not read yet");
                return Err(Failure::Unreadable(Reason::Unsupported, detail));
            }
            Format::Structured(n) => {
                let mut stream = TextStream::with_encoding(head, Box::new(content), stored);
                let _ = (STRUCTURED[n].extract)(&mut stream, self)?;
                return Ok(Met::Read);
            }
            Format::Document(n) => {
                let document = Document::streamed(name, head, Box::new(content), self.budget);
                return self.read_document(n, document);
            }
            Format::Text => None,
            Format::Table(dialect) => Some(dialect.table),
        };
        let quote = table.as_ref().and_then(|table| table.quote);
        let mut blocks = Blocks::new(head, content, stored, quote);
        let mut block = Block::default();
        loop {
            let more = blocks.next(&mut block);
            let ended = matches!(more, Ok(false));
            if ended || self.record(&block.record(table.as_ref())) == Flow::Stop {
                return Ok(Met::Read);
            }
            more?;
        }
    }

    /// Reads a document that is no text.
    pub(super) fn read_document(
        &mut self,
        format: usize,
        document: Document<'_>,
    ) -> Result<Met, Failure> {
        let _ = match isolated::is_isolated(format) {
            true => isolated::read(format, document, self)?,
            false => (DOCUMENTS[format].extract)(document, self)?,
        };
        Ok(Met::Read)
    }

    /// Hands on a document's own name.
    fn name(&mut self) -> Flow {
        let Some(step) = self.inside.last() else { return Flow::Continue };
        let name = name_of(step);
        if name.is_empty() {
            return Flow::Continue;
        }
        let mut names = std::mem::replace(&mut self.names, RecordBuilder::new(Ruler::default()));
        names.begin_fixed("", Place::Name);
        names.absent(&name);
        let flow = names.push_to(&mut NameOnly(self.visitor));
        self.names = names;
        self.stopped |= flow == Flow::Stop;
        flow
    }

    /// Nothing more may be unpacked of what is at hand.
    fn is_used_up(&self) -> bool {
        match self.inside.is_empty() {
            true => self.total == 0,
            false => self.left.left() == 0,
        }
    }

    /// Tells of a document inside that is not opened.
    fn refuse(&mut self, step: Step, reason: Reason, detail: String) -> Flow {
        let problem = Problem { inside: vec![step], ..Problem::whole(reason, detail) };
        self.problem(problem)
    }
}

impl Sink for Nest<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        self.state.pushed = true;
        let flow = self.visitor.record(record);
        self.stopped |= flow == Flow::Stop;
        flow
    }

    fn problem(&mut self, mut problem: Problem) -> Flow {
        if !problem.inside.is_empty() {
            // A document inside that nobody opened: it counts for itself.
            self.state.pushed = true;
            if !problem.partial {
                self.visitor.met(Met::Unread(problem.reason), false);
            }
        } else if problem.partial {
            self.state.partly = true;
        } else {
            problem.partial = self.state.pushed;
            self.state.unread = Some(problem.reason);
        }
        problem.inside.splice(0..0, self.inside.iter().cloned());
        self.visitor.problem(problem)
    }

    fn nested(&mut self, step: Step, content: &mut dyn Read) -> Flow {
        self.state.pushed = true;
        if self.inside.len() >= self.budget.depth {
            let detail = format!("more than {} documents inside one another", self.budget.depth);
            return self.refuse(step, Reason::TooDeep, detail);
        }
        if self.members >= self.budget.members || self.is_used_up() {
            return Flow::Stop;
        }
        self.members += 1;
        if self.members == self.budget.members {
            let detail =
                format!("more than {} documents inside: the rest is not read", self.budget.members);
            let _ = self.problem(Problem::part(Reason::Limit, detail));
            return Flow::Stop;
        }
        let outer = std::mem::take(&mut self.state);
        if self.inside.is_empty() {
            self.left.set(self.allowed.min(self.total));
        }
        let before = self.left.left();
        self.inside.push(step);
        self.visitor.enter(&self.inside);
        if self.name() == Flow::Continue {
            let read = guarded(|| self.read(content));
            let (met, partly) = self.end(read);
            self.visitor.met(met, partly);
        }
        self.inside.pop();
        self.visitor.enter(&self.inside);
        self.state = outer;
        if self.inside.is_empty() {
            self.total -= before - self.left.left();
        }
        if self.stopped || self.is_used_up() { Flow::Stop } else { Flow::Continue }
    }
}

/// Hands records on as they are.
pub(super) struct NameOnly<'v>(pub(super) &'v mut dyn Visitor);

impl Sink for NameOnly<'_> {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        self.0.record(record)
    }

    fn problem(&mut self, _problem: Problem) -> Flow {
        Flow::Continue
    }

    fn nested(&mut self, _step: Step, _content: &mut dyn Read) -> Flow {
        Flow::Continue
    }
}

/// The last part of the name of what a step leads to; none where it has no name.
fn name_of(step: &Step) -> Vec<u8> {
    let name: &FileName = match step {
        Step::ArchiveEntry { name, .. } | Step::Attachment { name } => name,
        Step::Embedded { name: Some(name), .. } => name,
        Step::Embedded { .. } | Step::MailMessage { .. } | Step::Blob { .. } => return Vec::new(),
    };
    let name = name.as_bytes();
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let start = memchr::memrchr2(b'/', b'\\', name).map_or(0, |at| at + 1);
    name[start..].to_vec()
}
