//! The parts of an Office Open XML package and how they point at one another (ECMA-376, part 2).

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read};
use std::rc::Rc;

use super::tags::{Tags, Token};
use crate::extract::document::{Exhausted, Failure};
use crate::extract::zip::{self, Archive};
use crate::model::{Budget, Flow, Sink, Step};

/// A part being read.
pub(super) type Part<'p> = Tags<Bounded<Box<dyn Read + 'p>>>;

/// A package.
pub(super) struct Package<'p, 'a> {
    archive: &'p mut Archive<'a>,
    /// The parts by name in lower case, for programs differ in that.
    names: HashMap<String, usize>,
    /// Bytes that all parts together may still unpack to: a part may be named any number of times.
    left: Rc<Cell<u64>>,
}

/// How a part points at another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type: `worksheet`, `comments`.
    pub(super) kind: String,
    /// The other's name in the package, or an address outside.
    pub(super) target: String,
    pub(super) external: bool,
}

impl<'p, 'a> Package<'p, 'a> {
    pub(super) fn new(archive: &'p mut Archive<'a>) -> Package<'p, 'a> {
        let name = |n: usize| {
            let raw = archive.name_for_index(n)?.ok()?;
            Some((raw.trim_start_matches('/').replace('\\', "/").to_lowercase(), n))
        };
        let names = (0..archive.len()).filter_map(name).collect();
        let size = |n: usize| archive.by_index_data(n).map_or(0, |entry| entry.compressed_size());
        let stored = (0..archive.len()).map(size).fold(0, u64::saturating_add);
        let left = Rc::new(Cell::new(Budget::default().unpacked(stored)));
        Package { archive, names, left }
    }

    /// The names of the parts in a folder, in order.
    pub(super) fn in_folder(&self, folder: &str) -> Vec<String> {
        let within = |name: &&String| name.starts_with(folder) && !name.contains("/_rels/");
        let mut names: Vec<String> = self.names.keys().filter(within).cloned().collect();
        names.sort();
        names
    }

    /// Is there such a part?
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&name.to_lowercase())
    }

    /// Reads a part that is no XML; none if it is not there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn open(
        &mut self,
        name: &str,
    ) -> Result<Option<Bounded<Box<dyn Read + '_>>>, Failure> {
        let Some(&n) = self.names.get(&name.to_lowercase()) else { return Ok(None) };
        let file = self.archive.by_index(n).map_err(zip::failure)?;
        Ok(Some(Bounded { content: Box::new(file), left: Rc::clone(&self.left) }))
    }

    /// Reads a part of XML; none if it is not there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_>>, Failure> {
        Ok(self.open(name)?.map(Tags::new))
    }

    /// What a part points at, the package itself for the empty name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn relations(&mut self, name: &str) -> Result<Vec<Relation>, Failure> {
        let (folder, own) = name.rsplit_once('/').unwrap_or(("", name));
        let gap = if folder.is_empty() { "" } else { "/" };
        let mut relations = Vec::new();
        let Some(mut tags) = self.part(&format!("{folder}{gap}_rels/{own}.rels"))? else {
            return Ok(relations);
        };
        while let Some(token) = tags.next()? {
            let Token::Open(tag) = token else { continue };
            if tag.name != b"Relationship" {
                continue;
            }
            let target = tag.text(b"Target").unwrap_or_default();
            let external = tag.attribute(b"TargetMode") == Some(b"External");
            let kind = tag.text(b"Type").unwrap_or_default();
            relations.push(Relation {
                id: tag.text(b"Id").unwrap_or_default(),
                kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                target: if external { target } else { resolved(folder, &target) },
                external,
            });
        }
        Ok(relations)
    }

    /// Hands on the files inside the document that lie in `folder`.
    pub(super) fn embedded(&mut self, folder: &str, sink: &mut dyn Sink) -> Result<Flow, Failure> {
        for name in self.in_folder(folder).iter().filter(|name| !name[folder.len()..].contains('/'))
        {
            let Some(&n) = self.names.get(name) else { continue };
            let mut file = self.archive.by_index(n).map_err(zip::failure)?;
            let own = file.name().map(|name| name.into_owned()).unwrap_or_else(|_| name.clone());
            let own = own.rsplit(['/', '\\']).next().unwrap_or_default();
            let step = Step::Embedded {
                name: Some(crate::model::FileName::new(own.as_bytes())),
                index: None,
            };
            if sink.nested(step, &mut file) == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }
}

/// The name of a part that is named in another of `folder`.
fn resolved(folder: &str, target: &str) -> String {
    let absolute = target.starts_with('/');
    let mut steps: Vec<&str> = if absolute { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => _ = steps.pop(),
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

/// A part being unpacked, up to what the package's size lets one expect.
pub(super) struct Bounded<R> {
    content: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.content.read(out)?;
        let left = self.left.get();
        self.left.set(left.saturating_sub(n as u64));
        if n as u64 > left {
            let ratio = Budget::default().ratio;
            let detail = format!("it unpacks to more than {ratio} times its size");
            return Err(io::Error::other(Exhausted(detail)));
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        for (folder, target, want) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/worksheets", "../comments1.xml", "xl/comments1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("", "./xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "../../../a.xml", "a.xml"),
        ] {
            assert_eq!(resolved(folder, target), want);
        }
    }
}
