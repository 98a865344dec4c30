//! XML: elements, attributes, comments and all else that holds text, each with its path.
//!
//! Well-formedness is not asked for: what is no markup is text, what is never closed ends with the
//! document. External entities are never fetched and a document's own are never expanded. Which
//! elements make a record is decided in `rows`, their paths are kept in `path`.
//!
//! The text is read as it is stored; `declared` tells which encoding a document says it has.

use std::io;
use std::ops::Range;

use super::TextStream;
use super::markup::{Decode, Run, Token, Tokens};
use super::output::{LONGEST_FIELD, Output};
use super::window::Window;
use crate::model::{Flow, Ruler, Sink};
use path::Path;
use rows::{Cuts, Rows};

mod path;
mod rows;

/// A record is handed over at an element's end when it has more bytes than this.
const LARGE: usize = 8 * 1024;

/// Is this XML, judged by its first bytes? Text that begins with a tag of no HTML document is, when
/// it has an end tag, too, or when the file's name says so.
#[must_use]
pub fn looks_like(head: &[u8], name: &str) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if text.starts_with(b"<?xml") {
        return true;
    }
    let Some(b'<') = text.first() else { return false };
    let declared =
        text.starts_with(b"<!DOCTYPE") || text.starts_with(b"<!--") || text[1..].starts_with(b"?");
    let named = text.get(1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    let closed = || {
        memchr::memmem::find(text, b"</").is_some() || memchr::memmem::find(text, b"/>").is_some()
    };
    (declared || named) && (has_xml_name(name) || closed())
}

fn has_xml_name(name: &str) -> bool {
    const ENDINGS: [&str; 12] =
        ["xml", "gpx", "svg", "kml", "xsd", "xsl", "xslt", "rss", "atom", "plist", "fodt", "fods"];
    let ending = name.rsplit('.').next().unwrap_or_default();
    ENDINGS.iter().any(|e| ending.eq_ignore_ascii_case(e))
}

/// Reads an XML document. Each row-like element is a record; its text and its attributes are fields,
/// labelled with their names and placed by their paths.
///
/// # Errors
/// When reading fails; what was read before is handed over.
pub fn extract(stream: &mut TextStream<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
    let ruler = stream.ruler();
    let mut document = Document {
        out: Output::new(ruler, sink),
        ruler,
        path: Path::default(),
        rows: Rows::default(),
    };
    let read = document.read(&mut Window::new(stream));
    document.out.push();
    read.map(|()| document.out.flow())
}

struct Document<'a> {
    out: Output<'a>,
    ruler: Ruler,
    path: Path,
    rows: Rows,
}

impl Document<'_> {
    fn read(&mut self, window: &mut Window<'_, '_>) -> io::Result<()> {
        let mut tokens = Tokens::default();
        while !self.out.stopped() {
            match tokens.next(window)? {
                Token::End => break,
                Token::Text(range) => self.text(window, range, Decode::References),
                Token::Open { name, empty } => {
                    self.open(window, name.clone(), &tokens);
                    if empty {
                        self.close(window, name);
                    }
                }
                Token::Close(name) => self.close(window, name),
                Token::Run(run) => self.run(window, run)?,
            }
        }
        Ok(())
    }

    /// Text of the open element.
    fn text(&mut self, window: &mut Window<'_, '_>, mut range: Range<usize>, decode: Decode) {
        let (text, pen) = window.parts();
        if !self.out.is_open() {
            let Some(n) = text[range.clone()].iter().position(|b| !b.is_ascii_whitespace()) else {
                return;
            };
            range.start += n;
            let (label, path) = self.path.element();
            self.out.begin(label, path);
            self.rows.text();
        }
        self.out.add(text, range, pen, decode);
        if self.out.field_len() > LONGEST_FIELD {
            self.end_field();
        }
    }

    fn end_field(&mut self) {
        self.out.end();
        if self.out.is_large() {
            self.flush(Cuts::None);
        }
    }

    /// Hands over what was built.
    fn flush(&mut self, cuts: Cuts) {
        match cuts {
            Cuts::None => self.out.push(),
            Cuts::At => self.out.push_cut(self.rows.cuts()),
        }
        self.rows.flushed();
    }

    fn open(&mut self, window: &mut Window<'_, '_>, name: Range<usize>, tokens: &Tokens) {
        self.end_field();
        let (text, pen) = window.parts();
        if let Some((hash, nth)) = self.path.open(&self.ruler.decode(&text[name])) {
            self.rows.open(hash, nth, self.path.element().0);
        }
        for attribute in &tokens.attributes {
            if attribute.value.is_empty() {
                continue;
            }
            let name = self.ruler.decode(&text[attribute.name.clone()]);
            let (label, path) = self.path.attribute(&name);
            self.out.begin(label, path);
            self.out.add(text, attribute.value.clone(), pen, Decode::References);
            self.out.end();
            match name.starts_with("xmlns") {
                true => self.rows.aside(),
                false => self.rows.field(),
            }
        }
        if self.out.is_large() {
            self.flush(Cuts::None);
        }
    }

    fn close(&mut self, window: &Window<'_, '_>, name: Range<usize>) {
        self.end_field();
        let levels = self.path.close(&self.ruler.decode(&window.text()[name]));
        for _ in 0..levels {
            match self.rows.close() {
                Some(cuts) => self.flush(cuts),
                None if self.out.len() > LARGE || self.rows.is_full() => self.flush(Cuts::None),
                None => {}
            }
        }
    }

    /// What stands between markers: the content of a CDATA section is the element's, all else has no
    /// label.
    fn run(&mut self, window: &mut Window<'_, '_>, run: Run) -> io::Result<()> {
        if run == Run::Instruction && window.rest().starts_with(b"xml ") {
            return pass_over(window, run);
        }
        if run != Run::Cdata {
            self.end_field();
        }
        loop {
            let stretch = window.stretch(|text| run.find(text))?;
            match run {
                Run::Cdata => self.text(window, stretch.range, Decode::Raw),
                _ => self.unlabelled(window, stretch.range),
            }
            if stretch.last || self.out.stopped() {
                break;
            }
        }
        if run != Run::Cdata {
            self.end_field();
        }
        window.pass(run.marker(window.rest()));
        Ok(())
    }

    fn unlabelled(&mut self, window: &mut Window<'_, '_>, range: Range<usize>) {
        let (text, pen) = window.parts();
        if text[range.clone()].trim_ascii().is_empty() {
            return;
        }
        if !self.out.is_open() {
            self.out.begin("", "");
            self.rows.aside();
        }
        self.out.add(text, range, pen, Decode::Raw);
        if self.out.field_len() > LONGEST_FIELD {
            self.end_field();
        }
    }
}

/// The XML declaration is no content.
fn pass_over(window: &mut Window<'_, '_>, run: Run) -> io::Result<()> {
    while !window.stretch(|text| run.find(text))?.last {}
    window.pass(run.marker(window.rest()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extract::entities;
    use crate::extract::testing_markup::{
        self as testing, check_places, check_same_by_steps, read,
    };

    fn check(text: &str, want: &[&str]) {
        testing::check(extract, text, want);
    }

    #[test]
    fn rows_are_records() {
        check("<r><p><a>1</a><b>2</b></p><p><a>3</a><b>4</b></p></r>", &["a=1 | b=2", "a=3 | b=4"]);
        check("<r><p a='1' b='2'/><p a='3' b='4'/></r>", &["a=1 | b=2", "a=3 | b=4"]);
        check("<r><p>1</p></r>", &["p=1"]);
        // What comes before the rows is cut off when they turn out to be rows.
        check(
            "<r><d>x</d><p><a>1</a><b>2</b></p><p><a>3</a><b>4</b></p></r>",
            &["d=x", "a=1 | b=2", "a=3 | b=4"],
        );
        check(
            "<r><d>x</d><e>y</e><f>z</f><p><a>1</a><b>2</b></p><p><a>3</a><b>4</b></p></r>",
            &["d=x | e=y | f=z", "a=1 | b=2", "a=3 | b=4"],
        );
        // Rows deep down.
        check(
            "<gpx v='1'><trk><p x='1' y='2'><e>3</e></p><p x='4' y='5'><e>6</e></p></trk></gpx>",
            &["v=1", "x=1 | y=2 | e=3", "x=4 | y=5 | e=6"],
        );
    }

    #[test]
    fn groups_stay_with_their_row() {
        check(
            "<r><p><a>1</a><k><t>2</t><v>3</v></k><k><t>4</t><v>5</v></k></p>\
             <p><a>6</a><k><t>7</t><v>8</v></k></p></r>",
            &["a=1 | t=2 | v=3 | t=4 | v=5", "a=6 | t=7 | v=8"],
        );
        check(
            "<r><p><t k='m'>1</t><t k='h'>2</t><n>3</n></p><p><n>4</n></p></r>",
            &["k=m | t=1 | k=h | t=2 | n=3", "n=4"],
        );
        check("<a><n>1</n><p>2</p><k><e>3</e></k></a>", &["n=1 | p=2 | e=3"]);
        check(
            "<t><Row><Cell i='1'><Data t='s'>a</Data></Cell><Cell i='1'><Data t='s'>b</Data></Cell></Row></t>",
            &["i=1 | t=s | Data=a | i=1 | t=s | Data=b"],
        );
    }

    #[test]
    fn all_text_is_read() {
        check("<a>x<b>y</b> z</a>", &["a=x | b=y | a=z"]);
        check("<a>&amp;&lt;&#229;&unknown;</a>", &["a=&<å&unknown;"]);
        check("<a>x<![CDATA[<b>&amp;]]>y</a>", &["a=x<b>&amp;y"]);
        check("<?xml version='1.0'?><?x y='1'?><a>z</a><!-- w -->", &["x y='1' | a=z", " w "]);
        check("<x:a x:b='1'>2</x:a>", &["b=1 | a=2"]);
        check("<a>x < y</a>", &["a=x < y"]);
        check("no markup", &["no markup"]);
        check("<a><b>x", &["b=x"]);
        check("<a><b c='x", &["c=x"]);
        check("<a></c>x</a>y", &["a=x", "y"]);
    }

    #[test]
    fn definitions_are_never_expanded() {
        check(
            "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",
            &["DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\"> | a=&c;"],
        );
    }

    fn check_paths(text: &str, want: &[&str]) {
        let records = read(extract, text.as_bytes());
        let paths: Vec<_> = records
            .iter()
            .flatten()
            .map(|f| f.place.clone().and_then(|p| p.field).unwrap_or_default())
            .collect();
        assert_eq!(paths, want, "{text}");
    }

    #[test]
    fn fields_have_paths() {
        check_paths("<a><b>1</b><b c='2'>3</b></a>", &["/a/b", "/a/b[2]/@c", "/a/b[2]"]);
        check_paths("<x:a y:b='1'/><!--c-->", &["/x:a/@y:b", ""]);
    }

    #[test]
    fn places_count_stored_bytes() {
        let text = "\u{FEFF}<a>x</a><b>&#64;\u{E5}y</b>";
        let stored: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut stream = TextStream::new(Box::new(io::Cursor::new(stored))).unwrap();
        let mut collector = testing::Collector::default();
        assert_eq!(extract(&mut stream, &mut collector).unwrap(), Flow::Continue);
        let places: Vec<_> = collector.records.iter().flatten().flat_map(|f| &f.place).collect();
        let bytes: Vec<_> = places.iter().map(|p| (p.column, p.byte_start, p.byte_end)).collect();
        assert_eq!(bytes, [(4, 8, 10), (12, 24, 38)]);
    }

    fn unescaped(stored: &[u8]) -> String {
        let mut out = Vec::new();
        let mut rest = stored;
        while let Some(&first) = rest.first() {
            let n = match entities::reference(rest) {
                Some(r) => {
                    out.extend_from_slice(r.text.as_str().as_bytes());
                    r.len
                }
                None => {
                    out.push(first);
                    1
                }
            };
            rest = &rest[n..];
        }
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn long_things_are_read_in_stretches() {
        let words = "ett två &aring; fyra\n".repeat(40_000);
        let text = format!("<r><a>{words}</a><b c=\"{words}\"/></r>");
        check_places(extract, text.as_bytes(), unescaped);
        let total: usize =
            read(extract, text.as_bytes()).iter().flatten().map(|f| f.text.len()).sum();
        assert_eq!(total, 2 * unescaped(words.as_bytes()).len());
        check_same_by_steps(extract, &text.as_bytes()[..300_000]);
    }

    #[test]
    fn hostile_documents_end() {
        let nested = "<a>".repeat(100_000) + "x" + &"</a>".repeat(100_000);
        assert_eq!(read(extract, nested.as_bytes()).len(), 1);
        for text in [
            "<",
            "<a ",
            "<a b=\"",
            "<a b='",
            "<!--",
            "<![CDATA[",
            "<?",
            "<!DOCTYPE [",
            "</a>",
            "&",
            "<a b=",
        ] {
            read(extract, text.repeat(100_000).as_bytes());
        }
        read(extract, format!("<a b=\"{}\">", "x".repeat(3_000_000)).as_bytes());
        read(extract, "<a/>".repeat(300_000).as_bytes());
    }

    #[test]
    fn what_looks_like_xml() {
        for (text, name, want) in [
            ("<?xml version='1.0'?>", "a", true),
            ("<a><b/></a>", "a", true),
            ("<a>", "a.xml", true),
            ("<a>", "a", false),
            ("\u{FEFF} <!-- x --><a/>", "", true),
            ("<anna@example.com>", "a", false),
            ("a <b></b>", "a.xml", false),
        ] {
            assert_eq!(looks_like(text.as_bytes(), name), want, "{text}");
        }
    }

    fn documents() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            "<a>",
            "</a>",
            "<b c='1'>",
            "</b>",
            "<d/>",
            "x",
            "å",
            "&auml;",
            "&",
            "<",
            ">",
            "\"",
            "'",
            " ",
            "\n",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?",
            "?>",
            "<!D [",
            "]>",
            "<e f=\"",
            "&#229;",
            "y=",
        ]);
        prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_the_same_by_all_steps(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            check_same_by_steps(extract, &bytes);
        }

        #[test]
        fn any_document_is_read_the_same_by_all_steps(text in documents()) {
            check_same_by_steps(extract, text.as_bytes());
        }
    }
}
