//! report

pub mod schema;
