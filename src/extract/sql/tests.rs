use proptest::prelude::*;

use super::super::testing::{Collected, collect, collect_in_drops, shape, stands_on_its_line};
use super::*;

fn check(sql: &str, expected: &str) {
    let got = collect(extract, sql.as_bytes());
    assert_eq!(shape(&got), expected, "{sql}");
    assert_eq!(got, collect_in_drops(extract, sql.as_bytes()), "{sql}");
    resolves(sql, &got);
}

/// What a text looks like without what escapes do to it.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !"'\"`\\".contains(*c)).collect()
}

fn resolves(stored: &str, records: &[Vec<Collected>]) {
    for c in records.iter().flatten().filter(|c| !c.text.is_empty()) {
        let raw = &stored[c.byte_start as usize..c.byte_end as usize];
        if raw.contains('\\') {
            assert!(raw.len() >= c.text.len(), "{c:?} stands as {raw:?}");
        } else {
            assert_eq!(letters(raw), letters(&c.text), "{c:?}");
        }
        stands_on_its_line(stored, c);
    }
}

#[test]
fn rows_are_records() {
    check(
        "INSERT INTO t (id, namn, `e post`) VALUES\n(1, 'O''Brien', NULL),\n(-2.5, N'Åsa', 'a@example.com');\nSLUT",
        "id=1@id namn=O'Brien@namn | id=-2.5@id namn=Åsa@namn e post=a@example.com@e post | ;\nSLUT",
    );
    check(
        "INSERT [dbo].[T] ([a], [b]) VALUES (CAST(199001012385 AS Numeric(12, 0)), 'x')\nGO",
        "a=199001012385@a a=12@a a=0@a b=x@b | GO",
    );
    check("replace into t values (1,'a')", "=1@ =a@".replace(['=', '@'], "").as_str());
    check(
        "BEGIN;INSERT INTO \"t\"(\"a\") VALUES(E'x\\ny', X'00', 0xFF) ;",
        "BEGIN; | a=x\ny@a | ;",
    );
}

#[test]
fn columns_come_from_create_table() {
    let create = "CREATE TABLE IF NOT EXISTS s.`T` (\n`id` int(11) DEFAULT '0',\n  \"namn\" varchar(9), -- x\n PRIMARY KEY (id)\n);\n";
    let insert = "INSERT INTO t VALUES (1,'Bo');";
    check(&format!("{create}{insert}"), &format!("{create} | id=1@id namn=Bo@namn | ;"));
}

#[test]
fn backslashes_are_what_the_dialect_says() {
    check(
        "INSERT INTO `t` (`a`, `b`) VALUES ('it\\'s\\n', 'c:\\\\x');",
        "a=it's\n@a b=c:\\x@b | ;",
    );
    check(
        "PRAGMA foreign_keys=OFF;INSERT INTO t(a,b) VALUES('c:\\','x');",
        "PRAGMA foreign_keys=OFF; | a=c:\\@a b=x@b | ;",
    );
    check("INSERT INTO t(a,b) VALUES('c:\\','it\\'s');", "a=c:\\@a b=it's@b | ;");
}

#[test]
fn copied_lines_are_records() {
    check(
        "-- x\nCOPY public.t (id, namn, tel) FROM stdin;\n1\tÅsa\\tB\t\\N\n2\tBo\\\\\t07\n\\.\n\nSELECT 1;\n",
        "-- x\n | id=1@id namn=Åsa\tB@namn | id=2@id namn=Bo\\@namn tel=07@tel | \n\nSELECT 1;\n",
    );
}

#[test]
fn assignments_are_labelled() {
    check(
        "UPDATE t SET namn = 'Bo', nr=5 WHERE epost='a@example.com';\nUPDATE t SET a=1\nGO\nx",
        "namn=Bo@namn nr=5@nr epost=a@example.com@epost | ;\n | a=1@a | GO\nx",
    );
}

#[test]
fn what_is_no_row_is_text() {
    check("-- bo@example.com\nSET x;\n", "-- bo@example.com\nSET x;\n");
    check("INSERT INTO t(a) VALUES ('ej slut, (1", "a=ej slut, (1@a");
    check("INSERT INTO t(a,b) VALUES (Bo Ek, 1", "a=Bo Ek@a b=1@b");
    check("INSERT INTO t(a) SELECT 'Bo';\n", "INSERT INTO t(a) SELECT 'Bo';\n");
    check("INSERT INTO t(a) VALUES (1); -- Bo\n", "a=1@a | ; -- Bo\n");
}

#[test]
fn sql_is_told_from_other_texts() {
    let cases: [(&str, &str, bool); 8] = [
        ("-- Dump\nCREATE TABLE t (a int);\n", "", true),
        ("INSERT INTO t VALUES (1);", "", true),
        ("-- PostgreSQL database dump\n;\nCOPY t (a) FROM stdin;\n1\n", "", true),
        ("SELECT 1", "x.sql", true),
        ("Hej! Kan du köra INSERT INTO t?\n", "", false),
        ("Update your calendar;\nSelect a date\n", "", false),
        ("#include <x>\nint a;\n", "", false),
        ("Hej", "x.sql", false),
    ];
    for (head, name, expected) in cases {
        assert_eq!(looks_like(head.as_bytes(), name), expected, "{head}");
    }
}

#[test]
fn hostile_texts_end() {
    let head = "INSERT INTO t(a) VALUES ";
    for text in
        ["(".repeat(200_000), "'".repeat(99_999), "(1),".repeat(50_000), "x".repeat(300_000)]
    {
        collect(extract, format!("{head}{text}").as_bytes());
        collect(extract, text.as_bytes());
    }
    for line in
        ["CREATE TABLE t (\n", "COPY t FROM stdin\n", "REPLACE\n", "INSERT /*\n", "COPY t (a,\n"]
    {
        let text = line.repeat(20_000);
        let got = collect(extract, text.as_bytes());
        assert_eq!(got.iter().flatten().map(|c| &*c.text).collect::<String>(), text);
    }
    let long = "ord ".repeat(200_000);
    let got = collect(extract, format!("{head}('{long}', 1)").as_bytes());
    let all: String = got.iter().flatten().filter(|c| c.field == "a").map(|c| &*c.text).collect();
    assert_eq!(all, long);
    let text = "text utan slut ".repeat(50_000);
    let got = collect(extract, text.as_bytes());
    assert_eq!(got.iter().flatten().map(|c| &*c.text).collect::<String>(), text);
}

/// Pieces of SQL in any order, and other text.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "INSERT INTO t (a, b) VALUES ",
        "(",
        ")",
        "(1, 'Åsa', NULL)",
        ",",
        ";",
        "\n",
        "'",
        "''",
        "\\",
        "E'",
        "\"",
        "`",
        "-- ",
        "COPY t (a) FROM stdin;\n",
        "\t",
        "\\N",
        "\\.\n",
        "UPDATE t SET a = ",
        "å",
        "12",
        "x'",
        "CREATE TABLE t (",
        "a int",
        "text ",
        "0x1",
        "[",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_read_alike_whatever_is_in_sight(sql in pieces()) {
        let got = collect(extract, sql.as_bytes());
        prop_assert_eq!(&got, &collect_in_drops(extract, sql.as_bytes()));
        resolves(&sql, &got);
    }

    #[test]
    fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        collect(extract, &bytes);
    }
}
