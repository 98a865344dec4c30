//! Reads one unit into a sink, from its start to its end, on the thread that asks: what `text` and
//! `explain` share. A scan reads in its own way, for speed; both recognise and extract alike.

use std::io::{self, Read as _};

use super::meter::{Metered, Origin};
use super::nested::{HEAD, NameOnly, Nest, Visitor};
use crate::extract::document::{Document, Failure};
use crate::extract::{Format, RecordBuilder, recognise};
use crate::model::{Budget, FileName, Flow, Place, Problem, Reason, Ruler, UnitKind};
use crate::source::file::{self, Links, Refused};
use crate::source::{Found, Root, RootKind, State};

pub use super::nested::Met;

/// Reads what a unit holds.
pub(super) fn unit(root: &Root, found: &Found, visitor: &mut dyn Visitor, budget: Budget) -> Met {
    match &found.state {
        State::Ready if found.kind == UnitKind::Folder => Met::Empty,
        State::Ready => content(root, found, visitor, budget),
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

fn content(root: &Root, found: &Found, visitor: &mut dyn Visitor, budget: Budget) -> Met {
    let links = if root.kind == RootKind::File { Links::Follow } else { Links::Refuse };
    let origin = match found.kind {
        UnitKind::Stdin => Ok(Origin::Stream(Box::new(io::stdin()))),
        _ => file::open(&root.locate(&found.path), links).map(Origin::File),
    };
    let origin = match origin {
        Ok(origin) => origin,
        Err(Refused::Skip(why)) => return Met::Skipped(why),
        Err(Refused::Io(error)) => {
            let reason = Reason::of_io(&error);
            let _ = visitor.problem(Problem::whole(reason, format!("it cannot be read: {error}")));
            return Met::Unread(reason);
        }
    };
    let size = match &origin {
        Origin::File(file) => file.facts().size,
        Origin::Stream(_) => 0,
    };
    let mut nest = Nest::new(visitor, budget, size);
    nest.outermost(|nest| document(nest, origin, last_part(&found.path), budget)).0
}

fn document(
    nest: &mut Nest<'_>,
    origin: Origin,
    name: &[u8],
    budget: Budget,
) -> Result<Met, Failure> {
    let mut head = Vec::new();
    match origin {
        Origin::File(mut file) => {
            file.by_ref().take(HEAD).read_to_end(&mut head)?;
            match recognise(&head, name).format {
                Format::Document(n) => {
                    let document = Document::stored(name, head, Box::new(file), budget);
                    nest.read_document(n, document)
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
