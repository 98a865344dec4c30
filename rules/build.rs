//! Makes, at build time, the tables that the detectors read, so that starting up costs nothing.

#[path = "build/lexicon.rs"]
mod lexicon;

fn main() {
    println!("cargo:rerun-if-changed=rules/build.rs");
    lexicon::generate();
}
