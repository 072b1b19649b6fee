//! What is commonly known of images by their names. Data, with where it is from.

use crate::image::ImageRef;

/// Tags that move by design. In a Dockerfile `debian:sid` or `rust:nightly` is a choice of base; what a container
/// runs should not change under its feet.
pub const MOVING_TAGS: [&str; 18] = [
    "beta", "canary", "current", "dev", "develop", "edge", "lts", "main", "mainline", "master", "nightly", "release",
    "rolling", "sid", "stable", "test", "testing", "unstable",
];

/// Docker's official images, those without an owner on Docker Hub. Source: github.com/docker-library/official-images,
/// `library/`, with the retired ones that files still name.
pub const OFFICIAL: [&str; 164] = [
    "adminer", "aerospike", "almalinux", "alpine", "alt", "amazoncorretto", "amazonlinux", "api-firewall",
    "arangodb", "archlinux", "backdrop", "bash", "bonita", "buildpack-deps", "busybox", "caddy",
    "cassandra", "centos", "chronograf", "cirros", "clearlinux", "clefos", "clickhouse", "clojure",
    "composer", "consul", "convertigo", "couchbase", "couchdb", "crate", "dart", "debian", "docker",
    "drupal", "eclipse-mosquitto", "eclipse-temurin", "eggdrop", "elasticsearch", "elixir", "emqx",
    "erlang", "express-gateway", "fedora", "flink", "fluentd", "friendica", "gazebo", "gcc", "geonetwork",
    "ghost", "golang", "gradle", "groovy", "haproxy", "haskell", "haxe", "hello-world", "hitch",
    "hola-mundo", "httpd", "hylang", "ibm-semeru-runtimes", "ibmjava", "influxdb", "irssi", "java",
    "jenkins", "jetty", "jobber", "joomla", "jruby", "julia", "kaazing-gateway", "kapacitor", "kibana",
    "known", "kong", "krakend", "lightstreamer", "liquibase", "logstash", "mageia", "mariadb", "matomo",
    "maven", "mediawiki", "memcached", "mongo", "mongo-express", "monica", "mono", "mysql", "nats",
    "nats-streaming", "neo4j", "neurodebian", "nextcloud", "nginx", "node", "notary", "nuxeo", "odoo",
    "open-liberty", "openjdk", "opensuse", "oraclelinux", "orientdb", "percona", "perl", "photon", "php",
    "php-zendserver", "phpmyadmin", "piwik", "plone", "postfixadmin", "postgres", "pypy", "python",
    "r-base", "rabbitmq", "rakudo-star", "rapidoid", "redis", "redmine", "registry", "rethinkdb",
    "rocket.chat", "rockylinux", "ros", "ruby", "rust", "sapmachine", "satosa", "scratch", "silverpeas",
    "sl", "solr", "sonarqube", "sourcemage", "spark", "spiped", "storm", "swarm", "swift", "swipl",
    "teamspeak", "telegraf", "thrift", "tomcat", "tomee", "traefik", "ubuntu", "ubuntu-debootstrap",
    "ubuntu-upstart", "unit", "varnish", "vault", "websphere-liberty", "wordpress", "xwiki", "yourls",
    "znc", "zookeeper",
];

/// Whether a name without an owner is one of Docker's official images.
pub fn is_official(name: &str) -> bool {
    OFFICIAL.contains(&name)
}

/// Images for which nobody without a contract can name a version by its tag: distroless has it in the repository's
/// name (`static-debian12`), Chainguard gives away `latest` alone.
pub fn has_no_versions(image: &ImageRef) -> bool {
    match image.host() {
        "gcr.io" => image.repository.starts_with("distroless/"),
        "cgr.dev" => image.repository.starts_with("chainguard/"),
        "docker.io" => image.repository.starts_with("chainguard/"),
        _ => false,
    }
}
