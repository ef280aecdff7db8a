//! `leadwire campaign preview` and `leadwire campaign explain`.

use super::One;
use crate::api::v1::outreach::outlook::{CampaignExplained, CampaignPreview};
use crate::cli::beside::Beside;
use crate::cli::leads::{bar, say, table};
use crate::clock::{HOUR, MINUTE, Millis};
use crate::domain::outreach::utc;
use crate::service::outreach::{self as service, Rolled};
use crate::store::outreach::members;
use indicatif::ProgressBar;

/// A bar over the leads that are in it by now.
async fn progress(beside: &Beside, id: i64) -> anyhow::Result<ProgressBar> {
    let all = members::count(beside.app.db.within(beside.tenant), id).await?;
    Ok(bar(u64::try_from(all).unwrap_or(0), "leads"))
}

/// Says what it would do; `false`: something stands in the way.
pub(super) async fn preview(beside: &Beside, one: One) -> anyhow::Result<bool> {
    let row = beside.campaign(one.id).await?;
    let bar = progress(beside, one.id).await?;
    let done = service::preview(&beside.app, beside.tenant, &row, service::Bounds::NONE, &mut |n| {
        bar.set_position(n);
    })
    .await;
    bar.finish_and_clear();
    let preview = done?;
    let is_free = preview.blockers.is_empty();
    if one.json {
        say(&serde_json::to_string_pretty(&CampaignPreview::from(preview))?)?;
        return Ok(is_free);
    }
    for blocker in &preview.blockers {
        say(&format!("In the way: {blocker}."))?;
    }
    for warning in &preview.warnings {
        say(&format!("Note: {warning}."))?;
    }
    tell(&preview.leads)?;
    let attempts: Vec<String> =
        preview.attempts.iter().map(|(by, n)| format!("{n} by {}", by.as_str())).collect();
    say(&format!("Attempts at most: {}.", attempts.join(", ")))?;
    if let Some(cost) = preview.cost {
        say(&format!("They cost {cost:.2} at most."))?;
    }
    say(&format!(
        "At its pace they take {} of its hours, beside the rests in between.",
        length(preview.takes_ms)
    ))?;
    Ok(is_free)
}

/// Says for what its leads wait.
pub(super) async fn explain(beside: &Beside, one: One) -> anyhow::Result<bool> {
    let row = beside.campaign(one.id).await?;
    let bar = progress(beside, one.id).await?;
    let done = service::roll_up_to(&beside.app, beside.tenant, &row, service::Bounds::NONE, &mut |n| {
        bar.set_position(n);
    })
    .await;
    bar.finish_and_clear();
    let (rolled, has_more) = done?;
    if one.json {
        say(&serde_json::to_string_pretty(&CampaignExplained::of(rolled, has_more))?)?;
    } else {
        tell(&rolled)?;
    }
    Ok(true)
}

fn tell(all: &Rolled) -> anyhow::Result<()> {
    let mut rows = table(&["leads", "may be tried", "waits for"]);
    rows.add_row([all.now.to_string(), "now".to_owned(), String::new()]);
    for (gate, (n, first)) in &all.later {
        rows.add_row([n.to_string(), format!("from {} on", utc(*first)), gate.as_str().to_owned()]);
    }
    for (gate, n) in &all.shut {
        rows.add_row([n.to_string(), "not until something changes".to_owned(), gate.as_str().to_owned()]);
    }
    say(&rows.to_string())?;
    say(&format!("{} in all.", all.leads))?;
    Ok(())
}

/// A length as people say it, to the minute.
fn length(ms: Millis) -> String {
    match (ms / HOUR, ms % HOUR / MINUTE) {
        (0, 0) => "less than a minute".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
