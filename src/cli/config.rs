//! `config`: what the configuration says, and whether it can be used.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use super::check::{allows, read_baseline};
use super::exit::{ExitStatus, Failure};
use super::options::{ConfigOptions, Target, When};
use super::session::{self, Outcome};
use super::terminal::{self, harmless};
use crate::config::{Config, Location, NAME, Password};

/// Checks or shows the configuration. That it could be read is known already.
pub(super) fn config(options: &ConfigOptions) -> Result<ExitStatus, Failure> {
    let Some(config) = &options.config else {
        return Err(Failure::usage(format!(
            "there is no {NAME} in the working folder: make one, or name one with --config FILE"
        )));
    };
    let allows = allows(config, &options.rules)?;
    let complaints = complaints(config);
    if !complaints.is_empty() {
        return Err(Failure::usage(format!(
            "the configuration cannot be used\n{}",
            complaints.join("\n")
        )));
    }
    let text = if options.show {
        shown(config, options)
    } else {
        format!(
            "{}: ok, {} sources, {} exceptions\n",
            terminal::path(&config.file),
            config.sources.len(),
            allows.len()
        )
    };
    session::run(&Target::Stdout, When::Never, |session| {
        session.output.write_all(text.as_bytes())?;
        Ok(Outcome::Complete)
    })
}

/// What it names and is not there, or cannot be read.
fn complaints(config: &Config) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut needs = |what: &str, path: &Path| {
        if let Err(error) = path.metadata() {
            complaints.push(format!("{what} {}: {error}", terminal::path(path)));
        }
    };
    for (name, location) in &config.sources {
        match location {
            Location::Path(path) => needs(&format!("source {name}:"), path),
            Location::Database { password: Some(Password::File(file)), .. } => {
                needs(&format!("password of {name}:"), file);
            }
            Location::Database { .. } => {}
        }
    }
    for (what, file) in [("key", &config.key_file), ("policy", &config.policy)] {
        if let Some(file) = file {
            needs(&format!("{what}:"), file);
        }
    }
    if let Some(file) = &config.check.baseline
        && let Ok(text) = std::fs::read_to_string(file)
        && let Err(failure) = read_baseline(file, &text)
    {
        complaints.push(failure.message);
    }
    complaints
}

/// What holds, a line each, with where it comes from. Files of secrets are named, never read.
fn shown(config: &Config, options: &ConfigOptions) -> String {
    let mut text = format!("configuration  {}\n", terminal::path(&config.file));
    let path = |path: &Path| terminal::path(path);
    let mut line = |name: &str, value: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name} = {}", harmless(&value));
    };
    for (name, location) in &config.sources {
        match location {
            Location::Path(at) => line(&format!("sources.{name}.path"), path(at)),
            Location::Database { url, password } => {
                line(&format!("sources.{name}.url"), url.clone());
                match password {
                    Some(Password::Env(variable)) => {
                        let set = std::env::var_os(variable).is_some_and(|value| !value.is_empty());
                        let set = if set { "set" } else { "not set" };
                        line(
                            &format!("sources.{name}.password_env"),
                            format!("{variable} ({set})"),
                        );
                    }
                    Some(Password::File(file)) => {
                        line(&format!("sources.{name}.password_file"), path(file));
                    }
                    None => {}
                }
            }
        }
    }
    settings(config, &mut line);
    let (key, origin) = match &options.key_file {
        Some(file) => (Some(file), " (from SPARHUND_KEY_FILE)"),
        None => (config.key_file.as_ref(), ""),
    };
    if let Some(file) = key {
        line("key.file", format!("{}{origin}", path(file)));
    }
    for file in &config.rules {
        line("rules.dirs", path(file));
    }
    if let Some(file) = &config.policy {
        line("policy.file", path(file));
    }
    if let Some(file) = &config.check.baseline {
        line("check.baseline", path(file));
    }
    for allow in &config.check.allow {
        let until = allow.until.map(|day| format!(", until {day}")).unwrap_or_default();
        let owner = allow.owner.as_ref().map(|who| format!(", owner {who}")).unwrap_or_default();
        line(
            "check.allow",
            format!("{} in {}{owner}{until}: {}", allow.category, allow.path.glob(), allow.reason),
        );
    }
    text
}

fn settings(config: &Config, line: &mut dyn FnMut(&str, String)) {
    let globs = |globs: &[globset::Glob]| {
        globs.iter().map(|glob| glob.glob().to_owned()).collect::<Vec<_>>().join(", ")
    };
    let (scan, output, check) = (&config.scan, &config.output, &config.check);
    for (name, value) in [
        ("scan.include", Some(globs(&scan.include))),
        ("scan.exclude", Some(globs(&scan.exclude))),
        ("scan.max_size", scan.max_size.map(|size| size.to_string())),
        ("scan.one_file_system", scan.one_file_system.map(|flag| flag.to_string())),
        ("scan.follow_links", scan.follow_links.map(|flag| flag.to_string())),
        ("scan.categories", Some(scan.categories.join(", "))),
        ("scan.min_confidence", scan.min_confidence.map(|grade| grade.to_string())),
        ("scan.jobs", scan.jobs.map(|jobs| jobs.to_string())),
        ("scan.timeout", scan.timeout.map(|seconds| seconds.to_string())),
        ("output.format", output.format.clone()),
        ("output.file", output.file.as_deref().map(terminal::path)),
        ("output.values", output.values.clone()),
        ("output.mask_paths", output.mask_paths.map(|flag| flag.to_string())),
        ("check.categories", Some(check.categories.join(", "))),
        ("check.exclude", Some(globs(&check.exclude))),
    ] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            line(name, value);
        }
    }
}
