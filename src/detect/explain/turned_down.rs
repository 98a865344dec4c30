//! Looks a second time at what left no candidate, for the reason.

use std::ops::Range;

use super::{Explained, Fate, Reason, near, start};
use crate::detect::candidate::Candidate;
use crate::detect::dietary::{self, Label, SentenceContext, Verdicts, Whose};
use crate::detect::finder::{Finder, Hit, HitKind};
use crate::detect::surroundings::{Field, Surroundings};
use crate::detect::{Detector, Scratch, email, number, ruler_of};
use crate::model::{Category, Record, Ruler};
use crate::validate;
use crate::validate::date::Date;
use crate::validate::personnummer::{Kind, Rejected};

/// A phone number as written takes so many bytes at most.
const PHONE: usize = 24;
/// So much is shown of what is no address.
const WORD: usize = 64;

/// Bytes that were looked at, as what, and why they are not that.
type Down = (Range<usize>, Category, Reason);

impl Detector {
    /// What was looked at and left no candidate, with the reasons.
    pub(super) fn turned_down(
        &self,
        record: &Record<'_>,
        scratch: &Scratch,
        candidates: &[Candidate],
    ) -> Vec<Explained> {
        let mut second = SecondLook {
            text: record.text,
            finder: &self.finder,
            ruler: ruler_of(record),
            reference: self.options().reference,
            surroundings: Surroundings::new(record, &scratch.meanings, &scratch.rows),
            candidates,
            verdicts: Verdicts::default(),
            done: 0,
        };
        let hits = scratch
            .hits
            .iter()
            .filter(|hit| hit.kind != HitKind::Term || self.wants_category(Category::Dietary));
        let downs = hits.filter_map(|&hit| second.look(hit));
        let tell = |(range, category, reason)| Explained {
            range,
            category,
            fate: Fate::TurnedDown(reason),
            others: Vec::new(),
        };
        downs.map(tell).collect()
    }
}

struct SecondLook<'a> {
    text: &'a [u8],
    finder: &'a Finder,
    ruler: Ruler,
    reference: Date,
    surroundings: Surroundings<'a>,
    candidates: &'a [Candidate],
    verdicts: Verdicts,
    /// Words before this byte belong to a sentence that was told of.
    done: usize,
}

impl SecondLook<'_> {
    fn look(&mut self, hit: Hit) -> Option<Down> {
        let at = hit.at as usize;
        let field = self.surroundings.field(at);
        match hit.kind {
            HitKind::Run => self.number(&field, at),
            HitKind::Zero | HitKind::Plus => self.phone(&field, at),
            HitKind::At => self.email(&field, at),
            HitKind::Term => self.words(&field, at),
            HitKind::Capital
            | HitKind::Dots
            | HitKind::Colons
            | HitKind::Postcode
            | HitKind::Code
            | HitKind::Plate
            | HitKind::Giro
            | HitKind::Clearing
            | HitKind::Letter => None,
        }
    }

    /// Does a candidate of one of `categories` hold byte `at`?
    fn is_held(&self, at: usize, categories: &[Category]) -> bool {
        self.candidates.iter().any(|c| categories.contains(&c.category) && c.range().contains(&at))
    }

    /// The digits that end at `end`.
    fn number(&self, field: &Field, end: usize) -> Option<Down> {
        let numbers = [Category::Personnummer, Category::Samordningsnummer];
        if self.is_held(end - 1, &numbers) {
            return None;
        }
        let down = |range, reason| Some((range, Category::Personnummer, reason));
        let run = number::run_before(self.text, field.bounds.start, end);
        if run.len() > 12 {
            return down(run, Reason::Inside);
        }
        let labelled = field.meaning.topics.speaks_for(Category::Personnummer);
        let written = number::read_back(self.text, &field.bounds, end).or_else(|| {
            labelled.then(|| number::bare_run(self.text, &field.bounds, end)).flatten()
        })?;
        let range = written.start..end;
        if !number::has_borders(self.text, &field.bounds, &range) {
            return down(range, Reason::Inside);
        }
        let plus = written.style == number::Style::Plus;
        let rejected = written.digits.check(plus, self.reference).err()?;
        Some((range, category_of(&rejected), rejected.into()))
    }

    /// The number that begins with the `0` or `+` at `at`.
    fn phone(&self, field: &Field, at: usize) -> Option<Down> {
        if self.is_held(at, &[Category::Phone]) {
            return None;
        }
        let inside = at > field.bounds.start && self.text[at - 1].is_ascii_alphanumeric();
        let rest = &self.text[at..field.bounds.end.min(at + PHONE)];
        let in_number = |b: &&u8| {
            b.is_ascii_digit() || matches!(b, b'+' | b' ' | b'-' | b'/' | b'.' | b'(' | b')')
        };
        let len = rest.iter().take_while(in_number).count();
        let len = rest[..len].iter().rposition(u8::is_ascii_digit)? + 1;
        let reason = if inside { Reason::Inside } else { Reason::Plan };
        Some((at..at + len, Category::Phone, reason))
    }

    /// The word around the `@` at `at`.
    fn email(&self, field: &Field, at: usize) -> Option<Down> {
        if self.is_held(at, &[Category::Email]) {
            return None;
        }
        let down = |range, reason| Some((range, Category::Email, reason));
        let Some(written) = email::read(self.text, &field.bounds, at) else {
            return down(word_around(self.text, &field.bounds, at), Reason::Place);
        };
        let local = self.ruler.decode(&self.text[written.local.clone()]);
        let domain = written.domain_text(self.text);
        let domain = self.ruler.decode(&domain);
        let rejected = validate::email::address(local.as_bytes(), domain.as_bytes()).err()?;
        down(written.range(), rejected.into())
    }

    /// The sentence around the word of food or diet at `at`, told once.
    fn words(&mut self, field: &Field, at: usize) -> Option<Down> {
        let anchor = self.finder.anchor(self.text, at);
        if at < self.done || dietary::gate(self.text, anchor, &mut self.verdicts).is_err() {
            return None;
        }
        let within = &self.text[field.bounds.clone()];
        let sentence = dietary::sentence_bounds(within, at.checked_sub(field.bounds.start)?);
        let range = field.bounds.start + sentence.start..field.bounds.start + sentence.end;
        self.done = range.end.max(at + 1);
        let told = near(self.candidates, range.start, start).iter().any(|c| {
            let c_range = c.range();
            c.category == Category::Dietary
                && c_range.start < range.end
                && range.start < c_range.end
        });
        if told {
            return None;
        }
        // If it were somebody's, would it be a note?
        let context =
            SentenceContext { label: Label::Weak, whose: Whose::Person, ..Default::default() };
        let text = self.ruler.decode(&within[sentence]);
        let lonely = !dietary::sentence(&text, &context).is_empty();
        let reason = if lonely { Reason::NoPerson } else { Reason::NoNeed };
        Some((letters_around(self.text, &range, at), Category::Dietary, reason))
    }
}

/// What digits would be if they were right.
fn category_of(rejected: &Rejected) -> Category {
    match rejected {
        Rejected::CheckDigit(accepted) if accepted.kind == Kind::Samordningsnummer => {
            Category::Samordningsnummer
        }
        _ => Category::Personnummer,
    }
}

/// What stands around `at` up to the next white space.
fn word_around(text: &[u8], bounds: &Range<usize>, at: usize) -> Range<usize> {
    stretch(text, bounds, at, |b| !b.is_ascii_whitespace() && !matches!(b, b',' | b';' | b'"'))
}

/// The letters around `at`.
fn letters_around(text: &[u8], bounds: &Range<usize>, at: usize) -> Range<usize> {
    stretch(text, bounds, at, |b| b.is_ascii_alphanumeric() || *b >= 0x80)
}

fn stretch(
    text: &[u8],
    bounds: &Range<usize>,
    at: usize,
    belongs: impl Fn(&u8) -> bool,
) -> Range<usize> {
    let (from, to) = (bounds.start.max(at.saturating_sub(WORD)), bounds.end.min(at + WORD));
    let before = text[from..at].iter().rev().take_while(|b| belongs(b)).count();
    let after = text[at..to].iter().take_while(|b| belongs(b)).count();
    at - before..at + after
}
