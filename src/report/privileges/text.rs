//! A table for each container, and its paths to the host, for a terminal.

use std::fmt::Write as _;

use super::{ASSUMED, condition, place};
use crate::privilege::{Held, Privileges, Way, Weight};
use crate::report::{escape, human};

/// How many places a row shows.
const PLACES: usize = 3;

pub(super) fn write(all: &[Privileges], colour: bool) -> String {
    let mut out = String::new();
    for one in all {
        container(one, colour, &mut out);
        out.push('\n');
    }
    let count = |wanted: fn(&Privileges) -> bool| all.iter().filter(|one| wanted(one)).count();
    let open = count(|one| one.first().is_some_and(Way::is_open));
    let conditional = count(|one| one.first().is_some_and(|way| !way.is_open()));
    let _ = writeln!(
        out,
        "{}: {open} with a path to the host, {conditional} with a path under conditions, {} with none that is known.",
        human::count(all.len(), "service"),
        all.len() - open - conditional,
    );
    let _ = writeln!(out, "{ASSUMED}");
    out
}

fn container(one: &Privileges, colour: bool, out: &mut String) {
    let (verdict, paint) = match one.first() {
        None => ("no path to the host is known".to_owned(), "32"),
        Some(way) if way.is_open() => (format!("a path to {}", way.gains.name()), "31"),
        Some(way) => (format!("a path to {} under conditions", way.gains.name()), "33"),
    };
    let (on, off) = if colour { (format!("\x1b[1;{paint}m"), "\x1b[0m") } else { (String::new(), "") };
    let (name, at) = (escape::line(&one.service), place(&one.place));
    let _ = writeln!(out, "{name} ({}): {on}{verdict}{off}", escape::line(&at));
    let mut last = None;
    let wide = one.held.iter().map(|held| held.aspect.name().len()).max().unwrap_or(0);
    for held in &one.held {
        let heading = if last == Some(held.aspect) { "" } else { held.aspect.name() };
        last = Some(held.aspect);
        let _ = writeln!(out, "  {heading:wide$}  {}", escape::line(&row(held)));
    }
    for why in &one.unknown {
        let _ = writeln!(out, "  {:wide$}  {}", "not known", escape::line(why));
    }
    if !one.ways.is_empty() {
        out.push_str("  paths to the host\n");
    }
    for (number, way) in one.ways.iter().enumerate() {
        let conditions = condition(way);
        let comma = if conditions.is_empty() { "" } else { ", " };
        let heading = format!("{}{comma}{conditions}", way.gains.name());
        let _ = writeln!(out, "    {}. {} [{}]", number + 1, escape::line(&heading), way.id);
        for step in &way.steps {
            let places: Vec<String> = step.places.iter().map(place).collect();
            let at = if places.is_empty() { String::new() } else { format!("  ({})", places.join(", ")) };
            let _ = writeln!(out, "       - {}", escape::line(&format!("{}{at}", step.text)));
        }
        let _ = writeln!(out, "       see {}", way.source);
    }
}

fn row(held: &Held) -> String {
    let sign = match held.weight {
        Weight::Less => "- ",
        Weight::Usual => "  ",
        Weight::More => "+ ",
    };
    let mut places: Vec<String> = held.places.iter().take(PLACES).map(place).collect();
    if held.places.len() > PLACES {
        places.push("…".to_owned());
    }
    let at = if places.is_empty() { String::new() } else { format!("  ({})", places.join(", ")) };
    format!("{sign}{}{at}", held.what)
}
