//! `sparhund explain`: what it says of a file, run as people run it.
//!
//! Personal numbers are Skatteverket's published test numbers or have their check digit computed
//! here; phone numbers are from PTS's numbers for fiction.

use std::process::Command;

/// A published test number.
const NUMBER: &str = "19900101-2385";

/// Explains a file of this name and content; what it says, and its exit status.
fn explain(name: &str, content: &[u8], target: &str, options: &[&str]) -> (String, i32) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    std::fs::write(folder.path().join(name), content).expect("the folder takes a file");
    let done = Command::new(env!("CARGO_BIN_EXE_sparhund"))
        .current_dir(folder.path())
        .args(["explain", target, "--reference-date", "2026-12-31"])
        .args(options)
        .output()
        .expect("the program runs");
    let said = String::from_utf8(done.stdout).expect("UTF-8");
    (said, done.status.code().expect("no signal"))
}

/// Each of `wanted` is said of the content of a file of this name, in this order.
fn check(name: &str, content: &str, options: &[&str], wanted: &[&str]) {
    let (said, status) = explain(name, content.as_bytes(), name, options);
    assert_eq!(status, 0, "{content}: {said}");
    let mut rest = said.as_str();
    for part in wanted {
        let at = rest.find(part).unwrap_or_else(|| panic!("{content}: no {part:?} in\n{said}"));
        rest = &rest[at + part.len()..];
    }
}

/// Nine digits and their check digit.
fn checked(nine: &str) -> String {
    let sum: u32 = nine
        .bytes()
        .enumerate()
        .map(|(n, b)| u32::from(b - b'0') * if n % 2 == 0 { 2 } else { 1 })
        .map(|product| product / 10 + product % 10)
        .sum();
    format!("{nine}{}", (10 - sum % 10) % 10)
}

/// Nine digits and a wrong check digit.
fn unchecked(nine: &str) -> String {
    let right = checked(nine);
    let digit = right.as_bytes()[9] - b'0';
    format!("{nine}{}", (digit + 1) % 10)
}

#[test]
fn check_digits_are_computed_as_published() {
    assert_eq!(checked("900101238"), "9001012385");
}

#[test]
fn what_is_reported_is_told_with_its_evidence() {
    check(
        "a.csv",
        &format!("namn;personnummer\nEva;{NUMBER}\n"),
        &[],
        &[
            "a.csv:2:5 (personnummer)  personnummer  high, 99 points  1990****-****\n",
            "  reported\n",
            "  for      +55  the label of its column or field names it\n",
            "+27  it is written with the usual separator\n",
        ],
    );
    check(
        "a.txt",
        "Skriv till bo@example.com",
        &[],
        &["a.txt:1:12  email  high", "b***@e***.com\n", "  reported\n", "domain exists\n"],
    );
    check("a.txt", "Anna är vegan.", &[], &["dietary  ", "diet\n", "speak of a person\n"]);
}

#[test]
fn what_is_not_reported_is_told_with_the_reason() {
    let stamp = checked("260311142");
    check(
        "a.txt",
        &format!("backup 20{stamp} klar"),
        &[],
        &["personnummer  low", "not reported: below medium", "against  -32", "time of day"],
    );
    check("a.txt", "Org 559999-0000", &[], &["turned down  ******-****\n", "an organisation\n"]);
    let wrong = unchecked("900101980");
    check("a.txt", &format!("se {wrong} här"), &[], &["turned down", "  check digit wrong"]);
    check(
        "a.txt",
        &format!("personnummer {wrong}"),
        &[],
        &["low, 30 points", "against  -20  the check digit is wrong", "makes it low"],
    );
    check("a.txt", "nr 8513092385", &[], &["personnummer  turned down", "no such date"]);
    check("a.txt", "id 20260311142233", &[], &["**************\n", "inside a longer number"]);
    check("a.txt", "Skriv bo@exempel.qqq", &[], &["***@***\n  unknown top-level domain\n"]);
    check("a.txt", "ring +999 1234567", &[], &["phone  turned down", "numbering plan"]);
    check("a.txt", "Allergisk mot nötter.", &[], &["dietary  turned down", "no person named near"]);
}

#[test]
fn rival_readings_are_told() {
    let both = checked("070174063");
    check(
        "a.txt",
        &format!("Ring {both}"),
        &[],
        &[
            "samordningsnummer  low",
            "not reported: read better as phone (",
            "also looked at as phone: ",
            "phone  ",
            "  reported\n",
            "also looked at as samordningsnummer: ",
        ],
    );
    let phone_only = unchecked("070174063");
    check(
        "a.txt",
        &format!("Ring {phone_only}"),
        &[],
        &["phone  high", "  reported\n", "also looked at as samordningsnummer: check digit wrong"],
    );
}

#[test]
fn values_are_masked_unless_asked_for() {
    let wrong = unchecked("900101980");
    let content =
        format!("{NUMBER} {wrong} eva@exempel.example eva@exempel.qqq 0701740605 Anna är vegan");
    let values = [NUMBER, wrong.as_str(), "eva@", "exempel", "0701740605", "vegan"];
    let (masked, _) = explain("a.txt", content.as_bytes(), "a.txt", &[]);
    let (plain, _) = explain("a.txt", content.as_bytes(), "a.txt", &["--values", "plain"]);
    for value in values {
        assert!(!masked.contains(value), "{value}: {masked}");
        assert!(plain.contains(value), "{value}: {plain}");
    }
}

#[test]
fn swedish_is_spoken() {
    check(
        "a.txt",
        &format!("Pnr {NUMBER}, org 559999-0000"),
        &["--lang", "sv"],
        &[
            "hög, 99 poäng",
            "  rapporteras\n",
            "kontrollsiffran stämmer\n",
            "förkastat",
            "en organisation\n",
        ],
    );
}

#[test]
fn a_line_is_told_alone_and_an_empty_one_with_its_neighbours() {
    let content = format!("Pnr {NUMBER}\ninget\nbo@example.com\n");
    let said = |line: &str| explain("a.txt", content.as_bytes(), line, &[]).0;
    let first = said("a.txt:1");
    assert!(first.starts_with("a.txt:1:5  personnummer") && !first.contains("email"), "{first}");
    let second = said("a.txt:2");
    assert!(second.starts_with("a.txt:2: nothing on this line"), "{second}");
    assert!(second.contains("near it:\n  a.txt:1:5  personnummer"), "{second}");
    assert!(second.contains("\n  a.txt:3:1  email"), "{second}");
}

#[test]
fn names_of_files_are_told() {
    check("199001012385.txt", "inget", &[], &["(its name)  personnummer", "1990****-****"]);
}

#[test]
fn what_is_not_read_is_told() {
    let check = |name: &str, content: &[u8], wanted: &str| {
        let (said, status) = explain(name, content, name, &[]);
        assert_eq!(status, 0, "{said}");
        assert!(said.contains(wanted), "{said}");
    };
    check("a.txt", b"", "it is empty");
    check("a.bin", &[0, 1, 2, 3, 0, 0xFF, 0xFE, 0, 7], "it is binary");
    check("a.txt", b"inget", "nothing in it looks like");
    let (_, status) = explain("a.txt", b"", "missing.txt", &[]);
    assert_eq!(status, 2);
    let (_, status) = explain("a.txt", b"", ".", &[]);
    assert_eq!(status, 2);
}
