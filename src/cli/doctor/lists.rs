//! Lists that are told by a webhook. Slack, Discord and Teams have no question that posts nothing, so only their server can be
//! reached; `leadwire notify test` proves the rest.

use super::finding::Finding;
use super::together;
use crate::clock::Clock;
use crate::config::{Config, ConfiguredList};
use crate::http::{NoAnswer, Outbound};
use crate::notify::{self, Bulletin, Message};
use std::sync::Arc;

/// Reaches the server of each.
pub async fn check(config: &Config, outbound: &Arc<Outbound>, clock: &Clock) -> Vec<Finding> {
    let now = clock.now();
    together(config.notify.lists.iter().map(|list| {
        let (list, outbound) = (list.clone(), outbound.clone());
        async move { reached(&list, &outbound, now).await }
    }))
    .await
}

async fn reached(list: &ConfiguredList, outbound: &Outbound, now: i64) -> Finding {
    let area = format!("list {}", list.name);
    let bulletin = Bulletin { notices: vec![notify::sample(now)], ..Bulletin::default() };
    let Message::Http(outgoing) = list.medium.encode(&bulletin) else {
        return Finding::ok(area, "by mail");
    };
    let kind = list.medium.kind();
    match outbound.reach(&outgoing.url).await {
        // Whoever answers at all is there.
        Ok(()) | Err(NoAnswer::TooLong | NoAnswer::Broken) => {
            let test = format!("leadwire notify test {}", list.name);
            Finding::ok(
                area,
                format!("{kind} can be reached; only `{test}` tells whether the webhook is taken"),
            )
        }
        Err(error) => Finding::fault(
            area,
            format!("{kind}: {error}"),
            format!(
                "check the webhook's address ({}), and that this machine may call it (a private one: ALLOW_PRIVATE_ADDRESSES)",
                list.place
            ),
        ),
    }
}
