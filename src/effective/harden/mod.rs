//! The smallest edits that take from a container what it does not need, and close its paths to the host.
//!
//! An edit is *sure* where what is known of the program says that it still runs; nothing here has run it. Whatever else
//! would help is a question, which is written as a comment.

mod editor;
mod program;

use std::collections::{HashMap, HashSet};

use super::holding::{Holding, SHOWN};
use super::user::Who;
use super::{in_file, place, ways};
use crate::compose::{ComposeFile, directory, resolve};
use crate::container::{At, ContainerSpec, FileId, Text};
use crate::privilege::{Hardening, Measure, Place, Rewrite, Way};
use crate::rule::Context;
use crate::rules::runtime::capabilities::{self, Reach};
use crate::rules::runtime::exposure::{self, Called, Datastore, Meant};
use crate::rules::runtime::{host_paths, known_images, neighbours, port_all_interfaces, settings};
use crate::text::{Edit, Span};
use crate::yaml::Node;
use editor::{Editor, Lists, Refused};
use program::Program;

const NO_NEW_PRIVILEGES: &str = "no-new-privileges:true";

/// What to do about a path to the host that no sure edit closes, by its id.
const ADVICE: [(&str, &str); 20] = [
    (
        "engine-socket",
        "let it use the engine through a socket proxy that allows only what it needs, such as \
         `tecnativa/docker-socket-proxy`",
    ),
    ("engine-api-socket", "remove `use_api_socket` if it does not need the engine"),
    ("engine-address", "let it use the engine through a socket proxy that allows only what it needs"),
    ("engine-port", "give it a network of its own, and the engine certificates (`tlsverify`)"),
    ("privileged", "replace `privileged` by the devices and capabilities that it needs"),
    ("host-root", "mount only the folders that it needs, read-only"),
    ("system-settings", "mount it read-only, or only the files that it needs"),
    ("programs", "mount it read-only, or only the files that it needs"),
    ("root-home", "mount only the files that it needs, read-only"),
    ("kernel-settings", "mount it read-only"),
    ("device-events", "mount it read-only"),
    ("control-groups", "mount it read-only"),
    ("unconfined", "remove the options of `security_opt`, or name profiles of its own"),
    ("joined-processes", "remove `pid`"),
    ("disk", "give it a file or a partition of its own, or `:r`"),
    ("boot", "mount it read-only"),
    ("home", "mount only the folders that it needs"),
    ("credentials", "give it a credential of its own as a secret"),
    ("host-ipc", "remove `ipc`, or use `ipc: shareable` in one service and `service:` in the other"),
    ("host-network", "remove NET_ADMIN, or give it a network of its own"),
];

/// The services as the files of a project have them: those of containers, and those that they extend.
pub struct Files<'c> {
    /// By file and place of the name.
    places: HashMap<(FileId, Span), Node<'c>>,
    /// By path and name.
    names: HashMap<&'c str, HashMap<&'c str, Place>>,
    /// How their services write lists.
    lists: HashMap<FileId, Lists>,
}

impl<'c> Files<'c> {
    pub fn of(files: &'c [ComposeFile<'c>]) -> Self {
        let mut all = Self { places: HashMap::new(), names: HashMap::new(), lists: HashMap::new() };
        for file in files {
            let services = file.yaml.root().and_then(|root| root.get("services"));
            all.lists.insert(file.id, services.and_then(Lists::of).unwrap_or_default());
            let names = all.names.entry(file.source.path()).or_default();
            for entry in file.services() {
                let span = entry.key_span();
                all.places.entry((file.id, span)).or_insert(entry.value);
                names.entry(entry.key_str()).or_insert_with(|| in_file(file.source, span.start));
            }
        }
        all
    }

    /// The service as it is written at `at`.
    fn service(&self, at: At) -> Option<Node<'c>> {
        self.places.get(&(at.file, at.span)).copied()
    }

    /// Where the service is that a service extends, if it is in one of the files.
    fn extended(&self, service: Node) -> Option<Place> {
        let own = service.yaml().source;
        let extends = service.get("extends")?;
        let name = extends.as_str().or_else(|| extends.get("service")?.as_str())?;
        let path = match extends.get("file").and_then(Node::as_str) {
            Some(path) => resolve(directory(own.path()), path)?,
            None => own.path().to_string(),
        };
        self.names.get(&*path)?.get(name).cloned()
    }
}

/// `None` for what is no Linux container, as [`super::of`].
pub fn of(cx: &Context, files: &Files, spec: &ContainerSpec) -> Option<Hardening> {
    if super::is_other(cx, spec) {
        return None;
    }
    let file = cx.project.source(spec.at).path().clone();
    let (measures, refused) = match editor(files, spec) {
        Ok(editor) => (Plan::of(cx, &editor, spec).measures, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    Some(Hardening {
        service: spec.name.to_string(),
        place: place(cx, spec.at),
        file,
        measures,
        refused,
        extends: files.service(spec.at).and_then(|service| files.extended(service)),
    })
}

fn editor<'c>(files: &Files<'c>, spec: &'c ContainerSpec) -> Result<Editor<'c>, Refused> {
    if !spec.is_complete() {
        return Err("not all of it could be read".to_owned());
    }
    let insertion = spec.insertion.filter(|insertion| insertion.file == spec.at.file);
    let (Some(service), Some(insertion)) = (files.service(spec.at), insertion) else {
        return Err("its settings are shared through an anchor, or have no lines of their own".to_owned());
    };
    let lists = files.lists.get(&spec.at.file).copied().unwrap_or_default();
    Ok(Editor::new(spec, service, insertion, lists))
}

/// What is done about one container.
struct Plan<'e, 'c, 'p> {
    holding: Holding<'c, 'p>,
    program: Program,
    editor: &'e Editor<'e>,
    measures: Vec<Measure>,
    /// Paths that a measure closes.
    closed: HashSet<&'static str>,
    /// Settings that would help and whose effect on the program is not known.
    tries: Vec<String>,
}

impl<'e, 'c, 'p> Plan<'e, 'c, 'p> {
    fn of(cx: &'c Context<'p>, editor: &'e Editor<'e>, spec: &'c ContainerSpec) -> Self {
        let holding = Holding::of(cx, spec);
        let program = Program::of(&holding);
        let (measures, closed, tries) = (Vec::new(), HashSet::new(), Vec::new());
        let mut plan = Self { holding, program, editor, measures, closed, tries };
        plan.privileged();
        plan.capabilities();
        plan.no_new_privileges();
        plan.root_filesystem();
        plan.mounts();
        plan.ports();
        plan.attempts();
        plan.paths();
        plan.user();
        plan.limits();
        plan.networks();
        plan
    }

    fn spec(&self) -> &'c ContainerSpec {
        self.holding.spec
    }

    /// A sure edit, or the question why it is none.
    fn sure(&mut self, what: String, rewrite: Result<Rewrite, Refused>) -> bool {
        let source = self.program.image.map(|needs| needs.source);
        match rewrite {
            Ok(rewrite) => self.measures.push(Measure { sure: true, what, source, rewrite }),
            Err(why) => {
                self.ask(format!("{what}: by hand, because {why}"));
                return false;
            }
        }
        true
    }

    fn ask(&mut self, what: String) {
        if let Some(rewrite) = self.editor.comment(&what) {
            self.measures.push(Measure { sure: false, what, source: None, rewrite });
        }
    }

    fn privileged(&mut self) {
        let is_needless = self.program.is_known && self.spec().devices.is_empty();
        if self.holding.privileged.is_none() || !is_needless {
            return;
        }
        if self.sure("remove `privileged`".to_owned(), self.editor.remove("privileged")) {
            self.closed.insert("privileged");
        }
    }

    /// It stays privileged, and keeps every capability.
    fn is_privileged(&self) -> bool {
        self.holding.privileged.is_some() && !self.closed.contains("privileged")
    }

    fn capabilities(&mut self) {
        let spec = self.spec();
        if self.is_privileged() {
            return;
        }
        let has = |list: &[Text], name: &str| {
            list.iter().any(|text| capabilities::normal(text).as_deref() == Some(name))
        };
        let drops_all = settings::has_any(&spec.cap_drop, &["ALL", "CAP_ALL"]);
        if has(&spec.cap_add, "ALL") || spec.cap_add.iter().any(Text::is_unknown) || drops_all.is_none() {
            self.tries.push("`cap_drop: [ALL]`, with only the capabilities that it needs".to_owned());
            return;
        }
        let is_open = drops_all == Some(false);
        let missing = |name: &&&str| is_open && !has(&spec.cap_add, name) && !has(&spec.cap_drop, name);
        let needed: Vec<&str> = self.program.capabilities.iter().filter(missing).copied().collect();
        if !self.program.is_known {
            if is_open {
                let with = match &needed[..] {
                    [] => String::new(),
                    some => format!(" with `cap_add: [{}]`", some.join(", ")),
                };
                self.tries.push(format!("`cap_drop: [ALL]`{with}"));
            }
            return;
        }
        let needless = self.needless_capabilities();
        if !is_open && needless.is_empty() {
            return;
        }
        let out: Vec<Span> = needless.iter().map(|(_, span)| *span).collect();
        let dropped = if is_open { self.editor.add("cap_drop", &["ALL"]) } else { Ok(Rewrite::default()) };
        let rewrite =
            dropped.and_then(|dropped| Ok(dropped.and(self.editor.exchange("cap_add", &out, &needed)?)));
        let names: Vec<&str> = needless.iter().map(|(name, _)| *name).collect();
        let what = match (is_open, &names[..]) {
            (true, []) => format!("drop all capabilities{}", but(&needed)),
            (true, names) => format!("drop {} and all other capabilities{}", names.join(", "), but(&needed)),
            (false, names) => format!("drop {}", names.join(", ")),
        };
        if self.sure(what, rewrite) {
            self.closed.extend(names.into_iter().filter_map(path_of));
            self.closed.insert("device-rule");
        }
    }

    /// Capabilities that reach the host, which a known image does not need, and where they are written.
    fn needless_capabilities(&self) -> Vec<(&'static str, Span)> {
        let Some(image) = self.program.image else { return Vec::new() };
        let needs = |name: &str| image.capabilities.iter().flatten().any(|needed| *needed == name);
        let added = capabilities::added(self.spec());
        let added = added.filter(|one| matches!(one.reach, Reach::Host | Reach::Shared) && !needs(one.name));
        added.map(|one| (one.name, one.text.at.span)).collect()
    }

    fn no_new_privileges(&mut self) {
        if self.is_privileged()
            || self.holding.no_new_privileges.is_some()
            || self.holding.cx.project.around.swarm
        {
            return;
        }
        if self.spec().security_opt.iter().any(Text::is_unknown) {
            return;
        }
        if self.program.is_known && self.program.without_new_privileges {
            let rewrite = self.editor.add("security_opt", &[NO_NEW_PRIVILEGES]);
            self.sure("let no program gain privileges".to_owned(), rewrite);
        } else if !self.program.is_known {
            self.tries.push(format!("`security_opt: [{NO_NEW_PRIVILEGES}]`"));
        }
    }

    fn root_filesystem(&mut self) {
        let spec = self.spec();
        if spec.read_only.is_some() {
            return;
        }
        let Some(writes) = self.program.writes.clone().filter(|_| self.program.is_known) else {
            let writes = self.program.image.and_then(|image| image.writes.as_ref());
            let writes =
                writes.filter(|writes| !writes.is_empty()).map_or("/tmp".to_owned(), |all| all.join(", "));
            self.tries.push(format!("`read_only: true` with `tmpfs: [{writes}]`"));
            return;
        };
        let mounted = program::targets(spec);
        let is_open = |path: &&str| mounted.iter().any(|target| host_paths::is_in(path, target));
        let writes: Vec<&str> = writes.into_iter().filter(|path| !is_open(path)).collect();
        let rewrite = self.editor.set("read_only", "true").and_then(|rewrite| {
            let tmpfs = self.editor.exchange("tmpfs", &[], &writes)?;
            Ok(rewrite.and(tmpfs))
        });
        self.sure(format!("make its root filesystem read-only{}", but(&writes)), rewrite);
    }

    /// Programs that watch the host read its folders; modules of the kernel are loaded, not written.
    fn mounts(&mut self) {
        let spec = self.spec();
        let watches = known_images::stands_on(self.holding.cx, spec)
            .is_some_and(|image| known_images::is_monitor(&image));
        for mount in self.holding.mounts.iter().filter(|mount| mount.writable && !mount.holds_socket()) {
            let is_read = mount.is(&["/lib/modules"])
                || watches && (mount.is(&["/"]) || mount.is_in(&["/proc", "/sys", "/var/lib/docker"]));
            let written = spec.mounts.iter().find(|one| {
                !one.long
                    && one.options.is_empty()
                    && one.source.as_ref().is_some_and(|text| text.at == mount.at)
            });
            let Some(written) = written.filter(|_| is_read) else { continue };
            if !self.editor.is_own("volumes", written.at.span) {
                continue;
            }
            let raw = self.holding.cx.project.source(written.at).slice(written.at.span);
            let quote = usize::from(raw.ends_with(['"', '\'']));
            let edit = Edit::insert(written.at.span.end as usize - quote, ":ro");
            let what = format!("mount the host's `{}` read-only", mount.written);
            self.measures.push(replaced(what, edit));
            let ids =
                ["host-root", "kernel-settings", "device-events", "control-groups", "boot", "engine-data"];
            self.closed.extend(ids);
        }
    }

    fn ports(&mut self) {
        let (cx, spec) = (self.holding.cx, self.spec());
        let called = Called::of(cx, spec);
        for port in spec.ports.iter().filter(|port| exposure::on_all_interfaces(cx, spec, port)) {
            let Some(store) = exposure::datastore(cx, spec, port) else { continue };
            let is_called = exposure::meant(cx, spec, port, &called) != Meant::No;
            let edit = port_all_interfaces::fix(cx, spec, port)
                .filter(|_| self.editor.is_own("ports", port.at.span));
            let (Some(edit), false, Datastore::Image(_)) = (edit, is_called, store) else {
                self.ask(format!(
                    "is {} called from other hosts? If not, bind it to `127.0.0.1`",
                    exposure::name(spec, port)
                ));
                continue;
            };
            let what = format!("bind {} to `127.0.0.1`", exposure::name(spec, port));
            self.measures.push(replaced(what, edit));
        }
    }

    fn attempts(&mut self) {
        if !self.tries.is_empty() {
            let tries = std::mem::take(&mut self.tries).join(", ");
            self.ask(format!("what it needs is not known; try {tries}"));
        }
    }

    /// Paths to the host that are still there.
    fn paths(&mut self) {
        let left: Vec<Way> =
            ways::open(&self.holding).into_iter().filter(|way| !self.closed.contains(way.id)).collect();
        for way in left {
            if let Some((_, advice)) = ADVICE.iter().find(|(id, _)| *id == way.id)
                && !self.is_proxy()
            {
                self.ask(format!("path to {} ({}): {advice}", way.gains.name(), way.id));
            } else if let Some(capability) = capability_of(way.id) {
                self.ask(format!(
                    "path to {} ({}): remove the capability {capability} if it does not need it",
                    way.gains.name(),
                    way.id
                ));
            }
        }
    }

    /// It stands between the engine and those that use it.
    fn is_proxy(&self) -> bool {
        known_images::of(self.spec()).is_some_and(|image| known_images::is_socket_proxy(&image))
    }

    fn user(&mut self) {
        // Alpine's variants number their users otherwise.
        let is_alpine = |text: &Text| text.raw.contains("alpine");
        let user = self.program.image.and_then(|image| image.user);
        let user = user.filter(|_| !self.spec().image.as_ref().is_some_and(is_alpine));
        if let Some(user) = user.filter(|_| self.spec().user.is_none() && self.holding.user.who != Who::Other)
        {
            self.ask(format!("if its data belongs to {user}, `user: \"{user}\"` needs no capability"));
        }
    }

    fn limits(&mut self) {
        let limits = &self.spec().limits;
        let missing = |name: &'static str, is_missing: bool| is_missing.then_some(name);
        let memory = missing("`mem_limit`", settings::is_unlimited(limits.memory));
        let pids = missing("`pids_limit`", settings::is_unlimited(limits.pids));
        let missing: Vec<&str> = memory.into_iter().chain(pids).collect();
        if !missing.is_empty() {
            self.ask(format!("set {} to what the service needs", missing.join(" and ")));
        }
    }

    fn networks(&mut self) {
        if let Some(beside) = neighbours::beside(self.holding.cx, self.spec()) {
            let users = beside.users.iter().take(SHOWN).map(|other| format!("`{}`", other.name));
            let mut users: Vec<String> = users.collect();
            if beside.users.len() > SHOWN {
                users.push(format!("the {} others that use it", beside.users.len() - SHOWN));
            }
            let (stranger, own) = (&beside.stranger.name, &self.spec().name);
            self.ask(format!(
                "`{stranger}` is published, shares the network `{}` with `{own}` and does not seem to use it; put \
                 `{own}` and {} on a network of their own",
                beside.network,
                users.join(", ")
            ));
        }
    }
}

fn replaced(what: String, edit: Edit) -> Measure {
    let rewrite = Rewrite { edits: vec![edit], ..Rewrite::default() };
    Measure { sure: true, what, source: None, rewrite }
}

fn but(exceptions: &[&str]) -> String {
    if exceptions.is_empty() { String::new() } else { format!(" but {}", exceptions.join(", ")) }
}

/// The path that a capability opens by itself.
const OPENS: [(&str, &str); 8] = [
    ("BPF", "kernel-programs"),
    ("SYS_ADMIN", "system-administration"),
    ("SYS_BOOT", "other-kernel"),
    ("SYS_MODULE", "kernel-module"),
    ("SYS_PTRACE", "process-memory"),
    ("SYS_RAWIO", "kernel-memory"),
    ("DAC_READ_SEARCH", "file-handles"),
    ("NET_ADMIN", "host-network"),
];

fn path_of(capability: &str) -> Option<&'static str> {
    OPENS.iter().find(|(name, _)| *name == capability).map(|(_, id)| *id)
}

fn capability_of(id: &str) -> Option<&'static str> {
    OPENS.iter().find(|(_, known)| *known == id).map(|(name, _)| *name)
}
