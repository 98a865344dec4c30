//! What inventories add up to: the data map, the record of processing, what lies past its time, what
//! has changed, and the pages that show it.
//!
//! [`survey`] reads inventories and a policy once; `map`, `register` and `retention` are views of
//! it. [`diff`] holds two inventories against each other. [`page`] is the one HTML page that all of
//! them and `scan --format html` ([`scan_page`]) are shown with. Nothing here reads what was scanned.

pub mod diff;
mod distinct;
pub mod map;
pub mod names;
pub mod page;
pub mod register;
pub mod retention;
pub mod scan_page;
pub mod sheet;
pub mod survey;
