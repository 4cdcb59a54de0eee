//! The `redthread` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    redthread_api::cli::run()
}
