//! Why something was turned down, in words.

use crate::model::Language;
use crate::validate::domain::NoDomain;
use crate::validate::{email, personnummer};

/// Why something that was looked at is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Inside a longer number or identifier.
    Inside,
    /// Not ten or twelve digits.
    Shape,
    /// Twelve digits that do not begin with 18, 19 or 20.
    Century,
    /// The third digit of ten is 2 or more.
    Organisation,
    /// No such day.
    Date,
    /// Serial number 000.
    Serial,
    /// Born after the reference date.
    Future,
    /// Nobody is that old.
    TooOld,
    /// The check digit is wrong, and nothing names it.
    CheckDigit,
    /// Check digit wrong, and all twelve digits together have a right one.
    Reference,
    /// Not in the numbering plan, or not grouped as its numbers are.
    Plan,
    /// What stands before the `@` is no local part.
    LocalPart,
    /// A picture's file name.
    AssetName,
    /// An IP address in brackets.
    AddressLiteral,
    /// What stands behind the `@` is no domain.
    Domain,
    /// A version, or an IP address.
    NumericDomain,
    /// No such top-level domain.
    UnknownTld,
    /// A login, a place on a computer, or signs that an address does not have.
    Place,
    /// Food or diet that is said of nobody.
    NoPerson,
    /// Words of food, and nothing on what somebody does not eat.
    NoNeed,
    /// The check that a rule of the user's own asks for fails.
    OwnCheck,
    /// No label or word names it, and a rule of the user's own asks for one.
    NoKeyword,
}

impl Reason {
    /// The reason as a sentence without its full stop.
    #[must_use]
    pub const fn describe(self, language: Language) -> &'static str {
        let [english, swedish] = match self {
            Reason::Inside => {
                ["inside a longer number or identifier", "en del av ett längre nummer eller id"]
            }
            Reason::Shape => ["not ten or twelve digits", "inte tio eller tolv siffror"],
            Reason::Century => [
                "twelve digits that do not begin with a century, 18, 19 or 20",
                "tolv siffror som inte börjar med ett århundrade, 18, 19 eller 20",
            ],
            Reason::Organisation => [
                "third digit 2 or more: an organisation",
                "tredje siffran är 2 eller mer: en organisation",
            ],
            Reason::Date => ["no such date", "datumet finns inte"],
            Reason::Serial => [
                "serial number 000, which nobody is given",
                "födelsenummer 000, som ingen tilldelas",
            ],
            Reason::Future => {
                ["a date of birth that is yet to come", "ett födelsedatum som inte har inträffat"]
            }
            Reason::TooOld => ["nobody is that old", "så gammal är ingen"],
            Reason::CheckDigit => [
                "check digit wrong, and no label or word names it",
                "kontrollsiffran stämmer inte, och ingen rubrik eller ord säger vad det är",
            ],
            Reason::Reference => [
                "check digit wrong, but right over all twelve digits: a reference or card number",
                "kontrollsiffran stämmer inte, men väl över alla tolv siffror: ett referens- eller \
                 kortnummer",
            ],
            Reason::Plan => [
                "not in the numbering plan, or not grouped as its numbers are",
                "ryms inte i nummerplanen, eller är inte grupperat som dess nummer",
            ],
            _ => self.of_words(),
        };
        language.pick(english, swedish)
    }

    /// The reasons that are not about digits.
    const fn of_words(self) -> [&'static str; 2] {
        match self {
            Reason::LocalPart => [
                "what stands before the @ is not part of an address",
                "det som står före @ hör inte till en adress",
            ],
            Reason::AssetName => ["the name of a picture file", "namnet på en bildfil"],
            Reason::AddressLiteral => {
                ["an IP address in brackets", "en IP-adress inom hakparentes"]
            }
            Reason::Domain => {
                ["what stands behind the @ is no domain", "det som står efter @ är ingen domän"]
            }
            Reason::NumericDomain => {
                ["a version or an IP address behind the @", "en version eller IP-adress efter @"]
            }
            Reason::UnknownTld => ["unknown top-level domain", "okänd toppdomän"],
            Reason::Place => [
                "a login, a place on a computer, or signs that an address does not have",
                "en inloggning, en plats på en dator, eller tecken som en adress inte har",
            ],
            Reason::OwnCheck => [
                "it does not pass the check that your rule asks for",
                "det klarar inte den kontroll som din regel kräver",
            ],
            Reason::NoKeyword => [
                "no label or word near by names it, and your rule asks for one",
                "ingen rubrik och inget ord i närheten säger vad det är, och din regel kräver det",
            ],
            Reason::NoPerson => ["no person named near", "ingen person nämns i närheten"],
            _ => [
                "nothing is said of what somebody does not eat or tolerate",
                "inget sägs om vad någon inte äter eller tål",
            ],
        }
    }
}

impl From<personnummer::Rejected> for Reason {
    fn from(rejected: personnummer::Rejected) -> Reason {
        use personnummer::Rejected;
        match rejected {
            Rejected::Shape => Reason::Shape,
            Rejected::Century => Reason::Century,
            Rejected::Organisation => Reason::Organisation,
            Rejected::Date => Reason::Date,
            Rejected::Serial => Reason::Serial,
            Rejected::Future => Reason::Future,
            Rejected::TooOld => Reason::TooOld,
            Rejected::CheckDigit(accepted) if accepted.luhn_over_all => Reason::Reference,
            Rejected::CheckDigit(_) => Reason::CheckDigit,
        }
    }
}

impl From<email::Rejected> for Reason {
    fn from(rejected: email::Rejected) -> Reason {
        use email::Rejected;
        match rejected {
            Rejected::Local => Reason::LocalPart,
            Rejected::AssetName => Reason::AssetName,
            Rejected::AddressLiteral => Reason::AddressLiteral,
            Rejected::Domain(NoDomain::Shape) => Reason::Domain,
            Rejected::Domain(NoDomain::Numeric) => Reason::NumericDomain,
            Rejected::Domain(NoDomain::UnknownTld) => Reason::UnknownTld,
        }
    }
}
