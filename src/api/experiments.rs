//! Experiments as a program takes part in them: which variant a session has, and that it reached a goal.

use super::extract::{Asked, Body, SessionId, Written, text};
use super::openapi::{Refusals, UnknownName, Unprocessable};
use super::problem::Problem;
use super::session::{found, turn};
use crate::app::App;
use crate::engine::{self, Effect, Goal};
use crate::flow::model::Flow;
use crate::service::turns;
use crate::turns::{Told, TurnError, TurnInput};
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The longest name of an experiment or goal, in characters.
const LONGEST_NAME: usize = 100;

/// Whose variant is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"session_id": "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b"}))]
pub struct Whose {
    /// The session.
    session_id: String,
}

impl Asked for Whose {
    fn session(&self) -> Option<&str> {
        Some(&self.session_id)
    }
}

/// The variant of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Variant<'a> {
    /// The experiment.
    #[schema(example = "greeting_message")]
    test_name: &'a str,
    /// The variant this person has and keeps.
    #[schema(example = "B")]
    variant: Option<&'a str>,
}

/// Ask for the variant of a session.
///
/// Counts as having been shown it.
#[utoipa::path(
    post, path = "/api/ab-test/variant/{test_name}", tag = "experiments",
    request_body(content = Whose),
    params(("test_name" = String, Path, description = "The experiment's name in the flow.")),
    responses(
        (status = 200, description = "The variant.", body = Variant), UnknownName, Refusals
    )
)]
pub async fn variant(
    State(app): State<Arc<App>>,
    Path(experiment): Path<String>,
    Body(whose): Body<Whose>,
) -> Result<Written, Problem> {
    let id = SessionId::parse(&whose.session_id)?;
    let input = TurnInput::Expose { experiment };
    Ok(Written(turns::submit(&app, turn(&id, input, None, shown)).await?.reply))
}

fn shown(told: &Told<'_>) -> String {
    let TurnInput::Expose { experiment } = &told.request.input else { return String::new() };
    let variant = told.state.variants().get(experiment).map(String::as_str);
    let reply = Variant { test_name: experiment, variant };
    serde_json::to_string(&reply).expect("plain values always serialise")
}

/// A goal that was reached.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "session_id": "0f2f4e2a9d8c4b6e8a1b3c5d7e9f0a1b", "test_name": "greeting_message", "conversion_type": "demo_request"
}))]
pub struct Conversion {
    /// The session.
    session_id: String,
    /// The experiment.
    #[schema(min_length = 1, max_length = 100)]
    test_name: String,
    /// The goal: `demo_requested` (also written `demo_request`), `contact_shared`, an experiment's goal or another event of
    /// the flow. What only the conversation decides (`completed`, `mql`, `sql`, its outcomes) is refused.
    #[schema(min_length = 1, max_length = 100)]
    conversion_type: String,
}

impl Asked for Conversion {
    fn session(&self) -> Option<&str> {
        Some(&self.session_id)
    }
}

/// What was kept of a conversion.
#[derive(Debug, Serialize, ToSchema)]
pub struct Converted<'a> {
    /// The experiment.
    #[schema(example = "greeting_message")]
    test_name: &'a str,
    /// The variant the goal counts for.
    #[schema(example = "B")]
    variant: Option<&'a str>,
    /// The goal as it is kept.
    #[schema(example = "demo_requested")]
    conversion_type: &'a str,
    /// Whether this session reached it for the first time.
    counted: bool,
}

/// Report that a session reached a goal; each counts once.
#[utoipa::path(
    post, path = "/api/ab-test/conversion", tag = "experiments",
    request_body(content = Conversion),
    responses(
        (status = 200, description = "It was kept.", body = Converted), UnknownName,
        Unprocessable, Refusals
    )
)]
pub async fn conversion(
    State(app): State<Arc<App>>,
    Body(conversion): Body<Conversion>,
) -> Result<Written, Problem> {
    let id = SessionId::parse(&conversion.session_id)?;
    let experiment = text("/test_name", &conversion.test_name, 1..=LONGEST_NAME)?;
    let goal = text("/conversion_type", &conversion.conversion_type, 1..=LONGEST_NAME)?;
    let session = found(&app, &id).await?;
    if !session.version.flow.experiments.contains_key(&experiment) {
        return Err(TurnError::UnknownExperiment(experiment).into());
    }
    let goal = goal_named(&session.version.flow, &goal)?.to_owned();
    let input = TurnInput::Converted { experiment, goal };
    Ok(Written(turns::submit(&app, turn(&id, input, None, converted)).await?.reply))
}

/// A goal by the flow's own name for it.
fn goal_named<'a>(flow: &Flow, name: &'a str) -> Result<&'a str, Problem> {
    let refused = |why: &str| Problem::unprocessable("/conversion_type", format!("{name:?} {why}"));
    match engine::goal(flow, name) {
        Goal::Reachable(goal) => Ok(goal),
        Goal::Decided => Err(refused("follows from the conversation itself; a program cannot report it")),
        Goal::Unknown => Err(refused("is no goal of this flow: no experiment, event or rule has that name")),
    }
}

fn converted(told: &Told<'_>) -> String {
    let TurnInput::Converted { experiment, goal } = &told.request.input else { return String::new() };
    let reached = |effect: &Effect| matches!(effect, Effect::Reached { goal: reached } if reached == goal);
    let reply = Converted {
        test_name: experiment,
        variant: told.state.variants().get(experiment).map(String::as_str),
        conversion_type: goal,
        counted: told.effects.iter().any(reached),
    };
    serde_json::to_string(&reply).expect("plain values always serialise")
}
