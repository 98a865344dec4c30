//! Documents of old Office and Outlook, pictures, and what reading may cost.

use serde_json::{Value, json};

use crate::nested::gzip;
use crate::old_documents::{message, presentation, word, wrapped};
use crate::run::{Tree, check_ledger, of_type};

const CARD: &[u8] = b"Mejl: bo@example.com\n";

/// The mail addresses of a file with their places, and in which members they lie.
fn found(name: &str, content: &[u8]) -> Vec<(String, Value, usize)> {
    let lines = Tree::new(&[(name, content)]).scan(&["--values", "plain"]);
    check_ledger(&lines);
    let findings = of_type(&lines, "finding").into_iter().filter(|f| f["category"] == "email");
    let told = |finding: &Value| {
        let value = finding["value"]["normalized"].as_str().unwrap().to_owned();
        let inside = finding["location"]["inside"].as_array().map_or(0, Vec::len);
        (value, finding["location"]["at"].clone(), inside)
    };
    findings.map(told).collect()
}

fn check(name: &str, content: &[u8], want: &[(&str, Value, usize)]) {
    let want: Vec<_> =
        want.iter().map(|(value, at, inside)| ((*value).to_owned(), at.clone(), *inside)).collect();
    assert_eq!(found(name, content), want, "{name}");
}

#[test]
fn old_word_documents_are_told_by_paragraph() {
    let paragraph = |part, index| json!({"kind": "paragraph", "part": part, "index": index});
    check(
        "a.doc",
        &word("Rad ett\r\rMejl: eva@exam", "ple.com tack\rSlut", "fråga bo@example.com"),
        &[
            ("eva@example.com", paragraph("body", 3), 0),
            ("bo@example.com", paragraph("footnote", 1), 0),
        ],
    );
}

#[test]
fn old_presentations_are_told_by_slide() {
    let body = json!({"kind": "slide", "slide": 1, "part": "body"});
    check(
        "a.ppt",
        &presentation("Kontakt: eva@example.com", "Eller\rbo@example.com"),
        &[("eva@example.com", body.clone(), 0), ("bo@example.com", body, 0)],
    );
}

#[test]
fn outlook_messages_are_mails() {
    let header = |field| json!({"kind": "mail", "part": "header", "field": field});
    let mail =
        message("eva@example.com", "bo@example.com", "Hej\r\nkim@example.com", ("a.txt", CARD));
    let text = json!({
        "kind": "text", "line": 1, "column": 7, "byte_start": 6, "byte_end": 20,
    });
    check(
        "a.msg",
        &mail,
        &[
            ("eva@example.com", header("From"), 0),
            ("bo@example.com", header("To"), 0),
            ("kim@example.com", json!({"kind": "mail", "part": "body", "line": 2}), 0),
            ("bo@example.com", text, 1),
        ],
    );
}

#[test]
fn wrapped_mails_are_opened() {
    let body = json!({"kind": "mail", "part": "body", "line": 1});
    let told = found("winmail.dat", &wrapped("eva@example.com", ("a.txt", CARD)));
    assert_eq!(told[0], ("eva@example.com".to_owned(), body, 0));
    assert_eq!((told[1].0.as_str(), told[1].2), ("bo@example.com", 1));
}

#[test]
fn budgets_are_the_users() {
    let nest = gzip(&*gzip(&*gzip(CARD)));
    let reasons = |options: &[&str]| {
        let lines = Tree::new(&[("a.gz", &nest)]).scan(options);
        let unread = of_type(&lines, "unread");
        unread
            .into_iter()
            .map(|line| line["reason"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(reasons(&[]), Vec::<String>::new());
    assert_eq!(reasons(&["--max-depth", "2"]), ["too_deep"]);
    assert_eq!(reasons(&["--max-members", "2"]), ["limit"]);
    let large = Tree::new(&[("a.doc", &word(&"text ".repeat(5000), "", ""))]);
    let lines = large.scan(&["--max-memory", "10k"]);
    assert_eq!(of_type(&lines, "unread")[0]["reason"], "limit");
}

#[test]
fn pictures_are_listed_where_nothing_reads_them() {
    let lines = Tree::new(&[("a.png", b"\x89PNG\r\n\x1A\n and so on")]).scan(&["--ocr", "off"]);
    let unread = of_type(&lines, "unread");
    assert_eq!(unread[0]["reason"], "unsupported");
    assert!(unread[0]["detail"].as_str().unwrap().contains("1 picture"), "{unread:?}");
}
