//! Inventories read back: what `scan` has written, as typed objects, one after another.
//!
//! [`open`] takes both forms, `json` and `ndjson`, by what stands in them, and holds one object at a
//! time. An inventory that was cut off gives what is in it; [`Reader::ending`] says that it was. What
//! to make of the objects is left to others. Start at [`Reader`].

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

mod object;
mod pieces;
mod place;
mod reader;

pub use object::{
    At, Attributes, Finding, Ledger, Location, Object, Step, Summary, Unit, Unread, Value,
};
pub use reader::{Ending, ReadError, Reader};

const BUFFER: usize = 128 * 1024;

/// Opens an inventory; `-` is standard input.
///
/// # Errors
/// When it cannot be opened.
pub fn open(path: &Path) -> io::Result<Reader<Box<dyn io::BufRead>>> {
    let input: Box<dyn io::BufRead> = if path.as_os_str() == "-" {
        Box::new(BufReader::with_capacity(BUFFER, io::stdin()))
    } else {
        Box::new(BufReader::with_capacity(BUFFER, File::open(path)?))
    };
    Ok(Reader::new(input))
}
