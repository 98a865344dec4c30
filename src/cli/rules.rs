//! `rules`: the detectors listed, shown in full, and tried on their own examples.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use super::exit::{ExitStatus, Failure};
use super::options::{RulesCommand, RulesOptions, Target, When};
use super::session::{self, Outcome};
use super::terminal::harmless;
use crate::detect::examples;
use crate::model::Language;
use crate::rules::own::{UserRule, UserRules};
use crate::rules::{self, Example, Rule};
use crate::validate::date::Date;
use crate::validate::named::Check;

/// Columns of a paragraph.
const WIDTH: usize = 80;

/// Lists, shows or tests the rules.
pub(super) fn rules(options: &RulesOptions) -> Result<ExitStatus, Failure> {
    let rules = rules::all().map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::usage(errors.join("\n"))
    })?;
    let own = &options.rules;
    let mut all = rules;
    all.extend(own.rules.iter().map(|own| own.rule.clone()));
    let (text, outcome) = match &options.command {
        RulesCommand::List => (list(&all), Outcome::Complete),
        RulesCommand::Show(id) => {
            let own = own.rules.iter().find(|own| own.rule.id == *id);
            (show(find(&all, id)?, own), Outcome::Complete)
        }
        RulesCommand::Test(reference) => test(&all, own, *reference),
    };
    session::run(&Target::Stdout, When::Never, |session| {
        session.output.write_all(text.as_bytes())?;
        Ok(outcome)
    })
}

fn find<'r>(rules: &'r [Rule], id: &str) -> Result<&'r Rule, Failure> {
    rules.iter().find(|rule| rule.id == id).ok_or_else(|| {
        let known: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
        let id = harmless(id);
        Failure::usage(format!("there is no rule named {id}: name one of {}", known.join(", ")))
    })
}

/// One line a rule: its name, what it finds, how many examples it has.
fn list(rules: &[Rule]) -> String {
    let widest = |of: fn(&Rule) -> usize| rules.iter().map(of).max().unwrap_or(0);
    let (id, title) = (widest(|r| r.id.len()), widest(|r| r.title.chars().count()));
    let line = |rule: &Rule| {
        let examples = rule.positive.len() + rule.negative.len();
        format!("{:id$}  {:title$}  {examples:>3} examples\n", rule.id, harmless(&rule.title))
    };
    rules.iter().map(line).collect()
}

/// All that a rule says, one of the user's own some more.
fn show(rule: &Rule, own: Option<&UserRule>) -> String {
    let mut out = String::new();
    line(&mut out, &rule.id);
    line(&mut out, &format!("  en  {}", harmless(&rule.title)));
    line(&mut out, &format!("  sv  {}", harmless(&rule.title_sv)));
    if !rule.description.is_empty() {
        line(&mut out, "");
        paragraph(&mut out, harmless(&rule.description).split_whitespace(), " ");
    }
    if !rule.references.is_empty() {
        heading(&mut out, "References");
    }
    for reference in &rule.references {
        line(&mut out, &format!("  {}", harmless(reference)));
    }
    if let Some(own) = own {
        searched(&mut out, own);
    }
    heading(&mut out, "Clues and their points (medium from 50, high from 80)");
    weights(&mut out, rule);
    words(&mut out, "Words that speak for it", &rule.keywords_for);
    words(&mut out, "Words that speak against it", &rule.keywords_against);
    examples(&mut out, "It finds", &rule.positive);
    examples(&mut out, "It does not find (at medium or above)", &rule.negative);
    out
}

/// What a rule of the user's own looks for.
fn searched(out: &mut String, own: &UserRule) {
    heading(out, "It looks for");
    for pattern in &own.patterns {
        line(out, &format!("  {}", harmless(&pattern.source)));
    }
    if !own.terms.is_empty() {
        let terms: Vec<String> = own.terms.iter().map(|term| harmless(term)).collect();
        paragraph(out, terms.iter().map(String::as_str), ", ");
    }
    let check = Check::NAMES.iter().find(|(_, check)| Some(*check) == own.check);
    if let Some((name, _)) = check {
        line(out, &format!("  what passes the check '{name}'"));
    }
    if own.needs_keyword {
        line(out, "  only where a label or a word near by names it");
    }
    if own.special_category {
        line(out, "  its findings are special category data (GDPR art. 9)");
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn heading(out: &mut String, text: &str) {
    line(out, &format!("\n{text}"));
}

fn weights(out: &mut String, rule: &Rule) {
    let mut weights = rule.weights.clone();
    weights.sort_by_key(|&(clue, points)| (std::cmp::Reverse(points), clue));
    for (clue, points) in weights {
        let said = clue.describe(Language::English);
        line(out, &format!("  {points:>+4}  {:16} {said}", clue.id()));
    }
}

fn words(out: &mut String, title: &str, words: &[String]) {
    if !words.is_empty() {
        heading(out, title);
        paragraph(out, words.iter().map(String::as_str), ", ");
    }
}

/// Words in lines of at most [`WIDTH`] columns, two of them left free.
fn paragraph<'w>(out: &mut String, words: impl Iterator<Item = &'w str>, between: &str) {
    let mut column = 0;
    for word in words {
        let len = word.chars().count() + between.len();
        if column == 0 {
            out.push_str("  ");
        } else if column + len > WIDTH - 2 {
            out.push_str(between.trim_end());
            out.push_str("\n  ");
            column = 0;
        } else {
            out.push_str(between);
        }
        out.push_str(word);
        column += len;
    }
    out.push('\n');
}

fn examples(out: &mut String, title: &str, examples: &[Example]) {
    heading(out, title);
    for example in examples {
        line(out, &format!("  {}", harmless(&example.text)));
        if let Some((text, grade)) = &example.finds {
            line(out, &format!("      finds '{}' ({grade})", harmless(text)));
        }
        if !example.why.is_empty() {
            line(out, &format!("      {}", example.why));
        }
    }
}

/// What the examples' run says, and whether all hold.
fn test(rules: &[Rule], own: &Arc<UserRules>, reference: Date) -> (String, Outcome) {
    let failures = examples::run(rules, own, reference);
    let mut out = String::new();
    for failure in &failures {
        let (rule, text) = (&failure.rule, harmless(&failure.text));
        let _ = writeln!(out, "{rule}: {text}\n    {}", harmless(&failure.message));
    }
    let count: usize = rules.iter().map(|rule| rule.positive.len() + rule.negative.len()).sum();
    let _ = match failures.len() {
        0 => writeln!(out, "all {count} examples of {} rules hold", rules.len()),
        failed => writeln!(out, "failures: {failed}, of {count} examples of {} rules", rules.len()),
    };
    let outcome = if failures.is_empty() { Outcome::Complete } else { Outcome::Failed };
    (out, outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_that_fails_is_told() {
        let mut rules = rules::all().unwrap();
        rules.retain(|rule| rule.id == "email");
        rules[0].negative.push(Example {
            text: "bo@example.com".to_owned(),
            finds: None,
            why: String::new(),
        });
        let (said, outcome) = test(&rules, &Arc::default(), Date::new(2026, 12, 31).unwrap());
        assert_eq!(outcome, Outcome::Failed);
        assert!(said.starts_with("email: bo@example.com\n    should find nothing"), "{said}");
        assert!(said.contains("\nfailures: 1, of "), "{said}");
    }

    #[test]
    fn paragraphs_keep_to_their_width() {
        let mut out = String::new();
        paragraph(&mut out, std::iter::repeat_n("personnummer", 30), ", ");
        assert!(out.lines().all(|line| line.len() <= WIDTH && line.starts_with("  p")), "{out}");
        assert_eq!(out.matches("personnummer").count(), 30);
    }
}
