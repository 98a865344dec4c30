//! Everything about one person: what a request for access (art. 15 GDPR) needs.
//!
//! Start at [`Person`], which a scan takes as its [`Search`](crate::scan::Search): where the person's
//! values stand, and what stands there with them.

mod anchor;
pub mod case;
pub mod deadline;
mod extent;
mod fold;
pub mod follow;
pub mod gather;
pub mod identifier;
pub mod listing;
pub mod pack;
pub mod page;
pub mod place;
pub mod seal;
mod search;
mod written;

pub use case::Case;
pub use extent::HIDDEN;
pub use identifier::{CheckDigits, Identifier, Kind, Origin, Unusable};
pub use search::Person;
