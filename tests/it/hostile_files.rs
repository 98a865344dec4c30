//! Things in a tree that cannot, must not or should not be read.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::run::{Tree, check_ledger, lines, of_type, os, text};

fn unit<'l>(lines: &'l [Value], path: &str) -> &'l Value {
    let units = of_type(lines, "unit");
    units
        .into_iter()
        .find(|unit| text(unit, "/path") == path)
        .unwrap_or_else(|| panic!("no {path}"))
}

#[test]
fn what_is_no_file_is_passed_over() {
    let tree = Tree::new(&[("a.txt", b"eva@example.com\n")]);
    let share = tree.path().join("share");
    let made = std::process::Command::new("mkfifo").arg(share.join("fifo")).status();
    assert!(made.unwrap().success());
    let _socket = UnixListener::bind(share.join("socket")).unwrap();
    symlink("a.txt", share.join("link")).unwrap();
    symlink(".", share.join("loop")).unwrap();
    symlink("/nowhere", share.join("broken")).unwrap();
    for args in [&[][..], &["--follow-links"]] {
        let lines = tree.scan(args);
        check_ledger(&lines);
        assert_eq!(unit(&lines, "fifo")["ledger"]["skipped"]["device"], 1);
        assert_eq!(unit(&lines, "socket")["ledger"]["skipped"]["device"], 1);
        assert_eq!(unit(&lines, "loop")["ledger"]["skipped"]["link"], 1);
        assert_eq!(unit(&lines, "broken")["ledger"]["skipped"]["link"], 1);
        let followed = !args.is_empty();
        assert_eq!(unit(&lines, "link")["findings"], u64::from(followed), "{args:?}");
        assert_eq!(lines.last().unwrap()["complete"], true);
    }
    assert_eq!(tree.run(&["scan", "share/fifo"]).status.code(), Some(2));
}

#[test]
fn what_may_not_be_read_is_listed() {
    let tree =
        Tree::new(&[("a.txt", b"eva@example.com\n"), ("b/c.txt", b"x\n"), ("d.txt", b"y\n")]);
    let share = tree.path().join("share");
    for path in ["b", "d.txt"] {
        fs::set_permissions(share.join(path), fs::Permissions::from_mode(0o000)).unwrap();
    }
    // Whoever may read everything cannot be shown this.
    let is_root = fs::read(share.join("d.txt")).is_ok();
    let out = tree.run(&["scan", "share", "--format", "ndjson"]);
    let lines = lines(&out.stdout);
    fs::set_permissions(share.join("b"), fs::Permissions::from_mode(0o700)).unwrap();
    check_ledger(&lines);
    if is_root {
        return;
    }
    assert_eq!(out.status.code(), Some(3));
    for path in ["b", "d.txt"] {
        assert_eq!(unit(&lines, path)["ledger"]["unread"]["permission_denied"], 1);
        assert_eq!(unit(&lines, path)["complete"], false);
    }
    assert_eq!(of_type(&lines, "unread").len(), 2);
    assert_eq!(lines.last().unwrap()["complete"], false);
}

#[test]
fn names_that_are_not_unicode_are_kept() {
    let tree = Tree::new(&[]);
    tree.add(os(b"r\xE5d/\xFF.txt"), b"eva@example.com\n");
    let lines = tree.scan(&[]);
    let finding = of_type(&lines, "finding")[0];
    assert_eq!(text(finding, "/location/path"), "r\u{FFFD}d/\u{FFFD}.txt");
    assert_eq!(text(finding, "/location/path_bytes"), "cuVkL/8udHh0");
}

#[test]
fn control_characters_in_names_are_harmless() {
    let tree = Tree::new(&[("a\x1B[2Jb\nc.pdf", b"%PDF-1.7\n")]);
    for format in ["ndjson", "json", "csv", "summary"] {
        let out = tree.run(&["scan", "share", "--format", format]).stdout;
        assert!(!out.contains(&0x1B), "{format}");
    }
}

#[test]
fn holes_cost_nothing() {
    let tree = Tree::new(&[]);
    let path = tree.add("sparse.txt", b"eva@example.com\n");
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    // A terabyte, of which two blocks are there.
    file.seek(SeekFrom::Start(1 << 40)).unwrap();
    file.write_all(b"\nkarl@example.com\n").unwrap();
    let lines = tree.scan(&[]);
    let found = of_type(&lines, "finding");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[1]["location"]["at"]["byte_start"], (1_u64 << 40) + 1);
    assert_eq!(found[1]["location"]["at"]["line"], 3);
}

#[test]
fn one_line_of_any_length_is_read() {
    let tree =
        Tree::new(&[("lång.txt", "skriv till eva@example.com nu ".repeat(100_000).as_bytes())]);
    let lines = tree.scan(&[]);
    assert_eq!(of_type(&lines, "finding").len(), 100_000);
    let deep = Tree::new(&[("a.json", "[".repeat(100_000).as_bytes())]);
    assert!(matches!(deep.run(&["scan", "share"]).status.code(), Some(0 | 3)));
}

#[test]
fn zeros_are_no_reason_not_to_read() {
    let log = [&[0_u8; 40][..], &b"2024-01-01 eva@example.com\n".repeat(50)].concat();
    let tree = Tree::new(&[("a.log", &log)]);
    assert_eq!(of_type(&tree.scan(&[]), "finding").len(), 50);
}

#[test]
fn sizes_and_patterns_leave_out() {
    let tree = Tree::new(&[
        ("a.txt", b"eva@example.com\n"),
        ("b.log", b"eva@example.com\n"),
        ("large.txt", &b"eva@example.com\n".repeat(1000)),
        ("tmp/c.txt", b"eva@example.com\n"),
    ]);
    let out = tree.run(&[
        "scan",
        "share",
        "--format",
        "ndjson",
        "--exclude",
        "tmp",
        "--include",
        "*.txt",
        "--max-size",
        "10000",
    ]);
    let lines = lines(&out.stdout);
    check_ledger(&lines);
    let paths: Vec<&str> =
        of_type(&lines, "finding").iter().map(|f| text(f, "/location/path")).collect();
    assert_eq!(paths, ["a.txt"]);
    assert_eq!(unit(&lines, "b.log")["ledger"]["skipped"]["exclude"], 1);
    assert_eq!(unit(&lines, "tmp")["ledger"]["skipped"]["exclude"], 1);
    assert_eq!(unit(&lines, "large.txt")["ledger"]["unread"]["too_large"], 1);
    assert_eq!(out.status.code(), Some(3));
}

/// What becomes of `path` when `change` happens between listing and reading.
fn after_change(change: fn(&Path), path: &str) {
    let tree = Tree::new(&[("a/b/c.txt", b"eva@example.com\n"), ("d.txt", b"inget\n")]);
    let outside = tree.path().join("outside");
    fs::create_dir_all(outside.join("b")).unwrap();
    fs::write(outside.join("b/c.txt"), "karl@example.com\n").unwrap();
    for source in ["share", "share/a/b/c.txt"] {
        let units = tree.run(&["units", source]).stdout;
        let share = tree.path().join("share");
        fs::rename(&share, tree.path().join("before")).unwrap();
        Command::new("cp")
            .args(["-r", "before", "share"])
            .current_dir(tree.path())
            .status()
            .unwrap();
        change(&share);
        let out = tree.run_with(&["work"], &units);
        assert_eq!(out.status.code(), Some(3), "{path}");
        let lines = lines(&out.stdout);
        check_ledger(&lines);
        let unread = of_type(&lines, "unread");
        assert_eq!(unread.len(), 1, "{path}: {unread:?}");
        assert_eq!(unread[0]["reason"], "changed", "{path}: {unread:?}");
        assert!(text(unread[0], "/location/path").ends_with("c.txt"));
        assert_eq!(of_type(&lines, "finding").len(), 0, "{path}");
        fs::remove_dir_all(&share).unwrap();
        fs::rename(tree.path().join("before"), &share).unwrap();
        // Above a file that was named by itself links are the user's own.
        if path != "a/b/c.txt" {
            break;
        }
    }
}

#[test]
fn what_has_become_something_else_is_not_read() {
    fn instead(path: PathBuf) -> PathBuf {
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.unwrap();
        path
    }
    let at = "a/b/c.txt";
    after_change(|share| fs::create_dir(instead(share.join("a/b/c.txt"))).unwrap(), at);
    after_change(|share| fs::remove_file(share.join("a/b/c.txt")).unwrap(), at);
    after_change(
        |share| symlink("../../../outside/b/c.txt", instead(share.join("a/b/c.txt"))).unwrap(),
        at,
    );
    after_change(|share| drop(UnixListener::bind(instead(share.join("a/b/c.txt")))), at);
    after_change(
        |share| {
            let made = Command::new("mkfifo").arg(instead(share.join("a/b/c.txt"))).status();
            assert!(made.unwrap().success());
        },
        at,
    );
    after_change(|share| symlink("../../outside/b", instead(share.join("a/b"))).unwrap(), "a/b");
    after_change(|share| symlink("../outside", instead(share.join("a"))).unwrap(), "a");
    after_change(|share| fs::write(instead(share.join("a/b")), "x").unwrap(), "a/b");
}

#[test]
fn a_file_named_by_a_link_is_read() {
    let tree = Tree::new(&[("a.txt", b"eva@example.com\n")]);
    symlink("share/a.txt", tree.path().join("link")).unwrap();
    let out = tree.run(&["scan", "link", "--format", "ndjson"]);
    let scanned = lines(&out.stdout);
    assert_eq!(of_type(&scanned, "finding").len(), 1);
    let units = tree.run(&["units", "link"]).stdout;
    let worked = lines(&tree.run_with(&["work"], &units).stdout);
    assert_eq!(of_type(&worked, "finding"), of_type(&scanned, "finding"));
}

#[test]
fn paths_may_be_longer_than_the_system_takes_at_once() {
    let tree = Tree::new(&[("a.txt", b"eva@example.com\n")]);
    let name = "x".repeat(200);
    // Each step goes down by a relative path, as nobody can name the whole.
    let script = format!(
        "cd share && for i in $(seq 30); do mkdir {name} && cd -P {name} || exit 1; done && \
         cp \"$0\" b.txt"
    );
    let letter = tree.path().join("share/a.txt");
    let mut made = Command::new("bash");
    made.args(["-c", &script]).arg(letter).current_dir(tree.path());
    assert!(made.status().unwrap().success());
    let out = tree.run(&["scan", "share", "--format", "ndjson"]);
    assert_eq!(out.status.code(), Some(0));
    let lines = lines(&out.stdout);
    check_ledger(&lines);
    let found = of_type(&lines, "finding");
    assert_eq!(found.len(), 2);
    assert!(text(found[1], "/location/path").len() > 6000);
}

#[test]
fn what_was_not_read_is_named_with_its_source() {
    let tree = Tree::new(&[("a/b.pdf", b"%PDF-1.7\n"), ("c.pdf", b"%PDF-1.7\n")]);
    let out = tree.run(&["scan", "share/a", "share/c.pdf", "--format", "summary"]).stdout;
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("\n  share/a/b.pdf: ") && out.contains("\n  share/c.pdf: "), "{out}");
}
