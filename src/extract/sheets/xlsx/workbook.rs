//! The workbook part: which sheets there are, in their order, hidden ones as well.

use std::collections::HashMap;

use super::binary;
use crate::extract::document::Failure;
use crate::extract::sheets::package::{Package, Relation};
use crate::extract::sheets::tags::Token;

/// A sheet.
#[derive(Clone, Debug)]
pub(super) struct SheetEntry {
    pub(super) name: String,
    pub(super) part: String,
}

/// A defined name and what it stands for.
#[derive(Clone, Debug)]
pub(super) struct DefinedName {
    /// The number of the sheet that it belongs to, if it belongs to one.
    pub(super) sheet: Option<usize>,
    pub(super) texts: Vec<String>,
}

/// What a workbook says of its parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Workbook {
    pub(super) sheets: Vec<SheetEntry>,
    pub(super) names: Vec<DefinedName>,
    pub(super) relations: Vec<Relation>,
    /// The parts by the ids of their relations.
    parts: HashMap<String, String>,
    pub(super) epoch_1904: bool,
}

impl Workbook {
    /// The sheets that lie where sheets usually lie, for want of better.
    pub(super) fn by_folder(package: &Package<'_, '_>) -> Workbook {
        let entry = |part: String| SheetEntry {
            name: part.rsplit('/').next().unwrap_or_default().to_owned(),
            part,
        };
        let sheets = package.in_folder("xl/worksheets/").into_iter().map(entry).collect();
        Workbook { sheets, ..Workbook::default() }
    }
}

/// Reads the workbook part `main`.
///
/// # Errors
/// When it cannot be read, or names no sheet.
pub(super) fn read(
    package: &mut Package<'_, '_>,
    main: &str,
    is_binary: bool,
) -> Result<Workbook, Failure> {
    let relations = package.relations(main)?;
    let parts = relations.iter().map(|r| (r.id.clone(), r.target.clone())).collect();
    let mut workbook = Workbook { relations, parts, ..Workbook::default() };
    if is_binary {
        if let Some(part) = package.open(main)? {
            binary::workbook(part, &mut workbook)?;
        }
    } else {
        from_xml(package, main, &mut workbook)?;
    }
    if workbook.sheets.is_empty() {
        return Err(Failure::corrupt("the workbook names no sheets"));
    }
    Ok(workbook)
}

impl Workbook {
    /// Adds a sheet by the id of its part. One that has no part (a module of macros) is none.
    pub(super) fn add_sheet(&mut self, name: String, id: &str) {
        if let Some(part) = self.parts.get(id) {
            self.sheets.push(SheetEntry { name, part: part.clone() });
        }
    }
}

fn from_xml(
    package: &mut Package<'_, '_>,
    main: &str,
    workbook: &mut Workbook,
) -> Result<(), Failure> {
    let Some(mut tags) = package.part(main)? else {
        return Err(Failure::corrupt("the workbook is missing"));
    };
    while let Some(token) = tags.next()? {
        let Token::Open(tag) = token else { continue };
        match tag.name {
            b"workbookPr" => {
                let date = tag.attribute(b"date1904");
                workbook.epoch_1904 = date.is_some_and(|v| v == b"1" || v == b"true");
            }
            b"sheet" => {
                let name = tag.text(b"name").unwrap_or_default();
                workbook.add_sheet(name, &tag.text(b"id").unwrap_or_default());
            }
            b"definedName" if !tag.empty => {
                let sheet = tag.text(b"localSheetId").and_then(|n| n.parse().ok());
                let attributes = [b"name".as_slice(), b"comment", b"description"];
                let mut texts: Vec<String> =
                    attributes.iter().filter_map(|name| tag.text(name)).collect();
                let mut value = Vec::new();
                tags.text_of(&[], &mut value)?;
                texts.push(String::from_utf8_lossy(&value).into_owned());
                workbook.names.push(DefinedName { sheet, texts });
            }
            _ => {}
        }
    }
    Ok(())
}
