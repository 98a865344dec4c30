//! The integration tests, one binary.

mod dietary;
#[cfg(test)]
mod distributed;
mod hostile_files;
mod layers;
#[cfg(test)]
mod run;
mod scan;
