//! `leadwire lead explain`.

use crate::api::v1::outreach::explaining::LeadExplained;
use crate::cli::beside::Beside;
use crate::cli::leads::{say, table, time};
use crate::domain::outreach::{Stand, Verdict};
use crate::service::outreach::{Explanation, explain_all};
use crate::store::leads;
use anyhow::Context;

/// Says why a lead is tried by a campaign, or by each it is in, or is not.
pub(super) async fn run(beside: &Beside, id: i64, campaign: Option<i64>, json: bool) -> anyhow::Result<()> {
    let Beside { app, tenant, .. } = beside;
    leads::find(app.db.within(*tenant), id)
        .await?
        .with_context(|| format!("there is no lead {id} in this tenant; --tenant names another"))?;
    if let Some(campaign) = campaign {
        beside.campaign(campaign).await?;
    }
    let all = explain_all(app, *tenant, id, campaign).await?;
    if json {
        let told = LeadExplained::of(id, app.clock.now(), all);
        say(&serde_json::to_string_pretty(&told)?)?;
        return Ok(());
    }
    if all.is_empty() {
        say(&format!(
            "Lead {id} is in no campaign; --campaign says how it would stand to one, leadwire campaign add takes it in."
        ))?;
    }
    for explanation in &all {
        tell(explanation)?;
    }
    Ok(())
}

fn tell(explanation: &Explanation) -> anyhow::Result<()> {
    let verdict = match explanation.verdict {
        Verdict::Now { .. } => "it may be tried now".to_owned(),
        Verdict::At(at, gate) => format!("not before {} ({})", time(at), gate.as_str()),
        Verdict::Not(gate) => format!("not until something changes ({})", gate.as_str()),
    };
    let row = &explanation.campaign;
    let is_in = if explanation.is_member { "" } else { ", in which it is not" };
    let by = explanation.channel.map_or("nothing", |channel| channel.as_str());
    say(&format!(
        "Campaign {} ({}){is_in}: {verdict}; lane {}, by {by}",
        row.id,
        row.name,
        explanation.lane.as_str()
    ))?;
    let mut gates = table(&["gate", "passes", "opens", "rule"]);
    for explained in &explanation.gates {
        let (passes, opens) = match explained.stand {
            Stand::Open => ("yes", String::new()),
            Stand::Until(at) => ("no", time(at)),
            Stand::Shut => ("no", "not by itself".to_owned()),
        };
        gates.add_row([
            explained.gate.as_str().to_owned(),
            passes.to_owned(),
            opens,
            explained.words.clone(),
        ]);
    }
    say(&gates.to_string())?;
    Ok(())
}
