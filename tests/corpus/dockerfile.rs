//! Dockerfiles of the corpus: no panic, true spans, and the same instructions as other parsers see.

mod differential;
mod mutations;
mod spans;

use std::path::Path;
use std::sync::Arc;

use hullguard::dockerfile;
use hullguard::text::Source;

use super::{files, folder, say};

/// Reads every file of the corpus; gives path within it and source.
fn sources() -> Vec<(String, Arc<Source>)> {
    let Some(folder) = folder("dockerfiles") else { return Vec::new() };
    let read = |path: &Path| {
        let name = path.strip_prefix(&folder).expect("it was found there").to_string_lossy().into_owned();
        let source = Source::new(&*name, std::fs::read(path).expect("a file of the corpus"));
        (name, Arc::new(source))
    };
    files(&folder).iter().map(|path| read(path)).collect()
}

#[test]
fn every_file_is_read_and_its_spans_are_true() {
    for (name, source) in sources() {
        let file = dockerfile::parse(&source);
        spans::check(&file, &name);
    }
}

/// Prints what is wrong with each file of `$HULLGUARD_DUMP` (a folder), for `tests/oracle/buildkit.py`.
#[test]
#[ignore = "a tool of the oracle"]
fn dump() {
    let folder = std::env::var("HULLGUARD_DUMP").expect("set HULLGUARD_DUMP to a folder");
    for path in files(Path::new(&folder)) {
        let source = Arc::new(Source::new(&*path.to_string_lossy(), std::fs::read(&path).expect("a file")));
        for error in dockerfile::parse(&source).errors {
            let line = source.line_of(error.span.start as usize);
            say(&format!("@{}\t{:?}\t{line}\t{}", path.display(), error.kind, error.message));
        }
    }
}

/// Prints the time a file takes: `cargo test --release --test hullguard -- --ignored --nocapture speed`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let sources = sources();
    let bytes: usize = sources.iter().map(|(_, source)| source.text().len()).sum();
    let mut best = f64::INFINITY;
    for _ in 0..50 {
        let start = std::time::Instant::now();
        for (_, source) in &sources {
            std::hint::black_box(dockerfile::parse(source));
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    let count = sources.len();
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let (micros, megabytes) = (best * 1e6 / count as f64, bytes as f64 / best / 1e6);
    say(&format!("{count} files, {bytes} bytes: {micros:.1} µs a file, {megabytes:.0} MB/s"));
}
