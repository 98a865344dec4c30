//! Presentations of Office Open XML (ECMA-376, part 1, 19): pptx, pptm, ppsx, potx.

use std::collections::BTreeSet;

use super::part::{self, Handler, Tag};
use super::relations::{self, Relation};
use super::texts::{Texts, either};
use super::{embedded_in, heal, properties};
use crate::extract::document::Failure;
use crate::extract::zip::Archive;
use crate::model::{Flow, Place, Sink};

/// Kinds of parts that belong to a slide, and what the places call them.
const PARTS: [(&str, &str); 5] = [
    ("diagramData", "body"),
    ("chart", "chart"),
    ("notesSlide", "notes"),
    ("comments", "comment"),
    ("comment", "comment"),
];

/// Folders with files of other formats.
const FOLDERS: [&str; 3] = ["ppt/embeddings/", "ppt/media/", "customXml/item"];

/// Is the archive such a document?
pub(in crate::extract) fn is(archive: &mut Archive<'_>) -> bool {
    archive.index_for_name("[Content_Types].xml").is_some()
        && archive.file_names_raw().any(|name| name.starts_with(b"ppt/"))
}

/// Reads it.
pub(in crate::extract) fn extract(
    archive: &mut Archive<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let document = relations::of(archive, "")?;
    let main = relations::targets(&document, "officeDocument").next();
    let main = main.unwrap_or("ppt/presentation.xml");
    let parts = relations::of(archive, main)?;
    let mut order = Order::default();
    if part::read(archive, main, &mut order)?.is_none() {
        return Err(Failure::corrupt(format!("{main} is missing")));
    }
    let slides = order.0.iter().filter_map(|id| relations::target(&parts, id));
    let mut told = BTreeSet::new();
    for (slide, name) in (1..).zip(slides) {
        if self::slide(archive, name, slide, sink) == Flow::Stop
            || masters(archive, name, slide, &mut told, sink) == Flow::Stop
        {
            return Ok(Flow::Stop);
        }
    }
    let told = properties::office(archive, &document, sink);
    if heal(told, "properties", sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    Ok(embedded_in(archive, &FOLDERS, sink))
}

/// Reads a slide and what belongs to it.
fn slide(archive: &mut Archive<'_>, name: &str, slide: u32, sink: &mut dyn Sink) -> Flow {
    let links = relations::of(archive, name).unwrap_or_default();
    let read = shapes(archive, name, Place::Slide { slide, part: "body" }, &links, sink);
    if heal(read, name, sink) == Flow::Stop {
        return Flow::Stop;
    }
    for (kind, part) in PARTS {
        for name in relations::targets(&links, kind) {
            let links = relations::of(archive, name).unwrap_or_default();
            let read = shapes(archive, name, Place::Slide { slide, part }, &links, sink);
            if heal(read, name, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
    }
    Flow::Continue
}

/// Reads what a slide shows of its layout and its master. It is told once, at the first slide that has it.
fn masters(
    archive: &mut Archive<'_>,
    name: &str,
    slide: u32,
    told: &mut BTreeSet<String>,
    sink: &mut dyn Sink,
) -> Flow {
    let mut below = name.to_owned();
    for kind in ["slideLayout", "slideMaster"] {
        let links = relations::of(archive, &below).unwrap_or_default();
        let Some(next) = relations::targets(&links, kind).next() else { break };
        next.clone_into(&mut below);
        if !told.insert(below.clone()) {
            continue;
        }
        let place = Place::Slide { slide, part: "body" };
        let links = relations::of(archive, &below).unwrap_or_default();
        let texts = Texts::new(sink);
        let own = Shapes { place, links: &links, texts, reading: false, repeated: 0, master: true };
        let read = read_shapes(archive, &below, own);
        if heal(read, &below, sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// Reads one part.
fn shapes(
    archive: &mut Archive<'_>,
    name: &str,
    place: Place,
    links: &[Relation],
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let texts = Texts::new(sink);
    let own = Shapes { place, links, texts, reading: false, repeated: 0, master: false };
    read_shapes(archive, name, own)
}

fn read_shapes(
    archive: &mut Archive<'_>,
    name: &str,
    mut shapes: Shapes<'_>,
) -> Result<Flow, Failure> {
    let read = part::read(archive, name, &mut shapes);
    let rest = shapes.texts.finish();
    match read? {
        None => Err(Failure::corrupt(format!("{name} is missing"))),
        Some(flow) => Ok(either(flow, rest)),
    }
}

/// The relationships to the slides, in the order of showing.
#[derive(Default)]
struct Order(Vec<String>);

impl Handler for Order {
    fn start(&mut self, tag: &Tag<'_>) -> Flow {
        if tag.name() == "sldId" {
            self.0.extend(tag.relation());
        }
        Flow::Continue
    }

    fn end(&mut self, _name: &str) -> Flow {
        Flow::Continue
    }

    fn text(&mut self, _text: &str) -> Flow {
        Flow::Continue
    }
}

/// The text of a slide, its notes, comments or charts: all of it has one place.
struct Shapes<'s> {
    place: Place,
    links: &'s [Relation],
    texts: Texts<'s>,
    reading: bool,
    /// Inside so many elements that repeat in another form what was read, or that show nothing.
    repeated: u32,
    /// Of a master or a layout: its placeholders say what to write there.
    master: bool,
}

impl Shapes<'_> {
    fn link(&mut self, tag: &Tag<'_>) {
        let id = tag.relation().unwrap_or_default();
        let target = relations::target(self.links, &id).unwrap_or_default();
        self.texts.link(target);
    }

    /// What a shape shows, in words.
    fn describe(&mut self, tag: &Tag<'_>) -> Flow {
        let words = ["descr", "title"].into_iter().filter_map(|name| tag.attribute(name));
        let place = &self.place;
        words
            .fold(Flow::Continue, |flow, words| either(flow, self.texts.add(place.clone(), &words)))
    }
}

impl Handler for Shapes<'_> {
    fn start(&mut self, tag: &Tag<'_>) -> Flow {
        let is_placeholder = self.master && self.repeated == 0 && tag.name() == "ph";
        if tag.name() == "Fallback" || is_placeholder {
            self.repeated += 1;
        }
        if self.repeated > 0 {
            return Flow::Continue;
        }
        match tag.name() {
            "p" => self.texts.begin_paragraph(self.place.clone()),
            // Values of charts, and comments of old.
            "v" | "text" => {
                self.reading = true;
                self.texts.begin_paragraph(self.place.clone());
            }
            "t" => self.reading = true,
            "br" => self.texts.push("\n"),
            "hlinkClick" => self.link(tag),
            "cNvPr" => return self.describe(tag),
            "tbl" => return self.texts.begin_table(),
            "tr" => self.texts.begin_row(),
            "tc" => {
                // Columns that a wide cell covers have empty cells of their own.
                self.texts.begin_cell(0);
            }
            _ => {}
        }
        Flow::Continue
    }

    fn end(&mut self, name: &str) -> Flow {
        if name == "Fallback" || self.master && name == "sp" {
            self.repeated = self.repeated.saturating_sub(1);
        }
        match name {
            _ if self.repeated > 0 => {}
            "p" => return self.texts.end_paragraph(),
            "v" | "text" => {
                self.reading = false;
                return self.texts.end_paragraph();
            }
            "t" => self.reading = false,
            "tc" => self.texts.end_cell(),
            "tr" => return self.texts.end_row(),
            "tbl" => return self.texts.end_table(),
            _ => {}
        }
        Flow::Continue
    }

    fn text(&mut self, text: &str) -> Flow {
        if self.reading && self.repeated == 0 {
            self.texts.push(text);
        }
        Flow::Continue
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::testing_documents::{check, zipped};

    #[test]
    fn slides_are_read_in_their_order() {
        let slide = |text: &str| {
            format!(
                "<p:sld><a:p><a:r><a:t>{text}</a:t></a:r><a:br/><a:r><a:t>rad</a:t></a:r></a:p></p:sld>"
            )
        };
        let members = [
            ("[Content_Types].xml", "<Types/>".to_owned()),
            (
                "ppt/presentation.xml",
                "<p><p:sldId id='256' r:id='b'/><p:sldId id='257' r:id='a'/></p>".to_owned(),
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                "<r><Relationship Id='a' Type='x/slide' Target='slides/slide1.xml'/>\
                 <Relationship Id='b' Type='x/slide' Target='slides/slide2.xml'/></r>"
                    .to_owned(),
            ),
            ("ppt/slides/slide1.xml", slide("sist")),
            ("ppt/slides/slide2.xml", slide("f\u{f6}rst")),
            (
                "ppt/slides/_rels/slide2.xml.rels",
                "<r><Relationship Id='n' Type='x/notesSlide' Target='../notes/n1.xml'/>\
                 <Relationship Id='c' Type='x/chart' Target='../c.xml'/></r>"
                    .to_owned(),
            ),
            ("ppt/notes/n1.xml", "<a:p><a:t>anteckning</a:t></a:p>".to_owned()),
            ("ppt/c.xml", "<c:pt><c:v>v\u{e4}rde</c:v></c:pt>".to_owned()),
        ];
        let members: Vec<(&str, &str)> = members.iter().map(|(n, c)| (*n, c.as_str())).collect();
        check(
            "a.pptx",
            &zipped(&members),
            &[
                "1 body: först",
                "1 body: rad",
                "1 chart: värde",
                "1 notes: anteckning",
                "2 body: sist",
                "2 body: rad",
            ],
        );
    }
}
