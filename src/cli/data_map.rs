//! `map`, `retention`, `diff` and `policy`: commands that read inventories and what the organisation
//! has declared, and never what was scanned.

use std::io::{self, BufRead, Write as _};
use std::path::{Path, PathBuf};

use super::exit::{ExitStatus, Failure};
use super::options::{
    DiffOptions, MapFormat, MapOptions, RetentionOptions, TableFormat, Target, When,
};
use super::session::{self, Outcome, SharedOutput};
use super::terminal::{self, harmless, tell};
use crate::data_map::register::Register;
use crate::data_map::scan_page::Before;
use crate::data_map::survey::Survey;
use crate::data_map::{diff as difference, map as view, retention as past};
use crate::inventory::{self, Ending, ReadError, Reader};
use crate::model::Language;
use crate::policy::Policy;
use crate::policy::draft::Draft;
use crate::validate::date::Date;

/// An inventory that is open.
type Open = Reader<Box<dyn BufRead>>;

/// Draws the data map, or drafts the record of processing activities.
pub(super) fn map(options: &MapOptions) -> Result<ExitStatus, Failure> {
    let policy = options.policy.as_deref().map(load_policy).transpose()?;
    let survey = survey(&options.inventories, policy.as_ref(), options.language)?;
    let (policy, language) = (policy.as_ref(), options.language);
    write(&options.output, survey.is_whole(), |out| match (options.register, options.format) {
        (false, MapFormat::Json) => json(out, &view::view(&survey, policy, language)),
        (false, MapFormat::Csv) => view::write_csv(&survey, policy, language, out),
        (false, MapFormat::Html) => view::write_page(&survey, policy, language, out),
        (true, format) => {
            let register = Register::new(&survey, policy, language);
            match format {
                MapFormat::Json => json(out, &register),
                MapFormat::Csv => register.write_csv(language, out),
                MapFormat::Html => register.write_page(language, out),
            }
        }
    })
}

/// Shows what lies past its time.
pub(super) fn retention(options: &RetentionOptions) -> Result<ExitStatus, Failure> {
    let policy = load_policy(&options.policy)?;
    let language = options.language;
    let survey = survey(&options.inventories, Some(&policy), language)?;
    let day = options.date.unwrap_or_else(today);
    let account = past::account(&survey, &policy, day, language);
    write(&options.output, survey.is_whole(), |out| match options.format {
        TableFormat::Text => out.write_all(account.to_text(language).as_bytes()),
        TableFormat::Json => json(out, &account),
        TableFormat::Csv => account.write_csv(language, out),
    })
}

/// Compares two inventories.
pub(super) fn diff(options: &DiffOptions) -> Result<ExitStatus, Failure> {
    let policy = options.policy.as_deref().map(load_policy).transpose()?;
    let (mut old, mut new) = (open(&options.old)?, open(&options.new)?);
    let compared = difference::compare(&mut old, &mut new, policy.as_ref());
    let found = compared.map_err(|(which, error)| {
        unreadable(if which == 0 { &options.old } else { &options.new }, &error)
    })?;
    for (path, reader) in [(&options.old, &old), (&options.new, &new)] {
        tell_if_cut_off(path, reader.ending());
    }
    let status = write(&options.output, found.complete, |out| match options.format {
        TableFormat::Json => json(out, &found),
        TableFormat::Text | TableFormat::Csv => {
            out.write_all(found.to_text(options.language).as_bytes())
        }
    })?;
    // Differences win over what is missing.
    let written = matches!(status, ExitStatus::Done | ExitStatus::Incomplete);
    let differs = options.exit_code && found.is_any();
    Ok(if differs && written { ExitStatus::Failed } else { status })
}

/// Drafts a policy file.
pub(super) fn draft_policy(paths: &[PathBuf], target: &Target) -> Result<ExitStatus, Failure> {
    let mut draft = Draft::default();
    let mut whole = true;
    for path in paths {
        let mut reader = open(path)?;
        while let Some(object) = reader.read().map_err(|error| unreadable(path, &error))? {
            draft.meet(&object);
        }
        whole &= tell_if_cut_off(path, reader.ending());
    }
    write(target, whole, |out| out.write_all(draft.write().as_bytes()))
}

/// Checks a policy file, and names what is not filled in.
pub(super) fn check_policy(file: &Path) -> Result<ExitStatus, Failure> {
    let policy = load_policy(file)?;
    write(&Target::Stdout, true, |out| {
        let organisation = &policy.organisation;
        for (key, value) in [
            ("name", &organisation.name),
            ("contact", &organisation.contact),
            ("dpo", &organisation.dpo),
        ] {
            if value.is_none() {
                writeln!(out, "not filled in: organisation: {key}")?;
            }
        }
        for system in policy.systems.iter().filter(|system| !system.gaps().is_empty()) {
            let gaps = system.gaps().join(", ");
            writeln!(out, "not filled in: {}: {gaps}", harmless(&system.name))?;
        }
        writeln!(
            out,
            "no mistakes: {} systems, {} holds, {} lists",
            policy.systems.len(),
            policy.holds.len(),
            policy.lists.len()
        )
    })
}

/// What an inventory before a scan had.
pub(super) fn before(path: &Path) -> Result<Before, Failure> {
    let mut reader = open(path)?;
    let before = Before::read(&mut reader).map_err(|error| unreadable(path, &error))?;
    tell_if_cut_off(path, reader.ending());
    Ok(before)
}

fn survey(
    paths: &[PathBuf],
    policy: Option<&Policy>,
    language: Language,
) -> Result<Survey, Failure> {
    let mut survey = Survey::new(policy);
    for path in paths {
        let mut reader = open(path)?;
        let name = terminal::path(path);
        survey
            .read(&name, &mut reader, policy, language)
            .map_err(|error| unreadable(path, &error))?;
        tell_if_cut_off(path, reader.ending());
    }
    Ok(survey)
}

fn open(path: &Path) -> Result<Open, Failure> {
    inventory::open(path).map_err(|error| {
        let name = terminal::path(path);
        Failure::usage(format!("the inventory {name} cannot be opened: {error}"))
    })
}

fn unreadable(path: &Path, error: &ReadError) -> Failure {
    Failure::usage(format!("{}, {error}", terminal::path(path)))
}

/// Tells of an inventory that is not whole. True if it is.
fn tell_if_cut_off(path: &Path, ending: Ending) -> bool {
    let name = terminal::path(path);
    match ending {
        Ending::Whole => return true,
        Ending::Interrupted => tell(&format!("{name} is of a scan that was interrupted")),
        Ending::CutOff => tell(&format!("{name} was cut off: what follows is missing")),
    }
    false
}

fn load_policy(path: &Path) -> Result<Policy, Failure> {
    Policy::load(path).map_err(|complaints| {
        let lines: Vec<String> =
            complaints.iter().map(|complaint| harmless(&complaint.to_string())).collect();
        Failure::usage(format!("the policy is wrong\n{}", lines.join("\n")))
    })
}

fn today() -> Date {
    let today = jiff::Zoned::now().date();
    let (month, day) = (today.month().unsigned_abs(), today.day().unsigned_abs());
    let today = Date::new(today.year().unsigned_abs(), month, day);
    today.expect("the clock of the system shows a day of the calendar")
}

fn json(out: &mut dyn io::Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Writes a result; one that is made from less than everything ends with its own status.
fn write(
    target: &Target,
    whole: bool,
    work: impl FnOnce(&mut SharedOutput) -> io::Result<()>,
) -> Result<ExitStatus, Failure> {
    session::run(target, When::Never, |session| {
        work(&mut session.output)?;
        Ok(if whole { Outcome::Complete } else { Outcome::Incomplete })
    })
}
