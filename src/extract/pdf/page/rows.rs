//! Which lines of a table are one row?
//!
//! Cells whose text goes over several lines make rows of several lines. They stand nearer to one
//! another than rows do, or leave the first column empty.

use super::layout::Table;
use super::words::{Frame, Line};

/// Distances between lines that differ by less than this are alike.
const ALIKE: f32 = 1.12;

/// The rows: for each column the lines of its cell.
pub(super) type Row = Vec<Vec<Line>>;

/// The rows of a table.
pub(super) fn rows(frame: &Frame, table: &Table) -> Vec<Row> {
    let nearer = nearer(frame, table);
    let mut rows: Vec<Row> = Vec::new();
    for (n, line) in table.lines.iter().enumerate() {
        let goes_on = n > 0 && goes_on(table, n, nearer.as_deref());
        match rows.last_mut().filter(|_| goes_on) {
            Some(row) => {
                for (cell, more) in row.iter_mut().zip(line).filter(|(_, more)| !more.is_empty()) {
                    cell.push(more.clone());
                }
            }
            None => rows.push(line.iter().map(cell).collect()),
        }
    }
    rows
}

fn cell(line: &Line) -> Vec<Line> {
    if line.is_empty() { Vec::new() } else { vec![line.clone()] }
}

/// Which lines stand nearer to the line before than others do; nothing where all are alike.
fn nearer(frame: &Frame, table: &Table) -> Option<Vec<bool>> {
    let base = |line: &Vec<Line>| {
        line.iter().find(|cell| !cell.is_empty()).map_or(0.0, |cell| frame.base(cell))
    };
    let bases: Vec<f32> = table.lines.iter().map(base).collect();
    let gaps: Vec<f32> = bases.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let least = gaps.iter().copied().fold(f32::MAX, f32::min);
    let near: Vec<bool> =
        std::iter::once(false).chain(gaps.iter().map(|gap| *gap < ALIKE * least)).collect();
    // Lines of one row are seldom both full: only some of its cells go on, rarely the first.
    let full = |n: usize| {
        let filled = table.lines[n].iter().filter(|cell| !cell.is_empty()).count();
        let first = table.lines[n].first().is_some_and(|cell| !cell.is_empty());
        first && filled >= 2 && filled * 5 >= table.columns.len() * 3
    };
    let lines: Vec<usize> = (1..near.len()).filter(|n| near[*n]).collect();
    let differ = lines.len() < gaps.len();
    let wrapped = lines.iter().filter(|n| full(**n) && full(**n - 1)).count() * 5 <= lines.len();
    (differ && wrapped).then_some(near)
}

fn goes_on(table: &Table, n: usize, nearer: Option<&[bool]>) -> bool {
    if let Some(nearer) = nearer {
        return nearer[n];
    }
    // All lines alike: one that leaves the first column empty, and has text only below text.
    let (line, above) = (&table.lines[n], &table.lines[n - 1]);
    let first = |line: &Vec<Line>| line.first().is_some_and(|cell| !cell.is_empty());
    let named = table.lines.iter().filter(|line| first(line)).count();
    let filled = line.iter().filter(|cell| !cell.is_empty()).count();
    named * 10 >= table.lines.len() * 6
        && !first(line)
        && filled * 2 <= table.columns.len()
        && line.iter().zip(above).all(|(cell, above)| cell.is_empty() || !above.is_empty())
}
