//! `units | work | merge` is `scan`, in any order, with repeats.

use std::fs;

use proptest::prelude::*;

use crate::run::{Tree, lines, of_type, timeless};

fn sample() -> Tree {
    let tree = Tree::new(&[
        ("a/1.txt", b"mejla eva@example.com, eller 070-174 06 05\n"),
        ("a/070-174 06 05.txt", b""),
        ("a.csv", b"Namn;Personnr\nEva;19850820-2390\nKarl;390920-8419\n"),
        ("a-b/2.txt", b"ring 19850820-2390\n"),
        ("b.rar", b"Rar!\x1A\x07"),
        ("b.txt.gz", &crate::nested::gzip(&b"eva@example.com, 070-174 06 05\n"[..])),
        ("c/program", b"\x7FELF\x02\x01\x01\0"),
        ("c/sträng.txt", b"karl@example.org\n"),
    ]);
    std::os::unix::fs::symlink("a", tree.path().join("share/to-a")).unwrap();
    tree.add(crate::run::os(b"r\xE5d.txt"), b"anna@example.com\n");
    tree
}

/// The reports of the units whose lines are given, as a file; its name.
fn work(tree: &Tree, units: &[&str], n: usize) -> String {
    let out = tree.run_with(&["work"], units.concat().as_bytes());
    assert!(matches!(out.status.code(), Some(0 | 3)), "{out:?}");
    let name = format!("reports-{n}");
    fs::write(tree.path().join(&name), out.stdout).unwrap();
    name
}

fn merge(tree: &Tree, streams: &[String], more: &[&str]) -> (Option<i32>, String) {
    let mut args = vec!["merge", "--format", "ndjson"];
    args.extend(more);
    args.extend(streams.iter().map(String::as_str));
    let out = tree.run(&args);
    (out.status.code(), timeless(&out.stdout))
}

#[test]
fn three_steps_are_a_scan() {
    let tree = sample();
    let scan = tree.run(&["scan", "share", "--format", "ndjson"]);
    let units = String::from_utf8(tree.run(&["units", "share"]).stdout).unwrap();
    let all: Vec<&str> = units.split_inclusive('\n').collect();
    fs::write(tree.path().join("units"), &units).unwrap();
    let reports = work(&tree, &all, 0);
    let (status, merged) = merge(&tree, &[reports], &["--units", "units"]);
    assert_eq!(status, scan.status.code());
    assert_eq!(merged, timeless(&scan.stdout));
    assert!(of_type(&lines(merged.as_bytes()), "finding").len() > 5, "{merged}");
}

#[test]
fn merging_has_its_laws() {
    let tree = sample();
    let units = String::from_utf8(tree.run(&["units", "share"]).stdout).unwrap();
    let all: Vec<&str> = units.split_inclusive('\n').collect();
    // Every stream has some of the units, each unit is in one or more of them.
    let streams: Vec<String> = (0..4)
        .map(|n| {
            let of = |(at, _): &(usize, &&str)| at % 4 == n || at % 3 == n;
            let some: Vec<&str> =
                all.iter().enumerate().filter(of).map(|(_, unit)| *unit).collect();
            work(&tree, &some, n)
        })
        .collect();
    let whole = merge(&tree, &streams, &[]);
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() };
    proptest!(config, |(order in Just(streams.clone()).prop_shuffle(), cut in 0_usize..5)| {
        // Commutative, and idempotent.
        prop_assert_eq!(&merge(&tree, &order, &[]), &whole);
        let twice = [&order[..], &order[..cut.min(order.len())]].concat();
        prop_assert_eq!(&merge(&tree, &twice, &[]), &whole);
        // Associative: what was merged can be merged.
        let (left, right) = order.split_at(cut.min(order.len()).clamp(1, order.len() - 1));
        let part = merge_raw(&tree, left);
        let rest = [&[part][..], right].concat();
        prop_assert_eq!(&merge(&tree, &rest, &["--min-confidence", "low"]).1,
            &merge(&tree, &streams, &["--min-confidence", "low"]).1);
    });
}

/// A merged stream, as a file.
fn merge_raw(tree: &Tree, streams: &[String]) -> String {
    let mut args = vec!["merge", "--format", "ndjson", "--min-confidence", "low"];
    args.extend(streams.iter().map(String::as_str));
    let name = "merged".to_owned();
    fs::write(tree.path().join(&name), tree.run(&args).stdout).unwrap();
    name
}

#[test]
fn a_unit_without_its_line_was_not_done() {
    let tree = sample();
    let units = tree.run(&["units", "share"]).stdout;
    fs::write(tree.path().join("units"), &units).unwrap();
    let out = tree.run_with(&["work"], &units).stdout;
    let end = out.len() * 2 / 3;
    fs::write(tree.path().join("cut"), &out[..end]).unwrap();
    let (status, merged) = merge(&tree, &["cut".to_owned()], &["--units", "units"]);
    assert_eq!(status, Some(3));
    let lines = lines(merged.as_bytes());
    assert_eq!(lines.last().unwrap()["complete"], false);
    let whole =
        out[..end].split(|&b| b == b'\n').filter(|l| l.starts_with(b"{\"type\":\"unit\"")).count();
    assert!(of_type(&lines, "unit").len().abs_diff(whole) <= 1);
}

#[test]
fn what_does_not_fit_is_refused() {
    let tree = sample();
    let units = tree.run(&["units", "share"]).stdout;
    let masked = tree.run_with(&["work"], &units).stdout;
    let plain = tree.run_with(&["work", "--values", "plain"], &units).stdout;
    fs::write(tree.path().join("masked"), masked).unwrap();
    fs::write(tree.path().join("plain"), plain).unwrap();
    let (status, _) = merge(&tree, &["masked".to_owned(), "plain".to_owned()], &[]);
    assert_eq!(status, Some(2));
    let (status, _) = merge(&tree, &["share/a.csv".to_owned()], &[]);
    assert_eq!(status, Some(2));
}

#[test]
fn a_unit_stays_in_its_source() {
    let tree = sample();
    let units = String::from_utf8(tree.run(&["units", "share"]).stdout).unwrap();
    let odd = units.replace("\"path\":\"a.csv\"", "\"path\":\"../secret\"");
    assert_ne!(units, odd);
    let out = tree.run_with(&["work"], odd.as_bytes());
    assert_eq!(out.status.code(), Some(3));
    assert!(!String::from_utf8(out.stdout).unwrap().contains("secret"));
}
