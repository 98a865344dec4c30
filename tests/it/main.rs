//! The integration tests, one binary.

mod accounts;
mod columns;
#[cfg(test)]
mod databases;
mod data_map;
mod dietary;
#[cfg(test)]
mod distributed;
#[cfg(test)]
mod endings;
#[cfg(test)]
mod erasure;
mod explain;
#[cfg(test)]
mod hostile_files;
mod layers;
#[cfg(test)]
mod nested;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod pdf_files;
#[cfg(test)]
mod pdf_hostile;
#[cfg(test)]
mod pdf_mutations;
#[cfg(test)]
mod pdf_structure;
mod rules;
#[cfg(test)]
mod run;
mod scan;
#[cfg(test)]
mod subject;
mod sqlite;
mod user_rules;
