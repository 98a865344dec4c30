//! A tree in, an inventory out.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::run::{Tree, check_ledger, lines, of_type, text, timeless};

// Personal identity numbers from Skatteverket's list of test numbers, phones from PTS's numbers for
// drama, mail at example domains.
const LETTER: &str = "Hej!\nIngvar, personnummer 390920-8419, nås på 070-174 06 05\n\
                      eller ingvar@example.com.\n";
const TABLE: &str = "Namn;Personnr;E-post\nEva;19850820-2390;eva@example.com\n\
                     \"Karl;\nEmil\";19390920-8419;karl@example.org\n";

fn sample() -> Tree {
    Tree::new(&[
        ("a/brev.txt", LETTER.as_bytes()),
        ("a/lista.csv", TABLE.as_bytes()),
        ("a.txt", b"ingenting\n"),
        ("b/ordlista 070-174 06 05.md", b"# Ord\n"),
        ("b/program", b"\x7FELF\x02\x01\x01\0\0\0\0\0"),
        ("b/rapport.rar", b"Rar!\x1A\x07"),
        ("b/tom.txt", b""),
        ("c.json", br#"{"person": {"epost": "anna@example.com"}}"#),
    ])
}

#[test]
fn the_stream_has_the_form_of_the_contract() {
    let tree = sample();
    let lines = tree.scan(&[]);
    check_ledger(&lines);
    assert_eq!(lines[0]["type"], "header");
    assert_eq!(lines[1]["type"], "source");
    assert_eq!(lines[1]["id"], "share");
    let paths: Vec<&str> = of_type(&lines, "unit").iter().map(|u| text(u, "/path")).collect();
    let want = [
        "",
        "a",
        "a/brev.txt",
        "a/lista.csv",
        "a.txt",
        "b",
        "b/ordlista 070-174 06 05.md",
        "b/program",
        "b/rapport.rar",
        "b/tom.txt",
        "c.json",
    ];
    assert_eq!(paths, want);
    let summary = lines.last().unwrap();
    assert_eq!(summary["complete"], true);
    assert_eq!(summary["ledger"]["skipped"]["binary"], 1);
    assert_eq!(summary["ledger"]["unread"]["unsupported"], 1);
}

#[test]
fn findings_say_where_they_are() {
    let tree = sample();
    let lines = tree.scan(&["--values", "plain"]);
    let mut fields = Vec::new();
    for finding in of_type(&lines, "finding") {
        let at = &finding["location"]["at"];
        if at["kind"] == "name" {
            assert_eq!(text(finding, "/location/path"), "b/ordlista 070-174 06 05.md");
            continue;
        }
        let file =
            fs::read(tree.path().join("share").join(text(finding, "/location/path"))).unwrap();
        let place = |key: &str| usize::try_from(at[key].as_u64().unwrap()).unwrap();
        let stored = &file[place("byte_start")..place("byte_end")];
        assert_eq!(stored, text(finding, "/value/plain").as_bytes(), "{finding}");
        let before = std::str::from_utf8(&file[..place("byte_start")]).unwrap();
        assert_eq!(place("line"), before.matches('\n').count() + 1, "{finding}");
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        assert_eq!(place("column"), column, "{finding}");
        fields.push((text(finding, "/category"), text(at, "/field")));
    }
    for want in [
        ("personnummer", ""),
        ("phone", ""),
        ("email", ""),
        ("personnummer", "Personnr"),
        ("email", "E-post"),
        ("email", "/person/epost"),
    ] {
        assert!(fields.contains(&want), "{want:?} in {fields:?}");
    }
}

#[test]
fn ids_are_unique_and_stay() {
    let tree = sample();
    let ids = |lines: &[Value]| -> Vec<String> {
        lines.iter().filter(|l| l["id"] != "share").map(|l| text(l, "/id").to_owned()).collect()
    };
    let (first, again) = (ids(&tree.scan(&[])), ids(&tree.scan(&["--values", "plain"])));
    assert_eq!(first, again);
    let found: BTreeSet<&String> = first.iter().filter(|id| !id.is_empty()).collect();
    assert_eq!(found.len(), first.iter().filter(|id| !id.is_empty()).count());
}

#[test]
fn nothing_is_shown_that_was_not_asked_for() {
    let tree = sample();
    for format in ["ndjson", "json", "csv", "summary"] {
        let out = tree.run(&["scan", "share", "--format", format, "--mask-paths"]).stdout;
        let out = String::from_utf8(out).unwrap();
        for value in ["-8419", "-2390", "208419", "202390", "eva@", "ingvar@", "174 06", "1740605"]
        {
            assert!(!out.contains(value), "{value} in {format}: {out}");
        }
    }
}

#[test]
fn tokens_join_what_is_equal() {
    let tree = sample();
    fs::write(tree.path().join("key"), "0123456789abcdef".repeat(4)).unwrap();
    let lines = tree.scan(&["--values", "token", "--key-file", "key"]);
    let tokens = |category: &str| -> Vec<&str> {
        let of = |f: &&&Value| f["category"] == category;
        let found = of_type(&lines, "finding");
        found.iter().filter(of).map(|f| text(f, "/value/token")).collect()
    };
    let numbers = tokens("personnummer");
    assert_eq!(numbers.len(), 3);
    assert_eq!((numbers[0].len(), numbers[0]), (32, numbers[2]));
    assert_ne!(numbers[0], numbers[1]);
    assert_eq!(tree.run(&["scan", "share", "--values", "token"]).status.code(), Some(2));
}

#[test]
fn forms_hold_the_same_findings() {
    let tree = sample();
    let stream = tree.scan(&[]);
    let json: Value = serde_json::from_slice(&tree.run(&["scan", "share"]).stdout).unwrap();
    for (section, kind) in [("findings", "finding"), ("units", "unit"), ("unread", "unread")] {
        let want: Vec<Value> = of_type(&stream, kind).into_iter().cloned().collect();
        assert_eq!(json[section].as_array().unwrap(), &want, "{section}");
    }
    let csv = tree.run(&["scan", "share", "--format", "csv"]).stdout;
    let rows = String::from_utf8(csv).unwrap().matches("\r\n").count();
    assert_eq!(rows, of_type(&stream, "finding").len() + 1);
}

/// Large enough to be shared by workers, with rows that hold line ends.
fn large() -> Tree {
    let tree = sample();
    let mut table = String::from("Nr;Text;E-post\n");
    for n in 0..160_000 {
        let text = if n % 7 == 0 { "\"rad;\nett\"" } else { "ingenting att se här" };
        let mail = if n % 13 == 0 { "eva@example.com" } else { "" };
        table.push_str(&format!("{n};{text};{mail}\n"));
        table.push_str(&"x".repeat(n % 50));
        table.push_str(";;\n");
    }
    assert!(table.len() > 8 << 20);
    tree.add("stor.csv", table.as_bytes());
    tree.add("stor.txt", LETTER.repeat(100_000).as_bytes());
    for n in 0..300 {
        tree.add(format!("d/{n}.txt"), LETTER.as_bytes());
    }
    tree
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let tree = large();
    let scan = |jobs: &str| {
        let out = tree.run(&["scan", "share", "--format", "ndjson", "--jobs", jobs]).stdout;
        timeless(&out)
    };
    let one = scan("1");
    assert!(one.lines().count() > 300_000);
    for jobs in ["2", "8"] {
        // Not `assert_eq`: nobody wants to read that difference.
        assert!(scan(jobs) == one, "--jobs {jobs} finds something else");
    }
}

#[test]
fn every_name_of_a_file_is_a_place() {
    let tree = Tree::new(&[("a/brev.txt", LETTER.as_bytes())]);
    let share = tree.path().join("share");
    for other in ["a/kopia.txt", "b.txt"] {
        fs::hard_link(share.join("a/brev.txt"), share.join(other)).unwrap();
    }
    let lines = tree.scan(&[]);
    check_ledger(&lines);
    let without_place = |path: &str| -> Vec<Value> {
        let of = |f: &&&Value| text(f, "/location/path") == path;
        let mut found: Vec<Value> =
            of_type(&lines, "finding").iter().filter(of).map(|f| (*f).clone()).collect();
        for finding in &mut found {
            finding["id"] = Value::Null;
            finding["location"]["path"] = Value::Null;
        }
        found
    };
    let first = without_place("a/brev.txt");
    assert_eq!(first.len(), 3);
    assert_eq!(without_place("a/kopia.txt"), first);
    assert_eq!(without_place("b.txt"), first);
    let ids: BTreeSet<&str> = of_type(&lines, "finding").iter().map(|f| text(f, "/id")).collect();
    assert_eq!(ids.len(), 9);
    // The ids are those that each place has by itself.
    fs::remove_file(share.join("b.txt")).unwrap();
    fs::copy(share.join("a/brev.txt"), share.join("b.txt")).unwrap();
    let again = tree.scan(&[]);
    let again: BTreeSet<&str> = of_type(&again, "finding").iter().map(|f| text(f, "/id")).collect();
    assert_eq!(ids, again);
}

#[test]
fn standard_input_is_a_source() {
    let tree = sample();
    let out = tree.run_with(&["scan", "-", "--format", "ndjson"], LETTER.as_bytes());
    let lines = lines(&out.stdout);
    assert_eq!(of_type(&lines, "finding").len(), 3);
    assert_eq!(text(lines[2..].first().unwrap(), "/location/path"), "stdin");
}

#[test]
fn a_single_file_is_a_source() {
    let tree = sample();
    let found = lines(&tree.run(&["scan", "share/a/brev.txt", "--format", "ndjson"]).stdout);
    assert_eq!(text(&found[2], "/location/path"), "brev.txt");
    check_ledger(&found);
}

#[test]
fn what_cannot_be_begun_is_said() {
    let tree = sample();
    assert_eq!(tree.run(&["scan", "nowhere"]).status.code(), Some(2));
    let out = tree.run(&["scan", "share", "-o", "no/such/folder/out"]);
    assert_eq!(out.status.code(), Some(4));
    let full = tree.run(&["scan", "share", "-o", "/dev/full"]);
    assert_eq!(full.status.code(), Some(4));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let tree = large();
    let mut command = tree.command(&["scan", "share", "--format", "ndjson"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn an_interrupted_run_ends_in_a_valid_inventory() {
    let tree = sample();
    let mut command = tree.command(&["scan", "share", "-", "--format", "ndjson", "-o", "out"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let partial = tree.path().join("out.partial");
    // The folder is scanned while nobody writes to standard input.
    while fs::read(&partial).map_or(0, |text| text.len()) == 0
        && child.try_wait().unwrap().is_none()
    {
        std::thread::yield_now();
        if tree.path().join("out.partial").exists() {
            break;
        }
    }
    let id = i32::try_from(child.id()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let kill = std::process::Command::new("kill").args(["-INT", &id.to_string()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!tree.path().join("out").exists());
    let lines = lines(&fs::read(partial).unwrap());
    assert_eq!(lines.last().unwrap()["complete"], false);
    assert!(of_type(&lines, "finding").len() > 3);
}

#[test]
fn a_source_has_one_name_however_it_is_written() {
    let tree = sample();
    let scan = |source: &str| timeless(&tree.run(&["scan", source, "--format", "ndjson"]).stdout);
    let plain = scan("share");
    assert!(plain.contains("\"id\":\"share\""), "{plain}");
    for source in ["./share", "share/", ".//share/./", "share/."] {
        assert_eq!(scan(source), plain, "{source}");
    }
    let file = scan("share/c.json");
    assert_eq!(scan("./share//c.json"), file);
}

#[test]
fn what_is_named_by_itself_is_read_whatever_the_patterns_say() {
    let tree = sample();
    for more in [&["--exclude", "*.txt"][..], &["--include", "*.csv"]] {
        let args = [&["scan", "share/a/brev.txt", "--format", "ndjson"], more].concat();
        let lines = lines(&tree.run(&args).stdout);
        assert_eq!(of_type(&lines, "finding").len(), 3, "{more:?}");
    }
}

#[test]
fn no_path_shows_what_is_masked() {
    let tree = Tree::new(&[
        ("19850820-2390/eva@example.com.txt", b"mejla karl@example.org\n"),
        ("19850820-2390/rapport.rar", b"Rar!\x1A\x07\n"),
    ]);
    let personal = ["2390", "eva@example", "karl@example"];
    let hides = |out: &[u8], what: &str| {
        let out = String::from_utf8(out.to_vec()).unwrap();
        personal.iter().for_each(|value| assert!(!out.contains(value), "{what}: {out}"));
        assert!(out.contains("1985****-****"), "{what}: {out}");
    };
    let source = "share/19850820-2390";
    let units = tree.run(&["units", source]).stdout;
    for more in [&[][..], &["--categories", "dietary"]] {
        for format in ["json", "ndjson", "csv"] {
            // A category that is not looked for is masked all the same; its table is then empty.
            if format == "csv" && !more.is_empty() {
                continue;
            }
            let args = [&["scan", source, "--mask-paths", "--format", format], more].concat();
            hides(&tree.run(&args).stdout, format);
        }
        let out = tree.run_with(&[&["work", "--mask-paths"], more].concat(), &units);
        hides(&out.stdout, "work");
    }
    let masked = lines(&tree.run(&["scan", source, "--mask-paths", "--format", "ndjson"]).stdout);
    let plain = lines(&tree.run(&["scan", source, "--format", "ndjson"]).stdout);
    let ids = |lines: &[Value]| -> Vec<String> {
        lines.iter().skip(2).map(|line| text(line, "/id").to_owned()).collect()
    };
    assert_eq!(ids(&masked), ids(&plain));
    assert_eq!(masked[1]["id"], "share/1985****-****");

    for args in [
        &["scan", "19850820-2390"][..],
        &["merge", "19850820-2390"],
        &["merge", "--units", "19850820-2390", "share/19850820-2390/rapport.rar"],
        &["merge", "share/19850820-2390/rapport.rar"],
        &["scan", source, "-o", "19850820-2390/out"],
        &["scan", source, "--values", "token", "--key-file", "19850820-2390.key"],
        &["explain", source],
        &["key", "new", source],
    ] {
        hides(&tree.run(args).stderr, &format!("{args:?}"));
    }
}

#[test]
fn findings_stand_in_the_order_of_their_places() {
    // Twice: the second name of a file is written from what was kept of the first.
    let page = "<html><body><p>Skriv till <a href='mailto:eva@example.com'>karl@example.org</a>\n\
                eller <a title=\"anna@example.com\" href='tel:070-174 06 05'>070-174 06 06</a>, \
                emil@example.org</p></body></html>\n";
    let tree = Tree::new(&[("a.html", page.as_bytes())]);
    fs::hard_link(tree.path().join("share/a.html"), tree.path().join("share/b.html")).unwrap();
    let lines = tree.scan(&["--min-confidence", "low"]);
    for path in ["a.html", "b.html"] {
        let found = of_type(&lines, "finding");
        let starts: Vec<u64> = found
            .iter()
            .filter(|finding| text(finding, "/location/path") == path)
            .map(|finding| finding["location"]["at"]["byte_start"].as_u64().unwrap())
            .collect();
        assert_eq!(starts.len(), 6, "{path}: {found:?}");
        assert!(starts.is_sorted(), "{path}: {starts:?}");
    }
    let told = String::from_utf8(tree.run(&["explain", "share/a.html"]).stdout).unwrap();
    let columns: Vec<(u32, u32)> = told
        .lines()
        .filter_map(|line| {
            let mut place = line.strip_prefix("share/a.html:")?.split([':', ' ']);
            Some((place.next()?.parse().ok()?, place.next()?.parse().ok()?))
        })
        .collect();
    assert!(columns.len() >= 6 && columns.is_sorted(), "{told}");
}
