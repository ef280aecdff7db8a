//! The configuration as far as it can be judged alone: its mistakes, who signs and sends, the key of our links.

use super::finding::Finding;
use crate::config::{Config, ConfigError, ListedAccount, Mistake, TwilioSecret, WhatsappSecret};
use crate::flow::Diagnostic;
use secrecy::ExposeSecret;

const AREA: &str = "configuration";
/// A shorter key could be guessed, in characters.
const SHORTEST_KEY: usize = 32;

/// Every mistake as a finding.
pub fn mistakes(error: &ConfigError) -> Vec<Finding> {
    let of_variable = |Mistake { variable, message }: &Mistake| {
        let cure = match *variable {
            "leadwire.toml" => "mend leadwire.toml, or set the variable it names in the environment or .env",
            _ => "set it so in the environment or .env; .env.example explains each variable",
        };
        Finding::fault(AREA, format!("{variable}: {message}"), cure)
    };
    let in_file = |Diagnostic { file, line, column, message, help, .. }: &Diagnostic| {
        let cure = help.clone().unwrap_or("leadwire.toml.example explains every key".to_owned());
        Finding::fault(AREA, format!("{file}:{line}:{column}: {message}"), cure)
    };
    error.mistakes.iter().map(of_variable).chain(error.in_file.iter().map(in_file)).collect()
}

/// What can be said of a configuration that can be read.
pub fn check(config: &Config) -> Vec<Finding> {
    let mut found = vec![Finding::ok(AREA, "the variables and leadwire.toml can be read")];
    found.push(twilio(config));
    found.push(whatsapp(config));
    found.extend(config.file.accounts.iter().filter_map(|account| listed(config, account)));
    found.push(signing_key(config));
    found
}

fn twilio(config: &Config) -> Finding {
    let area = "twilio";
    let (twilio, wanted) =
        (&config.twilio, config.twilio.account_sid.is_some() || config.twilio.from.is_some());
    match (&twilio.secret, &twilio.account_sid) {
        (TwilioSecret::Missing, _) if wanted => Finding::fault(
            area,
            "TWILIO_AUTH_TOKEN is not set: webhooks are answered with 503 and nothing can be sent",
            "set it to the account's Auth Token, which the Twilio console shows",
        ),
        (TwilioSecret::Missing, _) => Finding::ok(area, "not used: TWILIO_AUTH_TOKEN is not set"),
        (TwilioSecret::Development, _) => {
            Finding::ok(area, "a development token, for this machine only; `leadwire simulate` has it too")
        }
        (TwilioSecret::Tokens(_), None) => Finding::warning(
            area,
            "TWILIO_ACCOUNT_SID is not set: no reminder, and no text message after a call, is sent",
            "set it to the account's SID, which begins with AC",
        ),
        (TwilioSecret::Tokens(tokens), Some(_)) => {
            let rotating = if tokens.len() > 1 { ", two tokens while rotating" } else { "" };
            Finding::ok(area, format!("the account and its token are set{rotating}"))
        }
    }
}

fn whatsapp(config: &Config) -> Finding {
    let (area, whatsapp) = ("whatsapp", &config.whatsapp);
    let any = whatsapp.access_token.is_some()
        || whatsapp.phone_number_id.is_some()
        || matches!(whatsapp.secret, WhatsappSecret::Secrets(_));
    match (whatsapp.missing(), &whatsapp.secret) {
        (_, WhatsappSecret::Development) => {
            Finding::ok(area, "a development secret, for this machine only; `leadwire simulate` has it too")
        }
        (Some(variable), _) if any => Finding::fault(
            area,
            format!("{variable} is not set: webhooks are answered with 503"),
            format!("set {variable}; .env.example says where Meta shows it"),
        ),
        (Some(variable), _) => Finding::ok(area, format!("not used: {variable} is not set")),
        (None, _) if whatsapp.verify_token.is_none() => Finding::warning(
            area,
            "WHATSAPP_VERIFY_TOKEN is not set: Meta cannot be told of the webhook",
            "choose a word, and give the same to Meta",
        ),
        (None, _) => Finding::ok(area, "the number, its secret and its token are set"),
    }
}

/// A number of the file whose variables are not there.
fn listed(config: &Config, account: &ListedAccount) -> Option<Finding> {
    let is_set = |name: &str| !config.secrets(name).is_empty();
    let area = format!("account {}", account.address);
    let missing = |variable: &str, why: &str| {
        let what = format!("{variable} ({}) is not set: {why}", account.place);
        Finding::fault(area.clone(), what, format!("set {variable} in the environment or .env"))
    };
    let token = account.token_name.as_deref();
    if !is_set(&account.secret_name) {
        return Some(missing(&account.secret_name, "what comes in there is refused"));
    }
    if let Some(token) = token.filter(|token| !is_set(token)) {
        return Some(missing(token, "nothing can be sent from there"));
    }
    let has_none =
        account.provider == "whatsapp" && token.is_none() && config.whatsapp.access_token.is_none();
    if has_none {
        return Some(missing("WHATSAPP_ACCESS_TOKEN", "nothing can be sent from there"));
    }
    Some(Finding::ok(area, format!("{}: its secrets are set", account.provider)))
}

fn signing_key(config: &Config) -> Finding {
    let area = "signing key";
    match &config.notify.secret_key {
        None => Finding::ok(area, "the database keeps one; SECRET_KEY is not set"),
        Some(key) if key.expose_secret().chars().count() < SHORTEST_KEY => Finding::warning(
            area,
            format!("SECRET_KEY has fewer than {SHORTEST_KEY} characters: links could be forged"),
            "set it to what `openssl rand -hex 32` prints; links that were sent before stop working",
        ),
        Some(_) => Finding::ok(area, "SECRET_KEY is set"),
    }
}
