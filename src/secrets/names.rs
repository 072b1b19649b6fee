//! Which names of variables, arguments and keys announce a credential.
//!
//! A name is taken apart into words (`DB_PASSWORD`, `dbPassword`, `db-password`), because whole words tell
//! `TOKEN` from `TOKENIZER`. The value is judged by `values`.

use super::vocabulary::{ABOUT, DOES, HARMLESS, KEY_OF, PAGES, PASSES_ON, PASSWORD, SECRET, STORES};

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

/// Whether a word for a credential is in a name, whatever it says of it: `db_password.txt`, `secrets.env`.
pub fn speaks_of_credential(name: &str) -> bool {
    words(name).iter().any(|word| SECRET.contains(&word.as_str()) || is_for_password(word))
}

/// Whether a name may announce a secret, where its value looks like one: `key`, `AUTH`, `webhook-salt`.
pub fn may_be_credential(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    let public =
        |word: &String| matches!(word.as_str(), "public" | "pub" | "foreign" | "primary" | "hash" | "cache");
    matches!(last.as_str(), "key" | "keys" | "auth" | "salt" | "cred" | "creds" | "authorization" | "cookie")
        && !words.iter().any(public)
        && !are_a_handle(&words)
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
        || matches!(word, "dbpass" | "requirepass" | "masterauth" | "storepass" | "keypass" | "rootpass")
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
    speaks_of_one(words) || words.iter().any(|word| HARMLESS.contains(&word.as_str())) || are_a_handle(words)
}

/// The name of a token that pages, locks or repeats a request, or of a thing's key in a store: `NextToken`,
/// `ClientRequestToken`, `objectKey`, `S3Key`. Who has it has nothing.
fn are_a_handle(words: &[String]) -> bool {
    let [.., before, last] = words else { return false };
    match last.as_str() {
        "token" | "tokens" => PAGES.contains(&before.as_str()),
        "key" | "keys" => PAGES.contains(&before.as_str()) || STORES.contains(&before.as_str()),
        _ => false,
    }
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
    use super::{is_credential, may_be_credential};

    #[test]
    fn keys_of_things_in_stores_are_none_of_locks() {
        for name in [
            "objectKey",
            "S3Key",
            "s3_key",
            "IdempotencyKey",
            "sortKey",
            "fileKey",
            "routing-key",
            "cursorKey",
        ] {
            assert!(!is_credential(name) && !may_be_credential(name), "{name}");
        }
        for name in ["key", "license.key", "myKey"] {
            assert!(may_be_credential(name), "{name}");
        }
    }

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
            "AUTH_HTPASSWD_REALM",
            "TOKEN_REALM",
            "TOKEN_THROTTLE_RATE",
            "BeeTokenAddress",
            "PASSWORD_REQUIREMENTS",
            "NextToken",
            "nextPageToken",
            "ClientRequestToken",
            "ContinuationToken",
            "pageToken",
            "idempotencyToken",
            "LockToken",
            "",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
