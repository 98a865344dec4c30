//! What the first rows of a table say of its columns.

use serde_json::Value;
use sparhund::validate::luhn;

use crate::run::{Tree, of_type, text, timeless};

/// Ten digits of a day and a serial number, the check digit right or wrong.
fn number(n: usize, right: bool) -> String {
    let nine =
        format!("{:02}{:02}{:02}{:03}", 30 + n * 7 % 65, 1 + n % 12, 1 + n % 28, 101 + n * 7 % 890);
    let digit = (0..10).find(|d| luhn::is_valid(format!("{nine}{d}").as_bytes()));
    let digit = digit.expect("one of ten digits is right");
    format!("{nine}{}", (digit + usize::from(!right)) % 10)
}

fn stamp(n: usize) -> String {
    format!("20{:02}{:02}{:02}{:04}", 1 + n % 24, 1 + n % 12, 1 + n % 28, 7000 + n * 37 % 3000)
}

/// A table of two columns, the second called `label`.
fn table(label: &str, rows: usize, cell: impl Fn(usize) -> String) -> String {
    let rows = (0..rows).map(|n| format!("rad {n};{}\n", cell(n)));
    std::iter::once(format!("Rad;{label}\n")).chain(rows).collect()
}

fn findings(tree: &Tree) -> Vec<Value> {
    let lines = tree.scan(&["--categories", "personnummer", "--min-confidence", "low"]);
    of_type(&lines, "finding").into_iter().cloned().collect()
}

/// Findings of one table, all with this confidence.
fn check(content: &str, count: usize, confidence: &str) -> Vec<Value> {
    let tree = Tree::new(&[("lista.csv", content.as_bytes())]);
    let found = findings(&tree);
    let head: String = content.lines().take(2).collect();
    assert_eq!(found.len(), count, "{head}");
    assert!(found.iter().all(|f| text(f, "/confidence") == confidence), "{head}: {found:?}");
    found
}

#[test]
fn a_column_of_right_numbers_speaks_for_them() {
    for label in ["Kolumn 3", "id", "värde", ""] {
        check(&table(label, 30, |n| number(n, true)), 30, "high");
    }
    // Births of many decades are no orders.
    check(&table("Ordernr", 30, |n| number(n, true)), 30, "high");
    check(&table("Ordernr", 30, |n| number(n * 65, true)), 30, "low");
    check(&table("Kolumn 3", 4, |n| number(n, true)), 4, "low");
}

#[test]
fn a_wrong_check_digit_among_right_ones_is_a_slip() {
    let tree = Tree::new(&[("a.csv", table("id", 40, |n| number(n, n != 7)).as_bytes())]);
    let found = findings(&tree);
    assert_eq!(found.len(), 40);
    let wrong: Vec<_> =
        found.iter().filter(|f| f["attributes"]["check_digit"] == "wrong").collect();
    assert_eq!(wrong.len(), 1);
    assert_eq!(text(wrong[0], "/confidence"), "low");
}

#[test]
fn a_column_of_dated_serials_speaks_against_those_that_pass() {
    let passing = |cell: fn(usize) -> String| {
        let tree = Tree::new(&[("a.csv", table("nr", 400, cell).as_bytes())]);
        let found = findings(&tree);
        assert!(found.len() > 10, "one in ten passes by chance");
        assert!(found.iter().all(|f| text(f, "/confidence") == "low"), "{:?}", found[0]);
    };
    passing(stamp);
    passing(|n| format!("{}-{}", &stamp(n)[..8], &stamp(n)[8..]));
    // The label outweighs the rest.
    let tree = Tree::new(&[("a.csv", table("Personnummer", 400, stamp).as_bytes())]);
    let found = findings(&tree);
    assert!(found.iter().filter(|f| text(f, "/confidence") == "high").count() > 10);
}

#[test]
fn masked_numbers_are_told_as_such() {
    for cell in ["19900101-****", "900101-XXXX", "19900101-"] {
        let found = check(&table("Personnummer", 3, |_| cell.to_owned()), 3, "low");
        assert!(found.iter().all(|f| f["attributes"]["masked"] == true), "{cell}");
    }
    check(&table("Personnummer", 3, |_| "ÅÅMMDD-NNNN".to_owned()), 0, "low");
    check(&table("Personnummer", 6, |n| format!("19{}.0", number(n, true))), 6, "high");
}

#[test]
fn columns_of_running_text_are_put_together() {
    let row = |n: usize| {
        let number = number(n, true);
        let (date, four) = number.split_at(6);
        format!("rad{n}@example.com   19{date}   {four}\n")
    };
    let rows: String = (0..3).map(row).collect();
    let content = format!("Medlemmar\n\nE-post             Född       Sista fyra\n{rows}");
    let tree = Tree::new(&[("lista.txt", content.as_bytes())]);
    let lines = tree.scan(&["--categories", "personnummer,email", "--min-confidence", "low"]);
    let found = of_type(&lines, "finding");
    let numbers = found.iter().filter(|f| text(f, "/category") == "personnummer");
    assert_eq!(numbers.count(), 3, "{found:?}");
}

#[test]
fn all_blocks_and_threads_see_the_same_column() {
    let mut content = table("Kolumn 3", 200_000, |n| number(n, true));
    content.push_str(&"utfyllnad som gör tabellen stor;\n".repeat(200_000));
    assert!(content.len() > 8 << 20);
    let tree = Tree::new(&[("stor.csv", content.as_bytes())]);
    let scan = |jobs| {
        let args = ["scan", "share", "--format", "ndjson", "--min-confidence", "high"];
        timeless(&tree.run(&[&args[..], &["--jobs", jobs]].concat()).stdout)
    };
    let one = scan("1");
    assert!(one.lines().count() > 200_000);
    assert!(scan("3") == one, "three threads find something else");
}
