//! Formats so treacherous that they are read in processes of their own: what hangs, explodes or breaks
//! there costs one document, and from there neither files nor the network can be reached.
//!
//! A reader is this program once more, started with a hidden command. A document goes to it through a
//! pipe; what its extractor pushes comes back and goes into the same sink. The exchange is question
//! and answer, so that a record's places are asked for only where something was found. `frame` is how
//! messages look, `reader` the side that asks, `serve` the side that reads, `confine` its limits.

mod confine;
mod frame;
mod reader;
mod serve;

use std::path::PathBuf;
use std::sync::OnceLock;

pub use reader::end_readers;
pub(super) use reader::read;
pub use serve::serve;

/// Formats that are read apart, by their names.
static ISOLATED: [&str; 1] = ["PDF document"];

/// The program to start as a reader.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// The command that makes the program a reader.
pub const COMMAND: &str = "read-documents";

/// From now on treacherous documents are read in processes of their own, which are this program
/// started with [`COMMAND`]. Without this they are read in this process, as a library's user expects.
pub fn isolate_readers() {
    // The running program, even if another was put in its place meanwhile.
    let running = PathBuf::from("/proc/self/exe");
    let program = if running.exists() { Some(running) } else { std::env::current_exe().ok() };
    if let Some(program) = program {
        // Said twice it means the same.
        let _ = PROGRAM.set(program);
    }
}

/// Are documents of this format read apart?
pub(super) fn is_isolated(format: usize) -> bool {
    PROGRAM.get().is_some() && ISOLATED.contains(&crate::extract::DOCUMENTS[format].name)
}
