//! Pages made for a test, and what is told of them: values with their rectangles and columns.

use std::fmt::Write as _;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use super::{PageText, extract};
use crate::model::{Flow, Origin, Place, Problem, Record, Shape, Sink, Step, Table};

/// Text in Courier of 10 points, whose characters are 6 points wide, from the lower left.
fn at(x: i32, y: i32, text: &str) -> String {
    let escaped: String = text.chars().map(|c| format!("{:02X}", c as u32)).collect();
    format!("BT /F1 10 Tf 1 0 0 1 {x} {y} Tm <{escaped}> Tj ET\n")
}

/// Rows of a table, 14 points apart, from a height down. Cells hold their lines parted by `/`.
fn table(top: i32, columns: &[i32], rows: &[&[&str]]) -> String {
    let (mut out, mut y) = (String::new(), top);
    for row in rows {
        let lines = row.iter().map(|cell| cell.split('/').count()).max().unwrap_or(1) as i32;
        for (x, cell) in columns.iter().zip(*row) {
            for (n, line) in (0..).zip(cell.split('/')).filter(|(_, line)| !line.is_empty()) {
                out += &at(*x, y - 11 * n, line);
            }
        }
        y -= 11 * lines + 5;
    }
    out
}

/// A document of pages of 600 by 800 points: content and what their dictionaries say more.
fn pdf(pages: &[(&str, &str)]) -> Vec<u8> {
    let kids: String = (0..pages.len()).map(|n| format!("{} 0 R ", 10 + 2 * n)).collect();
    let mut objects = vec![
        (1, "<< /Type /Catalog /Pages 2 0 R >>".to_owned()),
        (2, format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len())),
        (
            3,
            "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"
                .into(),
        ),
        (
            4,
            stream(
                "/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 3 0 R >> >>",
                &at(2, 5, "eva@example.com"),
            ),
        ),
        (
            5,
            stream(
                "/Type /XObject /Subtype /Image /Width 32 /Height 32 /BitsPerComponent 1 /ColorSpace /DeviceGray",
                &"\0".repeat(128),
            ),
        ),
    ];
    for (n, (content, more)) in pages.iter().enumerate() {
        let number = 10 + 2 * n;
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R /Resources << /Font \
             << /F1 3 0 R >> /XObject << /I 5 0 R >> >> {more} >>",
            number + 1
        );
        objects.push((number, page));
        objects.push((number + 1, stream("", content)));
    }
    let mut out = String::from("%PDF-1.7\n");
    let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
    for (number, object) in &objects {
        let _ = write!(table, "{number} 1\n{:010} 00000 n \n", out.len());
        let _ = write!(out, "{number} 0 obj\n{object}\nendobj\n");
    }
    let start = out.len();
    let _ = write!(out, "{table}trailer << /Size 99 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    out.into_bytes()
}

fn stream(dictionary: &str, data: &str) -> String {
    format!("<< {dictionary} /Length {} >>\nstream\n{data}\nendstream", data.len())
}

/// A line or a cell of a table with a header: its text and place.
#[derive(Debug)]
struct Told {
    text: String,
    place: Place,
}

#[derive(Default)]
struct Listener {
    told: Vec<Told>,
    /// Records as they are, to look up values in.
    values: Vec<(String, Place)>,
    problems: Vec<String>,
    wanted: String,
}

impl Listener {
    fn cells(&mut self, record: &Record<'_>, origin: &Origin<'_>, table: Option<&Table>) {
        let mut from = 0;
        for line in record.text.split_inclusive(|b| *b == b'\n') {
            for (n, cell) in line.split(|b| b"\t\n".contains(b)).enumerate() {
                let range = from..from + cell.len();
                from = range.end + 1;
                if !cell.is_empty() {
                    let field = table.and_then(|table| table.name_of(n));
                    self.cell(record.text, origin, range, field);
                }
            }
            from = from.saturating_sub(1).max(1);
        }
    }

    fn cell(&mut self, text: &[u8], origin: &Origin<'_>, range: Range<usize>, field: Option<&str>) {
        let shown = String::from_utf8_lossy(&text[range.clone()]).into_owned();
        let field = field.map(str::to_owned);
        if let Some(at) = shown.find(&self.wanted).filter(|_| !self.wanted.is_empty()) {
            let value = range.start + at..range.start + at + self.wanted.len();
            let place = origin.place(text, &value, field.clone());
            self.values.push((self.wanted.clone(), place));
        }
        self.told.push(Told { text: shown, place: origin.place(text, &range, field) });
    }
}

impl Sink for Listener {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        match &record.shape {
            Shape::Text(origin) => self.cells(record, origin, None),
            Shape::Table(origin, table) => self.cells(record, origin, Some(table)),
            Shape::Fields(_) => panic!("{record:?}"),
        }
        Flow::Continue
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.problems.push(format!("{}: {}", problem.reason.id(), problem.detail));
        Flow::Continue
    }

    fn nested(&mut self, step: Step, _content: &mut dyn Read) -> Flow {
        panic!("{step:?}")
    }
}

fn listen(pages: &[(&str, &str)], wanted: &str) -> Listener {
    let mut listener = Listener { wanted: wanted.to_owned(), ..Listener::default() };
    let mut seen = PageText::default();
    let document = Arc::new(pdf(pages));
    assert!(matches!(extract(&document, "", &mut seen, &mut listener), Ok(Flow::Continue)));
    let _ = seen.tell_unread(&mut listener);
    listener
}

/// Lines and cells of a page.
fn check_texts(content: &str, want: &[&str]) {
    let told = listen(&[(content, "")], "").told;
    let texts: Vec<&str> = told.iter().map(|told| told.text.as_str()).collect();
    assert_eq!(texts, want, "{content}");
}

/// The place of a value, as JSON.
fn check_place(pages: &[(&str, &str)], value: &str, want: &str) {
    let found = listen(pages, value);
    let [(_, place)] = &found.values[..] else { panic!("{value}: {:?}", found.told) };
    assert_eq!(serde_json::to_string(place).unwrap(), want, "{value}");
}

#[test]
fn rectangles_lie_on_the_value() {
    let line = at(72, 700, "Anna 850820-2390 med flera");
    let check = |more: &str, rect: &str| {
        let want = format!(r#"{{"kind":"page","page":1,"rect":[{rect}]}}"#);
        check_place(&[(&line, more)], "850820-2390", &want);
    };
    check("", "102.0,92.0,168.0,102.0");
    check("/Rotate 90", "698.0,102.0,708.0,168.0");
    check("/Rotate 180", "432.0,698.0,498.0,708.0");
    check("/Rotate 270", "92.0,432.0,102.0,498.0");
    check("/CropBox [50 100 500 750]", "52.0,42.0,118.0,52.0");
}

#[test]
fn words_stand_where_their_glyphs_stand() {
    // In pieces, backwards, glyph by glyph.
    check_texts(&(at(114, 700, "2390") + &at(72, 700, "850820-")), &["850820-2390"]);
    let glyphs: String = (0..)
        .zip("070-1740605".chars())
        .map(|(n, c)| at(72 + 6 * n, 700, &c.to_string()))
        .collect();
    check_texts(&glyphs, &["070-1740605"]);
    // Drawn twice to look bold; filled, then outlined.
    check_texts(&(at(72, 700, "fet text") + &at(72, 700, "fet text")), &["fet text"]);
    check_texts("BT /F1 10 Tf 2 Tr 72 700 Td (kontur) Tj ET", &["kontur"]);
    // Nobody sees it: no ink, beside the page.
    check_texts("BT /F1 10 Tf 3 Tr 72 700 Td (osynlig) Tj ET", &["osynlig"]);
    check_texts(&at(-300, 900, "utanför"), &["utanför"]);
    // Letters set wide apart, and upwards.
    check_texts("BT /F1 10 Tf 4 Tc 72 700 Td (glesa ord) Tj ET", &["glesa ord"]);
    check_texts(
        "BT /F1 10 Tf 0 1 -1 0 72 100 Tm (uppåt) Tj ET".replace('å', "\\345").as_str(),
        &["uppåt"],
    );
    // An accent, and the letter under it.
    check_texts("BT /F1 10 Tf 72 700 Td (L) Tj [(\\250) 600 (a) (nk)] TJ ET", &["Länk"]);
}

#[test]
fn paragraphs_are_put_together() {
    let long = "En rad som är lång nog för att visa var texten tar slut till höger";
    let check = |lines: &[&str], want: &[&str]| {
        let content: String =
            (0..).zip(lines).map(|(n, line)| at(72, 700 - 12 * n, line)).collect();
        check_texts(&content, want);
    };
    let joined = format!("{long} person och numret är 850820-2390 i registret {long}");
    check(
        &[
            &format!("{long} per-")[..],
            "son och numret är 850820-",
            &format!("2390 i registret {long}")[..],
        ],
        &[&joined[..]],
    );
    // Lines of an address end where they end.
    check(&["Anna Ek", "Storgatan 1", "211 22 Malmö"], &["Anna Ek", "Storgatan 1", "211 22 Malmö"]);
    check(
        &[long, "Kort.", long, "Kort."],
        &[&format!("{long} Kort.")[..], &format!("{long} Kort.")[..]],
    );
}

#[test]
fn columns_of_text_are_read_one_after_the_other() {
    let column = |x: i32, word: &str| -> String {
        (0..6).map(|n| at(x, 700 - 12 * n, &format!("{word} ord som fyller spalten {n}"))).collect()
    };
    let told = listen(&[(&(column(50, "en") + &column(320, "två")), "")], "").told;
    let all: Vec<&str> = told.iter().map(|told| told.text.as_str()).collect();
    let all = all.join(" ");
    assert!(
        all.find("en ord som fyller spalten 5") < all.find("två ord som fyller spalten 0"),
        "{all}"
    );
}

const ROWS: [&[&str]; 4] = [
    &["Namn", "Personnr", "Kommentar"],
    &["Anna Ek", "850820-/2390", "har betalat/hela summan"],
    &["Bo Lind", "900101-2385", ""],
    &["Eva Ström", "390920-8419", "ringer"],
];

#[test]
fn cells_have_the_names_of_their_columns() {
    let place = |page: u32, field: &str, rect: &str| {
        format!(r#"{{"kind":"page","page":{page},"field":"{field}","rect":[{rect}]}}"#)
    };
    let title = at(72, 730, "Alla som har anmält sig till kursen i vår");
    let content = title + &table(700, &[72, 160, 260], &ROWS);
    let check = |value: &str, want: String| check_place(&[(&content, "")], value, &want);
    check("850820-2390", place(1, "Personnr", "160.0,108.0,202.0,129.0"));
    check("390920-8419", place(1, "Personnr", "160.0,151.0,226.0,161.0"));
    check("hela summan", place(1, "Kommentar", "260.0,119.0,326.0,129.0"));
    check("Bo Lind", place(1, "Namn", "72.0,135.0,114.0,145.0"));
    // It goes on on the next page, if only with one row.
    let next = table(750, &[72, 160, 260], &[&["Karl Berg", "640823-3234", "avbokad"]]);
    check_place(
        &[(&content, ""), (&next, "")],
        "640823-3234",
        &place(2, "Personnr", "160.0,42.0,226.0,52.0"),
    );
}

#[test]
fn tight_columns_and_cells_set_to_the_right_are_told_apart() {
    // Little more than a letter between the widest cells.
    let rows: Vec<[String; 3]> =
        std::iter::once(["Personnr", "Telefon", "Belopp"].map(str::to_owned))
            .chain((0..6).map(|n| {
                [format!("850820-980{n}"), format!("070-17406{n:02}"), "1".repeat(n % 4 + 1)]
            }))
            .collect();
    let content: String = (0..)
        .zip(&rows)
        .map(|(n, [a, b, c])| {
            let right = 300 - 6 * c.len() as i32;
            let y = 700 - 12 * n;
            at(72, y, a) + &at(146, y, b) + &at(right, y, c)
        })
        .collect();
    let told = listen(&[(&content, "")], "").told;
    for row in &rows[1..] {
        for (value, name) in row.iter().zip(["Personnr", "Telefon", "Belopp"]) {
            let found = told.iter().find(|told| told.text == *value);
            let Some(Told { place: Place::Page { field, .. }, .. }) = found else {
                panic!("{value}: {told:?}")
            };
            assert_eq!(field.as_deref(), Some(name), "{value}");
        }
    }
}

#[test]
fn what_fields_and_notes_show_is_told_as_such() {
    let widget = "/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (epost) /Rect [100 500 300 520] /AP \
                  << /N 4 0 R >> >> << /Type /Annot /Subtype /Stamp /Rect [100 300 300 320] /AP << /N 4 0 R >> >>]";
    let found = listen(&[(&at(100, 525, "E-post"), widget)], "eva@example.com").values;
    let places: Vec<String> =
        found.iter().map(|(_, place)| serde_json::to_string(place).unwrap()).collect();
    let want = [
        r#"{"kind":"page","page":1,"field":"epost","rect":[102.0,287.0,192.0,297.0],"part":"form_field"}"#,
        r#"{"kind":"page","page":1,"rect":[102.0,487.0,192.0,497.0],"part":"annotation"}"#,
    ];
    assert_eq!(places, want);
}

#[test]
fn pages_of_pictures_are_named() {
    let picture = "q 600 0 0 800 0 0 cm /I Do Q";
    let text = at(72, 700, "text");
    let pages = [(picture, ""), (picture, ""), (text.as_str(), ""), (picture, "")];
    let problems = listen(&pages, "").problems;
    assert_eq!(problems, ["unsupported: 3 pages (1-2, 4): only pictures: text in them needs OCR"]);
}
