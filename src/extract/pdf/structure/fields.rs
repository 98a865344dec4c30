//! Fields of forms (ISO 32000-2, 12.7): what was filled in, also where no appearance shows it, and XFA.

use std::collections::HashSet;

use hayro_syntax::object::dict::keys::{ACRO_FORM, KIDS, PARENT, SUBTYPE, T, V};
use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier};

use super::Open;
use super::strings::{decode, text};
use crate::extract::RecordBuilder;
use crate::model::{Flow, PagePart, Place, Ruler, Sink};

/// Keys of fields: what kind they are, what people call them.
const FT: &[u8] = b"FT";
const TU: &[u8] = b"TU";

/// Fields hang on one another no deeper than this.
const DEEPEST: usize = 32;

/// Fields of a form beyond this are not looked at.
const MOST: usize = 200_000;

/// A record of fields is handed over when it is this large, in bytes.
const LARGEST: usize = 64 * 1024;

/// Tells the fields page by page, then those that no page shows.
pub(super) fn tell(open: &Open<'_>, sink: &mut dyn Sink) -> Flow {
    let mut told = HashSet::new();
    for sheet in open.sheets.iter() {
        let mut form = Form::default();
        for widget in sheet.annotations().filter(is_widget) {
            let field = Field::of(&widget);
            if field.identity.is_some_and(|id| !told.insert(id)) {
                continue;
            }
            let place = sheet.place(&widget, PagePart::FormField, field.name());
            if form.add(open, &field, place, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
        if form.end(sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    let Some(form) = open.catalog.get::<Dict<'_>>(ACRO_FORM) else { return Flow::Continue };
    match without_page(open, &form, &mut told, sink) {
        Flow::Continue => super::xfa::tell(open, &form, sink),
        Flow::Stop => Flow::Stop,
    }
}

fn is_widget(annotation: &Dict<'_>) -> bool {
    // A field and its only widget may be one dictionary.
    annotation.get::<Name<'_>>(SUBTYPE).is_some_and(|kind| *kind == *b"Widget")
        || annotation.contains_key(FT)
}

/// The fields of the form's tree that are on no page.
fn without_page(
    open: &Open<'_>,
    form: &Dict<'_>,
    told: &mut HashSet<ObjectIdentifier>,
    sink: &mut dyn Sink,
) -> Flow {
    let mut rest: Vec<(Dict<'_>, usize)> = children(form, b"Fields", 0);
    rest.reverse();
    let mut met = HashSet::new();
    let mut record = Form::default();
    while let Some((node, depth)) = rest.pop() {
        if met.len() >= MOST || node.obj_id().is_some_and(|id| !met.insert(id)) {
            continue;
        }
        let field = Field::of(&node);
        let is_told = field.identity.is_some_and(|id| told.contains(&id));
        if node.contains_key(V) && !is_told {
            told.extend(field.identity);
            let part = Some(PagePart::FormField);
            let place = Place::Page { page: 1, field: field.name(), rect: None, part };
            if record.add(open, &field, place, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
        let mut inner = children(&node, KIDS, depth + 1);
        inner.reverse();
        rest.append(&mut inner);
    }
    record.end(sink)
}

fn children<'d>(node: &Dict<'d>, key: &[u8], depth: usize) -> Vec<(Dict<'d>, usize)> {
    let kids = node.get::<Array<'d>>(key).filter(|_| depth < DEEPEST).unwrap_or_default();
    kids.iter::<Dict<'d>>().take(MOST).map(|kid| (kid, depth)).collect()
}

/// A field: what it is called and what it holds.
struct Field {
    /// The object that holds the value: several widgets may show the same field.
    identity: Option<ObjectIdentifier>,
    /// Its names from the outermost in.
    names: Vec<String>,
    /// What it is called to people.
    caption: Option<String>,
    value: Option<String>,
}

impl Field {
    /// The field of a widget: what it does not say itself, its parents do.
    fn of(widget: &Dict<'_>) -> Field {
        let mut field = Field { identity: None, names: Vec::new(), caption: None, value: None };
        let mut node = Some(widget.clone());
        for _ in 0..DEEPEST {
            let Some(at) = node.take() else { break };
            if field.value.is_none() && at.contains_key(V) {
                field.value = value(&at);
                field.identity = at.obj_id();
            }
            field.names.extend(text(&at, T));
            field.caption = field.caption.or_else(|| text(&at, TU));
            node = at.get::<Dict<'_>>(PARENT);
        }
        field.names.reverse();
        field
    }

    /// Its full name, as forms are filled by.
    fn name(&self) -> Option<String> {
        (!self.names.is_empty()).then(|| self.names.join("."))
    }

    fn label(&self) -> &str {
        self.caption.as_deref().or(self.names.last().map(String::as_str)).unwrap_or_default()
    }
}

/// What a field holds.
fn value(field: &Dict<'_>) -> Option<String> {
    let value = match field.get::<Object<'_>>(V)? {
        Object::String(text) => decode(text.as_bytes()),
        Object::Name(name) => choice(name.as_str())?,
        Object::Stream(stream) => decode(&stream.decoded_data().ok()?),
        Object::Array(choices) => {
            let texts = choices.iter::<Object<'_>>().filter_map(Object::into_string);
            texts.map(|text| decode(text.as_bytes())).collect::<Vec<_>>().join(", ")
        }
        _ => return None,
    };
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!value.is_empty()).then(|| value.to_owned())
}

/// What a box that was ticked stands for, if that says anything.
fn choice(name: &str) -> Option<String> {
    let says_nothing = ["Off", "On", "Yes", "No"].contains(&name) || name.len() < 3;
    (!says_nothing).then(|| name.to_owned())
}

/// A record of fields.
struct Form {
    record: RecordBuilder,
}

impl Default for Form {
    fn default() -> Form {
        Form { record: RecordBuilder::new(Ruler::default()) }
    }
}

impl Form {
    fn add(&mut self, open: &Open<'_>, field: &Field, place: Place, sink: &mut dyn Sink) -> Flow {
        let Some(value) = &field.value else { return Flow::Continue };
        let Place::Page { page, .. } = place else { return Flow::Continue };
        open.note(value);
        if open.seen.tells(page, PagePart::FormField, value) {
            return Flow::Continue;
        }
        self.record.begin_fixed(field.label(), place);
        self.record.absent(value.as_bytes());
        if self.record.len() < LARGEST { Flow::Continue } else { self.end(sink) }
    }

    fn end(&mut self, sink: &mut dyn Sink) -> Flow {
        self.record.push_to(sink)
    }
}
