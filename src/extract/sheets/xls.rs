//! Old binary workbooks: xls ([MS-XLS], and the versions before). They are held whole in memory.

use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Range, Reader, Xls, XlsError};

use super::number::{NumberFormat, write_number};
use super::sheet::Sheet;
use crate::extract::RecordBuilder;
use crate::extract::document::Failure;
use crate::extract::lines::Lines;
use crate::model::{Flow, Place, Reason, Ruler, Sink};

/// Reads a workbook.
pub(in crate::extract) fn extract(bytes: Vec<u8>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut workbook = Xls::new(Cursor::new(bytes)).map_err(failure)?;
    if properties(&mut workbook, sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    for (name, range) in workbook.worksheets() {
        if rows(&name, &range, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(names(&workbook, sink))
}

fn failure(error: XlsError) -> Failure {
    match error {
        XlsError::Io(error) => Failure::Io(error),
        XlsError::Password => {
            Failure::Unreadable(Reason::Encrypted, "it is protected by a password".to_owned())
        }
        other => Failure::corrupt(format!("a damaged workbook: {other}")),
    }
}

fn rows(name: &str, range: &Range<Data>, sink: &mut dyn Sink) -> Flow {
    let (mut sheet, mut shown) = (Sheet::new(name), Vec::new());
    if sheet.tell_name(sink) == Flow::Stop {
        return Flow::Stop;
    }
    let Some((first_row, first_column)) = range.start() else { return Flow::Continue };
    for (row, n) in range.rows().zip(first_row..) {
        if row.iter().all(|cell| *cell == Data::Empty) {
            continue;
        }
        if sheet.begin_row(n.saturating_add(1), sink) == Flow::Stop {
            return Flow::Stop;
        }
        for (cell, column) in row.iter().zip(first_column..) {
            show(cell, &mut shown);
            if sheet.cell(column, &shown, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
    }
    sheet.end(sink)
}

fn show(cell: &Data, out: &mut Vec<u8>) {
    out.clear();
    match cell {
        Data::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Data::Float(number) => write_number(*number, out),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            out.extend_from_slice(text.as_bytes());
        }
        Data::DateTime(time) => show_time(time, out),
        Data::Bool(_) | Data::Error(_) | Data::Empty => {}
    }
}

/// The days are counted from 1904 where the workbook says so.
fn show_time(time: &ExcelDateTime, out: &mut Vec<u8>) {
    let (value, day) = (time.as_f64(), time.is_datetime() && time.as_f64() >= 1.0);
    let (year, month, date, ..) = time.to_ymd_hms_milli();
    if day {
        out.extend_from_slice(format!("{year:04}-{month:02}-{date:02}").as_bytes());
    }
    if value.fract() > 0.0 {
        out.extend_from_slice(if day { b" " } else { b"" });
        NumberFormat::Time { day: false, time: true }.write(value.fract(), false, out);
    }
}

fn properties(workbook: &mut Xls<Cursor<Vec<u8>>>, sink: &mut dyn Sink) -> Flow {
    // A workbook without them, or with damaged ones, is read all the same.
    let Ok(said) = workbook.workbook_properties() else { return Flow::Continue };
    let mut record = RecordBuilder::new(Ruler::default());
    for (field, value) in [
        ("author", said.creator),
        ("last_modified_by", said.last_modified_by),
        ("title", said.title),
        ("subject", said.subject),
        ("description", said.description),
        ("keywords", said.keywords),
        ("category", said.category),
        ("manager", said.manager),
        ("company", said.company),
    ] {
        let Some(value) = value.filter(|value| !value.trim().is_empty()) else { continue };
        record.begin_fixed(field, Place::Metadata { field: field.to_owned() });
        record.absent(value.trim().as_bytes());
    }
    record.push_to(sink)
}

fn names(workbook: &Xls<Cursor<Vec<u8>>>, sink: &mut dyn Sink) -> Flow {
    let (mut lines, sheet) = (Lines::default(), Sheet::new(""));
    for (name, value) in workbook.defined_names() {
        let text = format!("{name} {value}");
        if lines.add(sheet.place_of(None, "defined_name"), &text, sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    lines.end(sink)
}
