//! Notes in running text: a phrase that says what is not eaten, and somebody it is said of.

use super::food::{STATEMENTS, self};
use super::generic::{Generic, signs};
use super::governor::{Governor, govern};
use super::label::{Label, label};
use super::lexicon::{Classes, class};
use super::note::{Evidence, Note, Whose};
use super::person::{self, Subject};
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
    if let Some(field) = labelled(text) {
        return field.note(text, context.whose).into_iter().collect();
    }
    let tokens = tokenize(text);
    let reader = Reader { text, tokens: &tokens, context, signs: context_signs(text, &tokens, context) };
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

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    context: &'a SentenceContext<'a>,
    signs: Generic,
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
                Some(last) if self.goes_on(&last.phrase, &phrase) => last.phrase = merged(&last.phrase, &phrase),
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
        const BETWEEN: Classes = class::LINK.or(class::ADVERB).or(class::COPULA).or(class::MODIFIER);
        if second.first <= first.last {
            return true;
        }
        let gap = &self.tokens[first.last + 1..second.first];
        let words = gap.iter().all(|t| t.is(BETWEEN) && !t.is(class::NEG | class::NEG_DET));
        let seps = self.tokens[first.last + 1..=second.first].iter();
        words && gap.len() <= 3 && !seps.clone().any(|t| t.after(sep::FIELD | sep::STOP | sep::COLON))
    }

    fn note(&self, weighed: &Weighed) -> Option<Note> {
        let (confidence, evidence) = weighed.note?;
        let Phrase { first, last, kind, .. } = weighed.phrase;
        let end = self.tokens[last].end;
        let range = self.tokens[first].start..end + closing(&self.text[self.tokens[first].start..end], &self.text[end..]);
        Some(Note { range, kind, confidence, evidence })
    }

    fn weigh(&self, phrase: &Phrase, covered: &[Phrase]) -> Option<(Confidence, Evidence)> {
        let governor = govern(self.text, self.tokens, phrase, covered);
        if governor.negated && phrase.form != Form::Avoidance || governor.conditional || self.signs.question {
            return None;
        }
        let person = self.governed(phrase, &governor).or_else(|| self.beside(phrase)).or_else(|| self.implied(phrase, &governor))?;
        if self.signs.any() && !person.robust || self.signs.policy && person.rank < 2 {
            return None;
        }
        let confidence = match (person.rank, phrase.strength) {
            (_, Strength::Unknown) | (0, _) | (1, Strength::Soft) => Confidence::Low,
            (3, Strength::Firm) => Confidence::High,
            _ => Confidence::Medium,
        };
        let about = if phrase.form == Form::Avoidance { Evidence::AVOIDED_FOOD } else { Evidence::CONDITION };
        Some((confidence, person.evidence.with(about)))
    }

    /// The person as the phrase's grammatical subject or owner.
    fn governed(&self, phrase: &Phrase, governor: &Governor) -> Option<Person> {
        if let Some(owner) = governor.owner {
            let own = matches!(phrase.form, Form::Noun | Form::Condition);
            return own.then(|| self.person(owner, true));
        }
        let subject = governor.subject?;
        if subject == Subject::Other || governor.topic && !governor.direct {
            return None;
        }
        let fits = match phrase.form {
            Form::Condition => governor.verbs.any(class::COPULA | class::HAVE) || governor.direct && subject == Subject::Name,
            Form::Noun => governor.verbs.any(class::HAVE | class::VERB_REACT) || governor.direct && subject == Subject::Name,
            Form::Adjective => governor.verbs.any(class::COPULA) || governor.direct && subject == Subject::Name,
            Form::Diet => governor.verbs.any(class::VERB_WANT | class::VERB_EAT) || governor.direct && subject != Subject::Unlisted,
            Form::Avoidance => true,
        };
        fits.then(|| self.person(subject, governor.direct))
    }

    fn person(&self, subject: Subject, direct: bool) -> Person {
        let rank = match subject {
            Subject::Indefinite | Subject::Other => 1,
            Subject::Pronoun if self.names_somebody() => 3,
            Subject::Pronoun => 2,
            _ if direct => 3,
            _ => 2,
        };
        Person { rank, evidence: subject.evidence(), robust: direct && subject != Subject::Indefinite }
    }

    /// Does this sentence, or the one before, name the person a pronoun may stand for?
    fn names_somebody(&self) -> bool {
        let named = |text: &str, tokens: &[Token]| tokens.iter().any(|t| person::is_name(text, t));
        named(self.text, self.tokens) || self.context.previous.is_some_and(|p| named(p, &tokenize(p)))
    }

    /// A person beside a phrase that has a piece of the line to itself: `Anna Berg, celiaki`, `Bo (vegan)`.
    fn beside(&self, phrase: &Phrase) -> Option<Person> {
        let piece = self.piece(phrase)?;
        if self.after(phrase).is_some() {
            return self.after(phrase);
        }
        let counted = self.tokens[piece.start..phrase.first].iter().any(|t| t.is(class::COUNT_NOUN | class::QUANTITY))
            || self.tokens[piece.start..phrase.first].iter().any(|t| self.text[t.start..t.end].bytes().all(|b| b.is_ascii_digit()));
        let line = self.line(phrase);
        let named = person::named(self.text, &self.tokens[line.clone()]);
        let identified = person::identified(self.text);
        if !named && !identified {
            return counted.then_some(Person { rank: 0, evidence: Evidence::COUNT, robust: false });
        }
        let near = piece.start > 0 && named;
        let evidence = if named { Evidence::NAME } else { Evidence::IDENTIFIER };
        let rank = if counted { 2 } else { 3 };
        Some(Person { rank, evidence, robust: near && !self.signs.menu && !self.signs.form })
    }

    /// The tokens of the line, or clause, that the phrase stands in.
    fn line(&self, phrase: &Phrase) -> std::ops::Range<usize> {
        let stop = |k: &usize| self.tokens[*k].after(sep::STOP);
        let start = (1..=phrase.first).rev().find(stop).unwrap_or(0);
        let end = (phrase.last + 1..self.tokens.len()).find(stop).unwrap_or(self.tokens.len());
        start..end
    }

    /// The tokens of the piece between separators that the phrase fills but for a name, or a number, in
    /// front; `None` where there are other words in it.
    fn piece(&self, phrase: &Phrase) -> Option<std::ops::Range<usize>> {
        const PARTS: u16 = sep::PARTS | sep::DOT;
        let start = (1..=phrase.first).rev().find(|&k| self.tokens[k].after(PARTS)).unwrap_or(0);
        let end = (phrase.last + 1..self.tokens.len()).find(|&k| self.tokens[k].after(PARTS)).unwrap_or(self.tokens.len());
        const FRONT: Classes = class::MODIFIER.or(class::ADVERB).or(class::LINK).or(class::QUANTITY).or(class::COUNT_NOUN).or(class::GIVEN_NAME);
        const BACK: Classes = STATEMENTS.or(food::ALLERGEN).or(class::MODIFIER).or(class::ADVERB).or(class::LINK).or(class::MEAL).or(class::EMERGENCY_PEN);
        let digits = |t: &Token| self.text[t.start..t.end].bytes().all(|b| b.is_ascii_digit());
        let name = |t: &Token| t.capital && (t.classes & !class::PHRASE_START).is_none();
        let front = self.tokens[start..phrase.first].iter().all(|t| (t.is(FRONT) || digits(t) || name(t)) && !t.is(class::NEG | class::NEG_DET));
        let back = self.tokens[phrase.last + 1..end].iter().all(|t| t.is(BACK));
        (front && back).then_some(start..end)
    }

    /// Somebody named after the phrase: `glutenfri lunch till Moa`, `vegan: Anna`.
    fn after(&self, phrase: &Phrase) -> Option<Person> {
        let next = self.tokens.get(phrase.last + 1)?;
        let given = next.is(class::PREP_TO) && !next.after(sep::PARTS);
        let listed = next.after(sep::COLON | sep::OPEN | sep::DASH);
        let at = if given { phrase.last + 2 } else { phrase.last + 1 };
        if !(given || listed) || at >= self.tokens.len() {
            return None;
        }
        let ahead = (at..self.tokens.len().min(at + 3)).take_while(|&k| k == at || !self.tokens[k].after(sep::PARTS));
        let subject = ahead.filter_map(|k| person::subject_at(self.text, self.tokens, k)).next()?;
        let fits = if listed { subject == Subject::Name } else { !matches!(subject, Subject::Other | Subject::Unlisted) };
        fits.then(|| Person { rank: 2, evidence: subject.evidence(), robust: !self.signs.menu })
    }

    /// Nobody is named, but the record, the field or the sentence before tells who must be meant.
    fn implied(&self, phrase: &Phrase, governor: &Governor) -> Option<Person> {
        if let Some(person) = self.after(phrase) {
            return Some(person);
        }
        if governor.subject.is_some() || governor.topic || !governor.leading {
            return None;
        }
        let wish = governor.verbs.any(class::VERB_WANT);
        let alone = phrase.strength == Strength::Firm || wish || self.context.label == Label::Weak && phrase.form == Form::Condition;
        let first = self.tokens.iter().any(|t| t.is(class::FIRST_SUBJECT | class::FIRST_OBJECT));
        let evidence = if wish && first {
            Evidence::FIRST_PERSON
        } else if alone && self.context.whose == Whose::Person {
            Evidence::RECORD
        } else if alone && self.names_somebody() {
            Evidence::NAME
        } else {
            return None;
        };
        Some(Person { rank: 2, evidence, robust: false })
    }
}

/// Somebody, and how sure it is that the phrase is about them.
struct Person {
    /// 3: told beyond doubt; 2: by a pronoun, or at a distance; 1: somebody untold; 0: a number of people.
    rank: u8,
    evidence: Evidence,
    /// Does it outweigh signs of menus and forms in the same sentence?
    robust: bool,
}

fn merged(first: &Phrase, second: &Phrase) -> Phrase {
    Phrase {
        last: first.last.max(second.last),
        kind: first.kind.max(second.kind),
        ..*first
    }
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
