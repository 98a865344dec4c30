//! The integration tests, one binary.

mod accounts;
#[cfg(test)]
mod check;
mod columns;
#[cfg(test)]
mod config;
mod data_map;
#[cfg(test)]
mod databases;
mod dietary;
#[cfg(test)]
mod distributed;
#[cfg(test)]
mod document_mutations;
#[cfg(test)]
mod documents;
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
mod old_documents;
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
#[cfg(test)]
mod sarif;
mod scan;
mod sqlite;
#[cfg(test)]
mod subject;
mod user_rules;
