//! Inventories as people and programs read them.
//!
//! Workers write the lines of the `ndjson` form (see [`writer`]); a [`Report`] takes these lines, in
//! order, and makes a form of them. To add a form, add a file and a line to [`FORMATS`].

use std::io::{self, Write};

pub mod csv;
pub mod finding;
pub mod header;
pub mod json;
pub mod key;
pub mod mask;
pub mod ndjson;
mod order;
pub mod sarif;
pub mod schema;
pub mod showing;
pub mod summary;
pub mod tally;
mod text;
pub mod unit;
pub mod writer;

pub use header::{Header, SCHEMA_VERSION, SourceLine};
pub use key::Key;
pub use showing::{Showing, Values};
pub(crate) use summary::harmless;
pub use tally::{Summary, Tally};
pub use unit::{Outcome, UnitLine, UnitName};
pub use writer::{Detail, UnitWriter};

/// Where a result is written to.
pub type Output = Box<dyn Write + Send>;

/// Makes a form of an inventory's lines.
pub trait Report: Send {
    /// Takes whole lines of the `ndjson` form: header, sources, findings, unread, units.
    ///
    /// # Errors
    /// When the result cannot be written.
    fn lines(&mut self, lines: &[u8]) -> io::Result<()>;

    /// Ends the result.
    ///
    /// # Errors
    /// When the result cannot be written.
    fn end(&mut self, summary: &Summary) -> io::Result<()>;
}

/// A form of the inventory.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The word used in options.
    pub id: &'static str,
    /// What of the units it needs.
    pub detail: Detail,
    /// Makes it.
    pub make: fn(Output) -> Box<dyn Report>,
}

/// All forms.
pub const FORMATS: [Format; 4] = [
    Format { id: "json", detail: Detail::Full, make: |out| Box::new(json::Json::new(out)) },
    Format { id: "ndjson", detail: Detail::Full, make: |out| Box::new(ndjson::Ndjson::new(out)) },
    Format { id: "csv", detail: Detail::Full, make: |out| Box::new(csv::Csv::new(out)) },
    Format {
        id: "summary",
        detail: Detail::Counts,
        make: |out| Box::new(summary::Overview::new(out)),
    },
];

/// The form of this name.
#[must_use]
pub fn format(id: &str) -> Option<Format> {
    FORMATS.into_iter().find(|format| format.id == id)
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The first.
    Header,
    /// A source.
    Source,
    /// Something found.
    Finding,
    /// Something not read.
    Unread,
    /// The end of a unit's report.
    Unit,
    /// The last.
    Summary,
}

impl Line {
    /// What `line` is. Our own writers put the type first.
    pub(crate) fn of(line: &[u8]) -> Option<Line> {
        let kind = line.strip_prefix(b"{\"type\":\"")?;
        [
            (&b"finding\""[..], Line::Finding),
            (b"unit\"", Line::Unit),
            (b"unread\"", Line::Unread),
            (b"source\"", Line::Source),
            (b"header\"", Line::Header),
            (b"summary\"", Line::Summary),
        ]
        .into_iter()
        .find_map(|(word, line)| kind.starts_with(word).then_some(line))
    }
}

/// A private file for what has to wait; nobody else can open it.
///
/// # Errors
/// When there is no room for it, with the name of the folder it should have been in.
pub(crate) fn waiting_file() -> io::Result<std::fs::File> {
    tempfile::tempfile_in(std::env::temp_dir()).map_err(in_temporary_folder)
}

/// An error of a private file: the folder it lies in is not where the result is written.
pub(crate) fn in_temporary_folder(error: io::Error) -> io::Error {
    let folder = std::env::temp_dir();
    let what = format!("in the folder for temporary files, {}: {error}", folder.display());
    io::Error::new(error.kind(), what)
}

/// Cuts into lines, line ends kept.
pub(crate) fn split_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr::memchr_iter(b'\n', text).map(move |at| {
        let line = &text[from..=at];
        from = at + 1;
        line
    })
}
