//! `sparhund rules`: what it says, run as people run it.

use std::io::Read as _;
use std::process::{Command, Output, Stdio};

const IDS: [&str; 17] = [
    "personnummer",
    "samordningsnummer",
    "email",
    "phone",
    "dietary",
    "reserve_number",
    "organisationsnummer",
    "person_name",
    "postal_address",
    "ip_address",
    "iban",
    "bankgiro",
    "plusgiro",
    "bank_account",
    "payment_card",
    "passport_number",
    "vehicle_registration",
];

fn rules(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sparhund"))
        .arg("rules")
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

#[test]
fn list_has_one_line_a_rule() {
    let output = rules(&["list"]);
    let lines: Vec<&str> = said(&output).lines().collect();
    let ids: Vec<_> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(ids, IDS);
    assert!(lines.iter().all(|line| line.ends_with(" examples")), "{lines:?}");
}

#[test]
fn show_tells_all_of_a_rule() {
    let check = |id: &str, parts: &[&str]| {
        let output = rules(&["show", id]);
        assert_eq!(output.status.code(), Some(0), "{id}");
        for part in parts {
            assert!(said(&output).contains(part), "{id}: no {part:?} in {}", said(&output));
        }
    };
    check("personnummer", &["Swedish personal identity number", "  sv  Personnummer\n"]);
    check("personnummer", &["SKV 704", " +55  label  ", "its column or field names it"]);
    check("personnummer", &["Words that speak against it", "plusgiro", "finds '900101-2385'"]);
    check("dietary", &["GDPR art. 9", "It does not find"]);
    for id in IDS {
        check(id, &[id]);
    }
}

#[test]
fn an_unknown_rule_is_answered_with_the_known_ones() {
    let output = rules(&["show", "shoe_size"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(IDS.iter().all(|id| told.contains(id)), "{told}");
}

#[test]
fn all_examples_hold() {
    let output = rules(&["test"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).starts_with("all ") && said(&output).ends_with(" rules hold\n"));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sparhund"))
        .args(["rules", "show", "personnummer"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut told).expect("UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert_eq!(told, "");
}
