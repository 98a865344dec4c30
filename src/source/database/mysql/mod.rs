//! MySQL and MariaDB: rows as text, streamed in the order of the primary key, in which they lie.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow, MySqlSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};

use super::runtime::Runtime;
use super::{
    Asked, Database, Failure, Listed, OpenTable, Position, Settings, Standing, TakeRows, password,
    url,
};
use crate::model::{Reason, TablePart};
use crate::source::Root;

mod catalog;
mod error;
mod rows;

use error::failure;

/// How long making a connection may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What every session is told: a quote is the only thing in a text that has to be doubled, nothing is
/// written, who waits for us is not kept waiting.
const SESSION: &str = "\
    SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', \
    SESSION transaction_read_only = 1, \
    SESSION lock_wait_timeout = 10, \
    SESSION net_write_timeout = 600";

/// The same for servers that know the switch by its older name.
const OLDER_SESSION: &str = "\
    SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', \
    SESSION tx_read_only = 1, \
    SESSION lock_wait_timeout = 10, \
    SESSION net_write_timeout = 600";

/// A connection to a server.
struct Mysql {
    runtime: Runtime,
    connection: Option<MySqlConnection>,
    options: MySqlConnectOptions,
    /// The one database that is read, if the URL names one.
    database: Option<String>,
}

pub(super) fn connect(root: &Root, settings: &Settings) -> Result<Box<dyn Database>, Failure> {
    let options = options(root, settings)?;
    let database = options.get_database().map(str::to_owned);
    let mut made = Mysql { runtime: Runtime::new()?, connection: None, options, database };
    made.ready()?;
    Ok(Box::new(made))
}

fn options(root: &Root, settings: &Settings) -> Result<MySqlConnectOptions, Failure> {
    let wrong = |_| Failure::new(Reason::Connection, "its URL cannot be understood");
    let url = root.id.replacen("mariadb://", "mysql://", 1);
    let mut options = MySqlConnectOptions::from_str(&url).map_err(wrong)?;
    if let Some(password) = settings.passwords.of(&root.id) {
        options = options.password(password);
    } else if let Some(password) = password::of_mysql() {
        use secrecy::ExposeSecret as _;
        options = options.password(password.expose_secret());
    }
    let is_local = options.get_socket().is_some() || url::is_local(options.get_host());
    // The driver takes whatever it gets; over a network that is not enough.
    if !is_local && !url::names_encryption(&root.id) {
        options = options.ssl_mode(MySqlSslMode::VerifyIdentity);
    }
    // The session's mode is set in one go below.
    let options = options.pipes_as_concat(false).no_engine_substitution(false);
    Ok(options.disable_statement_logging())
}

impl Mysql {
    fn ready(&mut self) -> Result<(), Failure> {
        if self.connection.is_some() {
            return Ok(());
        }
        let made = self.runtime.block_on(async {
            let made = tokio::time::timeout(PATIENCE, self.options.connect()).await;
            let made = made.map_err(|_| Failure::lost("the server does not answer"))?;
            let mut made = made.map_err(|error| failure(&error))?;
            if sqlx::raw_sql(SESSION).execute(&mut made).await.is_err() {
                let told = sqlx::raw_sql(OLDER_SESSION).execute(&mut made).await;
                told.map_err(|error| failure(&error))?;
            }
            Ok(made)
        })?;
        self.connection = Some(made);
        Ok(())
    }

    /// Runs a statement that was put together here. Its answers come as text.
    fn ask(&mut self, statement: String) -> Result<Vec<Vec<Option<String>>>, Failure> {
        self.ready()?;
        let Mysql { runtime, connection: Some(connection), .. } = self else {
            return Err(Failure::lost("there is no connection"));
        };
        // Whatever stands in it was quoted by `quoted` and `literal`.
        let asked = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_all(connection);
        match runtime.block_on(asked).map_err(|error| failure(&error)) {
            Ok(rows) => Ok(rows.iter().map(texts).collect()),
            Err(failure) => {
                if failure.lost {
                    self.connection = None;
                }
                Err(failure)
            }
        }
    }
}

/// The columns of a row as text.
fn texts(row: &MySqlRow) -> Vec<Option<String>> {
    let text = |n: usize| {
        let bytes = row.try_get_unchecked::<Option<Vec<u8>>, _>(n).ok().flatten()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    (0..row.len()).map(text).collect()
}

impl Database for Mysql {
    fn standing(&mut self) -> Result<Standing, Failure> {
        let rows = self.ask(catalog::STANDING.to_owned())?;
        let granted: Vec<String> =
            rows.into_iter().filter_map(|row| row.into_iter().next()?).collect();
        Ok(catalog::standing(&granted))
    }

    fn tables(&mut self, settings: &Settings) -> Result<Vec<Listed>, Failure> {
        catalog::tables(self, settings)
    }

    fn open(&mut self, part: &TablePart, settings: &Settings) -> Result<OpenTable, Failure> {
        self.ask("ROLLBACK".to_owned())?;
        self.ask("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ".to_owned())?;
        self.ask("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY".to_owned())?;
        catalog::open(self, part, settings)
    }

    fn rows(
        &mut self,
        asked: &Asked<'_>,
        position: &mut Position,
        take: &mut TakeRows<'_>,
    ) -> Result<(), Failure> {
        rows::rows(self, asked, position, take)?;
        self.ask("ROLLBACK".to_owned())?;
        Ok(())
    }
}

/// A name, so that it is nothing but a name.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text, so that it is nothing but a text: backslashes mean nothing in these sessions.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_nothing_else() {
        assert_eq!(quoted("`; DROP TABLE x; --"), "```; DROP TABLE x; --`");
        assert_eq!(literal("O'Hara\\'; --"), "'O''Hara\\''; --'");
    }
}
