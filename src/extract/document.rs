//! A document that is no text: its bytes, as a stream or with a way to jump about in them.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write as _};
use std::rc::Rc;

use super::blocks::Input;

use crate::model::{Budget, Problem, Reason};

/// Bytes of a streamed document that are kept in memory when somebody wants to jump about in it.
const IN_MEMORY: u64 = 8 * 1024 * 1024;

/// Bytes that can be read in any order.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A document whose first bytes are read.
pub struct Document<'r> {
    name: &'r [u8],
    head: Vec<u8>,
    rest: Rest<'r>,
    budget: Budget,
    beside: Option<Beside<'r>>,
}

/// Opens a file of this name beside a document, if there is one.
pub type Beside<'r> = Box<dyn FnMut(&[u8]) -> Option<Box<dyn ReadSeek + 'r>> + 'r>;

enum Rest<'r> {
    /// What comes after the head.
    Stream(Box<dyn Read + 'r>),
    /// The whole.
    Stored(Box<dyn ReadSeek + 'r>),
}

impl<'r> Document<'r> {
    /// A document that begins with `head` and goes on in `rest`. `name` is its own, without folders.
    #[must_use]
    pub fn streamed(
        name: &'r [u8],
        head: Vec<u8>,
        rest: Box<dyn Read + 'r>,
        budget: Budget,
    ) -> Document<'r> {
        Document { name, head, rest: Rest::Stream(rest), budget, beside: None }
    }

    /// A document in a file that begins with `head`.
    #[must_use]
    pub fn stored(
        name: &'r [u8],
        head: Vec<u8>,
        file: Box<dyn ReadSeek + 'r>,
        budget: Budget,
    ) -> Document<'r> {
        Document { name, head, rest: Rest::Stored(file), budget, beside: None }
    }

    /// The document, with a way to the files beside it.
    #[must_use]
    pub fn beside(self, beside: Beside<'r>) -> Document<'r> {
        Document { beside: Some(beside), ..self }
    }

    /// The file whose name is this one's with `ending` behind it; none for a document inside another.
    pub fn companion(&mut self, ending: &str) -> Option<Box<dyn ReadSeek + 'r>> {
        let name = [self.name, ending.as_bytes()].concat();
        self.beside.as_mut().and_then(|beside| beside(&name))
    }

    /// The file whose name is this one's without `ending`.
    pub fn without_ending(&mut self, ending: &str) -> Option<Box<dyn ReadSeek + 'r>> {
        let name = self.name.strip_suffix(ending.as_bytes())?;
        self.beside.as_mut().and_then(|beside| beside(name))
    }

    /// Is it a file of its own?
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.beside.is_some()
    }

    /// Its own name.
    #[must_use]
    pub fn name(&self) -> &'r [u8] {
        self.name
    }

    /// Its first bytes, 64 KiB or all of them.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// What reading it may cost.
    #[must_use]
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// The document from its first byte, to be read once.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn into_reader(self) -> io::Result<Box<dyn Read + 'r>> {
        match self.rest {
            Rest::Stream(rest) => Ok(Box::new(Cursor::new(self.head).chain(rest))),
            Rest::Stored(mut file) => {
                file.seek(SeekFrom::Start(0))?;
                Ok(Box::new(file))
            }
        }
    }

    /// The document to be read in any order: a file as it is; what comes from inside another is kept
    /// in memory up to 8 MiB, and in a nameless temporary file beyond.
    ///
    /// # Errors
    /// When it cannot be read or put aside.
    pub fn into_seekable(self) -> io::Result<Box<dyn ReadSeek + 'r>> {
        match self.rest {
            Rest::Stored(mut file) => {
                file.seek(SeekFrom::Start(0))?;
                Ok(file)
            }
            Rest::Stream(mut rest) => {
                let mut bytes = self.head;
                rest.by_ref().take(IN_MEMORY).read_to_end(&mut bytes)?;
                if (bytes.len() as u64) < IN_MEMORY {
                    return Ok(Box::new(Cursor::new(bytes)));
                }
                let mut file = tempfile::tempfile()?;
                file.write_all(&bytes)?;
                drop(bytes);
                io::copy(&mut rest, &mut file)?;
                file.seek(SeekFrom::Start(0))?;
                Ok(Box::new(file))
            }
        }
    }

    /// All of it in memory, for formats that cannot be read otherwise.
    ///
    /// # Errors
    /// When it cannot be read, or is more than the budget allows.
    pub fn into_bytes(self) -> Result<Vec<u8>, Failure> {
        let most = self.budget.memory;
        let mut bytes = Vec::new();
        self.into_reader()?.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            let most = most / (1024 * 1024);
            let detail = format!("it is larger than the {most} MiB that may be held in memory");
            return Err(Failure::Unreadable(Reason::Limit, detail));
        }
        Ok(bytes)
    }
}

/// Why reading a document ended before its end.
#[derive(Debug)]
pub enum Failure {
    /// Reading or unpacking failed.
    Io(io::Error),
    /// Something else, with what a person can act on.
    Unreadable(Reason, String),
}

impl Failure {
    /// It contradicts its own format.
    #[must_use]
    pub fn corrupt(detail: impl Into<String>) -> Failure {
        Failure::Unreadable(Reason::Corrupt, detail.into())
    }

    /// As a problem with the document at hand: with a part of it, if some of it was read.
    #[must_use]
    pub fn into_problem(self, partial: bool) -> Problem {
        let (reason, detail) = match self {
            Failure::Io(error) => explain(&error),
            Failure::Unreadable(reason, detail) => (reason, detail),
        };
        Problem { partial, ..Problem::whole(reason, detail) }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

/// An error that stands for a budget that is used up.
#[derive(Debug)]
pub struct Exhausted(pub String);

impl std::fmt::Display for Exhausted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Exhausted {}

/// Bytes that may still be unpacked, shared by all that unpack something of the same.
#[derive(Clone, Debug)]
pub struct Allowance {
    left: Rc<Cell<u64>>,
    /// What it was made from, for the message: bytes unpacked for each one stored.
    ratio: u64,
}

impl Allowance {
    /// So many bytes.
    #[must_use]
    pub fn new(bytes: u64, ratio: u64) -> Allowance {
        Allowance { left: Rc::new(Cell::new(bytes)), ratio }
    }

    /// How many are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left.get()
    }

    /// Allows so many from here on.
    pub fn set(&self, bytes: u64) {
        self.left.set(bytes);
    }

    /// Takes note of bytes that were unpacked.
    ///
    /// # Errors
    /// When they are more than are left.
    pub fn spend(&self, bytes: usize) -> io::Result<()> {
        let left = self.left();
        self.set(left.saturating_sub(bytes as u64));
        if bytes as u64 > left {
            let ratio = self.ratio;
            let detail =
                format!("it unpacks to more than {ratio} times its size: the rest is not read");
            return Err(io::Error::other(Exhausted(detail)));
        }
        Ok(())
    }
}

/// Something being unpacked, up to what is allowed.
#[derive(Debug)]
pub struct Bounded<R> {
    content: R,
    allowance: Allowance,
}

impl<R> Bounded<R> {
    /// Reads `content` and spends from `allowance`.
    #[must_use]
    pub fn new(content: R, allowance: Allowance) -> Bounded<R> {
        Bounded { content, allowance }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.content.read(out)?;
        self.allowance.spend(n)?;
        Ok(n)
    }
}

/// What comes out of a container has no holes.
impl<R: Read> Input for Bounded<R> {
    fn skip_hole(&mut self) -> io::Result<u64> {
        Ok(0)
    }
}

/// What an error on reading or unpacking stands for.
#[must_use]
pub fn explain(error: &io::Error) -> (Reason, String) {
    if let Some(limit) = error.get_ref().and_then(|inner| inner.downcast_ref::<Exhausted>()) {
        return (Reason::Limit, limit.0.clone());
    }
    let reason = match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
            Reason::Corrupt
        }
        _ => Reason::of_io(error),
    };
    (reason, format!("it cannot be read to its end: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(head: &[u8], rest: Vec<u8>) -> Document<'static> {
        let budget = Budget { memory: 20, ..Budget::default() };
        Document::streamed(b"a", head.to_vec(), Box::new(Cursor::new(rest)), budget)
    }

    #[test]
    fn a_stream_can_be_read_in_any_order() {
        for size in [10, IN_MEMORY as usize + 10] {
            let mut file = streamed(b"head", vec![7; size]).into_seekable().unwrap();
            let (mut end, mut all) = ([0; 4], Vec::new());
            file.seek(SeekFrom::End(-4)).unwrap();
            file.read_exact(&mut end).unwrap();
            file.seek(SeekFrom::Start(2)).unwrap();
            file.read_to_end(&mut all).unwrap();
            assert_eq!((end, all.len(), &all[..3]), ([7; 4], size + 2, b"ad\x07".as_slice()));
        }
    }

    #[test]
    fn memory_has_its_bounds() {
        assert_eq!(streamed(b"ab", vec![1; 18]).into_bytes().unwrap().len(), 20);
        let failure = streamed(b"ab", vec![1; 19]).into_bytes().unwrap_err();
        assert_eq!(failure.into_problem(true).reason, Reason::Limit);
    }

    #[test]
    fn errors_are_told_apart() {
        let check = |error: io::Error, want| assert_eq!(explain(&error).0, want);
        check(io::Error::other(Exhausted("x".into())), Reason::Limit);
        check(io::ErrorKind::InvalidData.into(), Reason::Corrupt);
        check(io::ErrorKind::PermissionDenied.into(), Reason::PermissionDenied);
        check(io::ErrorKind::Other.into(), Reason::IoError);
    }
}
