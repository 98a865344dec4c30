//! OpenDocument texts and presentations (OASIS OpenDocument 1.3): odt, ott, odp, odg.

use std::io::Read as _;

use super::part::{self, Handler, Tag};
use super::texts::{Texts, either};
use super::{embedded_in, heal, properties};
use crate::extract::document::Failure;
use crate::extract::zip::Archive;
use crate::model::{Flow, Place, Reason, Sink};

const TYPE: &str = "application/vnd.oasis.opendocument.";

/// Folders with files of other formats.
const FOLDERS: [&str; 3] = ["Pictures/", "Object", "media/"];

/// Spaces, empty cells and the like that one element may stand for.
const MOST: usize = 1024;

/// What the archive says it is, after [`TYPE`].
fn kind(archive: &mut Archive<'_>) -> String {
    let mut kind = String::new();
    if let Ok(member) = archive.by_name("mimetype") {
        // What is no text is no kind.
        let _ = member.take(100).read_to_string(&mut kind);
    }
    kind.trim().strip_prefix(TYPE).unwrap_or_default().to_owned()
}

/// Is the archive such a document?
pub(in crate::extract) fn is(archive: &mut Archive<'_>) -> bool {
    ["text", "presentation", "graphics"].iter().any(|known| kind(archive).starts_with(known))
}

/// Reads it.
pub(in crate::extract) fn extract(
    archive: &mut Archive<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut encryption = Encryption(false);
    part::read(archive, "META-INF/manifest.xml", &mut encryption)?;
    if encryption.0 {
        let detail = "it is protected by a password".to_owned();
        return Err(Failure::Unreadable(Reason::Encrypted, detail));
    }
    let slides = !kind(archive).starts_with("text");
    let body = story(archive, "content.xml", slides, sink);
    if heal(body, "content.xml", sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    // Headers and footers; what the masters of slides show is told at the first slide.
    let around = story(archive, "styles.xml", slides, sink);
    if heal(around, "styles.xml", sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    let told = properties::open_document(archive, sink);
    if heal(told, "meta.xml", sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    Ok(embedded_in(archive, &FOLDERS, sink))
}

/// Does the manifest say that a part is encrypted?
struct Encryption(bool);

impl Handler for Encryption {
    fn start(&mut self, tag: &Tag<'_>) -> Flow {
        self.0 |= tag.name() == "encryption-data";
        Flow::Continue
    }

    fn end(&mut self, _name: &str) -> Flow {
        Flow::Continue
    }

    fn text(&mut self, _text: &str) -> Flow {
        Flow::Continue
    }
}

fn story(
    archive: &mut Archive<'_>,
    name: &str,
    slides: bool,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let mut story = Story {
        slide: slides.then_some(0),
        texts: Texts::new(sink),
        parts: Vec::new(),
        counts: Vec::new(),
    };
    let read = part::read(archive, name, &mut story);
    let rest = story.texts.finish();
    match read? {
        None if name == "content.xml" => Err(Failure::corrupt("content.xml is missing")),
        flow => Ok(either(flow.unwrap_or(Flow::Continue), rest)),
    }
}

/// A text of its own inside the text.
struct Part {
    name: &'static str,
    /// Its number, where all its paragraphs have one.
    number: Option<u32>,
    /// Elements that it begins and ends with.
    element: &'static str,
}

struct Story<'s> {
    /// The slide at hand, in a presentation.
    slide: Option<u32>,
    texts: Texts<'s>,
    parts: Vec<Part>,
    counts: Vec<(&'static str, u32)>,
}

/// Elements that hold a text of its own, and its part.
const PARTS: [(&str, &str); 14] = [
    ("body", "body"),
    ("annotation", "comment"),
    ("text-box", "text_box"),
    ("custom-shape", "text_box"),
    ("deletion", "deleted"),
    ("header", "header"),
    ("header-left", "header"),
    ("header-first", "header"),
    ("footer", "footer"),
    ("footer-left", "footer"),
    ("footer-first", "footer"),
    ("notes", "notes"),
    ("note", "footnote"),
    ("endnote", "endnote"),
];

impl Story<'_> {
    fn count(&mut self, part: &'static str) -> u32 {
        match self.counts.iter_mut().find(|(own, _)| *own == part) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.counts.push((part, 1));
                1
            }
        }
    }

    fn place(&mut self) -> Place {
        let (part, number) = match self.parts.last() {
            Some(part) => (part.name, part.number),
            None => ("body", None),
        };
        if let Some(slide) = self.slide {
            let on_slide = |part: &&Part| matches!(part.name, "notes" | "comment");
            let part = self.parts.iter().rev().find(on_slide).map_or("body", |part| part.name);
            return Place::Slide { slide: slide.max(1), part };
        }
        Place::Paragraph { part, index: number.unwrap_or_else(|| self.count(part)) }
    }

    fn begin_part(&mut self, tag: &Tag<'_>) {
        let ends = tag.attribute("note-class").is_some_and(|class| class == "endnote");
        let name = if tag.name() == "note" && ends { "endnote" } else { tag.name() };
        let Some((_, name)) = PARTS.iter().find(|(element, _)| *element == name) else { return };
        let element = PARTS.iter().find(|(element, _)| *element == tag.name());
        let numbered = matches!(*name, "footnote" | "endnote" | "comment");
        let number = numbered.then(|| self.count(name));
        let element = element.map_or("", |(element, _)| *element);
        self.parts.push(Part { name, number, element });
        self.texts.begin_text();
    }

    /// Tags that stand for text.
    fn push_tag(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "s" => {
                let count = tag.attribute("c").and_then(|n| n.parse().ok()).unwrap_or(1_usize);
                self.texts.push(&" ".repeat(count.min(MOST)));
            }
            "tab" => self.texts.push("\t"),
            "line-break" => self.texts.push("\n"),
            "soft-hyphen" => {}
            "a" => {
                let target = tag.attribute("href").unwrap_or_default();
                self.texts.link(&target);
            }
            _ => {}
        }
    }

    /// What a picture shows, in words: at the place of its paragraph.
    fn describe(&mut self, element: &str) -> Flow {
        let place = match self.texts.paragraph() {
            Some((place, _)) => place.clone(),
            None if self.slide.is_some() => self.place(),
            None => return Flow::Continue,
        };
        let element = if element == "desc" { "desc" } else { "title" };
        let name = self.parts.last().map_or("body", |part| part.name);
        self.parts.push(Part { name, number: None, element });
        self.texts.begin_text();
        self.texts.begin_paragraph(place);
        Flow::Continue
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) {
        let number = |name| tag.attribute(name).and_then(|n| n.parse().ok()).unwrap_or(1_usize);
        self.texts.begin_cell(0);
        self.texts.span(number("number-columns-repeated").saturating_sub(1).min(MOST));
    }
}

impl Handler for Story<'_> {
    fn start(&mut self, tag: &Tag<'_>) -> Flow {
        let name = tag.name();
        match name {
            "page" => self.slide = self.slide.map(|slide| slide.saturating_add(1)),
            "p" | "h" => {
                let place = self.place();
                self.texts.begin_paragraph(place);
            }
            // Who wrote a comment, a picture's words.
            "creator" if self.parts.last().is_some_and(|part| part.name == "comment") => {
                let place = self.place();
                self.texts.begin_paragraph(place);
            }
            "desc" | "title" => return self.describe(name),
            "table" => return self.texts.begin_table(),
            "table-row" => self.texts.begin_row(),
            "table-cell" | "covered-table-cell" => self.begin_cell(tag),
            _ if PARTS.iter().any(|(element, _)| *element == name) => self.begin_part(tag),
            _ => self.push_tag(tag),
        }
        Flow::Continue
    }

    fn end(&mut self, name: &str) -> Flow {
        match name {
            "p" | "h" | "creator" => return self.texts.end_paragraph(),
            "table-cell" | "covered-table-cell" => self.texts.end_cell(),
            "table-row" => return self.texts.end_row(),
            "table" => return self.texts.end_table(),
            _ if self.parts.last().is_some_and(|part| part.element == name) => {
                self.parts.pop();
                return self.texts.end_text();
            }
            _ => {}
        }
        Flow::Continue
    }

    fn text(&mut self, text: &str) -> Flow {
        self.texts.push(text);
        Flow::Continue
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::testing_documents::{check, zipped};

    fn text(kind: &str, content: &str, more: &[(&str, &str)]) -> Vec<u8> {
        let kind = format!("application/vnd.oasis.opendocument.{kind}");
        let mut members = vec![("mimetype", kind.as_str()), ("content.xml", content)];
        members.extend(more);
        zipped(&members)
    }

    #[test]
    fn texts_are_read() {
        let content = "<o><office:body><office:text><text:tracked-changes><text:deletion><office:change-info>\
            <dc:creator>X</dc:creator></office:change-info><text:p>bort</text:p></text:deletion>\
            </text:tracked-changes><text:h>Rubrik</text:h><text:p/><text:p>85<text:span>07</text:span>\
            <text:s text:c=\"2\"/>x<text:note text:note-class=\"endnote\"><text:note-citation>1</text:note-citation>\
            <text:note-body><text:p>not</text:p></text:note-body></text:note>y<office:annotation>\
            <dc:creator>Bo</dc:creator><dc:date>2025</dc:date><text:p>k</text:p></office:annotation></text:p>\
            <text:p><text:a xlink:href=\"mailto:eva@example.se\">Eva</text:a></text:p>\
            </office:text></office:body></o>";
        let more = [
            ("styles.xml", "<s><style:header><text:p>huvud</text:p></style:header></s>"),
            (
                "meta.xml",
                "<m><meta:initial-creator>Eva</meta:initial-creator><dc:creator>Bo</dc:creator>\
                <meta:user-defined meta:name=\"Kund\">K</meta:user-defined></m>",
            ),
        ];
        check(
            "a.odt",
            &text("text", content, &more),
            &[
                "deleted 1: bort",
                "endnote 1: not",
                "comment 1: Bo",
                "comment 1: k",
                "body 1: Rubrik",
                "body 3: 8507  xy",
                "body 4: Eva eva@example.se",
                "header 1: huvud",
                "author: Eva",
                "last_modified_by: Bo",
                "Kund: K",
            ],
        );
    }

    #[test]
    fn slides_are_read() {
        let content = "<o><office:body><draw:page><text:p>ett</text:p><presentation:notes><text:p>n</text:p>\
            </presentation:notes></draw:page><draw:page><draw:text-box><text:p>tv\u{e5}</text:p></draw:text-box>\
            </draw:page></office:body></o>";
        check(
            "a.odp",
            &text("presentation", content, &[]),
            &["1 notes: n", "2 body: två", "1 body: ett"],
        );
    }

    #[test]
    fn passwords_are_told() {
        let more = [("META-INF/manifest.xml", "<m><manifest:encryption-data/></m>")];
        check("a.odt", &text("text", "\u{1}\u{2}", &more), &["! encrypted"]);
    }
}
