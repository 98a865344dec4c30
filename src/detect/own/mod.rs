//! Rules of the user's own, tried on records.
//!
//! One pass over the bytes (`filter`) names the places where a pattern or a term may begin, for all
//! rules at once; only there a pattern is tried, or the words are looked up (`terms`). What is found is
//! checked, and weighed by label and words near by (`vocabulary`) as our own are.

mod filter;
mod terms;
mod vocabulary;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use regex_automata::meta::Cache;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};

use super::candidate::{Candidate, Normalized};
use super::explain::Reason;
use super::keywords;
use super::surroundings::{Field, Meanings, Surroundings};
use crate::model::{Attributes, Category, Clue, Evidence, Record, RowMarks, Shape};
use crate::rules;
use crate::rules::own::{LONGEST, Pattern, UserRule, UserRules, continues};
use crate::validate::date::Date;
use filter::Filter;
use terms::Terms;
use vocabulary::Vocabulary;

/// A cell with this many bytes beside the candidate is running text: its words tell more than its
/// label.
const REMARK: usize = 8;
/// Labels remembered at most.
const LABELS: usize = 4096;

/// Finds what the user's own rules ask for.
#[derive(Debug)]
pub(crate) struct OwnFinder {
    rules: Vec<Active>,
    patterns: Vec<Tried>,
    terms: Terms,
    filter: Filter,
}

/// A rule in use.
#[derive(Debug)]
struct Active {
    /// All rules, and which of them it is.
    all: Arc<UserRules>,
    number: usize,
    vocabulary: Vocabulary,
}

impl Active {
    fn rule(&self) -> &UserRule {
        &self.all.rules[self.number]
    }
}

/// A pattern in use.
#[derive(Debug)]
struct Tried {
    rule: usize,
    pattern: Pattern,
}

/// What a thread remembers for it.
#[derive(Debug, Default)]
pub(crate) struct OwnMemory {
    caches: Vec<Option<Cache>>,
    slots: Vec<Option<NonMaxUsize>>,
    /// What is before this byte was found by the rule already.
    done: Vec<usize>,
    /// What labels say to each rule.
    labels: HashMap<String, Box<[Option<bool>]>>,
}

/// Something that has the form or the name that a rule asks for.
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    pub(crate) category: Category,
    pub(crate) outcome: Result<Candidate, Reason>,
}

/// A match: all of it, and the part that is the value.
struct Match {
    rule: usize,
    whole: Range<usize>,
    value: Range<usize>,
    clue: Clue,
}

impl OwnFinder {
    /// A finder of those of `rules` whose category is asked for; none if there is none.
    pub(crate) fn new(all: &Arc<UserRules>, categories: &[Category]) -> Option<OwnFinder> {
        let wanted = all.rules.iter().enumerate();
        let wanted = wanted.filter(|(_, rule)| categories.contains(&rule.rule.category));
        let rules: Vec<Active> = wanted
            .map(|(number, rule)| {
                let vocabulary =
                    Vocabulary::new(&rule.rule.keywords_for, &rule.rule.keywords_against);
                Active { all: Arc::clone(all), number, vocabulary }
            })
            .collect();
        let patterns: Vec<Tried> = rules
            .iter()
            .enumerate()
            .flat_map(|(rule, active)| {
                active.rule().patterns.iter().map(move |p| Tried { rule, pattern: p.clone() })
            })
            .collect();
        let listed = rules.iter().enumerate();
        let terms = Terms::new(listed.flat_map(|(n, active)| {
            active.rule().terms.iter().map(move |term| (n, term.as_str()))
        }));
        let filter = Filter::new(patterns.iter().map(|tried| &tried.pattern.beginning), &terms);
        (!rules.is_empty()).then_some(OwnFinder { rules, patterns, terms, filter })
    }

    /// Hands on what begins in the record's focus.
    pub(crate) fn find(
        &self,
        record: &Record<'_>,
        (meanings, rows): (&Meanings, &RowMarks),
        (memory, reference): (&mut OwnMemory, Date),
        mut tell: impl FnMut(Found),
    ) {
        memory.begin(self);
        let mut surroundings = None;
        self.filter.find(record.text, record.focus.clone(), |at, item| {
            let surroundings =
                surroundings.get_or_insert_with(|| Surroundings::new(record, meanings, rows));
            if let Some(found) = self.look(record, surroundings, memory, at, item) {
                let label = self.label(record, surroundings, memory, &found);
                let field = surroundings.field(found.whole.start);
                tell(self.weigh(record.text, &field, label, &found, reference));
            }
        });
    }

    /// Tries a pattern, or looks up the words, at `at`.
    fn look(
        &self,
        record: &Record<'_>,
        surroundings: &mut Surroundings<'_>,
        memory: &mut OwnMemory,
        at: usize,
        item: filter::Item,
    ) -> Option<Match> {
        let before = &record.text[at.saturating_sub(4)..at];
        let found = match item {
            filter::Item::Terms => {
                if continues(before) {
                    return None;
                }
                let (rule, len) = self.terms.at(&record.text[at..])?;
                Match { rule, whole: at..at + len, value: at..at + len, clue: Clue::Term }
            }
            filter::Item::Pattern(n) => {
                let tried = &self.patterns[n];
                let joined = rules::own::is_word(record.text[at]) && continues(before);
                if at < memory.done[tried.rule] || joined {
                    return None;
                }
                let bounds = bounds_at(record, surroundings, at);
                self.matched(record.text, &bounds, memory, at, n)?
            }
        };
        if at < memory.done[found.rule] {
            return None;
        }
        memory.done[found.rule] = found.whole.end;
        Some(found)
    }

    /// The match of pattern `n` that begins at `at`.
    fn matched(
        &self,
        text: &[u8],
        bounds: &Range<usize>,
        memory: &mut OwnMemory,
        at: usize,
        n: usize,
    ) -> Option<Match> {
        let Tried { rule, pattern } = &self.patterns[n];
        if at < bounds.start {
            return None;
        }
        // One more for what ends it.
        let limit = bounds.end.min(at + LONGEST + 1);
        let hay = &text[bounds.start..limit];
        let input = Input::new(hay).range(at - bounds.start..).anchored(Anchored::Yes);
        let cache = memory.caches[n].get_or_insert_with(|| pattern.regex.create_cache());
        let end_group = pattern.end_group();
        memory.slots.clear();
        memory.slots.resize(2 * (end_group + 1), None);
        pattern.regex.search_slots_with(cache, &input, &mut memory.slots)?;
        let slot = |n: usize| memory.slots[n].map(|at| at.get() + bounds.start);
        let whole = at..slot(2 * end_group)?;
        // Where the text was cut off, its end is none.
        if whole.end == limit && limit < bounds.end {
            return None;
        }
        let group = pattern.value.and_then(|group| Some(slot(2 * group)?..slot(2 * group + 1)?));
        let value = group.filter(|value| !value.is_empty()).unwrap_or(whole.clone());
        Some(Match { rule: *rule, whole, value, clue: Clue::Form })
    }

    /// What the label of the field says of the rule.
    fn label(
        &self,
        record: &Record<'_>,
        surroundings: &mut Surroundings<'_>,
        memory: &mut OwnMemory,
        found: &Match,
    ) -> Option<bool> {
        let column = surroundings.column(found.whole.start)?;
        let label = match &record.shape {
            Shape::Text(_) => return None,
            Shape::Table(_, table) => table.columns.get(column)?.name.as_str(),
            Shape::Fields(fields) => fields.string(&fields.segments.get(column)?.label),
        };
        if label.is_empty() {
            return None;
        }
        if let Some(known) = memory.labels.get(label) {
            return known[found.rule];
        }
        let said: Box<[Option<bool>]> =
            self.rules.iter().map(|active| active.vocabulary.label(label)).collect();
        let answer = said[found.rule];
        if memory.labels.len() < LABELS {
            memory.labels.insert(label.to_owned(), said);
        }
        answer
    }

    /// Checks a match and weighs it.
    fn weigh(
        &self,
        text: &[u8],
        field: &Field,
        label: Option<bool>,
        found: &Match,
        reference: Date,
    ) -> Found {
        let active = &self.rules[found.rule];
        let rule = active.rule();
        let (range, category) = (found.value.clone(), rule.rule.category);
        let mut evidence = Evidence::NONE.with(found.clue);
        let checked = rule.check.filter(|_| found.clue == Clue::Form);
        if let Some(check) = checked {
            if !check.passes(&text[range.clone()], reference) {
                return Found { range, category, outcome: Err(Reason::OwnCheck) };
            }
            evidence.add(Clue::Check);
        }
        let around = around(text, field, label, &found.whole, &active.vocabulary);
        if rule.needs_keyword && !matches!(around, Some(Clue::Label | Clue::ContextWord)) {
            return Found { range, category, outcome: Err(Reason::NoKeyword) };
        }
        if let Some(clue) = around {
            evidence.add(clue);
        }
        let score = rule.score(evidence);
        let attributes =
            Attributes { special_category: rule.special_category, ..Attributes::default() };
        let candidate = Candidate {
            start: range.start as u32,
            end: range.end as u32,
            category,
            confidence: rules::grade(score),
            score,
            evidence,
            attributes,
            normalized: Normalized::FromText,
        };
        Found { range, category, outcome: Ok(candidate) }
    }
}

impl OwnMemory {
    fn begin(&mut self, finder: &OwnFinder) {
        self.caches.resize_with(finder.patterns.len(), || None);
        self.done.clear();
        self.done.resize(finder.rules.len(), 0);
    }
}

fn bounds_at(record: &Record<'_>, surroundings: &mut Surroundings<'_>, at: usize) -> Range<usize> {
    match &record.shape {
        Shape::Text(_) => 0..record.text.len(),
        // A field that ends where this one begins would do for a number's end.
        Shape::Fields(fields) => fields.segment_at(at).map_or(at..at, |(_, segment)| {
            segment.range.start as usize..segment.range.end as usize
        }),
        Shape::Table(..) => surroundings.field(at).bounds,
    }
}

/// What label and words say of what stands at `range`.
fn around(
    text: &[u8],
    field: &Field,
    label: Option<bool>,
    range: &Range<usize>,
    vocabulary: &Vocabulary,
) -> Option<Clue> {
    let alone = field.is_cell && field.bounds.len() <= range.len() + REMARK;
    let label = match label {
        Some(true) => Some(Clue::Label),
        Some(false) if alone => Some(Clue::LabelAgainst),
        _ => None,
    };
    if alone && label.is_some() {
        return label;
    }
    let inside = field.bounds.start <= range.start && range.end <= field.bounds.end;
    let bounds = if inside { field.bounds.clone() } else { range.clone() };
    keywords::nearest(text, &bounds, range, vocabulary).or(label)
}
