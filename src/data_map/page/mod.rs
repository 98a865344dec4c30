//! One self-contained page: a matrix to look at, a list to filter, sort and open. It loads nothing from
//! anywhere, and its policy (CSP) forbids it to. What comes from files reaches it as JSON, with `<`
//! escaped, and the script sets it as text only.
//!
//! [`Rows`] takes what is listed, as far as [`LISTED`] goes; [`write()`] puts the page together.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write};

use serde::Serialize;
use serde_json::json;

use crate::model::{Clue, Language};
use crate::report::{harmless, waiting_file};

/// So many rows a page lists.
pub const LISTED: u64 = 100_000;

/// Sets of evidence, and values, that are told apart.
const KNOWN: usize = 100_000;

const HEAD: &str = include_str!("head.html");
const STYLE: &str = include_str!("page.css");
const BODY: &str = include_str!("body.html");
const SCRIPT: &str = include_str!("page.js");

/// A text in English and in Swedish.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words(pub [String; 2]);

impl Words {
    /// Of both languages.
    #[must_use]
    pub fn new(english: impl Into<String>, swedish: impl Into<String>) -> Words {
        Words([english.into(), swedish.into()])
    }

    /// The same in both.
    #[must_use]
    pub fn same(text: &str) -> Words {
        let text = harmless(text);
        Words::new(text.clone(), text)
    }
}

/// What the page says besides its rows.
#[derive(Debug, Default, Serialize)]
pub struct Meta {
    /// `scan` or `map`.
    pub kind: &'static str,
    /// `en` or `sv`: what it opens in.
    pub lang: &'static str,
    /// Its title.
    pub title: Words,
    /// What is said in a word or number.
    pub facts: Vec<(Words, Words)>,
    /// What must not be overlooked.
    pub notices: Vec<Words>,
    /// The rows of the matrix.
    pub groups: Vec<Group>,
    /// Its columns.
    pub categories: Vec<Column>,
    /// Its cells: row, column, places, different values.
    pub cells: Vec<(usize, usize, u64, Option<u64>)>,
    /// Lists below it.
    pub sections: Vec<Section>,
    /// Rows there are.
    pub total: u64,
    /// Rows the page has.
    pub kept: u64,
}

/// A row of the matrix.
#[derive(Debug, Default, Serialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The policy does not have it.
    pub undeclared: bool,
    /// The day its oldest file was last written.
    pub oldest: String,
    /// The day its newest file was last written.
    pub newest: String,
    /// What was not read in it.
    pub unread: u64,
}

/// A column of the matrix.
#[derive(Debug, Serialize)]
pub struct Column {
    /// The category's id.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// Some of what was found is special category data.
    pub special: bool,
}

impl Column {
    /// The column of a category.
    #[must_use]
    pub fn new(id: &str, special: bool) -> Column {
        let name = |language| super::names::category(id, language);
        let name = Words::new(name(Language::English), name(Language::Swedish));
        Column { id: id.to_owned(), name, special }
    }
}

/// A list of texts under a heading.
#[derive(Debug, Default, Serialize)]
pub struct Section {
    /// The heading.
    pub title: Words,
    /// How many there are.
    pub count: u64,
    /// Those that are shown.
    pub items: Vec<Words>,
}

/// A row of the list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row<'r> {
    /// The row of the matrix it belongs to.
    pub group: usize,
    /// The column.
    pub category: usize,
    /// Low, medium, high as 0 to 2.
    pub confidence: u8,
    /// From 0 to 1; 0 if it has none.
    pub score: f32,
    /// The value as it may be shown.
    pub value: &'r str,
    /// The file or table, with the steps into it.
    pub thing: &'r str,
    /// The place in it.
    pub spot: &'r str,
    /// Names of what speaks for and against it, with spaces between them.
    pub evidence: &'r str,
    /// Special category data.
    pub special: bool,
    /// Published for test or fiction.
    pub test: bool,
    /// Not there in the inventory before.
    pub new: bool,
    /// How many places it stands for.
    pub places: u64,
    /// What tells its value from others; none if that is not known.
    pub token: Option<&'r str>,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileFacts<'r> {
    /// When it was last written, as RFC 3339.
    pub modified: &'r str,
    /// Who owns it.
    pub owner: &'r str,
    /// Its group.
    pub group: &'r str,
    /// Its mode.
    pub mode: &'r str,
    /// Everybody may read it.
    pub world_readable: bool,
}

/// The rows of a page, which wait in a private temporary file.
pub struct Rows {
    spool: BufWriter<File>,
    thing: String,
    evidence: HashMap<String, usize>,
    values: HashMap<u64, u64>,
    begun: bool,
    /// Rows since the last facts of a file.
    open: bool,
    kept: u64,
    total: u64,
}

impl Rows {
    /// None yet.
    ///
    /// # Errors
    /// When there is no room for them.
    pub fn new() -> io::Result<Rows> {
        Ok(Rows {
            spool: BufWriter::with_capacity(128 * 1024, waiting_file()?),
            thing: String::new(),
            evidence: HashMap::new(),
            values: HashMap::new(),
            begun: false,
            open: false,
            kept: 0,
            total: 0,
        })
    }

    /// Takes a row, as long as there is room for it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.total += 1;
        if self.kept >= LISTED {
            return Ok(());
        }
        self.kept += 1;
        self.open = true;
        if self.thing != row.thing || !self.begun {
            row.thing.clone_into(&mut self.thing);
            self.item(&json!(["t", harmless(row.thing)]))?;
        }
        let evidence = self.evidence(row.evidence)?;
        let flags = u8::from(row.special) | u8::from(row.test) << 1 | u8::from(row.new) << 2;
        let score = (f64::from(row.score) * 100.0).round() / 100.0;
        let places = row.token.map_or(row.places, |token| self.value(token));
        let (value, spot) = (harmless(row.value), harmless(row.spot));
        let (group, category, confidence) = (row.group, row.category, row.confidence);
        self.item(&json!([
            group, category, confidence, score, value, spot, evidence, flags, places
        ]))
    }

    /// What is known of the file that the rows since the last such call stand in.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn file(&mut self, facts: &FileFacts<'_>) -> io::Result<()> {
        if !std::mem::take(&mut self.open) {
            return Ok(());
        }
        let FileFacts { modified, owner, group, mode, world_readable } = *facts;
        let world = u8::from(world_readable);
        self.item(&json!(["u", modified, harmless(owner), harmless(group), mode, world]))
    }

    fn evidence(&mut self, evidence: &str) -> io::Result<usize> {
        if let Some(&known) = self.evidence.get(evidence) {
            return Ok(known);
        }
        if self.evidence.len() >= KNOWN {
            return Ok(0);
        }
        self.evidence.insert(evidence.to_owned(), self.evidence.len());
        self.item(&json!(["e", harmless(evidence)]))?;
        Ok(self.evidence.len() - 1)
    }

    /// A number for a value, from 1.
    fn value(&mut self, token: &str) -> u64 {
        let next = self.values.len() as u64 + 1;
        *self.values.entry(xxhash_rust::xxh3::xxh3_64(token.as_bytes())).or_insert(next)
    }

    fn item(&mut self, item: &serde_json::Value) -> io::Result<()> {
        self.spool.write_all(if self.begun { b",\n" } else { b"[" })?;
        self.begun = true;
        self.spool.write_all(in_script(&item.to_string()).as_bytes())
    }

    fn copy_to(mut self, out: &mut dyn Write) -> io::Result<()> {
        if !self.begun {
            return out.write_all(b"[]");
        }
        self.spool.write_all(b"]")?;
        self.spool.flush()?;
        let file = self.spool.get_mut();
        file.rewind()?;
        let mut piece = vec![0; 128 * 1024];
        loop {
            let n = file.read(&mut piece)?;
            if n == 0 {
                return Ok(());
            }
            out.write_all(&piece[..n])?;
        }
    }
}

/// JSON that ends no script: in JSON a `<` stands in strings only.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// Writes the page.
///
/// # Errors
/// When it cannot be written.
pub fn write(out: &mut dyn Write, mut meta: Meta, rows: Rows) -> io::Result<()> {
    (meta.total, meta.kept) = (rows.total, rows.kept);
    let mut value = serde_json::to_value(&meta).map_err(io::Error::other)?;
    let clue = |clue: Clue| {
        let words = [clue.describe(Language::English), clue.describe(Language::Swedish)];
        (clue.id().to_owned(), json!(words))
    };
    value["clues"] = serde_json::Value::Object(Clue::ALL.into_iter().map(clue).collect());
    write!(out, "{HEAD}{STYLE}{BODY}<script type=\"application/json\" id=\"meta\">")?;
    out.write_all(in_script(&value.to_string()).as_bytes())?;
    out.write_all(b"</script>\n<script type=\"application/json\" id=\"rows\">")?;
    rows.copy_to(out)?;
    write!(out, "</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_files_ends_no_script() {
        let mut rows = Rows::new().unwrap();
        let thing = "a</script><script>alert(1)</script>\u{202e}\n.txt";
        rows.push(&Row { thing, spot: "<!--", ..Row::default() }).unwrap();
        rows.file(&FileFacts { owner: "</script>", ..FileFacts::default() }).unwrap();
        let mut out = Vec::new();
        write(&mut out, Meta { title: Words::same("</script>"), ..Meta::default() }, rows).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert_eq!(page.matches("</script>").count(), 3, "{page}");
        assert!(!page.contains("alert(1)</"), "{page}");
        assert!(!page.contains("<!--"), "{page}");
        assert!(!page.contains('\u{202e}'));
    }

    #[test]
    fn a_page_lists_so_many_and_counts_all() {
        let mut rows = Rows::new().unwrap();
        for _ in 0..LISTED + 5 {
            rows.push(&Row { thing: "a", ..Row::default() }).unwrap();
        }
        assert_eq!((rows.total, rows.kept), (LISTED + 5, LISTED));
    }
}
