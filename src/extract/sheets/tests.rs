//! Small workbooks in, cells with their places out.

use std::io::{Cursor, Read, Write};

use ::zip::write::{SimpleFileOptions, ZipWriter};

use crate::extract::document::Document;
use crate::extract::zip;
use crate::model::{Budget, Flow, Place, Problem, Record, Shape, Sink, Step};

/// What was told, a line each: `sheet!A1 (field) [part]: text`.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    records: usize,
}

impl Told {
    fn add(&mut self, place: &Place, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let shown = |open: &str, value: Option<&str>, close: &str| {
            value.map(|value| format!("{open}{value}{close}")).unwrap_or_default()
        };
        self.lines.push(match place {
            Place::Cell { sheet, cell, field, part } => format!(
                "{sheet}{}{}{}: {text}",
                shown("!", cell.as_deref(), ""),
                shown(" (", field.as_deref(), ")"),
                shown(" [", *part, "]"),
            ),
            Place::Metadata { field } => format!("{field}: {text}"),
            other => panic!("{other:?}"),
        });
    }
}

impl Sink for Told {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        self.records += 1;
        let text = record.text;
        assert_eq!(record.focus, 0..text.len());
        let (origin, table) = match &record.shape {
            Shape::Table(origin, table) => (origin, Some(*table)),
            Shape::Text(origin) => (origin, None),
            Shape::Fields(fields) => {
                for segment in fields.segments {
                    let range = segment.range.start as usize..segment.range.end as usize;
                    self.add(&fields.place(text, &range), &text[range]);
                }
                return Flow::Continue;
            }
        };
        let mut start = 0;
        for line in text.split(|b| *b == b'\n') {
            for (column, cell) in line.split(|b| *b == b'\t').enumerate() {
                let range = start..start + cell.len();
                start = range.end + 1;
                if !cell.is_empty() {
                    let field = table.and_then(|t| t.name_of(column)).map(str::to_owned);
                    self.add(&origin.place(text, &range, field), cell);
                }
            }
        }
        Flow::Continue
    }

    fn problem(&mut self, problem: Problem) -> Flow {
        self.lines.push(format!("{}: {}", problem.reason.id(), problem.detail));
        Flow::Continue
    }

    fn nested(&mut self, step: Step, content: &mut dyn Read) -> Flow {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).unwrap();
        let Step::Embedded { name: Some(name), .. } = step else { panic!("{step:?}") };
        self.lines.push(format!("{}: {} bytes", name.display(), bytes.len()));
        Flow::Continue
    }
}

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn told(bytes: Vec<u8>) -> Told {
    let mut told = Told::default();
    let document =
        Document::stored(b"", Vec::new(), Box::new(Cursor::new(bytes)), Budget::default());
    assert_eq!(zip::extract(document, &mut told).unwrap(), Flow::Continue);
    told
}

/// A workbook of one sheet `S`, with other parts.
fn workbook(sheet: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let relation = |id, kind, target| {
        format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"/>")
    };
    let relations = [
        relation("r1", "worksheet", "worksheets/sheet1.xml"),
        relation("r2", "sharedStrings", "sharedStrings.xml"),
        relation("r3", "styles", "/xl/styles.xml"),
    ];
    let relations = format!("<Relationships>{}</Relationships>", relations.concat());
    let main = "<workbook><sheets><sheet name=\"S\" state=\"veryHidden\" r:id=\"r1\"/></sheets>\
                <definedNames><definedName name=\"N\">\"a@b.se\"</definedName></definedNames>\
                </workbook>";
    let sheet = format!("<worksheet>{sheet}</worksheet>");
    let mut parts = vec![
        ("xl/workbook.xml", main),
        ("xl/_rels/workbook.xml.rels", &relations),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    parts.extend(others);
    package(&parts)
}

fn check(sheet: &str, others: &[(&str, &str)], want: &[&str]) {
    let mut lines = told(workbook(sheet, others)).lines;
    lines.retain(|line| line != "S: S" && !line.contains("[defined_name]"));
    assert_eq!(lines, want, "{sheet}");
}

#[test]
fn cells_show_what_people_see() {
    let strings = "<sst><si><t>Namn</t></si><si><r><t>8507</t></r><r><t>09-9805</t></r>\
                   <rPh><t>yomi</t></rPh></si><si/><si><t>a &amp;_x000A_b</t></si></sst>";
    let styles = "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"000000-0000\"/>\
                  </numFmts><cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs><cellXfs>\
                  <xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>";
    let others = [("xl/sharedStrings.xml", strings), ("xl/styles.xml", styles)];
    let cell = |cell: &str, want: &[&str]| {
        let sheet = format!("<sheetData><row r=\"3\">{cell}</row></sheetData>");
        check(&sheet, &others, want);
    };
    cell("<c r=\"B3\" t=\"s\"><v>1</v></c>", &["S!B3: 850709-9805"]);
    cell("<c r=\"B3\" t=\"s\"><v>2</v></c><c r=\"C3\" t=\"s\"><v>9</v></c>", &[]);
    cell("<c t=\"s\"><v>3</v></c>", &["S!A3: a & b"]);
    cell("<c/><c t=\"inlineStr\"><is><t>in</t></is></c>", &["S!B3: in"]);
    cell("<c r=\"A3\" t=\"str\"><f>A1&amp;B1</f><v>f</v></c>", &["S!A3: f"]);
    cell("<c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c>", &[]);
    cell("<c><v>198507099805.0</v></c>", &["S!A3: 198507099805"]);
    cell("<c><v>8.50710E+9</v></c>", &["S!A3: 8507100000"]);
    cell("<c><v>974.3099999999999</v></c>", &["S!A3: 974.31"]);
    cell("<c s=\"1\"><v>31237</v></c>", &["S!A3: 1985-07-09"]);
    cell("<c s=\"2\"><v>107099805</v></c>", &["S!A3: 010709-9805"]);
    cell("<c t=\"d\"><v>1985-07-09</v></c>", &["S!A3: 1985-07-09"]);
}

/// A row of texts, from a column on.
fn row(n: u32, cells: &str) -> String {
    let cell = |text: &str| match text {
        "" => "<c/>".to_owned(),
        text => format!("<c t=\"str\"><v>{text}</v></c>"),
    };
    let cells: String = cells.split('|').map(cell).collect();
    format!("<row r=\"{n}\">{cells}</row>")
}

fn sheet_of(rows: &[(u32, &str)]) -> String {
    let rows: String = rows.iter().map(|(n, cells)| row(*n, cells)).collect();
    format!("<sheetData>{rows}</sheetData>")
}

#[test]
fn columns_have_their_names() {
    let rows = [
        (1, "Deltagare"),
        (3, "Barn||Kontakt"),
        (4, "Namn|Pnr|Mobil"),
        (5, "Bo|19900101-2385|070-174 06 05"),
        (7, "Frågor till Bo Ek"),
        (9, "Eva||x"),
    ];
    check(
        &sheet_of(&rows),
        &[],
        &[
            "S!A1: Deltagare",
            "S!A3: Barn",
            "S!C3: Kontakt",
            "S!A4 (Namn): Namn",
            "S!B4 (Pnr): Pnr",
            "S!C4 (Mobil): Mobil",
            "S!A5 (Namn): Bo",
            "S!B5 (Pnr): 19900101-2385",
            "S!C5 (Mobil): 070-174 06 05",
            "S!A7: Frågor till Bo Ek",
            "S!A9 (Namn): Eva",
            "S!C9 (Mobil): x",
        ],
    );
}

#[test]
fn far_cells_and_odd_orders_keep_their_places() {
    let cells = |cells: &[&str]| {
        let cell = |at: &&str| format!("<c r=\"{at}\" t=\"str\"><v>{at}</v></c>");
        let rows: Vec<String> = cells
            .iter()
            .map(|at| {
                let n = at.trim_start_matches(|c: char| c.is_ascii_alphabetic());
                format!("<row r=\"{n}\">{}</row>", cell(at))
            })
            .collect();
        let want: Vec<String> = cells.iter().map(|at| format!("S!{at}: {at}")).collect();
        let want: Vec<&str> = want.iter().map(String::as_str).collect();
        check(&format!("<sheetData>{}</sheetData>", rows.concat()), &[], &want);
    };
    cells(&["A1", "XFD1", "B2", "XFD3", "A4"]);
    cells(&["C9", "A9", "B1", "ZZ1", "ZZ2"]);
    cells(&["XFD1048576"]);
}

#[test]
fn long_sheets_come_in_many_records() {
    let rows: Vec<(u32, String)> =
        (2..9000).map(|n| (n, format!("Bo {n}|{n}@example.com"))).collect();
    let mut all = vec![(1, "Namn|Epost")];
    all.extend(rows.iter().map(|(n, cells)| (*n, cells.as_str())));
    let told = told(workbook(&sheet_of(&all), &[]));
    assert!(told.records > 3, "{}", told.records);
    for n in [2, 49, 50, 51, 52, 3000, 8999] {
        let want = format!("S!B{n} (Epost): {n}@example.com");
        assert!(told.lines.contains(&want), "{want}");
    }
}

#[test]
fn what_hangs_on_a_sheet_is_told() {
    let sheet = "<sheetData><row r=\"1\"><c t=\"str\"><v>Namn</v></c><c t=\"str\"><v>Epost</v></c></row>\
         <row><c t=\"str\"><v>Bo</v></c><c t=\"str\"><v>a@b.se</v></c></row></sheetData>\
         <dataValidations><dataValidation sqref=\"B2:B9\" prompt=\"Ring Bo\">\
         <formula1>\"x,y\"</formula1></dataValidation></dataValidations>\
         <hyperlinks><hyperlink ref=\"B2\" r:id=\"h1\"/><hyperlink ref=\"A2\" r:id=\"h2\" tooltip=\"tips\"/>\
         </hyperlinks><headerFooter><oddHeader>&amp;LHemligt&amp;P</oddHeader></headerFooter>";
    let relation = |id, kind, target, more| {
        format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"{more}/>")
    };
    let relations = [
        relation("c", "comments", "../comments1.xml", ""),
        relation("t", "threadedComment", "../threadedComments/t1.xml", ""),
        relation("d", "drawing", "../drawings/drawing1.xml", ""),
        relation("h1", "hyperlink", "mailto:a@b.se", " TargetMode=\"External\""),
        relation("h2", "hyperlink", "mailto:bo@b.se?subject=x", " TargetMode=\"External\""),
    ];
    let relations = format!("<Relationships>{}</Relationships>", relations.concat());
    let chart = relation("k", "chart", "../charts/chart1.xml", "");
    let chart = format!("<Relationships>{chart}</Relationships>");
    let others = [
        ("xl/worksheets/_rels/sheet1.xml.rels", relations.as_str()),
        (
            "xl/comments1.xml",
            "<comments><authors><author>Eva</author><author>tc={1}</author></authors><commentList>\
             <comment ref=\"A2\"><text><r><t>tål ej</t></r><r><t> ägg</t></r></text></comment>\
             <comment ref=\"B2\"><text><t>[Threaded comment] svar</t></text></comment></commentList></comments>",
        ),
        (
            "xl/threadedComments/t1.xml",
            "<ThreadedComments><threadedComment ref=\"B2\"><text>svar</text></threadedComment></ThreadedComments>",
        ),
        (
            "xl/drawings/drawing1.xml",
            "<wsDr><cNvPr id=\"1\" descr=\"bild\"/><p><r><t>ru</t></r><r><t>ta</t></r></p></wsDr>",
        ),
        ("xl/drawings/_rels/drawing1.xml.rels", chart.as_str()),
        ("xl/charts/chart1.xml", "<c><cat><pt idx=\"0\"><v>Bo Ek</v></pt></cat></c>"),
        ("docProps/core.xml", "<p><dc:creator>Eva Ek</dc:creator><dc:title/></p>"),
        (
            "docProps/custom.xml",
            "<p><property name=\"Ansvarig\"><vt:lpwstr>Bo</vt:lpwstr></property></p>",
        ),
        ("xl/embeddings/Brev.docx", "1234"),
        (
            "xl/pivotCache/pivotCacheDefinition1.xml",
            "<d><cacheField name=\"Ort\"><sharedItems><s v=\"Malmö\"/></sharedItems></cacheField></d>",
        ),
        (
            "xl/externalLinks/externalLink1.xml",
            "<e><sheetNames><sheetName val=\"Andra\"/></sheetNames><sheetDataSet><sheetData sheetId=\"0\">\
             <row><cell r=\"C4\"><v>ute</v></cell></row></sheetData></sheetDataSet></e>",
        ),
    ];
    check(
        sheet,
        &others,
        &[
            "author: Eva Ek",
            "Ansvarig: Bo",
            "S!A1 (Namn): Namn",
            "S!B1 (Epost): Epost",
            "S!A2 (Namn): Bo",
            "S!B2 (Epost): a@b.se",
            "S!B2 (Epost) [validation]: Ring Bo",
            "S!B2 (Epost) [validation]: x; y",
            "S!A2 (Namn): bo@b.se tips",
            "S [header]: Hemligt",
            "S [comment]: Eva",
            "S!A2 (Namn) [comment]: tål ej ägg",
            "S!B2 (Epost) [comment]: svar",
            "S [text_box]: bild",
            "S [text_box]: ruta",
            "S [chart]: Bo Ek",
            " (Ort) [pivot]: Malmö",
            "Andra!C4 [external_link]: ute",
            "Brev.docx: 4 bytes",
        ],
    );
    assert!(told(workbook(sheet, &[])).lines.contains(&" [defined_name]: N \"a@b.se\"".to_owned()));
}

#[test]
fn a_broken_part_does_not_hide_the_others() {
    let cells =
        "<sheetData><row><c t=\"str\"><v>a</v></c><c t=\"s\"><v>0</v></c></row></sheetData>";
    let lines =
        told(workbook(cells, &[("xl/sharedStrings.xml", "<sst><si><t>b</t></si><si")])).lines;
    assert!(lines.contains(&"S!B1: b".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("corrupt")), "{lines:?}");
    let lines = told(workbook("<sheetData><row><c t=\"str\"><v>a</v></c><c", &[])).lines;
    // The end tag of the sheet ends the tag that is cut off.
    assert!(lines.contains(&"S!A1: a".to_owned()), "{lines:?}");
    let other = package(&[("xl/workbook.xml", "<workbook/>"), ("xl/worksheets/sheet1.xml", cells)]);
    let lines = told(other).lines;
    assert!(lines.contains(&"sheet1.xml!A1: a".to_owned()), "{lines:?}");
}

fn open_document(content: &str) -> Vec<String> {
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    let meta = "<m><meta:initial-creator>Eva</meta:initial-creator><dc:creator>Bo</dc:creator></m>";
    let parts = [("mimetype", kind), ("content.xml", content), ("meta.xml", meta)];
    told(package(&parts)).lines
}

#[test]
fn open_documents_are_read() {
    let content = "<c><table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"2\">\
         <table:table-cell/></table:table-row><table:table-row>\
         <table:table-cell table:number-columns-repeated=\"2\"/>\
         <table:table-cell office:value-type=\"float\" office:value=\"8507099805\"><text:p>8,5E9</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"float\" office:value=\"107099805\"><text:p>0107099805</text:p></table:table-cell>\
         <table:table-cell><office:annotation><dc:creator>Eva</dc:creator><text:p>obs</text:p></office:annotation>\
         <text:p>a<text:s text:c=\"2\"/><text:span>b</text:span></text:p><text:p>c</text:p></table:table-cell></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell/></table:table-row></table:table></c>";
    let want = [
        "S: S",
        "S!C3: 8507099805",
        "S!D3: 0107099805",
        "S!E3: a  b c",
        "S!E3 [comment]: Eva",
        "S!E3 [comment]: obs",
        "author: Eva",
        "last_modified_by: Bo",
    ];
    assert_eq!(open_document(content), want);
}

#[test]
fn what_repeats_has_its_bounds() {
    let content = |rows: &str, columns: &str| {
        format!(
            "<c><table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"{rows}\">\
             <table:table-cell table:number-columns-repeated=\"{columns}\"><text:p>x</text:p>\
             </table:table-cell></table:table-row></table:table></c>"
        )
    };
    let lines = open_document(&content("2", "2"));
    assert_eq!(lines[1..5], ["S!A1: x", "S!B1: x", "S!A2: x", "S!B2: x"]);
    let lines = open_document(&content("999999999", "999999999"));
    assert!(lines.len() < 1_100_000, "{}", lines.len());
}
