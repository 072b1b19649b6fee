//! Who an image's program runs as, as far as a Dockerfile tells: users, bases that are not root, programs and helpers
//! that give up root themselves.

use super::starts;
use crate::container::ContainerSpec;
use crate::dockerfile::{Base, Dockerfile, Instruction};
use crate::image;
use crate::rule::Context;
use crate::rules::image::known;
use crate::rules::runtime::known_images;

/// Programs that start another one with fewer rights. Where one of them is named in a file, its entrypoint script,
/// which we do not see, uses it.
const HELPERS: [&str; 13] = [
    "chpst",
    "fixuid",
    "gosu",
    "runuser",
    "s6-overlay",
    "s6-setuidgid",
    "setpriv",
    "setuidgid",
    "start-stop-daemon",
    "su-exec",
    "sudo",
    "supervisor",
    "supervisord",
];

/// Programs that are started as root by design and give it up for what faces the network, or that manage the
/// machine and have to keep it. Source: the manuals of each.
const PROGRAMS: [&str; 81] = [
    "anacron",
    "apache2",
    "apache2-foreground",
    "apache2ctl",
    "apachectl",
    "chaperone",
    "charon",
    "chronyd",
    "chroot",
    "containerd",
    "cron",
    "crond",
    "dnsmasq",
    "dockerd",
    "dockerd-entrypoint.sh",
    "dovecot",
    "exim",
    "forego",
    "freeradius",
    "haproxy",
    "httpd",
    "httpd-foreground",
    "init",
    "ipsec",
    "iptables",
    "keepalived",
    "knotd",
    "kubelet",
    "lighttpd",
    "mariadbd",
    "master",
    "memcached",
    "monit",
    "my_init",
    "mysqld",
    "mysqld_safe",
    "named",
    "nfsd",
    "nginx",
    "nginx-debug",
    "ntpd",
    "openresty",
    "openvpn",
    "pdns_recursor",
    "pdns_server",
    "php-fpm",
    "php5-fpm",
    "php7-fpm",
    "postfix",
    "privoxy",
    "proftpd",
    "pure-ftpd",
    "radiusd",
    "rpcbind",
    "rsyslogd",
    "runsvdir",
    "runsvdir-start",
    "s6-svscan",
    "service",
    "slapd",
    "smbd",
    "snmpd",
    "squid",
    "sshd",
    "start-stop-daemon",
    "strongswan",
    "su",
    "supervisor",
    "supervisord",
    "syslog-ng",
    "systemd",
    "tailscaled",
    "tor",
    "unbound",
    "unitd",
    "uwsgi",
    "varnishd",
    "vsftpd",
    "wg-quick",
    "xinetd",
    "zabbix_agentd",
];

/// Images, or their owners (`/` at the end), whose USER is not root. Source: their Dockerfiles and hub pages.
const NOT_ROOT: [&str; 44] = [
    "amazon/aws-lambda-",
    "apache/airflow",
    "apache/nifi",
    "apache/superset",
    "bitnami/",
    "bitnamilegacy/",
    "bitnamisecure/",
    "cgr.dev/",
    "chainguard/",
    "cimg/",
    "circleci/",
    "confluentinc/",
    "dhi.io/",
    "docker.elastic.co/",
    "elasticsearch",
    "gitpod/",
    "grafana/",
    "haproxy",
    "homebrew/brew",
    "jboss/",
    "jenkins/",
    "jupyter/",
    "kibana",
    "kong",
    "linuxserver/",
    "logstash",
    "lscr.io/",
    "mcr.microsoft.com/azurelinux/distroless/",
    "mcr.microsoft.com/mssql/",
    "memcached",
    "mitmproxy/",
    "nginxinc/nginx-unprivileged",
    "nodered/node-red",
    "phusion/",
    "prom/",
    "public.ecr.aws/lambda/",
    "quay.io/jupyter/",
    "quay.io/keycloak/",
    "quay.io/prometheus/",
    "rundeck/",
    "selenium/",
    "solr",
    "sonarqube",
    "sonatype/",
];

/// Images that start as root and whose own ENTRYPOINT gives it up. Source: their entrypoint scripts.
const GIVES_UP_ROOT: [&str; 41] = [
    "arangodb",
    "backdrop",
    "cassandra",
    "consul",
    "couchbase",
    "couchdb",
    "drupal",
    "eclipse-mosquitto",
    "envoyproxy/envoy",
    "flink",
    "friendica",
    "ghost",
    "hashicorp/",
    "httpd",
    "influxdb",
    "joomla",
    "mariadb",
    "matomo",
    "mediawiki",
    "mongo",
    "monica",
    "mysql",
    "neo4j",
    "nextcloud",
    "nginx",
    "openresty/openresty",
    "percona",
    "pgvector/pgvector",
    "phpmyadmin",
    "postgis/postgis",
    "postgres",
    "rabbitmq",
    "redis",
    "rethinkdb",
    "telegraf",
    "timescale/",
    "valkey/valkey",
    "vault",
    "wordpress",
    "yourls",
    "zookeeper",
];

/// Whether a USER's value is root: by name or number, with any group.
pub(super) fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user).trim();
    name == "root" || !name.is_empty() && name.bytes().all(|b| b == b'0')
}

/// What the stage stands on is not root already, or nothing can be said of it.
pub(super) fn base_may_not_be_root(file: &Dockerfile, stage: usize) -> bool {
    match file.root_base(stage) {
        // A lone static program: there is no user to name, and little for root to do.
        Base::Scratch | Base::Unknown | Base::Stage(_) => true,
        Base::Image(text) => image::parse(text).map_or(true, |image| is_of_other(&image)),
    }
}

/// The image's own user is not root.
pub fn is_of_other(image: &image::ImageRef) -> bool {
    let tag = image.tag.unwrap_or_default();
    let rootless = ["nonroot", "rootless", "unprivileged", "chiseled", "distroless"];
    listed(&image.familiar_name(), &NOT_ROOT)
        // Red Hat's source-to-image builders and runtimes run as 1001 or 185, its bare `ubi` as root.
        || image.host().starts_with("registry.") && image.host().ends_with("redhat.com")
            && !image.name().starts_with("ubi")
        || rootless.iter().any(|mark| tag.contains(mark) || image.name().contains(mark) && *mark != "distroless")
}

/// The program that the stage starts gives up root by itself or through a helper, as far as can be told.
pub fn gives_up_root(file: &Dockerfile, stage: usize) -> bool {
    let by_script = file.starts.text.split_whitespace().any(|word| matches!(word, "su" | "sudo" | "chroot"));
    if mentions_helper(file.source.text()) || mentions_helper(&file.starts.text) || by_script {
        return true;
    }
    let entrypoint = file.entrypoint_of(stage);
    if [entrypoint, file.cmd_of(stage)].into_iter().flatten().any(starts_such_a_program) {
        return true;
    }
    let Base::Image(text) = file.root_base(stage) else { return false };
    entrypoint.is_none()
        && image::parse(text).is_ok_and(|image| listed(&image.familiar_name(), &GIVES_UP_ROOT))
}

/// The services that run a stage as its image says, for a message: `, and so do the services `a` and `b``.
pub(super) fn run_by(cx: &Context, file: &Dockerfile, stage: usize) -> String {
    const MOST: usize = 3;
    let builders = cx.project.builders_of(file.source.path());
    let here = builders.filter(|(edge, container)| edge.stage == Some(stage) && container.user.is_none());
    let mut names: Vec<&str> = here.map(|(_, container)| &*container.name).collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(MOST);
    let mut quoted: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    if more > 0 {
        quoted.push(format!("{more} more"));
    }
    match &quoted[..] {
        [] => String::new(),
        [one] => format!(", and so does the service {one}"),
        [first @ .., last] => format!(", and so do the services {} and {last}", first.join(", ")),
    }
}

/// Every service that builds the file sets a user that is not root.
pub(super) fn services_set_user(cx: &Context, file: &Dockerfile) -> bool {
    let sets = |container: &ContainerSpec| {
        let user = container.user.as_ref();
        user.is_some_and(|user| user.value().is_none_or(|value| !is_root(value)))
    };
    let mut builders = cx.project.builders_of(file.source.path()).peekable();
    builders.peek().is_some() && builders.all(|(_, container)| sets(container))
}

/// The stage runs on Windows, where there is no root.
pub(super) fn is_windows(file: &Dockerfile, stage: usize) -> bool {
    let from = file.stage_instructions(stage).last();
    let base = match file.root_base(stage) {
        Base::Image(text) => image::parse(text).ok(),
        _ => None,
    };
    file.escape == '`'
        || base.is_some_and(|image| known_images::is_windows(&image))
        || from.is_some_and(|last| {
            let program = file.shell_at(last).program.to_ascii_lowercase();
            matches!(&*program, "cmd" | "powershell" | "pwsh")
        })
}

fn starts_such_a_program(instruction: &Instruction) -> bool {
    starts::programs(instruction)
        .iter()
        .any(|name| PROGRAMS.contains(&&**name) || HELPERS.contains(&&**name) || name.starts_with("php-fpm"))
}

/// A helper's name stands in the file as a word of its own, be it in a package list, a URL or a comment.
fn mentions_helper(text: &str) -> bool {
    HELPERS.iter().filter(|helper| **helper != "sudo").any(|helper| {
        memchr::memmem::find_iter(text.as_bytes(), helper).any(|at| {
            let before = text[..at].chars().next_back();
            let after = text[at + helper.len()..].chars().next();
            before.is_none_or(|c| !c.is_ascii_alphanumeric())
                && after.is_none_or(|c| !c.is_ascii_alphabetic())
        })
    })
}

/// The name is on the list, or begins with an entry that ends in `/` or `-`.
pub(super) fn listed(name: &str, list: &[&str]) -> bool {
    list.iter().any(
        |entry| {
            if entry.ends_with(['/', '-']) { name.starts_with(entry) } else { name == *entry }
        },
    )
}

/// The stage stands on an image that is known to run as root.
pub(super) fn base_is_root(file: &Dockerfile, stage: usize) -> bool {
    let Base::Image(text) = file.root_base(stage) else { return false };
    let is_known = image::parse(text).is_ok_and(|image| known::is_official(&image.familiar_name()));
    is_distribution(file, stage) || is_known && !base_may_not_be_root(file, stage)
}

/// The stage stands on the bare image of a distribution, which runs as root.
fn is_distribution(file: &Dockerfile, stage: usize) -> bool {
    let Base::Image(text) = file.root_base(stage) else { return false };
    let known = [
        "almalinux",
        "alpine",
        "amazonlinux",
        "archlinux",
        "centos",
        "debian",
        "fedora",
        "opensuse/",
        "oraclelinux",
        "rockylinux",
        "ubuntu",
    ];
    image::parse(text).is_ok_and(|image| listed(&image.familiar_name(), &known))
}
