//! How the cells of each style show numbers.

use std::collections::HashMap;
use std::io;

use crate::extract::sheets::address::number;
use crate::extract::sheets::number::NumberFormat;
use crate::extract::sheets::package::Part;
use crate::extract::sheets::tags::Token;

/// A workbook may have 65,490 styles.
const MOST: usize = 70_000;

/// The number formats of a workbook's styles.
#[derive(Debug, Default)]
pub(super) struct Styles {
    codes: HashMap<u32, NumberFormat>,
    styles: Vec<NumberFormat>,
}

impl Styles {
    /// Reads the part `styles.xml`.
    ///
    /// # Errors
    /// When reading fails.
    pub(super) fn read(tags: &mut Part<'_>) -> io::Result<Styles> {
        let (mut styles, mut of_cells) = (Styles::default(), false);
        while let Some(token) = tags.next()? {
            match token {
                Token::Open(tag) => match tag.name {
                    b"numFmt" => {
                        let id = tag.attribute(b"numFmtId").and_then(number);
                        let code = tag.text(b"formatCode");
                        styles.define(id.unwrap_or_default(), &code.unwrap_or_default());
                    }
                    b"cellXfs" => of_cells = true,
                    b"xf" if of_cells => {
                        styles.push(tag.attribute(b"numFmtId").and_then(number).unwrap_or(0));
                    }
                    _ => {}
                },
                Token::Close(b"cellXfs") => of_cells = false,
                Token::Close(_) | Token::Text(_) | Token::Verbatim(_) => {}
            }
        }
        Ok(styles)
    }

    /// Defines a number format.
    pub(super) fn define(&mut self, id: u32, code: &str) {
        if self.codes.len() < MOST {
            self.codes.insert(id, NumberFormat::of_code(code));
        }
    }

    /// Adds the next style.
    pub(super) fn push(&mut self, format: u32) {
        if self.styles.len() < MOST {
            let own = self.codes.get(&format).cloned();
            self.styles.push(own.unwrap_or_else(|| NumberFormat::builtin(format)));
        }
    }

    /// How style `n` shows numbers.
    pub(super) fn format(&self, n: u32) -> &NumberFormat {
        self.styles.get(n as usize).unwrap_or(&NumberFormat::Number)
    }
}
