//! What a policy file says, and what is said against it.

use super::*;

fn parse(text: &str) -> Result<Policy, Vec<String>> {
    Policy::parse("p.toml", text)
        .map_err(|complaints| complaints.iter().map(ToString::to_string).collect())
}

const WHOLE: &str = r#"
[organisation]
name = "Föreningen Exempel"

[[system]]
name = "Medlemmar"
source = "share"
paths = ["Medlemmar/**"]
purpose = "Medlemsregister"
legal_basis = "contract"
persons = ["medlemmar"]
categories = ["personnummer", "dietary", "kundnummer"]
recipients = "förbundet"
transfers = "none"

[[system.retention]]
period = "3 years"
from = "column"
column = "avslutad"

[[system.retention]]
period = "1 month"
from = "day"
day = 2026-07-31
categories = ["dietary"]

[[system.keep]]
period = "7 years"
from = "file_time"
end_of_year = true
reason = "bokföringslagen"

[system.columns]
pnr = { sv = "personnummer", en = "personal identity number" }

[[system]]
name = "Allt annat"
source = "*"
purpose = "?"

[[hold]]
name = "Tvist"
reason = "rättsligt anspråk"
until = "2026-12-31"
systems = ["Medlemmar"]

[[list]]
name = "Reklamspärr"
kind = "suppression"
tokens = ["0123456789abcdef0123456789abcdef"]
allowed = ["Medlemmar"]

[columns]
tel = "telefon"
"#;

#[test]
fn a_policy_says_what_it_says() {
    let policy = parse(WHOLE).unwrap();
    let system = policy.for_place("share", Some("Medlemmar/a.csv"), None).unwrap();
    assert_eq!(system.name, "Medlemmar");
    assert_eq!(policy.for_place("share", Some("x"), None).unwrap().name, "Allt annat");
    assert_eq!(system.legal_basis, Some(LegalBasis::Contract));
    assert_eq!(system.transfers, Some(Vec::new()));
    assert_eq!(system.gaps(), [""; 0]);
    assert!(policy.systems[1].gaps().contains(&"purpose"));
    let rule = |category| system.retention_of(category).unwrap();
    assert_eq!(rule("dietary").from, From::Day("2026-07-31".parse().unwrap()));
    assert_eq!(rule("email").from, From::Column("avslutad".to_owned()));
    let kept = &system.keep[0];
    let start = "2019-03-01".parse().unwrap();
    assert_eq!(kept.last_day(start).to_string(), "2026-12-31");
    assert_eq!(
        kept.describe(Language::Swedish),
        "7 år från utgången av året för när filen senast skrevs (bokföringslagen)"
    );
    let words = |name, language| policy.column(Some(system), name, language);
    assert_eq!(words("PNR", Language::Swedish), Some("personnummer"));
    assert_eq!(words("tel", Language::English), Some("telefon"));
    assert_eq!(words("x", Language::English), None);
    let held = Held { source: "share", path: Some("Medlemmar/a"), ..Held::default() };
    let on = |day: &str| policy.holds_on(held, day.parse().unwrap()).count();
    assert_eq!((on("2026-12-31"), on("2027-01-01")), (1, 0));
    assert_eq!(policy.lists_of("0123456789abcdef0123456789abcdef").count(), 1);
    assert_eq!(policy.lists_of("0").count(), 0);
}

#[test]
fn all_mistakes_are_told_with_their_lines() {
    let text = r#"
sistem = 1
[organisation]
nam = "x"
[[system]]
purpose = 7
legal_basis = "because"
paths = ["{a"]
categories = ["Personnummer"]
[[system.retention]]
period = "a while"
from = "column"
[[hold]]
systems = ["nothing"]
until = 2026-13-01
[[list]]
name = "x"
tokens = ["19850820-2390"]
[columns]
a = 1
"#;
    let text = text.replace("until = 2026-13-01", "until = \"2026-13-01\"");
    let complaints = parse(&text).unwrap_err();
    let lines: Vec<&str> =
        complaints.iter().map(|complaint| complaint.split(':').nth(1).unwrap()).collect();
    let wanted = [
        "2", "4", "5", "5", "6", "7", "8", "9", "10", "11", "13", "13", "14", "15", "16", "18",
        "20",
    ];
    assert_eq!(lines, wanted, "{complaints:#?}");
    assert!(complaints.iter().any(|complaint| complaint.contains("did you mean 'name'?")));
}

#[test]
fn what_is_no_toml_is_told() {
    let complaints = parse("[[system]\nname = \n").unwrap_err();
    assert!(complaints[0].starts_with("p.toml:1:"), "{complaints:?}");
}

#[test]
fn a_draft_is_a_policy_with_gaps() {
    let finding = |path: &str, field: &str| {
        let text = format!(
            r#"{{"id":"0","category":"dietary","confidence":"high","score":1,"value":{{"masked":"x"}},"location":{{"source":"sh*re","path":{path:?},"at":{{"kind":"text","line":1,"column":1,"byte_start":0,"byte_end":1,"field":{field:?}}}}}}}"#
        );
        crate::inventory::Object::Finding(serde_json::from_str(&text).unwrap())
    };
    let mut draft = draft::Draft::default();
    draft.meet(&finding("Lön [2026]/a\"b.csv", "Kost \"och\" mat"));
    draft.meet(&finding("lös.txt", "/a/b"));
    let text = draft.write();
    let policy = parse(&text).expect(&text);
    assert_eq!(policy.systems.len(), 2, "{text}");
    let system = policy.for_place("sh*re", Some("Lön [2026]/x"), None).unwrap();
    assert_eq!(system.name, "sh*re Lön [2026]");
    assert_eq!(system.gaps().len(), 6, "{text}");
    assert_eq!(policy.for_place("sh*re", Some("x"), None).unwrap().name, "sh*re");
    assert_eq!(policy.for_place("share", Some("x"), None).map(|s| &s.name), None);
    assert!(policy.column(None, "kost \"och\" mat", Language::Swedish).is_some());
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
}
