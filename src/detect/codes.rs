//! Numbers with letters: IBAN (ISO 13616), passports, vehicle registrations.

use super::Reader;

impl Reader<'_> {
    /// The two letters before two digits at `at`.
    pub(super) fn code(&mut self, _at: usize) {}

    /// The three letters before two digits at `at`.
    pub(super) fn plate(&mut self, _at: usize) {}
}
