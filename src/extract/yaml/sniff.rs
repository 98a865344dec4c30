//! Tells YAML from forms, letters, mail headers and lists that look a little like it.

use crate::extract::stream::lines;

/// So many lines are looked at.
const ENOUGH: usize = 200;

/// So many show whether the rest is worth a look.
const SOON: usize = 16;

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// A key and a value.
    Member,
    /// A key alone.
    Parent,
    /// An item, or an item that begins with a key.
    Item { has_key: bool },
    /// Something that would be a continued scalar.
    Other,
}

/// Is it YAML? By its name alone only if most lines can be.
pub(super) fn is_yaml(head: &[u8], is_named: bool) -> bool {
    // Most texts are no YAML, and it shows soon.
    let is_other = |(_, text): &(usize, &[u8])| shape(text) == Line::Other;
    if !is_named && content_lines(head).take(SOON).filter(is_other).count() * 4 > SOON {
        return false;
    }
    let lines: Vec<(usize, &[u8])> = content_lines(head).take(ENOUGH).collect();
    let shapes: Vec<Line> = lines.iter().map(|line| shape(line.1)).collect();
    let good = shapes.iter().filter(|s| **s != Line::Other).count();
    if is_named {
        return good * 2 > shapes.len();
    }
    let is_marked =
        head.starts_with(b"%YAML") || head.starts_with(b"---\n") || head.starts_with(b"---\r\n");
    good >= 3
        && good * 10 >= shapes.len() * 9
        && (is_marked && shapes[0] != Line::Other || is_nested(&lines, &shapes))
}

/// Indentation and text of the lines that are neither blank, comments nor markers.
fn content_lines(head: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let indented = |line: &[u8]| line.iter().take_while(|&&b| b == b' ').count();
    lines(head).map(move |line| (indented(line), line.trim_ascii())).filter(|(_, text)| {
        !matches!(text.first(), None | Some(b'#' | b'%')) && *text != b"---" && *text != b"..."
    })
}

fn shape(text: &[u8]) -> Line {
    if let Some(item) = text.strip_prefix(b"- ") {
        return Line::Item { has_key: key_end(item).is_some() };
    }
    match key_end(text) {
        Some(n) if n == text.len() => Line::Parent,
        Some(_) => Line::Member,
        None if text == b"-" => Line::Item { has_key: false },
        None => Line::Other,
    }
}

/// Where the value after a key begins. Keys are words or quoted; a sentence is none.
fn key_end(text: &[u8]) -> Option<usize> {
    let n = memchr::memchr(b':', text)?;
    let is_sound = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80 || b"_-./\"' $<@".contains(b);
    let key = &text[..n];
    let spaces = key.iter().filter(|&&b| b == b' ').count();
    let ends = text.get(n + 1).is_none_or(|b| *b == b' ');
    (n > 0 && ends && spaces <= 3 && key.iter().all(is_sound)).then_some(n + 1)
}

/// Is there a key alone with keys or items under it, or a list of mappings?
fn is_nested(lines: &[(usize, &[u8])], shapes: &[Line]) -> bool {
    let is_key = |s: Line| matches!(s, Line::Member | Line::Parent | Line::Item { has_key: true });
    let under_parent = (1..lines.len()).any(|n| {
        let deeper = lines[n].0 > lines[n - 1].0;
        let is_item = matches!(shapes[n], Line::Item { .. });
        shapes[n - 1] == Line::Parent
            && (deeper && is_key(shapes[n]) || is_item && lines[n].0 >= lines[n - 1].0)
    });
    let in_item = (1..lines.len()).any(|n| {
        shapes[n - 1] == Line::Item { has_key: true }
            && is_key(shapes[n])
            && lines[n].0 == lines[n - 1].0 + 2
    });
    under_parent || in_item
}
