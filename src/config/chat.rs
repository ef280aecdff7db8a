//! Who may use the chat API, from where and how often.

use super::environment::{Environment, Mistake};

/// The chat API's limits.
#[derive(Clone, Debug)]
pub struct ChatConfig {
    /// `CORS_ORIGINS`: web origins that may call the chat API from a browser; `*` for all. Our own page needs none.
    pub cors_origins: Vec<String>,
    /// `RATE_LIMIT_PER_MINUTE`: requests by one session, and by one address (times ten: offices share an address).
    pub per_minute: u32,
    /// `LEADWIRE_TRUST_PROXY`: whether the last address of `X-Forwarded-For` is the peer's; only behind a proxy of yours.
    pub trust_proxy: bool,
}

impl ChatConfig {
    pub(super) fn from(environment: &Environment, mistakes: &mut Vec<Mistake>) -> ChatConfig {
        let cors_origins = environment.list("CORS_ORIGINS");
        let is_origin = |origin: &String| {
            origin == "*"
                || url::Url::parse(origin)
                    .is_ok_and(|url| url.has_host() && url.origin().ascii_serialization() == *origin)
        };
        if !cors_origins.iter().all(is_origin) {
            let message =
                "must be web origins separated by commas, such as https://www.example.com (scheme and host, \
                           no path), or *"
                    .to_owned();
            mistakes.push(Mistake { variable: "CORS_ORIGINS", message });
        }
        let per_minute: u32 =
            environment.parse("RATE_LIMIT_PER_MINUTE", 60, "a number above zero, such as 60", mistakes);
        if per_minute == 0 {
            let message = "must be above zero; to allow much, write a large number".to_owned();
            mistakes.push(Mistake { variable: "RATE_LIMIT_PER_MINUTE", message });
        }
        let trust_proxy = environment.flag("LEADWIRE_TRUST_PROXY", false, mistakes);
        ChatConfig { cors_origins, per_minute, trust_proxy }
    }
}
