//! The one integration binary: pages prove rules, cases the command line, laws properties, the corpus silence and
//! survival.

mod action;
mod archives;
mod cases;
mod catalogue;
mod clock;
mod commands;
mod configuration;
mod context;
mod contract;
mod corpus;
mod evidence;
mod fixes;
mod floors;
mod gathered;
mod github;
mod harden;
mod hardening;
mod hostile;
mod init;
mod known;
mod large;
#[cfg(target_os = "linux")]
mod links;
mod local;
mod names;
mod newer;
mod packaging;
mod pages;
mod past;
mod picture;
mod practices;
mod privileges;
#[cfg(unix)]
mod readme;
mod secrets;
#[cfg(unix)]
mod shellcheck;
#[cfg(unix)]
mod silence;
mod surfaces;
#[cfg(unix)]
mod surroundings;
mod survived;
mod swallowed;
mod tables;
mod together;
mod tokens;
mod tree;
mod variants;
mod veiled;
mod why;
mod words;
