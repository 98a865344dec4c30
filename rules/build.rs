//! Makes, at build time, the tables that the detectors read, so that starting up costs nothing.

use std::env;
use std::path::Path;

#[path = "build/lexicon.rs"]
mod lexicon;
#[path = "build/names.rs"]
mod names;
#[path = "build/rules.rs"]
mod rules;
#[path = "build/tables.rs"]
mod tables;

fn main() {
    println!("cargo:rerun-if-changed=rules/build.rs");
    let out = env::var_os("OUT_DIR").expect("cargo tells build scripts where to write");
    tables::write(Path::new("rules/data"), Path::new(&out));
    rules::write(Path::new("rules"), Path::new(&out));
    names::write(Path::new("rules/data"), Path::new(&out));
    lexicon::generate();
}
