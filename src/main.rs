//! The `leadwire` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    leadwire::cli::run()
}
