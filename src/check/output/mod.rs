//! What a check says, in the forms that people and systems read: a file each, and a line in
//! [`write()`].

use std::io::{self, Write};

mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
mod text;

use super::advice::advice;
use super::verdict::{Unread, Verdict, Violation, Where};
use crate::model::Language;

/// A form of what a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One document.
    Json,
    /// SARIF 2.1.0 (OASIS).
    Sarif,
    /// What CI systems read as test results.
    Junit,
    /// Commands of a GitHub workflow, which become annotations.
    Github,
    /// GitLab's code quality report.
    Gitlab,
}

/// Writes what a check says.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    out: &mut dyn Write,
    verdict: &Verdict,
    format: Format,
    color: bool,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(out, verdict, color),
        Format::Json => json::write(out, verdict),
        Format::Sarif => sarif::write(out, verdict),
        Format::Junit => junit::write(out, verdict),
        Format::Github => github::write(out, verdict),
        Format::Gitlab => gitlab::write(out, verdict),
    }
}

/// What a finding is, in one sentence without its full stop.
fn title(violation: &Violation) -> String {
    format!("{} looks like {}", violation.masked, advice(violation.category).looks_like)
}

/// Why it is reported.
fn why(violation: &Violation) -> String {
    let clues: Vec<&str> =
        violation.evidence.iter().map(|clue| clue.describe(Language::English)).collect();
    format!("{} confidence: {}", violation.confidence, clues.join("; "))
}

/// Everything there is to say of a finding, in sentences.
fn message(violation: &Violation) -> String {
    let mut message = format!("{}.", title(violation));
    if let Some(place) = place(&violation.at) {
        message += &format!(" Place: {place}.");
    }
    for note in &violation.notes {
        message += &format!(" Note: {note}.");
    }
    message += &format!(" Why: {}. {}", why(violation), advice(violation.category).instead);
    message
}

/// The place inside the file, where it is not a line of its text.
fn place(at: &Where) -> Option<String> {
    let mut steps = at.inside.clone();
    steps.extend(at.place.clone());
    (!steps.is_empty()).then(|| steps.join(" > "))
}

/// What could not be read, in one sentence.
fn unread(unread: &Unread) -> String {
    let what = if unread.partial { "not wholly read" } else { "not read" };
    let place = place(&unread.at).map(|place| format!(" ({place})")).unwrap_or_default();
    format!("{what}{place}: {}", unread.detail)
}

/// What it comes to, in one line.
fn summary(verdict: &Verdict) -> String {
    let counts = &verdict.counts;
    let mut files: Vec<&str> = verdict.violations.iter().map(|v| v.at.path.as_str()).collect();
    files.dedup();
    let number = |n: usize, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let mut line = match verdict.violations.len() {
        0 => "nothing found".to_owned(),
        n => format!("{} in {}", number(n, "finding"), number(files.len(), "file")),
    };
    line += &format!("; {} checked", number(counts.files as usize, "file"));
    for (n, what) in [
        (counts.tests, "test identities"),
        (counts.allowed, "allowed"),
        (counts.known, "in the baseline"),
        (counts.unchanged, "on unchanged lines"),
        (verdict.unread.len() as u64, "unread"),
    ] {
        if n > 0 {
            line += &format!(", {n} {what}");
        }
    }
    if verdict.interrupted {
        line += "; interrupted: this is not all";
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Counts, Fingerprint, SourceLine};
    use crate::model::{Attributes, Category, Clue, Confidence, Evidence, Reason};

    /// Something of everything.
    fn verdict() -> Verdict {
        let at = Where { path: "a b/ö.txt".to_owned(), text: Some((3, 7)), ..Where::default() };
        let cell = Where {
            path: "b.xlsx".to_owned(),
            place: Some("cell C14, sheet Blad, 1".to_owned()),
            ..Where::default()
        };
        let violation = |at: &Where, confidence| Violation {
            at: at.clone(),
            category: Category::Personnummer,
            confidence,
            score: 0.9,
            masked: "1985****-****".to_owned(),
            evidence: Evidence::NONE.with(Clue::Luhn),
            attributes: Attributes::default(),
            fingerprint: Fingerprint("abc".to_owned()),
            notes: vec!["so <it> is".to_owned()],
            line: Some(SourceLine { text: "x = 1234".to_owned(), before: 4, length: 4 }),
        };
        let unread = Unread {
            at: Where { path: "c.zip".to_owned(), ..Where::default() },
            reason: Reason::Encrypted,
            detail: "a password is needed".to_owned(),
            partial: false,
        };
        Verdict {
            violations: vec![
                violation(&at, Confidence::High),
                violation(&cell, Confidence::Medium),
            ],
            unread: vec![unread],
            warnings: vec!["sparhund.toml:3: odd".to_owned()],
            counts: Counts { files: 3, bytes: 10, tests: 1, ..Counts::default() },
            ..Verdict::default()
        }
    }

    fn written(format: Format) -> String {
        let mut out = Vec::new();
        write(&mut out, &verdict(), format, false).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn for_people() {
        let text = written(Format::Text);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{text}");
        assert_eq!(
            lines[0],
            "error[personnummer]: 1985****-**** looks like a personal identity number that is"
        );
        assert!(text.contains("  --> a b/ö.txt:3:7\n"), "{text}");
        assert!(text.contains("3 |  x = 1234\n  |      ^^^^\n"), "{text}");
        assert!(text.contains("  --> b.xlsx > cell C14, sheet Blad, 1\n"), "{text}");
        assert!(
            text.contains("2 findings in 2 files; 3 files checked, 1 test identities, 1 unread")
        );
        assert!(!text.contains('\x1b'));
        let mut colored = Vec::new();
        write(&mut colored, &verdict(), Format::Text, true).unwrap();
        assert!(String::from_utf8(colored).unwrap().contains("\x1b[1;31merror"));
    }

    #[test]
    fn for_systems() {
        let json: serde_json::Value = serde_json::from_str(&written(Format::Json)).unwrap();
        assert_eq!(json["findings"][0]["location"]["line"], 3);
        assert_eq!(json["unread"][0]["reason"], "encrypted");
        assert_eq!(json["summary"]["findings"], 2);
        let gitlab: serde_json::Value = serde_json::from_str(&written(Format::Gitlab)).unwrap();
        assert_eq!(gitlab[0]["location"]["lines"]["begin"], 3);
        assert_eq!(gitlab[1]["severity"], "major");
        let github = written(Format::Github);
        assert!(github.starts_with("::error file=a b/ö.txt,line=3,col=7,title=personnummer::1985"));
        assert!(github.contains("::warning file=c.zip,title=unread::"), "{github}");
        let junit = written(Format::Junit);
        assert!(junit.contains("so &lt;it&gt; is"), "{junit}");
        assert!(junit.contains(
            "<testsuite name=\"sparhund check\" tests=\"3\" failures=\"2\" errors=\"1\""
        ));
        let sarif: serde_json::Value = serde_json::from_str(&written(Format::Sarif)).unwrap();
        let result = &sarif["runs"][0]["results"][0];
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/%C3%B6.txt");
        assert_eq!(place["region"]["startColumn"], 7);
        assert_eq!(result["partialFingerprints"]["sparhund/v1"], "abc");
    }
}
