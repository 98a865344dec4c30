//! Findings as a table that a spreadsheet program in Sweden opens right, one finding a row: RFC 4180
//! with semicolons (its decimal mark is the comma), UTF-8 with a byte order mark.
//!
//! Spreadsheet programs take a cell that begins with `=`, `+`, `-`, `@`, a tab or a CR for a formula;
//! such cells begin with an apostrophe here (OWASP, CSV injection). So do digits that would lose
//! something as a number: a leading zero, or what stands behind the fifteenth. A table that was cut short ends
//! with a row of the category `incomplete`.

use std::io::{self, BufWriter, Write as _};

use serde_json::{Value, json};

use super::ndjson::PIECE;
use super::{Line, Output, Report, Summary, split_lines};

/// The columns and where a finding holds them.
const COLUMNS: [(&str, &str); 20] = [
    ("category", "/category"),
    ("confidence", "/confidence"),
    ("score", "/score"),
    ("masked", "/value/masked"),
    ("token", "/value/token"),
    ("plain", "/value/plain"),
    ("normalized", "/value/normalized"),
    ("test_identity", "/attributes/test_identity"),
    ("special_category", "/attributes/special_category"),
    ("kind", "/attributes/kind"),
    ("source", "/location/source"),
    ("path", "/location/path"),
    ("inside", "/location/inside"),
    ("place", "/location/at/kind"),
    ("line", "/location/at/line"),
    ("column", "/location/at/column"),
    ("byte_start", "/location/at/byte_start"),
    ("byte_end", "/location/at/byte_end"),
    ("field", "/location/at/field"),
    ("id", "/id"),
];

/// The `csv` form.
pub struct Csv {
    out: BufWriter<Output>,
    begun: bool,
}

impl Csv {
    /// Writes to `out`.
    #[must_use]
    pub fn new(out: Output) -> Csv {
        Csv { out: BufWriter::with_capacity(PIECE, out), begun: false }
    }

    fn begin(&mut self) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
            self.out.write_all("\u{FEFF}".as_bytes())?;
            self.out.write_all(names.join(";").as_bytes())?;
            self.out.write_all(b"\r\n")?;
        }
        Ok(())
    }
}

impl Report for Csv {
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        self.begin()?;
        for line in split_lines(lines).filter(|line| Line::of(line) == Some(Line::Finding)) {
            let finding: Value = serde_json::from_slice(line)?;
            self.out.write_all(row(&finding).as_bytes())?;
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.begin()?;
        if summary.interrupted {
            self.out.write_all(row(&cut_short("interrupted: this is not all")).as_bytes())?;
        }
        for reason in &summary.reasons {
            self.out.write_all(row(&cut_short(reason)).as_bytes())?;
        }
        self.out.flush()
    }
}

/// A row that is no finding: the table is not whole.
fn cut_short(why: &str) -> Value {
    json!({ "category": "incomplete", "attributes": { "kind": why } })
}

fn row(finding: &Value) -> String {
    let mut row = String::new();
    for (n, (_, pointer)) in COLUMNS.iter().enumerate() {
        if n > 0 {
            row.push(';');
        }
        match finding.pointer(pointer) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => cell(&mut row, text),
            Some(Value::Number(n)) if n.is_f64() => row.push_str(&n.to_string().replace('.', ",")),
            Some(other) => cell(&mut row, &other.to_string()),
        }
    }
    row.push_str("\r\n");
    row
}

/// Adds a cell that stays what it is: quoted where it must be, and never a formula.
pub(crate) fn cell(row: &mut String, text: &str) {
    let text = &super::summary::harmless(text);
    let guarded = is_formula(text) || loses_as_number(text);
    if !guarded && !text.contains([';', ',', '"', '\n', '\r']) {
        row.push_str(text);
        return;
    }
    row.push('"');
    if guarded {
        row.push('\'');
    }
    row.push_str(&text.replace('"', "\"\""));
    row.push('"');
}

/// Full-width forms are formulas too, in Japanese versions.
fn is_formula(text: &str) -> bool {
    text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
    ])
}

fn loses_as_number(text: &str) -> bool {
    let is_number = text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (text.starts_with('0') || text.len() > 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_harmless() {
        for (text, want) in [
            ("a b", "a b"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a;b", "\"a;b\""),
            ("=1+1", "\"'=1+1\""),
            ("\u{FF1D}1", "\"'\u{FF1D}1\""),
            ("0701740605", "\"'0701740605\""),
            ("4111111111111111", "\"'4111111111111111\""),
            ("0", "0"),
            ("198508202390", "198508202390"),
            ("+46 70*******", "\"'+46 70*******\""),
        ] {
            let mut row = String::new();
            cell(&mut row, text);
            assert_eq!(row, want);
        }
    }
}
