//! Sinks from the file, with their secrets from the environment.

use super::environment::{Environment, Mistake};
use super::file::ListedSink;
use crate::delivery::rest::{Auth, Body, Endpoint, IDEMPOTENCY_HEADER, Listing, LookUps, Rest};
use crate::delivery::{Mapping, Named, Sink, csv, hubspot, odoo, rest, webhook};
use crate::domain::rate::Rate;
use crate::domain::sending::Method;
use crate::flow::template::Template;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;

/// HubSpot's own address.
const HUBSPOT: &str = "https://api.hubapi.com";
/// What HubSpot takes from a private app in a second, of 100 in ten (free and starter accounts).
const HUBSPOT_RATE: u32 = 10;

/// A sink that can be delivered to; its tenant is still a slug.
#[derive(Clone, Debug)]
pub struct ConfiguredSink {
    /// Whose it is.
    pub tenant: String,
    /// Where it stands in the file.
    pub place: String,
    /// The sink, with tenant 0.
    pub named: Named,
}

/// Makes the sinks of the file. A secret that is not there is a mistake.
pub(super) fn sinks(
    listed: &[ListedSink],
    environment: &Environment,
    mistakes: &mut Vec<Mistake>,
) -> Vec<ConfiguredSink> {
    listed.iter().filter_map(|listed| configured(listed, environment, mistakes)).collect()
}

fn configured(
    listed: &ListedSink,
    environment: &Environment,
    mistakes: &mut Vec<Mistake>,
) -> Option<ConfiguredSink> {
    let mut missing = |message: String| mistakes.push(Mistake { variable: "leadwire.toml", message });
    let mut secrets = |key: &str| -> Option<Vec<SecretString>> {
        let Some(variable) = listed.text(key) else { return Some(Vec::new()) };
        let secrets: Vec<SecretString> =
            environment.list(variable).into_iter().map(SecretString::from).collect();
        if secrets.is_empty() {
            missing(format!(
                "the sink \"{}\" ({}) needs the variable {variable}; set it",
                listed.name, listed.place
            ));
            return None;
        }
        Some(secrets)
    };
    let (own, reports) = (secrets("secret")?, secrets("reports")?);
    let (kind, sink) = match made(listed, &own) {
        Ok(made) => made,
        Err(why) => {
            missing(format!("the sink \"{}\" ({}): {why}", listed.name, listed.place));
            return None;
        }
    };
    if let Some(wrong) = reports.iter().find_map(|secret| webhook::key(secret.expose_secret()).err()) {
        missing(format!("reports of the sink \"{}\" ({}): {wrong}", listed.name, listed.place));
        return None;
    }
    // Who knows such an address may post there: the ledger shows the host alone.
    let path =
        (kind == "webhook").then(|| url::Url::parse(listed.text("url").unwrap_or_default()).ok()).flatten();
    let path = path.map(|url| url.path().to_owned()).filter(|path| path.len() > 1);
    let usual = (kind == "hubspot").then_some(HUBSPOT_RATE);
    let rate = listed.rate.and_then(|rate| u32::try_from(rate).ok()).or(usual);
    Some(ConfiguredSink {
        tenant: listed.tenant.clone(),
        place: listed.place.clone(),
        named: Named {
            tenant_id: 0,
            name: listed.name.clone(),
            kind,
            sink,
            rate: rate.and_then(Rate::per_second),
            fingerprint: fingerprint(listed, &own),
            secrets: own.into_iter().chain(path.map(SecretString::from)).collect(),
            reports,
        },
    })
}

fn made(listed: &ListedSink, secrets: &[SecretString]) -> Result<(&'static str, Arc<dyn Sink>), String> {
    let fields = Mapping::new(&listed.fields).map_err(|(field, error)| format!("{field}: {error}"))?;
    let url = || listed.text("url").unwrap_or_default().to_owned();
    let secret = || secrets.first().cloned().unwrap_or_default();
    let key_field = |usual: &str| listed.text("key_field").unwrap_or(usual).to_owned();
    Ok(match listed.kind.as_str() {
        "rest" => ("rest", Arc::new(Rest::new(api(listed, fields, secrets)?))),
        "hubspot" => (
            "hubspot",
            Arc::new(hubspot::HubSpot::new(hubspot::Settings {
                api_base: listed.text("url").unwrap_or(HUBSPOT).to_owned(),
                token: secret(),
                key_property: key_field(hubspot::KEY_PROPERTY),
                fields,
            })),
        ),
        "odoo" => (
            "odoo",
            Arc::new(odoo::Odoo::new(odoo::Settings {
                url: url(),
                database: listed.text("database").map(str::to_owned),
                api: match listed.text("api") {
                    Some("jsonrpc") => odoo::Api::JsonRpc {
                        login: listed.text("user").unwrap_or_default().to_owned(),
                        key: secret(),
                    },
                    _ => odoo::Api::Json2 { key: secret() },
                },
                key_field: key_field(odoo::KEY_FIELD),
                fields,
                lead_type: listed.text("lead_type").and_then(odoo::LeadType::parse).unwrap_or_default(),
                team_id: listed.team,
            })),
        ),
        "webhook" => {
            let settings = webhook::Settings { url: url(), secrets: secrets.to_vec(), fields };
            ("webhook", Arc::new(webhook::Webhook::new(settings).map_err(|error| error.to_string())?))
        }
        _ => {
            let path = PathBuf::from(listed.text("file").unwrap_or_default());
            ("csv", Arc::new(csv::Csv::new(csv::Settings { path, fields })))
        }
    })
}

fn api(listed: &ListedSink, fields: Mapping, secrets: &[SecretString]) -> Result<rest::Settings, String> {
    let template = |key: &str| -> Result<Option<Template>, String> {
        listed.text(key).map(Template::new).transpose().map_err(|error| format!("{key}: {error}"))
    };
    let method = |key: &str, usual| listed.text(key).and_then(Method::parse).unwrap_or(usual);
    let owned = |key: &str| listed.text(key).map(str::to_owned);
    let create =
        Endpoint { method: method("method", Method::Post), url: template("url")?.ok_or("there is no url")? };
    let secret = secrets.first().cloned();
    Ok(rest::Settings {
        update: template("update")?
            .map(|url| Endpoint { method: method("update_method", Method::Patch), url }),
        headers: listed.headers.clone(),
        auth: match (listed.text("auth"), secret) {
            (Some("none"), _) | (_, None) => Auth::None,
            (Some("basic"), Some(password)) => {
                Auth::Basic { user: listed.text("user").unwrap_or_default().to_owned(), password }
            }
            (Some("header"), Some(value)) => {
                Auth::Header { name: listed.text("header").unwrap_or_default().to_owned(), value }
            }
            (_, Some(token)) => Auth::Bearer(token),
        },
        body: if listed.text("body") == Some("form") { Body::Form } else { Body::Json },
        fields,
        id: owned("id"),
        exists: owned("exists"),
        success: owned("success").map(|pointer| (pointer, owned("success_is").unwrap_or_default())),
        idempotency_header: owned("idempotency_header").unwrap_or_else(|| IDEMPOTENCY_HEADER.to_owned()),
        repeats_safely: listed.repeats_safely,
        look_up: LookUps {
            by_key: template("find_by_key")?,
            by_phone: template("find_by_phone")?,
            by_email: template("find_by_email")?,
            none: Vec::new(),
        },
        list: template("list")?.map(|url| Listing { url, next: owned("next") }),
        found: owned("found"),
        key_field: owned("key_field"),
        ..rest::Settings::new(create)
    })
}

/// Changes with anything that may make a refused lead acceptable.
fn fingerprint(listed: &ListedSink, secrets: &[SecretString]) -> String {
    let mut digest = Sha256::new();
    let without_place = ListedSink { place: String::new(), ..listed.clone() };
    digest.update(format!("{without_place:?}").as_bytes());
    for secret in secrets {
        digest.update(b"\0");
        digest.update(secret.expose_secret().as_bytes());
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
