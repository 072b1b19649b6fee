//! The program: everything is in `cli`.

use std::process::ExitCode;

/// Linux binaries are shipped with musl, whose own allocator makes a search of a history take 60 % more CPU time.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hullguard::cli::run()
}
