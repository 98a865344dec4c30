//! PostgreSQL: rows by `COPY (SELECT …) TO STDOUT`, whose text is nearly what is scanned.
//!
//! Every session is told to read only, not to hide rows silently (`row_security`), to come in one
//! order and to give way. See `catalog` for what tables there are, `copy` for their rows.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};

use super::runtime::Runtime;
use super::{
    Asked, Database, Failure, Listed, OpenTable, Position, Settings, Standing, TakeRows, url,
};
use crate::model::{Reason, TablePart};
use crate::source::Root;

mod catalog;
mod columns;
mod copy;
mod error;

use error::failure;

/// How long making a connection may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What every session is told. Rows come in the order in which they lie, in dates that can be read;
/// what would be hidden is an error; who waits for us is not kept waiting. A database without an encoding
/// is not asked for one.
const SESSION: &str = "\
    SET default_transaction_read_only = on; \
    SET row_security = off; \
    SET lock_timeout = '10s'; \
    SET statement_timeout = '10min'; \
    SET idle_in_transaction_session_timeout = '10min'; \
    SET synchronize_seqscans = off; \
    SET max_parallel_workers_per_gather = 0; \
    SET datestyle = 'ISO, YMD'; \
    SET bytea_output = 'hex'; \
    SET search_path = pg_catalog; \
    SELECT pg_catalog.set_config('client_encoding', 'SQL_ASCII', false) \
        WHERE pg_catalog.current_setting('server_encoding') = 'SQL_ASCII'";

/// Reading a part may take longer than asking for something.
const LONG: &str = "SET LOCAL statement_timeout = '6h'";

/// A connection to a server.
struct Postgres {
    runtime: Runtime,
    connection: Option<PgConnection>,
    options: PgConnectOptions,
}

/// A value of a row that came as text.
type Text = Option<String>;

pub(super) fn connect(root: &Root, settings: &Settings) -> Result<Box<dyn Database>, Failure> {
    let options = options(root, settings)?;
    let mut database = Postgres { runtime: Runtime::new()?, connection: None, options };
    database.ready()?;
    Ok(Box::new(database))
}

fn options(root: &Root, settings: &Settings) -> Result<PgConnectOptions, Failure> {
    let wrong = |_| Failure::new(Reason::Connection, "its URL cannot be understood");
    let mut options = PgConnectOptions::from_str(&root.id).map_err(wrong)?;
    if let Some(password) = settings.passwords.of(&root.id) {
        options = options.password(password);
    }
    let is_local = options.get_socket().is_some() || url::is_local(options.get_host());
    let is_told = url::names_encryption(&root.id) || std::env::var_os("PGSSLMODE").is_some();
    // The driver takes whatever it gets; over a network that is not enough.
    if !is_local && !is_told {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    Ok(options.application_name("sparhund").disable_statement_logging())
}

impl Postgres {
    /// The connection, made if there is none.
    fn ready(&mut self) -> Result<(), Failure> {
        if self.connection.is_some() {
            return Ok(());
        }
        let made = self.runtime.block_on(async {
            let made = tokio::time::timeout(PATIENCE, self.options.connect()).await;
            let mut made = made.map_err(|_| Failure::lost("the server does not answer"))?;
            if let Ok(connection) = &mut made {
                sqlx::raw_sql(SESSION).execute(connection).await.map_err(|e| failure(&e))?;
            }
            made.map_err(|error| failure(&error))
        })?;
        self.connection = Some(made);
        Ok(())
    }

    /// Runs a statement that was put together here. Its answers come as text.
    fn ask(&mut self, statement: String) -> Result<Vec<Vec<Text>>, Failure> {
        self.ready()?;
        let Postgres { runtime, connection: Some(connection), .. } = self else {
            return Err(Failure::lost("there is no connection"));
        };
        // Whatever stands in it was quoted by `quoted` and `literal`.
        let asked = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_all(connection);
        let rows = runtime.block_on(asked).map_err(|error| failure(&error));
        match rows {
            Ok(rows) => Ok(rows.iter().map(texts).collect()),
            Err(failure) => {
                if failure.lost {
                    self.connection = None;
                }
                Err(failure)
            }
        }
    }

    /// Begins to look at one moment. What was begun before is over.
    fn begin(&mut self) -> Result<(), Failure> {
        self.ask("ROLLBACK".to_owned())?;
        self.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned())?;
        Ok(())
    }
}

/// The columns of a row as text; none where there is nothing, or no text.
fn texts(row: &sqlx::postgres::PgRow) -> Vec<Text> {
    (0..row.len()).map(|n| row.try_get_unchecked::<Text, _>(n).ok().flatten()).collect()
}

impl Database for Postgres {
    fn standing(&mut self) -> Result<Standing, Failure> {
        let rows = self.ask(catalog::STANDING.to_owned())?;
        let is = |n: usize| {
            rows.first().and_then(|row| row.get(n)?.as_deref()).is_some_and(|value| value == "t")
        };
        Ok(Standing { superuser: is(0), writes: is(1) })
    }

    fn tables(&mut self, settings: &Settings) -> Result<Vec<Listed>, Failure> {
        catalog::tables(self, settings)
    }

    fn open(&mut self, part: &TablePart, settings: &Settings) -> Result<OpenTable, Failure> {
        self.begin()?;
        columns::open(self, part, settings)
    }

    fn rows(
        &mut self,
        asked: &Asked<'_>,
        position: &mut Position,
        take: &mut TakeRows<'_>,
    ) -> Result<(), Failure> {
        self.ask(LONG.to_owned())?;
        copy::rows(self, asked, position, take)?;
        self.ask("ROLLBACK".to_owned())?;
        Ok(())
    }
}

/// A name, so that it is nothing but a name.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, so that it is nothing but a text. `E''` means the same whatever the server's settings are.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The table of a part, in `FROM`.
fn table_of(part: &TablePart) -> String {
    let schema = part.schema.as_deref().unwrap_or("public");
    format!("{}.{}", quoted(schema), quoted(&part.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_nothing_else() {
        assert_eq!(quoted("\"; DROP TABLE x; --"), "\"\"\"; DROP TABLE x; --\"");
        assert_eq!(literal("O'Hara\\'; --"), "E'O''Hara\\\\''; --'");
    }
}
