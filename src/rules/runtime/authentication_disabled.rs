use super::{credentials, exposure, pulled};
use crate::container::{ContainerSpec, Pair, Text};
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

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
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
    let Some(pair) = switch.take(1).next().or_else(visitors) else { return };
    let name = pulled::name(spec);
    let port = spec.ports.iter().find(|port| exposure::on_all_interfaces(cx, spec, port));
    let on_host = spec.network_mode.as_ref().is_some_and(|mode| mode.is("host"));
    let key = &pair.key.raw;
    if port.is_some() || on_host {
        let message = format!(
            "{name} asks for no password (`{key}`) and is open to the whole network; set a password, or bind its port to \
             `127.0.0.1`"
        );
        let finding = pulled::on(cx, spec, out, pair.at, message);
        if let Some(port) = port {
            finding.see_on(cx, port.at, "the port is published here");
        }
    } else {
        let message = format!("{name} asks for no password (`{key}`) in its networks; set a password");
        pulled::on(cx, spec, out, pair.at, message).severity(Severity::Note);
    }
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
