use std::collections::{HashMap, HashSet};

use super::near;
use crate::dockerfile::{
    Assignment, Base, Dockerfile, Instruction, Kind, Modifier, Origin, Transfer, Variable, Word,
};
use crate::finding::{Findings, Safety};
use crate::image;
use crate::rule::{Context, Severity};
use crate::rules::image::known;
use crate::text::{Edit, Span};

/// Variables that well-known images set, so that a file may use them undeclared; `*` at the end stands for anything.
/// Source: the Dockerfiles of Docker's official images, of NVIDIA, Jupyter, Jenkins and AWS.
const SET_BY_BASES: [&str; 62] = [
    "AIRFLOW_*",
    "APACHE_*",
    "ASPNET*",
    "BUNDLE_*",
    "CARGO_HOME",
    "CASSANDRA_*",
    "CATALINA_*",
    "COMPOSER_*",
    "CONDA_*",
    "CUDA_*",
    "DEBIAN_FRONTEND",
    "DOTNET_*",
    "ELIXIR_*",
    "ERLANG_*",
    "FLINK_*",
    "GEM_*",
    "GO*",
    "GPG_KEY*",
    "GRADLE_*",
    "HADOOP_*",
    "HOME",
    "HOSTNAME",
    "HTTPD_*",
    "JAVA_*",
    "JBOSS_*",
    "JDK_*",
    "JENKINS_*",
    "JETTY_*",
    "JRE_*",
    "KAFKA_*",
    "KONG_*",
    "LAMBDA_*",
    "LANG*",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "LIBRARY_PATH",
    "MARIADB_*",
    "MAVEN_*",
    "MONGO_*",
    "MYSQL_*",
    "NB_*",
    "NCCL_*",
    "NGINX_*",
    "NJS_*",
    "NODE_*",
    "NPM_*",
    "NV*",
    "OTP_*",
    "PG*",
    "PHP*",
    "PIP_*",
    "PKG_RELEASE",
    "PWD",
    "PYTHON*",
    "REDIS_*",
    "RUBY*",
    "RUST*",
    "SPARK_*",
    "SWIFT_*",
    "TOMCAT_*",
    "USER",
    "YARN_VERSION",
];

/// Images of distributions and languages, whose variables are all in the table above. Source: their Dockerfiles.
const KNOWN: [&str; 24] = [
    "almalinux",
    "alpine",
    "amazonlinux",
    "archlinux",
    "busybox",
    "centos",
    "clearlinux",
    "debian",
    "eclipse-temurin",
    "fedora",
    "golang",
    "mageia",
    "node",
    "openjdk",
    "opensuse/leap",
    "opensuse/tumbleweed",
    "oraclelinux",
    "photon",
    "php",
    "python",
    "rockylinux",
    "ruby",
    "rust",
    "ubuntu",
];

const SPENT: &str = "the file has too many variables, so not all names were checked for typing errors";

/// What is known to be wrong with a variable that the file does not set where it is used.
enum Mistake<'f> {
    /// Set before the first FROM only.
    Global(Span),
    /// Set in another stage only.
    Elsewhere(usize, Span),
    /// Set further down.
    Later(Span),
    Slip(&'f str),
    /// Nobody else can set it: FROM scratch, or an image of which it is known what it sets.
    Nowhere,
    /// Set by the same ENV, whose values see only what was set before it.
    Same(Span),
    /// `ENV X=$X`, with nothing that sets X before; whether the base image is one that may.
    Itself(bool),
}

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut search = Search::new(file);
    for instruction in &file.instructions {
        let mut told: HashSet<&str> = HashSet::new();
        let names: HashMap<&str, Span> = match &instruction.kind {
            Kind::Env(pairs) => pairs.iter().map(|pair| (&*pair.key.text, pair.key.span)).collect(),
            _ => HashMap::new(),
        };
        for variable in variables(file, instruction) {
            let Origin::Undeclared { base_may_set } = file.lookup(variable.name, instruction).origin else {
                continue;
            };
            let is_plain = matches!(variable.modifier, Modifier::None | Modifier::Edit);
            if !is_plain
                || told.contains(variable.name)
                || variable.name.starts_with(|c: char| c.is_ascii_digit())
                || is_keyword(file, &variable)
            {
                continue;
            }
            let beside = set_beside(file, instruction, &variable, &names);
            if base_may_set && is_set_by_bases(variable.name) && beside.is_none() {
                continue;
            }
            let mistake = beside.or_else(|| search.mistake(instruction, variable.name, base_may_set));
            if let Some(mistake) = mistake {
                told.insert(variable.name);
                tell(file, instruction, &variable, &mistake, out);
            }
        }
    }
    if search.guesses.is_spent() {
        out.at(file.source, Span::at(0), SPENT).severity(Severity::Note);
    }
}

fn tell(file: &Dockerfile, at: &Instruction, variable: &Variable, mistake: &Mistake, out: &mut Findings) {
    let name = variable.name;
    let (message, seen) = match *mistake {
        Mistake::Global(seen) => (
            format!(
                "`{name}` is declared before `FROM`, so it is empty here; add `ARG {name}` to this stage"
            ),
            Some(seen),
        ),
        Mistake::Elsewhere(stage, seen) => {
            let stage = file.stage_name(stage).map_or_else(|| stage.to_string(), str::to_owned);
            (
                format!("`{name}` is set in stage `{stage}`, so it is empty here; set it in this stage"),
                Some(seen),
            )
        }
        Mistake::Later(seen) => (
            format!("`{name}` is set further down, so it is empty here; set it before this line"),
            Some(seen),
        ),
        Mistake::Slip(meant) => (format!("`{name}` is not set; did you mean `{meant}`?"), None),
        Mistake::Nowhere => (format!("`{name}` is not set; declare it with `ARG {name}`"), None),
        Mistake::Same(seen) => (
            format!("`{name}` is set by this same `ENV`, so it is empty here; use it in a second `ENV`"),
            Some(seen),
        ),
        Mistake::Itself(true) => (
            format!(
                "this sets `{name}` to itself, so it stays what the base image has, or empty; declare it with `ARG {name}` above"
            ),
            None,
        ),
        Mistake::Itself(false) => (
            format!(
                "`{name}` is not set before, so this sets it to nothing; declare it with `ARG {name}` above"
            ),
            None,
        ),
    };
    let found = out.at(file.source, variable.span, message);
    if let Some(seen) = seen {
        found.see(file.source, seen, "set here");
    }
    match *mistake {
        Mistake::Global(_) => {
            let line = format!("ARG {name}{}", file.source.newline());
            let edit = Edit::insert(at.span.start as usize, line);
            found.fix(Safety::Unsafe, format!("add `ARG {name}` to this stage"), vec![edit]);
        }
        Mistake::Slip(meant) => {
            let edit = Edit::replace(variable.name_span, meant);
            found.fix(Safety::Unsafe, format!("write `{meant}`"), vec![edit]);
        }
        _ => {}
    }
}

/// What is asked of a file for each variable that is not set.
struct Search<'f, 'a> {
    file: &'f Dockerfile<'a>,
    /// Where each name is set, in the file's order.
    settings: HashMap<&'f str, Vec<(&'f Instruction<'a>, &'f Assignment<'a>)>>,
    guesses: near::Guesses,
}

impl<'f, 'a> Search<'f, 'a> {
    fn new(file: &'f Dockerfile<'a>) -> Self {
        let mut settings: HashMap<&str, Vec<_>> = HashMap::new();
        for instruction in &file.instructions {
            if let Kind::Arg(pairs) | Kind::Env(pairs) = &instruction.kind {
                for pair in pairs {
                    settings.entry(&pair.key.text).or_default().push((instruction, pair));
                }
            }
        }
        Self { file, settings, guesses: near::Guesses::new() }
    }

    fn mistake(&mut self, at: &Instruction, name: &str, base_may_set: bool) -> Option<Mistake<'f>> {
        let here = at.stage?;
        let file = self.file;
        // What an unknown image sets is unknown, too.
        let base = base(file, here);
        let all = self.settings.get(name).map_or(&[][..], Vec::as_slice);
        // A setting of the file's own tells most: the name is right, the place is wrong. `ENV A=/x:$A` adds to whatever the
        // base image has; that it is set there is no sign of a mistake.
        let after = all.partition_point(|(instruction, _)| instruction.index <= at.index);
        let adds_to_itself =
            after > 0 && all[after - 1].0.index == at.index && matches!(at.kind, Kind::Env(_));
        let first = all.first().filter(|(instruction, _)| instruction.index != at.index);
        // What stands before all stages comes first.
        if let Some((_, pair)) = first.filter(|(instruction, _)| instruction.stage.is_none()) {
            return Some(Mistake::Global(pair.key.span));
        }
        if !adds_to_itself && base != Knowledge::None {
            let later = all.get(after);
            if let Some((_, pair)) = later.filter(|(instruction, _)| instruction.stage == Some(here)) {
                return Some(Mistake::Later(pair.key.span));
            }
            if let Some((instruction, pair)) = first.or(later) {
                return Some(Mistake::Elsewhere(instruction.stage?, pair.key.span));
            }
            self.guesses.count(self.settings.len());
            let names = || file.names_at(at).into_iter().map(|(name, _)| name);
            if let Some(meant) = self.guesses.nearest(name, names) {
                return Some(Mistake::Slip(meant));
            }
        }
        (!adds_to_itself && (!base_may_set || base == Knowledge::All)).then_some(Mistake::Nowhere)
    }
}

/// What is known of the variables that the base image of a stage sets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Knowledge {
    None,
    /// Official, so `SET_BY_BASES` has the most of it.
    Most,
    /// An image of `KNOWN`, or none.
    All,
}

fn base(file: &Dockerfile, stage: usize) -> Knowledge {
    match file.root_base(stage) {
        Base::Scratch => Knowledge::All,
        Base::Image(text) => match image::parse(text).map(|image| image.familiar_name()) {
            Ok(name) if KNOWN.contains(&&*name) => Knowledge::All,
            Ok(name) if known::is_official(&name) => Knowledge::Most,
            _ => Knowledge::None,
        },
        _ => Knowledge::None,
    }
}

/// The ENV sets the variable beside the value that uses it, or by that very value: `ENV A=/x B=$A/y`, `ENV X=${X}`.
fn set_beside<'f>(
    file: &Dockerfile,
    at: &'f Instruction,
    variable: &Variable,
    names: &HashMap<&str, Span>,
) -> Option<Mistake<'f>> {
    let Kind::Env(pairs) = &at.kind else { return None };
    let pair = pairs.get(pairs.partition_point(|pair| pair.span.end <= variable.span.start))?;
    if pair.key.text == variable.name {
        let value = pair.value.as_ref()?.text.trim_matches('"');
        let bare = value.strip_prefix('$').map(|name| name.trim_start_matches('{').trim_end_matches('}'));
        return (bare == Some(variable.name) && !is_set_by_bases(variable.name))
            .then(|| Mistake::Itself(at.stage.is_some_and(|stage| base(file, stage) == Knowledge::None)));
    }
    names.get(variable.name).map(|&key| Mistake::Same(key))
}

/// The variables that BuildKit expands in an instruction; those of FROM and ARG are other rules' business, and a
/// trigger of ONBUILD runs where nobody sees.
fn variables<'f>(file: &'f Dockerfile, instruction: &'f Instruction) -> Vec<Variable<'f>> {
    let words: Vec<&Word> = match &instruction.kind {
        Kind::Env(pairs) | Kind::Label(pairs) => {
            pairs.iter().filter_map(|pair| pair.value.as_ref()).collect()
        }
        Kind::Copy(Transfer { sources, destination, .. })
        | Kind::Add(Transfer { sources, destination, .. }) => sources.iter().chain([destination]).collect(),
        Kind::Expose(words) | Kind::Volume(words) => words.iter().collect(),
        Kind::User(word) | Kind::Workdir(word) | Kind::Stopsignal(word) => vec![word],
        _ => return Vec::new(),
    };
    let owner = ["chown", "chmod"].into_iter().filter_map(|name| instruction.flag(name)?.value.as_ref());
    let words = words.into_iter().chain(owner);
    let mut found: Vec<Variable> = words.flat_map(|word| file.variables(word)).collect();
    if matches!(instruction.kind, Kind::Copy(_) | Kind::Add(_)) {
        for heredoc in &instruction.heredocs {
            // A bare `$name` in a file is as likely the file's own (`$uri` of nginx).
            let braced = |variable: &Variable| file.source.slice(variable.span).starts_with("${");
            found.extend(file.heredoc_variables(heredoc).into_iter().filter(braced));
        }
    }
    found
}

/// `$Id: 1.7 $`, which CVS, Subversion and git fill in.
fn is_keyword(file: &Dockerfile, variable: &Variable) -> bool {
    matches!(variable.name, "Id" | "Date" | "Header" | "Rev" | "Revision" | "URL")
        && file.source.text()[variable.span.end as usize..].starts_with(':')
}

fn is_set_by_bases(name: &str) -> bool {
    SET_BY_BASES.iter().any(|entry| match entry.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *entry,
    })
}
