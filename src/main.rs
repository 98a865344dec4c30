//! The command: hands over to the library and ends with its exit status.

fn main() {}
