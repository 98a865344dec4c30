//! The binary parts of an xlsb workbook: records of a type, a length and data ([MS-XLSB]).

use std::io::{self, Read};

use super::Book;
use super::strings::Strings;
use super::styles::Styles;
use super::workbook::Workbook;
use crate::extract::sheets::number::NumberFormat;
use crate::extract::sheets::sheet::Sheet;
use crate::model::{Flow, Sink};

/// A longer record is none.
const LONGEST: u32 = 4 * 1024 * 1024;

/// Types of records ([MS-XLSB] 2.3.2).
mod record {
    pub(super) const ROW: u16 = 0;
    pub(super) const CELL_RK: u16 = 2;
    pub(super) const CELL_REAL: u16 = 5;
    pub(super) const CELL_TEXT: u16 = 6;
    pub(super) const CELL_SHARED: u16 = 7;
    pub(super) const FORMULA_TEXT: u16 = 8;
    pub(super) const FORMULA_NUMBER: u16 = 9;
    pub(super) const STRING: u16 = 19;
    pub(super) const FORMAT: u16 = 44;
    pub(super) const STYLE: u16 = 47;
    pub(super) const CELL_RICH: u16 = 62;
    pub(super) const SHEETS_END: u16 = 146;
    pub(super) const PROPERTIES: u16 = 153;
    pub(super) const SHEET: u16 = 156;
    pub(super) const CELL_STYLES: u16 = 617;
    pub(super) const CELL_STYLES_END: u16 = 618;
}

/// Reads records one after another.
struct Records<R> {
    source: io::BufReader<R>,
    data: Vec<u8>,
}

impl<R: Read> Records<R> {
    fn new(source: R) -> Records<R> {
        Records { source: io::BufReader::with_capacity(64 * 1024, source), data: Vec::new() }
    }

    /// The type of the next record, whose data are read; none at the end.
    fn next(&mut self) -> io::Result<Option<u16>> {
        let Some(first) = self.byte()? else { return Ok(None) };
        let mut kind = u16::from(first);
        if first & 0x80 != 0 {
            let second = self.byte()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            kind = u16::from(first & 0x7F) | u16::from(second & 0x7F) << 7;
        }
        let mut len = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            len |= u32::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if len > LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a record of more than 4 MiB"));
        }
        self.data.resize(len as usize, 0);
        self.source.read_exact(&mut self.data)?;
        Ok(Some(kind))
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        Ok((self.source.read(&mut byte)? > 0).then_some(byte[0]))
    }
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*data.get(at..)?.first_chunk()?))
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*data.get(at..)?.first_chunk()?))
}

/// A string with its length before it, and where it ends.
fn wide(data: &[u8], at: usize) -> Option<(String, usize)> {
    let end = (u32_at(data, at)? as usize).checked_mul(2)?.checked_add(at + 4)?;
    let units = data.get(at + 4..end)?.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]]));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
    Some((text, end))
}

/// A number of 30 bits, whole or the upper half of a fraction, as it is or a hundredth ([MS-XLSB]
/// 2.5.122).
fn rk(bits: u32) -> f64 {
    let value = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from((bits as i32) >> 2),
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

/// Reads which sheets there are.
pub(super) fn workbook(part: impl Read, workbook: &mut Workbook) -> io::Result<()> {
    let mut records = Records::new(part);
    while let Some(kind) = records.next()? {
        let data = &records.data;
        match kind {
            record::PROPERTIES => workbook.epoch_1904 = data.first().is_some_and(|b| b & 1 != 0),
            record::SHEET => {
                let id = wide(data, 8);
                let name = id.as_ref().and_then(|(_, end)| wide(data, *end));
                if let (Some((id, _)), Some((name, _))) = (id, name) {
                    workbook.add_sheet(name, &id);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Reads how cells show numbers.
pub(super) fn styles(part: impl Read) -> io::Result<Styles> {
    let (mut records, mut styles, mut of_cells) = (Records::new(part), Styles::default(), false);
    while let Some(kind) = records.next()? {
        let data = &records.data;
        match kind {
            record::FORMAT => {
                let code = wide(data, 2).map(|(code, _)| code).unwrap_or_default();
                styles.define(u16_at(data, 0).map_or(0, u32::from), &code);
            }
            record::CELL_STYLES => of_cells = true,
            record::CELL_STYLES_END => of_cells = false,
            record::STYLE if of_cells => styles.push(u16_at(data, 2).map_or(0, u32::from)),
            _ => {}
        }
    }
    Ok(styles)
}

/// Reads the shared strings.
pub(super) fn strings(part: impl Read, strings: &mut Strings) -> io::Result<()> {
    let mut records = Records::new(part);
    while let Some(kind) = records.next()? {
        if kind == record::STRING {
            let text = wide(&records.data, 1).map(|(text, _)| text).unwrap_or_default();
            strings.push(text.as_bytes())?;
        }
    }
    Ok(())
}

/// Reads the rows of a sheet.
pub(super) fn rows(
    part: impl Read,
    book: &mut Book,
    sheet: &mut Sheet,
    sink: &mut dyn Sink,
) -> io::Result<Flow> {
    let mut records = Records::new(part);
    while let Some(kind) = records.next()? {
        let data = &records.data;
        let flow = match kind {
            record::ROW => {
                let row = u32_at(data, 0).unwrap_or(0);
                sheet.begin_row(row.saturating_add(1), sink)
            }
            record::SHEETS_END => break,
            _ => match cell(kind, data, book)? {
                Some(shown) => sheet.cell(u32_at(data, 0).unwrap_or(0), &shown, sink),
                None => Flow::Continue,
            },
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// What a cell shows: behind its column, its style and its value.
fn cell(kind: u16, data: &[u8], book: &mut Book) -> io::Result<Option<Vec<u8>>> {
    const VALUE: usize = 8;
    let number = match kind {
        record::CELL_SHARED => {
            let Some(n) = u32_at(data, VALUE) else { return Ok(None) };
            return Ok(book.strings.get(n as usize)?.map(<[u8]>::to_vec));
        }
        record::CELL_TEXT | record::FORMULA_TEXT => {
            return Ok(wide(data, VALUE).map(|(text, _)| text.into_bytes()));
        }
        record::CELL_RICH => {
            return Ok(wide(data, VALUE + 1).map(|(text, _)| text.into_bytes()));
        }
        record::CELL_RK => u32_at(data, VALUE).map(rk),
        record::CELL_REAL | record::FORMULA_NUMBER => {
            let bytes = data.get(VALUE..).and_then(|rest| rest.first_chunk());
            bytes.map(|bytes| f64::from_le_bytes(*bytes))
        }
        _ => None,
    };
    let style = u32_at(data, 4).unwrap_or(0) & 0x00FF_FFFF;
    Ok(number.map(|number| shown(number, book.styles.format(style), book.epoch_1904)))
}

fn shown(number: f64, format: &NumberFormat, epoch_1904: bool) -> Vec<u8> {
    let mut out = Vec::new();
    format.write(number, epoch_1904, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_read() {
        for (bits, want) in
            [(0x3FF0_0000, 1.0), (0x3FF0_0001, 0.01), (12 << 2 | 2, 12.0), (!0 << 2 | 2, -1.0)]
        {
            assert_eq!(rk(bits), want);
        }
    }

    #[test]
    fn strings_end_where_they_say() {
        assert_eq!(wide(b"\x02\0\0\0a\0b\0c", 0), Some(("ab".to_owned(), 8)));
        assert_eq!(wide(b"\xFF\xFF\xFF\xFFa\0", 0), None);
        assert_eq!(wide(b"\x01\0", 0), None);
    }
}
