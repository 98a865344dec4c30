//! The phrases that say what is not eaten or tolerated, wherever they stand and of whomever: found from
//! their head words, grown over their foods.

use super::cell::{avoided, stated};
use super::food::{self, ALLERGEN, CONDITION, DIET, NOUN};
use super::lexicon::{Classes, class};
use super::note::Kind;
use super::tokens::{Token, sep};

/// How a phrase is built, which says what may govern it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `laktosintolerant`, `vegan`: one is it, or has it.
    Condition,
    /// `nötallergi`, `allergi mot ägg`: one has it.
    Noun,
    /// `allergisk mot ägg`: one is it.
    Adjective,
    /// `veganskt`, `glutenfri kost`: one eats it, or wants it.
    Diet,
    /// `tål inte ägg`: complete with its verb.
    Avoidance,
}

/// How much a phrase says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Of something that is not known as food or allergen: a figure of speech, or a rare food.
    Unknown,
    /// A diet, a wish.
    Soft,
    /// A condition, or a food that is not tolerated.
    Firm,
}

/// A phrase: tokens `first..=last`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrase {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) kind: Kind,
    pub(super) form: Form,
    pub(super) strength: Strength,
}

/// The phrase whose head is token `i`, if that is one.
pub(super) fn phrase_at(text: &str, tokens: &[Token], i: usize) -> Option<Phrase> {
    let token = &tokens[i];
    if in_identifier(text, token) {
        return None;
    }
    if token.is(NOUN | class::EMERGENCY_PEN) {
        Some(noun(text, tokens, i))
    } else if token.is(CONDITION) {
        condition(text, tokens, i)
    } else if token.is(class::ADJ_ALLERGIC | class::ADJ_INTOLERANT | class::ADJ_SENSITIVE) {
        adjective(text, tokens, i)
    } else if token.is(DIET) {
        diet(text, tokens, i)
    } else {
        avoidance(text, tokens, i)
    }
}

/// Part of a name in code or data: `visa_specialkost`, `vegan=1`, `/vegan/`, `@vegan`.
fn in_identifier(text: &str, token: &Token) -> bool {
    text[..token.start].ends_with(['_', '@', '#', '$', '\\'])
        || text[token.end..].starts_with(['_', '=', '@', '<'])
}

fn condition(text: &str, tokens: &[Token], i: usize) -> Option<Phrase> {
    let soft = !tokens[i].is(class::COND_ALLERGY | class::COND_INTOLERANCE);
    if soft && attributive(text, tokens, i) {
        return None;
    }
    let last = bracketed(text, tokens, i);
    let strength = if soft { Strength::Soft } else { Strength::Firm };
    let kind = stated(&tokens[i])?;
    Some(Phrase { first: i, last, kind, form: Form::Condition, strength })
}

/// `vegan läder`, `Vegan Bar`: does another noun follow, which is then what the sentence is about?
fn attributive(text: &str, tokens: &[Token], i: usize) -> bool {
    let Some(next) =
        tokens.get(i + 1).filter(|t| !t.after(sep::PARTS | sep::SLASH | sep::AND | sep::DOT))
    else {
        return false;
    };
    if next.is(class::FOLLOWS_PREDICATE | class::GIVEN_NAME) {
        return false;
    }
    let listed = !(next.classes & !class::PHRASE_START).is_none();
    let noun = next.is(class::BRAND | class::MEAL | class::THING);
    let number = text[next.start..next.end].bytes().all(|b| b.is_ascii_digit());
    noun || !listed && !number
}

/// `nötallergi`, `allergi mot ägg`, `allergi (björk)`.
fn noun(text: &str, tokens: &[Token], i: usize) -> Phrase {
    let general = tokens[i].classes.any(class::LABEL_CORE);
    let list = target(text, tokens, i).filter(|l| l.known);
    let last = list.as_ref().map_or_else(|| bracketed(text, tokens, i), |l| l.last);
    let strength = if general && list.is_none() { Strength::Soft } else { Strength::Firm };
    let kind = stated(&tokens[i]).unwrap_or(Kind::Allergy);
    Phrase { first: with_degree(tokens, i), last, kind, form: Form::Noun, strength }
}

/// `allergisk mot ägg`, `överkänslig för lök`, `allergisk`.
fn adjective(text: &str, tokens: &[Token], i: usize) -> Option<Phrase> {
    let kind = if tokens[i].is(class::ADJ_ALLERGIC) { Kind::Allergy } else { Kind::Intolerance };
    let sensitive = tokens[i].is(class::ADJ_SENSITIVE);
    let list = target(text, tokens, i);
    let bare = list.is_none();
    if bare && (sensitive || unfinished(tokens, i) || attributive(text, tokens, i)) {
        return None;
    }
    let kind =
        list.as_ref().filter(|l| l.known).map_or(kind, |l| kind.max(avoided(l.foods, false)));
    let (last, strength) = match &list {
        Some(l) if l.known => (l.last, Strength::Firm),
        Some(l) => (l.last, Strength::Unknown),
        None => (i, Strength::Soft),
    };
    if sensitive && strength == Strength::Unknown {
        return None;
    }
    Some(Phrase { first: with_degree(tokens, i), last, kind, form: Form::Adjective, strength })
}

/// `allergisk mot …`, `överkänslig/allergisk`: the words of a form, to be filled in.
fn unfinished(tokens: &[Token], i: usize) -> bool {
    tokens
        .get(i + 1)
        .is_some_and(|t| t.is(class::PREP_TO) && !t.after(sep::PARTS) || t.after(sep::SLASH))
}

/// `veganskt`, `glutenfritt bröd`, `halal`.
fn diet(text: &str, tokens: &[Token], i: usize) -> Option<Phrase> {
    let mut last = i;
    while tokens.get(last + 1).is_some_and(|t| {
        !t.after(sep::PARTS)
            && (t.is(DIET) || t.is(class::LINK) && tokens.get(last + 2).is_some_and(|n| n.is(DIET)))
    }) {
        last += 1;
    }
    let noun = tokens
        .get(last + 1)
        .filter(|t| !t.after(sep::PARTS) && (t.is(class::MEAL) || !food::of(text, t).is_none()));
    if noun.is_some() {
        last += 1;
    } else if attributive(text, tokens, last) {
        return None;
    }
    let kind = tokens[i..=last].iter().filter_map(stated).max()?;
    Some(Phrase { first: i, last, kind, form: Form::Diet, strength: Strength::Soft })
}

/// `tål inte ägg`, `äter varken fisk eller kött`, `undviker gluten`, `ägg tål hon inte`.
fn avoidance(text: &str, tokens: &[Token], i: usize) -> Option<Phrase> {
    let verb = &tokens[i];
    let direct = verb.is(class::VERB_AVOID | class::VERB_REACT);
    let wish = verb.is(class::VERB_WANT) && !verb.is(class::VERB_EAT | class::VERB_TOLERATE);
    if !(direct || wish || verb.is(class::VERB_EAT | class::VERB_TOLERATE)) {
        return None;
    }
    let negation = if direct { Some(i) } else { negation(tokens, i, wish) }?;
    let (from, to) = (i.min(negation), i.max(negation));
    let list = list(text, tokens, to + 1, verb.is(class::VERB_TOLERATE))
        .or_else(|| fronted(text, tokens, from))?;
    let intolerant = !verb.is(class::VERB_WANT | class::VERB_REACT)
        || verb.is(class::VERB_TOLERATE)
        || i > 0 && tokens[from.saturating_sub(1)].is(class::MODAL);
    let strength = match (list.known, wish) {
        (false, _) => Strength::Unknown,
        (true, true) => Strength::Soft,
        (true, false) => Strength::Firm,
    };
    let kind = avoided(
        list.foods,
        intolerant || !list.foods.any(class::FOOD_ALLERGEN) || verb.is(class::VERB_EAT),
    );
    Some(Phrase {
        first: from.min(list.first),
        last: to.max(list.last),
        kind,
        form: Form::Avoidance,
        strength,
    })
}

/// The negation that belongs to the verb at `i`: `tål inte`, `tål jag inte`, `inte tål`, `äter inga`.
fn negation(tokens: &[Token], i: usize, wish: bool) -> Option<usize> {
    let wanted = if wish { class::NEG_DET } else { class::NEG | class::NEG_DET };
    let between = class::FIRST_SUBJECT
        | class::THIRD_SUBJECT
        | class::ADVERB
        | class::VERB_EAT
        | class::GIVEN_NAME
        | class::ROLE
        | class::MODIFIER;
    let after = tokens.iter().enumerate().skip(i + 1).take(4);
    for (k, token) in after {
        if token.after(sep::PARTS) {
            break;
        }
        if token.is(wanted) {
            return Some(k);
        }
        if !token.is(between) {
            break;
        }
    }
    before(tokens, i, between | class::MODAL, wanted)
}

fn before(tokens: &[Token], i: usize, between: Classes, wanted: Classes) -> Option<usize> {
    for k in (i.saturating_sub(3)..i).rev() {
        if tokens[k + 1].after(sep::PARTS) {
            return None;
        }
        if tokens[k].is(wanted) {
            return Some(k);
        }
        if !tokens[k].is(between) {
            return None;
        }
    }
    None
}

/// A list of foods, tokens `first..=last`.
struct List {
    first: usize,
    last: usize,
    foods: Classes,
    known: bool,
}

/// What follows `allergisk` or `allergi`: `mot ägg och mjölk`, `: ägg`, `(ägg)`.
fn target(text: &str, tokens: &[Token], i: usize) -> Option<List> {
    let next = tokens.get(i + 1)?;
    if next.is(class::PREP_TO) && !next.after(sep::PARTS) {
        return list(text, tokens, i + 2, true);
    }
    if next.after(sep::OPEN | sep::COLON | sep::BLANK | sep::DASH)
        && !next.after(sep::STOP | sep::COMMA)
    {
        return list(text, tokens, i + 1, false);
    }
    None
}

/// More words than this between two foods end a list.
const GAP: usize = 3;

/// The foods from token `start`; with `any`, one or two words that are not known as food will do.
fn list(text: &str, tokens: &[Token], start: usize, any: bool) -> Option<List> {
    let mut found = List { first: start, last: start, foods: Classes::NONE, known: false };
    let mut gap = 0;
    for (k, token) in tokens.iter().enumerate().skip(start) {
        if k > start && token.after(sep::FIELD | sep::STOP | sep::COLON | sep::DASH) {
            break;
        }
        let foods = food::of(text, token);
        if !foods.is_none() {
            found.foods |= foods;
            found.known = true;
            found.last = k;
            gap = 0;
        } else if gap < GAP
            && token.is(class::MODIFIER
                | class::LINK
                | class::ADVERB
                | class::MEAL
                | class::PREP_TO)
        {
            gap += 1;
        } else {
            break;
        }
    }
    if found.known {
        return Some(found);
    }
    let word = tokens.get(start)?;
    let content = (word.classes & !class::PHRASE_START).is_none() || word.is(class::MODIFIER);
    (any && content && !word.after(sep::PARTS)).then_some(found)
}

/// Foods before the verb: `Ägg och mjölk tål hon inte`.
fn fronted(text: &str, tokens: &[Token], verb: usize) -> Option<List> {
    let mut first = None;
    let mut foods = Classes::NONE;
    for k in (0..verb).rev() {
        let food = food::of(text, &tokens[k]);
        if !food.is_none() {
            first = Some(k);
            foods |= food;
        } else if !tokens[k].is(class::LINK | class::MODIFIER | class::MODAL) {
            break;
        }
        if tokens[k].after(sep::FIELD | sep::STOP | sep::COLON) {
            break;
        }
    }
    let first = first?;
    let begins = first == 0
        || tokens[first].after(sep::PARTS)
        || tokens[first - 1].is(class::LINK | class::MODIFIER);
    begins.then_some(List { first, last: verb, foods, known: true })
}

/// Foods in brackets, or after a comma or slash, right behind a condition: `allergiker (pälsdjur)`.
fn bracketed(text: &str, tokens: &[Token], i: usize) -> usize {
    let opens = tokens.get(i + 1).is_some_and(|t| t.after(sep::OPEN));
    if !opens {
        return i;
    }
    list(text, tokens, i + 1, false).map_or(i, |l| l.last)
}

/// Takes the words of degree before a head along: `svår nötallergi`.
fn with_degree(tokens: &[Token], i: usize) -> usize {
    let mut first = i;
    while first > 0 && !tokens[first].after(sep::PARTS) && is_degree(&tokens[first - 1]) {
        first -= 1;
    }
    first
}

fn is_degree(token: &Token) -> bool {
    token.is(class::MODIFIER & class::ADVERB)
        || token.is(class::MODIFIER)
            && !token.is(class::LINK
                | ALLERGEN
                | class::QUANTITY
                | class::PREP_TO
                | class::GENERIC_PERSON)
}
