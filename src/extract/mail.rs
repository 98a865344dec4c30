//! Mails (RFC 5322, MIME): header fields, the body's lines, attachments.

use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::document::{Document, Failure};
use super::encoding::Stored;
use super::relocated::Relocated;
use super::stream::{TextStream, lines};
use super::tabbed::Tabbed;
use super::{RecordBuilder, html};
use crate::model::{
    FileName, Flow, Place, Problem, Reason, Record, Ruler, Sink, Step, TextPlace, Width,
};

/// Header fields that only a stored mail has (RFC 5322, RFC 2045); a copied text has others.
const MAIL_FIELDS: [&[u8]; 6] = [
    b"received:",
    b"return-path:",
    b"message-id:",
    b"mime-version:",
    b"delivered-to:",
    b"x-mozilla-status:",
];

/// Header fields that identify or sign messages, or say how they are written.
const TECHNICAL: [&str; 16] = [
    "message-id",
    "references",
    "in-reply-to",
    "mime-version",
    "date",
    "dkim-signature",
    "domainkey-signature",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "x-google-dkim-signature",
    "x-google-smtp-source",
    "thread-index",
    "resent-message-id",
    "x-ms-exchange-organization-network-message-id",
    "x-ms-exchange-crosstenant-network-message-id",
];

/// Is it a mail?
pub(super) fn looks_like(head: &[u8], name: &[u8]) -> bool {
    !head.starts_with(b"From ") && is_mail(head, name)
}

/// A mail or a box of mails: header fields on all first lines, one of them a mail's own, unless the
/// name promises a mail.
pub(super) fn is_mail(head: &[u8], name: &[u8]) -> bool {
    let mbox = head.starts_with(b"From ");
    let fields = || {
        let lines = lines(head).skip(usize::from(mbox)).take(40);
        lines.take_while(|line| !line.trim_ascii().is_empty()).filter(|line| !is_folded(line))
    };
    // Most texts show in their first line that they are none.
    if !fields().next().is_some_and(is_field) {
        return false;
    }
    let header: Vec<&[u8]> = fields().collect();
    let has = |line: &&[u8], names: &[&[u8]]| {
        names.iter().any(|f| line.get(..f.len()).is_some_and(|l| l.eq_ignore_ascii_case(f)))
    };
    // A message of a box has no name.
    let ending = name.len().saturating_sub(4);
    let promised = name.is_empty() || name[ending..].eq_ignore_ascii_case(b".eml");
    header.len() >= 2
        && header.iter().all(|line| is_field(line))
        && header.iter().any(|line| has(line, &MAIL_FIELDS) || promised && has(line, &[b"from:"]))
}

/// A line that goes on the one before.
fn is_folded(line: &[u8]) -> bool {
    matches!(line, [b' ' | b'\t', ..])
}

/// `Name: value`, the name of printable characters.
fn is_field(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else { return false };
    colon > 0 && line[..colon].iter().all(|b| b.is_ascii_graphic())
}

/// Reads a mail.
pub(super) fn extract(document: Document<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let bytes = document.into_bytes()?;
    let parser = MessageParser::new().with_mime_headers().default_header_text();
    let Some(message) = parser.parse(&bytes) else {
        return Err(Failure::corrupt("it has no header fields"));
    };
    if header(&message, sink) == Flow::Stop || bodies(&message, sink)? == Flow::Stop {
        return Ok(Flow::Stop);
    }
    for part in &message.parts {
        if is_encrypted(part) && sink.problem(encrypted()) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(attachments(&message, sink))
}

fn encrypted() -> Problem {
    Problem::part(Reason::Encrypted, "the message is encrypted for its receivers".to_owned())
}

/// S/MIME (RFC 8551) and OpenPGP (RFC 3156).
fn is_encrypted(part: &MessagePart<'_>) -> bool {
    let smime = part.is_content_type("application", "pkcs7-mime")
        || part.is_content_type("application", "x-pkcs7-mime");
    let kind = part.content_type().and_then(|kind| kind.attribute("smime-type"));
    part.is_content_type("multipart", "encrypted")
        || smime && kind.is_none_or(|kind| !kind.starts_with("signed"))
}

/// Tells the header fields that begin `bytes`, without a body.
pub(super) fn header_fields(bytes: &[u8], sink: &mut dyn Sink) -> Flow {
    let parser = MessageParser::new().with_mime_headers().default_header_text();
    parser.parse_headers(bytes).map_or(Flow::Continue, |message| header(&message, sink))
}

fn header(message: &Message<'_>, sink: &mut dyn Sink) -> Flow {
    for field in message.headers() {
        let name = field.name.as_str();
        let HeaderValue::Text(value) = &field.value else { continue };
        if TECHNICAL.iter().any(|technical| technical.eq_ignore_ascii_case(name)) {
            continue;
        }
        let mut record = RecordBuilder::new(Ruler::default());
        let place = Place::Mail { part: "header", field: Some(name.to_owned()), line: None };
        record.begin_fixed(name, place);
        record.absent(value.as_bytes());
        if record.push_to(sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// Reads the texts. Of a text in two forms the plain one is read, if it says as much as the other.
fn bodies(message: &Message<'_>, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let mut plain = 0;
    for part in message.text_bodies() {
        let flow = match &part.body {
            PartType::Text(text) => {
                plain += words(text.as_bytes());
                plain_text(text, sink)
            }
            PartType::Html(text) => marked_up(text, sink)?,
            _ => Flow::Continue,
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    let other = |id: &&u32| !message.text_body.contains(id);
    for part in message.html_body.iter().filter(other).filter_map(|id| message.part(*id)) {
        let PartType::Html(text) = &part.body else { continue };
        if says_more(text, plain)? && marked_up(text, sink)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

/// Reads a text in two forms: the plain one, and the other if it says much more.
pub(super) fn text_in_two_forms(
    plain: &str,
    html: Option<&str>,
    sink: &mut dyn Sink,
) -> Result<Flow, Failure> {
    if plain_text(plain, sink) == Flow::Stop {
        return Ok(Flow::Stop);
    }
    match html {
        Some(html) if says_more(html, words(plain.as_bytes()))? => marked_up(html, sink),
        _ => Ok(Flow::Continue),
    }
}

/// Does it say much more than a plain text of so many letters?
fn says_more(html: &str, plain: usize) -> Result<bool, Failure> {
    let mut counted = Counted(0);
    let _ = marked_up(html, &mut counted)?;
    Ok(counted.0 > plain * 2 + 100)
}

fn body(line: u64) -> Place {
    Place::Mail { part: "body", field: None, line: Some(line) }
}

fn plain_text(text: &str, sink: &mut dyn Sink) -> Flow {
    let mut lines = Tabbed::default();
    for (number, line) in (1..).zip(text.split('\n')) {
        if lines.add(body(number), line.trim_end_matches('\r'), sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    lines.end(sink)
}

/// Reads a body in HTML.
pub(super) fn marked_up(text: &str, sink: &mut dyn Sink) -> Result<Flow, Failure> {
    let stored = Stored { width: Width::Utf8, big_endian: false, mark: 0 };
    let head = text.as_bytes().to_vec();
    let mut stream = TextStream::with_encoding(head, Box::new(std::io::empty()), stored);
    let place = |place: TextPlace| body(place.line);
    Ok(html::extract(&mut stream, &mut Relocated { sink, place: &place })?)
}

/// Letters and digits.
fn words(text: &[u8]) -> usize {
    text.iter().filter(|b| b.is_ascii_alphanumeric()).count()
}

/// Counts the letters and digits of what it is told.
struct Counted(usize);

impl Sink for Counted {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        self.0 += words(&record.text[record.focus.clone()]);
        Flow::Continue
    }

    fn problem(&mut self, _problem: Problem) -> Flow {
        Flow::Continue
    }

    fn nested(&mut self, _step: Step, _content: &mut dyn std::io::Read) -> Flow {
        Flow::Continue
    }
}

fn attachments(message: &Message<'_>, sink: &mut dyn Sink) -> Flow {
    for (number, part) in (1..).zip(message.attachments()) {
        let name = FileName::new(name(part, number));
        if sink.nested(Step::Attachment { name }, &mut part.contents()) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// The name of an attachment; one without gets its number and an ending that says what it is.
fn name(part: &MessagePart<'_>, number: u32) -> String {
    if let Some(name) = part.attachment_name().filter(|name| !name.trim().is_empty()) {
        return name.to_owned();
    }
    let kind = part.content_type().and_then(|kind| kind.c_subtype.as_deref()).unwrap_or_default();
    let ending = match kind.to_ascii_lowercase().as_str() {
        "rfc822" => "eml",
        "plain" => "txt",
        "html" => "html",
        "calendar" => "ics",
        "vcard" | "x-vcard" => "vcf",
        "csv" => "csv",
        _ => "bin",
    };
    format!("attachment-{number}.{ending}")
}

#[cfg(test)]
mod tests {
    use crate::extract::testing_documents::check;

    #[test]
    fn header_body_and_attachments_are_read() {
        check(
            "a.eml",
            b"From: =?utf-8?q?Eva_=C3=85berg?= <eva@example.se>\r\nTo: bo@example.se\r\n\
Message-ID: <1@example.se>\r\nMIME-Version: 1.0\r\nSubject: Hej\r\n\
Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\r\nRad ett\r\n\r\n1985=\r\n0709 =E5\r\n--x\r\n\
Content-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\
Content-Transfer-Encoding: base64\r\n\r\naGVq\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n\
Subject: inre\r\n\r\ntext\r\n--x--\r\n",
            &[
                "From: Eva Åberg <eva@example.se>",
                "To: bo@example.se",
                "Subject: Hej",
                "line 1: Rad ett",
                "line 3: 19850709 å",
                "a.csv <- hej",
                "attachment-2.eml <- Subject: inre\r\n\r\ntext",
            ],
        );
    }

    #[test]
    fn texts_in_two_forms_are_told_once() {
        let mail = |plain: &str, html: &str| {
            format!(
                "Received: x\nTo: bo@example.se\nContent-Type: multipart/alternative; boundary=x\n\n\
                 --x\nContent-Type: text/plain\n\n{plain}\n--x\nContent-Type: text/html\n\n\
                 <html>\n<p>{html}</p></html>\n--x--\n"
            )
        };
        let told = |plain, html, want: &[&str]| {
            let all = [&["Received: x", "To: bo@example.se"], want].concat();
            check("a.eml", mail(plain, html).as_bytes(), &all);
        };
        told("Hej Eva", "Hej <b>E</b>va", &["line 1: Hej Eva"]);
        let long = "ord ".repeat(100);
        let long = long.trim();
        told("Se html", long, &["line 1: Se html", &format!("line 2: {long}")]);
        check(
            "a.eml",
            b"Received: x\nContent-Type: text/html\n\n<p>ett</p>\n<p>tv&aring;</p>",
            &["Received: x", "line 1: ett", "line 2: två"],
        );
    }

    #[test]
    fn what_is_encrypted_is_told() {
        let head = b"Received: x\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=a.p7m\n\nx";
        check("a.eml", head, &["Received: x", "! encrypted", "a.p7m <- x"]);
    }

    #[test]
    fn boxes_are_read_message_by_message() {
        let from = "From eva@example.se Fri Mar 14 09:00:01 2025\n";
        check(
            "a.mbox",
            format!("{from}Received: a\nSubject: b\n\nc\n\n{from}Received: d\n\n>From e\n")
                .as_bytes(),
            &["1 <- Received: a\nSubject: b\n\nc", "2 <- Received: d\n\nFrom e"],
        );
    }
}
