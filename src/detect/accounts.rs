//! Numbers of organisations, cards and accounts.

use super::Reader;

impl Reader<'_> {
    /// The hyphen before the last digit of a plusgiro or account number.
    pub(super) fn giro(&mut self, _at: usize) {}
}
