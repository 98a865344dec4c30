//! The integration tests, one binary.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod check;
#[cfg(test)]
mod columns;
#[cfg(test)]
mod config;
#[cfg(test)]
mod data_map;
#[cfg(test)]
mod databases;
#[cfg(test)]
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
#[cfg(test)]
mod explain;
#[cfg(test)]
mod hostile_files;
#[cfg(test)]
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
#[cfg(test)]
mod rules;
#[cfg(test)]
mod run;
#[cfg(test)]
mod sarif;
#[cfg(test)]
mod scan;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod subject;
#[cfg(test)]
mod user_rules;
