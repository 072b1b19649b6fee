//! `hullguard graph`: the stages of Dockerfiles, or the networks of Compose files, drawn.
//!
//! It is a run like any other, for what is found is marked in the picture. Compose files of the whole root are read,
//! whatever was asked for, because they say what ships.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::args::{Graph, Look};
use super::{CLEAN, FAILED, open, print, tell_gaps, term};
use crate::input;
use crate::outcome::Outcome;
use crate::report::graph;
use crate::scan::kind::{self, Name};

pub(super) fn run(args: &Graph) -> Result<u8> {
    let mut look = Look {
        stdin_path: args.stdin_path.clone(),
        profile: args.profile,
        ..args.settings.look(&args.paths)
    };
    look.validate()?;
    let mut asked: Vec<PathBuf> = Vec::new();
    if !look.is_stdin() && !look.paths.is_empty() {
        let current = input::tidy(&env::current_dir().context("the current folder cannot be read")?);
        asked.extend(args.paths.iter().map(|path| input::tidy(&current.join(path))));
        look.paths.push(input::root_of(&current, &asked));
    }
    let is_asked = |path: &Path| asked.is_empty() || asked.iter().any(|asked| path.starts_with(asked));

    let mut run = open::open(&look, false)?;
    run.policy.graphs = !args.network;
    run.policy.networks = args.network;
    let root = run.display.root.clone();
    run.candidates.retain(|candidate| {
        let may_build = || matches!(kind::name(&candidate.path), Name::Compose | Name::Yaml);
        candidate.explicit || candidate.document && (is_asked(&root.join(&*candidate.path)) || may_build())
    });
    let mut outcome = run.scan_patiently();
    run.complete(&mut outcome);
    outcome.graphs.retain(|graph| is_asked(&root.join(&*graph.path)));
    outcome.networks.retain(|map| is_asked(&root.join(&*map.path)));
    outcome.networks.sort_by(|a, b| a.path.cmp(&b.path));
    outcome.skipped.retain(|told| is_asked(&root.join(&*told.path)));
    run.display.show(&mut outcome);
    tell_gaps(&outcome.skipped, &outcome.failed);
    if args.network {
        draw_networks(args, &outcome)?;
    } else if outcome.graphs.is_empty() {
        term::complain("no Dockerfile here, so there is nothing to draw");
    } else {
        let (text, fits) = graph::draw(args.format, &outcome);
        print(text.as_bytes())?;
        if !fits {
            term::complain(
                "warning: Mermaid draws at most 500 arrows and 50,000 characters by default; name fewer Dockerfiles",
            );
        }
    }
    Ok(if outcome.is_incomplete() { FAILED } else { CLEAN })
}

fn draw_networks(args: &Graph, outcome: &Outcome) -> Result<()> {
    if outcome.networks.is_empty() {
        term::complain("no Compose service here, so there is nothing to draw");
    } else {
        print(graph::network::draw(args.format, &outcome.networks).as_bytes())?;
    }
    Ok(())
}
