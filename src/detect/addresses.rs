//! Postal addresses: a street with its number, and a postcode with its own town.

use super::Reader;

impl Reader<'_> {
    /// The postcode that ends at `end`.
    pub(super) fn postcode(&mut self, _end: usize) {}
}
