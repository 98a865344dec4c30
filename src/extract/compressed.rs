//! Compressed files: one document each. gzip (RFC 1952), bzip2, xz, LZMA, Zstandard (RFC 8878), LZ4.

use std::io::{self, BufRead, BufReader, Read};

use ::bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use ruzstd::decoding::StreamingDecoder;

use super::document::{Document, Failure};
use crate::model::{FileName, Flow, Sink, Step};

/// Endings that say what the compressed file holds, for each kind of them.
const GZIP: [(&[u8], &[u8]); 3] = [(b".gz", b""), (b".tgz", b".tar"), (b".taz", b".tar")];
const BZIP2: [(&[u8], &[u8]); 4] =
    [(b".bz2", b""), (b".bz", b""), (b".tbz2", b".tar"), (b".tbz", b".tar")];
const XZ: [(&[u8], &[u8]); 2] = [(b".xz", b""), (b".txz", b".tar")];
const LZMA: [(&[u8], &[u8]); 2] = [(b".lzma", b""), (b".tlz", b".tar")];
const ZSTD: [(&[u8], &[u8]); 3] = [(b".zst", b""), (b".zstd", b""), (b".tzst", b".tar")];
const LZ4: [(&[u8], &[u8]); 1] = [(b".lz4", b"")];

/// Is it a gzip file?
pub(super) fn is_gzip(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(b"\x1F\x8B\x08")
}

/// Is it a bzip2 file? A block or the end follows the three letters and the level.
pub(super) fn is_bzip2(head: &[u8], _name: &[u8]) -> bool {
    let begins = |magic: &[u8]| head.get(4..4 + magic.len()) == Some(magic);
    head.starts_with(b"BZh") && (begins(b"1AY&SY") || begins(b"\x17\x72\x45\x38\x50\x90"))
}

/// Is it an xz file?
pub(super) fn is_xz(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(b"\xFD7zXZ\0")
}

/// Is it an LZMA file? It has no sign of its own: usual properties, and a size that is not known or
/// has few digits.
pub(super) fn is_lzma(head: &[u8], _name: &[u8]) -> bool {
    let size = head.get(5..13);
    let known = |size: &[u8]| size.iter().all(|&b| b == 0xFF) || size[5..] == [0, 0, 0];
    head.starts_with(b"\x5D\0\0") && head.get(13) == Some(&0) && size.is_some_and(known)
}

/// Is it a Zstandard file?
pub(super) fn is_zstd(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(b"\x28\xB5\x2F\xFD")
}

/// Is it an LZ4 file?
pub(super) fn is_lz4(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(b"\x04\x22\x4D\x18")
}

/// Reads what is in a gzip file.
pub(super) fn extract_gzip(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let name = inner_name(document.name(), &GZIP);
    Ok(inner(name, &mut MultiGzDecoder::new(document.into_reader()?), sink))
}

/// Reads what is in a bzip2 file.
pub(super) fn extract_bzip2(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let name = inner_name(document.name(), &BZIP2);
    Ok(inner(name, &mut MultiBzDecoder::new(document.into_reader()?), sink))
}

/// Reads what is in an xz file.
pub(super) fn extract_xz(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let (name, memory) = (inner_name(document.name(), &XZ), kibibytes(&document));
    let content = BufReader::new(document.into_reader()?);
    Ok(inner(name, &mut XzReader::new_mem_limit(content, true, memory), sink))
}

/// Reads what is in an LZMA file.
pub(super) fn extract_lzma(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let (name, memory) = (inner_name(document.name(), &LZMA), kibibytes(&document));
    let content = BufReader::new(document.into_reader()?);
    Ok(inner(name, &mut LzmaReader::new_mem_limit(content, memory, None)?, sink))
}

/// Reads what is in a Zstandard file.
pub(super) fn extract_zstd(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let (name, window) = (inner_name(document.name(), &ZSTD), document.budget().memory);
    let content = BufReader::new(document.into_reader()?);
    Ok(inner(name, &mut Frames { state: State::Between(content), window }, sink))
}

/// Reads what is in an LZ4 file.
pub(super) fn extract_lz4(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let name = inner_name(document.name(), &LZ4);
    Ok(inner(name, &mut FrameDecoder::new(document.into_reader()?), sink))
}

fn inner(name: FileName, content: &mut dyn Read, sink: &mut dyn Sink) -> Flow {
    sink.nested(Step::ArchiveEntry { name, index: None }, content)
}

/// What a format may hold in memory, in KiB.
fn kibibytes(document: &Document<'_>) -> u32 {
    u32::try_from(document.budget().memory / 1024).unwrap_or(u32::MAX)
}

/// The name of the one document in a compressed file: its own, without the ending that says so.
fn inner_name(name: &[u8], endings: &[(&[u8], &[u8])]) -> FileName {
    let found = endings.iter().find(|(ending, _)| {
        name.len() > ending.len() && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
    });
    let (ending, instead) = found.copied().unwrap_or_default();
    FileName::new([&name[..name.len() - ending.len()], instead].concat())
}

/// The frames of a Zstandard file, one after another.
struct Frames<R: Read> {
    state: State<R>,
    /// A frame that refers further back than this is refused.
    window: u64,
}

enum State<R: Read> {
    Between(R),
    Inside(Box<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>),
    Ended,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            self.state = match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(input) => self.begin(input)?,
                State::Inside(mut decoder) => match decoder.read(out)? {
                    0 if !out.is_empty() => State::Between(decoder.into_inner()),
                    n => {
                        self.state = State::Inside(decoder);
                        return Ok(n);
                    }
                },
            };
        }
    }
}

impl<R: BufRead> Frames<R> {
    fn begin(&self, mut input: R) -> io::Result<State<R>> {
        match input.fill_buf()?.first() {
            None => return Ok(State::Ended),
            // Frames that hold something else are passed over: a sign and a length of four bytes.
            Some(0x50..=0x5F) => {
                let mut header = [0; 8];
                input.read_exact(&mut header)?;
                let [_, _, _, _, length @ ..] = header;
                let length = u64::from(u32::from_le_bytes(length));
                io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
                return Ok(State::Between(input));
            }
            Some(_) => {}
        }
        match StreamingDecoder::new_with_max_window_size(input, self.window) {
            Ok(decoder) => Ok(State::Inside(Box::new(decoder))),
            Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_the_ending_that_says_how_they_are_compressed() {
        let check = |name: &str, endings, want: &str| {
            assert_eq!(inner_name(name.as_bytes(), endings).as_bytes(), want.as_bytes());
        };
        check("a.txt.gz", &GZIP, "a.txt");
        check("a.TGZ", &GZIP, "a.tar");
        check("a", &GZIP, "a");
        check(".bz2", &BZIP2, ".bz2");
    }

    #[test]
    fn damaged_files_are_told() {
        let mut bytes = Vec::new();
        let mut encoder = bzip2::write::BzEncoder::new(&mut bytes, bzip2::Compression::new(1));
        io::Write::write_all(&mut encoder, &b"text ".repeat(1000)).unwrap();
        drop(encoder);
        assert!(is_bzip2(&bytes, b"") && !is_bzip2(b"BZhej dig", b""));
        bytes.truncate(bytes.len() / 2);
        assert!(MultiBzDecoder::new(&bytes[..]).read_to_end(&mut Vec::new()).is_err());
    }
}
