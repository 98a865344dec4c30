//! The pages of a database: those of the file, and the newer ones of its log.

use std::io::{self, Read as _, SeekFrom};

use super::header::{Header, SIZE};
use super::residue::Spot;
use super::wal::Log;
use super::{Fault, ReadSeek};

/// Bytes read at once where pages are wanted in their order.
const AHEAD: usize = 128 * 1024;

/// Reads pages.
pub struct Pager<F> {
    file: F,
    log: Option<Log<F>>,
    header: Header,
    /// Pages of the database.
    pages: u32,
    /// Pages that the file has room for.
    stored: u32,
    /// A stretch of the file, and where it begins.
    ahead: Vec<u8>,
    ahead_at: u64,
    /// The page that was read last.
    last: u32,
    /// Pages that were met, a bit each.
    met: Vec<u64>,
}

impl<F: ReadSeek> Pager<F> {
    /// Opens a database file and its log.
    ///
    /// # Errors
    /// When it is no database, or cannot be read.
    pub fn open(mut file: F, mut log: Option<Log<F>>) -> Result<Pager<F>, Fault> {
        let size = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut head = Vec::new();
        file.by_ref().take(SIZE as u64).read_to_end(&mut head)?;
        if let Some(log) = &mut log {
            let mut first = vec![0; log.page_size() as usize];
            if log.read(1, &mut first)? {
                head = first;
            }
        }
        let header = Header::read(&head)?;
        let log = log.filter(|log| log.page_size() == header.page_size);
        let stored = u32::try_from(size.div_ceil(u64::from(header.page_size))).unwrap_or(u32::MAX);
        let pages = log.as_ref().and_then(Log::pages).or(header.pages).unwrap_or(stored);
        let (ahead, met) = (Vec::new(), Vec::new());
        Ok(Pager { file, log, header, pages, stored, ahead, ahead_at: 0, last: 0, met })
    }

    /// What its header says.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Pages of the database.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// Pages that the database has and the file has no room for. What the log has is not counted.
    #[must_use]
    pub fn missing(&self) -> u32 {
        if self.log.is_some() { 0 } else { self.pages.saturating_sub(self.stored) }
    }

    /// Its log.
    pub fn log(&mut self) -> Option<&mut Log<F>> {
        self.log.as_mut()
    }

    /// Where a page stands.
    #[must_use]
    pub fn spot(&self, page: u32) -> Spot {
        match self.log.as_ref().and_then(|log| log.place_of(page)) {
            Some(at) => Spot::Log(at),
            None => {
                Spot::File(u64::from(page.saturating_sub(1)) * u64::from(self.header.page_size))
            }
        }
    }

    /// Notes that a page was met. False if it was before: no page belongs to two trees.
    pub fn meet(&mut self, page: u32) -> bool {
        let (word, bit) = ((page / 64) as usize, 1_u64 << (page % 64));
        if page == 0 || page > self.pages.max(self.stored) {
            return false;
        }
        if self.met.len() <= word {
            self.met.resize(word + 1, 0);
        }
        let new = self.met[word] & bit == 0;
        self.met[word] |= bit;
        new
    }

    /// Forgets which pages were met.
    pub fn forget(&mut self) {
        self.met.clear();
    }

    /// What was met so far, put aside.
    pub(super) fn take_met(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.met)
    }

    /// What was met before.
    pub(super) fn put_met(&mut self, met: Vec<u64>) {
        self.met = met;
    }

    /// Reads a page. Pages count from 1.
    ///
    /// # Errors
    /// When there is none of that number, or it cannot be read.
    pub fn read(&mut self, page: u32, into: &mut Vec<u8>) -> Result<(), Fault> {
        into.resize(self.header.page_size as usize, 0);
        if let Some(log) = &mut self.log
            && log.read(page, into)?
        {
            return Ok(());
        }
        if page == 0 || page > self.stored {
            return Err(Fault::Corrupt("a page is missing"));
        }
        let at = u64::from(page - 1) * u64::from(self.header.page_size);
        let next = page.wrapping_sub(self.last) <= 2;
        self.last = page;
        if !self.copy(at, into) {
            self.fetch(at, next)?;
            if !self.copy(at, into) {
                return Err(Fault::Corrupt("a page is cut off"));
            }
        }
        Ok(())
    }

    /// Takes a page from the stretch at hand.
    fn copy(&self, at: u64, into: &mut [u8]) -> bool {
        let Some(start) = at.checked_sub(self.ahead_at) else { return false };
        let Ok(start) = usize::try_from(start) else { return false };
        let Some(page) = self.ahead.get(start..).and_then(|rest| rest.get(..into.len())) else {
            return false;
        };
        into.copy_from_slice(page);
        true
    }

    /// Reads the stretch that begins at a page: that page alone, unless they are read in order.
    fn fetch(&mut self, at: u64, in_order: bool) -> io::Result<()> {
        let page = self.header.page_size as usize;
        let size = if in_order { AHEAD.max(page) } else { page };
        self.ahead.resize(size, 0);
        self.file.seek(SeekFrom::Start(at))?;
        let mut filled = 0;
        while filled < size {
            match self.file.read(&mut self.ahead[filled..]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ahead.clear();
                    return Err(error);
                }
            }
        }
        self.ahead.truncate(filled);
        self.ahead_at = at;
        Ok(())
    }
}
