//! From stored bytes to records: one file a format, one line a format in the table below.

use std::io;

use crate::model::{Flow, Sink};

pub mod blocks;
pub mod builder;
pub mod delimited;
pub mod encoding;
mod feed;
pub mod json;
mod quoted;
pub mod recognise;
mod records;
pub mod sql;
pub mod stream;
#[cfg(test)]
pub(crate) mod testing;
mod tree;
pub mod yaml;

pub use builder::RecordBuilder;
pub use recognise::{Format, Recognised, recognise};
pub use stream::TextStream;

/// Reads a document and pushes its records. Ends early when the sink says so.
pub type Extract = fn(&mut TextStream<'_>, &mut dyn Sink) -> io::Result<Flow>;
