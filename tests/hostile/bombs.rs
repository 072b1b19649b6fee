//! Files of a few hundred bytes that stand for very much: includes, `extends`, aliases, variables.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use hullguard::finding::Finding;
use hullguard::outcome::Outcome;
use hullguard::rule::{Policy, Profile};
use hullguard::scan;

use crate::tree::Memory;

fn check(files: &[(String, String)]) -> Outcome {
    let mut tree = Memory::default();
    for (path, text) in files {
        tree.add(path, text);
    }
    let policy = Policy { profile: Profile::Strict, ..Policy::default() };
    let start = Instant::now();
    let outcome = scan::scan(&tree.candidates(), &tree, &policy, &scan::Watch::default());
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
    outcome
}

fn messages(outcome: &Outcome) -> Vec<&str> {
    outcome.findings.iter().map(|Finding { message, .. }| &**message).collect()
}

fn says(outcome: &Outcome, part: &str) -> bool {
    messages(outcome).iter().any(|message| message.contains(part))
}

/// Compose files, each with a service and the includes that `names` gives.
fn including(count: usize, more: &str, names: impl Fn(usize) -> Vec<usize>) -> Vec<(String, String)> {
    let file = |i: usize| {
        let includes = names(i).iter().fold(String::new(), |text, n| text + &format!("- c{n}.yml\n"));
        let includes = if includes.is_empty() { includes } else { format!("include:\n{includes}") };
        let name = if i == 0 { "compose.yaml".to_owned() } else { format!("c{i}.yml") };
        (name, format!("services:\n  s{i}:\n    image: a:1\n{more}{includes}"))
    };
    (0..count).map(file).collect()
}

#[test]
fn files_that_all_include_each_other_are_read_once() {
    let all = including(10, "", |i| (1..10).filter(|&n| n != i).collect());
    let outcome = check(&all);
    assert!(says(&outcome, "includes itself"), "{:?}", messages(&outcome));
    // Every service is there, the last one, too.
    let fresh = outcome.findings.iter().filter(|finding| finding.rule.id == "memory-limit-missing");
    let paths: std::collections::HashSet<&str> = fresh.map(|finding| &*finding.place.path).collect();
    assert_eq!(paths.len(), 10, "{paths:?}");
}

#[test]
fn files_that_include_the_next_two_end() {
    let next = |count: usize| move |i: usize| (i + 1..=i + 2).filter(|&n| n < count).collect::<Vec<_>>();
    assert!(!says(&check(&including(20, "", next(20))), "is not checked"));
    assert!(says(&check(&including(50, "", next(50))), "refer to each other up to here"));
    // Lists append, so that they double with every way.
    let ports = "    ports: ['1:1', '2:2']\n  base:\n    image: b\n    cap_add: [a, b, c, d]\n";
    let outcome = check(&including(30, ports, next(30)));
    assert!(says(&outcome, "have more than 100,000 nodes"), "{:?}", messages(&outcome));
}

#[test]
fn project_directories_make_no_new_files() {
    // Two ways to every file, each for another folder: a million ways.
    let file = |i: usize| {
        let name = if i == 0 { "compose.yaml".to_owned() } else { format!("{}c{i}.yml", "") };
        let include = |folder: &str| {
            format!("- path: ../../../../../../../c{}.yml\n  project_directory: {folder}\n", i + 1)
        };
        (name, format!("services: {{s{i}: {{image: 'a:1'}}}}\ninclude:\n{}{}", include("a"), include("b")))
    };
    check(&(0..25).map(file).collect::<Vec<_>>());
    let same = |i: usize| {
        let name = if i == 0 { "compose.yaml".to_owned() } else { format!("c{i}.yml") };
        let include = |folder: &str| format!("- path: c{}.yml\n  project_directory: {folder}\n", i + 1);
        (
            name,
            format!("services: {{s{i}: {{image: 'a:1'}}}}\ninclude:\n{}{}", include("."), include("./x/..")),
        )
    };
    check(&(0..25).map(same).collect::<Vec<_>>());
}

#[test]
fn services_that_extend_a_large_one_have_a_budget() {
    let mut text = "services:\n  base:\n    image: a\n    environment:\n".to_owned();
    (0..2000).for_each(|i| writeln!(text, "      A{i}: b").expect("a String takes all"));
    (0..2000).for_each(|i| writeln!(text, "  s{i}: {{extends: base}}").expect("a String takes all"));
    let outcome = check(&[("compose.yaml".to_owned(), text)]);
    assert!(says(&outcome, "have more than 100,000 nodes"), "{:?}", messages(&outcome).len());
    // A chain of them is cut, and said to be.
    let chain = (0..200).fold("services:\n  s0: {image: a}\n".to_owned(), |text, i| {
        text + &format!("  s{}: {{extends: s{i}}}\n", i + 1)
    });
    assert!(says(&check(&[("compose.yaml".to_owned(), chain)]), "refer to each other up to here"));
}

#[test]
fn values_that_double_stay_small() {
    for line in
        ["ENV A=$A$A$A$A\n", "ARG A=b$A$A\n", "ENV A=${A:-$A$A}${A:+$A$A}\n", "ENV A=\"$A ${A}\" B=$A$B\n"]
    {
        check(&[(
            "Dockerfile".to_owned(),
            format!("FROM a:1\nENV A=bbbb\n{}WORKDIR /$A\n", line.repeat(200)),
        )]);
    }
    for opening in ["${A:-", "$A${A:+", "${A:-$A${B:-"] {
        let nested = opening.repeat(2000);
        let closed = "}".repeat(nested.matches('{').count());
        check(&[
            ("Dockerfile".to_owned(), format!("FROM a:1\nARG A\nENV B={nested}{closed}\nENV C={nested}\n")),
            (
                "compose.yaml".to_owned(),
                format!("services:\n  a:\n    image: {nested}{closed}\n    user: {nested}\n"),
            ),
        ]);
    }
}

#[test]
fn compose_files_that_name_each_other_a_hundred_times_are_told() {
    // Each is a project of its own, and names all others: read as often as there are pairs.
    let mut files = Vec::new();
    let filler = format!("# {}\n", "x".repeat(100)).repeat(200);
    for i in 0..80 {
        let includes = (0..80)
            .filter(|&n| n != i)
            .fold(String::new(), |text, n| text + &format!("- ../p{n}/compose.yaml\n"));
        files.push((
            format!("p{i}/compose.yaml"),
            format!("services: {{a: {{image: b}}}}\ninclude:\n{includes}{filler}"),
        ));
    }
    let outcome = check(&files);
    let cut = outcome.failed.iter().filter(|told| told.why.contains("refer to each other too often")).count();
    assert!(cut > 0 && cut < 80, "{cut} of 80 were left out");
}

/// Positions in one text are none in another: a heredoc's script ends behind the instruction's first line.
#[test]
fn spans_of_heredocs_are_not_taken_for_those_of_lines() {
    for script in [
        "RUN <<E\napt-get update\napt-get $(\n",
        "RUN <<E\napt-get update\napt-get install -y a $(\nE\n",
        "RUN cat <<E && apt-get update && apt-get install a\n$(\nE\n",
        "RUN apt-get update && apt-get install a <<E\n`\nE",
        "RUN apt-get update \\\n && apt-get install ${a <<-E\n\tE\n",
        "ONBUILD RUN <<E\napt-get update && apt-get install $(\n",
        "RUN <<E <<F\napt-get update\nE\napt-get install $(",
    ] {
        let outcome = check(&[("Dockerfile".to_owned(), format!("FROM a:1\n{script}"))]);
        assert!(!says(&outcome, "failed on this file"), "{script:?}: {:?}", messages(&outcome));
    }
}
