//! What to do about a finding: the numbers and addresses that may be used instead, with who
//! publishes them.

use crate::model::Category;

/// What is said of a category's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What it looks like, behind "this looks like".
    pub looks_like: &'static str,
    /// What to write instead, in whole sentences.
    pub instead: &'static str,
}

/// What is said of findings that are meant to stand.
pub const EXCEPTION: &str = "If it is to stand, allow it with a reason, in a comment on its line \
    or the line above: sparhund:allow CATEGORY REASON (or in sparhund.toml, [[check.allow]]).";

/// The advice for a category.
#[must_use]
pub fn advice(category: Category) -> Advice {
    let (looks_like, instead) = match category {
        Category::Personnummer => (
            "a personal identity number that is not published for tests",
            "Use one of Skatteverket's published test numbers, such as 19900101-2385 \
             (skatteverket.se, open data, Testpersonnummer). A number from a generator is real \
             enough to belong to somebody.",
        ),
        Category::Samordningsnummer => (
            "a coordination number that is not published for tests",
            "Use one of Skatteverket's published test numbers (skatteverket.se, open data, \
             Testsamordningsnummer). A number from a generator is real enough to belong to \
             somebody.",
        ),
        Category::ReserveNumber => (
            "a reserve number of care or education",
            "Use a number that breaks the form, such as one of zeros, or the number of nobody \
             that your system keeps for tests.",
        ),
        Category::Email => (
            "an e-mail address that may be somebody's",
            "Use an address at example.com, example.org or example.net, or one that \
             ends in .example or .test (RFC 2606).",
        ),
        Category::Phone => (
            "a phone number that may be somebody's",
            "Use one of the numbers PTS keeps free for fiction: 070-174 06 05 to 99, \
             031-390 06 00 to 99, 040-628 04 00 to 99, 08-465 004 00 to 99, 0980-319 200 to 299.",
        ),
        Category::Dietary => (
            "a note on somebody's allergy or diet",
            "Write it of an invented person, or leave it out; health data does not belong in a \
             repository.",
        ),
        Category::PersonName => (
            "somebody's name",
            "Leave it out or write a role instead. A name that has to stand, such as an author's, \
             is one for an exception.",
        ),
        Category::PostalAddress => (
            "somebody's postal address",
            "Leave it out; nobody keeps addresses free for examples. One that is invented is for an \
             exception.",
        ),
        Category::IpAddress => (
            "an address of the public internet",
            "Use the addresses kept for documentation: 192.0.2.0/24, 198.51.100.0/24, \
             203.0.113.0/24 (RFC 5737), 2001:db8::/32 (RFC 3849).",
        ),
        Category::Iban => (
            "an account number (IBAN) that is not a published example",
            "Use the example of the IBAN Registry: SE45 5000 0000 0583 9825 7466.",
        ),
        Category::PaymentCard => (
            "a payment card number that is not published for tests",
            "Use a test card of the card schemes, such as 4111 1111 1111 1111. A number from a \
             generator is real enough to belong to somebody.",
        ),
        Category::Organisationsnummer => (
            "an organisation number; a sole trader's is a personal identity number",
            "Use one with a wrong check digit, or allow your own organisation's with an \
             exception.",
        ),
        Category::Bankgiro | Category::Plusgiro | Category::BankAccount => (
            "an account number that may be somebody's",
            "Use one with a wrong check digit, or one of zeros.",
        ),
        Category::PassportNumber => {
            ("a passport number", "Use one that breaks the form, such as one of zeros.")
        }
        Category::VehicleRegistration => (
            "a vehicle's registration number",
            "Use one that is never given out: letters such as I, Q, V do not occur.",
        ),
        Category::Own(_) => (
            "what a rule of your own looks for",
            "Write an invented value that the rule passes by.",
        ),
    };
    Advice { looks_like, instead }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_its_advice() {
        let check = |category: Category, said: &str| {
            assert!(advice(category).instead.contains(said), "{category}");
        };
        check(Category::Personnummer, "Skatteverket");
        check(Category::Phone, "PTS");
        check(Category::Email, "example.com");
        check(Category::Iban, "SE45");
        for category in [Category::Personnummer, Category::Samordningsnummer] {
            check(category, "generator is real enough to belong to somebody");
        }
    }
}
