//! PDF documents that are out to hurt: each costs itself only.

use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::pdf_files::{deflated_blanks, line, page, pdf, stream};
use crate::run::{Tree, check_ledger, of_type, text};

/// Scans a document between two others, which must be read, and tells why it was not.
fn reasons(name: &str, document: &[u8]) -> Vec<String> {
    let good = page("", "", line("mejl: eva@example.com"), &[]);
    let tree = Tree::new(&[("a.pdf", &good), ("b.pdf", document), ("c.pdf", &good)]);
    let begun = Instant::now();
    let lines = tree.scan(&["--jobs", "1"]);
    assert!(begun.elapsed() < Duration::from_secs(120), "{name}");
    check_ledger(&lines);
    assert_eq!(of_type(&lines, "finding").len(), 2, "{name}: {lines:?}");
    let unread = of_type(&lines, "unread");
    assert!(unread.iter().all(|line| text(line, "/location/path") == "b.pdf"), "{name}: {lines:?}");
    unread.iter().map(|line| text(line, "/reason").to_owned()).collect()
}

/// The document does no harm, and is listed for one of these reasons.
fn check_listed(name: &str, document: &[u8], wanted: &[&str]) {
    let got = reasons(name, document);
    assert!(!got.is_empty(), "{name} is not listed");
    assert!(got.iter().all(|reason| wanted.contains(&reason.as_str())), "{name}: {got:?}");
}

/// The document does no harm; what can be read of it may be read.
fn check_harmless(name: &str, document: &[u8]) {
    let got = reasons(name, document);
    assert!(!got.iter().any(|reason| reason == "failed"), "{name}: {got:?}");
}

#[test]
fn bombs_go_off_elsewhere() {
    let bomb = deflated_blanks(600);
    check_listed(
        "page content",
        &page("", "", stream("/Filter /FlateDecode", &bomb), &[]),
        &["limit", "timeout", "corrupt"],
    );
    let file = b"<< /F (a.txt) /EF << /F 6 0 R >> >>".to_vec();
    let attached =
        page("/AF [7 0 R]", "", line("x"), &[stream("/Filter /FlateDecode", &bomb), file]);
    check_listed("attachment", &attached, &["limit"]);
}

#[test]
fn forms_that_draw_forms_end() {
    let mut objects = Vec::new();
    for n in 6..36 {
        let resources = format!("/Resources << /XObject << /X {} 0 R >> >>", n + 1);
        let header = format!("/Type /XObject /Subtype /Form /BBox [0 0 600 800] {resources}");
        objects.push(stream(&header, b"/X Do /X Do"));
    }
    objects.push(stream("/Type /XObject /Subtype /Form /BBox [0 0 600 800]", b"0 0 1 1 re f"));
    check_listed(
        "tree of forms",
        &page("", "", stream("", b"/X Do"), &objects),
        &["limit", "timeout", "corrupt"],
    );
    let own =
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>";
    let circle = page("", "", stream("", b"/X Do"), &[stream(own, b"/X Do /X Do")]);
    check_harmless("circle of forms", &circle);
}

#[test]
fn depth_is_bounded() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    check_listed(
        "array",
        &page(&format!("/Deep {deep}"), "", line("x"), &[]),
        &["corrupt", "limit"],
    );
    let deep = "<< /A ".repeat(100_000) + &">>".repeat(100_000);
    check_harmless("dictionary", &page("", &format!("/Deep {deep}"), line("x"), &[]));
}

#[test]
fn circles_end() {
    let pages = pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 3 >>".to_vec(),
        b"<< /Type /Pages /Kids [2 0 R] /Parent 3 0 R /Count 9 >>".to_vec(),
    ]);
    check_listed("pages", &pages, &["corrupt"]);
    let fields = page(
        "/AcroForm << /Fields [6 0 R] >> /Outlines 7 0 R /Names << /EmbeddedFiles 8 0 R >>",
        "/Annots [6 0 R 6 0 R]",
        line("x"),
        &[
            b"<< /T (a) /V (x) /FT /Tx /Subtype /Widget /Parent 6 0 R /Kids [6 0 R 6 0 R] >>"
                .to_vec(),
            b"<< /Title (a) /First 7 0 R /Next 7 0 R >>".to_vec(),
            b"<< /Kids [8 0 R 8 0 R] /Names [(a) 8 0 R] >>".to_vec(),
        ],
    );
    check_harmless("fields, bookmarks and names", &fields);
}

#[test]
fn damage_is_listed() {
    let mut content = "BT /F1 12 Tf 72 700 Td ".to_owned();
    (0..500).for_each(|n| write!(content, "(rad {n}) Tj 0 -1 Td ").unwrap());
    let whole = page("", "", stream("", content.as_bytes()), &[]);
    // What is there of it may be read; it must not do harm.
    let tree = Tree::new(&[("a.pdf", &whole[..whole.len() / 2]), ("b.txt", b"eva@example.com")]);
    let lines = tree.scan(&[]);
    check_ledger(&lines);
    assert_eq!(of_type(&lines, "finding").len(), 1);
    let mut random = b"%PDF-1.7\n".to_vec();
    let mut state = 7_u64;
    random.extend((0..30_000).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    }));
    check_listed("random bytes", &random, &["corrupt"]);
    check_listed("nothing behind the first line", b"%PDF-1.7\n", &["corrupt"]);
}

#[cfg(target_os = "linux")]
#[test]
fn readers_are_confined_and_end_with_their_pipe() {
    let tree = Tree::new(&[]);
    let mut reader = tree.command(&["read-documents"]);
    let mut reader = reader.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let limits = format!("/proc/{}/limits", reader.id());
    let begun = Instant::now();
    let is_confined = || {
        let limits = fs::read_to_string(&limits).unwrap();
        let most = |what: &str| {
            let line = limits.lines().find(|line| line.starts_with(what)).unwrap();
            line[what.len()..].split_whitespace().next().unwrap().to_owned()
        };
        most("Max open files") == "3" && most("Max address space") != "unlimited"
    };
    while !is_confined() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it is never confined");
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(reader.stdin.take());
    assert!(reader.wait().unwrap().success());
}
