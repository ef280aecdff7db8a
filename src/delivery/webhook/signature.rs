//! Signatures of Standard Webhooks 1.0.0 (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`, both ways.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use std::ops::RangeInclusive;

/// How far the sender's clock and ours may differ, in seconds; exactly so far is taken.
pub const TOLERANCE_SECONDS: u64 = 300;
/// The bytes a key may have.
const KEY_LENGTH: RangeInclusive<usize> = 24..=64;
const PREFIX: &str = "whsec_";
/// The version of a signature by a shared key. Others are by key pairs.
const VERSION: &str = "v1";

/// Why a webhook cannot be signed or is not taken. Tells nothing of secrets or bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// A secret is not well-formed.
    #[error("a secret must be whsec_ and the base64 of 24 to 64 bytes")]
    Secret,
    /// There is no secret.
    #[error("there is no secret")]
    NoSecret,
    /// A header is missing or empty.
    #[error("webhook-id, webhook-timestamp and webhook-signature must be there")]
    MissingHeader,
    /// The timestamp is no number.
    #[error("webhook-timestamp must be in seconds since 1970")]
    Timestamp,
    /// It was sent too long ago: it may be a repeat by somebody else.
    #[error("webhook-timestamp is more than five minutes ago")]
    TooOld,
    /// It was sent in the future.
    #[error("webhook-timestamp is more than five minutes ahead")]
    TooNew,
    /// No signature is by a key of ours.
    #[error("no signature is right")]
    NoMatch,
}

/// The headers that say who sent a webhook, as they came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signed<'a> {
    /// `webhook-id`.
    pub id: Option<&'a str>,
    /// `webhook-timestamp`.
    pub timestamp: Option<&'a str>,
    /// `webhook-signature`: a list with spaces.
    pub signature: Option<&'a str>,
}

/// The bytes of a secret; it may be without its `whsec_`.
///
/// # Errors
/// `Secret` where it is not base64 of 24 to 64 bytes.
pub fn key(secret: &str) -> Result<Vec<u8>, WebhookError> {
    let bytes =
        STANDARD.decode(secret.strip_prefix(PREFIX).unwrap_or(secret)).map_err(|_| WebhookError::Secret)?;
    if KEY_LENGTH.contains(&bytes.len()) { Ok(bytes) } else { Err(WebhookError::Secret) }
}

/// A key with its first blocks hashed already.
#[derive(Clone)]
pub(super) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(super) fn new(secret: &SecretString) -> Result<Signer, WebhookError> {
        let key = key(secret.expose_secret())?;
        Ok(Signer(Hmac::new_from_slice(&key).expect("HMAC takes keys of any length")))
    }

    fn over(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(format!("{id}.{timestamp}.")).chain_update(body)
    }

    /// The signature, with its version.
    pub(super) fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        format!("{VERSION},{}", STANDARD.encode(self.over(id, timestamp, body).finalize().into_bytes()))
    }
}

fn given(header: Option<&str>) -> Result<&str, WebhookError> {
    header.filter(|value| !value.is_empty()).ok_or(WebhookError::MissingHeader)
}

/// Checks that somebody with one of the secrets sent these bytes, exactly as they came, within five minutes of `now_seconds`
/// (since 1970). Signatures of other versions are passed over. Takes the same time wherever a signature differs.
///
/// The same webhook may come again within that time: whoever takes it remembers its id.
///
/// # Errors
/// Why it is not to be taken.
pub fn verify(
    secrets: &[SecretString],
    signed: Signed<'_>,
    body: &[u8],
    now_seconds: i64,
) -> Result<(), WebhookError> {
    let (id, timestamp, signatures) = (given(signed.id)?, given(signed.timestamp)?, given(signed.signature)?);
    let sent: i64 = timestamp.parse().map_err(|_| WebhookError::Timestamp)?;
    if sent.abs_diff(now_seconds) > TOLERANCE_SECONDS {
        return Err(if sent < now_seconds { WebhookError::TooOld } else { WebhookError::TooNew });
    }
    let signers = secrets.iter().map(Signer::new).collect::<Result<Vec<_>, _>>()?;
    if signers.is_empty() {
        return Err(WebhookError::NoSecret);
    }
    let claimed = signatures.split(' ').filter_map(|signature| {
        let (version, value) = signature.split_once(',')?;
        if version == VERSION { STANDARD.decode(value).ok() } else { None }
    });
    let claimed: Vec<Vec<u8>> = claimed.collect();
    let right = |signer: &Signer| {
        let signature = signer.over(id, timestamp, body);
        claimed.iter().any(|claimed| signature.clone().verify_slice(claimed).is_ok())
    };
    if signers.iter().any(right) { Ok(()) } else { Err(WebhookError::NoMatch) }
}
