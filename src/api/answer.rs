//! Answers and other messages of a chat session.

use super::extract::{Asked, Body, IdempotencyKey, SessionId, Written, optional_text, text};
use super::openapi::{NotAsked, Refusals, UnknownSession, Unprocessable};
use super::problem::Problem;
use super::questions::{Question, at_position};
use super::session::{found, outcome, turn};
use crate::app::App;
use crate::domain::consent;
use crate::domain::message::{Said, Say};
use crate::domain::score::Class;
use crate::engine::{AnswerRow, Effect, Given};
use crate::service::turns;
use crate::turns::{Told, TurnInput};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The longest message, in characters.
const LONGEST: usize = 4_000;
/// The longest id of a question or an option, in characters.
const LONGEST_WORD: usize = 200;
/// The longest time an answer can have taken: a year, in seconds.
const LONGEST_TIME: f64 = 31_536_000.0;

/// A message of the person.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "session_id": "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b", "question_id": 2, "answer_text": "Restaurant", "time_taken": 4.5
}))]
pub struct Answer {
    /// The session.
    session_id: String,
    /// The question this answers, by its place in the file or its key. Without it the message goes to the open question, and
    /// may as well be "back", "restart", "help", "stop" …
    question_id: Option<QuestionId>,
    /// What was said; may be empty where an option was tapped.
    #[schema(max_length = 4000)]
    answer_text: String,
    /// The `value` of the option that was tapped, where one was.
    #[schema(max_length = 200)]
    tapped: Option<String>,
    /// How long the person took, in seconds; kept with the message. Points go by the server's clock.
    #[schema(minimum = 0, maximum = 31_536_000)]
    time_taken: Option<f64>,
}

impl Asked for Answer {
    fn session(&self) -> Option<&str> {
        Some(&self.session_id)
    }
}

/// A question by its place in the file (also written as text) or by its key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "must be a whole number or text")]
pub enum QuestionId {
    /// The place among the questions of the file, from 1.
    Place(u32),
    /// The key, or the place written as text.
    Text(String),
}

/// What came of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answered<'a> {
    /// Whether it was taken as the answer to a question (skipping one where that is allowed included).
    accepted: bool,
    /// What it was read as.
    #[schema(example = "Restaurant")]
    value: Option<serde_json::Value>,
    /// The score now.
    #[schema(example = 15)]
    score: i64,
    /// Its class.
    class: Class,
    /// What is said.
    says: &'a [Say],
    /// The question that is open now.
    question: Option<Question>,
    /// The language spoken now.
    #[schema(example = "en")]
    language: &'a str,
    /// Whether the conversation goes on.
    open: bool,
    /// How it ended, if it did.
    outcome: Option<&'a str>,
}

/// Answer a question, or say anything else.
///
/// With an `Idempotency-Key` a repeat is answered as the first time and changes nothing.
#[utoipa::path(
    post, path = "/api/answer", tag = "chat",
    request_body(content = Answer),
    params((
        "Idempotency-Key" = Option<String>, Header,
        min_length = 1, max_length = 255, pattern = "^[!-~]([ -~]*[!-~])?$",
        description = "A text of your own that no other message of the session has, 1 to 255 characters."
    )),
    responses(
        (status = 200, description = "The message was taken.", body = Answered), UnknownSession,
        NotAsked, Unprocessable, Refusals
    )
)]
pub async fn answer(
    State(app): State<Arc<App>>,
    IdempotencyKey(key): IdempotencyKey,
    Body(answer): Body<Answer>,
) -> Result<Written, Problem> {
    let id = SessionId::parse(&answer.session_id)?;
    let said = said(&app, &id, &answer).await?;
    // What names its question is an answer, whatever the words.
    let free = said.step.is_none() && said.tapped.is_none();
    let signal = free.then(|| consent::signal(&said.text)).flatten();
    let input = TurnInput::Message { said, signal };
    let answered = turns::submit(&app, turn(&id, input, key, answered)).await?;
    if answered.repeated && answered.reply.is_empty() {
        return Err(Problem::answered_long_ago());
    }
    Ok(Written(answered.reply))
}

async fn said(app: &App, id: &SessionId, answer: &Answer) -> Result<Said, Problem> {
    let tapped = optional_text("/tapped", answer.tapped.as_deref(), LONGEST_WORD)?;
    let words = text("/answer_text", &answer.answer_text, 0..=LONGEST)?;
    if words.is_empty() && tapped.is_none() {
        return Err(Problem::unprocessable(
            "/answer_text",
            "must say something, or come with what was tapped",
        ));
    }
    let taken_ms = match answer.time_taken {
        None => None,
        Some(seconds) if (0.0..=LONGEST_TIME).contains(&seconds) => Some((seconds * 1_000.0) as i64),
        Some(_) => return Err(Problem::invalid("/time_taken", "must be the seconds the person took")),
    };
    let step = match &answer.question_id {
        None => None,
        Some(QuestionId::Place(place)) => Some(at_place(app, id, *place).await?),
        Some(QuestionId::Text(given)) => match given.trim().parse() {
            Ok(place) => Some(at_place(app, id, place).await?),
            Err(_) => optional_text("/question_id", Some(given), LONGEST_WORD)?,
        },
    };
    Ok(Said { text: words, tapped, step, taken_ms, ..Said::default() })
}

/// The key of the question at a place in the session's flow.
async fn at_place(app: &App, id: &SessionId, place: u32) -> Result<String, Problem> {
    let session = found(app, id).await?;
    let key = at_position(&session.version.flow, place as usize);
    key.map(str::to_owned)
        .ok_or_else(|| Problem::unprocessable("/question_id", format!("the flow has no question {place}")))
}

fn answered(told: &Told<'_>) -> String {
    let Told { flow, state, .. } = told;
    let row = taken(told);
    let reply = Answered {
        accepted: row.is_some(),
        value: row.and_then(|row| row.value.as_ref()).map(|value| value.as_json()),
        score: state.score(),
        class: state.class(),
        says: told.says,
        question: told.question().and_then(|say| Question::of(flow, say)),
        language: state.language(),
        open: state.is_open(),
        outcome: outcome(state),
    };
    serde_json::to_string(&reply).expect("plain values always serialise")
}

/// The row this message wrote as an answer. An answer that changes the path may bring later answers back; those come after.
fn taken<'a>(told: &'a Told<'_>) -> Option<&'a AnswerRow> {
    let named = match &told.request.input {
        TurnInput::Message { said, .. } => said.step.as_deref(),
        _ => None,
    };
    told.effects.iter().find_map(|effect| match effect {
        Effect::Answer(row)
            if matches!(row.given, Given::Answered | Given::Skipped)
                && named.is_none_or(|step| row.step == step) =>
        {
            Some(row)
        }
        _ => None,
    })
}
