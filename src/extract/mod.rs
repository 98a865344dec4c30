//! From stored bytes to records: one file a format, one line a format in the table below.

pub mod builder;
pub mod encoding;
pub mod stream;

pub use builder::RecordBuilder;
pub use stream::TextStream;
