//! Programs that take a password among their arguments though no name says so: `mysql -pP`, `curl -u u:P`. The one table for
//! those who look for secrets (`commands`) and those who hide them (`crate::shown`).

use std::sync::LazyLock;

/// How arguments hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// In the same argument only: `-pP`; `-p P` asks for one and names a database.
    Joined(&'static str),
    /// In the same argument or the next: `-pP`, `-p P`, `--password P`, `--password=P`.
    Either(&'static str),
    /// The same with a user and a sign before it: `-u u:P`.
    Pair(&'static str, u8),
    /// The same behind `pass:`.
    Pass(&'static str),
    /// Behind a word and a user: `add_user u P`, `/user:u P`.
    Behind(&'static str),
    /// A user and the password come first, and then nothing but options: `net user u P /add`.
    First,
    /// The last word of the command.
    Last,
}

use Takes::{Behind, Either, First, Joined, Last, Pair, Pass};

impl Takes {
    /// The option that a password follows.
    pub(crate) fn option(self) -> Option<&'static str> {
        match self {
            Joined(option) | Either(option) | Pair(option, _) | Pass(option) => Some(option),
            Behind(_) | First | Last => None,
        }
    }
}

pub(crate) struct Program {
    /// Without the star that stands for whatever follows: `mysql*` is `mysqldump`, too.
    pub(crate) name: &'static str,
    /// The text that leads to it: its name, and what follows a short one.
    pub(crate) lead: &'static str,
    pub(crate) starred: bool,
    /// A word that must follow.
    pub(crate) verb: &'static str,
    pub(crate) takes: &'static [Takes],
    /// What it takes is reported. Otherwise it is hidden and nothing else: too often it is no secret.
    pub(crate) found: bool,
}

impl Program {
    pub(crate) fn is_called(&self, name: &str) -> bool {
        // Every word of a command is asked of every program, and most differ in their first letter.
        name.as_bytes().first() == self.name.as_bytes().first()
            && name.strip_prefix(self.name).is_some_and(|rest| rest.is_empty() || self.starred)
    }
}

/// Whether a word says what some program shall do, so that a password comes behind it.
pub(crate) fn is_verb(word: &str) -> bool {
    static VERBS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let behind = |takes: &Takes| if let Behind(word) = takes { Some(*word) } else { None };
        let of = |program: &Program| program.takes.iter().filter_map(behind).chain([program.verb]);
        let mut verbs: Vec<&str> = PROGRAMS.iter().flat_map(of).collect();
        verbs.sort_unstable();
        verbs.dedup();
        verbs
    });
    VERBS.contains(&word)
}

/// A program whose passwords are found.
const fn found(name: &'static str, takes: &'static [Takes]) -> Program {
    Program { name, lead: name, starred: false, verb: "", takes, found: true }
}

/// The same for a short name, which is looked for with what follows it.
const fn short(lead: &'static str, name: &'static str, takes: &'static [Takes]) -> Program {
    Program { lead, ..found(name, takes) }
}

/// All programs whose names begin so.
const fn all(name: &'static str, takes: &'static [Takes]) -> Program {
    Program { starred: true, ..found(name, takes) }
}

/// A program whose `login` takes a password.
const fn login(name: &'static str) -> Program {
    Program { verb: LOGIN, ..found(name, &[Either("-p"), Either("--password")]) }
}

/// A program whose passwords are only hidden.
const fn hidden(name: &'static str, takes: &'static [Takes]) -> Program {
    Program { found: false, ..found(name, takes) }
}

pub(crate) const LOGIN: &str = "login";

pub(crate) static PROGRAMS: [Program; 42] = [
    all("mysql", &[Joined("-p")]),
    all("mariadb", &[Joined("-p")]),
    all("mongo", &[Either("-p"), Either("--password")]),
    all("ldap", &[Either("-w")]),
    found("sshpass", &[Either("-p")]),
    found("redis-cli", &[Either("-a"), Either("--pass")]),
    found("redis-server", &[Either("--requirepass"), Either("--masterauth")]),
    found("valkey-cli", &[Either("-a"), Either("--pass")]),
    found("valkey-server", &[Either("--requirepass"), Either("--masterauth")]),
    found("curl", &[Pair("-u", b':'), Pair("-U", b':'), Pair("--user", b':'), Pair("--proxy-user", b':')]),
    found("sqlcmd", &[Either("-P")]),
    found("cqlsh", &[Either("-p"), Either("--password")]),
    found("smbclient", &[Pair("-U", b'%'), Pair("--user", b'%')]),
    found("rabbitmqctl", &[Behind("add_user"), Behind("change_password")]),
    found(
        "htpasswd",
        &[
            Behind("-b"),
            Behind("-cb"),
            Behind("-bc"),
            Behind("-nb"),
            Behind("-Bb"),
            Behind("-bB"),
            Behind("-nbB"),
            Behind("-Bbn"),
            Last,
        ],
    ),
    all("psexec", &[Either("-p")]),
    found("schtasks", &[Either("/rp"), Either("/RP")]),
    found("xfreerdp", &[Joined("/p:")]),
    found("net use", &[Behind("/user:"), Behind("/USER:")]),
    found("net user", &[First]),
    login("docker"),
    login("podman"),
    login("buildah"),
    login("nerdctl"),
    login("helm"),
    login("skopeo"),
    login("oras"),
    login("crane"),
    login("az"),
    Program { found: false, ..login("oc") },
    Program { found: false, ..login("cf") },
    short("bcp ", "bcp", &[Either("-P")]),
    hidden("useradd", &[Either("-p")]),
    hidden("usermod", &[Either("-p")]),
    short("zip -", "zip", &[Either("-P")]),
    short("unzip -", "unzip", &[Either("-P")]),
    short("7z ", "7z", &[Joined("-p")]),
    short("http -", "http", &[Pair("-a", b':'), Pair("--auth", b':')]),
    found("lftp", &[Pair("-u", b',')]),
    all("snmp", &[Either("-c"), Either("-A"), Either("-X")]),
    hidden("openssl", &[Pass("-passin"), Pass("-passout"), Pass("-pass"), Pass("-k")]),
    Program { verb: "alias", ..hidden("mc", &[Last]) },
];
