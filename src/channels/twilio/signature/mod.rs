//! `X-Twilio-Signature`: base64 of an HMAC over the public URL and the sorted form.

use crate::channels::ChannelError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use subtle::ConstantTimeEq;

/// What signs. Chosen by configuration alone: a header that names an algorithm must never choose the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC-SHA1 with the account's primary Auth Token.
    #[default]
    Sha1AuthToken,
    /// HMAC-SHA256 with a shared key of Twilio's webhook settings.
    Sha256Shared,
}

/// The part of a request that is signed beside its URL.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// The pairs of a form; none for GET.
    Form(&'a [(String, String)]),
    /// Any other body: the URL carries its hash as `bodySHA256`.
    Raw(&'a [u8]),
}

/// A key with its first blocks hashed already, so that a request pays only for its own bytes.
#[derive(Clone)]
enum Key {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
}

impl Key {
    fn new(scheme: Scheme, token: &[u8]) -> Key {
        const ANY: &str = "HMAC takes keys of any length";
        match scheme {
            Scheme::Sha1AuthToken => Key::Sha1(Hmac::new_from_slice(token).expect(ANY)),
            Scheme::Sha256Shared => Key::Sha256(Hmac::new_from_slice(token).expect(ANY)),
        }
    }

    fn matches(&self, url: &str, pairs: &[&(String, String)], signature: &[u8]) -> bool {
        match self {
            Key::Sha1(mac) => fed(mac, url, pairs).verify_slice(signature).is_ok(),
            Key::Sha256(mac) => fed(mac, url, pairs).verify_slice(signature).is_ok(),
        }
    }
}

/// The keyed state after the URL and the pairs in signing order.
fn fed<M: Mac + Clone>(keyed: &M, url: &str, pairs: &[&(String, String)]) -> M {
    let mut mac = keyed.clone();
    mac.update(url.as_bytes());
    for (name, value) in pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac
}

/// Checks signatures against one account's tokens. Several are accepted while one is being replaced by another.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Key>,
}

/// Never shows a key.
impl std::fmt::Debug for Verifier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Verifier({} keys)", self.keys.len())
    }
}

impl Verifier {
    /// Without a token nothing verifies; an empty token is no token.
    pub fn new<'a>(scheme: Scheme, tokens: impl IntoIterator<Item = &'a [u8]>) -> Verifier {
        let tokens = tokens.into_iter().filter(|token| !token.is_empty());
        Verifier { keys: tokens.map(|token| Key::new(scheme, token)).collect() }
    }

    /// Whether Twilio signed this request: `url` is the public address as Twilio was told to call it, with the raw path
    /// and query; `header` is the value of `X-Twilio-Signature`.
    ///
    /// Takes the same time wherever a signature differs.
    ///
    /// # Errors
    /// `MissingSignature` without a header, else `BadSignature`.
    pub fn verify(&self, url: &str, content: Content<'_>, header: Option<&str>) -> Result<(), ChannelError> {
        let header = header.filter(|value| !value.is_empty()).ok_or(ChannelError::MissingSignature)?;
        let signature = STANDARD.decode(header).map_err(|_| ChannelError::BadSignature)?;
        let pairs = match content {
            Content::Form(pairs) => signing_order(pairs),
            Content::Raw(body) if body_hash_matches(url, body) => Vec::new(),
            Content::Raw(_) => return Err(ChannelError::BadSignature),
        };
        let [as_given, other] = port_forms(url);
        let signed = |url: &str| self.keys.iter().any(|key| key.matches(url, &pairs, &signature));
        if signed(&as_given) || signed(&other) { Ok(()) } else { Err(ChannelError::BadSignature) }
    }
}

/// The signature Twilio would send with this form, for trying things out: HMAC-SHA1 with an Auth Token.
pub fn sign(token: &[u8], url: &str, pairs: &[(String, String)]) -> String {
    let mac: Hmac<Sha1> = Hmac::new_from_slice(token).expect("HMAC takes keys of any length");
    let url = url.split('#').next().unwrap_or(url);
    STANDARD.encode(fed(&mac, url, &signing_order(pairs)).finalize().into_bytes())
}

/// Names by bytes, then values, each distinct pair once.
fn signing_order(pairs: &[(String, String)]) -> Vec<&(String, String)> {
    let mut ordered: Vec<&(String, String)> = pairs.iter().collect();
    ordered.sort_unstable();
    ordered.dedup();
    ordered
}

/// Whether the URL carries this body's SHA-256, lower-case hex, as `bodySHA256`.
fn body_hash_matches(url: &str, body: &[u8]) -> bool {
    let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let Some(claimed) = query.split('&').find_map(|pair| pair.strip_prefix("bodySHA256=")) else {
        return false;
    };
    let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    hash.as_bytes().ct_eq(claimed.as_bytes()).into()
}

/// The URL as given and in its other form: Twilio signs at times with the port and at times without it.
///
/// Without the port where one is given, else with the scheme's own; the rest stays byte for byte, user and password
/// included. A fragment is never signed.
fn port_forms(url: &str) -> [Cow<'_, str>; 2] {
    let url = url.split('#').next().unwrap_or(url);
    let given = Cow::Borrowed(url);
    let Some((scheme, rest)) = url.split_once("://") else { return [given.clone(), given] };
    let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    let path = &rest[authority.len()..];
    let host = authority.rfind('@').map_or(authority, |at| &authority[at + 1..]);
    // The last colon, unless it belongs to an IPv6 address in brackets.
    let port = host.rfind(':').filter(|colon| !host[*colon..].contains(']'));
    let other = match port {
        Some(colon) => {
            let end = authority.len() - (host.len() - colon);
            format!("{scheme}://{}{path}", &authority[..end])
        }
        None => {
            let default = if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 };
            format!("{scheme}://{authority}:{default}{path}")
        }
    };
    [given, Cow::Owned(other)]
}

#[cfg(test)]
mod tests;
