//! Rules of the user's own, from the file to the inventory, used as people use them.

use serde_json::Value;

use crate::run::{Tree, check_ledger, of_type, text, timeless};

const CUSTOMER: &str = "id = \"kundnummer\"\npattern = 'KD-\\d{6}'\n\
                        [keywords]\nfor = [\"kundnr\", \"kund nr\"]\nagainst = [\"artikel\"]\n";
const RECORD: &str = "id = \"journalnummer\"\ntitle = \"Medical record\"\nrequires = \"keyword\"\n\
                      check = \"luhn\"\nspecial_category = true\nnormalize = [\"strip_separators\"]\n\
                      pattern = '\\d{4}[ -]?\\d{4}'\n[keywords]\nfor = [\"journal\", \"journalnr\"]\n";
const PROJECTS: &str = "id = \"projekt\"\nterms = [\"Projekt Älgen\", \"Morkullan\"]\n";

/// Files to scan, and rules beside them.
fn tree(files: &[(&str, &[u8])], rules: &[(&str, &str)]) -> Tree {
    let tree = Tree::new(files);
    for (name, rule) in rules {
        tree.add(format!("../rules/{name}"), rule.as_bytes());
    }
    tree
}

fn sample() -> Tree {
    let files: [(&str, &[u8]); 4] = [
        (
            "brev.txt",
            "Hej! Kundnr KD-123456 gäller. Artikel KD-654321, xKD-111111, KD-1234567.\n\
                      Om projekt älgen: mejla eva@example.com. Journalnr 7712-9039 är rätt,\n\
                      journalnr 7712-9038 är fel.\n\n\nOch nr 7712 9039 är ingenting.\n"
                .as_bytes(),
        ),
        ("latin.txt", b"PROJEKT \xC4LGEN och morkullan, \xE5KD-222222\n"),
        ("lista.csv", b"Namn;Kundnr;Journal\nA;KD-333333;77129039\nB;;\nC;KD-444444;77129038\n"),
        ("x.json", "{\"person\": {\"kundnr\": \"KD-555555\", \"not\": \"Morkullan\"}}".as_bytes()),
    ];
    tree(&files, &[("k.toml", CUSTOMER), ("j.toml", RECORD), ("p.toml", PROJECTS)])
}

/// What was found: category, confidence, value.
fn found(lines: &[Value], category: &str) -> Vec<(String, String)> {
    let of = of_type(lines, "finding").into_iter().filter(|f| f["category"] == category);
    of.map(|f| (text(f, "/value/plain").to_owned(), text(f, "/confidence").to_owned())).collect()
}

fn check(lines: &[Value], category: &str, want: &[(&str, &str)]) {
    let got = found(lines, category);
    let got: Vec<(&str, &str)> = got.iter().map(|(v, c)| (v.as_str(), c.as_str())).collect();
    assert_eq!(got, want, "{category}");
}

#[test]
fn numbers_and_names_are_found_with_their_evidence() {
    let tree = sample();
    let lines = tree.scan(&["--rules", "rules", "--values", "plain", "--min-confidence", "low"]);
    check_ledger(&lines);
    check(
        &lines,
        "kundnummer",
        &[
            ("KD-123456", "high"),
            ("KD-654321", "low"),
            ("KD-333333", "high"),
            ("KD-444444", "high"),
            ("KD-555555", "high"),
        ],
    );
    check(&lines, "journalnummer", &[("7712-9039", "high"), ("77129039", "high")]);
    check(
        &lines,
        "projekt",
        &[
            ("projekt älgen", "medium"),
            ("PROJEKT ÄLGEN", "medium"),
            ("morkullan", "high"),
            ("Morkullan", "medium"),
        ],
    );
    let records = of_type(&lines, "finding");
    let record = records.iter().find(|f| f["category"] == "journalnummer").unwrap();
    assert_eq!(record["attributes"]["special_category"], true);
    assert_eq!(text(record, "/value/normalized"), "77129039");
    assert_eq!(record["evidence"], serde_json::json!(["context", "form", "check"]));
    assert_eq!(text(record, "/value/masked"), "******39");
    let summary = lines.last().unwrap();
    assert_eq!(summary["findings"]["projekt"]["medium"], 3);
    assert_eq!(summary["findings"]["email"]["high"], 1);
}

#[test]
fn masks_hide_names_and_short_numbers() {
    let lines = sample().scan(&["--rules", "rules"]);
    for finding in of_type(&lines, "finding").iter().filter(|f| f["category"] != "email") {
        let masked = text(finding, "/value/masked");
        let wanted = if finding["category"] == "journalnummer" { "******39" } else { "***" };
        assert_eq!(masked, wanted);
    }
}

#[test]
fn categories_are_asked_for_by_name() {
    let tree = sample();
    let lines = tree.scan(&["--rules", "rules/k.toml", "--categories", "kundnummer"]);
    let categories: Vec<&str> =
        of_type(&lines, "finding").iter().map(|f| text(f, "/category")).collect();
    assert_eq!(categories, ["kundnummer"; 4]);
    let output = tree.run(&["scan", "share", "--rules", "rules", "--categories", "kundnr"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("kundnummer") && told.contains("personnummer"), "{told}");
}

#[test]
fn three_steps_are_a_scan_and_merge_knows_what_it_was_not_told() {
    let tree = sample();
    let scanned = tree.run(&["scan", "share", "--rules", "rules", "--format", "ndjson"]);
    let units = tree.run(&["units", "share"]).stdout;
    let reports = tree.run_with(&["work", "--rules", "rules"], &units).stdout;
    let merged = tree.run_with(&["merge", "-", "--format", "ndjson"], &reports);
    assert_eq!(timeless(&merged.stdout), timeless(&scanned.stdout));
    let summary = tree.run_with(&["merge", "-", "--format", "summary"], &reports).stdout;
    assert!(String::from_utf8_lossy(&summary).contains("\nkundnummer "));
}

#[test]
fn all_forms_of_the_result_have_them() {
    let tree = sample();
    for format in ["json", "ndjson", "csv", "summary"] {
        let output = tree.run(&["scan", "share", "--rules", "rules", "--format", format]);
        assert_eq!(output.status.code(), Some(0), "{format}");
        for id in ["kundnummer", "journalnummer", "projekt"] {
            assert!(String::from_utf8_lossy(&output.stdout).contains(id), "{format}: {id}");
        }
    }
}

#[test]
fn the_digest_of_the_rules_covers_them() {
    let tree = sample();
    let digest = |args: &[&str]| text(&tree.scan(args)[0], "/rules").to_owned();
    let with_two = digest(&["--rules", "rules/k.toml", "--rules", "rules/p.toml"]);
    assert_ne!(digest(&[]), with_two);
    assert_eq!(with_two, digest(&["--rules", "rules/p.toml", "--rules", "rules/k.toml"]));
}

#[test]
fn explain_tells_of_them() {
    let tree = sample();
    let output = tree.run(&["explain", "share/brev.txt", "--rules", "rules", "--values", "plain"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in [
        "kundnummer  high, 85 points  KD-123456",
        "it has the form that your rule describes",
        "it is on the list of your rule",
        "journalnummer  turned down  7712-9038\n  it does not pass the check that your rule asks for",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn rules_are_listed_shown_and_tested() {
    let tree = sample();
    let said = |args: &[&str]| {
        let output = tree.run(&[&["rules"], args, &["--rules", "rules"]].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert!(said(&["list"]).1.contains("\njournalnummer "));
    let (_, shown) = said(&["show", "journalnummer"]);
    assert!(shown.contains("\\d{4}[ -]?\\d{4}") && shown.contains("'luhn'"), "{shown}");
    assert_eq!(said(&["test"]).0, Some(0));
    let wrong = "\n[[negative]]\ntext = \"KD-123456\"\n";
    tree.add("../rules/k.toml", format!("{CUSTOMER}{wrong}").as_bytes());
    let (status, told) = said(&["test"]);
    assert_eq!(status, Some(1));
    assert!(told.contains("kundnummer: KD-123456\n    should find nothing"), "{told}");
}

#[test]
fn the_examples_in_the_repository_hold() {
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/rules");
    let output = Tree::new(&[]).run(&["rules", "test", "--rules", rules]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Refused with status 2, nothing scanned, and all of this said.
fn check_refused(rules: &[(&str, &str)], path: &str, said: &[&str]) {
    let output = tree(&[("a.txt", b"x")], rules).run(&["scan", "share", "--rules", path]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
    for part in said {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn mistakes_are_told_all_at_once_with_their_places() {
    let three = "id = \"Kund\"\npattern = 'KD-(\\d'\ncheck = \"luhm\"\n";
    let other = "id = \"email\"\nterms = [\"ab\"]\nkeyword = []\n";
    check_refused(
        &[("a.toml", three), ("b.toml", other)],
        "rules",
        &[
            "rules/a.toml:1:6: an id begins with a to z",
            "rules/a.toml:2:15: the pattern is wrong: unclosed group",
            "rules/a.toml:3:9: 'check' is one of: luhn,",
            "rules/b.toml:1:6: 'email' is built in",
            "rules/b.toml:2:10: a term has at least 3",
            "rules/b.toml:3:1: there is no 'keyword': did you mean 'keywords'?",
        ],
    );
    check_refused(&[], "rules", &["rules: there is no such file or folder"]);
    check_refused(&[("readme.md", "")], "rules", &["no rule file (*.toml)"]);
    let twice = [("a.toml", CUSTOMER), ("b.toml", CUSTOMER)];
    check_refused(&twice, "rules", &["rules/b.toml:1:6: 'kundnummer' is the id", "rules/a.toml"]);
    check_refused(&[("a.toml", "id = \"a\nx")], "rules", &["rules/a.toml:1:"]);
}

#[test]
fn what_lies_across_blocks_is_found_once() {
    let mut long = Vec::new();
    for n in 0..40_000 {
        long.extend_from_slice(
            format!("rad {n} KD-{:06} och morkullan\n", n % 1_000_000).as_bytes(),
        );
    }
    let tree = tree(&[("long.txt", &long)], &[("k.toml", CUSTOMER), ("p.toml", PROJECTS)]);
    for jobs in ["1", "2"] {
        let args = ["--rules", "rules", "--categories", "kundnummer,projekt", "--jobs", jobs];
        let lines = tree.scan(&args);
        let summary = lines.last().unwrap();
        assert_eq!(summary["findings"]["kundnummer"]["medium"], 40_000, "{jobs} jobs");
        assert_eq!(summary["findings"]["projekt"]["medium"], 40_000, "{jobs} jobs");
        let ids: std::collections::BTreeSet<&str> =
            of_type(&lines, "finding").iter().map(|f| text(f, "/id")).collect();
        assert_eq!(ids.len(), 80_000);
    }
}
