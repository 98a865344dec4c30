//! Messages that are lists of properties, as Outlook keeps them ([MS-OXPROPS], [MS-OXCMSG]): what is told
//! of them. How a file holds the properties is its format's business.

pub(super) mod compressed_rtf;
mod renamed;

use std::collections::BTreeMap;
use std::io::Cursor;

use super::code_page;
use super::document::{Document, Failure};
use super::office::texts::either;
use super::{RecordBuilder, mail, rtf};
use crate::model::{Budget, FileName, Flow, Place, Ruler, Sink, Step};

use renamed::Renamed;

/// Numbers of properties ([MS-OXPROPS]).
mod id {
    pub(super) const HEADERS: u16 = 0x007D;
    pub(super) const SUBJECT: u16 = 0x0037;
    pub(super) const BODY: u16 = 0x1000;
    pub(super) const RTF: u16 = 0x1009;
    pub(super) const HTML: u16 = 0x1013;
    pub(super) const RECIPIENT_TYPE: u16 = 0x0C15;
    pub(super) const NAME: u16 = 0x3001;
    pub(super) const ADDRESS: u16 = 0x3003;
    pub(super) const SMTP_ADDRESS: u16 = 0x39FE;
    pub(super) const LONG_FILE_NAME: u16 = 0x3707;
    pub(super) const FILE_NAME: u16 = 0x3704;
}

/// Who a message is from: the field, the name, the address for the internet and the other one.
const SENDERS: [(&str, u16, u16, u16); 2] =
    [("From", 0x0042, 0x5D02, 0x0065), ("Sender", 0x0C1A, 0x5D01, 0x0C1F)];

/// Whom it goes to: the field, the kind of a receiver, all receivers' names in one text.
const RECEIVERS: [(&str, u32, u16); 3] = [("To", 1, 0x0E04), ("Cc", 2, 0x0E03), ("Bcc", 3, 0x0E02)];

/// What contacts, appointments and notes have beside a subject and a body.
const DETAILS: [(u16, &str); 37] = [
    (0x0050, "Reply-To"),
    (0x3A02, "Callback-Telephone"),
    (0x3A05, "Generation"),
    (0x3A06, "Given-Name"),
    (0x3A07, "Government-ID-Number"),
    (0x3A08, "Business-Telephone"),
    (0x3A09, "Home-Telephone"),
    (0x3A0A, "Initials"),
    (0x3A11, "Surname"),
    (0x3A15, "Postal-Address"),
    (0x3A16, "Company"),
    (0x3A17, "Title"),
    (0x3A18, "Department"),
    (0x3A19, "Office"),
    (0x3A1A, "Primary-Telephone"),
    (0x3A1B, "Business-Telephone-2"),
    (0x3A1C, "Mobile-Telephone"),
    (0x3A1D, "Radio-Telephone"),
    (0x3A1E, "Car-Telephone"),
    (0x3A1F, "Other-Telephone"),
    (0x3A23, "Primary-Fax"),
    (0x3A24, "Business-Fax"),
    (0x3A25, "Home-Fax"),
    (0x3A26, "Country"),
    (0x3A27, "Locality"),
    (0x3A28, "State"),
    (0x3A29, "Street-Address"),
    (0x3A2A, "Postal-Code"),
    (0x3A2E, "Assistant-Telephone"),
    (0x3A2F, "Home-Telephone-2"),
    (0x3A30, "Assistant"),
    (0x3A45, "Name-Prefix"),
    (0x3A48, "Spouse"),
    (0x3A4E, "Manager"),
    (0x3A4F, "Nickname"),
    (0x3A51, "Business-Home-Page"),
    (0x3A57, "Company-Telephone"),
];

/// Properties that are numbered anew in each file, by their numbers for all ([MS-OXPROPS], long IDs).
pub(super) const NAMED: [(u32, &str); 10] = [
    (0x801A, "Home-Address"),
    (0x801B, "Work-Address"),
    (0x801C, "Other-Address"),
    (0x8062, "Instant-Messaging-Address"),
    (0x8083, "Email"),
    (0x8093, "Email-2"),
    (0x80A3, "Email-3"),
    (0x8208, "Location"),
    (0x823B, "To-Attendees"),
    (0x823C, "Cc-Attendees"),
];

/// The value of a property.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Text in Unicode.
    Text(String),
    /// Text in the message's code page, or anything else.
    Bytes(Vec<u8>),
    /// A whole number.
    Number(u32),
}

/// The properties of a message, a receiver or an attachment.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties {
    values: BTreeMap<u16, Value>,
    /// Values of [`NAMED`] properties, by what they are called.
    named: Vec<(&'static str, Value)>,
    /// The code page of its texts.
    pub(super) page: i32,
}

impl Properties {
    /// None so far, of texts in a code page.
    pub(super) fn in_page(page: i32) -> Properties {
        Properties { page, ..Properties::default() }
    }

    /// Adds one. What comes first stands.
    pub(super) fn add(&mut self, id: u16, value: Value) {
        self.values.entry(id).or_insert(value);
    }

    /// Adds one that is numbered anew in each file, by its number for all.
    pub(super) fn add_named(&mut self, number: u32, value: Value) {
        if let Some((_, name)) = NAMED.iter().find(|(own, _)| *own == number) {
            self.named.push((name, value));
        }
    }

    /// A number.
    pub(super) fn number(&self, id: u16) -> Option<u32> {
        match self.values.get(&id)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes of a value.
    pub(super) fn bytes(&self, id: u16) -> Option<&[u8]> {
        match self.values.get(&id)? {
            Value::Bytes(bytes) => Some(bytes),
            Value::Text(text) => Some(text.as_bytes()),
            Value::Number(_) => None,
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&self, id: u16) -> Option<String> {
        self.text_of(self.values.get(&id)?)
    }

    fn text_of(&self, value: &Value) -> Option<String> {
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::Bytes(bytes) => code_page::decode(self.page, bytes).into_owned(),
            Value::Number(_) => return None,
        };
        let text = text.trim_end_matches('\0').to_owned();
        (!text.trim().is_empty()).then_some(text)
    }

    /// A name and an address: `Eva Åberg <eva@example.se>`.
    fn person(&self, name: u16, smtp: u16, other: u16) -> Option<String> {
        // Inside an organisation the other one is a path in its directory.
        let other = self.text(other).filter(|address| address.contains('@'));
        match (self.text(name), self.text(smtp).or(other)) {
            (Some(name), Some(address)) if name.contains(&address) => Some(name),
            (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
            (name, address) => name.or(address),
        }
    }

    /// The name of an attachment's file; one without gets its number.
    pub(super) fn file_name(&self, number: u32, ending: &str) -> String {
        let names = [id::LONG_FILE_NAME, id::FILE_NAME, id::NAME];
        let name = names.into_iter().find_map(|id| self.text(id));
        name.unwrap_or_else(|| format!("attachment-{number}.{ending}"))
    }
}

/// The step to an attachment.
pub(super) fn attachment(name: String) -> Step {
    Step::Attachment { name: FileName::new(name) }
}

/// Tells the header fields and the body of a message.
pub(super) fn tell(
    message: &Properties,
    receivers: &[Properties],
    budget: Budget,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    let header = header(message, receivers, sink);
    if header == Flow::Stop {
        return Ok(Flow::Stop);
    }
    body(message, budget, sink)
}

fn header(message: &Properties, receivers: &[Properties], sink: &mut dyn Sink) -> Flow {
    // What came by mail has its header fields; what was told by them is not told again.
    let stored = message.text(id::HEADERS).unwrap_or_default();
    let mut flow = mail::header_fields(stored.as_bytes(), sink);
    let mut tell = |field: &str, value: Option<String>| {
        let new = |value: &String| !stored.contains(value.as_str());
        if let Some(value) = value.filter(new) {
            flow = either(flow, self::field(field, &value, sink));
        }
    };
    if stored.is_empty() {
        people(message, receivers, &mut tell);
    }
    tell("Subject", message.text(id::SUBJECT));
    for (id, name) in DETAILS {
        tell(name, message.text(id));
    }
    for (name, value) in &message.named {
        tell(name, message.text_of(value));
    }
    flow
}

/// Who wrote it and who gets it.
fn people(
    message: &Properties,
    receivers: &[Properties],
    tell: &mut dyn FnMut(&str, Option<String>),
) {
    let mut told = None;
    for (field, name, smtp, other) in SENDERS {
        let person = message.person(name, smtp, other);
        if person != told {
            tell(field, person.clone());
        }
        told = person.or(told);
    }
    for (field, kind, names) in RECEIVERS {
        let own = receivers.iter().filter(|own| own.number(id::RECIPIENT_TYPE) == Some(kind));
        let people: Vec<String> =
            own.filter_map(|own| own.person(id::NAME, id::SMTP_ADDRESS, id::ADDRESS)).collect();
        match people.is_empty() {
            true => tell(field, message.text(names)),
            false => tell(field, Some(people.join(", "))),
        }
    }
}

fn field(name: &str, value: &str, sink: &mut dyn Sink) -> Flow {
    let mut record = RecordBuilder::new(Ruler::default());
    let place = Place::Mail { part: "header", field: Some(name.to_owned()), line: None };
    record.begin_fixed(name, place);
    record.absent(value.trim().as_bytes());
    record.push_to(sink)
}

/// Tells the body. It may be there in three forms that say the same.
fn body(message: &Properties, budget: Budget, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let plain = message.text(id::BODY).unwrap_or_default();
    let html = message.bytes(id::HTML).map(|html| html_text(html, message));
    if !plain.is_empty() {
        return mail::text_in_two_forms(&plain, html.as_deref(), sink);
    }
    if let Some(html) = html {
        return mail::marked_up(&html, sink);
    }
    let packed = message.bytes(id::RTF).unwrap_or_default();
    if packed.is_empty() {
        return Ok(Flow::Continue);
    }
    let text = compressed_rtf::unpack(packed, budget.memory)
        .ok_or_else(|| Failure::corrupt("its text cannot be unpacked"))?;
    let document = Document::streamed(b"", Vec::new(), Box::new(Cursor::new(text)), budget);
    rtf::extract(document, &mut Renamed { sink })
}

/// HTML in the encoding that it names, or the message's.
fn html_text(html: &[u8], message: &Properties) -> String {
    let declared = super::declared::declared_encoding(html);
    match (std::str::from_utf8(html), declared) {
        (Ok(html), _) => html.to_owned(),
        (_, Some(encoding)) => encoding.decode(html).0.into_owned(),
        (_, None) => code_page::decode(message.page, html).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_names_and_addresses() {
        let person = |name: &str, smtp: &str, other: &str| {
            let mut properties = Properties::default();
            for (id, text) in [(1, name), (2, smtp), (3, other)] {
                properties.add(id, Value::Text(text.to_owned()));
            }
            properties.person(1, 2, 3)
        };
        assert_eq!(person("Eva", "eva@example.se", "").as_deref(), Some("Eva <eva@example.se>"));
        assert_eq!(person("Eva", "", "/O=X/CN=eva").as_deref(), Some("Eva"));
        assert_eq!(person("Eva", "", "eva@example.se").as_deref(), Some("Eva <eva@example.se>"));
        assert_eq!(
            person("eva@example.se", "eva@example.se", "").as_deref(),
            Some("eva@example.se")
        );
        assert_eq!(person("", "", ""), None);
    }
}
