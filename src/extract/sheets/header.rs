//! Which row of a sheet names its columns?

use std::collections::BTreeSet;

use crate::extract::delimited::is_name;

/// Rows above the header that a title and what is said about the table may take.
const ABOVE: usize = 12;

/// What the first rows of a part of a sheet are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::extract) enum Layout {
    /// A table whose names stand in one row, or in two of which this is the second.
    Header {
        /// The row that names the columns.
        row: usize,
        /// Above it stand the names of groups of columns.
        grouped: bool,
    },
    /// Names in the first column, values beside them; or running text.
    Prose,
    /// Rows without names.
    Rows,
}

/// A row: its cells from the first column on, empty ones as well.
pub(in crate::extract) type Cells<'a> = Vec<&'a [u8]>;

/// What `rows` are, none of which is empty.
pub(in crate::extract) fn layout(rows: &[Cells<'_>]) -> Layout {
    if is_form(rows) || rows.iter().all(|row| is_line(row)) {
        return Layout::Prose;
    }
    let first = |&n: &usize| is_header(rows, n) && is_below_titles(rows, n);
    match (0..rows.len().min(ABOVE)).find(first) {
        Some(n) if is_group_row(rows, n) => Layout::Header { row: n + 1, grouped: true },
        Some(row) => Layout::Header { row, grouped: false },
        None => Layout::Rows,
    }
}

fn filled<'r, 'a>(row: &'r Cells<'a>) -> impl Iterator<Item = &'a [u8]> + use<'r, 'a> {
    row.iter().copied().filter(|cell| !cell.trim_ascii().is_empty())
}

fn is_value(cell: &[u8]) -> bool {
    cell.contains(&b'@') || cell.iter().filter(|b| b.is_ascii_digit()).count() >= 4
}

/// Do these rows hold numbers or addresses?
pub(in crate::extract) fn has_values(rows: &[Cells<'_>]) -> bool {
    rows.iter().flatten().any(|cell| is_value(cell))
}

/// One cell with several words: a remark, not a row.
fn is_line(row: &Cells<'_>) -> bool {
    let mut cells = filled(row);
    let first = cells.next().unwrap_or_default();
    let words = first.split(|b| *b == b' ').filter(|word| word.len() > 1).count();
    cells.next().is_none() && words >= 3
}

/// Labels down the first filled column, each with its own kind of value beside it.
fn is_form(rows: &[Cells<'_>]) -> bool {
    let mut labels = BTreeSet::new();
    let (mut words, mut values, mut colons) = (0, 0, 0);
    for (n, row) in rows.iter().enumerate() {
        let mut cells = filled(row);
        let (label, value) = (cells.next().unwrap_or_default(), cells.next());
        if cells.next().is_some() {
            return false;
        }
        let Some(value) = value else { continue };
        if !is_name(label) || !labels.insert(label) {
            return false;
        }
        colons += usize::from(label.ends_with(b":"));
        // The first row of a table of two columns names them.
        match is_value(value) {
            true => values += 1,
            false => words += usize::from(n > 0),
        }
    }
    labels.len() >= 2 && (colons * 2 >= labels.len() || is_mixed(labels.len(), words, values))
}

/// Values of several kinds beside enough labels. In a table of two columns nearly all are of one kind.
fn is_mixed(labels: usize, words: usize, values: usize) -> bool {
    labels >= 4 && values > 0 && words * 3 >= values && words > 0
}

/// Names of columns: short words, most of them different, with other rows below.
fn is_header(rows: &[Cells<'_>], n: usize) -> bool {
    let names: Vec<&[u8]> = filled(&rows[n]).collect();
    let below = &rows[n + 1..];
    let distinct: BTreeSet<_> = names.iter().collect();
    let Some(next) = below.first() else { return false };
    let wide = below.iter().take(8).map(|row| filled(row).count()).max().unwrap_or(0);
    let named = names.iter().all(|name| is_name(name)) && distinct.len() * 4 >= names.len() * 3;
    if names.len() < 2 {
        return named && names.len() == 1 && is_column(&rows[n], below);
    }
    named && names.len() * 2 >= wide && *next != rows[n] && !is_like_data(&rows[n], below)
}

/// Rows above a header have fewer cells.
fn is_below_titles(rows: &[Cells<'_>], n: usize) -> bool {
    let width = filled(&rows[n]).count();
    rows[..n].iter().all(|row| filled(row).count() < width)
}

/// A table of one column: one name, and values in the same column.
fn is_column(header: &Cells<'_>, below: &[Cells<'_>]) -> bool {
    let Some(at) = header.iter().position(|cell| !cell.trim_ascii().is_empty()) else {
        return false;
    };
    let value =
        |row: &Cells<'_>| row.get(at).is_some_and(|c| is_value(c)) && filled(row).count() == 1;
    below.iter().all(value)
}

/// Rows of words alone: the first names the columns, unless its cells come again below.
fn is_like_data(row: &Cells<'_>, below: &[Cells<'_>]) -> bool {
    let again = |(n, cell): (usize, &&[u8])| {
        !cell.is_empty() && below.iter().any(|other| other.get(n) == Some(cell))
    };
    let cells = filled(row).count();
    row.iter().enumerate().filter(|(n, cell)| again((*n, cell))).count() * 2 > cells
}

/// Headings of groups of columns: the row below names more columns, and values come after it.
fn is_group_row(rows: &[Cells<'_>], n: usize) -> bool {
    let [groups, names, values, ..] = &rows[n..] else { return false };
    let digits = |cell: &&[u8]| cell.iter().any(u8::is_ascii_digit);
    filled(names).count() > filled(groups).count()
        && is_header(rows, n + 1)
        && !names.iter().any(digits)
        && values.iter().any(|cell| digits(cell) || cell.contains(&b'@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &str, want: Layout) {
        let cells: Vec<Cells<'_>> =
            rows.lines().map(|row| row.split('|').map(str::as_bytes).collect()).collect();
        assert_eq!(layout(&cells), want, "{rows}");
    }

    #[test]
    fn headers_are_found() {
        let plain = |row| Layout::Header { row, grouped: false };
        check("Namn|Pnr\nBo|19900101-2385\nEva|x", plain(0));
        check("Deltagare 2024\nNamn|Pnr\nBo|19900101-2385", plain(1));
        check("Namn|Kost\nBo|vegan\nEva|halal\nIda|vegan", plain(0));
        check("Personnr\n19900101-2385\n19900101-2386", plain(0));
        check(
            "Barn||Förälder\nNamn|Pnr|Mobil\nBo|19900101-2385|070-174 06 05",
            Layout::Header { row: 1, grouped: true },
        );
        check("Bo|19900101-2385\nEva|19900101-2386", Layout::Rows);
        check("Bo|Stockholm\nEva|Stockholm\nBo|Malmö\nBo|Stockholm", Layout::Rows);
        check(
            "Namn|Bo Ek\nPersonnummer|19900101-2385\nOrt|Malmö\nTelefon|070-174 06 05",
            Layout::Prose,
        );
        check("Namn:|Bo Ek\nTelefon:|070-174 06 05", Layout::Prose);
        check("Ring Bo på 070-174 06 05", Layout::Prose);
        check("a", Layout::Rows);
    }
}
