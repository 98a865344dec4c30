//! The JSON Schema of the inventory, as `sparhund schema` prints it.
//!
//! Written by hand, for it also says what later formats will add; the tests hold it against the
//! words of the model.

/// The schema: JSON Schema 2020-12. `#/$defs/line` describes one line of the stream,
/// `#/$defs/document` the whole in one document.
pub const SCHEMA: &str = include_str!("schema.json");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::model::{Category, Clue, Confidence, Place, Reason, Skipped, Step, TextPlace};

    fn schema() -> Value {
        serde_json::from_str(SCHEMA).unwrap()
    }

    /// The words an `enum` allows, by its pointer below `$defs`.
    fn words(pointer: &str) -> BTreeSet<String> {
        let schema = schema();
        let found = schema.pointer(&format!("/$defs/{pointer}")).expect(pointer);
        found.as_array().expect(pointer).iter().map(|w| w.as_str().unwrap().to_owned()).collect()
    }

    fn set<'a>(ids: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
        ids.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn the_words_are_those_of_the_model() {
        assert_eq!(
            words("confidence/enum"),
            set([Confidence::Low, Confidence::Medium, Confidence::High].map(Confidence::id))
        );
        assert_eq!(
            words("ledger/properties/skipped/propertyNames/enum"),
            set(Skipped::ALL.map(Skipped::id))
        );
        let categories = words("category/anyOf/0/enum");
        assert!(categories.is_superset(&set(Category::ALL.map(Category::id))));
    }

    #[test]
    fn every_reason_of_the_schema_is_one_of_the_model() {
        for word in words("reason/enum") {
            let reason: Reason = serde_json::from_value(word.clone().into()).expect(&word);
            assert_eq!(reason.id(), word);
        }
    }

    #[test]
    fn every_clue_fits_its_pattern() {
        let schema = schema();
        let pattern = schema.pointer("/$defs/clue/pattern").and_then(Value::as_str).unwrap();
        let pattern = regex::Regex::new(pattern).unwrap();
        for clue in Clue::ALL {
            assert!(pattern.is_match(clue.id()), "{}", clue.id());
        }
        assert!(!pattern.is_match("Not a clue"));
    }

    /// The alternative of `name` whose `kind` is that of `value`; checks the fields of `value`.
    fn check_fields(name: &str, value: &Value) {
        let schema = schema();
        let all = schema.pointer(&format!("/$defs/{name}/oneOf")).and_then(Value::as_array);
        let kind = &value["kind"];
        let matches = |one: &&Value| one["properties"]["kind"]["const"] == *kind;
        let one = all.unwrap().iter().find(matches).unwrap_or_else(|| panic!("{name}: {kind}"));
        for field in value.as_object().unwrap().keys() {
            assert!(one["properties"].get(field).is_some(), "{name} {kind}: {field}");
        }
        for field in one["required"].as_array().unwrap() {
            assert!(value.get(field.as_str().unwrap()).is_some(), "{name} {kind}: {field}");
        }
    }

    #[test]
    fn places_and_steps_are_described_as_they_are_written() {
        let text =
            TextPlace { line: 1, column: 1, byte_start: 0, byte_end: 1, field: Some("a".into()) };
        for place in [Place::Name, Place::Text(text), Place::Metadata { field: "author".into() }] {
            check_fields("at", &serde_json::to_value(place).unwrap());
        }
        let name = crate::model::FileName::new(b"\xE5".to_vec());
        let steps = [
            Step::ArchiveEntry { name: name.clone(), index: Some(1) },
            Step::MailMessage { index: 1 },
            Step::Attachment { name: name.clone() },
            Step::Embedded { name: Some(name), index: Some(1) },
            Step::Blob { table: "a".into(), column: "b".into(), key: Vec::new() },
        ];
        for step in steps {
            check_fields("step", &serde_json::to_value(step).unwrap());
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references(value: &Value, into: &mut BTreeSet<String>) {
            match value {
                Value::Object(fields) => {
                    into.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    fields.values().for_each(|inner| references(inner, into));
                }
                Value::Array(items) => items.iter().for_each(|inner| references(inner, into)),
                _ => {}
            }
        }
        let schema = schema();
        let mut all = BTreeSet::new();
        references(&schema, &mut all);
        let defined = schema["$defs"].as_object().unwrap();
        let wanted: BTreeSet<_> = defined.keys().map(|name| format!("#/$defs/{name}")).collect();
        assert_eq!(all, wanted, "undefined, or defined and never used");
    }
}
