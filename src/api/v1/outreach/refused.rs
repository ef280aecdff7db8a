//! What is said where something was not done with a campaign.

use super::super::super::openapi::described;
use super::super::super::problem::Problem;
use super::super::form::Checks;
use super::campaigns::campaign;
use crate::domain::access::Tenant;
use crate::domain::outreach::CampaignEvent;
use crate::domain::outreach::mistakes::Mistake;
use crate::service::outreach::{NO_ACCOUNT, Unfit};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

/// 404: no such campaign, whoever else may have one of that id.
pub fn unknown_campaign() -> Problem {
    Problem::not_found("there is no such campaign; GET /api/v1/campaigns lists those there are")
}

/// Why a campaign of this tenant is not as it was asked to be.
pub fn refused(tenant: Tenant, unfit: Unfit) -> Problem {
    match unfit {
        Unfit::Missing => unknown_campaign(),
        Unfit::NameTaken | Unfit::Over => Problem::not_possible(unfit.to_string(), vec![]),
        Unfit::Wrong(mistakes) => {
            let mut checks = Checks::default();
            add(&mut checks, mistakes);
            checks.done().err().unwrap_or_else(|| Problem::fields(vec![]))
        }
        Unfit::NotAllowed(state, _) => {
            let possible: Vec<String> =
                CampaignEvent::possible(state).into_iter().map(str::to_owned).collect();
            let rest = if possible.is_empty() { "nothing".to_owned() } else { possible.join(", ") };
            Problem::not_possible(format!("{unfit}; possible now: {rest}"), possible)
        }
        Unfit::Stale(row) => match campaign(tenant, *row) {
            Ok(now) => {
                let (version, at) = (now.version, now.updated_at.clone());
                let change = json!({ "event": "campaign_changed", "detail": now, "at": at });
                Problem::stale(version, vec![change])
            }
            Err(error) => error.into(),
        },
        Unfit::Blocked(blockers) => Problem::blocked(blockers),
        Unfit::Store(error) => error.into(),
    }
}

/// Adds what is wrong with settings to what is wrong with a body.
pub fn add(checks: &mut Checks, mistakes: Vec<Mistake>) {
    for Mistake { pointer, words, is_malformed } in mistakes {
        let pointer = format!("/settings{pointer}");
        if is_malformed { checks.wrong(pointer, words) } else { checks.refused(pointer, words) }
    }
}

/// The campaign does not allow it now, something stands in the way, or somebody else changed it.
#[derive(Clone, Copy, Debug)]
pub enum CampaignConflicts {}

impl IntoResponses for CampaignConflicts {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = Problem::blocked(vec![NO_ACCOUNT.to_owned()]);
        let description = "What the campaign is doing does not allow it (`allowed` says what it does), another one has the name, something \
                           stands in the way (`blockers` says what), or somebody else changed it since the version that was named \
                           (`changes` says how it is now).";
        [described(description, problem)].into()
    }
}
