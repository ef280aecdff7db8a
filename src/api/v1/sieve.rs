//! Which leads: what a list, a segment and an export ask for.

use super::super::Api;
use super::super::problem::Problem;
use super::access::Caller;
use super::form::{Pair, of_pairs, parted};
use super::named::{ChannelName, ClassName, DayOrInstant, Flag, StatusName};
use super::segments;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::service::segments::{Asked, Unfit};
use crate::store::leads::Filter;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

/// Which leads: parameters of the list, which a segment keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Sieve {
    /// Only at this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "FOLLOW_UP_PENDING", value_type = Option<StatusName>)]
    #[param(example = "ENQUIRY_RECEIVED", inline, value_type = Option<StatusName>)]
    pub(super) status: Option<String>,
    /// Only from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "WALK_IN", max_length = 200)]
    #[param(example = "WALK_IN", max_length = 200)]
    pub(super) source: Option<String>,
    /// Only of this class: `SQL`, `MQL`, `Unqualified`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SQL", value_type = Option<ClassName>)]
    #[param(example = "SQL", inline, value_type = Option<ClassName>)]
    pub(super) class: Option<String>,
    /// Only by this channel: `sms`, `whatsapp`, `voice`, `web`, `enquiry`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whatsapp", value_type = Option<ChannelName>)]
    #[param(example = "enquiry", inline, value_type = Option<ChannelName>)]
    pub(super) channel: Option<String>,
    /// Only converted ones (`true`), or only others (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "false", value_type = Option<Flag>)]
    #[param(example = "false", inline, value_type = Option<Flag>)]
    pub(super) converted: Option<String>,
    /// Only active ones (`true`), or only those that were put aside (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "true", value_type = Option<Flag>)]
    #[param(example = "true", inline, value_type = Option<Flag>)]
    pub(super) active: Option<String>,
    /// Only those this user works; `me`: whoever asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), pattern = "^([0-9]{1,18}|me)$")]
    #[param(example = "me", pattern = "^([0-9]{1,18}|me)$")]
    pub(super) assigned_to: Option<String>,
    /// Only those that came from this day or instant on, by the center's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), value_type = Option<DayOrInstant>)]
    #[param(example = "2026-02-01", inline, value_type = Option<DayOrInstant>)]
    pub(super) from: Option<String>,
    /// Only those that came before this day or instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), value_type = Option<DayOrInstant>)]
    #[param(example = "2026-03-01", inline, value_type = Option<DayOrInstant>)]
    pub(super) to: Option<String>,
    /// Beginnings of words: names, numbers, addresses, the child, the enquiry's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), max_length = 200)]
    #[param(example = "meh goy", max_length = 200)]
    pub(super) search: Option<String>,
    /// Only those who said words that begin so, in any conversation; it is known a moment after they said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "price", max_length = 200)]
    #[param(example = "price", max_length = 200)]
    pub(super) said: Option<String>,
}

/// What its parameters are called.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(names::<Sieve>);

fn names<T: IntoParams>() -> Vec<String> {
    T::into_params(|| Some(ParameterIn::Query)).into_iter().map(|parameter| parameter.name).collect()
}

/// Which leads a query asks for, and what else it says.
#[derive(Debug)]
pub struct Sifted<T>(pub Sieve, pub T);

impl<T: DeserializeOwned + IntoParams> FromRequestParts<Api> for Sifted<T> {
    type Rejection = Problem;

    /// Each part is read by itself: where one is flattened into the other, `serde` takes any parameter, and no numbers.
    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        let [sieve, others] = parted(parts, |name| NAMES.iter().any(|known| known == name));
        let read = of_pairs(&others).map_err(|problem| unknown::<T>(&others).unwrap_or(problem));
        Ok(Sifted(of_pairs(&sieve)?, read?))
    }
}

/// Names the parameter that there is not, and all there are; what reads one part knows of that alone.
fn unknown<T: IntoParams>(others: &[Pair<'_>]) -> Option<Problem> {
    let own = names::<T>();
    let (name, _) = others.iter().find(|(name, _)| !own.iter().any(|known| known == name))?;
    let all = [own.as_slice(), NAMES.as_slice()].concat().join(", ");
    Some(Problem::malformed(format!("there is no parameter {name:?}; there are {all}")))
}

impl Sieve {
    /// The filter in one tenant; `None`: nothing can be meant by it.
    ///
    /// # Errors
    /// 400 and 422 where it cannot be one.
    pub fn filter_in(&self, app: &App, caller: &Caller, tenant: Tenant) -> Result<Option<Filter>, Problem> {
        let zone = &app.center(tenant.0).zone;
        Ok(Asked::from(self.clone()).filter(tenant, zone, caller.actor.user_id)?)
    }

    /// What is asked, and where nothing is, what a segment says; with the tenants that it is about.
    ///
    /// # Errors
    /// 404 where there is no such segment or center, as far as whoever asks may see.
    pub async fn over_segment(
        self,
        app: &App,
        caller: &Caller,
        (segment, center_id): (Option<i64>, Option<i64>),
    ) -> Result<(Sieve, Vec<Tenant>), Problem> {
        let mut tenants = caller.tenants(app, center_id)?;
        let Some(segment) = segment else { return Ok((self, tenants)) };
        let (tenant, row) = segments::found(app, caller, segment).await?;
        tenants.retain(|known| *known == tenant);
        Ok((self.over(serde_json::from_str(&row.filter).unwrap_or_default()), tenants))
    }

    /// What is asked here, and where nothing is, what `other` asks.
    fn over(self, other: Sieve) -> Sieve {
        Sieve {
            status: self.status.or(other.status),
            source: self.source.or(other.source),
            class: self.class.or(other.class),
            channel: self.channel.or(other.channel),
            converted: self.converted.or(other.converted),
            active: self.active.or(other.active),
            assigned_to: self.assigned_to.or(other.assigned_to),
            from: self.from.or(other.from),
            to: self.to.or(other.to),
            search: self.search.or(other.search),
            said: self.said.or(other.said),
        }
    }
}

impl From<Sieve> for Asked {
    fn from(sieve: Sieve) -> Asked {
        Asked {
            status: sieve.status,
            source: sieve.source,
            class: sieve.class,
            channel: sieve.channel,
            converted: sieve.converted,
            active: sieve.active,
            assigned_to: sieve.assigned_to,
            from: sieve.from,
            to: sieve.to,
            search: sieve.search,
            said: sieve.said,
        }
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Problem {
        match unfit {
            Unfit::Malformed(why) => Problem::malformed(why),
            Unfit::Refused(why) => Problem::refused(why),
        }
    }
}
