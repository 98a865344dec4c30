//! HTML: blocks of text, rows of tables, and the attributes a reader may see or follow.
//!
//! No tree is built: what matters is where blocks begin and end, and any tag says that by its name
//! alone. Tags inside a block leave no trace, so that `0<b>70</b>` is read as one number; a line break
//! is a line feed that is stored nowhere. Tables and their headers are kept in `table`, names of
//! elements and attributes in `names`.

use std::io;
use std::ops::Range;

use super::TextStream;
use super::markup::{Attribute, Decode, Run, Token, Tokens};
use super::output::{LONGEST_FIELD, Output};
use super::window::{Pen, Window};
use crate::model::{Cursor, Flow, Ruler, Sink};
use names::{Element, Shown};
use table::Tables;

mod names;
mod table;

/// A record is handed over when its attributes have more bytes than this.
const LARGEST: usize = 64 * 1024;

/// What is read of a label that stands in the text.
const LONGEST_LABEL: usize = 100;

/// Is this HTML, judged by its first bytes? The name settles it for what begins with some other tag.
#[must_use]
pub fn looks_like(head: &[u8], name: &str) -> bool {
    let mut text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    while let Some(comment) = text.strip_prefix(b"<!--") {
        let Some(end) = memchr::memmem::find(comment, b"-->") else { break };
        text = comment[end + 3..].trim_ascii_start();
    }
    let near = text[..text.len().min(2048)].to_ascii_lowercase();
    if near.starts_with(b"<?xml") {
        return ["<html", "<!doctype html"].iter().any(|t| has(&near, t));
    }
    let Some(tag) = near.strip_prefix(b"<") else {
        return names::has_html_ending(name) && (has(&near, "</") || has(&near, "<br"));
    };
    let end = tag.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'!');
    let first = &tag[..end.unwrap_or(tag.len())];
    match first {
        b"!doctype" => tag[8..].trim_ascii_start().starts_with(b"html"),
        b"html" | b"head" | b"body" => true,
        _ => names::has_html_ending(name) || names::is_html_only(first) && has(&near, "</"),
    }
}

fn has(text: &[u8], what: &str) -> bool {
    memchr::memmem::find(text, what.as_bytes()).is_some()
}

/// Reads an HTML document. Each block and each row of a table is a record; cells are labelled with
/// their column's header, attributes with their names.
///
/// # Errors
/// When reading fails; what was read before is handed over.
pub fn extract(stream: &mut TextStream<'_>, sink: &mut dyn Sink) -> io::Result<Flow> {
    let ruler = stream.ruler();
    let mut page = Page {
        out: Output::new(ruler, sink),
        ruler,
        tables: Tables::default(),
        later: Vec::new(),
        later_text: Vec::new(),
        control: None,
        term: String::new(),
        in_term: false,
        in_definition: false,
        broken: false,
    };
    let read = page.read(&mut Window::new(stream));
    page.end_block();
    read.map(|()| page.out.flow())
}

/// What is read now and handed over after its block's text.
struct Later {
    label: String,
    range: Range<usize>,
    from: Cursor,
    decode: Decode,
}

struct Page<'a> {
    out: Output<'a>,
    ruler: Ruler,
    tables: Tables,
    later: Vec<Later>,
    later_text: Vec<u8>,
    /// The form control whose text is read.
    control: Option<&'static str>,
    /// The last `dt`.
    term: String,
    in_term: bool,
    in_definition: bool,
    /// A line break stands before the next text of the field.
    broken: bool,
}

impl Page<'_> {
    fn read(&mut self, window: &mut Window<'_, '_>) -> io::Result<()> {
        let mut tokens = Tokens::default();
        while !self.out.stopped() {
            match tokens.next(window)? {
                Token::End => break,
                Token::Text(range) => self.text(window, range),
                Token::Open { name, empty } => {
                    let element = Element::of(&window.text()[name]);
                    self.open(window, element, &tokens.attributes);
                    if !empty {
                        self.raw_content(window, element)?;
                    }
                }
                Token::Close(name) => self.close(Element::of(&window.text()[name])),
                Token::Run(run) => self.run(window, run)?,
            }
        }
        Ok(())
    }

    fn text(&mut self, window: &mut Window<'_, '_>, mut range: Range<usize>) {
        let (text, pen) = window.parts();
        if self.broken || !self.out.is_open() {
            let Some(n) = text[range.clone()].iter().position(|b| !b.is_ascii_whitespace()) else {
                return;
            };
            range.start += n;
            self.begin_text();
        }
        self.listen(&text[range.clone()]);
        self.out.add(text, range, pen, Decode::References);
        if self.out.field_len() > LONGEST_FIELD {
            self.end_block();
        }
    }

    /// Begins the field that the next text belongs to, or a new line in it.
    fn begin_text(&mut self) {
        if !self.out.is_open() {
            let label = match self.control {
                Some(control) => control,
                None if self.in_definition => &self.term,
                None => self.tables.label(),
            };
            self.out.begin(label, "");
        } else if self.out.field_len() > 0 {
            self.out.line_break();
        }
        self.broken = false;
    }

    /// Keeps text that labels what follows.
    fn listen(&mut self, text: &[u8]) {
        if self.in_term {
            hear(&mut self.term, text, &self.ruler);
        } else if let Some(label) = self.tables.listening() {
            hear(label, text, &self.ruler);
        }
    }

    fn open(&mut self, window: &mut Window<'_, '_>, element: Element, attributes: &[Attribute]) {
        match element {
            Element::Break => self.broken = true,
            Element::Block | Element::Script | Element::Style => self.border(),
            Element::Textarea => self.border(),
            Element::Control(control) => {
                self.end_field();
                self.control = Some(control);
            }
            Element::Term | Element::Definition => self.open_definition(element),
            Element::Table => {
                self.end_block();
                self.tables.open();
            }
            Element::Row => self.end_row(),
            Element::Cell | Element::HeaderCell => {
                self.out.end();
                if self.out.is_large() {
                    self.end_block();
                }
                let span = span_of(window.text(), attributes);
                self.tables.open_cell(element == Element::HeaderCell, span);
                self.out.begin(self.tables.label(), "");
                self.broken = false;
            }
            Element::Inline => {}
        }
        self.attributes(window, attributes);
    }

    fn close(&mut self, element: Element) {
        match element {
            Element::Break | Element::Inline => {}
            Element::Block | Element::Script | Element::Style | Element::Textarea => self.border(),
            Element::Control(_) => {
                self.end_field();
                self.control = None;
            }
            Element::Term | Element::Definition => {
                self.border();
                self.in_term = false;
                if element == Element::Definition {
                    self.end_field();
                    self.in_definition = false;
                }
            }
            Element::Table => {
                self.end_row();
                self.tables.close();
            }
            Element::Row => self.end_row(),
            Element::Cell | Element::HeaderCell => {
                self.out.end();
                self.tables.close_cell();
            }
        }
    }

    fn open_definition(&mut self, element: Element) {
        if element == Element::Term {
            self.end_field();
            self.term.clear();
        } else {
            self.out.end();
        }
        self.in_term = element == Element::Term;
        self.in_definition = element == Element::Definition;
    }

    /// A block begins or ends: in a cell the next text stands on a new line, elsewhere in a new record.
    fn border(&mut self) {
        if self.in_term || self.tables.in_cell() && !self.out.is_large() {
            self.broken = true;
        } else {
            self.end_block();
        }
    }

    /// What follows is a field of its own: in the same row, or in a record of its own.
    fn end_field(&mut self) {
        if self.tables.in_cell() && !self.out.is_large() {
            self.out.end();
            self.broken = false;
        } else {
            self.end_block();
        }
    }

    fn end_row(&mut self) {
        self.end_block();
        self.tables.end_row();
    }

    /// Hands over what was read.
    fn end_block(&mut self) {
        self.broken = false;
        for later in self.later.drain(..) {
            self.out.begin(&later.label, "");
            let text = &self.later_text[later.range];
            let mut pen = Pen::new(self.ruler, later.from);
            self.out.add(text, 0..text.len(), &mut pen, later.decode);
        }
        self.later_text.clear();
        self.out.push();
    }

    fn attributes(&mut self, window: &mut Window<'_, '_>, attributes: &[Attribute]) {
        let (text, pen) = window.parts();
        for attribute in attributes {
            if text[attribute.value.clone()].trim_ascii().is_empty() {
                continue;
            }
            match names::shown(text, attribute, attributes) {
                Shown::Not => {}
                Shown::As(label) => {
                    let label = self.ruler.decode(label).into_owned();
                    self.keep(text, attribute.value.clone(), pen, label, Decode::References);
                }
                Shown::Link => {
                    let (scheme, range) = link(text, attribute.value.clone());
                    self.keep(text, range, pen, scheme.to_owned(), Decode::Link);
                }
            }
        }
    }

    fn keep(
        &mut self,
        text: &[u8],
        range: Range<usize>,
        pen: &mut Pen,
        mut label: String,
        decode: Decode,
    ) {
        label.truncate(label.floor_char_boundary(LONGEST_LABEL));
        let from = pen.cursor(text, range.start);
        let start = self.later_text.len();
        self.later_text.extend_from_slice(&text[range]);
        self.later.push(Later { label, range: start..self.later_text.len(), from, decode });
        if self.later_text.len() + LONGEST_LABEL * self.later.len() > LARGEST {
            self.end_block();
        }
    }

    /// Scripts are text without tags; styles are not read.
    fn raw_content(&mut self, window: &mut Window<'_, '_>, element: Element) -> io::Result<()> {
        let end: &[u8] = match element {
            Element::Script => b"</script",
            Element::Style => b"</style",
            Element::Textarea => b"</textarea",
            _ => return Ok(()),
        };
        loop {
            let stretch = window.stretch(|text| find_tag(text, end))?;
            match element {
                Element::Script => self.unlabelled(window, stretch.range),
                Element::Textarea => self.text(window, stretch.range),
                _ => {}
            }
            if stretch.last || self.out.stopped() {
                return Ok(());
            }
        }
    }

    fn run(&mut self, window: &mut Window<'_, '_>, run: Run) -> io::Result<()> {
        // There is `<!-->` in HTML, and an instruction ends with its first `>`.
        let run = if run == Run::Instruction { Run::Declaration } else { run };
        loop {
            let stretch = window.stretch(|text| run.find(text))?;
            if run == Run::Comment || run == Run::Cdata {
                self.unlabelled(window, stretch.range);
            }
            if stretch.last || self.out.stopped() {
                break;
            }
        }
        window.pass(run.marker(window.rest()));
        Ok(())
    }

    fn unlabelled(&mut self, window: &mut Window<'_, '_>, range: Range<usize>) {
        let (text, pen) = window.parts();
        if !text[range.clone()].trim_ascii().is_empty() {
            self.keep(text, range, pen, String::new(), Decode::Raw);
        }
    }
}

/// Adds text to a label, its blanks as one space and its references decoded.
fn hear(label: &mut String, text: &[u8], ruler: &Ruler) {
    if label.len() >= LONGEST_LABEL {
        return;
    }
    let decoded = ruler.decode(&text[..text.len().min(4 * LONGEST_LABEL)]);
    let mut rest: &str = &decoded;
    while let Some(c) = rest.chars().next().filter(|_| label.len() < LONGEST_LABEL) {
        let reference = (c == '&').then(|| super::entities::reference(rest.as_bytes())).flatten();
        let (len, text) = match &reference {
            Some(r) => (r.len, r.text.as_str()),
            None => (c.len_utf8(), &rest[..c.len_utf8()]),
        };
        if !text.trim().is_empty() {
            label.push_str(text);
        } else if !label.is_empty() && !label.ends_with(' ') {
            label.push(' ');
        }
        rest = &rest[len..];
    }
}

/// A link without its scheme, where that says that it is an address or a number.
fn link(text: &[u8], value: Range<usize>) -> (&'static str, Range<usize>) {
    let stored = &text[value.clone()];
    for (scheme, label) in [("mailto:", "mailto"), ("tel:", "tel"), ("sms:", "tel")] {
        let head = stored.get(..scheme.len());
        if head.is_some_and(|h| h.eq_ignore_ascii_case(scheme.as_bytes())) {
            return (label, value.start + scheme.len()..value.end);
        }
    }
    ("href", value)
}

fn span_of(text: &[u8], attributes: &[Attribute]) -> usize {
    let span = attributes.iter().find(|a| text[a.name.clone()].eq_ignore_ascii_case(b"colspan"));
    let value = span.and_then(|a| std::str::from_utf8(&text[a.value.clone()]).ok());
    value.and_then(|v| v.trim().parse().ok()).unwrap_or(1)
}

/// Where an end tag stands, in any case.
fn find_tag(text: &[u8], tag: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(text, b"</")
        .find(|&at| text[at..].get(..tag.len()).is_some_and(|t| t.eq_ignore_ascii_case(tag)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extract::testing_markup::{self as testing, check_same_by_steps, read, show};

    fn check(text: &str, want: &[&str]) {
        testing::check(extract, text, want);
    }

    #[test]
    fn blocks_are_records() {
        check("<p>a<p>b</p>c<div>d</div>", &["a", "b", "c", "d"]);
        check("<h1>a</h1>\n<ul><li>b<li>c</ul>", &["a", "b", "c"]);
        check("<p>0<b>70</b>-<span>1</span>2<wbr>3</p>", &["070-123"]);
        check("<p>a<br>b<br/> <br>\n c</p>", &["a\nb\nc"]);
        check("<p> a \n b </p>", &["a \n b "]);
        check("<P>G&ouml;ran&nbsp;&#64;&#x40</P>", &["Göran\u{A0}@@"]);
        check("<title>a</title><style>b</style><body>c", &["a", "c"]);
        check("a < b <3 <anna@example.com>", &["a < b <3 <anna@example.com>"]);
        check("<p>07<!-- x -->0</p><p>1", &["070 |  x ", "1"]);
        check("<p>a<script>{\"b\": 1 < 2}</SCRIPT>c</p>", &["a", "{\"b\": 1 < 2}", "c"]);
    }

    #[test]
    fn cells_have_labels() {
        check(
            "<table><tr><th>A<th>B</tr><tr><td>1<td>2</tr><tr><td>3</td><td></td></tr></table>",
            &["A | B", "A=1 | B=2", "A=3 | B="],
        );
        check(
            "<table><tr><td>A</td><td>B&ouml;</td><td>C</td></tr>\n<tr><td>1</td><td>x<p>y</p>z</td></tr></table>d",
            &["A | Bö | C", "A=1 | Bö=x\ny\nz", "d"],
        );
        check(
            "<table><tr><th colspan=2>T</th></tr><tr><th>A<th colspan='2'>B<th>C<tr><td>1<td>2<td>3<td>4</table>",
            &["T", "A | B | C", "A=1 | B=2 | 3 | C=4"],
        );
        // Forms of two columns.
        check(
            "<table><tr><th>A:</th><td>1</td></tr><tr><th>B</th><td>2</td></table>",
            &["A: | A=1", "B | B=2"],
        );
        check("<table><tr><td>A:<td>x<tr><td>B:<td>y</table>", &["A: | A=x", "B: | B=y"]);
        check("<table><tr><td>A<td>1<tr><td>B<td>2</table>", &["A | 1", "B | B=2"]);
        // A table in a cell.
        check("<table><tr><td>1<table><tr><td>2</table>3</td><td>4</table>", &["1", "2", "3 | 4"]);
        check(
            "<dl><dt>A <b>B</b></dt><dd>1</dd><dd>2<dt>C<dd>3</dl>",
            &["A B | A B=1", "A B=2", "C | C=3"],
        );
        check("<td>x</td>y", &["x | y"]);
    }

    #[test]
    fn attributes_follow_their_block() {
        check("<p>a <a href='mailto:b%40c?x=%C3%A5'>d</a> e</p>", &["a d e | mailto=b@c?x=å"]);
        check("<a href=tel:070>x</a><img src=y alt='z'>", &["x | tel=070 | href=y | alt=z"]);
        check("<a data-cfemail='a1b2' title=\"\">x</a>", &["x | data-cfemail=a1b2"]);
        check("<meta name=author content='A B'><meta charset=utf-8>", &["author=A B"]);
        check(
            "<input name='epost' value='x'><input placeholder='y'>",
            &["epost=x | placeholder=y"],
        );
        check("<img src='data:xyz'><p class=x id=y>z", &["z"]);
    }

    #[test]
    fn choices_are_labelled_as_such() {
        check(
            "<label>K</label><select><option value='v'>V<option>L</select>",
            &["label=K", "option=V | option=v", "option=L"],
        );
        check("<p>a <input type=checkbox name=k value='v'> b", &["a \nb | option=v"]);
        check(
            "<table><tr><th>A<th>B<tr><td>1<td>2<select><option>V</select>3</table>",
            &["A | B", "A=1 | B=2 | option=V | B=3"],
        );
        check("<textarea name=t>a <b> c</textarea>d", &["a <b> c", "d"]);
    }

    #[test]
    fn places_are_exact() {
        let text = "<p>\u{E5}&ouml; <a href='mailto:x&#64;y'>0<b>7</b></a></p>";
        let records = read(extract, text.as_bytes());
        let places: Vec<_> = records[0]
            .iter()
            .map(|f| f.place.as_ref().map(|p| (p.column, p.byte_start, p.byte_end)))
            .collect();
        assert_eq!(show(&records), ["åö 07 | mailto=x@y"]);
        assert_eq!(places, [Some((4, 3, 42)), Some((28, 28, 35))]);
    }

    #[test]
    fn hostile_documents_end() {
        for text in [
            "<div>",
            "<table>",
            "<table><tr><td>",
            "<td>",
            "<p",
            "<!--",
            "<script>",
            "<a href='",
            "<dt>",
            "<br>",
            "&",
            "</table>",
            "<option>",
            "<a title=x>",
        ] {
            read(extract, text.repeat(100_000).as_bytes());
        }
        let row = "<table>".to_owned() + &"<td>x".repeat(100_000);
        assert!(read(extract, row.as_bytes()).iter().all(|record| record.len() < 20_000));
        let words = "ett tv\u{E5} tre ".repeat(100_000);
        for text in ["", "<td>", "<script>", "<textarea>", "<!--", "<dt>"]
            .map(|t| format!("<table>{t}{words}"))
        {
            let read: usize =
                read(extract, text.as_bytes()).iter().flatten().map(|f| f.text.len()).sum();
            assert!(read + 16 >= words.len(), "{read}");
        }
    }

    #[test]
    fn what_looks_like_html() {
        for (text, name, want) in [
            ("<!DOCTYPE html><p>", "a", true),
            ("\n<!-- x --><HTML>", "a", true),
            ("<?xml version='1.0'?><!DOCTYPE html PUBLIC", "a", true),
            ("<?xml version='1.0'?><a>", "a.html", false),
            ("<p>x</p>", "a", true),
            ("<x>y</x>", "a", false),
            ("<x>y</x>", "a.htm", true),
            ("Hej<br>", "a.html", true),
            ("Hej", "a.html", false),
        ] {
            assert_eq!(looks_like(text.as_bytes(), name), want, "{text}");
        }
    }

    fn documents() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            "<p>",
            "</p>",
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "<th colspan=2>",
            "</td>",
            "x",
            "å",
            "&auml;",
            "&",
            "<",
            ">",
            "\"",
            " ",
            "\n",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "<dt>",
            "<dd>",
            "<a href='mailto:x%40'>",
            "<option>",
            "</option>",
            "<label>",
            "<textarea>",
            "<br>",
            "<b>",
            "1",
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
