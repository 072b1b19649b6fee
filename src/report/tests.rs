//! Tests of the reports, on outcomes made from real sources through [`place`].

use std::sync::Arc;

use super::*;
use crate::blob::Origin;
use crate::finding::{Fix, Related, Safety, Values};
use crate::gap::{Gap, Reason};
use crate::outcome::Told;
use crate::place::{fingerprint, line_hashes, masked_line, place};
use crate::rule::Severity;
use crate::rules::{RULES, SHELLCHECK};
use crate::text::{Edit, Source, Span};

fn finding_at(path: &str, text: &str, span: Span, severity: Severity, message: &str) -> Finding {
    let source = Source::new(path, text.as_bytes().to_vec());
    let rule = RULES.iter().find(|rule| !rule.tags.has("security")).expect("there is one");
    let mut place = place(&source, span, &Origin::WorkTree, &[]);
    place.line_hash = line_hashes(source.bytes(), &[place.start.line]).into_values().next();
    let line = masked_line(&source, span, &[]);
    Finding {
        rule,
        severity,
        place,
        message: message.into(),
        related: Vec::new(),
        fix: None,
        status: Status::Open,
        fingerprint: fingerprint(rule.id.get(), path, &line, 0),
        secret: None,
        values: Values::default(),
        container: None,
    }
}

fn on(text: &str, mark: &str) -> Finding {
    let at = text.find(mark).expect("the text holds the mark");
    finding_at("Dockerfile", text, Span::new(at, at + mark.len()), Severity::Warning, "it moves")
}

/// One of everything.
fn sample() -> Outcome {
    let text = "FROM node:latest AS a\nRUN x \\\n  y\n";
    let mut first = on(text, "node:latest");
    first.related.push(Related {
        place: on(text, "RUN x \\\n  y").place,
        message: "used [here](9)".into(),
        again: false,
        is_step: false,
    });
    first.fix = Some(Fix {
        title: "name a version".into(),
        safety: Safety::Unsafe,
        edits: vec![Edit::replace(first.place.span, "node:22")],
        secret: false,
    });
    let mut second = on(text, "RUN x \\\n  y");
    second.severity = Severity::Error;
    second.message = "see [a](https://example.org)".into();
    second.status = Status::Suppressed { by: Suppressor::Inline, at: String::new(), why: "known".into() };
    let mut third = finding_at("a b/ü%.yaml", "x: 1\n", Span::at(0), Severity::Note, "a note");
    third.place.origin = Origin::Index;
    let told = |path: &str, why: &str| Told::new(path, Gap::new(Reason::Unreadable, why));
    Outcome {
        findings: vec![first, second, third],
        checked: 12,
        skipped: vec![told("t.tpl", "a template")],
        failed: vec![told("no", "permission denied")],
        ..Outcome::default()
    }
}

fn report(format: Format, outcome: &Outcome, show_suppressed: bool) -> String {
    let mut out = Vec::new();
    let options = Options { show_suppressed, ..Options::default() };
    write(format, outcome, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn parsed(format: Format, outcome: &Outcome, show_suppressed: bool) -> serde_json::Value {
    serde_json::from_str(&report(format, outcome, show_suppressed)).unwrap()
}

#[test]
fn human_shows_line_carets_notes_and_help() {
    let id = RULES.iter().find(|rule| !rule.tags.has("security")).expect("there is one").id;
    let expected = format!(
        "warning[{id}]: it moves
 --> Dockerfile:1:6
  |
1 | FROM node:latest AS a
  |      ^^^^^^^^^^^
note: used [here](9)
 --> Dockerfile:2:1
  |
2 | RUN x \\
  | -------
help: name a version (--fix-unsafe)
"
    );
    assert_eq!(human::finding(&sample().findings[0]), expected);
}

#[test]
fn human_counts_cells_not_bytes() {
    let last = |text: &str, mark: &str| human::finding(&on(text, mark)).lines().last().unwrap().to_owned();
    assert_eq!(last("\tRUN x", "RUN"), "  |     ^^^");
    assert_eq!(last("日本 RUN", "RUN"), "  |      ^^^");
    assert_eq!(last("e\u{301} 日本", "日本"), "  |   ^^^^");
    assert_eq!(last("\u{202e}\u{1b} RUN", "RUN"), "  |    ^^^");
    let long = format!("{}RUN{}", "x".repeat(300), "y".repeat(300));
    let shown = human::finding(&on(&long, "RUN"));
    let line = shown.lines().nth(3).unwrap();
    assert!(line.starts_with("1 | …x") && line.ends_with("y…"));
    assert_eq!(last(&long, "RUN"), format!("  | {}^^^", " ".repeat(61)));
}

#[test]
fn human_aligns_the_gutter_to_the_longest_number() {
    let text = format!("A\n{}B\n", "\n".repeat(10));
    let mut finding = on(&text, "B");
    finding.related.push(Related {
        place: on(&text, "A").place,
        message: "m".into(),
        again: false,
        is_step: false,
    });
    let shown = human::finding(&finding);
    assert!(shown.contains("  --> Dockerfile:12:1\n   |\n12 | B\n   | ^\n"), "{shown}");
    assert!(shown.contains("  --> Dockerfile:1:1\n   |\n 1 | A\n   | -\n"), "{shown}");
}

#[test]
fn human_sums_up_and_hides_what_is_suppressed() {
    let outcome = sample();
    let shown = report(Format::Human, &outcome, false);
    assert!(!shown.contains("example.org"));
    assert!(shown.contains("error: no: permission denied\nskipped: t.tpl: a template\n"));
    let last = format!(
        "1 warning, 1 note in 12 files; 1 suppressed; 1 file skipped; 1 file could not be checked\n\
         1 can be fixed with --fix-unsafe\nNot shown: 1 suppressed finding (--show-suppressed)\n\
         More about a rule: hullguard explain {}\n",
        outcome.findings[0].rule.id
    );
    assert!(shown.ends_with(&last), "{shown}");
    assert!(report(Format::Human, &outcome, true).contains("suppressed: by a comment: known\n"));
    let clean = Outcome { checked: 12, ..Outcome::default() };
    assert_eq!(report(Format::Human, &clean, false), "no findings in 12 files\n");
}

#[test]
fn colour_only_on_request() {
    let mut out = Vec::new();
    let options = Options { colour: true, show_suppressed: true, ..Options::default() };
    human::write(&sample(), &options, &mut out).unwrap();
    let coloured = String::from_utf8(out).unwrap();
    assert!(coloured.contains("\x1b[1;33mwarning["));
    let mut bare = coloured;
    while let Some(at) = bare.find('\x1b') {
        let end = at + bare[at..].find('m').unwrap();
        bare.replace_range(at..=end, "");
    }
    assert_eq!(bare, report(Format::Human, &sample(), true));
}

#[test]
fn sentences_are_broken_at_the_width_and_lines_of_the_file_are_not() {
    let mut outcome = sample();
    outcome.findings[0].message = "a long sentence of many short words; ".repeat(5).trim_end().to_owned();
    let wide = report(Format::Human, &outcome, true);
    for width in [40, 60] {
        let narrow =
            human(&outcome, &Options { width: Some(width), show_suppressed: true, ..Options::default() });
        // Joined again it is the same text.
        let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(joined(&narrow), joined(&wide));
        let lines: Vec<&str> = narrow.lines().filter(|line| line.contains("words;")).collect();
        assert!(lines.len() > 2, "{narrow}");
        for line in lines {
            assert!(line.chars().count() <= width, "{line}");
            assert!(line.starts_with("  ") || line.contains("]: "), "{line}");
        }
    }
}

#[test]
fn a_gap_of_a_history_is_no_file() {
    let gap = Gap::new(Reason::MissingObject, "4 files and folders of the history are missing");
    let outcome = Outcome { objects: 9, failed: vec![Told::new("git objects", gap)], ..Outcome::default() };
    let text = report(Format::Human, &outcome, false);
    assert!(
        text.ends_with("no findings in 9 objects of git's history; a part of git's history is missing\n"),
        "{text}"
    );
}

#[test]
fn json_has_the_documented_shape() {
    let json = parsed(Format::Json, &sample(), false);
    assert_eq!(json["version"], 1);
    assert_eq!(json["tool"]["name"], "hullguard");
    let first = &json["findings"][0];
    assert_eq!(
        first["rule"],
        RULES.iter().find(|rule| !rule.tags.has("security")).expect("there is one").id.get()
    );
    assert_eq!(first["status"], "open");
    assert!(first.get("suppressed_by").is_none());
    assert_eq!(first["origin"], "work-tree");
    assert_eq!(first["start"], serde_json::json!({ "line": 1, "column": 6 }));
    assert_eq!(first["end"], serde_json::json!({ "line": 1, "column": 17 }));
    let edits = serde_json::json!([{ "start": 5, "end": 16, "insert": "node:22" }]);
    assert_eq!(first["fix"]["edits"], edits);
    assert_eq!(first["fix"]["safety"], "unsafe");
    assert_eq!(first["fingerprint"].as_str().unwrap().len(), 32);
    assert_eq!(first["related"][0]["end"]["line"], 3);
    let second = &json["findings"][1];
    assert_eq!((&second["suppressed_by"], &second["reason"]), (&"inline".into(), &"known".into()));
    assert!(second["fix"].is_null());
    assert_eq!(json["findings"][2]["origin"], "index");
    assert_eq!(json["files"]["failed"][0]["why"], "permission denied");
    assert_eq!(json["incomplete"], true, "a file could not be read");
    let whole = parsed(Format::Json, &Outcome::default(), false);
    assert_eq!(whole["incomplete"], false);
    assert!(whole.get("error").is_none());
}

#[test]
fn jsonl_is_one_finding_a_line_and_then_the_run() {
    let text = report(Format::Jsonl, &sample(), false);
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[..3], *parsed(Format::Json, &sample(), false)["findings"].as_array().unwrap());
    assert_eq!(lines[3]["files"]["checked"], 12);
    assert!(lines[3].get("findings").is_none());
}

#[test]
fn sarif_is_what_its_typed_reader_expects() {
    let text = report(Format::Sarif, &sample(), true);
    let log: ::sarif::sarif::Sarif = serde_json::from_str(&text).expect("it is SARIF");
    let run = &log.runs[0];
    let results = run.results.as_ref().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(run.tool.driver.rules.as_ref().unwrap().len(), 1);
    assert_eq!(results[0].rule_index, Some(0));
    assert!(results[0].fixes.is_some() && results[1].suppressions.is_some());
}

#[test]
fn sarif_is_what_github_expects() {
    let sarif = parsed(Format::Sarif, &sample(), false);
    let run = &sarif["runs"][0];
    assert_eq!(run["automationDetails"]["id"], "hullguard/");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "a suppressed result would be an open alert on GitHub");
    let text = results[0]["message"]["text"].as_str().unwrap();
    assert_eq!(text, "it moves\n[used \\[here\\](9)](1)");
    let region = |of: &serde_json::Value| of["physicalLocation"]["region"].clone();
    let related = region(&results[0]["relatedLocations"][0]);
    let line = serde_json::json!({ "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 8 });
    assert_eq!(related, line);
    let uri = &results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20b/%C3%BC%25.yaml");
    let hash = results[0]["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
    assert!(hash.ends_with(":1") && hash.len() > 10);
    let rule = &run["tool"]["driver"]["rules"][0];
    for text in ["/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
        assert!(!rule.pointer(text).unwrap().as_str().unwrap().is_empty(), "{text}");
    }
    let empty = parsed(Format::Sarif, &Outcome::default(), false);
    assert_eq!(empty["runs"][0]["results"], serde_json::json!([]), "an empty array closes old alerts");
    assert_eq!(empty["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn sarif_shows_the_way_of_a_file() {
    let text = "FROM a AS b\nCOPY x .\nFROM c\nCOPY --from=b . .\n";
    let mut finding = on(text, "--from=b");
    finding.rule = crate::rules::find("secret-crosses-stages").expect("it is there");
    let message = "it enters here".to_owned();
    finding.related.push(Related { place: on(text, "COPY x").place, message, again: false, is_step: false });
    let outcome = Outcome { findings: vec![finding], ..Outcome::default() };
    let sarif = parsed(Format::Sarif, &outcome, false);
    let flow = &sarif["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
    let steps: Vec<(u64, &str)> = flow
        .as_array()
        .expect("a list of steps")
        .iter()
        .map(|step| {
            let step = &step["location"];
            let line = step["physicalLocation"]["region"]["startLine"].as_u64().expect("a line");
            (line, step["message"]["text"].as_str().expect("a text"))
        })
        .collect();
    assert_eq!(steps, [(2, "it enters here"), (4, "it moves")]);
    let log: ::sarif::sarif::Sarif =
        serde_json::from_str(&report(Format::Sarif, &outcome, false)).expect("it is SARIF");
    assert!(log.runs[0].results.as_ref().is_some_and(|results| results[0].code_flows.is_some()));
}

#[test]
fn a_run_that_came_to_nothing_still_makes_documents() {
    let outcome = Outcome { error: Some("a.yaml:1:1: wrong\n  see [x](y)".into()), ..Outcome::default() };
    let sarif = parsed(Format::Sarif, &outcome, false);
    let run = &sarif["runs"][0]["invocations"][0];
    assert_eq!(run["executionSuccessful"], false);
    let said = &run["toolExecutionNotifications"][0];
    assert_eq!(said["level"], "error");
    assert_eq!(said["message"]["text"], "a.yaml:1:1: wrong\n  see \\[x\\](y)");
    let json = parsed(Format::Json, &outcome, false);
    assert_eq!((&json["incomplete"], &json["findings"]), (&true.into(), &serde_json::json!([])));
    assert!(json["error"].as_str().unwrap().starts_with("a.yaml:1:1"));
    assert!(
        report(Format::Github, &outcome, false).starts_with("::error title=hullguard::a.yaml:1:1: wrong")
    );
    assert!(report(Format::Human, &outcome, false).starts_with("error: a.yaml:1:1: wrong\n"));
}

#[test]
fn sarif_keeps_the_severest_of_too_many() {
    let note = finding_at("f", "x", Span::new(0, 1), Severity::Note, "n");
    let mut error = note.clone();
    error.severity = Severity::Error;
    let mut findings = vec![note; 25_001];
    findings.push(error);
    let sarif = parsed(Format::Sarif, &Outcome { findings, ..Outcome::default() }, false);
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    assert_eq!(run["results"][0]["level"], "error");
    let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(said, "2 more results of the same or lower severity do not fit into one file");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true, "all was checked");
}

#[test]
fn github_escapes_and_sorts() {
    let mut outcome = sample();
    outcome.findings[0].message = "100% ::error::\r\n##[error]x".into();
    outcome.findings[0].place.path = Arc::from("a,b:c%");
    outcome.findings[2].severity = Severity::Error;
    let id = RULES.iter().find(|rule| !rule.tags.has("security")).expect("there is one").id;
    let expected = format!(
        "::error file=no,title=hullguard::not checked: permission denied
::error file=a b/ü%25.yaml,line=1,endLine=1,col=1,endColumn=1,title={id}::a note
::warning file=a%2Cb%3Ac%25,line=1,endLine=1,col=6,endColumn=17,title={id}::100%25 ::error::␍␊#\u{200b}#[error]x
::warning file=t.tpl,title=hullguard::not checked: a template
hullguard: 1 error, 1 warning in 12 files; 1 suppressed; 1 file skipped; 1 file could not be checked
"
    );
    assert_eq!(report(Format::Github, &outcome, true), expected);
}

#[test]
fn github_says_how_many_do_not_fit() {
    for (n, lines, last) in [(10, 10, "it moves"), (11, 10, "2 more"), (300, 10, "291 more")] {
        let outcome = Outcome { findings: vec![on("FROM a", "a"); n], ..Outcome::default() };
        let text = report(Format::Github, &outcome, false);
        let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
        assert_eq!(commands.len(), lines);
        assert!(commands[9].contains(last), "{}", commands[9]);
    }
}

#[test]
fn formats_have_names() {
    for (name, format) in Format::ALL {
        assert_eq!(name.parse(), Ok(format));
    }
    assert!("xml".parse::<Format>().unwrap_err().contains("human, json, jsonl, sarif, github, summary"));
}

/// Whatever a file, its name or a message holds, no report gives the runner or the terminal a command but our own.
#[test]
fn hostile_text_stays_text() {
    const PIECES: [&str; 16] = [
        "\n",
        "\r",
        "::error::",
        "##[",
        "#",
        "[",
        "\x1b[31m",
        "\u{9b}",
        "%0A",
        "\u{202e}",
        "::add-mask::x",
        " ",
        "\t",
        "\"",
        "\\",
        "ü",
    ];
    let mut seed = 1u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..500 {
        let mut text = || -> String {
            let n = random(12);
            (0..n)
                .map(|_| match random(20) {
                    piece if piece < PIECES.len() => PIECES[piece].to_owned(),
                    _ => char::from(random(256) as u8).to_string(),
                })
                .collect()
        };
        let (path, line, message) = (text(), text(), text());
        let mut finding = finding_at(&path, &line, Span::new(0, line.len()), Severity::Warning, &message);
        finding.related.push(Related {
            place: finding.place.clone(),
            message: text(),
            again: false,
            is_step: false,
        });
        finding.fix = Some(Fix { title: text(), edits: Vec::new(), safety: Safety::Safe, secret: false });
        let mut suppressed = finding.clone();
        suppressed.status = Status::Suppressed { by: Suppressor::Config, at: String::new(), why: text() };
        let told = vec![Told::new(path.as_str(), Gap::new(Reason::Unreadable, text()))];
        let outcome = Outcome {
            findings: vec![finding, suppressed],
            skipped: told.clone(),
            failed: told,
            ..Outcome::default()
        };
        for (name, format) in Format::ALL {
            let report = report(format, &outcome, true);
            assert!(!report.contains("##["), "{name}: {report}");
            let obeyed = |c: char| c != '\n' && c.is_control() || matches!(c, '\u{202a}'..='\u{202e}');
            assert!(!report.contains(obeyed), "{name}: {report:?}");
            let commands = report.lines().filter(|line| line.trim_start().starts_with("::"));
            if format == Format::Github {
                let ours = ["::error file=", "::warning file=", "::warning file="];
                let commands: Vec<&str> = commands.collect();
                assert_eq!(commands.len(), 3, "{report}");
                assert!(commands.iter().zip(ours).all(|(line, ours)| line.starts_with(ours)), "{report}");
            } else {
                assert_eq!(commands.count(), 0, "{name}: {report}");
            }
        }
    }
}

#[test]
fn sarif_describes_each_rule_as_github_needs_it() {
    let of_all = RULES.iter().chain(SHELLCHECK).map(|rule| Finding { rule, ..on("FROM a", "a") });
    let outcome = Outcome { findings: of_all.collect(), ..Outcome::default() };
    let sarif = parsed(Format::Sarif, &outcome, false);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for (finding, result) in outcome.findings.iter().zip(sarif["runs"][0]["results"].as_array().unwrap()) {
        let (rule, told) =
            (finding.rule, &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]);
        assert_eq!((result["ruleId"].as_str(), told["id"].as_str()), (Some(&*rule.id), Some(&*rule.id)));
        let tags = told["properties"]["tags"].as_array().unwrap();
        assert!(tags.len() <= 10, "{}: {tags:?}", rule.id);
        let severity = told["properties"].get("security-severity").map(|severity| severity.as_str().unwrap());
        let expected = match rule.severity {
            Severity::Error => "8.0",
            Severity::Warning => "5.5",
            Severity::Note => "2.0",
        };
        let is_security = rule.tags.has("security");
        assert_eq!(
            (severity, tags.first().is_some_and(|tag| tag == "security")),
            (is_security.then_some(expected), is_security),
            "{}",
            rule.id
        );
        for text in [&told["shortDescription"], &told["fullDescription"], &told["help"]] {
            assert!(
                !text["text"].as_str().unwrap().trim().is_empty(),
                "{}: GitHub refuses the file",
                rule.id
            );
        }
    }
    let latest = rules.iter().find(|rule| rule["id"] == "latest-tag").unwrap();
    assert_eq!((&latest["name"], &latest["properties"]["precision"]), (&"LatestTag".into(), &"high".into()));
}

fn human(outcome: &Outcome, options: &Options) -> String {
    let mut out = Vec::new();
    write(Format::Human, outcome, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn many_findings_are_told_by_rule_only_where_that_is_asked_for() {
    let mut outcome = sample();
    let note = outcome.findings[2].clone();
    outcome.findings[1].status = Status::Open;
    outcome.findings.extend((0..60).map(|at| {
        let mut note = note.clone();
        note.place.path = format!("d{at}/Dockerfile").into();
        note
    }));
    let id = note.rule.id;
    let short = human(&outcome, &Options { detail: Detail::Short, ..Options::default() });
    // The error with its frame, the rest with three places.
    assert!(short.starts_with(&format!("error[{id}]: see")), "{short}");
    let by_rule = format!("note[{id}]: {}: 61 findings in 61 files\n", note.rule.title);
    assert!(short.contains(&by_rule), "{short}");
    assert!(short.contains(" --> d1/Dockerfile:1:1\n     and 58 more\n"), "{short}");
    assert!(short.contains(&format!("{id}     63  error    1 --fix-unsafe\n")), "{short}");
    assert!(short.contains("--full lists all 63 findings\n"), "{short}");
    let full = human(&outcome, &Options::default());
    assert_eq!(full.matches(&format!("note[{id}]: a note")).count(), 61);
    assert!(!full.contains("--full"));
    // What is suppressed is asked for by name, so all of it is shown.
    let all =
        human(&outcome, &Options { detail: Detail::Short, show_suppressed: true, ..Options::default() });
    assert_eq!(all.matches(&format!("note[{id}]: a note")).count(), 61);
    let quiet = human(&outcome, &Options { detail: Detail::Quiet, ..Options::default() });
    assert!(quiet.lines().count() < 5 && quiet.contains("1 error, 1 warning, 61 notes"), "{quiet}");
}

#[test]
fn what_is_milder_is_counted_and_not_told() {
    let mut outcome = sample();
    outcome.hide_below(Severity::Warning);
    assert_eq!(outcome.findings.len(), 2, "what is suppressed stays");
    let shown = report(Format::Human, &outcome, false);
    assert!(shown.contains("1 warning in 12 files; 1 suppressed; 1 file skipped"), "{shown}");
    assert!(shown.contains("Not shown: 1 note (--min-severity note), 1 suppressed finding"), "{shown}");
    assert_eq!(parsed(Format::Json, &outcome, false)["hidden"]["below_min_severity"], 1);
}

#[test]
fn a_test_fails_if_the_run_does() {
    let junit = |failing| {
        let mut out = Vec::new();
        write(Format::Junit, &sample(), &Options { failing, ..Options::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(junit(Some(Severity::Warning)).matches("<failure ").count(), 1);
    assert_eq!(junit(Some(Severity::Note)).matches("<failure ").count(), 2);
    assert_eq!(junit(None).matches("<failure ").count(), 0);
    assert_eq!(junit(None).matches("<error ").count(), 1, "what could not be checked");
    assert_eq!(junit(None).matches("<skipped message=\"a template\"/>").count(), 1);
    let clean = report(Format::Junit, &Outcome { checked: 1, ..Outcome::default() }, false);
    assert!(clean.contains("tests=\"1\" failures=\"0\" errors=\"0\""), "{clean}");
}

#[test]
fn xml_holds_any_text() {
    assert_eq!(escape::xml("a<b>&\"'\u{0}\u{1b}\n\u{ffff}ü"), "a&lt;b&gt;&amp;&quot;&apos;␀␛␊\u{fffd}ü");
    assert_eq!(escape::start(" ::error::x"), ":\u{200b}:error::x");
}

#[test]
fn gitlab_gets_each_fingerprint_once() {
    let mut outcome = sample();
    let again = outcome.findings[0].clone();
    outcome.findings.extend([again.clone(), again]);
    let report = parsed(Format::Gitlab, &outcome, false);
    let prints: Vec<&str> =
        report.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    let distinct: std::collections::HashSet<&&str> = prints.iter().collect();
    assert_eq!((prints.len(), distinct.len()), (5, 5));
    assert_eq!(prints[1], format!("{:032x}", outcome.findings[0].fingerprint), "the first keeps its own");
}
