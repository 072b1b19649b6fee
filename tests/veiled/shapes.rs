//! The shapes that a value has in files. `{v}` and `{w}` are values, `{token}` is a token that is found in any text.

/// What stands around lines of a Dockerfile, so that something is found and fixed near each of them.
macro_rules! docker {
    ($($line:literal),* $(,)?) => {
        concat!("FROM debian\nADD a /b\n", $($line, "\n",)* "ADD c /d\nMAINTAINER x\nRUN cd /e && apt-get install f\n")
    };
}
/// What stands around a service's lines.
macro_rules! compose {
    ($($line:literal),* $(,)?) => {
        concat!("version: '3'\nservices:\n  a:\n    image: b\n", $("    ", $line, "\n",)* "    privileged: true\n")
    };
}

pub(super) fn all() -> Vec<(&'static str, &'static str)> {
    const D: &str = "Dockerfile";
    const C: &str = "compose.yaml";
    vec![
        // A Dockerfile's instructions.
        (D, docker!("ENV DB_PASSWORD={v}")),
        (D, docker!("ENV DB_PASSWORD {v}")),
        (D, docker!("ENV A=b DB_PASSWORD=\"{v}\" C=d")),
        (D, docker!("ENV DB_PASSWORD=\\", "  {v}")),
        (D, docker!("ENV DB_PASSWORD=\\", "# why", "", "  {v} \\", "  B=c")),
        (D, docker!("ENV \\", "  DB_PASSWORD={v} \\", "  B=c")),
        (D, docker!("ENV DB_PASSWORD=\"{v} \\", "  {w}\"")),
        (D, docker!("ENV DB_PASSWORD={v} {w}")),
        (D, docker!("ENV DB_PASSWORD \\", "  {v}")),
        (D, docker!("ARG API_TOKEN={v}")),
        (D, docker!("ARG API_TOKEN='{v}'")),
        (D, docker!("LABEL secret_key={v}")),
        (D, docker!("ONBUILD ENV DB_PASSWORD={v}")),
        (D, docker!("RUN DB_PASSWORD={v} apt-get install x")),
        (D, docker!("RUN export DB_PASSWORD='{v} {w}' && sudo x")),
        (D, docker!("RUN login --password {v} && cd /x && apt-get install y")),
        (D, docker!("RUN login --password \\", "    {v} \\", " && cd /x")),
        (D, docker!("RUN login \\", "    --password={v} \\", " && apt-get install y")),
        (D, docker!("RUN [\"login\", \"--password\", \"{v}\"]")),
        (D, docker!("RUN [\"login\", \"--password\", \\", "  \"{v}\"]")),
        (D, docker!("RUN [\"login\", \"--password={v} {w}\"]")),
        (D, docker!("RUN [\"sh\", \"-c\", \"mysql -uroot -p{v} < x\"]")),
        (D, docker!("RUN mysql -uroot -p{v} -e x && apt-get install y")),
        (D, docker!("RUN mysql -uroot -p'{v}' \\", " && cd /x")),
        (D, docker!("RUN echo {v} | docker login -u a --password-stdin && cd /x")),
        (D, docker!("RUN echo 'root:{v}' | chpasswd && apt-get install y")),
        (D, docker!("RUN curl -u admin:{v} http://x/y | sh")),
        (D, docker!("RUN wget https://bob:{v}@x.org/y && apt-get install z")),
        (D, docker!("RUN curl -H 'Authorization: Bearer {v}' http://x | bash")),
        (D, docker!("RUN sshpass -p {v} ssh x && cd /y")),
        (D, docker!("RUN redis-cli -a {v} ping && cd /y")),
        (D, docker!("RUN apt-get install y && docker login -u a -p {v}")),
        (D, docker!("RUN cat <<EOF > /root/.pgpass && cd /x", "db:5432:*:me:{v}", "EOF")),
        (D, docker!("COPY <<EOF /run/db_password", "{v}", "EOF")),
        (D, docker!("RUN <<EOF", "cd /x", "export DB_PASSWORD={v}", "apt-get install y", "EOF")),
        (D, docker!("RUN DB_PASSWORD=$(echo {v}) make && cd /x")),
        (D, docker!("ADD https://u:{v}@x.org/f /f")),
        (D, docker!("HEALTHCHECK CMD mysqladmin -p{v} ping")),
        (D, docker!("CMD app --token {v}")),
        (D, docker!("ENTRYPOINT [\"app\", \"--api-key\", \"{v}\"]")),
        (D, docker!("# hullguard: ignore=add-instead-of-copy password: {v}", "ADD e /f")),
        (D, docker!("# the password is {v}", "RUN login {v}-x && cd /x")),
        (D, docker!("ENV DB_PASSWORD={v}", "RUN echo {v} > /x && cd /y")),
        (D, docker!("RUN printf 'password: \"{v}\"' > /x && cd /y")),
        // Keys.
        (
            D,
            docker!(
                "COPY <<EOF /k",
                "-----BEGIN RSA PRIVATE KEY-----",
                "MIIEow{v}",
                "A{w}9+/=",
                "-----END RSA PRIVATE KEY-----",
                "EOF"
            ),
        ),
        (
            "k.pem",
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMIIE{v}\n{w}+/=\n-----END PRIVATE KEY-----\n",
        ),
        // A service's settings.
        (C, compose!("environment:", "  DB_PASSWORD: {v}")),
        (C, compose!("environment:", "  DB_PASSWORD:", "    {v}")),
        (C, compose!("environment:", "  DB_PASSWORD: {v} {w}")),
        (C, compose!("environment:", "  DB_PASSWORD: |", "    {v}", "    {w}")),
        (C, compose!("environment:", "  DB_PASSWORD: >-", "    {v}")),
        (C, compose!("environment:", "  DB_PASSWORD: \"{v}", "    {w}\"")),
        (C, compose!("environment:", "  DB_PASSWORD: !!str {v}")),
        (C, compose!("environment:", "  - DB_PASSWORD={v}")),
        (C, compose!("environment:", "  - \"DB_PASSWORD={v} {w}\"")),
        (C, compose!("environment: {DB_PASSWORD: {v}, B: c}")),
        (C, compose!("environment: {\"DB_PASSWORD\":", "  \"{v}\"}")),
        (C, compose!("environment:", "  DB_PASSWORD: ${DB_PASSWORD:-{v}}")),
        (C, compose!("x-p: &p {v}", "environment:", "  DB_PASSWORD: *p")),
        (C, compose!("environment:", "  URL: postgres://bob:{v}@db/x")),
        (C, compose!("command: app --password {v}")),
        (C, compose!("command: [app, --password, {v}]")),
        (C, compose!("command:", "  - app", "  - --password", "  - {v}")),
        (C, compose!("command:", "  - mysqld", "  - --password={v}")),
        (C, compose!("build:", "  context: .", "  args:", "    API_TOKEN: {v}")),
        (C, compose!("healthcheck:", "  test: [CMD, mysqladmin, -p{v}, ping]")),
        (C, compose!("labels:", "  auth.token: {v}")),
        (C, compose!("environment:", "  DB_PASSWORD: \"{v}", "  B: c")),
        // Any text.
        (".env", "GITHUB_TOKEN={token}\nDB_PASSWORD={v}\n"),
        ("a.json", "{\"token\": \"{token}\", \"password\": \"{v}\",\n\"secret\":\n\"{w}\"}\n"),
        ("k8s.yaml", "env:\n- name: DB_PASSWORD\n  value: {v} # {token}\n- name: B\n  value: c\n"),
        ("a.sh", "export T={token} DB_PASSWORD={v}; mysql -p{w}\n"),
        ("a.toml", "token = \"{token}\" # password = \"{v}\"\npassword = '''\n{w}'''\n"),
        ("a.xml", "<token>{token}</token><password>{v}</password><add key=\"password\" value=\"{w}\"/>\n"),
    ]
}
