//! What reaches a person's terminal: messages, colours, and text from files made harmless.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use super::convert::last_day_of_year;
use super::options::When;
use crate::scan::path_for_logs;

/// Are colours wanted on a stream? `NO_COLOR` (<https://no-color.org>) turns them off unless they
/// are asked for by name.
#[must_use]
pub fn wants_color(choice: When, no_color: bool, is_terminal: bool) -> bool {
    match choice {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal && !no_color,
    }
}

/// [`wants_color`] for standard error, by the environment of this process.
#[must_use]
pub fn stderr_wants_color(choice: When) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    wants_color(choice, no_color, io::stderr().is_terminal())
}

/// Text from a file or a file's name, with everything that could steer a terminal or reorder what is
/// shown written as an escape.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_steering(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// A path as messages show it: what is personal in it is masked, for they end in logs.
#[must_use]
pub fn path(path: &Path) -> String {
    harmless(&path_for_logs(path, last_day_of_year()))
}

/// Control characters, line and paragraph separators, and the marks that change the direction of
/// text (Unicode Standard Annex 9, section 2) or are not seen at all.
fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Tells the user something on standard error. Nothing is left to tell if that fails.
pub(super) fn tell(message: &str) {
    let _ = writeln!(io::stderr().lock(), "sparhund: {message}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_messages_are_masked() {
        // A number of Skatteverket's list of test numbers.
        let shown = path(Path::new("/srv/19850820-2390/a\x1b.txt"));
        assert_eq!(shown, "/srv/1985****-****/a\\u{1b}.txt");
    }

    #[test]
    fn colours() {
        let check = |choice, no_color, terminal, wanted| {
            assert_eq!(wants_color(choice, no_color, terminal), wanted, "{choice:?}");
        };
        check(When::Auto, false, true, true);
        check(When::Auto, true, true, false);
        check(When::Auto, false, false, false);
        check(When::Always, true, false, true);
        check(When::Never, false, true, false);
    }

    #[test]
    fn nothing_from_a_file_steers_the_terminal() {
        let check = |text: &str, shown: &str| assert_eq!(harmless(text), shown);
        check("Räksmörgås.txt", "Räksmörgås.txt");
        check("a\x1b[31mb", "a\\u{1b}[31mb");
        check("a\r\nb\tc\x7f", "a\\u{d}\\u{a}b\\u{9}c\\u{7f}");
        check("\u{9b}31m", "\\u{9b}31m");
        check("txt.\u{202e}exe", "txt.\\u{202e}exe");
        check("a\u{2066}b\u{200b}c", "a\\u{2066}b\\u{200b}c");
        check("a\u{2028}b", "a\\u{2028}b");
    }
}
