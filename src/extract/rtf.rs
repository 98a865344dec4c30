//! Rich Text Format (Microsoft, version 1.9.1): control words, groups, text in code pages.

mod control;

use std::io::{BufRead, BufReader};

use super::code_page::{self, CodePage};
use super::document::{Document, Failure};
use super::lines::Lines;
use super::office::properties::property;
use super::office::texts::{Texts, either};
use crate::model::{Flow, Place, Problem, Reason, Sink};

use control::{Control, Token, Tokens};

/// Groups inside one another beyond this do not get a state of their own.
const DEEPEST: usize = 1000;

/// Is it such a document?
pub(super) fn looks_like(head: &[u8], _name: &[u8]) -> bool {
    head.starts_with(b"{\\rtf")
}

/// Reads its text, notes, comments and properties.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut tokens = Tokens::new(BufReader::new(document.into_reader()?));
    let mut reader = Reader::new(sink);
    let read = read(&mut tokens, &mut reader);
    let rest = reader.finish();
    Ok(either(read?, rest))
}

fn read<R: BufRead>(tokens: &mut Tokens<R>, reader: &mut Reader<'_>) -> Result<Flow, Failure> {
    while let Some(token) = tokens.next()? {
        let flow = match token {
            Token::Begin => reader.begin_group(),
            Token::End => reader.end_group(),
            Token::Byte(byte) => {
                reader.byte(byte);
                Flow::Continue
            }
            Token::Control(control) => match (control.word.as_str(), control.number) {
                ("bin", Some(n)) => {
                    tokens.skip(u64::try_from(n).unwrap_or(0))?;
                    Flow::Continue
                }
                _ => reader.control(&control),
            },
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
        if reader.ended {
            break;
        }
    }
    Ok(Flow::Continue)
}

/// What the text at hand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// Text of the part at hand.
    Text,
    /// A property of the document.
    Property(&'static str),
    /// The name of a property that somebody added, and its value.
    OwnName,
    OwnValue,
    /// The instruction of a field.
    Instruction,
    /// The fonts.
    Fonts,
    /// Nothing that is shown.
    Nothing,
}

/// What holds to the end of a group.
#[derive(Clone, Debug)]
struct Group {
    target: Target,
    /// The target of a text that is there in two forms.
    resumed: Option<Target>,
    encoding: Option<CodePage>,
    /// Characters that stand for one in Unicode for those who do not know that.
    fallback: u32,
    /// A text of its own began with the group.
    part: bool,
    deleted: bool,
    /// The group began with `\*`: what is not known in it is not to be shown.
    optional: bool,
}

/// A text of its own.
struct Part {
    name: &'static str,
    number: Option<u32>,
}

struct Reader<'s> {
    texts: Texts<'s>,
    groups: Vec<Group>,
    /// Groups beyond [`DEEPEST`].
    deeper: usize,
    parts: Vec<Part>,
    counts: Vec<(&'static str, u32)>,
    fonts: Vec<(i32, CodePage)>,
    /// The font that is being described.
    font: i32,
    default: CodePage,
    /// Bytes of text in the encoding at hand.
    bytes: Vec<u8>,
    /// Characters still to be passed over after one in Unicode.
    passed: u32,
    /// The first half of a character in Unicode.
    half: Option<u16>,
    /// Text of a property or an instruction.
    aside: String,
    own_name: String,
    /// A row of a table is at hand.
    row: bool,
    table: bool,
    deleted: String,
    deletions: Lines,
    ended: bool,
}

impl<'s> Reader<'s> {
    fn new(sink: &'s mut dyn Sink) -> Reader<'s> {
        Reader {
            texts: Texts::new(sink),
            groups: Vec::new(),
            deeper: 0,
            parts: vec![Part { name: "body", number: None }],
            counts: Vec::new(),
            fonts: Vec::new(),
            font: 0,
            default: code_page::of_page(1252),
            bytes: Vec::new(),
            passed: 0,
            half: None,
            aside: String::new(),
            own_name: String::new(),
            row: false,
            table: false,
            deleted: String::new(),
            deletions: Lines::default(),
            ended: false,
        }
    }

    fn group(&mut self) -> Option<&mut Group> {
        self.groups.last_mut()
    }

    fn target(&self) -> Target {
        self.groups.last().map_or(Target::Nothing, |group| group.target)
    }

    fn begin_group(&mut self) -> Flow {
        self.flush();
        self.passed = 0;
        if self.groups.len() >= DEEPEST {
            self.deeper += 1;
            return Flow::Continue;
        }
        let mut group = self.groups.last().cloned().unwrap_or(Group {
            target: Target::Text,
            resumed: None,
            encoding: None,
            fallback: 1,
            part: false,
            deleted: false,
            optional: false,
        });
        (group.part, group.optional, group.resumed) = (false, false, None);
        self.groups.push(group);
        Flow::Continue
    }

    fn end_group(&mut self) -> Flow {
        self.flush();
        self.passed = 0;
        if self.deeper > 0 {
            self.deeper -= 1;
            return Flow::Continue;
        }
        let Some(group) = self.groups.pop() else { return Flow::Continue };
        self.ended = self.groups.is_empty();
        let mut flow = Flow::Continue;
        if group.target != self.target() || group.part {
            flow = self.end_target(group.target);
        }
        if group.part && self.parts.len() > 1 {
            flow = either(flow, self.end_paragraph(false));
            self.parts.pop();
            flow = either(flow, self.texts.end_text());
        }
        flow
    }

    fn end_target(&mut self, target: Target) -> Flow {
        let aside = std::mem::take(&mut self.aside);
        match target {
            Target::Property(field) => property(field, &aside, self.texts.sink),
            Target::OwnName => {
                self.own_name = aside;
                Flow::Continue
            }
            Target::OwnValue => property(&self.own_name, &aside, self.texts.sink),
            Target::Instruction => {
                self.begin_paragraph();
                self.texts.link_in(&aside);
                Flow::Continue
            }
            Target::Text | Target::Fonts | Target::Nothing => Flow::Continue,
        }
    }

    /// A byte of text, plain or escaped.
    fn byte(&mut self, byte: u8) {
        if self.passed > 0 {
            self.passed -= 1;
        } else if self.target() != Target::Nothing {
            self.bytes.push(byte);
        }
    }

    /// Text that is complete goes where it belongs.
    fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let own = self.groups.last().and_then(|group| group.encoding);
        let text = own.unwrap_or(self.default).decode(&bytes);
        self.text(&text);
    }

    fn text(&mut self, text: &str) {
        match self.target() {
            Target::Text if self.groups.last().is_some_and(|group| group.deleted) => {
                self.deleted.push_str(text);
            }
            Target::Text => {
                self.begin_paragraph();
                self.texts.push(text);
            }
            Target::Nothing | Target::Fonts => {}
            _ => self.aside.push_str(text),
        }
    }

    fn count(&mut self, part: &'static str) -> u32 {
        match self.counts.iter_mut().find(|(own, _)| *own == part) {
            Some((_, count)) => {
                *count = count.saturating_add(1);
                *count
            }
            None => {
                self.counts.push((part, 1));
                1
            }
        }
    }

    /// Begins a paragraph, if none is at hand.
    fn begin_paragraph(&mut self) {
        if self.texts.paragraph().is_some() {
            return;
        }
        if self.table && !self.row && self.parts.len() == 1 {
            self.table = false;
            // Whoever wants no more says so at the next record.
            let _ = self.texts.end_table();
        }
        let (part, number) = match self.parts.last() {
            Some(part) => (part.name, part.number),
            None => ("body", None),
        };
        let index = number.unwrap_or_else(|| self.count(part));
        self.texts.begin_paragraph(Place::Paragraph { part, index });
    }

    /// Ends the paragraph at hand. One that is `told` to end counts, even if it is empty.
    fn end_paragraph(&mut self, told: bool) -> Flow {
        self.flush();
        if told && self.target() == Target::Text {
            self.begin_paragraph();
        }
        let flow = match self.texts.paragraph() {
            Some(_) => self.texts.end_paragraph(),
            None => Flow::Continue,
        };
        let deleted = std::mem::take(&mut self.deleted);
        if deleted.trim().is_empty() {
            return flow;
        }
        let place = Place::Paragraph { part: "deleted", index: self.count("deleted") };
        either(flow, self.deletions.add(place, &deleted, self.texts.sink))
    }

    /// A text of its own begins: it is as long as the group.
    fn begin_part(&mut self, name: &'static str) -> Flow {
        let numbered = matches!(name, "footnote" | "endnote" | "comment");
        let number = numbered.then(|| self.count(name));
        let Some(group) = self.group() else { return Flow::Continue };
        group.target = Target::Text;
        if !group.part {
            group.part = true;
            self.parts.push(Part { name, number });
            self.texts.begin_text();
        }
        Flow::Continue
    }

    fn aim(&mut self, target: Target) {
        self.aside.clear();
        if let Some(group) = self.group() {
            group.target = target;
        }
    }

    fn control(&mut self, control: &Control) -> Flow {
        let word = control.word.as_str();
        if word == "'" {
            self.byte(control.number.unwrap_or(0) as u8);
            return Flow::Continue;
        }
        self.flush();
        if word != "u" {
            self.half = None;
        }
        if let Some(text) = control::text_of(word) {
            match self.passed {
                0 => self.text(text),
                _ => self.passed -= 1,
            }
            return Flow::Continue;
        }
        match word {
            "*" => {
                if let Some(group) = self.group() {
                    group.optional = true;
                }
            }
            "u" => self.unicode(control.number.unwrap_or(0)),
            "par" | "sect" | "page" if self.target() == Target::Text => {
                return self.end_paragraph(true);
            }
            "cell" | "row" | "trowd" if self.target() == Target::Text => return self.rows(word),
            _ => return self.state(control),
        }
        Flow::Continue
    }

    fn rows(&mut self, word: &str) -> Flow {
        if self.parts.len() > 1 {
            // In notes and text boxes cells are paragraphs.
            return if word == "cell" { self.end_paragraph(true) } else { Flow::Continue };
        }
        let mut flow = Flow::Continue;
        match word {
            "trowd" if !self.row => {
                if !self.table {
                    flow = either(self.end_open_paragraph(), self.texts.begin_table());
                }
                (self.table, self.row) = (true, true);
                self.texts.begin_row();
                self.texts.begin_cell(0);
            }
            "cell" => {
                flow = self.end_paragraph(true);
                self.texts.end_cell();
                self.texts.begin_cell(0);
            }
            "row" if self.row => {
                self.row = false;
                flow = self.texts.end_row();
            }
            _ => {}
        }
        flow
    }

    fn end_open_paragraph(&mut self) -> Flow {
        if self.texts.paragraph().is_some() { self.end_paragraph(false) } else { Flow::Continue }
    }

    /// A character in Unicode, as a signed number of 16 bits.
    fn unicode(&mut self, number: i32) {
        self.passed = self.groups.last().map_or(1, |group| group.fallback);
        let unit = (number & 0xFFFF) as u16;
        match (self.half.take(), char::from_u32(u32::from(unit))) {
            (_, Some(c)) => self.text(c.encode_utf8(&mut [0; 4])),
            (None, None) => self.half = Some(unit),
            (Some(half), None) => {
                self.text(&String::from_utf16_lossy(&[half, unit]));
            }
        }
    }

    /// Control words that change how what follows is read.
    fn state(&mut self, control: &Control) -> Flow {
        let number = control.number;
        let fonts = self.target() == Target::Fonts;
        match control.word.as_str() {
            "ansicpg" => self.default = code_page::of_page(number.unwrap_or(1252)),
            "mac" => self.default = code_page::of_page(10000),
            "pc" => self.default = code_page::of_page(437),
            "pca" => self.default = code_page::of_page(850),
            "f" if fonts => self.font = number.unwrap_or(0),
            "fcharset" if fonts => {
                let encoding = code_page::of_charset(number.unwrap_or(0), self.default);
                self.fonts.push((self.font, encoding));
            }
            "f" => {
                let own = self.fonts.iter().find(|(font, _)| Some(*font) == number);
                let encoding = own.map(|(_, encoding)| *encoding);
                self.group().into_iter().for_each(|group| group.encoding = encoding);
            }
            "plain" => self.group().into_iter().for_each(|group| {
                (group.encoding, group.deleted) = (None, false);
            }),
            "deleted" => {
                let on = number != Some(0);
                self.group().into_iter().for_each(|group| group.deleted = on);
            }
            "uc" => {
                let count = u32::try_from(number.unwrap_or(1)).unwrap_or(1);
                self.group().into_iter().for_each(|group| group.fallback = count);
            }
            "upr" => self.group().into_iter().for_each(|group| {
                (group.resumed, group.target) = (Some(group.target), Target::Nothing);
            }),
            "ud" => {
                let resumed = self.groups.iter().rev().find_map(|group| group.resumed);
                resumed.into_iter().for_each(|target| self.aim(target));
            }
            "ftnalt" if self.parts.last().is_some_and(|part| part.name == "footnote") => {
                let number = Some(self.count("endnote"));
                self.parts.pop();
                self.parts.push(Part { name: "endnote", number });
            }
            "objdata" => {
                self.aim(Target::Nothing);
                let detail = "an embedded object is not read".to_owned();
                return self.texts.sink.problem(Problem::part(Reason::Unsupported, detail));
            }
            word => return self.destination(word),
        }
        Flow::Continue
    }

    /// Control words that say what a group is.
    fn destination(&mut self, word: &str) -> Flow {
        let shown = self.target() != Target::Nothing;
        if let Some(part) = control::part_of(word) {
            return if shown { self.begin_part(part) } else { Flow::Continue };
        }
        if let Some(field) = control::property_of(word) {
            self.aim(Target::Property(field));
            return Flow::Continue;
        }
        match word {
            "fonttbl" => self.aim(Target::Fonts),
            "info" | "userprops" => self.aim(Target::Nothing),
            "propname" => self.aim(Target::OwnName),
            "staticval" => self.aim(Target::OwnValue),
            "fldinst" if shown => self.aim(Target::Instruction),
            "shpinst" if shown => {}
            _ if control::is_hidden(word) => self.aim(Target::Nothing),
            _ => {
                let group = self.group();
                if group.is_some_and(|group| std::mem::take(&mut group.optional)) {
                    self.aim(Target::Nothing);
                }
                return Flow::Continue;
            }
        }
        self.group().into_iter().for_each(|group| group.optional = false);
        Flow::Continue
    }

    fn finish(mut self) -> Flow {
        let flow = self.end_paragraph(false);
        let flow = either(flow, self.deletions.end(self.texts.sink));
        either(flow, self.texts.finish())
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::testing_documents::check;

    #[test]
    fn text_is_read_with_its_places() {
        check(
            "a.rtf",
            br#"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}
{\info{\author Eva \'c5berg}{\operator Bo}}{\*\generator X;}{\colortbl;\red0;}
\pard\b R\'e4k\b0 sm\'f6rg\u229?s\par\par{\f1\'e4\'e0} 1985\_0709\tab{\v dold}\par
{\header\pard Sidhuvud\par}Not{\footnote\pard Fotnot\par}{\*\annotation Anm\'e4rkt} slut{\deleted borta}\par
{\field{\*\fldinst HYPERLINK "mailto:eva@example.se"}{\fldrslt Eva}}\par}"#,
            &[
                "author: Eva Åberg",
                "last_modified_by: Bo",
                "header 1: Sidhuvud",
                "footnote 1: Fotnot",
                "comment 1: Anmärkt",
                "deleted 1: borta",
                "body 1: Räksmörgås",
                "body 3: да 1985-0709\tdold",
                "body 4: Not slut",
                "body 5: Eva eva@example.se",
            ],
        );
    }

    #[test]
    fn rows_are_tables() {
        check(
            "a.rtf",
            br"{\rtf1 F\'f6re\par\trowd\cellx1\cellx2\cellx3\intbl Namn\cell Mobil\cell Kost\cell\row
\trowd\intbl Eva\cell 1\cell vegan\cell\row\trowd\intbl Bo\cell 2\cell\cell\row\pard Efter\par}",
            &[
                "body 1: Före",
                "body 2: Namn",
                "body 3: Mobil",
                "body 4: Kost",
                "body 5: Eva",
                "body 6: 1",
                "body 7: vegan",
                "body 8: Bo",
                "body 9: 2",
                "body 11: Efter",
            ],
        );
    }

    #[test]
    fn damage_does_no_harm() {
        check("a.rtf", b"{\\rtf1 a\\'zz\\u99999999999 ?\\bin9999 b", &["body 1: a\0zz\u{ffff}"]);
        check("a.rtf", b"{\\rtf1}}}}", &[]);
        let deep = [b"{\\rtf1".as_slice(), &b"{".repeat(100_000), b"a"].concat();
        check("a.rtf", &deep, &["body 1: a"]);
    }
}
