//! Organisation numbers, giros, accounts, cards, passports, vehicles and reserve numbers: in columns and
//! fields, in tables in running text, and where two readings claim the same bytes.

use crate::run::{Tree, of_type, text};

const CATEGORIES: &str = "organisationsnummer,iban,bankgiro,plusgiro,bank_account,payment_card,\
                          passport_number,vehicle_registration,reserve_number,personnummer,phone";

/// Everything reported at medium and above must be what is wanted: category, confidence, match form.
fn check(name: &str, content: &str, want: &[(&str, &str, &str)]) {
    let tree = Tree::new(&[(name, content.as_bytes())]);
    let lines = tree.scan(&["--values", "plain", "--categories", CATEGORIES]);
    let found: Vec<_> = of_type(&lines, "finding")
        .into_iter()
        .map(|f| (text(f, "/category"), text(f, "/confidence"), text(f, "/value/normalized")))
        .collect();
    assert_eq!(found, want, "{content}");
}

#[test]
fn labels_speak_for_every_cell_that_passes() {
    let table = "LevNr;Namn;OrgNo;BG_NR;PG_NR\n\
                 1;A;5560160680;50501055;1234566\n\
                 2;B;556103-4249;5050-1055;12 34 56-6\n\
                 3;C;5561034240;50501056;1234567\n";
    let row = [
        ("organisationsnummer", "high", "5560160680"),
        ("bankgiro", "high", "50501055"),
        ("plusgiro", "high", "1234566"),
        ("organisationsnummer", "high", "5561034249"),
        ("bankgiro", "high", "50501055"),
        ("plusgiro", "high", "1234566"),
    ];
    check("leverantorer.csv", table, &row);
    let table = "Ägare;Regnummer;Passnummer\nA;abc123;87654321\nB;SOMMAR7;XY9876543\nC;Volvo;-\n";
    let want = [
        ("vehicle_registration", "medium", "ABC123"),
        ("passport_number", "medium", "87654321"),
        ("vehicle_registration", "medium", "SOMMAR7"),
        ("passport_number", "medium", "XY9876543"),
    ];
    check("fordon.csv", table, &want);
    let orders = "Ordernr;Artikelnr;Kolli-ID\n5560160680;50501055;4111111111111111\n";
    check("order.csv", orders, &[]);
}

#[test]
fn an_account_may_stand_in_two_columns() {
    let account = [("bank_account", "high", "90714172383")];
    check("lon.csv", "Namn;Clearing;Kontonr\nA;9071;417 23 83\n", &account);
    check("lon.csv", "Namn;Kontonummer;Clearingnr\nA;4172383;9071\n", &account);
    check("lon.csv", "Namn;Clearing;Kontonr\nA;9071;9071-4172383\n", &account);
    check("lon.json", "{\"clearingNumber\": \"9071\", \"accountNumber\": \"4172383\"}", &account);
    check("lon.csv", "Namn;Clearing;Kontonr\nA;9071;4172384\n", &[]);
    check("brev.txt", "Clearingnr: 9071\nKontonr: 417 23 83\n", &account);
    let five = [("bank_account", "high", "842449831892246")];
    check("brev.txt", "Clearing 8424-4 och kontonummer 983 189 224-6\n", &five);
    check("brev.txt", "Mitt konto: 84244 9831892246\n", &five);
}

#[test]
fn tables_in_running_text_have_labels_too() {
    let text = "Leverantör     Org.nr          Bankgiro\n\
                Alfa           5560160680      50501055\n\
                Beta           556103-4249     5050-1055\n";
    let want = [
        ("organisationsnummer", "high", "5560160680"),
        ("bankgiro", "high", "50501055"),
        ("organisationsnummer", "high", "5561034249"),
        ("bankgiro", "high", "50501055"),
    ];
    check("lista.txt", text, &want);
}

#[test]
fn one_thing_is_told_once_and_at_its_best() {
    let org = [("organisationsnummer", "medium", "5560160680")];
    check("a.txt", "se 556016-0680 där", &org);
    check("a.txt", "SE556016068001", &org);
    check(
        "a.txt",
        "SE45 5000 0000 0583 9825 7466",
        &[("iban", "high", "SE4550000000058398257466")],
    );
    // The owner of a sole trader's number, and of an account, is a person.
    let owner = ("personnummer", "high", "198508202390");
    check("a.txt", "Org.nr 850820-2390", &[owner]);
    check("a.txt", "Momsreg.nr SE850820239001", &[owner]);
    let account = ("bank_account", "high", "33008508202390");
    check("a.txt", "Lönekonto 3300 850820-2390", &[account, owner]);
    check("a.csv", "Namn;Bankkonto\nA;33008508202390\n", &[account, owner]);
}

#[test]
fn other_long_numbers_are_nothing() {
    for text in [
        "IMEI 353011133330000",
        "OCR 5560160680",
        "Kollinr 4111111111111111",
        "EAN 4222222222222",
        "nummer 5560160680",
        "Konto 1930 123 45 67",
        "pass 3 den 20250114",
        "Uttag ABC 123",
    ] {
        check("a.txt", text, &[]);
    }
}
