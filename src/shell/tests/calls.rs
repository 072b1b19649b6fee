//! Wrappers, inner scripts, flags, the state of `set`.

use super::{names, script};
use crate::shell::Call;

fn first(text: &str, ask: impl Fn(&Call<'_>)) {
    let script = script(text);
    ask(&script.calls()[0]);
}

#[test]
fn wrappers_are_seen_through() {
    for text in [
        "sudo apt-get update",
        "sudo -E -u root A=b apt-get update",
        "/usr/bin/sudo -- apt-get update",
        "env -u X A=1 B=2 apt-get update",
        "A=1 apt-get update",
        "exec apt-get update",
        "command apt-get update",
        "nice -n 10 apt-get update",
        "nice -10 apt-get update",
        "timeout -k 5 10m apt-get update",
        "time -p apt-get update",
        "gosu root:root apt-get update",
        "su-exec app apt-get update",
        "eatmydata -- apt-get update",
        "busybox apt-get update",
        "xargs -r -n 1 apt-get update",
        "xargs -0I{} apt-get update",
        "chroot /mnt apt-get update",
        "$SUDO apt-get update",
        "conda run -n base apt-get update",
        "sudo env A=b nohup stdbuf -oL apt-get update",
        "/usr/bin/apt-get update",
    ] {
        first(text, |call| {
            assert_eq!(call.name(), Some("apt-get"), "{text}");
            assert_eq!(call.subcommand(), Some("update"), "{text}");
        });
    }
    for (text, name) in [
        ("sudo -v", "sudo"),
        ("command -v curl", "command"),
        ("busybox --install", "busybox"),
        ("env", "env"),
    ] {
        first(text, |call| assert_eq!(call.name(), Some(name), "{text}"));
    }
    first("sudo A=b env C=d x", |call| {
        assert!(call.wrapped_by("sudo").is_some() && call.wrapped_by("gosu").is_none());
        assert_eq!(
            (call.assignment("A").map(|a| a.0), call.assignment("C").map(|a| a.0)),
            (Some("b"), Some("d"))
        );
    });
    // A word of a wrapper is none itself.
    for text in ["bundle exec x", "sudo -u exec x", "env exec=1 x", "timeout 5 bundle exec x"] {
        first(text, |call| assert!(call.wrapped_by("exec").is_none(), "{text}"));
    }
    first("exec bundle exec x", |call| assert!(call.wrapped_by("exec").is_some()));
}

#[test]
fn inner_scripts_are_read() {
    for (text, expected) in [
        ("sh -c 'a && b'", "sh a b"),
        ("bash -lc \"a; b\"", "bash a b"),
        ("bash -euxo pipefail -c 'a'", "bash a"),
        ("sudo -u x bash -c 'a'", "bash a"),
        ("eval \"a $x\" '&& b'", "eval a b"),
        ("su - user -c 'a'", "su a"),
        ("bash <<EOF\na\nb $(c)\nEOF", "c bash a b"),
        ("bash -s <<'EOF'\na $(c)\nEOF", "bash c a"),
        ("sh <<< 'a; b'", "sh a b"),
        ("sh -c \"$(a)\"", "a sh ?"),
        ("sh -c \"x \\$(a) $(b)\"", "b sh a x"),
        ("sh -c \"echo `a` && b\"", "a sh echo b"),
        ("sh -c \"echo ${x:-$(a)}\" ", "a sh echo"),
        ("bash script.sh <<EOF\na\nEOF", "bash"),
        ("cat <<EOF\na\nEOF", "cat"),
        ("find . -name x -exec rm -rf {} + -o -exec sudo chmod 1 {} \\;", "find rm chmod"),
    ] {
        assert_eq!(names(text).join(" "), expected, "{text}");
    }
}

#[test]
fn flags_and_operands() {
    first("curl -fsSLo out.tgz --header 'a: b' --retry=3 -k https://x -- -y", |call| {
        assert!(
            call.has_flag('f', "fail") && call.has_flag('L', "location") && call.has_flag('k', "insecure")
        );
        assert!(!call.has_flag('u', "user") && !call.has_flag('y', ""), "what follows -o or -- is no flag");
        assert_eq!(call.flag_value('o', "output"), Some("out.tgz"));
        assert_eq!(call.flag_value('H', "header"), Some("a: b"));
        assert_eq!(call.flag_value('\0', "retry"), Some("3"));
        let operands: Vec<&str> = call.operands().iter().map(|word| &*word.text).collect();
        assert_eq!(operands, ["https://x", "-y"]);
    });
    first("curl -okay x", |call| {
        assert!(!call.has_flag('k', "insecure"));
        assert_eq!(call.flag_value('o', ""), Some("kay"));
    });
    first("x -", |call| assert_eq!(call.operands().len(), 1));
}

#[test]
fn set_is_followed() {
    let state = |text: &str| {
        let script = script(text);
        let calls = script.calls();
        let call = calls.iter().find(|call| call.is("x")).expect("x");
        (call.place.errexit, call.place.pipefail)
    };
    for (text, expected) in [
        ("x", (false, false)),
        ("set -e; x", (true, false)),
        ("set -eux && x", (true, false)),
        ("set -o pipefail && x", (false, true)),
        ("set -euxo pipefail; x", (true, true)),
        ("set -eo pipefail; set +e; x", (false, true)),
        ("set -e -o pipefail; set +o pipefail; x", (true, false)),
        ("(set -e; y); x", (false, false)),
        ("{ set -e; }; x", (true, false)),
        ("set -e | y; x", (false, false)),
        ("set -e; sh -c 'x'", (false, false)),
        ("set -e; y $(x)", (true, false)),
        ("bash -eo pipefail -c 'x'", (true, true)),
        ("bash -o pipefail <<E\nx\nE", (false, true)),
        ("set -- -e; x", (false, false)),
        ("shopt -so pipefail; x", (false, true)),
        ("echo set -e; x", (false, false)),
    ] {
        assert_eq!(state(text), expected, "{text}");
    }
}

#[test]
fn only_real_pipelines_count() {
    for (text, pipes, unguarded) in [
        ("a || b", 0, 0),
        ("a '|' \"b | c\" \\| d", 0, 0),
        ("a | b", 1, 1),
        ("set -o pipefail; a | b", 1, 0),
        ("a | b; set -o pipefail; a | b", 2, 1),
        ("bash -o pipefail -c 'a | b'", 1, 0),
        ("x=$(a | b)", 1, 1),
        ("case x in a|b) c;; esac", 0, 0),
        ("# a | b", 0, 0),
        ("a > x |& b", 1, 1),
    ] {
        let script = script(text);
        assert_eq!(
            (script.pipes().len(), script.facts().pipes_without_pipefail.len()),
            (pipes, unguarded),
            "{text}"
        );
    }
}

#[test]
fn conditions_are_known() {
    let script = script("a || b; if c; then d; fi; while e; do f; done; g && h; k() { l; }");
    let conditional: Vec<&str> =
        script.calls().iter().filter(|call| call.place.conditional).filter_map(Call::name).collect();
    assert_eq!(conditional, ["b", "d", "f", "l"]);
}
