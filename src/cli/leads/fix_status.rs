//! `leadwire leads fix-status`.

use super::{Ledger, bar, say};
use crate::domain::outreach::Issue;
use crate::service::lifecycle::Actor;
use crate::service::outreach::{Fix, Fixed, Found, fix, is_campaign, standings};
use anyhow::ensure;
use serde_json::json;

/// What to put right.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only count what is wrong
    #[arg(long, conflicts_with = "dry_run")]
    report_only: bool,
    /// Say what would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Only leads that this campaign has or has tried
    #[arg(long, value_name = "N")]
    campaign: Option<i64>,
    /// Name every lead
    #[arg(long)]
    verbose: bool,
    /// For programs
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(ledger: &Ledger, args: Args) -> anyhow::Result<bool> {
    let actor = Actor { user_id: None, program: "leads fix-status".to_owned() };
    let desk = ledger.desk(&actor);
    if let Some(id) = args.campaign {
        let is_known = is_campaign(ledger.db.within(desk.tenant), id).await?;
        ensure!(
            is_known,
            "there is no campaign {id} in this tenant; leadwire campaign list shows those there are, --tenant names another"
        );
    }
    let is_dry = args.dry_run || args.report_only;
    let total = standings(ledger.db.within(desk.tenant)).await?.leads();
    let progress = bar(u64::try_from(total).unwrap_or(0), "leads");
    let mut lines = Vec::new();
    let mut told = |found: &Found| {
        if args.verbose {
            lines.push(line(found));
        }
    };
    let mut passed = |looked_at| progress.set_position(looked_at);
    let wanted = Fix { campaign: args.campaign, is_dry, ..Fix::default() };
    let done = fix(&desk, wanted, &ledger.stopped, &mut told, &mut passed).await;
    progress.finish_and_clear();
    let done = done?;
    let is_whole = done.next.is_none();
    if args.json {
        say(&as_json(&done, &args, is_whole).to_string())?;
    } else {
        report(&done, &args, &lines, is_whole)?;
    }
    Ok(is_whole && (done.found() == 0 || !is_dry))
}

fn line(found: &Found) -> String {
    let said = |status: &Option<String>| {
        status.as_deref().map_or("nothing".to_owned(), |status| format!("\"{status}\""))
    };
    format!(
        "  Lead {}: {} -> {}, attempts {} -> {}, answered {} -> {}",
        found.lead.id,
        said(&found.lead.dial_status),
        said(&found.right.dial_status),
        found.lead.dial_attempts,
        found.right.dial_attempts,
        found.lead.answered_count,
        found.right.answered_count
    )
}

fn count(done: &Fixed, issue: Issue) -> u64 {
    done.issues.get(&issue).copied().unwrap_or(0)
}

fn as_json(done: &Fixed, args: &Args, is_whole: bool) -> serde_json::Value {
    json!({
        "campaign": args.campaign,
        "looked_at": done.looked_at,
        "tried_but_new": count(done, Issue::TriedButNew),
        "untracked": count(done, Issue::Untracked),
        "missing": count(done, Issue::Missing),
        "issues": done.found(),
        "fixed": done.fixed,
        "after": done.after,
        "is_whole": is_whole,
    })
}

fn report(done: &Fixed, args: &Args, lines: &[String], is_whole: bool) -> anyhow::Result<()> {
    let rule = "=".repeat(70);
    let scope = args.campaign.map_or("All campaigns".to_owned(), |campaign| format!("Campaign {campaign}"));
    let mut text = format!("{rule}\nLead Status Fix\n{rule}\nScope: {scope}\n\nStep 1: Analyzing leads...\n");
    text += &format!("  Leads with dial attempts but status \"new\": {}\n", count(done, Issue::TriedButNew));
    text += &format!("  Leads with calls but missing dial tracking: {}\n", count(done, Issue::Untracked));
    let missing = count(done, Issue::Missing);
    if missing > 0 {
        text += &format!("  Leads without a status that nobody tried: {missing}\n");
    }
    text += &format!("  Total issues found: {}\n", done.found());
    if args.report_only || done.found() == 0 {
        let end = if done.found() == 0 { "\nNothing is to be fixed.\n" } else { "" };
        text += end;
    } else {
        text +=
            if args.dry_run { "\nStep 2: What would be fixed...\n" } else { "\nStep 2: Fixing issues...\n" };
        text += &format!("  Leads checked: {}\n", done.found());
        let fixed = if args.dry_run { "Leads that would be fixed" } else { "Leads fixed" };
        text += &format!("  {fixed}: {}\n", if args.dry_run { done.found() } else { done.fixed });
        text += "  Errors: 0\n\n  Status distribution after fix:\n";
        let mut after: Vec<(&String, &u64)> = done.after.iter().collect();
        after.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
        for (status, n) in after {
            text += &format!("    {status}: {n}\n");
        }
    }
    for line in lines {
        text += line;
        text.push('\n');
    }
    if done.fixed > 0 {
        text += &format!("\n✅ Successfully fixed {} leads!\n", done.fixed);
    }
    if !is_whole {
        text += &format!("\nInterrupted after {} leads: run it again for the rest.\n", done.looked_at);
    }
    say(text.trim_end()).map(drop)
}
