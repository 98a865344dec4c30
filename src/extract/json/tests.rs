use proptest::prelude::*;

use super::super::testing::{Collected, collect, collect_in_drops, shape, stands_on_its_line};
use super::*;

fn check(json: &str, expected: &str) {
    let got = collect(extract, json.as_bytes());
    assert_eq!(shape(&got), expected, "{json}");
    assert_eq!(got, collect_in_drops(extract, json.as_bytes()), "{json}");
    resolves(json, &got);
}

fn check_lines(json: &str, expected: &str) {
    let got = collect(extract_lines, json.as_bytes());
    assert_eq!(shape(&got), expected, "{json}");
    assert_eq!(got, collect_in_drops(extract_lines, json.as_bytes()), "{json}");
    resolves(json, &got);
}

/// Each field stands where it is said to stand, and line and column agree with the byte.
fn resolves(stored: &str, records: &[Vec<Collected>]) {
    let quoted =
        Quoted { quote: b'"', doubled: false, escapes: Some(Escapes::Json), line_end: None };
    for c in records.iter().flatten().filter(|c| !c.text.is_empty()) {
        let raw = &stored[c.byte_start as usize..c.byte_end as usize];
        let mut text = String::new();
        quoted.decode_to(raw, &mut text);
        assert!(text == c.text || raw == c.text, "{c:?} stands as {raw:?}");
        stands_on_its_line(stored, c);
    }
}

#[test]
fn objects_are_records() {
    check(r#"{"a": "x", "b": 12.5, "c": null, "d": true}"#, "a=x@/a b=12.5@/b");
    check(
        r#"[{"namn": "Åsa", "kontakt": {"epost": ["a@example.com", "b@example.com"]}, "n": 1}, {"namn": "Bo"}]"#,
        "namn=Åsa@/0/namn epost=a@example.com@/0/kontakt/epost/0 \
         epost=b@example.com@/0/kontakt/epost/1 n=1@/0/n | namn=Bo@/1/namn",
    );
    check(
        r#"{"v": "3", "kunder": [{"id": 7, "rader": [{"x": 1}, {"x": 2}], "namn": "Bo"}], "slut": 9}"#,
        "x=1@/kunder/0/rader/0/x | x=2@/kunder/0/rader/1/x | \
         id=7@/kunder/0/id namn=Bo@/kunder/0/namn | v=3@/v slut=9@/slut",
    );
    check(r#"[["Bo", 1], ["Ida", 2]]"#, "=Bo@/0/0 =1@/0/1 | =Ida@/1/0 =2@/1/1");
    check(r#"{"1001": {"n": "Bo"}, "1002": {"n": "Ida"}}"#, "n=Bo@/1001/n | n=Ida@/1002/n");
    check(r#"{"a~/b": {"c/": 1}}"#, "c/=1@/a~0~1b/c~1");
}

#[test]
fn keys_with_data_are_text() {
    check(
        r#"{"bo@example.com": 1}"#,
        "=bo@example.com@/bo@example.com bo@example.com=1@/bo@example.com",
    );
    check(r#"{"nr\u002D123456": []}"#, "=nr-123456@/nr-123456");
}

#[test]
fn escapes_are_decoded() {
    check(r#"{"a": "\u00e5\n\"\\\/\t"}"#, "a=å\n\"\\/\t@/a");
    check(r#"{"a": "\ud83d\ude00 \ud83d \ude00x"}"#, "a=😀 \u{fffd} \u{fffd}x@/a");
    check(r#"{"a": "c:\q \u12"}"#, r"a=c:\q \u12@/a");
    check(r#"{"n\u00e5": "\u00e5"}"#, "nå=å@/nå");
}

#[test]
fn what_is_nearly_json_is_read() {
    check(
        "{// bo@example.com\n a: 'x', /* b */ \"c\": [1,2,],}",
        "bo@example.com a=x@/a  b  c=1@/c/0 c=2@/c/1",
    );
    check("{\"a\": 1}\n{\"a\": 2} [3]", "a=1@/a | a=2@/a | =3@/0");
    check("{\"a\" \"b\"}", "=a@ =b@".replace("@", "").replace('=', "").as_str());
    check("{\"a\": [1, {\"b\": \"ej slut", "b=ej slut@/a/1/b | a=1@/a/0");
    check("{\"a\": 1} och sedan text\nbo@example.com", "a=1@/a | och sedan text\nbo@example.com");
    check("{\"a\": 1]\nrest", "a=1@/a | ]\nrest");
    check(
        "{\"a\": 199001012385123456789012345678901234567890}",
        "a=199001012385123456789012345678901234567890@/a",
    );
}

#[test]
fn lines_are_documents() {
    check_lines("{\"a\": 1}\n[{\"a\": 2}]\r\n\"x\"", "a=1@/a | a=2@/0/a | x");
    check_lines("{\"a\": \"ej slut\n{\"a\": 2}\n", "a=ej slut@/a | a=2@/a");
    check_lines(
        "{\"a\": 1}}\n{\"a\": 2}\nfel\n{\"a\": 3",
        "a=1@/a | }\n | a=2@/a | fel\n | a=3@/a",
    );
}

#[test]
fn json_is_told_from_what_begins_like_it() {
    let cases: [(&str, &str, bool, bool); 14] = [
        ("{\"a\": 1}", "", true, false),
        ("[{\"a\": 1},\n{\"a\": 2}]", "", true, false),
        ("{\"a\": 1}\n{\"a\": 2}\n", "", false, true),
        ("{\"a\": 1}\n", "x.jsonl", false, true),
        ("// hej\n{\"a\": tr", "", true, false),
        ("[1, 2, 3]", "", true, false),
        ("{}", "", true, false),
        ("[avsnitt]\na=1", "", false, false),
        ("[1] Fotnot", "", false, false),
        ("[2024-01-02 10:11:12] start", "", false, false),
        ("{\\rtf1 text}", "", false, false),
        ("{a: 1}", "", false, false),
        ("{a: 1}", "x.json", true, false),
        ("text", "x.json", false, false),
    ];
    for (head, name, document, lines) in cases {
        assert_eq!(looks_like(head.as_bytes(), name), document, "{head}");
        assert_eq!(looks_like_lines(head.as_bytes(), name), lines, "{head}");
    }
}

#[test]
fn deep_nesting_ends_in_text() {
    let deep = "[".repeat(100_000) + "123456";
    let got = collect(extract, deep.as_bytes());
    assert!(got.iter().flatten().last().unwrap().text.ends_with("123456"));
    let wide = "{\"a\":".repeat(9000) + "\"x\"";
    assert_eq!(collect(extract, wide.as_bytes())[0][0].text, "x");
}

#[test]
fn long_strings_are_split_between_words() {
    let long = "ord och åäö ".repeat(60_000);
    let json = format!("{{\"text\": \"{long}\", \"b\": 1}}");
    let got = collect(extract, json.as_bytes());
    let fields: Vec<_> = got.iter().flatten().collect();
    assert!(fields.len() > 3 && fields.iter().all(|c| c.text.len() <= 256 * 1024));
    let (last, parts) = fields.split_last().unwrap();
    assert_eq!(last.field, "/b");
    assert!(parts.iter().all(|c| c.field == "/text" && c.label == "text" && c.text.ends_with(' ')));
    assert_eq!(parts.iter().map(|c| c.text.as_str()).collect::<String>(), long);
    assert!(parts.windows(2).all(|p| p[0].byte_end == p[1].byte_start));
}

#[test]
fn all_text_of_a_long_word_is_there() {
    let long = "åb".repeat(300_000);
    let got = collect(extract, format!("[\"{long}").as_bytes());
    assert_eq!(got.iter().flatten().map(|c| c.text.as_str()).collect::<String>(), long);
    assert_eq!(got, collect_in_drops(extract, format!("[\"{long}").as_bytes()));
}

#[test]
fn wide_encodings_are_measured_as_stored() {
    let text = "\u{feff}{\"namn\": \"Åsa \\u00e5 😀\", \"b\": \"x\"}";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let got = collect(extract, &bytes);
    let units: Vec<u16> = bytes[got[0][0].byte_start as usize..got[0][0].byte_end as usize]
        .chunks(2)
        .map(|c| u16::from_le_bytes([c[0], c[1]]))
        .collect();
    assert_eq!(String::from_utf16(&units).unwrap(), "Åsa \\u00e5 😀");
    assert_eq!((got[0][0].text.as_str(), got[0][1].column), ("Åsa å 😀", 32));
}

/// Pieces of JSON in any order, and other text.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\"a\": ",
        "\"namn\": \"Åsa\"",
        "\\u00e5",
        "\\ud83d\\ude00",
        ",",
        ":",
        "\n",
        " ",
        "12",
        "true",
        "x",
        "//",
        "/*",
        "*/",
        "'",
        "#",
        "å",
        "\"1234567\":",
        "\\",
        "{\"a\": 1}\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_read_alike_whatever_is_in_sight(json in pieces()) {
        for extract in [extract, extract_lines] {
            let got = collect(extract, json.as_bytes());
            prop_assert_eq!(&got, &collect_in_drops(extract, json.as_bytes()));
            resolves(&json, &got);
        }
    }

    #[test]
    fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        collect(extract, &bytes);
        collect(extract_lines, &bytes);
    }
}
