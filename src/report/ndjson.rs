//! One object a line, as they come.

use std::io;

use super::{Output, Report, Summary};

/// Bytes written at once.
pub(super) const PIECE: usize = 128 * 1024;

/// The `ndjson` form. Lines come in pieces large enough to be written as they are.
pub struct Ndjson(Output);

impl Ndjson {
    /// Writes to `out`.
    #[must_use]
    pub fn new(out: Output) -> Ndjson {
        Ndjson(out)
    }
}

impl Report for Ndjson {
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        self.0.write_all(lines)
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.0.write_all(&summary.to_line())?;
        self.0.flush()
    }
}
