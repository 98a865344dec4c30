//! Records that do not fit into their page: the rest is in a chain of pages (file format, 1.7
//! "Cell Payload Overflow Pages").

use std::io::{self, Read};

use super::header::word;
use super::page::Cell;
use super::{Fault, Pager, ReadSeek};

/// The bytes of a record, one after another.
pub struct Payload<'p, F> {
    pager: &'p mut Pager<F>,
    /// What is at hand, and how much of it was read.
    page: Vec<u8>,
    at: usize,
    end: usize,
    /// The page that comes next; none if zero.
    next: u32,
    /// Bytes that are still to come, those at hand included.
    left: u64,
    /// Each page is met for the first time.
    first: bool,
}

impl<'p, F: ReadSeek> Payload<'p, F> {
    /// The record of a cell of the page whose bytes these are.
    #[must_use]
    pub fn new(pager: &'p mut Pager<F>, page: &[u8], cell: &Cell) -> Payload<'p, F> {
        let local = page[cell.local.clone()].to_vec();
        let end = local.len();
        Payload {
            pager,
            page: local,
            at: 0,
            end,
            next: cell.overflow,
            left: cell.size,
            first: true,
        }
    }

    /// Likewise of one that was read before.
    #[must_use]
    pub fn again(pager: &'p mut Pager<F>, page: &[u8], cell: &Cell) -> Payload<'p, F> {
        Payload { first: false, ..Payload::new(pager, page, cell) }
    }

    fn turn(&mut self) -> Result<(), Fault> {
        // What is met twice is a circle, or belongs to somebody else.
        if self.first && !self.pager.meet(self.next) {
            return Err(Fault::Corrupt("a long value leads to a page of something else"));
        }
        self.pager.read(self.next, &mut self.page)?;
        self.next = word(&self.page, 0);
        let usable = self.pager.header().usable as usize;
        (self.at, self.end) = (4, usable.min(self.page.len()));
        Ok(())
    }
}

impl<F: ReadSeek> Read for Payload<'_, F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || out.is_empty() {
            return Ok(0);
        }
        if self.at == self.end {
            self.turn().map_err(into_io)?;
        }
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let n = out.len().min(self.end - self.at).min(left);
        out[..n].copy_from_slice(&self.page[self.at..self.at + n]);
        self.at += n;
        self.left -= n as u64;
        Ok(n)
    }
}

/// As an error of reading.
pub(super) fn into_io(fault: Fault) -> io::Error {
    match fault {
        Fault::Io(error) => error,
        Fault::Corrupt(what) => io::Error::new(io::ErrorKind::InvalidData, what),
    }
}
