//! Categories in plain words.

use crate::model::{Category, Language};

/// What a category is called: of the user's own, its id with spaces.
#[must_use]
pub fn category(id: &str, language: Language) -> String {
    match Category::from_id(id) {
        Some(category) => {
            let [english, swedish] = words(category);
            language.pick(english, swedish).to_owned()
        }
        None => id.replace('_', " "),
    }
}

const fn words(category: Category) -> [&'static str; 2] {
    match category {
        Category::Personnummer => ["personal identity number", "personnummer"],
        Category::Samordningsnummer => ["coordination number", "samordningsnummer"],
        Category::Email => ["e-mail address", "e-postadress"],
        Category::Phone => ["phone number", "telefonnummer"],
        Category::Dietary => ["dietary note", "kostuppgift"],
        Category::ReserveNumber => ["reserve number", "reservnummer"],
        Category::Organisationsnummer => ["organisation number", "organisationsnummer"],
        Category::PersonName => ["name", "namn"],
        Category::PostalAddress => ["postal address", "postadress"],
        Category::IpAddress => ["IP address", "IP-adress"],
        Category::Iban => ["IBAN", "IBAN"],
        Category::Bankgiro => ["bankgiro", "bankgiro"],
        Category::Plusgiro => ["plusgiro", "plusgiro"],
        Category::BankAccount => ["bank account", "bankkonto"],
        Category::PaymentCard => ["payment card", "betalkort"],
        Category::PassportNumber => ["passport number", "passnummer"],
        Category::VehicleRegistration => ["vehicle registration", "registreringsnummer"],
        Category::Own(_) => ["", ""],
    }
}

/// Where a category stands among others: as the categories are listed, then by name.
#[must_use]
pub fn rank(id: &str) -> (usize, &str) {
    (Category::from_id(id).map_or(usize::MAX, Category::index), id)
}
