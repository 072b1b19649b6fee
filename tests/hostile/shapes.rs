//! Files that grow: one piece of text many times, for every reader and every rule that could look at pairs of pieces.
//!
//! Generators, not blobs. `tests/hostile/growth.rs` runs the small sizes as a test, `benches/growth.rs` measures what
//! a file of four times the size costs. Nobody but those two knows what a shape is for.

/// One way in which files grow. `@` in a piece stands for its number, `@+` for the next number, `@?` for forty
/// letters and digits that differ from piece to piece, and `@@` for one `@`.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Where the text goes.
    pub(crate) file: &'static str,
    pub(crate) head: &'static str,
    pub(crate) piece: &'static str,
    pub(crate) tail: &'static str,
    /// What is done with the file.
    pub(crate) command: &'static [&'static str],
    /// More arguments of the command.
    pub(crate) arguments: &'static [&'static str],
}

impl Shape {
    /// The text, of about so many bytes.
    pub(crate) fn text(&self, bytes: usize) -> String {
        let mut text = self.head.to_owned();
        let mut dice = 0x2545_f491_4f6c_dd1d;
        let mut number = 0;
        while text.len() < bytes {
            fill(self.piece, number, &mut dice, &mut text);
            number += 1;
        }
        text.push_str(self.tail);
        text
    }

    pub(crate) fn name(&self) -> String {
        let head: String = self.head.chars().rev().take(30).collect();
        let head: String = head.chars().rev().collect();
        let piece: String = self.piece.chars().take(60).collect();
        let arguments = [self.command, self.arguments].concat().join(" ");
        format!("{} {head:?} + many {piece:?} {arguments}", self.file)
    }
}

fn fill(piece: &str, number: usize, dice: &mut u64, text: &mut String) {
    let mut rest = piece;
    while let Some((before, after)) = rest.split_once('@') {
        text.push_str(before);
        rest = if let Some(after) = after.strip_prefix('+') {
            text.push_str(&(number + 1).to_string());
            after
        } else if let Some(after) = after.strip_prefix('?') {
            text.extend((0..40).map(|_| letter(dice)));
            after
        } else if let Some(after) = after.strip_prefix('@') {
            text.push('@');
            after
        } else {
            text.push_str(&number.to_string());
            after
        };
    }
    text.push_str(rest);
}

fn letter(dice: &mut u64) -> char {
    *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let letters = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char::from(letters[(*dice >> 33) as usize % letters.len()])
}

/// All shapes.
pub(crate) fn all() -> Vec<Shape> {
    let mut shapes = Vec::new();
    let mut add = |file, head, tail, arguments, pieces: &[&'static str]| {
        shapes.extend(pieces.iter().map(|&piece| Shape {
            file,
            head,
            piece,
            tail,
            command: CHECK,
            arguments,
        }));
    };
    add("Dockerfile", "FROM a:1\n", "", STRICT, INSTRUCTIONS);
    add("Dockerfile", "FROM a:1 AS s0\n", "", STRICT, STAGES);
    add("Dockerfile", "FROM a:1\nRUN ", "x\n", STRICT, COMMANDS);
    add(
        "Dockerfile",
        "FROM a:1\nRUN <<E\n",
        "\nE\n",
        STRICT,
        &["apt-get update\n", "a@ | b\n", "a <<b@\n", "rm /a@\n"],
    );
    for head in
        ["COPY ", "ADD ", "ENV A=1 ", "LABEL a=1 ", "ARG A=1 ", "EXPOSE ", "VOLUME ", "CMD ", "ENTRYPOINT "]
    {
        add("Dockerfile", leak("FROM a:1\n", head), "/x/\n", STRICT, WORDS);
    }
    for head in ["RUN [", "CMD [", "COPY [", "ENTRYPOINT [", "SHELL [", "VOLUME ["] {
        add(
            "Dockerfile",
            leak("FROM a:1\n", head),
            "\"x\"]\n",
            STRICT,
            &["\"a@\", ", "[", "{", "\"\\", "\"sh\", \"-c\", "],
        );
    }
    add(
        "Dockerfile",
        "FROM a:1\nRUN ",
        "x\n",
        STRICT,
        &["--mount=type=cache,target=/a@ ", "--mount=type=secret,id=a@ ", "--a@ "],
    );
    add(
        "Dockerfile",
        "FROM a:1\nRUN --mount=type=cache",
        " x\n",
        STRICT,
        &[",a@=b", ",target=/@", "\",", ",\""],
    );
    add(
        "Dockerfile",
        "",
        "",
        STRICT,
        &[
            "#@\n",
            "# escape=`\n",
            "ARG A@=b\n",
            "ARG A@=$A@\n",
            "\n",
            "A",
            " ",
            "\0",
            "\u{fe}",
            "FROM ",
            "<<",
            "\\\n",
        ],
    );
    add("compose.yaml", "services:\n", "", STRICT, SERVICES);
    for head in KEYS {
        add("compose.yaml", leak("services:\n  a:\n    image: a\n    ", head), "", STRICT, ITEMS);
    }
    add("compose.yaml", "services:\n  a:\n    image: a\n", "", STRICT, MEMBERS);
    add("compose.yaml", "", "", STRICT, DOCUMENTS);
    add("compose.yaml", "services: ", "", STRICT, FLOW);
    add(
        "compose.yaml",
        "x-a: &a {b: c}\nservices:\n",
        "",
        STRICT,
        &["  s@: *a\n", "  s@: {<<: *a}\n", "  s@: {<<: [*a, *a], image: b}\n", "  s@: &b@ {<<: *a}\n"],
    );
    add(
        "compose.yaml",
        "services:\n  s0: {image: a}\n",
        "",
        STRICT,
        &[
            "  s@+: {extends: s@}\n",
            "  s@+: {extends: {service: s0}}\n",
            "  s@+: {extends: {file: b@.yml, service: a}}\n",
        ],
    );
    add("compose.yaml", "include:\n", "", STRICT, &["- a@.yml\n", "- {path: [a@.yml, b@.yml]}\n"]);
    add(
        "compose.yaml",
        "services:\n  a:\n    image: ",
        "\n",
        STRICT,
        &["$", "${A:-", "${A@:-b}", "a", "a:", "a/", "@.", "\\", "''", "\"\"", "- "],
    );
    for &(file, head, tail, pieces) in SURFACES {
        add(file, head, tail, STRICT, pieces);
    }
    add("a.env", "", "\n", STRICT, SECRETS);
    add(
        "a.json",
        "{",
        "}\n",
        STRICT,
        &["\"password@\":\"@?\",", "\"a\":{", "[", "\"", "\\\"", "\"api_key\":\"@\","],
    );
    add(
        "a.py",
        "",
        "\n",
        STRICT,
        &[
            "password = '@?'\n",
            "a(",
            "os.getenv('PASSWORD@', '@?')\n",
            "# hullguard: ignore=all\npassword = '@?'\n",
            "password = '@?'  # pragma: allowlist secret\n",
            "password = '@?'  # gitleaks:allow\n",
            "'''",
            "\"\"\"",
            "password = (\n",
        ],
    );
    add(
        "hullguard.yaml",
        "rules:\n",
        "",
        STRICT,
        &["  latest-tag: off\n", "  a@: off\n", "  latest-tag: {severity: error, paths: a@}\n"],
    );
    add(
        "hullguard.yaml",
        "ignore:\n",
        "",
        STRICT,
        &["- {path: a@, reason: b}\n", "- {rule: latest-tag, paths: [a@], reason: b}\n", "- a@\n"],
    );
    add(
        "hullguard.yaml",
        "exclude:\n",
        "",
        STRICT,
        &["- a@\n", "- '**/a@/*'\n", "- '{a@,b}'\n", "- '!a@'\n"],
    );
    add("hullguard.yaml", "", "", STRICT, &["a@: b\n", "[", "{", "? ", "- ", "&a@ ", "*a ", "!a@ ", "#\n"]);
    add(".gitleaks.toml", "", "", STRICT, GITLEAKS);
    add(".gitleaks.toml", "[allowlist]\nstopwords = [", "]\n", STRICT, &["'a@',", "[", "'''", "{"]);
    add(".gitleaksignore", "", "", STRICT, &["a@:b:1\n", "a", ":", "@:@:@:@\n", "\n", "#\n"]);
    add(
        ".secrets.baseline",
        "{\"version\":\"1.5.0\",\"results\":{",
        "\"z\":[]}}",
        STRICT,
        &[
            "\"a@\":[],",
            "\"a\":[{\"type\":\"b\",\"filename\":\"a\",\"hashed_secret\":\"@\",\"line_number\":@}],",
            "\"",
            "[",
            "{",
        ],
    );
    add(
        ".hullguard-baseline.json",
        "{\"version\":1,\"findings\":[",
        "{}]}",
        STRICT,
        &["{\"rule\":\"latest-tag\",\"path\":\"a@\",\"fingerprint\":\"@\"},", "[", "{", "\""],
    );
    add(".gitignore", "", "", STRICT, &["a@\n", "*a@*\n", "**/@/\n", "!a@\n", "[", "*", "{a,", "\\"]);
    add(".dockerignore", "", "", STRICT, &["a@\n", "*a@*\n", "**/@/\n", "!a@\n", "[", "*"]);
    for &format in &[
        "json",
        "jsonl",
        "sarif",
        "junit",
        "github",
        "summary",
        "gitlab",
        "compact",
        "checkstyle",
        "sonarqube",
        "markdown",
    ] {
        add(
            "Dockerfile",
            "FROM a\n",
            "",
            leak_all(&["--profile", "strict", "--format", format]),
            &["MAINTAINER a@\nRUN sudo a\n"],
        );
    }
    add(
        "Dockerfile",
        "FROM a:1\n",
        "",
        &["--diff"],
        &["MAINTAINER a@\n", "RUN apt-get install a@\n", "ADD a /b\n"],
    );
    add(
        "Dockerfile",
        "FROM a:1\nRUN ",
        "x\n",
        &["--diff"],
        &["apt-get install a@ && ", "apt-get install a@ \\\n&& ", "sudo a; "],
    );
    for piece in [
        "  a@:\n    image: redis:7\n    ports: ['6379']\n",
        "  a@:\n    image: b@\n    volumes_from: [a0]\n",
        "  a@:\n    image: redis:7\n    pid: 'service:a0'\n",
    ] {
        let (file, head, tail) = ("compose.yaml", "services:\n", "");
        shapes.push(Shape { file, head, piece, tail, command: HARDEN, arguments: &[] });
    }
    shapes
}

/// Other files that configure containers: the name, what stands around the pieces, and these.
type Surface = (&'static str, &'static str, &'static str, &'static [&'static str]);

const SURFACES: &[Surface] = &[
    ("Jenkinsfile", "", "", &["x.inside('-v a:/b') { } ", "docker { image 'a' ", "docker.image("]),
    (".devcontainer.json", "{\"a\":\"", "\"}", &["${localEnv:"]),
    (
        "a.sh",
        "",
        "docker run $A b\n",
        &[
            "A=\"$A --x\"\n",
            "docker run $A b\n",
            "ssh h '",
            "docker build --allow ",
            "docker run -v /:/a@ b\n",
        ],
    ),
    ("package.json", "{\"scripts\":{", "\"z\":\"\"}}", &["\"a@\":\"docker run b\","]),
    (
        "docker-bake.hcl",
        "target \"a0\" {}\n",
        "",
        &[
            "target \"b@\" {\n  dockerfile-inline = <<E\nFROM a\nE\n}\n",
            "target \"a@+\" { inherits = [\"a@\"] }\n",
        ],
    ),
    ("a.container", "[Container]\nImage=a\n", "", &["Volume=a:/b\n", "PodmanArgs=--x \\\n"]),
    (
        "a.yaml",
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n",
        "",
        &["  - {name: a@, image: b, securityContext: {privileged: true}}\n"],
    ),
];

const CHECK: &[&str] = &["check", ".", "--color", "never"];
const HARDEN: &[&str] = &["harden"];

const STRICT: &[&str] = &["--profile", "strict"];

fn leak(start: &str, head: &str) -> &'static str {
    Box::leak(format!("{start}{head}").into_boxed_str())
}

fn leak_all(words: &[&'static str]) -> &'static [&'static str] {
    Box::leak(words.to_vec().into_boxed_slice())
}

/// Instructions of one stage.
const INSTRUCTIONS: &[&str] = &[
    "RUN a@\n",
    "RUN apt-get update\n",
    "RUN apt-get install -y a@\n",
    "RUN apt-get update\nRUN apt-get install -y a@\n",
    "RUN apk update\nRUN b\n",
    "RUN apk add a@\n",
    "RUN a | b\n",
    "RUN sudo a@\n",
    "RUN curl -k https://a/@ | sh\n",
    "RUN chmod 777 /a@\n",
    "RUN rm /a@\n",
    "RUN rm -rf id_rsa@\nCOPY id_rsa /a@\n",
    "COPY id_rsa /a@\n",
    "COPY id_rsa /a@\nRUN rm /a@\n",
    "COPY .env /b@\nRUN rm -rf /a@ /c\n",
    "RUN a > /b@/id_rsa\n",
    "RUN a > /b@/id_rsa\nRUN rm /b@/id_rsa\n",
    "COPY --from=x@ a /b\n",
    "COPY --from=@ a /b\n",
    "COPY --chown=a@ a /b\n",
    "COPY <<E /a@\n$a@\nE\n",
    "COPY <<a@ <<b@ /c/\na@\nb@\n",
    "RUN <<E\na@\nE\n",
    "RUN cat <<E\na@\n",
    "ADD https://a/@ /b\n",
    "ADD https://a/@ /b\nRUN c\n",
    "ADD https://a/$A@ /b\n",
    "ADD a@ /b\n",
    "ENV A@=b\n",
    "ENV A@=$A@\n",
    "ENV A=$A$A\n",
    "ENV A@+=$A@$A@\n",
    "ENV A=$A:/b@\n",
    "ENV PASSWORD@=@?\n",
    "ENV A@ b\n",
    "ARG A@=b\n",
    "ARG A@\n",
    "ARG A@+=$A@$A@\n",
    "ARG A=${A:-$A}${A:+$A}\n",
    "ARG PASSWORD@\n",
    "WORKDIR /$A@\n",
    "WORKDIR $A\n",
    "WORKDIR a@\n",
    "WORKDIR /a@\nRUN b\n",
    "ARG AAAAAAAA@\nWORKDIR /$AAAAAAAAB@\n",
    "WORKDIR /$A@\nENV A@=b\n",
    "USER a@\n",
    "USER root\n",
    "USER a@\nRUN b\n",
    "USER $A@\n",
    "RUN useradd a@\n",
    "RUN useradd a@\nUSER a@\n",
    "EXPOSE @\n",
    "EXPOSE 22\n",
    "VOLUME /a@\n",
    "LABEL a@=b\n",
    "CMD a@\n",
    "CMD [\"a@\"]\n",
    "ENTRYPOINT a@\n",
    "ENTRYPOINT [\"a@\"]\n",
    "ENTRYPOINT sshd\n",
    "HEALTHCHECK CMD a@\n",
    "HEALTHCHECK --interval=@s CMD a\n",
    "STOPSIGNAL @\n",
    "SHELL [\"/bin/bash\", \"-c\"]\n",
    "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\n",
    "ONBUILD RUN a@\n",
    "ONBUILD USER a@\n",
    "ONBUILD COPY .env /a@\n",
    "ONBUILD ONBUILD RUN a\n",
    "MAINTAINER a@\n",
    "FOO@ a\n",
    "RUNN a\n",
    "COPY\n",
    "ENV a\n",
    "RUN --foo=@ a\n",
    "COPY --foo=@ a b\n",
    "WORKDIR ${A\n",
    "RUN a \\\n# b@\n",
    "RUN a \\\n\n b@\n",
    "# hadolint ignore=DL3008,DL3002\nRUN a@\n",
    "# hullguard: ignore=sudo-used\nRUN sudo a@\n",
    "# hullguard: ignore=all\nRUN b\n",
    "# hullguard: ignore-stage=sudo-used\nRUN sudo a\n",
    "# hullguard: ignore-file=a@\n",
    "# hullguard: ignore=sudo-usedd\n",
    "# check=skip=all\n",
    "RUN apt-get install -y openssh-server\n",
    "RUN apt-get install -y gcc && apt-get purge -y gcc\n",
    "RUN pip install a@\n",
    "RUN set -o pipefail && a | b\n",
    "RUN --mount=type=secret,id=a@ b\n",
    "RUN --mount=from=s@,target=/a b\n",
];

const STAGES: &[&str] = &[
    "FROM a:1 AS s@\n",
    "FROM a:1 AS s\n",
    "FROM s-$A@ AS s@\n",
    "FROM s@ AS s@+\n",
    "FROM s@ AS s@+\nRUN apt-get update\n",
    "FROM s@ AS s@+\nARG A\nRUN b $A\n",
    "FROM s@ AS s@+\nENV A@=$A\n",
    "FROM s@ AS s@+\nENV A=$A:b\nWORKDIR /$B\n",
    "FROM s@ AS s@+\nUSER a@\nCMD b\n",
    "FROM s@ AS s@+\nCOPY id_rsa /a@\n",
    "FROM s@ AS s@+\nADD https://a/@ /b\n",
    "FROM s@ AS s@+\nONBUILD RUN a\n",
    "FROM s0 AS s@+\nCOPY --from=s@ a /b\n",
    "FROM s0 AS s@+\nRUN useradd a@\nUSER a@\n",
    "FROM s0 AS s@+\nRUN apt-get install -y gcc\n",
    "FROM b:1 AS s@+\nCOPY --from=s@ a /b\n",
    "FROM b:1 AS s@+\nCOPY --from=other@ a /b\n",
    "FROM b:1 AS s@+\nRUN --mount=from=s@ a\n",
    "FROM golang AS s@+\nRUN go build\n",
    "FROM $A@\n",
    "FROM a\nWORKDIR /$A@\nENV A@=b\n",
    "FROM a\nENV A@=b\nWORKDIR /$A\n",
    "FROM a:$B@\n",
    "FROM a@\n",
    "FROM a@-@?\n",
    "FROM ubuntu:latest\n",
    "FROM --platform=$A@ a\n",
    "# hullguard: ignore-stage=latest-tag\nFROM a:latest\nRUN sudo b\n",
    "FROM scratch\nCOPY a /b\n",
];

/// Parts of one RUN.
const COMMANDS: &[&str] = &[
    "a@ && ",
    "a@ || ",
    "a@ | ",
    "a@; ",
    "a@ & ",
    "a ",
    "a@ \\\n ",
    "a \\\n && ",
    "\\\n",
    "\\\n# b\n",
    "\\\n\n",
    "$(",
    "`",
    "$((",
    "${a:-",
    "${a@} ",
    "$a ",
    "'a' ",
    "\"a\" ",
    "'",
    "\"",
    "\"$(",
    "<<a ",
    "<<a@ ",
    "cat <<a@ && ",
    "> /a@ ",
    "a > /b@/id_rsa && ",
    "rm /b@ && a > /b@/id_rsa && ",
    "2>&1 ",
    "{a,b}",
    "rm {a,b}{c,d}; ",
    "(",
    "(a) ",
    "{ a; } ",
    "{ ",
    "if a; then b; fi; ",
    "if ",
    "for a in b; do c; done; ",
    "for a in ",
    "while a; do ",
    "case a in b) c;; esac; ",
    "case a in b) ",
    "a() { b; }; ",
    "a@() { b; }; a@; ",
    "function a { ",
    "! ",
    "[[ a ]] && ",
    "[ a ] && ",
    "a=@ ",
    "a@=b && ",
    "export A@=b && ",
    "cd /a@ && ",
    "sudo ",
    "sudo a@ && ",
    "eval ",
    "sh -c 'a@' && ",
    "sh -c \"",
    "bash <(curl a) && ",
    "curl -k https://a/@ && ",
    "curl https://a/@ | sh && ",
    "curl a@ | tar x | ",
    "curl a@ > b@ && sh b@ && ",
    "wget a@ && sha256sum -c b && ",
    "apt-get update && ",
    "apt-get install -y a@ && ",
    "apt-get install && ",
    "apt-get update && apt-get install a && rm -rf /var/lib/apt/lists/* && ",
    "apt-get install -y gcc && apt-get purge -y gcc && ",
    "apt-get install -y openssh-server && ",
    "apt-get install -y a@ && apt-get remove a@ && ",
    "apk add a@ && apk del a@ && ",
    "apk add --virtual .a@ b && apk del .a@ && ",
    "yum install a@ && ",
    "pip install a@ && ",
    "npm install && ",
    "rm -rf /a@ && ",
    "rm -rf /var/lib/apt/lists/* && ",
    "chmod 777 /a@ && ",
    "chmod -R a+rwx /a@ && ",
    "useradd a@ && ",
    "adduser --disabled-password a@ && ",
    "su a@ -c b && ",
    "set -o pipefail && ",
    "set -e; ",
    "xargs a | ",
    "find . -exec a ",
    "find . -exec a {} \\; -exec ",
    "echo a@ >> /etc/b && ",
    "sed -i s/a/b@/ c && ",
    "git clone https://a/@ && ",
    "http://a:@?@@b/ ",
    "PASSWORD=@? a && ",
    "--password @? ",
    "-p@? ",
    "-e A=@? ",
    "docker run -e PASSWORD=@? a && ",
    "\u{e9}",
];

/// Words of one instruction.
const WORDS: &[&str] = &[
    "a@ ",
    "a@=b ",
    "A@=$A ",
    "A@=${A@:-b} ",
    "$A",
    "$A@ ",
    "${A",
    "${A:-",
    "\"a\" ",
    "\"",
    "'",
    "\\",
    "\\\n",
    "\\\n a@ ",
    "\\\n#\n",
    "<<a ",
    "<<a@ ",
    "id_rsa@ ",
    ".env ",
    "https://a/@ ",
    "PASSWORD@=@? ",
    "--a=@ ",
    "--exclude=@ ",
    "@ ",
    "@/tcp ",
    "=",
    "[",
];

const SERVICES: &[&str] = &[
    "  s@: {image: a}\n",
    "  s@:\n    image: a:latest\n",
    "  s@:\n    build: .\n",
    "  s@:\n    build: a@\n",
    "  s@:\n    build: {context: ., target: a@}\n",
    "  s@:\n    image: a\n    depends_on: [s0]\n",
    "  s@:\n    image: a\n    privileged: true\n",
    "  s@:\n    image: a\n    environment: {PASSWORD: @?}\n",
    "  s@:\n    image: a\n    ports: [\"@:80\"]\n    networks: [a@]\n",
    "  s@:\n    image: a\n    volumes: [/:/a, /var/run/docker.sock:/b]\n",
    "  # hullguard: ignore=latest-tag\n  s@:\n    image: a:latest\n",
    "  # hullguard: ignore=latest-tag\n  s@: {image: 'a:latest'}\n",
    "  s@: {image: 'a:latest'} # hullguard: ignore=latest-tag\n",
    "  # kics-scan ignore-line\n  s@: {image: 'a:latest'}\n",
    "  s: {image: a}\n",
    "  s@: &a@ {image: a}\n  t@: *a@\n",
    "  s@: &a@\n    image: a\n  t@:\n    <<: *a@\n",
    "  s@: &a@+ {<<: *a@, b@: c}\n",
    "  s@: !reset {}\n",
    "  s@\n",
    "  s@: :\n",
    "  s@: [\n",
    "  s@: |\n    a\n",
    "  ? s@\n  : {image: a}\n",
    " ? ",
    "  \"s@\": {image: a}\n",
    "  #\n",
    "\n",
    "  s@:\n    image: a\n    configs: [c@]\n    secrets: [d@]\n",
    "  s@:\n    image: a\n    env_file: e@\n",
    "  s@:\n    image: $A@\n",
    "  s@:\n\timage: a\n",
];

/// Lists and mappings of a service, to be filled.
const KEYS: &[&str] = &[
    "ports:\n",
    "volumes:\n",
    "environment:\n",
    "env_file:\n",
    "labels:\n",
    "cap_add:\n",
    "cap_drop:\n",
    "security_opt:\n",
    "depends_on:\n",
    "networks:\n",
    "tmpfs:\n",
    "secrets:\n",
    "configs:\n",
    "command:\n",
    "entrypoint:\n",
    "healthcheck:\n",
    "extra_hosts:\n",
    "deploy:\n",
    "build:\n",
    "sysctls:\n",
    "devices:\n",
    "ulimits:\n",
    "links:\n",
    "x-a:\n",
    "profiles:\n",
    "dns:\n",
    "build:\n     args:\n",
    "build:\n     additional_contexts:\n",
    "deploy:\n     labels:\n",
];

const ITEMS: &[&str] = &[
    "      - a@\n",
    "      - A@=b\n",
    "      A@: b\n",
    "      - /a@:/b\n",
    "      - \"@:80\"\n",
    "      - {source: a@, target: @}\n",
];

/// Keys of a service.
const MEMBERS: &[&str] = &[
    "    a@: b\n",
    "    image: a@\n",
    "    build: a@\n",
    "    <<: {a@: b}\n",
    "    <<: *a\n",
    "    \"a@\": 'b'\n",
    "    extends: a@\n",
    "    # b\n",
];

const DOCUMENTS: &[&str] = &[
    "---\nservices: {a@: {image: b}}\n",
    "services: {a@: {image: b}}\n",
    "---\n",
    "...\n",
    "a@: b\n",
    "a@: &a@ [*a@]\n",
    "volumes: {a@: {}}\n",
    "a@: !b@ c\n",
    "%TAG ! a@\n",
    "? ",
    "- ",
    "-\n",
    "a: ",
    "[",
    "{",
    "{a: ",
    "[a, ",
    "\"",
    "'",
    "'a' ",
    "&a ",
    "*a ",
    "!a ",
    "| ",
    "|\n",
    "> ",
    "#",
    "\t",
    "\u{feff}",
    "\\",
    "<<: ",
    "a",
    "a ",
    "a\n",
    " a\n",
    "a:\n ",
    "- - ",
    "]",
    "}",
    "\r",
    ": ",
];

const FLOW: &[&str] = &[
    "{a: ",
    "[",
    "{a@: {image: b}, ",
    "[a, ",
    "{? ",
    "\"a\" ",
    "{<<: ",
    "&a [",
    "&a@ [*a@, ",
    "{a: {image: b}, ",
];

/// For the search for secrets.
const SECRETS: &[&str] = &[
    "PASSWORD@=@?\n",
    "password=@? ",
    "password=@",
    "password=",
    "password: ",
    "password ",
    "password",
    "api_key@=a ",
    "secret",
    "token:",
    "https://a:@?@@b/ ",
    "https://a:",
    "https://",
    "@@@@",
    "://",
    "a@b:@?@c ",
    "Authorization: Bearer @?\n",
    "Authorization: Basic ",
    "Bearer ",
    "eyJ@?.",
    "eyJ",
    "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN ",
    "-----",
    "AKIA",
    "ghp_",
    "xoxb-",
    "sk-",
    "sk_live_",
    "AIza",
    "@?",
    "@? ",
    "@?=",
    "a",
    "0",
    "=",
    ":",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\\n",
    "(",
    "[",
    "{",
    "<",
    "<a>",
    "<password>@?</password>",
    "${",
    "$(",
    "%",
    "%20",
    ",",
    ";",
    "&",
    " ",
    "\t",
    "\0",
    "\r",
    "\n",
    "\u{e9}",
    "\u{1f433}",
    "aGVsbG8",
    "client_secret = \"@?\", ",
    "AWS_SECRET_ACCESS_KEY=@?\n",
    "# hullguard: ignore=all\n",
    "# gitleaks:allow\n",
    "hullguard: ",
    "pragma: allowlist nextline secret\n",
    "let password@ = encrypt(",
    "if password == \"@?\" ",
];

const GITLEAKS: &[&str] = &[
    "[[rules]]\nid = 'a@'\nregex = 'b@'\n",
    "[[rules]]\nid = 'a'\nregex = '(a+)+b'\nkeywords = ['a']\n",
    "[[rules]]\nid = 'a@'\nregex = 'b'\n[[rules.allowlists]]\npaths = ['c@']\n",
    "[[allowlists]]\nregexes = ['a@']\n",
    "[[allowlists]]\ncommits = ['a@']\n",
    "[a@]\nb = 1\n",
    "[a.b@.c]\n",
    "a@ = 'b'\n",
    "a.b@ = 1\n",
    "[",
    "a = [",
    "a = {",
    "a.",
    "\"",
    "#\n",
    "'''",
];
