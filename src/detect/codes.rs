//! Numbers with letters: IBAN (ISO 13616), passports, vehicle registrations, reserve numbers.

mod iban;
mod passport;
mod plate;
mod reserve;

use super::Reader;

pub(super) use iban::iban;
pub(super) use passport::labelled as labelled_passport;
pub(super) use plate::labelled as labelled_plate;
pub(super) use reserve::labelled as labelled_reserve;

impl Reader<'_> {
    /// The two letters before two digits at `at`.
    pub(super) fn code(&mut self, at: usize) {
        let field = self.surroundings.field(at + 1);
        if at < field.bounds.start {
            return;
        }
        self.offer(&field, |text, field| iban(text, field, at));
        let end = self.text[at..field.bounds.end].iter().take_while(|b| b.is_ascii_alphanumeric());
        let end = at + end.count();
        if end - at <= passport::LONGEST {
            self.passport(&field, at..end);
        }
    }

    /// The three letters before two digits at `at`.
    pub(super) fn plate(&mut self, at: usize) {
        let field = self.surroundings.field(at + 1);
        if at >= field.bounds.start {
            self.offer(&field, |text, field| plate::plate(text, field, at));
        }
    }
}
