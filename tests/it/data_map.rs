//! `map`, `retention`, `diff`, `policy` and the pages, through the program.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::run::{Tree, text};

const POLICY: &str = r#"
[[system]]
name = "Medlemmar"
paths = ["Medlemmar"]
purpose = "Medlemskap"
legal_basis = "contract"
persons = ["medlemmar"]
categories = ["email", "phone"]
recipients = ["ingen"]
transfers = "none"

[[system.retention]]
period = "1 year"
from = "path_date"
categories = ["email"]

[[system.retention]]
period = "1 month"
from = "mail_date"

[[list]]
name = "Spärr"
kind = "restriction"
tokens = ["TOKEN"]

[[system]]
name = "Tom"
paths = ["Finns inte"]
categories = ["dietary"]
"#;

const MEMBERS: &[u8] = b"namn;e-post;personnr\nEva Berg;eva@example.com;19850820-2390\n";

/// A share with a file in a declared folder and one outside, and its inventory with tokens.
fn mapped(policy: &str) -> Tree {
    let tree = Tree::new(&[
        ("Medlemmar/2020-03 lista.csv", MEMBERS),
        ("Annat/rest.txt", b"ring eva@example.com\n"),
    ]);
    assert!(tree.run(&["key", "new", "k"]).status.success());
    scan(&tree, "old.json");
    let inventory = std::fs::read(tree.path().join("old.json")).unwrap();
    let inventory: Value = serde_json::from_slice(&inventory).unwrap();
    let token = inventory["findings"].as_array().unwrap().iter().find_map(|finding| {
        (finding["category"] == "email").then(|| text(finding, "/value/token").to_owned())
    });
    let policy = policy.replace("TOKEN", &token.unwrap());
    std::fs::write(tree.path().join("policy.toml"), policy).unwrap();
    tree
}

fn scan(tree: &Tree, name: &str) {
    let args = ["scan", "share", "--values", "token", "--key-file", "k", "-o", name];
    assert_eq!(tree.run(&args).status.code(), Some(0));
}

fn json(tree: &Tree, args: &[&str]) -> Value {
    let output = tree.run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_map_holds_what_is_declared_against_what_is_found() {
    let tree = mapped(POLICY);
    let map = json(&tree, &["map", "old.json", "--policy", "policy.toml"]);
    let system = |name: &str| {
        let systems = map["systems"].as_array().unwrap();
        systems.iter().find(|system| system["name"] == name).unwrap_or_else(|| panic!("{map}"))
    };
    let members = system("Medlemmar");
    assert_eq!(members["declared_not_found"], serde_json::json!(["phone"]));
    let found = members["found_not_declared"].to_string();
    assert!(found.contains("personnummer") && !found.contains("email"), "{found}");
    assert_eq!(members["categories"]["email"]["distinct"], 1);
    assert_eq!(system("Tom")["declared_not_found"], serde_json::json!(["dietary"]));
    assert_eq!(system("share/Annat")["declared"], false);
    assert_eq!(map["lists"][0]["places"], 2, "{map}");
    assert_eq!(map["lists"][0]["checked"], true);
    let plain = json(&tree, &["map", "old.json"]);
    assert_eq!(plain["systems"].as_array().unwrap().len(), 2);
}

#[test]
fn an_inventory_that_was_cut_off_is_told() {
    let tree = mapped(POLICY);
    let whole = std::fs::read(tree.path().join("old.json")).unwrap();
    std::fs::write(tree.path().join("cut.json"), &whole[..whole.len() * 2 / 3]).unwrap();
    let output = tree.run(&["map", "cut.json"]);
    assert_eq!(output.status.code(), Some(3));
    let map: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(map["complete"], false);
    assert!(String::from_utf8_lossy(&output.stderr).contains("cut off"));
    for wrong in ["share/Annat/rest.txt", "nowhere.json"] {
        let output = tree.run(&["map", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn what_lies_past_its_time_is_told_with_its_rule() {
    let tree = mapped(POLICY);
    let args = ["retention", "old.json", "--policy", "policy.toml", "--format", "json", "--date"];
    let on = |day: &str| json(&tree, &[&args[..], &[day]].concat());
    let past = on("2021-04-01");
    assert_eq!(past["past"][0]["category"], "email", "{past}");
    assert_eq!(past["past"][0]["until"], "2021-03-31");
    assert!(text(&past, "/undated/0/undated").contains("mails"), "{past}");
    assert_eq!(on("2021-03-31")["past"], serde_json::json!([]));
    let args = ["retention", "old.json", "--policy", "policy.toml", "--lang", "sv"];
    let shown = String::from_utf8(tree.run(&args).stdout).unwrap();
    assert!(shown.contains("kan inte dateras"), "{shown}");
}

#[test]
fn differences_are_told_by_folder() {
    let tree = mapped(POLICY);
    tree.add("Nytt/a.txt", b"kalle@example.com\n");
    tree.add("Annat/rest.txt", b"en rad till\nring eva@example.com\n");
    scan(&tree, "new.json");
    let diff = json(&tree, &["diff", "old.json", "new.json", "--format", "json"]);
    assert_eq!(diff["new_systems"], serde_json::json!(["share/Nytt"]), "{diff}");
    assert_eq!((&diff["total"]["new"], &diff["total"]["moved"]), (&1.into(), &1.into()), "{diff}");
    let status = |old, new| tree.run(&["diff", old, new, "--exit-code"]).status.code();
    assert_eq!(status("old.json", "new.json"), Some(1));
    assert_eq!(status("new.json", "new.json"), Some(0));
    assert_eq!(tree.run(&["diff", "old.json", "new.json"]).status.code(), Some(0));
}

#[test]
fn a_policy_is_drafted_and_checked() {
    let tree = mapped(POLICY);
    assert!(tree.run(&["policy", "init", "old.json", "-o", "draft.toml"]).status.success());
    let shown = tree.run(&["policy", "check", "draft.toml"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("share Medlemmar: purpose"), "{shown}");
    std::fs::write(tree.path().join("wrong.toml"), "[[system]]\nnam = 1\n").unwrap();
    let output = tree.run(&["policy", "check", "wrong.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("wrong.toml:2:1: there is no 'nam'") && said.contains(":1:"), "{said}");
}

#[test]
fn the_policy_of_the_fixtures_is_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let tree = Tree::new(&[]);
    let run = |args: &[&str]| {
        let output = tree.command(args).current_dir(&folder).output().unwrap();
        assert!(output.status.success() || output.status.code() == Some(3), "{output:?}");
        output.stdout
    };
    let checked = String::from_utf8(run(&["policy", "check", "policy.toml"])).unwrap();
    assert!(checked.contains("no mistakes"), "{checked}");
    let inventory = tree.path().join("inventory.json");
    let inventory = inventory.to_str().unwrap();
    run(&["scan", "share", "-o", inventory]);
    let register = ["map", inventory, "--policy", "policy.toml", "--register", "--lang", "sv"];
    let register: Value = serde_json::from_slice(&run(&register)).unwrap();
    let entries = register["entries"].as_array().unwrap();
    let kept = entries.iter().find(|entry| entry["system"] == "Bokföring och fakturor").unwrap();
    assert!(text(kept, "/retention").contains("måste sparas"), "{kept}");
}

#[test]
fn tables_open_right_in_a_swedish_spreadsheet() {
    let tree = mapped(POLICY);
    tree.add("=1+1;\"x/a.txt", b"kalle@example.com\n");
    scan(&tree, "new.json");
    for args in [
        &["map", "new.json", "--format", "csv"][..],
        &["scan", "share", "--format", "csv"],
        &["map", "new.json", "--register", "--format", "csv", "--lang", "sv"],
        &["retention", "new.json", "--policy", "policy.toml", "--format", "csv"],
    ] {
        let table = String::from_utf8(tree.run(args).stdout).unwrap();
        let rows = table.strip_prefix('\u{FEFF}').unwrap_or_else(|| panic!("{args:?}: {table}"));
        assert!(rows.lines().next().unwrap().contains(';'), "{args:?}: {table}");
        assert!(rows.ends_with("\r\n"), "{args:?}");
        assert!(!rows.contains(";=") && !rows.contains("\n="), "{args:?}: {table}");
    }
}

/// The page in a browser after its script has run, if there is one here.
fn opened(page: &Path, hash: &str) -> Option<String> {
    let browser = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    })?;
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"])
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}#{hash}", page.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains(":CONSOLE"), "{said}");
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("data-ready=\"1\""), "{page}");
    Some(page)
}

fn shown(page: &str) -> usize {
    let from = page.find("data-shown=\"").unwrap() + "data-shown=\"".len();
    page[from..].split('"').next().unwrap().parse().unwrap()
}

#[test]
fn pages_filter_open_and_keep_hostile_names_text() {
    let tree = mapped(POLICY);
    tree.add(
        "<img src=x onerror=\"document.title='broken'\">/a\u{202e}b.txt",
        b"kalle@example.com\n",
    );
    tree.add("Annat/rad\nbrytning</script>.txt", b"lisa@example.com\n");
    scan(&tree, "new.json");
    let page = tree.path().join("page.html");
    let name = page.to_str().unwrap();
    for args in [
        &["scan", "share", "--format", "html", "--previous", "old.json", "-o", name][..],
        &["map", "new.json", "--policy", "policy.toml", "--format", "html", "-o", name],
    ] {
        let output = tree.run(args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let Some(all) = opened(&page, "") else { return };
        assert!(all.contains("data-foreign=\"0\"") && !all.contains("broken</title>"), "{all}");
        assert!(all.contains("&lt;img"), "{all}");
        assert!(!all.contains('\u{202e}'), "{all}");
        let some = opened(&page, "c=email&q=annat&lang=sv").unwrap();
        assert!(0 < shown(&some) && shown(&some) < shown(&all), "{some}");
        assert!(some.contains("Visar ") && some.contains("e-postadress"), "{some}");
        let open = opened(&page, "c=personnummer&open=0").unwrap();
        assert!(open.contains("<dialog id=\"details\" open"), "{open}");
        if args[0] == "scan" {
            assert_eq!(shown(&opened(&page, "new").unwrap()), 2);
        }
    }
}
