//! A rule file as it is written, checked all at once.

use serde::Deserialize;
use toml::Spanned;

use crate::model::{Category, Clue, Confidence};

/// A rule, checked.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// What its findings are called.
    pub category: Category,
    /// What it finds, in English.
    pub title: String,
    /// What it finds, in Swedish.
    pub title_sv: String,
    /// How it decides.
    pub description: String,
    /// Laws, standards and lists it rests on.
    pub references: Vec<String>,
    /// Words that speak for it.
    pub keywords_for: Vec<String>,
    /// Words that speak against it.
    pub keywords_against: Vec<String>,
    /// Points by clue.
    pub weights: Vec<(Clue, i16)>,
    /// Texts in which it must find something.
    pub positive: Vec<Example>,
    /// Texts in which it must find nothing at medium or above.
    pub negative: Vec<Example>,
}

/// A text that a rule is tried on.
#[derive(Clone, Debug)]
pub struct Example {
    /// The text.
    pub text: String,
    /// What must be found, exactly, and how surely; none for a negative example.
    pub finds: Option<(String, Confidence)>,
    /// Why.
    pub why: String,
}

/// A mistake in a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The file.
    pub file: String,
    /// Line, from 1; 0 for what is wrong with the file as a whole.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl RuleError {
    /// A mistake at byte `at` of the text of a file.
    #[must_use]
    pub fn at(file: &str, text: &str, at: usize, message: String) -> RuleError {
        let before = &text[..text.floor_char_boundary(at)];
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.chars().rev().take_while(|&c| c != '\n').count();
        RuleError { file: file.to_owned(), line, column, message }
    }
}

impl std::fmt::Display for RuleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}:{}: {}", self.file, self.column, self.message),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    category: Spanned<String>,
    title: String,
    title_sv: String,
    description: String,
    references: Vec<String>,
    weights: std::collections::BTreeMap<Spanned<String>, i16>,
    keywords: Keywords,
    #[serde(default)]
    positive: Vec<Positive>,
    #[serde(default)]
    negative: Vec<Negative>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keywords {
    #[serde(rename = "for")]
    for_it: Vec<String>,
    against: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Positive {
    text: String,
    finds: Spanned<String>,
    confidence: Spanned<String>,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Negative {
    text: String,
    why: String,
}

/// Collects mistakes instead of stopping at the first.
struct Checker<'a> {
    file: &'a str,
    text: &'a str,
    errors: Vec<RuleError>,
}

impl Checker<'_> {
    fn complain(&mut self, at: usize, message: String) {
        self.errors.push(RuleError::at(self.file, self.text, at, message));
    }

    fn clue(&mut self, name: &Spanned<String>) -> Option<Clue> {
        let found = Clue::ALL.into_iter().find(|c| c.id() == name.get_ref());
        if found.is_none() {
            self.complain(
                name.span().start,
                format!("there is no clue named '{}'", name.get_ref()),
            );
        }
        found
    }

    fn category(&mut self, name: &Spanned<String>) -> Option<Category> {
        let found = Category::from_id(name.get_ref());
        if found.is_none() {
            let message = format!("there is no category named '{}'", name.get_ref());
            self.complain(name.span().start, message);
        }
        found
    }

    fn positive(&mut self, example: Positive) -> Option<Example> {
        let grades = [Confidence::Low, Confidence::Medium, Confidence::High];
        let grade = grades.into_iter().find(|c| c.id() == example.confidence.get_ref());
        if grade.is_none() {
            let at = example.confidence.span().start;
            self.complain(at, "confidence is one of low, medium, high".to_owned());
        }
        if !example.text.contains(example.finds.get_ref().as_str()) {
            let at = example.finds.span().start;
            self.complain(at, "what is to be found does not stand in the text".to_owned());
        }
        let finds = Some((example.finds.into_inner(), grade?));
        Some(Example { text: example.text, finds, why: example.why })
    }
}

impl Rule {
    /// Reads and checks a rule file.
    ///
    /// # Errors
    /// All mistakes of the file, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Rule, Vec<RuleError>> {
        let mut checker = Checker { file, text, errors: Vec::new() };
        let written: Written = match toml::from_str(text) {
            Ok(written) => written,
            Err(e) => {
                checker.complain(e.span().map_or(0, |s| s.start), e.message().to_owned());
                return Err(checker.errors);
            }
        };
        let category = checker.category(&written.category);
        let weights = written
            .weights
            .iter()
            .filter_map(|(name, points)| Some((checker.clue(name)?, *points)))
            .collect();
        let positive = written.positive.into_iter().filter_map(|e| checker.positive(e)).collect();
        let negative = written.negative.into_iter();
        match category {
            Some(category) if checker.errors.is_empty() => Ok(Rule {
                id: written.id,
                category,
                title: written.title,
                title_sv: written.title_sv,
                description: written.description,
                references: written.references,
                keywords_for: written.keywords.for_it,
                keywords_against: written.keywords.against,
                weights,
                positive,
                negative: negative
                    .map(|e| Example { text: e.text, finds: None, why: e.why })
                    .collect(),
            }),
            _ => Err(checker.errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_told_with_their_lines() {
        let text = "id = \"x\"\ncategory = \"nothing\"\ntitle = \"\"\ntitle_sv = \"\"\n\
                    description = \"\"\nreferences = []\n[weights]\nmoon = 3\n\
                    [keywords]\nfor = []\nagainst = []\n[[positive]]\ntext = \"a\"\n\
                    finds = \"b\"\nconfidence = \"sure\"\nwhy = \"\"\n";
        let errors = Rule::parse("x.toml", text).unwrap_err();
        let lines: Vec<usize> = errors.iter().map(|e| e.line).collect();
        assert_eq!(lines, [2, 8, 15, 14], "{errors:?}");
        assert!(errors[0].to_string().starts_with("x.toml:2:12: there is no category"));
    }
}
