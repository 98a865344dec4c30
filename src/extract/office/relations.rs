//! Relationships between the parts of an Office Open XML document (ECMA-376, part 2).

use super::part::{self, Handler, Tag};
use crate::extract::document::Failure;
use crate::extract::zip::Archive;
use crate::model::Flow;

/// One of a part's relationships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Relation {
    /// By which the part refers to it.
    pub(super) id: String,
    /// The last word of its type, such as `header`.
    pub(super) kind: String,
    /// The name of the other part in the archive; what is outside it, as written.
    pub(super) target: String,
    /// It leads out of the document.
    pub(super) external: bool,
}

/// The relationships of a part; those of the whole document for an empty name.
pub(super) fn of(archive: &mut Archive<'_>, part: &str) -> Result<Vec<Relation>, Failure> {
    let (folder, own) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    let mut relations = Relations { folder, all: Vec::new() };
    part::read(archive, &format!("{folder}{slash}_rels/{own}.rels"), &mut relations)?;
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
            let attribute = |name| tag.attribute(name).unwrap_or_default();
            let external = attribute("TargetMode") == "External";
            let target = attribute("Target");
            let kind = attribute("Type").rsplit('/').next().unwrap_or_default().to_owned();
            let target = if external { target } else { resolved(self.folder, &target) };
            self.all.push(Relation { id: attribute("Id"), kind, target, external });
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

/// The name of a part that is told from `folder`.
fn resolved(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found() {
        let check = |folder, target, want| assert_eq!(resolved(folder, target), want);
        check("word", "header1.xml", "word/header1.xml");
        check("word", "/word/a.xml", "word/a.xml");
        check("ppt/slides", "../notesSlides/n1.xml", "ppt/notesSlides/n1.xml");
        check("", "word/document.xml", "word/document.xml");
        check("a", "../../../b", "b");
    }
}
