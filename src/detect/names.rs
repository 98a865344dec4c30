//! Names of persons: a given name and a surname, in text, in columns and in fields.

use super::Reader;

impl Reader<'_> {
    /// The capital letter at `at` may begin the surname after a given name.
    pub(super) fn capital(&mut self, _at: usize) {}
}
