//! One lead: what it is, what was said, everything about it, what happened, and why its score is what it is.

use super::super::extract::rfc3339;
use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::{Caller, unknown};
use super::form::{Id, Params};
use super::moves::answer;
use super::refused::{Guarded, change};
use super::shape::{Child, FollowUp, IntroVisit, Lead, Parent};
use crate::app::App;
use crate::clock::SECOND;
use crate::domain::access::Tenant;
use crate::domain::score::FIT;
use crate::service::lifecycle::{Happened, timeline as happened};
use crate::store::leads::{
    self, AttemptRow, DeliveredRow, LeadRow, LedgerRow, SaidRow, SumsRow, TalkRow, Thing,
};
use crate::store::outreach;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most rows of each kind that a lead is shown with; its timeline has all.
const MOST: i64 = 200;

async fn found(app: &App, caller: &Caller, id: i64) -> Result<(Tenant, LeadRow), Problem> {
    let tenant = caller.tenant_of(app, Thing::Lead, id).await?;
    let lead = leads::find(app.db.within(tenant), id).await?.ok_or_else(|| unknown(Thing::Lead))?;
    Ok((tenant, lead))
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeadMessage)]
pub struct Message {
    /// The conversation.
    #[schema(example = 210_453_397_509_i64)]
    conversation_id: i64,
    /// Its place there.
    #[schema(example = 1)]
    seq: i64,
    /// By which channel.
    #[schema(example = "whatsapp")]
    channel: String,
    /// `in`: theirs; `out`: ours.
    #[schema(example = "in")]
    direction: String,
    /// What was said.
    #[schema(example = "Hello")]
    text: String,
    /// How far it came, as the provider reports.
    #[schema(example = "delivered")]
    status: Option<String>,
    /// When, RFC 3339.
    #[schema(example = "2026-02-08T10:30:00Z")]
    at: String,
}

impl From<SaidRow> for Message {
    fn from(row: SaidRow) -> Message {
        let SaidRow { conversation_id, seq, channel, direction, body, status, created_at } = row;
        Message { conversation_id, seq, channel, direction, text: body, status, at: rfc3339(created_at) }
    }
}

/// A lead with what was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithTranscript {
    /// The lead.
    #[serde(flatten)]
    lead: Lead,
    /// The last 200 messages, in order.
    messages: Vec<Message>,
}

/// A lead, with what was said.
#[utoipa::path(
    get, path = "/api/v1/leads/{id}", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = WithTranscript), Guarded, Refusals)
)]
pub async fn show(State(app): State<Arc<App>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    let (tenant, lead) = found(&app, &caller, id).await?;
    let talks = leads::talks(app.db.within(tenant), (lead.person_id, lead.id)).await?;
    let messages = said(&app, tenant, &talks).await?;
    let (etag, Json(lead)) = answer(lead);
    Ok((etag, Json(WithTranscript { lead, messages })).into_response())
}

async fn said(app: &App, tenant: Tenant, talks: &[TalkRow]) -> Result<Vec<Message>, Problem> {
    let mut rows = leads::messages(app.db.within(tenant), talks, i64::MAX, MOST).await?;
    rows.reverse();
    Ok(rows.into_iter().map(Message::from).collect())
}

/// An entry of the score's ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Points {
    /// The conversation.
    #[schema(example = 210_453_397_509_i64)]
    conversation_id: i64,
    /// The message that earned it.
    #[schema(example = 3)]
    seq: i64,
    /// The rule.
    #[schema(example = "question_answered")]
    rule: String,
    /// The question.
    #[schema(example = "business_type")]
    step: Option<String>,
    /// The points; what was taken back is below zero.
    #[schema(example = 5)]
    points: i64,
    /// When, RFC 3339.
    #[schema(example = "2026-02-08T10:31:00Z")]
    at: String,
}

impl From<LedgerRow> for Points {
    fn from(row: LedgerRow) -> Points {
        let LedgerRow { conversation_id, seq, rule, step, points, created_at } = row;
        Points { conversation_id, seq, rule, step, points, at: rfc3339(created_at) }
    }
}

/// Where a lead was delivered to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivered {
    /// The delivery.
    #[schema(example = 210_453_397_510_i64)]
    id: i64,
    /// The sink.
    #[schema(example = "hubspot")]
    sink: String,
    /// `pending`, `delivered`, `failed`, `unknown`.
    #[schema(example = "delivered")]
    state: String,
    /// Its id there.
    #[schema(example = "501")]
    sink_id: Option<String>,
    /// How often it was tried.
    #[schema(example = 1)]
    attempts: i64,
    /// Why it failed last.
    error: Option<String>,
    /// What the sink says became of it.
    crm_status: Option<String>,
    /// When it was written, RFC 3339.
    #[schema(example = "2026-02-08T10:32:00Z")]
    created_at: String,
    /// When it changed last, RFC 3339.
    #[schema(example = "2026-02-08T10:32:01Z")]
    updated_at: String,
}

impl From<DeliveredRow> for Delivered {
    fn from(row: DeliveredRow) -> Delivered {
        Delivered {
            id: row.id,
            sink: row.sink,
            state: row.state,
            sink_id: row.sink_id,
            attempts: row.attempts,
            error: row.last_error,
            crm_status: row.crm_status,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
        }
    }
}

/// A try to deliver a lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attempt {
    /// The delivery.
    #[schema(example = 210_453_397_510_i64)]
    delivery_id: i64,
    /// The sink.
    #[schema(example = "hubspot")]
    sink: String,
    /// What was done: `create`, `update`, `look_up`.
    #[schema(example = "create")]
    action: String,
    /// What came of it.
    #[schema(example = "delivered")]
    outcome: String,
    /// The HTTP status.
    #[schema(example = 201)]
    status: Option<i64>,
    /// What was wrong.
    error: Option<String>,
    /// When, RFC 3339.
    #[schema(example = "2026-02-08T10:32:01Z")]
    at: String,
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Attempt {
        let AttemptRow { delivery_id, sink, action, outcome, status, error, created_at } = row;
        Attempt { delivery_id, sink, action, outcome, status, error, at: rfc3339(created_at) }
    }
}

/// An attempt to reach a lead, by a campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutreachAttempt)]
pub struct Reached {
    /// The attempt.
    #[schema(example = 210_453_397_512_i64)]
    id: i64,
    /// The campaign.
    #[schema(example = 210_453_397_511_i64)]
    campaign_id: Option<i64>,
    /// By which channel.
    #[schema(example = "voice")]
    channel: String,
    /// What came of it; null: nothing yet.
    #[schema(example = "busy")]
    result: Option<String>,
    /// The provider's id of it.
    #[schema(example = "CA00000000000000000000000000000001")]
    provider_id: Option<String>,
    /// Who answered, as the provider says.
    #[schema(example = json!(null))]
    answered_by: Option<String>,
    /// How long it was, in seconds.
    #[schema(example = json!(null))]
    seconds: Option<i64>,
    /// When it began, RFC 3339.
    #[schema(example = "2026-02-09T10:00:00Z")]
    at: String,
    /// When it was over, RFC 3339.
    #[schema(example = "2026-02-09T10:00:30Z")]
    ended_at: Option<String>,
}

impl From<outreach::AttemptRow> for Reached {
    fn from(row: outreach::AttemptRow) -> Reached {
        Reached {
            id: row.id,
            campaign_id: row.campaign_id,
            channel: row.channel,
            result: row.came,
            provider_id: row.provider_id,
            answered_by: row.answered_by,
            seconds: row.duration_ms.map(|ms| ms / SECOND),
            at: rfc3339(row.began_at),
            ended_at: row.ended_at.map(rfc3339),
        }
    }
}

/// Everything about a lead; of each list the last 200.
#[derive(Debug, Serialize, ToSchema)]
pub struct Details {
    /// The lead.
    #[serde(flatten)]
    lead: Lead,
    /// The child it is about.
    child: Option<Child>,
    /// Its parents, the one to speak with first.
    parents: Vec<Parent>,
    /// Its visits, the newest first.
    intro_visits: Vec<IntroVisit>,
    /// Its follow-ups, the latest date first.
    follow_ups: Vec<FollowUp>,
    /// What was said, in order.
    messages: Vec<Message>,
    /// Why its score is what it is, the newest first.
    score_ledger: Vec<Points>,
    /// Where it was delivered to, the newest first.
    deliveries: Vec<Delivered>,
    /// Tries to deliver it, the newest first.
    attempts: Vec<Attempt>,
    /// Attempts to reach them by campaigns, the newest first.
    outreach: Vec<Reached>,
}

/// Everything about a lead.
#[utoipa::path(
    get, path = "/api/v1/leads/{id}/details", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "All of it.", body = Details), Guarded, Refusals)
)]
pub async fn details(State(app): State<Arc<App>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    let (tenant, lead) = found(&app, &caller, id).await?;
    let db = || app.db.within(tenant);
    let (child, parents) = match lead.child_id {
        Some(child) => (leads::child(db(), child).await?, leads::guardians(db(), child).await?),
        None => (None, vec![]),
    };
    let talks = leads::talks(db(), (lead.person_id, lead.id)).await?;
    let body = Details {
        child: child.map(Child::from),
        parents: parents.into_iter().map(Parent::from).collect(),
        intro_visits: leads::visits_of(db(), id, MOST).await?.into_iter().map(IntroVisit::from).collect(),
        follow_ups: leads::follow_ups_of(db(), id, MOST).await?.into_iter().map(FollowUp::from).collect(),
        messages: said(&app, tenant, &talks).await?,
        score_ledger: leads::score_ledger(db(), &talks, i64::MAX, MOST)
            .await?
            .into_iter()
            .map(Points::from)
            .collect(),
        deliveries: leads::deliveries(db(), id, MOST).await?.into_iter().map(Delivered::from).collect(),
        attempts: leads::attempts(db(), id, i64::MAX, MOST).await?.into_iter().map(Attempt::from).collect(),
        outreach: outreach::of_lead(db(), id, i64::MAX, MOST).await?.into_iter().map(Reached::from).collect(),
        lead: Lead::from(lead),
    };
    Ok(([(header::ETAG, format!("\"{}\"", body.lead.version))], Json(body)).into_response())
}

/// Which part of a timeline.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Only what happened before this: `next` of the page before, in milliseconds since 1970.
    #[param(example = json!(null))]
    before: Option<i64>,
    /// About so many, 1 to 500; 50 unless it is said.
    #[param(example = 50, minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Item {
    /// `event`: somebody did something. `message`. `score`. `delivery`: it was tried to deliver the lead. `attempt`: a
    /// campaign tried to reach them.
    #[schema(example = "event")]
    kind: &'static str,
    /// When, RFC 3339.
    #[schema(example = "2026-02-08T10:30:00Z")]
    at: String,
    /// What.
    #[schema(value_type = Object, example = json!({"event": "close", "from": "ENQUIRY_RECEIVED", "to": "CLOSED_LOST",
        "reason": "Moved to another city", "detail": {}, "user_id": 5, "program": "token crm", "version": 4, "at": "2026-02-08T10:30:00Z"}))]
    what: Value,
}

/// A page of a timeline, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// What happened.
    items: Vec<Item>,
    /// `before` of the next page; null: this is the last.
    #[schema(example = json!(null))]
    next: Option<i64>,
}

fn json(what: impl Serialize) -> Value {
    serde_json::to_value(what).expect("plain fields always serialise")
}

/// What happened to a lead: what people did, messages, points, deliveries, attempts to reach them; the newest first.
#[utoipa::path(
    get, path = "/api/v1/leads/{id}/timeline", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id."), Part),
    responses((status = 200, description = "A page of it.", body = Timeline), Guarded, Refusals)
)]
pub async fn timeline(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Params(part): Params<Part>,
) -> Result<Json<Timeline>, Problem> {
    let (limit, _) = super::paging::page(part.limit, None)?;
    let (tenant, lead) = found(&app, &caller, id).await?;
    let (all, is_cut) = happened(&app.db, tenant, &lead, part.before.unwrap_or(i64::MAX), limit).await?;
    let next = all.last().map(Happened::at).filter(|_| is_cut);
    let item = |happened: Happened| {
        let at = rfc3339(happened.at());
        let (kind, what) = match happened {
            Happened::Done(row) => ("event", change(&row)),
            Happened::Said(row) => ("message", json(Message::from(row))),
            Happened::Earned(row) => ("score", json(Points::from(row))),
            Happened::Tried(row) => ("delivery", json(Attempt::from(row))),
            Happened::Reached(row) => ("attempt", json(Reached::from(row))),
        };
        Item { kind, at, what }
    };
    Ok(Json(Timeline { items: all.into_iter().map(item).collect(), next }))
}

/// Why a lead's score is what it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeadScore)]
pub struct Score {
    /// The score of its best conversation.
    #[schema(example = 65)]
    score: i64,
    /// `SQL`, `MQL`, `Unqualified`.
    #[schema(example = "SQL")]
    class: String,
    /// Points for what they answered, over all conversations that are shown.
    #[schema(example = 40)]
    fit: i64,
    /// Points for what they did.
    #[schema(example = 25)]
    engagement: i64,
    /// The last 200 entries of the ledger, the newest first.
    ledger: Vec<Points>,
}

/// Why a lead's score is what it is: what its answers earned (fit), and what it did (engagement).
#[utoipa::path(
    get, path = "/api/v1/leads/{id}/score", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The score.", body = Score), Guarded, Refusals)
)]
pub async fn score(State(app): State<Arc<App>>, caller: Caller, Id(id): Id) -> Result<Json<Score>, Problem> {
    let (tenant, lead) = found(&app, &caller, id).await?;
    let whose = (lead.person_id, lead.id);
    let talks = leads::talks(app.db.within(tenant), whose).await?;
    let rows = leads::score_ledger(app.db.within(tenant), &talks, i64::MAX, MOST).await?;
    let SumsRow { fit, engagement } = leads::score_sums(app.db.within(tenant), whose, FIT).await?;
    let ledger = rows.into_iter().map(Points::from).collect();
    Ok(Json(Score { score: lead.score, class: lead.class, fit, engagement, ledger }))
}
