//! `sparhund subject`: what it finds of a person, and what it hands out, run as people run it.
//!
//! The personnummer is one of Skatteverket's published test numbers, phones are from PTS's numbers for
//! fiction, addresses of example domains.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const NUMBER: &str = "19900101-2385";

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sparhund"))
        .current_dir(folder)
        .env_remove("SPARHUND_KEY_FILE")
        .args(arguments)
        .args(["--reference-date", "2026-12-31"])
        .output()
        .expect("the program runs")
}

pub(crate) fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

/// A folder with these files.
pub(crate) fn share(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text) in files {
        let path = folder.path().join("share").join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        fs::write(path, text).expect("the folder takes a file");
    }
    folder
}

/// Findings: relation, category and normalized value.
fn found(folder: &Path, arguments: &[&str]) -> Vec<(String, String, String)> {
    let common = ["--format", "ndjson", "--values", "plain", "share"];
    let output = run(folder, &[&["subject"], arguments, &common].concat());
    assert_eq!(status(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines
        .filter(|line| line["type"] == "finding")
        .map(|line| {
            (
                text(&line["attributes"]["relation"]),
                text(&line["category"]),
                text(&line["value"]["normalized"]),
            )
        })
        .collect()
}

/// The values found in one file, identifiers marked with a star.
fn check(name: &str, content: &str, arguments: &[&str], want: &[&str]) {
    let folder = share(&[(name, content)]);
    let got: Vec<String> = found(folder.path(), arguments)
        .into_iter()
        .map(
            |(relation, _, value)| {
                if relation == "identifier" { format!("*{value}") } else { value }
            },
        )
        .collect();
    assert_eq!(got, want, "{content}");
}

#[test]
fn each_identifier_is_found_in_its_written_forms() {
    for form in
        ["19900101-2385", "900101-2385", "9001012385", "199001012385", "900101 2385", "900101+2385"]
    {
        check(
            "a.txt",
            &format!("Ärende om {form} är avslutat\n"),
            &["--personnummer", NUMBER],
            &["*199001012385"],
        );
    }
    for form in
        ["070-174 06 05", "0701740605", "+46 70 174 06 05", "+46 (0)70-174 06 05", "0046701740605"]
    {
        check(
            "a.txt",
            &format!("ring {form} i morgon\n"),
            &["--phone", "0701740605"],
            &["*+46701740605"],
        );
    }
    for form in [
        "eva.lund@example.com",
        "EVA.Lund@Example.com",
        "eva.lund (at) example.com",
        "eva.lund[at]example[dot]com",
    ] {
        check(
            "a.txt",
            &format!("skriv till {form} om du kan\n"),
            &["--email", "eva.lund@example.com"],
            &["*eva.lund@example.com"],
        );
    }
    check("a.txt", "Kund K-10045 har ringt\n", &["--customer-number", "K-10045"], &["*K-10045"]);
    check("a.txt", "Kund K-100456 har ringt\n", &["--customer-number", "K-10045"], &[]);
    check("19900101-2385.txt", "tomt\n", &["--personnummer", NUMBER], &["*199001012385"]);
}

#[test]
fn a_row_is_the_persons_and_the_next_row_is_not() {
    let rows = "namn;epost;mobil;kost\n\
                Eva Lund;eva.lund@example.com;070-174 06 05;glutenfri\n\
                Bo Ek;bo.ek@example.com;070-174 06 06;vegan\n";
    let want = ["Eva Lund", "*eva.lund@example.com", "+46701740605", "glutenfri"];
    check("lista.csv", rows, &["--email", "eva.lund@example.com"], &want);
}

#[test]
fn others_are_kept_out_of_blocks_and_lines() {
    let blocks = "Namn: Bo Ek\nTelefon: 070-174 06 06\n\nNamn: Eva Lund\nTelefon: 070-174 06 05\nE-post: eva.lund@example.com\n";
    let want = ["Eva Lund", "+46701740605", "*eva.lund@example.com"];
    check("blanketter.txt", blocks, &["--email", "eva.lund@example.com"], &want);
    let folder = share(&[(
        "a.txt",
        "Närvarande: Bo Ek (bo.ek@example.com) och Eva Lund (eva.lund@example.com)\n",
    )]);
    let got = found(folder.path(), &["--email", "eva.lund@example.com"]);
    assert!(got.iter().all(|(_, _, value)| !value.to_lowercase().contains("bo")), "{got:?}");
    assert!(got.iter().any(|(_, _, value)| value == "Eva Lund"), "{got:?}");
}

#[test]
fn further_keys_are_followed_and_shared_ones_are_not() {
    let files = [
        (
            "kunder.csv",
            "namn;epost;mobil;växel\nEva Lund;eva.lund@example.com;070-174 06 05;08-465 004 00\n",
        ),
        ("order.csv", "order;mobil\n17;0701740605\n"),
        ("kontor.csv", "namn;epost\nEva Lund;eva.lund@example.com\nBo Ek;info@example.com\n"),
    ];
    let folder = share(&files);
    let plain = found(folder.path(), &["--email", "eva.lund@example.com"]);
    let followed = found(folder.path(), &["--email", "eva.lund@example.com", "--follow"]);
    let phones = |all: &[(String, String, String)]| {
        all.iter().filter(|f| f.0 == "identifier" && f.2 == "+46701740605").count()
    };
    assert_eq!((phones(&plain), phones(&followed)), (0, 2), "{followed:?}");
}

#[test]
fn values_are_masked_unless_asked_for_and_the_case_is_private() {
    let folder = share(&[("a.csv", "namn;epost\nEva Lund;eva.lund@example.com\n")]);
    let arguments = [
        "subject",
        "--email",
        "eva.lund@example.com",
        "--case",
        "eva.json",
        "--received",
        "2026-03-05",
        "share",
    ];
    let output = run(folder.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(shown.contains("e***@e***.com") && !shown.contains("eva.lund"), "{shown}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("eva.lund"));
    let path = folder.path().join("eva.json");
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    let case: Value = serde_json::from_slice(&fs::read(path).expect("it is there")).expect("JSON");
    assert_eq!(case["deadline"]["answer_by"], "2026-04-07");
    assert_eq!(case["records"][0]["fields"][1][1], "eva.lund@example.com");
    assert_eq!(case["coverage"]["complete"], true);
}

#[test]
fn a_pack_tells_of_the_person_and_of_nobody_else() {
    let files = [
        ("kunder.csv", "namn;epost\nEva Lund;eva.lund@example.com\n"),
        ("möte.txt", "Närvarande: Bo Ek (bo.ek@example.com) och Eva Lund (eva.lund@example.com)\n"),
        ("<img onerror=x>.csv", "namn;epost\nEva Lund;eva.lund@example.com\n"),
    ];
    let folder = share(&files);
    for (lang, name, word) in
        [("sv", "registerutdrag", "Varför (ändamål)"), ("en", "your-data", "Why (purpose)")]
    {
        let output = run(
            folder.path(),
            &[
                "subject",
                "--email",
                "eva.lund@example.com",
                "--pack",
                lang,
                "--lang",
                lang,
                "share",
            ],
        );
        assert_eq!(status(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        for ending in ["html", "json", "csv"] {
            let text =
                fs::read_to_string(folder.path().join(lang).join(format!("{name}.{ending}")))
                    .expect("it is there");
            assert!(
                text.contains("eva.lund@example.com")
                    && !text.contains("bo.ek")
                    && !text.contains("Bo Ek"),
                "{text}"
            );
            assert!(ending != "html" || !text.contains("<img"), "{text}");
            assert!(
                ending != "html" || text.contains(word) && text.contains("class=\"gap\""),
                "{text}"
            );
        }
    }
}

#[test]
fn bad_input_is_told_and_nothing_is_written() {
    let folder = share(&[("a.txt", "tomt\n")]);
    let check = |arguments: &[&str], want: &str| {
        let output =
            run(folder.path(), &[&["subject"], arguments, &["--case", "case.json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(status(&output), 2, "{arguments:?}: {said}");
        assert!(said.contains(want), "{arguments:?}: {said}");
        assert!(!folder.path().join("case.json").exists());
    };
    check(&["share"], "nobody is named");
    check(&["--personnummer", "19900101-2386", "share"], "check digit is wrong");
    check(&["--personnummer", "nej", "share"], "no personnummer");
    check(&["--name", "Eva", "share"], "given name and surname");
    check(&["--email", "eva@example.com", "saknas"], "there is no");
    check(&["--email", "eva@example.com", "--received", "i dag", "share"], "YYYY-MM-DD");
    let anyway =
        ["subject", "--personnummer", "19900101-2386", "--accept-wrong-check-digit", "share"];
    assert_eq!(status(&run(folder.path(), &anyway)), 0);
}
