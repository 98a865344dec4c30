//! Word processing documents of Office Open XML (ECMA-376, part 1, 17): docx, docm, dotx, dotm.

use super::part::{self, Handler, Tag};
use super::relations::{self, Relation};
use super::texts::{Texts, either};
use super::{embedded, embedded_in, heal, properties};
use crate::extract::document::Failure;
use crate::extract::lines::Lines;
use crate::extract::zip::Archive;
use crate::model::{Flow, Place, Sink};

/// Kinds of parts that hold text, in the order of reading, and what the places call them.
const STORIES: [(&str, &str); 7] = [
    ("header", "header"),
    ("footer", "footer"),
    ("footnotes", "footnote"),
    ("endnotes", "endnote"),
    ("comments", "comment"),
    ("diagramData", "text_box"),
    ("chart", "text_box"),
];

/// Folders with files of other formats.
const FOLDERS: [&str; 4] = ["word/embeddings/", "word/media/", "word/activeX/", "customXml/item"];

/// Is the archive such a document?
pub(in crate::extract) fn is(archive: &mut Archive<'_>) -> bool {
    archive.index_for_name("[Content_Types].xml").is_some()
        && archive.file_names_raw().any(|name| name.starts_with(b"word/"))
}

/// Reads it.
pub(in crate::extract) fn extract(
    archive: &mut Archive<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let document = relations::of(archive, "")?;
    let main =
        relations::targets(&document, "officeDocument").next().unwrap_or("word/document.xml");
    let parts = relations::of(archive, main)?;
    let mut counts = Counts::default();
    let main = story(archive, main, "body", &mut counts, sink);
    if heal(main, "text", sink) == Flow::Stop
        || other_stories(archive, &parts, &mut counts, sink) == Flow::Stop
    {
        return Ok(Flow::Stop);
    }
    let told = properties::office(archive, &document, sink);
    if heal(told, "properties", sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    for chunk in relations::targets(&parts, "aFChunk") {
        let own = chunk.rsplit('/').next().unwrap_or(chunk);
        if embedded(archive, chunk, own, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(embedded_in(archive, &FOLDERS, sink))
}

fn other_stories(
    archive: &mut Archive<'_>,
    parts: &[Relation],
    counts: &mut Counts,
    sink: &mut dyn Sink,
) -> Flow {
    for (kind, part) in STORIES {
        for name in relations::targets(parts, kind) {
            let read = story(archive, name, part, counts, sink);
            if heal(read, name, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
    }
    Flow::Continue
}

/// Reads one part.
fn story(
    archive: &mut Archive<'_>,
    name: &str,
    part: &'static str,
    counts: &mut Counts,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let links = relations::of(archive, name).unwrap_or_default();
    let mut story = Story {
        parts: vec![part],
        number: None,
        counts,
        links: &links,
        texts: Texts::new(sink),
        mode: Mode::default(),
        deleted: Lines::default(),
    };
    let read = part::read(archive, name, &mut story);
    let rest = story.finish();
    match read? {
        None => Err(Failure::corrupt(format!("{name} is missing"))),
        Some(flow) => Ok(either(flow, rest)),
    }
}

/// What was counted so far, over all parts.
#[derive(Default)]
struct Counts {
    paragraphs: Vec<(&'static str, u32)>,
    /// The notes and comments in the order in which the text refers to them.
    references: Vec<(&'static str, String)>,
}

impl Counts {
    fn next(&mut self, part: &'static str) -> u32 {
        let known = self.paragraphs.iter().position(|(own, _)| *own == part);
        let at = known.unwrap_or_else(|| {
            self.paragraphs.push((part, 0));
            self.paragraphs.len() - 1
        });
        self.paragraphs[at].1 += 1;
        self.paragraphs[at].1
    }

    /// The number of a note or comment. One that nothing refers to comes after the others.
    fn number(&mut self, part: &'static str, id: &str) -> u32 {
        let own = |(kind, _): &&(&'static str, String)| *kind == part;
        let known = self.references.iter().filter(own).position(|(_, other)| other == id);
        let at = known.unwrap_or_else(|| {
            let after = self.references.iter().filter(own).count();
            self.references.push((part, id.to_owned()));
            after
        });
        u32::try_from(at + 1).unwrap_or(u32::MAX)
    }
}

/// What the elements around say about text.
#[derive(Default)]
struct Mode {
    /// Text of elements that hold some is at hand.
    text: bool,
    /// A field's instruction is.
    instruction: bool,
    /// Inside so many elements that stand for what was taken away.
    gone: u32,
    /// Inside so many that repeat in another form what was read.
    repeated: u32,
    /// Inside a list of tab stops.
    stops: bool,
    /// Text was taken away from the paragraph, and nothing kept came after it.
    cut: bool,
    /// What was taken away from the paragraph.
    removed: String,
    /// What the field's instruction says.
    field: String,
    /// Inside a note that Word draws as a line.
    separator: bool,
}

struct Story<'s> {
    /// The part at hand, text boxes in it on top.
    parts: Vec<&'static str>,
    /// Of the note or comment at hand.
    number: Option<u32>,
    counts: &'s mut Counts,
    links: &'s [Relation],
    texts: Texts<'s>,
    mode: Mode,
    deleted: Lines,
}

impl Story<'_> {
    fn place(&mut self) -> Place {
        let part = self.parts.last().copied().unwrap_or("body");
        let index = match self.number.filter(|_| part != "text_box") {
            Some(number) => number,
            None => self.counts.next(part),
        };
        Place::Paragraph { part, index }
    }

    fn begin_paragraph(&mut self) {
        let place = self.place();
        self.texts.begin_paragraph(place);
    }

    fn end_paragraph(&mut self) -> Flow {
        let flow = self.texts.end_paragraph();
        either(flow, self.hand_over_removed())
    }

    fn hand_over_removed(&mut self) -> Flow {
        let removed = std::mem::take(&mut self.mode.removed);
        self.mode.cut = false;
        if removed.trim().is_empty() {
            return Flow::Continue;
        }
        let place = Place::Paragraph { part: "deleted", index: self.counts.next("deleted") };
        self.deleted.add(place, &removed, self.texts.sink)
    }

    fn push(&mut self, text: &str) {
        if self.mode.repeated > 0 || self.mode.separator {
            return;
        }
        if self.mode.gone == 0 {
            self.mode.cut = false;
            return self.texts.push(text);
        }
        if !self.mode.cut && !self.mode.removed.is_empty() {
            self.mode.removed.push('\n');
        }
        self.mode.cut = true;
        self.mode.removed.push_str(text);
    }

    fn end_instruction(&mut self) {
        let field = std::mem::take(&mut self.mode.field);
        self.texts.link_in(&field);
    }

    fn begin_note(&mut self, tag: &Tag<'_>, part: &'static str) -> Flow {
        let kind = tag.attribute("type").unwrap_or_default();
        self.mode.separator = kind.to_ascii_lowercase().contains("separator");
        if self.mode.separator {
            // It stays without a number: its paragraphs are empty.
            self.number = Some(0);
            return Flow::Continue;
        }
        let id = tag.attribute("id").unwrap_or_default();
        let number = self.counts.number(part, &id);
        self.number = Some(number);
        let author = tag.attribute("author").unwrap_or_default();
        self.texts.add(Place::Paragraph { part, index: number }, &author)
    }

    fn refer(&mut self, tag: &Tag<'_>, part: &'static str) {
        if let Some(id) = tag.attribute("id") {
            self.counts.number(part, &id);
        }
    }

    /// What a picture shows, in words.
    fn describe(&mut self, tag: &Tag<'_>) -> Flow {
        let Some((place, _)) = self.texts.paragraph() else { return Flow::Continue };
        let (place, mut flow) = (place.clone(), Flow::Continue);
        for words in ["descr", "title"].into_iter().filter_map(|name| tag.attribute(name)) {
            flow = either(flow, self.texts.add(place.clone(), &words));
        }
        flow
    }

    fn finish(mut self) -> Flow {
        let flow = self.end_paragraph();
        let flow = either(flow, self.deleted.end(self.texts.sink));
        either(flow, self.texts.finish())
    }

    fn start_table_element(&mut self, tag: &Tag<'_>) -> Flow {
        let number = || tag.attribute("val").and_then(|n| n.parse().ok()).unwrap_or(0_usize);
        match tag.name() {
            "tbl" => return self.texts.begin_table(),
            "tr" => self.texts.begin_row(),
            "tc" => self.texts.begin_cell(0),
            "gridSpan" => self.texts.span(number().saturating_sub(1)),
            "gridBefore" => self.texts.skip_cells(number()),
            _ => {}
        }
        Flow::Continue
    }
}

impl Handler for Story<'_> {
    fn start(&mut self, tag: &Tag<'_>) -> Flow {
        match tag.name() {
            "p" if self.mode.repeated == 0 => self.begin_paragraph(),
            "t" | "delText" | "v" => self.mode.text = true,
            "instrText" => self.mode.instruction = true,
            "del" | "moveFrom" => self.mode.gone += 1,
            "Fallback" => self.mode.repeated += 1,
            "tabs" => self.mode.stops = true,
            "tab" | "ptab" if !self.mode.stops => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "fldChar" if tag.attribute("fldCharType").as_deref() != Some("begin") => {
                self.end_instruction();
            }
            "fldSimple" => self.mode.field = tag.attribute("instr").unwrap_or_default(),
            "hyperlink" => {
                let links = self.links;
                let id = tag.relation().unwrap_or_default();
                let target = relations::target(links, &id).unwrap_or_default();
                self.texts.link(target);
            }
            "footnoteReference" => self.refer(tag, "footnote"),
            "endnoteReference" => self.refer(tag, "endnote"),
            "commentReference" => self.refer(tag, "comment"),
            "footnote" => return self.begin_note(tag, "footnote"),
            "endnote" => return self.begin_note(tag, "endnote"),
            "comment" => return self.begin_note(tag, "comment"),
            "docPr" if self.mode.repeated == 0 => return self.describe(tag),
            "txbxContent" if self.mode.repeated == 0 => {
                self.parts.push("text_box");
                self.texts.begin_text();
            }
            "tbl" | "tr" | "tc" | "gridSpan" | "gridBefore" if self.mode.repeated == 0 => {
                return self.start_table_element(tag);
            }
            // A value of a chart.
            "pt" if self.parts == ["text_box"] => self.begin_paragraph(),
            _ => {}
        }
        Flow::Continue
    }

    fn end(&mut self, name: &str) -> Flow {
        match name {
            "t" | "delText" | "v" => self.mode.text = false,
            "instrText" => self.mode.instruction = false,
            "del" | "moveFrom" => self.mode.gone = self.mode.gone.saturating_sub(1),
            "Fallback" => self.mode.repeated = self.mode.repeated.saturating_sub(1),
            "tabs" => self.mode.stops = false,
            "fldSimple" => self.end_instruction(),
            "footnote" | "endnote" | "comment" => {
                self.number = None;
                self.mode.separator = false;
            }
            _ if self.mode.repeated > 0 => {}
            "p" => return self.end_paragraph(),
            "pt" if self.parts == ["text_box"] => return self.end_paragraph(),
            "txbxContent" if self.parts.len() > 1 => {
                self.parts.pop();
                return self.texts.end_text();
            }
            "tc" => self.texts.end_cell(),
            "tr" => return self.texts.end_row(),
            "tbl" => return self.texts.end_table(),
            _ => {}
        }
        Flow::Continue
    }

    fn text(&mut self, text: &str) -> Flow {
        if self.mode.instruction {
            self.mode.field.push_str(text);
        } else if self.mode.text {
            self.push(text);
        }
        Flow::Continue
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::testing_documents::{check, zipped};

    const RELATIONS: &str = r#"<Relationships><Relationship Id="h" Type="x/header" Target="header1.xml"/>
        <Relationship Id="f" Type="x/footnotes" Target="footnotes.xml"/>
        <Relationship Id="c" Type="x/comments" Target="/word/comments.xml"/>
        <Relationship Id="l" Type="x/hyperlink" Target="mailto:eva@example.se?subject=a" TargetMode="External"/>
        </Relationships>"#;

    fn document(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
        let body = format!("<w:document><w:body>{body}</w:body></w:document>");
        let mut members = vec![
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", body.as_str()),
            ("word/_rels/document.xml.rels", RELATIONS),
        ];
        members.extend(more);
        for name in ["word/header1.xml", "word/footnotes.xml", "word/comments.xml"] {
            if !members.iter().any(|(other, _)| *other == name) {
                members.push((name, "<none/>"));
            }
        }
        zipped(&members)
    }

    #[test]
    fn paragraphs_are_put_together() {
        let body = "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>850</w:t></w:r><w:r><w:t>709</w:t>\
            <w:noBreakHyphen/><w:t>98</w:t><w:softHyphen/></w:r><w:ins><w:r><w:t>05</w:t></w:r></w:ins>\
            <w:del><w:r><w:delText>bort</w:delText></w:r></w:del><w:r><w:tab/><w:t>a&amp;b</w:t></w:r></w:p>\
            <w:p/><w:p><w:hyperlink r:id=\"l\"><w:r><w:t>Eva</w:t></w:r></w:hyperlink></w:p>\
            <w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>ruta</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>\
            <mc:Fallback><w:p><w:r><w:t>igen</w:t></w:r></w:p></mc:Fallback><w:r><w:t>slut</w:t></w:r></w:p>";
        check(
            "a.docx",
            &document(body, &[]),
            &[
                "text_box 1: ruta",
                "deleted 1: bort",
                "body 1: 850709-9805\ta&b",
                "body 3: Eva eva@example.se",
                "body 4: slut",
            ],
        );
    }

    #[test]
    fn tables_have_rows() {
        let row = |cells: &[&str]| {
            let cell = |c: &&str| format!("<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>");
            format!("<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<String>())
        };
        let table =
            [row(&["Namn", "Kost", "Tel"]), row(&["Eva", "", "1"]), row(&["Bo", "fisk", "2"])];
        check(
            "a.docx",
            &document(
                &format!("<w:tbl>{}</w:tbl><w:p><w:r><w:t>x</w:t></w:r></w:p>", table.concat()),
                &[],
            ),
            &[
                "body 1: Namn",
                "body 2: Kost",
                "body 3: Tel",
                "body 4: Eva",
                "body 6: 1",
                "body 7: Bo",
                "body 8: fisk",
                "body 9: 2",
                "body 10: x",
            ],
        );
    }

    #[test]
    fn other_parts_are_read() {
        let note = |id: &str, kind: &str, text: &str| {
            format!(
                "<w:footnote w:id=\"{id}\" w:type=\"{kind}\"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>"
            )
        };
        let notes = format!(
            "<w:footnotes>{}{}{}</w:footnotes>",
            note("-1", "separator", "linje"),
            note("7", "", "sjua"),
            note("3", "", "trea")
        );
        let comments = "<w:comments><w:comment w:id=\"0\" w:author=\"Bo Ek\"><w:p><w:r><w:t>k</w:t></w:r></w:p>\
            </w:comment></w:comments>";
        let body = "<w:p><w:r><w:t>a</w:t><w:footnoteReference w:id=\"3\"/><w:footnoteReference w:id=\"7\"/></w:r></w:p>";
        let more = [
            ("word/header1.xml", "<w:hdr><w:p/><w:p><w:r><w:t>huvud</w:t></w:r></w:p></w:hdr>"),
            ("word/footnotes.xml", notes.as_str()),
            ("word/comments.xml", comments),
            (
                "_rels/.rels",
                "<Relationships><Relationship Type='x/core-properties' Target='docProps/core.xml'/></Relationships>",
            ),
            (
                "docProps/core.xml",
                "<c><dc:creator>Eva</dc:creator><cp:lastModifiedBy>Bo</cp:lastModifiedBy></c>",
            ),
            ("word/embeddings/a.bin", "inuti"),
        ];
        check(
            "a.docx",
            &document(body, &more),
            &[
                "body 1: a",
                "header 2: huvud",
                "footnote 2: sjua",
                "footnote 1: trea",
                "comment 1: Bo Ek",
                "comment 1: k",
                "author: Eva",
                "last_modified_by: Bo",
                "a.bin <- inuti",
            ],
        );
    }

    #[test]
    fn a_damaged_part_does_not_hide_the_others() {
        let more = [("word/header1.xml", "<w:hdr><w:p><w:r><w:t>huvud</w:t></w:r></w:p><")];
        check(
            "a.docx",
            &document("<w:p><w:r><w:t>a</w:t></w:r></w:p>", &more),
            &["body 1: a", "header 1: huvud", "! corrupt"],
        );
    }
}
