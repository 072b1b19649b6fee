//! The arguments of commands on stages and services: `graph`, `privileges`, `harden`.

use std::path::PathBuf;

use super::look::Settings;
use super::values::{Color, OverviewFormat, among, drawings, profile, profiles};
use crate::report::graph::Drawing;
use crate::report::privileges::Telling;
use crate::rule::Profile;

pub(super) const GRAPH_EXAMPLES: &str = "\
Examples:
  hullguard graph api/Dockerfile                  draw one file as a tree
  hullguard graph --format mermaid > stages.mmd   draw all files below the current folder
  hullguard graph --format dot Dockerfile | dot -Tsvg > stages.svg
  hullguard graph --network compose.yaml          who is on which network, what is published

Compose files below the current folder are also read: a stage that a service builds
ships. Findings are counted in the picture. They do not change the exit code.";

pub(super) const PRIVILEGES_EXAMPLES: &str = "\
Examples:
  hullguard privileges                    all services below the current folder
  hullguard privileges web                one service
  hullguard privileges -f prod.yaml --format json
  hullguard privileges --new-from main    what this branch gives or takes

The result assumes a Docker engine that runs as root and has no user namespaces.
The exit code is 0, or 2 if something could not be read.";

pub(super) const HARDEN_EXAMPLES: &str = "\
Examples:
  hullguard harden                 a diff of all services below the current folder
  hullguard harden web -f prod.yaml
  hullguard harden --no-questions  only the edits
  hullguard harden --write         make the sure edits; questions are only shown

No edit was tested: start the services afterwards, and check what they do.
The exit code is 0, or 2 if something could not be read or written.";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Graph {
    /// Dockerfiles and folders; `-` is standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Draw the networks of Compose files, not the stages of Dockerfiles
    #[arg(long)]
    pub(in crate::cli) network: bool,
    /// Path of the file that standard input holds
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) stdin_path: Option<PathBuf>,
    /// Format of the drawing: text, mermaid, dot
    #[arg(long, value_name = "FORMAT", value_parser = among(str::parse::<Drawing>, drawings), hide_possible_values = true, default_value = "text")]
    pub(in crate::cli) format: Drawing,
    /// Profile for the counted findings: default, reproducible, strict, style [default: default]
    #[arg(long, value_name = "PROFILE", value_parser = among(profile, profiles), hide_possible_values = true)]
    pub(in crate::cli) profile: Option<Profile>,
    #[command(flatten)]
    pub(in crate::cli) settings: Settings,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Privileges {
    /// Only these services [default: all]
    #[arg(value_name = "SERVICE")]
    pub(in crate::cli) services: Vec<String>,
    /// Compose files and folders; repeatable [default: the current folder]
    #[arg(long, short, value_name = "PATH")]
    pub(in crate::cli) file: Vec<PathBuf>,
    /// Show only what changed since this commit
    #[arg(long, value_name = "REV")]
    pub(in crate::cli) new_from: Option<String>,
    /// Format of the result: text, json, mermaid
    #[arg(long, value_name = "FORMAT", value_parser = among(str::parse::<Telling>, || Telling::ALL.map(|(name, _)| name).to_vec()), hide_possible_values = true, default_value = "text")]
    pub(in crate::cli) format: Telling,
    #[command(flatten)]
    pub(in crate::cli) settings: Settings,
    /// Colour: auto, always, never
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(in crate::cli) color: Color,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Harden {
    /// Only these services [default: all]
    #[arg(value_name = "SERVICE")]
    pub(in crate::cli) services: Vec<String>,
    /// Compose files and folders; repeatable [default: the current folder]
    #[arg(long, short, value_name = "PATH")]
    pub(in crate::cli) file: Vec<PathBuf>,
    /// Write the sure edits into the files
    #[arg(long)]
    pub(in crate::cli) write: bool,
    /// Show only the edits, without the questions
    #[arg(long)]
    pub(in crate::cli) no_questions: bool,
    /// Format of the result
    #[arg(long, value_enum, default_value_t = OverviewFormat::Text)]
    pub(in crate::cli) format: OverviewFormat,
    #[command(flatten)]
    pub(in crate::cli) settings: Settings,
}
