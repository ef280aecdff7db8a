//! A session's lead as programs read it: summary, score, and the form CRMs take.

use super::extract::{Session, rfc3339};
use super::openapi::{Refusals, UnknownSession};
use super::problem::Problem;
use super::session::found;
use crate::app::App;
use crate::domain::score::{Class, Rule};
use crate::service::sessions;
use crate::store::conversations::{self, EarnedRow};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most behaviours without points that a summary lists.
const MOST_UNPAID: i64 = 100;

/// What is known of a session's lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    /// The session.
    #[schema(example = "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b")]
    session_id: String,
    /// The lead.
    lead_data: LeadData,
    /// What was done, with the points it earned.
    behaviors: Vec<Behaviour>,
}

/// A lead with its score.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadData {
    /// Its name.
    #[schema(example = "John Doe")]
    name: Option<String>,
    /// Its e-mail address.
    #[schema(example = "john@restaurant.com")]
    email: Option<String>,
    /// Its phone number.
    #[schema(example = "+919123456789")]
    phone: Option<String>,
    /// The kind of business.
    #[schema(example = "Restaurant")]
    business_type: Option<Value>,
    /// Where it is.
    #[schema(example = "Mumbai")]
    location: Option<Value>,
    /// How many work there.
    #[schema(example = "2–5")]
    staff_size: Option<Value>,
    /// What it sells in a month.
    #[schema(example = "₹50K–₹2L")]
    monthly_sales: Option<Value>,
    /// What it would like.
    #[schema(example = json!(["Billing", "QR Payments"]))]
    features_interested: Option<Value>,
    /// Further fields of the flow, by their names.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    further: BTreeMap<String, Value>,
    /// The score.
    #[schema(example = 85)]
    lead_score: i64,
    /// Its class.
    classification: Class,
    /// Where the person came from.
    #[schema(example = "google_ads")]
    utm_source: Option<String>,
    /// When the session began, RFC 3339.
    #[schema(example = "2026-01-05T10:00:00Z")]
    created_at: String,
}

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportedBehaviour)]
pub struct Behaviour {
    /// What.
    #[schema(example = "answered_question")]
    action: String,
    /// The points it earned in all.
    #[schema(example = 25)]
    score: i64,
}

/// The lead's fields, each taken once.
struct Fields(BTreeMap<String, Value>);

impl Fields {
    fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    fn take_text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }
}

/// The lead of a session.
#[utoipa::path(
    get, path = "/api/lead/summary/{session_id}", tag = "leads",
    params(("session_id" = String, Path, description = "The session's id.")),
    responses(
        (status = 200, description = "The lead.", body = Summary), UnknownSession, Refusals
    )
)]
pub async fn summary(State(app): State<Arc<App>>, Session(id): Session) -> Result<Json<Summary>, Problem> {
    let session = found(&app, &id).await?;
    let (tenant_id, conversation_id) = (session.row.tenant_id, session.row.id);
    let earned = conversations::earned(&app.db, tenant_id, conversation_id).await?;
    let unpaid = conversations::unpaid(&app.db, tenant_id, conversation_id, MOST_UNPAID).await?;
    let mut behaviors: Vec<Behaviour> = earned
        .into_iter()
        .map(|row| Behaviour { action: action(&row.rule).to_owned(), score: row.points })
        .collect();
    for row in unpaid {
        if behaviors.iter().all(|known| known.action != action(&row.action)) {
            behaviors.push(Behaviour { action: row.action, score: 0 });
        }
    }
    let mut fields = Fields(session.fields);
    Ok(Json(Summary {
        session_id: id.as_str().to_owned(),
        lead_data: LeadData {
            name: fields.take_text("name"),
            email: fields.take_text("email"),
            phone: fields.take_text("phone"),
            business_type: fields.take("business_type"),
            location: fields.take("location"),
            staff_size: fields.take("staff_size"),
            monthly_sales: fields.take("monthly_sales"),
            features_interested: fields.take("features_interested"),
            lead_score: session.state.score(),
            classification: session.state.class(),
            utm_source: session.row.source,
            created_at: rfc3339(session.row.created_at),
            further: fields.further(),
        },
        behaviors,
    }))
}

impl Fields {
    /// What is left; a flow's own field never stands in for one of ours.
    fn further(mut self) -> BTreeMap<String, Value> {
        for ours in ["lead_score", "classification", "utm_source", "created_at"] {
            self.0.remove(ours);
        }
        self.0
    }
}

/// A rule by the name `/api/behavior` has for it.
fn action(rule: &str) -> &str {
    match Rule::parse(rule) {
        Some(Rule::RepliedGreeting) => "replied_to_greeting",
        Some(Rule::QuestionAnswered) => "answered_question",
        Some(Rule::AllAnswered) => "answered_all_questions",
        Some(Rule::ContactShared) => "shared_contact",
        Some(Rule::ProductInterest) => "clicked_product",
        _ if rule == "clicked_demo" => "demo_requested",
        _ => rule,
    }
}

/// A session's score.
#[derive(Debug, Serialize, ToSchema)]
pub struct Score {
    /// The session.
    #[schema(example = "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b")]
    session_id: String,
    /// The sum of the ledger.
    #[schema(example = 80)]
    score: i64,
    /// Its class.
    classification: Class,
    /// The ledger by rule, in the order first earned; the points add up to the score.
    breakdown: Vec<Row>,
}

/// What a rule earned.
#[derive(Debug, Serialize, ToSchema)]
pub struct Row {
    /// The rule or event.
    #[schema(example = "question_answered")]
    rule: String,
    /// Points in all.
    #[schema(example = 25)]
    points: i64,
    /// When first, RFC 3339.
    #[schema(example = "2026-01-05T10:00:00Z")]
    at: String,
}

/// The score of a session, and what it is made of.
#[utoipa::path(
    get, path = "/api/score/{session_id}", tag = "leads",
    params(("session_id" = String, Path, description = "The session's id.")),
    responses(
        (status = 200, description = "The score.", body = Score), UnknownSession, Refusals
    )
)]
pub async fn score(State(app): State<Arc<App>>, Session(id): Session) -> Result<Json<Score>, Problem> {
    let session = found(&app, &id).await?;
    let rows = conversations::earned(&app.db, session.row.tenant_id, session.row.id).await?;
    let row = |EarnedRow { rule, points, created_at }| Row { rule, points, at: rfc3339(created_at) };
    Ok(Json(Score {
        session_id: id.as_str().to_owned(),
        score: session.state.score(),
        classification: session.state.class(),
        breakdown: rows.into_iter().map(row).collect(),
    }))
}

/// A lead as CRMs take it: always these keys, null where unknown.
#[derive(Debug, Serialize, ToSchema)]
pub struct Export {
    /// Its name.
    #[schema(example = "John Merchant")]
    name: Option<String>,
    /// Where it is.
    #[schema(example = "Mumbai")]
    location: Option<Value>,
    /// The kind of business.
    #[schema(example = "Retail Shop")]
    business_type: Option<Value>,
    /// How many work there.
    #[schema(example = "2–5")]
    staff_size: Option<Value>,
    /// What it sells in a month.
    #[schema(example = "₹50K–₹2L")]
    monthly_sales: Option<Value>,
    /// What it would like.
    #[schema(example = json!(["Billing", "QR Payments"]))]
    features_interested: Option<Value>,
    /// The phone number, else the e-mail address, unless the flow asks for it by this name.
    #[schema(example = "+919123456789")]
    contact_info: Option<String>,
    /// Its e-mail address.
    #[schema(example = "john@example.com")]
    email: Option<String>,
    /// Its phone number.
    #[schema(example = "+919123456789")]
    phone: Option<String>,
    /// The score.
    #[schema(example = 75)]
    lead_score: i64,
    /// Its class.
    lead_type: Class,
    /// Where the person came from.
    #[schema(example = "google_ads")]
    utm_source: Option<String>,
    /// When the session began, RFC 3339.
    #[schema(example = "2026-01-05T10:00:00Z")]
    session_start_time: String,
    /// Who looks after it.
    assigned_to: Option<String>,
}

/// The lead of a session in the form CRMs take.
#[utoipa::path(
    get, path = "/api/lead/export/{session_id}", tag = "leads",
    params(("session_id" = String, Path, description = "The session's id.")),
    responses(
        (status = 200, description = "The lead.", body = Export), UnknownSession, Refusals
    )
)]
pub async fn export(State(app): State<Arc<App>>, Session(id): Session) -> Result<Json<Export>, Problem> {
    Ok(Json(exported(found(&app, &id).await?)))
}

fn exported(session: sessions::Session) -> Export {
    let mut fields = Fields(session.fields);
    let (email, phone) = (fields.take_text("email"), fields.take_text("phone"));
    let contact = fields.take_text("contact_info");
    Export {
        name: fields.take_text("name"),
        location: fields.take("location"),
        business_type: fields.take("business_type"),
        staff_size: fields.take("staff_size"),
        monthly_sales: fields.take("monthly_sales"),
        features_interested: fields.take("features_interested"),
        contact_info: contact.or_else(|| phone.clone()).or_else(|| email.clone()),
        email,
        phone,
        lead_score: session.state.score(),
        lead_type: session.state.class(),
        utm_source: session.row.source,
        session_start_time: rfc3339(session.row.created_at),
        assigned_to: None,
    }
}
