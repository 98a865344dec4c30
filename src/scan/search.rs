//! A scan for some of what is found: what a search for one person puts between records and report.

use super::Context;
use crate::detect::{Detector, Scratch};
use crate::model::{Finding, Record};

/// Says what of a record is reported. Shared by all threads; what it answers depends on the record
/// alone.
pub trait Search: Send + Sync {
    /// Reports findings of a record, in order of place. What it wants to be noted of the record beside
    /// them is a JSON array, which becomes a line of the type `record` in the report.
    fn search(
        &self,
        detector: &Detector,
        record: &Record<'_>,
        scratch: &mut Scratch,
        found: &mut dyn FnMut(&Finding<'_>),
    ) -> Option<String>;
}

impl Context {
    /// Reports what is wanted of a record.
    pub(super) fn examine<F: FnMut(&Finding<'_>)>(
        &self,
        record: &Record<'_>,
        scratch: &mut Scratch,
        found: &mut F,
    ) -> Option<String> {
        match &self.search {
            Some(search) => search.search(&self.detector, record, scratch, found),
            None => {
                self.detector.scan(record, scratch, found);
                None
            }
        }
    }
}
