//! Text in pictures, recognised by an outside program: Tesseract. It is run with little time and memory,
//! gets a picture and answers with words and where they stand.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use super::document::{Document, Failure};
use super::lines::Lines;
use crate::model::{Flow, PageRect, Pictures, Place, Reason, Sink};

/// The program.
const PROGRAM: &str = "tesseract";

/// Languages that are asked for, those of them that are installed.
const LANGUAGES: [&str; 2] = ["swe", "eng"];

/// Seconds that a picture may take.
const SECONDS: u64 = 40;

/// How long to wait before looking again whether it is done.
const PAUSE: Duration = Duration::from_millis(5);

/// Runs the program with at most 1 GiB of memory and 16 MiB of output (`ulimit` counts in KiB and in blocks
/// of 512 bytes).
const BOUNDED: &str = "ulimit -v 1048576; ulimit -f 32768; ulimit -t 40; exec \"$0\" \"$@\"";

/// Words that the program is less sure of, in percent, are noise of the picture.
const LEAST: f64 = 30.0;

/// More of an answer is not read.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What pictures begin with, and what they are called.
const MAGIC: [(&[u8], &str); 6] = [
    (b"\xFF\xD8\xFF", "JPEG picture"),
    (b"\x89PNG\r\n\x1A\n", "PNG picture"),
    (b"GIF87a", "GIF picture"),
    (b"GIF89a", "GIF picture"),
    (b"II*\0", "TIFF picture"),
    (b"MM\0*", "TIFF picture"),
];

/// Is it a picture?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    kind(head).is_some()
}

fn kind(head: &[u8]) -> Option<&'static str> {
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(kind);
    }
    match head {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("WebP picture"),
        // Two letters could begin a text: the size of the next block tells (BITMAPINFOHEADER and its kin).
        [b'B', b'M', ..] if matches!(head.get(14..18), Some([12 | 40 | 108 | 124, 0, 0, 0])) => {
            Some("BMP picture")
        }
        _ => None,
    }
}

/// Reads the text of a picture.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let what = kind(document.head()).unwrap_or("picture");
    if document.budget().pictures == Pictures::Listed {
        let detail = format!("{what}: the text of 1 picture is not recognised");
        return Err(Failure::Unreadable(Reason::Unsupported, detail));
    }
    let place = |page, rect| Place::Page { page, field: None, rect: Some(rect), part: None };
    read_image(&document.into_bytes()?, &place, sink)
}

/// Recognises the text of a picture. `place` gives the place of a line, from its page (of a TIFF with
/// several, from 1) and its rectangle in pixels, each taken for a point.
///
/// # Errors
/// When the program is not there or cannot read the picture, or takes too long.
pub(super) fn read_image(
    picture: &[u8],
    place: &dyn Fn(u32, PageRect) -> Place,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let answer = recognise(picture)?;
    let mut lines = Lines::default();
    for line in lines_of(&answer) {
        let place = place(line.page, line.rect);
        if lines.add(place, &line.text, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(lines.end(sink))
}

/// Is the program there?
#[must_use]
pub fn is_there() -> bool {
    program().is_some()
}

fn program() -> Option<&'static PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let folders = std::env::var_os("PATH")?;
        std::env::split_paths(&folders)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(PROGRAM))
            .find(|path| path.is_file())
    };
    PATH.get_or_init(find).as_ref()
}

/// The languages to ask for, as the program wants them.
fn languages() -> &'static str {
    static ASKED: OnceLock<String> = OnceLock::new();
    ASKED.get_or_init(|| {
        let list = program().and_then(|path| Command::new(path).arg("--list-langs").output().ok());
        let list = list.map(|list| String::from_utf8_lossy(&list.stdout).into_owned());
        let list = list.unwrap_or_default();
        let there = |language: &&str| list.lines().any(|line| line.trim() == *language);
        let there: Vec<&str> = LANGUAGES.into_iter().filter(there).collect();
        if there.is_empty() { "eng".to_owned() } else { there.join("+") }
    })
}

/// What the program says of a picture: a table with tabs, a word a row.
fn recognise(picture: &[u8]) -> Result<String, Failure> {
    let program = program().ok_or_else(|| unsupported("the program for it is not there"))?;
    // Files and not pipes: neither side waits for the other.
    let (mut input, mut output) = (tempfile::tempfile()?, tempfile::tempfile()?);
    input.write_all(picture)?;
    input.rewind()?;
    let child = Command::new("/bin/sh")
        .args(["-c", BOUNDED])
        .arg(program)
        .args(["stdin", "stdout", "-l", languages(), "tsv"])
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(input)
        .stdout(output.try_clone()?)
        .stderr(Stdio::null())
        .spawn()?;
    wait(child)?;
    answer(&mut output)
}

fn answer(output: &mut File) -> Result<String, Failure> {
    let mut answer = Vec::new();
    output.rewind()?;
    output.take(LONGEST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Waits for the program, and ends it if that takes too long.
fn wait(mut child: Child) -> Result<(), Failure> {
    let begun = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(_) => {
                let detail = "its text cannot be recognised: it is damaged, or too large";
                return Err(Failure::corrupt(detail));
            }
            None if begun.elapsed() > Duration::from_secs(SECONDS) => {
                // It may have ended by itself in the meantime.
                let _ = child.kill();
                child.wait()?;
                let detail = format!("recognising its text takes more than {SECONDS} seconds");
                return Err(Failure::Unreadable(Reason::Timeout, detail));
            }
            None => thread::sleep(PAUSE),
        }
    }
}

fn unsupported(why: &str) -> Failure {
    Failure::Unreadable(
        Reason::Unsupported,
        format!("the text of 1 picture is not recognised: {why}"),
    )
}

/// A line of a picture.
#[derive(Debug, PartialEq)]
struct Line {
    page: u32,
    text: String,
    rect: PageRect,
}

/// A row of the answer: a word, and what line it belongs to.
struct Word<'a> {
    /// Page, block, paragraph, line.
    line: [u32; 4],
    rect: PageRect,
    text: &'a str,
}

/// Puts the words of an answer together.
fn lines_of(answer: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut at = None;
    for word in answer.lines().filter_map(word) {
        match lines.last_mut().filter(|_| at == Some(word.line)) {
            Some(line) => {
                line.text.push(' ');
                line.text.push_str(word.text);
                line.rect = line.rect.around(word.rect);
            }
            None => {
                let text = word.text.to_owned();
                lines.push(Line { page: word.line[0], text, rect: word.rect });
            }
        }
        at = Some(word.line);
    }
    lines
}

fn word(row: &str) -> Option<Word<'_>> {
    let cells: Vec<&str> = row.splitn(12, '\t').collect();
    let number = |n: usize| cells.get(n)?.parse::<u32>().ok();
    let text = cells.get(11)?.trim();
    let sure: f64 = cells[10].parse().ok()?;
    if number(0)? != 5 || text.is_empty() || sure < LEAST {
        return None;
    }
    let [left, top, width, height] =
        [number(6)?, number(7)?, number(8)?, number(9)?].map(f64::from);
    Some(Word {
        line: [number(1)?, number(2)?, number(3)?, number(4)?],
        rect: PageRect::of_points(left, top, left + width, top + height),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_lines() {
        let answer = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
1\t1\t0\t0\t0\t0\t0\t0\t100\t100\t-1\t\n\
5\t1\t1\t1\t1\t1\t10\t20\t30\t10\t96.5\tEva\n\
5\t1\t1\t1\t1\t2\t50\t18\t30\t14\t91\tÅberg\n\
5\t1\t1\t1\t2\t1\t10\t40\t30\t10\t12\t~~\n\
5\t2\t1\t1\t2\t1\t10\t40\t30\t10\t90\tBo\n";
        let line = |page, text: &str, [a, b, c, d]: [f64; 4]| Line {
            page,
            text: text.to_owned(),
            rect: PageRect::of_points(a, b, c, d),
        };
        let want = [
            line(1, "Eva Åberg", [10.0, 18.0, 80.0, 32.0]),
            line(2, "Bo", [10.0, 40.0, 40.0, 50.0]),
        ];
        assert_eq!(lines_of(answer), want);
    }

    #[test]
    fn pictures_are_told_from_texts() {
        assert!(!looks_like(b"BM is how a bitmap begins", b""));
        assert!(looks_like(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01", b""));
        assert!(looks_like(b"GIF89a", b""));
    }
}
