//! Paths to the host as a Mermaid flowchart: from each service, step by step, to what it gains.
//!
//! Every text of the repository is in quotes and [escaped](escape::mermaid); ids are ours.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{condition, place};
use crate::privilege::{Gain, Privileges};
use crate::report::{clip, escape};

/// How many characters of a text a node shows.
const SHOWN: usize = 120;

pub(super) fn write(all: &[Privileges]) -> String {
    let mut out = String::from("flowchart LR\n");
    let gained: BTreeSet<Gain> = all.iter().flat_map(|one| &one.ways).map(|way| way.gains).collect();
    for gain in &gained {
        let _ = writeln!(out, "    {}([\"{}\"])", node(*gain), gain.name());
    }
    for (number, one) in all.iter().enumerate() {
        let label = format!("service {}", clip(&one.service, SHOWN));
        let _ = writeln!(
            out,
            "    s{number}[[\"{}<br>{}\"]]",
            escape::mermaid(&label),
            escape::mermaid(&place(&one.place))
        );
        for (index, way) in one.ways.iter().enumerate() {
            // A dotted arrow is a path under conditions.
            let arrow = if way.is_open() { "-->" } else { "-.->" };
            let mut from = format!("s{number}");
            for (step, what) in way.steps.iter().enumerate() {
                let id = format!("s{number}w{index}x{step}");
                let mut label = escape::mermaid(&clip(&what.text, SHOWN));
                for at in &what.places {
                    let _ = write!(label, "<br>{}", escape::mermaid(&place(at)));
                }
                let _ = writeln!(out, "    {id}[\"{label}\"]\n    {from} {arrow} {id}");
                from = id;
            }
            let condition = escape::mermaid(&clip(&condition(way), SHOWN));
            let said = if condition.is_empty() { String::new() } else { format!("|\"{condition}\"|") };
            let _ = writeln!(out, "    {from} {arrow}{said} {}", node(way.gains));
        }
    }
    out
}

fn node(gain: Gain) -> String {
    format!("g{}", gain as usize)
}
