//! What became of everything that was looked at: what was reported, what was beaten by another
//! reading of the same bytes, and what was turned down, with the reason.
//!
//! [`Detector::explain`] reads a record exactly as [`Detector::scan`] does, and then once more for
//! what left no candidate: slower, and of no concern to a scan.

mod reason;
mod turned_down;

pub use reason::Reason;

use std::ops::Range;

use super::candidate::{self, Candidate, Normalized};
use super::finder::Wants;
use super::match_form::complete;
use super::{Detector, Scratch, ruler_of};
use crate::model::{Attributes, Category, Confidence, Evidence, Record, Spread};

/// Something that was looked at.
#[derive(Clone)]
pub struct Explained {
    /// Bytes of the record's text it stands in.
    pub range: Spread,
    /// What it was read as.
    pub category: Category,
    /// What became of it.
    pub fate: Fate,
    /// What else the same bytes were read as, the best first.
    pub others: Vec<Other>,
}

/// What became of a reading.
#[derive(Clone)]
pub enum Fate {
    /// It passed its exact check and was weighed.
    Weighed(Weighed),
    /// It did not pass.
    TurnedDown(Reason),
}

/// A reading that was weighed. It cannot be printed by accident: it holds a value.
#[derive(Clone)]
pub struct Weighed {
    /// How sure it is.
    pub confidence: Confidence,
    /// The same in points, 1 to 99.
    pub score: i16,
    /// The match form: see the contract's table of categories.
    pub normalized: String,
    /// What speaks for and against.
    pub evidence: Evidence,
    /// Finer kinds.
    pub attributes: Attributes,
    /// Whether it is reported.
    pub standing: Standing,
}

/// Whether something that was weighed is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Reported,
    /// It is not: less sure than what is asked for.
    TooWeak,
    /// It is not: of a category that is not asked for.
    NotAsked,
    /// It is not: this category reads the same bytes better, with so many points.
    Beaten(Category, i16),
}

/// Another reading of the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    /// Read as what.
    pub category: Category,
    /// Its points, or why it was turned down.
    pub outcome: Result<i16, Reason>,
}

impl Detector {
    /// Tells of everything that was looked at in the record's focus, in order of place.
    pub fn explain(&self, record: &Record<'_>, scratch: &mut Scratch) -> Vec<Explained> {
        scratch.meanings.read(record, &mut scratch.labels, self.options.reference);
        // These runs hold nothing that is reported, but people ask why.
        let wants = self.wants(&scratch.meanings);
        let wants = Wants { any_ten: wants.runs, long: wants.runs, ..wants };
        self.gather(record, wants, Confidence::Low, scratch);
        let lists = [scratch.candidates.list(), scratch.notes.list(), &scratch.beside];
        let mut all = lists.concat();
        all.sort_by_key(|c| (c.start, c.end));
        let mut told = self.weighed(record, all.clone());
        let mut downs = self.turned_down(record, scratch, &all);
        downs.extend(self.turned_down_by_own(record, scratch));
        let mut alone = Vec::new();
        for down in downs {
            alone.extend(attach(&mut told, down));
        }
        told.append(&mut alone);
        told.sort_by_key(|e| (e.range.start, e.range.end));
        for each in &mut told {
            each.others.sort_by_key(|other| std::cmp::Reverse(other.outcome.unwrap_or(0)));
            each.others.dedup();
        }
        told
    }

    /// What has the form of a rule of the user's own and nothing else that it asks for.
    fn turned_down_by_own(&self, record: &Record<'_>, scratch: &mut Scratch) -> Vec<Explained> {
        let mut downs = Vec::new();
        let Some(own) = &self.own else { return downs };
        let Scratch { own: memory, meanings, rows, .. } = scratch;
        own.find(record, (meanings, rows), (memory, self.options.reference), |found| {
            if let Err(reason) = found.outcome {
                let (range, category) = (found.range, found.category);
                let (fate, others) = (Fate::TurnedDown(reason), Vec::new());
                downs.push(Explained { range, category, fate, others });
            }
        });
        downs
    }

    /// All candidates, with what settling does to them.
    fn weighed(&self, record: &Record<'_>, mut all: Vec<Candidate>) -> Vec<Explained> {
        all.sort_by_key(|c| (c.start, c.end, c.category, std::cmp::Reverse(c.score)));
        all.dedup_by_key(|c| (c.start, c.end, c.category));
        let kept = candidate::settled(&all);
        let tell = |candidate: &Candidate| {
            let rivals = near(&all, candidate.start as usize, start);
            let rivals = rivals.iter().filter(|other| are_rivals(candidate, other));
            let others =
                rivals.map(|r| Other { category: r.category, outcome: Ok(r.score) }).collect();
            let standing = self.standing(candidate, &kept, &all);
            let weighed = weigh(record, candidate, standing);
            let (range, category) = (candidate.range(), candidate.category);
            Explained { range, category, fate: Fate::Weighed(weighed), others }
        };
        all.iter().map(tell).collect()
    }

    fn standing(&self, candidate: &Candidate, kept: &[Candidate], all: &[Candidate]) -> Standing {
        let best = |of: &[Candidate]| {
            let rivals = near(of, candidate.start as usize, start).iter();
            let rivals = rivals.filter(|other| are_rivals(candidate, other));
            rivals.max_by_key(|r| r.score).map(|r| Standing::Beaten(r.category, r.score))
        };
        let own = near(kept, candidate.start as usize, start);
        if !own.iter().any(|k| is_same(k, candidate))
            && let Some(beaten) = best(kept).or_else(|| best(all))
        {
            beaten
        } else if !self.wants_category(candidate.category) {
            Standing::NotAsked
        } else if candidate.confidence < self.options().min_confidence {
            Standing::TooWeak
        } else {
            Standing::Reported
        }
    }
}

fn is_same(a: &Candidate, b: &Candidate) -> bool {
    (a.start, a.end, a.category) == (b.start, b.end, b.category)
}

/// Do they claim the same bytes, where only one may?
fn are_rivals(a: &Candidate, b: &Candidate) -> bool {
    !is_same(a, b) && a.start < b.end && b.start < a.end && a.excludes(b)
}

fn weigh(record: &Record<'_>, candidate: &Candidate, standing: Standing) -> Weighed {
    let mut attributes = candidate.attributes;
    let mut normalized = String::new();
    complete(record.text, ruler_of(record), candidate, &mut normalized, &mut attributes);
    if let Normalized::Short(..) = candidate.normalized {
        candidate.normalized.as_str().clone_into(&mut normalized);
    }
    let Candidate { confidence, score, evidence, .. } = *candidate;
    Weighed { confidence, score, normalized, evidence, attributes, standing }
}

/// Tells what was turned down with what was weighed of the same bytes; gives it back if there is none.
fn attach(weighed: &mut [Explained], down: Explained) -> Option<Explained> {
    let Fate::TurnedDown(reason) = down.fate else { return Some(down) };
    let is_note = |category| category == Category::Dietary;
    let mut alone = true;
    for each in near_mut(weighed, down.range.start, |e| e.range.start) {
        let apart = each.range.end <= down.range.start || down.range.end <= each.range.start;
        if apart || is_note(each.category) != is_note(down.category) {
            continue;
        }
        alone = false;
        if each.category != down.category {
            each.others.push(Other { category: down.category, outcome: Err(reason) });
        }
    }
    alone.then_some(down)
}

/// So many neighbours on either side can claim the same bytes.
const NEIGHBOURS: usize = 16;

fn start(candidate: &Candidate) -> usize {
    candidate.start as usize
}

/// Those of `items`, which are in order of their starts, that begin near `at`.
fn near<T>(items: &[T], at: usize, start: impl Fn(&T) -> usize) -> &[T] {
    let range = neighbours(items, at, start);
    &items[range]
}

fn near_mut<T>(items: &mut [T], at: usize, start: impl Fn(&T) -> usize) -> &mut [T] {
    let range = neighbours(items, at, start);
    &mut items[range]
}

fn neighbours<T>(items: &[T], at: usize, start: impl Fn(&T) -> usize) -> Range<usize> {
    let n = items.partition_point(|item| start(item) <= at);
    n.saturating_sub(NEIGHBOURS)..items.len().min(n + NEIGHBOURS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detail, Options};
    use crate::model::{Cursor, Ruler, Shape, TextSpan};
    use crate::validate::date::Date;

    fn explain(text: &str) -> Vec<Explained> {
        let detector = Detector::new(Options {
            categories: Category::ALL.to_vec(),
            min_confidence: Confidence::Medium,
            reference: Date::new(2026, 12, 31).unwrap(),
            detail: Detail::Full,
        });
        let span = TextSpan { start: Cursor::start(0), ruler: Ruler::default() };
        let focus = 0..text.len();
        let record = Record { text: text.as_bytes(), focus, shape: Shape::Text(span.into()) };
        detector.explain(&record, &mut Scratch::default())
    }

    fn check(text: &str, value: &str, category: Category, wanted: Result<Standing, Reason>) {
        let told = explain(text);
        let got: Vec<_> = told
            .iter()
            .map(|e| {
                let fate = match &e.fate {
                    Fate::Weighed(weighed) => Ok(weighed.standing),
                    Fate::TurnedDown(reason) => Err(*reason),
                };
                (&text[e.range.clone()], e.category, fate)
            })
            .collect();
        assert!(got.contains(&(value, category, wanted)), "{text}: {got:?}");
    }

    #[test]
    fn what_is_found_is_told_with_its_standing() {
        use Category::{Email, Personnummer};
        check("Pnr: 900101-2385", "900101-2385", Personnummer, Ok(Standing::Reported));
        check("nr 9001012385", "9001012385", Personnummer, Ok(Standing::TooWeak));
        check("skriv bo@example.com", "bo@example.com", Email, Ok(Standing::Reported));
    }

    #[test]
    fn what_is_turned_down_is_told_with_its_reason() {
        use Category::{Dietary, Email, Personnummer, Phone};
        check("8513092385", "8513092385", Personnummer, Err(Reason::Date));
        check("900101-9804", "900101-9804", Personnummer, Err(Reason::CheckDigit));
        check("559999-0000", "559999-0000", Personnummer, Err(Reason::Organisation));
        check("x9001012385", "9001012385", Personnummer, Err(Reason::Inside));
        check("20260311142233", "20260311142233", Personnummer, Err(Reason::Inside));
        check("900101-0008", "900101-0008", Personnummer, Err(Reason::Serial));
        check("bo@exempel.qqq", "bo@exempel.qqq", Email, Err(Reason::UnknownTld));
        check("git@forge.example.com:a/b", "git@forge.example.com:a/b", Email, Err(Reason::Place));
        check("ring +999 1234567", "+999 1234567", Phone, Err(Reason::Plan));
        check("Glutenfri kost serveras.", "Glutenfri", Dietary, Err(Reason::NoNeed));
        check("Allergisk mot nötter.", "Allergisk", Dietary, Err(Reason::NoPerson));
    }
}
