//! Outlook messages ([MS-OXMSG]): msg. Every property of variable length is a stream; the others stand in
//! one table. Receivers and attachments have storages of their own.

use std::io::Cursor;

use super::storage::Compound;
use crate::extract::bytes::{slice, u16_at, u32_at, utf16};
use crate::extract::document::Failure;
use crate::extract::mapi::{self, Properties, Value, attachment};
use crate::model::{Flow, Problem, Sink};

/// Types of properties ([MS-OXCDATA] 2.11.1).
const NUMBER: u16 = 0x0003;
const TEXT_8: u16 = 0x001E;
const TEXT: u16 = 0x001F;
const BYTES: u16 = 0x0102;

/// The code page of texts: the message's own, that of its body in the internet.
const CODE_PAGES: [u16; 2] = [0x3FFD, 0x3FDE];

/// The content of an attachment; as a stream or as a storage.
const CONTENT: u16 = 0x3701;
const STREAM: &str = "__substg1.0_37010102";
const STORAGE: &str = "__substg1.0_3701000D";

/// Reads a message.
pub(super) fn extract(mut compound: Compound<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let names = Names::read(&mut compound)?;
    let message = properties(&mut compound, "", &names, None)?;
    let mut receivers = Vec::new();
    for name in compound.storages("") {
        if name.starts_with("__recip_version1.0_") {
            receivers.push(properties(&mut compound, &name, &names, Some(message.page))?);
        }
    }
    if mapi::tell(&message, &receivers, compound.budget(), sink)? == Flow::Stop {
        return Ok(Flow::Stop);
    }
    attachments(&mut compound, &names, message.page, sink)
}

/// The properties in a storage. `page` is the code page of the message around it.
fn properties(
    compound: &mut Compound<'_>,
    storage: &str,
    names: &Names,
    page: Option<i32>,
) -> Result<Properties, Failure> {
    let path = |name: &str| format!("{storage}/{name}");
    let table = compound.stream(&path("__properties_version1.0"))?.unwrap_or_default();
    let mut properties = Properties::in_page(page.unwrap_or(1252));
    // Before the entries of 16 bytes stands a head of 8, 24 or 32.
    for entry in slice(&table, table.len() % 16, usize::MAX).chunks_exact(16) {
        let kind = u16_at(entry, 0).zip(u16_at(entry, 2)).zip(u32_at(entry, 8));
        if let Some(((NUMBER, id), number)) = kind {
            properties.add(id, Value::Number(number));
        }
    }
    let own = CODE_PAGES.into_iter().find_map(|id| properties.number(id));
    properties.page = own.map_or(properties.page, |page| i32::try_from(page).unwrap_or(1252));
    for name in compound.streams(storage) {
        let Some((id, kind)) = number_of(&name).filter(|(id, _)| *id != CONTENT) else { continue };
        if !matches!(kind, TEXT_8 | TEXT | BYTES) {
            continue;
        }
        let bytes = compound.stream(&path(&name))?.unwrap_or_default();
        let value = if kind == TEXT { Value::Text(utf16(&bytes)) } else { Value::Bytes(bytes) };
        match names.number(id) {
            Some(number) => properties.add_named(number, value),
            None => properties.add(id, value),
        }
    }
    Ok(properties)
}

/// Number and type of the property in a stream: `__substg1.0_0037001F`.
fn number_of(name: &str) -> Option<(u16, u16)> {
    let digits = name.strip_prefix("__substg1.0_").filter(|digits| digits.len() == 8)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some(((number >> 16) as u16, (number & 0xFFFF) as u16))
}

/// Numbers for all of the properties that are numbered anew in each file ([MS-OXMSG] 2.2.3).
#[derive(Default)]
struct Names(Vec<u8>);

impl Names {
    fn read(compound: &mut Compound<'_>) -> Result<Names, Failure> {
        let entries = compound.stream("__nameid_version1.0/__substg1.0_00030102")?;
        Ok(Names(entries.unwrap_or_default()))
    }

    fn number(&self, id: u16) -> Option<u32> {
        let entry = slice(&self.0, usize::from(id.checked_sub(0x8000)?) * 8, 8);
        // The lowest bit says that it has a name in words instead.
        let named = u16_at(entry, 4)? & 1 == 1;
        u32_at(entry, 0).filter(|_| !named)
    }
}

fn attachments(
    compound: &mut Compound<'_>,
    names: &Names,
    page: i32,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let is_attachment = |name: &String| name.starts_with("__attach_version1.0_");
    let storages = compound.storages("").into_iter().filter(is_attachment);
    for (number, storage) in (1..).zip(storages) {
        let own = properties(compound, &storage, names, Some(page))?;
        let content = match compound.stream(&format!("{storage}/{STREAM}")) {
            Ok(Some(content)) => Ok(content),
            Ok(None) => compound.carve(&format!("{storage}/{STORAGE}")),
            Err(failure) => Err(failure),
        };
        let step = attachment(own.file_name(number, "msg"));
        let flow = match content {
            Ok(content) => sink.nested(step, &mut Cursor::new(content)),
            Err(failure) => {
                sink.problem(Problem { inside: vec![step], ..failure.into_problem(false) })
            }
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}
