//! `X-Hub-Signature-256`: hex of an HMAC-SHA256 over the raw body; and the handshake when a webhook is set up.

use crate::channels::ChannelError;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;

/// Checks signatures against one app's secrets. Several are accepted while one is being replaced by another.
#[derive(Clone)]
pub struct Verifier {
    /// Keys with their first blocks hashed already.
    keys: Vec<Hmac<Sha256>>,
}

/// Never shows a key.
impl std::fmt::Debug for Verifier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Verifier({} keys)", self.keys.len())
    }
}

impl Verifier {
    /// Without a secret nothing verifies; an empty secret is none.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a [u8]>) -> Verifier {
        let secrets = secrets.into_iter().filter(|secret| !secret.is_empty());
        Verifier { keys: secrets.map(keyed).collect() }
    }

    /// Whether Meta signed these bytes, exactly as they came: parsed and written again they have another signature.
    /// `header` is the value of `X-Hub-Signature-256`.
    ///
    /// Takes the same time wherever a signature differs.
    ///
    /// # Errors
    /// `MissingSignature` without a header, else `BadSignature`.
    pub fn verify(&self, body: &[u8], header: Option<&str>) -> Result<(), ChannelError> {
        let header = header.filter(|value| !value.is_empty()).ok_or(ChannelError::MissingSignature)?;
        let claimed = header.strip_prefix("sha256=").and_then(unhex).ok_or(ChannelError::BadSignature)?;
        let signed = |key: &Hmac<Sha256>| key.clone().chain_update(body).verify_slice(&claimed).is_ok();
        if self.keys.iter().any(signed) { Ok(()) } else { Err(ChannelError::BadSignature) }
    }
}

/// The header Meta would send with these bytes, for trying things out.
pub fn sign(secret: &[u8], body: &[u8]) -> String {
    let hash = keyed(secret).chain_update(body).finalize().into_bytes();
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes keys of any length")
}

/// The 32 bytes of 64 hex digits.
fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}

/// Answers Meta's question whether this webhook is ours: the challenge to be said again. `query` is the raw query of the
/// `GET`, `token` what we told Meta to ask with.
///
/// # Errors
/// `BadSignature` for another mode or token, `Malformed` where there is nothing to say again.
pub fn handshake(query: &str, token: &str) -> Result<String, ChannelError> {
    let pairs: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    let given = pairs.get("hub.verify_token").map_or("", |token| token.as_ref());
    // By hash, so that neither content nor length shows in the time it takes.
    let same: bool = Sha256::digest(given).ct_eq(&Sha256::digest(token)).into();
    if token.is_empty() || !same || pairs.get("hub.mode").is_none_or(|mode| mode != "subscribe") {
        return Err(ChannelError::BadSignature);
    }
    let challenge = pairs.get("hub.challenge").map_or("", |challenge| challenge.as_ref());
    if challenge.is_empty() || challenge.len() > LONGEST_CHALLENGE {
        return Err(ChannelError::Malformed("hub.challenge must be there, and short".to_owned()));
    }
    Ok(challenge.to_owned())
}

/// Meta's challenges are numbers of ten digits or so.
const LONGEST_CHALLENGE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value as Json;

    fn vectors() -> Json {
        serde_json::from_str(include_str!("../../../tests/vectors/whatsapp.json")).unwrap()
    }

    #[test]
    fn every_signature_of_the_vectors() {
        let vectors = vectors();
        let cases = vectors["meta_x_hub_signature_256"].as_array().unwrap();
        assert!(cases.len() >= 9, "the vectors were read");
        for case in cases {
            let text = |name: &str| case[name].as_str().unwrap();
            let verifier = Verifier::new([text("app_secret").as_bytes()]);
            let verdict = verifier.verify(text("body").as_bytes(), Some(text("value")));
            let expected = if case["valid"] == true { Ok(()) } else { Err(ChannelError::BadSignature) };
            assert_eq!(verdict, expected, "{}", text("name"));
            if case["valid"] == true {
                assert_eq!(sign(text("app_secret").as_bytes(), text("body").as_bytes()), text("value"));
            }
        }
    }

    #[test]
    fn what_is_no_signature() {
        let (secret, body) = (b"secret".as_slice(), b"{}".as_slice());
        let verifier = Verifier::new([secret]);
        let good = sign(secret, body);
        assert_eq!(verifier.verify(body, Some(&good)), Ok(()));
        assert_eq!(verifier.verify(body, Some(&good.to_uppercase().replace("SHA256", "sha256"))), Ok(()));
        for (label, header) in [("none", None), ("empty", Some(""))] {
            assert_eq!(verifier.verify(body, header), Err(ChannelError::MissingSignature), "{label}");
        }
        let rows = [
            ("no algorithm", good.trim_start_matches("sha256=").to_owned()),
            ("another algorithm", good.replace("sha256=", "sha1=")),
            ("a part of it", good[..40].to_owned()),
            ("more than it", format!("{good}00")),
            ("no hex", format!("sha256={}", "zz".repeat(32))),
            ("other letters", format!("sha256={}", "é".repeat(32))),
            ("another secret's", sign(b"other", body)),
            ("another body's", sign(secret, b"{} ")),
        ];
        for (label, header) in rows {
            assert_eq!(verifier.verify(body, Some(&header)), Err(ChannelError::BadSignature), "{label}");
        }
        let rotating = Verifier::new([b"new".as_slice(), secret]);
        assert_eq!(rotating.verify(body, Some(&good)), Ok(()), "the old secret beside the new one");
        for nothing in [Verifier::new([]), Verifier::new([b"".as_slice()])] {
            assert_eq!(nothing.verify(body, Some(&sign(b"", body))), Err(ChannelError::BadSignature));
        }
        assert_eq!(format!("{verifier:?}"), "Verifier(1 keys)");
    }

    #[test]
    fn every_handshake_of_the_vectors() {
        let vectors = vectors();
        let cases = vectors["meta_verification_handshake"]["cases"].as_array().unwrap();
        assert!(cases.len() >= 4, "the vectors were read");
        for case in cases {
            let pairs = case["query"].as_object().unwrap().iter();
            let pairs = pairs.filter_map(|(name, value)| Some((name, value.as_str()?)));
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            let token = case["configured_verify_token"].as_str().unwrap();
            let answer = handshake(&query, token);
            match case["status"].as_i64().unwrap() {
                200 => assert_eq!(answer.as_deref(), Ok(case["body"].as_str().unwrap())),
                403 => assert_eq!(answer, Err(ChannelError::BadSignature), "{query}"),
                other => panic!("{other}"),
            }
        }
    }

    #[test]
    fn a_handshake_is_about_subscribing() {
        let rows = [
            ("another mode", "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=t"),
            ("no mode", "hub.challenge=1&hub.verify_token=t"),
            ("a token that begins alike", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=tt"),
            ("nothing", ""),
        ];
        for (label, query) in rows {
            assert_eq!(handshake(query, "t"), Err(ChannelError::BadSignature), "{label}");
        }
        let unset = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=";
        assert_eq!(handshake(unset, ""), Err(ChannelError::BadSignature), "no token is no token");
        let huge = format!("hub.mode=subscribe&hub.verify_token=t&hub.challenge={}", "1".repeat(300));
        for query in ["hub.mode=subscribe&hub.verify_token=t", huge.as_str()] {
            assert!(matches!(handshake(query, "t"), Err(ChannelError::Malformed(_))));
        }
    }
}
