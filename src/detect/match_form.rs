//! The match form of a finding, and what of its finer kinds counting does not need.

use super::candidate::{Candidate, Normalized};
use super::{addresses, email};
use crate::model::{Attributes, Category, Role, Ruler};
use crate::validate;

/// Works out the match form and the attributes that counting does not need.
pub(super) fn complete(
    text: &[u8],
    ruler: Ruler,
    candidate: &Candidate,
    normalized: &mut String,
    attributes: &mut Attributes,
) {
    normalized.clear();
    if let Normalized::Joined(pieces) = candidate.normalized {
        for (start, end) in pieces {
            fold_spaces(&ruler.decode(&text[start as usize..end as usize]), normalized);
        }
        return;
    }
    let written = &text[candidate.range()];
    match candidate.category {
        Category::Email if plain_address(written, normalized, attributes) => {}
        Category::Email => {
            let uncovered = email::uncover(written);
            let written = uncovered.as_ref().map_or(written, |u| u.as_bytes());
            let bounds = 0..written.len();
            let parts = memchr::memchr_iter(b'@', written)
                .next()
                .and_then(|at| email::read(written, &bounds, at))
                .or_else(|| disguised_in(written));
            if let Some(parts) = parts {
                let local = ruler.decode(&written[parts.local.clone()]).into_owned();
                let domain = ruler.decode(&parts.domain_text(written)).into_owned();
                let role = validate::email::is_role_address(local.as_bytes(), domain.as_bytes());
                attributes.role = Some(if role { Role::Role } else { Role::Person });
                normalized.push_str(&validate::email::normalized(&local, &domain));
            }
        }
        Category::Iban | Category::PaymentCard => {
            let signs = written.iter().filter(|b| b.is_ascii_alphanumeric());
            normalized.extend(signs.map(|b| char::from(b.to_ascii_uppercase())));
        }
        Category::Own(own) => {
            own.category().form.write(&ruler.decode(written), normalized);
        }
        Category::IpAddress => {
            normalized.push_str(&validate::ip::canonical(&ruler.decode(written)));
        }
        Category::PostalAddress => addresses::complete(text, ruler, candidate, normalized),
        _ => fold_spaces(&ruler.decode(written), normalized),
    }
}

/// Appends the words of a text, with one space between them.
pub(super) fn fold_spaces(text: &str, out: &mut String) {
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// An address of ASCII letters, which needs lower case and nothing else. False for all others.
fn plain_address(written: &[u8], normalized: &mut String, attributes: &mut Attributes) -> bool {
    let Some(at) = memchr::memchr(b'@', written) else { return false };
    let (local, domain) = (&written[..at], &written[at + 1..]);
    let Ok(ascii) = std::str::from_utf8(written) else { return false };
    let coded = || memchr::memmem::find(domain, b"--").is_some();
    if !ascii.is_ascii() || coded() || memchr::memchr(b'@', domain).is_some() {
        return false;
    }
    normalized.push_str(ascii);
    normalized.make_ascii_lowercase();
    let role = validate::email::is_role_address(local, domain);
    attributes.role = Some(if role { Role::Role } else { Role::Person });
    true
}

fn disguised_in(written: &[u8]) -> Option<email::Written> {
    (0..written.len()).find_map(|at| email::read_disguised(written, &(0..written.len()), at))
}
