//! A user's rule file as it is written. Everything is looked at before anything is refused, so that
//! all mistakes are told at once, each with its place and what to do.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::pattern::Pattern;
use super::{Draft, UserRule, Weights};
use crate::model::{Category, Clue, Confidence, Letters, Mask, MatchForm, OwnCategory};
use crate::rules::{Example, Rule, RuleError};
use crate::validate::named::Check;

const KEYS: [&str; 17] = [
    "id",
    "title",
    "title_sv",
    "description",
    "references",
    "pattern",
    "terms",
    "keywords",
    "requires",
    "check",
    "confidence",
    "special_category",
    "mask",
    "normalize",
    "weights",
    "positive",
    "negative",
];

/// Clues that rules of the user's own can weigh.
const CLUES: [Clue; 7] = [
    Clue::Form,
    Clue::Term,
    Clue::Check,
    Clue::Label,
    Clue::ContextWord,
    Clue::LabelAgainst,
    Clue::ContextAgainst,
];

/// A name has no more letters.
const NAME: usize = 40;
/// A rule has no more patterns.
const PATTERNS: usize = 100;
/// A rule has no more terms.
const TERMS: usize = 100_000;
/// A term has at least so many letters and digits: less is found everywhere.
const TERM: usize = 3;

/// Reads a rule file. `known` tells in which file a name is taken.
pub(super) fn parse(
    file: &str,
    text: &str,
    digest: u64,
    known: &dyn Fn(&str) -> Option<String>,
) -> Result<Draft, Vec<RuleError>> {
    let (table, broken) = DeTable::parse_recoverable(text);
    let mut reader = Reader { file, text, errors: Vec::new() };
    for error in &broken {
        let at = error.span().map_or(0, |span| span.start);
        reader.complain(at, error.message().to_owned());
    }
    if !broken.is_empty() {
        return Err(reader.errors);
    }
    let draft = reader.rule(table.get_ref(), digest, known);
    reader.errors.sort_by_key(|error| (error.line, error.column));
    if reader.errors.is_empty() { Ok(draft) } else { Err(reader.errors) }
}

/// Takes what it can use, and collects complaints.
struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    errors: Vec<RuleError>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn complain(&mut self, at: usize, message: String) {
        self.errors.push(RuleError::at(self.file, self.text, at, message));
    }

    fn rule(
        &mut self,
        table: &DeTable<'_>,
        digest: u64,
        known: &dyn Fn(&str) -> Option<String>,
    ) -> Draft {
        self.only(table, &KEYS);
        let id = self.id(table, known);
        let title = self.string(table, "title").unwrap_or_else(|| id.replace('_', " "));
        let title_sv = self.string(table, "title_sv").unwrap_or_else(|| title.clone());
        let patterns = self.patterns(table);
        let terms = self.terms(table);
        if patterns.is_empty() && terms.is_empty() && self.errors.is_empty() {
            self.complain(0, "it finds nothing: give it a 'pattern' or 'terms'".to_owned());
        }
        let (mut keywords_for, keywords_against) = self.keywords(table);
        if keywords_for.is_empty() {
            keywords_for = vec![id.replace('_', " "), title.clone(), title_sv.clone()];
            keywords_for.sort();
            keywords_for.dedup();
        }
        let needs_keyword = self.word(table, "requires", &[("keyword", true)]).unwrap_or(false);
        let check = self.check(table, &patterns);
        let weights = self.weights(table, needs_keyword);
        let mask = self.mask(table, check, &terms);
        let own = OwnCategory { id: id.clone(), origin: digest, mask, form: self.form(table) };
        let rule = Rule {
            id,
            // The number is given when all files are read.
            category: Category::Personnummer,
            title,
            title_sv,
            description: self.string(table, "description").unwrap_or_default(),
            references: self.strings(table, "references"),
            keywords_for,
            keywords_against,
            weights: CLUES
                .into_iter()
                .map(|clue| (clue, weights[clue as usize]))
                .filter(|(_, points)| *points != 0)
                .collect(),
            positive: self.examples(table, "positive"),
            negative: self.examples(table, "negative"),
        };
        let special_category = self.flag(table, "special_category");
        let rule =
            UserRule { rule, patterns, terms, needs_keyword, check, weights, special_category };
        Draft { own, rule }
    }

    /// Complains of keys that mean nothing.
    fn only(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            let near = keys.iter().min_by_key(|known| distance(key.get_ref(), known));
            let near = near.filter(|known| distance(key.get_ref(), known) <= 2);
            let hint = match near {
                Some(known) => format!("did you mean '{known}'?"),
                None => format!("it may have {}", keys.join(", ")),
            };
            self.complain(key.span().start, format!("there is no '{}': {hint}", key.get_ref()));
        }
    }

    fn id(&mut self, table: &DeTable<'_>, known: &dyn Fn(&str) -> Option<String>) -> String {
        let Some(value) = table.get("id") else {
            self.complain(
                0,
                "it has no name: write id = \"customer_number\" or the like".to_owned(),
            );
            return String::new();
        };
        let Some(id) = self.text(value, "id") else { return String::new() };
        let is_name = id.len() <= NAME
            && id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let message = if !is_name {
            format!(
                "an id begins with a to z and goes on with a to z, 0 to 9 and _, {NAME} at most"
            )
        } else if Category::from_id(&id).is_some() {
            format!("'{id}' is built in: choose another id")
        } else if let Some(file) = known(&id) {
            format!("'{id}' is the id of the rule in {file} too: choose another one")
        } else {
            return id;
        };
        self.complain(value.span().start, message);
        id
    }

    fn text(&mut self, value: &Value<'_>, what: &str) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(value, what, "a text in quotes");
        }
        text
    }

    fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str) {
        let is = value.get_ref().type_str();
        self.complain(
            value.span().start,
            format!("'{what}' must be {wanted}; this is of type {is}"),
        );
    }

    fn string(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        self.text(value, key)
    }

    fn flag(&mut self, table: &DeTable<'_>, key: &str) -> bool {
        let Some(value) = table.get(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(value, key, "true or false");
            false
        })
    }

    /// A list of texts, each with its place.
    fn list(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(usize, String)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "a list: [\"…\", \"…\"]");
            return Vec::new();
        };
        let text = |item: &Value<'_>| Some((item.span().start, self.text(item, key)?));
        array.iter().filter_map(text).collect()
    }

    fn strings(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        self.list(table, key).into_iter().map(|(_, text)| text).collect()
    }

    /// One of a few words.
    fn word<T: Copy>(&mut self, table: &DeTable<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let value = table.get(key)?;
        let word = self.text(value, key)?;
        let found = words.iter().find(|known| known.0 == word).map(|known| known.1);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|known| known.0).collect();
            let message = format!("'{key}' is one of: {}", known.join(", "));
            self.complain(value.span().start, message);
        }
        found
    }

    /// `pattern` as a text, a list of texts, or tables with a `regex` each.
    fn patterns(&mut self, table: &DeTable<'_>) -> Vec<Pattern> {
        let Some(value) = table.get("pattern") else { return Vec::new() };
        let patterns: Vec<Pattern> = match value.get_ref() {
            DeValue::Array(array) => self.all_patterns(array),
            _ => self.pattern(value).into_iter().collect(),
        };
        if patterns.len() > PATTERNS {
            let message = format!("a rule has {PATTERNS} patterns at most: split it");
            self.complain(value.span().start, message);
        }
        patterns
    }

    fn all_patterns(&mut self, array: &DeArray<'_>) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::Table(table) => {
                    self.only(table, &["regex"]);
                    match table.get("regex") {
                        Some(regex) => patterns.extend(self.pattern(regex)),
                        None => {
                            let message = "a pattern has a 'regex': write regex = '…'";
                            self.complain(item.span().start, message.to_owned());
                        }
                    }
                }
                _ => patterns.extend(self.pattern(item)),
            }
        }
        patterns
    }

    fn pattern(&mut self, value: &Value<'_>) -> Option<Pattern> {
        let source = self.text(value, "pattern")?;
        match Pattern::parse(&source) {
            Ok(pattern) => Some(pattern),
            Err(wrong) => {
                // Escapes of a text in double quotes would shift the place.
                let written = &self.text[value.span()];
                let shift = written.find(&source).map_or(0, |quote| quote + wrong.at);
                self.complain(value.span().start + shift, wrong.message);
                None
            }
        }
    }

    fn terms(&mut self, table: &DeTable<'_>) -> Vec<String> {
        let terms = self.list(table, "terms");
        if terms.len() > TERMS {
            let message = format!("a rule has {TERMS} terms at most: split it");
            self.complain(terms[0].0, message);
            return Vec::new();
        }
        for (at, term) in &terms {
            if term.chars().filter(|c| c.is_alphanumeric()).count() < TERM {
                let message = format!("a term has at least {TERM} letters or digits");
                self.complain(*at, message);
            }
        }
        terms.into_iter().map(|(_, term)| term).collect()
    }

    fn keywords(&mut self, table: &DeTable<'_>) -> (Vec<String>, Vec<String>) {
        let Some(value) = table.get("keywords") else { return Default::default() };
        let Some(keywords) = value.get_ref().as_table() else {
            self.wrong_type(value, "keywords", "a table: [keywords] with for = [\"…\"]");
            return Default::default();
        };
        self.only(keywords, &["for", "against"]);
        (self.strings(keywords, "for"), self.strings(keywords, "against"))
    }

    fn check(&mut self, table: &DeTable<'_>, patterns: &[Pattern]) -> Option<Check> {
        let check = self.word(table, "check", &Check::NAMES)?;
        if patterns.is_empty() && table.get("pattern").is_none() {
            let at = table.get("check").map_or(0, |value| value.span().start);
            self.complain(at, "only what a 'pattern' finds can be checked".to_owned());
        }
        Some(check)
    }

    fn mask(&mut self, table: &DeTable<'_>, check: Option<Check>, terms: &[String]) -> Mask {
        let words = [
            ("hidden", Mask::Hidden),
            ("first_letter", Mask::FirstLetter),
            ("last_two", Mask::LastTwo),
        ];
        let asked = self.word(table, "mask", &words);
        let at = table.get("mask").map_or(0, |value| value.span().start);
        let personal = matches!(check, Some(Check::Personnummer));
        match asked {
            Some(mask) if mask != Mask::Hidden && !terms.is_empty() => {
                let message = "terms are hidden wholly: whoever has the list would know them all";
                self.complain(at, message.to_owned());
                Mask::Hidden
            }
            Some(Mask::LastTwo) if personal => {
                let message = "personal identity numbers are hidden wholly: write \"hidden\"";
                self.complain(at, message.to_owned());
                Mask::Hidden
            }
            Some(mask) => mask,
            None if personal || !terms.is_empty() => Mask::Hidden,
            None => Mask::LastTwo,
        }
    }

    fn form(&mut self, table: &DeTable<'_>) -> MatchForm {
        let mut form = MatchForm::default();
        for (at, word) in self.list(table, "normalize") {
            match word.as_str() {
                "upper" => form.letters = Letters::Upper,
                "lower" => form.letters = Letters::Lower,
                "strip_separators" => form.bare = true,
                _ => {
                    let message = "'normalize' lists: upper, lower, strip_separators";
                    self.complain(at, message.to_owned());
                }
            }
        }
        form
    }

    /// The points, from the confidence of the form alone; those written replace them.
    fn weights(&mut self, table: &DeTable<'_>, needs_keyword: bool) -> Weights {
        let grades =
            [("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];
        let usual = if needs_keyword { Confidence::Low } else { Confidence::Medium };
        let grade = self.word(table, "confidence", &grades).unwrap_or(usual);
        let (alone, label, word) = match grade {
            Confidence::Low => (15, 65, 50),
            Confidence::Medium => (55, 40, 30),
            Confidence::High => (80, 15, 10),
        };
        let mut weights = [0; Clue::ALL.len()];
        for (clue, points) in [
            (Clue::Form, alone),
            (Clue::Term, alone),
            (Clue::Check, 20),
            (Clue::Label, label),
            (Clue::ContextWord, word),
            (Clue::LabelAgainst, -60),
            (Clue::ContextAgainst, -50),
        ] {
            weights[clue as usize] = points;
        }
        self.written_weights(table, &mut weights);
        weights
    }

    fn written_weights(&mut self, table: &DeTable<'_>, weights: &mut Weights) {
        let Some(value) = table.get("weights") else { return };
        let Some(written) = value.get_ref().as_table() else {
            return self.wrong_type(value, "weights", "a table: [weights] with label = 40");
        };
        self.only(written, &CLUES.map(Clue::id));
        for clue in CLUES {
            let Some(value) = written.get(clue.id()) else { continue };
            let points: Option<i16> =
                value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
            match points.filter(|points| (-100..=100).contains(points)) {
                Some(points) => weights[clue as usize] = points,
                None => {
                    let message = "points are a whole number from -100 to 100".to_owned();
                    self.complain(value.span().start, message);
                }
            }
        }
    }

    fn examples(&mut self, table: &DeTable<'_>, key: &str) -> Vec<Example> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, key, &format!("tables, each under [[{key}]]"));
            return Vec::new();
        };
        let is_positive = key == "positive";
        array.iter().filter_map(|item| self.example(item, key, is_positive)).collect()
    }

    fn example(&mut self, item: &Value<'_>, key: &str, is_positive: bool) -> Option<Example> {
        let Some(table) = item.get_ref().as_table() else {
            self.wrong_type(item, key, &format!("tables, each under [[{key}]]"));
            return None;
        };
        let keys: &[&str] =
            if is_positive { &["text", "finds", "confidence", "why"] } else { &["text", "why"] };
        self.only(table, keys);
        let at = item.span().start;
        let text = self.needed(table, "text", at)?;
        let why = self.string(table, "why").unwrap_or_default();
        if !is_positive {
            return Some(Example { text, finds: None, why });
        }
        let finds = self.needed(table, "finds", at)?;
        if !text.contains(&finds) {
            let at = table.get("finds").map_or(at, |value| value.span().start);
            self.complain(at, "what is to be found does not stand in the text".to_owned());
        }
        self.needed(table, "confidence", at)?;
        let grades = [Confidence::Low, Confidence::Medium, Confidence::High];
        let grade = self.word(table, "confidence", &grades.map(|grade| (grade.id(), grade)))?;
        Some(Example { text, finds: Some((finds, grade)), why })
    }

    fn needed(&mut self, table: &DeTable<'_>, key: &str, at: usize) -> Option<String> {
        if table.get(key).is_none() {
            self.complain(at, format!("the example has no '{key}': add it"));
        }
        self.string(table, key)
    }
}

/// In how many letters two words differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = n + 1;
        for (m, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[m + 1];
            row[m + 1] = changed.min(diagonal + 1).min(row[m] + 1);
        }
    }
    row[b.len()]
}
