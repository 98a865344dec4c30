//! A table of a policy file, taken field by field; what is wrong is collected with its place.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::{Complaint, GAP};
use crate::validate::date::Date;

pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// The file being read, and what is wrong with it.
pub(super) struct Text<'t> {
    pub(super) file: &'t str,
    pub(super) text: &'t str,
    pub(super) complaints: Vec<Complaint>,
}

impl Text<'_> {
    /// Complains of what stands at byte `at`.
    pub(super) fn complain(&mut self, at: usize, message: impl Into<String>) {
        self.complaints.push(Complaint::at(self.file, self.text, at, message.into()));
    }

    /// Complains of keys that mean nothing.
    pub(super) fn only(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            let near = keys.iter().find(|known| is_near(key.get_ref(), known));
            let hint = match near {
                Some(known) => format!("did you mean '{known}'?"),
                None => format!("there may be {}", keys.join(", ")),
            };
            self.complain(key.span().start, format!("there is no '{}': {hint}", key.get_ref()));
        }
    }

    fn wrong_type(&mut self, value: &Value<'_>, key: &str, wanted: &str) {
        let is = value.get_ref().type_str();
        self.complain(
            value.span().start,
            format!("'{key}' must be {wanted}; this is of type {is}"),
        );
    }

    /// A text with its place; a gap is none.
    pub(super) fn spanned(&mut self, table: &DeTable<'_>, key: &str) -> Option<(usize, String)> {
        let value = table.get(key)?;
        match value.get_ref().as_str() {
            Some(text) if is_gap(text) => None,
            Some(text) => Some((value.span().start, text.trim().to_owned())),
            None => {
                self.wrong_type(value, key, "a text in quotes");
                None
            }
        }
    }

    pub(super) fn string(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        self.spanned(table, key).map(|(_, text)| text)
    }

    /// Texts with their places: a list of them, or a single one. Gaps are left out.
    pub(super) fn strings(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(usize, String)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let single = std::slice::from_ref(value);
        let values = match value.get_ref() {
            DeValue::Array(values) => &values[..],
            _ => single,
        };
        let mut texts = Vec::new();
        for value in values {
            match value.get_ref().as_str() {
                Some(text) if is_gap(text) => {}
                Some(text) => texts.push((value.span().start, text.trim().to_owned())),
                None => self.wrong_type(value, key, "a text in quotes, or a list of them"),
            }
        }
        texts
    }

    /// The same without their places.
    pub(super) fn words(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        self.strings(table, key).into_iter().map(|(_, text)| text).collect()
    }

    pub(super) fn flag(&mut self, table: &DeTable<'_>, key: &str) -> bool {
        let Some(value) = table.get(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(value, key, "true or false");
            false
        })
    }

    /// A day, quoted or not.
    pub(super) fn day(&mut self, table: &DeTable<'_>, key: &str) -> Option<Date> {
        let value = table.get(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(day) => day.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let day = text.parse().ok();
        if day.is_none() {
            let message = format!("'{key}' must be a day of the calendar: 2026-12-31");
            self.complain(value.span().start, message);
        }
        day
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let (at, word) = self.spanned(table, key)?;
        let chosen = choices.iter().find(|choice| choice.0 == word);
        if chosen.is_none() {
            let known: Vec<&str> = choices.iter().map(|choice| choice.0).collect();
            self.complain(at, format!("'{key}' is one of {}", known.join(", ")));
        }
        chosen.map(|choice| choice.1)
    }

    /// A table inside.
    pub(super) fn table<'v, 'i>(
        &mut self,
        table: &'v DeTable<'i>,
        key: &str,
    ) -> Option<&'v DeTable<'i>> {
        let value = table.get(key)?;
        let inner = value.get_ref().as_table();
        if inner.is_none() {
            self.wrong_type(value, key, &format!("a table: [{key}]"));
        }
        inner
    }

    /// Tables inside, each with its place.
    pub(super) fn tables<'v, 'i>(
        &mut self,
        table: &'v DeTable<'i>,
        key: &str,
    ) -> Vec<(usize, &'v DeTable<'i>)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, key, &format!("written as [[{key}]], once for each"));
            return Vec::new();
        };
        self.tables_of(array, key)
    }

    fn tables_of<'v, 'i>(
        &mut self,
        array: &'v DeArray<'i>,
        key: &str,
    ) -> Vec<(usize, &'v DeTable<'i>)> {
        let mut tables = Vec::new();
        for value in array.iter() {
            match value.get_ref().as_table() {
                Some(table) => tables.push((value.span().start, table)),
                None => self.wrong_type(value, key, "a table"),
            }
        }
        tables
    }
}

fn is_gap(text: &str) -> bool {
    matches!(text.trim(), "" | GAP)
}

/// One letter more, less or another, or two that changed places.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let tail = |n: usize, m: usize| a.get(n..).is_some_and(|a| b.get(m..) == Some(a));
    tail(1, 0) || tail(0, 1) || tail(1, 1) || (tail(2, 2) && a[0] == b[1] && a[1] == b[0])
}
