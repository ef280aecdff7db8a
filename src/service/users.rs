//! People who work here, and what they log in with.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// How long passwords may be, in characters. (NIST SP 800-63B: at least eight where another factor stands beside it, fifteen where none
/// does; and at least 64 at the upper end.)
pub const PASSWORD: RangeInclusive<usize> = 12..=256;

/// Argon2id with 19 MiB, two passes, one lane: the first choice of OWASP's password storage recommendations.
static ARGON: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
});

/// What is kept of a password. Slow on purpose: run off the async threads.
pub fn hash(password: &SecretString) -> String {
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).expect("the operating system's random source answers");
    let hash = ARGON.hash_password_with_salt(password.expose_secret().as_bytes(), &salt);
    hash.expect("a password within its bounds can be hashed").to_string()
}

/// Whether a password is the one that was kept as `hash`. Slow on purpose: run off the async threads.
pub fn is_password(password: &SecretString, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    ARGON.verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
}

/// Whether a text can be an e-mail address: something, one `@`, a host with a dot or `localhost`, no blanks.
pub fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;:\"()[]\\".contains(c);
    !local.is_empty()
        && !local.contains('@')
        && text.len() <= 254
        && text.chars().all(is_plain)
        && (host == "localhost" || (host.contains('.') && !host.starts_with('.') && !host.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_kept_as_salted_hashes() {
        let password = SecretString::from("correct horse battery staple");
        let (one, other) = (hash(&password), hash(&password));
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other, "salted");
        assert!(is_password(&password, &one) && is_password(&password, &other));
        assert!(!is_password(&SecretString::from("correct horse battery stable"), &one));
        assert!(!is_password(&password, "") && !is_password(&password, "$argon2id$nonsense"));
    }

    #[test]
    fn addresses() {
        for good in ["ann@example.com", "ann.b+c@mail.example.co.in", "ops@localhost"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "ann", "@example.com", "ann@", "ann@host", "a n@example.com", "a@b@example.com", "ann@.com"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
