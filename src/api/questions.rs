//! Questions of a flow: the open one as the chat shows it, and all of them as a list.

use super::Api;
use super::extract::SessionId;
use super::openapi::{Refusals, UnknownName};
use super::problem::Problem;
use super::session::found;
use crate::domain::answer::Kind;
use crate::domain::channel::Channel;
use crate::domain::message::{Say, Shown};
use crate::flow::library::Version;
use crate::flow::model::Flow;
use crate::service::sessions;
use crate::store::tenants::DEFAULT_TENANT;
use crate::turns::TurnError;
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The open question.
#[derive(Debug, Serialize, ToSchema)]
pub struct Question {
    /// Its place among the questions of the flow's file, from 1.
    #[schema(example = 2)]
    pub id: usize,
    /// Its name in the flow.
    #[schema(example = "business_type")]
    pub key: String,
    /// The kind of answer.
    pub ask: Kind,
    /// What can be chosen; empty for kinds without options.
    pub options: Vec<Shown>,
    /// Whether "skip" is an answer.
    pub optional: bool,
    /// Whether more than one option can be chosen.
    pub multiple: bool,
}

impl Question {
    /// The question a sentence asks, if it asks one.
    pub fn of(flow: &Flow, say: Say) -> Option<Question> {
        let (key, ask) = (say.step?, say.ask?);
        Some(Question {
            id: position(flow, &key)?,
            ask,
            options: say.options,
            optional: say.optional,
            multiple: ask == Kind::Choices,
            key,
        })
    }
}

/// The place of a question among those of the file, from 1.
pub fn position(flow: &Flow, key: &str) -> Option<usize> {
    keys(flow).position(|id| id == key).map(|place| place + 1)
}

/// The question at a place among those of the file, from 1.
pub fn at_position(flow: &Flow, place: usize) -> Option<&str> {
    keys(flow).nth(place.checked_sub(1)?)
}

fn keys(flow: &Flow) -> impl Iterator<Item = &str> {
    flow.steps.iter().filter(|step| step.ask.is_some()).map(|step| step.id.as_str())
}

/// Which flow is meant.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The flow of this session, in its language and wording.
    session_id: Option<String>,
    /// The flow of this id; the web's default flow without either.
    flow: Option<String>,
    /// The language, where no session says it; without it, or where the flow does not speak it, the first of the center's that it does, else
    /// the flow's own first.
    language: Option<String>,
}

/// A question of a flow.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed {
    /// Its place among the questions of the flow's file, from 1.
    #[schema(example = 2)]
    id: usize,
    /// Its name in the flow.
    #[schema(example = "business_type")]
    key: String,
    /// What is asked.
    #[schema(example = "What type of business do you run?")]
    text: String,
    /// Labels of what can be chosen.
    #[schema(example = json!(["Restaurant", "Retail Store"]))]
    options: Vec<String>,
    /// The part of the conversation it belongs to.
    #[schema(example = "profile")]
    step: Option<String>,
}

/// An option of a menu.
#[derive(Debug, Serialize, ToSchema)]
pub struct MenuOption {
    /// What the flow calls it; send it as `tapped`.
    #[schema(example = "Billing")]
    value: String,
    /// What people read.
    #[schema(example = "Billing")]
    label: String,
    /// For places where labels are limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    short: Option<String>,
    /// The question it answers.
    #[schema(example = "features_interested")]
    key: String,
}

/// The questions of a flow, in the order of its file.
#[utoipa::path(
    get, path = "/api/questions", tag = "flows", params(Which),
    responses(
        (status = 200, description = "The questions.", body = Vec<Listed>), UnknownName, Refusals
    )
)]
pub async fn list(State(api): State<Api>, Query(which): Query<Which>) -> Result<Json<Vec<Listed>>, Problem> {
    let (version, says) = asked(&api, &which).await?;
    let listed = says.into_iter().enumerate().filter_map(|(place, say)| {
        let key = say.step?;
        Some(Listed {
            id: place + 1,
            step: version.flow.steps.iter().find(|step| step.id == key)?.stage.clone(),
            text: say.text,
            options: say.options.into_iter().map(|option| option.label).collect(),
            key,
        })
    });
    Ok(Json(listed.collect()))
}

/// What can be chosen where the flow asks for products.
#[utoipa::path(
    get, path = "/api/product-menu", tag = "flows", params(Which),
    responses(
        (status = 200, description = "Options of the steps with `menu = \"products\"`.", body = Vec<MenuOption>), UnknownName, Refusals
    )
)]
pub async fn products(
    State(api): State<Api>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<MenuOption>>, Problem> {
    menu(&api, &which, "products").await
}

/// What can be chosen where the flow calls to action.
#[utoipa::path(
    get, path = "/api/cta-options", tag = "flows", params(Which),
    responses(
        (status = 200, description = "Options of the steps with `menu = \"cta\"`.", body = Vec<MenuOption>), UnknownName, Refusals
    )
)]
pub async fn calls_to_action(
    State(api): State<Api>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<MenuOption>>, Problem> {
    menu(&api, &which, "cta").await
}

async fn menu(api: &Api, which: &Which, menu: &str) -> Result<Json<Vec<MenuOption>>, Problem> {
    let (version, says) = asked(api, which).await?;
    let on_menu = |key: &str| {
        version.flow.steps.iter().any(|step| step.id == key && step.menu.as_deref() == Some(menu))
    };
    let says = says.into_iter().filter_map(|say| Some((say.step.filter(|key| on_menu(key))?, say.options)));
    let options = says.flat_map(|(key, options)| {
        options.into_iter().map(move |option| MenuOption {
            value: option.value,
            label: option.label,
            short: option.short,
            key: key.clone(),
        })
    });
    Ok(Json(options.collect()))
}

/// The flow that is meant, and its questions as they are shown.
async fn asked(api: &Api, which: &Which) -> Result<(Arc<Version>, Vec<Say>), Problem> {
    if let Some(id) = given(&which.session_id) {
        let id = SessionId::parse(id)?;
        api.limits.session(id.as_str())?;
        let session = found(&api.app, &id).await?;
        let says = session.questions(&api.app);
        return Ok((session.version, says));
    }
    let here = |version: &Arc<Version>| version.flow.start.channels.contains(&Channel::Web);
    let flows = &api.app.flows;
    let version = match given(&which.flow) {
        Some(flow) => {
            flows.head(DEFAULT_TENANT, flow).filter(here).ok_or(TurnError::UnknownFlow(flow.to_owned()))?
        }
        None => flows.choose(DEFAULT_TENANT, Channel::Web, "").ok_or(TurnError::NoFlow(Channel::Web))?,
    };
    let says = sessions::anybody(&api.app, &version.flow, given(&which.language));
    Ok((version, says))
}

/// A parameter without a value counts as left out.
fn given(parameter: &Option<String>) -> Option<&str> {
    parameter.as_deref().filter(|value| !value.is_empty())
}
