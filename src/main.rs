//! The program: everything is in `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    hullguard::cli::run()
}
