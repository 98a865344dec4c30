//! Names of persons: a given name and a surname, in text, in columns and fields, and in the names of
//! files.
//!
//! Three ways lead to a name. In text a capital behind a space is a hit ([`running`]): it may begin a
//! surname. Cells whose label speaks of persons are all looked at ([`fields`]). File names are read
//! as words ([`file_name`]). All of them read words ([`words`], with [`lexicon`] and [`surname`]) and
//! take a row of them apart ([`phrase`]); what stands around may make it a street's or a firm's
//! ([`run`]).

mod fields;
mod file_name;
pub(crate) mod hash;
mod identifiers;
pub(crate) mod label;
mod letters;
mod lexicon;
mod phrase;
mod run;
mod running;
mod surname;
mod words;

use std::ops::Range;

use super::Reader;
use super::candidate::Normalized;
use super::judge;
use crate::model::{Attributes, Category, Clue, Evidence, Record};

/// How far the names of a record were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// What begins here is the record's to report.
    focus: Range<usize>,
    /// What is before this byte was read.
    done: usize,
    /// What is before this byte is known to be in no table with a column of names.
    prose: usize,
}

impl Progress {
    /// Nothing was read yet of a record with this focus.
    pub(super) fn new(focus: Range<usize>) -> Progress {
        Progress { focus, ..Progress::default() }
    }
}

impl Reader<'_> {
    /// Names that need no capital behind a space: those of labelled fields and of files.
    pub(super) fn names(&mut self, record: &Record<'_>) {
        if !self.detector.wants_category(Category::PersonName) {
            return;
        }
        if file_name::is_one(record) {
            self.names_of_file(record);
        } else {
            self.names_in_fields(record);
        }
    }

    fn push_name(&mut self, range: Range<usize>, evidence: Evidence, normalized: Normalized) {
        if !self.names.focus.contains(&range.start) {
            return;
        }
        let mut evidence = evidence;
        if identifiers::beside(self.text, &range) {
            evidence.add(Clue::PersonRecord);
        }
        let category = Category::PersonName;
        let attributes = Attributes::default();
        self.candidates.push(judge::weigh(category, range, evidence, attributes, normalized));
    }
}

#[cfg(test)]
mod tests;
