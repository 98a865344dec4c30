//! Arithmetic and tables: whether a candidate can be what it looks like.
//!
//! Everything here is a pure function of the candidate: no search in text, no weighing of
//! surroundings, no clock, no allocation but where a normalized text is asked for.

pub mod bank_account;
pub mod date;
pub mod domain;
pub mod email;
pub mod giro;
pub mod iban;
pub mod ip;
pub mod luhn;
pub mod named;
pub mod organisation;
pub mod passport;
pub mod payment_card;
pub mod personnummer;
pub mod phone;
pub mod place_name;
pub mod postcode;
pub mod reserve_number;
pub mod test_identities;
pub mod vehicle;

mod punycode;
mod tables;
