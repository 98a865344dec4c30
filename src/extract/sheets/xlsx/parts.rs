//! What hangs on the sheets of a workbook: comments, text boxes, charts, links; and what belongs to
//! the workbook as a whole: names, caches of pivot tables and of other workbooks.

use std::collections::HashMap;

use super::workbook::Workbook;
use super::worksheet::first_cell;
use crate::extract::RecordBuilder;
use crate::extract::document::Failure;
use crate::extract::lines::Lines;
use crate::extract::sheets::package::{Package, Part, Relation};
use crate::extract::sheets::sheet::Sheet;
use crate::extract::sheets::tags::{Tag, Token, resolve, resolved};
use crate::model::{Flow, Place, Ruler, Sink};

/// Links of a sheet that are remembered.
const LINKS: usize = 70_000;

/// Begins the copy of a threaded comment that older programs show.
const COPY: &str = "[Threaded comment]";

/// The texts of the links of a sheet, as a cell would show them.
pub(super) fn link_texts(relations: &[Relation]) -> HashMap<Vec<u8>, bool> {
    let links = relations.iter().filter(|r| r.external && r.kind == "hyperlink").take(LINKS);
    links.map(|link| (link_text(&link.target).into_bytes(), false)).collect()
}

fn link_text(target: &str) -> String {
    let text = target.strip_prefix("mailto:").or_else(|| target.strip_prefix("tel:"));
    text.map_or(target, |text| text.split('?').next().unwrap_or_default()).to_owned()
}

/// Where the links of a sheet lead.
pub(super) struct Links<'r> {
    targets: HashMap<&'r str, &'r str>,
    /// The texts of links, and whether a cell shows the same.
    shown: &'r HashMap<Vec<u8>, bool>,
}

impl<'r> Links<'r> {
    /// Those among `relations`; `shown` is what became of [`link_texts`].
    pub(super) fn new(relations: &'r [Relation], shown: &'r HashMap<Vec<u8>, bool>) -> Links<'r> {
        let links = relations.iter().filter(|relation| relation.external);
        let targets = links.map(|link| (link.id.as_str(), link.target.as_str())).collect();
        Links { targets, shown }
    }

    /// Tells of a link, unless its cell shows the same.
    pub(super) fn add(
        &self,
        tag: &Tag<'_>,
        sheet: &Sheet,
        lines: &mut Lines,
        sink: &mut dyn Sink,
    ) -> Flow {
        let id = tag.text(b"id").unwrap_or_default();
        let text = self.targets.get(id.as_str()).map(|to| link_text(to)).unwrap_or_default();
        let text = if self.shown.get(text.as_bytes()) == Some(&true) { "" } else { &text };
        let tip = tag.text(b"tooltip").unwrap_or_default();
        let cell = tag.attribute(b"ref").and_then(first_cell);
        let place = Place::Cell {
            sheet: sheet.name().to_owned(),
            cell: cell.map(|(column, row)| crate::extract::sheets::address::write(column, row)),
            field: cell.and_then(|(column, _)| sheet.field(column)),
            part: None,
        };
        lines.add(place, format!("{text} {tip}").trim(), sink)
    }
}

/// Reads the parts that hang on a sheet.
pub(super) fn attached(
    package: &mut Package<'_, '_>,
    sheet: &Sheet,
    relations: &[Relation],
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut lines = Lines::default();
    for relation in relations.iter().filter(|relation| !relation.external) {
        let name = &relation.target;
        let flow = match relation.kind.as_str() {
            "comments" => with_part(package, name, |part| comments(part, sheet, &mut lines, sink))?,
            "threadedComment" => {
                with_part(package, name, |part| threaded(part, sheet, &mut lines, sink))?
            }
            "drawing" => drawing(package, name, sheet, &mut lines, sink)?,
            "chart" => with_part(package, name, |part| {
                paragraphs(part, &sheet.place_of(None, "chart"), &mut lines, sink)
            })?,
            _ => Flow::Continue,
        };
        if flow == Flow::Stop || lines.end(sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

fn with_part(
    package: &mut Package<'_, '_>,
    name: &str,
    read: impl FnOnce(&mut Part<'_>) -> Result<Flow, Failure>,
) -> Result<Flow, Failure> {
    // The comments of a binary workbook are binary as well; what else hangs on it is not.
    match package.part(name)?.filter(|_| !name.ends_with(".bin")) {
        Some(mut part) => read(&mut part),
        None => Ok(Flow::Continue),
    }
}

fn comments(
    part: &mut Part<'_>,
    sheet: &Sheet,
    lines: &mut Lines,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut text = Vec::new();
    while let Some(token) = part.next()? {
        let Token::Open(tag) = token else { continue };
        let cell = match tag.name {
            b"author" => None,
            b"comment" => tag.attribute(b"ref").and_then(first_cell),
            _ => continue,
        };
        if tag.empty {
            continue;
        }
        text.clear();
        part.text_of(&[b"rPh"], &mut text)?;
        let text = String::from_utf8_lossy(&text);
        // `tc={…}` stands for the author of a threaded comment, which is read as such.
        if text.starts_with(COPY) || text.starts_with("tc={") {
            continue;
        }
        if lines.add(sheet.place_of(cell, "comment"), text.trim(), sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

fn threaded(
    part: &mut Part<'_>,
    sheet: &Sheet,
    lines: &mut Lines,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let (mut cell, mut text) = (None, Vec::new());
    while let Some(token) = part.next()? {
        let Token::Open(tag) = token else { continue };
        match tag.name {
            b"threadedComment" => cell = tag.attribute(b"ref").and_then(first_cell),
            b"text" if !tag.empty => {
                text.clear();
                part.text_of(&[], &mut text)?;
                let text = String::from_utf8_lossy(&text);
                if lines.add(sheet.place_of(cell, "comment"), text.trim(), sink) == Flow::Stop {
                    return Ok(Flow::Stop);
                }
            }
            _ => {}
        }
    }
    Ok(Flow::Continue)
}

/// The text boxes of a drawing, and the charts in it.
fn drawing(
    package: &mut Package<'_, '_>,
    name: &str,
    sheet: &Sheet,
    lines: &mut Lines,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let boxes = sheet.place_of(None, "text_box");
    if with_part(package, name, |part| paragraphs(part, &boxes, lines, sink))? == Flow::Stop {
        return Ok(Flow::Stop);
    }
    for relation in package.relations(name)? {
        if relation.external || !relation.kind.starts_with("chart") {
            continue;
        }
        let chart = sheet.place_of(None, "chart");
        let read = |part: &mut Part<'_>| paragraphs(part, &chart, lines, sink);
        if with_part(package, &relation.target, read)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// The paragraphs of DrawingML, the values that a chart keeps, and what pictures are said to show.
fn paragraphs(
    part: &mut Part<'_>,
    place: &Place,
    lines: &mut Lines,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let (mut text, mut inside) = (Vec::new(), false);
    while let Some(token) = part.next()? {
        let whole = match token {
            Token::Open(tag) => match tag.name {
                b"t" | b"v" => {
                    inside = !tag.empty;
                    false
                }
                b"br" => {
                    text.push(b'\n');
                    false
                }
                b"cNvPr" => {
                    let words = [tag.attribute(b"title"), tag.attribute(b"descr")];
                    text.clear();
                    for word in words.into_iter().flatten() {
                        resolve(word, &mut text);
                        text.push(b' ');
                    }
                    true
                }
                _ => false,
            },
            Token::Text(stored) if inside => {
                resolve(stored, &mut text);
                false
            }
            Token::Close(name) => {
                inside &= !matches!(name, b"t" | b"v");
                matches!(name, b"p" | b"v")
            }
            Token::Text(_) | Token::Verbatim(_) => false,
        };
        if whole {
            let paragraph = String::from_utf8_lossy(&text).trim().to_owned();
            text.clear();
            if lines.add(place.clone(), &paragraph, sink) == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
    }
    Ok(Flow::Continue)
}

/// Something of the workbook as a whole.
fn of_book(sheet: &str, cell: Option<String>, part: &'static str) -> Place {
    Place::Cell { sheet: sheet.to_owned(), cell, field: None, part: Some(part) }
}

/// The names that a workbook defines, and its sheets' own.
pub(super) fn names(workbook: &Workbook, sink: &mut dyn Sink) -> Flow {
    let mut lines = Lines::default();
    for name in &workbook.names {
        let sheet = name.sheet.and_then(|n| workbook.sheets.get(n));
        let place = of_book(sheet.map_or("", |sheet| &sheet.name), None, "defined_name");
        if lines.add(place, &name.texts.join(" "), sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    lines.end(sink)
}

/// Caches of pivot tables and of other workbooks, people who commented, outside connections.
pub(super) fn of_workbook(
    package: &mut Package<'_, '_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    type Read = fn(&mut Part<'_>, &mut dyn Sink) -> Result<Flow, Failure>;
    let folders: [(&str, Read); 4] = [
        ("xl/pivotcache/", pivot_cache),
        ("xl/externallinks/", external_link),
        ("xl/persons/", |part, sink| attributes(part, "comment", sink)),
        ("xl/connections", |part, sink| attributes(part, "external_link", sink)),
    ];
    for (folder, read) in folders {
        for name in package.in_folder(folder) {
            if with_part(package, &name, |part| read(part, sink))? == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
    }
    Ok(Flow::Continue)
}

/// The values that a pivot table keeps, each with the name of its field; in the rows of the cache
/// those that are not kept by field.
fn pivot_cache(part: &mut Part<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut record = RecordBuilder::new(Ruler::default());
    let mut field = String::new();
    while let Some(token) = part.next()? {
        let whole = match token {
            Token::Open(tag) => match tag.name {
                b"cacheField" => {
                    field = tag.text(b"name").unwrap_or_default();
                    true
                }
                b"s" | b"n" | b"d" => {
                    let value = tag.text(b"v").unwrap_or_default();
                    let Place::Cell { sheet, cell, part, .. } = of_book("", None, "pivot") else {
                        continue;
                    };
                    let own = (!field.is_empty()).then(|| field.clone());
                    record.begin_fixed(&field, Place::Cell { sheet, cell, field: own, part });
                    record.absent(value.as_bytes());
                    // Values of a field are of different rows.
                    !field.is_empty()
                }
                _ => false,
            },
            Token::Close(b"r") => true,
            Token::Close(b"cacheField") => {
                field.clear();
                true
            }
            Token::Close(_) | Token::Text(_) | Token::Verbatim(_) => false,
        };
        if (whole || record.len() > 64 * 1024) && record.push_to(sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(record.push_to(sink))
}

/// The cells of another workbook that formulas refer to, as they were last.
fn external_link(part: &mut Part<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let (mut lines, mut sheets) = (Lines::default(), Vec::new());
    let (mut sheet, mut text) = (String::new(), Vec::new());
    let mut cell = None;
    while let Some(token) = part.next()? {
        let Token::Open(tag) = token else { continue };
        match tag.name {
            b"sheetName" => sheets.push(tag.text(b"val").unwrap_or_default()),
            b"sheetData" => {
                let n = tag.text(b"sheetId").and_then(|n| n.parse::<usize>().ok());
                sheet = n.and_then(|n| sheets.get(n)).cloned().unwrap_or_default();
            }
            b"cell" => cell = tag.text(b"r"),
            b"v" | b"val" if !tag.empty => {
                text.clear();
                part.text_of(&[], &mut text)?;
                let value = String::from_utf8_lossy(&text);
                let place = of_book(&sheet, cell.clone(), "external_link");
                if lines.add(place, value.trim(), sink) == Flow::Stop {
                    return Ok(Flow::Stop);
                }
            }
            _ => {}
        }
    }
    Ok(lines.end(sink))
}

/// Attributes that may hold words of people.
fn attributes(
    part: &mut Part<'_>,
    kind: &'static str,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut lines = Lines::default();
    while let Some(token) = part.next()? {
        let Token::Open(tag) = token else { continue };
        for (_, value) in tag.attributes().filter(|(_, value)| value.len() > 5) {
            if lines.add(of_book("", None, kind), &resolved(value), sink) == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
    }
    Ok(lines.end(sink))
}
