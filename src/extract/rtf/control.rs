//! The parts RTF is written with: braces, control words, bytes.

use std::io::{self, BufRead, Read as _};

/// A control word is no longer.
const LONGEST: usize = 40;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A group begins.
    Begin,
    /// The group at hand ends.
    End,
    /// A byte of text.
    Byte(u8),
    /// A control word or sign.
    Control(Control),
}

/// A control word with its number, or a sign. The sign `'` has the byte that it stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Control {
    pub(super) word: String,
    pub(super) number: Option<i32>,
}

/// Reads token after token.
pub(super) struct Tokens<R>(R);

impl<R: BufRead> Tokens<R> {
    pub(super) fn new(input: R) -> Tokens<R> {
        Tokens(input)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.0.fill_buf()?.first().copied())
    }

    fn take(&mut self) -> io::Result<Option<u8>> {
        let next = self.peek()?;
        self.0.consume(usize::from(next.is_some()));
        Ok(next)
    }

    /// Passes over bytes.
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<()> {
        io::copy(&mut (&mut self.0).take(bytes), &mut io::sink()).map(drop)
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Token>> {
        loop {
            return Ok(Some(match self.take()? {
                None => return Ok(None),
                Some(b'{') => Token::Begin,
                Some(b'}') => Token::End,
                // Line ends are there for who looks at the file.
                Some(b'\r' | b'\n' | 0) => continue,
                Some(b'\\') => Token::Control(self.control()?),
                Some(byte) => Token::Byte(byte),
            }));
        }
    }

    fn control(&mut self) -> io::Result<Control> {
        let mut word = String::new();
        while let Some(letter) = self.peek()?.filter(u8::is_ascii_alphabetic) {
            self.take()?;
            if word.len() < LONGEST {
                word.push(char::from(letter));
            }
        }
        if word.is_empty() {
            return self.sign();
        }
        let negative = self.peek()? == Some(b'-');
        if negative {
            self.take()?;
        }
        let mut number = None;
        while let Some(digit) = self.peek()?.filter(u8::is_ascii_digit) {
            self.take()?;
            let so_far: i32 = number.unwrap_or(0);
            number = Some(so_far.saturating_mul(10).saturating_add(i32::from(digit - b'0')));
        }
        if self.peek()? == Some(b' ') {
            self.take()?;
        }
        let number = if negative { number.map(|n| -n) } else { number };
        Ok(Control { word, number })
    }

    fn sign(&mut self) -> io::Result<Control> {
        let sign = self.take()?.unwrap_or(b' ');
        let number = match sign {
            b'\'' => Some(i32::from(self.hex()? << 4 | self.hex()?)),
            _ => None,
        };
        let word = match sign {
            // A backslash before a line end is a paragraph's end.
            b'\r' | b'\n' => "par".to_owned(),
            sign => String::from(char::from(sign)),
        };
        Ok(Control { word, number })
    }

    /// A hexadecimal digit, 0 where there is none.
    fn hex(&mut self) -> io::Result<u8> {
        let digit = self.peek()?.and_then(|b| char::from(b).to_digit(16));
        if digit.is_some() {
            self.take()?;
        }
        Ok(digit.and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0))
    }
}

/// The text that a word or sign stands for.
pub(super) fn text_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "\\" => "\\",
        "{" => "{",
        "}" => "}",
        "~" => "\u{A0}",
        "_" => "-",
        "tab" | "nestcell" => "\t",
        "line" | "softline" | "lbr" | "nestrow" => "\n",
        "emdash" => "—",
        "endash" => "–",
        "bullet" => "•",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "emspace" | "enspace" | "qmspace" => " ",
        _ => return None,
    })
}

/// The part of the document that a group with this word holds.
pub(super) fn part_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "footnote" => "footnote",
        "annotation" => "comment",
        "header" | "headerl" | "headerr" | "headerf" => "header",
        "footer" | "footerl" | "footerr" | "footerf" => "footer",
        "shptxt" => "text_box",
        _ => return None,
    })
}

/// The property that a group with this word holds.
pub(super) fn property_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "author" => "author",
        "operator" => "last_modified_by",
        "title" => "title",
        "subject" => "subject",
        "manager" => "manager",
        "company" => "company",
        "category" => "category",
        "keywords" => "keywords",
        "doccomm" | "comment" => "comments",
        "hlinkbase" => "hyperlink_base",
        "atnauthor" => "comment_author",
        _ => return None,
    })
}

/// Groups with this word show nothing.
pub(super) fn is_hidden(word: &str) -> bool {
    matches!(
        word,
        "colortbl"
            | "stylesheet"
            | "pict"
            | "filetbl"
            | "listtable"
            | "listtext"
            | "pntext"
            | "sp"
            | "revtbl"
            | "nonshppict"
            | "nesttableprops"
            | "bkmkstart"
            | "bkmkend"
            | "xe"
            | "tc"
            | "creatim"
            | "revtim"
            | "printim"
            | "buptim"
            | "private"
            | "rxe"
            | "txe"
            | "objclass"
            | "objname"
            | "falt"
            | "panose"
            | "fontemb"
            | "ftnsep"
            | "ftnsepc"
            | "ftncn"
            | "aftnsep"
            | "aftnsepc"
            | "aftncn"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_apart() {
        let mut tokens = Tokens::new(&b"{\\b0 a\\'e5\\u-10179?\\\n\\*}\r\nx"[..]);
        let mut told = Vec::new();
        while let Some(token) = tokens.next().unwrap() {
            told.push(token);
        }
        let control = |word: &str, number| Token::Control(Control { word: word.into(), number });
        let want = [
            Token::Begin,
            control("b", Some(0)),
            Token::Byte(b'a'),
            control("'", Some(0xE5)),
            control("u", Some(-10179)),
            Token::Byte(b'?'),
            control("par", None),
            control("*", None),
            Token::End,
            Token::Byte(b'x'),
        ];
        assert_eq!(told, want);
    }
}
