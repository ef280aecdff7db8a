//! What a campaign would do: before it is started, and while it runs.

use super::bounds::Bounds;
use super::campaigning::blockers;
use super::explaining::{Rolled, roll_up_to};
use super::joining::join_newest;
use super::looking::read;
use crate::app::App;
use crate::clock::{MINUTE, Millis, SECOND};
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::outreach::Gate;
use crate::domain::outreach::campaign::{Campaign, Needed, Pace, State};
use crate::store::db::StoreError;
use crate::store::outreach::campaigns::CampaignRow;
use std::collections::BTreeSet;

/// How long a call is taken to hold its line, from the first ring to its end.
const CALL: Millis = 30 * SECOND;

/// What a campaign would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Why it cannot be started.
    pub blockers: Vec<String>,
    /// What whoever starts it should know.
    pub warnings: Vec<String>,
    /// For what its leads would wait if it ran now.
    pub leads: Rolled,
    /// Whether more leads are in it than were looked at.
    pub has_more: bool,
    /// Attempts at most, by channel in the order of the steps, of those leads that wait for time alone or for nothing.
    pub attempts: Vec<(Channel, u64)>,
    /// What they cost at most, where the campaign says what one costs.
    pub cost: Option<f64>,
    /// How long these attempts take at the campaign's pace, while its hours run and somebody is due: calls and messages beside each other,
    /// the slower of both. A call is taken to hold its line for 30 seconds.
    pub takes_ms: Millis,
}

/// Looks at a campaign's leads, as far as the bounds go, as if it ran now. Those of its segments come into it by that, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn preview(
    app: &App,
    tenant: Tenant,
    row: &CampaignRow,
    bounds: Bounds,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<Preview, StoreError> {
    let has_more = row.state != State::Ended.as_str() && join_newest(app, tenant, row, bounds).await?;
    let running = CampaignRow { state: State::Running.as_str().to_owned(), ..row.clone() };
    let campaign = read(&running)?;
    let (leads, are_more) = roll_up_to(app, tenant, &running, bounds, told).await?;
    let mut attempts: Vec<(Channel, u64)> = Vec::new();
    for (step, left) in campaign.settings.steps.iter().zip(&leads.left) {
        match attempts.iter_mut().find(|(channel, _)| *channel == step.channel) {
            Some((_, n)) => *n += left,
            None => attempts.push((step.channel, *left)),
        }
    }
    let prices = &campaign.settings.prices;
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let cost = (!prices.is_empty()).then(|| {
        attempts.iter().map(|(by, n)| prices.get(by.as_str()).copied().unwrap_or(0.0) * *n as f64).sum()
    });
    Ok(Preview {
        blockers: blockers(app, tenant, &campaign),
        warnings: warnings(&campaign, &leads),
        takes_ms: takes(campaign.settings.pace, &attempts),
        leads,
        has_more: has_more || are_more,
        attempts,
        cost,
    })
}

fn warnings(campaign: &Campaign, leads: &Rolled) -> Vec<String> {
    let mut all = Vec::new();
    if campaign.needs_windows() {
        all.push("without a template WhatsApp takes words only for those who wrote within a day".to_owned());
    }
    let settings = &campaign.settings;
    let is_unpriced = |channel: &str| !settings.prices.is_empty() && !settings.prices.contains_key(channel);
    let channels: BTreeSet<&str> = settings.steps.iter().map(|step| step.channel.as_str()).collect();
    for channel in channels.into_iter().filter(|channel| is_unpriced(channel)) {
        all.push(format!("the cost is without {channel}, of which prices say nothing"));
    }
    if leads.leads == 0 {
        all.push("it has no leads".to_owned());
    } else if leads.now == 0 {
        all.push("none of its leads may be tried at this moment".to_owned());
    }
    let unknown = match campaign.settings.consent {
        Needed::OptIn => "opted in to the channel",
        Needed::Nothing | Needed::Contact => "written or called, or opted in to anything",
    };
    for (gate, one, many) in [
        (
            Gate::OptOut,
            "lead has opted out of whatever reaches it",
            "leads have opted out of whatever reaches them",
        ),
        (Gate::DoNotContact, "lead is on a do-not-contact list", "leads are on a do-not-contact list"),
        (
            Gate::Address,
            "lead is reached by none of its channels",
            "leads are reached by none of its channels",
        ),
    ] {
        if let Some(n) = leads.shut.get(&gate) {
            all.push(format!("{n} {}", if *n == 1 { one } else { many }));
        }
    }
    if let Some(n) = leads.shut.get(&Gate::Consent) {
        let who = if *n == 1 { "lead has" } else { "leads have" };
        all.push(format!("{n} {who} not {unknown}, which the campaign needs"));
    }
    all
}

/// How long so many attempts take: calls by their pace or by their lines, whichever is less, beside messages by theirs.
fn takes(pace: Pace, attempts: &[(Channel, u64)]) -> Millis {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let of = |are_calls: bool| {
        let those = attempts.iter().filter(|(channel, _)| (*channel == Channel::Voice) == are_calls);
        those.map(|(_, n)| n).sum::<u64>() as f64
    };
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let (lines, messages) = (pace.concurrent_calls as f64, pace.messages_per_minute as f64);
    let by_lines = lines / CALL as f64;
    let per_ms = (pace.calls_per_second / SECOND as f64).min(by_lines);
    let takes = (of(true) / per_ms).max(of(false) / messages * MINUTE as f64);
    #[expect(clippy::cast_possible_truncation, reason = "an estimate")]
    let takes = takes.ceil() as Millis;
    takes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HOUR;

    #[test]
    fn the_slower_of_calls_and_messages_and_of_pace_and_lines() {
        let pace = |calls_per_second, concurrent_calls| Pace {
            calls_per_second,
            concurrent_calls,
            messages_per_minute: 60,
        };
        let (calls, sms, whatsapp) = ((Channel::Voice, 600), (Channel::Sms, 600), (Channel::Whatsapp, 600));
        assert_eq!(takes(pace(1.0, 30), &[calls]), 10 * MINUTE, "as fast as they begin");
        assert_eq!(takes(pace(1.0, 5), &[calls]), HOUR, "as fast as lines become free");
        assert_eq!(takes(pace(1.0, 30), &[sms, whatsapp]), 20 * MINUTE);
        assert_eq!(takes(pace(1.0, 30), &[calls, sms, whatsapp]), 20 * MINUTE);
        assert_eq!(takes(pace(1.0, 5), &[sms, calls]), HOUR);
        assert_eq!(takes(pace(1.0, 5), &[]), 0);
    }
}
