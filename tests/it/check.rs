//! `check` in repositories made for the test.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A repository, or a folder that is none.
struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        for (path, content) in files {
            project.write(path, content);
        }
        project
    }

    fn repository(files: &[(&str, &str)]) -> Project {
        let project = Project::new(files);
        project.git(&["init", "-q"]);
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn git(&self, args: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]).args(args);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let done = command.current_dir(self.path()).output().unwrap();
        assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "x"]);
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sparhund"));
        command.args(args).current_dir(self.path()).env_remove("SPARHUND_KEY_FILE");
        command.env("GIT_CEILING_DIRECTORIES", self.path().parent().unwrap());
        command.output().unwrap()
    }

    /// Status, and what is found as `path:line category`, and the warnings.
    fn check(&self, args: &[&str]) -> (i32, Vec<String>, Vec<String>) {
        let output = self.run(&[&["check", "--format", "json"], args].concat());
        let status = output.status.code().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let Ok(json) = serde_json::from_slice::<Value>(&output.stdout) else {
            return (status, Vec::new(), vec![said]);
        };
        let place = |finding: &Value| {
            let (at, category) = (&finding["location"], &finding["category"]);
            let line = at["line"].as_u64().map(|n| format!(":{n}")).unwrap_or_default();
            format!("{}{line} {}", at["path"].as_str().unwrap(), category.as_str().unwrap())
        };
        let list = |name: &str| json[name].as_array().unwrap().clone();
        let warnings = list("warnings").iter().map(|w| w.as_str().unwrap().to_owned()).collect();
        (status, list("findings").iter().map(place).collect(), warnings)
    }

    fn check_finds(&self, args: &[&str], wanted: &[&str]) {
        let (status, found, said) = self.check(args);
        assert_eq!(found, wanted, "{args:?} {said:?}");
        assert_eq!(status, i32::from(!wanted.is_empty()), "{args:?} {said:?}");
    }
}

/// A number with the right check digit that is on no list of test numbers.
fn number(serial: u32) -> String {
    let digits = format!("850709{serial:03}");
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(n, byte)| u32::from(byte - b'0') * if n % 2 == 0 { 2 } else { 1 })
        .map(|n| n / 10 + n % 10)
        .sum();
    format!("19850709-{serial:03}{}", (10 - sum % 10) % 10)
}

fn person(serial: u32) -> String {
    format!("personnummer: {}\n", number(serial))
}

#[test]
fn test_identities_pass_and_others_fail_with_advice() {
    let project = Project::new(&[
        ("ok.txt", "personnummer 19850820-2390, 070-174 06 05, eva@example.com\n"),
        ("bad.txt", &person(123)),
    ]);
    project.check_finds(&["ok.txt"], &[]);
    project.check_finds(&[], &["bad.txt:1 personnummer"]);
    let text = String::from_utf8(project.run(&["check", "--show-line"]).stdout).unwrap();
    for said in
        ["1985****-****", "--> bad.txt:1:15", "Skatteverket", "belong to somebody", &number(123)]
    {
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(said), "{said}: {text}");
    }
    let text = String::from_utf8(project.run(&["check"]).stdout).unwrap();
    assert!(!text.contains(&number(123)), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn what_a_commit_would_hold_is_looked_at() {
    let people: Vec<String> = (1..=4).map(person).collect();
    let files = [
        (".gitignore", "*.log\nout/\n"),
        ("a.log", &people[0]),
        ("out/b.txt", &people[1]),
        (".hidden/c.txt", &people[2]),
        ("sub/d.txt", &people[3]),
    ];
    let wanted = [".hidden/c.txt:1 personnummer", "sub/d.txt:1 personnummer"];
    Project::new(&files).check_finds(&[], &wanted);
    let project = Project::repository(&files);
    project.check_finds(&[], &wanted);
    project.check_finds(&["sub"], &wanted[1..]);
    // What is named is looked at, whatever is ignored.
    project.check_finds(&["a.log"], &["a.log:1 personnummer"]);
    project.check_finds(&["out"], &["out/b.txt:1 personnummer"]);
    project.check_finds(&["--exclude", "sub", "--exclude", "c.txt"], &[]);
    // A tracked file is committed though it is ignored.
    project.git(&["add", "-f", "a.log"]);
    project.check_finds(&[], &[wanted[0], "a.log:1 personnummer", wanted[1]]);
    fs::remove_file(project.path().join("a.log")).unwrap();
    project.check_finds(&[], &wanted);
}

#[test]
fn what_is_staged_is_read_from_the_index() {
    let project = Project::repository(&[("old.txt", &person(1)), ("x.txt", "a\nb\n")]);
    project.commit();
    project.check_finds(&["--staged"], &[]);
    // In the working folder only: not staged.
    project.write("x.txt", &format!("a\n{}b\n", person(2)));
    project.check_finds(&["--staged"], &[]);
    // Staged, and not in the working folder any more.
    project.git(&["add", "x.txt"]);
    project.write("x.txt", "a\nb\n");
    project.check_finds(&["--staged"], &["x.txt:2 personnummer"]);
    project.check_finds(&["--staged", "old.txt"], &[]);
    // What stood there before and has moved is not new.
    project.write("old.txt", &format!("first\n{}{}", person(1), person(3)));
    project.git(&["reset", "-q"]);
    project.git(&["add", "old.txt"]);
    project.check_finds(&["--staged"], &["old.txt:3 personnummer"]);
    // Before the first commit everything is new.
    let fresh = Project::repository(&[("a.txt", &person(1))]);
    fresh.git(&["add", "-A"]);
    fresh.check_finds(&["--staged"], &["a.txt:1 personnummer"]);
}

#[test]
fn what_has_changed_since_a_revision() {
    let project = Project::repository(&[("a.txt", &person(1))]);
    project.commit();
    project.write("b.txt", &person(2));
    project.commit();
    project.write("c.txt", &person(3));
    project.write("a.txt", &format!("{}{}", person(1), person(4)));
    project.check_finds(
        &["--since", "HEAD~1"],
        &["a.txt:2 personnummer", "b.txt:1 personnummer", "c.txt:1 personnummer"],
    );
    project.check_finds(&["--since", "HEAD"], &["a.txt:2 personnummer", "c.txt:1 personnummer"]);
    let (status, _, said) = project.check(&["--since", "nowhere"]);
    assert_eq!(status, 2);
    assert!(said[0].contains("fetch it"), "{said:?}");
    assert_eq!(Project::new(&[]).check(&["--staged"]).0, 2);
}

#[test]
fn lists_of_files() {
    let project =
        Project::new(&[("a b.txt", &person(1)), ("c.txt", &person(2)), ("list", "a b.txt\n")]);
    project.check_finds(&["--files-from", "list"], &["a b.txt:1 personnummer"]);
    project.write("list0", "a b.txt\0c.txt\0");
    let both = ["a b.txt:1 personnummer", "c.txt:1 personnummer"];
    project.check_finds(&["--files-from", "list0", "-0"], &both);
    // What is on the list and not there is no silent success.
    project.write("list", "gone.txt\n");
    assert_eq!(project.check(&["--files-from", "list"]).0, 3);
    assert_eq!(project.check(&["gone.txt"]).0, 2);
}

#[test]
fn what_could_not_be_read_is_told() {
    let project = Project::new(&[("b.zip", "PK\u{3}\u{4} broken"), ("a.txt", "nothing\n")]);
    assert_eq!(project.check(&[]).0, 3);
    project.write("c.txt", &person(1));
    assert_eq!(project.check(&[]).0, 1);
}

#[test]
fn comments_allow_with_a_reason() {
    let n = number(5);
    let check = |content: &str, wanted: &[&str], warned: &str| {
        // Written out, these would be exceptions of this file.
        let content = &content.replace("@allow", "sparhund:allow");
        let project = Project::new(&[("a.py", content)]);
        let (_, found, said) = project.check(&[]);
        assert_eq!(found, wanted, "{content}");
        assert_eq!(said.is_empty(), warned.is_empty(), "{content} {said:?}");
        assert!(said.join("").contains(warned), "{content} {said:?}");
    };
    check(&format!("pnr = '{n}'  # @allow personnummer a made-up one\n"), &[], "");
    check(&format!("# @allow personnummer a made-up one\npnr = '{n}'\n"), &[], "");
    check(
        &format!("# @allow personnummer until=2020-01-01 short\npnr = '{n}'\n"),
        &["a.py:2 personnummer"],
        "",
    );
    check(&format!("# @allow personnummer\npnr = '{n}'\n"), &["a.py:2 personnummer"], "");
    check(&format!("# @allow phone ours\npnr = '{n}'\n"), &["a.py:2 personnummer"], "not needed");
    check("# @allow phone until=2020-01-01 ours\n", &[], "ended on 2020-01-01");
}

#[test]
fn the_configuration_allows_with_a_reason() {
    let allow = |more: &str| {
        format!(
            "[[check.allow]]\ncategory = \"personnummer\"\npath = \"data/*.txt\"\nreason = \"old\"\n{more}"
        )
    };
    let project = Project::new(&[("data/a.txt", &person(1)), ("b.txt", &person(1))]);
    let check = |config: &str, wanted: &[&str], warned: &str| {
        project.write("sparhund.toml", config);
        let (_, found, said) = project.check(&[]);
        assert_eq!(found, wanted, "{config} {said:?}");
        assert!(said.join("").contains(warned), "{config} {said:?}");
    };
    check(&allow(""), &["b.txt:1 personnummer"], "");
    check(&allow("pattern = \"1985.*\""), &["b.txt:1 personnummer"], "");
    let both = ["b.txt:1 personnummer", "data/a.txt:1 personnummer"];
    check(
        &allow("pattern = \"85\""),
        &both,
        "sparhund.toml:1: the exception for personnummer is not needed",
    );
    check(&allow("until = 2020-01-01"), &both, "");
    check("[check]\ncategories = [\"phone\"]\n", &[], "");
    // Named by its token, the value is not told.
    assert_eq!(project.run(&["key", "new", "k"]).status.code(), Some(0));
    let scan = project.run(&["scan", "b.txt", "--values", "token", "--key-file", "k"]);
    let scan: Value = serde_json::from_slice(&scan.stdout).unwrap();
    let token = scan["findings"][0]["value"]["token"].as_str().unwrap();
    project.write(
        "sparhund.toml",
        &format!("{}\n[key]\nfile = \"k\"\n", allow(&format!("token = \"{token}\""))),
    );
    project.check_finds(&[], &["b.txt:1 personnummer"]);
}

#[test]
fn a_baseline_knows_what_is_there() {
    let project = Project::new(&[("a.txt", &(person(1) + &person(2))), ("b.txt", &person(3))]);
    let args = ["--baseline", "known"];
    assert_eq!(project.check(&args).0, 2);
    let renew = ["check", "--baseline", "known", "--update-baseline"];
    assert_eq!(project.run(&renew).status.code(), Some(0));
    let known = project.read("known");
    assert!(!known.contains("1985") && known.lines().count() == 6, "{known}");
    project.check_finds(&args, &[]);
    // The same input writes the same bytes.
    assert_eq!(project.run(&renew).status.code(), Some(0));
    assert_eq!(project.read("known"), known);
    // Moved lines are known; one more is not, and what it can be is told.
    project.write("a.txt", &format!("first\n\n{}{}", person(2), person(1)));
    project.check_finds(&args, &[]);
    project.write("a.txt", &format!("{}{}{}", person(2), person(1), person(1)));
    project.check_finds(&args, &["a.txt:2 personnummer", "a.txt:3 personnummer"]);
    project.write("a.txt", &person(1));
    let (status, _, said) = project.check(&args);
    assert_eq!(status, 0);
    assert!(
        said[0].contains("knows more than there is (1 entries: personnummer in a.txt)"),
        "{said:?}"
    );
    // What was not looked at stays in it.
    assert_eq!(project.run(&[&renew[..], &["a.txt"]].concat()).status.code(), Some(0));
    project.check_finds(&args, &[]);
    assert_eq!(project.read("known").lines().count(), 5);
}

#[test]
fn new_values_show_in_spite_of_a_baseline() {
    let all = |from: u32| (0..40).map(|n| person(from + n)).collect::<String>();
    let project = Project::new(&[("a.txt", &all(100))]);
    let args = ["--baseline", "known"];
    assert_eq!(
        project.run(&["check", "--baseline", "known", "--update-baseline"]).status.code(),
        Some(0)
    );
    // One value takes the place of another: it hides once in 256 times.
    let mut hidden = 0;
    for n in 0..30 {
        project.write("a.txt", &all(100).replace(&number(100 + n), &number(300 + n)));
        hidden += usize::from(project.check(&args).0 == 0);
    }
    assert!(hidden <= 2, "{hidden}");
    // One more never does.
    project.write("a.txt", &(all(100) + &person(500)));
    assert_eq!(project.check(&args).0, 1);
}

#[test]
fn baselines_of_two_branches_merge() {
    let project =
        Project::repository(&[("a.txt", &person(1)), (".gitattributes", "known merge=union\n")]);
    let renew = || {
        assert_eq!(
            project.run(&["check", "--baseline", "known", "--update-baseline"]).status.code(),
            Some(0)
        );
        project.commit();
    };
    renew();
    project.git(&["checkout", "-q", "-b", "one"]);
    project.write("b.txt", &person(2));
    renew();
    project.git(&["checkout", "-q", "-"]);
    project.write("c.txt", &person(3));
    renew();
    project.git(&["merge", "-q", "-m", "x", "one"]);
    project.check_finds(&["--baseline", "known"], &[]);
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let project = Project::new(&[("a.txt", &person(1))]);
    let fingerprint = || {
        let output = project.run(&["check", "--format", "json"]);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        json["findings"][0]["fingerprint"].clone()
    };
    let before = fingerprint();
    project.write("a.txt", &format!("\n\n{}", person(1)));
    assert_eq!(fingerprint(), before);
}

#[test]
fn personal_paths_are_masked_in_every_form() {
    let project = Project::new(&[("19850820-2390/a.txt", &person(1))]);
    for form in ["text", "json", "sarif", "junit", "github", "gitlab"] {
        let output = project.run(&["check", "--format", form]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            !text.contains("19850820") && text.contains("1985****-****/a.txt"),
            "{form}: {text}"
        );
    }
}
