//! Chat sessions: begin one, and see it as it stands.

use super::extract::{Asked, Body, Session, SessionId, Written, optional_text, rfc3339};
use super::openapi::{Refusals, UnknownName, UnknownSession};
use super::problem::Problem;
use super::questions::Question;
use crate::app::App;
use crate::domain::channel::Channel;
use crate::domain::identity::Identity;
use crate::domain::message::Say;
use crate::domain::score::Class;
use crate::engine::Outcome;
use crate::ids;
use crate::service::startup::WEB_ACCOUNT;
use crate::service::{sessions, turns};
use crate::store::conversations;
use crate::store::tenants::DEFAULT_TENANT;
use crate::turns::{Encode, Told, TurnInput, TurnRequest};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The longest `utm_source`, language code or flow id, in characters.
const LONGEST_WORD: usize = 200;
/// Messages a transcript shows: the last ones.
const MESSAGES: i64 = 500;

/// A turn of a chat session.
pub(super) fn turn(
    id: &SessionId,
    input: TurnInput,
    provider_id: Option<String>,
    encode: Encode,
) -> TurnRequest {
    TurnRequest {
        tenant_id: DEFAULT_TENANT,
        account_id: WEB_ACCOUNT,
        channel: Channel::Web,
        identities: vec![Identity::session(id.as_str())],
        session: Some(id.as_str().to_owned()),
        input,
        // Whoever chats in two sessions may be one person: what a program calls its messages is its session's.
        provider_id: provider_id.map(|key| format!("{}:{key}", id.as_str())),
        sender_name: None,
        confirm_consent: true,
        encode,
        sends: None,
    }
}

/// A session as it stands, or 404.
pub(super) async fn found(app: &App, id: &SessionId) -> Result<sessions::Session, Problem> {
    sessions::find(app, id.as_str()).await?.ok_or_else(Problem::unknown_session)
}

/// How a session begins.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({"utm_source": "google_ads", "language": "en"}))]
pub struct Start {
    /// Where the person came from.
    #[schema(max_length = 200)]
    utm_source: Option<String>,
    /// The language wished for; where the flow does not speak it, the first of the center's that it does, else the flow's own first.
    #[schema(max_length = 200)]
    language: Option<String>,
    /// The flow by its id; the web's default flow without it.
    #[schema(max_length = 200)]
    flow: Option<String>,
}

impl Asked for Start {
    fn session(&self) -> Option<&str> {
        None
    }

    fn nothing() -> Option<Self> {
        Some(Start::default())
    }
}

/// A session that began.
#[derive(Debug, Serialize, ToSchema)]
pub struct Started<'a> {
    /// The session's id, its only credential: keep it secret.
    #[schema(example = "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b")]
    session_id: &'a str,
    /// Always the same.
    #[schema(example = "Session started successfully")]
    message: &'a str,
    /// When, RFC 3339.
    #[schema(example = "2026-01-05T10:00:00Z")]
    timestamp: String,
    /// What is said first.
    says: &'a [Say],
    /// The question that is open now.
    question: Option<Question>,
    /// The language spoken.
    #[schema(example = "en")]
    language: &'a str,
    /// Languages the flow speaks.
    languages: &'a [String],
    /// The flow's title.
    title: &'a str,
    /// The score so far.
    #[schema(example = 5)]
    score: i64,
    /// Its class.
    class: Class,
    /// Whether the conversation goes on.
    open: bool,
}

/// Begin a session.
///
/// The body may be left out. What is said first and the open question come along, so that a chat can show itself at once.
#[utoipa::path(
    post, path = "/api/session/start", tag = "chat",
    request_body(content = Option<Start>),
    responses(
        (status = 200, description = "The session began.", body = Started), UnknownName, Refusals
    )
)]
pub async fn start(State(app): State<Arc<App>>, Body(start): Body<Start>) -> Result<Written, Problem> {
    let input = TurnInput::Start {
        language: optional_text("/language", start.language.as_deref(), LONGEST_WORD)?,
        flow: optional_text("/flow", start.flow.as_deref(), LONGEST_WORD)?,
        source: optional_text("/utm_source", start.utm_source.as_deref(), LONGEST_WORD)?,
    };
    let id = SessionId::parse(&ids::secret())?;
    let answered = turns::submit(&app, turn(&id, input, None, started)).await?;
    Ok(Written(answered.reply))
}

fn started(told: &Told<'_>) -> String {
    let Told { flow, state, .. } = told;
    let reply = Started {
        session_id: told.request.session.as_deref().unwrap_or_default(),
        message: "Session started successfully",
        timestamp: rfc3339(told.now),
        says: told.says,
        question: told.question().and_then(|say| Question::of(flow, say)),
        language: state.language(),
        languages: &flow.languages,
        title: &flow.title,
        score: state.score(),
        class: state.class(),
        open: state.is_open(),
    };
    serde_json::to_string(&reply).expect("plain values always serialise")
}

/// A session as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Standing {
    /// The session's id.
    #[schema(example = "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b")]
    session_id: String,
    /// The flow's title.
    title: String,
    /// The language spoken.
    #[schema(example = "en")]
    language: String,
    /// Languages the flow speaks.
    languages: Vec<String>,
    /// Whether the conversation goes on.
    open: bool,
    /// How it ended, if it did.
    #[schema(example = "completed")]
    outcome: Option<String>,
    /// The last 500 messages, in order.
    messages: Vec<Message>,
    /// The question that is open now.
    question: Option<Question>,
}

/// A message of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    /// `in`: the person's; `out`: ours.
    #[schema(example = "in")]
    direction: String,
    /// What was said.
    #[schema(example = "Restaurant")]
    text: String,
    /// When, RFC 3339.
    #[schema(example = "2026-01-05T10:00:00Z")]
    at: String,
}

/// How a conversation ended, if it did.
pub(super) fn outcome(state: &crate::engine::State) -> Option<&str> {
    match state.outcome() {
        Outcome::Open => None,
        Outcome::Ended(outcome) => Some(outcome),
    }
}

/// A session as it stands.
#[utoipa::path(
    get, path = "/api/session/{session_id}", tag = "chat",
    params(("session_id" = String, Path, description = "The session's id.")),
    responses(
        (status = 200, description = "The session.", body = Standing), UnknownSession, Refusals
    )
)]
pub async fn standing(State(app): State<Arc<App>>, Session(id): Session) -> Result<Json<Standing>, Problem> {
    let session = found(&app, &id).await?;
    let messages =
        conversations::transcript(&app.db, session.row.tenant_id, session.row.id, MESSAGES).await?;
    let question = session.question(&app).and_then(|say| Question::of(&session.version.flow, say));
    let message = |row: conversations::MessageRow| Message {
        direction: row.direction,
        text: row.body,
        at: rfc3339(row.created_at),
    };
    Ok(Json(Standing {
        session_id: id.as_str().to_owned(),
        title: session.version.flow.title.clone(),
        language: session.state.language().to_owned(),
        languages: session.version.flow.languages.clone(),
        open: session.state.is_open(),
        outcome: outcome(&session.state).map(str::to_owned),
        messages: messages.into_iter().map(message).collect(),
        question,
    }))
}
