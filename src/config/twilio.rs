//! The Twilio account of the default tenant.

use super::ServerConfig;
use super::environment::{Environment, Mistake};
use secrecy::SecretString;
use url::Url;

/// What signs Twilio's webhooks.
#[derive(Clone, Debug)]
pub enum TwilioSecret {
    /// `TWILIO_AUTH_TOKEN`; several while rotating.
    Tokens(Vec<SecretString>),
    /// Nothing is configured and only this machine can reach us: a generated token in the data folder, for trying.
    Development,
    /// Nothing is configured: the webhooks answer 503.
    Missing,
}

/// How replies to people who wrote by Twilio travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwilioReplies {
    /// In the answer to the webhook, as TwiML.
    Answer,
    /// By the API, from the outbox: paced, and sent again where Twilio does not take them.
    Api,
}

/// The Twilio account.
#[derive(Clone, Debug)]
pub struct TwilioConfig {
    /// `TWILIO_ACCOUNT_SID`.
    pub account_sid: Option<String>,
    /// What signs its webhooks.
    pub secret: TwilioSecret,
    /// `TWILIO_CONFIRM_OPT_OUT`: whether we confirm STOP on SMS ourselves. Twilio does unless told otherwise.
    pub confirm_opt_out: bool,
    /// `TWILIO_API_BASE`, without a slash at the end.
    pub api_base: String,
    /// `TWILIO_FROM`: the number, or messaging service, that sends where the account has no number of its own.
    pub from: Option<String>,
    /// `TWILIO_REPLIES`.
    pub replies: TwilioReplies,
    /// `TWILIO_SEGMENTS_PER_SECOND` of each account; 0: no limit.
    pub segments_per_second: u32,
    /// `TWILIO_CALLS_PER_SECOND` of each account; 0: no limit.
    pub calls_per_second: u32,
}

impl TwilioConfig {
    pub(super) fn from(
        environment: &Environment,
        server: &ServerConfig,
        mistakes: &mut Vec<Mistake>,
    ) -> TwilioConfig {
        let tokens: Vec<SecretString> =
            environment.list("TWILIO_AUTH_TOKEN").into_iter().map(SecretString::from).collect();
        let account_sid = environment.text("TWILIO_ACCOUNT_SID");
        if account_sid.as_ref().is_some_and(|sid| !sid.starts_with("AC")) {
            let message = "must be the account's SID, which begins with AC".to_owned();
            mistakes.push(Mistake { variable: "TWILIO_ACCOUNT_SID", message });
        }
        let secret = if !tokens.is_empty() {
            TwilioSecret::Tokens(tokens)
        } else if server.public_url.is_none() && server.listen.ip().is_loopback() {
            TwilioSecret::Development
        } else {
            TwilioSecret::Missing
        };
        let confirm_opt_out = environment.flag("TWILIO_CONFIRM_OPT_OUT", false, mistakes);
        let replies = match environment.text("TWILIO_REPLIES").as_deref() {
            None | Some("answer") => TwilioReplies::Answer,
            Some("api") => TwilioReplies::Api,
            Some(_) => {
                let message = "must be answer or api".to_owned();
                mistakes.push(Mistake { variable: "TWILIO_REPLIES", message });
                TwilioReplies::Answer
            }
        };
        let from = environment.text("TWILIO_FROM");
        if replies == TwilioReplies::Api && (account_sid.is_none() || from.is_none()) {
            let message = "api needs TWILIO_ACCOUNT_SID, and TWILIO_FROM to send from".to_owned();
            mistakes.push(Mistake { variable: "TWILIO_REPLIES", message });
        }
        let no_limit = "a number such as 1, or 0 for no limit";
        TwilioConfig {
            account_sid,
            secret,
            confirm_opt_out,
            api_base: api_base(environment, mistakes),
            from,
            replies,
            segments_per_second: environment.parse("TWILIO_SEGMENTS_PER_SECOND", 1, no_limit, mistakes),
            calls_per_second: environment.parse("TWILIO_CALLS_PER_SECOND", 1, no_limit, mistakes),
        }
    }
}

fn api_base(environment: &Environment, mistakes: &mut Vec<Mistake>) -> String {
    const USUAL: &str = "https://api.twilio.com";
    let Some(text) = environment.text("TWILIO_API_BASE") else { return USUAL.to_owned() };
    let usable =
        Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !usable {
        let message = format!("must be an address such as {USUAL}");
        mistakes.push(Mistake { variable: "TWILIO_API_BASE", message });
    }
    text.trim_end_matches('/').to_owned()
}
