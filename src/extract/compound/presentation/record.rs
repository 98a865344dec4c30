//! Records of old presentations ([MS-PPT] 2.3.1) and where the current ones are.

use std::collections::BTreeMap;

use crate::extract::bytes::{slice, u16_at, u32_at};

/// Records inside one another; what is deeper is not read.
const DEEPEST: usize = 64;

/// Edits of the file that are followed back.
const MOST_EDITS: usize = 10_000;

/// Persistent objects of a file.
const MOST_OBJECTS: usize = 1_000_000;

/// A container that does not say that it is one: data of programs, such as comments.
const PROGRAM_DATA: u16 = 0x138B;

const EDIT: u16 = 0x0FF5;
const DIRECTORY: u16 = 0x1772;

/// A record.
#[derive(Clone, Copy)]
pub(super) struct Record<'b> {
    pub(super) kind: u16,
    pub(super) instance: u16,
    /// What it holds, as far as it is there.
    pub(super) body: &'b [u8],
    is_container: bool,
}

impl<'b> Record<'b> {
    /// The record that begins there.
    pub(super) fn at(bytes: &'b [u8], at: usize) -> Option<Record<'b>> {
        let (first, kind) = (u16_at(bytes, at)?, u16_at(bytes, at.checked_add(2)?)?);
        let len = u32_at(bytes, at + 4)? as usize;
        Some(Record {
            kind,
            instance: first >> 4,
            body: slice(bytes, at + 8, len),
            is_container: first & 0xF == 0xF || kind == PROGRAM_DATA,
        })
    }

    /// The records inside.
    pub(super) fn children(&self) -> impl Iterator<Item = Record<'b>> + use<'b> {
        let (body, mut at) = (if self.is_container { self.body } else { &[] }, 0);
        std::iter::from_fn(move || {
            let record = Record::at(body, at)?;
            at += 8 + record.body.len();
            Some(record)
        })
    }

    /// The records inside at all depths, in order, each container before what it holds.
    pub(super) fn each(&self, tell: &mut dyn FnMut(&Record<'b>)) {
        self.each_below(0, tell);
    }

    fn each_below(&self, depth: usize, tell: &mut dyn FnMut(&Record<'b>)) {
        for record in self.children() {
            tell(&record);
            if depth < DEEPEST {
                record.each_below(depth + 1, tell);
            }
        }
    }
}

/// Where the current version of every object is.
#[derive(Default)]
pub(super) struct Directory {
    /// Positions by the objects' numbers.
    pub(super) objects: BTreeMap<u32, u32>,
    /// The number of the document.
    pub(super) document: u32,
    pub(super) encrypted: bool,
}

impl Directory {
    /// Follows the edits back from the last one, which begins at `edit`.
    pub(super) fn read(stream: &[u8], mut edit: u32) -> Option<Directory> {
        let mut directory: Option<Directory> = None;
        for _ in 0..MOST_EDITS {
            let record = Record::at(stream, edit as usize).filter(|record| record.kind == EDIT);
            let Some(record) = record else { break };
            let word = |at| u32_at(record.body, at).unwrap_or(0);
            let own = directory.get_or_insert_with(|| Directory {
                document: word(16),
                encrypted: record.body.len() >= 32 && word(28) != 0,
                ..Directory::default()
            });
            own.add(stream, word(12));
            if word(8) == 0 || word(8) >= edit {
                break;
            }
            edit = word(8);
        }
        directory
    }

    /// Adds a part of the directory. What a later edit says stands.
    fn add(&mut self, stream: &[u8], at: u32) {
        let record = Record::at(stream, at as usize).filter(|record| record.kind == DIRECTORY);
        let Some(Record { body, .. }) = record else { return };
        let mut at = 0;
        while let Some(entry) = u32_at(body, at) {
            at += 4;
            let (first, count) = (entry & 0xF_FFFF, entry >> 20);
            for number in first..first + count {
                let Some(position) = u32_at(body, at) else { return };
                at += 4;
                if self.objects.len() < MOST_OBJECTS {
                    self.objects.entry(number).or_insert(position);
                }
            }
        }
    }

    /// An object.
    pub(super) fn object<'b>(&self, stream: &'b [u8], number: u32) -> Option<Record<'b>> {
        Record::at(stream, *self.objects.get(&number)? as usize)
    }
}
