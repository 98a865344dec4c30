//! PDF documents beside their pages: forms, notes, bookmarks, properties, files, hidden layers,
//! earlier revisions, passwords.

use serde_json::{Value, json};

use crate::pdf_files::{line, page, stream, updated};
use crate::run::{Tree, lines, of_type, text};

/// What `text` says of a document, but for its name.
fn told(document: &[u8]) -> Vec<Value> {
    let tree = Tree::new(&[("a.pdf", document)]);
    let out = tree.run(&["text", "share/a.pdf"]);
    lines(&out.stdout)
}

/// Asserts that a text is told once, as what and where.
fn check(document: &[u8], said: &str, at: &Value) {
    let told = told(document);
    let found: Vec<&Value> =
        told.iter().filter(|line| text(line, "/text").contains(said)).collect();
    assert_eq!(found.len(), 1, "{said}: {told:?}");
    let place = &found[0]["location"]["at"];
    for (key, want) in at.as_object().unwrap() {
        assert_eq!(&place[key], want, "{said}: {key}: {place}");
    }
}

#[test]
fn fields_are_told_by_their_names() {
    let form = "/AcroForm << /Fields [6 0 R 8 0 R] >>";
    let document = page(
        form,
        "/Annots [7 0 R]",
        line("Namn"),
        &[
            b"<< /FT /Tx /T (person) /V (19850820-2390) /Kids [7 0 R] >>".to_vec(),
            b"<< /Type /Annot /Subtype /Widget /T (nummer) /TU (Personnummer) /Parent 6 0 R \
              /Rect [100 700 300 720] >>"
                .to_vec(),
            b"<< /FT /Tx /T (gammal) /V <FEFF00C50073006100200041006C006D> >>".to_vec(),
        ],
    );
    let rect = json!([100.0, 80.0, 300.0, 100.0]);
    let widget = json!({"kind": "page", "page": 1, "part": "form_field", "field": "person.nummer",
        "rect": rect});
    check(&document, "19850820-2390", &widget);
    check(&document, "Åsa Alm", &json!({"part": "form_field", "field": "gammal"}));
}

#[test]
fn values_of_xfa_forms_are_told() {
    let xml = b"<xfa:datasets><xfa:data><form1><epost>eva@example.com</epost><namn>Eva Ek</namn>\
        </form1></xfa:data></xfa:datasets>";
    let document = page(
        "/AcroForm << /Fields [7 0 R] /XFA [(datasets) 6 0 R] >>",
        "",
        line("x"),
        &[stream("", xml), b"<< /FT /Tx /T (namn) /V (Eva Ek) >>".to_vec()],
    );
    check(&document, "eva@example.com", &json!({"part": "xfa", "field": "epost"}));
    // What a field says too is the field's.
    check(&document, "Eva Ek", &json!({"part": "form_field"}));
}

#[test]
fn notes_and_links_are_told() {
    let document = page(
        "",
        "/Annots [6 0 R 7 0 R 8 0 R]",
        line("skriv till kontakt@example.com"),
        &[
            b"<< /Subtype /Text /Contents (Ring Karl) /T (Eva Ek) /Rect [10 10 20 20] >>".to_vec(),
            b"<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (mailto:eva%40example.com?x) >> >>"
                .to_vec(),
            b"<< /Subtype /Link /Rect [0 0 9 9] /A << /URI (mailto:kontakt@example.com) >> >>".to_vec(),
        ],
    );
    check(&document, "Ring Karl\tEva Ek", &json!({"page": 1, "part": "annotation"}));
    check(&document, "eva@example.com", &json!({"part": "annotation"}));
    // The page shows this one.
    check(&document, "kontakt@example.com", &json!({"page": 1, "part": null}));
}

#[test]
fn bookmarks_are_told_with_their_pages() {
    let outline = |dest: &str| {
        page(
            "/Outlines 6 0 R /Dests << /kap [3 0 R /Fit] >>",
            "",
            line("x"),
            &[
                b"<< /First 7 0 R /Last 7 0 R >>".to_vec(),
                format!("<< /Title (Personakt Eva Ek) {dest} /Next 7 0 R >>").into_bytes(),
            ],
        )
    };
    for dest in ["/Dest [3 0 R /Fit]", "/Dest /kap", "/A << /S /GoTo /D [3 0 R /XYZ] >>", ""] {
        check(&outline(dest), "Personakt Eva Ek", &json!({"page": 1, "part": "outline"}));
    }
}

#[test]
fn properties_are_told_once() {
    let xmp =
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description pdf:Keywords='akt 7'>\
        <dc:creator><rdf:Seq><rdf:li>Eva Ek</rdf:li></rdf:Seq></dc:creator><xmp:CreatorTool>Skriv\
        </xmp:CreatorTool></rdf:Description></rdf:RDF></x:xmpmeta>";
    let empty = || b"null".to_vec();
    let document = page(
        "/Metadata 6 0 R",
        "",
        line("x"),
        &[
            stream("/Type /Metadata", xmp),
            empty(),
            empty(),
            b"<< /Author (Eva Ek) /Ansvarig (Karl Alm) /Producer (Skriv) >>".to_vec(),
        ],
    );
    check(&document, "Eva Ek", &json!({"kind": "metadata", "field": "author"}));
    check(&document, "Karl Alm", &json!({"kind": "metadata", "field": "ansvarig"}));
    check(&document, "akt 7", &json!({"kind": "metadata", "field": "keywords"}));
    assert!(!told(&document).iter().any(|line| text(line, "/text").contains("Skriv")));
}

#[test]
fn files_inside_are_read_like_any_other() {
    let document = page(
        "/Names << /EmbeddedFiles << /Kids [7 0 R] >> >> /AF [8 0 R]",
        "/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS 10 0 R >>]",
        line("x"),
        &[
            stream("/Type /EmbeddedFile", b"namn;epost\nEva;eva@example.com\n"),
            b"<< /Names [(a) 8 0 R] /Kids [7 0 R] >>".to_vec(),
            b"<< /F (a.csv) /UF <FEFF00E5002E006300730076> /EF << /F 6 0 R >> >>".to_vec(),
            b"<< /Author (x) >>".to_vec(),
            b"<< /F (b.txt) /EF << /F 11 0 R >> >>".to_vec(),
            stream("", b"karl@example.com"),
        ],
    );
    let told = told(&document);
    let inside = |said: &str| {
        let found: Vec<&Value> =
            told.iter().filter(|line| text(line, "/text").contains(said)).collect();
        assert_eq!(found.len(), 1, "{said}: {told:?}");
        found[0]["location"]["inside"].clone()
    };
    assert_eq!(inside("eva@example.com"), json!([{"kind": "embedded", "name": "å.csv"}]));
    assert_eq!(inside("karl@example.com"), json!([{"kind": "embedded", "name": "b.txt"}]));
}

#[test]
fn what_is_switched_off_is_told_as_hidden() {
    let content = "BT /F1 12 Tf 72 700 Td (synlig text) Tj ET /OC /P BDC BT /F1 12 Tf 72 600 Td \
        (dold eva@example.com) Tj ET EMC";
    let document = page(
        "/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >>",
        "",
        stream("", content.as_bytes()),
        &[b"<< /Type /OCG /Name (Lager) >>".to_vec()],
    );
    check(&document, "dold eva@example.com", &json!({"page": 1, "part": "hidden_layer"}));
    check(&document, "synlig text", &json!({"page": 1, "part": null}));
}

#[test]
fn what_earlier_revisions_showed_is_told_as_such() {
    let first = page("", "", line("Ring 19850820-2390 nu"), &[]);
    let second = updated(first, &[(4, line("Ring inte"))]);
    check(&second, "19850820-2390", &json!({"page": 1, "part": "revision"}));
    check(&second, "Ring inte", &json!({"page": 1, "part": null}));
    let third = updated(second, &[(4, line("Ring Eva"))]);
    check(&third, "Ring inte", &json!({"page": 1, "part": "revision"}));
    check(&third, "19850820-2390", &json!({"page": 1, "part": "revision"}));
}

#[test]
fn properties_without_an_object_of_their_own_are_told() {
    let document = page("", "", line("x"), &[]);
    let text = String::from_utf8(document).unwrap();
    let document = text.replace("/Info 9 0 R", "/Info << /Author (Eva Ek) >>").into_bytes();
    check(&document, "Eva Ek", &json!({"kind": "metadata", "field": "author"}));
}

#[test]
fn findings_have_the_places_their_texts_have() {
    let form = page(
        "/AcroForm << /Fields [6 0 R] >>",
        "/Annots [6 0 R]",
        line("mejl: karl@example.com"),
        &[b"<< /FT /Tx /T (epost) /V (eva@example.com) /Subtype /Widget /Rect [0 0 9 9] >>"
            .to_vec()],
    );
    let lines = Tree::new(&[("a.pdf", &form)]).scan(&["--values", "plain"]);
    let found: Vec<_> = of_type(&lines, "finding");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0]["location"]["at"]["part"], Value::Null);
    assert_eq!(found[1]["location"]["at"]["part"], "form_field");
    assert_eq!(found[1]["location"]["at"]["field"], "epost");
}
