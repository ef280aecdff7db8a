//! `leadwire lead explain`.

use crate::api::v1::outreach::explaining::LeadExplained;
use crate::cli::beside::Beside;
use crate::cli::leads::{say, table};
use crate::domain::outreach::{Stand, utc};
use crate::service::outreach::{Explained, Explanation, explain_all};
use crate::store::leads;
use anyhow::Context;
use comfy_table::{ContentArrangement, Table};

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
    let row = &explanation.campaign;
    let is_in = if explanation.is_member { "" } else { ", in which it is not" };
    let by = explanation.channel.map_or("nothing", |channel| channel.as_str());
    say(&format!(
        "Campaign {} ({}){is_in}: {}; lane {}, by {by}",
        row.id,
        row.name,
        explanation.why,
        explanation.lane.as_str()
    ))?;
    say(&gates(&explanation.gates).to_string())?;
    Ok(())
}

/// Every gate, as wide as the terminal is.
fn gates(all: &[Explained]) -> Table {
    let mut gates = table(&["gate", "passes", "opens", "rule"]);
    gates.set_content_arrangement(ContentArrangement::Dynamic);
    for explained in all {
        let (passes, opens) = match explained.stand {
            Stand::Open => ("yes", String::new()),
            Stand::Until(at) => ("no", utc(at)),
            Stand::Shut => ("no", "not by itself".to_owned()),
        };
        gates.add_row([
            explained.gate.as_str().to_owned(),
            passes.to_owned(),
            opens,
            explained.words.clone(),
        ]);
    }
    gates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outreach::Gate;

    #[test]
    fn a_table_is_as_wide_as_the_terminal() {
        let words = "one after the other ".repeat(20);
        let all = Gate::ALL.map(|gate| Explained { gate, stand: Stand::Until(0), words: words.clone() });
        let table = gates(&all).set_width(80).to_string();
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
        assert!(table.contains(" 1970-01-01T00:00:00Z "), "and times are not broken: {table}");
    }
}
