//! The integration tests, one binary.

mod accounts;
#[cfg(test)]
mod check;
mod columns;
#[cfg(test)]
mod config;
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
#[cfg(test)]
mod sarif;
mod scan;
mod user_rules;
