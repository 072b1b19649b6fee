//! The package managers: their programs, subcommands, and flags with values. Pure data, from their manual pages
//! and `--help`; the module above reads calls with it.

use super::{Action, Manager};
use crate::shell::args::Grammar;

/// An action and the subcommands that do it.
type Actions = &'static [(Action, &'static [&'static str])];

/// What one manager's command line looks like.
pub(super) struct Table {
    pub(super) grammar: Grammar,
    pub(super) actions: Actions,
    /// What the program does without a subcommand.
    pub(super) bare: Option<Action>,
}

const fn table(short_values: &'static str, long_values: &'static [&'static str], actions: Actions) -> Table {
    Table { grammar: Grammar { short_values, long_values, single_dash: false }, actions, bare: None }
}

/// Programs whose name alone says which manager they are; python, uv and the versions of pip are told apart in
/// the module above.
pub(super) const PROGRAMS: &[(&str, Manager)] = &[
    ("apt-get", Manager::AptGet),
    ("apt", Manager::Apt),
    ("aptitude", Manager::Aptitude),
    ("apk", Manager::Apk),
    ("dnf", Manager::Dnf),
    ("dnf5", Manager::Dnf),
    ("microdnf", Manager::Microdnf),
    ("yum", Manager::Yum),
    ("tdnf", Manager::Tdnf),
    ("zypper", Manager::Zypper),
    ("pacman", Manager::Pacman),
    ("pip", Manager::Pip),
    ("pipx", Manager::Pipx),
    ("npm", Manager::Npm),
    ("yarn", Manager::Yarn),
    ("pnpm", Manager::Pnpm),
    ("bun", Manager::Bun),
    ("gem", Manager::Gem),
    ("bundle", Manager::Bundler),
    ("bundler", Manager::Bundler),
    ("go", Manager::Go),
    ("cargo", Manager::Cargo),
    ("conda", Manager::Conda),
    ("mamba", Manager::Conda),
    ("micromamba", Manager::Conda),
    ("poetry", Manager::Poetry),
    ("composer", Manager::Composer),
];

use Action::{
    Autoremove, BuildDep, Clean, DistUpgrade, Download, GroupInstall, Install, LocalInstall, LockedInstall,
    Query, Reinstall, Remove, Run, Update, Upgrade,
};

const APT: Table = table(
    "otca",
    &["option", "target-release", "default-release", "config-file", "host-architecture", "build-profiles"],
    &[
        (Install, &["install", "satisfy"]),
        (Reinstall, &["reinstall"]),
        (Update, &["update"]),
        (Upgrade, &["upgrade", "safe-upgrade"]),
        (DistUpgrade, &["dist-upgrade", "full-upgrade"]),
        (Remove, &["remove", "purge"]),
        (Autoremove, &["autoremove", "auto-remove", "autopurge"]),
        (Clean, &["clean", "autoclean", "auto-clean", "distclean", "dist-clean"]),
        (BuildDep, &["build-dep"]),
        (Download, &["source", "download"]),
        (Query, &["list", "show", "search", "policy"]),
    ],
);

const APK: Table = table(
    "tXp",
    &[
        "virtual",
        "repository",
        "root",
        "repositories-file",
        "keys-dir",
        "cache-dir",
        "cache-max-age",
        "arch",
        "wait",
        "progress-fd",
        "timeout",
    ],
    &[
        (Install, &["add"]),
        (Update, &["update"]),
        (Upgrade, &["upgrade"]),
        (Remove, &["del"]),
        (Download, &["fetch"]),
        (Query, &["info", "search", "list", "policy"]),
    ],
);

const DNF: Table = table(
    "cxdeR",
    &[
        "exclude",
        "config",
        "repo",
        "repoid",
        "enablerepo",
        "disablerepo",
        "setopt",
        "releasever",
        "installroot",
        "forcearch",
        "destdir",
        "downloaddir",
        "advisory",
        "comment",
        "color",
        "disableplugin",
        "enableplugin",
        "errorlevel",
        "debuglevel",
        "repofrompath",
    ],
    &[
        (Install, &["install", "in", "install-n"]),
        (Reinstall, &["reinstall"]),
        (LocalInstall, &["localinstall"]),
        (GroupInstall, &["groupinstall"]),
        (Update, &["makecache", "check-update"]),
        (Upgrade, &["update", "upgrade", "update-minimal", "upgrade-minimal"]),
        (DistUpgrade, &["distro-sync", "distrosync"]),
        (Remove, &["remove", "erase", "rm", "groupremove"]),
        (Autoremove, &["autoremove"]),
        (Clean, &["clean"]),
        (BuildDep, &["builddep", "build-dep"]),
        (Download, &["download"]),
        (Query, &["list", "info", "search", "repolist", "provides", "whatprovides", "repoquery"]),
    ],
);

const ZYPPER: Table = table(
    "rtRpc",
    &[
        "repo",
        "from",
        "type",
        "root",
        "installroot",
        "config",
        "plus-repo",
        "plus-content",
        "reposd-dir",
        "cache-dir",
    ],
    &[
        (Install, &["install", "in", "source-install", "si", "install-new-recommends"]),
        (Update, &["refresh", "ref"]),
        (Upgrade, &["update", "up", "patch"]),
        (DistUpgrade, &["dist-upgrade", "dup"]),
        (Remove, &["remove", "rm"]),
        (Clean, &["clean", "cc"]),
        (Download, &["download"]),
        (Query, &["search", "se", "info", "list-updates"]),
    ],
);

/// pacman's operations are flags: see `pacman` in the module above.
const PACMAN: Table = table(
    "rbo",
    &[
        "root",
        "dbpath",
        "config",
        "cachedir",
        "gpgdir",
        "logfile",
        "overwrite",
        "ignore",
        "ignoregroup",
        "arch",
        "color",
    ],
    &[],
);

const PIP: Table = table(
    "rceitfpPb",
    &[
        "requirement",
        "requirements",
        "constraint",
        "constraints",
        "editable",
        "index-url",
        "extra-index-url",
        "find-links",
        "target",
        "prefix",
        "root",
        "src",
        "python",
        "platform",
        "python-version",
        "python-platform",
        "implementation",
        "abi",
        "trusted-host",
        "cache-dir",
        "proxy",
        "timeout",
        "default-timeout",
        "retries",
        "progress-bar",
        "log",
        "cert",
        "client-cert",
        "exists-action",
        "upgrade-strategy",
        "no-binary",
        "only-binary",
        "config-settings",
        "config-setting",
        "global-option",
        "build-option",
        "install-option",
        "use-feature",
        "use-deprecated",
        "report",
        "root-user-action",
        "group",
        "index",
        "default-index",
        "override",
        "overrides",
        "build-constraint",
        "build-constraints",
        "link-mode",
        "extra",
        "color",
        "config-file",
        "torch-backend",
        "resolution",
        "prerelease",
        "exclude-newer",
        "index-strategy",
        "keyring-provider",
        "upgrade-package",
        "reinstall-package",
        "refresh-package",
        "with",
        "from",
        "directory",
        "project",
        "allow-insecure-host",
        "no-install-package",
        "no-group",
        "only-group",
        "package",
    ],
    &[
        (Install, &["install", "add"]),
        (LockedInstall, &["sync"]),
        (Remove, &["uninstall", "remove"]),
        (Download, &["download", "wheel"]),
        (Upgrade, &["upgrade"]),
        (Clean, &["cache"]),
        (Query, &["list", "show", "freeze", "check"]),
        (Run, &["run"]),
    ],
);

const PIPX: Table = table(
    "i",
    &["python", "pip-args", "spec", "index-url", "suffix", "preinstall", "fetch-missing-python", "backend"],
    &[
        (Install, &["install", "inject", "install-all"]),
        (Run, &["run"]),
        (Upgrade, &["upgrade", "upgrade-all"]),
        (Reinstall, &["reinstall"]),
        (Remove, &["uninstall"]),
        (Query, &["list"]),
    ],
);

const NPM: Table = table(
    "Cw",
    &[
        "registry",
        "prefix",
        "loglevel",
        "cache",
        "tag",
        "omit",
        "include",
        "only",
        "workspace",
        "userconfig",
        "globalconfig",
        "fetch-timeout",
        "fetch-retries",
        "fetch-retry-mintimeout",
        "fetch-retry-maxtimeout",
        "network-timeout",
        "network-concurrency",
        "maxsockets",
        "before",
        "script-shell",
        "cwd",
        "cache-folder",
        "modules-folder",
        "mutex",
        "global-folder",
        "filter",
        "dir",
        "store-dir",
        "reporter",
        "install-strategy",
        "location",
        "backend",
    ],
    &[
        (Install, &["install", "i", "in", "isntall", "add", "install-test", "it"]),
        (LockedInstall, &["ci", "clean-install", "ic", "install-clean"]),
        (Upgrade, &["update", "up", "upgrade"]),
        (Remove, &["uninstall", "remove", "rm", "un", "r", "prune"]),
        (Clean, &["cache", "store"]),
        (Download, &["fetch", "pack"]),
        (Run, &["run", "run-script", "start", "test", "exec", "dlx", "x"]),
        (Query, &["list", "ls", "view", "info", "audit"]),
    ],
);

const GEM: Table = table(
    "vsiPnp",
    &["version", "source", "install-dir", "bindir", "trust-policy", "http-proxy", "platform", "build-root"],
    &[
        (Install, &["install", "i"]),
        (Upgrade, &["update"]),
        (Remove, &["uninstall"]),
        (Clean, &["cleanup", "clean"]),
        (Download, &["fetch"]),
        (Query, &["list"]),
        (Run, &["exec"]),
    ],
);

const BUNDLER: Table = table(
    "jPr",
    &["jobs", "path", "retry", "gemfile", "without", "with", "binstubs", "trust-policy", "redownload"],
    &[
        (LockedInstall, &["install"]),
        (Install, &["add"]),
        (Upgrade, &["update"]),
        (Remove, &["remove"]),
        (Clean, &["clean"]),
        (Download, &["cache"]),
        (Run, &["exec"]),
    ],
);

const GO: Table = Table {
    grammar: Grammar {
        short_values: "",
        long_values: &[
            "mod",
            "modfile",
            "ldflags",
            "tags",
            "o",
            "gcflags",
            "p",
            "C",
            "asmflags",
            "overlay",
            "pkgdir",
            "toolexec",
            "buildmode",
            "compiler",
            "installsuffix",
            "exec",
            "coverpkg",
            "gccgoflags",
        ],
        single_dash: true,
    },
    actions: &[
        (Install, &["install", "get"]),
        (Download, &["download"]),
        (Run, &["run", "build"]),
        (Clean, &["clean"]),
        (Query, &["list"]),
    ],
    bare: None,
};

const CARGO: Table = table(
    "FjZpC",
    &[
        "version",
        "vers",
        "git",
        "branch",
        "tag",
        "rev",
        "path",
        "root",
        "index",
        "registry",
        "profile",
        "target",
        "target-dir",
        "bin",
        "example",
        "features",
        "jobs",
        "config",
        "color",
        "manifest-path",
        "message-format",
        "package",
    ],
    &[
        (Install, &["install", "binstall", "add"]),
        (Upgrade, &["update"]),
        (Remove, &["uninstall", "remove"]),
        (Clean, &["clean"]),
        (Download, &["fetch"]),
        (Run, &["build", "b", "run", "test"]),
        (Query, &["search"]),
    ],
);

const CONDA: Table = table(
    "npcf",
    &[
        "name",
        "prefix",
        "channel",
        "file",
        "solver",
        "subdir",
        "repodata-fn",
        "clone",
        "platform",
        "root-prefix",
        "rc-file",
    ],
    &[
        (Install, &["install", "create"]),
        (Upgrade, &["update", "upgrade"]),
        (Remove, &["remove", "uninstall"]),
        (Clean, &["clean"]),
        (Query, &["list", "search", "info"]),
        (Run, &["run"]),
    ],
);

const POETRY: Table = table(
    "CPGE",
    &[
        "only",
        "with",
        "without",
        "extras",
        "group",
        "directory",
        "project",
        "source",
        "python",
        "format",
        "output",
    ],
    &[
        (LockedInstall, &["install", "sync"]),
        (Install, &["add"]),
        (Upgrade, &["update"]),
        (Remove, &["remove"]),
        (Clean, &["cache"]),
        (Run, &["run"]),
        (Query, &["show"]),
    ],
);

const COMPOSER: Table = table(
    "d",
    &["working-dir", "prefer-install", "ignore-platform-req"],
    &[
        (LockedInstall, &["install", "i"]),
        (Install, &["require", "req", "create-project"]),
        (Upgrade, &["update"]),
        (Remove, &["remove"]),
        (Clean, &["clear-cache", "clearcache"]),
        (Query, &["show"]),
    ],
);

const YARN: Table = Table { bare: Some(Install), ..NPM };

/// The table of a manager.
pub(super) fn table_of(manager: Manager) -> &'static Table {
    match manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => &APT,
        Manager::Apk => &APK,
        Manager::Dnf | Manager::Microdnf | Manager::Yum | Manager::Tdnf => &DNF,
        Manager::Zypper => &ZYPPER,
        Manager::Pacman => &PACMAN,
        Manager::Pip | Manager::UvPip | Manager::Uv => &PIP,
        Manager::Pipx => &PIPX,
        Manager::Npm | Manager::Pnpm | Manager::Bun => &NPM,
        Manager::Yarn => &YARN,
        Manager::Gem => &GEM,
        Manager::Bundler => &BUNDLER,
        Manager::Go => &GO,
        Manager::Cargo => &CARGO,
        Manager::Conda => &CONDA,
        Manager::Poetry => &POETRY,
        Manager::Composer => &COMPOSER,
    }
}
