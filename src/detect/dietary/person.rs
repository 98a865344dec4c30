//! Who a sentence speaks of: names, pronouns, relatives, roles; and the others, of whom nothing is told.

use super::fold::Folded;
use super::lexicon::{Classes, class, lookup_part};
use super::note::Evidence;
use super::tokens::{Token, sep};

/// Who, or what, a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A name of the name list, or a full name.
    Name,
    /// A capitalised word that may be a name.
    Unlisted,
    /// The writer.
    First,
    /// `hon`, `han`, `hen`.
    Pronoun,
    /// A relative or a role: `min son`, `eleven`.
    Relation,
    /// `en kollega`: somebody, but untold who.
    Indefinite,
    /// People in general, the reader, animals and things.
    Other,
}

impl Subject {
    /// The reason it gives.
    pub(super) const fn evidence(self) -> Evidence {
        match self {
            Subject::Name | Subject::Unlisted => Evidence::NAME,
            Subject::First => Evidence::FIRST_PERSON,
            Subject::Pronoun => Evidence::PRONOUN,
            Subject::Relation => Evidence::RELATION,
            Subject::Indefinite | Subject::Other => Evidence::COUNT,
        }
    }
}

const POSSESSIVE: Classes = class::FIRST_POSSESSIVE.or(class::THIRD_POSSESSIVE);
/// What a subject's verb can be.
pub(super) const VERBS: Classes = class::COPULA
    .or(class::HAVE)
    .or(class::VERB_EAT)
    .or(class::VERB_TOLERATE)
    .or(class::VERB_AVOID)
    .or(class::VERB_REACT)
    .or(class::VERB_WANT)
    .or(class::MODAL);

/// Whom the word at `i` stands for, if anybody.
pub(super) fn subject_at(text: &str, tokens: &[Token], i: usize) -> Option<Subject> {
    let token = &tokens[i];
    if is_name(text, token) {
        return Some(Subject::Name);
    }
    if token.is(class::FIRST_SUBJECT | class::FIRST_OBJECT) {
        return Some(Subject::First);
    }
    if token.is(class::RELATION) && possessed(text, tokens, i) || token.is(class::ROLE) {
        return Some(Subject::Relation);
    }
    if token.is(class::THIRD_SUBJECT | class::THIRD_OBJECT) {
        return Some(Subject::Pronoun);
    }
    if token.is(class::INDEFINITE_PERSON) {
        return Some(Subject::Indefinite);
    }
    let reader = token.is(class::SECOND_PERSON) && !token.is(class::COPULA);
    if reader || token.is(class::GENERIC_PERSON | class::THING) {
        return Some(Subject::Other);
    }
    unlisted(text, tokens, i)
}

/// A capitalised word of the list of given names, or such a name's genitive.
pub(super) fn is_name(text: &str, token: &Token) -> bool {
    let given = token.is(class::GIVEN_NAME) && !token.is(class::NOT_NAME);
    token.capital && (given || is_genitive(text, token))
}

fn is_genitive(text: &str, token: &Token) -> bool {
    if !token.capital || !token.classes.is_none() {
        return false;
    }
    let mut folded = Folded::new();
    folded.push_word(&text[token.start..token.end]);
    let stem = folded.key().strip_suffix(b"s");
    stem.is_some_and(|s| lookup_part(s.strip_suffix(b"'").unwrap_or(s)).any(class::GIVEN_NAME))
}

/// Is there a `min`, `hennes` or `Annas` before it, with at most two words between (`min yngsta son`)?
fn possessed(text: &str, tokens: &[Token], i: usize) -> bool {
    let near = (i.saturating_sub(3)..i).rev();
    near.take_while(|&k| !tokens[k + 1].after(sep::PARTS))
        .any(|k| tokens[k].is(POSSESSIVE) || is_genitive(text, &tokens[k]))
}

/// Does a possessive (`hennes`, `min`, `Annas`) stand at `i`? The person it points to.
pub(super) fn owner_at(text: &str, tokens: &[Token], i: usize) -> Option<Subject> {
    if tokens[i].is(class::FIRST_POSSESSIVE) {
        return Some(Subject::First);
    }
    if tokens[i].is(class::THIRD_POSSESSIVE) {
        return Some(Subject::Pronoun);
    }
    let genitive = is_genitive(text, &tokens[i])
        || is_name(text, &tokens[i]) && text[..tokens[i].end].ends_with('s');
    genitive.then_some(Subject::Name)
}

/// Endings of common nouns, which at a sentence's start have a capital like names.
const NOUNS: [&str; 7] = ["en", "et", "an", "na", "er", "or", "ing"];
/// Those of them that are refused even before verbs that people have and things seldom: `Ayaan äter`.
const DEFINITE: [&str; 3] = ["en", "et", "na"];
/// Verbs that things have as well.
const COMMON_VERBS: Classes = class::COPULA.or(class::HAVE).or(class::MODAL);

/// An unknown capitalised word that a verb of the right sort follows, or the end of a full name.
fn unlisted(text: &str, tokens: &[Token], i: usize) -> Option<Subject> {
    let token = &tokens[i];
    let word = &text[token.start..token.end];
    if !token.capital || !token.classes.is_none() || word.len() < 3 {
        return None;
    }
    if i > 0 && is_name(text, &tokens[i - 1]) && !token.after(sep::PARTS) {
        return Some(Subject::Name); // the surname
    }
    let verb = verb_follows(tokens, i)?;
    let first = i == 0 || token.after(sep::STOP | sep::DOT);
    let endings: &[&str] = if verb.is(COMMON_VERBS) { &NOUNS } else { &DEFINITE };
    let noun = first && endings.iter().any(|e| word.ends_with(e));
    (!noun).then_some(Subject::Unlisted)
}

/// A verb right after the word at `i`, or after adverbs as in subordinate clauses (`att Anna inte tål`).
fn verb_follows(tokens: &[Token], i: usize) -> Option<&Token> {
    let mut next = tokens[i + 1..].iter().take(3).take_while(|t| !t.after(sep::PARTS));
    next.find(|t| !t.is(class::NEG | class::ADVERB) || t.is(VERBS)).filter(|t| t.is(VERBS))
}

/// Endings of Swedish surnames.
const SURNAMES: [&str; 16] = [
    "sson", "ström", "berg", "gren", "lund", "qvist", "kvist", "dotter", "dahl", "blom", "stedt",
    "mark", "feldt", "sén", "lind", "sen",
];

/// Does a name stand in these tokens: a listed given name, initials, or two capitalised words of which
/// the second ends like a surname?
pub(super) fn named(text: &str, tokens: &[Token]) -> bool {
    tokens.iter().any(|t| is_name(text, t) || is_initials(text, t))
        || tokens.windows(2).any(|pair| {
            pair.iter().all(|t| t.capital && (t.classes & !class::PHRASE_START).is_none())
                && SURNAMES.iter().any(|s| text[pair[1].start..pair[1].end].ends_with(s))
        })
}

/// `A.L.`: a single capital letter with a full stop.
fn is_initials(text: &str, token: &Token) -> bool {
    let single = token.capital && text[token.start..token.end].chars().count() == 1;
    single
        && text[token.end..].starts_with('.')
        && text[..token.start].ends_with(['.', ' ', '\t', ';', ',', '|', '\n'])
        || single && token.start == 0 && text[token.end..].starts_with('.')
}

/// Does an e-mail address, a telephone number or a personal identity number seem to stand in the text?
/// Its shape is enough here: the detectors of those look closer.
pub(super) fn identified(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..bytes.len()).any(|i| match bytes[i] {
        b'@' => bytes[i - 1].is_ascii_alphanumeric(),
        b'-' | b'+' => {
            let before = digits_at(bytes[..i].iter().rev());
            let after = digits_at(bytes[i + 1..].iter());
            matches!(before, 6 | 8) && after == 4
                || before <= 4 && after >= 5 && leads_number(bytes, i, before)
        }
        _ => false,
    })
}

/// How many digits come first, blanks between them left out.
fn digits_at<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    bytes.take(14).filter(|b| **b != b' ').take_while(|b| b.is_ascii_digit()).count()
}

/// `070-…` or `+46…`: does a telephone number begin around the sign at `i`?
fn leads_number(bytes: &[u8], i: usize, before: usize) -> bool {
    bytes[i] == b'+' || before >= 2 && bytes[i - before] == b'0'
}
