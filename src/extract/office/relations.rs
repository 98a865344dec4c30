//! Reads which parts of an Office Open XML document a part points at.

use super::part::{self, Handler, Tag};
use crate::extract::document::Failure;
pub(super) use crate::extract::relation::Relation;
use crate::extract::relation::relations_of;
use crate::extract::zip::Archive;
use crate::model::Flow;

/// The relationships of a part; those of the whole document for an empty name.
pub(super) fn of(archive: &mut Archive<'_>, part: &str) -> Result<Vec<Relation>, Failure> {
    let (folder, name) = relations_of(part);
    let mut relations = Relations { folder, all: Vec::new() };
    part::read(archive, &name, &mut relations)?;
    Ok(relations.all)
}

/// The targets of one kind, in order.
pub(super) fn targets<'r>(all: &'r [Relation], kind: &'r str) -> impl Iterator<Item = &'r str> {
    all.iter().filter(move |r| r.kind == kind && !r.external).map(|r| r.target.as_str())
}

/// The target of that name.
pub(super) fn target<'r>(all: &'r [Relation], id: &str) -> Option<&'r str> {
    all.iter().find(|r| r.id == id).map(|r| r.target.as_str())
}

struct Relations<'f> {
    folder: &'f str,
    all: Vec<Relation>,
}

impl Handler for Relations<'_> {
    fn start(&mut self, tag: &Tag<'_>) -> Flow {
        if tag.name() == "Relationship" {
            let attributes = ["Id", "Type", "Target", "TargetMode"];
            let values = attributes.map(|name| tag.attribute(name).unwrap_or_default());
            self.all.push(Relation::new(self.folder, values));
        }
        Flow::Continue
    }

    fn end(&mut self, _name: &str) -> Flow {
        Flow::Continue
    }

    fn text(&mut self, _text: &str) -> Flow {
        Flow::Continue
    }
}
