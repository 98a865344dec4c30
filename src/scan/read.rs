//! Reads one unit into a sink, from its start to its end, on the thread that asks: what `text`,
//! `explain` and `inspect` share. A scan reads in its own way, for speed; both recognise and extract alike.

use std::io::{Cursor, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::INTERRUPTED;
use super::container::beside;
use super::distribute::Limits;
use super::meter::{Metered, Origin};
use super::nested::{HEAD, NameOnly, Nest, Visitor};
use super::table::{Account, read as read_table};
use crate::extract::document::{Beside, Document, Failure};
use crate::extract::{Format, RecordBuilder, recognise};
use crate::model::{Budget, FileName, Flow, Place, Reason, Ruler, TablePart, UnitKind};
use crate::source::database::{Pool, Settings};
use crate::source::file::Opener;
use crate::source::stdin::Stdin;
use crate::source::{Found, Root, Selection, State};

pub use super::nested::Met;

/// Reads what a unit holds.
pub(super) fn unit(
    root: &Arc<Root>,
    found: &Found,
    budget: Budget,
    stop: &Arc<AtomicBool>,
    visitor: &mut dyn Visitor,
) -> Met {
    match &found.state {
        State::Ready if found.kind == UnitKind::Folder => Met::Empty,
        State::Ready => content(root, found, budget, stop, visitor),
        State::Skipped(why) => Met::Skipped(*why),
        State::Unread(problem) => {
            let _ = visitor.problem(problem.clone());
            Met::Unread(problem.reason)
        }
    }
}

/// Reads the name of a file as the scanner does.
pub(super) fn name(path: &FileName, visitor: &mut dyn Visitor) -> Flow {
    let mut builder = RecordBuilder::new(Ruler::default());
    builder.begin_fixed("", Place::Name);
    builder.absent(last_part(path));
    builder.push_to(&mut NameOnly(visitor))
}

fn last_part(path: &FileName) -> &[u8] {
    let path = path.as_bytes();
    memchr::memrchr(b'/', path).map_or(path, |at| &path[at + 1..])
}

fn content(
    root: &Arc<Root>,
    found: &Found,
    budget: Budget,
    stop: &Arc<AtomicBool>,
    visitor: &mut dyn Visitor,
) -> Met {
    if let Some(part) = &found.part {
        return table(root, part, budget, stop, visitor);
    }
    let links = Limits::new(root, &Selection::default()).links();
    let origin = match found.kind {
        UnitKind::Stdin => Ok(Origin::Stream(Box::new(Stdin::new(Arc::clone(stop))))),
        _ => Opener::default().open(root, &found.path, links).map(Origin::File),
    };
    let origin = match origin {
        Ok(origin) => origin,
        Err(refused) => match refused.problem() {
            Ok(problem) => {
                let reason = problem.reason;
                let _ = visitor.problem(problem);
                return Met::Unread(reason);
            }
            Err(why) => return Met::Skipped(why),
        },
    };
    let size = match &origin {
        Origin::File(file) => file.facts().size,
        Origin::Stream(_) => 0,
    };
    let beside = beside(root, &found.path, links);
    opened((origin, beside), size, last_part(&found.path), budget, stop, visitor)
}

/// Reads a document that is in memory. `path` is what it is called.
pub(super) fn bytes(
    content: Vec<u8>,
    path: &FileName,
    budget: Budget,
    stop: &Arc<AtomicBool>,
    visitor: &mut dyn Visitor,
) -> Met {
    let size = content.len() as u64;
    let origin = Origin::Stream(Box::new(Cursor::new(content)));
    let alone: Beside<'_> = Box::new(|_| None);
    opened((origin, alone), size, last_part(path), budget, stop, visitor)
}

/// Reads what was opened, with the way to what lies beside it.
fn opened<'r>(
    (origin, beside): (Origin, Beside<'r>),
    size: u64,
    name: &'r [u8],
    budget: Budget,
    stop: &Arc<AtomicBool>,
    visitor: &mut dyn Visitor,
) -> Met {
    let mut nest = Nest::new(visitor, budget, size);
    let interrupted = |failure| match stop.load(Ordering::Relaxed) {
        true => Failure::Unreadable(Reason::Limit, INTERRUPTED.to_owned()),
        false => failure,
    };
    let read = |nest: &mut Nest<'_>| document(nest, origin, name, (budget, beside));
    nest.outermost(|nest| read(nest).map_err(interrupted)).0
}

/// Reads a table, or a part of one.
fn table(
    root: &Root,
    part: &TablePart,
    budget: Budget,
    stop: &AtomicBool,
    visitor: &mut dyn Visitor,
) -> Met {
    let pool = Pool::new(Settings::default());
    let alive = || if stop.load(Ordering::Relaxed) { Flow::Stop } else { Flow::Continue };
    let mut account = Account::default();
    let mut nest = Nest::new(visitor, budget, 0);
    nest.outermost(|nest| Ok(read_table((&pool, root, part), None, &mut account, nest, &alive))).0
}

fn document<'r>(
    nest: &mut Nest<'_>,
    origin: Origin,
    name: &'r [u8],
    (budget, beside): (Budget, Beside<'r>),
) -> Result<Met, Failure> {
    let mut head = Vec::new();
    match origin {
        Origin::File(mut file) => {
            file.by_ref().take(HEAD).read_to_end(&mut head)?;
            match recognise(&head, name).format {
                Format::Document(n) => {
                    let document = Document::stored(name, head, Box::new(file), budget);
                    nest.read_document(n, document.beside(beside))
                }
                _ => nest.read_as(head, name, Metered::new(Origin::File(file), b"")),
            }
        }
        stream @ Origin::Stream(_) => {
            let mut source = Metered::new(stream, b"");
            source.by_ref().take(HEAD).read_to_end(&mut head)?;
            nest.read_as(head, name, source)
        }
    }
}
