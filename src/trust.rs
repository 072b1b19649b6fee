//! How sure it is that something is a secret, and by which signs.
//!
//! A confidence is made, raised and lowered here only, each time with the sign that does it. So what explains a finding is
//! what decided it. The list is small and copied; sentences are read from the table when somebody asks.

use crate::rule::Confidence;

/// What speaks for or against a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    // The shape of the value.
    Prefix,
    Shape,
    Exact,
    Even,
    Armour,
    Der,
    WebKey,
    Jwt,
    OneTimeSeed,
    OwnPattern,
    // What is said of it nearby.
    Nearby,
    InName,
    PasswordName,
    SecretName,
    VagueName,
    ProviderName,
    Scheme,
    Cookie,
    Url,
    Login,
    RegistryLogin,
    Call,
    SetsPassword,
    // The value itself.
    Random,
    Chosen,
    Word,
    LongWord,
    Short,
    Uuid,
    Sample,
    Published,
    NearMiss,
    Encoded,
    EncodesWord,
    EncodesChosen,
    Encrypted,
    ChecksumHolds,
    ChecksumWrong,
    Expired,
    ExpiredCertificate,
    Endless,
    // How it is written down.
    Partial,
    Argument,
    Listed,
    Comment,
    Local,
    Careful,
    Effort,
    Recorded,
    SearchBox,
    // The file.
    Staged,
    Docs,
    Generated,
    Vendored,
}

/// What kind of evidence a sign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Shape,
    Name,
    Value,
    Checksum,
    Place,
    File,
}

impl Topic {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Name => "name",
            Self::Value => "value",
            Self::Checksum => "checksum",
            Self::Place => "place",
            Self::File => "file",
        }
    }
}

impl Sign {
    /// The kind of evidence, the word for programs, and the sentence for people.
    pub const fn about(self) -> (Topic, &'static str, &'static str) {
        use Topic::{Checksum, File, Name, Place, Shape, Value};
        match self {
            Self::Prefix => (Shape, "prefix", "the value begins with the documented text of its kind"),
            Self::Shape => (Shape, "shape", "the value has the documented shape of its kind"),
            Self::Exact => (Shape, "exact", "prefix and length together fit nothing else"),
            Self::Even => (Shape, "entropy", "the entropy of its variable part is that of a generated value"),
            Self::Armour => (Shape, "armour", "the lines have the armour of a private key"),
            Self::Der => (Shape, "der", "the value begins as a private key in DER does"),
            Self::WebKey => (Shape, "web-key", "the value is the private member of a JSON web key"),
            Self::Jwt => (Shape, "jwt", "the value is a signed JSON web token"),
            Self::OneTimeSeed => {
                (Shape, "one-time-seed", "the value is the base32 seed of one-time passwords")
            }
            Self::OwnPattern => (Shape, "own-pattern", "a pattern of your configuration matches"),
            Self::Nearby => (Name, "nearby-word", "a word on the line names the provider"),
            Self::InName => (Name, "provider-in-name", "the name before the value names the provider"),
            Self::PasswordName => (Name, "password-name", "the name announces a password"),
            Self::SecretName => (Name, "secret-name", "the name announces a token, a key or another secret"),
            Self::VagueName => (Name, "vague-name", "the name may announce a secret or something else"),
            Self::ProviderName => (Name, "provider-key", "the name is that of a provider's key"),
            Self::Scheme => (Name, "http-scheme", "it follows an HTTP authorization scheme"),
            Self::Cookie => (Name, "session-cookie", "it is a cookie with a name of a session"),
            Self::Url => (Name, "url", "it is in the place of the credentials in a URL"),
            Self::Login => (Name, "netrc", "it follows `machine` and `login`"),
            Self::RegistryLogin => (Name, "registry-login", "it is the login of a registry"),
            Self::Call => (Name, "call", "it is in the place of the password in a call or a command"),
            Self::SetsPassword => (Name, "sets-password", "the command sets a password"),
            Self::Random => (Value, "random", "the value looks randomly generated"),
            Self::Chosen => (Value, "chosen", "the value looks like a password that a person chose"),
            Self::Word => (Value, "word", "the value is a plain word or number"),
            Self::LongWord => {
                (Value, "word-in-use", "in code and configuration, a plain word may be a password in use")
            }
            Self::Short => (Value, "short", "the value has less than 16 characters"),
            Self::Uuid => (Value, "uuid", "the value is a UUID, and most of these are ids"),
            Self::Sample => (Value, "sample", "the value or what is beside it is typical of examples"),
            Self::Published => (Value, "published", "documentation publishes this value"),
            Self::NearMiss => {
                (Value, "near-miss", "the value resembles a documented token, but its length does not fit")
            }
            Self::Encoded => (Value, "encoded", "the decoded value contains a known secret"),
            Self::EncodesWord => (Value, "encoded-word", "the decoded value is a plain word"),
            Self::EncodesChosen => {
                (Value, "encoded-chosen", "the decoded value looks like a password that a person chose")
            }
            Self::Encrypted => (Value, "encrypted", "the key is encrypted with a passphrase"),
            Self::ChecksumHolds => (Checksum, "checksum-valid", "the checksum in the value is valid"),
            Self::ChecksumWrong => {
                (Checksum, "checksum-wrong", "the checksum in the value is wrong: it was changed or invented")
            }
            Self::Expired => (Value, "expired", "the token says that it has expired"),
            Self::ExpiredCertificate => {
                (Value, "certificate-expired", "the certificate in the same file has expired")
            }
            Self::Endless => (Value, "no-expiry", "the token has no expiry date, as is usual in examples"),
            Self::Partial => (Place, "partial", "only a part of the value is a literal"),
            Self::Argument => (Place, "argument", "it is an argument, and the name may be about another one"),
            Self::Listed => (Place, "list-item", "it is an item of a list"),
            Self::Comment => (Place, "comment", "it is in a comment"),
            Self::Local => (Place, "local-host", "the host is this machine or a placeholder"),
            Self::Careful => {
                (Value, "careful", "the value follows the usual rules for passwords, unlike an example")
            }
            Self::Effort => (Value, "effort", "random values under such a name are seldom examples"),
            Self::Recorded => {
                (Place, "recorded", "in tests, such values are often recorded from real traffic")
            }
            Self::SearchBox => (Place, "search-box", "it is the key of a search box, which pages show"),
            Self::Staged => {
                (File, "sample-file", "the path is that of tests, samples, templates or translations")
            }
            Self::Docs => (File, "documentation", "the file is documentation"),
            Self::Generated => (File, "generated-file", "a tool generated the file"),
            Self::Vendored => (File, "vendored-file", "the path is that of vendored code"),
        }
    }
}

/// How many signs are kept. No judgement has more.
const MOST: usize = 12;

/// A confidence, with the signs that led to it in their order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Trust {
    confidence: Confidence,
    signs: [Option<(Sign, Confidence)>; MOST],
}

/// A sign, and what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub sign: Sign,
    pub effect: Effect,
    /// The confidence after it.
    pub confidence: Confidence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// One of those that the judgement began with.
    Sets,
    Raises,
    Lowers,
    Keeps,
}

impl Effect {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sets => "sets",
            Self::Raises => "raises",
            Self::Lowers => "lowers",
            Self::Keeps => "keeps",
        }
    }
}

impl Trust {
    /// What these signs together are worth.
    pub fn of(signs: &[Sign], confidence: Confidence) -> Self {
        let none = Self { confidence, signs: [None; MOST] };
        signs.iter().fold(none, |trust, &sign| trust.is(sign, confidence))
    }
    pub fn confidence(&self) -> Confidence {
        self.confidence
    }
    pub fn has(&self, sign: Sign) -> bool {
        self.signs.iter().flatten().any(|&(known, _)| known == sign)
    }
    /// With this sign it is so sure.
    #[must_use]
    pub fn is(mut self, sign: Sign, confidence: Confidence) -> Self {
        self.confidence = confidence;
        if let Some(free) = self.signs.iter_mut().find(|kept| kept.is_none()) {
            *free = Some((sign, confidence));
        }
        self
    }
    /// The sign changes nothing.
    #[must_use]
    pub fn and(self, sign: Sign) -> Self {
        self.is(sign, self.confidence)
    }
    /// With this sign it is one step less sure.
    #[must_use]
    pub fn lower(self, sign: Sign) -> Self {
        self.is(sign, self.confidence.lower())
    }
    #[must_use]
    pub fn at_most(self, sign: Sign, most: Confidence) -> Self {
        self.is(sign, self.confidence.min(most))
    }
    #[must_use]
    pub fn at_least(self, sign: Sign, least: Confidence) -> Self {
        self.is(sign, self.confidence.max(least))
    }
    /// The signs in their order, with what each did. Those at the beginning with one confidence set it together.
    pub fn steps(&self) -> impl Iterator<Item = Step> {
        let mut before = None;
        self.signs.iter().flatten().map(move |&(sign, confidence)| {
            let effect = match before.replace(confidence) {
                None => Effect::Sets,
                Some(before) if before < confidence => Effect::Raises,
                Some(before) if before > confidence => Effect::Lowers,
                Some(_) => Effect::Keeps,
            };
            Step { sign, effect, confidence }
        })
    }
}

/// A confidence as it is; the signs are for those who ask.
impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.confidence.fmt(f)
    }
}
