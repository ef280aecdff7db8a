//! Lists of leads, and how many there are.

use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::Caller;
use super::form::Params;
use super::paging::{COUNTED, COUNTED_BY_WORDS, cursor, next, page};
use super::refused::Guarded;
use super::shape::Lead;
use super::sieve::{Sieve, Sifted};
use crate::app::App;
use crate::domain::lifecycle::Status;
use crate::store::leads::{self, LeadRow};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Which page of which leads is asked for, beside the [`Sieve`].
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
    /// Only of this segment; what is asked beside it takes the place of what the segment says of that.
    #[param(example = json!(null))]
    segment: Option<i64>,
    /// Only of this center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

/// Leads, the newest first. The header `Link` names the next page, `X-Total-Count` says how many there are; beyond 500 (100 where words
/// are looked for) it says only that (`X-Total-Count-Is: at-least`).
#[utoipa::path(
    get, path = "/api/v1/leads", tag = "leads at work", security(("token" = [])), params(Sieve, Wanted),
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
    uri: Uri,
    Sifted(sieve, wanted): Sifted<Wanted>,
) -> Result<(HeaderMap, Json<Vec<Lead>>), Problem> {
    let (limit, mut skip) = page(wanted.limit, wanted.skip)?;
    let cursor = cursor(wanted.cursor.as_deref())?.map(|[tenant, id]| (tenant, id));
    let about = (wanted.segment, wanted.center_id);
    let (sieve, tenants) = sieve.over_segment(&app, &caller, about).await?;
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
            headers.insert(header::LINK, next(&uri, [last.tenant_id, last.id]));
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
