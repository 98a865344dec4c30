//! Cases for personnummer and samordningsnummer. Stored numbers that pass are Skatteverket's test
//! numbers; all others are put together here, with their check digit reckoned.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::validate::test_identities::tests as lists;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-11-21")
}

/// Nine or eleven digits with the check digit behind them.
fn complete(payload: &str) -> String {
    let last_nine = &payload[payload.len() - 9..];
    format!("{payload}{}", luhn::check_digit(last_nine.as_bytes()))
}

/// The same with the next digit, a wrong one.
fn mistyped(payload: &str) -> String {
    let right = complete(payload);
    let wrong = (right.as_bytes()[payload.len()] - b'0' + 1) % 10;
    format!("{payload}{wrong}")
}

/// What a written form means, by its own separators: `Ok` or the reason's name.
fn outcome(text: &str, reference: Date) -> Result<Accepted, &'static str> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    check(&digits, text.contains('+'), reference).map_err(Rejected::id)
}

#[test]
fn dates_and_centuries() {
    for (payload, plus, reference, expected) in [
        // Ten digits: the latest century that does not lie ahead, to the day.
        ("261121111", false, "2026-11-21", Ok("2026")),
        ("261122111", false, "2026-11-21", Ok("1926")),
        ("261231111", false, "2026-12-31", Ok("2026")),
        ("900101111", false, "2026-11-21", Ok("1990")),
        ("991231111", false, "1999-12-31", Ok("1999")),
        ("000101111", false, "1999-12-31", Ok("1900")),
        // Plus: from 1 January of the year of the hundredth birthday.
        ("261224111", true, "2026-11-21", Ok("1926")),
        ("260101111", true, "2026-01-01", Ok("1926")),
        ("250101111", true, "2026-11-21", Ok("1925")),
        ("090527111", true, "2026-11-21", Ok("1909")),
        ("270101111", true, "2026-11-21", Err("too_old")),
        // Leap days, in the century they are in.
        ("000229111", false, "2026-11-21", Ok("2000")),
        ("000229111", true, "2026-11-21", Err("date")),
        ("010229111", false, "2026-11-21", Err("date")),
        ("19000229111", false, "2026-11-21", Err("date")),
        ("20240229111", false, "2026-11-21", Ok("2024")),
        ("19900230111", false, "2026-11-21", Err("date")),
        ("19900431111", false, "2026-11-21", Err("date")),
        ("19901301111", false, "2026-11-21", Err("date")),
        ("19900100111", false, "2026-11-21", Err("date")),
        ("19900001111", false, "2026-11-21", Err("date")),
        ("19900132111", false, "2026-11-21", Err("date")),
        ("19900159111", false, "2026-11-21", Err("date")),
        ("19900192111", false, "2026-11-21", Err("date")),
        // Ages: 120 years and 364 days is the end.
        ("19051122111", false, "2026-11-21", Ok("1905")),
        ("19051121111", false, "2026-11-21", Err("too_old")),
        ("18500101111", false, "2026-11-21", Err("too_old")),
        ("20261121111", false, "2026-11-21", Ok("2026")),
        ("20261122111", false, "2026-11-21", Err("future")),
        ("20990101111", false, "2026-11-21", Err("future")),
        // Centuries, organisations, serial numbers.
        ("17900101111", false, "2026-11-21", Err("century")),
        ("21000101111", false, "2026-11-21", Err("century")),
        ("16556016068", false, "2026-11-21", Err("organisation")),
        ("556016068", false, "2026-11-21", Err("organisation")),
        ("19902001111", false, "2026-11-21", Err("organisation")),
        ("900101000", false, "2026-11-21", Err("serial")),
        ("900101001", false, "2026-11-21", Ok("1990")),
        ("900101999", false, "2026-11-21", Ok("1990")),
    ] {
        let digits = complete(payload);
        let outcome = check(digits.as_bytes(), plus, day(reference)).map_err(Rejected::id);
        let year = outcome.as_ref().map(|accepted| &accepted.digits.as_str()[..4]);
        assert_eq!(year, expected.as_ref().map(|year| *year), "{payload} at {reference}");
    }
}

#[test]
fn samordningsnummer_may_have_unknown_parts() {
    for (payload, expected) in [
        ("19900161111", Some(false)),
        ("19900191111", Some(false)),
        ("19900461111", Some(false)),
        ("19900160111", Some(true)),
        ("19900060111", Some(true)),
        ("19900061111", Some(true)),
        ("19900091111", Some(true)),
        ("20261160111", Some(true)),
        ("20260060111", Some(true)),
        // 31 April and 30 February, which only published numbers have.
        ("19900491111", None),
        ("19900290111", None),
        ("20261260111", None),
        ("20261182111", None),
    ] {
        let outcome = check(complete(payload).as_bytes(), false, today());
        let unknown = outcome.ok().map(|accepted| {
            assert_eq!(accepted.kind, Kind::Samordningsnummer);
            assert!(!accepted.clock_like);
            accepted.unknown_date
        });
        assert_eq!(unknown, expected, "{payload}");
    }
}

#[test]
fn a_wrong_check_digit_keeps_what_is_known() {
    for payload in ["19900101980", "900101980", "19900161111"] {
        let outcome = check(mistyped(payload).as_bytes(), false, today());
        let Err(Rejected::CheckDigit(accepted)) = outcome else { panic!("{payload}: {outcome:?}") };
        assert!(!accepted.check_digit_ok && !accepted.test_identity);
        assert!(accepted.digits.as_str().ends_with(&mistyped(payload)));
        assert_eq!(accepted.century_given, payload.len() == 11);
    }
}

#[test]
fn luhn_over_twelve_digits_is_never_a_right_number() {
    for century in ["19", "20"] {
        let payload = format!("{century}100101111");
        let reference = format!("{payload}{}", luhn::check_digit(payload.as_bytes()));
        let outcome = check(reference.as_bytes(), false, today());
        let Err(Rejected::CheckDigit(accepted)) = outcome else { panic!("{outcome:?}") };
        assert!(accepted.luhn_over_all);
        let right = check(complete(&payload).as_bytes(), false, today()).unwrap();
        assert!(!right.luhn_over_all);
    }
}

#[test]
fn time_stamps_are_told() {
    for (stem, expected) in [
        ("19900101000", true),
        ("20231105235", true),
        ("231105142", true),
        ("20231105240", false),
        ("20231105146", false),
        ("19891231142", false),
        ("891231142", false),
    ] {
        // Serial number 000 is a time of day, but no serial number: then the hour does not count.
        let stem = if stem.ends_with("000") { "19900101001" } else { stem };
        let accepted = check(complete(stem).as_bytes(), false, today()).unwrap();
        assert_eq!(accepted.clock_like, expected, "{stem}");
    }
}

#[test]
fn only_digits_and_only_ten_or_twelve() {
    let number = complete("19900101980");
    assert!(check(number.as_bytes(), false, today()).is_ok());
    let values: Vec<u8> = number.bytes().map(|digit| digit - b'0').collect();
    assert_eq!(check(&values, false, today()), check(number.as_bytes(), false, today()));
    for text in
        ["", "1", "199001019", "19900101980", "1990010123855", "19900101-805", "1990010198OO"]
    {
        assert_eq!(check(text.as_bytes(), false, today()), Err(Rejected::Shape), "{text}");
    }
}

#[test]
fn every_century_that_ten_digits_can_mean() {
    for (payload, expected) in [
        ("900101111", vec!["1990"]),
        ("100101111", vec!["2010", "1910"]),
        ("261122111", vec!["1926"]),
        ("050101111", vec!["2005"]),
        ("051231111", vec!["2005", "1905"]),
        // Published for tests, and older than anybody.
        ("900101980", vec!["1990", "1890"]),
    ] {
        let digits = complete(payload);
        let found: Vec<String> = centuries(digits.as_bytes().try_into().unwrap(), today())
            .map(|accepted| accepted.digits.as_str()[..4].to_owned())
            .collect();
        assert_eq!(found, expected, "{payload}");
    }
}

#[test]
fn all_published_test_numbers_pass() {
    for (numbers, kind) in [
        (lists::personnummer(), Kind::Personnummer),
        (lists::samordningsnummer(), Kind::Samordningsnummer),
    ] {
        for number in numbers {
            // Neither age nor the future counts for them.
            for reference in [today(), day("1950-01-01"), day("2099-12-31")] {
                let accepted = check(number.as_bytes(), false, reference).unwrap();
                assert!(accepted.test_identity && accepted.check_digit_ok, "{number}");
                assert_eq!(accepted.kind, kind, "{number}");
                assert_eq!(accepted.digits.as_str(), number);
            }
        }
    }
}

#[test]
fn test_numbers_are_known_by_ten_digits_too() {
    for (text, expected) in [
        ("900101-2385", Ok(true)),
        ("990101+9811", Ok(true)),
        ("480491-2386", Ok(true)),
        ("340065-2388", Ok(true)),
        ("341260-2397", Ok(true)),
    ] {
        let outcome = outcome(text, today()).map(|accepted| accepted.test_identity);
        assert_eq!(outcome, expected, "{text}");
    }
}

#[test]
fn debug_shows_the_year_only() {
    let accepted = check(b"199001012385", false, today()).unwrap();
    assert_eq!(format!("{:?}", accepted.digits), "1990****-****");
}

/// The cases of a vector file.
fn cases(file: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(file).unwrap();
    file["cases"].as_array().unwrap().clone()
}

#[test]
fn vectors_of_personnummer_meta() {
    for file in [
        include_str!("../../../tests/it/vectors/personnummer-meta-list.json"),
        include_str!("../../../tests/it/vectors/personnummer-meta-structured.json"),
        include_str!("../../../tests/it/vectors/personnummer-meta-org.json"),
    ] {
        for case in cases(file) {
            let forms = case["forms"].as_array().cloned().unwrap_or(vec![case["text"].clone()]);
            for text in forms.iter().map(|form| form.as_str().unwrap()) {
                // There a space between the parts is a fault; here separators are not judged.
                if !text.contains(' ') {
                    assert_eq!(outcome(text, today()).is_ok(), case["valid"], "{text}");
                }
            }
        }
    }
}

#[test]
fn vectors_of_presidio() {
    for case in cases(include_str!("../../../tests/it/vectors/presidio-se.json")) {
        let text = case["text"].as_str().unwrap();
        // Letters among the digits are for the search in text to see.
        if case["kind"] == "personnummer" && !text.contains("09179809") && !text.contains("c17") {
            let expected = case["count"] == 1;
            assert_eq!(outcome(text, today()).is_ok(), expected, "{text}");
        }
    }
}

#[test]
fn vectors_of_python_stdnum() {
    for case in cases(include_str!("../../../tests/it/vectors/python-stdnum-se.json")) {
        if case["kind"] == "personnummer" {
            let text = case["text"].as_str().unwrap();
            assert_eq!(outcome(text, today()).is_ok(), case["valid"], "{text}");
        }
    }
}

#[test]
fn vectors_of_organisations() {
    for case in cases(include_str!("../../../tests/it/vectors/organisationsnummer-meta.json")) {
        let text = case["text"].as_str().unwrap();
        assert_eq!(outcome(text, today()), Err("organisation"), "{text}");
    }
}

#[test]
fn vectors_in_context() {
    for case in cases(include_str!("../../../tests/it/vectors/personnummer-contexts.json")) {
        let Some(canonical) = case["canonical"].as_str() else { continue };
        if !matches!(case["kind"].as_str(), Some("personnummer" | "samordningsnummer")) {
            continue;
        }
        let outcome = outcome(canonical, today());
        if case["expect"] == "test_identity" {
            let accepted = outcome.unwrap();
            assert!(accepted.test_identity, "{canonical}");
            assert_eq!(accepted.kind == Kind::Personnummer, case["kind"] == "personnummer");
        }
    }
}

proptest! {
    /// Every number that passes has a date that is in the calendar, not ahead, not too old, and
    /// reads the same from ten digits as long as it is under a hundred.
    #[test]
    fn what_passes_is_sound(year in 1800_u16..2100, month in 0_u8..14, day in 0_u8..99, serial in 0_u16..1000) {
        let number = complete(&format!("{year}{month:02}{day:02}{serial:03}"));
        if let Ok(accepted) = check(number.as_bytes(), false, today()) {
            prop_assert_eq!(accepted.digits.as_str(), &number);
            let calendar_day = if day >= 60 { day - 60 } else { day };
            let born = Date::new(year, month.max(1), calendar_day.max(1));
            prop_assert!(accepted.test_identity || born.is_some_and(|born| born <= today()));
            if let Some(born) = born && born > Date::new(1926, 11, 21).unwrap() && born <= today() {
                let short = check(&number.as_bytes()[2..], false, today()).unwrap();
                prop_assert_eq!(short.digits, accepted.digits);
            }
        }
    }

    #[test]
    fn luhn_over_all_is_what_it_says(number in "(19|20)[0-9]{2}0[1-9][0-2][1-9][0-9]{4}") {
        if let Err(Rejected::CheckDigit(accepted)) = check(number.as_bytes(), false, today()) {
            prop_assert_eq!(accepted.luhn_over_all, luhn::is_valid(number.as_bytes()));
        }
    }

    #[test]
    fn anything_but_digits_is_refused(bytes in proptest::collection::vec(any::<u8>(), 10..=12), reference in 1_u16..=9999) {
        let reference = Date::new(reference, 6, 15).unwrap();
        let digits = bytes.iter().all(|byte| byte.is_ascii_digit() || *byte <= 9);
        prop_assert!(digits || check(&bytes, true, reference).is_err());
        let _ = check(&bytes.iter().map(|byte| byte % 10).collect::<Vec<_>>(), true, reference);
    }

    #[test]
    fn any_ten_or_twelve_digits_are_judged(digits in proptest::collection::vec(b'0'..=b'9', 10..=12), plus: bool) {
        let _ = check(&digits, plus, today());
    }
}
