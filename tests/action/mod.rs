//! `hullguard action` over real git repositories: each row of the event table, as GitHub's runner would call it.
//!
//! Payloads hold what GitHub's do as far as it is read. No network: what is fetched comes from a folder, and findings
//! go to the log.

mod events;
#[cfg(unix)]
mod hidden;
#[cfg(target_os = "linux")]
mod hostile;
mod identity;
#[cfg(target_os = "linux")]
mod install;
mod lines;
mod machine;
#[cfg(target_os = "linux")]
mod programs;
mod runner;
mod suppressed;
