//! The integration tests, one binary.

mod dietary;
mod layers;
