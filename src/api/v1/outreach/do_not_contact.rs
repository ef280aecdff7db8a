//! Do-not-contact lists, of a center and of campaigns.

use super::super::super::openapi::Refusals;
use super::super::super::problem::{FieldError, Problem};
use super::super::access::Caller;
use super::super::form::{Checks, Form, Params};
use super::super::refused::Guarded;
use super::refused::unknown_campaign;
use crate::app::App;
use crate::service::outreach::do_not_contact::{self as service, Entry, ListError, NO_ROOM};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most entries of one request.
pub const MOST: usize = 1_000;

/// A list. Numbers are kept as keyed hashes, so nobody reads from it whose they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoNotContact {
    /// The campaign whose list it is; null: the center's, which holds for every campaign.
    #[schema(example = json!(null))]
    campaign_id: Option<i64>,
    /// Its patterns, 10,000 at most.
    #[schema(example = json!(["+1900*"]))]
    patterns: Vec<String>,
    /// How many numbers it has beside.
    #[schema(example = 1_204)]
    numbers: i64,
}

/// Whose list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// That of a campaign; without it the center's.
    #[param(example = json!(null), minimum = 1)]
    campaign_id: Option<i64>,
    /// The center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Problem {
        match error {
            ListError::NoCampaign => unknown_campaign(),
            ListError::Full(beyond) => {
                let error = |n| FieldError { pointer: format!("/entries/{n}"), detail: NO_ROOM.to_owned() };
                Problem::fields(beyond.into_iter().map(error).collect()).for_its_meaning()
            }
            ListError::Store(error) => error.into(),
        }
    }
}

/// What is on a list: its patterns, and how many numbers.
#[utoipa::path(
    get, path = "/api/v1/do-not-contact", tag = "campaigns", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "The list.", body = DoNotContact), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<DoNotContact>, Problem> {
    let tenant = caller.tenant(&app, wanted.center_id)?;
    let campaign_id = wanted.campaign_id;
    let (patterns, numbers) = service::show(&app, tenant, campaign_id).await?;
    Ok(Json(DoNotContact { campaign_id, patterns, numbers }))
}

/// Who is not to be called or written to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoNotContactForm {
    /// By this campaign; null: by none.
    #[schema(example = json!(null), minimum = 1)]
    campaign_id: Option<i64>,
    /// Numbers (E.164), and patterns of them, up to 1,000: `*` stands for any figures, `?` for one; at least three figures.
    #[schema(example = json!(["+14155550123", "+1900*"]), min_items = 1, max_items = 1_000)]
    entries: Vec<String>,
    /// The center, for those who see several.
    #[schema(example = json!(null))]
    center_id: Option<i64>,
}

/// Entries that came onto a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoNotContactReceipt {
    /// How many were not on it.
    #[schema(example = 2)]
    added: u64,
}

/// Puts numbers and patterns on a list: nobody they name is tried from this moment on. Where one cannot be read, none is put there.
///
/// A list has 10,000 patterns at most; where more are to come onto it, none is put there either. Numbers are not counted.
#[utoipa::path(
    post, path = "/api/v1/do-not-contact", tag = "campaigns", security(("token" = [])), request_body = DoNotContactForm,
    responses((status = 200, description = "How many came onto it.", body = DoNotContactReceipt), Guarded, Refusals)
)]
pub async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<DoNotContactForm>,
) -> Result<Json<DoNotContactReceipt>, Problem> {
    let mut checks = Checks::default();
    let campaign = checks.id("/campaign_id", form.campaign_id);
    if !(1..=MOST).contains(&form.entries.len()) {
        checks.wrong("/entries", format!("must be 1 to {MOST} numbers or patterns"));
    }
    let tenant = caller.tenant(&app, form.center_id)?;
    let mut entries = Vec::new();
    for (n, text) in form.entries.iter().take(MOST).enumerate() {
        match Entry::of(&app, tenant, text) {
            Ok(entry) => entries.push(entry),
            Err(words) => checks.refused(format!("/entries/{n}"), words),
        }
    }
    checks.done()?;
    let added = service::add(&app, tenant, &caller.actor, campaign, entries).await?;
    Ok(Json(DoNotContactReceipt { added }))
}

/// Who may be called and written to again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactForm {
    /// By this campaign; null: the entry is the center's.
    #[schema(example = json!(null), minimum = 1)]
    campaign_id: Option<i64>,
    /// The number, or the pattern as it is on the list.
    #[schema(example = "+14155550123", max_length = 100)]
    entry: String,
    /// The center, for those who see several.
    #[schema(example = json!(null))]
    center_id: Option<i64>,
}

/// Takes a number or a pattern off a list. Leads are looked at again: whom nothing else names may be tried.
#[utoipa::path(
    delete, path = "/api/v1/do-not-contact", tag = "campaigns", security(("token" = [])), request_body = ContactForm,
    responses((status = 204, description = "It is not on it any more."), Guarded, Refusals)
)]
pub async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<ContactForm>,
) -> Result<StatusCode, Problem> {
    let mut checks = Checks::default();
    let campaign = checks.id("/campaign_id", form.campaign_id);
    let tenant = caller.tenant(&app, form.center_id)?;
    let entry = Entry::of(&app, tenant, &form.entry).map_err(|words| checks.refused("/entry", words)).ok();
    checks.done()?;
    let was = match &entry {
        Some(entry) => service::remove(&app, tenant, campaign, entry).await?,
        None => false,
    };
    if was { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("this is not on the list")) }
}
