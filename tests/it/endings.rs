//! How runs end that do not come to their end: signals, lists with mistakes, full disks.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::run::{Tree, check_ledger, lines, of_type, text};

const MAIL: &[u8] = b"mejla eva@example.com\n";

/// Runs it with standard input left open after `input`; ends it by a signal when it has had time to
/// read that. What it leaves, and how long it took to end.
fn interrupt(tree: &Tree, args: &[&str], input: &[u8], signal: &str) -> (i32, Duration) {
    let mut command = tree.command(args);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input).unwrap();
    wait_until_idle(&child);
    let begun = Instant::now();
    send(&child, signal);
    let status = child.wait().unwrap().code().unwrap();
    (status, begun.elapsed())
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// Until it hears signals and has had nothing to do for a while.
fn wait_until_idle(child: &Child) {
    let used = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.split(' ').skip(13).take(2).collect();
        fields.join(" ")
    };
    let mut last = String::new();
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = used();
        if std::mem::replace(&mut last, now.clone()) == now {
            return;
        }
    }
}

#[test]
fn who_waits_for_standard_input_ends_at_once() {
    let tree = Tree::new(&[("a.txt", MAIL)]);
    for (args, signal, wanted) in [
        (&["scan", "-", "-o", "out"][..], "-INT", 130),
        (&["scan", "share", "-", "-o", "out", "--jobs", "1"], "-TERM", 143),
        (&["work", "-o", "out"], "-INT", 130),
        (&["text", "-", "-o", "out"], "-INT", 130),
    ] {
        let (status, took) = interrupt(&tree, args, b"", signal);
        assert_eq!(status, wanted, "{args:?}");
        assert!(took < Duration::from_millis(500), "{args:?}: {took:?}");
        assert!(tree.path().join("out.partial").exists(), "{args:?}");
    }
}

#[test]
fn what_was_being_read_is_listed() {
    let tree = Tree::new(&[("a.txt", MAIL)]);
    for (input, partial, ledger) in [
        (Vec::new(), Value::Null, "/ledger/unread/limit"),
        (MAIL.repeat(50_000), Value::Bool(true), "/ledger/partial"),
    ] {
        let args = ["scan", "share", "-", "--format", "ndjson", "-o", "out"];
        let (status, _) = interrupt(&tree, &args, &input, "-INT");
        assert_eq!(status, 130);
        let lines = lines(&fs::read(tree.path().join("out.partial")).unwrap());
        check_ledger(&lines);
        let unread = of_type(&lines, "unread");
        assert_eq!(unread.len(), 1, "{unread:?}");
        assert_eq!(unread[0]["location"]["path"], "stdin");
        assert_eq!(unread[0].get("partial").unwrap_or(&Value::Null), &partial);
        let unit = of_type(&lines, "unit").into_iter().find(|unit| unit["path"] == "stdin");
        assert_eq!(unit.unwrap()["complete"], false);
        let summary = lines.last().unwrap();
        assert_eq!(summary.pointer(ledger), Some(&Value::from(1)), "{summary}");
        assert_eq!((&summary["complete"], &summary["interrupted"]), (&false.into(), &true.into()));
        let found = of_type(&lines, "finding").len();
        assert_eq!(summary["findings"]["email"]["high"], found, "{summary}");
    }
}

#[test]
fn every_form_says_that_it_was_cut_short() {
    let tree = Tree::new(&[("a.txt", MAIL)]);
    for (format, mark) in [
        ("json", "\"complete\":false,\"interrupted\":true"),
        ("ndjson", "\"complete\":false,\"interrupted\":true"),
        ("csv", "\nincomplete;;;;;;;;;interrupted: this is not all;"),
        ("summary", "interrupted: this is not all"),
    ] {
        let args = ["scan", "share", "-", "--format", format, "-o", "out"];
        interrupt(&tree, &args, b"", "-INT");
        let left = fs::read_to_string(tree.path().join("out.partial")).unwrap();
        assert!(left.contains(mark), "{format}: {left}");
        let whole = tree.run(&["scan", "share", "--format", format]).stdout;
        assert!(!String::from_utf8(whole).unwrap().contains(mark), "{format}");
    }
}

#[test]
fn a_broken_line_makes_the_stream_of_work_incomplete() {
    let tree = Tree::new(&[("a.txt", MAIL)]);
    let mut units = tree.run(&["units", "share"]).stdout;
    fs::write(tree.path().join("units"), &units).unwrap();
    units.extend_from_slice(b"{\"type\":\"unit\",\"id\":\"19850820-2390\"\n");
    units.resize(units.len() + (2 << 20), b'x');
    let out = tree.run_with(&["work"], &units);
    assert_eq!(out.status.code(), Some(3));
    let said = String::from_utf8(out.stderr).unwrap();
    fs::write(tree.path().join("stream"), &out.stdout).unwrap();
    let merged = tree.run(&["merge", "--format", "ndjson", "stream"]);
    assert_eq!(merged.status.code(), Some(3));
    for stream in [&out.stdout, &merged.stdout] {
        let lines = lines(stream);
        let summary = lines.last().unwrap();
        assert_eq!(summary["complete"], false);
        assert!(text(summary, "/reasons/0").contains("line 3 of the list"), "{summary}");
        assert!(text(summary, "/reasons/1").contains("line 4 of the list"), "{summary}");
        assert_eq!(of_type(&lines, "finding").len(), 1);
        assert!(said.contains(text(summary, "/reasons/0")), "{said}");
    }
    assert!(!said.contains("2390"), "{said}");
    // With the list, what is in the streams is known to be all.
    let args = ["merge", "--format", "ndjson", "stream", "--units", "units"];
    let merged = tree.run(&args);
    assert_eq!(merged.status.code(), Some(0));
    assert_eq!(lines(&merged.stdout).last().unwrap()["complete"], true);
}

#[test]
fn no_number_and_no_line_is_too_large_to_merge() {
    let tree = Tree::new(&[("a.txt", MAIL), ("b.txt", MAIL)]);
    let units = tree.run(&["units", "share"]).stdout;
    let stream = String::from_utf8(tree.run_with(&["work"], &units).stdout).unwrap();
    let most = format!("\"scanned\":{}", u64::MAX);
    let odd = stream
        .replace("\"scanned\":1", &most)
        .replace("\"bytes\":22", "\"bytes\":18446744073709551615");
    assert_ne!(odd, stream);
    fs::write(tree.path().join("odd"), odd).unwrap();
    let merged = tree.run(&["merge", "--format", "ndjson", "odd"]);
    assert_eq!(merged.status.code(), Some(0), "{merged:?}");
    assert_eq!(lines(&merged.stdout).last().unwrap()["ledger"]["seen"], u64::MAX);
    fs::write(tree.path().join("long"), vec![b'x'; 9 << 20]).unwrap();
    let refused = tree.run(&["merge", "long"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("a line is longer than"));
}

#[test]
fn a_reader_that_takes_one_line_is_enough() {
    let tree = Tree::new(&[("a.txt", &MAIL.repeat(100_000))]);
    let mut command = tree.command(&["text", "share"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("eva@"));
    let out = child.wait_with_output().unwrap();
    assert_eq!((out.status.code(), out.stderr.as_slice()), (Some(0), &b""[..]));
}

/// Runs a shell's script beside `share`, with the program as `$0`; its status and what it says.
fn script(tree: &Tree, script: &str) -> (i32, String) {
    let mut shell = Command::new("bash");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_sparhund")]).current_dir(tree.path());
    let out = shell.output().unwrap();
    (out.status.code().unwrap(), String::from_utf8(out.stderr).unwrap())
}

#[test]
fn a_full_disk_leaves_nothing_that_looks_like_a_result() {
    let tree = Tree::new(&[("a.txt", &MAIL.repeat(20_000))]);
    fs::write(tree.path().join("out"), "of yesterday").unwrap();
    for command in ["scan share --format ndjson", "scan share --format csv", "text share"] {
        // Files may have 8 KiB; the signal that says so is not heard.
        let limited = format!("trap '' XFSZ; ulimit -f 8; \"$0\" {command} -o out");
        let (status, said) = script(&tree, &limited);
        assert_eq!(status, 4, "{command}: {said}");
        assert!(said.contains("cannot be written to out: File too large"), "{command}: {said}");
        assert!(!tree.path().join("out.partial").exists(), "{command}");
        assert_eq!(fs::read(tree.path().join("out")).unwrap(), b"of yesterday");
    }
    for command in ["scan share", "text share", "units share", "schema", "explain share/a.txt"] {
        let (status, said) = script(&tree, &format!("\"$0\" {command} > /dev/full"));
        assert_eq!(status, 4, "{command}: {said}");
        assert!(said.contains("standard output: No space left"), "{command}: {said}");
        let (status, said) =
            script(&tree, &format!("set -o pipefail; \"$0\" {command} | head -c 1 > /dev/null"));
        assert_eq!((status, said.as_str()), (0, ""), "{command}");
    }
}

#[test]
fn a_full_folder_for_temporary_files_is_named() {
    let files: Vec<(String, Vec<u8>)> =
        (0..3_000).map(|n| (format!("{n}.txt"), b"inget\n".to_vec())).collect();
    let named: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (&name[..], &text[..])).collect();
    let tree = Tree::new(&named);
    let (status, said) = script(&tree, "TMPDIR=/nowhere \"$0\" scan share -o out");
    assert_eq!(status, 4, "{said}");
    assert!(said.contains("in the folder for temporary files, /nowhere: "), "{said}");
}
