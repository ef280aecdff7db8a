//! What CRMs report of leads: signed by Standard Webhooks with the sink's `reports` secrets.

use crate::api::LARGEST_BODY;
use crate::api::problem::Problem;
use crate::app::App;
use crate::clock::{Millis, SECOND};
use crate::delivery::Named;
use crate::delivery::webhook::{Signed, TOLERANCE_SECONDS, WebhookError, verify};
use crate::domain::crm_status::CrmStatus;
use crate::store::crm_reports::{self, Reported};
use crate::store::tenants::DEFAULT_TENANT;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// The most reports of one webhook.
const MOST_REPORTS: usize = 100;
/// The longest id a report may name, and the longest webhook-id, in bytes.
const LONGEST_ID: usize = 200;

/// What became of a webhook's reports.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Answer {
    /// They stand with their records now.
    taken: i64,
    /// Something later is known already.
    outdated: i64,
    /// No record has that id.
    unknown: i64,
    /// They came before.
    repeated: i64,
}

/// `POST /webhooks/crm/{sink}`: of a sink of the tenant `default`.
pub async fn default_tenant(
    State(app): State<Arc<App>>,
    Path(sink): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Answer>, Problem> {
    take(&app, DEFAULT_TENANT, &sink, &headers, body).await
}

/// `POST /webhooks/crm/{tenant}/{sink}`.
pub async fn tenant(
    State(app): State<Arc<App>>,
    Path((tenant, sink)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Answer>, Problem> {
    let tenant_id = app.tenants.iter().find(|known| known.slug == tenant).map(|known| known.id);
    take(&app, tenant_id.ok_or_else(unknown_sink)?, &sink, &headers, body).await
}

async fn take(
    app: &App,
    tenant_id: i64,
    sink: &str,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Answer>, Problem> {
    let named = app.sinks.get(tenant_id, sink).ok_or_else(unknown_sink)?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(LARGEST_BODY),
        _ => Problem::malformed("the body broke off"),
    })?;
    let now = app.clock.now();
    let (webhook_id, sent_at) = signed(named, headers, &body, now)?;
    let reports = reports(&body, sent_at, now)?;
    let reported: Vec<Reported<'_>> = reports
        .iter()
        .map(|report| Reported {
            sink_id: report.id.as_deref(),
            key: report.key.as_deref(),
            status: report.status.as_str(),
            rank: report.status.rank(),
            at: report.at,
        })
        .collect();
    let taken = crm_reports::take(&app.db, (tenant_id, sink), webhook_id, &reported, now).await?;
    metrics::counter!("leadwire_crm_reports_total", "sink" => named.name.clone())
        .increment(reports.len() as u64);
    // Unknown ids are no error: a CRM that is told so would send them again and again, and what else the webhook has with them.
    Ok(Json(Answer {
        taken: taken.current,
        outdated: taken.outdated,
        unknown: taken.unknown,
        repeated: taken.repeated,
    }))
}

/// The webhook's id and when it was sent, where somebody with a secret of the sink's sent these bytes.
fn signed<'a>(
    named: &Named,
    headers: &'a HeaderMap,
    body: &[u8],
    now: Millis,
) -> Result<(&'a str, Millis), Problem> {
    if named.reports.is_empty() {
        let name = &named.name;
        return Err(Problem::not_configured(format!(
            "the sink \"{name}\" of leadwire.toml takes no reports: name the variable of their secret with reports = \"…\", and restart"
        )));
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = Signed {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    verify(&named.reports, signed, body, now.div_euclid(SECOND)).map_err(|error| match error {
        WebhookError::MissingHeader => Problem::unsigned(error.to_string()),
        error => Problem::bad_signature(format!(
            "{error}; check that the secret is the one the sink's `reports` names, and that nothing between the CRM and us changes the body"
        )),
    })?;
    let id = signed.id.unwrap_or_default();
    if id.len() > LONGEST_ID {
        return Err(Problem::malformed(format!("webhook-id is longer than {LONGEST_ID} bytes")));
    }
    let sent: Option<Millis> = signed.timestamp.and_then(|timestamp| timestamp.parse().ok());
    Ok((id, sent.unwrap_or_default() * SECOND))
}

#[derive(Debug)]
struct Report {
    id: Option<String>,
    key: Option<String>,
    status: CrmStatus,
    at: Millis,
}

/// The reports of a body: one, or a list.
fn reports(body: &[u8], sent_at: Millis, now: Millis) -> Result<Vec<Report>, Problem> {
    let json: Value = serde_json::from_slice(body).map_err(|_| Problem::malformed("the body is no JSON"))?;
    match &json {
        Value::Array(all) if all.is_empty() || all.len() > MOST_REPORTS => {
            Err(Problem::invalid("", format!("a list has 1 to {MOST_REPORTS} reports")))
        }
        Value::Array(all) => {
            all.iter().enumerate().map(|(n, one)| report(one, &format!("/{n}"), sent_at, now)).collect()
        }
        one => Ok(vec![report(one, "", sent_at, now)?]),
    }
}

fn report(json: &Value, at: &str, sent_at: Millis, now: Millis) -> Result<Report, Problem> {
    let wrong = |field: &str, detail: &str| Err(Problem::invalid(&format!("{at}/{field}"), detail));
    let Some(fields) = json.as_object() else {
        return Err(Problem::invalid(at, "a report is an object with id or key, status, and at if you like"));
    };
    let name = |field: &str| match fields.get(field) {
        None | Some(Value::Null) => Ok(None),
        // Some CRMs have numbers for ids.
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::String(text)) if (1..=LONGEST_ID).contains(&text.len()) => Ok(Some(text.clone())),
        Some(_) => {
            Err(Problem::invalid(&format!("{at}/{field}"), "must be a text of 1 to 200 bytes, or a number"))
        }
    };
    let (id, key) = (name("id")?, name("key")?);
    if id.is_none() && key.is_none() {
        return wrong("id", "is missing: the CRM's id of the record here, or our id (lw-…) as key");
    }
    let status = fields.get("status").and_then(Value::as_str).and_then(CrmStatus::parse);
    let Some(status) = status else {
        return wrong("status", "must be submitted, contacted, qualified, sold or lost");
    };
    let instant = match fields.get("at") {
        None | Some(Value::Null) => sent_at,
        Some(given) => match given.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()) {
            Some(instant) => instant.as_millisecond(),
            None => return wrong("at", "must be an instant such as 2026-01-05T10:00:00Z"),
        },
    };
    // It would stand against everything that comes until then.
    if instant > now + TOLERANCE_SECONDS as Millis * SECOND {
        return wrong("at", "is in the future");
    }
    Ok(Report { id, key, status, at: instant })
}

fn unknown_sink() -> Problem {
    Problem::not_found(
        "no sink of leadwire.toml has this name; reports go to /webhooks/crm/SINK, or /webhooks/crm/TENANT/SINK",
    )
}
