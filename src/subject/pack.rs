//! The access pack (registerutdrag): what the person gets. A page, and the same data as JSON and CSV.
//!
//! Article 15 of the GDPR asks for more than a copy: purposes, categories, recipients, periods, origin
//! and transfers, of each processing. They come from the organisation's policy; what it does not tell
//! is named as missing, so that somebody adds it before the pack is handed out. Nothing of others is
//! in it, and no word that only a technician reads.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::case::{Case, Excerpt};
use super::page::{self, escape};
use super::place;
use crate::model::Language;

/// What the organisation has declared of a system, in the words of the pack's language.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Facts {
    /// The system's name.
    pub system: Option<String>,
    /// Why the data is processed.
    pub purpose: Option<String>,
    /// On which legal basis.
    pub legal_basis: Option<String>,
    /// Who gets it.
    pub recipients: Option<String>,
    /// How long it is kept.
    pub retention: Option<String>,
    /// Where it comes from.
    pub origin: Option<String>,
    /// Transfers to third countries, or that there are none.
    pub transfers: Option<String>,
}

/// What is known beside the case.
pub trait Declared {
    /// The facts of a location as findings have it.
    fn facts(&self, location: &Value) -> Facts;
    /// A plain word for a column of such a location.
    fn word(&self, location: &Value, column: &str) -> Option<String>;
    /// The organisation's name and how to reach it and its data protection officer.
    fn organisation(&self) -> (Option<String>, Option<String>, Option<String>);
    /// A location's path as it may be shown: without others' names in it.
    fn path(&self, location: &Value) -> String;
}

/// The files of a pack: name and content.
#[must_use]
pub fn files(
    case: &Case,
    declared: &dyn Declared,
    language: Language,
) -> Vec<(&'static str, Vec<u8>)> {
    let groups = groups(case, declared);
    let (html, json, csv) = match language {
        Language::Swedish => ("registerutdrag.html", "registerutdrag.json", "registerutdrag.csv"),
        Language::English => ("your-data.html", "your-data.json", "your-data.csv"),
    };
    let pack = Pack { case, declared, language };
    vec![
        (html, pack.html(&groups).into_bytes()),
        (json, pack.json(&groups)),
        (csv, pack.csv(&groups).into_bytes()),
    ]
}

/// Records by what is declared of where they lie.
type Groups<'c> = BTreeMap<Facts, Vec<Item<'c>>>;

/// A record, or a place that has none.
struct Item<'c> {
    location: &'c Value,
    at: &'c Value,
    fields: Vec<(String, String)>,
    shared: bool,
}

fn groups<'c>(case: &'c Case, declared: &dyn Declared) -> Groups<'c> {
    let mut groups = Groups::new();
    let mut told: Vec<*const Excerpt> = Vec::new();
    for finding in &case.places {
        let location = &finding["location"];
        let (fields, shared) = match case.excerpt_of(finding) {
            Some(excerpt) if told.contains(&std::ptr::from_ref(excerpt)) => continue,
            Some(excerpt) => {
                told.push(std::ptr::from_ref(excerpt));
                (excerpt.fields.clone(), excerpt.shared)
            }
            None => {
                let plain = finding["value"]["plain"].as_str().unwrap_or_default();
                (vec![(String::new(), plain.to_owned())], false)
            }
        };
        let item = Item { location, at: &location["at"], fields, shared };
        groups.entry(declared.facts(location)).or_default().push(item);
    }
    groups
}

struct Pack<'c> {
    case: &'c Case,
    declared: &'c dyn Declared,
    language: Language,
}

impl Pack<'_> {
    fn say<'t>(&self, sv: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Swedish => sv,
            Language::English => en,
        }
    }

    fn html(&self, groups: &Groups<'_>) -> String {
        let title = self
            .say("Dina personuppgifter – registerutdrag", "Your personal data – access request");
        let mut body = format!("<h1>{}</h1>\n", escape(title));
        body.push_str(&self.introduction(groups));
        let mut number = 0;
        for (facts, items) in groups {
            let name =
                facts.system.as_deref().unwrap_or(self.say("Övriga platser", "Other places"));
            body.push_str(&format!("<section>\n<h2>{}</h2>\n{}", escape(name), self.facts(facts)));
            for item in items {
                number += 1;
                body.push_str(&self.item(item, number));
            }
            body.push_str("</section>\n");
        }
        body.push_str(&self.coverage());
        body.push_str(&self.rights());
        page::page(self.say("sv", "en"), title, &body)
    }

    fn introduction(&self, groups: &Groups<'_>) -> String {
        let (name, contact, dpo) = self.declared.organisation();
        let gap = || self.say("[uppgift saknas]", "[missing]").to_owned();
        let mut out = String::from("<table>\n");
        let mut line = |label: &str, value: String| {
            out.push_str(&format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                escape(label),
                escape(&value)
            ));
        };
        line(self.say("Personuppgiftsansvarig", "Controller"), name.unwrap_or_else(gap));
        line(self.say("Kontakt", "Contact"), contact.unwrap_or_else(gap));
        line(self.say("Dataskyddsombud", "Data protection officer"), dpo.unwrap_or_else(gap));
        line(self.say("Begäran kom in", "Request received"), self.case.deadline.received.clone());
        line(self.say("Sökningen gjordes", "Search made"), self.case.created[..10].to_owned());
        let asked: Vec<String> =
            self.case.identifiers.iter().flat_map(|i| i.values.last().cloned()).collect();
        line(self.say("Vi har sökt efter", "We searched for"), asked.join(", "));
        out.push_str("</table>\n");
        let found: usize = groups.values().map(Vec::len).sum();
        let text = match (self.language, found) {
            (Language::Swedish, 0) => {
                "Vi har sökt och inte funnit några uppgifter om dig på de platser som anges nedan."
                    .to_owned()
            }
            (Language::English, 0) => {
                "We have searched and found no data about you in the places named below.".to_owned()
            }
            (Language::Swedish, n) => format!(
                "Vi behandlar personuppgifter om dig. Nedan står de {n} poster vi har funnit, och varför vi har dem."
            ),
            (Language::English, n) => format!(
                "We process personal data about you. Below are the {n} records we have found, and why we have them."
            ),
        };
        out.push_str(&format!("<p>{}</p>\n", escape(&text)));
        out
    }

    fn facts(&self, facts: &Facts) -> String {
        let gap = self.say(
            "Uppgiften saknas i vårt register och ska fyllas i innan utdraget lämnas ut.",
            "Not yet recorded; to be filled in before this is handed out.",
        );
        let rows = [
            (self.say("Varför (ändamål)", "Why (purpose)"), &facts.purpose),
            (self.say("Rättslig grund", "Legal basis"), &facts.legal_basis),
            (
                self.say("Vilka som får del av uppgifterna", "Who receives the data"),
                &facts.recipients,
            ),
            (self.say("Hur länge de sparas", "How long it is kept"), &facts.retention),
            (self.say("Varifrån de kommer", "Where it comes from"), &facts.origin),
            (
                self.say("Överföring utanför EU/EES", "Transfers outside the EU/EEA"),
                &facts.transfers,
            ),
        ];
        let row = |(label, value): (&str, &Option<String>)| match value {
            Some(value) => format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                escape(label),
                escape(value)
            ),
            None => format!(
                "<tr><th scope=\"row\">{}</th><td><span class=\"gap\">{}</span></td></tr>\n",
                escape(label),
                escape(gap)
            ),
        };
        format!("<table>\n{}</table>\n", rows.into_iter().map(row).collect::<String>())
    }

    fn item(&self, item: &Item<'_>, number: usize) -> String {
        let mut out = format!(
            "<div class=\"record\">\n<h3>{number}. {}</h3>\n<table>\n",
            escape(&self.place(item))
        );
        for (label, text) in &item.fields {
            let label = self.label(item, label);
            out.push_str(&format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                escape(&label),
                escape(text)
            ));
        }
        out.push_str("</table>\n");
        if item.shared {
            let note = self.say(
                "Här står även uppgifter om andra personer. De är borttagna.",
                "Data about other people stands here as well. It has been taken out.",
            );
            out.push_str(&format!("<p class=\"note\">{}</p>\n", escape(note)));
        }
        out.push_str("</div>\n");
        out
    }

    fn label(&self, item: &Item<'_>, label: &str) -> String {
        match label {
            "" => self.say("Text", "Text").to_owned(),
            label => self.declared.word(item.location, label).unwrap_or_else(|| label.to_owned()),
        }
    }

    fn place(&self, item: &Item<'_>) -> String {
        let path = self.declared.path(item.location);
        let mut parts: Vec<String> = Vec::new();
        if !path.is_empty() {
            parts.push(path);
        }
        parts.push(place::describe(item.at, self.language));
        parts.retain(|part| !part.is_empty());
        parts.join(": ")
    }

    fn coverage(&self) -> String {
        let title = self.say("Var vi har sökt", "Where we searched");
        let places: Vec<String> = self
            .case
            .sources
            .iter()
            .filter_map(|s| s["root"].as_str())
            .map(|root| {
                let last = root.trim_end_matches('/').rsplit('/').next().unwrap_or(root);
                format!("<li>{}</li>\n", escape(last))
            })
            .collect();
        let unread = self.case.unread.len();
        let text = match (self.language, unread) {
            (Language::Swedish, 0) => "Allt på dessa platser har lästs.".to_owned(),
            (Language::English, 0) => "Everything in these places was read.".to_owned(),
            (Language::Swedish, n) => format!(
                "{n} filer eller delar av filer kunde inte läsas, till exempel för att de är låsta med lösenord. Vi kan därför inte utesluta att uppgifter om dig finns där."
            ),
            (Language::English, n) => format!(
                "{n} files or parts of files could not be read, for instance because they are locked with a password. We cannot rule out that they hold data about you."
            ),
        };
        format!(
            "<h2>{}</h2>\n<ul>\n{}</ul>\n<p>{}</p>\n",
            escape(title),
            places.concat(),
            escape(&text)
        )
    }

    fn rights(&self) -> String {
        let (title, rights) = match self.language {
            Language::Swedish => (
                "Dina rättigheter",
                [
                    "Du kan begära att felaktiga uppgifter rättas, att uppgifter raderas eller att behandlingen begränsas, och du kan invända mot behandlingen (artikel 16–18 och 21 i dataskyddsförordningen).",
                    "Du kan få de uppgifter du själv har lämnat i ett format som går att läsa med dator: de ligger som JSON och CSV bredvid det här dokumentet (artikel 20).",
                    "Är du inte nöjd kan du klaga hos Integritetsskyddsmyndigheten, www.imy.se.",
                    "Det finns inget automatiserat beslutsfattande bakom det här utdraget. Om vi fattar automatiserade beslut om dig framgår det av ändamålet ovan.",
                ],
            ),
            Language::English => (
                "Your rights",
                [
                    "You may ask us to correct or erase data or to restrict its processing, and you may object to it (articles 16 to 18 and 21 of the GDPR).",
                    "You may have the data that you gave us in a form that computers read: it lies beside this document as JSON and CSV (article 20).",
                    "If you are not satisfied you may complain to the Swedish Authority for Privacy Protection (IMY), www.imy.se.",
                    "No automated decision lies behind this document. Where we take automated decisions about you, the purpose above says so.",
                ],
            ),
        };
        let items: String =
            rights.iter().map(|text| format!("<li>{}</li>\n", escape(text))).collect();
        format!("<h2>{}</h2>\n<ul>\n{items}</ul>\n", escape(title))
    }

    fn json(&self, groups: &Groups<'_>) -> Vec<u8> {
        let group = |(facts, items): (&Facts, &Vec<Item<'_>>)| {
            let items: Vec<Value> = items.iter().map(|item| json!({
                "place": self.place(item),
                "shared": item.shared,
                "data": item.fields.iter().map(|(label, text)| json!({ "name": self.label(item, label), "value": text })).collect::<Vec<_>>(),
            })).collect();
            json!({
                "system": facts.system, "purpose": facts.purpose, "legal_basis": facts.legal_basis,
                "recipients": facts.recipients, "retention": facts.retention, "origin": facts.origin,
                "transfers": facts.transfers, "records": items,
            })
        };
        let (name, contact, dpo) = self.declared.organisation();
        let pack = json!({
            "controller": name, "contact": contact, "data_protection_officer": dpo,
            "request_received": self.case.deadline.received, "searched": self.case.created,
            "not_read": self.case.unread.len(),
            "systems": groups.iter().map(group).collect::<Vec<_>>(),
        });
        let mut text = serde_json::to_vec_pretty(&pack).expect("plain data can be written");
        text.push(b'\n');
        text
    }

    fn csv(&self, groups: &Groups<'_>) -> String {
        let head = match self.language {
            Language::Swedish => ["System", "Ändamål", "Plats", "Uppgift", "Värde"],
            Language::English => ["System", "Purpose", "Place", "Name", "Value"],
        };
        let mut out = page::BOM.to_owned() + &page::row(head);
        for (facts, items) in groups {
            for item in items {
                for (label, text) in &item.fields {
                    let (system, purpose) = (
                        facts.system.as_deref().unwrap_or_default(),
                        facts.purpose.as_deref().unwrap_or_default(),
                    );
                    out.push_str(&page::row([
                        system,
                        purpose,
                        &self.place(item),
                        &self.label(item, label),
                        text,
                    ]));
                }
            }
        }
        out
    }
}
