//! Protected documents: what a known password opens is read, the rest is listed.

use std::fs;

use crate::run::{Tree, check_ledger, lines, of_type, text};

/// Documents that open with `hemligt ord`, and how many addresses are in them.
const LOCKED: [(&str, usize); 5] =
    [("aes256.pdf", 2), ("rc4.pdf", 2), ("list.zip", 1), ("list.7z", 1), ("names.7z", 1)];

fn tree() -> Tree {
    let tree = Tree::new(&[]);
    for (name, _) in LOCKED {
        let path = format!("{}/fixtures/locked/{name}", env!("CARGO_MANIFEST_DIR"));
        tree.add(name, &fs::read(path).unwrap());
    }
    fs::write(tree.path().join("passwords"), "fel\r\nännu ett fel\nhemligt ord\n").unwrap();
    tree
}

#[test]
fn what_a_password_opens_is_read() {
    let tree = tree();
    let lines = tree.scan(&["--password-file", "passwords"]);
    check_ledger(&lines);
    assert_eq!(of_type(&lines, "unread").len(), 0, "{lines:?}");
    for (name, count) in LOCKED {
        let found = of_type(&lines, "finding");
        let found = found.iter().filter(|line| text(line, "/location/path") == name);
        assert_eq!(found.count(), count, "{name}");
    }
}

#[test]
fn what_none_opens_is_listed_and_no_password_is_shown() {
    let tree = tree();
    fs::write(tree.path().join("passwords"), "fel\nannat fel\n").unwrap();
    for args in [&["--password-file", "passwords"][..], &[]] {
        let args = [&["scan", "share", "--format", "ndjson"], args].concat();
        let out = tree.run(&args);
        assert_eq!(out.status.code(), Some(3));
        let shown = [out.stdout.as_slice(), &out.stderr].concat();
        assert!(!String::from_utf8_lossy(&shown).contains("annat fel"));
        let lines = lines(&out.stdout);
        check_ledger(&lines);
        let unread = of_type(&lines, "unread");
        assert_eq!(unread.len(), LOCKED.len(), "{unread:?}");
        assert!(unread.iter().all(|line| line["reason"] == "encrypted"), "{unread:?}");
    }
}

#[test]
fn a_password_file_that_is_not_there_stops_the_run() {
    let out = tree().run(&["scan", "share", "--password-file", "nowhere"]);
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("nowhere"), "{said}");
}
