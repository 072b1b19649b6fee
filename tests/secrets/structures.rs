//! Files that hold logins by their structure: each secret is told with its span, and what only stands for one is not.

use std::collections::BTreeSet;

use hullguard::rule::Confidence;
use hullguard::secrets::{self, about::About};

use super::maker::{BASE62, Random, base64};

/// `rule value` of what is told of a file by default.
fn told(path: &str, text: &str) -> BTreeSet<String> {
    let hits = secrets::find(text.as_bytes(), About::path(path));
    let shown = hits.into_iter().filter(|hit| hit.confidence() > Confidence::Low);
    shown.map(|hit| format!("{} {}", hit.rule.id, &text[hit.span])).collect()
}

/// Each file with `{}` for its secrets: all are told, by the rule and whole.
fn all_told(path: &str, text: &str, secrets: &[(&str, &str)]) {
    let pieces: Vec<&str> = text.split("{}").collect();
    assert_eq!(pieces.len(), secrets.len() + 1, "{path}");
    let values = secrets.iter().map(|(_, value)| *value).chain([""]);
    let text: String = pieces.iter().zip(values).flat_map(|(&piece, value)| [piece, value]).collect();
    let expected: BTreeSet<String> = secrets.iter().map(|(rule, value)| format!("{rule} {value}")).collect();
    assert_eq!(told(path, &text), expected, "{path}:\n{text}");
}

fn silent(path: &str, text: &str) {
    assert_eq!(told(path, text), BTreeSet::new(), "{path}:\n{text}");
}

fn pem(random: &mut Random) -> String {
    let mut line = || format!("{}\n", random.of(BASE62, 64));
    let body: String = (0..8).map(|_| line()).collect();
    format!("-----BEGIN {0}-----\n{body}-----END {0}-----\n", "EC PRIVATE KEY")
}

#[test]
fn kubernetes_credentials_are_found() {
    let mut random = Random(11);
    let key = base64(pem(&mut random).as_bytes());
    // Of a long one the first part is enough to tell it from others.
    let (shown, rest) = key.split_at(512);
    let token = random.of(BASE62, 40);
    let password = format!("{}7", random.of(BASE62, 15));
    all_told(
        "kube/config",
        &format!(
            "users:\n- name: a\n  user:\n    client-key-data: {{}}{rest}\n- name: b\n  user:\n    token: {{}}\n\
             - name: c\n  user:\n    username: admin\n    password: {{}}\n"
        ),
        &[("private-key", shown), ("assigned-secret", &token), ("assigned-password", &password)],
    );
    silent(
        "kube/config",
        "clusters:\n- cluster:\n    certificate-authority-data: DATA+OMITTED\nusers:\n- user:\n    client-key-data: REDACTED\n    \
         token: <your-token>\n- user:\n    token: ${KUBE_TOKEN}\n    client-key-data: {{ .Values.key }}\n    password: DATA+OMITTED\n",
    );
    let certificate = base64(pem(&mut random).replace("EC PRIVATE KEY", "CERTIFICATE").as_bytes());
    silent("kube/config", &format!("    client-certificate-data: {certificate}\n"));

    let chosen = base64(b"Tr0ub4dor&3x");
    let drawn = base64(random.of(BASE62, 40).as_bytes());
    let url = base64(format!("postgres://app:{password}@db.internal:5432/app").as_bytes());
    let login = base64(format!("bob:{token}").as_bytes());
    let auths = base64(format!("{{\"auths\":{{\"r.acme.dev\":{{\"auth\":\"{login}\"}}}}}}").as_bytes());
    all_told(
        "secret.yaml",
        &format!(
            "kind: Secret\ndata:\n  username: {}\n  password: {{}}\n  api.key: {{}}\n  url: {{}}\n  .dockerconfigjson: {{}}\n  tls.key: {{}}{rest}\n",
            base64(b"admin")
        ),
        &[
            ("assigned-password", &chosen),
            ("assigned-secret", &drawn),
            ("url-credentials", &url),
            ("docker-registry-auth", &auths),
            ("private-key", shown),
        ],
    );
    all_told(
        "secret.yaml",
        "kind: Secret\nstringData:\n  username: admin\n  password: {}\n  config.yaml: |\n    token: {}\n",
        &[("assigned-password", &password), ("assigned-secret", &token)],
    );
    let stand_in = |text: &str| base64(text.as_bytes());
    silent(
        "secret.yaml",
        &format!(
            "kind: Secret\ndata:\n  password: {}\n  token: {}\n  secret: {}\n  empty: \"\"\n  key: ${{SECRET_B64}}\n  \
             password2: {{{{ .Values.secret | b64enc }}}}\n  url: {}\nstringData:\n  password: CHANGE_ME\n  token: \"{{{{ .Values.token }}}}\"\n",
            stand_in("changeme"),
            stand_in("<your token>"),
            stand_in("password"),
            stand_in("https://acme.dev/app?a=1"),
        ),
    );
    // Broken into lines.
    let broken: Vec<&str> =
        key.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    let hits =
        told("secret.yaml", &format!("data:\n  tls.key: |\n    {}\n  next: 1\n", broken.join("\n    ")));
    assert!(hits.len() == 1 && hits.iter().all(|hit| hit.starts_with("private-key ")), "{hits:?}");
}

#[test]
fn login_files_are_found() {
    let mut random = Random(12);
    let mut drawn = |length: usize| format!("{}7", random.of(BASE62, length - 1));
    let (a, b, c, d) = (drawn(16), drawn(12), drawn(36), drawn(20));
    all_told(
        ".netrc",
        "machine api.acme.dev\n  login bob\n  password {}\nmachine git.acme.dev login bob password {}\n\
         machine old.acme.dev\nlogin bob\npassword {}\ndefault login ann password {}\n",
        &[
            ("netrc-password", &a),
            ("netrc-password", &b),
            ("netrc-password", "Sommer2019!"),
            ("netrc-password", &d),
        ],
    );
    silent(
        ".netrc",
        "machine x.acme.dev login bob password $TOKEN\nmachine y.acme.dev login bob password <password>\n\
         machine z.acme.dev\n  login bob\n  password changeme\n",
    );
    all_told(
        ".pgpass",
        "# host:port:database:user:password\ndb.acme.dev:5432:shop:ann:{}\n*:5432:*:bob:{}\n",
        &[("assigned-password", &a), ("assigned-password", "Sommer2019!")],
    );
    silent(
        ".pgpass",
        "db:5432:shop:ann:$PASSWORD\ndb:5432:shop:ann:<password>\ndb:5432:shop:ann:changeme\ndb:5432:shop:ann:ann\n",
    );
    silent("compose.yaml", "    ports:\n    - \"127.0.0.1:5432:5432\"\n");
    silent("README.md", "Each machine has a login and a password that is given to you.\n");
    all_told(
        ".pypirc",
        "[acme]\nrepository: https://pypi.acme.dev\nusername: bob\npassword: {}\n",
        &[("assigned-password", &a)],
    );
    silent(".pypirc", "[x]\npassword = %(PYPI_PASSWORD)s\n[y]\npassword = <your password>\n");
    let (login, secret) = (base64(format!("bob:{b}").as_bytes()), base64(a.as_bytes()));
    all_told(
        ".npmrc",
        "//r.acme.dev/:_authToken={}\n//r.acme.dev/:_password={}\n//r.acme.dev/:_auth={}\n//r.acme.dev/:username=bob\n",
        &[("assigned-secret", &c), ("assigned-password", &secret), ("npm-registry-auth", &login)],
    );
    silent(
        ".npmrc",
        "//r.acme.dev/:_authToken=${NPM_TOKEN}\n//s.acme.dev/:_authToken=<token>\n//t.acme.dev/:_password=${PASSWORD}\n",
    );
    all_told(
        ".docker/config.json",
        "{\"auths\":{\"r.acme.dev\":{\"auth\":\"{}\"},\"s.acme.dev\":{\"identitytoken\":\"{}\"}},\"credsStore\":\"desktop\"}\n",
        &[("docker-registry-auth", &login), ("assigned-secret", &c)],
    );
    let sample = base64(b"username:password");
    silent(
        ".docker/config.json",
        &format!("{{\"auths\":{{\"a\":{{\"auth\":\"{sample}\"}},\"b\":{{\"auth\":\"\"}}}}}}\n"),
    );
}

#[test]
fn connection_strings_in_code_are_read_only_inside_of_literals() {
    for line in [
        "var db = new SqlConnection(\"Server=db;User Id=sa;Password={};\");",
        "conn, err := sql.Open(\"postgres\", \"user=app password={} host=db\")",
    ] {
        all_told("Store.cs", line, &[("assigned-password", "Str0ng!Wall9")]);
    }
    silent("Store.cs", "var a = 1; password=input1; Login(password);\n");
    silent("Store.cs", "var db = $\"Server=db;Password={password};\";\n");
}

#[test]
fn connection_strings_are_found_by_their_password() {
    let mut random = Random(13);
    for (text, rule) in [
        ("DATABASE_URL: postgres://app:{}@db:5432/app", "url-credentials"),
        ("DATABASE_URL: jdbc:mysql://bob:{}@db:3306/x", "url-credentials"),
        ("MQ: amqp://app:{}@mq:5672/", "url-credentials"),
        ("REDIS_URL: redis://:{}@redis:6379/0", "url-credentials"),
        ("MONGO: mongodb+srv://app:{}@cluster0.abcde.mongodb.net/app", "url-credentials"),
        ("- DATABASE_URL=postgres://app:{}@db:5432/app", "url-credentials"),
        ("- REDIS=redis://:{}@redis:6379/0", "url-credentials"),
        ("SPRING_DATASOURCE_URL: jdbc:postgresql://db:5432/app?user=app&password={}", "assigned-password"),
        ("DB: jdbc:sqlserver://db:1433;databaseName=app;user=sa;password={};", "assigned-password"),
        ("DB: Server=db;Database=app;User Id=sa;Password={};Encrypt=true", "assigned-password"),
        ("DB: \"Host=db;Username=app;Password={}\"", "assigned-password"),
        ("- DB=Server=db;Database=app;User Id=sa;Password={};", "assigned-password"),
        ("- DB=jdbc:postgresql://db:5432/app?user=app&password={}", "assigned-password"),
    ] {
        let password = format!("{}7", random.of(BASE62, 11));
        let line = format!("services:\n  app:\n    environment:\n      {text}\n");
        all_told("compose.yaml", &line, &[(rule, &password)]);
        for stand_in in ["${DB_PASSWORD}", "<password>", "changeme"] {
            silent("compose.yaml", &line.replace("{}", stand_in));
        }
    }
}
