//! `sparhund erasure`: a plan, its work lists, and the proof that it was carried out.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::subject::{run, share, status};

const EVA: &str = "eva.lund@example.com";
const ROWS: &str = "namn;epost\nEva Lund;eva.lund@example.com\nBo Ek;bo.ek@example.com\n";
const LETTER: &str = "Hej,\n\nvi har talat med Eva Lund (eva.lund@example.com) om saken.\n";

fn files() -> tempfile::TempDir {
    let folder = share(&[("kunder.csv", ROWS), ("brev.txt", LETTER)]);
    let case = run(
        folder.path(),
        &["subject", "--email", EVA, "--case", "case.json", "-o", "found.json", "share"],
    );
    assert_eq!(status(&case), 0, "{}", String::from_utf8_lossy(&case.stderr));
    assert_eq!(plan(folder.path(), &[]), 0);
    folder
}

fn plan(folder: &Path, more: &[&str]) -> i32 {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_sparhund"))
        .current_dir(folder)
        .env_remove("SPARHUND_KEY_FILE")
        .args(["erasure", "plan", "case.json", "-o", "plan.json"])
        .args(more)
        .output()
        .expect("the program runs");
    status(&output)
}

/// Verifies; the exit status and the receipt.
fn verify(folder: &Path) -> (i32, Value) {
    let output = run(folder, &["erasure", "verify", "plan.json", "-o", "receipt.json"]);
    let text = fs::read_to_string(folder.join("receipt.json")).unwrap_or_default();
    assert!(!text.contains("eva.lund") && !text.contains("Eva Lund"), "{text}");
    let receipt = serde_json::from_str(&text).unwrap_or_default();
    let _ = fs::remove_file(folder.join("receipt.json"));
    (status(&output), receipt)
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join("share").join(name), text).expect("it can be written");
}

fn summary(receipt: &Value) -> [u64; 5] {
    ["done", "still_there", "changed_since", "unreachable", "elsewhere"]
        .map(|key| receipt["summary"][key].as_u64().unwrap_or(99))
}

#[test]
fn a_plan_names_each_thing_to_do_once() {
    let folder = files();
    let plan: Value =
        serde_json::from_slice(&fs::read(folder.path().join("plan.json")).expect("a plan"))
            .expect("JSON");
    let operations = plan["operations"].as_array().expect("a list");
    let of = |action: &str| operations.iter().filter(|o| o["action"] == action).collect::<Vec<_>>();
    assert_eq!((of("delete_table_row").len(), of("remove_text").len()), (1, 1), "{operations:#?}");
    assert_eq!(of("delete_table_row")[0]["safety"], "automatic");
    assert_eq!(of("delete_table_row")[0]["lines"], serde_json::json!([2, 2]));
    assert!(of("delete_table_row")[0]["state"]["digest"].is_string());
    let list = fs::read_to_string(folder.path().join("plan.worklist.csv")).expect("a list");
    assert!(list.contains("kunder.csv") && !list.contains("eva.lund"), "{list}");
}

#[test]
fn what_was_done_and_what_was_left_is_told() {
    let folder = files();
    let folder = folder.path();
    let (code, receipt) = verify(folder);
    assert_eq!((code, summary(&receipt)), (1, [0, 2, 0, 0, 0]), "{receipt:#}");

    write(folder, "kunder.csv", "namn;epost\nBo Ek;bo.ek@example.com\n");
    let (code, receipt) = verify(folder);
    assert_eq!((code, summary(&receipt)), (1, [1, 1, 0, 0, 0]), "{receipt:#}");

    write(folder, "brev.txt", "Hej,\n\nvi har talat om saken.\n");
    let (code, receipt) = verify(folder);
    assert_eq!((code, summary(&receipt)), (0, [2, 0, 0, 0, 0]), "{receipt:#}");
    assert_eq!(receipt["erased"], true);

    // A backup comes back.
    write(folder, "kunder.csv", ROWS);
    assert_eq!(verify(folder).0, 1);
}

#[test]
fn what_was_moved_is_not_erased() {
    let folder = files();
    let folder = folder.path();
    write(folder, "brev.txt", "Hej,\n\nvi har talat om saken.\n");
    write(
        folder,
        "kunder.csv",
        "namn;epost\nBo Ek;bo.ek@example.com\nCaj Ö;caj@example.com\nEva Lund;EVA.LUND@example.com\n",
    );
    let (code, receipt) = verify(folder);
    assert_eq!((code, summary(&receipt)), (1, [1, 0, 1, 0, 0]), "{receipt:#}");

    write(folder, "kunder.csv", "namn;epost\nBo Ek;bo.ek@example.com\n");
    write(folder, "arkiv.txt", "gammal kund: eva.lund (at) example.com\n");
    let (code, receipt) = verify(folder);
    assert_eq!((code, summary(&receipt)), (1, [2, 0, 0, 0, 1]), "{receipt:#}");
}

#[test]
fn a_source_that_is_gone_proves_nothing() {
    let folder = files();
    fs::rename(folder.path().join("share"), folder.path().join("elsewhere")).expect("renamed");
    let (code, receipt) = verify(folder.path());
    assert_eq!((code, summary(&receipt)), (3, [0, 0, 0, 2, 0]), "{receipt:#}");
    assert_eq!(receipt["erased"], false);
}

#[test]
fn files_that_are_none_are_refused() {
    let folder = files();
    let folder = folder.path();
    let text = fs::read(folder.join("case.json")).expect("a case");
    fs::write(folder.join("case.json"), &text[..text.len() / 2]).expect("written");
    fs::remove_file(folder.join("plan.json")).expect("removed");
    assert_eq!(plan(folder, &[]), 2);
    assert!(!folder.join("plan.json").exists());
    fs::write(folder.join("plan.json"), "{}").expect("written");
    assert_eq!(verify(folder).0, 2);
}

#[test]
fn a_case_of_another_key_is_refused() {
    let folder = share(&[("kunder.csv", ROWS)]);
    let folder = folder.path();
    for key in ["a.key", "b.key"] {
        let made = std::process::Command::new(env!("CARGO_BIN_EXE_sparhund"))
            .current_dir(folder)
            .args(["key", "new", key])
            .status();
        assert!(made.is_ok_and(|status| status.success()));
    }
    let case = [
        "subject",
        "--email",
        EVA,
        "--case",
        "case.json",
        "--key-file",
        "a.key",
        "-o",
        "f.json",
        "share",
    ];
    assert_eq!(status(&run(folder, &case)), 0);
    assert_eq!(plan(folder, &["--key-file", "b.key"]), 2);
    assert_eq!(plan(folder, &["--key-file", "a.key"]), 0);
    assert_eq!(verify(folder).0, 2, "without the key");
    let output = run(folder, &["erasure", "verify", "plan.json", "--key-file", "a.key"]);
    assert_eq!(status(&output), 1);
}
