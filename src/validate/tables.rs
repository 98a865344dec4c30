//! The tables that the build script makes of the lists in `rules/data`.

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
