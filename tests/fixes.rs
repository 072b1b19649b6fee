//! Fixes, from the command line: what they make of files, where they are not offered, and the law that holds for all.

use std::fs;

use crate::cases::hullguard;

/// What `--fix-unsafe` with these rules alone makes of a file.
fn fixed(name: &str, text: &str, rule: &str) -> String {
    let work = tempfile::tempdir().expect("a folder");
    let file = work.path().join(name);
    fs::write(&file, text).expect("a file");
    for _ in 0..2 {
        let run = hullguard(work.path())
            .args(["check", "--no-config", "--fix-unsafe", "--rule", rule, name])
            .output()
            .expect("it starts");
        assert_ne!(run.status.code(), Some(2), "{}", String::from_utf8_lossy(&run.stderr));
        // The second run has nothing left to do.
    }
    fs::read_to_string(&file).expect("it is still there")
}

/// Files, each with what becomes of it; `None`: it stays.
fn become_(name: &str, rule: &str, all: &[(&str, Option<&str>)]) {
    for (text, expected) in all {
        assert_eq!(fixed(name, text, rule), expected.unwrap_or(text), "{rule} on\n{text}");
    }
}

#[test]
fn lists_are_removed_as_the_run_writes_its_other_commands() {
    become_(
        "Dockerfile",
        "apt-lists-not-removed",
        &[
            (
                "FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y jq\n",
                Some(
                    "FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y jq \\\n    && rm -rf /var/lib/apt/lists/*\n",
                ),
            ),
            (
                "FROM debian:12\nRUN apt-get update && \\\n\tapt-get install -y jq\n",
                Some(
                    "FROM debian:12\nRUN apt-get update && \\\n\tapt-get install -y jq && \\\n\trm -rf /var/lib/apt/lists/*\n",
                ),
            ),
            (
                "FROM debian:12\r\nRUN apt-get update && apt-get install -y \\\r\n    jq \\\r\n    vim\r\n",
                Some(
                    "FROM debian:12\r\nRUN apt-get update && apt-get install -y \\\r\n    jq \\\r\n    vim \\\r\n    && rm -rf /var/lib/apt/lists/*\r\n",
                ),
            ),
            (
                "# escape=`\nFROM debian:12\nRUN apt-get update `\n  && apt-get install -y jq\n",
                Some(
                    "# escape=`\nFROM debian:12\nRUN apt-get update `\n  && apt-get install -y jq `\n  && rm -rf /var/lib/apt/lists/*\n",
                ),
            ),
            // A later RUN installs from them.
            (
                "FROM debian:12\nRUN apt-get update && apt-get install -y jq\nRUN apt-get install -y vim\n",
                None,
            ),
        ],
    );
}

#[test]
fn caches_are_cleaned_in_the_style_of_the_run() {
    become_(
        "Dockerfile",
        "dnf-cache-not-removed",
        &[
            (
                "FROM fedora:43\nRUN set -eux; \\\n\tdnf install -y jq\n",
                Some("FROM fedora:43\nRUN set -eux; \\\n\tdnf install -y jq; \\\n\tdnf clean all\n"),
            ),
            // The next command would run after one that fails.
            ("FROM fedora:43\nRUN dnf install -y jq; echo\n", None),
        ],
    );
    become_(
        "Dockerfile",
        "apk-cache-not-removed",
        &[
            (
                "FROM alpine:3.22\nRUN set -x \\\n && apk update \\\n && apk add jq \\\n && apk upgrade\n",
                Some(
                    "FROM alpine:3.22\nRUN set -x \\\n && apk add --no-cache jq \\\n && apk upgrade --no-cache\n",
                ),
            ),
            // The update cannot be taken out, so nothing is done by halves.
            ("FROM alpine:3.22\nRUN apk add jq; apk update; true\n", None),
            ("FROM alpine:3.22\nRUN apk update \\\n# lists\n && apk add jq\n", None),
        ],
    );
}

#[test]
fn nothing_is_written_into_an_open_quote() {
    for tail in [
        "sed -i \"/a/a \\\\\\\nb;\" /etc/x",
        "sed -i '/a/a \\\\\\\nb;' /etc/x",
        "printf \"a \\\nb\" > /etc/x",
        "echo \"a\\\\\\\n\" 'b\\\n' > /etc/x",
    ] {
        let text = format!(
            "FROM debian:12\nRUN apt-get update && apt-get install -y nginx && \\\n{tail}\nUSER www\n"
        );
        let once = fixed("Dockerfile", &text, "apt-lists-not-removed");
        assert!(once.matches("rm -rf /var/lib/apt/lists").count() <= 1, "{once}");
        assert_eq!(fixed("Dockerfile", &once, "apt-lists-not-removed"), once);
        if once != text {
            assert!(once.contains("/etc/x && ") || once.contains("/etc/x \\\n"), "{once}");
        }
    }
}

#[test]
fn certificates_are_asked_for_by_name() {
    let flag = "--no-install-recommends";
    become_(
        "Dockerfile",
        "apt-no-install-recommends",
        &[
            (
                "FROM debian:12\nRUN apt-get install -y \\\n    git \\\n    make\nRUN git clone https://example.org/a\n",
                Some(&format!(
                    "FROM debian:12\nRUN apt-get install -y {flag} \\\n    ca-certificates \\\n    git \\\n    make\nRUN git clone https://example.org/a\n"
                )),
            ),
            (
                "FROM debian:12\nRUN apt-get install -y wget ca-certificates && wget https://example.org/a\n",
                Some(&format!(
                    "FROM debian:12\nRUN apt-get install -y {flag} wget ca-certificates && wget https://example.org/a\n"
                )),
            ),
            (
                "FROM debian:12\nRUN apt-get install -y make\n",
                Some(&format!("FROM debian:12\nRUN apt-get install -y {flag} make\n")),
            ),
            // What the program downloads when it runs is not known.
            ("FROM debian:12\nRUN apt-get install -y curl\n", None),
        ],
    );
}

#[test]
fn one_note_a_file_mends_all_of_the_file() {
    let text =
        "FROM debian:12\nRUN apt-get install -y make\nRUN apt-get install -y jq\nRUN apt install -y vim\n";
    let fixed = fixed("Dockerfile", text, "apt-no-install-recommends");
    assert_eq!(fixed.matches("--no-install-recommends").count(), 3, "{fixed}");
    let services = "services:\n  a:\n    image: a:1\n  b:\n    image: b:1\n  c:\n    image: c:1\n";
    let fixed = self::fixed("compose.yaml", services, "no-new-privileges-missing");
    assert_eq!(fixed.matches("no-new-privileges:true").count(), 3, "{fixed}");
}

#[test]
fn a_mode_is_taken_back_where_nobody_loses_a_folder() {
    become_(
        "Dockerfile",
        "chmod-777",
        &[
            ("FROM a:1\nRUN chmod 777 /srv/run.sh\n", Some("FROM a:1\nRUN chmod 755 /srv/run.sh\n")),
            (
                "FROM a:1\nRUN chmod 0777 /usr/local/bin/tool\n",
                Some("FROM a:1\nRUN chmod 0755 /usr/local/bin/tool\n"),
            ),
            (
                "FROM a:1\nRUN mkdir /data && chown app /data && chmod 777 /data\n",
                Some("FROM a:1\nRUN mkdir /data && chown app /data && chmod 755 /data\n"),
            ),
            ("FROM a:1\nRUN mkdir /data && chmod 777 /data\n", None),
            ("FROM a:1\nRUN chmod -R 777 /srv/app.d\n", None),
            ("FROM a:1\nRUN chmod -R 777 storage bootstrap/cache\n", None),
        ],
    );
}

#[test]
fn a_command_becomes_an_array_only_where_it_means_the_same() {
    become_(
        "Dockerfile",
        "shell-form-cmd-entrypoint",
        &[
            ("FROM a:1\nCMD node app.js\n", Some("FROM a:1\nCMD [\"node\", \"app.js\"]\n")),
            // A script may lack its `#!`.
            ("FROM a:1\nCMD ./start.sh\n", None),
            ("FROM a:1\nENTRYPOINT /docker-entrypoint.sh\n", None),
            // CMD would become arguments, or other arguments.
            ("FROM a:1\nENTRYPOINT node app.js\nCMD [\"--help\"]\n", None),
            ("FROM a:1\nENTRYPOINT [\"tini\", \"--\"]\nCMD node app.js\n", None),
        ],
    );
}

#[test]
fn a_maintainer_becomes_one_label() {
    let label = "LABEL org.opencontainers.image.authors=";
    become_(
        "Dockerfile",
        "maintainer-deprecated",
        &[
            (
                "FROM a:1\nMAINTAINER Jo <jo@example.org>\n",
                Some(&format!("FROM a:1\n{label}\"Jo <jo@example.org>\"\n")),
            ),
            ("FROM a:1\nMAINTAINER \"Jo Doe\"\n", Some(&format!("FROM a:1\n{label}\"Jo Doe\"\n"))),
            (
                "FROM a:1\nMAINTAINER Jo\nMAINTAINER Mo\n",
                Some(&format!("FROM a:1\nMAINTAINER Jo\n{label}\"Mo\"\n")),
            ),
            (&format!("FROM a:1\n{label}\"Mo\"\nMAINTAINER Jo\n"), None),
            ("FROM a:1\nMAINTAINER Jo \"the\" Doe\n", None),
        ],
    );
}

#[test]
fn ports_are_bound_where_no_address_may_stand() {
    let file = |port: &str| format!("services:\n  web:\n    image: web:1\n    ports:\n      - \"{port}\"\n");
    for (port, expected) in [
        ("8080:80", "127.0.0.1:8080:80"),
        (":3010:3010", "127.0.0.1:3010:3010"),
        ("0.0.0.0:8080:80", "127.0.0.1:8080:80"),
        ("${P:-80}:80", "${P:-80}:80"),
        ("${P}:80", "${P}:80"),
    ] {
        assert_eq!(fixed("compose.yaml", &file(port), "port-all-interfaces"), file(expected), "{port}");
    }
}

#[test]
fn a_new_key_stays_out_of_a_list() {
    let option = "    security_opt:\n      - no-new-privileges:true\n";
    for (list, behind) in [
        ("    ports:\n      - \"127.0.0.1:80:80\"\n      # - \"127.0.0.1:81:81\"\n", ""),
        ("    ports:\n      - \"127.0.0.1:80:80\"\n#      - \"127.0.0.1:81:81\"\n", ""),
        ("    ports:\n    - \"127.0.0.1:80:80\"\n    # - \"127.0.0.1:81:81\"\n", ""),
        (
            "    ports:\n      - \"127.0.0.1:80:80\"\n",
            "  # the database\n  db:\n    image: db:1\n    security_opt:\n      - no-new-privileges:true\n",
        ),
    ] {
        let text = format!("services:\n  web:\n    image: web:1\n{list}{behind}");
        let expected = format!("services:\n  web:\n    image: web:1\n{list}{option}{behind}");
        assert_eq!(fixed("compose.yaml", &text, "no-new-privileges-missing"), expected);
    }
}

#[test]
fn a_version_behind_a_byte_order_mark_is_removed() {
    let text = "\u{feff}version: \"3\"\nservices:\n  a:\n    image: a:1\n";
    assert_eq!(fixed("compose.yaml", text, "version-obsolete"), "\u{feff}services:\n  a:\n    image: a:1\n");
}

#[test]
fn a_diff_counts_lines_as_the_file_is_shown() {
    let work = tempfile::tempdir().expect("a folder");
    fs::write(work.path().join("Dockerfile"), "FROM a:1\rX\nMAINTAINER Jo\nRUN a\rb\rc\r\nRUN d\r")
        .expect("a file");
    let run = hullguard(work.path()).args(["check", "--no-config", "--diff"]).output().expect("it starts");
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.code().is_some_and(|code| code < 2), "{text}{}", String::from_utf8_lossy(&run.stderr));
    assert!(text.contains("-MAINTAINER Jo") && text.contains("+LABEL"), "{text}");
}
