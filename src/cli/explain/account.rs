//! The words in which one thing that was looked at is told.

use std::fmt::Write as _;

use super::place::place_in;
use crate::cli::terminal::harmless;
use crate::detect::explain::{Explained, Fate, Other, Standing, Weighed};
use crate::model::{Category, Clue, Confidence, Finding, Language, Problem, Skipped};
use crate::report::mask::mask;
use crate::rules;
use crate::scan::explain::{Account, Met};

/// How it is told.
pub(super) struct Words {
    /// The file as the user named it, harmless.
    pub(super) file: String,
    pub(super) language: Language,
    /// Show values as they stand.
    pub(super) plain: bool,
}

impl Words {
    /// One thing: where and what it is, whether it is reported, and why.
    pub(super) fn block(&self, account: &Account) -> String {
        let mut out = self.heading(account);
        out.push('\n');
        match &account.explained.fate {
            Fate::TurnedDown(reason) => {
                let _ = writeln!(out, "  {}", reason.describe(self.language));
            }
            Fate::Weighed(weighed) => self.weighed(&mut out, account.explained.category, weighed),
        }
        for other in &account.explained.others {
            self.other(&mut out, other);
        }
        out
    }

    /// Where something is, what it is taken for, how surely, and its value.
    pub(super) fn heading(&self, account: &Account) -> String {
        let Account { inside, place, explained, .. } = account;
        let at = place_in(&self.file, inside, place, self.language);
        let value = if self.plain { harmless(&account.written) } else { masked(account) };
        format!("{at}  {}  {}  {value}", explained.category, self.grade(explained))
    }

    fn grade(&self, explained: &Explained) -> String {
        let pick = |english, swedish| self.language.pick(english, swedish);
        match &explained.fate {
            Fate::TurnedDown(_) => pick("turned down", "förkastat").to_owned(),
            Fate::Weighed(weighed) => {
                let grade = match weighed.confidence {
                    Confidence::Low => pick("low", "låg"),
                    Confidence::Medium => pick("medium", "medel"),
                    Confidence::High => pick("high", "hög"),
                };
                format!("{grade}, {}", self.points(weighed.score))
            }
        }
    }

    fn points(&self, score: i16) -> String {
        format!("{score} {}", self.language.pick("points", "poäng"))
    }

    fn weighed(&self, out: &mut String, category: Category, weighed: &Weighed) {
        let _ = writeln!(out, "  {}", self.standing(weighed.standing));
        let points = rules::weights(category);
        let mut clues: Vec<(Clue, i16)> =
            weighed.evidence.iter().map(|clue| (clue, points[clue as usize])).collect();
        clues.sort_by_key(|&(_, points)| std::cmp::Reverse(points));
        for (clue, points) in clues {
            let side = match points {
                ..0 => self.language.pick("against", "emot"),
                _ => self.language.pick("for", "för"),
            };
            // Notes are not weighed in points: their words decide.
            let points = if points == 0 { String::new() } else { format!("{points:+}") };
            let said = clue.describe(self.language);
            let _ = writeln!(out, "  {side:7} {points:>4}  {said}");
        }
        if weighed.attributes.check_digit_wrong {
            let said = self.language.pick(
                "a wrong check digit makes it low, whatever speaks for it",
                "en fel kontrollsiffra gör den låg, vad som än talar för den",
            );
            let _ = writeln!(out, "  {said}");
        }
    }

    fn standing(&self, standing: Standing) -> String {
        let pick = |english, swedish| self.language.pick(english, swedish);
        let said = match standing {
            Standing::Reported => pick("reported", "rapporteras"),
            Standing::TooWeak => pick(
                "not reported: below medium (see scan --min-confidence low)",
                "rapporteras inte: under medel (se scan --min-confidence low)",
            ),
            Standing::NotAsked => pick(
                "not reported: not among the categories asked for",
                "rapporteras inte: hör inte till de kategorier som efterfrågas",
            ),
            Standing::Beaten(category, score) => {
                let points = self.points(score);
                let lead =
                    pick("not reported: read better as", "rapporteras inte: läses hellre som");
                return format!("{lead} {category} ({points})");
            }
        };
        said.to_owned()
    }

    fn other(&self, out: &mut String, other: &Other) {
        let lead = self.language.pick("also looked at as", "granskades också som");
        let outcome = match other.outcome {
            Ok(score) => self.points(score),
            Err(reason) => reason.describe(self.language).to_owned(),
        };
        let _ = writeln!(out, "  {lead} {}: {outcome}", other.category);
    }

    /// What could not be read.
    pub(super) fn problem(&self, problem: &Problem) -> String {
        let lead = self.language.pick("not read", "kunde inte läsas");
        let (reason, detail) = (problem.reason.id(), harmless(&problem.detail));
        format!("{}: {lead}: {detail} ({reason})\n", self.file)
    }

    /// Nothing was looked at.
    pub(super) fn nothing(&self, met: Met, line: Option<u64>) -> String {
        let pick = |english, swedish| self.language.pick(english, swedish);
        let said = match (met, line) {
            (Met::Unread(_), _) => return String::new(),
            (Met::Empty, _) => pick("it is empty", "den är tom"),
            (Met::Skipped(Skipped::Binary), _) => pick(
                "it is binary, not text: nothing in it is looked at",
                "den är binär, inte text: inget i den granskas",
            ),
            (Met::Skipped(_), _) => pick("it is passed over", "den hoppas över"),
            (Met::Read, None) => pick(
                "nothing in it looks like what is searched for",
                "inget i den liknar det som söks",
            ),
            (Met::Read, Some(line)) => {
                let said = pick(
                    "nothing on this line looks like what is searched for",
                    "inget på den här raden liknar det som söks",
                );
                return format!("{}:{line}: {said}\n", self.file);
            }
        };
        format!("{}: {said}\n", self.file)
    }

    /// What stands near a line without anything on it.
    pub(super) fn near(&self, headings: &[String]) -> String {
        let lead = self.language.pick("near it:", "i närheten:");
        format!("{lead}\n  {}\n", headings.join("\n  "))
    }
}

/// A value that must not be read.
fn masked(account: &Account) -> String {
    let Explained { category, fate, range, .. } = &account.explained;
    let Fate::Weighed(weighed) = fate else { return hidden(*category, &account.written) };
    let finding = Finding {
        category: *category,
        confidence: weighed.confidence,
        score: f32::from(weighed.score) / 100.0,
        range: range.clone(),
        normalized: &weighed.normalized,
        evidence: weighed.evidence,
        attributes: weighed.attributes,
        column: None,
    };
    let mut out = Vec::new();
    mask(&mut out, &finding);
    harmless(&String::from_utf8_lossy(&out))
}

/// What was turned down shows its form at most: nobody knows what it is.
fn hidden(category: Category, written: &str) -> String {
    match category {
        Category::Email => "***@***".to_owned(),
        Category::Dietary => "***".to_owned(),
        _ => {
            let hide = |c: char| if c.is_alphanumeric() { '*' } else { c };
            harmless(&written.chars().map(hide).collect::<String>())
        }
    }
}
