//! Text as words with their classes, and what stands between them.

use super::fold::{Folded, in_word, is_apostrophe};
use super::food;
use super::lexicon::{Classes, class, lookup};

/// What stands between a word and the one before it, as a set of the `sep` constants.
pub(super) type Separator = u16;

/// The kinds of separators.
pub(super) mod sep {
    use super::Separator;
    pub(in super::super) const COMMA: Separator = 1;
    /// `;`, `|`, a tab, or two blanks and more: the next field of a line.
    pub(in super::super) const FIELD: Separator = 1 << 1;
    pub(in super::super) const COLON: Separator = 1 << 2;
    pub(in super::super) const OPEN: Separator = 1 << 3;
    pub(in super::super) const CLOSE: Separator = 1 << 4;
    /// A dash between blanks.
    pub(in super::super) const DASH: Separator = 1 << 5;
    pub(in super::super) const HYPHEN: Separator = 1 << 6;
    pub(in super::super) const SLASH: Separator = 1 << 7;
    /// `&` or `+`.
    pub(in super::super) const AND: Separator = 1 << 8;
    /// The end of a sentence: `.`, `!`, `?`.
    pub(in super::super) const STOP: Separator = 1 << 9;
    pub(in super::super) const DOT: Separator = 1 << 10;
    pub(in super::super) const OTHER: Separator = 1 << 11;
    pub(in super::super) const BLANK: Separator = 1 << 12;
    /// All that parts a line into pieces that can stand alone.
    pub(in super::super) const PARTS: Separator =
        COMMA | FIELD | COLON | OPEN | CLOSE | DASH | STOP;
    /// What a clause does not reach across.
    pub(in super::super) const ENDS: Separator = FIELD | STOP;
}

/// A word, or several that are one entry of the word lists.
#[derive(Clone, Copy)]
pub(super) struct Token {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// What it may be.
    pub(super) classes: Classes,
    /// What stands before it.
    pub(super) before: Separator,
    /// Does it begin with a capital letter?
    pub(super) capital: bool,
}

impl Token {
    /// Is it any of these?
    pub(super) const fn is(&self, classes: Classes) -> bool {
        self.classes.any(classes)
    }

    /// Is any of these separators before it?
    pub(super) const fn after(&self, separators: Separator) -> bool {
        self.before & separators != 0
    }
}

/// More words than this are not looked at: no sentence is as long.
const LIMIT: usize = 400;
/// The longest phrase of the word lists, in words.
const PHRASE: usize = 6;

/// The words of a text.
pub(super) fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = split(text);
    join_phrases(text, &mut tokens);
    join_compounds(text, &mut tokens);
    tokens
}

fn split(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5 + 1);
    let mut at = 0;
    while tokens.len() < LIMIT {
        let Some(start) = text[at..].find(in_word).map(|i| at + i) else { break };
        let end = word_end(text, start);
        let word = &text[start..end];
        tokens.push(Token {
            start,
            end,
            classes: classify(word),
            before: between(&tokens, text, at, start),
            capital: word.chars().next().is_some_and(char::is_uppercase),
        });
        at = end;
    }
    tokens
}

/// The separator before a word; the stop after an initial (`A.L. (4A)`) ends no sentence.
fn between(tokens: &[Token], text: &str, at: usize, start: usize) -> Separator {
    let found = separator(&text[at..start]);
    let initial =
        tokens.last().is_some_and(|t| t.capital && text[t.start..t.end].chars().count() == 1);
    if initial && text[at..].starts_with('.') { found & !sep::STOP | sep::DOT } else { found }
}

fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let inner = is_apostrophe(c) && chars.peek().is_some_and(|&(_, n)| in_word(n));
        if !in_word(c) && !inner {
            break;
        }
        end = start + i + c.len_utf8();
    }
    end
}

fn classify(word: &str) -> Classes {
    if word == "I" {
        return class::FIRST_SUBJECT; // `i` is a Swedish preposition
    }
    let mut folded = Folded::new();
    folded.push_word(word);
    let listed = lookup(&folded);
    if listed.is_none() { food::compound(folded.key()) } else { listed }
}

fn separator(text: &str) -> Separator {
    let mut found = 0;
    let mut previous = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let last = chars.peek().is_none();
        found |= match c {
            ',' => sep::COMMA,
            ';' | '|' | '\t' => sep::FIELD,
            ':' => sep::COLON,
            '(' | '[' | '{' => sep::OPEN,
            ')' | ']' | '}' => sep::CLOSE,
            '–' | '—' | '•' | '*' => sep::DASH,
            '-' if previous == ' ' && !last => sep::DASH,
            '-' => sep::HYPHEN,
            '/' => sep::SLASH,
            '&' | '+' => sep::AND,
            '.' if last => sep::DOT,
            '.' | '!' | '?' => sep::STOP,
            ' ' if previous == ' ' && found & sep::BLANK != 0 => sep::FIELD,
            ' ' | '\u{a0}' | '\n' | '\r' => sep::BLANK,
            _ => sep::OTHER,
        };
        previous = if c == '\n' || c == '\r' { '\n' } else { c };
    }
    found
}

/// May these words be one phrase? Only small things stand between.
fn close(before: Separator) -> bool {
    before & !(sep::BLANK | sep::HYPHEN | sep::DOT | sep::SLASH | sep::COLON) == 0
}

fn join_phrases(text: &str, tokens: &mut Vec<Token>) {
    let mut kept = 0;
    let mut next = 0;
    while next < tokens.len() {
        let (length, classes) = phrase(text, &tokens[next..]).unwrap_or((1, tokens[next].classes));
        let mut token = tokens[next];
        token.classes = classes;
        token.end = tokens[next + length - 1].end;
        tokens[kept] = token;
        kept += 1;
        next += length;
    }
    tokens.truncate(kept);
}

/// The longest phrase that begins here: its length and its classes.
fn phrase(text: &str, tokens: &[Token]) -> Option<(usize, Classes)> {
    if !tokens[0].is(class::PHRASE_START) {
        return None;
    }
    let joined = tokens[1..].iter().take(PHRASE - 1).take_while(|t| close(t.before)).count();
    (2..=joined + 1).rev().find_map(|length| {
        let mut folded = Folded::new();
        tokens[..length].iter().for_each(|t| folded.push_word(&text[t.start..t.end]));
        let classes = lookup(&folded);
        let whole = classes & !class::PHRASE_START;
        (!whole.is_none()).then_some((length, classes))
    })
}

/// Joins compounds written apart (`laktos intolerant`, `nöt-allergi`), and gives the first of two stems
/// with one tail (`gluten- och laktosfritt`) what the second has.
fn join_compounds(text: &str, tokens: &mut Vec<Token>) {
    let mut kept = 0;
    for next in 0..tokens.len() {
        let token = tokens[next];
        let joined = kept > 0 && token.before & !(sep::BLANK | sep::HYPHEN) == 0;
        let classes = if joined { food::join(text, &tokens[kept - 1], &token) } else { None };
        if let Some(classes) = classes {
            tokens[kept - 1].end = token.end;
            tokens[kept - 1].classes = classes;
        } else {
            tokens[kept] = token;
            kept += 1;
        }
    }
    tokens.truncate(kept);
    share_tails(tokens);
}

fn share_tails(tokens: &mut [Token]) {
    for i in (0..tokens.len().saturating_sub(1)).rev() {
        if !tokens[i].is(food::FOOD) || !tokens[i + 1].after(sep::HYPHEN | sep::SLASH) {
            continue;
        }
        let other = if tokens[i + 1].is(class::LINK) { i + 2 } else { i + 1 };
        if let Some(token) = tokens.get(other) {
            tokens[i].classes |= token.classes & food::STATEMENTS;
        }
    }
}
