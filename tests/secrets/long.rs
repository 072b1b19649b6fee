//! Values longer than people type: keys in base64 without armour.

use hullguard::rule::Confidence;
use hullguard::secrets::about::About;
use hullguard::secrets::find;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 that looks drawn by lot, and is the same in every run.
fn base64(begin: &str, length: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        LETTERS[(state >> 33) as usize % 64] as char
    };
    begin.chars().chain((begin.len()..length).map(|_| next())).collect()
}

fn found(text: &str) -> usize {
    let hits = find(text.as_bytes(), About::path("app.env"));
    hits.iter().filter(|hit| hit.confidence() >= Confidence::Medium).count()
}

#[test]
fn a_private_key_without_armour_is_found_whatever_its_length() {
    // RSA-2048 and 4096 in PKCS#1 and PKCS#8, in DER.
    let (first, second) = ("MIIEp", "MIIEv");
    for (begin, length) in [
        (format!("{first}AIBAAKCAQEA"), 1592),
        (format!("{second}QIBADANBgkqhkiG9w0BAQEFAASC"), 1624),
        (format!("{}KAIBAAKCAgEA", "MIIJ"), 3168),
    ] {
        let key = base64(&begin, length);
        for text in [
            format!("PRIVATE_KEY={key}\n"),
            format!("RSA_PRIVATE_KEY=\"{key}\"\n"),
            format!("export JWT_SIGNING_SECRET={key}==\n"),
            format!("  private_key: {key}\n"),
        ] {
            assert_eq!(found(&text), 1, "{}", &text[..40]);
        }
        // The same under a name that says nothing of a secret, or the wrong thing: it begins as only private keys do.
        for text in [format!("CHECK={key}\n"), format!("PUBLIC_KEY={key}\n")] {
            assert_eq!(found(&text), 1, "{}", &text[..40]);
        }
        let public = base64("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA", 392);
        assert_eq!(found(&format!("PUBLIC_KEY={public}\n")), 0);
    }
    assert_eq!(found(&format!("API_TOKEN={}\n", base64("", 700))), 1);
    let picture = base64("iVBORw0KGgoAAAANSUhEUg", 2000);
    assert_eq!(found(&format!("key=\"{picture}\"\n")), 0);
    assert_eq!(found(&format!("PASSWORD_TEXT=\"{}\"\n", "some words ".repeat(80))), 0);
}
