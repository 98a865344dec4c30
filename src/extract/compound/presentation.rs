//! Old presentations ([MS-PPT]): ppt, pps and pot of PowerPoint 97 to 2003.
//!
//! A file keeps what it was before: only what the last edit points to is read. Text stands with the
//! list of slides, for what an outline shows, and in the slides' shapes.

mod record;

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use flate2::read::ZlibDecoder;

use super::objects::Objects;
use super::properties;
use super::storage::Compound;
use crate::extract::bytes::{u32_at, utf16};
use crate::extract::document::Failure;
use crate::extract::office::texts::{Texts, either};
use crate::model::{Flow, Place, Reason, Sink};

use record::{Directory, Record};

/// Kinds of records ([MS-PPT] 2.13.24).
mod kind {
    pub(super) const SLIDE_LIST: u16 = 0x0FF0;
    pub(super) const SLIDE_PERSIST: u16 = 0x03F3;
    pub(super) const SLIDE_FACTS: u16 = 0x03EF;
    pub(super) const NOTES_FACTS: u16 = 0x03F1;
    pub(super) const TEXT_HEADER: u16 = 0x0F9F;
    pub(super) const TEXT_UNICODE: u16 = 0x0FA0;
    pub(super) const TEXT_BYTES: u16 = 0x0FA8;
    pub(super) const STRING: u16 = 0x0FBA;
    pub(super) const FOOTERS: u16 = 0x0FD9;
    pub(super) const COMMENT: u16 = 0x2EE0;
    pub(super) const LINK: u16 = 0x0FD7;
    pub(super) const LINK_NUMBER: u16 = 0x0FD3;
    pub(super) const LINKED: u16 = 0x0FF3;
    pub(super) const PLACEHOLDER: u16 = 0x0BC3;
    pub(super) const SHAPE: u16 = 0xF004;
    pub(super) const OBJECT: u16 = 0x1011;
}

/// Lists of the document's slides, by the instance of their record.
const SLIDES: u16 = 0;
const MASTERS: u16 = 1;
const NOTES: u16 = 2;

/// Reads a presentation.
pub(super) fn extract(mut compound: Compound<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let stream = compound.stream("PowerPoint Document")?.unwrap_or_default();
    let user = compound.stream("Current User")?.unwrap_or_default();
    let directory = u32_at(&user, 16).and_then(|edit| Directory::read(&stream, edit));
    let directory = directory.ok_or_else(|| Failure::corrupt("it does not say what is in it"))?;
    // The mark of the user's record says so as well.
    if directory.encrypted || u32_at(&user, 12) == Some(0xF3D1_C4DF) {
        let detail = "it is protected by a password".to_owned();
        return Err(Failure::Unreadable(Reason::Encrypted, detail));
    }
    let document = directory.object(&stream, directory.document);
    let document = document.ok_or_else(|| Failure::corrupt("it has no document"))?;
    let flow = Slides::new(&stream, &directory, &document, sink).tell();
    let mut objects = Objects::default();
    let flow =
        either(flow, embedded(&stream, &directory, compound.budget().memory, &mut objects, sink));
    drop(stream);
    if flow == Flow::Stop || properties::read(&mut compound, sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    let pictures = compound.stream("Pictures")?.unwrap_or_default();
    Ok(objects.pictures(&pictures, sink))
}

/// Hands on embedded documents.
fn embedded(
    stream: &[u8],
    directory: &Directory,
    memory: u64,
    objects: &mut Objects,
    sink: &mut dyn Sink,
) -> Flow {
    let records = directory.objects.values().filter_map(|&at| Record::at(stream, at as usize));
    for record in records.filter(|record| record.kind == kind::OBJECT) {
        let step = objects.step();
        let flow = match record.instance {
            0 => sink.nested(step, &mut Cursor::new(record.body)),
            // Behind the size that it has unpacked.
            _ => {
                let packed = record.body.get(4..).unwrap_or_default();
                sink.nested(step, &mut ZlibDecoder::new(packed).take(memory))
            }
        };
        if flow == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// A slide, a master or a page of notes in the document's lists.
struct Listed<'b> {
    number: u32,
    object: Option<Record<'b>>,
    /// Records of its text for the outline.
    outline: Vec<Record<'b>>,
}

struct Slides<'b, 's> {
    slides: Vec<Listed<'b>>,
    masters: Vec<Listed<'b>>,
    notes: Vec<Listed<'b>>,
    document: Record<'b>,
    links: BTreeMap<u32, String>,
    texts: Texts<'s>,
}

impl<'b, 's> Slides<'b, 's> {
    fn new(
        stream: &'b [u8],
        directory: &Directory,
        document: &Record<'b>,
        sink: &'s mut dyn Sink,
    ) -> Slides<'b, 's> {
        let list = |instance| listed(document, instance, stream, directory);
        Slides {
            slides: list(SLIDES),
            masters: list(MASTERS),
            notes: list(NOTES),
            document: *document,
            links: links(document),
            texts: Texts::new(sink),
        }
    }

    fn tell(mut self) -> Flow {
        let mut flow = Flow::Continue;
        let slides = std::mem::take(&mut self.slides);
        let notes = std::mem::take(&mut self.notes);
        let mut masters = std::mem::take(&mut self.masters);
        for (slide, own) in (1..).zip(&slides) {
            let body = Place::Slide { slide, part: "body" };
            flow = either(flow, self.page(own, &body, Shapes::All));
            let uses = |master: &Listed<'_>| own.facts().1 == Some(master.number);
            // What a master shows is told once, at the first slide that has it.
            if let Some(n) = masters.iter().position(uses) {
                let master = masters.remove(n);
                flow = either(flow, self.page(&master, &body, Shapes::WithoutPlaceholders));
            }
            if slide == 1 {
                flow = either(flow, self.footers(&body));
            }
            let of_slide = |notes: &&Listed<'_>| notes.slide() == Some(own.number);
            if let Some(notes) = notes.iter().find(of_slide) {
                let place = Place::Slide { slide, part: "notes" };
                flow = either(flow, self.page(notes, &place, Shapes::All));
            }
            flow = either(flow, self.comments(own, slide));
            flow = either(flow, self.texts.end_text());
            self.texts.begin_text();
            if flow == Flow::Stop {
                return flow;
            }
        }
        either(flow, self.texts.finish())
    }

    /// The text of a page: first what an outline shows, then that of its shapes.
    fn page(&mut self, listed: &Listed<'_>, place: &Place, shapes: Shapes) -> Flow {
        let mut text = PageText::default();
        listed.outline.iter().for_each(|record| text.add(record, &self.links));
        if let Some(object) = &listed.object {
            object.children().for_each(|record| {
                each_shown(&record, shapes, 0, &mut |record| {
                    text.add(record, &self.links);
                })
            });
        }
        self.add(place, &text.finish())
    }

    /// Lines at the head and the foot of all slides.
    fn footers(&mut self, place: &Place) -> Flow {
        let footers = self.document.children().filter(|record| record.kind == kind::FOOTERS);
        let strings = footers.flat_map(|record| record.children()).filter_map(|r| string(&r));
        let strings: Vec<String> = strings.collect();
        self.add(place, &strings)
    }

    fn comments(&mut self, listed: &Listed<'_>, slide: u32) -> Flow {
        let mut strings = Vec::new();
        if let Some(object) = &listed.object {
            object.each(&mut |record| {
                if record.kind == kind::COMMENT {
                    strings.extend(record.children().filter_map(|record| string(&record)));
                }
            });
        }
        self.add(&Place::Slide { slide, part: "comment" }, &strings)
    }

    fn add(&mut self, place: &Place, paragraphs: &[String]) -> Flow {
        let mut flow = Flow::Continue;
        for text in paragraphs.iter().filter(|text| !text.trim().is_empty()) {
            flow = either(flow, self.texts.add(place.clone(), text));
        }
        flow
    }
}

impl Listed<'_> {
    /// The kind of the record with the object's facts and the first numbers in it: of a slide its master, of
    /// notes their slide.
    fn facts(&self) -> (Option<u32>, Option<u32>) {
        let of = |kind: u16, at: usize| {
            let facts = self.object.as_ref()?.children().find(|record| record.kind == kind)?;
            u32_at(facts.body, at)
        };
        (of(kind::NOTES_FACTS, 0), of(kind::SLIDE_FACTS, 12))
    }

    /// The slide that notes belong to.
    fn slide(&self) -> Option<u32> {
        self.facts().0
    }
}

/// The objects of one of the document's lists.
fn listed<'b>(
    document: &Record<'b>,
    instance: u16,
    stream: &'b [u8],
    directory: &Directory,
) -> Vec<Listed<'b>> {
    let is_list = |r: &Record<'_>| r.kind == kind::SLIDE_LIST && r.instance == instance;
    let mut all: Vec<Listed<'b>> = Vec::new();
    for record in document.children().filter(is_list).flat_map(|list| list.children()) {
        if record.kind == kind::SLIDE_PERSIST {
            let word = |at| u32_at(record.body, at).unwrap_or(0);
            let object = directory.object(stream, word(0));
            all.push(Listed { number: word(12), object, outline: Vec::new() });
        } else if let Some(listed) = all.last_mut() {
            listed.outline.push(record);
        }
    }
    all
}

/// Targets of links, by their numbers.
fn links(document: &Record<'_>) -> BTreeMap<u32, String> {
    let mut links = BTreeMap::new();
    document.each(&mut |record| {
        if record.kind != kind::LINK {
            return;
        }
        let number = record.children().find(|record| record.kind == kind::LINK_NUMBER);
        let number = number.and_then(|record| u32_at(record.body, 0));
        let targets = record.children().filter_map(|record| string(&record));
        let target = targets.filter(|target| target.starts_with("mailto:")).last();
        if let Some((number, target)) = number.zip(target) {
            links.insert(number, target);
        }
    });
    links
}

/// A record's string.
fn string(record: &Record<'_>) -> Option<String> {
    (record.kind == kind::STRING).then(|| utf16(record.body))
}

/// Which shapes are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shapes {
    All,
    /// A placeholder of a master says what to write there.
    WithoutPlaceholders,
}

/// Tells of a record and those in it, comments and shapes that are not to be read left out.
fn each_shown<'b>(
    record: &Record<'b>,
    shapes: Shapes,
    depth: usize,
    tell: &mut dyn FnMut(&Record<'b>),
) {
    if record.kind == kind::COMMENT || depth > 64 {
        return;
    }
    if shapes == Shapes::WithoutPlaceholders && record.kind == kind::SHAPE {
        let mut placeholder = false;
        record.each(&mut |record| placeholder |= record.kind == kind::PLACEHOLDER);
        if placeholder {
            return;
        }
    }
    tell(record);
    record.children().for_each(|record| each_shown(&record, shapes, depth + 1, tell));
}

/// The paragraphs of a page.
#[derive(Default)]
struct PageText {
    paragraphs: Vec<String>,
    /// Where the text at hand begins, and the addresses behind its links.
    start: usize,
    addresses: Vec<String>,
}

impl PageText {
    fn add(&mut self, record: &Record<'_>, links: &BTreeMap<u32, String>) {
        match record.kind {
            kind::TEXT_HEADER => self.end(),
            kind::TEXT_UNICODE => self.text(&utf16(record.body)),
            kind::TEXT_BYTES => {
                self.text(&record.body.iter().map(|&byte| char::from(byte)).collect::<String>());
            }
            kind::LINKED => {
                let link = u32_at(record.body, 4).and_then(|number| links.get(&number));
                let address = link.and_then(|link| link.strip_prefix("mailto:"));
                let address = address.and_then(|address| address.split('?').next());
                self.addresses.extend(address.map(str::to_owned));
            }
            kind::FOOTERS => {
                self.paragraphs.extend(record.children().filter_map(|record| string(&record)));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.end();
        self.start = self.paragraphs.len();
        self.paragraphs.extend(text.split('\r').map(|line| line.replace('\u{b}', "\n")));
    }

    /// Addresses that the text does not show are told behind it.
    fn end(&mut self) {
        let shown = self.paragraphs.get(self.start..).unwrap_or_default().join("\n");
        for address in self.addresses.drain(..) {
            if !shown.to_ascii_lowercase().contains(&address.to_ascii_lowercase()) {
                self.paragraphs.push(address);
            }
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.end();
        self.paragraphs
    }
}
