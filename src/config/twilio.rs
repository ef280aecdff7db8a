//! The Twilio account of the default tenant.

use super::ServerConfig;
use super::environment::{Environment, Mistake};
use secrecy::SecretString;

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

/// The Twilio account.
#[derive(Clone, Debug)]
pub struct TwilioConfig {
    /// `TWILIO_ACCOUNT_SID`.
    pub account_sid: Option<String>,
    /// What signs its webhooks.
    pub secret: TwilioSecret,
    /// `TWILIO_CONFIRM_OPT_OUT`: whether we confirm STOP on SMS ourselves. Twilio does unless told otherwise.
    pub confirm_opt_out: bool,
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
        TwilioConfig { account_sid, secret, confirm_opt_out }
    }
}
