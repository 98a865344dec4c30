//! The command: hands over to the library and ends with its exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    sparhund::cli::run(std::env::args_os()).into()
}
