//! The WhatsApp number of the default tenant, through Meta's Cloud API.

use super::ServerConfig;
use super::environment::{Environment, Mistake};
use crate::domain::approved::Template;
use secrecy::SecretString;
use std::net::SocketAddr;
use url::Url;

/// Where `leadwire simulate whatsapp` plays Meta's part while nothing is configured.
pub const DEVELOPMENT_API: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8079);
/// Our number's id while nothing is configured.
const DEVELOPMENT_NUMBER: &str = "100000000000001";
/// Meta's own address.
const API_BASE: &str = "https://graph.facebook.com";
/// The version of the Graph API that our messages are written for.
const API_VERSION: &str = "v26.0";

/// What signs Meta's webhooks.
#[derive(Clone, Debug)]
pub enum WhatsappSecret {
    /// `WHATSAPP_APP_SECRET`; several while rotating.
    Secrets(Vec<SecretString>),
    /// Nothing is configured and only this machine can reach us: a generated secret in the data folder, for trying.
    Development,
    /// Nothing is configured: the webhook answers 503.
    Missing,
}

/// The WhatsApp number.
#[derive(Clone, Debug)]
pub struct WhatsappConfig {
    /// `WHATSAPP_VERIFY_TOKEN`: what Meta asks with when the webhook is set up.
    pub verify_token: Option<SecretString>,
    /// What signs its webhooks.
    pub secret: WhatsappSecret,
    /// `WHATSAPP_ACCESS_TOKEN`: what may send.
    pub access_token: Option<SecretString>,
    /// `WHATSAPP_PHONE_NUMBER_ID`: Meta's id of the number, not the number.
    pub phone_number_id: Option<String>,
    /// `WHATSAPP_API_BASE`, without a slash at the end.
    pub api_base: String,
    /// `WHATSAPP_API_VERSION`.
    pub api_version: String,
    /// `WHATSAPP_TEMPLATE`: what is sent in place of a message once the 24-hour window is closed; without it such a
    /// message is held.
    pub template: Option<Template>,
    /// `WHATSAPP_READ_RECEIPTS`: whether people see that we have read what they wrote, and that an answer comes.
    pub read_receipts: bool,
}

impl WhatsappConfig {
    pub(super) fn from(
        environment: &Environment,
        server: &ServerConfig,
        mistakes: &mut Vec<Mistake>,
    ) -> WhatsappConfig {
        let secrets: Vec<SecretString> =
            environment.list("WHATSAPP_APP_SECRET").into_iter().map(SecretString::from).collect();
        let verify_token = environment.secret("WHATSAPP_VERIFY_TOKEN");
        let mut access_token = environment.secret("WHATSAPP_ACCESS_TOKEN");
        let mut phone_number_id = phone_number_id(environment, mistakes);
        let only_here = server.public_url.is_none() && server.listen.ip().is_loopback();
        let is_bare = verify_token.is_none() && access_token.is_none() && phone_number_id.is_none();
        let secret = if !secrets.is_empty() {
            WhatsappSecret::Secrets(secrets)
        } else if only_here && is_bare {
            WhatsappSecret::Development
        } else {
            WhatsappSecret::Missing
        };
        let mut default_base = API_BASE.to_owned();
        if matches!(secret, WhatsappSecret::Development) {
            default_base = format!("http://{DEVELOPMENT_API}");
            phone_number_id = Some(DEVELOPMENT_NUMBER.to_owned());
            access_token = Some("development".to_owned().into());
        }
        WhatsappConfig {
            verify_token,
            secret,
            access_token,
            phone_number_id,
            api_base: api_base(environment, default_base, mistakes),
            api_version: api_version(environment, mistakes),
            template: template(environment, mistakes),
            read_receipts: environment.flag("WHATSAPP_READ_RECEIPTS", true, mistakes),
        }
    }

    /// The variable that must be set before messages can be answered.
    pub fn missing(&self) -> Option<&'static str> {
        if matches!(self.secret, WhatsappSecret::Missing) {
            Some("WHATSAPP_APP_SECRET")
        } else if self.phone_number_id.is_none() {
            Some("WHATSAPP_PHONE_NUMBER_ID")
        } else if self.access_token.is_none() {
            Some("WHATSAPP_ACCESS_TOKEN")
        } else {
            None
        }
    }
}

fn phone_number_id(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let id = environment.text("WHATSAPP_PHONE_NUMBER_ID")?;
    let plain = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
    if !plain {
        let message =
            "must be Meta's id of the number, such as 106540352242922; the WhatsApp Manager shows it"
                .to_owned();
        mistakes.push(Mistake { variable: "WHATSAPP_PHONE_NUMBER_ID", message });
    }
    Some(id)
}

fn api_base(environment: &Environment, default: String, mistakes: &mut Vec<Mistake>) -> String {
    let Some(text) = environment.text("WHATSAPP_API_BASE") else { return default };
    let usable = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    if Url::parse(&text).is_ok_and(|url| usable(&url)) {
        return text.trim_end_matches('/').to_owned();
    }
    let message = format!("must be a web address such as {API_BASE}");
    mistakes.push(Mistake { variable: "WHATSAPP_API_BASE", message });
    default
}

fn api_version(environment: &Environment, mistakes: &mut Vec<Mistake>) -> String {
    let version = environment.text("WHATSAPP_API_VERSION").unwrap_or_else(|| API_VERSION.to_owned());
    let figures = version.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !figures.is_some_and(|(major, minor)| is_number(major) && is_number(minor)) {
        let message = format!("must be a version of the Graph API, such as {API_VERSION}");
        mistakes.push(Mistake { variable: "WHATSAPP_API_VERSION", message });
    }
    version
}

fn template(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Option<Template> {
    let text = environment.text("WHATSAPP_TEMPLATE")?;
    let template = Template::parse(&text);
    if template.is_none() {
        let message =
            "must be the name and the language of a template without parameters, such as follow_up/en_US"
                .to_owned();
        mistakes.push(Mistake { variable: "WHATSAPP_TEMPLATE", message });
    }
    template
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn config(variables: &[(&str, &str)]) -> WhatsappConfig {
        Config::from(&Environment::of(variables.iter().copied())).unwrap().whatsapp
    }

    #[test]
    fn what_is_configured_decides_who_may_post() {
        let all = [
            ("WHATSAPP_APP_SECRET", "new, old"),
            ("WHATSAPP_ACCESS_TOKEN", "EAAx"),
            ("WHATSAPP_PHONE_NUMBER_ID", "106540352242922"),
        ];
        let full = config(&all);
        assert!(matches!(&full.secret, WhatsappSecret::Secrets(both) if both.len() == 2));
        assert_eq!((full.missing(), full.api_base.as_str()), (None, API_BASE));
        assert_eq!((full.api_version.as_str(), full.read_receipts), (API_VERSION, true));
        for (name, _) in all {
            let others: Vec<_> = all.iter().copied().filter(|(other, _)| *other != name).collect();
            assert_eq!(config(&others).missing(), Some(name));
        }
        let bare = config(&[]);
        assert!(matches!(bare.secret, WhatsappSecret::Development));
        assert_eq!((bare.missing(), bare.api_base.as_str()), (None, "http://127.0.0.1:8079"));
        for reachable in [("PUBLIC_URL", "https://bot.example.com"), ("LEADWIRE_LISTEN", "0.0.0.0:8080")] {
            assert_eq!(config(&[reachable]).missing(), Some("WHATSAPP_APP_SECRET"), "{reachable:?}");
        }
        assert_eq!(config(&[("WHATSAPP_VERIFY_TOKEN", "t")]).missing(), Some("WHATSAPP_APP_SECRET"));
        let base = config(&[("WHATSAPP_API_BASE", "http://127.0.0.1:9099/")]).api_base;
        assert_eq!(base, "http://127.0.0.1:9099");
        let template = config(&[("WHATSAPP_TEMPLATE", "follow_up/en")]).template;
        assert_eq!(template, Template::parse("follow_up/en"));
    }

    #[test]
    fn what_cannot_be_used() {
        for (variable, value) in [
            ("WHATSAPP_PHONE_NUMBER_ID", "1/2"),
            ("WHATSAPP_API_BASE", "graph.facebook.com"),
            ("WHATSAPP_API_BASE", "https://x.example/?a=b"),
            ("WHATSAPP_API_VERSION", "26"),
            ("WHATSAPP_API_VERSION", "v26"),
            ("WHATSAPP_API_VERSION", "v26.0/../x"),
            ("WHATSAPP_TEMPLATE", "Follow up"),
            ("WHATSAPP_READ_RECEIPTS", "perhaps"),
        ] {
            let error = Config::from(&Environment::of([(variable, value)])).unwrap_err();
            assert_eq!(error.mistakes.len(), 1, "{error}");
            assert_eq!(error.mistakes[0].variable, variable);
        }
    }
}
