//! Lists of leads, and how many there are.

use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::Caller;
use super::form::{COUNTED, COUNTED_BY_WORDS, Params, cursor, page};
use super::named::{ChannelName, ClassName, DayOrInstant, Flag, StatusName};
use super::refused::Guarded;
use super::shape::Lead;
use super::sieve::Sieve;
use crate::app::App;
use crate::domain::lifecycle::Status;
use crate::store::leads::{self, LeadRow};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Which leads are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// At most so many, 1 to 500; 50 unless it is said.
    #[param(example = 50, minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// So many are passed over, up to 10,000; further on, follow the header `Link`.
    #[param(example = 0, minimum = 0, maximum = 10_000)]
    skip: Option<i64>,
    /// Where the page before ended, from the header `Link`.
    #[param(example = json!(null))]
    cursor: Option<String>,
    /// Only at this status.
    #[param(example = "ENQUIRY_RECEIVED", inline, value_type = Option<StatusName>)]
    status: Option<String>,
    /// Only from there.
    #[param(example = "WALK_IN", max_length = 200)]
    source: Option<String>,
    /// Only of this class: `SQL`, `MQL`, `Unqualified`.
    #[param(example = "SQL", inline, value_type = Option<ClassName>)]
    class: Option<String>,
    /// Only by this channel: `sms`, `whatsapp`, `voice`, `web`, `enquiry`.
    #[param(example = "enquiry", inline, value_type = Option<ChannelName>)]
    channel: Option<String>,
    /// Only converted ones (`true`), or only others (`false`).
    #[param(example = "false", inline, value_type = Option<Flag>)]
    converted: Option<String>,
    /// Only active ones (`true`), or only those that were put aside (`false`).
    #[param(example = "true", inline, value_type = Option<Flag>)]
    active: Option<String>,
    /// Only those this user works; `me`: whoever asks.
    #[param(example = "me", pattern = "^([0-9]{1,18}|me)$")]
    assigned_to: Option<String>,
    /// Only those that came from this day or instant on, by the center's clock.
    #[param(example = "2026-02-01", inline, value_type = Option<DayOrInstant>)]
    from: Option<String>,
    /// Only those that came before this day or instant.
    #[param(example = "2026-03-01", inline, value_type = Option<DayOrInstant>)]
    to: Option<String>,
    /// Beginnings of words: names, numbers, addresses, the child, the enquiry's number.
    #[param(example = "meh goy", max_length = 200)]
    search: Option<String>,
    /// Only those who said words that begin so, in any conversation; it is known a moment after they said it.
    #[param(example = "price", max_length = 200)]
    said: Option<String>,
    /// Only of this segment; what is asked beside it takes the place of what the segment says of that.
    #[param(example = json!(null))]
    segment: Option<i64>,
    /// Only of this center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

impl Wanted {
    /// What is asked beside the segment.
    fn sieve(&self) -> Sieve {
        Sieve {
            status: self.status.clone(),
            source: self.source.clone(),
            class: self.class.clone(),
            channel: self.channel.clone(),
            converted: self.converted.clone(),
            active: self.active.clone(),
            assigned_to: self.assigned_to.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            search: self.search.clone(),
            said: self.said.clone(),
        }
    }

    /// Where the page before ended: tenant and lead.
    fn cursor(&self) -> Result<Option<(i64, i64)>, Problem> {
        Ok(cursor(self.cursor.as_deref())?.map(|[tenant, id]| (tenant, id)))
    }

    /// The address of the page behind a lead.
    fn next(&self, path: &str, last: &LeadRow) -> HeaderValue {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let texts = [
            ("status", &self.status),
            ("source", &self.source),
            ("class", &self.class),
            ("channel", &self.channel),
            ("converted", &self.converted),
            ("active", &self.active),
            ("assigned_to", &self.assigned_to),
            ("from", &self.from),
            ("to", &self.to),
            ("search", &self.search),
            ("said", &self.said),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        for (name, value) in [("limit", self.limit), ("center_id", self.center_id), ("segment", self.segment)]
        {
            if let Some(value) = value {
                query.append_pair(name, &value.to_string());
            }
        }
        query.append_pair("cursor", &format!("{}.{}", last.tenant_id, last.id));
        let link = format!("<{path}?{}>; rel=\"next\"", query.finish());
        HeaderValue::from_str(&link).expect("what is percent-encoded is a header's value")
    }
}

/// Leads, the newest first. The header `Link` names the next page, `X-Total-Count` says how many there are; beyond 500 (100 where words
/// are looked for) it says only that (`X-Total-Count-Is: at-least`).
#[utoipa::path(
    get, path = "/api/v1/leads", tag = "leads at work", security(("token" = [])), params(Wanted),
    responses(
        (status = 200, description = "A page of leads.", body = Vec<Lead>,
         headers(("X-Total-Count" = i64, description = "How many there are; beyond 500, or 100, that there are no fewer."),
                 ("X-Total-Count-Is" = String, description = "`exact` or `at-least`."),
                 ("Link" = String, description = "The next page, where there is one."))),
        Guarded, Refusals
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    uri: axum::http::Uri,
    Params(wanted): Params<Wanted>,
) -> Result<(HeaderMap, Json<Vec<Lead>>), Problem> {
    let (limit, mut skip) = page(wanted.limit, wanted.skip)?;
    let cursor = wanted.cursor()?;
    let about = (wanted.segment, wanted.center_id);
    let (sieve, tenants) = wanted.sieve().over_segment(&app, &caller, about).await?;
    let asks = |words: &Option<String>| words.as_ref().is_some_and(|words| !words.trim().is_empty());
    let by_words = asks(&sieve.search) || asks(&sieve.said);
    let most = if by_words { COUNTED_BY_WORDS } else { COUNTED };
    let mut rows: Vec<LeadRow> = Vec::new();
    let mut total = 0;
    for tenant in &tenants {
        let Some(filter) = sieve.filter_in(&app, &caller, *tenant)? else { continue };
        let wants = limit + 1 - rows.len() as i64;
        let found = match cursor {
            Some((at, _)) if tenant.0 < at => continue,
            Some(_) if wants <= 0 => break,
            Some((at, before)) => {
                let before = if tenant.0 == at { before } else { i64::MAX };
                leads::list(&app.db, *tenant, &filter, before, wants).await?
            }
            None if wants <= 0 && total > most => break,
            None => {
                let counted = most + 1 - total;
                let (found, n) =
                    leads::page(&app.db, *tenant, &filter, (skip, wants.max(0)), counted).await?;
                total += n;
                skip = (skip - n).max(0);
                found
            }
        };
        rows.extend(found);
    }
    let mut headers = HeaderMap::new();
    if cursor.is_none() {
        // Where no further row was found, all there is was looked at.
        let is_exact = total <= most || rows.len() as i64 <= limit;
        headers.insert("x-total-count", HeaderValue::from(if is_exact { total } else { total - 1 }));
        let is = if is_exact { "exact" } else { "at-least" };
        headers.insert("x-total-count-is", HeaderValue::from_static(is));
    }
    if rows.len() as i64 > limit {
        rows.truncate(limit as usize);
        if let Some(last) = rows.last() {
            headers.insert(header::LINK, wanted.next(uri.path(), last));
        }
    }
    Ok((headers, Json(rows.into_iter().map(Lead::from).collect())))
}

/// How many leads there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stats {
    /// All.
    #[schema(example = 45)]
    total_leads: i64,
    /// Those that were not put aside.
    #[schema(example = 32)]
    active_leads: i64,
    /// Those that bought.
    #[schema(example = 13)]
    converted_leads: i64,
    /// Active ones that did not.
    #[schema(example = 19)]
    unconverted_leads: i64,
    /// Converted of all, in percent.
    #[schema(example = "28.9%")]
    conversion_rate: String,
    /// How many stand at each status.
    #[schema(example = json!({"ENQUIRY_RECEIVED": 20, "CONVERTED": 13}))]
    by_status: BTreeMap<String, i64>,
}

/// Whose numbers are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// Only of this center, for those who see several.
    #[param(example = 1)]
    pub center_id: Option<i64>,
}

/// How many leads there are.
#[utoipa::path(
    get, path = "/api/v1/leads/stats", tag = "leads at work", security(("token" = [])), params(Whose),
    responses((status = 200, description = "The numbers.", body = Stats), Guarded, Refusals)
)]
pub async fn stats(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Stats>, Problem> {
    let mut by_status: BTreeMap<String, i64> =
        Status::ALL.map(|status| (status.as_str().to_owned(), 0)).into();
    let (mut total, mut active, mut unconverted) = (0, 0, 0);
    for tenant in caller.tenants(&app, whose.center_id)? {
        for row in leads::stats(app.db.within(tenant)).await? {
            total += row.n;
            active += row.n - row.inactive;
            if row.status != Status::Converted.as_str() {
                unconverted += row.n - row.inactive;
            }
            *by_status.entry(row.status).or_default() += row.n;
        }
    }
    let converted = by_status[Status::Converted.as_str()];
    let rate = if total == 0 { 0.0 } else { 100.0 * converted as f64 / total as f64 };
    Ok(Json(Stats {
        total_leads: total,
        active_leads: active,
        converted_leads: converted,
        unconverted_leads: unconverted,
        conversion_rate: format!("{rate:.1}%"),
        by_status,
    }))
}
