//! Secrets in the forms that people write them in, ten of each kind, and ten near misses: what is made of the same words
//! and is no secret, or only stands for one.

use std::fmt::Write as _;

use hullguard::rule::Confidence;
use hullguard::secrets::{self, about::About};

use super::maker::{self, BASE62, Random, base64};

/// Puts made values in place of `{…}`; the first of them is the secret.
///
/// `T24` letters and digits, `X40` hex, `L32` small letters and digits, `B32` base32, `U` a UUID, `C` a password that
/// somebody chose, `P` base64 of a pair, `J` a signed token, `K` an RSA key in DER, `D43` base64url; `/` is a new line.
fn filled(template: &str, random: &mut Random) -> (String, String) {
    let mut text = String::new();
    let mut secret = String::new();
    for (i, piece) in template.split(['‹', '›']).enumerate() {
        if i % 2 == 0 {
            text.push_str(&piece.replace('⏎', "\n"));
            continue;
        }
        let made = made(piece, random);
        text.push_str(&made);
        if secret.is_empty() {
            secret = made;
        }
    }
    (text, secret)
}

fn made(what: &str, random: &mut Random) -> String {
    let (kind, count) = what.split_at(1);
    let count = count.parse().unwrap_or(0);
    let url = |text: &str| base64(text.as_bytes()).replace('+', "-").replace('/', "_").replace('=', "");
    match kind {
        // No run of letters in it is long enough to be a word.
        "T" => {
            let mut piece = || random.of(b"QZWVJKHqzwvjkh", 3) + &random.of(b"0123456789", 1);
            (0..count).map(|_| piece()).collect::<String>()[..count].to_owned()
        }
        "X" => random.of(b"0123456789abcdef", count),
        "L" => random.of(b"abcdefghijklmnopqrstuvwxyz0123456789", count),
        "B" => random.of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", count),
        "D" => random.of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", count),
        "U" => {
            let mut hex = |count| random.of(b"0123456789abcdef", count);
            format!("{}-{}-4{}-a{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12))
        }
        "C" => format!(
            "{}{}!{}",
            random.of(b"BDFGKLMNPRSTW", 1),
            random.of(b"aeiou", 1) + "ndel",
            random.of(b"23456789", 3)
        ),
        "P" => base64(format!("svc:{}7", random.of(BASE62, 15)).as_bytes()),
        "J" => format!(
            "{}.{}.{}",
            url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
            url(&format!("{{\"sub\":\"{}\",\"exp\":4102444800}}", random.of(BASE62, 16))),
            random.of(BASE62, 43)
        ),
        "K" => format!("MIIE{}IBAAKCAQEA{}", random.of(BASE62, 2), random.of(maker::BASE64, 1500)) + "Aa==",
        _ => unreachable!("{what}"),
    }
}

/// Every line of the first list is told, with the secret in what is told; of the second nothing is told by default.
pub(super) fn told_apart(path: &str, told: &[&str], silent: &[&str]) {
    let mut random = Random(path.len() as u64 + told.len() as u64 + told[0].len() as u64);
    let mut wrong = String::new();
    for (templates, wanted) in [(told, true), (silent, false)] {
        assert!(templates.len() >= 10, "{} of a kind", templates.len());
        for template in templates {
            let (path, template) = template.split_once('¦').unwrap_or((path, template));
            let (text, secret) = filled(template, &mut random);
            let hits = secrets::find(text.as_bytes(), About::path(path));
            for hit in &hits {
                // What explains a hit is what decided it.
                let last = hit.trust.steps().last().map(|step| step.confidence);
                assert_eq!(last, Some(hit.confidence()), "{path}: {}", hit.rule.id);
            }
            let mut shown = hits.iter().filter(|hit| hit.confidence() > Confidence::Low);
            let is_told = if wanted {
                shown.any(|hit| text[hit.span.clone()].contains(secret.trim_end_matches('=')))
            } else {
                shown.next().is_some()
            };
            if is_told != wanted {
                let said: Vec<_> =
                    hits.iter().map(|hit| (hit.rule.id, hit.confidence(), &text[hit.span.clone()])).collect();
                let shown: String = text.chars().take(200).collect();
                let _ = writeln!(
                    wrong,
                    "{} {path}: {shown}\n    {said:?}",
                    if wanted { "missed" } else { "told" }
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn elements_over_several_lines() {
    told_apart(
        "app.xml",
        &[
            "<apiToken>⏎    ‹T24›⏎</apiToken>",
            "<a>⏎  <password>⏎    ‹C›⏎  </password>⏎</a>",
            "<clientSecret>⏎‹L32›⏎</clientSecret>⏎",
            "  <api-key>⏎\t‹T32›⏎\t</api-key>⏎",
            "<access_token>⏎    ‹X40›⏎</access_token>",
            "<Password encrypted=\"false\">⏎  ‹C›⏎</Password>",
            "<auth-token>⏎    ‹T40›</auth-token>⏎",
            "<secretKey>⏎⏎    ‹T40›⏎</secretKey>",
            "<db.password>⏎    ‹C›⏎</db.password>",
            "<privateToken>⏎  ‹T20›⏎</privateToken>",
            "<entry key=\"password\">‹C›</entry>",
            "<string name=\"api_key\">‹T32›</string>",
            "a.plist¦<key>apiKey</key>⏎\t<string>‹T32›</string>",
            "a.clj¦{:api-key \"‹T32›\"}",
            "redis.conf¦requirepass ‹C›⏎",
        ],
        &[
            "<apiToken>⏎    ${‹T24›}⏎</apiToken>",
            "<password>⏎    <value>1</value>⏎</password>",
            "<token>⏎  Enter the token here⏎</token>",
            "<password/>⏎‹T24›⏎",
            "<tokenizer>⏎  ‹T24›⏎</tokenizer>",
            "<password>⏎  changeme⏎</password>",
            "<public-key>⏎  ‹T40›⏎</public-key>",
            "<secret>⏎  @token@⏎</secret>",
            "a=<ACME_SECRET>&mail=<ACME_MAIL>",
            "<pageToken>⏎ ‹T24›⏎</pageToken>",
            "<entry key=\"password\">Your password</entry>",
            "a.plist¦<key>apiKey</key>⏎<string>$(API_KEY)</string>",
            "a.graphql¦password: String!⏎",
        ],
    );
}

#[test]
fn values_behind_a_type() {
    told_apart(
        "main.go",
        &[
            "var apiToken string = \"‹T24›\"",
            "const apiToken string = \"‹T24›\"",
            "\tdbPassword string = \"‹C›\"",
            "var secretKey []byte = \"‹T32›\"",
            "App.vb¦Dim key As String = \"‹T32›\"",
            "App.vb¦Private Password As String = \"‹C›\"",
            "App.vb¦Public Const ApiKey As String = \"‹T32›\"",
            "var clientSecret types.Secret = \"‹T32›\"",
            "var authToken *string = \"‹T24›\"",
            "App.vb¦Dim accessToken As Object = \"‹X40›\"",
        ],
        &[
            "a.html¦<input type=\"password\" alias=\"‹T24›\">",
            "a.html¦<a pass=\"x\" title=\"‹T24›\">",
            "var token string = os.Getenv(\"‹T24›\")",
            "type token struct { a string `json:\"‹T24›\"` }",
            "func token(name string) == \"‹T24›\"",
            "var tokenizer string = \"‹T24›\"",
            "var password string = \"\"",
            "var token string = \"changeme\"",
            "the token name = \"‹T24›\"",
            "var publicKey string = \"‹T32›\"",
        ],
    );
}

#[test]
fn words_before_the_value_in_its_quotes() {
    told_apart(
        "app.py",
        &[
            "token = \"Bearer ‹T24›\"",
            "token := \"Token ‹X40›\"",
            "auth_token = 'X-Auth ‹T32›'",
            "api_key = \"ApiKey ‹L32›\"",
            "app.yml¦token: \"Bearer ‹T24›\"",
            "app.json¦{\"secret\": \"Acme ‹T32›\"}",
            "password = \"{AQAA ‹T32›}\"",
            "accessToken = \"OAuth ‹T40›\"",
            "apiToken: \"Splunk ‹U›\"",
            "session_token = \"Session ‹T32›\"",
        ],
        &[
            "token = \"the token of acme\"",
            "token = \"Bearer \" + ‹T24›",
            "token = \"Bearer ${‹T24›}\"",
            "token = \"a sentence with many words and ‹T24›\"",
            "password = \"Enter password2 here\"",
            "token = \"Bearer your-token-here\"",
            "token = \"Bearer %s\"",
            "token_url = \"GET ‹T24›\"",
            "token = \"Basic xxxxxxxxxxxxxxxxxxxxxxxx\"",
            "token = \"version 1.2.3\"",
        ],
    );
}

#[test]
fn names_and_values_without_a_sign() {
    told_apart(
        "notes.txt",
        &[
            "acme TOKEN ‹T24›⏎",
            "acme token - '‹T24›'⏎",
            "API_TOKEN ‹T32›",
            "the secret - ‹T40›⏎next",
            "client secret ‹L32›⏎",
            "access token \"‹T32›\"⏎",
            "root password ‹T20›⏎",
            "app.py¦# token ‹T32›⏎",
            "api_token\t‹T32›⏎",
            "acme secret  ‹X40›⏎",
        ],
        &[
            "the token is long⏎",
            "a token ‹T24› of acme⏎",
            "token tokenization⏎",
            "password authentication⏎",
            "token DefaultTokenProviderFactory⏎",
            "the token /etc/acme/‹T24›⏎",
            "token->‹T24›⏎",
            "vendor.conf¦github.com/acme/acme-credential-helpers ‹X40›⏎",
            "tokens 1234567890123456⏎",
            "secret-management⏎",
            "public_key ‹T24›⏎",
        ],
    );
}

#[test]
fn names_that_are_not_split_by_marks() {
    told_apart(
        "app.env",
        &[
            "password1=‹C›",
            "DB_PASSWORD2=‹C›",
            "adminToken3=‹T24›",
            "SMTPSecret=‹T24›",
            "CRMToken=‹X40›",
            "CRMSECRET=‹T24›",
            "deploytoken=‹T32›",
            "smtp_pw=‹C›",
            "BACKUP_PW=‹C›",
            "app.json¦{\"api_tokens\": [\"‹X32›\", \"b\"]}",
            "payloadCipherKey=‹T32›",
            "hmac_key=‹X40›",
            "subscription_key=‹X32›",
            "formValidationKey=‹X64›",
            "AES_KEY=‹T32›",
        ],
        &[
            "csrftoken=‹T24›",
            "pagetoken=‹T24›",
            "monkey=‹T24›",
            "MAX_TOKENS=4096",
            "app.json¦{\"tokens\": [\"word\", \"other\"]}",
            "encrypted_key=‹T32›",
            "wrapped_key=‹T32›",
            "aes_key=mode-cbc",
            "consumer_key_id=‹T24›",
            "password1=changeme",
            "LIFECYCLE_ACTION_TOKEN=‹U›",
            "NextToken=‹T32›",
        ],
    );
}

#[test]
fn escaped_and_serialised_objects() {
    told_apart(
        "app.log",
        &[
            "\"{\\\"user\\\":\\\"ann\\\",\\\"pass\\\":\\\"‹T12›\\\"}\"",
            "\"{\\\"pwd\\\":\\\"‹C›\\\"}\"",
            "\"{\\\"api_key\\\":\\\"‹T32›\\\"}\"",
            "\"{\\\"password\\\":\\\"‹C›\\\"}\"",
            "body: '{\\\"token\\\": \\\"‹T24›\\\"}'",
            "a:1:{s:11:\"db_password\";s:12:\"‹T12›\";}",
            "s:8:\"password\";s:9:\"‹C›\";",
            "s:13:\"client_secret\";s:32:\"‹T32›\";",
            "{s:7:\"api_key\";s:32:\"‹X32›\";s:1:\"a\";i:1;}",
            "\"{\\\"smtp_pw\\\":\\\"‹C›\\\"}\"",
        ],
        &[
            "\"{\\\"pass\\\":true}\"",
            "\"{\\\"pass\\\":\\\"\\\"}\"",
            "\"{\\\"pass\\\":\\\"fail\\\"}\"",
            "\"{\\\"key\\\":\\\"name\\\"}\"",
            "\"{\\\"compass\\\":\\\"‹T12›\\\"}\"",
            "s:8:\"password\";b:1;",
            "s:8:\"password\";s:4:\"text\";s:3:\"‹T12›\";",
            "s:8:\"password\";N;",
            "s:9:\"pageToken\";s:12:\"‹T12›\";",
            "s:13:\"password_hash\";s:60:\"‹T40›\";",
        ],
    );
}

#[test]
fn a_certificate_that_has_expired_speaks_against_its_key() {
    let mut random = Random(51);
    let armour = |what: &str, body: &str| format!("-----BEGIN {what}-----\n{body}\n-----END {what}-----\n");
    let key = armour("PRIVATE KEY", &random.of(maker::BASE64, 600));
    let mut certificate = |last: &str| {
        let times = [b"0\x1e\x17\x0d200101000000Z\x17\x0d", last.as_bytes(), b"Z"].concat();
        let der = [random.of(BASE62, 90).as_bytes(), &times, random.of(BASE62, 90).as_bytes()].concat();
        armour("CERTIFICATE", &maker::base64(&der))
    };
    let (old, new) = (certificate("210101000000"), certificate("400101000000"));
    for (text, expected) in [
        (key.clone(), Confidence::High),
        (format!("{old}{key}"), Confidence::Medium),
        (format!("{key}{old}"), Confidence::Medium),
        (format!("{key}{new}{old}"), Confidence::High),
    ] {
        let hits = secrets::find(text.as_bytes(), About::path("tls.pem"));
        let told: Vec<_> = hits.iter().map(|hit| (hit.rule.id.get(), hit.confidence())).collect();
        assert_eq!(told, [("private-key", expected)]);
    }
}

/// Terraform's state, parameters of Azure, and whatever has a value and its description under one name.
#[test]
fn values_one_object_deeper() {
    told_apart(
        "a.tfstate",
        &[
            "    \"db_password\": {⏎      \"value\": \"‹T24›\",⏎      \"type\": \"string\"",
            "\"api_token\": {\"value\": \"‹T32›\", \"sensitive\": true}",
            "a.parameters.json¦\"adminPassword\": {⏎  \"value\": \"‹C›\"⏎}",
            "a.parameters.json¦\"storageKey\": { \"value\": \"‹T40›\" }",
            "a.json¦\"clientSecret\":{\"value\":\"‹X64›\"}",
            "a.json¦\"password\" : {⏎\t\"value\" : \"‹C›\"⏎}",
            "a.ts¦'apiKey': { value: '‹T32›' },",
            "a.yaml¦\"smtp_password\": {value: \"‹C›\"}",
            "a.json¦\"access_token\": {⏎⏎  \"value\": \"‹X40›\"",
            "a.json¦\"secret\": {\"defaultValue\": \"‹T24›\"}",
        ],
        &[
            "\"db_password\": {⏎ \"type\": \"‹T24›\"",
            "\"db_password\": {\"value\": \"\"}",
            "\"db_password\": {\"value\": null}",
            "a.parameters.json¦\"adminPassword\": { \"value\": \"[parameters('password')]\" }",
            "a.json¦\"password\": {\"value\": \"${PASSWORD}\"}",
            "a.json¦\"nextPageToken\": {\"value\": \"‹T24›\"}",
            "a.json¦\"token\": {\"value\": \"color.primary\"}",
            "a.json¦\"key\": {\"value\": \"‹T12›\"}",
            "a.json¦\"password_hash\": {\"value\": \"‹X40›\"}",
            "a.json¦\"password\": {\"value\": \"changeme\"}",
        ],
    );
}

#[test]
fn values_on_the_lines_below_their_names() {
    told_apart(
        "app.yml",
        &[
            "variable \"db_password\" {⏎  type    = string⏎  default = \"‹C›\"⏎}⏎",
            "main.tf¦variable \"api_token\" { default = \"‹T32›\" }⏎",
            "Parameters:⏎  DBPassword:⏎    Type: String⏎    Default: ‹C›⏎",
            "a.json¦\"DBPassword\": {⏎  \"Type\": \"String\",⏎  \"Default\": \"‹C›\"⏎}",
            "a.json¦\"adminPassword\": {\"type\": \"securestring\", \"defaultValue\": \"‹T16›\"}",
            "parameters:⏎- name: DB_PASSWORD⏎  default: ‹C›⏎",
            "password: |⏎  ‹C›⏎",
            "password: >-⏎  ‹T16›⏎other: 1⏎",
            "api_keys:⏎  - ‹T32›⏎  - ‹T32›⏎",
            "passwords:⏎- \"‹C›\"⏎",
            "token: !!str ‹T24›⏎",
            "token: &anchor ‹T24›⏎",
            "- {name: PASSWORD, value: ‹C›}⏎",
        ],
        &[
            "variable \"db_password\" {⏎  type = string⏎}⏎",
            "main.tf¦variable \"db_password\" {⏎  default = var.x1⏎}⏎",
            "main.tf¦variable \"api_token\" {⏎  type = string⏎}⏎variable \"region\" {⏎  default = \"‹T24›\"⏎}⏎",
            "main.tf¦variable \"password_length\" {⏎  default = \"‹T24›\"⏎}⏎",
            "Parameters:⏎  DBPassword:⏎    Type: String⏎  Size:⏎    Default: ‹T24›⏎",
            "Parameters:⏎  DBPassword:⏎    Default: !Ref A1⏎",
            "password: |⏎  two lines1⏎  and more2⏎",
            "password: |⏎other: ‹T24›⏎",
            "secrets:⏎  - db_password1⏎",
            "tokens:⏎  ‹T24›: 1⏎",
            "token: &anchor⏎  a: ‹T24›⏎",
            "- {name: PASSWORD, valueFrom: ‹T24›}⏎",
        ],
    );
}

#[test]
fn names_in_other_languages() {
    told_apart(
        "app.yml",
        &[
            "contraseña: ‹C›⏎",
            "a.env¦CONTRASENA=‹C›⏎",
            "a.java¦String senha = \"‹C›\";",
            "a.env¦DB_SENHA=‹T16›⏎",
            "a.txt¦Kennwort = ‹C›⏎",
            "a.py¦mot_de_passe = \"‹C›\"",
            "mdp: ‹C›⏎",
            "hasło: ‹C›⏎",
            "пароль: ‹C›⏎",
            "密码: ‹T16›⏎",
            "パスワード: ‹T16›⏎",
            "a.env¦PASSCODE=‹C›⏎",
        ],
        &[
            "de.json¦{\"kennwort\": \"Kennwort eingeben\"}",
            "senha: Senha⏎",
            "clave: valor⏎",
            "parola: word⏎",
            "mdp: ${MDP1}⏎",
            "a.php¦$senha = $_POST['senha1'];",
            "heslo: Zadejte heslo⏎",
            "senha: changeme⏎",
            "desenha: ‹T24›⏎",
            "a.txt¦la clave es larga1 y buena⏎",
        ],
    );
}

#[test]
fn quotes_that_are_written_otherwise() {
    told_apart(
        "app.html",
        &[
            "a.xml¦&quot;password&quot;:&quot;‹T16›&quot;",
            "a.xml¦data='{&quot;apiKey&quot;: &quot;‹T32›&quot;}'",
            "a.xml¦{&#34;token&#34;:&#34;‹T32›&#34;}",
            "a.json¦\"{\\u0022password\\u0022:\\u0022‹T16›\\u0022}\"",
            "a.json¦\"{\\u0022api_key\\u0022: \\u0022‹T32›\\u0022}\"",
            "a.txt¦%22password%22%3A%22‹T16›%22⏎",
            "a.txt¦%22client_secret%22:%22‹T32›%22⏎",
            "a.json¦{\"x\":\"{\\\\\\\"password\\\\\\\":\\\\\\\"‹C›\\\\\\\"}\"}",
            "a.json¦{\"x\":\"{\\\\\\\"token\\\\\\\":\\\\\\\"‹T32›\\\\\\\"}\"}",
            "a.xml¦<property name=\"password\"><value>‹C›</value></property>",
        ],
        &[
            "a.xml¦&quot;password&quot;:&quot;&quot;",
            "a.xml¦&quot;password&quot;:null,&quot;a&quot;:&quot;‹T16›&quot;",
            "a.xml¦&quot;password&quot;:&quot;changeme&quot;",
            "a.xml¦&quot;nextToken&quot;:&quot;‹T32›&quot;",
            "a.txt¦%22password%22%3A%22%22⏎",
            "a.txt¦%22password%22%3Atrue%2C%22a%22%3A%22‹T16›%22⏎",
            "a.json¦\"{\\u0022password\\u0022:\\u0022\\u0022}\"",
            "a.json¦\"\\u0022passwordless\\u0022:\\u0022‹T16›\\u0022\"",
            "a.xml¦<property name=\"password\"><ref>‹T16›</ref></property>",
            "a.xml¦&quot;passwords&quot;,&quot;‹T16›&quot;",
        ],
    );
}

#[test]
fn what_prose_says_that_it_is() {
    told_apart(
        "notes.txt",
        &[
            "the password is ‹T12›.⏎",
            "password is ‹C›⏎",
            "the wifi password is: ‹C›⏎",
            "README.md¦The password is ‹T12›.⏎",
            "README.md¦- **Password:** `‹T12›`⏎",
            "README.md¦**Password**: `‹T12›`⏎",
            "README.md¦API key: ‹T32›⏎",
            "README.md¦Username: `admin`  Password: `‹T12›`⏎",
            "the token is \"‹T24›\"⏎",
            "root password is `‹T16›`, as always⏎",
        ],
        &[
            "the password is long⏎",
            "the password is stored in vault2.⏎",
            "the default password is admin.⏎",
            "the token is base64 encoded⏎",
            "the secret is mounted at /run/secrets/db1⏎",
            "the password is hashed with sha256.⏎",
            "README.md¦- **Password:** `changeme`⏎",
            "README.md¦the public key `‹X16›`⏎",
            "README.md¦whether the token is `office`⏎",
            "README.md¦The API key is optional.⏎",
        ],
    );
}

#[test]
fn what_a_tool_has_encrypted_and_what_pages() {
    told_apart(
        "app.yml",
        &[
            "password: ENC‹T16›⏎",
            "password: \"{‹T8›!‹T8›\"⏎",
            "a.json¦{\"auth\": {\"token\": \"‹T40›\"}}",
            "a.json¦{\"credentials\": {⏎ \"token\": \"‹T40›\"}}",
            "a.json¦{\"refresh_token\": \"‹T40›\"}",
            "a.json¦{\"sessionToken\": \"‹T40›\"}",
            "secretKey: ‹T24›⏎",
            "a.json¦{\"page\": 1, \"token\": \"‹T40›\"}",
            "password: vault‹T16›⏎",
            "a.sql¦INSERT INTO keys (datadog_api_key) VALUES ('‹X32›');⏎",
        ],
        &[
            "password: ENC[AES256_GCM,data:‹T24›,iv:‹T44›,tag:‹T24›,type:str]⏎",
            "password: ENC[PKCS7,‹T80›]⏎",
            "a.properties¦db.password=ENC(‹T32›)⏎",
            "password: '{cipher}‹X64›'⏎",
            "a.env¦DB_PASSWORD=\"encrypted:‹T80›\"⏎",
            "settings.xml¦<password>{‹T43›=}</password>",
            "a.json¦{\"continuation\": {\"token\": \"‹T60›\"}}",
            "a.json¦{\"pagination\": {⏎  \"token\": \"‹T40›\"⏎}}",
            "a.json¦{\"uploadToken\": \"‹T40›\"}",
            "a.json¦{\"concurrencyToken\": \"‹U›\"}",
            "a.json¦{\"publishableKey\": \"‹T30›\"}",
            "secretKey: password1⏎",
            "a.sql¦INSERT INTO t (key, d) VALUES ('‹X32›', to_date('01-JAN-24', 'DD-MON-RR'));⏎",
        ],
    );
}

#[test]
fn literals_in_calls_that_wrap_them() {
    told_apart(
        "main.rs",
        &[
            "    token: Some(\"‹T24›\".to_string()),",
            "    password: SecretString::from(\"‹C›\"),",
            "App.java¦String token = Optional.of(\"‹T24›\");",
            "a.go¦apiToken: ptr(\"‹T24›\"),",
            "a.go¦secretKey := []byte(\"‹T32›\")",
            "a.go¦Password: aws.String(\"‹C›\"),",
            "vault.unlockSecret(decode64(\"‹T32›\"))",
            "a.py¦password = SecretStr('‹C›')",
            "a.js¦const secret = Buffer.from('‹X64›', 'hex');",
            "    token: Some(String::from(\"‹T24›\")),",
            "a.cs¦var password = new SecureString(\"‹C›\");",
        ],
        &[
            "    token: get(\"‹T24›\"),",
            "    token: env(\"‹T24›\"),",
            "    password: read_file(\"‹C›\"),",
            "    token: Some(token),",
            "    token: String::new(),",
            "a.py¦password = load('‹C›')",
            "a.py¦password = password.decode('latin1')",
            "a.go¦token := flag.String(\"token\", \"\", \"the token\")",
            "a.go¦secret := []byte(secret)",
            "    token: find(\"‹T24›\"),",
            "    password: Some(\"changeme\".into()),",
        ],
    );
}

#[test]
fn schemes_without_their_header() {
    told_apart(
        "cassettes/a.yaml",
        &[
            "      Authorization:⏎      - Bearer ‹T40›⏎",
            "      Authorization:⏎      - Bearer ‹J›⏎",
            "a.json¦{\"key\": \"Authorization\", \"value\": \"Basic ‹P›\"}",
            "a.json¦{\"name\": \"authorization\", \"value\": \"Bearer ‹X40›\"}",
            "a.js¦headers.set(name, `Bearer ‹T32›`);",
            "tests/cassettes/a.yaml¦      - Bearer ‹X40›⏎",
            "tests/fixtures/a.json¦\"Authorization\": [\"Basic ‹P›\"]",
            "a.har¦\"value\": \"Bearer ‹J›\"",
            "a.go¦header: \"Bearer ‹T24›\"",
            "run.sh¦curl -H \"X-Auth: bearer ‹T32›\"",
            "a.cs¦new AuthenticationHeaderValue(\"Bearer\", \"‹T40›\");",
            "a.java¦.header(\"Authorization\", \"Bearer \" + \"‹T40›\")",
        ],
        &[
            "a.md¦Basic authentication and Bearer tokens⏎",
            "a.go¦header: \"Bearer \" + token",
            "a.js¦`Bearer ${‹T32›}`",
            "a.json¦\"value\": \"Bearer your-token-goes-here-now\"",
            "a.json¦\"value\": \"Basic dXNlcjpwYXNz\"",
            "a.json¦\"value\": \"Bearer {{‹T24›}}\"",
            "vendor/a.go¦\"Bearer ‹T32›\"",
            "a.txt¦a forbearer ‹T32›⏎",
            "a.py¦\"Bearer abcdefghijklmnopqrst\"",
            "a.py¦\"Basic ‹T24›\"",
            "a.cs¦new AuthenticationHeaderValue(\"Bearer\", token);",
            "a.java¦\"Bearer \" + \"changeme\" + \"‹T40›\"",
        ],
    );
}

#[test]
fn tokens_with_claims() {
    told_apart(
        "app.py",
        &[
            "SERVICE_JWT = \"‹J›\"",
            "app.log¦2026-01-01 got ‹J› from ann",
            "a.txt¦‹J›",
            "a.js¦fetch(\"https://host.invalid/?t=‹J›\")",
            "a.yml¦jwt: ‹J›",
            "tests/a.py¦x = '‹J›'",
            "a.json¦{\"a\":[\"‹J›\"]}",
            "a.sh¦curl -b session=‹J› https://host.invalid",
            "a.md¦Use `‹J›`.",
            "a.env¦T=‹J›",
        ],
        &[
            "jwt = 'eyJhbGciOiJIUzI1NiJ9'",
            "jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.'",
            "jwt = 'eyJhbGciOiJIUzI1NiJ9.payload.signature'",
            "jwt = 'eyJhbGciOiJIUzI1NiJ9.‹D43›.‹D43›'",
            "a.md¦the header eyJhbGciOiJIUzI1NiJ9 says how⏎",
            "a = 'eyJ‹T24›'",
            "a = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ.short'",
            "vendor/a.js¦x = '‹J›'",
            "package-lock.json¦\"a\": \"‹J›\"",
            "a = 'xeyJhbGciOiJIUzI1NiJ9.eyJhIjoiYiJ9.‹D43›'",
        ],
    );
}

#[test]
fn private_keys_without_armour() {
    told_apart(
        "app.properties",
        &[
            "privateKey=‹K›",
            "a.java¦String k = \"‹K›\";",
            "a.json¦{\"rsa\": \"‹K›\"}",
            "a.yml¦signing: ‹K›⏎",
            "a.go¦x := `‹K›`",
            "jwk.json¦{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"‹D43›\"}",
            "jwk.json¦{⏎  \"kty\": \"OKP\",⏎  \"d\": \"‹D43›\"⏎}",
            "jwk.json¦{\"kty\":\"RSA\",⏎\"d\" : \"‹D342›\",⏎\"p\": \"a\"}",
            "jwk.json¦{\"kty\":\"oct\",\"k\":\"‹D86›\"}",
            "tests/jwk.json¦{\"kty\":\"EC\",\"d\":\"‹D43›\"}",
            "jwk.json¦{⏎  \"keys\": [⏎    {⏎      \"kty\": \"oct\",⏎      \"kid\": \"a\",⏎      \"k\": \"‹D43›\"⏎    }⏎  ]⏎}⏎",
            "a.js¦const jwk = { kty: 'EC', crv: 'P-256', d: '‹D43›' };",
            "a.yml¦jwk:⏎  kty: EC⏎  d: ‹D43›⏎",
            "a.json¦\"{\\\"kty\\\":\\\"EC\\\",\\\"d\\\":\\\"‹D43›\\\"}\"",
        ],
        &[
            "certificate=MIIDdzCCAl+gAwIBAgIE‹T400›",
            "public=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA‹T300›",
            "a.java¦String k = \"MIIEowIBAAKCAQEA\";",
            "a.json¦{\"d\": \"M10 20 L30 40\"}",
            "a.json¦{\"d\": \"‹D30›\"}",
            "a.json¦{\"k\": \"‹D86›\"}",
            "a.json¦{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
            "a.json¦{\"kty\":\"RSA\",\"n\":\"‹D342›\",\"e\":\"AQAB\"}",
            "a.json¦{\"id\": \"‹D43›\"}",
            "a.js¦k = \"IBAAKCAQEA‹T400›\"",
            "a.js¦const a = { id: 'EC', d: '‹D43›' };",
            "a.json¦{\"kty\":\"oct\",\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\"}",
            "a.yml¦x:⏎  d: ‹D43›⏎",
        ],
    );
}

#[test]
fn passwords_in_addresses_of_any_host() {
    told_apart(
        "app.py",
        &[
            "url = \"amqp://svc:‹T12›@%s:%d\"",
            "url = f\"postgres://svc:‹C›@{host}/db\"",
            "a.sh¦psql postgres://svc:‹C›@${HOST}:5432/db",
            "a.js¦`redis://:‹T20›@${host}:6379`",
            "a.yml¦url: mongodb://svc:‹T16›@${MONGO_HOST}/db",
            "a.go¦fmt.Sprintf(\"mysql://svc:‹T12›@%s/db\", host)",
            "a.env¦U=amqp://svc:‹C›@$HOST",
            "a.rb¦\"amqp://svc:‹T12›@#{host}\"",
            "url = \"https://svc:‹T24›@{}/x\".format(host)",
            "a.yml¦url: http://svc:‹T16›@%HOST%/",
        ],
        &[
            "url = \"amqp://user:pass@%s:%d\"",
            "url = f\"postgres://user:password@{host}/db\"",
            "url = \"amqp://%s:%s@%s:%d\"",
            "a.js¦`redis://:${‹T20›}@${host}:6379`",
            "a.js¦`http://foo:bar@${host}`",
            "a.env¦U=amqp://guest:guest@$HOST",
            "a.md¦http://user:pwd@{host}/",
            "a.go¦fmt.Sprintf(\"mysql://%s:%s@%s/db\")",
            "url = \"https://{user}:{password}@{host}\"",
            "a.yml¦url: http://user:$PASSWORD@$HOST/",
        ],
    );
}

#[test]
fn what_is_no_secret_by_its_name_or_place() {
    told_apart(
        "app.py",
        &[
            "password = \"‹T16›\"",
            "tests/a.py¦clientSecret = \"‹T12›\"",
            "tests/a.py¦password = \"‹T12›\"",
            "tests/a.py¦API_TOKEN = \"‹U›\"",
            "API_TOKEN = \"‹U›\"",
            "README.md¦password: ‹T12›",
            "a.yml¦password: q7Zr§Lx2Vb8K‹T4›",
            "client.login(\"ann\", \"‹T16›\")",
            "a.yml¦client_secret: ‹T24›",
            "app.env¦API_KEY=‹T32›",
        ],
        &[
            "NextToken = \"‹T32›\"",
            "ClientRequestToken = \"‹U›\"",
            "Codes.ERR_BAD_PASSWORD = 40217",
            "STATUS_TOKEN_EXPIRED = \"40217\"",
            "a.json¦{\"RotateUserPassword\": \"acme-idp:RotateUserPassword\"}",
            "derive_hash(\"password\", \"‹T16›\")",
            "verifyPassword(\"annabel\", \"‹T16›\")",
            "a.rb¦password = \"#{‹T16›}\"",
            "a.sh¦APP_PWD=${APP_PWD:-\"`pwgen 16`\"}",
            "a.js¦if (typeof password === 'function') {}",
            "PORTAL_SHA512_PASSWORD = \"‹X128›\"",
            "a.conf¦password = hash:/etc/mail/pw",
            "a.yml¦token: QZXXXXXXXXXXXXXXXX",
            "run.sh¦gpg --batch --recv-keys ‹X40›",
            "a.cs¦b.HasOne(\"Acme.Models.Secret\", \"GrantedSecret\")",
            "a.js¦{regex: /x/, token: \"variable\"}",
            "locale/de.ini¦old_password=Passwort2⏎",
            "ci.yml¦  id-token: write⏎",
            "a.txt¦//localdomain.pw:80#‹T8›@acme.dev/⏎",
            "a.js¦'data-cf-beacon': '{\"token\": \"‹X32›\"}'",
            "a.py¦\"https://acme.dev/a.gif?alt=media&token=‹U›\"",
            "a.conf¦# Example: https://acme.dev/api?apikey=‹X32›⏎",
            "a.xml¦<!-- ⏎<password>proxypass</password> -->",
            "a.go¦llb.AddSecret(\"MYPASSWORD\", llb.SecretID(\"pass\"))",
            "a.js¦state.lastToken == 'type'",
            "a.ts¦  NordPass = \"‹U›\",",
            "a.json¦\"http://cdn.acme.dev/5dcbb2ea?e=1573634298&token=‹T40›:‹T27›=\"",
            "a.env¦bindPassword2=<Password>⏎⏎sourceHost=myhost1⏎",
            "a.yml¦AdminPassword: '@@FILE:/u01/oracle/adminpass.properties@@'⏎",
            "a.md¦[storage.private_key]: ../storage/mysql.md#tls⏎",
            "a.json¦\"client.secret.creation.time\" : \"1711229144\"",
            "param['method'], param['password'] = '‹C›', param['method']",
            "method, password = \"‹C›\", key",
            "a.json¦\"password\": \"aes-256-cfb\"",
            "snort.rules¦alert tcp any any (msg:\"login\"; content:\"password=‹C›\"; sid:1;)",
            "a.env¦ANTHROPIC_API_KEY=sk-xxx-xxx-xxx",
            "a.yml¦no-hardcoded-password: error",
            "a.yml¦password: DB_PASSWORD",
        ],
    );
}

#[test]
fn passwords_by_their_place_in_a_call() {
    told_apart(
        "run.ps1",
        &[
            "$p = ConvertTo-SecureString '‹C›' -AsPlainText -Force",
            "ConvertTo-SecureString -String \"‹T16›\" -AsPlainText -Force",
            "a.sql¦ALTER USER app IDENTIFIED BY ‹C›;",
            "a.sql¦CREATE USER app IDENTIFIED BY ‹T16›",
            "a.js¦headers.set('Authorization', 'Basic ' + btoa('ann:‹C›'));",
            "a.py¦base64.b64encode(b\"ann:‹T16›\")",
            "a.py¦pyotp.TOTP(\"‹B32›\").now()",
            "a.py¦otp = HOTP('‹B16›')",
            "a.gradle¦    password '‹C›'⏎",
            "a.rb¦  password \"‹T16›\"⏎",
            "run.sh¦git clone https://‹T32›:@host.acme.dev/a.git",
            "run.sh¦git clone https://‹X40›:x-oauth-basic@host.acme.dev/a.git",
            "unattend.xml¦<Password><Value>‹C›</Value></Password>",
            "unattend.xml¦<Password>⏎  <Value>‹C›</Value>⏎</Password>",
            "rndc.key¦  secret \"‹T40›\";⏎",
            ".msmtprc¦password ‹C›⏎",
            ".fetchmailrc¦poll a proto imap user \"ann\" password \"‹C›\"⏎",
            "a.sh¦PASSWORD=\"${1:-‹C›}\"⏎",
            "AndroidManifest.xml¦<meta-data android:name=\"dev.acme.API_KEY\" android:value=\"‹T39›\"/>",
        ],
        &[
            "$p = ConvertTo-SecureString $password -AsPlainText -Force",
            "$p = ConvertTo-SecureString '‹C›'",
            "ConvertTo-SecureString -String \"$env:PASSWORD\" -AsPlainText",
            "a.md¦the app is identified by ‹T16› here⏎",
            "a.sql¦ALTER USER app IDENTIFIED BY password;",
            "a.js¦btoa(user + ':' + password)",
            "a.js¦btoa('ann:' + ‹T16›)",
            "a.py¦base64.b64encode(b\"the text\")",
            "a.py¦pyotp.TOTP(secret)",
            "a.py¦pyotp.TOTP(\"AAAAAAAAAAAAAAAA\")",
            "a.gradle¦    password project.property('a1')⏎",
            "a.rb¦  password \"password\"⏎",
            "run.sh¦git clone https://ann:@host.acme.dev/a.git",
            "unattend.xml¦<Password><Value></Value></Password>",
            "a.conf¦password required pam_unix1⏎",
            "a.conf¦password authentication⏎",
            "a.sh¦PASSWORD=\"${1:-$OTHER1}\"⏎",
            "a.sh¦PASSWORD=\"${1:-changeme}\"⏎",
            "AndroidManifest.xml¦<meta-data android:name=\"dev.acme.API_KEY\" android:value=\"@string/key1\"/>",
        ],
    );
}

#[test]
fn cookies_of_sessions_in_recorded_traffic() {
    told_apart(
        "app.har",
        &[
            "{\"name\":\"Cookie\",\"value\":\"acme_session=‹T40›; theme=dark\"}",
            "{\"name\":\"Set-Cookie\",\"value\":\"sid=‹T32›; Path=/; HttpOnly\"}",
            "{\"name\":\"Cookie\",\"value\":\"theme=dark; lang=en; sid=‹T32›\"}",
            "fixtures/cassettes/a.yml¦    Set-Cookie:⏎    - _acme_session=‹T48›; path=/⏎",
            "tests/cassettes/a.yml¦      Cookie:⏎      - auth=‹X40›⏎",
            "run.sh¦curl https://acme.dev/ -H \"Cookie: JSESSIONID=‹X32›\"⏎",
            "run.sh¦curl --cookie \"PHPSESSID=‹L26›\" https://acme.dev⏎",
            "run.sh¦curl -s -b \"acme_session=‹T40›; a=b\" https://acme.dev⏎",
            "run.sh¦curl -b theme=dark -u ann:‹C› https://acme.dev⏎",
            "cookies.txt¦.acme.dev\tTRUE\t/\tTRUE\t1900000000\tsessionid\t‹L32›⏎",
            "a.txt¦acme.dev\tFALSE\t/app\tFALSE\t0\tauth_token\t‹X40›",
            "a.json¦{\"key\":\"Cookie\",\"value\":\"connect.sid=s%3A‹T32›.‹T43›\"}",
            "a.http¦GET https://acme.dev/⏎Cookie: session=‹T40›⏎",
            "a.json¦\"Set-Cookie\":[\"user_session=‹T48›; path=/; secure\"]",
            "a.json¦\"set-cookie\": [⏎  \"remember_me=‹T40›; path=/\"⏎",
            "\"cookies\": [{\"name\": \"session\", \"value\": \"‹T40›\", \"path\": \"/\"}]",
            "\"cookies\": [⏎  {⏎    \"name\": \"sessionid\",⏎    \"value\": \"‹L32›\",⏎    \"path\": \"/\"⏎  }⏎]",
            "state.json¦[{\"domain\":\".acme.dev\",\"name\":\"user_session\",\"path\":\"/\",\"value\":\"‹T48›\"}]",
        ],
        &[
            "{\"name\":\"Cookie\",\"value\":\"theme=dark; lang=en\"}",
            "{\"name\":\"Set-Cookie\",\"value\":\"_ga=GA1.2.‹T12›.17; Path=/\"}",
            "a.yml¦    Set-Cookie:⏎    - csrf_session=‹T32›; path=/⏎",
            "a.yml¦    Set-Cookie:⏎    - session=; Max-Age=0⏎",
            "a.yml¦    Cookie:⏎    - session=REDACTED⏎",
            "{\"name\":\"Cookie\",\"value\":\"session={{session}}\"}",
            "a.md¦Set-Cookie: session=‹T40›; Path=/⏎",
            "a.yml¦    Set-Cookie:⏎    - consent=‹T40›; path=/⏎",
            "a.py¦response.set_cookie(\"session\", value)",
            "run.sh¦curl -b jar.txt -c jar.txt https://acme.dev/session=‹T40›⏎",
            "cookies.txt¦.acme.dev\tTRUE\t/\tTRUE\t1900000000\t_ga\t‹L32›⏎",
            "cookies.txt¦.acme.dev\tTRUE\t/\tTRUE\tsession\t‹L32›⏎",
            "a.py¦headers = {\"Cookie\": \"session=‹T40›\"}",
            "a.yml¦    Cookie: session=abc123abc123abc123abc123⏎",
            "cookies = session=‹T12›",
            "\"cookies\": [{\"name\": \"consent_session\", \"value\": \"‹T40›\"}]",
            "\"cookies\": [{\"name\": \"session\", \"value\": \"REDACTED\"}]",
            "a.js¦{\"name\": \"session\", \"id\": 1}, {\"value\": \"‹T40›\"}",
        ],
    );
}

#[test]
fn values_under_the_names_of_their_columns() {
    let text = "a long text ".repeat(600);
    let long = format!("dump.sql¦INSERT INTO users (bio, password) VALUES ('{text}', '‹C›');⏎");
    told_apart(
        "seed.sql",
        &[
            "INSERT INTO users (name, password) VALUES ('ann', '‹C›');⏎",
            "insert into `users` (`id`, `api_token`, `name`) values (1, '‹T32›', 'ann');⏎",
            "INSERT INTO users (id, name, password) VALUES (1, 'it''s (ann), 2', '‹C›'), (2, 'bob', 'x');⏎",
            "INSERT INTO users (id, password) VALUES (1, 'a'), (NOW(), '‹C›');⏎",
            "REPLACE INTO app.config (secret_key,at) VALUES ('‹T32›', now())⏎",
            "a.py¦cur.execute(\"INSERT INTO users (name, password) VALUES ('ann', '‹C›')\")⏎",
            "users.csv¦name,password⏎ann,‹C›⏎bob,⏎",
            "users.csv¦name,password⏎bob,⏎ann,‹C›",
            "users.csv¦id;email;api_token;note⏎1;ann@acme.dev;‹T32›;\"a;b\"⏎",
            "users.csv¦\"First name\",\"Password\"⏎\"Ann\",\"‹C›\"⏎",
            "keys.tsv¦client_id\tclient_secret⏎acme\t‹T40›⏎",
            "dump.sql¦-- MySQL dump 10.13⏎INSERT INTO `users` (`id`, `password`) VALUES⏎(1, 'a'),⏎(2, '‹C›');⏎",
            "dump.sql¦-- phpMyAdmin SQL Dump⏎⏎INSERT INTO `keys` (`id`, `api_token`) VALUES⏎(1, '‹T32›'),⏎(2, '');⏎",
            &long,
        ],
        &[
            "INSERT INTO users (name, password) VALUES (?, ?);⏎",
            "INSERT INTO users (name, password) VALUES ('%s', '%s');⏎",
            "INSERT INTO users (name, password) VALUES ('ann', MD5('‹C›'));⏎",
            "INSERT INTO users (name, password) VALUES ('ann', '‹X32›');⏎",
            "INSERT INTO users (name, password) VALUES ('‹C›', NULL);⏎",
            "INSERT INTO users (name, password_hint) VALUES ('ann', '‹C›');⏎",
            "INSERT INTO users (name, password) SELECT '‹C›', a FROM b;⏎",
            "users.csv¦name,password⏎ann,changeme⏎bob,⏎",
            "users.csv¦name,password_hash⏎ann,‹C›⏎",
            "users.csv¦name,password⏎ann,‹C›,more⏎",
            "notes.txt¦name and password, said ann⏎bob,‹C›⏎",
            "a.txt¦first⏎name,password⏎ann,‹C›⏎",
            "dump.sql¦-- MySQL dump 10.13⏎INSERT INTO `users` (`id`, `password`) VALUES⏎(1, 'a');⏎(2, '‹C›');⏎",
            "dump.sql¦-- MySQL dump 10.13⏎INSERT INTO `users` (`id`, `password`) SELECT⏎(1, '‹C›');⏎",
        ],
    );
}

#[test]
fn values_that_only_look_like_credentials() {
    told_apart(
        "app.yaml",
        &[
            "codecov.yml¦  token: ‹U›⏎",
            "values.yaml¦  dbPassword: ‹C›⏎",
            "app.php¦'password' => '‹C›',",
            "a.js¦url = \"/login?client_secret=‹T32›\";",
            "a.go¦// clientSecret: \"‹T24›\"⏎",
            "a.json¦{\"password\": \"‹T8›\\u0026‹T8›\"}",
            "config.yaml¦options:⏎  password: ‹C›⏎",
            "a.html¦<script>window.apiKey = '‹T32›'</script>",
            "README.md¦https://acme.dev/x?authKey=‹T48›⏎",
            "a.ts¦const dbPassword = \"‹U›\";",
        ],
        &[
            "codecov.yml¦url: \"secret:‹D88›=\"⏎",
            "NOTES.txt¦{{- $requiredPassword := dict \"valueKey\" \"auth.password\" }}⏎",
            "auth.php¦'passwords' => 'customers',",
            "a.js¦c+=\"&client_secret=\"+encodeURIComponent(i);c+=\"&token=\"+encodeURIComponent(u);",
            "a.go¦// clientSecret => apiV3Key⏎",
            "a.json¦{\"access_token\": \"\\u500b\\u4eba\\u30a2\\u30af\\u30bb\\u30b9\"}",
            "config.yaml¦schema:⏎  password: password(5,10)⏎",
            "a.html¦docsearch({⏎  apiKey: '‹X32›',⏎  indexName: 'acme'})",
            "README.md¦(https://qm.qq.com/qr?k=‹T32›&authKey=‹T48›&noverify=0)",
            "a.ts¦  ApplePasswords = \"‹U›\",⏎",
            "a.ts¦  [Brand.OnePassword]: \"1Password\",⏎",
            "a.zip!node_modules/b/index.js¦var apiKey = \"‹T32›\";",
            "a.js¦const url = \"https://app.acme.dev/view?r=eyJrIjoi‹D80›\";",
            "go.sum¦github.com/aliyun/credentials-go v1.1.2/go.mod h1:‹T43›=⏎",
            "form.php¦'recaptcha_token' => 'required|captcha',",
        ],
    );
}

#[test]
fn passwords_that_commands_take() {
    told_apart(
        "run.bat",
        &[
            "psexec \\\\host -u admin -p ‹C› cmd⏎",
            "psexec64 \\\\host -u admin -p ‹C› cmd⏎",
            "net use z: \\\\srv\\share /user:acme\\ann ‹C›⏎",
            "schtasks /create /tn x /ru acme\\svc /rp ‹C› /tr a⏎",
            "wmic /node:a /user:ann /password:‹C› os⏎",
            "cmdkey /add:srv /user:ann /pass:‹C›⏎",
            "run.sh¦xfreerdp /u:a /p:‹C› /v:x⏎",
            "run.sh¦az login --service-principal -u a -p ‹T34› --tenant x⏎",
            "router.cfg¦enable password ‹C›⏎",
            "router.cfg¦username ann password 0 ‹C›⏎",
            "a.txt¦DSN=x;Uid=ann;Pwd={‹C›};⏎",
        ],
        &[
            "psexec \\\\host -u admin -p %PW% cmd⏎",
            "net use z: \\\\srv\\share⏎",
            "net use z: \\\\srv\\share /user:ann /persistent:no1⏎",
            "schtasks /create /tn x /ru SYSTEM /tr a1!⏎",
            "wmic /node:a /user:ann /password:%PW% os⏎",
            "run.sh¦xfreerdp /u:a /p:$PW /v:x⏎",
            "run.sh¦az login --identity⏎",
            "router.cfg¦enable password level 7⏎",
            "router.cfg¦username ann password 7 ‹X12›⏎",
            "a.txt¦DSN=x;Uid=ann;Pwd={};⏎",
        ],
    );
}

#[test]
fn passwords_with_blanks_in_them() {
    told_apart(
        "app.yml",
        &[
            "smtp_password: \"qvzj wkhq xzvk jqhw\"⏎",
            "app.env¦SMTP_PASS=\"qvzj wkhq xzvk jqhw\"⏎",
            "a.json¦{\"password\": \"‹T4› ‹T4› ‹T4›\"}",
            "password: \"‹T4› ‹T4› ‹T4› ‹T4›\"⏎",
            "db_password: '‹T5› ‹T5› ‹T5›'⏎",
            "passphrase: 'correct horse 7 battery staple'⏎",
            "key_passphrase: \"four 4 words and a number\"⏎",
            "a.toml¦passphrase = \"blue whale 42 sings\"⏎",
            "a.json¦{\"gpg_passphrase\": \"my cat is 9 years old\"}",
            "a.json¦{\"mail_pass\": \"zqvk jhwx kqzj vwhk\"}",
        ],
        &[
            "password: Enter your password⏎",
            "password: this that with from⏎",
            "passphrase: the passphrase of the key⏎",
            "a.json¦{\"password\": \"Das Passwort ist falsch\"}",
            "a.json¦{\"passphrase\": \"Enter passphrase\"}",
            "password: \"must have 8 characters\"⏎",
            "a.json¦{\"password\": \"word word word\"}",
            "password: one of 3 kinds⏎",
            "a.json¦{\"password\": \"Your new password is too short\"}",
            "secret: a b c⏎",
        ],
    );
}

#[test]
fn tokens_shortly_behind_the_word_of_their_provider() {
    told_apart(
        "app.py",
        &[
            "client = Datadog(\"‹X32›\")",
            "datadog.init(host, '‹X32›')",
            "a.sh¦run --pipedrive ‹X40›",
            "a.sh¦curl https://rollbar.acme.dev/?t=‹X32›",
            "a.json¦[\"linode\", \"‹X64›\"]",
            "linode = connect('‹X64›')",
            "a.yml¦- pipedrive: ‹X40›",
            "a.txt¦pipedrive ‹X40› is ours⏎",
            "a.rb¦Lokalise.client '‹X40›'",
            "a.js¦new Rollbar('‹T32›')",
        ],
        &[
            "a.yml¦- uses: datadog/action@‹X40›",
            "a.txt¦datadog commit ‹X40›⏎",
            "a.yml¦image: datadog/agent@sha256:‹X64›",
            "a.txt¦datadog-1.2.tgz#‹X40›⏎",
            "a.txt¦datadog app id ‹U›⏎",
            "import datadog_long_module_name_for_the_test",
            "a.txt¦datadog and much text between the word and a value ‹X32›⏎",
            "a.txt¦‹X40›  datadog.tgz⏎",
            "a.go¦import \"github.com/rollbar/rollbar-go/aaaaaaaabbbbbbbbccccccccdddddddd\"",
            "a.yml¦linode_sha256: ‹X64›",
            "a.txt¦a/rollbar/b.py,sha256=‹T32›,25⏎",
        ],
    );
}

/// A token whose checksum is right, in base64 of a text, is told wherever it stands.
#[test]
fn tokens_within_base64_of_a_text() {
    let mut random = Random(77);
    let token = crate::tokens::github(crate::tokens::RANDOM);
    let other = random.of(BASE62, 36);
    for before in ["", "T=", "a b ", "export GH_TOKEN=", "{\"t\":\""] {
        let plain = format!("{before}{token}\nA=1\n");
        let encoded = base64(plain.as_bytes());
        for line in [
            format!("echo {encoded} | base64 -d > .env\n"),
            format!("href=\"data:text/plain;base64,{encoded}\"\n"),
            format!("  env: {encoded}\n"),
        ] {
            let hits = secrets::find(line.as_bytes(), About::path("a.yml"));
            assert!(hits.iter().any(|hit| hit.encoded && hit.rule.id.starts_with("github-")), "{line}");
        }
        let innocent = base64(format!("{before}{other} some text without a token").as_bytes());
        let hits = secrets::find(format!("x: {innocent}\n").as_bytes(), About::path("a.yml"));
        assert!(!hits.iter().any(|hit| hit.encoded && hit.rule.id.starts_with("github-")), "{innocent}");
    }
}
