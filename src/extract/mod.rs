//! From stored bytes to records: one file a format, one line a format in the table below.

use std::io;

use crate::model::{Flow, Sink};

use document::{Document, Failure};

pub mod blocks;
pub mod builder;
mod bytes;
mod code_page;
mod compound;
mod compressed;
pub mod contact;
pub mod database;
pub mod declared;
pub mod delimited;
pub mod document;
mod dos;
pub mod encoding;
mod entities;
mod feed;
mod folded;
pub mod html;
pub mod json;
pub mod ldif;
pub mod lines;
mod mail;
mod mapi;
mod markup;
mod mbox;
pub mod ocr;
mod office;
mod output;
pub mod passwords;
mod pdf;
mod quoted;
pub mod recognise;
mod records;
mod relation;
mod relocated;
mod rtf;
mod sevenz;
mod sheets;
pub mod sql;
pub mod sqlite;
pub mod stream;
mod tabbed;
mod tar;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod testing_documents;
#[cfg(test)]
mod testing_markup;
mod tnef;
mod tree;
mod window;
pub mod xml;
pub mod yaml;
mod zip;

pub use builder::RecordBuilder;
pub use recognise::{Format, Recognised, recognise};
pub use stream::TextStream;

/// Reads a document and pushes its records. Ends early when the sink says so.
pub type Extract = fn(&mut TextStream<'_>, &mut dyn Sink) -> io::Result<Flow>;

/// A format of structured text.
#[derive(Debug)]
pub struct Structured {
    /// What people call it.
    pub name: &'static str,
    /// Is a text that begins with these (converted) bytes and has this name one of these?
    pub looks_like: fn(&[u8], &str) -> bool,
    /// Reads it.
    pub extract: Extract,
}

/// A format that is no text, or one of mails: it may hold other documents.
#[derive(Debug)]
pub struct DocumentFormat {
    /// What people call it.
    pub name: &'static str,
    /// Does a document with these first bytes and this name have it?
    pub looks_like: fn(&[u8], &[u8]) -> bool,
    /// Reads it.
    pub extract: ExtractDocument,
}

/// Reads a document that is no text and pushes its records and what is inside it.
pub type ExtractDocument = fn(Document<'_>, &mut dyn Sink) -> Result<Flow, Failure>;

/// The formats that are no text, in the order in which they are tried.
pub static DOCUMENTS: [DocumentFormat; 19] = [
    DocumentFormat { name: "ZIP archive", looks_like: zip::looks_like, extract: zip::extract },
    DocumentFormat {
        name: "compound file",
        looks_like: compound::looks_like,
        extract: compound::extract,
    },
    DocumentFormat {
        name: "gzip file",
        looks_like: compressed::is_gzip,
        extract: compressed::extract_gzip,
    },
    DocumentFormat { name: "tar archive", looks_like: tar::looks_like, extract: tar::extract },
    DocumentFormat {
        name: "bzip2 file",
        looks_like: compressed::is_bzip2,
        extract: compressed::extract_bzip2,
    },
    DocumentFormat {
        name: "xz file",
        looks_like: compressed::is_xz,
        extract: compressed::extract_xz,
    },
    DocumentFormat {
        name: "LZMA file",
        looks_like: compressed::is_lzma,
        extract: compressed::extract_lzma,
    },
    DocumentFormat {
        name: "Zstandard file",
        looks_like: compressed::is_zstd,
        extract: compressed::extract_zstd,
    },
    DocumentFormat {
        name: "LZ4 file",
        looks_like: compressed::is_lz4,
        extract: compressed::extract_lz4,
    },
    DocumentFormat { name: "7z archive", looks_like: sevenz::looks_like, extract: sevenz::extract },
    DocumentFormat { name: "PDF document", looks_like: pdf::looks_like, extract: pdf::extract },
    DocumentFormat {
        name: "SQLite database",
        looks_like: sqlite::looks_like,
        extract: sqlite::extract,
    },
    DocumentFormat {
        name: "encrypted SQLite database",
        looks_like: sqlite::looks_encrypted,
        extract: sqlite::extract_encrypted,
    },
    DocumentFormat {
        name: "SQLite log",
        looks_like: sqlite::looks_like_log,
        extract: sqlite::extract_log,
    },
    DocumentFormat { name: "RTF document", looks_like: rtf::looks_like, extract: rtf::extract },
    DocumentFormat { name: "wrapped mail", looks_like: tnef::looks_like, extract: tnef::extract },
    DocumentFormat { name: "picture", looks_like: ocr::looks_like, extract: ocr::extract },
    DocumentFormat { name: "mail", looks_like: mail::looks_like, extract: mail::extract },
    DocumentFormat { name: "box of mails", looks_like: mbox::looks_like, extract: mbox::extract },
];

/// The formats of structured text, in the order in which they are tried.
pub static STRUCTURED: [Structured; 8] = [
    Structured {
        name: "JSON lines",
        looks_like: json::looks_like_lines,
        extract: json::extract_lines,
    },
    Structured { name: "JSON", looks_like: json::looks_like, extract: json::extract },
    Structured { name: "HTML", looks_like: html::looks_like, extract: html::extract },
    Structured { name: "XML", looks_like: xml::looks_like, extract: xml::extract },
    Structured { name: "contacts", looks_like: contact::looks_like, extract: contact::extract },
    Structured { name: "LDIF", looks_like: ldif::looks_like, extract: ldif::extract },
    Structured { name: "SQL", looks_like: sql::looks_like, extract: sql::extract },
    Structured { name: "YAML", looks_like: yaml::looks_like, extract: yaml::extract },
];
