//! Sheets and shared strings in XML: the cells of a row, then what hangs on the sheet.

use std::io;

use memchr::memmem;

use super::Book;
use super::parts::Links;
use super::strings::Strings;
use crate::extract::lines::Lines;
use crate::extract::sheets::address;
use crate::extract::sheets::number::NumberFormat;
use crate::extract::sheets::package::Part;
use crate::extract::sheets::sheet::Sheet;
use crate::extract::sheets::tags::{Tag, Token, resolve};
use crate::model::{Flow, Sink};

/// Reads the shared strings: the runs of each joined, without the readings of Asian scripts.
pub(super) fn strings(tags: &mut Part<'_>, strings: &mut Strings) -> io::Result<()> {
    let (mut raw, mut text) = (Vec::new(), Vec::new());
    while let Some(token) = tags.next()? {
        let Token::Open(tag) = token else { continue };
        if tag.name != b"si" {
            continue;
        }
        raw.clear();
        if !tag.empty {
            runs(tags, b"si", &mut raw)?;
        }
        unescape(&raw, &mut text);
        strings.push(&text)?;
    }
    Ok(())
}

/// The text of the runs of an element, the end of which is read as well.
fn runs(tags: &mut Part<'_>, end: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let (mut shown, mut reading) = (false, false);
    while let Some(token) = tags.next()? {
        match token {
            Token::Open(tag) if tag.empty => {}
            Token::Open(Tag { name: b"t", .. }) => shown = !reading,
            Token::Open(Tag { name: b"rPh", .. }) => reading = true,
            Token::Open(_) => {}
            Token::Close(b"t") => shown = false,
            Token::Close(b"rPh") => reading = false,
            Token::Close(name) if name == end => break,
            Token::Close(_) => {}
            Token::Text(text) if shown => resolve(text, out),
            Token::Verbatim(text) if shown => out.extend_from_slice(text),
            Token::Text(_) | Token::Verbatim(_) => {}
        }
    }
    Ok(())
}

/// `_x000D_` stands for a character that XML does not allow (ECMA-376, part 1, 22.9.2.19).
fn unescape(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = text;
    while let Some(at) = memmem::find(rest, b"_x") {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        match escaped(rest) {
            Some(c) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[7..];
            }
            None => {
                out.extend_from_slice(b"_x");
                rest = &rest[2..];
            }
        }
    }
    out.extend_from_slice(rest);
}

fn escaped(text: &[u8]) -> Option<char> {
    let [b'_', b'x', digits @ .., b'_'] = text.get(..7)? else { return None };
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok().and_then(char::from_u32)
}

/// What a cell's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    /// True, false, errors.
    Nothing,
}

/// A cell being read.
#[derive(Debug)]
struct Cell {
    column: u32,
    row: u32,
    kind: Kind,
    style: u32,
    value: Vec<u8>,
    shown: Vec<u8>,
}

/// Reads the rows of a sheet, up to their end.
pub(super) fn rows(
    tags: &mut Part<'_>,
    book: &mut Book,
    sheet: &mut Sheet,
    sink: &mut dyn Sink,
) -> io::Result<Flow> {
    let mut cell = Cell {
        column: 0,
        row: 0,
        kind: Kind::Nothing,
        style: 0,
        value: Vec::new(),
        shown: Vec::new(),
    };
    let mut inside = false;
    while let Some(token) = tags.next()? {
        let flow = match token {
            Token::Open(tag) => match tag.name {
                b"c" => {
                    cell.begin(&tag);
                    Flow::Continue
                }
                b"v" => {
                    inside = !tag.empty;
                    Flow::Continue
                }
                b"is" if !tag.empty => {
                    runs(tags, b"is", &mut cell.value)?;
                    Flow::Continue
                }
                b"row" => {
                    cell.begin_row(&tag);
                    sheet.begin_row(cell.row, sink)
                }
                b"sheetData" if tag.empty => break,
                _ => Flow::Continue,
            },
            Token::Text(text) if inside => {
                resolve(text, &mut cell.value);
                Flow::Continue
            }
            Token::Verbatim(text) if inside => {
                cell.value.extend_from_slice(text);
                Flow::Continue
            }
            Token::Close(b"v") => {
                inside = false;
                Flow::Continue
            }
            Token::Close(b"c") => cell.end(book, sheet, sink)?,
            Token::Close(b"sheetData") => break,
            Token::Close(_) | Token::Text(_) | Token::Verbatim(_) => Flow::Continue,
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

impl Cell {
    fn begin_row(&mut self, tag: &Tag<'_>) {
        let row = tag.attribute(b"r").and_then(address::number).filter(|&n| n > 0);
        self.row = row.unwrap_or(self.row + 1).min(address::ROWS);
        // The first cell is to have column 0 where it does not say which.
        self.column = u32::MAX;
    }

    fn begin(&mut self, tag: &Tag<'_>) {
        (self.kind, self.style) = (Kind::Number, 0);
        self.value.clear();
        let mut column = self.column.wrapping_add(1);
        for (name, value) in tag.attributes() {
            match name {
                b"r" => column = address::parse(value).map_or(column, |(column, _)| column),
                b"s" => self.style = address::number(value).unwrap_or(0),
                b"t" => {
                    self.kind = match value {
                        b"s" => Kind::Shared,
                        b"str" | b"inlineStr" | b"d" => Kind::Text,
                        b"b" | b"e" => Kind::Nothing,
                        _ => Kind::Number,
                    }
                }
                _ => {}
            }
        }
        self.column = column.min(address::COLUMNS);
    }

    fn end(&mut self, book: &mut Book, sheet: &mut Sheet, sink: &mut dyn Sink) -> io::Result<Flow> {
        let shown = match self.kind {
            Kind::Nothing => return Ok(Flow::Continue),
            Kind::Shared => {
                let n = address::number(self.value.trim_ascii());
                match n.map(|n| book.strings.get(n as usize)).transpose()?.flatten() {
                    Some(string) => string,
                    None => return Ok(Flow::Continue),
                }
            }
            Kind::Text if memmem::find(&self.value, b"_x").is_some() => {
                unescape(&self.value, &mut self.shown);
                &self.shown
            }
            Kind::Text => &self.value,
            Kind::Number => {
                let format = book.styles.format(self.style);
                show_number(&self.value, format, book.epoch_1904, &mut self.shown);
                &self.shown
            }
        };
        if !book.links.is_empty()
            && let Some(met) = book.links.get_mut(shown)
        {
            *met = true;
        }
        Ok(sheet.cell(self.column, shown, sink))
    }
}

/// Writes a stored number as its format shows it.
fn show_number(stored: &[u8], format: &NumberFormat, epoch_1904: bool, out: &mut Vec<u8>) {
    out.clear();
    let stored = stored.trim_ascii();
    let short = stored.len() <= 15 && stored.iter().all(u8::is_ascii_digit);
    if short && *format == NumberFormat::Number {
        out.extend_from_slice(stored);
        return;
    }
    let value = std::str::from_utf8(stored).ok().and_then(|text| text.parse::<f64>().ok());
    if let Some(value) = value {
        format.write(value, epoch_1904, out);
    }
}

/// Reads what comes after the rows: printed headers, rules for what may be entered, links.
pub(super) fn rest(
    tags: &mut Part<'_>,
    sheet: &Sheet,
    links: &Links<'_>,
    lines: &mut Lines,
    sink: &mut dyn Sink,
) -> io::Result<Flow> {
    let mut cell = None;
    while let Some(token) = tags.next()? {
        let Token::Open(tag) = token else { continue };
        let flow = match tag.name {
            b"oddHeader" | b"evenHeader" | b"firstHeader" if !tag.empty => {
                let text = printed(tags)?;
                lines.add(sheet.place_of(None, "header"), &text, sink)
            }
            b"oddFooter" | b"evenFooter" | b"firstFooter" if !tag.empty => {
                let text = printed(tags)?;
                lines.add(sheet.place_of(None, "footer"), &text, sink)
            }
            b"dataValidation" => {
                cell = tag.attribute(b"sqref").and_then(first_cell);
                let names = [b"promptTitle".as_slice(), b"prompt", b"errorTitle", b"error"];
                let texts: Vec<String> = names.iter().filter_map(|name| tag.text(name)).collect();
                lines.add(sheet.place_of(cell, "validation"), &texts.join(" "), sink)
            }
            b"formula1" | b"formula2" if !tag.empty => {
                let mut formula = Vec::new();
                tags.text_of(&[], &mut formula)?;
                let list = listed(&String::from_utf8_lossy(&formula));
                lines.add(sheet.place_of(cell, "validation"), &list, sink)
            }
            b"hyperlink" => links.add(&tag, sheet, lines, sink),
            _ => Flow::Continue,
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// The first cell of a list of ranges: `C2:C10 E5`.
pub(super) fn first_cell(ranges: &[u8]) -> Option<(u32, u32)> {
    address::parse(ranges.split(|b| matches!(b, b' ' | b':')).next()?)
}

/// The values that a rule lists; a formula lists none.
fn listed(formula: &str) -> String {
    let inner = formula.trim().strip_prefix('"').and_then(|f| f.strip_suffix('"'));
    inner.map(|list| list.replace("\"\"", "\"").replace(',', "; ")).unwrap_or_default()
}

/// A printed header without its codes: `&L` begins the left part, `&"Arial,Bold"` is a font
/// (ECMA-376, part 1, 18.3.1.46).
fn printed(tags: &mut Part<'_>) -> io::Result<String> {
    let mut stored = Vec::new();
    tags.text_of(&[], &mut stored)?;
    Ok(without_codes(&String::from_utf8_lossy(&stored)))
}

fn without_codes(stored: &str) -> String {
    let mut out = String::new();
    let mut rest = stored.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '&' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('&') => out.push('&'),
            Some('L' | 'C' | 'R') if !out.is_empty() => out.push('\n'),
            Some('"') => _ = rest.by_ref().find(|&c| c == '"'),
            Some('K') => (0..6).for_each(|_| _ = rest.next_if(char::is_ascii_hexdigit)),
            Some('0'..='9') => while rest.next_if(char::is_ascii_digit).is_some() {},
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_headers_lose_their_codes() {
        for (stored, want) in [
            ("&LBo Ek&Ca@b.se", "Bo Ek\na@b.se"),
            ("&\"Arial,Bold\"&12Sida &P", "Sida "),
            ("R&&D &KFF0000röd", "R&D röd"),
            ("&", ""),
        ] {
            assert_eq!(without_codes(stored), want);
        }
    }

    #[test]
    fn escapes_of_strings() {
        let mut out = Vec::new();
        for (stored, want) in
            [("a_x000D_b", "a\rb"), ("_x005F_x", "_x"), ("a_xyz", "a_xyz"), ("_x12", "_x12")]
        {
            unescape(stored.as_bytes(), &mut out);
            assert_eq!(out, want.as_bytes());
        }
    }
}
