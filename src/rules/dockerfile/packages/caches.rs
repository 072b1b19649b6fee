//! What package managers keep of their downloads in a layer, and what keeps it out: one table for all of them.

use super::apt::may_clean;
use super::chain::behind_chain;
use super::naming::named;
use super::update_without_install::lone_update;
use crate::dockerfile::{Dockerfile, Instruction, MountKind, Origin};
use crate::finding::{Findings, Safety};
use crate::rules::dockerfile::shipping::in_image;
use crate::shell::{self, Action, Manager, PackageCall, PackageKind, Removal, Script};
use crate::text::{Edit, Span};

/// The cache of one manager, or of several that share it.
pub(super) struct Cache {
    managers: &'static [Manager],
    /// `~/` is the home of whoever runs the manager, and any other folder that ends alike.
    folders: &'static [&'static str],
    /// Flags after which the manager keeps nothing, or keeps it where its author wants it.
    flags: &'static [&'static str],
    /// Variables that do the same.
    variables: &'static [&'static str],
    /// What stands in a file that configures the manager in another way than these.
    settings: &'static [&'static str],
    /// Builds of the project fill it, too.
    builds: bool,
    remedy: Remedy,
}

enum Remedy {
    /// A flag of the call.
    Flag(&'static str),
    /// A command at the end of the RUN; `{}` is the manager's name.
    Command(&'static str),
}

pub(super) const APK: Cache = Cache {
    managers: &[Manager::Apk],
    folders: &["/var/cache/apk", "/etc/apk/cache"],
    // With `--root` the index is that of another system, and without a network none comes.
    flags: &["no-cache", "cache-dir", "no-network", "root", "p"],
    variables: &[],
    settings: &[],
    builds: false,
    remedy: Remedy::Flag("--no-cache"),
};
pub(super) const DNF: Cache = Cache {
    managers: &[Manager::Dnf, Manager::Microdnf, Manager::Yum, Manager::Tdnf],
    folders: &["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5", "/var/cache/tdnf"],
    flags: &["installroot"],
    variables: &[],
    settings: &["cachedir="],
    builds: false,
    remedy: Remedy::Command("{} clean all"),
};
pub(super) const ZYPPER: Cache = Cache {
    managers: &[Manager::Zypper],
    folders: &["/var/cache/zypp"],
    flags: &["root", "installroot", "R", "cache-dir"],
    variables: &[],
    settings: &[],
    builds: false,
    remedy: Remedy::Command("{} clean --all"),
};
pub(super) const PIP: Cache = Cache {
    managers: &[Manager::Pip, Manager::Pipx],
    folders: &["~/.cache/pip"],
    // pip also takes the beginning of a flag.
    flags: &["no-cache-dir", "no-cache", "cache-dir", "no-index"],
    variables: &["PIP_NO_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "PIP_NO_INDEX"],
    settings: &["global.no-cache-dir", "no-cache-dir =", "no-cache-dir=", "no_cache_dir"],
    builds: false,
    remedy: Remedy::Flag("--no-cache-dir"),
};
pub(super) const UV: Cache = Cache {
    managers: &[Manager::Uv, Manager::UvPip],
    folders: &["~/.cache/uv"],
    flags: &["no-cache", "no-cache-dir", "n", "cache-dir", "no-index", "offline"],
    variables: &["UV_NO_CACHE", "UV_CACHE_DIR", "XDG_CACHE_HOME"],
    settings: &["no-cache = true"],
    builds: false,
    remedy: Remedy::Flag("--no-cache"),
};
pub(super) const NPM: Cache = Cache {
    managers: &[Manager::Npm],
    folders: &["~/.npm", "~/_cacache"],
    flags: &["cache", "offline"],
    variables: &["NPM_CONFIG_CACHE", "npm_config_cache"],
    settings: &["npm config set cache"],
    builds: false,
    remedy: Remedy::Command("{} cache clean --force"),
};
/// What a file says that uses Yarn 2 or later.
pub(super) const YARN_2: &[&str] = &[
    ".yarnrc.yml",
    ".yarn/",
    ".yarn ",
    "yarn set version",
    "--immutable",
    ".pnp",
    "corepack",
    "workspaces focus",
];

pub(super) const YARN: Cache = Cache {
    managers: &[Manager::Yarn],
    // Its root runs it in `/usr/local/share`.
    folders: &["~/.cache/yarn", "~/.yarn-cache"],
    flags: &["cache-folder", "offline"],
    variables: &["YARN_CACHE_FOLDER", "YARN_ENABLE_GLOBAL_CACHE"],
    // It may run the packages from its cache.
    settings: YARN_2,
    builds: false,
    remedy: Remedy::Command("{} cache clean"),
};
pub(super) const CONDA: Cache = Cache {
    managers: &[Manager::Conda],
    folders: &["~/pkgs"],
    flags: &[],
    variables: &["CONDA_PKGS_DIRS"],
    settings: &["pkgs_dirs"],
    builds: false,
    remedy: Remedy::Command("{} clean --all --yes"),
};
pub(super) const GEM: Cache = Cache {
    managers: &[Manager::Gem, Manager::Bundler],
    folders: &["~/cache", "~/.gem", "~/.bundle/cache"],
    flags: &["no-cache", "local", "l"],
    variables: &["BUNDLE_CACHE_PATH", "BUNDLE_NO_CACHE", "BUNDLE_PATH"],
    // The gems and their cache are in another folder.
    settings: &["config set path", "config set --local path", "config path", "--path"],
    builds: false,
    remedy: Remedy::Command("rm -rf \"$(gem env gemdir)\"/cache"),
};
pub(super) const COMPOSER: Cache = Cache {
    managers: &[Manager::Composer],
    folders: &["~/.composer/cache", "~/.cache/composer", "~/composer/cache", "/tmp/cache"],
    flags: &["no-cache"],
    variables: &["COMPOSER_CACHE_DIR", "COMPOSER_HOME", "COMPOSER_NO_CACHE"],
    settings: &[],
    builds: false,
    remedy: Remedy::Flag("--no-cache"),
};
pub(super) const GO: Cache = Cache {
    managers: &[Manager::Go],
    folders: &["~/go/pkg", "~/.cache/go-build"],
    flags: &["modcacherw"],
    variables: &["GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS"],
    settings: &[],
    builds: true,
    remedy: Remedy::Command("{} clean -cache -modcache"),
};
pub(super) const CARGO: Cache = Cache {
    managers: &[Manager::Cargo],
    folders: &["~/.cargo/registry", "~/cargo/registry"],
    flags: &["offline", "frozen"],
    variables: &["CARGO_HOME"],
    settings: &[],
    builds: true,
    remedy: Remedy::Command("rm -rf ~/.cargo/registry"),
};

/// A RUN of a shipped image that leaves a cache in its layer, with the calls that fill it; at least one.
pub(super) struct Left<'f, 'a> {
    pub(super) run: &'f Instruction<'a>,
    pub(super) calls: Vec<&'f PackageCall>,
}

impl Cache {
    /// Every RUN that leaves the cache in a layer which ships.
    pub(super) fn left<'f, 'a>(&self, file: &'f Dockerfile<'a>) -> Vec<Left<'f, 'a>> {
        let runs = file.runs().filter(|run| in_image(file, run));
        let mut left: Vec<Left> = runs.filter_map(|run| self.left_by(file, run)).collect();
        if !left.is_empty() && self.is_configured(file) {
            left.clear();
        }
        left
    }

    fn is_configured(&self, file: &Dockerfile) -> bool {
        self.settings.iter().any(|setting| file.source.text().contains(setting))
    }

    fn left_by<'f, 'a>(&self, file: &Dockerfile<'a>, run: &'f Instruction<'a>) -> Option<Left<'f, 'a>> {
        let packages = || run.scripts().iter().flat_map(|script| &script.facts().packages);
        let mut calls: Vec<&PackageCall> = packages().filter(|call| self.is_filled_by(call)).collect();
        // An update alone is reported as that.
        if calls.is_empty() || lone_update(run).is_some() || self.is_mounted(run) || self.is_off(file, run) {
            return None;
        }
        let cleaned = run.scripts().iter().flat_map(|script| self.cleaned(file, run, script)).max();
        calls.retain(|call| cleaned.is_none_or(|last| last < call.span.start));
        (!calls.is_empty()).then_some(Left { run, calls })
    }

    fn is_filled_by(&self, call: &PackageCall) -> bool {
        let fetches = call.action.installs()
            || matches!(call.action, Action::Upgrade | Action::DistUpgrade)
            || call.action == Action::Update && call.manager.is_system()
            || self.builds && matches!(call.action, Action::Run | Action::Download);
        let own = |flag: &crate::shell::Flag| {
            self.flags.contains(&&*flag.name)
                // pipx passes arguments to pip.
                || flag.value.as_ref().is_some_and(|value| value.contains("no-cache"))
        };
        self.managers.contains(&call.manager)
            && fetches
            && !call.flags.iter().any(own)
            && !self.variables.iter().any(|name| call.env(name).is_some())
            && !is_local(call)
    }

    /// A variable of the file or of the script switches the cache off or puts it elsewhere.
    fn is_off(&self, file: &Dockerfile, run: &Instruction) -> bool {
        let text = file.source.slice(run.span);
        self.variables.iter().any(|name| {
            matches!(file.lookup(name, run).origin, Origin::Env(_) | Origin::Arg(_)) || text.contains(name)
        })
    }

    /// The folder lies in a mount, not in the layer.
    fn is_mounted(&self, run: &Instruction) -> bool {
        run.mounts().iter().any(|mount| {
            let Some(target) = mount.target().filter(|_| mount.kind() != Some(MountKind::Secret)) else {
                return false;
            };
            let path = target.text.trim_end_matches('/');
            let is_home =
                path == "/root" || path.strip_prefix("/home/").is_some_and(|name| !name.contains('/'));
            // Where a variable leads is not known.
            target.has_variable() || is_home || self.folders.iter().any(|folder| empties(path, true, folder))
        })
    }

    /// Where a script empties the cache.
    fn cleaned(&self, file: &Dockerfile, run: &Instruction, script: &Script) -> Vec<u32> {
        let facts = script.facts();
        let removals = facts.removals.iter().filter(|removal| self.is_emptied_by(file, run, removal));
        let cleans = facts
            .packages
            .iter()
            .filter(|call| call.action == Action::Clean && self.managers.contains(&call.manager));
        let others = script.calls();
        let others = others.iter().filter(|call| may_clean(call)).map(|call| call.span().start);
        removals
            .map(|removal| removal.span.start)
            .chain(cleans.map(|call| call.span.start))
            .chain(others)
            .collect()
    }

    fn is_emptied_by(&self, file: &Dockerfile, run: &Instruction, removal: &Removal) -> bool {
        let empties = |path: &str| self.folders.iter().any(|folder| empties(path, removal.recursive, folder));
        if empties(&removal.path) || !removal.expands {
            return empties(&removal.path);
        }
        match file.expand_in_script(&removal.path, run) {
            Some(text) => text.split_whitespace().any(empties),
            // A variable of the script may hold the folder.
            None => removal.path.to_ascii_lowercase().contains("cache"),
        }
    }

    /// Reports every RUN that leaves the cache.
    pub(super) fn report(&self, file: &Dockerfile, out: &mut Findings) {
        for Left { run, calls } in self.left(file) {
            self.report_one(file, run, &calls, out);
        }
    }

    pub(super) fn report_one(
        &self,
        file: &Dockerfile,
        run: &Instruction,
        calls: &[&PackageCall],
        out: &mut Findings,
    ) {
        let installs = calls.iter().find(|call| call.action != Action::Update);
        let Some(first) = installs.or(calls.first()) else { return };
        let (what, span) = named(file, first);
        let keeps = format!("`{what}` keeps its cache in this layer");
        match self.remedy {
            Remedy::Flag(flag) => {
                let finding = out.at(file.source, span, format!("{keeps}; add `{flag}`"));
                let places: Option<Vec<Span>> =
                    calls.iter().map(|call| call.subcommand.as_ref().map(|&(_, span)| span)).collect();
                let Some(places) = places else { return };
                let edit = |place: Span| Edit::insert(place.end as usize, format!(" {flag}"));
                finding.fix(Safety::Safe, format!("add `{flag}`"), places.into_iter().map(edit).collect());
            }
            Remedy::Command(command) => {
                let command = command.replace("{}", file.source.slice(first.program));
                let message = format!("{keeps}; end the `RUN` with `{command}`");
                let finding = out.at(file.source, span, message);
                if !may_be_gone(run, first)
                    && let Some(edit) = behind_chain(file, run, &command)
                {
                    finding.fix(Safety::Unsafe, format!("add `{command}`"), vec![edit]);
                }
            }
        }
    }
}

/// Packages are removed later in the RUN, perhaps the manager itself.
fn may_be_gone(run: &Instruction, call: &PackageCall) -> bool {
    let mut packages = run.scripts().iter().flat_map(|script| &script.facts().packages);
    let removes = |action: Action| matches!(action, Action::Remove | Action::Autoremove);
    !call.manager.is_system()
        && packages.any(|later| removes(later.action) && later.span.start > call.span.start)
}

/// Only files that are there already.
fn is_local(call: &PackageCall) -> bool {
    let is_file = |kind: PackageKind| kind == PackageKind::Path;
    call.has_flag('\0', "no-deps")
        && !call.packages.is_empty()
        && call.packages.iter().all(|package| is_file(package.kind))
}

/// Whether the removal of a path empties a folder of the table above.
fn empties(path: &str, recursive: bool, folder: &str) -> bool {
    let Some(inside) = folder.strip_prefix("~/") else { return shell::clears(path, recursive, folder) };
    let path = path.trim_end_matches('*').trim_end_matches('/');
    let ends_in = |outer: &str| {
        path.strip_suffix(outer).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    let is_below = || {
        path.split_once(inside).is_some_and(|(before, after)| {
            (before.is_empty() || before.ends_with('/')) && after.starts_with('/')
        })
    };
    ends_in(inside) || is_below() || recursive && outer_folders(inside).any(ends_in)
}

/// `a/b` and `a` of `a/b/c`.
fn outer_folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/'), |(outer, _)| outer.rsplit_once('/')).map(|(outer, _)| outer)
}
