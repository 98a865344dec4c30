//! Notes on what somebody can't, or won't, eat: in columns of needs ([`cell`]), in labelled fields, and in
//! running text ([`sentence`]). Pure functions on text; finding the places worth a look, and whose a record
//! is, are left to others. Start at [`label`] to see which of the two to ask.
//!
//! The words are data: `rules/data/dietary.toml`.

mod attribution;
mod bounds;
mod cell;
mod fold;
mod food;
mod gate;
mod generic;
mod governor;
mod label;
mod lexicon;
mod note;
mod person;
mod sentence;
mod statement;
mod tokens;

pub use bounds::sentence_bounds;
pub use cell::{ColumnInfo, cell};
pub use gate::{Verdicts, gate};
pub use label::{Label, is_count_label, label};
pub use note::{Evidence, Kind, Note, Whose};
pub use sentence::{SentenceContext, paragraph, sentence};
