//! What went wrong, in words that hold no values: a server's message may.

use sqlx::Error;
use sqlx::mysql::MySqlDatabaseError;

use super::super::Failure;
use crate::model::Reason;

/// What an error of the driver or the server means.
pub(super) fn failure(error: &Error) -> Failure {
    match error {
        Error::Database(told) => match told.try_downcast_ref::<MySqlDatabaseError>() {
            Some(told) => by_number(told.number()),
            None => Failure::new(Reason::IoError, "the server says that it cannot"),
        },
        Error::Io(error) => Failure::lost(format!("the connection was lost: {}", error.kind())),
        Error::Tls(error) => Failure::new(
            Reason::Connection,
            format!(
                "the server shows no certificate that can be verified ({error}); name the \
                 authority with `?ssl-ca=FILE`, or do without with `?ssl-mode=required` (not \
                 verified) or `?ssl-mode=disabled` (not encrypted)"
            ),
        ),
        Error::Configuration(_) => Failure::new(Reason::Connection, "its URL cannot be understood"),
        _ => Failure::lost("the connection was lost"),
    }
}

/// By the server's number: <https://mariadb.com/kb/en/mariadb-error-codes/>.
fn by_number(number: u16) -> Failure {
    let (reason, detail) = match number {
        1044 | 1045 | 1698 => {
            (Reason::PermissionDenied, "the server does not let this user in (user, password)")
        }
        1142 | 1143 | 1227 | 1370 => (Reason::PermissionDenied, "the role may not read it"),
        1049 => (Reason::Connection, "there is no database of this name"),
        1146 | 1054 | 1412 => (Reason::Changed, "it is not there any more, or was changed"),
        1205 => (Reason::Timeout, "somebody else holds a lock on it"),
        1969 | 3024 | 1317 => (Reason::Timeout, "the server ended the statement"),
        1153 | 1301 => (Reason::Limit, "a row is too large for the server to send"),
        1034 | 1194 | 1195 => (Reason::Corrupt, "the server says that the table is damaged"),
        1356 => (Reason::PermissionDenied, "it is a view of what is not there or may not be read"),
        // Too many connections, shutdown, lost connections, deadlock.
        1040 | 1053 | 1077 | 1080 | 1152 | 1158..=1161 | 1203 | 1213 | 1927 => {
            return Failure::lost(format!("the server ended the connection (error {number})"));
        }
        _ => return Failure::new(Reason::IoError, format!("the server says error {number}")),
    };
    Failure::new(reason, format!("{detail} (error {number})"))
}
