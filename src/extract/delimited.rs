//! Is a text a delimited table, and of which dialect?
//!
//! The rows themselves are scanned as they are stored (see [`super::blocks`]); what is worked out
//! here, from the first lines, is the delimiter, the quote and the columns' names.

use crate::model::{Column, LineEnd, Sample as Rows, Table};

use super::blocks::end_of_line;

/// Delimiters that are tried; of two that fit, the one with more columns wins.
const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];
/// Rows looked at.
const SAMPLE: usize = 50;
/// Numbers that make a list.
const FEWEST: usize = 5;
/// A list's name is not longer, in bytes.
const LONGEST_NAME: usize = 40;
/// Rows that tell what a column's values are.
const JUDGED: usize = 1000;
/// A head of more bytes may end within a line.
const LONG: usize = 16 * 1024;
/// Lines above the header that a title may take.
const TITLE_LINES: usize = 6;

/// What was found out about a text's first lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Delimiter, quote, columns.
    pub table: Table,
    /// Bytes of `head` before the first row that is data.
    pub body_start: usize,
}

/// The dialect of the text that begins with `head`, if it is a table. `name` is the file's: an
/// ending that promises a table lowers the bar.
#[must_use]
pub fn sniff(head: &[u8], name: &[u8], line_end: LineEnd) -> Option<Dialect> {
    let promised = [b".csv".as_slice(), b".tsv", b".tab", b".skv"].iter().any(|end| {
        name.len() >= end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end)
    });
    let mut dialect = DELIMITERS
        .iter()
        .filter_map(|&delimiter| Sample::read(head, delimiter, line_end).judge(promised))
        .max_by_key(|dialect| dialect.table.columns.len())
        .or_else(|| Sample::read(head, DELIMITERS[0], line_end).judge_list())?;
    dialect.table.sample = Rows::new(first_rows(&head[dialect.body_start..], line_end));
    Some(dialect)
}

/// The rows that a column is judged by: [`JUDGED`] of them, or fewer where the head has no more.
fn first_rows(body: &[u8], line_end: LineEnd) -> &[u8] {
    let end = memchr::memchr_iter(line_end.byte(), body).nth(JUDGED - 1);
    let end = end.or_else(|| {
        // The last line of a long head may be cut off.
        let cut = body.len() > LONG;
        cut.then(|| memchr::memrchr(line_end.byte(), body)).flatten()
    });
    &body[..end.map_or(body.len(), |at| at + 1)]
}

/// The table that rows put together with tabs make, if the first of them names its columns. Cells
/// hold neither tabs nor line ends.
#[must_use]
pub fn rows_of(text: &[u8]) -> Option<Table> {
    let mut sample = Sample { delimiter: b'\t', rows: Vec::new(), quotes: false };
    let mut at = 0;
    for line in text.split_inclusive(|&b| b == b'\n').take(SAMPLE) {
        at += line.len();
        let line = trim_line_end(line);
        sample.rows.push(Row { cells: cells(line, b'\t', false).collect(), end: at });
    }
    let table = sample.judge(true)?.table;
    table.has_header.then_some(table)
}

/// The first rows of a text, cut at one delimiter.
struct Sample<'a> {
    delimiter: u8,
    rows: Vec<Row<'a>>,
    quotes: bool,
}

struct Row<'a> {
    cells: Vec<&'a [u8]>,
    end: usize,
}

impl<'a> Sample<'a> {
    fn read(head: &'a [u8], delimiter: u8, line_end: LineEnd) -> Sample<'a> {
        let quotes = opens_quote(head, delimiter);
        let mut sample = Sample { delimiter, rows: Vec::new(), quotes };
        let mut at = 0;
        while at < head.len() && sample.rows.len() < SAMPLE {
            let end = sample.row_end(head, at, line_end);
            // The last line of a long head may be cut off.
            if end == head.len() && head.len() > LONG {
                break;
            }
            let line = trim_line_end(&head[at..end]);
            sample.rows.push(Row { cells: cells(line, delimiter, quotes).collect(), end });
            at = end;
        }
        sample
    }

    fn row_end(&self, head: &[u8], at: usize, line_end: LineEnd) -> usize {
        if !self.quotes {
            return end_of_line(head, at, line_end);
        }
        let mut quoted = false;
        for n in memchr::memchr2_iter(b'"', line_end.byte(), &head[at..]) {
            if head[at + n] == b'"' {
                quoted = !quoted;
            } else if !quoted {
                return at + n + 1;
            }
        }
        end_of_line(head, at, line_end)
    }

    fn judge(&self, promised: bool) -> Option<Dialect> {
        let hint = usize::from(self.is_hint());
        let header_at = self.header_row(hint)?;
        let width = self.rows[header_at].cells.len();
        let body: Vec<&Row<'_>> =
            self.rows[header_at..].iter().filter(|r| !is_blank(&r.cells)).collect();
        let fitting = body.iter().filter(|r| r.cells.len() == width).count();
        let alike = fitting * 10 >= body.len() * if promised { 6 } else { 9 };
        let sure = promised || body.len() >= 3 || body.len() == 2 && width >= 3;
        if width < 2 || !alike || !sure || self.is_markdown() {
            return None;
        }
        let first = &self.rows[header_at];
        let has_header = is_header(&first.cells, body.get(1).map(|r| &r.cells[..]));
        // Commas and tabs stand in other texts as well: ask for names or for a promise.
        if !promised && !has_header && self.delimiter != b';' && body.len() < 5 {
            return None;
        }
        if !promised && self.delimiter == b',' && (!has_header || width < 3 || self.is_spaced()) {
            return None;
        }
        Some(self.dialect(header_at, has_header))
    }

    /// Numbers, one a line, with or without a name above them: a table of one column.
    fn judge_list(&self) -> Option<Dialect> {
        let first = self.rows.first()?;
        let has_header = is_name(first.cells[0]) && first.cells[0].len() <= LONGEST_NAME;
        let rows = &self.rows[usize::from(has_header)..];
        let filled = rows.iter().filter(|row| !is_blank(&row.cells)).count();
        let numbers = rows.iter().all(|row| is_blank(&row.cells) || is_number(&row.cells));
        (filled >= FEWEST && numbers).then(|| self.dialect(0, has_header))
    }

    /// Excel's `sep=;` line.
    fn is_hint(&self) -> bool {
        self.rows
            .first()
            .is_some_and(|r| r.cells[0].len() == 4 && r.cells[0].eq_ignore_ascii_case(b"sep="))
    }

    /// The first row as wide as most, below a title if there is one.
    fn header_row(&self, from: usize) -> Option<usize> {
        let mut widths: Vec<usize> = self.rows[from..]
            .iter()
            .filter(|r| !is_blank(&r.cells))
            .map(|r| r.cells.len())
            .collect();
        widths.sort_unstable();
        let usual = *widths.get(widths.len() / 2)?;
        let last = self.rows.len().min(from + TITLE_LINES + 1);
        let first = (from..last).find(|&n| {
            self.rows[n].cells.len() == usual
                && self.rows[n].cells.iter().filter(|c| !c.is_empty()).count() * 2 >= usual
        })?;
        Some(if self.is_group_row(first) { first + 1 } else { first })
    }

    /// Headings of groups of columns: some are empty, the row below names every column, and the
    /// rows below that hold values.
    fn is_group_row(&self, n: usize) -> bool {
        let [groups, names, values, ..] = &self.rows[n..] else { return false };
        let empty = |row: &Row<'_>| row.cells.iter().any(|c| c.trim_ascii().is_empty());
        let digits = |c: &&[u8]| c.iter().any(u8::is_ascii_digit);
        empty(groups)
            && groups.cells.iter().all(|c| is_name(c))
            && names.cells.len() == groups.cells.len()
            && !empty(names)
            && !names.cells.iter().any(digits)
            && is_header(&names.cells, Some(&values.cells))
            && values.cells.iter().any(digits)
    }

    /// Commas of running text have a space after them.
    fn is_spaced(&self) -> bool {
        self.rows.iter().any(|r| r.cells[1..].iter().any(|c| c.starts_with(b" ")))
    }

    /// Markdown tables are running text.
    fn is_markdown(&self) -> bool {
        self.delimiter == b'|'
            && self.rows.iter().any(|r| {
                let line = r.cells.join(&b'|');
                line.len() > 3 && line.iter().all(|b| matches!(b, b'|' | b'-' | b':' | b' '))
            })
    }

    fn dialect(&self, header_at: usize, has_header: bool) -> Dialect {
        let first = &self.rows[header_at];
        let column = |cell: &&[u8]| {
            let name = if has_header { unquote(cell) } else { String::new() };
            Column { name }
        };
        let body_start = match (has_header, header_at) {
            (true, _) => first.end,
            (false, 0) => 0,
            (false, n) => self.rows[n - 1].end,
        };
        Dialect {
            table: Table {
                delimiter: self.delimiter,
                quote: self.quotes.then_some(b'"'),
                columns: first.cells.iter().map(column).collect(),
                has_header,
                sample: Rows::default(),
            },
            body_start,
        }
    }
}

/// Does a field begin with a quote?
fn opens_quote(head: &[u8], delimiter: u8) -> bool {
    memchr::memchr_iter(b'"', head)
        .any(|at| at == 0 || matches!(head[at - 1], b'\n' | b'\r') || head[at - 1] == delimiter)
}

/// The fields of a row, quotes kept.
fn cells(row: &[u8], delimiter: u8, quotes: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(row);
    std::iter::from_fn(move || {
        let row = rest?;
        let mut quoted = false;
        let end = row.iter().position(|&b| {
            quoted ^= quotes && b == b'"';
            b == delimiter && !quoted
        });
        rest = end.map(|n| &row[n + 1..]);
        Some(&row[..end.unwrap_or(row.len())])
    })
}

/// One field of nothing but six digits or more and what parts them.
fn is_number(cells: &[&[u8]]) -> bool {
    let [cell] = cells else { return false };
    let cell = cell.trim_ascii();
    let digits = cell.iter().filter(|b| b.is_ascii_digit()).count();
    digits >= 6 && cell.iter().all(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b' ' | b'"'))
}

fn is_blank(cells: &[&[u8]]) -> bool {
    cells.iter().all(|c| c.trim_ascii().is_empty())
}

/// A row of names: none is empty or a value, and the row below looks different.
fn is_header(first: &[&[u8]], next: Option<&[&[u8]]>) -> bool {
    let named = first.iter().filter(|c| !c.trim_ascii().is_empty()).count();
    let distinct: std::collections::BTreeSet<_> = first.iter().collect();
    named * 4 >= first.len() * 3
        && distinct.len() * 4 >= first.len() * 3
        && first.iter().all(|c| is_name(c))
        && next.is_none_or(|next| next != first)
}

/// Names of columns hold few digits, no `@`, and are short.
pub(super) fn is_name(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    let digits = cell.iter().filter(|b| b.is_ascii_digit()).count();
    cell.len() <= 80 && !cell.contains(&b'@') && digits <= 4 && (digits == 0 || digits < cell.len())
}

fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A field as people read it.
fn unquote(cell: &[u8]) -> String {
    let cell = cell.trim_ascii();
    let inner = cell.strip_prefix(b"\"").and_then(|c| c.strip_suffix(b"\""));
    let text = crate::model::Ruler::default().decode(inner.unwrap_or(cell)).into_owned();
    if inner.is_some() { text.replace("\"\"", "\"").trim().to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &str, name: &str, want: Option<(u8, &[&str], bool)>) {
        let got = sniff(head.as_bytes(), name.as_bytes(), LineEnd::Lf);
        let got = got.as_ref().map(|d| {
            let names: Vec<&str> = d.table.columns.iter().map(|c| c.name.as_str()).collect();
            (d.table.delimiter, names, d.table.has_header)
        });
        let want = want.map(|(d, names, header)| (d, names.to_vec(), header));
        assert_eq!(got, want, "{head:?}");
    }

    #[test]
    fn tables_are_recognised() {
        check("Namn;Epost\nA;b\nC;d\n", "x", Some((b';', &["Namn", "Epost"], true)));
        check("Namn;Epost\nA;b\n", "x.csv", Some((b';', &["Namn", "Epost"], true)));
        let groups =
            "Barn;;Vårdnadshavare\nNamn;Pnr;Mobil\nBo;19900101-2385;070-174 06 05\nEva;;\n";
        check(groups, "x.csv", Some((b';', &["Namn", "Pnr", "Mobil"], true)));
        check("namn,ort\n\"a, b\",c\n\"d\",e\n", "x.csv", Some((b',', &["namn", "ort"], true)));
        check("sep=;\na;b\n1;2\n3;4\n", "x", Some((b';', &["a", "b"], true)));
        check("Lista 2024\n\na;b;c\n1;2;3\n4;5;6\n", "x", Some((b';', &["a", "b", "c"], true)));
        check("1;2;3\n4;5;6\n7;8;9\n", "x", Some((b';', &["", "", ""], false)));
        check("a\tb\tc\n1\t2\t3\n4\t5\t6\n", "x.txt", Some((b'\t', &["a", "b", "c"], true)));
    }

    #[test]
    fn numbers_one_a_line_are_a_table() {
        let numbers = "19900101-2385\n".repeat(5);
        check(&numbers, "x.txt", Some((b';', &[""], false)));
        check(&format!("Personnummer\n{numbers}"), "x", Some((b';', &["Personnummer"], true)));
        check(&format!("{numbers}och så vidare\n"), "x", None);
        check("12\n34\n56\n78\n90\n", "x", None);
    }

    #[test]
    fn texts_are_no_tables() {
        check("Hej, du.\nJa, du.\nNej, inte jag.\nKom, sa hon.\n", "x.txt", None);
        check("Bara en rad", "x.csv", None);
        check("| a | b |\n|---|---|\n| 1 | 2 |\n", "x.md", None);
        check("", "x.csv", None);
    }

    #[test]
    fn the_body_begins_below_the_header() {
        let got = sniff(b"Titel\na;b\n1;2\n3;4\n", b"x.csv", LineEnd::Lf).unwrap();
        assert_eq!(got.body_start, b"Titel\na;b\n".len());
    }
}
