//! URLs of databases: `postgres://user@host/database`, `mysql://…`.

use std::fmt;

use crate::source::RootKind;

const SCHEMES: [(&str, RootKind); 5] = [
    ("postgres://", RootKind::Postgres),
    ("postgresql://", RootKind::Postgres),
    ("mysql://", RootKind::Mysql),
    ("mariadb://", RootKind::Mysql),
    ("sqlite:", RootKind::Sqlite),
];

/// Why a URL is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// It holds a password, which then stands in the list of processes and in the shell's history.
    Password,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UrlError::Password => f.write_str(
                "a database URL holds a password, which everybody on this machine can see: take it \
                 out of the URL and put it into PGPASSWORD or ~/.pgpass (PostgreSQL), MYSQL_PWD or \
                 ~/.my.cnf (MySQL, MariaDB)",
            ),
        }
    }
}

/// The kind of database that a URL names, if it is one.
#[must_use]
pub fn is_database(url: &[u8]) -> Option<RootKind> {
    SCHEMES.iter().find(|(scheme, _)| url.starts_with(scheme.as_bytes())).map(|(_, kind)| *kind)
}

/// Does a URL keep its password to itself?
///
/// # Errors
/// When it does not.
pub fn check_url(url: &str) -> Result<(), UrlError> {
    if is_database(url.as_bytes()) == Some(RootKind::Sqlite) {
        return Ok(());
    }
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    let asked = url.split_once('?').map_or("", |(_, asked)| asked);
    let in_query = asked.split('&').any(|pair| pair.starts_with("password="));
    if user.contains(':') || in_query { Err(UrlError::Password) } else { Ok(()) }
}

/// Does a URL say how the connection is encrypted?
pub(super) fn names_encryption(url: &str) -> bool {
    let asked = url.split_once('?').map_or("", |(_, asked)| asked);
    asked.split('&').any(|pair| pair.starts_with("sslmode=") || pair.starts_with("ssl-mode="))
}

/// Is a host this machine?
pub(super) fn is_local(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    host.is_empty()
        || host.eq_ignore_ascii_case("localhost")
        || host.starts_with('/')
        || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_urls_are_refused() {
        let check = |url: &str, fine: bool| assert_eq!(check_url(url).is_ok(), fine, "{url}");
        check("postgres://eva@db.example.com/crm", true);
        check("postgres://db/crm?host=/run/postgresql", true);
        check("postgres:///crm", true);
        check("postgres://[::1]:5432/crm", true);
        check("postgres://eva:hemligt@db/crm", false);
        check("mysql://eva:@db/crm", false);
        check("postgres://db/crm?user=eva&password=x", false);
        check("mysql://eva@db:3306/crm?ssl-mode=disabled", true);
        check("sqlite:/srv/a@b/c:d.db", true);
    }

    #[test]
    fn hosts_are_here_or_elsewhere() {
        for host in ["localhost", "127.0.0.1", "::1", "[::1]", "", "/run/postgresql"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["db.example.com", "10.0.0.1", "localhost.example.com"] {
            assert!(!is_local(host), "{host}");
        }
    }
}
