//! What is known of popular images: what they are for, as whom they run, what they bring along.
//!
//! A table names an image by its repository on Docker Hub (`postgres`, `grafana/grafana`) or with its registry
//! (`gcr.io/distroless`). A table errs towards silence: what is in none is not known.

use crate::container::{At, ContainerSpec, Text};
use crate::dockerfile::Base;
use crate::image::{self, ImageRef};
use crate::rule::Context;

/// Data stores, caches and queues, by the last part of the repository, so that mirrors and vendors count too.
const DATASTORES: [&str; 59] = [
    "postgres",
    "postgresql",
    "postgresql-repmgr",
    "postgis",
    "pgvector",
    "timescaledb",
    "timescaledb-ha",
    "pgbouncer",
    "mysql",
    "mysql-server",
    "mariadb",
    "mariadb-galera",
    "percona",
    "percona-server",
    "mongo",
    "mongodb",
    "mongodb-community-server",
    "redis",
    "redis-stack",
    "redis-stack-server",
    "redis-cluster",
    "valkey",
    "keydb",
    "dragonfly",
    "memcached",
    "elasticsearch",
    "opensearch",
    "solr",
    "cassandra",
    "scylla",
    "couchdb",
    "couchbase",
    "neo4j",
    "arangodb",
    "rethinkdb",
    "influxdb",
    "clickhouse",
    "clickhouse-server",
    "cockroach",
    "etcd",
    "consul",
    "zookeeper",
    "kafka",
    "cp-kafka",
    "cp-zookeeper",
    "redpanda",
    "rabbitmq",
    "activemq",
    "activemq-classic",
    "nats",
    "minio",
    "mssql-server",
    "mssql-server-linux",
    "mssql-server-windows-express",
    "oracle-xe",
    "oracle-free",
    "qdrant",
    "milvus",
    "weaviate",
];
/// Programs that stand before others and are meant to be reached, by the last part of the repository.
const REVERSE_PROXIES: [&str; 24] = [
    "traefik",
    "nginx",
    "nginx-unprivileged",
    "nginx-proxy",
    "nginx-proxy-manager",
    "openresty",
    "caddy",
    "caddy-docker-proxy",
    "haproxy",
    "envoy",
    "apisix",
    "kong",
    "kong-gateway",
    "httpd",
    "swag",
    "angie",
    "varnish",
    "pomerium",
    "zoraxy",
    "pangolin",
    "bunkerweb",
    "bunkerweb-all-in-one",
    "sozu",
    "https-portal",
];
/// Pages to look into data stores, by the last part of the repository.
const DATABASE_PAGES: [&str; 17] = [
    "adminer",
    "cloudbeaver",
    "dbgate",
    "elasticvue",
    "kafka-ui",
    "kafdrop",
    "kibana",
    "mongo-express",
    "opensearch-dashboards",
    "pgadmin4",
    "pgadmin",
    "pghero",
    "pgweb",
    "phpmyadmin",
    "redis-commander",
    "redisinsight",
    "sqlpad",
];
/// Proxies that let only some requests through to the engine's socket.
const SOCKET_PROXIES: [&str; 4] = [
    "tecnativa/docker-socket-proxy",
    "linuxserver/socket-proxy",
    "wollomatic/socket-proxy",
    "11notes/socket-proxy",
];
/// Programs that watch a host, and so must see it: the last part of the repository where it says what it is, else all
/// of it.
const MONITORS: [&str; 33] = [
    "node-exporter",
    "cadvisor",
    "netdata",
    "datadog/agent",
    "datadoghq/agent",
    "datadog-agent",
    "glances",
    "telegraf",
    "zabbix-agent",
    "zabbix-agent2",
    "promtail",
    "alloy",
    "grafana/agent",
    "filebeat",
    "metricbeat",
    "auditbeat",
    "fluent-bit",
    "fluentd",
    "timberio/vector",
    "opentelemetry-collector",
    "opentelemetry-collector-contrib",
    "process-exporter",
    "smartctl-exporter",
    "beszel-agent",
    "signoz-otel-collector",
    "falco",
    "monit",
    "dashdot",
    "otel-ebpf-profiler",
    "ebpf-profiler",
    "coroot-node-agent",
    "parca-agent",
    "node-agent",
];
/// Programs that find devices around them by multicast, answer DHCP, or keep the host's own routes and filters, by
/// the last part of the repository. Source: their installation pages.
const ON_HOST_NETWORK: [&str; 49] = [
    "adguardhome",
    "avahi",
    "docker-wyze-bridge",
    "dnsmasq",
    "esphome",
    "frr",
    "go2rtc",
    "hassio-supervisor",
    "home-assistant",
    "homebridge",
    "homekit-bridge",
    "iobroker",
    "keepalived",
    "kube-vip",
    "matter-server",
    "mdns-repeater",
    "minidlna",
    "music-assistant",
    "openhab",
    "openthread-border-router",
    "otbr",
    "pihole",
    "plex",
    "pms-docker",
    "python-matter-server",
    "scrypted",
    "server-music-assistant",
    "shairport-sync",
    "snapserver",
    "tailscale",
    "zerotier",
    "gladys",
    "netalertx",
    "watchyourlan",
    "ntopng",
    "zeek",
    "suricata",
    "snort",
    "netbird",
    "openconnect",
    "ocserv",
    "nebula",
    "v2raya",
    "domoticz",
    "fhem",
    "ipsec-vpn-server",
    "wg-easy",
    "maltrail",
    "upsnap",
];
/// Images whose entrypoint starts as root and goes on as somebody else, by the last part of the repository.
const DROP_PRIVILEGES: [&str; 42] = [
    "postgres",
    "postgis",
    "pgvector",
    "timescaledb",
    "mysql",
    "mariadb",
    "percona",
    "mongo",
    "redis",
    "valkey",
    "rabbitmq",
    "cassandra",
    "couchdb",
    "influxdb",
    "neo4j",
    "zookeeper",
    "elasticsearch",
    "arangodb",
    "rethinkdb",
    "ghost",
    "nextcloud",
    "wordpress",
    "drupal",
    "nginx",
    "httpd",
    "sonarqube",
    "consul",
    "vault",
    "clickhouse-server",
    "eclipse-mosquitto",
    "teamspeak",
    "flink",
    "telegraf",
    "joomla",
    "matomo",
    "mediawiki",
    "couchbase",
    "backdrop",
    "friendica",
    "monica",
    "phpmyadmin",
    "yourls",
];
/// Official images on Docker Hub that run, or in some versions run, as somebody else than root from the start.
const OFFICIAL_NON_ROOT: [&str; 17] = [
    "elasticsearch",
    "kibana",
    "logstash",
    "memcached",
    "haproxy",
    "solr",
    "varnish",
    "sonarqube",
    "kong",
    "hitch",
    "odoo",
    "jetty",
    "groovy",
    "gradle",
    "storm",
    "znc",
    "rocket.chat",
];
/// Images outside Docker's official ones that are known to run as root.
const ROOT: [&str; 10] = [
    "nvidia/cuda",
    "mcr.microsoft.com/dotnet/aspnet",
    "mcr.microsoft.com/dotnet/runtime",
    "mcr.microsoft.com/dotnet/runtime-deps",
    "mcr.microsoft.com/dotnet/sdk",
    "mcr.microsoft.com/playwright",
    "mcr.microsoft.com/playwright/python",
    "pytorch/pytorch",
    "tensorflow/tensorflow",
    "oven/bun",
];
/// Images that bring a HEALTHCHECK along.
const HEALTH_CHECKED: [&str; 23] = [
    "mysql/mysql-server",
    "pihole/pihole",
    "louislam/uptime-kuma",
    "vaultwarden/server",
    "jellyfin/jellyfin",
    "ghcr.io/immich-app/immich-server",
    "ghcr.io/immich-app/immich-machine-learning",
    "ghcr.io/immich-app/postgres",
    "plexinc/pms-docker",
    "gitlab/gitlab-ce",
    "gitlab/gitlab-ee",
    "netdata/netdata",
    "gcr.io/cadvisor/cadvisor",
    "mailserver/docker-mailserver",
    "ghcr.io/docker-mailserver/docker-mailserver",
    "axllent/mailpit",
    "ghcr.io/paperless-ngx/paperless-ngx",
    "ghcr.io/gethomepage/homepage",
    "clamav/clamav",
    "qmcgaw/gluetun",
    "ghcr.io/open-webui/open-webui",
    "ghcr.io/goauthentik/server",
    "authelia/authelia",
];

/// The image reference of a container, if it is known and well-formed; of one whose tag is a variable the rest.
pub fn of(spec: &ContainerSpec) -> Option<ImageRef<'_>> {
    let text = spec.image.as_ref()?;
    match text.value() {
        Some(image) => image::parse(image).ok(),
        None => image::parse(before_variable_tag(&text.raw)?).ok(),
    }
}

/// `postgres` of `postgres:${VERSION}`; `None` if the variable may be part of the name.
fn before_variable_tag(raw: &str) -> Option<&str> {
    let fixed = &raw[..raw.find('$')?];
    let tag = fixed.rfind(':').filter(|&colon| !fixed[colon..].contains('/'))?;
    Some(&fixed[..tag])
}

/// The image that the container's processes come from: the one it names, or the one its Dockerfile is built on.
pub fn stands_on<'c>(cx: &'c Context, spec: &'c ContainerSpec) -> Option<ImageRef<'c>> {
    if spec.build.is_none() {
        return of(spec);
    }
    let build = cx.project.build_of(spec)?;
    match build.dockerfile?.root_base(build.stage?) {
        Base::Image(image) => image::parse(image).ok(),
        _ => None,
    }
}

/// One of Docker's official images.
pub fn is_official(image: &ImageRef) -> bool {
    image.is_docker_hub() && !image.familiar_name().contains('/')
}
pub fn is_datastore(image: &ImageRef) -> bool {
    DATASTORES.contains(&image.name())
        || (image.registry == Some("mcr.microsoft.com") && image.repository == "mssql/server")
}
pub fn is_reverse_proxy(image: &ImageRef) -> bool {
    REVERSE_PROXIES.contains(&image.name())
}
pub fn is_database_page(image: &ImageRef) -> bool {
    DATABASE_PAGES.contains(&image.name())
}
pub fn is_mysql(image: &ImageRef) -> bool {
    ["mysql", "mysql-server", "mariadb", "percona", "percona-server"].contains(&image.name())
}
/// A program that reads what others write: it serves pages, or collects logs.
pub fn is_reader(image: &ImageRef) -> bool {
    let collects =
        ["promtail", "alloy", "filebeat", "fluent-bit", "fluentd", "vector"].contains(&image.name());
    collects || ["nginx", "nginx-unprivileged", "httpd", "openresty", "angie"].contains(&image.name())
}
pub fn is_socket_proxy(image: &ImageRef) -> bool {
    SOCKET_PROXIES.contains(&image.repository)
}
/// What makes a socket proxy let others create containers: `POST`, with containers or all of the API allowed.
/// Source: the proxies' documentation, which name these variables alike.
pub fn proxy_creates(spec: &ContainerSpec) -> Option<At> {
    let is_proxy = of(spec).is_some_and(|image| is_socket_proxy(&image));
    let on = |name: &str| {
        let pair = spec.environment.iter().find(|pair| pair.key.is(name))?;
        let value = pair.value.as_ref().filter(|value| matches!(value.value(), Some("1" | "true")))?;
        Some(value.at)
    };
    let post = on("POST").filter(|_| is_proxy)?;
    (on("CONTAINERS").is_some() || on("ALL").is_some()).then_some(post)
}
pub fn is_monitor(image: &ImageRef) -> bool {
    MONITORS.contains(&image.name()) || MONITORS.contains(&image.repository)
}
/// BuildKit that runs as somebody else than root, and mounts its own `/proc`.
pub fn is_rootless_builder(image: &ImageRef) -> bool {
    image.name() == "buildkit" && image.tag.is_some_and(|tag| tag.contains("rootless"))
}
/// The program has its reasons to be on the host's network.
pub fn needs_host_network(image: &ImageRef) -> bool {
    let name = image.name().replace('_', "-");
    // What these protocols are about does not pass a bridge: multicast, broadcast, radio.
    let protocols = [
        "airplay",
        "ble",
        "bluetooth",
        "bluez",
        "dhcp",
        "dhcpd",
        "dlna",
        "homekit",
        "igmp",
        "mdns",
        "multicast",
        "ssdp",
        "upnp",
        "wol",
    ];
    ON_HOST_NETWORK.contains(&&*name)
        || image.repository == "technitium/dns-server"
        || name.split(['-', '.']).any(|word| protocols.contains(&word))
        || ["wireguard", "openvpn", "netfilter", "fail2ban", "home-assistant", "homeassistant", "zerotier"]
            .iter()
            .any(|mark| name.contains(mark))
}
/// Docker inside Docker, which works in a privileged container only, its `rootless` variants and those of others too:
/// `docker:27-dind`, `acme/runner-dind`, `gitea/act_runner:0.2-dind-rootless`.
pub fn is_docker_in_docker(image: &ImageRef) -> bool {
    let says = |text: &str| {
        text.split(['-', '_', '.']).any(|word| word == "dind") || text.contains("docker-in-docker")
    };
    says(image.name()) || image.tag.is_some_and(says)
}
/// Tells the kernel how to run programs of other processors, and ends: the documentation of Docker runs it with
/// `--privileged`.
pub fn registers_formats(image: &ImageRef) -> bool {
    matches!(image.name(), "binfmt" | "qemu-user-static")
}
/// The image is one for Windows, where Linux' capabilities and privileges do not exist.
pub fn is_windows(image: &ImageRef) -> bool {
    let tag = image.tag.unwrap_or_default();
    let name = image.familiar_name();
    ["mcr.microsoft.com/windows", "mcr.microsoft.com/dotnet/framework/"]
        .iter()
        .any(|start| name.starts_with(start))
        || image.name().split('-').any(|word| word == "windows")
        || ["nanoserver", "windowsservercore", "ltsc20"].iter().any(|mark| tag.contains(mark))
}
/// The container runs on Windows, by its platform, its isolation, its image or a mount on `C:` or a pipe.
pub fn runs_windows(cx: &Context, spec: &ContainerSpec) -> bool {
    let says = |text: &Option<Text>, wanted: &[&str]| {
        let value = text.as_ref().and_then(Text::value).unwrap_or_default().to_ascii_lowercase();
        wanted.iter().any(|word| value.starts_with(word))
    };
    says(&spec.platform, &["windows"])
        || says(&spec.isolation, &["hyperv", "process"])
        || stands_on(cx, spec).is_some_and(|image| is_windows(&image))
        || spec.mounts.iter().filter_map(|mount| mount.target.as_ref()?.value()).any(|target| {
            let has_drive = target.as_bytes().get(1) == Some(&b':');
            target.starts_with(r"\\") || has_drive && target.as_bytes()[0].is_ascii_alphabetic()
        })
}
/// The image's entrypoint starts as root and soon goes on as somebody else.
pub fn drops_privileges(image: &ImageRef) -> bool {
    let tag = image.tag.unwrap_or_default();
    DROP_PRIVILEGES.contains(&image.name())
        || image.repository.starts_with("linuxserver/")
        // The master process of these is root's, those that answer requests are not.
        || (image.name() == "php" && (tag.contains("apache") || tag.contains("fpm")))
}
pub fn has_healthcheck(image: &ImageRef) -> bool {
    HEALTH_CHECKED.contains(&&*image.familiar_name())
}

/// Whether the image, as it comes, runs as root; `None` if nobody here knows.
pub fn runs_as_root(image: &ImageRef) -> Option<bool> {
    let name = image.familiar_name();
    let tag = image.tag.unwrap_or_default();
    if tag.contains("nonroot")
        || tag.contains("rootless")
        || tag.contains("chiseled")
        || tag.contains("unprivileged")
    {
        return Some(false);
    }
    if name.starts_with("gcr.io/distroless/") || ROOT.contains(&&*name) {
        return Some(true);
    }
    if is_official(image) {
        return Some(!OFFICIAL_NON_ROOT.contains(&&*name));
    }
    None
}
