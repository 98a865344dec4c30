//! What could not be read, and why. Data, not a log line.

use serde::{Deserialize, Serialize};

use super::{Place, Step};

/// Why something was not read, in the contract's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The system refused to open it.
    PermissionDenied,
    /// A password or key is needed.
    Encrypted,
    /// It contradicts its own format.
    Corrupt,
    /// A format that is not read.
    Unsupported,
    /// Larger than `--max-size`.
    TooLarge,
    /// Nested deeper than allowed.
    TooDeep,
    /// Another budget was hit: members, ratio, memory.
    Limit,
    /// No answer within the time allowed.
    Timeout,
    /// It changed while it was read.
    Changed,
    /// A connection failed.
    Connection,
    /// The system reported an error while reading.
    IoError,
    /// A fault of ours.
    Failed,
}

impl Reason {
    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Reason::PermissionDenied => "permission_denied",
            Reason::Encrypted => "encrypted",
            Reason::Corrupt => "corrupt",
            Reason::Unsupported => "unsupported",
            Reason::TooLarge => "too_large",
            Reason::TooDeep => "too_deep",
            Reason::Limit => "limit",
            Reason::Timeout => "timeout",
            Reason::Changed => "changed",
            Reason::Connection => "connection",
            Reason::IoError => "io_error",
            Reason::Failed => "failed",
        }
    }

    /// The reason an error of the system stands for.
    #[must_use]
    pub fn of_io(error: &std::io::Error) -> Reason {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
            // It was there, and above it a folder, when it was listed.
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Reason::Changed,
            std::io::ErrorKind::TimedOut => Reason::Timeout,
            _ => Reason::IoError,
        }
    }

    /// Does it make a scan incomplete? What is unsupported is listed, but does not.
    #[must_use]
    pub const fn is_incomplete(self) -> bool {
        !matches!(self, Reason::Unsupported)
    }
}

/// Something that was not read, or not wholly.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The containers it lies in, below the unit.
    pub inside: Vec<Step>,
    /// Where in the innermost document, where that makes sense.
    pub at: Option<Place>,
    /// Why.
    pub reason: Reason,
    /// What a person can act on. Never holds a value.
    pub detail: String,
    /// The rest of it was read.
    pub partial: bool,
}

impl Problem {
    /// A problem with the whole of the unit.
    #[must_use]
    pub fn whole(reason: Reason, detail: impl Into<String>) -> Problem {
        Problem { inside: Vec::new(), at: None, reason, detail: detail.into(), partial: false }
    }

    /// A problem with a part of the unit; the rest was read.
    #[must_use]
    pub fn part(reason: Reason, detail: impl Into<String>) -> Problem {
        Problem { partial: true, ..Problem::whole(reason, detail) }
    }
}
