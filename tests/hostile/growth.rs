//! No pass looks at pairs: shapes of `shapes.rs` in a small size.
//!
//! `HULLGUARD_GROWTH_BYTES` takes another size, and all shapes; `benches/growth.rs` is for large ones, and for a release build.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{measure, shapes};

/// Seconds in which every file of this size ends, in a development build, on a machine that is slow.
const MOST: u32 = 10;
/// From here on the ratio to a quarter of the file counts.
const LONG: f64 = 0.5;

#[test]
fn no_file_takes_longer_than_its_size_explains() {
    let bytes = std::env::var("HULLGUARD_GROWTH_BYTES").ok().and_then(|n| n.parse().ok()).unwrap_or(12_000);
    let binary = env!("CARGO_BIN_EXE_hullguard");
    // Every seventh at the usual size: all of them take a minute of the processor.
    let step = if std::env::var_os("HULLGUARD_GROWTH_BYTES").is_some() { 1 } else { 7 };
    let shapes: Vec<shapes::Shape> = shapes::all().into_iter().step_by(step).collect();
    let next = AtomicUsize::new(0);
    let bad: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(shape) = shapes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let big = measure::cost(binary, shape, bytes, MOST);
                    let grows = || {
                        let small = measure::cost(binary, shape, bytes / 4, MOST);
                        big.seconds / small.seconds.max(0.01) > 10.0
                    };
                    if !big.ended || big.seconds > LONG && grows() {
                        let said = format!("{:.2} s: {}", big.seconds, shape.name());
                        bad.lock().expect("no thread panics with it").push(said);
                    }
                }
            });
        }
    });
    let bad = bad.into_inner().expect("no thread panics with it");
    assert!(bad.is_empty(), "these files take too long:\n{}", bad.join("\n"));
}

/// Rules that once looked at pairs of instructions, stages, words or packages, at a size at which pairs take minutes.
#[test]
fn rules_do_not_look_at_pairs() {
    use std::time::{Duration, Instant};

    use hullguard::rule::{Policy, Profile};
    use hullguard::scan;

    let many = |piece: &str, count: usize| -> String {
        (0..count).map(|i| piece.replace('@', &i.to_string())).collect()
    };
    let texts = [
        ("Dockerfile", "FROM a:1\n".to_owned() + &many("RUN apt-get update\n", 15_000)),
        (
            "Dockerfile",
            "FROM a:1\n".to_owned() + &many("COPY id_rsa /a@\n", 8_000) + &many("RUN rm /b@\n", 8_000),
        ),
        ("Dockerfile", "FROM a:1\n".to_owned() + &many("ADD https://a/@ /b\nRUN c\n", 8_000)),
        ("Dockerfile", "FROM a:1\n".to_owned() + &many("WORKDIR /$A@\n", 8_000) + &many("ENV A@=b\n", 8_000)),
        ("Dockerfile", "FROM a:1 AS s0\n".to_owned() + &many("FROM s0 AS t@\nRUN apt-get update\n", 6_000)),
        ("Dockerfile", "FROM a:1\nRUN ".to_owned() + &many("a@ | ", 30_000) + "b\n"),
        (
            "Dockerfile",
            "FROM a:1\nRUN ".to_owned()
                + &many("apt-get install -y a@ && apt-get remove b@ && ", 4_000)
                + "b\n",
        ),
        ("Dockerfile", "FROM a:1\nRUN ".to_owned() + &many("apt-get install -y a \\\n && ", 12_000) + "b\n"),
        ("Dockerfile", "FROM a:1\nRUN ".to_owned() + &many("a > /b@/id_rsa && rm /c@ && ", 6_000) + "b\n"),
        ("Dockerfile", "FROM a:1\n".to_owned() + &many("# hullguard: ignore=sudo-used\nRUN a@\n", 10_000)),
        (
            "compose.yaml",
            "services:\n".to_owned() + &many("  # hullguard: ignore=latest-tag\n  s@: {image: a}\n", 6_000),
        ),
    ];
    for (path, text) in texts {
        let mut tree = crate::tree::Memory::default();
        tree.add(path, &text);
        let policy = Policy { profile: Profile::Strict, ..Policy::default() };
        let start = Instant::now();
        scan::scan(&tree.candidates(), &tree, &policy, &scan::Watch::default());
        let begin: String = text.chars().take(60).collect();
        assert!(start.elapsed() < Duration::from_secs(30), "{begin:?} takes {:?}", start.elapsed());
    }
}

/// What builds a Dockerfile is read once, however its parts name each other: at these sizes, copies for each part take
/// minutes or all memory.
#[test]
fn context_is_not_copied_for_each_of_its_parts() {
    use std::time::{Duration, Instant};

    use hullguard::rule::Policy;
    use hullguard::scan;

    let many = |piece: &str, count: usize| -> String {
        (0..count).map(|i| piece.replace('@', &i.to_string())).collect()
    };
    let a_name = format!("variable \"A\" {{ default = \"{}\" }}\n", "a".repeat(150_000));
    let all = many("\"@\",", 800);
    let args = many("A@=\"\"\n", 10_000);
    let steps = "- {uses: docker/build-push-action@v6, with: {build-args: *a}}\n".repeat(2_000);
    let texts = [
        ("docker-bake.hcl", a_name + "target \"a\" { context = \"" + &"${A}".repeat(40_000) + "\" }\n"),
        ("docker-bake.hcl", many(&format!("target \"@\" {{ inherits = [{all}] }}\n"), 800)),
        (
            "docker-bake.hcl",
            format!("target \"a\" {{\nargs = {{\n{args}}}\n}}\n")
                + &many("target \"b@\" { inherits = [\"a\"] }\n", 1_900),
        ),
        ("build.sh", "cd a\n".repeat(20_000) + &"docker build .\n".repeat(10_000)),
        (".github/workflows/a.yml", format!("a: &a |\n{}steps:\n{steps}", many("  A@=\n", 10_000))),
    ];
    let dockerfile = "FROM a:1\n".to_owned() + &many("ARG B@\nRUN a $B@\n", 1_000);
    for (path, text) in texts {
        let mut tree = crate::tree::Memory::default();
        tree.add("Dockerfile", &dockerfile);
        tree.add(path, &text);
        let mut candidates = tree.candidates();
        for candidate in &mut candidates {
            candidate.document = &*candidate.path == "Dockerfile";
        }
        let start = Instant::now();
        scan::scan(&candidates, &tree, &Policy::default(), &scan::Watch::default());
        let begin: String = text.chars().take(60).collect();
        assert!(start.elapsed() < Duration::from_secs(30), "{begin:?} takes {:?}", start.elapsed());
    }
}
