//! The parts of an Office Open XML package (ECMA-376, part 2).

use std::collections::HashMap;
use std::io::Read;

use super::tags::{Tags, Token};
use crate::extract::document::{Allowance, Bounded, Failure};
pub(super) use crate::extract::relation::Relation;
use crate::extract::relation::relations_of;
use crate::extract::zip::{self, Archive};
use crate::model::{Flow, Sink, Step};

/// A part being read.
pub(super) type Part<'p> = Tags<Bounded<Box<dyn Read + 'p>>>;

/// A package.
pub(super) struct Package<'p, 'a> {
    archive: &'p mut Archive<'a>,
    /// The parts by name in lower case, for programs differ in that.
    names: HashMap<String, usize>,
    /// What all parts together may still unpack to: a part may be named any number of times.
    left: Allowance,
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
        let budget = archive.budget();
        let left = Allowance::new(budget.unpacked(stored), budget.ratio);
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
        Ok(Some(Bounded::new(Box::new(file), self.left.clone())))
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
        let (folder, own) = relations_of(name);
        let mut relations = Vec::new();
        let Some(mut tags) = self.part(&own)? else { return Ok(relations) };
        while let Some(token) = tags.next()? {
            let Token::Open(tag) = token else { continue };
            if tag.name == b"Relationship" {
                let attributes: [&[u8]; 4] = [b"Id", b"Type", b"Target", b"TargetMode"];
                let values = attributes.map(|name| tag.text(name).unwrap_or_default());
                relations.push(Relation::new(folder, values));
            }
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
