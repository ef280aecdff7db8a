//! Which leads: what a list, a segment and an export ask for.

use super::super::problem::Problem;
use super::access::Caller;
use super::named::{ChannelName, ClassName, DayOrInstant, Flag, StatusName};
use super::segments;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::service::segments::{Asked, Unfit};
use crate::store::leads::Filter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which leads, as a segment keeps it: parameters of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sieve {
    /// At this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "FOLLOW_UP_PENDING", value_type = Option<StatusName>)]
    pub(super) status: Option<String>,
    /// From there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "WALK_IN", max_length = 200)]
    pub(super) source: Option<String>,
    /// Of this class.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SQL", value_type = Option<ClassName>)]
    pub(super) class: Option<String>,
    /// By this channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whatsapp", value_type = Option<ChannelName>)]
    pub(super) channel: Option<String>,
    /// Converted (`true`), or not (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "false", value_type = Option<Flag>)]
    pub(super) converted: Option<String>,
    /// Active (`true`), or put aside (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "true", value_type = Option<Flag>)]
    pub(super) active: Option<String>,
    /// Those this user works; `me`: whoever asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), pattern = "^([0-9]{1,18}|me)$")]
    pub(super) assigned_to: Option<String>,
    /// Those that came from this day or instant on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), value_type = Option<DayOrInstant>)]
    pub(super) from: Option<String>,
    /// Those that came before this day or instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), value_type = Option<DayOrInstant>)]
    pub(super) to: Option<String>,
    /// Beginnings of words of the lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), max_length = 200)]
    pub(super) search: Option<String>,
    /// Beginnings of words the person said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "price", max_length = 200)]
    pub(super) said: Option<String>,
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
