//! Tells SQL dumps from other texts, and which escapes their literals have.

use super::super::quoted::Escapes;

/// What a statement or comment of a dump begins with.
const FIRST: [&str; 26] = [
    "--", "/*", "#", "SET", "CREATE", "INSERT", "DROP", "USE", "BEGIN", "PRAGMA", "COPY", "SELECT",
    "ALTER", "LOCK", "GO", "START", "DELETE", "UPDATE", "REPLACE", "GRANT", "WITH", "TRUNCATE",
    "MERGE", "DECLARE", "EXEC", "IF",
];
/// What a dump has at the start of a line.
const TELLING: [&str; 8] = [
    "INSERT INTO ",
    "CREATE TABLE ",
    "COPY ",
    "REPLACE INTO ",
    "INSERT [",
    "UPDATE ",
    "-- MYSQL DUMP",
    "-- POSTGRESQL DATABASE DUMP",
];

/// Is it SQL? Its name says so if it begins as SQL does; else there must be a statement with data.
pub(super) fn is_sql(head: &[u8], is_named: bool) -> bool {
    let mut lines = head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let mut first = lines.clone();
    let begins = first.next().is_some_and(|line| FIRST.iter().any(|word| starts(line, word)));
    if is_named {
        return begins || lines.any(|line| TELLING.iter().any(|word| starts(line, word)));
    }
    begins && memchr::memchr(b';', head).is_some() && lines.any(tells)
}

/// Is the line one of a dump and hardly of anything else?
fn tells(line: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(&line.to_ascii_uppercase(), word).is_some();
    match TELLING.iter().position(|word| starts(line, word)) {
        Some(0 | 3 | 4) => has(b"VALUE") || has(b"(") || has(b" SET "),
        Some(1) => has(b"(") || line.len() < 200,
        Some(2) => has(b" FROM STDIN"),
        Some(5) => has(b" SET ") && has(b"="),
        Some(_) => true,
        None => false,
    }
}

fn starts(line: &[u8], word: &str) -> bool {
    line.len() >= word.len() && line[..word.len()].eq_ignore_ascii_case(word.as_bytes())
}

/// The backslash escapes of plain literals in a dump that begins with `head`.
pub(super) fn escapes(head: &[u8]) -> Option<Escapes> {
    const WITH: [&str; 5] =
        ["MySQL dump", "MariaDB dump", "ENGINE=", "INSERT INTO `", "NO_BACKSLASH"];
    const WITHOUT: [&str; 7] = [
        "PostgreSQL database dump",
        "standard_conforming_strings",
        "PRAGMA foreign_keys",
        "[dbo]",
        "SET ANSI_NULLS",
        "sqlite_sequence",
        "SET IDENTITY_INSERT",
    ];
    let has = |word: &&str| memchr::memmem::find(head, word.as_bytes()).is_some();
    if WITHOUT.iter().any(&has) {
        None
    } else if WITH.iter().any(has) {
        Some(Escapes::Mysql)
    } else {
        Some(Escapes::UnknownSql)
    }
}
