//! Reads an XML part of a document as a stream of tags and text.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::extract::document::{Allowance, Bounded, Exhausted, Failure};
use crate::extract::zip::{self, Archive};
use crate::model::{Flow, Reason};

/// A tag or a stretch of text is no longer, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Is told what a part consists of. Names are without their prefix: every producer has its own.
pub(in crate::extract) trait Handler {
    /// An element begins.
    fn start(&mut self, tag: &Tag<'_>) -> Flow;

    /// An element ends.
    fn end(&mut self, name: &str) -> Flow;

    /// Text, references resolved. One text may come in pieces.
    fn text(&mut self, text: &str) -> Flow;
}

/// A start tag.
pub(in crate::extract) struct Tag<'a>(&'a BytesStart<'a>);

impl Tag<'_> {
    /// The element's name.
    pub(in crate::extract) fn name(&self) -> &str {
        local(self.0.name().into_inner())
    }

    /// The relationship that it names: `r:id`, not an `id` of its own.
    pub(in crate::extract) fn relation(&self) -> Option<String> {
        let mut all = self.0.attributes();
        let mut all = all.with_checks(false).flatten();
        let found = all.find(|attribute| {
            let key = attribute.key.into_inner();
            key.contains(':') && local(key) == "id"
        })?;
        Some(found.value.into_owned())
    }

    /// All attributes, but for declarations of name spaces.
    pub(in crate::extract) fn attributes(&self) -> Vec<(String, String)> {
        let mut all = self.0.attributes();
        let all = all.with_checks(false).flatten();
        let own = all.filter(|attribute| !attribute.key.into_inner().starts_with("xmlns"));
        own.map(|attribute| (local(attribute.key.into_inner()).to_owned(), resolved(&attribute)))
            .collect()
    }

    /// The value of an attribute.
    pub(in crate::extract) fn attribute(&self, name: &str) -> Option<String> {
        let mut all = self.0.attributes();
        let mut all = all.with_checks(false).flatten();
        let found = all.find(|attribute| local(attribute.key.into_inner()) == name)?;
        Some(resolved(&found))
    }
}

/// The value of an attribute, references resolved.
fn resolved(attribute: &Attribute<'_>) -> String {
    match attribute.normalized_value(XmlVersion::Implicit1_0) {
        Ok(value) => value.into_owned(),
        Err(_) => attribute.value.clone().into_owned(),
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Reads the part of that name, if there is one.
pub(in crate::extract) fn read(
    archive: &mut Archive<'_>,
    name: &str,
    handler: &mut dyn Handler,
) -> Result<Option<Flow>, Failure> {
    let Some(index) = archive.index_for_name(name) else { return Ok(None) };
    let budget = archive.budget();
    let member = archive.by_index(index).map_err(zip::failure)?;
    let allowance = Allowance::new(budget.unpacked(member.compressed_size()), budget.ratio);
    read_xml(Bounded::new(member, allowance), handler).map(Some)
}

/// Reads XML to its end, or as far as it is wanted.
pub(in crate::extract) fn read_xml(
    content: impl Read,
    handler: &mut dyn Handler,
) -> Result<Flow, Failure> {
    let inner = BufReader::new(content);
    let mut reader = Reader::from_reader(Gauge { inner, used: 0 });
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    config.check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().used = 0;
        let event = reader.read_event_into(&mut buffer).map_err(failure)?;
        let flow = match &event {
            Event::Start(start) => handler.start(&Tag(start)),
            Event::End(end) => handler.end(local(end.name().into_inner())),
            Event::Text(text) => handler.text(text),
            Event::CData(text) => handler.text(text),
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref() {
                    Ok(Some(c)) => String::from(c),
                    _ => named(reference).to_owned(),
                };
                handler.text(&text)
            }
            Event::Eof => return Ok(Flow::Continue),
            _ => Flow::Continue,
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
}

/// What a reference stands for. What a document defines itself is never expanded, so that no
/// definition can blow up.
fn named(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{A0}",
        _ => " ",
    }
}

fn failure(error: quick_xml::Error) -> Failure {
    match error {
        quick_xml::Error::Io(error) => Failure::Io(io::Error::new(error.kind(), forwarded(&error))),
        other => Failure::Unreadable(Reason::Corrupt, other.to_string()),
    }
}

/// An error that is shared, as one of one's own.
fn forwarded(error: &io::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Exhausted>()) {
        Some(limit) => Box::new(Exhausted(limit.0.clone())),
        None => error.to_string().into(),
    }
}

/// Input that gives up where one event takes too much memory.
struct Gauge<R> {
    inner: R,
    used: usize,
}

impl<R: BufRead> Read for Gauge<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read(out)
    }
}

impl<R: BufRead> BufRead for Gauge<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used > LONGEST {
            let detail = "a tag or text of it is larger than 16 MiB".to_owned();
            return Err(io::Error::other(Exhausted(detail)));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.used = self.used.saturating_add(n);
        self.inner.consume(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Told(String);

    impl Handler for Told {
        fn start(&mut self, tag: &Tag<'_>) -> Flow {
            self.0 += &format!("<{} {:?}>", tag.name(), tag.attribute("a"));
            Flow::Continue
        }

        fn end(&mut self, name: &str) -> Flow {
            self.0 += &format!("</{name}>");
            Flow::Continue
        }

        fn text(&mut self, text: &str) -> Flow {
            self.0 += text;
            Flow::Continue
        }
    }

    fn check(xml: &str, want: &str) {
        let mut told = Told::default();
        let read = read_xml(xml.as_bytes(), &mut told);
        assert!(read.is_ok(), "{read:?}");
        assert_eq!(told.0, want, "{xml}");
    }

    #[test]
    fn tags_and_text_are_told() {
        check(
            "<w:p w:a='1&amp;2'>a&amp;b&#229;<x/></w:p>",
            "<p Some(\"1&2\")>a&bå<x None></x></p>",
        );
        check("<p><![CDATA[a<b]]>&own; & c</p>", "<p None>a<b  & c</p>");
        assert!(read_xml("<p><".as_bytes(), &mut Told::default()).is_err());
    }

    #[test]
    fn endless_text_is_given_up() {
        for most in [u64::MAX, 1000] {
            let endless = io::repeat(b'x').take(40 * 1024 * 1024);
            let endless = Bounded::new(endless, Allowance::new(most, 200));
            match read_xml(endless, &mut Told::default()) {
                Err(failure) => assert_eq!(failure.into_problem(false).reason, Reason::Limit),
                Ok(_) => panic!("read all of it"),
            }
        }
    }
}
