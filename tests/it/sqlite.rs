//! SQLite databases, as files of a share and as sources: every row by its key, nothing written, what is
//! left of deleted rows, and whatever else may call itself a database.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use crate::run::{Tree, check_ledger, lines, of_type, text};

/// A tree with an empty folder.
fn tree() -> (Tree, PathBuf) {
    let tree = Tree::new(&[("läsmig.txt", b"Inget.")]);
    let path = tree.path().join("share/kund.db");
    (tree, path)
}

fn scan(tree: &Tree, source: &str) -> Vec<Value> {
    let args =
        ["scan", source, "--format", "ndjson", "--values", "plain", "--min-confidence", "low"];
    let found = lines(&tree.run(&args).stdout);
    check_ledger(&found);
    found
}

/// Findings in rows that are in their tables, or are not any more.
fn rows(found: &[Value], deleted: bool) -> Vec<&Value> {
    let is_row = |f: &&Value| text(f, "/location/at/kind") == "row";
    let is_deleted = |f: &&Value| f.pointer("/location/at/part").is_some();
    let all = of_type(found, "finding").into_iter().filter(is_row);
    all.filter(|f| is_deleted(f) == deleted).collect()
}

fn plain<'f>(found: &[&'f Value], category: &str) -> BTreeMap<&'f str, usize> {
    let mut values = BTreeMap::new();
    for finding in found.iter().filter(|f| f["category"] == category) {
        *values.entry(text(finding, "/value/plain")).or_default() += 1;
    }
    values
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What the database says stands at a finding's place.
fn looked_up(database: &Connection, finding: &Value) -> String {
    let at = finding.pointer("/location/at").unwrap();
    let key = at["key"].as_object().unwrap();
    let names: Vec<String> = key.keys().map(|column| format!("{} IS ?", quoted(column))).collect();
    let (table, column) = (quoted(text(at, "/table")), quoted(text(at, "/column")));
    let sql = format!("SELECT {column} FROM {table} WHERE {}", names.join(" AND "));
    let values = key.values().map(|value| match value {
        Value::Number(n) => rusqlite::types::Value::Integer(n.as_i64().unwrap()),
        other => rusqlite::types::Value::Text(other.as_str().unwrap().to_owned()),
    });
    let mut select = database.prepare(&sql).unwrap();
    let mut found = select.query(params_from_iter(values)).unwrap();
    let row = found.next().unwrap().unwrap_or_else(|| panic!("{sql}: {at}"));
    let value = match row.get_ref(0).unwrap() {
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(n) => (n as i64).to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        ValueRef::Null => String::new(),
    };
    assert!(found.next().unwrap().is_none(), "more than one row: {sql}");
    match at.get("pointer").and_then(Value::as_str) {
        Some(pointer) => {
            let json: Value = serde_json::from_str(&value).unwrap();
            json.pointer(pointer).unwrap_or_else(|| panic!("{pointer}: {json}")).to_string()
        }
        None => value,
    }
}

/// Fills a database with an address in every kind of table and column there is.
fn fill(path: &Path, encoding: &str) {
    let database = Connection::open(path).unwrap();
    let schema = r#"
        CREATE TABLE kund(id INTEGER PRIMARY KEY, namn TEXT, "e-post" TEXT, pnr REAL);
        CREATE TABLE logg(rad, sedan TEXT);
        CREATE TABLE medlem(nr TEXT PRIMARY KEY, epost VARCHAR(80));
        CREATE TABLE plats(rum TEXT, dag INT, epost TEXT, PRIMARY KEY (dag, rum)) WITHOUT ROWID;
        CREATE TABLE bakom(id INTEGER PRIMARY KEY DESC, epost TEXT);
        CREATE TABLE "x"";
            DROP TABLE kund; --åäö"([kol
            umn "1"] TEXT, nyckel INTEGER, PRIMARY KEY(nyckel));
        CREATE TABLE svar(id INTEGER PRIMARY KEY, data JSON, stor TEXT, bytes BLOB);
        CREATE TABLE gjord(id INTEGER PRIMARY KEY, namn TEXT,
            epost TEXT AS (namn || '@example.com') STORED, annan TEXT AS ('ingen' || id));
        CREATE TABLE tom(id INTEGER PRIMARY KEY, epost TEXT);
        CREATE VIRTUAL TABLE brev USING fts5(fran, brevtext);
        CREATE VIEW alla AS SELECT * FROM kund;
        CREATE TRIGGER fel AFTER UPDATE ON kund BEGIN DELETE FROM kund; END;
    "#;
    database.execute_batch(&format!("PRAGMA encoding='{encoding}'; {schema}")).unwrap();
    let long = format!("{} lang@example.com", "Ord och ord igen. ".repeat(2000));
    let huge = format!("{} stor@example.com {}", "en rad\n".repeat(300_000), "mer\n".repeat(9));
    database.execute_batch("BEGIN").unwrap();
    for n in 1..=300 {
        let mail = |kind: &str| format!("{kind}{n}@example.com");
        let insert = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            database.execute(sql, values).unwrap();
        };
        insert("INSERT INTO kund VALUES (?, 'Eva Ek', ?, 198508202390.0)", &[&n, &mail("kund")]);
        insert("INSERT INTO logg(rad) VALUES (?)", &[&format!("skickat till {}", mail("logg"))]);
        insert("INSERT INTO medlem VALUES (?, ?)", &[&format!("m\t{n}"), &mail("medlem")]);
        insert("INSERT INTO plats VALUES (?, ?, ?)", &[&format!("r{n}"), &(n % 7), &mail("plats")]);
        insert("INSERT INTO bakom VALUES (?, ?)", &[&(1000 - n), &mail("bakom")]);
        insert(
            r#"INSERT INTO "x"";
            DROP TABLE kund; --åäö" VALUES (?, ?)"#,
            &[&mail("elak"), &n],
        );
        let json = format!(r#"{{"a/b": [{{"epost": "{}"}}]}}"#, mail("json"));
        insert("INSERT INTO svar(data, stor) VALUES (?, ?)", &[&json, &long]);
        insert("INSERT INTO gjord(namn) VALUES (?)", &[&format!("gjord{n}")]);
        insert("INSERT INTO brev VALUES (?, 'Hej du')", &[&mail("brev")]);
    }
    let card = b"BEGIN:VCARD\r\nEMAIL:kort@example.com\r\nEND:VCARD\r\n".as_slice();
    database.execute("INSERT INTO svar VALUES (999, NULL, ?, ?)", (&huge, &card)).unwrap();
    database.execute_batch("COMMIT; ALTER TABLE tom ADD ny TEXT DEFAULT 'ny@example.com'").unwrap();
    database.execute("INSERT INTO tom(epost) VALUES ('')", ()).unwrap();
}

#[test]
fn every_place_leads_to_its_row() {
    for encoding in ["UTF-8", "UTF-16le", "UTF-16be"] {
        let (tree, path) = tree();
        fill(&path, encoding);
        let database = Connection::open(&path).unwrap();
        let mut seen = Vec::new();
        for source in ["share", "sqlite:share/kund.db"] {
            let found = scan(&tree, source);
            assert_eq!(of_type(&found, "unread"), Vec::<&Value>::new(), "{source}");
            let rows = rows(&found, false);
            for finding in &rows {
                let stored = looked_up(&database, finding);
                assert!(stored.contains(text(finding, "/value/plain")), "{finding}: {stored}");
            }
            let mails = plain(&rows, "email");
            for kind in
                ["kund", "logg", "medlem", "plats", "bakom", "elak", "json", "gjord", "brev"]
            {
                for n in 1..=300 {
                    assert_eq!(
                        mails.get(&*format!("{kind}{n}@example.com")),
                        Some(&1),
                        "{kind}{n}"
                    );
                }
            }
            assert_eq!(mails["lang@example.com"], 300);
            for once in ["stor@example.com", "ny@example.com", "kort@example.com"] {
                assert_eq!(mails.get(once), Some(&1), "{once}");
            }
            assert_eq!(plain(&rows, "personnummer"), BTreeMap::from([("198508202390", 300)]));
            let ids: BTreeSet<&str> = rows.iter().map(|f| text(f, "/id")).collect();
            assert_eq!(ids.len(), rows.len(), "an id stands twice");
            seen.push(rows.len());
        }
        assert_eq!(seen[0], seen[1]);
    }
}

#[test]
fn documents_in_values_are_read() {
    let (tree, path) = tree();
    let archive = crate::nested::gzip(&b"Skriv till inuti@example.com!"[..]);
    let database = Connection::open(&path).unwrap();
    database.execute_batch("CREATE TABLE fil(id INTEGER PRIMARY KEY, data BLOB)").unwrap();
    database.execute("INSERT INTO fil VALUES (7, ?)", [&archive]).unwrap();
    let found = scan(&tree, "share");
    let finding = of_type(&found, "finding")[0];
    let step = finding.pointer("/location/inside/0").unwrap();
    let want =
        serde_json::json!({"kind": "blob", "name": "data", "table": "fil", "key": {"id": 7}});
    assert_eq!(*step, want);
}

/// A database with a log that was not written back, as a program leaves it that runs.
fn with_log(tree: &Tree) -> PathBuf {
    let path = tree.path().join("live.db");
    let database = Connection::open(&path).unwrap();
    database
        .execute_batch(
            "PRAGMA secure_delete=OFF; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;
             CREATE TABLE k(id INTEGER PRIMARY KEY, epost TEXT);
             INSERT INTO k VALUES (1, 'forst@example.com'), (2, 'gammal@example.com');
             UPDATE k SET epost = 'ny@example.com' WHERE id = 2;",
        )
        .unwrap();
    let copy = tree.path().join("share/kund.db");
    fs::copy(&path, &copy).unwrap();
    fs::copy(tree.path().join("live.db-wal"), tree.path().join("share/kund.db-wal")).unwrap();
    copy
}

fn listing(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn a_log_counts_and_nothing_is_written() {
    let (tree, _) = tree();
    with_log(&tree);
    let before = listing(&tree.path().join("share"));
    for source in ["share", "sqlite:share/kund.db"] {
        let found = scan(&tree, source);
        let now = plain(&rows(&found, false), "email");
        assert_eq!(
            now,
            BTreeMap::from([("forst@example.com", 1), ("ny@example.com", 1)]),
            "{source}"
        );
        let gone = rows(&found, true);
        assert_eq!(plain(&gone, "email"), BTreeMap::from([("gammal@example.com", 1)]), "{source}");
        assert_eq!(gone[0].pointer("/location/at/key").unwrap(), &serde_json::json!({"id": 2}));
    }
    assert_eq!(listing(&tree.path().join("share")), before);
    // Without the database, a log is rows of tables that nobody can name.
    fs::remove_file(tree.path().join("share/kund.db")).unwrap();
    let found = scan(&tree, "share");
    assert_eq!(of_type(&found, "unread")[0]["reason"], "unsupported");
    assert_eq!(plain(&rows(&found, true), "email").len(), 3);
}

/// Rows that were deleted: their ids and whether what is deleted is overwritten.
fn deleted(secure: &str, then: &str) -> (usize, usize) {
    let (tree, path) = tree();
    let database = Connection::open(&path).unwrap();
    database
        .execute_batch(&format!(
            "PRAGMA secure_delete={secure}; CREATE TABLE kund(id INTEGER PRIMARY KEY, namn TEXT, \
             epost TEXT); CREATE TABLE annan(a, b)"
        ))
        .unwrap();
    database.execute_batch("BEGIN").unwrap();
    for n in 1..=2000 {
        let mail = format!("kund{n}@example.com");
        database.execute("INSERT INTO kund VALUES (?, 'Eva Ek', ?)", (n, mail)).unwrap();
    }
    database.execute_batch("COMMIT; DELETE FROM kund WHERE id % 200 <> 0").unwrap();
    database.execute_batch(then).unwrap();
    let found = scan(&tree, "share");
    let (live, gone) = (rows(&found, false), rows(&found, true));
    let mails = plain(&live, "email");
    assert_eq!((mails.len(), mails.values().sum::<usize>()), (10, 10));
    let left = plain(&gone, "email");
    for (mail, times) in &left {
        let n: u32 = mail[4..mail.len() - 12].parse().unwrap();
        assert!(!n.is_multiple_of(200) && *times == 1, "{mail}: {times}");
    }
    for finding in &gone {
        let at = finding.pointer("/location/at").unwrap();
        assert_eq!((&at["table"], &at["part"]), (&"kund".into(), &"deleted".into()));
        if let Some(offset) = at.pointer("/key/offset").and_then(Value::as_u64) {
            let bytes = fs::read(&path).unwrap();
            let row = &bytes[offset as usize..][..100];
            let mail = text(finding, "/value/plain").as_bytes();
            assert!(row.windows(mail.len()).any(|w| w == mail), "{finding}");
        } else if finding["category"] == "email" {
            let mail = format!("kund{}@example.com", at.pointer("/key/id").unwrap());
            assert_eq!(mail, text(finding, "/value/plain"));
        }
    }
    (left.len(), left.values().sum())
}

#[test]
fn what_is_left_of_deleted_rows_is_told() {
    let (rows, told) = deleted("OFF", "");
    assert!(rows > 1900, "{rows} of 1990");
    assert_eq!(rows, told);
    assert_eq!(deleted("ON", ""), (0, 0));
    assert_eq!(deleted("OFF", "VACUUM"), (0, 0));
}

#[test]
fn rows_that_moved_are_no_deleted_ones() {
    let (tree, path) = tree();
    let database = Connection::open(&path).unwrap();
    database
        .execute_batch(
            "PRAGMA secure_delete=OFF; CREATE TABLE k(id INTEGER PRIMARY KEY, epost TEXT);
             CREATE TABLE w(k TEXT PRIMARY KEY, epost TEXT) WITHOUT ROWID; BEGIN",
        )
        .unwrap();
    // In no order, so that pages are split over and over, and rows grow out of their places.
    for n in 0..3000_u32 {
        let n = n.wrapping_mul(2_654_435_761) >> 16;
        let mail = format!("k{n}@example.com");
        database.execute("INSERT OR IGNORE INTO k VALUES (?, ?)", (n, &mail)).unwrap();
        database.execute("INSERT OR IGNORE INTO w VALUES (?, ?)", (n.to_string(), &mail)).unwrap();
    }
    database.execute_batch("COMMIT").unwrap();
    let found = scan(&tree, "share");
    assert_eq!(rows(&found, true), Vec::<&Value>::new());
}

#[test]
fn broken_databases_break_nothing() {
    let (tree, path) = tree();
    fill(&path, "UTF-8");
    let whole = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let page = 4096;
    for (n, size) in
        [16, 99, 100, 500, page, page + 1, 3 * page, whole.len() / 2].iter().enumerate()
    {
        tree.add(format!("kort{n}.db"), &whole[..*size]);
    }
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    };
    let small = &whole[..whole.len().min(120 * page)];
    for n in 0..40 {
        let mut bytes = small.to_vec();
        for _ in 0..40 {
            // The heads of pages lead everywhere.
            let at = random(bytes.len() / page) * page + random(if n % 2 == 0 { 16 } else { page });
            bytes[at] = random(256) as u8;
        }
        bytes[..16].copy_from_slice(&whole[..16]);
        tree.add(format!("fel{n}.db"), &bytes);
    }
    let found = scan(&tree, "share");
    let unread = of_type(&found, "unread");
    assert!(unread.iter().all(|line| line["reason"] != "failed"), "{unread:?}");
    for n in 0..8 {
        let name = format!("kort{n}.db");
        let told =
            unread.iter().find(|line| line.pointer("/location/path") == Some(&name.clone().into()));
        assert_eq!(told.unwrap_or_else(|| panic!("{name}"))["reason"], "corrupt");
    }
}

#[test]
fn sources_that_are_no_databases_are_refused() {
    let (tree, _) = tree();
    for source in ["sqlite:saknas.db", "sqlite:share/läsmig.txt", "sqlite:share"] {
        let output = tree.run(&["scan", source]);
        assert_eq!(output.status.code(), Some(2), "{source}");
    }
}

#[test]
fn a_scan_is_its_three_steps() {
    let (tree, path) = tree();
    fill(&path, "UTF-8");
    let source = "sqlite:share/kund.db";
    let scanned = tree.run(&["scan", source, "--format", "ndjson"]);
    let units = tree.run(&["units", source]).stdout;
    let worked = tree.run_with(&["work"], &units).stdout;
    fs::write(tree.path().join("w.ndjson"), worked).unwrap();
    let merged = tree.run(&["merge", "w.ndjson", "--format", "ndjson"]);
    assert_eq!(crate::run::timeless(&merged.stdout), crate::run::timeless(&scanned.stdout));
}
