//! Signs that a sentence is nobody's: menus, recipes, forms, policies, questions.

use super::lexicon::{Classes, class};
use super::person::VERBS;
use super::tokens::{Token, sep};

/// What kind of text a sentence seems to come from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Generic {
    /// Law, policy, medicine, advice.
    pub(super) policy: bool,
    /// A form's label or instruction.
    pub(super) form: bool,
    /// A menu, a recipe, a list of ingredients, a shop.
    pub(super) menu: bool,
    /// Advice, or a rule for a case that may come: `Om barnet …`.
    pub(super) advice: bool,
    /// A question whether, not a statement.
    pub(super) question: bool,
}

impl Generic {
    /// Is there any sign against a person who is not told directly?
    pub(super) const fn any(self) -> bool {
        self.policy || self.form || self.menu || self.question
    }
}

/// The signs in a sentence.
pub(super) fn signs(text: &str, tokens: &[Token]) -> Generic {
    let has = |classes: Classes| tokens.iter().any(|t| t.is(classes));
    Generic {
        policy: has(class::POLICY | class::EXAMPLE),
        form: has(class::FORM)
            || text.contains("___")
            || text.contains("☐")
            || text.contains("[ ]"),
        menu: has(class::MENU) || tokens.windows(2).any(|pair| is_quantity(text, pair)),
        advice: has(class::ADVICE) || tokens.first().is_some_and(|t| t.is(class::CONDITION_WORD)),
        question: is_question(text, tokens),
    }
}

/// `2 dl`, `129 kr`.
fn is_quantity(text: &str, pair: &[Token]) -> bool {
    let number = text[pair[0].start..pair[0].end].bytes().all(|b| b.is_ascii_digit());
    number && pair[1].is(class::UNIT) && pair[1].before & !sep::BLANK == 0
}

/// `Är Anna vegan?`: the verb first, and the mark last.
fn is_question(text: &str, tokens: &[Token]) -> bool {
    let asks = class::COPULA | class::HAVE | class::VERB_EAT | class::VERB_TOLERATE;
    let first = tokens.first().is_some_and(|t| t.is(asks & VERBS));
    first && text.trim_end().ends_with('?')
}
