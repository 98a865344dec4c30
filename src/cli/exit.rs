//! How the program ends, as a type.

use std::process::ExitCode;

/// The exit statuses other programs rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitStatus {
    /// Done. A pipe closed by its reader is no error either.
    Done,
    /// What was to be shown does not hold: a rule's own example fails.
    Failed,
    /// The command line or a named source is wrong or not there; nothing was scanned.
    Usage,
    /// Done, but something that should have been read could not be.
    Incomplete,
    /// The result could not be written.
    NotWritten,
    /// Ended by SIGINT.
    Interrupted,
    /// Ended by SIGTERM.
    Terminated,
}

impl ExitStatus {
    /// All statuses, by number.
    pub const ALL: [ExitStatus; 7] = [
        ExitStatus::Done,
        ExitStatus::Failed,
        ExitStatus::Usage,
        ExitStatus::Incomplete,
        ExitStatus::NotWritten,
        ExitStatus::Interrupted,
        ExitStatus::Terminated,
    ];

    /// The number the system is told.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            ExitStatus::Done => 0,
            ExitStatus::Failed => 1,
            ExitStatus::Usage => 2,
            ExitStatus::Incomplete => 3,
            ExitStatus::NotWritten => 4,
            ExitStatus::Interrupted => 130,
            ExitStatus::Terminated => 143,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> ExitCode {
        ExitCode::from(status.code())
    }
}

/// Why a command ends before its work is done: what to tell the user, and the exit status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit status.
    pub status: ExitStatus,
    /// One sentence that says what is wrong and what to do.
    pub message: String,
}

impl Failure {
    /// The user asked for something that cannot be done.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { status: ExitStatus::Usage, message: message.into() }
    }

    /// The result could not be written.
    #[must_use]
    pub fn not_written(message: impl Into<String>) -> Failure {
        Failure { status: ExitStatus::NotWritten, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_scripts_rely_on() {
        let codes = ExitStatus::ALL.map(ExitStatus::code);
        assert_eq!(codes, [0, 1, 2, 3, 4, 130, 143]);
    }
}
