//! The integration tests, one binary.

mod accounts;
mod dietary;
#[cfg(test)]
mod distributed;
mod explain;
mod hostile_files;
mod layers;
mod rules;
#[cfg(test)]
mod run;
mod scan;
