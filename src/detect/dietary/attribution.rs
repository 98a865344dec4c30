//! Whom a phrase is said of: its subject, somebody beside it in a list, or whom the record is about.

use super::food::{self, STATEMENTS};
use super::governor::Governor;
use super::label::Label;
use super::lexicon::{Classes, class};
use super::note::{Evidence, Whose};
use super::person::{self, Subject};
use super::sentence::Reader;
use super::statement::{Form, Phrase, Strength};
use super::tokens::{Token, sep, tokenize};
use std::ops::Range;

/// Somebody, and how sure it is that the phrase is about them.
pub(super) struct Person {
    /// 3: told beyond doubt; 2: by a pronoun, or at a distance; 1: somebody untold; 0: a number of people.
    pub(super) rank: u8,
    pub(super) evidence: Evidence,
    /// Does it outweigh signs of menus and forms in the same sentence?
    pub(super) robust: bool,
}

/// What may stand before a phrase in its piece of a line.
const FRONT: Classes = class::MODIFIER
    .or(class::ADVERB)
    .or(class::LINK)
    .or(class::QUANTITY)
    .or(class::COUNT_NOUN)
    .or(class::GIVEN_NAME);
/// What may stand after it.
const BACK: Classes = STATEMENTS
    .or(food::ALLERGEN)
    .or(class::MODIFIER)
    .or(class::ADVERB)
    .or(class::LINK)
    .or(class::MEAL)
    .or(class::EMERGENCY_PEN);

impl Reader<'_> {
    /// The person a phrase is said of, if anybody is told.
    pub(super) fn attribute(&self, phrase: &Phrase, governor: &Governor) -> Option<Person> {
        self.governed(phrase, governor)
            .or_else(|| self.beside(phrase))
            .or_else(|| self.implied(phrase, governor))
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
        if subject == Subject::Relation && self.signs.advice && !self.speaks_first(governor) {
            return None;
        }
        let fits = match phrase.form {
            Form::Condition => {
                governor.verbs.any(class::COPULA | class::HAVE)
                    || governor.direct && subject == Subject::Name
            }
            Form::Noun => {
                governor.verbs.any(class::HAVE | class::VERB_REACT)
                    || governor.direct && subject == Subject::Name
            }
            Form::Adjective => {
                governor.verbs.any(class::COPULA) || governor.direct && subject == Subject::Name
            }
            Form::Diet if governor.verbs.is_none() => governor.direct && subject == Subject::Name,
            Form::Diet => {
                governor.verbs.any(class::VERB_WANT | class::VERB_EAT)
                    || governor.verbs.any(class::COPULA)
                        && governor.direct
                        && subject != Subject::Unlisted
            }
            Form::Avoidance => true,
        };
        fits.then(|| self.person(subject, governor.direct))
    }

    /// `min son` is somebody even among advice.
    fn speaks_first(&self, governor: &Governor) -> bool {
        governor.direct && self.tokens.iter().any(|t| t.is(class::FIRST_POSSESSIVE))
    }

    fn person(&self, subject: Subject, direct: bool) -> Person {
        let rank = match subject {
            Subject::Indefinite | Subject::Other => 1,
            Subject::Pronoun if self.names_somebody() => 3,
            Subject::Pronoun => 2,
            _ if direct => 3,
            _ => 2,
        };
        Person {
            rank,
            evidence: subject.evidence(),
            robust: direct && subject != Subject::Indefinite,
        }
    }

    /// Does this sentence, or the one before, name the person a pronoun may stand for?
    fn names_somebody(&self) -> bool {
        let named = |text: &str, tokens: &[Token]| tokens.iter().any(|t| person::is_name(text, t));
        named(self.text, self.tokens)
            || self.context.previous.is_some_and(|p| named(p, &tokenize(p)))
    }

    /// A person beside a phrase that has a piece of the line to itself: `Anna Berg, celiaki`, `Bo (vegan)`.
    fn beside(&self, phrase: &Phrase) -> Option<Person> {
        if self.heads_a_field(phrase) {
            return None;
        }
        let piece = self.piece(phrase)?;
        if self.after(phrase).is_some() {
            return self.after(phrase);
        }
        let counted = self.is_counted(&self.tokens[piece.start..phrase.first]);
        let line = self.line(phrase);
        let named = person::named(self.text, &self.tokens[line.clone()]);
        let identified = phrase.form != Form::Diet
            && phrase.first == piece.start
            && person::identified(self.text);
        if !named && !identified {
            return counted.then_some(Person { rank: 0, evidence: Evidence::COUNT, robust: false });
        }
        let near = piece.start > 0 && named;
        let evidence = if named { Evidence::NAME } else { Evidence::IDENTIFIER };
        let rank = if counted { 2 } else { 3 };
        Some(Person { rank, evidence, robust: near && !self.signs.menu && !self.signs.form })
    }

    /// `3 st`, `två personer`.
    fn is_counted(&self, front: &[Token]) -> bool {
        let digits = |t: &Token| self.text[t.start..t.end].bytes().all(|b| b.is_ascii_digit());
        front.iter().any(|t| t.is(class::COUNT_NOUN | class::QUANTITY) || digits(t))
    }

    /// `Allergi: …`: the name of a field, not what is in it.
    fn heads_a_field(&self, phrase: &Phrase) -> bool {
        let colon = self.tokens.get(phrase.last + 1).is_some_and(|t| t.after(sep::COLON));
        colon && phrase.form == Form::Noun && phrase.strength == Strength::Soft
    }

    /// The tokens of the line, or clause, that the phrase stands in.
    fn line(&self, phrase: &Phrase) -> Range<usize> {
        let stop = |k: &usize| self.tokens[*k].after(sep::STOP);
        let start = (1..=phrase.first).rev().find(stop).unwrap_or(0);
        let end = (phrase.last + 1..self.tokens.len()).find(stop).unwrap_or(self.tokens.len());
        start..end
    }

    /// The tokens of the piece between separators that the phrase fills but for a name, or a number, in
    /// front; `None` where there are other words in it.
    fn piece(&self, phrase: &Phrase) -> Option<Range<usize>> {
        let parts = |k: &usize| self.tokens[*k].after(sep::PARTS | sep::DOT);
        let start = (1..=phrase.first).rev().find(parts).unwrap_or(0);
        let end = (phrase.last + 1..self.tokens.len()).find(parts).unwrap_or(self.tokens.len());
        let front = (start..phrase.first).all(|k| self.may_precede(k));
        let back = self.tokens[phrase.last + 1..end].iter().all(|t| t.is(BACK));
        (front && back).then_some(start..end)
    }

    fn may_precede(&self, k: usize) -> bool {
        let token = &self.tokens[k];
        let surname = k > 0 && person::is_name(self.text, &self.tokens[k - 1]);
        let name = token.capital && (surname || (token.classes & !class::PHRASE_START).is_none());
        let listed = token.is(FRONT) && !token.is(class::NEG | class::NEG_DET);
        listed || name || self.is_number(token)
    }

    /// A number, or a name that begins with one, such as a school class (`9C`).
    fn is_number(&self, token: &Token) -> bool {
        self.text[token.start..].starts_with(|c: char| c.is_ascii_digit())
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
        let ahead = (at..self.tokens.len().min(at + 3))
            .take_while(|&k| k == at || !self.tokens[k].after(sep::PARTS));
        let subject = ahead.filter_map(|k| person::subject_at(self.text, self.tokens, k)).next()?;
        let fits = if listed {
            subject == Subject::Name
        } else {
            !matches!(subject, Subject::Other | Subject::Unlisted)
        };
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
        let alone = phrase.strength == Strength::Firm
            || wish
            || self.context.label == Label::Weak && phrase.form == Form::Condition;
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
