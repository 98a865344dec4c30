//! Running the program on trees made for the test, and reading what it writes.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder of files made for a test.
pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    /// Files by path and content.
    pub(crate) fn new(files: &[(&str, &[u8])]) -> Tree {
        let tree = Tree(tempfile::tempdir().unwrap());
        for (path, content) in files {
            tree.add(path, content);
        }
        tree
    }

    pub(crate) fn add(&self, path: impl AsRef<Path>, content: &[u8]) -> PathBuf {
        let path = self.0.path().join("share").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Where `share`, the folder with the files, lies.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The program, to be run beside `share`.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sparhund"));
        command.args(args).current_dir(self.path()).env_remove("SPARHUND_KEY_FILE");
        command.args(["--color", "never"]).stdin(Stdio::null());
        // What is found must not hang on the programs that are installed.
        let reads = matches!(args.first(), Some(&("scan" | "work" | "text" | "explain")));
        if reads && !args.contains(&"--ocr") {
            command.args(["--ocr", "off"]);
        }
        command
    }

    /// The program, to be run where it does not matter.
    pub(crate) fn command_anywhere(&self, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command.current_dir("/");
        command
    }

    /// Runs it.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs it with something to read on standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Output {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        output
    }

    /// Scans `share` and gives the lines.
    pub(crate) fn scan(&self, args: &[&str]) -> Vec<Value> {
        let args = [&["scan", "share", "--format", "ndjson"], args].concat();
        lines(&self.run(&args).stdout)
    }
}

/// Lines of JSON.
pub(crate) fn lines(text: &[u8]) -> Vec<Value> {
    let line = |line: &[u8]| serde_json::from_slice(line).unwrap();
    text.split(|&b| b == b'\n').filter(|l| !l.is_empty()).map(line).collect()
}

/// Those of a type.
pub(crate) fn of_type<'l>(lines: &'l [Value], kind: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

/// A result without the times in it.
pub(crate) fn timeless(text: &[u8]) -> String {
    let mut lines = lines(text);
    for line in &mut lines {
        for key in ["started", "finished"] {
            if let Some(time) = line.get_mut(key) {
                *time = Value::Null;
            }
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A value at a pointer, as text.
pub(crate) fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The ledger balances, and agrees with the units' own.
pub(crate) fn check_ledger(lines: &[Value]) {
    let sum = |value: &Value| -> u64 {
        value.as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum()
    };
    let summary = lines.last().unwrap();
    let ledger = &summary["ledger"];
    let parts =
        ledger["scanned"].as_u64().unwrap() + sum(&ledger["skipped"]) + sum(&ledger["unread"]);
    assert_eq!(ledger["seen"], parts, "{ledger}");
    let units = of_type(lines, "unit");
    let scanned: u64 = units.iter().filter_map(|unit| unit["ledger"]["scanned"].as_u64()).sum();
    assert_eq!(ledger["scanned"], scanned);
    let found: u64 = units.iter().filter_map(|unit| unit["findings"].as_u64()).sum();
    assert_eq!(found, of_type(lines, "finding").len() as u64);
}

/// What `OsStr` has no literal for.
pub(crate) fn os(bytes: &[u8]) -> &OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}
