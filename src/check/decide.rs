//! From what was found to what is said: test identities pass, then what a comment, the configuration
//! or the baseline allows, then what has not changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::baseline::Entry;
use super::comment::Comment;
use super::item::{Checked, Hit};
use super::listing::Items;
use super::verdict::{Fingerprint, Unread, Verdict, Violation, Where};
use super::{Plan, What};
use crate::model::{Place, Problem, Reason};
use crate::report::summary::harmless;
use crate::scan::LogPaths;
use crate::validate::date::Date;

/// Entries of the baseline that are named one by one when they are no longer needed.
const NAMED: usize = 5;

/// Decides on all that was found.
pub(super) fn decide(
    plan: &Plan,
    items: &Items,
    checked: Vec<Checked>,
    interrupted: bool,
) -> Verdict {
    let mut judge = Judge {
        plan,
        paths: LogPaths::new(plan.detection.reference, &plan.rules),
        verdict: Verdict { interrupted, ..Verdict::default() },
        used: vec![false; plan.allows.len()],
        files: BTreeSet::new(),
        shown_files: BTreeSet::new(),
        met: BTreeMap::new(),
    };
    for file in checked {
        judge.file(file);
    }
    if !interrupted {
        judge.exceptions(items);
        judge.renew(items);
    }
    judge.verdict
}

struct Judge<'p> {
    plan: &'p Plan,
    paths: LogPaths,
    verdict: Verdict,
    /// Exceptions of the configuration that were needed.
    used: Vec<bool>,
    /// Files that were read.
    files: BTreeSet<PathBuf>,
    shown_files: BTreeSet<String>,
    /// What the baseline would have to know.
    met: BTreeMap<Entry, u64>,
}

/// What was decided of a finding by the exceptions at hand.
enum Allowed {
    Yes,
    No(Vec<String>),
}

impl Judge<'_> {
    fn file(&mut self, file: Checked) {
        let shown = self.shown(&file.path);
        self.account(&file, &shown);
        let mut needed = vec![false; file.comments.len()];
        let mut ordinals: BTreeMap<(&'static str, String), u64> = BTreeMap::new();
        let mut groups: BTreeMap<Entry, Vec<Violation>> = BTreeMap::new();
        let mut unchanged = BTreeSet::new();
        for hit in file.hits {
            if hit.sighting.attributes.test_identity {
                self.verdict.counts.tests += 1;
                continue;
            }
            let entry = entry(&shown, &hit);
            let ordinal =
                ordinals.entry((hit.sighting.category.id(), entry.bits.clone())).or_default();
            *ordinal += 1;
            let fingerprint = fingerprint(&entry, *ordinal);
            let Allowed::No(notes) = self.allowed(&hit, &file.comments, &mut needed) else {
                self.verdict.counts.allowed += 1;
                continue;
            };
            if !hit.is_new {
                unchanged.insert((entry.clone(), groups.get(&entry).map_or(0, Vec::len)));
            }
            let violation = self.violation(&shown, hit, fingerprint, notes);
            groups.entry(entry).or_default().push(violation);
        }
        self.groups(groups, &unchanged);
        self.comments(&shown, &file.comments, &needed);
    }

    /// Counts a file, and lists what could not be read of it.
    fn account(&mut self, file: &Checked, shown: &str) {
        if file.is_file && !file.is_absent {
            self.verdict.counts.files += 1;
            self.verdict.counts.bytes += file.bytes;
            self.files.insert(file.path.clone());
            self.shown_files.insert(shown.to_owned());
        }
        for problem in &file.problems {
            let at = Where::new(shown, &problem.inside, problem.at.as_ref(), &mut self.paths);
            let Problem { reason, ref detail, partial, .. } = *problem;
            self.verdict.unread.push(Unread { at, reason, detail: harmless(detail), partial });
        }
        let was_named = matches!(self.plan.what, What::Files(_));
        if was_named && file.is_absent && file.path.symlink_metadata().is_err() {
            self.verdict.unread.push(Unread {
                at: Where::of_file(shown.to_owned()),
                reason: Reason::IoError,
                detail: "it is on the list of files and is not there".to_owned(),
                partial: false,
            });
        }
    }

    fn violation(
        &mut self,
        shown: &str,
        hit: Hit,
        fingerprint: Fingerprint,
        notes: Vec<String>,
    ) -> Violation {
        let sighting = hit.sighting;
        Violation {
            at: Where::new(shown, &sighting.inside, Some(&sighting.place), &mut self.paths),
            category: sighting.category,
            confidence: sighting.confidence,
            score: sighting.score,
            masked: sighting.masked,
            evidence: sighting.evidence,
            attributes: sighting.attributes,
            fingerprint,
            notes,
            line: hit.line,
        }
    }

    /// Do the exceptions that stand beside it or in the configuration allow a finding?
    fn allowed(&mut self, hit: &Hit, comments: &[Comment], needed: &mut [bool]) -> Allowed {
        let mut notes = Vec::new();
        let id = hit.sighting.category.id();
        if let Some(line) = line_of(hit) {
            for (n, comment) in comments.iter().enumerate().filter(|(_, c)| c.is_about(line, id)) {
                needed[n] = true;
                match refusal(comment.fault, comment.until, self.plan.today) {
                    None => return Allowed::Yes,
                    Some(why) => notes.push(format!(
                        "the exception on line {} does not count: {why}",
                        comment.line
                    )),
                }
            }
        }
        for &n in &hit.allowed_by {
            self.used[n] = true;
            let allow = &self.plan.allows[n];
            match refusal(None, allow.until, self.plan.today) {
                None => return Allowed::Yes,
                Some(why) => {
                    notes.push(format!("the exception in {} does not count: {why}", allow.origin));
                }
            }
        }
        Allowed::No(notes)
    }

    /// What the baseline knows may stand; where there is more, any of it may be what is new.
    fn groups(
        &mut self,
        groups: BTreeMap<Entry, Vec<Violation>>,
        unchanged: &BTreeSet<(Entry, usize)>,
    ) {
        let mut left = Vec::new();
        for (entry, group) in groups {
            let here = group.len() as u64;
            let known = self.plan.baseline.as_ref().map_or(0, |baseline| baseline.known(&entry));
            self.met.insert(entry.clone(), here);
            if here <= known {
                self.verdict.counts.known += here;
                continue;
            }
            for (n, mut violation) in group.into_iter().enumerate() {
                if unchanged.contains(&(entry.clone(), n)) {
                    self.verdict.counts.unchanged += 1;
                    continue;
                }
                if known > 0 {
                    violation.notes.push(format!("the baseline knows {known} of these {here}"));
                }
                left.push(violation);
            }
        }
        left.sort_by_key(|violation: &Violation| violation.at.text);
        self.verdict.violations.append(&mut left);
    }

    fn comments(&mut self, shown: &str, comments: &[Comment], needed: &[bool]) {
        for (comment, _) in comments.iter().zip(needed).filter(|(_, needed)| !**needed) {
            if comment.fault.is_none() && self.looks_for_any(&comment.categories) {
                let of = comment.categories.join(",");
                self.warn(&format!("{shown}:{}", comment.line), &of, comment.until);
            }
        }
    }

    fn looks_for_any(&self, categories: &[String]) -> bool {
        let mut known = self.plan.detection.categories.iter();
        known.any(|category| categories.iter().any(|id| id == category.id()))
    }

    /// Tells of an exception that nothing needs.
    fn warn(&mut self, origin: &str, of: &str, until: Option<Date>) {
        let over = until.filter(|until| *until < self.plan.today);
        let over = over.map(|until| format!(" and ended on {until}")).unwrap_or_default();
        self.verdict
            .warnings
            .push(format!("{origin}: the exception for {of} is not needed{over}: take it out"));
    }

    /// Tells of exceptions that nothing needs, as far as all was looked at that they could be for.
    fn exceptions(&mut self, items: &Items) {
        let plan = self.plan;
        let all = items.folders.iter().any(|folder| folder == Path::new("."));
        for (allow, _) in plan.allows.iter().zip(&self.used.clone()).filter(|(_, used)| !**used) {
            let needs_key = matches!(allow.value, super::exceptions::Value::Token(_));
            let is_known = all || allow.file().is_some_and(|file| self.files.contains(file));
            if needs_key && plan.key.is_none() {
                let what = "names a token, which needs the key (--key-file)";
                self.verdict.warnings.push(format!("{}: the exception {what}", allow.origin));
            } else if is_known && self.looks_for_any(std::slice::from_ref(&allow.category)) {
                self.warn(&allow.origin, &allow.category, allow.until);
            }
        }
    }

    /// What the baseline has to know from now on, and what it need not know any more.
    fn renew(&mut self, items: &Items) {
        let Some(baseline) = &self.plan.baseline else { return };
        let folders: Vec<PathBuf> = items
            .folders
            .iter()
            .map(|folder| PathBuf::from(self.paths.shown(folder.as_os_str().as_encoded_bytes())))
            .collect();
        let was_read = |path: &str| {
            let below =
                |folder: &PathBuf| folder == Path::new(".") || Path::new(path).starts_with(folder);
            self.shown_files.contains(path) || folders.iter().any(below)
        };
        let mut entries = self.met.clone();
        let mut gone = Vec::new();
        for (entry, n) in baseline.entries() {
            if !was_read(&entry.path) {
                entries.insert(entry.clone(), n);
            } else if self.met.get(entry).copied().unwrap_or(0) < n {
                gone.push(format!("{} in {}", entry.category, entry.path));
            }
        }
        self.verdict.baseline = Some(baseline.with(entries));
        if !gone.is_empty() {
            let (n, more) = (gone.len(), if gone.len() > NAMED { ", …" } else { "" });
            gone.truncate(NAMED);
            self.verdict.warnings.push(format!(
                "the baseline knows more than there is ({n} entries: {}{more}): run check \
                 --update-baseline",
                gone.join(", ")
            ));
        }
    }

    fn shown(&mut self, path: &Path) -> String {
        harmless(&self.paths.shown(path.as_os_str().as_encoded_bytes()))
    }
}

/// Why an exception does not count.
fn refusal(fault: Option<&str>, until: Option<Date>, today: Date) -> Option<String> {
    let over = || until.filter(|until| *until < today).map(|until| format!("it ended on {until}"));
    fault.map(str::to_owned).or_else(over)
}

/// The line of the file's own text a finding stands on.
fn line_of(hit: &Hit) -> Option<u64> {
    match &hit.sighting.place {
        Place::Text(at) if hit.sighting.inside.is_empty() => Some(at.line),
        _ => None,
    }
}

fn entry(shown: &str, hit: &Hit) -> Entry {
    Entry {
        path: shown.to_owned(),
        category: hit.sighting.category.id().to_owned(),
        bits: hit.bits.map_or_else(|| "-".to_owned(), |bits| bits.to_string()),
    }
}

fn fingerprint(entry: &Entry, ordinal: u64) -> Fingerprint {
    let Entry { path, category, bits } = entry;
    let whole = blake3::hash(format!("{path}\0{category}\0{bits}\0{ordinal}").as_bytes()).to_hex();
    Fingerprint(whole[..32].to_owned())
}
