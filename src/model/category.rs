//! What a finding is called and how sure we are of it.

use std::fmt;

/// The built-in categories, in the order the contract lists them.
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
}

impl Category {
    /// All categories, in the order of [`Category`].
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
    pub const fn id(self) -> &'static str {
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
        }
    }

    /// The category with this identifier.
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
