//! The shared strings of a workbook: put aside once, looked up by number.
//!
//! A workbook may have millions of them. They are kept in pages of 64; beyond 2 MiB in a nameless
//! temporary file, of which the pages used last stay in memory. Programs number strings in the order
//! in which the cells use them, so that the pages at hand are nearly always the right ones.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Strings a page.
const PAGE: usize = 64;

/// Bytes that are kept in memory as they are.
const IN_MEMORY: usize = 2 * 1024 * 1024;

/// Pages of the file that are kept in memory, each at the place that its number says.
const SLOTS: usize = 1024;

/// Bytes that these pages may take in all.
const KEPT: usize = 4 * 1024 * 1024;

/// A longer string is cut off. Programs allow 32,767 characters.
const LONGEST: usize = 256 * 1024;

/// Strings by number.
#[derive(Debug, Default)]
pub(super) struct Strings {
    /// Where each page begins; pages end where the next one does.
    starts: Vec<u64>,
    len: u64,
    /// Pages not yet in the file.
    memory: Vec<u8>,
    /// The page being filled.
    open: Page,
    file: Option<File>,
    slots: Vec<Slot>,
    kept: usize,
}

/// A page being filled.
#[derive(Debug, Default)]
struct Page {
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

/// A page of the file: its number and its bytes.
#[derive(Clone, Debug, Default)]
struct Slot {
    page: Option<usize>,
    bytes: Vec<u8>,
}

impl Strings {
    /// Adds the next string.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn push(&mut self, string: &[u8]) -> io::Result<()> {
        self.open.bytes.extend_from_slice(&string[..string.len().min(LONGEST)]);
        self.open.ends.push(self.open.bytes.len() as u32);
        if self.open.ends.len() == PAGE { self.end_page() } else { Ok(()) }
    }

    /// No more strings come.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if !self.open.ends.is_empty() {
            self.end_page()?;
        }
        if self.file.is_some() {
            self.write_out()?;
            self.slots = vec![Slot::default(); SLOTS];
        }
        Ok(())
    }

    fn end_page(&mut self) -> io::Result<()> {
        self.starts.push(self.len);
        let Page { ends, bytes } = &mut self.open;
        self.len += (1 + 4 * ends.len() + bytes.len()) as u64;
        self.memory.push(ends.len() as u8);
        self.memory.extend(ends.iter().flat_map(|end| end.to_le_bytes()));
        self.memory.extend_from_slice(bytes);
        ends.clear();
        bytes.clear();
        if self.memory.len() > IN_MEMORY { self.write_out() } else { Ok(()) }
    }

    fn write_out(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile()?);
        }
        if let Some(file) = &mut self.file {
            file.write_all(&self.memory)?;
        }
        self.memory = Vec::new();
        Ok(())
    }

    /// String `n`, from 0; none if there are not so many.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn get(&mut self, n: usize) -> io::Result<Option<&[u8]>> {
        let (page, within) = (n / PAGE, n % PAGE);
        let Some(&start) = self.starts.get(page) else { return Ok(None) };
        if self.file.is_none() {
            return Ok(string_in(&self.memory[start as usize..], within));
        }
        let slot = page % SLOTS;
        if self.slots[slot].page != Some(page) {
            self.load(page, slot, start)?;
        }
        Ok(string_in(&self.slots[slot].bytes, within))
    }

    fn load(&mut self, page: usize, slot: usize, start: u64) -> io::Result<()> {
        let end = self.starts.get(page + 1).copied().unwrap_or(self.len);
        let len = (end - start) as usize;
        if self.kept + len > KEPT {
            self.slots = vec![Slot::default(); SLOTS];
            self.kept = 0;
        }
        let Slot { page: number, bytes } = &mut self.slots[slot];
        self.kept = self.kept + len - bytes.len();
        *number = None;
        bytes.resize(len, 0);
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(bytes)?;
        }
        *number = Some(page);
        Ok(())
    }
}

/// String `n` of a page: a count, as many ends, the bytes.
fn string_in(page: &[u8], n: usize) -> Option<&[u8]> {
    let count = usize::from(*page.first()?);
    let end = |n: usize| {
        let at = 1 + 4 * n;
        let bytes = page.get(at..at + 4)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes) as usize)
    };
    if n >= count {
        return None;
    }
    let start = if n == 0 { 0 } else { end(n - 1)? };
    let bytes = page.get(1 + 4 * count..)?;
    bytes.get(start..end(n)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_again() {
        for (count, spooled) in [(0, false), (64, false), (1000, false), (300_000, true)] {
            let mut strings = Strings::default();
            let string = |n: usize| "x".repeat(n % 7) + &n.to_string();
            for n in 0..count {
                strings.push(string(n).as_bytes()).unwrap();
            }
            strings.end().unwrap();
            assert_eq!(strings.file.is_some(), spooled, "{count}");
            for n in (0..count).step_by(997).chain((0..count).rev().step_by(1013)) {
                assert_eq!(strings.get(n).unwrap(), Some(string(n).as_bytes()), "{n} of {count}");
            }
            assert_eq!(strings.get(count).unwrap(), None);
        }
    }
}
