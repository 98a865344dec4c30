//! Precision and recall on labelled files:
//! `cargo bench --bench accuracy -- FOLDER TRUTH` prints a row for each category.
//!
//! `TRUTH` holds one JSON object a line for each thing that is in the files: `file` (its path below
//! `FOLDER`), `category`, `normalized` (as findings have it), `expect` (`high`, `medium`, `low`; `absent` for what
//! must not be found) and, where wanted, `accept` (other values that are as right) and `optional`.
//! A finding is right if its file, category and value are; each thing counts once a place. What is
//! expected at `low` may be found or not. What stands in a file or member that could not be read (`inside`
//! names the member as findings do) counts for nothing.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use serde_json::Value;

/// What is counted of one category.
#[derive(Default)]
struct Counts {
    expected: usize,
    found: usize,
    wrong: usize,
}

/// Something that is in a file.
struct Thing {
    values: Vec<String>,
    /// The members of containers it stands in.
    inside: Vec<Value>,
    /// It counts as missed if it is not found.
    due: bool,
    /// Findings of it so far, and how many there may be.
    found: u64,
    most: u64,
}

/// Things by file and category.
type Truth = HashMap<(String, String), Vec<Thing>>;

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let [folder, truth] = &paths[..] else {
        return show("cargo bench --bench accuracy -- FOLDER TRUTH\n", ExitCode::SUCCESS);
    };
    match measured(Path::new(folder), Path::new(truth)) {
        Ok(table) => show(&table, ExitCode::SUCCESS),
        Err(error) => show(&format!("{error}\n"), ExitCode::FAILURE),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn show(text: &str, code: ExitCode) -> ExitCode {
    print!("{text}");
    code
}

fn measured(folder: &Path, truth: &Path) -> Result<String, String> {
    let cannot =
        |what: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", what.display());
    let text = std::fs::read_to_string(truth).map_err(|e| cannot(truth, &e))?;
    let mut things = Truth::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let thing: Value = serde_json::from_str(line).map_err(|e| cannot(truth, &e))?;
        add(&mut things, &thing);
    }
    let mut counts: HashMap<String, Counts> = HashMap::new();
    let inventory = scanned(folder)?;
    for line in inventory.iter().filter(|line| line["type"] == "unread") {
        forget(&mut things, &line["location"]);
    }
    for line in inventory.iter().filter(|line| line["type"] == "finding") {
        judge(&mut things, line, &mut counts);
    }
    for ((_, category), things) in things {
        let count = counts.entry(category).or_default();
        count.expected += things.iter().filter(|t| t.due).count();
        count.found += things.iter().filter(|t| t.due && t.found > 0).count();
    }
    Ok(table(counts))
}

/// The lines of a scan's inventory.
fn scanned(folder: &Path) -> Result<Vec<Value>, String> {
    let options = ["--format", "ndjson", "--values", "plain", "--min-confidence", "medium"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_sparhund"));
    command.arg("scan").arg(folder).args(options).args(["--progress", "never"]);
    let output = command.output().map_err(|error| error.to_string())?;
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines.lines().map(|line| serde_json::from_str(line).map_err(|e| e.to_string())).collect()
}

/// Leaves out what stands where nothing was read.
fn forget(truth: &mut Truth, unread: &Value) {
    let inside = unread["inside"].as_array().cloned().unwrap_or_default();
    for ((file, _), things) in truth {
        if file == text(&unread["path"]) {
            things.retain(|thing| !thing.inside.starts_with(&inside));
        }
    }
}

fn add(truth: &mut Truth, line: &Value) {
    let values = [&line["normalized"], &line["written"]].into_iter();
    let others = line["accept"].as_array().into_iter().flatten();
    let optional = line["optional"] == true || !matches!(text(&line["expect"]), "high" | "medium");
    if line["expect"] == "absent" {
        return;
    }
    let thing = Thing {
        values: values.chain(others).map(|value| folded(text(value))).collect(),
        inside: line["inside"].as_array().cloned().unwrap_or_default(),
        due: !optional,
        found: 0,
        most: line["max_findings"].as_u64().unwrap_or(1),
    };
    truth.entry(key(&line["file"], line)).or_default().push(thing);
}

fn key(file: &Value, line: &Value) -> (String, String) {
    (text(file).to_owned(), text(&line["category"]).to_owned())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Lower case, white space and commas folded.
fn folded(value: &str) -> String {
    let words = value.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Sets a finding off against what it may stand for, those not found yet first.
fn judge(truth: &mut Truth, finding: &Value, counts: &mut HashMap<String, Counts>) {
    let value = folded(text(&finding["value"]["normalized"]));
    let things = truth.get_mut(&key(&finding["location"]["path"], finding));
    let stands_for = |t: &&mut Thing| t.found < t.most && t.values.contains(&value);
    let right = things.into_iter().flatten().filter(stands_for).min_by_key(|t| (t.found, !t.due));
    match right {
        Some(thing) => thing.found += 1,
        None => counts.entry(text(&finding["category"]).to_owned()).or_default().wrong += 1,
    }
}

fn table(counts: HashMap<String, Counts>) -> String {
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut table =
        String::from("| category | things | found | wrong | precision | recall | F1 |\n");
    table.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (category, Counts { expected, found, wrong }) in rows {
        let share = |of: usize| if of == 0 { 1.0 } else { found as f64 / of as f64 };
        let (precision, recall) = (share(found + wrong), share(expected));
        let f1 = 2.0 * found as f64 / ((2 * found + wrong + expected - found).max(1)) as f64;
        let _ = writeln!(
            table,
            "| `{category}` | {expected} | {found} | {wrong} | {precision:.3} | {recall:.3} | {f1:.3} |"
        );
    }
    table
}
