//! The integration tests, one binary.

mod dietary;
mod distributed;
mod hostile_files;
mod layers;
mod run;
mod scan;
