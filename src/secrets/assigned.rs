//! Values under names of credentials: is this literal a secret in use?
//!
//! The name, the way the value is tied to it, the value itself and the file's kind are weighed against each other.
//! Where names and values stand is found by `syntax`; the shapes of known tokens are `patterns`' business.

use super::about::{About, Kind};
use super::cursor::BEFORE;
use super::names::Name;
use super::random;
use super::remarks::{is_in_markup_comment, is_remark, is_said_to_be_a_sample, lead};
use super::strength::{Strength, strength, without_percents};
use super::syntax::{Assignment, Form};
use super::{around, decode, kinds, names, values};
use crate::rule::Confidence::{High, Low, Medium};
use crate::trust::{Sign, Trust};

impl Name {
    fn sign(self) -> Sign {
        match self {
            Self::Password => Sign::PasswordName,
            Self::Secret => Sign::SecretName,
            Self::Perhaps => Sign::VagueName,
        }
    }
}

/// How sure it is that an assignment writes out a secret; `None` if it is none.
pub(super) fn judge(text: &[u8], found: &Assignment, about: About) -> Option<Trust> {
    let value = std::str::from_utf8(&text[found.value.clone()]).ok()?;
    let written = std::str::from_utf8(&text[found.name.clone()]).ok()?;
    let shown = value.trim();
    if shown.len() < 4 {
        return None;
    }
    // The cheap questions first: most names are no credentials', and most values plain words.
    let name = names::announced(last_part(written, found.form))?;
    if name == Name::Perhaps && shown.len() < 16 {
        return None;
    }
    if is_of_something_else(written, shown) || around::is_none(text, found) {
        return None;
    }
    let in_words = shown.contains(' ') && about.kind == Kind::Config;
    let strength = if in_words { strength_of_words(written, shown) } else { strength_of_text(shown) };
    if strength == Strength::Text
        || is_a_label(written, shown, (name, strength), about)
        || name == Name::Perhaps && strength != Strength::Drawn
        || values::judge(shown) != values::Value::Literal
        || repeats_name(written, shown)
        || found.form == Form::Spaced && shown.contains('=')
        || is_joint(shown)
        || strength == Strength::Word && around::names_an_action(text, found, written)
    {
        return None;
    }
    if !found.quoted && !stands_bare(text, shown, found, strength, about.kind) {
        return None;
    }
    let long = shown.len() >= 16;
    let several = name == Name::Secret && names::is_plural(written);
    let grade = |confidence| Trust::of(&[name.sign(), strength.sign()], confidence);
    let mut trust = match (name, strength) {
        // Whose secret is `appSecret`, with a key of its own that says who asks.
        (Name::Secret, Strength::Drawn) if is_hex(shown) && names::ends_in(written, &["app", "key"]) => {
            grade(if shown.len() == 32 { Low } else { Medium })
        }
        (Name::Password | Name::Secret, Strength::Drawn) if long => grade(High),
        (Name::Password | Name::Secret, Strength::Drawn) => grade(Medium).and(Sign::Short),
        (Name::Password, Strength::Chosen) => grade(Medium),
        (Name::Secret, Strength::Chosen)
            if shown.len() >= 8 && !several && !names::may_name_a_place(written) =>
        {
            grade(Medium)
        }
        // The `passwords` of Laravel's settings are kinds of users.
        (Name::Password, Strength::Word)
            if !names::is_plural(written)
                && !names::is_foreign(written)
                && is_set(written, shown, found, about.kind) =>
        {
            grade(Medium).and(Sign::LongWord)
        }
        // `secrets: inherit`, `external-secrets: secure`.
        (Name::Secret, Strength::Word) if several => return None,
        (Name::Password | Name::Secret, _) => grade(Low),
        (Name::Perhaps, Strength::Drawn) if shown.len() >= 24 && !is_hex(shown) => grade(Medium),
        (Name::Perhaps, Strength::Drawn) if shown.len() >= 32 && kinds::names_a_provider(written) => {
            grade(Medium).and(Sign::ProviderName)
        }
        // The id of a record: `key: 3f0c9a52-…`.
        (Name::Perhaps, _) if is_uuid(shown) => return None,
        (Name::Perhaps, Strength::Drawn) if long => grade(Low),
        (Name::Perhaps, _) => return None,
    };
    if is_uuid(shown) {
        trust = trust.lower(Sign::Uuid);
        // In code it is more often the id of something that is called after a password: `NordPass = "…"`,
        // `ApplePasswords = "…"`.
        let names_a_thing = || {
            let words = names::words(last_part(written, found.form));
            words.last().is_some_and(|last| last == "pass")
                || words.len() > 1
                    && name == Name::Password
                    && written.starts_with(|c: char| c.is_ascii_uppercase())
        };
        let names_a_key = names::ends_in(written, &["encryption", "key"]);
        if names_a_key || about.kind == Kind::Code && names_a_thing() {
            trust = trust.is(Sign::Uuid, Low);
        }
    }
    let doubt = match found.form {
        Form::Assigned => None,
        Form::Passed | Form::Spaced => {
            let means_another =
                strength != Strength::Drawn && !names::takes_a_password(last_part(written, Form::Passed));
            means_another.then_some(Sign::Argument)
        }
        Form::Listed | Form::Loose if strength != Strength::Drawn => return None,
        Form::Listed if is_uuid(shown.trim_matches(['{', '}'])) => return None,
        // `github.com/docker/docker-credential-helpers d68f9ae…`: the commit of a module.
        Form::Loose if text[..found.name.start].ends_with(b"/") => return None,
        Form::Listed | Form::Loose => Some(Sign::Listed),
    };
    if let Some(doubt) = doubt.or(found.partial.then_some(Sign::Partial)) {
        trust = trust.lower(doubt);
    }
    if around::is_for_a_search_box(text, found) {
        return Some(trust.is(Sign::SearchBox, Low));
    }
    let remark = is_remark(text, found.name.start) || is_in_markup_comment(text, found.name.start);
    if remark {
        // A live line beside it cannot be surer than this.
        if strength == Strength::Word {
            return Some(trust.is(Sign::Comment, Low));
        }
        trust = trust.at_most(Sign::Comment, Medium);
        if is_said_to_be_a_sample(text, found.name.start) {
            return Some(trust.is(Sign::Sample, Low));
        }
    }
    // Nobody makes such an effort for a sample.
    if strength == Strength::Drawn {
        let effort = match name {
            Name::Password => !about.vendored && about.kind != Kind::Made && !is_uuid(shown),
            Name::Secret if is_uuid(shown) => about.is_written() && names::words(written).len() > 1,
            Name::Secret => about.is_written() && !is_hex(shown) && found.form != Form::Listed,
            Name::Perhaps => false,
        };
        let (least, weighed) = (trust.confidence().min(Medium), about.weigh(trust));
        let helps = effort && weighed.confidence() < least;
        return Some(if helps { weighed.is(Sign::Effort, least) } else { weighed });
    }
    let careful = name == Name::Password && is_careful(shown) && about.is_written();
    let thought_up = match about {
        About { staged: true, .. } => Some(Sign::Staged),
        About { kind: Kind::Code, .. } if remark => Some(Sign::Comment),
        _ => None,
    };
    Some(match thought_up {
        Some(_) if careful => trust.and(Sign::Careful),
        Some(sign) => trust.is(sign, Low),
        None => about.weigh(trust),
    })
}

/// What the name or the value says is no secret: the number of a state, a hash, a name that ends in the key's own.
fn is_of_something_else(name: &str, value: &str) -> bool {
    let letters = value.bytes().take_while(|b| b.is_ascii_uppercase() || matches!(b, b'-' | b'_')).count();
    // `10023`, `AUTH_1001`.
    let number =
        letters <= 8 && value.len() > letters && value[letters..].bytes().all(|b| b.is_ascii_digit());
    // The name of a telephone to those who send messages to it.
    let telephone =
        value.len() == 64 && names::words(name).ends_with(&["device".to_owned(), "token".to_owned()]);
    let hex = value.len() >= 32 && value.bytes().all(|b| b.is_ascii_hexdigit());
    let names_itself =
        || value.strip_suffix(name).is_some_and(|rest| rest.ends_with(|c: char| !c.is_ascii_alphanumeric()));
    number && names::is_of_a_state(name)
        || hex && (telephone || names::is_of_a_hash(name))
        || names_itself()
        || is_fingerprint(value) && ["key", "keys"].iter().any(|last| names::ends_in(name, &[last]))
}

/// The id or fingerprint of a key, as OpenPGP prints it: `PrivateKey => "F0CB…"`.
fn is_fingerprint(value: &str) -> bool {
    matches!(value.len(), 16 | 40)
        && value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'A'..=b'F'))
        && value.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A word that labels something: in a translation, as the token of a grammar (`token: "string"`), or the name of another
/// credential (`HasOne("Models.Secret", "GrantedSecret")`, `AddSecret("MYPASSWORD", …)`).
fn is_a_label(written: &str, value: &str, (name, strength): (Name, Strength), about: About) -> bool {
    let is_word = value.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.'));
    let constant = !value.bytes().any(|b| b.is_ascii_lowercase());
    let names_one = || (constant || names::words(value).len() > 1) && names::is_credential(value);
    let is_token = || names::words(written).last().is_some_and(|last| last == "token");
    let of_a_grammar = || is_token() && !constant;
    // `token: "keyword.$2"`: what the grammar has found is put in.
    let takes_in = || value.contains(".$") && strength != Strength::Drawn && is_token();
    // `secretKey: password1`: which one of several.
    let stem = value.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = || value.len() - stem.len() <= 2 && names::is_only_credential(stem);
    // What a setting is stored under: `PREF_PASSCODE = "PrefPinCode1"`.
    let stored = || {
        let words = names::words(written);
        words.first().is_some_and(|first| ["pref", "prefs", "preference"].contains(&first.as_str()))
    };
    about.translated && strength != Strength::Drawn
        || about.kind == Kind::Code && strength != Strength::Drawn && stored()
        || takes_in()
        || name == Name::Secret && strength != Strength::Drawn && numbered()
        || name == Name::Secret
            && strength == Strength::Word
            && about.kind == Kind::Code
            && is_word
            && (of_a_grammar() || names_one())
}

/// The value without the words before it in its quotes: `"Bearer q7Zr9L…"`, `"{AQAA q7Zr9L…}"`.
pub(super) fn bare(text: &[u8], found: Assignment) -> Assignment {
    let Ok(shown) = std::str::from_utf8(&text[found.value.clone()]) else { return found };
    let inside = shown.trim_end_matches(['}', ' ']);
    let Some((before, last)) = inside.rsplit_once(' ').filter(|_| found.quoted) else { return found };
    let is_word = |word: &str| {
        word.len() <= 16
            && word.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b':' | b'{'))
    };
    let few = before.split(' ').count() <= 3;
    if !few || last.len() < 16 || !before.split(' ').all(is_word) || strength(last) != Strength::Drawn {
        return found;
    }
    let start = found.value.start + inside.len() - last.len();
    Assignment { value: start..start + last.len(), ..found }
}

/// Whether a long value is one piece of base64 under a credential's name; under a name that says little, a private key in
/// DER. Cheap where it is not.
pub(super) fn is_long_key(text: &[u8], found: &Assignment) -> bool {
    let value = text[found.value.clone()].trim_ascii();
    let body = value.len() - value.iter().rev().take(2).take_while(|&&b| b == b'=').count();
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    if !value[..body].iter().all(is_base64) || is_sealed(value) {
        return false;
    }
    let written = std::str::from_utf8(&text[found.name.clone()]).unwrap_or_default();
    match names::announced(last_part(written, found.form)) {
        // SEQUENCE, its length in two bytes, INTEGER 0: what RSA's private keys and all PKCS#8 begin with.
        Some(Name::Perhaps) => value.starts_with(b"MII") && value.get(6..9) == Some(b"IBA"),
        Some(Name::Password | Name::Secret) => true,
        None => false,
    }
}

/// What kubeseal encrypts, and only its cluster can read: it begins with the length of a block of RSA, 512 bytes.
fn is_sealed(value: &[u8]) -> bool {
    value.len() > 684 && value.starts_with(b"Ag") && matches!(value[2], b'A'..=b'D')
}

/// A password as rules for passwords want it: of three kinds of small and capital letters, digits and signs.
fn is_careful(value: &str) -> bool {
    if let Some(plain) = without_percents(value).filter(|plain| plain != value) {
        return is_careful(&plain);
    }
    let has = |wanted: fn(&u8) -> bool| value.bytes().any(|b| wanted(&b));
    let kinds =
        [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit, u8::is_ascii_punctuation];
    value.len() >= 8 && has(u8::is_ascii_digit) && kinds.into_iter().filter(|&kind| has(kind)).count() >= 3
}

/// What a value looks like, or the short text that it encodes: Kubernetes wants secrets in base64.
fn strength_of_text(value: &str) -> Strength {
    const SHORT: usize = 24;
    let direct = strength(value);
    let text = decode::text(value.as_bytes()).filter(|text| direct == Strength::Drawn && text.len() <= SHORT);
    match text.map(|text| strength(text.trim())) {
        // Prose in base64 is no prose any more.
        Some(Strength::Text) => Strength::Word,
        Some(strength) => strength,
        None => direct,
    }
}

/// What a value with blanks in it looks like: a password in groups, as those for apps are shown (`abcd efgh ijkl mnop`),
/// a passphrase with a digit in it, and otherwise a sentence.
fn strength_of_words(name: &str, value: &str) -> Strength {
    let groups: Vec<&str> = value.split(' ').collect();
    let grouped = groups.len() >= 3
        && (4..=6).contains(&groups[0].len())
        && groups.iter().all(|g| g.len() == groups[0].len() && g.bytes().all(|b| b.is_ascii_alphanumeric()));
    if grouped {
        let bare = groups.concat();
        // A fingerprint, as gpg prints it.
        if matches!(bare.len(), 32 | 40 | 64) && bare.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Strength::Text;
        }
        let is_a_word = |group: &&&str| random::reads(group.as_bytes());
        let of_an_app = groups.len() == 4
            && bare.bytes().all(|b| b.is_ascii_lowercase())
            && groups.iter().filter(is_a_word).count() < 3;
        let drawn = of_an_app || strength(&bare) == Strength::Drawn;
        return if drawn { Strength::Drawn } else { Strength::Text };
    }
    let phrase = names::words(name).iter().any(|word| word == "passphrase")
        && (3..=8).contains(&groups.len())
        && value.bytes().any(|b| b.is_ascii_digit());
    if phrase { Strength::Chosen } else { Strength::Text }
}

/// What stands between two literals: `'" + password + "'`, `'".$_POST["password"]."'`, `"&secret="+encode(secret)+"`.
fn is_joint(value: &str) -> bool {
    let mut signs = value.bytes();
    if value.starts_with('+') && value.contains('(') {
        return true;
    }
    matches!(signs.next(), Some(b'"' | b'\''))
        && matches!(signs.next(), Some(b' ' | b'+' | b'.' | b'&' | b'$'))
}

/// `password.equals("…")` compares what is in front of it.
const EQUALS: [&str; 4] = [".equals", ".equalsIgnoreCase", ".eql", ".isEqualTo"];

/// Of `config.setPassword(` the last part counts; of `spring.datasource.password=` all of it.
fn last_part(name: &str, form: Form) -> &str {
    match form {
        Form::Passed => {
            let name = EQUALS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            name.rsplit('.').next().unwrap_or(name)
        }
        Form::Assigned | Form::Spaced | Form::Listed | Form::Loose => name,
    }
}

/// A value without quotes is a literal only where the language has such: not in code, and not if it looks like code.
fn stands_bare(text: &[u8], value: &str, found: &Assignment, strength: Strength, kind: Kind) -> bool {
    let code = value.contains(['(', '[', '{', '}', '|', '<', '>'])
        || value.contains("->")
        || value.contains("::")
        || (value.contains('.')
            && value.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_alphabetic())));
    match kind {
        // In a template of Go's: `{{- $password := dict "key" "auth.password" }}`.
        Kind::Config if memchr::memmem::find(lead(text, found.name.start), b"{{").is_some() => false,
        Kind::Config => strength == Strength::Drawn || !code,
        // In a connection string or an address inside a literal.
        Kind::Code => {
            let sure = strength == Strength::Drawn || strength == Strength::Chosen && is_inside(text, found);
            // `// clientSecret => apiV3Key`: another name.
            let name = names::is_credential(value) || names::may_be_credential(value);
            sure && !code && !name && matches!(found.form, Form::Assigned | Form::Loose) && !found.leads
        }
        Kind::Docs | Kind::Made | Kind::Unknown => !code && (strength != Strength::Word || found.leads),
    }
}

/// `name=value` inside a literal, as connection strings have it: `"Server=x;Password=…;"`.
fn is_inside(text: &[u8], found: &Assignment) -> bool {
    let tight = found.value.start == found.name.end + 1 && text[found.name.end] == b'=';
    let line = text[..found.name.start].iter().rev().take(BEFORE).take_while(|&&b| b != b'\n');
    tight && line.filter(|&&b| b == b'"').count() % 2 == 1
}

/// The value is its name, or a name's usual words around it: `password`, `db-password`, `mySecretToken`.
fn repeats_name(name: &str, value: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    // `SECRET_KEY = "s3fs_secret_key"`
    let ends_in_name = name.contains('_')
        && value
            .to_ascii_lowercase()
            .strip_suffix(&name.to_ascii_lowercase())
            .is_some_and(|rest| rest.ends_with(['_', '.']));
    let (name, value) = (plain(name), plain(value));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.is_empty()
        || name.contains(&value)
        || ends_in_name
        || digits < 2 && value.contains(&name) && value.len() < name.len() + 4
}

/// A plain word as a password, where one is set: not a label for people, not the name of a type or of something else.
fn is_set(name: &str, value: &str, found: &Assignment, kind: Kind) -> bool {
    const TYPES: [&str; 47] = [
        "string",
        "text",
        "varchar",
        "required",
        "optional",
        "integer",
        "number",
        "object",
        "boolean",
        "hidden",
        "input",
        "field",
        "anything",
        "nullable",
        "unknown",
        "default",
        "always",
        "never",
        "plain",
        "enabled",
        "prompt",
        "blank",
        "password",
        "include",
        "ignore",
        "inherit",
        "forgot",
        "reset",
        "bool",
        "float",
        "array",
        "date",
        "callable",
        "bytes",
        "visible",
        "masked",
        "secret",
        "failed",
        "failure",
        "passed",
        "success",
        "skipped",
        "auto",
        "automatic",
        "binary",
        "blob",
        "obscure",
    ];
    let lower = value.to_ascii_lowercase();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let label = value.starts_with(|c: char| c.is_ascii_uppercase())
        && value[1..].bytes().all(|b| b.is_ascii_lowercase());
    let stands = match kind {
        Kind::Config => value.len() >= 5 || names::ends_in_password(name),
        // In code words stand for much: the name must end in `password`, and the value be all of one kind of letter.
        Kind::Code => {
            found.quoted
                && names::ends_in_password(name)
                && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        }
        Kind::Docs | Kind::Made | Kind::Unknown => false,
    };
    stands
        && found.form == Form::Assigned
        && !label
        && (letters == 0 || !random::is_pattern(value.as_bytes()))
        && !TYPES.contains(&lower.as_str())
        && (kind == Kind::Config || !names::is_credential(value))
}

fn is_uuid(value: &str) -> bool {
    value.len() == 36 && value.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

fn is_hex(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}
