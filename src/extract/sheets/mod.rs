//! Spreadsheets: xlsx and xlsm, xlsb, ods, xls.
//!
//! Each reader goes through the sheets from front to back and pushes cells into a
//! [`sheet::Sheet`], which makes records of rows with the names of their columns. What hangs on a
//! sheet (comments, text boxes, headers) follows its rows.

mod address;
mod header;
mod number;
pub(super) mod ods;
mod package;
mod properties;
mod sheet;
mod tags;
#[cfg(test)]
mod tests;
pub(super) mod xls;
pub(super) mod xlsx;
