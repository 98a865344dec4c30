//! Documents that are a ZIP archive of XML parts: what Office Open XML (ECMA-376) and OpenDocument
//! (OASIS) have in common.

pub(super) mod odf;
pub(super) mod part;
pub(super) mod presentation;
pub(super) mod properties;
mod relations;
pub(super) mod rows;
pub(super) mod texts;
pub(super) mod word;

use std::collections::BTreeMap;

use super::document::Failure;
use super::zip::{self, Archive};
use crate::model::{FileName, Flow, Problem, Sink, Step};

/// Hands on a file inside the document. What is wrong with it the sink is told.
fn embedded(archive: &mut Archive<'_>, name: &str, own: &str, sink: &mut dyn Sink) -> Flow {
    let step = Step::Embedded { name: Some(FileName::new(own)), index: None };
    zip::member(step, archive.by_name(name), sink)
}

/// Hands on all files whose names begin so; their own names are without these folders.
fn embedded_in(archive: &mut Archive<'_>, beginnings: &[&str], sink: &mut dyn Sink) -> Flow {
    let folder = |name: &str| {
        let beginning = beginnings.iter().find(|beginning| name.starts_with(**beginning))?;
        Some(beginning.rfind('/').map_or(0, |slash| slash + 1))
    };
    let file = |name: &std::borrow::Cow<'_, str>| !name.ends_with('/') && !name.contains("/_rels/");
    let names: BTreeMap<String, usize> = archive
        .file_names()
        .flatten()
        .filter(file)
        .filter_map(|name| folder(&name).map(|folder| (name.into_owned(), folder)))
        .collect();
    for (name, folder) in names {
        if embedded(archive, &name, &name[folder..], sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// Goes on after a part that could not be read to its end: its neighbours are not to suffer.
fn heal(read: Result<Flow, Failure>, part: &str, sink: &mut dyn Sink) -> Flow {
    match read {
        Ok(flow) => flow,
        Err(failure) => {
            let problem = failure.into_problem(true);
            let detail = format!("{part}: {}", problem.detail);
            sink.problem(Problem { detail, ..problem })
        }
    }
}
