//! What is found and what is not, and that the vector code finds what the plain code finds.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::anchors::{all, starts_with};
use super::{Finder, Hit, HitKind, REACH, Wants, ways};

const TERMS: &str = include_str!("../../../rules/terms.txt");

static FINDER: LazyLock<Finder> = LazyLock::new(Finder::new);
static PORTABLE: LazyLock<Finder> = LazyLock::new(Finder::portable);
/// One finder for each way that this processor offers.
static FINDERS: LazyLock<Vec<Finder>> = LazyLock::new(|| ways().map(Finder::by).collect());

fn find(hay: &[u8], wants: Wants) -> Vec<Hit> {
    let mut hits = Vec::new();
    FINDER.find(hay, 0..hay.len(), wants, &mut hits);
    hits
}

/// Masks of one kind in `text`, the same alone and far inside a longer one.
fn places(text: &[u8], kind: HitKind, wants: Wants) -> Vec<usize> {
    let places = |hay: &[u8], from: usize| -> Vec<usize> {
        let hits = find(hay, wants).into_iter().filter(|hit| hit.kind == kind);
        let inside = hits.filter_map(|hit| (hit.at as usize).checked_sub(from));
        inside.filter(|&at| at <= text.len()).collect()
    };
    let alone = places(text, 0);
    let (before, after) = ("och ".repeat(40), " och".repeat(40));
    let inside = [before.as_bytes(), text, after.as_bytes()].concat();
    assert_eq!(places(&inside, before.len()), alone, "{}", String::from_utf8_lossy(text));
    alone
}

#[test]
fn ends_of_personal_numbers_are_found() {
    let check = |text: &str| {
        let found = places(text.as_bytes(), HitKind::Run, Wants::TEXT);
        assert_eq!(found.last(), Some(&text.len()), "{text}");
    };
    let forms = [
        "8507012386",
        "198507012386",
        "850701-2386",
        "19850701-2386",
        "850701+2386",
        "19850701 2386",
        "19850701–2386",
        "850701\u{a0}2386",
        "19850701 - 2386",
        "19850701 – 2386",
        "1985 07 01 2386",
        "19850701\u{2011}2386",
        "850701-\n2386",
        "850701-\r\n2386",
        "850701 -\n2386",
        "19850701\u{ad}2386",
        "991985123456",
    ];
    forms.into_iter().for_each(check);
}

#[test]
fn a_no_break_space_of_latin_1_parts_a_number() {
    assert_eq!(places(b"850701\xa02386", HitKind::Run, Wants::TEXT), [11]);
}

#[test]
fn other_digits_are_no_ends_of_personal_numbers() {
    let check = |text: &str| {
        let text = format!(" {text} ");
        assert!(places(text.as_bytes(), HitKind::Run, Wants::TEXT).is_empty(), "{text}");
    };
    let others = [
        "5566778899",
        "12345",
        "2025",
        "1 2025",
        "85070123861",
        "8507012386123",
        "850701:2386",
        "850701.2386",
        "850701,2386",
        "850701/2386",
        "850701=2386",
        "61088\n2025",
        "850701\"2386",
        "19850701\r\n2386",
        "850701x2386",
        "850701-23866",
        "ab-2386",
        "850701--------2386",
    ];
    others.into_iter().for_each(check);
}

#[test]
fn other_lengths_are_found_on_demand() {
    let check = |text: &str, wants: Wants| {
        assert_eq!(places(text.as_bytes(), HitKind::Run, wants), [text.len()], "{text}");
        let narrow = Wants { runs: true, ..Wants::default() };
        assert!(places(text.as_bytes(), HitKind::Run, narrow).is_empty(), "{text}");
    };
    let only = Wants::default();
    check("5566778899", Wants { runs: true, any_ten: true, ..only });
    for text in ["1014444", "10014444", "101014444"] {
        check(text, Wants { nine: true, ..only });
    }
    for text in ["2386", "850701", "19850701"] {
        check(text, Wants { four: true, ..only });
    }
    for text in ["4111111111111", "4111111111111111", "4111111111111111111"] {
        check(text, Wants { long: true, ..only });
    }
}

#[test]
fn starts_of_phone_numbers_are_found() {
    let check = |text: &str| {
        let start = text.find('0').expect("a form with a zero");
        let found = places(text.as_bytes(), HitKind::Zero, Wants::TEXT);
        assert_eq!(found.first(), Some(&start), "{text}");
    };
    let forms = [
        "070-174 06 05",
        "0701740605",
        "(070) 174 06 05",
        "08-465 004 00",
        "0980-31 92 00",
        "070.174.06.05",
        "070/174 06 05",
        "070 - 174 06 05",
        "0046 70 174 06 05",
        "0046701740605",
        "070–174 06 05",
        "070\u{a0}174\u{a0}06\u{a0}05",
        "070\u{202f}174\u{202f}06\u{202f}05",
        "070\u{2009}174\u{2009}06\u{2009}05",
        "tel:0701740605",
        "(08)46500400",
        "08 – 465 004 00",
        "mobil-070 174 06 05",
    ];
    forms.into_iter().for_each(check);
}

#[test]
fn dates_times_and_amounts_are_no_phone_numbers() {
    let check = |text: &str| {
        assert!(places(text.as_bytes(), HitKind::Zero, Wants::TEXT).is_empty(), "{text}");
    };
    let others = [
        "2025-01-01T03:04:05.678Z",
        "2025-01-01 03:04:05.678",
        "10.0.239.155:443",
        "0.12345678",
        "00000000000",
        "00012345678",
        "kl. 05.30",
        "012345678901234",
        "a03 x",
        "worker-05] 123456789",
        "05=12345678 90",
    ];
    others.into_iter().for_each(check);
}

#[test]
fn plus_signs_before_digits_are_found() {
    let check = |text: &str, expected: &[usize]| {
        assert_eq!(places(text.as_bytes(), HitKind::Plus, Wants::TEXT), expected, "{text}");
    };
    check("+46 70", &[0]);
    check("+(46) 70", &[0]);
    check("+ 46 70", &[0]);
    check("+46+46", &[0, 3]);
    check("a + b, C++, +-4, +", &[]);
}

#[test]
fn at_signs_inside_addresses_are_found() {
    let check = |text: &str, expected: &[usize]| {
        assert_eq!(places(text.as_bytes(), HitKind::At, Wants::TEXT), expected, "{text}");
    };
    check("anna@example.se", &[4]);
    check("a@b c@d", &[1, 5]);
    check("\"a b\"@example.se", &[5]);
    check("åsa@örebro.example", &[4]);
    check("a@[192.0.2.1]", &[1]);
    check("@anna a @ b, a@@b, @@@@, a@ b, a@.b, <@x", &[]);
}

/// A text that the line of `rules/terms.txt` describes.
fn sample(term: &str) -> String {
    term.replace('_', ".").replace('?', "x")
}

/// Upper case of å, ä, ö and the like as well, but nothing that changes its length.
fn cases(text: &str) -> [String; 3] {
    let mut capital = text.chars();
    let first = capital.next().expect("terms are not empty");
    let capitalised = first.to_uppercase().collect::<String>() + capital.as_str();
    [text.to_string(), text.to_uppercase(), capitalised]
}

fn latin_1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect()
}

/// The forms of a term, in any case and encoding, in which no anchor is found.
fn missed(term: &str) -> Vec<String> {
    let forms = cases(&sample(term)).into_iter();
    let encoded =
        forms.flat_map(|form| [Some(form.clone().into_bytes()), latin_1(&form)]).flatten();
    encoded
        .filter(|form| places(form, HitKind::Term, Wants::TEXT).is_empty())
        .map(|form| String::from_utf8_lossy(&form).into_owned())
        .collect()
}

fn lines() -> impl Iterator<Item = &'static str> {
    TERMS.lines().filter(|line| !line.is_empty() && !line.starts_with("# ") && *line != "#")
}

#[test]
fn every_term_has_an_anchor() {
    let missed: Vec<String> = lines().flat_map(missed).collect();
    assert!(missed.is_empty(), "give src/detect/finder/anchors_table.rs an anchor for {missed:?}");
}

/// The terms of the performance corpora, but for those that say nothing alone.
#[test]
fn compounds_of_allergens_have_an_anchor() {
    let foods = "gluten laktos mjölk mjölkprotein komjölk ägg äggvita nöt jordnöt mandel hasselnöt \
        valnöt cashewnöt pistage pekannöt paranöt macadamianöt sesam soja fisk skaldjur räk kräft \
        krabb hummer mussel ostron blötdjur bläckfisk selleri senap lupin sulfit svaveldioxid vete \
        råg korn havre spelt dinkel majs fruktos histamin";
    let tails = "allergi allergiker allergisk intolerans intolerant fri fritt känslig överkänslig";
    let compounds = foods
        .split_whitespace()
        .flat_map(|food| tails.split_whitespace().map(move |tail| format!("{food}{tail}")));
    let others = "glutenintoleransen vegan veganskt vegetariskt laktovegetarian ovovegetarian \
        pescetarian pescatarian flexitarian fruktarian rawfood halalkött kosherkött köttfritt \
        sockerfritt specialkosten diabeteskost fodmap lowfodmap ketokost lchf anafylaktisk epipen \
        adrenalinpenna antihistamin jordnötter hasselnötter valnötter cashewnötter pekannötter \
        pistagenötter trädnötter sesamfrön senapsfrön solrosfrön vallmofrön kiwi koffeinfri njurkost \
        purinfattig fenylketonuri kaseinfri vassleprotein björkpollen gräspollen pku";
    let phrases = "tål inte,tål ej,äter inte,äter ej,inte äta,utan gluten,utan laktos,utan ägg,\
        ej fläsk,inget fläsk,inga nötter,spår av nötter,känslig mot,intolerant mot";
    let words = others.split_whitespace().chain(phrases.split(',')).map(str::to_string);
    let missed: Vec<String> = compounds.chain(words).flat_map(|term| missed(&term)).collect();
    assert!(missed.is_empty(), "no anchor for {missed:?}");
}

#[test]
fn white_space_of_any_kind_parts_the_words_of_a_term() {
    for text in ["ej\nfläsk", "tål\tinte", "inte\r\näta", "gluten\nfri", "kost:", "KOST", "pku)"]
    {
        assert!(!places(text.as_bytes(), HitKind::Term, Wants::TEXT).is_empty(), "{text}");
    }
}

#[test]
fn common_words_are_no_terms() {
    let text = "Kostnaden för stålet i målet var ett tal inte alla åt, sade Lars Hammar; vägg från \
        vägg, (b) och 40 % av A&B. Allt är friskt och klart.";
    assert_eq!(places(text.as_bytes(), HitKind::Term, Wants::TEXT), [] as [usize; 0]);
}

#[test]
fn anchors_have_four_to_eight_bytes() {
    assert!(all().all(|anchor| (4..=8).contains(&anchor.len())));
}

#[test]
fn nothing_is_found_unless_wanted() {
    let text = "8507012386 2386 0701740605 +46 70 a@b.se allergi 4111111111111111 850701";
    assert_eq!(find(text.as_bytes(), Wants::default()), []);
}

#[test]
fn an_empty_focus_finds_nothing() {
    let mut hits = Vec::new();
    FINDER.find(b"8507012386", 10..10, Wants::ALL, &mut hits);
    FINDER.find(b"", 0..0, Wants::ALL, &mut hits);
    assert_eq!(hits, []);
}

/// Pieces that numbers, addresses and terms are made of, so that random texts hold many near-misses.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"0",
        b"00",
        b"070",
        b"19",
        b"85",
        b"0709",
        b"2386",
        b"850701",
        b"12345678",
        b"1234567890",
        b" ",
        b"-",
        b"+",
        b".",
        b",",
        b":",
        b"/",
        b"(",
        b")",
        b"\n",
        b"\r\n",
        b"@",
        b"@@",
        b"[",
        b"\"",
        b"a",
        b"Z",
        b"_",
        b"\xa0",
        b"\xc2\xa0",
        b"\xe2\x80\x93",
        b"\xe2\x80\xaf",
        b"\xef\xbc\xa0",
        b"%40",
        b"&#64;",
        b"(at)",
        b"(a)",
        b"\xe4ter",
        b"\xc3\xa4ter",
        b"t\xc3\xa5l",
        b"t\xe5l",
        b"kost",
        b"lerg",
        b"LERG",
        b"glut",
        b"intol",
        b"pku",
        b"och",
        b"eller",
        b"Ek",
        b"Anna ",
        b" von",
        b" de",
        b"D'",
        b"\xd6",
        b"\xc3\x96",
        b"\xc5\x81",
        b"ngtdragenskifteshandl",
        b" | ",
        b"\t",
        b"1.2",
        b".3.",
        b"::",
        b"a:1",
        b"123 45",
        b"12345",
        b"AB12",
        b"ABC 12",
        b"nr: ",
    ];
    let piece = prop_oneof![
        6 => prop::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..4),
        1 => prop::collection::vec(b'0'..=b'9', 1..24),
    ];
    // Long ones have more blocks than are swept together, and more suspects than there is room for.
    let pieces = prop_oneof![
        9 => prop::collection::vec(piece.clone(), 0..80),
        1 => prop::collection::vec(piece, 1_500..4_000),
    ];
    pieces.prop_map(|pieces| pieces.concat())
}

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let ascii = prop::collection::vec(0x20u8..0x7F, 0..400);
    let digits = prop::collection::vec(prop::sample::select(b"0123456789 -+.:0".to_vec()), 0..400);
    let words = prop::collection::vec(
        prop::sample::select(b"aBcXe.,'- | \t\xc3\x85\xd6 12 ".to_vec()),
        0..400,
    );
    prop_oneof![
        4 => pieces(),
        1 => prop::collection::vec(any::<u8>(), 0..400),
        1 => ascii,
        1 => digits,
        1 => words,
        1 => any::<String>().prop_map(String::into_bytes),
    ]
}

fn wants() -> impl Strategy<Value = Wants> {
    any::<u16>().prop_map(|bits| {
        let bit = |number: u16| bits >> number & 1 == 1;
        Wants {
            runs: bit(0),
            any_ten: bit(1),
            nine: bit(2),
            four: bit(3),
            long: bit(4),
            zeros: bit(5),
            plus: bit(6),
            at: bit(7),
            terms: bit(8),
            capitals: bit(9),
            addresses: bit(10),
            postcodes: bit(11),
            codes: bit(12),
            giros: bit(13),
            clearings: bit(14),
            letters: bit(15),
        }
    })
}

/// Where to cut a text twice.
type Cuts = (prop::sample::Index, prop::sample::Index);

fn cuts() -> impl Strategy<Value = Cuts> {
    any::<Cuts>()
}

/// Two places in a text of `length` bytes, in order.
fn cut(length: usize, cuts: Cuts) -> std::ops::Range<usize> {
    let (a, b) = (cuts.0.index(length + 1), cuts.1.index(length + 1));
    a.min(b)..a.max(b)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn vector_and_plain_code_agree(text in texts(), wants in wants(), cuts in cuts()) {
        let focus = cut(text.len(), cuts);
        let mut plain = Vec::new();
        PORTABLE.find(&text, focus.clone(), wants, &mut plain);
        for finder in FINDERS.iter() {
            let mut fast = Vec::new();
            finder.find(&text, focus.clone(), wants, &mut fast);
            prop_assert_eq!(&fast, &plain, "{:?}", finder.way);
        }
    }

    #[test]
    fn places_and_signs_are_those_told_plainly(text in texts(), bytes: [u8; 2], any: [u8; 32]) {
        let (mut fast, mut plain) = (Vec::new(), Vec::new());
        FINDER.places(&text, [text.first().copied().unwrap_or(bytes[0]), bytes[1]], &mut fast);
        PORTABLE.places(&text, [text.first().copied().unwrap_or(bytes[0]), bytes[1]], &mut plain);
        prop_assert_eq!(fast, plain);
        let written = text.first_chunk().unwrap_or(&any);
        prop_assert_eq!(FINDER.signs([written, &any]), PORTABLE.signs([written, &any]));
    }

    #[test]
    fn hits_do_not_depend_on_where_a_text_is_cut(text in texts(), cuts in cuts()) {
        let focus = cut(text.len(), cuts);
        let mut pieces = Vec::new();
        for part in [0..focus.start, focus.clone(), focus.end..text.len()] {
            let from = part.start.saturating_sub(REACH);
            let to = (part.end + REACH).min(text.len());
            let mut hits = Vec::new();
            FINDER.find(&text[from..to], part.start - from..part.end - from, Wants::ALL, &mut hits);
            pieces.extend(hits.iter().map(|hit| Hit { at: hit.at + from as u32, ..*hit }));
        }
        prop_assert_eq!(pieces, find(&text, Wants::ALL));
    }

    #[test]
    fn hits_are_in_order_and_terms_are_anchors(text in texts()) {
        let hits = find(&text, Wants::ALL);
        prop_assert!(hits.is_sorted() && hits.windows(2).all(|pair| pair[0] != pair[1]));
        let found = hits.iter().filter(|hit| hit.kind == HitKind::Term).map(|hit| hit.at as usize);
        // The fold takes a control character for a sign; a disguised at sign begins with none.
        let begins = |at: usize| text[at] >= b' ' && all().any(|anchor| starts_with(&text[at..], anchor));
        let there = (0..text.len()).filter(|&at| begins(at));
        let found = found.filter(|&at| text[at] >= b' ');
        prop_assert_eq!(found.collect::<Vec<_>>(), there.collect::<Vec<_>>());
    }
}
