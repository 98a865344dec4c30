//! The write-ahead log beside a database (file format, 4 "The Write-Ahead Log"): pages that are newer
//! than those of the file, and pages that were.

use std::collections::HashMap;
use std::io::{self, SeekFrom};

use super::header::word;
use super::{Fault, ReadSeek};

/// Bytes of the log's header.
const HEAD: usize = 32;

/// Bytes before each page.
pub(super) const FRAME: usize = 24;

/// The first three bytes and a half of a log; the last bit says how sums are reckoned.
const MAGIC: u32 = 0x377F_0682;

/// Is it a log?
#[must_use]
pub fn is_log(head: &[u8]) -> bool {
    word(head, 0) & !1 == MAGIC && word(head, 4) == 3_007_000
}

/// A log, and which of its pages count.
pub struct Log<F> {
    file: F,
    page_size: u32,
    /// Where the last valid version of a page begins.
    current: HashMap<u32, u64>,
    /// Pages of the database after the last change; none if no change is complete.
    pages: Option<u32>,
    /// Frames there are, whatever they are worth.
    frames: u64,
}

impl<F: ReadSeek> Log<F> {
    /// Reads which pages there are.
    ///
    /// # Errors
    /// When it is no log, or cannot be read.
    pub fn open(mut file: F) -> Result<Log<F>, Fault> {
        let size = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut head = [0; HEAD];
        file.read_exact(&mut head)?;
        let page_size = word(&head, 8);
        if !is_log(&head) || !(512..=65_536).contains(&page_size) || !page_size.is_power_of_two() {
            return Err(Fault::Corrupt("the log beside it is none"));
        }
        let frames = (size - HEAD as u64) / (FRAME as u64 + u64::from(page_size));
        let mut log = Log { file, page_size, current: HashMap::new(), pages: None, frames };
        log.index(&head)?;
        Ok(log)
    }

    /// Takes in the frames up to the end of the last complete change.
    fn index(&mut self, head: &[u8; HEAD]) -> io::Result<()> {
        let big_endian = word(head, 0) & 1 == 1;
        let mut sum = Sum { big_endian, pair: (0, 0) };
        sum.add(&head[..24]);
        if sum.pair != (word(head, 24), word(head, 28)) {
            return Ok(());
        }
        let mut pending = Vec::new();
        let mut frame = vec![0; FRAME + self.page_size as usize];
        for n in 0..self.frames {
            self.file.read_exact(&mut frame)?;
            sum.add(&frame[..8]);
            sum.add(&frame[FRAME..]);
            let same = frame[8..16] == head[16..24];
            if !same || sum.pair != (word(&frame, 16), word(&frame, 20)) {
                break;
            }
            pending.push((word(&frame, 0), self.offset(n)));
            let pages = word(&frame, 4);
            if pages > 0 {
                self.current.extend(pending.drain(..));
                self.pages = Some(pages);
            }
        }
        Ok(())
    }

    /// Where the page of frame `n`, from 0, begins.
    #[must_use]
    pub fn offset(&self, n: u64) -> u64 {
        HEAD as u64 + n * (FRAME as u64 + u64::from(self.page_size)) + FRAME as u64
    }

    /// Bytes a page.
    #[must_use]
    pub fn page_size(&self) -> u32 {
        self.page_size
    }

    /// Pages of the database after the last complete change.
    #[must_use]
    pub fn pages(&self) -> Option<u32> {
        self.pages
    }

    /// Frames there are.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Reads the page of frame `n`, from 0, and says which page it is, and whether it is that page's
    /// content of today.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn frame(&mut self, n: u64, into: &mut Vec<u8>) -> io::Result<(u32, bool)> {
        let offset = self.offset(n);
        self.file.seek(SeekFrom::Start(offset - FRAME as u64))?;
        let mut head = [0; FRAME];
        self.file.read_exact(&mut head)?;
        into.resize(self.page_size as usize, 0);
        self.file.read_exact(into)?;
        let page = word(&head, 0);
        Ok((page, self.current.get(&page) == Some(&offset)))
    }

    /// Where the content of a page of today begins, if the log has it.
    pub(super) fn place_of(&self, page: u32) -> Option<u64> {
        self.current.get(&page).copied()
    }

    /// Reads a page, if the log has it.
    pub(super) fn read(&mut self, page: u32, into: &mut [u8]) -> io::Result<bool> {
        let Some(&offset) = self.current.get(&page) else { return Ok(false) };
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(into)?;
        Ok(true)
    }
}

/// The sum over the log's words.
struct Sum {
    big_endian: bool,
    pair: (u32, u32),
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let word = |bytes: [u8; 4]| match self.big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        };
        let (mut first, mut second) = self.pair;
        for &[a, b, c, d, e, f, g, h] in bytes.as_chunks::<8>().0 {
            first = first.wrapping_add(word([a, b, c, d])).wrapping_add(second);
            second = second.wrapping_add(word([e, f, g, h])).wrapping_add(first);
        }
        self.pair = (first, second);
    }
}
