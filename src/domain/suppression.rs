//! What is left of an opt-out once its person was erased: a keyed hash of the address, from which nobody learns it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Stands among the channels an erased person has opted out of: nothing that is on its way to them leaves.
pub const ERASED: &str = "erased";

/// What an address is hashed with: the beginning that all hashes have, since a filling makes thousands of them.
#[derive(Clone)]
pub struct SuppressionKey(Hmac<Sha256>);

impl std::fmt::Debug for SuppressionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SuppressionKey")
    }
}

impl SuppressionKey {
    /// A key of this text.
    pub fn new(text: &str) -> SuppressionKey {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(text.as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(b"leadwire suppression 1\n");
        SuppressionKey(mac)
    }

    /// The hash of an address (kind, and the form in which variants of one are equal), HMAC-SHA256 in hexadecimal. Without a key, whoever
    /// tries all numbers would find whose it is. `None`: nobody is written to by an address of that kind later, since it is as good as
    /// never the same again.
    pub fn hash(&self, tenant: i64, (kind, value): (&str, &str)) -> Option<String> {
        if matches!(kind, "session" | "call") {
            return None;
        }
        let mut mac = self.0.clone();
        mac.update(format!("{tenant}\n{kind}\n{value}").as_bytes());
        let hash = mac.finalize().into_bytes();
        let halves = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Some(halves.filter_map(|half| char::from_digit(half.into(), 16)).collect())
    }
}

/// Channels somebody has opted out of, comma-separated, with further ones.
pub fn joined(channels: &str, further: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for name in channels.split(',').chain(further.split(',')) {
        if !name.is_empty() && !all.contains(&name) {
            all.push(name);
        }
    }
    all.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_one_address_in_one_tenant_under_one_key() {
        let key = SuppressionKey::new("key");
        let hash = key.hash(1, ("phone", "+14155550123")).unwrap();
        // What is in databases stays true.
        assert_eq!(hash, "58b32b85cead4d085739d0409e6dec8151d3514034fe0cbddff95148652513df");
        assert_eq!(key.hash(1, ("phone", "+14155550123")).as_ref(), Some(&hash));
        assert!(!hash.contains("4155550123"));
        let others = [
            key.hash(2, ("phone", "+14155550123")),
            key.hash(1, ("whatsapp", "+14155550123")),
            key.hash(1, ("phone", "+14155550124")),
            SuppressionKey::new("other").hash(1, ("phone", "+14155550123")),
        ];
        assert!(others.iter().all(|other| other.as_ref().is_some_and(|other| *other != hash)));
        assert_eq!((key.hash(1, ("session", "x")), key.hash(1, ("call", "x"))), (None, None));
    }

    #[test]
    fn channels_are_named_once() {
        assert_eq!(joined("", "sms"), "sms");
        assert_eq!(joined("sms,whatsapp", "voice,sms"), "sms,whatsapp,voice");
        assert_eq!(joined("", ""), "");
    }
}
