//! IP addresses (RFC 791, RFC 4291).

use super::Reader;

impl Reader<'_> {
    /// The address around the full stop or colon at `at`.
    pub(super) fn ip_address(&mut self, _at: usize) {}
}
