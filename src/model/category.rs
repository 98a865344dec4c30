//! What a finding is called and how sure we are of it.

use std::fmt;

use super::own::Own;

/// What a finding is: the built-in categories, in the order the contract lists them, and the user's
/// own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Swedish personal identity number.
    Personnummer,
    /// Swedish coordination number (day + 60).
    Samordningsnummer,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Dietary or allergy note about a person.
    Dietary,
    /// Interim or reserve number of care or education.
    ReserveNumber,
    /// Swedish organisation number.
    Organisationsnummer,
    /// Name of a person.
    PersonName,
    /// Postal address.
    PostalAddress,
    /// IP address.
    IpAddress,
    /// International bank account number (IBAN).
    Iban,
    /// Bankgiro number.
    Bankgiro,
    /// Plusgiro number.
    Plusgiro,
    /// Swedish bank account with clearing number.
    BankAccount,
    /// Payment card number.
    PaymentCard,
    /// Passport number.
    PassportNumber,
    /// Swedish vehicle registration.
    VehicleRegistration,
    /// One of the user's own.
    Own(Own),
}

impl Category {
    /// All built-in categories, in the order of [`Category`].
    pub const ALL: [Category; 17] = [
        Category::Personnummer,
        Category::Samordningsnummer,
        Category::Email,
        Category::Phone,
        Category::Dietary,
        Category::ReserveNumber,
        Category::Organisationsnummer,
        Category::PersonName,
        Category::PostalAddress,
        Category::IpAddress,
        Category::Iban,
        Category::Bankgiro,
        Category::Plusgiro,
        Category::BankAccount,
        Category::PaymentCard,
        Category::PassportNumber,
        Category::VehicleRegistration,
    ];

    /// The identifier used in inventories, rules and options.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Category::Personnummer => "personnummer",
            Category::Samordningsnummer => "samordningsnummer",
            Category::Email => "email",
            Category::Phone => "phone",
            Category::Dietary => "dietary",
            Category::ReserveNumber => "reserve_number",
            Category::Organisationsnummer => "organisationsnummer",
            Category::PersonName => "person_name",
            Category::PostalAddress => "postal_address",
            Category::IpAddress => "ip_address",
            Category::Iban => "iban",
            Category::Bankgiro => "bankgiro",
            Category::Plusgiro => "plusgiro",
            Category::BankAccount => "bank_account",
            Category::PaymentCard => "payment_card",
            Category::PassportNumber => "passport_number",
            Category::VehicleRegistration => "vehicle_registration",
            Category::Own(own) => &own.category().id,
        }
    }

    /// Its number: that of [`Category::ALL`], or a higher one.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Category::Personnummer => 0,
            Category::Samordningsnummer => 1,
            Category::Email => 2,
            Category::Phone => 3,
            Category::Dietary => 4,
            Category::ReserveNumber => 5,
            Category::Organisationsnummer => 6,
            Category::PersonName => 7,
            Category::PostalAddress => 8,
            Category::IpAddress => 9,
            Category::Iban => 10,
            Category::Bankgiro => 11,
            Category::Plusgiro => 12,
            Category::BankAccount => 13,
            Category::PaymentCard => 14,
            Category::PassportNumber => 15,
            Category::VehicleRegistration => 16,
            Category::Own(own) => Category::ALL.len() + own.number(),
        }
    }

    /// The built-in category with this identifier.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|c| c.id() == id)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// How sure we are, as the contract grades it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A candidate to look at.
    Low,
    /// By its form alone, or by weaker form with surroundings.
    Medium,
    /// By its form and by its surroundings, worth acting on unseen.
    High,
}

impl Confidence {
    /// The word used in inventories and options.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
