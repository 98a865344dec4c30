//! From what was found of a person to a list of concrete deletions, and later to the proof that they
//! were done (art. 17 GDPR).
//!
//! [`plan`](plan::plan) makes operations of places, without input or output; [`sql`] and [`worklist`]
//! write them for those who carry them out, for nothing is changed here; [`verify`] holds what a new
//! search finds against them.

pub mod operation;
pub mod order;
pub mod plan;
pub mod sql;
pub mod verify;
pub mod worklist;

pub use operation::{Action, Operation, Safety};
pub use plan::{Plan, Policy};
