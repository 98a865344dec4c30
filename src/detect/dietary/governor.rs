//! What governs a phrase: the verbs before it, a negation, and the subject.

use super::food::{ALLERGEN, STATEMENTS};
use super::lexicon::{Classes, class};
use super::person::{Subject, VERBS, owner_at, subject_at};
use super::statement::Phrase;
use super::tokens::{Separator, Token, sep};

/// The surroundings of a phrase within its sentence.
#[derive(Clone, Copy, Default)]
pub(super) struct Governor {
    /// The verbs between the subject and the phrase.
    pub(super) verbs: Classes,
    /// Is it denied?
    pub(super) negated: bool,
    /// Whom it is about.
    pub(super) subject: Option<Subject>,
    /// Is there nothing between subject and phrase but verbs and adverbs?
    pub(super) direct: bool,
    /// Whose it is said to be: `hennes nötallergi`.
    pub(super) owner: Option<Subject>,
    /// Does it depend on an `om`?
    pub(super) conditional: bool,
    /// Is it but the topic of something: `föreläser om celiaki`?
    pub(super) topic: bool,
    /// Does the sentence, or a piece of it, begin with the phrase?
    pub(super) leading: bool,
}

/// Words that may stand between a subject and what it is, has, or eats.
const SKIPPED: Classes = VERBS
    .or(class::ADVERB)
    .or(class::MODIFIER)
    .or(class::NEG)
    .or(class::NEG_DET)
    .or(class::NOT_ONLY)
    .or(class::LINK);

/// How far back a subject is looked for, in words.
const REACH: usize = 25;
/// How far back a verb is taken for the phrase's own.
const VERB_REACH: usize = 7;

/// What governs the phrase. Tokens before `covered` belong to earlier phrases, and are no subjects.
pub(super) fn govern(
    text: &str,
    tokens: &[Token],
    phrase: &Phrase,
    covered: &[Phrase],
) -> Governor {
    let mut governor = Governor::default();
    if inner_subject(text, tokens, phrase, &mut governor) {
        return governor;
    }
    let mut k = phrase.first;
    loop {
        if k == 0 || tokens[k].after(EDGES) {
            governor.leading = true;
            return governor;
        }
        k -= 1;
        if near(text, tokens, k, phrase, &mut governor) {
            return governor;
        }
        if !tokens[k].is(SKIPPED) || tokens[k].is(class::BUT) {
            break;
        }
        note_word(&tokens[k], &mut governor);
    }
    distant(text, tokens, k, phrase, covered, &mut governor);
    governor
}

/// What parts a phrase from a subject right before it.
const EDGES: Separator = sep::ENDS | sep::OPEN | sep::CLOSE | sep::COLON | sep::DASH;

/// Takes the owner or subject at `k`, with nothing but verbs and adverbs up to the phrase.
fn near(text: &str, tokens: &[Token], k: usize, phrase: &Phrase, governor: &mut Governor) -> bool {
    let degrees = class::MODIFIER | class::ADVERB;
    if !tokens[k + 1].after(sep::PARTS) && tokens[k + 1..phrase.first].iter().all(|t| t.is(degrees))
    {
        governor.owner = owner_at(text, tokens, k);
    }
    if governor.owner.is_some() {
        return true;
    }
    let subject = subject_at(text, tokens, k);
    let Some(subject) = subject.filter(|s| *s != Subject::Other || !tokens[k].is(SKIPPED)) else {
        return false;
    };
    settle(tokens, k, subject, governor);
    governor.direct = true;
    true
}

fn note_word(token: &Token, governor: &mut Governor) {
    governor.verbs |= token.classes & VERBS;
    governor.negated |= token.is(class::NEG | class::NEG_DET);
}

/// `Ägg tål hon inte`, `tål jag inte ägg`: the subject stands within the phrase.
fn inner_subject(text: &str, tokens: &[Token], phrase: &Phrase, governor: &mut Governor) -> bool {
    for k in phrase.first..=phrase.last {
        if tokens[k].is(ALLERGEN | STATEMENTS | class::MODIFIER) {
            continue;
        }
        if let Some(subject) = subject_at(text, tokens, k).filter(|s| *s != Subject::Other) {
            governor.subject = Some(subject);
            governor.direct = true;
            return true;
        }
    }
    false
}

/// Takes the subject at `k`, the verb before it (`är jag`), and what makes it conditional.
fn settle(tokens: &[Token], k: usize, subject: Subject, governor: &mut Governor) {
    governor.subject = Some(subject);
    governor.verbs |= tokens[k].classes & VERBS; // `I'm` is both
    let mut before = k;
    while before > 0 && !tokens[before].after(sep::PARTS) {
        before -= 1;
        let token = &tokens[before];
        if token.is(class::CONDITION_WORD) {
            governor.conditional = true;
            return;
        }
        if token.is(VERBS) && before + 1 == k {
            note_word(token, governor);
        }
        let own = token.is(class::FIRST_POSSESSIVE
            | class::THIRD_POSSESSIVE
            | class::QUANTITY
            | class::GIVEN_NAME);
        if !own {
            return;
        }
    }
}

fn distant(
    text: &str,
    tokens: &[Token],
    from: usize,
    phrase: &Phrase,
    covered: &[Phrase],
    governor: &mut Governor,
) {
    for k in (from.saturating_sub(REACH)..=from).rev() {
        let token = &tokens[k];
        governor.topic |= token.is(class::ABOUT) && phrase.first - k <= VERB_REACH;
        if !covered.iter().any(|p| (p.first..=p.last).contains(&k))
            && let Some(subject) = subject_at(text, tokens, k)
        {
            return settle(tokens, k, subject, governor);
        }
        let contrary = tokens[k..phrase.first].iter().any(|t| t.is(class::BUT));
        if phrase.first - k <= VERB_REACH && !contrary {
            note_word(token, governor);
        } else if contrary {
            governor.verbs |= token.classes & VERBS; // a denial before `men` does not reach over it
        }
        if token.after(sep::ENDS) {
            return;
        }
    }
}
