//! Links to one lead that we sign ourselves: what they are for, and until when they hold.

use crate::clock::Millis;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Who may do what with which lead, until when. It is a credential: whoever has it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Whose the lead is.
    pub tenant_id: i64,
    /// The lead.
    pub lead_id: i64,
    /// The notice it came with.
    pub notice_id: i64,
    /// Until then.
    pub expires_at: Millis,
}

impl Pass {
    /// The pass as text for an address, signed with HMAC-SHA256.
    pub fn sign(&self, key: &[u8]) -> String {
        let Pass { tenant_id, lead_id, notice_id, expires_at } = self;
        let claims = format!("{tenant_id}.{lead_id}.{notice_id}.{expires_at}");
        let tag = URL_SAFE_NO_PAD.encode(mac(key, &claims).finalize().into_bytes());
        format!("{claims}.{tag}")
    }

    /// The pass a text is; `None`: it is none of ours, or no longer holds. Compared in constant time.
    pub fn verify(text: &str, key: &[u8], now: Millis) -> Option<Pass> {
        let (claims, tag) = text.rsplit_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        mac(key, claims).verify_slice(&tag).ok()?;
        let mut numbers = claims.split('.').map(|part| part.parse::<i64>().ok());
        let mut next = || numbers.next().flatten();
        let pass = Pass { tenant_id: next()?, lead_id: next()?, notice_id: next()?, expires_at: next()? };
        (now < pass.expires_at).then_some(pass)
    }
}

fn mac(key: &[u8], claims: &str) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    // What else is signed with the same key can never be taken for a pass.
    mac.update(b"leadwire lead pass 1\n");
    mac.update(claims.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_holds_for_its_lead_until_it_expires() {
        let pass = Pass { tenant_id: 1, lead_id: 7, notice_id: 9, expires_at: 1_000 };
        let text = pass.sign(b"key");
        assert_eq!(Pass::verify(&text, b"key", 999), Some(pass));
        assert_eq!(Pass::verify(&text, b"key", 1_000), None, "expired");
        assert_eq!(Pass::verify(&text, b"other", 0), None, "signed by somebody else");
        assert_eq!(Pass::verify(&text.replacen("1.7.", "1.8.", 1), b"key", 0), None, "another lead");
        for wrong in ["", ".", "1.7.9.1000", "1.7.9.1000.", "a.b.c.d.e", &text[1..]] {
            assert_eq!(Pass::verify(wrong, b"key", 0), None, "{wrong}");
        }
    }
}
