//! What went wrong, in words that hold no values: a server's message may.

use sqlx::Error;

use super::super::Failure;
use crate::model::Reason;

/// What an error of the driver or the server means.
pub(super) fn failure(error: &Error) -> Failure {
    match error {
        Error::Database(told) => by_code(&told.code().unwrap_or_default()),
        Error::Io(error) => Failure::lost(format!("the connection was lost: {}", error.kind())),
        Error::Tls(error) => Failure::new(
            Reason::Connection,
            format!(
                "the server shows no certificate that can be verified ({error}); name the \
                 authority with `?sslrootcert=FILE`, or do without with `?sslmode=require` (not \
                 verified) or `?sslmode=disable` (not encrypted)"
            ),
        ),
        Error::Protocol(_) => Failure::lost("the server's answer cannot be understood"),
        Error::Configuration(_) => Failure::new(Reason::Connection, "its URL cannot be understood"),
        _ => Failure::lost("the connection was lost"),
    }
}

/// By SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn by_code(code: &str) -> Failure {
    let (reason, detail) = match code {
        "42501" => (
            Reason::PermissionDenied,
            "the role may not read it, or row-level security would hide rows of it",
        ),
        "28P01" | "28000" => {
            (Reason::PermissionDenied, "the server does not let this role in (user, password)")
        }
        "3D000" => (Reason::Connection, "there is no database of this name"),
        "42P01" | "42703" | "3F000" => (Reason::Changed, "it is not there any more"),
        "55P03" => (Reason::Timeout, "somebody else holds a lock on it (lock_timeout)"),
        "57014" => (Reason::Timeout, "the server ended the statement (statement_timeout)"),
        "54000" | "54001" | "54011" | "53200" => {
            (Reason::Limit, "a row is too large for the server to send")
        }
        "XX001" | "XX002" => (Reason::Corrupt, "the server says that its data is corrupt"),
        "22021" | "22P05" => (Reason::Corrupt, "text of it has no meaning in its encoding"),
        "55000" => (Reason::PermissionDenied, "it holds no data yet (not populated)"),
        // Shutdown, crash and start of the server; lost connections; too many of them; failover.
        _ if code.starts_with("08") || code.starts_with("57P") => {
            return Failure::lost(format!("the server ended the connection (SQLSTATE {code})"));
        }
        "53300" | "53400" | "40001" | "25006" | "72000" => {
            return Failure::lost(format!("the server is busy (SQLSTATE {code})"));
        }
        _ => {
            return Failure::new(Reason::IoError, format!("the server says SQLSTATE {code}"));
        }
    };
    Failure::new(reason, format!("{detail} (SQLSTATE {code})"))
}
