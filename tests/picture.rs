//! `docs/picture.svg`, the picture in the README, is what the program prints for a small project. `BLESS=1` draws it anew.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use crate::cases;

const DOCKERFILE: &str = "\
FROM golang:1.26 AS dev
WORKDIR /src
COPY . .
RUN go build -o /out/api ./cmd/api

FROM debian:12.8
COPY --from=dev /out/api /usr/local/bin/api
USER 65532:65532
CMD [\"api\"]
";
const COMPOSE: &str = "\
services:
  api:
    build: {context: ./api, target: dev}
    ports: [\"8080:8080\"]
    environment:
      STRIPE_KEY: VALUE
    read_only: true
    mem_limit: 256m
    cap_drop: [ALL]
    security_opt: [\"no-new-privileges:true\"]
";

/// Width and height of a character, in pixels; the picture has the colours of a dark terminal in light and dark pages.
const CELL: (usize, usize) = (8, 19);
const MARGIN: usize = 18;
const PAPER: &str = "#161b22";
const INK: &str = "#d0d7de";

/// The colour and the weight of what a terminal's code asks for.
fn style(code: &str) -> (&'static str, bool) {
    match code {
        "0" => (INK, false),
        "1" => (INK, true),
        "1;31" => ("#ff7b72", true),
        "1;32" => ("#7ee787", true),
        "1;33" => ("#e3b341", true),
        "1;34" => ("#79c0ff", true),
        "1;36" => ("#76e3ea", true),
        "2" => ("#8b949e", false),
        other => panic!("the picture has no colour for ESC[{other}m"),
    }
}

/// What a terminal would show, as SVG. Each run of one colour stands at its column, so that carets point where they
/// point in the terminal, whatever the font.
fn drawn(text: &str) -> String {
    let mut body = String::new();
    let (mut rows, mut columns) = (0, 0);
    for line in text.lines() {
        let (mut column, mut now) = (0, style("0"));
        for part in line.split('\x1b') {
            let run = match part.strip_prefix('[').and_then(|rest| rest.split_once('m')) {
                Some((code, run)) => {
                    now = style(code);
                    run
                }
                None => part,
            };
            let length = run.chars().count();
            if !run.trim().is_empty() {
                let escaped = run.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                let bold = if now.1 { " font-weight=\"bold\"" } else { "" };
                let _ = writeln!(
                    body,
                    "<text x=\"{}\" y=\"{}\" textLength=\"{}\" fill=\"{}\"{bold}>{escaped}</text>",
                    MARGIN + column * CELL.0,
                    MARGIN + (rows + 1) * CELL.1 - 5,
                    length * CELL.0,
                    now.0,
                );
            }
            column += length;
        }
        rows += 1;
        columns = columns.max(column);
    }
    let (width, height) = (columns * CELL.0 + 2 * MARGIN, rows * CELL.1 + 2 * MARGIN);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"13\" \
         xml:space=\"preserve\">\n<!-- Drawn by tests/picture.rs from what the program prints. -->\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n{body}</svg>\n"
    )
}

#[test]
fn the_picture_shows_what_the_program_prints() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path().join("api");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("Dockerfile"), DOCKERFILE).expect("it can be written");
    fs::write(folder.join(".dockerignore"), ".git\n").expect("it can be written");
    // Put together here, because no token-shaped text is in the repository.
    let key = ["sk", "live", "Tq8vR2mYk5Wc7ZpL3xNd9HbF"].join("_");
    fs::write(work.path().join("compose.yaml"), COMPOSE.replace("VALUE", &key)).expect("it can be written");
    let out = cases::hullguard(work.path()).args(["--color", "always"]).output().expect("it starts");
    let said = String::from_utf8(out.stdout).expect("it speaks UTF-8");
    assert!(said.contains("[run-as-root-effective]") && !said.contains(&key), "{said}");
    assert!(!said.contains("internal error") && !said.contains("could not"), "{said}");
    let fresh = drawn(&format!("\x1b[2m$\x1b[0m hullguard\n{said}"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/picture.svg");
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &fresh).expect("it can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        kept == fresh,
        "docs/picture.svg is not what the program prints; BLESS=1 cargo test picture\n{said}"
    );
}
