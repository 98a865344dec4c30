//! The integration tests, one binary.

mod accounts;
mod columns;
#[cfg(test)]
mod data_map;
mod dietary;
#[cfg(test)]
mod distributed;
#[cfg(test)]
mod endings;
mod explain;
#[cfg(test)]
mod hostile_files;
mod layers;
#[cfg(test)]
mod nested;
mod rules;
#[cfg(test)]
mod run;
mod scan;
mod user_rules;
