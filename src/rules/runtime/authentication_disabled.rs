use super::{command_words, credentials, exposure, pulled};
use crate::container::{At, ContainerSpec, Pair, Port, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

/// What a variable's value must be for the program to ask for no password.
#[derive(Clone, Copy)]
enum When {
    True,
    False,
    Is(&'static str),
    /// It is written, and nothing is in it.
    Empty,
}

/// Variables that switch authentication off. Source: the documentation of each image.
const SWITCHES: [(&str, When); 25] = [
    ("ALLOW_ANONYMOUS_LOGIN", When::True),
    ("ALLOW_EMPTY_PASSWORD", When::True),
    ("AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED", When::True),
    ("DISABLE_AUTH", When::True),
    ("DISABLE_SECURITY_PLUGIN", When::True),
    ("DOCKER_INFLUXDB_INIT_AUTH_DISABLED", When::True),
    ("ETCD_CLIENT_CERT_AUTH", When::False),
    ("INFLUXDB_HTTP_AUTH_ENABLED", When::False),
    ("JUPYTER_TOKEN", When::Empty),
    ("KC_HTTP_ADMIN_AUTH_DISABLED", When::True),
    ("MARIADB_ALLOW_EMPTY_PASSWORD", When::True),
    ("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", When::True),
    ("ME_CONFIG_BASICAUTH", When::False),
    ("MONGODB_ALLOW_EMPTY_PASSWORD", When::True),
    ("MYSQL_ALLOW_EMPTY_PASSWORD", When::True),
    ("MYSQL_ALLOW_EMPTY_ROOT_PASSWORD", When::True),
    ("NEO4J_AUTH", When::Is("none")),
    ("NEO4J_dbms_security_auth__enabled", When::False),
    ("NOTEBOOK_TOKEN", When::Empty),
    ("OPENSEARCH_SECURITY_DISABLED", When::True),
    ("PLUGINS_SECURITY_DISABLED", When::True),
    ("POSTGRES_HOST_AUTH_METHOD", When::Is("trust")),
    ("plugins.security.disabled", When::True),
    ("xpack.security.enabled", When::False),
    ("XPACK_SECURITY_ENABLED", When::False),
];

/// Words of a command that do, and the port of the container that they are about, if it is not any. Source: the reference of
/// each program.
const FLAGS: [(&[&str], Option<u16>); 13] = [
    (&["--api.insecure"], Some(8080)),
    (&["--api.insecure=true"], Some(8080)),
    (&["--auth", "none"], None),
    (&["--auth=none"], None),
    (&["--IdentityProvider.token="], None),
    (&["--noauth"], None),
    (&["--NotebookApp.token="], None),
    (&["--protected-mode", "no"], None),
    (&["--protected-mode=no"], None),
    (&["--rc-no-auth"], None),
    (&["--ServerApp.token="], None),
    (&["--skip-grant-tables"], None),
    (&["--skip-grant-tables=1"], None),
];
/// Words of a command that set a password nevertheless.
const PASSWORDS: [&str; 5] =
    ["--aclfile", "--password", "--requirepass", "PasswordIdentityProvider", "hashed_password"];

/// What switches authentication off.
struct Off<'s> {
    at: At,
    /// How to call it.
    name: &'s str,
    /// The only port of the container that it is about.
    port: Option<u16>,
}

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(off) = in_environment(spec).or_else(|| in_command(spec)) else { return };
    let name = pulled::name(spec);
    let reaches = |port: &&Port| {
        off.port.is_none_or(|wanted| is_port(port, wanted)) && exposure::on_all_interfaces(cx, spec, port)
    };
    let port = spec.ports.iter().find(reaches);
    let on_host = spec.network_mode.as_ref().is_some_and(|mode| mode.is("host"));
    let key = off.name;
    if port.is_some() || on_host {
        let message = format!(
            "{name} asks for no password (`{key}`) and is open to the whole network; set a password, or bind its port to \
             `127.0.0.1`"
        );
        let finding = pulled::on(cx, spec, out, off.at, message);
        if let Some(port) = port {
            finding.see_on(cx, port.at, "the port is published here");
        }
    } else {
        let message = format!("{name} asks for no password (`{key}`) in its networks; set a password");
        pulled::on(cx, spec, out, off.at, message).severity(Severity::Note);
    }
}

fn is_port(port: &Port, wanted: u16) -> bool {
    let range = port.target.as_ref().and_then(|target| target.range);
    range.is_some_and(|(first, last)| (first..=last).contains(&wanted))
}

/// A variable that switches it off.
fn in_environment(spec: &ContainerSpec) -> Option<Off<'_>> {
    let switch = credentials::environment(spec).filter(|pair| is_off(pair));
    let visitors = || {
        let set = |name: &str, value: &str| {
            spec.environment
                .iter()
                .find(|pair| pair.key.is(name) && says(pair, |text| text.eq_ignore_ascii_case(value)))
        };
        set("GF_AUTH_ANONYMOUS_ORG_ROLE", "Admin")
            .filter(|_| set("GF_AUTH_ANONYMOUS_ENABLED", "true").is_some())
    };
    let pair = switch.take(1).next().or_else(visitors)?;
    Some(Off { at: pair.at, name: &pair.key.raw, port: None })
}

/// Words of the command that do.
fn in_command(spec: &ContainerSpec) -> Option<Off<'_>> {
    let words = command_words::of(spec).into_iter().next()?.words;
    if words.iter().any(|word| PASSWORDS.iter().any(|password| word.as_str().contains(password))) {
        return None;
    }
    let is = |at: usize, flag: &[&str]| {
        let found = words.get(at..at + flag.len());
        found.is_some_and(|found| {
            found.iter().zip(flag).all(|(word, part)| word.as_str().eq_ignore_ascii_case(part))
        })
    };
    let (at, port) =
        (0..words.len()).find_map(|at| Some((at, FLAGS.iter().find(|(flag, _)| is(at, flag))?.1)))?;
    let word = &words[at];
    let place = At { span: word.part(0..word.as_str().len()), ..word.text.at };
    Some(Off { at: place, name: word.as_str().trim_end_matches('='), port })
}

fn is_off(pair: &Pair) -> bool {
    SWITCHES.iter().filter(|(name, _)| pair.key.is(name)).any(|(_, when)| match when {
        When::True => {
            says(pair, |text| ["true", "yes", "1", "on"].iter().any(|yes| text.eq_ignore_ascii_case(yes)))
        }
        When::False => {
            says(pair, |text| ["false", "no", "0", "off"].iter().any(|no| text.eq_ignore_ascii_case(no)))
        }
        When::Is(value) => says(pair, |text| text.eq_ignore_ascii_case(value)),
        When::Empty => says(pair, str::is_empty),
    })
}

fn says(pair: &Pair, is: impl Fn(&str) -> bool) -> bool {
    pair.value.as_ref().and_then(Text::value).is_some_and(|value| is(value.trim().trim_matches(['"', '\''])))
}
