//! What a program reports of a person: behaviours, and lead fields it knows.

use super::extract::{Asked, Body, SessionId, Written, text};
use super::openapi::{Refusals, UnknownSession, Unprocessable};
use super::problem::Problem;
use super::session::{found, turn};
use crate::app::App;
use crate::domain::score::Class;
use crate::domain::text::clean;
use crate::engine::{self, Effect};
use crate::service::{sessions, turns};
use crate::store::conversations;
use crate::turns::{Told, TurnInput};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The longest name of a behaviour, and of a field, in characters.
const LONGEST_NAME: usize = 100;
const LONGEST_FIELD_NAME: usize = 64;
/// The most different behaviours a session reports that its flow knows nothing of.
const MOST_UNKNOWN: usize = 100;
/// The most that is kept of what comes along with a behaviour, in bytes of JSON.
const LARGEST_METADATA: usize = 8 * 1024;
/// The most fields of one request, and the longest text in one, in characters.
const MOST_FIELDS: usize = 50;
const LONGEST_FIELD: usize = 1_000;

/// A behaviour.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "session_id": "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b", "action": "clicked_demo", "metadata": {"page": "/pricing"}
}))]
pub struct Behaviour {
    /// The session.
    session_id: String,
    /// `session_opened`, `shared_contact`, `clicked_product`, `clicked_demo`, `cta_clicked` or an event of the flow: each pays.
    /// `replied_to_greeting`, `answered_question`, `answered_all_questions` are kept without points, because the answers
    /// themselves pay. Anything else is kept without points, too: at most 100 different ones.
    #[schema(min_length = 1, max_length = 100)]
    action: String,
    /// Anything that is to be kept with it.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Json>>,
}

impl Asked for Behaviour {
    fn session(&self) -> Option<&str> {
        Some(&self.session_id)
    }
}

/// What came of a behaviour.
#[derive(Debug, Serialize, ToSchema)]
pub struct Earned<'a> {
    /// The session.
    #[schema(example = "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b")]
    session_id: &'a str,
    /// The points it earned; none where it earned them before, or is not known.
    #[schema(example = 15)]
    points: i64,
    /// The score now.
    #[schema(example = 45)]
    score: i64,
    /// Its class.
    class: Class,
}

/// Report a behaviour.
///
/// Each earns once per session, whether it was reported or seen in the conversation.
#[utoipa::path(
    post, path = "/api/behavior", tag = "leads",
    request_body(content = Behaviour),
    responses(
        (status = 200, description = "It was kept.", body = Earned), UnknownSession,
        Unprocessable, Refusals
    )
)]
pub async fn report(
    State(app): State<Arc<App>>,
    Body(behaviour): Body<Behaviour>,
) -> Result<Written, Problem> {
    let id = SessionId::parse(&behaviour.session_id)?;
    let action = text("/action", &behaviour.action, 1..=LONGEST_NAME)?;
    let metadata = behaviour.metadata.map(|metadata| Json::Object(metadata).to_string());
    if metadata.as_ref().is_some_and(|metadata| metadata.len() > LARGEST_METADATA) {
        return Err(Problem::unprocessable(
            "/metadata",
            format!("must be at most {LARGEST_METADATA} bytes of JSON"),
        ));
    }
    let session = found(&app, &id).await?;
    if engine::behaviour(&session.version.flow, &action) == engine::Behaviour::Unknown {
        room_for_behaviour(&app, &session, &action).await?;
    }
    let input = TurnInput::Behaviour { action, metadata };
    Ok(Written(turns::submit(&app, turn(&id, input, None, earned)).await?.reply))
}

/// Whether the session may report another behaviour that its flow knows nothing of.
async fn room_for_behaviour(app: &App, session: &sessions::Session, action: &str) -> Result<(), Problem> {
    let (tenant_id, conversation_id) = (session.row.tenant_id, session.row.id);
    let reported =
        conversations::unpaid(&app.db, tenant_id, conversation_id, 2 * MOST_UNKNOWN as i64).await?;
    let is_unknown = |name: &str| {
        engine::behaviour(&session.version.flow, name) == engine::Behaviour::Unknown && name != action
    };
    if reported.iter().any(|row| row.action == action)
        || reported.iter().filter(|row| is_unknown(&row.action)).count() < MOST_UNKNOWN
    {
        return Ok(());
    }
    let detail =
        format!("this session has reported {MOST_UNKNOWN} other behaviours; its flow knows none of them");
    Err(Problem::unprocessable("/action", detail))
}

fn earned(told: &Told<'_>) -> String {
    let points = |effect: &Effect| match effect {
        Effect::Scored(entry) => entry.points,
        _ => 0,
    };
    let reply = Earned {
        session_id: told.request.session.as_deref().unwrap_or_default(),
        points: told.effects.iter().map(points).sum(),
        score: told.state.score(),
        class: told.state.class(),
    };
    serde_json::to_string(&reply).expect("plain values always serialise")
}

/// Lead fields a program knows.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "session_id": "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b", "profile_data": {"name": "John Merchant", "staff_size": "2–5"}
}))]
pub struct Profile {
    /// The session.
    session_id: String,
    /// Fields by name: texts, numbers, flags, or lists of texts. `null` says nothing.
    #[schema(value_type = Object)]
    profile_data: Map<String, Json>,
}

impl Asked for Profile {
    fn session(&self) -> Option<&str> {
        Some(&self.session_id)
    }
}

/// The lead after a profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profiled<'a> {
    /// The session.
    #[schema(example = "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b")]
    session_id: &'a str,
    /// Lead fields that this session found so far.
    #[schema(value_type = Object, example = json!({"name": "John Merchant"}))]
    profile_data: &'a BTreeMap<String, Json>,
    /// The score now.
    #[schema(example = 45)]
    score: i64,
    /// Its class.
    class: Class,
}

/// Tell what is known of the lead.
#[utoipa::path(
    post, path = "/api/lead/profile", tag = "leads",
    request_body(content = Profile),
    responses(
        (status = 200, description = "It was kept.", body = Profiled), UnknownSession,
        Unprocessable, Refusals
    )
)]
pub async fn profile(State(app): State<Arc<App>>, Body(profile): Body<Profile>) -> Result<Written, Problem> {
    let id = SessionId::parse(&profile.session_id)?;
    if profile.profile_data.len() > MOST_FIELDS {
        return Err(Problem::unprocessable(
            "/profile_data",
            format!("must have at most {MOST_FIELDS} fields"),
        ));
    }
    let mut fields = BTreeMap::new();
    for (name, value) in profile.profile_data {
        let pointer = format!("/profile_data/{}", name.replace('~', "~0").replace('/', "~1"));
        field_name(&pointer, &name)?;
        if let Some(value) = field(&pointer, value)? {
            fields.insert(name, value);
        }
    }
    Ok(Written(turns::submit(&app, turn(&id, TurnInput::Profile { fields }, None, profiled)).await?.reply))
}

fn field_name(pointer: &str, name: &str) -> Result<(), Problem> {
    let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if (1..=LONGEST_FIELD_NAME).contains(&name.len()) && name.bytes().all(is_plain) {
        return Ok(());
    }
    let detail = format!(
        "a field's name must be 1 to {LONGEST_FIELD_NAME} lower-case letters (a to z), digits and underscores"
    );
    Err(Problem::unprocessable(pointer, detail))
}

/// A field's value as it is kept.
fn field(pointer: &str, value: Json) -> Result<Option<Json>, Problem> {
    let kept = |text: &str| {
        let kept = clean(text).trim().to_owned();
        (kept.chars().count() <= LONGEST_FIELD).then_some(kept)
    };
    let kept = match value {
        Json::Null => return Ok(None),
        Json::Bool(_) | Json::Number(_) => Some(value),
        Json::String(text) => kept(&text).map(Json::from),
        Json::Array(values) if values.len() <= MOST_FIELDS => {
            let texts: Option<Vec<String>> =
                values.iter().map(|value| value.as_str().and_then(kept)).collect();
            texts.map(Json::from)
        }
        _ => None,
    };
    let detail =
        format!("must be a text of at most {LONGEST_FIELD} characters, a number, a flag or a list of texts");
    kept.map(Some).ok_or_else(|| Problem::unprocessable(pointer, detail))
}

fn profiled(told: &Told<'_>) -> String {
    let reply = Profiled {
        session_id: told.request.session.as_deref().unwrap_or_default(),
        profile_data: told.state.fields(),
        score: told.state.score(),
        class: told.state.class(),
    };
    serde_json::to_string(&reply).expect("plain values always serialise")
}
