//! Downloads, piped scripts, removed files, modes, users, packages kept.

use super::{script, slice};
use crate::shell::{Action, Form, Output, Tool};

#[test]
fn downloads_are_read() {
    let facts =
        script("curl -ksSL https://a/b -o /x && wget https://c && curl -fO https://d > e && wget -qO- f://g")
            .facts()
            .clone();
    let [curl, wget, remote, out] = &*facts.downloads else { panic!("four downloads") };
    assert_eq!(
        (curl.tool, curl.fails, curl.follows, curl.insecure.is_some()),
        (Tool::Curl, false, true, true)
    );
    assert!(matches!(&curl.output, Output::File(path, _) if &**path == "/x"));
    assert_eq!(&*curl.urls[0].text, "https://a/b");
    assert_eq!((wget.tool, &wget.output, wget.insecure), (Tool::Wget, &Output::RemoteName, None));
    assert!(remote.fails && remote.output == Output::RemoteName);
    assert_eq!(out.output, Output::Stdout);
    for (text, insecure) in [
        ("curl --insecure x", true),
        ("curl -okay x", false),
        ("curl -H -k x", false),
        ("wget --no-check-certificate x", true),
        ("wget -e check_certificate=off x", true),
        ("wget -k x", false),
        ("echo 'curl -k x'", false),
    ] {
        assert_eq!(script(text).facts().downloads.iter().any(|d| d.insecure.is_some()), insecure, "{text}");
    }
}

#[test]
fn downloaded_programs_that_run_at_once() {
    for (text, form, interpreter) in [
        ("curl -fsSL https://x | sh", Form::Pipe, "sh"),
        ("curl x | sudo -E bash -", Form::Pipe, "bash"),
        ("curl x | sudo bash -s -- -y", Form::Pipe, "bash"),
        ("curl x | tee y | sh", Form::Pipe, "sh"),
        ("curl x | sed s/a/b/ | /bin/bash", Form::Pipe, "bash"),
        ("wget -qO- x | bash", Form::Pipe, "bash"),
        ("wget -O - x | bash /dev/stdin a", Form::Pipe, "bash"),
        ("curl x | env A=b sh", Form::Pipe, "sh"),
        ("curl x | A=b sh -x", Form::Pipe, "sh"),
        ("curl x | python3 -", Form::Pipe, "python3"),
        ("curl x | python", Form::Pipe, "python"),
        ("curl x | perl - -a b", Form::Pipe, "perl"),
        ("curl x | php", Form::Pipe, "php"),
        ("curl x | (cd y && sh)", Form::Pipe, "sh"),
        ("(curl x || wget -O- y) | sh", Form::Pipe, "sh"),
        ("bash -c 'curl x | sh'", Form::Pipe, "sh"),
        ("if a; then curl x | sh; fi", Form::Pipe, "sh"),
        ("sh -c \"$(curl x)\"", Form::CommandString, "sh"),
        ("bash -c \"`curl x`\"", Form::CommandString, "bash"),
        ("bash <(curl x) y", Form::ProcessSubstitution, "bash"),
        ("source <(curl x)", Form::ProcessSubstitution, "source"),
        (". <(wget -qO- x)", Form::ProcessSubstitution, "."),
        ("bash -s < <(curl x)", Form::ProcessSubstitution, "bash"),
        ("eval \"$(curl x)\"", Form::Eval, "eval"),
    ] {
        let script = script(text);
        let found: Vec<_> =
            script.facts().piped_scripts.iter().map(|found| (found.form, &*found.interpreter)).collect();
        assert_eq!(found, [(form, interpreter)], "{text}");
    }
    for text in [
        "curl x | tar xz",
        "curl x | jq .a",
        "curl x | python -m json.tool",
        "curl x | python3 -c 'import sys'",
        "curl x | gpg --dearmor -o y",
        "curl x | apt-key add -",
        "curl x | sh script.sh",
        "curl x | sh -c 'cat > y'",
        "curl -o y x | sh",
        "curl x || sh",
        "curl x > y; sh y",
        "echo 'curl x | sh'",
        "wget x | sh",
        "curl x | perl -ne 'print'",
        "curl x | node -e 'y'",
        "curl x | xargs sh",
        "sh -c \"echo $(curl x)\"",
        "cat x | sh",
        "curl x | bash --version",
    ] {
        assert_eq!(script(text).facts().piped_scripts, [], "{text}");
    }
    let source = "a && curl x | sudo bash -";
    let script = script(source);
    let found = &script.facts().piped_scripts[0];
    assert_eq!(
        (slice(source, found.span), slice(source, found.interpreter_span)),
        ("curl x | sudo bash -", "bash")
    );
}

#[test]
fn cleared_folders() {
    let lists = "/var/lib/apt/lists";
    for (text, cleared) in [
        ("rm -rf /var/lib/apt/lists/*", true),
        ("rm -r /var/lib/apt/lists", true),
        ("rm -fr \"/var/lib/apt/lists\"/*", true),
        ("rm -rf /tmp/* /var/lib/apt/lists/*", true),
        ("rm -f /var/lib/apt/lists/*_*", true),
        ("rm -rf /var/lib/apt", true),
        ("rm -rf /var/lib/{apt,dpkg,cache,log}/", true),
        ("sudo rm -rf /var/lib/apt/lists/*", true),
        ("find /var/lib/apt/lists -type f -delete", true),
        ("find /var/lib/apt/lists -mindepth 1 -exec rm -rf {} +", true),
        ("find /var/lib/apt/lists -type f", false),
        ("rm -rf /var/lib/apt/listsx", false),
        ("echo rm -rf /var/lib/apt/lists/*", false),
        ("rm -rf /var/cache/apt", false),
        ("apt-get clean", false),
    ] {
        assert_eq!(script(text).facts().clears(lists).is_some(), cleared, "{text}");
    }
}

#[test]
fn modes_and_users() {
    for (text, writable, sets_id) in [
        ("chmod 777 x", true, false),
        ("chmod -R 0777 x", true, false),
        ("chmod a+rwx x", true, false),
        ("chmod o=w,u+x x", true, false),
        ("chmod 1777 x", true, false),
        ("chmod 755 x", false, false),
        ("chmod +x x", false, false),
        ("chmod u+s x", false, true),
        ("chmod 4755 x", false, true),
        ("chmod =2775 x", false, true),
        ("chmod o-w x", false, false),
    ] {
        let script = script(text);
        let change = &script.facts().mode_changes[0];
        assert_eq!((change.world_writable(), change.sets_id()), (writable, sets_id), "{text}");
    }
    for (text, name, uid, system) in [
        ("useradd -r -u 1000 -g app app", "app", Some("1000"), true),
        ("useradd --create-home --uid=10 --shell /bin/sh app", "app", Some("10"), false),
        ("adduser -D -S -G app app", "app", None, true),
        ("adduser --system --group --uid 5 app", "app", Some("5"), true),
    ] {
        let script = script(text);
        let user = &script.facts().new_users[0];
        assert_eq!((&*user.name, user.uid.as_deref(), user.system), (name, uid, system), "{text}");
    }
    assert!(script("adduser app wheel; addgroup x; adduser --group y").facts().new_users.is_empty());
}

#[test]
fn paths_are_followed_through_cd() {
    for (text, expected) in [
        ("rm a", Some("a")),
        ("cd /x && rm a", Some("/x/a")),
        ("cd /x; cd y/ && rm -r a/b", Some("/x/y/a/b")),
        ("cd x && rm a", Some("x/a")),
        ("cd /x && rm /a", Some("/a")),
        ("(cd /x && make); rm a", Some("a")),
        ("(cd /x && rm a); cd /y", Some("/x/a")),
        ("cd && rm a", Some("~/a")),
        ("cd /x && cd - && rm a", None),
        ("pushd /x; popd; rm a", None),
        ("cd $(mktemp -d) && rm a", Some("$(mktemp -d)/a")),
    ] {
        let script = script(text);
        assert_eq!(script.facts().removals[0].from_start.as_deref(), expected, "{text}");
    }
    let script = script("cd /x && chmod 777 a");
    assert_eq!(script.facts().mode_changes[0].paths[0].from_start.as_deref(), Some("/x/a"));
}

#[test]
fn calls_that_only_look_do_nothing() {
    for text in [
        "apt-get install -s x",
        "apt-get --dry-run install x",
        "apt-get -y --simulate upgrade",
        "apk add --simulate x",
        "dnf install --assumeno x",
        "zypper install --dry-run x",
        "pip install --dry-run x",
    ] {
        assert_eq!(script(text).facts().packages[0].action, Action::Query, "{text}");
    }
    for text in ["apt-get install -d -y x", "dnf install --downloadonly x"] {
        assert_eq!(script(text).facts().packages[0].action, Action::Download, "{text}");
    }
    assert_eq!(script("apt-get install -y x").facts().packages[0].action, Action::Install);
}

#[test]
fn packages_that_stay() {
    for (text, expected) in [
        ("apt-get install -y gcc curl && apt-get purge -y gcc", "curl"),
        ("apk add -t .d gcc && apk add curl && apk del .d", "curl"),
        ("apk add --virtual=.d gcc && apk del --purge .d", ""),
        ("D='gcc make'; apt-get install -y $D x && apt-get purge -y --auto-remove $D", "x"),
        ("apt-get install -y $D x && apt-get purge -y $D", "x"),
        ("apt-get install -y gcc; apt-mark auto '.*' > /dev/null; apt-get purge -y --auto-remove", ""),
        ("apt-get purge gcc; apt-get install -y gcc", "gcc"),
        ("pip install x && dnf install y", "y"),
    ] {
        let script = script(text);
        let kept: Vec<&str> = script.facts().kept().map(|(_, package)| &*package.name).collect();
        assert_eq!(kept.join(" "), expected, "{text}");
    }
}

#[test]
fn checks_of_downloads() {
    let count = |text: &str| {
        let script = script(text);
        let found = &script.facts().verifications;
        (found.len(), found.iter().filter(|check| check.signature).count())
    };
    assert_eq!(
        count(
            "echo 'x  y' | sha256sum -c -; gpg --batch --verify a b; sha512sum --check s; cosign verify-blob x"
        ),
        (4, 2)
    );
    assert_eq!(count("sha256sum x; gpg --import y; cosign sign z"), (0, 0));
    assert_eq!(script("sudo a; b; sh -c 'sudo c'").facts().sudo.len(), 2);
}
