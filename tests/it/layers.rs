//! Imports point downwards only: the `crate::…` mentions of each folder of `src` against a table.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each folder of `src` and what it may know, itself aside.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "cli",
        &[
            "check",
            "config",
            "erasure",
            "subject",
            "data_map",
            "policy",
            "inventory",
            "scan",
            "report",
            "source",
            "extract",
            "detect",
            "rules",
            "validate",
            "model",
        ],
    ),
    ("data_map", &["policy", "inventory", "report", "validate", "model"]),
    ("policy", &["inventory", "rules", "validate", "model"]),
    ("inventory", &["report", "model"]),
    ("erasure", &["subject", "report", "model"]),
    ("subject", &["scan", "report", "detect", "rules", "validate", "model"]),
    ("scan", &["report", "source", "extract", "detect", "rules", "validate", "sqlite", "model"]),
    ("check", &["scan", "report", "source", "extract", "detect", "rules", "validate", "model"]),
    ("config", &["validate", "model"]),
    ("report", &["source", "extract", "detect", "rules", "validate", "model"]),
    ("source", &["rules", "validate", "sqlite", "model"]),
    ("extract", &["rules", "validate", "sqlite", "model"]),
    ("detect", &["rules", "validate", "model"]),
    ("rules", &["validate", "model"]),
    ("validate", &["model"]),
    ("sqlite", &["model"]),
    ("model", &[]),
];

#[test]
fn imports_point_downwards() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut complaints = Vec::new();
    for (layer, file) in files_by_layer(&src) {
        let text = fs::read_to_string(&file).expect("a source file is readable text");
        let shown = file.strip_prefix(&src).expect("found below src").display().to_string();
        complaints.extend(violations(&layer, &text).into_iter().map(|v| format!("{shown}: {v}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn the_command_only_uses_the_library() {
    let main = include_str!("../../src/main.rs");
    assert!(main.contains("sparhund::cli::"));
    assert_eq!(mentions(main), BTreeSet::new());
    assert!(!code(main).contains("mod "), "modules belong into the library");
}

#[test]
fn violations_are_seen() {
    let check = |layer: &str, text: &str, wanted: &[&str]| {
        assert_eq!(violations(layer, text), wanted, "{layer}: {text}");
    };
    check("extract", "use crate::model::Record;\nuse super::stream;", &[]);
    check("extract", "use crate::detect::Detector;", &["extract must not know detect"]);
    check("extract", "fn f() { crate::source::open() }", &["extract must not know source"]);
    check(
        "model",
        "use crate::{model::{Unit, Problem}, scan, cli::run};",
        &["model must not know cli", "model must not know scan"],
    );
    check(
        "rules",
        "use crate::{\n    detect::{a, b},\n    model::c,\n};",
        &["rules must not know detect"],
    );
    check("detect", "// crate::source is somebody else's\nlet s = 1; // crate::scan", &[]);
    check("detect", "/// See [`crate::source`].", &[]);
    check("validate", "use super::super::rules::Rule;", &["validate must not know rules"]);
    check("scan", "use crate::nowhere::X;", &["scan must not know nowhere"]);
    check("scan", "pub(crate) fn f() {} mycrate::detect::x()", &[]);
    check("report", "$crate::scan::x!()", &["report must not know scan"]);
    check("elsewhere", "", &["elsewhere is in no layer: add it to the table"]);
}

/// All `.rs` files below `src` with the folder (or lone module) they belong to.
fn files_by_layer(src: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for path in entries(src) {
        let layer = path.file_stem().expect("has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            let mut folders = vec![path];
            while let Some(folder) = folders.pop() {
                let (inner, files): (Vec<_>, Vec<_>) =
                    entries(&folder).into_iter().partition(|path| path.is_dir());
                folders.extend(inner);
                found.extend(files.into_iter().filter(|f| is_rust(f)).map(|f| (layer.clone(), f)));
            }
        } else if is_rust(&path) && layer != "lib" && layer != "main" {
            found.push((layer, path));
        }
    }
    assert!(found.len() > LAYERS.len(), "the sources were not found");
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a source folder is readable");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    paths
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// What a file of `layer` mentions and must not.
fn violations(layer: &str, text: &str) -> Vec<String> {
    let Some((_, allowed)) = LAYERS.iter().find(|known| known.0 == layer) else {
        return vec![format!("{layer} is in no layer: add it to the table")];
    };
    mentions(text)
        .into_iter()
        .filter(|name| name != layer && !allowed.contains(&name.as_str()))
        .map(|name| format!("{layer} must not know {name}"))
        .collect()
}

/// The modules of the crate's root that a text names outside its comments.
fn mentions(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut found = BTreeSet::new();
    for (at, path) in code.match_indices("crate::") {
        if !code[..at].ends_with(is_word) {
            found.extend(first_names(&code[at + path.len()..]));
        }
    }
    // The way round `crate::`. Deeper inside a layer it leads to that layer's own modules.
    for (at, path) in code.match_indices("super::super::") {
        let names = first_names(&code[at + path.len()..]).into_iter();
        found.extend(names.filter(|name| LAYERS.iter().any(|layer| layer.0 == name)));
    }
    found
}

/// A text without its line comments.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    lines.collect::<Vec<_>>().join("\n")
}

/// The names a path goes on with: one, or those of the outermost braces.
fn first_names(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let mut names = vec![word(group.trim_start())];
    let mut depth = 1;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(word(group[at + 1..].trim_start())),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|&c| is_word(c)).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
