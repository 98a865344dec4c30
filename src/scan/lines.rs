//! Lines from streams that others wrote: none is held that is longer than what a line may be.

use std::io::{self, BufRead};

/// What came of asking for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is there, with its end; the last one of a stream may have none.
    Line,
    /// It is too long, and was passed over.
    TooLong,
    /// There are no more.
    End,
}

/// Reads the next line into `line`, if it has no more than `most` bytes.
pub(super) fn next(stream: &mut dyn BufRead, most: usize, line: &mut Vec<u8>) -> io::Result<Next> {
    line.clear();
    let mut next = Next::End;
    loop {
        let ready = match stream.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            ready => ready?,
        };
        if ready.is_empty() {
            return Ok(next);
        }
        let end = memchr::memchr(b'\n', ready);
        let piece = &ready[..end.map_or(ready.len(), |end| end + 1)];
        if next != Next::TooLong && line.len() + piece.len() <= most {
            next = Next::Line;
            line.extend_from_slice(piece);
        } else {
            next = Next::TooLong;
            line.clear();
        }
        let taken = piece.len();
        stream.consume(taken);
        if end.is_some() {
            return Ok(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, most: usize, wanted: &[(Next, &str)]) {
        // A buffer smaller than the lines.
        let mut stream = io::BufReader::with_capacity(3, text.as_bytes());
        let mut line = Vec::new();
        for (which, content) in wanted {
            assert_eq!(next(&mut stream, most, &mut line).unwrap(), *which, "{text:?}");
            assert_eq!(line, content.as_bytes(), "{text:?}");
        }
        assert_eq!(next(&mut stream, most, &mut line).unwrap(), Next::End, "{text:?}");
    }

    #[test]
    fn lines_have_a_length() {
        check("", 10, &[]);
        check("abcdefg\nh", 8, &[(Next::Line, "abcdefg\n"), (Next::Line, "h")]);
        check("abcdefg\nh\n", 7, &[(Next::TooLong, ""), (Next::Line, "h\n")]);
        check("abcdefghijkl", 7, &[(Next::TooLong, "")]);
        check("\n\n", 7, &[(Next::Line, "\n"), (Next::Line, "\n")]);
    }
}
