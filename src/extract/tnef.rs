//! Mails wrapped for Outlook ([MS-OXTNEF]): winmail.dat. Attributes one after another; most of what is of
//! interest are lists of properties inside them.

use std::io::Cursor;

use super::bytes::{range, slice, u16_at, u32_at, utf16};
use super::document::{Document, Failure};
use super::mapi::{self, Properties, Value, attachment};
use crate::model::{Flow, Problem, Reason, Sink};

/// Attributes, without the type in their upper half ([MS-OXTNEF] 2.1.3.3).
mod id {
    pub(super) const SUBJECT: u16 = 0x8004;
    pub(super) const BODY: u16 = 0x800C;
    pub(super) const CONTENT: u16 = 0x800F;
    pub(super) const TITLE: u16 = 0x8010;
    pub(super) const NEXT_ATTACHMENT: u16 = 0x9002;
    pub(super) const MESSAGE: u16 = 0x9003;
    pub(super) const RECEIVERS: u16 = 0x9004;
    pub(super) const ATTACHMENT: u16 = 0x9005;
    pub(super) const CODE_PAGE: u16 = 0x9007;
}

/// What such a file begins with.
const MAGIC: &[u8] = b"\x78\x9F\x3E\x22";

/// Properties of a list, receivers of a message.
const MOST: u32 = 100_000;

/// Is it such a mail?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads it.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let budget = document.budget();
    let bytes = document.into_bytes()?;
    let wrapped = Wrapped::read(&bytes);
    if mapi::tell(&wrapped.message, &wrapped.receivers, budget, sink)? == Flow::Stop {
        return Ok(Flow::Stop);
    }
    for (number, own) in (1..).zip(&wrapped.attachments) {
        let step = attachment(own.properties.file_name(number, "bin"));
        let content = own.content.or_else(|| own.properties.bytes(0x3701)).unwrap_or_default();
        // A message inside begins with the number of its interface.
        let inner = content.get(16..).filter(|inner| inner.starts_with(MAGIC));
        if sink.nested(step, &mut Cursor::new(inner.unwrap_or(content))) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    if wrapped.cut {
        return Ok(sink.problem(Problem::part(Reason::Corrupt, "it is cut short")));
    }
    Ok(Flow::Continue)
}

#[derive(Default)]
struct Attachment<'b> {
    properties: Properties,
    content: Option<&'b [u8]>,
}

#[derive(Default)]
struct Wrapped<'b> {
    message: Properties,
    receivers: Vec<Properties>,
    attachments: Vec<Attachment<'b>>,
    page: i32,
    cut: bool,
}

impl<'b> Wrapped<'b> {
    fn read(bytes: &'b [u8]) -> Wrapped<'b> {
        let mut wrapped = Wrapped { page: 1252, ..Wrapped::default() };
        let mut at = 6;
        while at < bytes.len() {
            let head = u16_at(bytes, at + 1).zip(u32_at(bytes, at + 5));
            let attribute = head.and_then(|(id, len)| {
                let start = at + 9;
                Some((id, range(bytes, start..start.checked_add(len as usize)?)?))
            });
            let Some((id, content)) = attribute else {
                wrapped.cut = true;
                break;
            };
            wrapped.attribute(id, content);
            // A checksum of two bytes comes behind.
            at += 9 + content.len() + 2;
        }
        wrapped.message.page = wrapped.page;
        wrapped
    }

    fn attribute(&mut self, id: u16, content: &'b [u8]) {
        let page = self.page;
        match id {
            id::CODE_PAGE => self.page = u32_at(content, 0).map_or(1252, |page| page as i32),
            id::SUBJECT => self.message.add(0x0037, Value::Bytes(content.to_vec())),
            id::BODY => self.message.add(0x1000, Value::Bytes(content.to_vec())),
            id::MESSAGE => list(content, &mut 0, &mut self.message),
            id::RECEIVERS => self.receivers = receivers(content, page),
            id::NEXT_ATTACHMENT => {
                let properties = Properties::in_page(page);
                self.attachments.push(Attachment { properties, content: None });
            }
            _ => {
                let Some(own) = self.attachments.last_mut() else { return };
                match id {
                    id::TITLE => own.properties.add(0x3704, Value::Bytes(content.to_vec())),
                    id::CONTENT => own.content = Some(content),
                    id::ATTACHMENT => list(content, &mut 0, &mut own.properties),
                    _ => {}
                }
            }
        }
    }
}

fn receivers(content: &[u8], page: i32) -> Vec<Properties> {
    let count = u32_at(content, 0).unwrap_or(0).min(MOST);
    let (mut at, mut all) = (4, Vec::new());
    for _ in 0..count {
        if at >= content.len() {
            break;
        }
        let mut properties = Properties::in_page(page);
        list(content, &mut at, &mut properties);
        all.push(properties);
    }
    all
}

/// Reads a list of properties from `at` on, as far as it goes.
fn list(bytes: &[u8], at: &mut usize, properties: &mut Properties) {
    let count = u32_at(bytes, *at).unwrap_or(0).min(MOST);
    *at += 4;
    for _ in 0..count {
        if property(bytes, at, properties).is_none() {
            *at = bytes.len();
            return;
        }
    }
}

/// Reads one property ([MS-OXTNEF] 2.1.3.4).
fn property(bytes: &[u8], at: &mut usize, properties: &mut Properties) -> Option<()> {
    let (kind, id) = (u16_at(bytes, *at)?, u16_at(bytes, *at + 2)?);
    *at += 4;
    let named = if id >= 0x8000 { name(bytes, at)? } else { None };
    let many = kind & 0x1000 != 0;
    let single = kind & 0x0FFF;
    let variable = matches!(single, 0x0D | 0x1E | 0x1F | 0x102);
    let count = if many || variable { word(bytes, at)? } else { 1 };
    for _ in 0..count {
        let len = match single {
            _ if variable => word(bytes, at)? as usize,
            0x05 | 0x06 | 0x07 | 0x14 | 0x40 => 8,
            0x48 => 16,
            _ => 4,
        };
        let content = range(bytes, *at..at.checked_add(len)?)?;
        *at += len.next_multiple_of(4);
        let value = match single {
            0x1F => Value::Text(utf16(content)),
            0x0D | 0x1E | 0x102 => Value::Bytes(content.to_vec()),
            0x03 => Value::Number(u32_at(content, 0)?),
            _ => continue,
        };
        match named {
            Some(number) => properties.add_named(number, value),
            None if id < 0x8000 => properties.add(id, value),
            None => {}
        }
    }
    Some(())
}

/// The number of a property that is numbered anew in each file; none if it has a name in words.
fn name(bytes: &[u8], at: &mut usize) -> Option<Option<u32>> {
    *at += 16;
    let kind = word(bytes, at)?;
    let number = word(bytes, at)?;
    if kind == 0 {
        return Some(Some(number));
    }
    *at += slice(bytes, *at, number as usize).len().next_multiple_of(4);
    Some(None)
}

fn word(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let word = u32_at(bytes, *at);
    *at += 4;
    word
}
