use proptest::prelude::*;

use super::super::testing::{Collected, collect, collect_in_drops, shape, stands_on_its_line};
use super::*;

fn check(yaml: &str, expected: &str) {
    let got = collect(extract, yaml.as_bytes());
    assert_eq!(shape(&got), expected, "{yaml}");
    assert_eq!(got, collect_in_drops(extract, yaml.as_bytes()), "{yaml}");
    resolves(yaml, &got);
}

/// What a text looks like without what line breaks and escapes do to it.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !"'\\".contains(*c)).collect()
}

fn resolves(stored: &str, records: &[Vec<Collected>]) {
    for c in records.iter().flatten().filter(|c| !c.text.is_empty()) {
        let raw = &stored[c.byte_start as usize..c.byte_end as usize];
        if !raw.contains('\\') {
            assert_eq!(letters(raw), letters(&c.text), "{c:?}");
        }
        stands_on_its_line(stored, c);
    }
}

#[test]
fn items_are_records() {
    check(
        "# Besök\nposter:\n  - namn: \"Åsa \\u00e5\"\n    tel: 070-1740605 # mobil\n  - namn: 'Bo''s'\n",
        "namn=Åsa å@/poster/0/namn tel=070-1740605@/poster/0/tel mobil | namn=Bo's@/poster/1/namn | Besök",
    );
    check("a:\n- b: 1\n  c: 2\n- b: 3\nd: 4\n", "b=1@/a/0/b c=2@/a/0/c | b=3@/a/1/b | d=4@/d");
    check("- Bo\n- Ida\n", "=Bo@/0 =Ida@/1");
    check("- - Bo\n  - 1\n- - Ida\n", "=Bo@/0/0 =1@/0/1 | =Ida@/1/0");
    check("-\n  namn: Bo\n-\n  namn: Ida", "namn=Bo@/0/namn | namn=Ida@/1/namn");
    check("a:\n  b:\n    c: x\n  d: y\ne: z", "c=x@/a/b/c d=y@/a/d e=z@/e");
    check("a: 1\n---\na: 2\n...\n", "a=1@/a | a=2@/a");
    check(
        "\"a/b\": 1\n'c d' : 2\nbo@example.com: 3",
        "a/b=1@/a~1b c d=2@/c d =bo@example.com@/bo@example.com bo@example.com=3@/bo@example.com",
    );
}

#[test]
fn scalars_go_on_over_lines() {
    check("a: ett\n  två\n\n  tre\nb: fyra", "a=ett två tre@/a b=fyra@/b");
    check("a: \"ett\n  två \\\n  tre\"\nb: 'x\n  y' # z", "a=ett två tre@/a b=x y@/b z");
    check(
        "a: |\n  rad # 1\n   rad 2\n\nb: >-\n  ett\n  två\n",
        "a=rad # 1\n rad 2@/a b=ett två@/b",
    );
    check("- |\n  x: y\n- z", "=x: y@/0 =z@/1");
    check("a:\n  \"bo\"\nb:\n  bo\n  ek", "a=bo@/a b=bo ek@/b");
    check("a: \"ej slut\nb: 1\n", "a=ej slut@/a b=1@/b");
    check("a: null\nb: ~\nc: true\nd: &x !str hej\ne: *x", "d=hej@/d e=*x@/e");
}

#[test]
fn flow_collections_are_read() {
    check("a: [Bo Ek, 070-1740605, \"x\"] # z", "a=Bo Ek@/a/0 a=070-1740605@/a/1 a=x@/a/2 z");
    check("a: {b: Bo Ek, 'c': [1, 2]}\nd: 3", "b=Bo Ek@/a/b c=1@/a/c/0 c=2@/a/c/1 d=3@/d");
    check("- {b: 1}\n- {b: http://example.com}", "b=1@/0/b | b=http://example.com@/1/b");
    check("a: [x,\n  y\n]\nb: 1", "a=x@/a/0 a=y@/a/1 b=1@/b");
    check("a: [ej slut\nb: 1", "a=ej slut@/a/0 b=1@/b");
    check("[{\"a\": 1}, {\"a\": 2}]", "a=1@/0/a | a=2@/1/a");
}

#[test]
fn what_is_no_yaml_is_text() {
    check("a: 1\nBara text: nej: \n  x\n", "a=1@/a Bara text=nej: x@/Bara text");
    check("a: \"x\" y\nb: 2", "a=x@/a y b=2@/b");
    check("a: {b]} rest\nc: 1", "b=@/a/b ]} rest c=1@/c".replace("b=@/a/b ", "=b@/a ").as_str());
    check("hej\nbo@example.com\n", "hej bo@example.com");
}

#[test]
fn yaml_is_told_from_what_looks_like_it() {
    let cases: [(&str, &str, bool); 9] = [
        ("# a\nposter:\n  - namn: \"x\"\n    tel: 1\n", "", true),
        ("---\na: 1\nb: 2\nc: 3\n", "", true),
        ("a: 1\n", "x.yml", true),
        ("a: 1\nb: 2\nc: 3\n", "", false),
        ("Från: bo@example.com\nTill: ida@example.com\nÄmne: x\n\nHej.\n", "", false),
        ("- ett\n- två\n- tre\n", "", false),
        ("Hej Bo!\n\nVi ses: kl 12.\n", "x.yaml", false),
        ("namn;tel\nBo;1\n", "", false),
        ("server:\n  port: 1\n  host: x\n", "", true),
    ];
    for (head, name, expected) in cases {
        assert_eq!(looks_like(head.as_bytes(), name), expected, "{head}");
    }
}

#[test]
fn hostile_texts_end() {
    for text in ["- ".repeat(100_000), "[".repeat(100_000), " ".repeat(500_000), "\"".repeat(9999)]
    {
        collect(extract, text.as_bytes());
    }
    let stairs: String = (0..1500).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    let got = collect(extract, (stairs + &" ".repeat(1500) + "bo@example.com").as_bytes());
    assert_eq!(got[0][0].text, "bo@example.com");
    let long = "ord ".repeat(100_000);
    let got = collect(extract, format!("a: {long}\nb: 1").as_bytes());
    let all: String = got.iter().flatten().filter(|c| c.field == "/a").map(|c| &*c.text).collect();
    assert_eq!(all.trim_end(), long.trim_end());
    assert_eq!(got.last().unwrap().last().unwrap().field, "/b");
}

/// Pieces of YAML in any order, and other text.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\n",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "a: ",
        "åb:",
        "namn: Åsa",
        "\"",
        "'",
        "''",
        "|",
        ">",
        "[",
        "]",
        "{",
        "}",
        ", ",
        " #",
        "# å",
        "---\n",
        "&x ",
        "!t ",
        "text åäö",
        "1234567: ",
        "\\\n",
        "\\u00e5",
        "null",
        "\r\n",
        "%Y",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_read_alike_whatever_is_in_sight(yaml in pieces()) {
        prop_assume!(yaml.contains('\n'));
        let got = collect(extract, yaml.as_bytes());
        prop_assert_eq!(&got, &collect_in_drops(extract, yaml.as_bytes()));
        resolves(&yaml, &got);
    }

    #[test]
    fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        collect(extract, &bytes);
    }
}
