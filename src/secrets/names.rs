//! Which names of variables, arguments and keys announce a credential.
//!
//! A name is taken apart into words (`DB_PASSWORD`, `dbPassword`, `db-password`), because whole words tell
//! `TOKEN` from `TOKENIZER`. The value is judged by `values`.

/// Words that make a name a credential's wherever they stand in it.
const SECRET: [&str; 33] = [
    "password",
    "passwd",
    "passwort",
    "pword",
    "passphrase",
    "pass",
    "pwd",
    "psw",
    "secret",
    "secrets",
    "token",
    "apikey",
    "credential",
    "credentials",
    "authtoken",
    "accesskey",
    "secretkey",
    "privatekey",
    "apisecret",
    "apitoken",
    "dbpassword",
    "identitytoken",
    "registrytoken",
    "accesstoken",
    "clientsecret",
    "sharedsecret",
    "encryptionkey",
    "signingkey",
    "bearer",
    "authkey",
    "passkey",
    "dbpass",
    "mysqlpwd",
];
/// Words for a password, at the end of longer ones, too: `pgpassword`.
const PASSWORD: [&str; 7] = ["password", "passwd", "passwort", "pword", "passphrase", "pwd", "psw"];
/// A name that begins with one of these is what is done with a password.
const DOES: [&str; 16] = [
    "set",
    "get",
    "is",
    "has",
    "reset",
    "forgot",
    "forgotten",
    "change",
    "validate",
    "check",
    "show",
    "hide",
    "update",
    "require",
    "toggle",
    "edit",
];
/// `KEY` means a credential only behind one of these.
const KEY_OF: [&str; 17] = [
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "signing",
    "auth",
    "master",
    "license",
    "app",
    "account",
    "storage",
    "admin",
    "service",
    "jwt",
    "session",
    "cookie",
];
/// A last word that says the value is something about the secret, not the secret.
const ABOUT: [&str; 172] = [
    "file",
    "files",
    "path",
    "dir",
    "directory",
    "url",
    "uri",
    "endpoint",
    "host",
    "name",
    "names",
    "version",
    "policy",
    "id",
    "ids",
    "length",
    "len",
    "size",
    "min",
    "max",
    "ttl",
    "expiry",
    "expiration",
    "expires",
    "timeout",
    "lifetime",
    "age",
    "duration",
    "interval",
    "enabled",
    "enable",
    "disabled",
    "required",
    "type",
    "mode",
    "method",
    "algorithm",
    "alg",
    "hash",
    "format",
    "encoding",
    "prefix",
    "suffix",
    "field",
    "header",
    "issuer",
    "audience",
    "provider",
    "backend",
    "store",
    "manager",
    "reset",
    "rotation",
    "count",
    "limit",
    "location",
    "ref",
    "mount",
    "cmd",
    "command",
    "script",
    "template",
    "source",
    "class",
    "servers",
    "protocol",
    "mechanism",
    "config",
    "authentication",
    "service",
    "hours",
    "minutes",
    "seconds",
    "days",
    "scheme",
    "user",
    "username",
    "login",
    "sha",
    "sha1",
    "sha2",
    "sha256",
    "sha512",
    "md5",
    "digest",
    "checksum",
    "fingerprint",
    "thumbprint",
    "hashed",
    "encrypted",
    "encryption",
    "extractor",
    "label",
    "title",
    "description",
    "placeholder",
    "hint",
    "message",
    "error",
    "errors",
    "text",
    "prompt",
    "column",
    "regex",
    "pattern",
    "validator",
    "rule",
    "rules",
    "strength",
    "status",
    "state",
    "changed",
    "updated",
    "created",
    "expired",
    "valid",
    "invalid",
    "confirm",
    "question",
    "icon",
    "button",
    "link",
    "page",
    "form",
    "screen",
    "view",
    "param",
    "parameter",
    "parser",
    "factory",
    "builder",
    "handler",
    "helper",
    "util",
    "utils",
    "test",
    "tests",
    "list",
    "map",
    "set",
    "index",
    "counter",
    "level",
    "group",
    "role",
    "scope",
    "scopes",
    "event",
    "request",
    "response",
    "model",
    "schema",
    "entity",
    "table",
    "kind",
    "algo",
    "iterations",
    "rounds",
    "cost",
    "entry",
    "entries",
    "keyring",
    "sources",
    "usage",
    "properties",
    "options",
    "settings",
    "info",
    "details",
    "data",
    "identifier",
    "attribute",
];
/// Words that say the value is public, or that the setting is a switch.
const HARMLESS: [&str; 17] = [
    "hashed",
    "encrypted",
    "public",
    "pub",
    "allow",
    "random",
    "generate",
    "disable",
    "no",
    "skip",
    "without",
    "use",
    "max",
    "cert",
    "csrf",
    "xsrf",
    "authenticity",
];

/// `PASS` behind one of these is nginx' directive, and its value an address.
const PASSES_ON: [&str; 5] = ["uwsgi", "proxy", "fastcgi", "grpc", "scgi"];

/// Whether a name announces a secret value: `POSTGRES_PASSWORD`, `apiKey`, `AWS_SECRET_ACCESS_KEY`; but not
/// `PASSWORD_FILE`, `TOKENIZER`, `PUBLIC_KEY`, `ALLOW_EMPTY_PASSWORD`.
pub fn is_credential(name: &str) -> bool {
    let words = words(name);
    !are_harmless(&words)
        && words.iter().enumerate().any(|(i, word)| {
            let passes_on = word == "pass" && i > 0 && PASSES_ON.contains(&words[i - 1].as_str());
            SECRET.contains(&word.as_str()) && !passes_on
                || is_for_password(word)
                || (matches!(word.as_str(), "key" | "keys")
                    && i > 0
                    && KEY_OF.contains(&words[i - 1].as_str()))
        })
}

/// Whether a name may announce a secret, where its value looks like one: `key`, `AUTH`, `webhook-salt`.
pub fn may_be_credential(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    let public =
        |word: &String| matches!(word.as_str(), "public" | "pub" | "foreign" | "primary" | "hash" | "cache");
    matches!(last.as_str(), "key" | "keys" | "auth" | "salt" | "cred" | "creds" | "authorization" | "cookie")
        && !words.iter().any(public)
}

/// Whether a name is one of a password, and not of what is done with it (`setPassword`) or is about it.
pub(super) fn ends_in_password(name: &str) -> bool {
    !words(name).first().is_some_and(|first| DOES.contains(&first.as_str())) && takes_a_password(name)
}

/// Whether a name's last word is one for a password, but for one that says that it is repeated.
pub(super) fn takes_a_password(name: &str) -> bool {
    let is_repeated =
        |word: &&String| ["confirmation", "confirm", "repeat", "again"].contains(&word.as_str());
    let words = words(name);
    words
        .iter()
        .rev()
        .find(|word| !is_repeated(word))
        .is_some_and(|last| is_for_password(last) || last == "pass")
}

/// Whether a name has words for credentials only, and does not say whose: `secret_key`, `client-token`.
pub(super) fn is_only_credential(name: &str) -> bool {
    words(name).iter().all(|word| {
        let word = word.as_str();
        SECRET.contains(&word)
            || KEY_OF.contains(&word)
            || ["key", "keys", "id", "server", "client", "security", "wallet", "consumer"].contains(&word)
    })
}

fn is_for_password(word: &str) -> bool {
    PASSWORD.iter().any(|known| word == *known || known.len() > 5 && word.ends_with(known))
        || word == "dbpass"
}

/// Whether a name announces a password and not some other credential.
pub(super) fn is_password(name: &str) -> bool {
    words(name).iter().any(|word| is_for_password(word) || word == "pass")
}

/// Whether a name is more often that of a place in a store than that of a key: `STORAGE_KEY`, `cookieKey`.
pub(super) fn may_name_a_place(name: &str) -> bool {
    let words = words(name);
    let (last, before) = (words.last(), words.iter().rev().nth(1));
    last.is_some_and(|last| last == "key")
        && before.is_some_and(|word| {
            ["storage", "session", "cookie", "account", "service", "app", "admin"].contains(&word.as_str())
        })
}

/// Whether a name says that its value is something about a secret, or who uses it, and not the secret.
pub fn is_about(name: &str) -> bool {
    speaks_of_one(&words(name))
}

/// Whether a name says that its value is no secret: something about one, or public.
pub(super) fn is_harmless(name: &str) -> bool {
    are_harmless(&words(name))
}

fn are_harmless(words: &[String]) -> bool {
    speaks_of_one(words) || words.iter().any(|word| HARMLESS.contains(&word.as_str()))
}

fn speaks_of_one(words: &[String]) -> bool {
    words.last().is_none_or(|last| ABOUT.contains(&last.as_str()))
}

/// The lower-case words of a name, split at `_`, `-`, `.`, blanks and at changes from small to capital letters.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    let mut small_before = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            if !open || (c.is_ascii_uppercase() && small_before) {
                words.push(String::new());
                open = true;
            }
            words.last_mut().expect("a word is open").push(c.to_ascii_lowercase());
        } else {
            open = false;
        }
        small_before = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::is_credential;

    #[test]
    fn credentials_are_told_from_what_speaks_of_them() {
        for name in [
            "PASSWORD",
            "POSTGRES_PASSWORD",
            "MYSQL_ROOT_PASSWORD",
            "DB_PASS",
            "apiKey",
            "API_KEY",
            "GITHUB_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "SECRET_KEY_BASE_SECRET",
            "REDIS_PWD",
            "CLIENT_SECRET",
            "SECRET_KEY",
            "db-password",
            "JENKINS_PSW",
            "PRIVATE_KEY",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "PASSWORD_FILE",
            "TOKENIZER",
            "TOKENIZERS_PARALLELISM",
            "KEYCLOAK_PASSWORD_POLICY",
            "PUBLIC_KEY",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "MYSQL_RANDOM_ROOT_PASSWORD",
            "SECRET_NAME",
            "TOKEN_TTL",
            "GPG_KEY",
            "KEY",
            "AUTHOR",
            "COMPASS_VERSION",
            "BYPASS",
            "DD_UWSGI_PASS",
            "SECRETS_PATH",
            "PATH",
            "MINIO_ROOT_USER",
            "TOKEN_USER",
            "",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
