//! Boxes of mails (RFC 4155): messages that begin with a line `From `, read one after another.

use std::io::{self, BufRead, BufReader, Read};

use super::document::{Document, Failure};
use super::mail;
use crate::model::{Flow, Sink, Step};

/// Longer lines are read in pieces.
const PIECE: u64 = 64 * 1024;

/// Is it a box of mails?
pub(super) fn looks_like(head: &[u8], name: &[u8]) -> bool {
    head.starts_with(b"From ") && mail::is_mail(head, name)
}

/// Reads its messages.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut messages = Messages::new(BufReader::new(document.into_reader()?));
    // What comes before the first separator is no message: it begins with one.
    io::copy(&mut messages, &mut io::sink())?;
    for index in 1.. {
        if !messages.next() {
            break;
        }
        if sink.nested(Step::MailMessage { index }, &mut messages) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        // The rest of one that was not read to its end.
        io::copy(&mut messages, &mut io::sink())?;
    }
    Ok(Flow::Continue)
}

/// Reads one message after another; each ends as a file does.
struct Messages<R> {
    input: R,
    /// The piece of a line at hand, and how much of it was handed on.
    piece: Vec<u8>,
    done: usize,
    /// The piece is a line between messages.
    separator: bool,
    /// Where the next piece begins: a line, and that after an empty one.
    line_start: bool,
    after_empty: bool,
}

impl<R: BufRead> Messages<R> {
    fn new(input: R) -> Messages<R> {
        let (piece, done, separator) = (Vec::new(), 0, false);
        Messages { input, piece, done, separator, line_start: true, after_empty: true }
    }

    /// Goes to the next message, if there is one.
    fn next(&mut self) -> bool {
        let next = self.separator;
        self.separator = false;
        self.done = self.piece.len();
        next
    }

    /// Reads the next piece of a line.
    fn advance(&mut self) -> io::Result<()> {
        self.piece.clear();
        self.done = 0;
        (&mut self.input).take(PIECE).read_until(b'\n', &mut self.piece)?;
        if self.line_start {
            self.separator = self.after_empty && is_separator(&self.piece);
            self.after_empty = self.piece.trim_ascii().is_empty();
            // `>From` at the start of a line was `From` when the mail was put into the box.
            let quotes = self.piece.iter().take_while(|&&b| b == b'>').count();
            self.done = usize::from(quotes > 0 && self.piece[quotes..].starts_with(b"From "));
        }
        self.line_start = self.piece.ends_with(b"\n");
        Ok(())
    }
}

impl<R: BufRead> Read for Messages<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.separator {
            return Ok(0);
        }
        if self.done == self.piece.len() {
            self.advance()?;
            if self.separator {
                return Ok(0);
            }
        }
        let n = out.len().min(self.piece.len() - self.done);
        out[..n].copy_from_slice(&self.piece[self.done..self.done + n]);
        self.done += n;
        Ok(n)
    }
}

/// `From`, who, and a time: a sentence that begins with the word has none.
fn is_separator(line: &[u8]) -> bool {
    let time = |w: &[u8]| w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit();
    line.starts_with(b"From ") && line.windows(3).any(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mbox: &str, want: &[&str]) {
        let mut messages = Messages::new(mbox.as_bytes());
        let mut told = Vec::new();
        let mut text = String::new();
        messages.read_to_string(&mut text).unwrap();
        while messages.next() {
            text.clear();
            messages.read_to_string(&mut text).unwrap();
            told.push(text.clone());
        }
        assert_eq!(told, want);
    }

    #[test]
    fn messages_are_parted() {
        let from = "From a@example.se Fri Mar 14 09:00:01 2025\n";
        check(
            &format!("{from}A: b\n\nFrom here on\n>From me\n\n{from}C: d\n\n\n{from}"),
            &["A: b\n\nFrom here on\nFrom me\n\n", "C: d\n\n\n", ""],
        );
        let long = "x".repeat(200_000);
        check(&format!("{from}{long}\n{from}\n"), &[&format!("{long}\n{from}\n")]);
    }
}
