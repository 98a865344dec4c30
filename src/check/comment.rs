//! Exceptions that stand in the file: `sparhund:allow CATEGORY[,CATEGORY] [owner=WHO]
//! [until=YYYY-MM-DD] REASON`, in a comment of whatever language. They are looked for in the bytes as
//! stored, so that no grammar has to be known; in UTF-16 they are not seen.

use std::io::{self, BufRead};

use crate::validate::date::Date;

/// How an exception begins.
const MARK: &[u8] = b"sparhund:allow";

/// Longest line that is looked at for one: what is longer was written by no one.
const LONGEST: usize = 1024 * 1024;

/// An exception in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// The line it stands on, from 1.
    pub(super) line: u64,
    /// The last line it holds for: its own, or the next one that holds none.
    pub(super) to: u64,
    /// Categories it holds for.
    pub(super) categories: Vec<String>,
    /// Who answers for it.
    pub(super) owner: Option<String>,
    /// The last day it holds.
    pub(super) until: Option<Date>,
    /// Why it does not count.
    pub(super) fault: Option<&'static str>,
}

impl Comment {
    /// Is it about a finding of this category on this line?
    pub(super) fn is_about(&self, line: u64, category: &str) -> bool {
        (self.line..=self.to).contains(&line) && self.categories.iter().any(|id| id == category)
    }
}

/// The exceptions of a text.
pub(super) fn find_in(text: &[u8]) -> Vec<Comment> {
    match memchr::memmem::find(text, MARK) {
        None => Vec::new(),
        Some(_) => find(&mut &text[..]).unwrap_or_default(),
    }
}

/// The exceptions of a text that is read line by line.
///
/// # Errors
/// When it cannot be read.
pub(super) fn find(text: &mut dyn BufRead) -> io::Result<Vec<Comment>> {
    let mut found: Vec<Comment> = Vec::new();
    let (mut line, mut end) = (Vec::new(), None);
    for n in 1_u64.. {
        line.clear();
        let end = *match &mut end {
            Some(end) => end,
            none => none.insert(line_end(text.fill_buf()?)),
        };
        if read_line(text, end, &mut line)? == 0 {
            break;
        }
        let Some(at) = memchr::memmem::find(&line, MARK) else { continue };
        let (before, after) = (&line[..at], &line[at + MARK.len()..]);
        if let Some(comment) = parse(n, before, after) {
            found.push(comment);
        }
    }
    // Comments one below the other all hold for what comes below them.
    for n in (1..found.len()).rev() {
        let below = found[n].clone();
        let above = &mut found[n - 1];
        if above.to == below.line && above.to > above.line {
            above.to = below.to;
        }
    }
    Ok(found)
}

/// A lone CR ends lines where there is no LF.
fn line_end(head: &[u8]) -> u8 {
    let has = |byte| memchr::memchr(byte, head).is_some();
    if has(b'\r') && !has(b'\n') { b'\r' } else { b'\n' }
}

/// Reads a line, of which only so much is kept as is looked at.
fn read_line(text: &mut dyn BufRead, end: u8, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut read = 0;
    loop {
        let buffer = text.fill_buf()?;
        let found = memchr::memchr(end, buffer);
        let n = found.map_or(buffer.len(), |at| at + 1);
        let room = LONGEST.saturating_sub(line.len());
        line.extend_from_slice(&buffer[..n.min(room)]);
        text.consume(n);
        read += n;
        if n == 0 || found.is_some() {
            return Ok(read);
        }
    }
}

/// Reads what stands behind the mark. What does not go on like an exception, as in a text about
/// them, is none.
fn parse(line: u64, before: &[u8], after: &[u8]) -> Option<Comment> {
    let after = String::from_utf8_lossy(after);
    let rest = after.strip_prefix([' ', '\t'])?.trim();
    let (categories, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let is_id = |id: &str| {
        !id.is_empty()
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let categories: Vec<String> = categories.split(',').map(str::to_owned).collect();
    if !categories.iter().all(|id| is_id(id)) {
        return None;
    }
    let mut comment = Comment { line, to: line, categories, owner: None, until: None, fault: None };
    if stands_alone(before) {
        comment.to += 1;
    }
    let reason = comment.options(rest);
    if comment.fault.is_none() && !reason.chars().any(char::is_alphanumeric) {
        comment.fault = Some("it gives no reason");
    }
    Some(comment)
}

impl Comment {
    /// Takes owner and end; what is left is the reason.
    fn options<'t>(&mut self, mut rest: &'t str) -> &'t str {
        loop {
            rest = rest.trim_start();
            let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            if let Some(owner) = word.strip_prefix("owner=") {
                self.owner = Some(owner.to_owned());
            } else if let Some(until) = word.strip_prefix("until=") {
                self.until = until.parse().ok();
                if self.until.is_none() {
                    self.fault = Some("its end is no day written YYYY-MM-DD");
                }
            } else {
                return rest;
            }
            rest = after;
        }
    }
}

/// Is there nothing but the beginning of a comment before it? Then it holds for the next line too.
fn stands_alone(before: &[u8]) -> bool {
    let text = String::from_utf8_lossy(before);
    let word = text.trim();
    !word.contains(char::is_alphanumeric) || ["rem", "REM", "dnl", "Rem"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the mark put in: written out, these would be exceptions of this file.
    fn written(text: &str) -> Vec<u8> {
        text.replace("@allow", "sparhund:allow").into_bytes()
    }

    fn check(text: &str, want: &[(u64, u64, &str, Option<&str>)]) {
        let got = find_in(&written(text));
        let got: Vec<_> =
            got.iter().map(|c| (c.line, c.to, c.categories.join(","), c.fault)).collect();
        let want: Vec<_> = want.iter().map(|w| (w.0, w.1, w.2.to_owned(), w.3)).collect();
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn exceptions_in_comments() {
        check("let a = 1; // @allow phone our own", &[(1, 1, "phone", None)]);
        check("a\n# @allow phone,email ours\nb", &[(2, 3, "phone,email", None)]);
        check("<!-- @allow iban published -->\n", &[(1, 2, "iban", None)]);
        check("REM @allow iban published\r\nx", &[(1, 2, "iban", None)]);
        check("a\r# @allow iban published\rb", &[(2, 3, "iban", None)]);
        // One below the other.
        check(
            "# @allow phone one\n# @allow email two\nx",
            &[(1, 3, "phone", None), (2, 3, "email", None)],
        );
        check("# @allow phone", &[(1, 2, "phone", Some("it gives no reason"))]);
        check("<!-- @allow phone -->", &[(1, 2, "phone", Some("it gives no reason"))]);
        check(
            "# @allow phone until=soon ours",
            &[(1, 2, "phone", Some("its end is no day written YYYY-MM-DD"))],
        );
        // A text about exceptions is none.
        check("write `@allow CATEGORY REASON` there", &[]);
        check("@allowed phone x", &[]);
    }

    #[test]
    fn owner_and_end() {
        let text = "# @allow phone owner=support until=2030-01-31 the switchboard";
        let found = find_in(&written(text));
        assert_eq!(found[0].owner.as_deref(), Some("support"));
        assert_eq!(found[0].until, Date::new(2030, 1, 31));
        assert_eq!(found[0].fault, None);
        assert!(found[0].is_about(2, "phone") && !found[0].is_about(2, "email"));
    }
}
