//! Logs in SARIF, held against the official schema.

use regex::Regex;
use serde_json::Value;

use crate::run::Tree;

/// What is wrong with a value by a schema (JSON Schema draft 7, as far as this schema uses it).
fn complaints(root: &Value, schema: &Value, value: &Value, at: &str, into: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else { return };
    for (keyword, wanted) in schema {
        let fits = match keyword.as_str() {
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                let target = root.pointer(pointer).expect(pointer);
                complaints(root, target, value, at, into);
                true
            }
            "type" => match wanted {
                Value::String(kind) => is_of_type(value, kind),
                kinds => {
                    kinds.as_array().unwrap().iter().any(|k| is_of_type(value, k.as_str().unwrap()))
                }
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "pattern" => value
                .as_str()
                .is_none_or(|text| Regex::new(wanted.as_str().unwrap()).unwrap().is_match(text)),
            "minimum" => value.as_f64().is_none_or(|n| n >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= wanted.as_f64().unwrap()),
            "minItems" => {
                value.as_array().is_none_or(|all| all.len() as u64 >= wanted.as_u64().unwrap())
            }
            "uniqueItems" => value
                .as_array()
                .is_none_or(|all| all.iter().enumerate().all(|(n, one)| !all[..n].contains(one))),
            "required" => value.as_object().is_none_or(|object| {
                wanted
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|key| object.contains_key(key.as_str().unwrap()))
            }),
            "anyOf" => fitting(root, wanted, value) > 0,
            "oneOf" => fitting(root, wanted, value) == 1,
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    complaints(root, wanted, item, &format!("{at}/{n}"), into);
                }
                true
            }
            "properties" | "additionalProperties" => true,
            "format" | "default" | "description" | "title" | "definitions" | "$id" | "$schema" => {
                true
            }
            other => panic!("a keyword that is not known here: {other}"),
        };
        if !fits {
            into.push(format!("{at}: {keyword} {wanted}"));
        }
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{key}");
        match (
            schema.get("properties").and_then(|known| known.get(key)),
            schema.get("additionalProperties"),
        ) {
            (Some(known), _) => complaints(root, known, inner, &at, into),
            (None, Some(Value::Bool(false))) => into.push(format!("{at}: not known")),
            (None, Some(more)) => complaints(root, more, inner, &at, into),
            (None, None) => {}
        }
    }
}

fn fitting(root: &Value, schemas: &Value, value: &Value) -> usize {
    let fits = |schema: &&Value| {
        let mut found = Vec::new();
        complaints(root, schema, value, "", &mut found);
        found.is_empty()
    };
    schemas.as_array().unwrap().iter().filter(fits).count()
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("a type that is not known here: {other}"),
    }
}

fn check_log(log: &[u8]) -> Value {
    let schema = include_str!("vectors/sarif-2.1.0.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let log: Value = serde_json::from_slice(log).unwrap();
    let mut found = Vec::new();
    complaints(&schema, &schema, &log, "", &mut found);
    assert!(found.is_empty(), "{found:#?}");
    log
}

#[test]
fn the_schema_sees_mistakes() {
    let schema = include_str!("vectors/sarif-2.1.0.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let check = |log: &str, wrong: usize| {
        let mut found = Vec::new();
        complaints(&schema, &schema, &serde_json::from_str(log).unwrap(), "", &mut found);
        assert_eq!(found.len(), wrong, "{log}: {found:#?}");
    };
    check(r#"{"version":"2.1.0","runs":[]}"#, 0);
    check(r#"{"version":"2.0.0","runs":[]}"#, 1);
    check(r#"{"version":"2.1.0","runs":[{"tool":{"driver":{}},"x":1}]}"#, 2);
}

#[test]
fn logs_fit_the_official_schema_and_mask_paths() {
    let tree = Tree::new(&[
        ("a 19850820-2390.txt", b"mejla anna.larsson@firma.se eller eva@example.com\n"),
        ("b.zip", b"PK\x03\x04 broken"),
    ]);
    for args in
        [&["scan", "share", "--format", "sarif"][..], &["check", "share", "--format", "sarif"]]
    {
        let output = tree.run(args);
        let log = check_log(&output.stdout);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!text.contains("19850820") && !text.contains("anna.larsson"), "{text}");
        let results = log["runs"][0]["results"].as_array().unwrap();
        let uris: Vec<&str> = results
            .iter()
            .filter_map(|r| {
                r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str()
            })
            .collect();
        assert!(uris.contains(&"share/a%201985****-****.txt"), "{uris:?}");
        assert!(text.contains("toolExecutionNotifications"));
    }
    let reports = tree.path().join("reports");
    let units = tree.run(&["units", "share"]);
    std::fs::write(&reports, tree.run_with(&["work"], &units.stdout).stdout).unwrap();
    let merged = tree.run(&["merge", reports.to_str().unwrap(), "--format", "sarif"]);
    assert_eq!(
        check_log(&merged.stdout),
        check_log(&tree.run(&["scan", "share", "--format", "sarif"]).stdout)
    );
}
