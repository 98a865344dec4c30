//! detect
pub mod dietary;
