//! The `redthread` command.

use std::process::ExitCode;

/// A step makes and drops hundreds of small values, on whichever thread the writer runs just then.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    redthread_api::cli::run()
}
