//! From records to findings: candidates in one pass, exact validation, evidence that adds up.

mod candidate;
mod email;
pub mod finder;
mod keywords;
mod number;
mod phone;
mod separators;

use crate::model::{Category, Confidence, Finding, Record};
use crate::validate::date::Date;

/// What is looked for, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The categories reported.
    pub categories: Vec<Category>,
    /// The least confidence reported.
    pub min_confidence: Confidence,
    /// The day against which birth dates and ages are judged.
    pub reference: Date,
}

/// Finds personal data in records. Holds no state of what it scans: any number of threads may share
/// one, each with a [`Scratch`] of its own.
#[derive(Debug)]
pub struct Detector {
    options: Options,
}

/// A thread's buffers, and what is remembered of the document at hand.
#[derive(Debug, Default)]
pub struct Scratch {}

impl Scratch {
    /// Forgets the last document. Call it before the first record of each document.
    pub fn begin_document(&mut self) {}
}

impl Detector {
    /// A detector. Cheap: its tables are made when the program is built.
    #[must_use]
    pub fn new(options: Options) -> Detector {
        Detector { options }
    }

    /// What it looks for.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Reports what begins in the record's focus, in order of place.
    pub fn scan(
        &self,
        _record: &Record<'_>,
        _scratch: &mut Scratch,
        _found: &mut dyn FnMut(&Finding<'_>),
    ) {
    }
}
