//! Plain data that all other modules speak in: no input, no output, no regex, no command line.

mod category;

pub use category::{Category, Confidence};
