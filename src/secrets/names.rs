//! Which names of variables, arguments and keys announce a credential.
//!
//! A name is taken apart into words (`DB_PASSWORD`, `dbPassword`, `db-password`), because whole words tell
//! `TOKEN` from `TOKENIZER`. The value is judged by `values`.

use super::vocabulary::{
    ABOUT, DOES, ENDS, FOREIGN, HARMLESS, KEY_FOR, KEY_OF, ORDINALS, PAGES, PASS_FOR, PASSES_ON, PASSWORD,
    SECRET, STATES, STORES,
};

/// Pieces of words; one stands in every name of a credential.
const STEMS: [&str; 30] = [
    "pass",
    "pw",
    "psw",
    "psk",
    "secret",
    "token",
    "credential",
    "key",
    "bearer",
    "authorization",
    "masterauth",
    // Of words of other languages those that begin with two letters which few words have.
    "sena",
    "senia",
    "seña",
    "nnwort",
    "nha",
    "mdp",
    "clave",
    "twoord",
    "slo",
    "sło",
    "senord",
    "parola",
    "ifre",
    "salasana",
    "пароль",
    "密",
    "ード",
    "비밀",
    "Пароль",
];

/// Which stems begin with two letters, a bit for each; as [`pair`] counts them.
const BEGINNINGS: [u32; 1024] = {
    let mut beginnings = [0; 1024];
    let mut at = 0;
    while at < STEMS.len() {
        let stem = STEMS[at].as_bytes();
        beginnings[pair(stem[0], stem[1])] |= 1 << at;
        at += 1;
    }
    beginnings
};

/// Two letters, of whatever case, as a number below 1024; others may have the same.
const fn pair(first: u8, second: u8) -> usize {
    ((first & 31) as usize) << 5 | (second & 31) as usize
}

/// Where the stems begin, in large and small letters. A name may be asked, or a whole text, most of whose pairs of letters
/// begin none.
pub fn stems(text: &(impl AsRef<[u8]> + ?Sized)) -> impl Iterator<Item = usize> {
    let bytes = text.as_ref();
    let begins = |at: usize| {
        let mut may = BEGINNINGS[pair(bytes[at], bytes[at + 1])];
        while may != 0 {
            let stem = STEMS[may.trailing_zeros() as usize].as_bytes();
            if bytes[at..].get(..stem.len()).is_some_and(|there| there.eq_ignore_ascii_case(stem)) {
                return true;
            }
            may &= may - 1;
        }
        false
    };
    (0..bytes.len().saturating_sub(1)).filter(move |&at| begins(at))
}

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Password,
    /// A token, a secret, a key to an interface.
    Secret,
    /// `key`, `auth`, `salt`: secret perhaps.
    Perhaps,
}

/// What a name announces, if it announces a credential at all.
pub(super) fn announced(name: &str) -> Option<Name> {
    let words = words(name);
    if are_of_credential(&words) {
        return Some(if are_of_password(&words) { Name::Password } else { Name::Secret });
    }
    may_be_of_credential(&words).then_some(Name::Perhaps)
}

/// Whether a name announces a secret value: `POSTGRES_PASSWORD`, `apiKey`, `AWS_SECRET_ACCESS_KEY`; but not
/// `PASSWORD_FILE`, `TOKENIZER`, `PUBLIC_KEY`, `ALLOW_EMPTY_PASSWORD`.
pub fn is_credential(name: &str) -> bool {
    stems(name).next().is_some() && are_of_credential(&words(name))
}

fn are_of_credential(words: &[String]) -> bool {
    let is_of_one = |(i, word): (usize, &String)| {
        let behind = words.get(i + 1).map_or("", String::as_str);
        let passes_on = word == "pass"
            && (i > 0
                && [&PASSES_ON[..], &ORDINALS].iter().any(|list| list.contains(&words[i - 1].as_str()))
                || ["by", "through"].contains(&behind));
        let key_of =
            |before: &String| KEY_OF.contains(&before.as_str()) || KEY_FOR.contains(&before.as_str());
        SECRET.contains(&word.as_str()) && !passes_on
            || is_for_password(word)
            || ends_in_one(word)
            || matches!(word.as_str(), "key" | "keys") && i > 0 && key_of(&words[i - 1])
    };
    words.iter().enumerate().any(is_of_one) && !are_harmless(words)
}

/// A word for a credential ends another without a mark between: `deploytoken`, `CRMSECRET`; none of `csrftoken`.
fn ends_in_one(word: &str) -> bool {
    ENDS.iter().any(|end| {
        word.strip_suffix(end).is_some_and(|stem| {
            stem.len() >= 2
                && stem.bytes().any(|b| b.is_ascii_alphabetic())
                && !HARMLESS.contains(&stem)
                && !PAGES.contains(&stem)
        })
    })
}

/// Whether a word for a credential is in a name, whatever it says of it: `db_password.txt`, `secrets.env`.
pub fn speaks_of_credential(name: &str) -> bool {
    words(name).iter().any(|word| SECRET.contains(&word.as_str()) || is_for_password(word))
}

/// Whether a name may announce a secret, where its value looks like one: `key`, `AUTH`, `webhook-salt`.
pub fn may_be_credential(name: &str) -> bool {
    may_be_of_credential(&words(name))
}

fn may_be_of_credential(words: &[String]) -> bool {
    let Some(last) = words.last() else { return false };
    let public =
        // `gpg --recv-keys`, `GPG_KEYS`: ids of public keys.
        |word: &String| {
            let word = word.as_str();
            matches!(
                word,
                "public" | "publishable" | "site" | "pub" | "foreign" | "primary" | "hash" | "cache" | "gpg" | "pgp" | "recv"
            )
        };
    // A password's salt is as public as its hash.
    if last == "salt" && are_of_password(words) {
        return false;
    }
    matches!(
        last.as_str(),
        "key" | "keys" | "auth" | "salt" | "cred" | "creds" | "authorization" | "cookie" | "pat"
    ) && !words.iter().any(public)
        && !words.iter().any(|word| matches!(word.as_str(), "encrypted" | "wrapped" | "hashed"))
        && !are_a_handle(words)
}

/// Whether a name is one of a password, and not of what is done with it (`setPassword`) or is about it.
pub(super) fn ends_in_password(name: &str) -> bool {
    !is_an_action(name) && takes_a_password(name)
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
    let is_for_one =
        || word.strip_suffix("pass").or(word.strip_suffix("pw")).is_some_and(|what| PASS_FOR.contains(&what));
    PASSWORD.iter().any(|known| word == *known || known.len() > 5 && word.ends_with(known))
        || FOREIGN.contains(&word)
        || is_for_one()
        // `userpwd`, but not the folder that a shell came from.
        || word.len() > 5 && word.ends_with("pwd") && word != "oldpwd"
        || matches!(word, "requirepass" | "masterauth" | "storepass" | "keypass" | "psk")
}

/// Whether a name's word for a password is one of another language, which means more than that: `clave`, `parola`.
pub(super) fn is_foreign(name: &str) -> bool {
    words(name).iter().any(|word| FOREIGN.contains(&word.as_str()))
}

/// Whether a name is one of what pages: `continuation`, `nextPage`.
pub(super) fn is_a_page(name: &str) -> bool {
    words(name).last().is_some_and(|last| PAGES.contains(&last.as_str()))
}

/// Whether a name announces a password and not some other credential.
fn are_of_password(words: &[String]) -> bool {
    words.iter().any(|word| is_for_password(word) || word == "pass")
}

/// Whether a name is more often that of a place in a store, or of a way to encrypt, than that of a key: `STORAGE_KEY`,
/// `cookieKey`, `aesKey`.
pub(super) fn may_name_a_place(name: &str) -> bool {
    const PLACES: [&str; 7] = ["storage", "session", "cookie", "account", "service", "app", "admin"];
    let words = words(name);
    let (last, before) = (words.last(), words.iter().rev().nth(1));
    last.is_some_and(|last| last == "key")
        && before.is_some_and(|word| PLACES.contains(&word.as_str()) || KEY_FOR.contains(&word.as_str()))
}

/// Whether a name is one of a state or a fault, which numbers are given to: `ERR_BAD_PASSWORD`.
pub(super) fn is_of_a_state(name: &str) -> bool {
    words(name).iter().any(|word| STATES.contains(&word.as_str()))
}

/// Whether a name says that its value is a hash: `PORTAL_SHA512_PASSWORD`.
pub(super) fn is_of_a_hash(name: &str) -> bool {
    const HASHES: [&str; 9] =
        ["md5", "sha", "sha1", "sha256", "sha384", "sha512", "bcrypt", "hash", "digest"];
    words(name).iter().any(|word| HASHES.contains(&word.as_str()))
}

/// Whether two names end in the same two words, the last of which is one for a key: `MINIO_ACCESS_KEY`, `oss_access_key`.
pub fn end_in_one_key(name: &str, other: &str) -> bool {
    let (name, other) = (words(name), words(other));
    match (&name[..], &other[..]) {
        ([.., of, key], [.., other_of, other_key]) => {
            matches!(key.as_str(), "key" | "token") && (of, key) == (other_of, other_key)
        }
        _ => false,
    }
}

/// Whether a name is of more than one: `api_tokens`.
pub(super) fn is_plural(name: &str) -> bool {
    name.ends_with(['s', 'S']) && !name.ends_with("ss") && !name.ends_with("SS")
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
        // ASP.NET's `__RequestVerificationToken` guards a form.
        "token" | "tokens" => {
            PAGES.contains(&before.as_str())
                || before == "verification" && words.contains(&"request".to_owned())
        }
        "key" | "keys" => PAGES.contains(&before.as_str()) || STORES.contains(&before.as_str()),
        _ => false,
    }
}

fn speaks_of_one(words: &[String]) -> bool {
    // `TOKEN_PREFIX_V1`
    let is_version =
        |word: &&String| word.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    let last = words.iter().rev().find(|word| !is_version(word));
    last.is_none_or(|last| ABOUT.contains(&last.as_str()))
}

/// Whether a name is that of an action and not of a value: `ResetPassword`.
pub(super) fn is_an_action(name: &str) -> bool {
    words(name).first().is_some_and(|first| DOES.contains(&first.as_str()))
}

/// Whether a name's last words are these.
pub(super) fn ends_in(name: &str, last: &[&str]) -> bool {
    words(name).ends_with(&last.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
}

/// The words of a name, in small letters of ASCII, split at `_`, `-`, `.`, blanks, at changes from small to capital
/// letters, and before the last of several capital letters that a word follows (`SMTPSecret`). A number behind a word for a credential is not
/// the word's: `password1`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    let bytes = name.as_bytes();
    let is = |at: Option<usize>, wanted: fn(&u8) -> bool| at.and_then(|at| bytes.get(at)).is_some_and(wanted);
    for (at, letter) in name.char_indices() {
        if letter.is_ascii() && !letter.is_ascii_alphanumeric() {
            open = false;
            continue;
        }
        let before = at.checked_sub(1);
        let small = is(before, |b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let runs_on = is(before, u8::is_ascii_uppercase)
            && is(Some(at + 1), u8::is_ascii_lowercase)
            && is(Some(at + 2), u8::is_ascii_lowercase);
        if !open || letter.is_ascii_uppercase() && (small || runs_on) {
            words.push(String::with_capacity(bytes.len() - at));
            open = true;
        }
        words.last_mut().expect("a word is open").push(letter.to_ascii_lowercase());
    }
    for word in &mut words {
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let numbered = (1..=2).contains(&(word.len() - stem.len()));
        if numbered && (SECRET.contains(&stem) || is_for_password(stem) || stem == "key") {
            word.truncate(stem.len());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn every_word_for_a_credential_has_a_stem() {
        for word in SECRET.iter().chain(&PASSWORD).chain(&ENDS).chain(&FOREIGN) {
            assert!(stems(&word.to_ascii_uppercase()).next().is_some(), "{word}");
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
            "password1",
            "DB_PASSWORD2",
            "adminToken3",
            "SMTPSecret",
            "CRMToken",
            "CRMSECRET",
            "deploytoken",
            "smtp_pw",
            "userpwd",
            "api_tokens",
            "payloadCipherKey",
            "hmac_key",
            "subscription_key",
            "contraseña",
            "DB_SENHA",
            "ftppass",
            "MAILPW",
            "passcode",
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
            "needless_pass_by_value",
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
            "csrftoken",
            "pagetoken",
            "monkey",
            "MAX_TOKENS",
            "OLDPWD",
            "credential_provider_port",
            "token-start-with",
            "encrypted_key",
            "wrapped_key",
            "consumer_key",
            "uploadToken",
            "publishableKey",
            "",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
