//! A cell of a column of dietary needs, or the value of a field that is one. The whole cell is the note,
//! unless it says that there is nothing, is a filler, or points elsewhere.

use super::fold::Folded;
use super::food::{self, ALLERGEN, CONDITION, DIET, NOUN};
use super::lexicon::{Classes, class, lookup, lookup_misspelt, split_tail};
use super::note::{Evidence, Kind, Note, Whose};
use super::tokens::{Token, sep, tokenize};
use crate::model::Confidence;

/// What the column and the record say about a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Do single letters count as codes: does the column hold two or more, or is there a legend?
    pub codes: bool,
    /// Whom the cell's row is about.
    pub whose: Whose,
}

/// The note in a cell under a [`Label::Strong`](super::Label::Strong) label, if there is one. The note's
/// range is the cell without surrounding blanks.
#[must_use]
pub fn cell(text: &str, info: &ColumnInfo) -> Option<Note> {
    let trimmed = text.trim();
    let tokens = tokenize(trimmed);
    let (kind, known, evidence) = judge(trimmed, &tokens, info)?;
    let confidence = match (known, info.whose) {
        (Content::Vague, _) | (_, Whose::Count) | (Content::Unknown, Whose::Unknown) => {
            Confidence::Low
        }
        (Content::Known, Whose::Person) => Confidence::High,
        _ => Confidence::Medium,
    };
    let start = text.len() - text.trim_start().len();
    let record = if info.whose == Whose::Person { Evidence::RECORD } else { Evidence::default() };
    Some(Note {
        range: start..start + trimmed.len(),
        kind,
        confidence,
        evidence: evidence.with(Evidence::LABEL).with(record),
    })
}

/// How well a cell is understood.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// It holds words of food, allergies or diets.
    Known,
    /// It holds a few words that are not listed; under such a label most likely a food.
    Unknown,
    /// It holds an errand, a bare `ja`, or a long text without a known word.
    Vague,
}

type Judgement = (Kind, Content, Evidence);

fn judge(text: &str, tokens: &[Token], info: &ColumnInfo) -> Option<Judgement> {
    let whole = whole(text, tokens);
    if tokens.is_empty() || whole.any(class::NEG_ANSWER | class::PLACEHOLDER) {
        return None;
    }
    let found = content(text, tokens);
    if let Some(kind) = found.kind {
        return Some((kind, Content::Known, Evidence::CONDITION));
    }
    if let Some(kind) = codes(text, tokens, info) {
        return Some((kind, Content::Known, Evidence::CODE));
    }
    if found.negated || tokens.iter().all(|t| t.is(class::NEG_OBJECT | class::NEG_ANSWER)) {
        return None;
    }
    misspelt(text, tokens).or_else(|| unknown(text, tokens, whole))
}

/// The classes of all words together.
fn whole(text: &str, tokens: &[Token]) -> Classes {
    if let [only] = tokens {
        return only.classes;
    }
    let mut folded = Folded::new();
    tokens.iter().take(8).for_each(|t| folded.push_word(&text[t.start..t.end]));
    lookup(&folded)
}

#[derive(Default)]
struct Found {
    kind: Option<Kind>,
    /// Does a clause say that there is nothing?
    negated: bool,
}

impl Found {
    fn add(&mut self, kind: Kind) {
        self.kind = self.kind.max(Some(kind));
    }
}

/// What the cell's clauses say is not eaten, or is the matter.
fn content(text: &str, tokens: &[Token]) -> Found {
    let mut found = Found::default();
    let mut intolerant = false;
    let mut start = 0;
    for end in 1..=tokens.len() {
        let over = tokens.get(end).is_none_or(|t| t.after(sep::PARTS) || t.is(class::BUT));
        if over {
            clause(text, &tokens[start..end], &mut intolerant, &mut found);
            start = end;
        }
    }
    found
}

/// Verbs of eating: with a negation they make a food one that is avoided, without one a food that is not.
const EATING: Classes = class::VERB_EAT.or(class::VERB_TOLERATE).or(class::ALLOWED);
const NEGATION: Classes = class::NEG.or(class::NEG_DET);

fn clause(text: &str, tokens: &[Token], intolerant: &mut bool, found: &mut Found) {
    let negation = tokens.iter().any(|t| t.is(NEGATION));
    let eaten = !negation && tokens.iter().any(|t| t.is(EATING));
    let verbs = class::VERB_TOLERATE | class::VERB_EAT | class::VERB_AVOID | class::VERB_REACT;
    *intolerant |= tokens.iter().any(|t| t.is(verbs)) && !eaten;
    let mut denied = false;
    let mut negated = false;
    for token in tokens {
        negated |= token.is(NEGATION);
        if let Some(kind) = stated(token) {
            denied |= negated;
            if !denied {
                found.add(kind);
            }
        } else if !denied && !eaten {
            let foods = food::of(text, token);
            if !foods.is_none() {
                found.add(avoided(foods, *intolerant));
            }
        }
    }
    found.negated |= negated || eaten && tokens.iter().any(|t| t.is(class::EVERYTHING));
}

/// The kind of condition or diet a word states by itself.
pub(super) fn stated(token: &Token) -> Option<Kind> {
    let allergy =
        class::COND_ALLERGY | class::NOUN_ALLERGY | class::ADJ_ALLERGIC | class::EMERGENCY_PEN;
    let intolerance = class::COND_INTOLERANCE
        | class::NOUN_INTOLERANCE
        | class::ADJ_INTOLERANT
        | class::ADJ_SENSITIVE
        | class::DIET_MEDICAL
        | class::CELL_MEDICAL;
    if token.is(allergy) {
        Some(Kind::Allergy)
    } else if token.is(intolerance) {
        Some(Kind::Intolerance)
    } else if token.is(class::DIET_RELIGIOUS) {
        Some(Kind::ReligiousDiet)
    } else if token.is(class::DIET_PERSON | class::DIET_ADJ) {
        Some(Kind::Diet)
    } else {
        None
    }
}

/// The kind of a note that says that these foods are left out.
pub(super) fn avoided(foods: Classes, intolerant: bool) -> Kind {
    if foods.any(class::FOOD_RELIGIOUS) {
        Kind::ReligiousDiet
    } else if foods.any(class::FOOD_MEAT) {
        Kind::Diet
    } else if foods.any(class::FOOD_ALLERGEN | class::NONFOOD_ALLERGEN) && !intolerant {
        Kind::Allergy
    } else {
        Kind::Intolerance
    }
}

/// Abbreviations, where they are all there is.
fn codes(text: &str, tokens: &[Token], info: &ColumnInfo) -> Option<Kind> {
    let mut kind = None;
    for token in tokens {
        let code = if token.is(class::CODE_ALLERGY) {
            Some(Kind::Allergy)
        } else if token.is(class::CODE_INTOLERANCE) {
            Some(Kind::Intolerance)
        } else if token.is(class::CODE_RELIGIOUS) {
            Some(Kind::ReligiousDiet)
        } else if token.is(class::CODE_DIET) {
            Some(Kind::Diet)
        } else if token.is(class::CODE_LETTER) && info.codes {
            Some(letter(&text[token.start..token.end]))
        } else if token.is(class::LINK | class::ADVERB) {
            None
        } else {
            return None;
        };
        kind = kind.max(code);
    }
    kind
}

fn letter(code: &str) -> Kind {
    match code {
        "V" | "v" => Kind::Diet,
        "H" | "h" | "K" | "k" => Kind::ReligiousDiet,
        _ => Kind::Intolerance,
    }
}

/// Words one letter from those listed, by themselves or as the stem of a compound.
fn misspelt(text: &str, tokens: &[Token]) -> Option<Judgement> {
    let unlisted = tokens.iter().filter(|t| t.classes.is_none());
    let kinds = unlisted.filter_map(|t| {
        let mut folded = Folded::new();
        folded.push_word(&text[t.start..t.end]);
        let classes = near(&folded);
        stated(&Token { classes, ..*t }).or_else(|| {
            let foods = classes & ALLERGEN;
            (!foods.is_none()).then(|| avoided(foods, false))
        })
    });
    kinds.max().map(|kind| (kind, Content::Known, Evidence::MISSPELT))
}

fn near(word: &Folded) -> Classes {
    let whole = lookup_misspelt(word);
    if !whole.is_none() {
        return whole
            & (CONDITION | DIET | NOUN | ALLERGEN | class::ADJ_ALLERGIC | class::ADJ_INTOLERANT);
    }
    let Some((stem, tail)) = split_tail(word.key()) else { return Classes::NONE };
    let mut folded = Folded::new();
    folded.push_word(std::str::from_utf8(stem).unwrap_or_default());
    let food = lookup_misspelt(&folded) & ALLERGEN;
    if food.is_none() { food } else { food::with_tail(food, tail) }
}

/// More words than this are a text, not an unlisted food.
const FEW_WORDS: usize = 5;

fn unknown(text: &str, tokens: &[Token], whole: Classes) -> Option<Judgement> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let filler = text.contains("__") || text.contains("....") || tokens[0].is(class::PLACEHOLDER);
    if letters < 2 || filler {
        return None;
    }
    let errand = tokens.iter().any(|t| t.is(class::CELL_ERRAND | class::YES));
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    let short = tokens.iter().any(|t| t.end - t.start > 2);
    let vague = errand || digits || !short || whole.any(class::YES) || tokens.len() > FEW_WORDS;
    let content = if vague { Content::Vague } else { Content::Unknown };
    Some((Kind::Intolerance, content, Evidence::UNKNOWN_WORDS))
}
