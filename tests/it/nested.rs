//! Documents inside documents: found where they lie, bounded, and none hides its neighbours.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzEncoder;
use serde_json::{Value, json};

use crate::run::{Tree, check_ledger, of_type, text};

const CARD: &[u8] = b"Tel: 070-174 06 05\nMejl: eva@example.com\n";

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, name, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

pub(crate) fn gzip(content: impl Read) -> Vec<u8> {
    let mut out = Vec::new();
    GzEncoder::new(content, Compression::best()).read_to_end(&mut out).unwrap();
    out
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn scan(name: &str, content: &[u8]) -> Vec<Value> {
    let lines = Tree::new(&[(name, content)]).scan(&[]);
    check_ledger(&lines);
    lines
}

/// Names of the members a line's document lies in, from the outside in.
fn inside(line: &Value) -> Vec<&str> {
    let steps = line.pointer("/location/inside").and_then(Value::as_array);
    steps.into_iter().flatten().map(|step| step["name"].as_str().unwrap()).collect()
}

#[test]
fn members_are_told_with_the_steps_to_them() {
    let inner = gzip(&*tar(&[("b/list.txt", CARD)]));
    let lines = scan("a.zip", &zip(&[("x/inner.tgz", &inner), ("list.txt", CARD)]));
    let found: Vec<_> = of_type(&lines, "finding").into_iter().map(inside).collect();
    let deep = vec!["x/inner.tgz", "inner.tar", "b/list.txt"];
    assert_eq!(found, [deep.clone(), deep, vec!["list.txt"], vec!["list.txt"]]);
    let ids: std::collections::BTreeSet<_> =
        of_type(&lines, "finding").into_iter().map(|f| text(f, "/id").to_owned()).collect();
    assert_eq!(ids.len(), 4);
    let unit = of_type(&lines, "unit").into_iter().find(|u| u["path"] == "a.zip").unwrap();
    assert_eq!(unit["ledger"], json!({"scanned": 5}));
}

#[test]
fn what_lies_too_deep_is_listed_and_the_rest_is_read() {
    let mut nest = tar(&[("list.txt", CARD)]);
    for _ in 0..200 {
        nest = tar(&[("next.tar", &nest)]);
    }
    let lines = scan("a.tar", &tar(&[("nest.tar", &nest), ("list.txt", CARD)]));
    let unread = of_type(&lines, "unread");
    assert_eq!(unread.len(), 1, "{unread:?}");
    assert_eq!((text(unread[0], "/reason"), inside(unread[0]).len()), ("too_deep", 17));
    let found: Vec<_> = of_type(&lines, "finding").into_iter().map(inside).collect();
    assert_eq!(found, [["list.txt"], ["list.txt"]]);
    assert_eq!(lines.last().unwrap()["complete"], false);
}

#[test]
fn a_bomb_is_bounded_and_hides_no_neighbour() {
    // Text, so that it is read at all; it takes up less than half a MiB.
    let bomb = gzip(std::io::repeat(b'x').take(400 << 20));
    assert!(bomb.len() < 1 << 19);
    let lines = scan("a.tar", &tar(&[("bomb.gz", &bomb), ("list.txt", CARD)]));
    let unread = of_type(&lines, "unread");
    assert_eq!(unread.len(), 1, "{unread:?}");
    assert_eq!((text(unread[0], "/reason"), &unread[0]["partial"]), ("limit", &json!(true)));
    assert_eq!(inside(unread[0]), ["bomb.gz", "bomb"]);
    assert_eq!(of_type(&lines, "finding").len(), 2);
}

#[test]
fn a_broken_member_hides_no_neighbour() {
    let whole = gzip(CARD);
    let members: [(&str, &[u8]); 3] = [
        ("cut.gz", &whole[..whole.len() / 2]),
        ("noise.zip", b"PK\x03\x04noise"),
        ("list.txt", CARD),
    ];
    let lines = scan("a.tar", &tar(&members));
    let unread: Vec<_> =
        of_type(&lines, "unread").into_iter().map(|u| (text(u, "/reason"), inside(u)[0])).collect();
    assert_eq!(unread, [("corrupt", "cut.gz"), ("corrupt", "noise.zip")]);
    let whole = of_type(&lines, "finding").into_iter().filter(|f| inside(f) == ["list.txt"]);
    assert_eq!(whole.count(), 2);
    let told =
        Tree::new(&[("a.tar", &tar(&members))]).run(&["scan", "share", "--format", "summary"]);
    assert!(String::from_utf8(told.stdout).unwrap().contains("a.tar > noise.zip: "));
}

#[test]
fn names_that_stand_twice_are_numbered() {
    let lines = scan("a.tar", &tar(&[("list.txt", CARD), ("list.txt", CARD)]));
    let steps: std::collections::BTreeSet<_> = of_type(&lines, "finding")
        .into_iter()
        .map(|f| f["location"]["inside"][0]["index"].as_u64())
        .collect();
    assert_eq!(steps.len(), 2, "{steps:?}");
}
