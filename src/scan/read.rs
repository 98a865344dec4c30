//! Reads one unit into a sink, from its start to its end, on the thread that asks: what `text` and
//! `explain` share. A scan reads in its own way, for speed; both recognise and extract alike.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::INTERRUPTED;
use super::distribute::Limits;
use super::meter::{Metered, Origin};
use crate::extract::blocks::{Block, Blocks};
use crate::extract::{Format, RecordBuilder, STRUCTURED, TextStream, recognise};
use crate::model::{FileName, Flow, Place, Problem, Reason, Ruler, Sink, Skipped, UnitKind};
use crate::source::file::Opener;
use crate::source::stdin::Stdin;
use crate::source::{Found, Root, Selection, State};

/// First bytes by which a document is recognised.
const HEAD: u64 = 64 * 1024;

/// What a unit turned out to be. What could not be read of it the sink was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// Text, which the sink was given.
    Text,
    /// Nothing, or not a single byte.
    Empty,
    /// Passed over on purpose.
    Skipped(Skipped),
    /// Not read: the sink was told why.
    Unread,
}

/// Reads what a unit holds.
pub(super) fn unit(
    root: &Arc<Root>,
    found: &Found,
    stop: &Arc<AtomicBool>,
    sink: &mut dyn Sink,
) -> Met {
    match &found.state {
        State::Ready if found.kind == UnitKind::Folder => Met::Empty,
        State::Ready => content(root, found, stop, sink),
        State::Skipped(why) => Met::Skipped(*why),
        State::Unread(problem) => {
            let _ = sink.problem(problem.clone());
            Met::Unread
        }
    }
}

/// Reads the name of a file as the scanner does.
pub(super) fn name(path: &FileName, sink: &mut dyn Sink) -> Flow {
    let mut builder = RecordBuilder::new(Ruler::default());
    builder.begin_fixed("", Place::Name);
    builder.absent(last_part(path));
    builder.push_to(sink)
}

fn last_part(path: &FileName) -> &[u8] {
    let path = path.as_bytes();
    memchr::memrchr(b'/', path).map_or(path, |at| &path[at + 1..])
}

fn content(root: &Arc<Root>, found: &Found, stop: &Arc<AtomicBool>, sink: &mut dyn Sink) -> Met {
    let links = Limits::new(root, &Selection::default()).links();
    let origin = match found.kind {
        UnitKind::Stdin => Ok(Origin::Stream(Box::new(Stdin::new(Arc::clone(stop))))),
        _ => Opener::default().open(root, &found.path, links).map(Origin::File),
    };
    let read = match origin {
        Ok(origin) => document(origin, last_part(&found.path), sink),
        Err(refused) => match refused.problem() {
            Ok(problem) => {
                let _ = sink.problem(problem);
                return Met::Unread;
            }
            Err(why) => return Met::Skipped(why),
        },
    };
    read.unwrap_or_else(|error| {
        let problem = match stop.load(Ordering::Relaxed) {
            true => Problem::part(Reason::Limit, INTERRUPTED),
            false => Problem::whole(Reason::of_io(&error), format!("it cannot be read: {error}")),
        };
        let _ = sink.problem(problem);
        Met::Unread
    })
}

fn document(origin: Origin, name: &[u8], sink: &mut dyn Sink) -> io::Result<Met> {
    let mut source = Metered::new(origin, b"");
    let mut head = Vec::new();
    source.by_ref().take(HEAD).read_to_end(&mut head)?;
    let recognised = recognise(&head, name);
    let table = match recognised.format {
        Format::Empty => return Ok(Met::Empty),
        Format::Binary => return Ok(Met::Skipped(Skipped::Binary)),
        Format::Unsupported(what) => {
            let _ = sink.problem(Problem::whole(Reason::Unsupported, what));
            return Ok(Met::Unread);
        }
        Format::Structured(n) => {
            let mut stream = TextStream::with_encoding(head, Box::new(source), recognised.stored);
            let _ = (STRUCTURED[n].extract)(&mut stream, sink)?;
            return Ok(Met::Text);
        }
        Format::Text => None,
        Format::Table(dialect) => Some(dialect.table),
    };
    let quote = table.as_ref().and_then(|table| table.quote);
    let mut blocks = Blocks::new(head, Box::new(source), recognised.stored, quote);
    let mut block = Block::default();
    loop {
        let more = blocks.next(&mut block);
        let ended = matches!(more, Ok(false));
        if ended || sink.record(&block.record(table.as_ref())) == Flow::Stop {
            return Ok(Met::Text);
        }
        more?;
    }
}
