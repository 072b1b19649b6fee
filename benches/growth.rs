//! What a file of four times the size costs, for every shape of `tests/hostile/shapes.rs`.
//!
//! `cargo bench --bench growth [-- WORD…]` runs the shapes whose names hold all words; `BYTES` is the size of the smaller
//! file, `HULLGUARD` another binary. A pass that is linear takes four times as long, one that looks at pairs sixteen
//! times.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../tests/hostile/measure.rs"]
mod measure;
#[path = "../tests/hostile/shapes.rs"]
mod shapes;

/// From here on a ratio says something.
const LONG: f64 = 0.3;
/// A linear pass stays below: four, and what a machine's caches do.
const TOO_MUCH: f64 = 7.0;
/// No run gets more seconds.
const MOST: u32 = 60;

fn main() {
    let binary = std::env::var("HULLGUARD").unwrap_or_else(|_| env!("CARGO_BIN_EXE_hullguard").to_owned());
    let bytes: usize = std::env::var("BYTES").ok().and_then(|n| n.parse().ok()).unwrap_or(250_000);
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let mut bad = 0;
    for shape in shapes::all() {
        let name = shape.name();
        if !words.iter().all(|word| name.contains(word)) {
            continue;
        }
        let big = measure::cost(&binary, &shape, 4 * bytes, MOST);
        if big.seconds < LONG && big.ended {
            continue;
        }
        let small = measure::cost(&binary, &shape, bytes, MOST);
        let ratio = big.seconds / small.seconds.max(0.01);
        let grows = ratio > TOO_MUCH || !big.ended;
        bad += usize::from(grows);
        if grows || !words.is_empty() {
            let ended = if big.ended { "" } else { " and did not end" };
            println!("{ratio:6.1} {:8.2} s {:8.2} s{ended}  {name}", small.seconds, big.seconds);
        }
    }
    println!("{bad} shapes grow faster than their files");
}
