//! Notes in running text: a phrase that says what is not eaten, and somebody it is said of.

use super::food;
use super::generic::{Generic, signs};
use super::governor::govern;
use super::label::{Label, label};
use super::lexicon::{Classes, class};
use super::note::{Evidence, Note, Whose};
use super::statement::{Form, Phrase, Strength, phrase_at};
use super::tokens::{Token, sep, tokenize};
use super::{ColumnInfo, cell};
use crate::model::Confidence;

/// What is known around a sentence.
#[derive(Clone, Copy, Debug)]
pub struct SentenceContext<'a> {
    /// The sentence before, for pronouns and for sentences without a subject.
    pub previous: Option<&'a str>,
    /// The heading above, or the document's title: under `Allergier` foods count, under `Meny` they don't.
    pub heading: Option<&'a str>,
    /// How the label of the cell or field the text stands in relates to diet.
    pub label: Label,
    /// Whom the record the text is in (a row, a block of a form) is about.
    pub whose: Whose,
}

impl Default for SentenceContext<'_> {
    fn default() -> Self {
        SentenceContext { previous: None, heading: None, label: Label::None, whose: Whose::Unknown }
    }
}

/// The notes in a sentence, in order. `text` is one sentence or line, as [`sentence_bounds`] cuts it.
///
/// [`sentence_bounds`]: super::sentence_bounds
#[must_use]
pub fn sentence(text: &str, context: &SentenceContext<'_>) -> Vec<Note> {
    let labelled = labelled(text).map(|field| field.note(text, context.whose));
    if let Some(note) = &labelled
        && note.as_ref().is_none_or(|n| n.confidence > Confidence::Low)
    {
        return note.clone().into_iter().collect();
    }
    let notes = written(text, context);
    // `Vill ändra specialkost: jag är vegan`: a field nobody is told of may hold a whole sentence.
    match labelled.flatten() {
        Some(note) if notes.iter().all(|n| n.confidence == Confidence::Low) => vec![note],
        _ => notes,
    }
}

fn written(text: &str, context: &SentenceContext<'_>) -> Vec<Note> {
    let tokens = tokenize(text);
    let reader =
        Reader { text, tokens: &tokens, context, signs: context_signs(text, &tokens, context) };
    reader.notes()
}

/// A line `Specialkost: laktosfritt`.
struct Field {
    value: usize,
}

/// A label of more bytes than this is a sentence with a colon in it.
const LABEL: usize = 60;

fn labelled(text: &str) -> Option<Field> {
    let colon = text.bytes().take(LABEL).position(|b| b == b':' || b == b'=')?;
    let name = text.get(..colon)?.trim_start_matches(['-', '*', '•', ' ', '#', '"']);
    (label(name) == Label::Strong).then_some(Field { value: colon + 1 })
}

impl Field {
    fn note(&self, text: &str, whose: Whose) -> Option<Note> {
        let mut note = cell(&text[self.value..], &ColumnInfo { codes: false, whose })?;
        note.range = note.range.start + self.value..note.range.end + self.value;
        if whose == Whose::Unknown {
            note.confidence = Confidence::Low;
        }
        Some(note)
    }
}

fn context_signs(text: &str, tokens: &[Token], context: &SentenceContext<'_>) -> Generic {
    let mut found = signs(text, tokens);
    if let Some(heading) = context.heading {
        found.menu |= tokenize(heading).iter().any(|t| t.is(class::HEADING_TOPIC));
    }
    found
}

/// A sentence being read.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) context: &'a SentenceContext<'a>,
    pub(super) signs: Generic,
}

/// A phrase with what was decided about it.
struct Weighed {
    phrase: Phrase,
    note: Option<(Confidence, Evidence)>,
}

impl Reader<'_> {
    fn notes(&self) -> Vec<Note> {
        let mut weighed: Vec<Weighed> = Vec::new();
        let mut covered: Vec<Phrase> = Vec::new();
        let mut next = 0;
        while next < self.tokens.len() {
            let Some(phrase) = self.phrase(next) else {
                next += 1;
                continue;
            };
            next = phrase.last.max(next) + 1;
            match weighed.last_mut() {
                Some(last) if self.goes_on(&last.phrase, &phrase) => {
                    last.phrase = merged(&last.phrase, &phrase)
                }
                _ => weighed.push(Weighed { note: self.weigh(&phrase, &covered), phrase }),
            }
            covered.push(phrase);
        }
        weighed.into_iter().filter_map(|w| self.note(&w)).collect()
    }

    /// The phrase at a token; under a heading such as `Allergier` a bare food is one.
    fn phrase(&self, i: usize) -> Option<Phrase> {
        phrase_at(self.text, self.tokens, i).or_else(|| {
            let listed = self.context.heading.is_some_and(|h| label(h) == Label::Strong);
            let foods = self.tokens[i].classes & food::ALLERGEN;
            (listed && !foods.is_none()).then(|| Phrase {
                first: i,
                last: i,
                kind: super::cell::avoided(foods, false),
                form: Form::Condition,
                strength: Strength::Firm,
            })
        })
    }

    /// Does the second phrase only continue the first: same subject, nothing but conjunctions between?
    fn goes_on(&self, first: &Phrase, second: &Phrase) -> bool {
        const BETWEEN: Classes =
            class::LINK.or(class::ADVERB).or(class::COPULA).or(class::HAVE).or(class::MODIFIER);
        if second.first <= first.last {
            return true;
        }
        let gap = &self.tokens[first.last + 1..second.first];
        let words = gap.iter().all(|t| t.is(BETWEEN) && !t.is(class::NEG | class::NEG_DET));
        let seps = self.tokens[first.last + 1..=second.first].iter();
        words
            && gap.len() <= 3
            && !seps.clone().any(|t| t.after(sep::FIELD | sep::STOP | sep::COLON))
    }

    fn note(&self, weighed: &Weighed) -> Option<Note> {
        let (confidence, evidence) = weighed.note?;
        let Phrase { first, last, kind, .. } = weighed.phrase;
        let end = self.tokens[last].end;
        let range = self.tokens[first].start
            ..end + closing(&self.text[self.tokens[first].start..end], &self.text[end..]);
        Some(Note { range, kind, confidence, evidence })
    }

    fn weigh(&self, phrase: &Phrase, covered: &[Phrase]) -> Option<(Confidence, Evidence)> {
        let governor = govern(self.text, self.tokens, phrase, covered);
        if governor.negated && phrase.form != Form::Avoidance
            || governor.conditional
            || self.signs.question
        {
            return None;
        }
        let person = self.attribute(phrase, &governor)?;
        if self.signs.any() && !person.robust || self.signs.policy && person.rank < 2 {
            return None;
        }
        let confidence = match (person.rank, phrase.strength) {
            (_, Strength::Unknown) | (0, _) | (1, Strength::Soft) => Confidence::Low,
            (3, Strength::Firm) => Confidence::High,
            _ => Confidence::Medium,
        };
        let about = if phrase.form == Form::Avoidance {
            Evidence::AVOIDED_FOOD
        } else {
            Evidence::CONDITION
        };
        Some((confidence, person.evidence.with(about)))
    }
}

fn merged(first: &Phrase, second: &Phrase) -> Phrase {
    Phrase { last: first.last.max(second.last), kind: first.kind.max(second.kind), ..*first }
}

/// The length of the bracket that closes one opened within the note.
fn closing(note: &str, rest: &str) -> usize {
    usize::from(note.contains('(') && !note.contains(')') && rest.starts_with(')'))
}

/// The notes in a text of several sentences, such as a paragraph or a cell of remarks.
#[must_use]
pub fn paragraph(text: &str, context: &SentenceContext<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut previous = context.previous;
    let mut at = 0;
    while at < text.len() {
        let range = super::sentence_bounds(text.as_bytes(), at);
        let range = range.start.max(at)..range.end;
        if range.end <= at || range.is_empty() {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let part = &text[range.clone()];
        for mut note in sentence(part, &SentenceContext { previous, ..*context }) {
            note.range = note.range.start + range.start..note.range.end + range.start;
            notes.push(note);
        }
        previous = Some(part);
        at = range.end;
    }
    notes
}
