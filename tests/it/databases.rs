//! Databases, on real servers: what is found, where it is said to be, and what is not read.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use crate::run::{Tree, check_ledger, lines, of_type, text, timeless};

/// A database of its own on one of the servers, dropped at the end.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    /// `make` is what creates it, but for its name.
    fn new(variable: &str, name: &str, make: &str) -> Database {
        let server = std::env::var(variable).unwrap_or_else(|_| {
            panic!("no server: run the tests by `tests/run`, or name one in {variable}")
        });
        let name = format!("sparhund_{name}_{}", std::process::id());
        ask(&server, &format!("DROP DATABASE IF EXISTS {name}"));
        ask(&server, &format!("CREATE DATABASE {name} {make}"));
        let url = on_database(&server, &name);
        Database { server, name, url }
    }

    fn postgres(name: &str) -> Database {
        Database::new("SPARHUND_TEST_POSTGRES_URL", name, "TEMPLATE template0")
    }

    fn mysql(name: &str) -> Database {
        Database::new("SPARHUND_TEST_MYSQL_URL", name, "CHARACTER SET utf8mb4")
    }

    fn run(&self, statements: &str) {
        ask(&self.url, statements);
    }

    fn scan(&self, args: &[&str]) -> Vec<Value> {
        scan(&self.url, args)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        ask(&self.server, &format!("DROP DATABASE {}", self.name));
    }
}

/// The same server, another database.
fn on_database(server: &str, name: &str) -> String {
    let (before, asked) =
        server.split_once('?').map_or((server, String::new()), |(b, a)| (b, format!("?{a}")));
    let at = before.rfind('/').unwrap();
    format!("{}/{name}{asked}", &before[..at])
}

/// Runs statements; each row's values as text.
fn ask(url: &str, statements: &str) -> Vec<Vec<Option<String>>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let asked = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
        if url.starts_with("postgres") {
            let mut server = sqlx::PgConnection::connect(url).await.unwrap();
            let rows =
                asked.fetch_all(&mut server).await.unwrap_or_else(|e| panic!("{statements}: {e}"));
            let value = |row: &sqlx::postgres::PgRow, n| row.try_get_unchecked(n).unwrap_or(None);
            rows.iter().map(|row| (0..row.len()).map(|n| value(row, n)).collect()).collect()
        } else {
            let mut server = sqlx::MySqlConnection::connect(url).await.unwrap();
            let rows =
                asked.fetch_all(&mut server).await.unwrap_or_else(|e| panic!("{statements}: {e}"));
            let value = |row: &sqlx::mysql::MySqlRow, n| {
                let bytes: Option<Vec<u8>> = row.try_get_unchecked(n).unwrap_or(None);
                bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            };
            rows.iter().map(|row| (0..row.len()).map(|n| value(row, n)).collect()).collect()
        }
    })
}

fn run(args: &[&str]) -> Output {
    Tree::new(&[]).command_anywhere(args).output().unwrap()
}

fn scan(url: &str, args: &[&str]) -> Vec<Value> {
    let args = [&["scan", url, "--format", "ndjson"], args].concat();
    let output = run(&args);
    assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    lines(&output.stdout)
}

/// Every finding is there when it is looked up by its table, column and key.
fn check_places(url: &str, lines: &[Value], quote: char) {
    let quoted = |name: &str| {
        let name = name.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{name}{quote}")
    };
    for finding in of_type(lines, "finding") {
        let at = &finding["location"]["at"];
        assert!(finding["location"].get("path").is_none(), "{finding}");
        let table = text(at, "/table");
        let table = match (quote, table.split_once('.')) {
            ('"', Some((schema, name))) => format!("{}.{}", quoted(schema), quoted(name)),
            _ => quoted(table),
        };
        let key = at["key"].as_object().unwrap().iter().map(|(column, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let column = if column == "ctid" { column.clone() } else { quoted(column) };
            format!("{column} = '{}'", value.replace('\'', "''"))
        });
        let key = key.collect::<Vec<_>>().join(" AND ");
        let column = quoted(text(at, "/column"));
        let rows = ask(url, &format!("SELECT {column} FROM {table} WHERE {key}"));
        assert_eq!(rows.len(), 1, "{finding}");
        let stored = rows[0][0].clone().unwrap();
        assert!(stored.contains(text(finding, "/value/plain")), "{finding} {stored}");
    }
}

/// Category, table, column, key and pointer of each finding.
fn found(lines: &[Value]) -> Vec<String> {
    let told = |finding: &&Value| {
        let at = &finding["location"]["at"];
        let (table, column, key) = (text(at, "/table"), text(at, "/column"), &at["key"]);
        format!("{} {table} {column} {key} {}", text(finding, "/category"), text(at, "/pointer"))
    };
    of_type(lines, "finding").iter().map(told).collect()
}

// Personal identity numbers from Skatteverket's list of test numbers, phones from PTS's numbers for
// drama, mail at example domains.
const POSTGRES: &str = r#"
    CREATE SCHEMA "kund""er";
    CREATE TABLE "kund""er"."'; DROP TABLE x; --" (
        "Nr" integer, "del" text, "E-post
        adress" text, PRIMARY KEY ("Nr", "del"));
    INSERT INTO "kund""er"."'; DROP TABLE x; --" VALUES
        (1, 'a', 'eva@example.com'), (2, E'it''s\t\\', 'karl@example.com');
    CREATE TABLE utan_nyckel (personnummer text, text text[]);
    INSERT INTO utan_nyckel VALUES ('19850820-2390', '{"mejla kalle@example.com",x}'), ('', NULL);
    CREATE TABLE svar (id bigint PRIMARY KEY, data jsonb, kropp bytea, klart boolean);
    INSERT INTO svar VALUES
        (9007199254740993, '{"person": {"telefon": "070-174 06 05"}}', 'mejla anna@example.com', true);
    CREATE TABLE tom (id integer PRIMARY KEY, namn text);
    CREATE VIEW vy AS SELECT * FROM utan_nyckel;
    CREATE TABLE delad (id integer PRIMARY KEY, epost text) PARTITION BY RANGE (id);
    CREATE TABLE delad_1 PARTITION OF delad FOR VALUES FROM (1) TO (10);
    INSERT INTO delad VALUES (1, 'lisa@example.com');
    CREATE MATERIALIZED VIEW sparad AS SELECT 'olle@example.com'::text AS epost;
"#;

#[test]
fn postgres_is_read_and_every_place_leads_back() {
    let database = Database::postgres("places");
    database.run(POSTGRES);
    let lines = database.scan(&["--values", "plain"]);
    check_ledger(&lines);
    let mut want = [
        r#"email kund"er.'; DROP TABLE x; -- E-post
        adress {"Nr":1,"del":"a"} "#,
        r#"email kund"er.'; DROP TABLE x; -- E-post
        adress {"Nr":2,"del":"it's\t\\"} "#,
        r#"email public.delad_1 epost {"id":1} "#,
        r#"email public.sparad epost {"ctid":"(0,1)"} "#,
        r#"email public.svar kropp {"id":"9007199254740993"} "#,
        r#"phone public.svar data {"id":"9007199254740993"} /person/telefon"#,
        r#"personnummer public.utan_nyckel personnummer {"ctid":"(0,1)"} "#,
        r#"email public.utan_nyckel text {"ctid":"(0,1)"} "#,
    ]
    .map(str::to_owned)
    .to_vec();
    let mut got = found(&lines);
    want.sort();
    got.sort();
    assert_eq!(got, want);
    // The server shows bytes as digits.
    let is_text = |line: &&Value| text(line, "/location/at/column") != "kropp";
    let places: Vec<Value> = lines.iter().filter(is_text).cloned().collect();
    check_places(&database.url, &places, '"');
    assert_eq!(lines.last().unwrap()["ledger"]["skipped"]["link"], 1, "the view");
    assert_eq!(
        scan(&database.url, &["--views"]).last().unwrap()["ledger"]["skipped"],
        serde_json::json!({})
    );
}

#[test]
fn mysql_is_read_and_every_place_leads_back() {
    let database = Database::mysql("places");
    database.run(
        r#"CREATE TABLE `a``; DROP TABLE x; --` (nr int, del varchar(20), `e-post` text, PRIMARY KEY (nr, del));
           INSERT INTO `a``; DROP TABLE x; --` VALUES (1, 'a', 'eva@example.com'), (2, 'it''s', 'karl@example.com');
           CREATE TABLE svar (id bigint PRIMARY KEY, data json, adress varchar(80) CHARACTER SET latin1 COMMENT 'e-post');
           INSERT INTO svar VALUES (7, '{"person": {"telefon": "070-174 06 05"}}', 'Åsa <asa@example.com>');
           CREATE TABLE tom (id int PRIMARY KEY);
           CREATE VIEW vy AS SELECT * FROM svar;"#,
    );
    let lines = database.scan(&["--values", "plain"]);
    check_ledger(&lines);
    assert_eq!(
        found(&lines)
            .into_iter()
            .filter(|found| !found.starts_with("person_name"))
            .collect::<Vec<_>>(),
        [
            r#"email a`; DROP TABLE x; -- e-post {"del":"a","nr":1} "#,
            r#"email a`; DROP TABLE x; -- e-post {"del":"it's","nr":2} "#,
            r#"email svar adress {"id":7} "#,
            r#"phone svar data {"id":7} /person/telefon"#,
        ]
    );
    check_places(&database.url, &lines, '`');
}

#[test]
fn what_a_role_may_not_read_is_listed() {
    let database = Database::postgres("rights");
    let role = format!("{}_role", database.name);
    database.run(&format!(
        "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN;
         CREATE TABLE fri (id integer PRIMARY KEY, epost text);
         INSERT INTO fri VALUES (1, 'eva@example.com');
         CREATE TABLE dold (id integer PRIMARY KEY, epost text);
         CREATE TABLE rader (id integer PRIMARY KEY, epost text);
         INSERT INTO rader VALUES (1, 'karl@example.com');
         ALTER TABLE rader ENABLE ROW LEVEL SECURITY;
         CREATE TABLE spalter (id integer PRIMARY KEY, epost text, hemlig text);
         GRANT SELECT ON fri, rader TO {role}; GRANT SELECT (id, epost) ON spalter TO {role};"
    ));
    let url = database.url.replacen("sparhund@", &format!("{role}@"), 1);
    let output = run(&["scan", &url, "--format", "ndjson", "--require-read-only"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = lines(&output.stdout);
    check_ledger(&lines);
    assert_eq!(found(&lines), [r#"email public.fri epost {"id":1} "#]);
    let unread = of_type(&lines, "unread");
    let details: Vec<&str> = unread.iter().map(|line| text(line, "/detail")).collect();
    assert_eq!(details.len(), 3, "{details:?}");
    assert!(details.iter().any(|detail| detail.contains("row-level security")), "{details:?}");
    assert!(details.iter().any(|detail| detail.contains("hemlig")), "{details:?}");
    assert_eq!(lines.last().unwrap()["ledger"]["unread"]["permission_denied"], 2);
    // The owner may write.
    let owner = run(&["scan", &database.url, "--require-read-only"]);
    assert_eq!(owner.status.code(), Some(2));
    database.run(&format!("DROP OWNED BY {role}; DROP ROLE {role};"));
}

#[test]
fn keys_that_are_personal_are_masked() {
    let database = Database::postgres("keys");
    database.run(
        "CREATE TABLE medlem (personnummer text PRIMARY KEY, epost text);
         INSERT INTO medlem VALUES ('19850820-2390', 'eva@example.com'), ('19390920-8419', 'b@example.com')",
    );
    let masked = run(&["scan", &database.url, "--format", "ndjson"]);
    let shown = String::from_utf8(masked.stdout).unwrap();
    assert!(shown.contains(r#""key":{"personnummer":"1985****-****"}"#), "{shown}");
    assert!(!shown.contains("2390"), "{shown}");
    check_places(&database.url, &database.scan(&["--values", "plain"]), '"');
}

#[test]
fn odd_tables_break_nothing() {
    let database = Database::new(
        "SPARHUND_TEST_POSTGRES_URL",
        "odd",
        "ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'",
    );
    let columns: Vec<String> = (0..1600).map(|n| format!("k{n} text")).collect();
    database.run(&format!(
        "CREATE TABLE bred ({}); INSERT INTO bred (k1599) VALUES ('eva@example.com');
         CREATE TABLE ingen (); INSERT INTO ingen DEFAULT VALUES;
         CREATE TABLE latin (id integer PRIMARY KEY, epost text);
         INSERT INTO latin VALUES (1, E'\\xC5sa\\tkarl@example.com');
         CREATE TABLE stor (id integer PRIMARY KEY, brev text);
         INSERT INTO stor VALUES (1, repeat('ord ', 30000) || 'mejla anna@example.com');
         CREATE TABLE a (id integer PRIMARY KEY, b integer); CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a);
         ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;",
        columns.join(", ")
    ));
    let lines = database.scan(&[]);
    check_ledger(&lines);
    assert_eq!(of_type(&lines, "unread"), Vec::<&Value>::new());
    let emails = found(&lines).into_iter().filter(|found| found.starts_with("email")).count();
    assert_eq!(emails, 3, "{:?}", found(&lines));
}

#[test]
fn the_three_steps_are_the_scan() {
    for database in [Database::postgres("steps"), Database::mysql("steps")] {
        database.run(
            "CREATE TABLE b (id integer PRIMARY KEY, epost text);
             CREATE TABLE a (id integer PRIMARY KEY, epost text);
             INSERT INTO b VALUES (1, 'eva@example.com'); INSERT INTO a VALUES (2, 'karl@example.com')",
        );
        let tree = Tree::new(&[]);
        let whole = run(&["scan", &database.url, "--format", "ndjson"]).stdout;
        let units = run(&["units", &database.url]).stdout;
        assert_eq!(lines(&units).len(), 2);
        let run_with = |args: &[&str], input: &[u8]| {
            std::fs::create_dir_all(tree.path()).unwrap();
            tree.run_with(args, input).stdout
        };
        let reports = run_with(&["work"], &units);
        let merged = run_with(&["merge", "--format", "ndjson"], &reports);
        assert_eq!(timeless(&merged), timeless(&whole));
        assert_eq!(of_type(&lines(&merged), "finding").len(), 2);
    }
}

#[test]
fn sources_that_are_not_there_are_told_before_anything_is_read() {
    let check = |url: &str, told: &str| {
        let output = run(&["scan", url]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{url} {stderr}");
        assert!(stderr.contains(told) && !stderr.contains("hemligt"), "{stderr}");
    };
    check("postgres://eva:hemligt@localhost/x", "PGPASSWORD");
    check("mysql://eva:hemligt@localhost/x", "MYSQL_PWD");
    check("postgres://eva@localhost/x?host=/nonexistent", "connection");
    let database = Database::postgres("here");
    check(&on_database(&database.url, "ingen_sadan"), "no database of this name");
}

#[test]
fn part_of_a_table_is_said_to_be_a_part() {
    let database = Database::postgres("sample");
    database.run(
        "CREATE TABLE kund (id integer PRIMARY KEY, epost text);
         INSERT INTO kund SELECT n, 'kund' || n || '@example.com' FROM generate_series(1, 2000) n;
         ANALYZE kund",
    );
    let first = database.scan(&["--sample", "10%"]);
    let emails = of_type(&first, "finding").len();
    assert!((100..300).contains(&emails), "{emails}");
    assert_eq!(of_type(&first, "unit")[0]["sample"], 0.1);
    assert_eq!(found(&first), found(&database.scan(&["--sample", "200"])));
}

#[test]
fn mysql_is_only_asked() {
    let database = Database::mysql("log");
    database.run("CREATE TABLE kund (id int PRIMARY KEY, epost text); INSERT INTO kund VALUES (1, 'a@example.com')");
    ask(&database.server, "SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = 1");
    database.scan(&[]);
    let log = ask(
        &database.server,
        "SELECT convert(argument USING utf8mb4) FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') \
         AND thread_id IN (SELECT thread_id FROM mysql.general_log WHERE argument LIKE '%CONSISTENT SNAPSHOT%')",
    );
    ask(&database.server, "SET GLOBAL general_log = 0");
    assert!(log.len() > 5, "{log:?}");
    for statement in log.iter().filter_map(|row| row[0].as_deref()) {
        let reads = ["SELECT", "SET ", "SHOW", "START TRANSACTION", "ROLLBACK"];
        assert!(reads.iter().any(|start| statement.trim().starts_with(start)), "{statement}");
    }
}

/// A server of its own, which may be killed.
struct Server(PathBuf, String);

impl Server {
    fn postgres() -> Server {
        let dir = PathBuf::from(format!("/tmp/sh{}", std::process::id()));
        let url = Server::script("postgres", &dir);
        Server(dir, url)
    }

    fn script(what: &str, dir: &Path) -> String {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers");
        let done = Command::new(script).arg(what).arg(dir).output().unwrap();
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(
            done.status.success(),
            "run the tests by `tests/run`, which installs servers: {told}"
        );
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        Server::script("stop", &self.0);
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_server_that_is_killed_midway_is_read_to_the_end_once() {
    let server = Server::postgres();
    ask(
        &server.1,
        "CREATE TABLE kund (id integer PRIMARY KEY, epost text, text text);
         INSERT INTO kund SELECT n, 'kund' || n || '@example.com', repeat('x', 60) FROM generate_series(1, 40000) n;
         CREATE TABLE logg (epost text, text text);
         INSERT INTO logg SELECT 'logg' || n || '@example.com', repeat('x', 60) FROM generate_series(1, 20000) n;
         ANALYZE; CHECKPOINT",
    );
    let whole = run(&["scan", &server.1, "--format", "ndjson", "--jobs", "2"]).stdout;
    assert_eq!(of_type(&lines(&whole), "finding").len(), 60_000);
    let mut command = Tree::new(&[]).command_anywhere(&[
        "scan",
        &server.1,
        "--format",
        "ndjson",
        "--jobs",
        "2",
        "--max-rate",
        "1500k",
    ]);
    let scan = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let waiting = std::thread::spawn(move || scan.wait_with_output().unwrap());
    std::thread::sleep(Duration::from_millis(1500));
    Server::script("stop", &server.0);
    assert!(!waiting.is_finished(), "it was killed midway");
    std::thread::sleep(Duration::from_millis(500));
    Server::script("again", &server.0);
    let output = waiting.join().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(timeless(&output.stdout) == timeless(&whole), "something is double or missing");
    check_log(&server.0.join("log"));
}

/// The server was asked for nothing but reads, but by this test.
fn check_log(log: &Path) {
    let log = std::fs::read_to_string(log).unwrap();
    let statements =
        log.lines().filter_map(|line| line.split_once("LOG:  statement: ").map(|(_, s)| s));
    let reads = ["SELECT", "SET ", "BEGIN", "ROLLBACK", "COPY (SELECT"];
    let (mut copied, own) = (0, ["CREATE", "INSERT", "ANALYZE", "CHECKPOINT"]);
    for statement in statements.map(str::trim) {
        copied += usize::from(statement.starts_with("COPY (SELECT"));
        let is_read = reads.iter().any(|start| statement.starts_with(start));
        assert!(is_read || own.iter().any(|start| statement.starts_with(start)), "{statement}");
    }
    assert!(copied > 4, "{copied}");
}
