//! What real repositories hold under the names of credentials and is none, beside secrets that look much like it.

use super::kinds::told_apart;

#[test]
fn tokens_that_page_and_numbers_of_faults() {
    told_apart(
        "app.json",
        &[
            "{\"access\": {\"token\": \"‹T32›\"}}",
            "{\"continue\": true, \"token\": \"‹T32›\"}",
            "a.ts¦const unlockToken = \"‹T24›\";",
            "a.py¦email_verification_token = \"‹T32›\"",
            "a.py¦DELTA_API_TOKEN = \"‹T32›\"",
            "a.env¦BAD_PASSWORD=‹C›⏎",
            "a.js¦const required_password = '‹C›';",
            "a.yml¦batch_password: ‹T16›⏎",
            "a.yml¦token_v1: ‹T32›⏎",
            "a.properties¦sync.secret.v2=‹T32›⏎",
        ],
        &[
            "{\"continuation\": {\"token\": \"‹T32›\", \"n\": 2}}",
            "a.js¦const next = {token: \"‹T32›\"}; page = {token: '‹T32›'}",
            "a.sql¦UPDATE sync SET delta_token = '‹T32›' WHERE id = 1;⏎",
            "a.xml¦<NextMarkerToken>‹T28›</NextMarkerToken>",
            "a.py¦watermark_token = \"‹T24›\"",
            "{\"lockToken\": \"opaquelocktoken:‹U›\"}",
            "a.html¦<input name=\"__RequestVerificationToken\" value=\"‹D60›\">",
            "a.cs¦public const string InvalidPassword = \"ERR-0042\";",
            "a.ts¦export const AUTH_TOKEN_MISSING = 'AUTH_1001';",
            "{\"BAD_PASSWORD\": \"10086001\", \"TOKEN_INVALID\": \"40001\"}",
            "a.go¦const TokenPrefixV1 = \"x-acme-sts7 \"",
        ],
    );
}

#[test]
fn what_is_about_a_secret_and_what_only_sounds_like_one() {
    told_apart(
        "app.yaml",
        &[
            "first_user_pass: ‹C›⏎",
            "a.js¦const lastPassword = '‹C›';",
            "a.env¦AUTH_SALT=‹T40›⏎",
            "website_secret_key: ‹T32›⏎",
            "a.pl¦fields => { PrivateKey => '‹T40›' },",
            "a.go¦req.Header.Set(\"X-Auth-Key\", \"‹T32›\")",
            "dataEncryptionKey: ‹T44›⏎",
            "encryption_key: ‹X64›⏎",
            "a.json¦{\"appSecret\": \"‹X32›\"}",
            "session_key: ‹T32›⏎",
        ],
        &[
            "checksum/secret: ‹X64›⏎",
            "checksum/secrets-config: ‹X64›⏎",
            "password_characters: 'ascii_letters,digits,.-_~&()*='⏎",
            "a.json¦{\"passwordRevisionDate\": \"2022-07-26T23:03:23.399Z\"}",
            "a.py¦password_salt = '‹X32›'",
            "a.json¦{\"passwordSalt\": \"‹T22›==\"}",
            "a.js¦const firstPass = 'lexer2'; const secondPass = 'v2pass';",
            "a.rs¦.header(\"sec-websocket-key\", \"‹T22›==\")",
            "a.http¦Sec-WebSocket-Key: ‹T22›==⏎",
            "a.py¦test_spreadsheet_key = \"‹D44›\"",
            "a.js¦recaptchaSiteKey: \"‹D40›\",",
            "rootVolumeEncryptionKey: ‹U›⏎",
            "a.pl¦fields => { PrivateKey => 'F0CB3B482CFA485680A4A0BDD328035D84881F1B' },",
            "a.xml¦<password_or_email_identity>general2</password_or_email_identity>",
            "existingSecret: release-token7-secret⏎",
            "a.kt¦const val PREFERENCE_PASSCODE_D1 = \"PrefPinCode1\"",
            "data:⏎- secretKey: id_ed25519⏎  remoteRef: x⏎",
            "a.sln¦\"CredentialPicker\", \"CredentialPicker.jsproj\", \"{‹U›}\"",
            "a.sh¦GIT_SECRETS_COMMIT=\"‹X40›\"⏎",
            "a.java¦public static final String SECRET_KEY = \"s3fs_secret_key\";",
            "a.js¦algolia: {⏎  AppId: \"GRSXNRCDRG\",⏎  ApiKey: \"‹X32›\",⏎  Index: \"posts\",⏎}",
            "a.xml¦<ID>Complex:RealOAuth2TokenProvider.kt:RealOAuth2TokenProvider$authX == A.B</ID>",
            "a.json¦{\"text\": \"my OpenPGP key: openpgp4fpr:FED82F1C73FF53FB1EE9926336615E0FD12833CF\"}",
        ],
    );
}

#[test]
fn values_that_stand_for_another() {
    told_apart(
        "app.yaml",
        &[
            "password: '{‹C›'⏎",
            "password: '@‹C›'⏎",
            "password: your‹T16›⏎",
            "a.py¦check_login(password=\"‹C›\")",
            "a.sql¦ALTER USER app WITH PASSWORD '‹C›';⏎",
            "a.cs¦Url.Action(token, \"Account\", new { apiKey = \"‹T32›\" })",
            "a.json¦{\"password\": \"‹T8›%2F‹T8›\"}",
            "a.php¦$password = '‹T10›%‹T10›';",
            "Localizable.swift¦let password = \"‹C›\"",
            "a.coffee¦  token: \"‹T32›\"⏎",
        ],
        &[
            "password: '{MQTT_PASSWORD}'⏎",
            "proxy: 'https://ann:‹C›@proxy.example.net:3129'⏎",
            "token: ENC[AES256_GCM,data:‹T30›=,iv:‹T42›=,tag:‹T22›==,type:str]⏎",
            "a.properties¦db.password=ENC(‹T32›)⏎",
            "password: \"%{hiera('db_pw1')}\"⏎",
            "a.cshtml¦data.paymentToken = \"@Html.Raw(Model.PaymentToken)\";",
            "a.cshtml¦data.token = \"@Model.Token1Value\";",
            "a.targets¦token='%24(value)' parameter='AD_%24(value)'",
            "a.t¦my $str = 'key=\"=?UTF-8?B?0LzQvtC5X9GE0LDQudC7LmJpbg==?=\"';",
            "a.txt¦\"access_token\":\"boQtj0SCGz2GFGz[...]\",",
            "value: 'x'⏎- name: 'xmail_pass'⏎  value: 'YourXmailControlPass1'⏎",
            "a.md¦HTTPS redirects leaking credentials GHSA-h4mf-4v27-hggj⏎",
            "a.json¦{\"secret\": \"binary(16)\", \"apiKey\": \"uuid4\"}",
            "a.java¦encoder.encodePassword(\"password\", \"‹T12›\")",
            "a.sql¦SELECT crypt('password', '‹T22›');⏎",
            "a.go¦MetaDataEncryptionKey = \"X-Acme-Internal-Server-Side-S3-Kms-Sealed-Key\"",
            "a.rb¦alphabet_tokens = 'ZDFGHJKMSUWYdhijlmnsuwy'",
            "a.strings¦\"password\" = \"Passwort*\"; \"token\" = \"Token2fa\";",
            "tests/urls.json¦\"password\": \"foo(b%5Dc\",",
            "token: arn:aws:secretsmanager:eu-west-1:123456789012:secret:tok1-AbCdEf⏎",
        ],
    );
}
