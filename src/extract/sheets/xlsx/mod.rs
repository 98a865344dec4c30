//! Workbooks of Office Open XML: xlsx and xlsm (ECMA-376, part 1, 18), and xlsb, whose sheets are
//! binary ([MS-XLSB]) and whose other parts are the same.
//!
//! A part that cannot be read is told and does not hide the others.

mod binary;
mod parts;
mod strings;
mod styles;
mod workbook;
mod worksheet;

use std::collections::HashMap;

use super::package::{Package, Relation};
use super::properties;
use super::sheet::Sheet;
use crate::extract::document::Failure;
use crate::extract::lines::Lines;
use crate::extract::zip::Archive;
use crate::model::{Flow, Place, Problem, Sink};

use strings::Strings;
use styles::Styles;
use workbook::{SheetEntry, Workbook};

/// Is it a workbook?
pub(in crate::extract) fn is(archive: &mut Archive<'_>) -> bool {
    main_part(&mut Package::new(archive)).is_some()
}

fn main_part(package: &mut Package<'_, '_>) -> Option<String> {
    for usual in ["xl/workbook.xml", "xl/workbook.bin"] {
        if package.has(usual) {
            return Some(usual.to_owned());
        }
    }
    let relations = package.relations("").ok()?;
    let main = relations.into_iter().find(|relation| relation.kind == "officeDocument")?;
    let own = main.target.rsplit('/').next().unwrap_or_default().to_lowercase();
    (own.starts_with("workbook") && package.has(&main.target)).then_some(main.target)
}

/// What cells refer to.
#[derive(Debug, Default)]
struct Book {
    strings: Strings,
    styles: Styles,
    epoch_1904: bool,
    /// Texts of links of the sheet at hand, and whether a cell shows the same.
    links: HashMap<Vec<u8>, bool>,
}

/// Reads something of a workbook.
type Step = fn(&mut Reader<'_, '_>, &Workbook, &mut dyn Sink) -> Result<Flow, Failure>;

/// Reads a workbook.
pub(in crate::extract) fn extract(
    archive: &mut Archive<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut package = Package::new(archive);
    let main = main_part(&mut package).unwrap_or_default();
    let mut reader = Reader { binary: main.ends_with(".bin"), package, book: Book::default() };
    let workbook = reader.open(&main, sink);
    let steps: [Step; 6] = [
        |reader, _, sink| properties::of_package(&mut reader.package, sink),
        |reader, workbook, sink| reader.sheets(workbook, sink),
        |reader, workbook, sink| reader.rest(workbook, sink),
        |reader, _, sink| reader.package.embedded("xl/embeddings/", sink),
        |reader, _, sink| reader.package.embedded("xl/media/", sink),
        |reader, _, sink| reader.package.embedded("customxml/item", sink),
    ];
    for step in steps {
        let read = step(&mut reader, &workbook, sink);
        if settle(read, None, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// Tells of what could not be read, and goes on.
fn settle(read: Result<Flow, Failure>, sheet: Option<&str>, sink: &mut dyn Sink) -> Flow {
    match read {
        Ok(flow) => flow,
        Err(failure) => {
            let at = sheet.map(|sheet| Place::Cell {
                sheet: sheet.to_owned(),
                cell: None,
                field: None,
                part: None,
            });
            sink.problem(Problem { at, ..failure.into_problem(true) })
        }
    }
}

struct Reader<'p, 'a> {
    package: Package<'p, 'a>,
    binary: bool,
    book: Book,
}

impl Reader<'_, '_> {
    /// Reads what all sheets need. What is missing of it is told.
    fn open(&mut self, main: &str, sink: &mut dyn Sink) -> Workbook {
        let workbook =
            workbook::read(&mut self.package, main, self.binary).unwrap_or_else(|failure| {
                let _ = sink.problem(failure.into_problem(true));
                Workbook::by_folder(&self.package)
            });
        self.book.epoch_1904 = workbook.epoch_1904;
        let of_kind = |kind: &str| {
            workbook.relations.iter().find(|r| r.kind == kind).map(|r| r.target.clone())
        };
        if let Some(name) = of_kind("styles") {
            let read = self.styles(&name);
            let _ = settle(read, None, sink);
        }
        if let Some(name) = of_kind("sharedStrings") {
            let read = self.strings(&name);
            let _ = settle(read, None, sink);
        }
        workbook
    }

    fn styles(&mut self, name: &str) -> Result<Flow, Failure> {
        if self.binary {
            if let Some(part) = self.package.open(name)? {
                self.book.styles = binary::styles(part)?;
            }
        } else if let Some(mut part) = self.package.part(name)? {
            self.book.styles = Styles::read(&mut part)?;
        }
        Ok(Flow::Continue)
    }

    fn strings(&mut self, name: &str) -> Result<Flow, Failure> {
        let strings = &mut self.book.strings;
        let read = if self.binary {
            self.package.open(name)?.map(|part| binary::strings(part, strings))
        } else {
            self.package.part(name)?.map(|mut part| worksheet::strings(&mut part, strings))
        };
        // What was read before an error is used.
        strings.end()?;
        read.transpose()?;
        Ok(Flow::Continue)
    }

    fn sheets(&mut self, workbook: &Workbook, sink: &mut dyn Sink) -> Result<Flow, Failure> {
        for entry in &workbook.sheets {
            let read = self.sheet(entry, sink);
            if settle(read, Some(&entry.name), sink) == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }

    fn sheet(&mut self, entry: &SheetEntry, sink: &mut dyn Sink) -> Result<Flow, Failure> {
        let relations = self.package.relations(&entry.part)?;
        self.book.links = parts::link_texts(&relations);
        let mut sheet = Sheet::new(&entry.name);
        if sheet.tell_name(sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        let mut lines = Lines::default();
        let read = self.cells(entry, &mut sheet, &relations, &mut lines, sink);
        // What was read before an error is told.
        if sheet.end(sink) == Flow::Stop || lines.end(sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        let attached = parts::attached(&mut self.package, &sheet, &relations, sink);
        if settle(attached, Some(&entry.name), sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        read
    }

    fn cells(
        &mut self,
        entry: &SheetEntry,
        sheet: &mut Sheet,
        relations: &[Relation],
        lines: &mut Lines,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Failure> {
        let missing = || Failure::corrupt("a sheet that the workbook names is missing");
        if self.binary && entry.part.ends_with(".bin") {
            let part = self.package.open(&entry.part)?.ok_or_else(missing)?;
            return Ok(binary::rows(part, &mut self.book, sheet, sink)?);
        }
        let mut part = self.package.part(&entry.part)?.ok_or_else(missing)?;
        if worksheet::rows(&mut part, &mut self.book, sheet, sink)? == Flow::Stop
            || sheet.end(sink) == Flow::Stop
        {
            return Ok(Flow::Stop);
        }
        let links = parts::Links::new(relations, &self.book.links);
        Ok(worksheet::rest(&mut part, sheet, &links, lines, sink)?)
    }

    fn rest(&mut self, workbook: &Workbook, sink: &mut dyn Sink) -> Result<Flow, Failure> {
        let flow = parts::names(workbook, sink);
        if flow == Flow::Stop {
            return Ok(flow);
        }
        parts::of_workbook(&mut self.package, sink)
    }
}
