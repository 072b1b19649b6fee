//! Package managers: who is called, what for, which packages, and whether it asks.

use super::script;
use crate::shell::Action::{
    Clean, DistUpgrade, Download, GroupInstall, Install, LockedInstall, ModuleInstall, Other, Query, Remove,
    Update, Upgrade,
};
use crate::shell::Manager::{
    Apk, Apt, AptGet, Aptitude, Cargo, Composer, Conda, Dnf, Gem, Go, Microdnf, Npm, Pacman, Pip, Pipx, Pnpm,
    Uv, UvPip, Yarn, Yum, Zypper,
};
use crate::shell::PackageCall;
use crate::shell::PackageKind::{Glob, Group, Named, Path, Url, Variable};

fn first(text: &str) -> PackageCall {
    script(text).facts().packages.first().unwrap_or_else(|| panic!("no package call: {text}")).clone()
}

/// `name@version` of each package.
fn listed(call: &PackageCall) -> String {
    let one = |package: &crate::shell::Package| match &package.version {
        Some(version) => format!("{}@{version}", package.name),
        None => package.name.to_string(),
    };
    call.packages.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn managers_and_actions() {
    for (text, manager, action, packages) in [
        ("apt-get install -y gcc=1.2 make", AptGet, Install, "gcc@1.2 make"),
        ("apt-get -y -o X=Y -t sid install gcc/stable", AptGet, Install, "gcc@stable"),
        ("apt-get -qq update", AptGet, Update, ""),
        ("apt update", Apt, Update, ""),
        ("apt-get dist-upgrade -y", AptGet, DistUpgrade, ""),
        ("aptitude -y install x", Aptitude, Install, "x"),
        (
            "apk add --no-cache --virtual .deps gcc~=1 'curl>7' 'x=1' foo@edge",
            Apk,
            Install,
            "gcc@~=1 curl@>7 x@1 foo",
        ),
        ("apk --update-cache add -t .d gcc", Apk, Install, "gcc"),
        ("apk del .deps", Apk, Remove, ".deps"),
        (
            "dnf -y --setopt=a=b install java-11-openjdk java-11-openjdk-11.0.2 gcc-c++",
            Dnf,
            Install,
            "java-11-openjdk java-11-openjdk@11.0.2 gcc-c++",
        ),
        ("yum install -y foo-${V} foo-1.2-3.el9", Yum, Install, "foo@${V} foo@1.2-3.el9"),
        ("yum -y update", Yum, Upgrade, ""),
        ("microdnf clean all", Microdnf, Clean, ""),
        ("dnf module install -y nodejs:18", Dnf, ModuleInstall, "nodejs:18"),
        ("yum groupinstall -y 'Development Tools'", Yum, GroupInstall, "Development Tools"),
        ("zypper -n in --no-recommends 'a>=2' b=1", Zypper, Install, "a@>=2 b@1"),
        ("zypper dup", Zypper, DistUpgrade, ""),
        ("pacman -Syu --noconfirm gcc", Pacman, Install, "gcc"),
        ("pacman -Sy", Pacman, Update, ""),
        ("pip install -r r.txt 'a==1' 'b[x]>=2,<3' c", Pip, Install, "a@1 b[x]@>=2,<3 c"),
        ("pip3.12 --no-cache-dir install -U pip", Pip, Install, "pip"),
        ("python3 -u -m pip install a", Pip, Install, "a"),
        ("uv pip install --system a==1", UvPip, Install, "a@1"),
        ("uv sync --frozen", Uv, LockedInstall, ""),
        ("uv tool install ruff@1", Uv, Install, "ruff@1"),
        ("pipx install a==1", Pipx, Install, "a@1"),
        ("npm install -g @a/b@1.2 c @d/e", Npm, Install, "@a/b@1.2 c @d/e"),
        ("npm --loglevel warn ci", Npm, LockedInstall, ""),
        ("yarn", Yarn, Install, ""),
        ("yarn global add x@1", Yarn, Install, "x@1"),
        ("pnpm add -g x", Pnpm, Install, "x"),
        ("gem install a:1.2 b -v 3 -- --with-x", Gem, Install, "a@1.2 b@3"),
        ("go install example.com/x/cmd/y@v1.2", Go, Install, "example.com/x/cmd/y@v1.2"),
        ("go install -ldflags '-s -w' ./...", Go, Install, "./..."),
        ("cargo +nightly install --version 1.0 x", Cargo, Install, "x@1.0"),
        ("conda install -y -c conda-forge a=1 b 'c>=2'", Conda, Install, "a@1 b c@>=2"),
        ("conda env create -f e.yml", Conda, LockedInstall, ""),
        ("conda env list", Conda, Query, ""),
        ("composer global require a/b", Composer, Install, "a/b"),
        ("pip cache purge", Pip, Clean, ""),
        ("yarn --version", Yarn, Query, ""),
        ("D='a b' set -x && apt-get install -y $D", AptGet, Install, "a b"),
        ("sudo sh -c 'apt-get install -y x'", AptGet, Install, "x"),
        ("apt-get install -y {a,b}-dev", AptGet, Install, "a-dev b-dev"),
        ("D='a b=1'; apt-get install -y $D c", AptGet, Install, "a b@1 c"),
        ("D=(a b); apt-get install -y \"${D[@]}\"", AptGet, Install, "a b"),
        ("go mod download", Go, Download, ""),
        ("npm --unsafe-perm true install x", Npm, Install, "x"),
        ("$CONDA/bin/pip install x", Pip, Install, "x"),
        ("apt-get moo", AptGet, Other, ""),
    ] {
        let call = first(text);
        assert_eq!(
            (call.manager, call.action, listed(&call).as_str()),
            (manager, action, packages),
            "{text}"
        );
    }
    for text in [
        "echo apt-get install x",
        "apt-mark hold x",
        "python3 -m venv x",
        "man apt-get",
        "command -v apt-get",
    ] {
        assert!(script(text).facts().packages.is_empty(), "{text}");
    }
}

#[test]
fn kinds_of_packages() {
    for (text, kind) in [
        ("apt-get install ./a.deb", Path),
        ("apt-get install 'a*'", Glob),
        ("apt-get install $X", Variable),
        ("apt-get install gcc-$X", Variable),
        ("apt-get install $(cat /a/b)", Variable),
        ("apt-get install `cat x=y`", Variable),
        ("dnf install @dev", Group),
        ("dnf install https://x/y.rpm", Url),
        ("pip install .", Path),
        ("pip install git+https://x/y@1", Url),
        ("pip install 'a @ https://x'", Url),
        ("npm i github:a/b", Url),
        ("npm i a/b", Url),
        ("npm i ./x.tgz", Path),
        ("npm i @a/b", Named),
        ("go install ./cmd/x", Path),
        ("go install example.com/x", Named),
    ] {
        assert_eq!(first(text).packages[0].kind, kind, "{text}");
    }
}

#[test]
fn asking_is_read_exactly() {
    for (text, yes) in [
        ("apt-get install x", false),
        ("apt-get install -y x", true),
        ("apt-get install x -y", true),
        ("apt-get install -yq x", true),
        ("apt-get install -qy x", true),
        ("apt-get --yes install x", true),
        ("apt-get install --assume-yes x", true),
        ("apt-get install -qq x", true),
        ("apt-get install -q x", false),
        ("apt-get install -q=2 x", true),
        ("apt-get install -q=1 x", false),
        ("apt-get install -q -q x", true),
        ("apt-get install --quiet --quiet x", true),
        ("apt-get install -fy x", true),
        ("apt-get -o APT::Get::Assume-Yes=true install x", true),
        ("apt-get -o apt::get::assume-yes=\"true\" install x", true),
        ("apt-get -oAPT::Get::Assume-Yes=false install x", false),
        ("apt-get install -t -y x", false),
        ("yes | apt-get install x", true),
        ("echo y | apt-get install x", true),
        ("echo x | apt-get install x", false),
        ("DEBIAN_FRONTEND=noninteractive apt-get install x", false),
        ("yum install x", false),
        ("yum -y install x", true),
        ("dnf install --assumeyes x", true),
        ("dnf install --setopt=assumeyes=1 x", true),
        ("zypper install x", false),
        ("zypper -n install x", true),
        ("zypper --non-interactive install x", true),
        ("zypper install -y x", true),
        ("pacman -S x", false),
        ("pacman -S --noconfirm x", true),
        ("conda install x", false),
        ("conda install -yq x", true),
        ("apk add x", true),
        ("pip uninstall x", false),
    ] {
        assert_eq!(first(text).assume_yes, yes, "{text}");
    }
}

#[test]
fn recommended_packages() {
    for (text, without) in [
        ("apt-get install -y x", false),
        ("apt-get install -y --no-install-recommends x", true),
        ("apt-get --no-install-recommends install x", true),
        ("apt-get install -o APT::Install-Recommends=0 x", true),
        ("apt-get -o APT::Install-Recommends=false install x", true),
        ("apt-get -o APT::Install-Recommends=no install x", true),
        ("apt-get -o APT::Install-Recommends=1 install x", false),
        ("apt-get -o APT::Install-Suggests=0 install x", false),
        ("zypper in --no-recommends x", true),
    ] {
        assert_eq!(first(text).no_recommends, without, "{text}");
    }
}

#[test]
fn places_of_a_call() {
    let source = "sudo apt-get -y \\\n install gcc";
    let facts_of = crate::shell::parse(&super::continued(source));
    let call = &facts_of.facts().packages[0];
    assert_eq!(super::slice(source, call.program), "apt-get");
    assert_eq!(super::slice(source, call.subcommand.as_ref().expect("install").1), "install");
    assert_eq!(super::slice(source, call.packages[0].span), "gcc");
    assert_eq!(super::slice(source, call.span), "apt-get -y \\\n install gcc");
}
