//! Rules of the user's own: customer numbers, medical record numbers, names of projects.
//!
//! [`load`] reads files in the style of the built-in ones and tells all mistakes of all of them at
//! once. What a rule says is in [`UserRule`]; `written` reads it, `pattern` makes its patterns fit for
//! bytes, `first` says what they may begin with. `detect` tries them.

mod first;
mod pattern;
mod written;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{Rule, RuleError};
use crate::model::{Category, Clue, Evidence, Own, OwnCategory};
use crate::validate::named::Check;

pub use first::{Beginning, ByteSet, DEPTH, continues, is_word};
pub use pattern::{LONGEST, Pattern};

/// A rule file has no more bytes than this.
const FILE: u64 = 4 << 20;

/// Points by clue, in the order of [`Clue::ALL`].
pub type Weights = [i16; Clue::ALL.len()];

/// A rule of the user's own, checked.
#[derive(Clone, Debug)]
pub struct UserRule {
    /// What all rules have.
    pub rule: Rule,
    /// What it finds by form.
    pub patterns: Vec<Pattern>,
    /// What it finds by name.
    pub terms: Vec<String>,
    /// It finds only what a label or a word near by names.
    pub needs_keyword: bool,
    /// What its values must pass.
    pub check: Option<Check>,
    /// Points by clue.
    pub weights: Weights,
    /// Its findings are special category data (GDPR art. 9).
    pub special_category: bool,
}

impl UserRule {
    /// The points that evidence adds up to: 1 to 99.
    #[must_use]
    pub fn score(&self, evidence: Evidence) -> i16 {
        evidence.iter().map(|clue| self.weights[clue as usize]).sum::<i16>().clamp(1, 99)
    }
}

/// A rule that has no number yet.
struct Draft {
    own: OwnCategory,
    rule: UserRule,
}

impl Draft {
    /// The rule with its number, if there is one left.
    fn finish(self) -> Option<UserRule> {
        let own = Own::of(&self.own)?;
        WEIGHTS[own.number()].get_or_init(|| self.rule.weights);
        let mut rule = self.rule;
        rule.rule.category = Category::Own(own);
        Some(rule)
    }
}

/// Rules of the user's own, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct UserRules {
    /// The rules.
    pub rules: Vec<UserRule>,
    digest: u64,
}

/// The same rules if they were written in the same way.
impl PartialEq for UserRules {
    fn eq(&self, other: &UserRules) -> bool {
        self.digest == other.digest && self.rules.len() == other.rules.len()
    }
}

impl UserRules {
    /// Their categories.
    pub fn categories(&self) -> impl Iterator<Item = Category> {
        self.rules.iter().map(|rule| rule.rule.category)
    }

    /// The category of this name.
    #[must_use]
    pub fn category(&self, id: &str) -> Option<Category> {
        self.categories().find(|category| category.id() == id)
    }

    /// A digest of the built-in rules and of these.
    #[must_use]
    pub fn digest(&self) -> String {
        let built_in = super::digest();
        if self.rules.is_empty() {
            return built_in;
        }
        let both = format!("{built_in}{:016x}", self.digest);
        format!("{:016x}", xxhash_rust::xxh3::xxh3_64(both.as_bytes()))
    }

    /// Checks the texts of rule files, each with its name.
    ///
    /// # Errors
    /// All mistakes of all texts.
    pub fn parse(files: &[(String, String)]) -> Result<UserRules, Vec<RuleError>> {
        let mut loading = Loading::default();
        files.iter().for_each(|(name, text)| loading.add(name, text));
        loading.end()
    }
}

/// Reads rule files: those named, and all `*.toml` in the folders named.
///
/// # Errors
/// All mistakes of all files.
pub fn load(paths: &[PathBuf]) -> Result<UserRules, Vec<RuleError>> {
    let mut loading = Loading::default();
    let mut files = Vec::new();
    for path in paths {
        match listed(path) {
            Ok(found) => files.extend(found),
            Err(message) => loading.complain(path, message),
        }
    }
    files.sort();
    files.dedup();
    for file in files {
        match read(&file) {
            Ok(text) => loading.add(&file.to_string_lossy(), &text),
            Err(message) => loading.complain(&file, message),
        }
    }
    loading.end()
}

/// The rule files at a path.
fn listed(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let files = entries.flatten().map(|entry| entry.path());
    let files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "toml")).collect();
    if files.is_empty() {
        return Err("there is no rule file (*.toml) in this folder".to_owned());
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String, String> {
    let about = |error| match error {
        std::io::ErrorKind::NotFound => "there is no such file or folder: check --rules".to_owned(),
        other => format!("it cannot be read: {other}"),
    };
    let facts = fs::metadata(path).map_err(|error| about(error.kind()))?;
    if facts.len() > FILE {
        return Err(format!("it is larger than {FILE} bytes: split it"));
    }
    let bytes = fs::read(path).map_err(|error| about(error.kind()))?;
    let text =
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8: save it as that".to_owned())?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

/// Rules as they are read.
#[derive(Default)]
struct Loading {
    /// By name, with their files.
    drafts: BTreeMap<String, (String, Draft)>,
    errors: Vec<RuleError>,
    /// By name, the digests of their texts.
    digests: BTreeMap<String, u64>,
}

impl Loading {
    fn complain(&mut self, path: &Path, message: String) {
        let file = path.to_string_lossy().into_owned();
        self.errors.push(RuleError { file, line: 0, column: 0, message });
    }

    fn add(&mut self, name: &str, text: &str) {
        let digest = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        let known = |id: &str| self.drafts.get(id).map(|known| known.0.clone());
        match written::parse(name, text, digest, &known) {
            Ok(draft) => {
                let id = draft.own.id.clone();
                self.digests.insert(id.clone(), digest);
                self.drafts.insert(id, (name.to_owned(), draft));
            }
            Err(errors) => self.errors.extend(errors),
        }
    }

    fn end(self) -> Result<UserRules, Vec<RuleError>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        // Numbers are given in the order of names, whatever the files are called.
        let rules: Option<Vec<UserRule>> =
            self.drafts.into_values().map(|(_, draft)| draft.finish()).collect();
        let Some(rules) = rules else { return Err(vec![too_many()]) };
        let all: String = self.digests.values().map(|digest| format!("{digest:016x}")).collect();
        Ok(UserRules { rules, digest: xxhash_rust::xxh3::xxh3_64(all.as_bytes()) })
    }
}

fn too_many() -> RuleError {
    let message = format!("there may be {} rules at most: leave some out", Own::MOST);
    RuleError { file: "--rules".to_owned(), line: 0, column: 0, message }
}

/// How the clues of own categories weigh, by number.
static WEIGHTS: [OnceLock<Weights>; Own::MOST] = [const { OnceLock::new() }; Own::MOST];

/// The weights of a category of the user's own; nothing where only its name is known.
pub(super) fn weights(category: Category) -> &'static Weights {
    static NONE: Weights = [0; Clue::ALL.len()];
    match category {
        Category::Own(own) => WEIGHTS[own.number()].get().unwrap_or(&NONE),
        _ => &NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(files: &[(&str, &str)]) -> Result<UserRules, Vec<String>> {
        let own = |&(name, text): &(&str, &str)| (name.to_owned(), text.to_owned());
        let files: Vec<(String, String)> = files.iter().map(own).collect();
        UserRules::parse(&files).map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_rule_needs_little() {
        let rules = parse(&[("a.toml", "id = \"test_kund\"\npattern = 'KD-\\d{6}'\n")]).unwrap();
        let rule = &rules.rules[0];
        assert_eq!(rule.rule.category.id(), "test_kund");
        assert_eq!(rule.rule.keywords_for, ["test kund"]);
        let form = Evidence::NONE.with(Clue::Form);
        let grade = |evidence| crate::rules::grade(rule.score(evidence)).id();
        assert_eq!(grade(form), "medium");
        assert_eq!(grade(form.with(Clue::Label)), "high");
        assert_eq!(grade(form.with(Clue::ContextAgainst)), "low");
        assert_eq!(weights(rule.rule.category), &rule.weights);
    }

    #[test]
    fn what_asks_for_a_keyword_is_medium_with_one() {
        let text = "id = \"test_needs\"\nrequires = \"keyword\"\ncheck = \"luhn\"\n\
                    pattern = '\\d{7}'\n";
        let rules = parse(&[("a.toml", text)]).unwrap();
        let rule = &rules.rules[0];
        let word = Evidence::NONE.with(Clue::Form).with(Clue::ContextWord);
        assert_eq!(crate::rules::grade(rule.score(word)).id(), "medium");
        assert_eq!(crate::rules::grade(rule.score(word.with(Clue::Check))).id(), "high");
    }

    #[test]
    fn all_mistakes_of_all_files_are_told() {
        let first = "id = \"Test\"\npatern = 'x'\n[[pattern]]\nregex = 'a(\\d'\n";
        let second = "id = \"email\"\nterms = [\"ab\", 7]\ncheck = \"luhm\"\n";
        let third = "id = \"test_c\"\npattern = \n";
        let errors = parse(&[("a", first), ("b", second), ("c", third)]).unwrap_err();
        let starts = [
            "a:1:6: ", "a:2:1: ", "a:4:11: ", "b:1:6: ", "b:2:10: ", "b:2:16: ", "b:3:9: ",
            "c:2:11: ",
        ];
        for (n, start) in starts.iter().enumerate() {
            let said = errors.get(n).map_or("", String::as_str);
            assert!(said.starts_with(start), "{n}: {errors:#?}");
        }
        assert!(errors[1].contains("'pattern'"), "{errors:#?}");
    }

    #[test]
    fn a_name_stands_once() {
        let text = "id = \"test_twice\"\nterms = [\"abc\"]\n";
        let errors = parse(&[("a.toml", text), ("b.toml", text)]).unwrap_err();
        assert!(
            errors[0].starts_with("b.toml:1:6: ") && errors[0].contains("a.toml"),
            "{errors:?}"
        );
    }

    #[test]
    fn the_digest_tells_rules_apart_and_not_files() {
        let one = ("a.toml", "id = \"test_one\"\nterms = [\"abc\"]\n");
        let two = ("b.toml", "id = \"test_two\"\nterms = [\"abd\"]\n");
        let digest = |files: &[(&str, &str)]| parse(files).unwrap().digest();
        assert_eq!(digest(&[]), crate::rules::digest());
        assert_ne!(digest(&[one]), digest(&[two]));
        assert_eq!(digest(&[one, two]), digest(&[two, ("c.toml", one.1)]));
    }
}
