//! detect

pub mod finder;
