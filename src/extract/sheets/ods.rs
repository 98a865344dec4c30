//! Spreadsheets of OpenDocument: ods, ots (OASIS OpenDocument 1.3, part 3, 9).
//!
//! Rows and cells that repeat are written once with a count. Empty ones are passed over; of filled
//! ones no more are made than a sheet of this size may mean.

use std::io;

use super::address::{COLUMNS, ROWS};
use super::number::write_number;
use super::package::{Package, Part};
use super::properties;
use super::sheet::Sheet;
use super::tags::{Tag, Token, resolve};
use crate::extract::document::Failure;
use crate::extract::lines::Lines;
use crate::extract::zip::Archive;
use crate::model::{Flow, Problem, Reason, Sink};

/// Filled cells that counts alone may make, a document.
const REPEATED: u32 = 1_000_000;

/// A row of more bytes of text is not repeated.
const REPEATED_ROW: usize = 64 * 1024;

/// Reads something of a spreadsheet.
type Step = fn(&mut Package<'_, '_>, &mut dyn Sink) -> Result<Flow, Failure>;

/// Is it a spreadsheet?
pub(in crate::extract) fn is(archive: &mut Archive<'_>) -> bool {
    let mut package = Package::new(archive);
    let mut kind = Vec::new();
    let read = match package.open("mimetype") {
        Ok(Some(mut part)) => io::Read::read_to_end(&mut io::Read::take(&mut part, 100), &mut kind),
        _ => return false,
    };
    read.is_ok() && kind.starts_with(b"application/vnd.oasis.opendocument.spreadsheet")
}

/// Reads a spreadsheet.
pub(in crate::extract) fn extract(
    archive: &mut Archive<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut package = Package::new(archive);
    if is_encrypted(&mut package)? {
        let detail = "it is protected by a password".to_owned();
        return Err(Failure::Unreadable(Reason::Encrypted, detail));
    }
    let steps: [Step; 4] = [content, printed, what_it_says, embedded];
    for step in steps {
        let flow = match step(&mut package, sink) {
            Ok(flow) => flow,
            Err(failure) => sink.problem(failure.into_problem(true)),
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// The manifest names the way of encryption of each part (OpenDocument, part 2, 4.8).
fn is_encrypted(package: &mut Package<'_, '_>) -> Result<bool, Failure> {
    let Some(mut part) = package.part("META-INF/manifest.xml")? else { return Ok(false) };
    while let Some(token) = part.next()? {
        if matches!(token, Token::Open(Tag { name: b"encryption-data", .. })) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn content(package: &mut Package<'_, '_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let Some(mut part) = package.part("content.xml")? else {
        return Err(Failure::corrupt("its content is missing"));
    };
    let mut repeated = REPEATED;
    while let Some(token) = part.next()? {
        let Token::Open(tag) = token else { continue };
        if tag.name != b"table" || tag.empty {
            continue;
        }
        let name = tag.text(b"name").unwrap_or_default();
        let mut table = TableReader::new(&name, repeated);
        if table.sheet.tell_name(sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        let read = table.read(&mut part, sink);
        // What was read before an error is told.
        if table.sheet.end(sink) == Flow::Stop
            || table.notes.end(sink) == Flow::Stop
            || read? == Flow::Stop
        {
            return Ok(Flow::Stop);
        }
        repeated = table.repeated;
    }
    if repeated == 0 {
        let detail = "cells that are said to repeat more than a million times: not all are read";
        return Ok(sink.problem(Problem::part(Reason::Limit, detail)));
    }
    Ok(Flow::Continue)
}

/// Reads one sheet.
struct TableReader {
    sheet: Sheet,
    notes: Lines,
    /// The row at hand, from 1, and the next cell's column.
    row: u32,
    column: u32,
    /// The row's filled cells.
    cells: Vec<(u32, Vec<u8>)>,
    /// How many more filled cells counts may make.
    repeated: u32,
}

impl TableReader {
    fn new(name: &str, repeated: u32) -> TableReader {
        let (sheet, notes) = (Sheet::new(name), Lines::default());
        TableReader { sheet, notes, row: 1, column: 0, cells: Vec::new(), repeated }
    }

    fn read(&mut self, part: &mut Part<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
        let (mut rows, mut depth) = (1, 1);
        while let Some(token) = part.next()? {
            let flow = match token {
                Token::Open(tag) => match tag.name {
                    b"table-row" => {
                        rows = count(&tag, b"number-rows-repeated");
                        self.column = 0;
                        self.cells.clear();
                        if tag.empty { self.end_row(rows, sink) } else { Flow::Continue }
                    }
                    b"table-cell" | b"covered-table-cell" => {
                        self.cell(Stored::of(&tag), part, sink)?
                    }
                    b"shapes" if !tag.empty => self.shapes(part, sink)?,
                    b"table" if !tag.empty => {
                        depth += 1;
                        Flow::Continue
                    }
                    _ => Flow::Continue,
                },
                Token::Close(b"table-row") => self.end_row(rows, sink),
                Token::Close(b"table") => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    Flow::Continue
                }
                Token::Close(_) | Token::Text(_) | Token::Verbatim(_) => Flow::Continue,
            };
            if flow == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }

    /// Reads a cell up to its end.
    fn cell(
        &mut self,
        stored: Stored,
        part: &mut Part<'_>,
        sink: &mut dyn Sink,
    ) -> io::Result<Flow> {
        let mut text = Vec::new();
        let mut flow = Flow::Continue;
        if !stored.empty {
            let end: &[u8] = if stored.covered { b"covered-table-cell" } else { b"table-cell" };
            flow = self.inside(end, part, &mut text, sink)?;
        }
        let columns = stored.columns;
        let shown = stored.shown(text);
        if !shown.is_empty() {
            let copies = columns.min(self.repeated + 1).min(COLUMNS);
            self.repeated -= copies - 1;
            for n in 0..copies {
                self.cells.push((self.column.saturating_add(n), shown.clone()));
            }
        }
        self.column = self.column.saturating_add(columns);
        Ok(flow)
    }

    /// The paragraphs of a cell. Notes in it are told by themselves.
    fn inside(
        &mut self,
        end: &[u8],
        part: &mut Part<'_>,
        text: &mut Vec<u8>,
        sink: &mut dyn Sink,
    ) -> io::Result<Flow> {
        while let Some(token) = part.next()? {
            match token {
                Token::Close(name) if name == end => break,
                Token::Open(tag) if tag.empty => {}
                Token::Open(tag) => match tag.name {
                    b"annotation" => {
                        let note = paragraphs(part, b"annotation")?;
                        let place = self.sheet.place_of(Some((self.column, self.row)), "comment");
                        if self.notes.add(place, &note, sink) == Flow::Stop {
                            return Ok(Flow::Stop);
                        }
                    }
                    b"p" | b"h" => {
                        if !text.is_empty() {
                            text.push(b'\n');
                        }
                        paragraph(part, text)?;
                    }
                    _ => {}
                },
                Token::Close(_) | Token::Text(_) | Token::Verbatim(_) => {}
            }
        }
        Ok(Flow::Continue)
    }

    /// Text boxes and drawings that lie on the sheet.
    fn shapes(&mut self, part: &mut Part<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
        let text = paragraphs(part, b"shapes")?;
        Ok(self.notes.add(self.sheet.place_of(None, "text_box"), &text, sink))
    }

    fn end_row(&mut self, rows: u32, sink: &mut dyn Sink) -> Flow {
        let filled = self.cells.len() as u32;
        let bytes: usize = self.cells.iter().map(|(_, text)| text.len()).sum();
        // An empty row is passed over, however often it repeats.
        if let Some(most) = self.repeated.checked_div(filled) {
            let most = if bytes > REPEATED_ROW { 0 } else { most };
            let copies = (rows - 1).min(most);
            self.repeated -= copies * filled;
            for row in 0..=copies {
                if self.one_row(self.row.saturating_add(row), sink) == Flow::Stop {
                    return Flow::Stop;
                }
            }
        }
        self.row = self.row.saturating_add(rows);
        Flow::Continue
    }

    fn one_row(&mut self, row: u32, sink: &mut dyn Sink) -> Flow {
        if row > ROWS {
            return Flow::Continue;
        }
        let mut flow = self.sheet.begin_row(row, sink);
        for (column, text) in &self.cells {
            if flow == Flow::Continue {
                flow = self.sheet.cell(*column, text, sink);
            }
        }
        flow
    }
}

/// What a cell's start tag says.
struct Stored {
    empty: bool,
    covered: bool,
    columns: u32,
    /// A number or a day as it is, whatever is shown.
    value: Option<Vec<u8>>,
}

impl Stored {
    fn of(tag: &Tag<'_>) -> Stored {
        let value = match tag.attribute(b"value-type") {
            Some(b"float" | b"currency" | b"percentage") => {
                let number = tag.text(b"value").and_then(|value| value.parse().ok());
                number.map(|number| {
                    let mut shown = Vec::new();
                    write_number(number, &mut shown);
                    shown
                })
            }
            Some(b"date") => {
                tag.attribute(b"date-value").map(|day| day[..day.len().min(10)].to_vec())
            }
            Some(b"string") => tag.text(b"string-value").map(String::into_bytes),
            _ => None,
        };
        Stored {
            empty: tag.empty,
            covered: tag.name == b"covered-table-cell",
            columns: count(tag, b"number-columns-repeated"),
            value,
        }
    }

    /// What people see: the text, unless a format took digits from the number.
    fn shown(self, text: Vec<u8>) -> Vec<u8> {
        let digits = |text: &[u8]| text.iter().filter(|b| b.is_ascii_digit()).count();
        let zeros = text.iter().find(|b| b.is_ascii_digit()) == Some(&b'0');
        match self.value {
            Some(value) if text.is_empty() || digits(&value) > digits(&text) => value,
            // `1 234,50` is a number with a mark for thousands; a number with zeros before is none.
            Some(value) if !zeros && digits(&value) == value.len() => value,
            _ => text,
        }
    }
}

/// How often a cell or row stands there.
fn count(tag: &Tag<'_>, name: &[u8]) -> u32 {
    let count = tag.attribute(name).and_then(super::address::number);
    count.unwrap_or(1).max(1)
}

/// The paragraphs up to the end of an element, a line each.
fn paragraphs(part: &mut Part<'_>, end: &[u8]) -> io::Result<String> {
    let mut text = Vec::new();
    while let Some(token) = part.next()? {
        match token {
            Token::Close(name) if name == end => break,
            Token::Open(Tag { name: b"p" | b"h" | b"creator", empty: false, .. }) => {
                if !text.is_empty() {
                    text.push(b'\n');
                }
                paragraph(part, &mut text)?;
            }
            _ => {}
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The text of a paragraph whose start tag was read. White space is written as elements.
fn paragraph(part: &mut Part<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    let mut depth = 1_u32;
    while let Some(token) = part.next()? {
        match token {
            Token::Open(tag) => {
                match tag.name {
                    b"s" => {
                        let spaces = tag.attribute(b"c").and_then(super::address::number);
                        let len = out.len() + spaces.unwrap_or(1).min(100) as usize;
                        out.resize(len, b' ');
                    }
                    b"tab" => out.push(b'\t'),
                    b"line-break" => out.push(b'\n'),
                    _ => {}
                }
                depth += u32::from(!tag.empty);
            }
            Token::Close(_) => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            Token::Text(text) => resolve(text, out),
            Token::Verbatim(text) => out.extend_from_slice(text),
        }
    }
    Ok(())
}

/// Printed headers and footers stand with the styles, for all sheets of one kind of page.
fn printed(package: &mut Package<'_, '_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let Some(mut part) = package.part("styles.xml")? else { return Ok(Flow::Continue) };
    let (mut lines, sheet) = (Lines::default(), Sheet::new(""));
    while let Some(token) = part.next()? {
        let (end, kind): (&[u8], _) = match token {
            Token::Open(tag) if tag.empty => continue,
            Token::Open(Tag { name: b"header" | b"header-left" | b"header-first", .. }) => {
                (b"header", "header")
            }
            Token::Open(Tag { name: b"footer" | b"footer-left" | b"footer-first", .. }) => {
                (b"footer", "footer")
            }
            _ => continue,
        };
        let text = paragraphs(&mut part, end)?;
        // What programs put there by themselves is of no use to anybody.
        let usual = text
            .lines()
            .all(|line| line == "???" || line.starts_with("Sid") || line.starts_with("Page"));
        if !usual && lines.add(sheet.place_of(None, kind), &text, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(lines.end(sink))
}

fn what_it_says(package: &mut Package<'_, '_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    match package.part("meta.xml")? {
        Some(mut part) => properties::of_open_document(&mut part, sink),
        None => Ok(Flow::Continue),
    }
}

/// Pictures and files inside.
fn embedded(package: &mut Package<'_, '_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    for folder in ["pictures/", "object"] {
        if package.embedded(folder, sink)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}
