//! Tables that a spreadsheet program in Sweden opens right: UTF-8 with a byte order mark, semicolons,
//! CRLF, and no cell that it would take for a formula.

use std::io::{self, Write};

use crate::report::csv::cell;

/// A table being written.
pub struct Sheet<W>(W);

impl<W: Write> Sheet<W> {
    /// Begins with the names of the columns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut out: W, columns: &[&str]) -> io::Result<Sheet<W>> {
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut sheet = Sheet(out);
        sheet.row(columns)?;
        Ok(sheet)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> io::Result<()> {
        let mut row = String::new();
        for (n, text) in cells.iter().enumerate() {
            if n > 0 {
                row.push(';');
            }
            cell(&mut row, text.as_ref());
        }
        row.push_str("\r\n");
        self.0.write_all(row.as_bytes())
    }
}
