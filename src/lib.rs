//! `sparhund` finds personal data in files, documents and databases, and says exactly where it lies.
//!
//! Start at [`model`] for the words everything else is said in, at [`scan`] for how they meet.
//! `ARCHITECTURE.md` has the picture.

pub mod check;
pub mod cli;
pub mod config;
pub mod data_map;
pub mod detect;
pub mod erasure;
pub mod extract;
pub mod inventory;
pub mod model;
pub mod policy;
pub mod report;
pub mod rules;
pub mod scan;
pub mod source;
pub mod sqlite;
pub mod subject;
pub mod validate;
