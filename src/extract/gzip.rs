//! gzip files (RFC 1952): one document each, of one or more compressed members.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use super::document::{Document, Failure};
use crate::model::{FileName, Flow, Sink, Step};

/// Endings that say what the compressed file holds.
const ENDINGS: [(&[u8], &[u8]); 3] = [(b".gz", b""), (b".tgz", b".tar"), (b".taz", b".tar")];

/// Is it a gzip file?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(b"\x1F\x8B\x08")
}

/// Reads what is compressed.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let name = inner_name(document.name(), &ENDINGS);
    let mut content = MultiGzDecoder::new(document.into_reader()?).take(u64::MAX);
    Ok(sink.nested(Step::ArchiveEntry { name, index: None }, &mut content))
}

/// The name of the one document in a compressed file: its own, without the ending that says so.
pub(super) fn inner_name(name: &[u8], endings: &[(&[u8], &[u8])]) -> FileName {
    let found = endings.iter().find(|(ending, _)| {
        name.len() > ending.len() && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
    });
    let (ending, instead) = found.copied().unwrap_or_default();
    FileName::new([&name[..name.len() - ending.len()], instead].concat())
}
