//! Elements and attributes of HTML, as far as they matter for reading its text.

use crate::extract::markup::Attribute;

/// What an element is to the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// Part of a line.
    Inline,
    /// The next text stands on a new line.
    Break,
    /// A block of its own.
    Block,
    /// Text that is no person's entry but a choice or a prompt; with the label it gets.
    Control(&'static str),
    /// A program or its data.
    Script,
    /// A style sheet.
    Style,
    /// Text without tags that someone entered.
    Textarea,
    /// `dt`.
    Term,
    /// `dd`.
    Definition,
    /// `table`.
    Table,
    /// `tr`.
    Row,
    /// `td`.
    Cell,
    /// `th`.
    HeaderCell,
}

impl Element {
    /// The element of that name, in any case.
    pub(super) fn of(name: &[u8]) -> Element {
        let mut lower = [0; 10];
        let Some(lower) = lower.get_mut(..name.len()) else { return Element::Inline };
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        match &*lower {
            // Short names are most of all; written so, they are compared without a call.
            [b'p'] => Element::Block,
            [_] | [b'e', b'm'] => Element::Inline,
            [b't', b'd'] => Element::Cell,
            [b't', b'h'] => Element::HeaderCell,
            [b't', b'r'] => Element::Row,
            [b'b', b'r'] => Element::Break,
            [b'd', b't'] => Element::Term,
            [b'd', b'd'] => Element::Definition,
            b"span" | b"strong" | b"font" | b"small" => Element::Inline,
            b"input" => Element::Break,
            b"table" => Element::Table,
            b"script" => Element::Script,
            b"style" => Element::Style,
            b"textarea" => Element::Textarea,
            b"option" | b"optgroup" | b"button" | b"select" => Element::Control("option"),
            b"label" => Element::Control("label"),
            lower if is_block(lower) => Element::Block,
            _ => Element::Inline,
        }
    }
}

fn is_block(lower: &[u8]) -> bool {
    matches!(
        lower,
        b"p" | b"div"
            | b"li"
            | b"ul"
            | b"ol"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"body"
            | b"caption"
            | b"center"
            | b"col"
            | b"details"
            | b"dialog"
            | b"dir"
            | b"dl"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"frameset"
            | b"head"
            | b"header"
            | b"hgroup"
            | b"hr"
            | b"html"
            | b"iframe"
            | b"legend"
            | b"link"
            | b"main"
            | b"menu"
            | b"meta"
            | b"nav"
            | b"noscript"
            | b"pre"
            | b"search"
            | b"section"
            | b"summary"
            | b"tbody"
            | b"template"
            | b"tfoot"
            | b"thead"
            | b"title"
    )
}

/// Elements that other XML documents do not begin with.
pub(super) fn is_html_only(lower: &[u8]) -> bool {
    matches!(
        lower,
        b"p" | b"div"
            | b"ul"
            | b"ol"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"table"
            | b"span"
            | b"br"
            | b"meta"
            | b"script"
            | b"style"
            | b"center"
            | b"font"
            | b"form"
            | b"section"
            | b"article"
    )
}

/// Is the file named as HTML files are?
pub(super) fn has_html_ending(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    ["html", "htm", "xhtml", "shtml"].iter().any(|e| ending.eq_ignore_ascii_case(e))
}

/// How an attribute is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown<'t> {
    /// Not: it is for the browser.
    Not,
    /// As text with that label.
    As(&'t [u8]),
    /// As a link.
    Link,
}

/// How one of an element's attributes is read.
pub(super) fn shown<'t>(text: &'t [u8], attribute: &Attribute, all: &[Attribute]) -> Shown<'t> {
    let name = &text[attribute.name.clone()];
    let is = |what: &str| name.eq_ignore_ascii_case(what.as_bytes());
    let starts = |what: &str| {
        name.get(..what.len()).is_some_and(|n| n.eq_ignore_ascii_case(what.as_bytes()))
    };
    if is("href") || is("src") || is("action") {
        let data = text[attribute.value.clone()].starts_with(b"data:");
        return if data { Shown::Not } else { Shown::Link };
    }
    if is("value") && is_choice(text, all) {
        return Shown::As(b"option");
    }
    if is("value") || is("content") {
        let of = value_of(text, all, "name").or_else(|| value_of(text, all, "property"));
        return Shown::As(of.unwrap_or(name));
    }
    let read = ["title", "alt", "placeholder", "label", "summary"].iter().any(|n| is(n));
    if read || starts("data-") || starts("aria-label") { Shown::As(name) } else { Shown::Not }
}

/// The value of an option, a tick box or a button is a choice, not an entry.
fn is_choice(text: &[u8], all: &[Attribute]) -> bool {
    let Some(kind) = value_of(text, all, "type") else {
        return value_of(text, all, "name").is_none();
    };
    ["checkbox", "radio", "button", "submit", "reset"]
        .iter()
        .any(|choice| kind.eq_ignore_ascii_case(choice.as_bytes()))
}

fn value_of<'t>(text: &'t [u8], all: &[Attribute], name: &str) -> Option<&'t [u8]> {
    let named = all.iter().find(|a| text[a.name.clone()].eq_ignore_ascii_case(name.as_bytes()))?;
    Some(text[named.value.clone()].trim_ascii()).filter(|v| !v.is_empty())
}
