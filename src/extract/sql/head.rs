//! The heads of statements: what is done to which columns of which table.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::feed::whole_chars;
use crate::model::Ruler;

/// Tables whose columns are remembered.
const MAX_TABLES: usize = 4096;
/// Columns of a table that are named; more are read, but have no label.
const MAX_COLUMNS: usize = 4096;
/// Bytes of column names that are remembered.
const MAX_NAMES: usize = 1024 * 1024;
/// Words that may stand where few do: statements that go on longer are not understood.
const MAX_WORDS: usize = 64;
/// Longer names are cut.
const MAX_NAME: usize = 256;

/// A statement that concerns data.
#[derive(Debug)]
pub(super) enum Found {
    /// One with data.
    Data(Head),
    /// The definition of a table, of so many bytes. Looking for statements in it again would make
    /// the work grow faster than the input.
    Table(usize),
}

/// The head of a statement that has data.
#[derive(Debug)]
pub(super) struct Head {
    /// Its length in bytes.
    pub(super) len: usize,
    /// What follows.
    pub(super) body: Body,
    /// The columns of the rows, where they are known.
    pub(super) columns: Vec<String>,
}

/// What follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Rows in parentheses.
    Values,
    /// `column = value`, divided by commas.
    Assignments,
    /// Lines of values divided by tabs.
    Copy,
}

/// The columns of the tables that were created.
#[derive(Debug, Default)]
pub(super) struct Tables {
    columns: BTreeMap<String, Vec<String>>,
    names: usize,
}

impl Tables {
    /// What `text` begins with, if that concerns data.
    pub(super) fn read(&mut self, text: &[u8], ruler: Ruler) -> Option<Found> {
        let mut words = Words { text, at: 0, ruler };
        let Word::Bare(first) = words.next()? else { return None };
        if is(first, "CREATE") {
            let (table, columns) = words.create_table()?;
            self.remember(table, columns);
            return Some(Found::Table(whole_chars(&text[..words.at])));
        }
        let (table, mut head) = match () {
            () if is(first, "COPY") => words.copy(),
            () if is(first, "UPDATE") => words.update(),
            () if is(first, "INSERT") || is(first, "REPLACE") => words.insert(),
            () => None,
        }?;
        if head.columns.is_empty() && head.body != Body::Assignments {
            head.columns = self.columns.get(&table).cloned().unwrap_or_default();
        }
        Some(Found::Data(head))
    }

    fn remember(&mut self, table: String, columns: Vec<String>) {
        self.names += columns.iter().map(String::len).sum::<usize>();
        if self.columns.len() < MAX_TABLES && self.names < MAX_NAMES {
            self.columns.insert(table, columns);
        }
    }
}

/// The length of the name that `text` begins with, and the name without its quotes. At least a byte.
pub(super) fn name(text: &[u8]) -> (usize, &[u8]) {
    let close = match text.first() {
        Some(b'"') => b'"',
        Some(b'`') => b'`',
        Some(b'[') => b']',
        _ => {
            let n = text.iter().position(|&b| !is_name_byte(b)).unwrap_or(text.len()).max(1);
            return (n, &text[..n]);
        }
    };
    match memchr::memchr(close, &text[1..]) {
        Some(n) => (n + 2, &text[1..=n]),
        None => (1, &text[..1]),
    }
}

/// Does a word begin a statement, or end a batch?
pub(super) fn begins_statement(word: &str) -> bool {
    const FIRST: [&str; 8] =
        ["INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "COMMIT", "GO"];
    FIRST.iter().any(|first| first.eq_ignore_ascii_case(word))
}

fn is(word: &[u8], keyword: &str) -> bool {
    word.eq_ignore_ascii_case(keyword.as_bytes())
}

fn is_any(word: &[u8], keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| is(word, keyword))
}

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'#' | b'@') || b >= 0x80
}

/// A word of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word<'t> {
    /// A keyword or a name.
    Bare(&'t [u8]),
    /// A name in quotes.
    Quoted(&'t [u8]),
    /// A string literal.
    Literal,
    /// Anything else.
    Mark(u8),
}

struct Words<'t> {
    text: &'t [u8],
    at: usize,
    ruler: Ruler,
}

impl<'t> Words<'t> {
    fn next(&mut self) -> Option<Word<'t>> {
        self.skip_blank();
        let rest = &self.text[self.at..];
        let &first = rest.first()?;
        if first == b'\'' {
            self.at += memchr::memchr(b'\'', &rest[1..]).map_or(rest.len(), |n| n + 2);
            return Some(Word::Literal);
        }
        let (n, found) = name(rest);
        self.at += n;
        Some(match first {
            b'"' | b'`' | b'[' if n > 1 => Word::Quoted(found),
            b if is_name_byte(b) => Word::Bare(found),
            b => Word::Mark(b),
        })
    }

    fn peek(&mut self) -> Option<Word<'t>> {
        let at = self.at;
        let word = self.next();
        self.at = at;
        word
    }

    /// Passes over a few words of `keywords`.
    fn skip_any(&mut self, keywords: &[&str]) {
        for _ in 0..4 {
            let at = self.at;
            if !matches!(self.next(), Some(Word::Bare(word)) if is_any(word, keywords)) {
                self.at = at;
                return;
            }
        }
    }

    /// Passes over white space and comments.
    fn skip_blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let space = rest.len() - rest.trim_ascii_start().len();
            self.at += space;
            let end = match rest[space..].get(..2) {
                Some(b"--") => memchr::memchr(b'\n', &rest[space..]).map(|n| n + 1),
                Some(b"/*") => memchr::memmem::find(&rest[space..], b"*/").map(|n| n + 2),
                _ => return,
            };
            self.at += end.unwrap_or(rest.len() - space);
        }
    }

    fn decode(&self, name: &[u8]) -> String {
        let name: Cow<'_, str> = self.ruler.decode(name);
        name[..name.floor_char_boundary(MAX_NAME)].to_owned()
    }

    /// The last part of a table's name, for dumps name the schema at one place and not at another.
    fn table(&mut self) -> Option<String> {
        for _ in 0..MAX_WORDS {
            let (Word::Bare(name) | Word::Quoted(name)) = self.next()? else { return None };
            if self.peek() != Some(Word::Mark(b'.')) {
                return Some(self.decode(name).to_lowercase());
            }
            self.next();
        }
        None
    }

    /// Names in parentheses, if they are next.
    fn column_list(&mut self) -> Option<Vec<String>> {
        let mut columns = Vec::new();
        if self.peek() != Some(Word::Mark(b'(')) {
            return Some(columns);
        }
        self.next();
        loop {
            match self.next()? {
                Word::Bare(name) | Word::Quoted(name) if columns.len() < MAX_COLUMNS => {
                    columns.push(self.decode(name));
                }
                Word::Mark(b')') => return Some(columns),
                Word::Mark(b',') => {}
                _ => return None,
            }
        }
    }

    /// After `INSERT`.
    fn insert(&mut self) -> Option<(String, Head)> {
        const BEFORE: [&str; 11] = [
            "INTO",
            "IGNORE",
            "LOW_PRIORITY",
            "HIGH_PRIORITY",
            "DELAYED",
            "OR",
            "REPLACE",
            "ROLLBACK",
            "ABORT",
            "FAIL",
            "OVERWRITE",
        ];
        self.skip_any(&BEFORE);
        let table = self.table()?;
        let columns = self.column_list()?;
        // `AS alias` and `OVERRIDING SYSTEM VALUE` may come between.
        for _ in 0..6 {
            let Word::Bare(word) = self.next()? else { return None };
            let is_rows =
                is_any(word, &["VALUES", "VALUE"]) && self.peek() == Some(Word::Mark(b'('));
            if is_rows {
                return Some((table, Head { len: self.at, body: Body::Values, columns }));
            }
            if is(word, "SET") {
                return Some((table, Head { len: self.at, body: Body::Assignments, columns }));
            }
        }
        None
    }

    /// After `UPDATE`.
    fn update(&mut self) -> Option<(String, Head)> {
        let table = self.table()?;
        for _ in 0..4 {
            let Word::Bare(word) = self.next()? else { return None };
            if is(word, "SET") {
                let head = Head { len: self.at, body: Body::Assignments, columns: Vec::new() };
                return Some((table, head));
            }
        }
        None
    }

    /// After `COPY`. Only the text format from standard input has rows in the dump.
    fn copy(&mut self) -> Option<(String, Head)> {
        let table = self.table()?;
        let columns = self.column_list()?;
        let from = [self.next()?, self.next()?];
        if !matches!(from, [Word::Bare(a), Word::Bare(b)] if is(a, "FROM") && is(b, "STDIN")) {
            return None;
        }
        let mut options = (0..MAX_WORDS).map_while(|_| self.next());
        let is_other = |word: &[u8]| is_any(word, &["CSV", "BINARY", "DELIMITER"]);
        let last = options.find(|word| match word {
            Word::Bare(word) => is_other(word),
            word => *word == Word::Mark(b';'),
        })?;
        if last != Word::Mark(b';') {
            return None;
        }
        let end = memchr::memchr(b'\n', &self.text[self.at..])?;
        Some((table, Head { len: self.at + end + 1, body: Body::Copy, columns }))
    }

    /// After `CREATE`: a table's name and columns.
    fn create_table(&mut self) -> Option<(String, Vec<String>)> {
        const BEFORE: [&str; 7] =
            ["GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "EXTERNAL", "FOREIGN"];
        self.skip_any(&BEFORE);
        if !matches!(self.next()?, Word::Bare(word) if is(word, "TABLE")) {
            return None;
        }
        self.skip_any(&["IF", "NOT", "EXISTS"]);
        let table = self.table()?;
        let is_open = self.next()? == Word::Mark(b'(');
        is_open.then(|| (table, self.definitions()))
    }

    /// The columns of a list of definitions, as far as it goes.
    fn definitions(&mut self) -> Vec<String> {
        let mut columns = Vec::new();
        while let Some(word) = self.next() {
            match word {
                Word::Bare(name) if is_constraint(name) => {}
                Word::Bare(name) | Word::Quoted(name) if columns.len() < MAX_COLUMNS => {
                    columns.push(self.decode(name));
                }
                _ => {}
            }
            if !self.skip_definition() {
                break;
            }
        }
        columns
    }

    /// Passes over the rest of a definition and the comma after it. False after the last.
    fn skip_definition(&mut self) -> bool {
        let mut depth = 0_usize;
        while let Some(word) = self.next() {
            match word {
                Word::Mark(b'(') => depth += 1,
                Word::Mark(b')') if depth == 0 => return false,
                Word::Mark(b')') => depth -= 1,
                Word::Mark(b',') if depth == 0 => return true,
                _ => {}
            }
        }
        false
    }
}

/// Does a definition that begins with this word define no column?
fn is_constraint(word: &[u8]) -> bool {
    const FIRST: [&str; 12] = [
        "CONSTRAINT",
        "PRIMARY",
        "KEY",
        "UNIQUE",
        "INDEX",
        "FOREIGN",
        "CHECK",
        "FULLTEXT",
        "SPATIAL",
        "EXCLUDE",
        "LIKE",
        "PERIOD",
    ];
    is_any(word, &FIRST)
}
