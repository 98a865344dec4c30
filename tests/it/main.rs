//! The integration tests, one binary.

mod accounts;
mod columns;
mod dietary;
#[cfg(test)]
mod distributed;
#[cfg(test)]
mod document_mutations;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod endings;
mod explain;
#[cfg(test)]
mod hostile_files;
mod layers;
#[cfg(test)]
mod nested;
#[cfg(test)]
mod old_documents;
mod rules;
#[cfg(test)]
mod run;
mod scan;
mod user_rules;
