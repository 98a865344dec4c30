//! `sparhund.toml`: what it says, what beats it, and how its mistakes are told.

use crate::run::Tree;

fn tree(config: &str) -> Tree {
    let tree = Tree::new(&[
        ("a.txt", b"mejla anna.larsson@firma.se\n"),
        ("b.bak", b"mejla olle.larsson@firma.se\n"),
    ]);
    std::fs::write(tree.path().join("sparhund.toml"), config).unwrap();
    tree
}

fn said(output: &std::process::Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(all).unwrap()
}

#[test]
fn sources_have_names_and_options_beat_the_file() {
    let tree = tree(
        "[sources.share]\npath = \"share\"\n[scan]\nexclude = [\"*.bak\"]\n[output]\nformat = \"summary\"\n",
    );
    let output = tree.run(&["scan", "share"]);
    assert!(said(&output).contains("scanned 1 "), "{}", said(&output));
    let output = tree.run(&["scan", "share", "--exclude", "nothing"]);
    assert!(said(&output).contains("scanned 2 "), "{}", said(&output));
    let output = tree.run(&["scan", "share", "--format", "csv"]);
    assert!(said(&output).contains("share;"), "{}", said(&output));
}

#[test]
fn it_is_taken_from_the_working_folder_or_by_name_and_never_from_what_is_scanned() {
    let tree = tree("");
    tree.add("sparhund.toml", b"[scan\n");
    assert_eq!(tree.run(&["scan", "share", "--format", "summary"]).status.code(), Some(0));
    let output = tree.run(&["scan", "share", "--config", "share/sparhund.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("share/sparhund.toml:1:"), "{}", said(&output));
    assert_eq!(tree.run(&["config", "check", "--config", "none"]).status.code(), Some(2));
}

#[test]
fn all_mistakes_are_told_with_their_lines() {
    let tree = tree("[scan]\njobs = 0\nmax = 1\n[sources.x]\nurl = \"postgres://a:hemligt@h/d\"\n");
    for args in [&["config", "check"][..], &["scan", "share"]] {
        let output = tree.run(args);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        for line in ["sparhund.toml:2:", "sparhund.toml:3:", "sparhund.toml:5:"] {
            assert!(said.contains(line), "{line} {said}");
        }
        assert!(!said.contains("hemligt"), "{said}");
    }
}

#[test]
fn it_is_shown_without_secrets() {
    let tree = tree(
        "[sources.m]\nurl = \"postgres://reader@db.example.com/m\"\npassword_env = \"M_PASSWORD\"\n\
         [key]\nfile = \"tokens.key\"\n",
    );
    assert_eq!(tree.run(&["key", "new", "tokens.key"]).status.code(), Some(0));
    let mut command = tree.command(&["config", "show"]);
    let output = command.env("M_PASSWORD", "hemligt").output().unwrap();
    let shown = said(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("sources.m.password_env = M_PASSWORD (set)"), "{shown}");
    assert!(shown.contains("key.file = tokens.key"), "{shown}");
    assert!(!shown.contains("hemligt"));
    let key = std::fs::read_to_string(tree.path().join("tokens.key")).unwrap();
    assert!(!shown.contains(key.trim()));
    // What the environment says beats the file.
    let mut command = tree.command(&["config", "show"]);
    let shown = said(&command.env("SPARHUND_KEY_FILE", "other.key").output().unwrap());
    assert!(shown.contains("key.file = other.key (from SPARHUND_KEY_FILE)"), "{shown}");
}

#[test]
fn a_result_outside_the_working_folder_has_to_be_asked_for() {
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("out.json");
    let tree = tree(&format!("[output]\nfile = {:?}\n", file.to_str().unwrap()));
    assert_eq!(tree.run(&["scan", "share"]).status.code(), Some(2));
    assert!(!file.exists());
    let output = tree.run(&["scan", "share", "--config", "sparhund.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(file.exists());
}

#[test]
fn exceptions_name_categories_there_are() {
    let tree = tree("[[check.allow]]\ncategory = \"emial\"\npath = \"**\"\nreason = \"x\"\n");
    let output = tree.run(&["config", "check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("sparhund.toml:1: there is no category emial"),
        "{}",
        said(&output)
    );
}
