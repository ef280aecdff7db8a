//! `leadwire leads statuses` and `leadwire leads recycle`.

use super::{Ledger, bar, say, table};
use crate::domain::access::Tenant;
use crate::domain::outreach::{Kind, Standing};
use crate::service::lifecycle::Actor;
use crate::service::outreach::{Line, Recycle, Standings, TARGETS, recyclable, recycle, standings};
use anyhow::bail;
use serde_json::json;

/// How leads are called that say nothing.
const NOTHING: &str = "none";

/// What to try again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Leads that stand so; several with commas between, "none" for those without a status, "recyclable" for all that may be
    #[arg(long, value_name = "STATUS", required = true, value_delimiter = ',')]
    status: Vec<String>,
    /// What they are to stand at
    #[arg(long, value_name = "STATUS", default_value = "new")]
    to: String,
    /// Count their tries anew; what was tried stays in the ledger
    #[arg(long)]
    reset_tries: bool,
    /// Only count
    #[arg(long)]
    dry_run: bool,
    /// For programs
    #[arg(long)]
    json: bool,
}

/// Shows how many leads stand where.
pub(super) async fn statuses(ledger: &Ledger, is_json: bool) -> anyhow::Result<bool> {
    let all = standings(ledger.db.within(Tenant(ledger.tenant_id))).await?;
    if is_json {
        say(&as_json(&all).to_string())?;
        return Ok(true);
    }
    let mut rows = table(&["status", "kind", "leads", "share", "may be tried again"]);
    for line in &all.lines {
        let share = 100.0 * line.leads as f64 / all.leads().max(1) as f64;
        rows.add_row([
            name(line),
            line.kind.as_str().to_owned(),
            line.leads.to_string(),
            format!("{share:.1} %"),
            line.recyclable.to_string(),
        ]);
    }
    say(&rows.to_string())?;
    say(&format!("{} {}, {} may be tried again.", all.leads(), noun(all.leads()), all.recyclable()))?;
    for (why, n) in &all.over {
        say(&format!("{n} are not: {why}."))?;
    }
    let problematic: i64 =
        all.lines.iter().filter(|line| line.kind == Kind::Problematic).map(|line| line.leads).sum();
    if problematic > 0 {
        say(&format!("Of {problematic} it is not known where they stand: run leadwire leads fix-status."))?;
    }
    Ok(true)
}

fn noun(n: i64) -> &'static str {
    if n == 1 { "lead" } else { "leads" }
}

fn name(line: &Line) -> String {
    line.dial_status.clone().unwrap_or_else(|| NOTHING.to_owned())
}

fn as_json(all: &Standings) -> serde_json::Value {
    let lines: Vec<_> = all
        .lines
        .iter()
        .map(|line| {
            json!({ "status": line.dial_status, "kind": line.kind.as_str(), "leads": line.leads, "recyclable": line.recyclable })
        })
        .collect();
    json!({ "leads": all.leads(), "recyclable": all.recyclable(), "statuses": lines, "over": all.over })
}

pub(super) async fn run(ledger: &Ledger, args: Args) -> anyhow::Result<bool> {
    let wanted = wanted(&args)?;
    let all = standings(ledger.db.within(Tenant(ledger.tenant_id))).await?;
    let names: Vec<&str> = wanted.from.iter().map(|from| from.map_or(NOTHING, Standing::as_str)).collect();
    let chosen = all.lines.iter().filter(|line| names.contains(&name(line).as_str()));
    let expected: i64 = chosen.map(|line| line.recyclable).sum();
    if args.dry_run {
        say(&told(&args, "would be recycled", expected))?;
        return Ok(true);
    }
    let actor = Actor { user_id: None, program: "leads recycle".to_owned() };
    let progress = bar(u64::try_from(expected).unwrap_or(0), "leads");
    let done =
        recycle(&ledger.desk(&actor), &wanted, &ledger.stopped, &mut |n| progress.set_position(n)).await;
    progress.finish_and_clear();
    let done = done?;
    say(&told(&args, "recycled", done.leads as i64))?;
    if done.has_more {
        say("Interrupted: run it again for the rest.")?;
        return Ok(false);
    }
    Ok(true)
}

fn told(args: &Args, what: &str, n: i64) -> String {
    if args.json {
        return json!({ "recycled": n, "to": args.to, "dry_run": args.dry_run }).to_string();
    }
    format!("{n} {} {what}, to \"{}\".", noun(n), args.to)
}

fn wanted(args: &Args) -> anyhow::Result<Recycle> {
    let names = || recyclable().map(Standing::as_str).collect::<Vec<_>>().join(", ");
    let mut from: Vec<Option<Standing>> = Vec::new();
    for name in &args.status {
        match name.as_str() {
            NOTHING => from.push(None),
            "recyclable" => from.extend(recyclable().map(Some)),
            name => match recyclable().find(|standing| standing.as_str() == name) {
                Some(standing) => from.push(Some(standing)),
                None => bail!(
                    "--status {name:?} cannot be recycled; write {NOTHING}, recyclable, or some of {}",
                    names()
                ),
            },
        }
    }
    let Some(to) = TARGETS.into_iter().find(|target| target.as_str() == args.to) else {
        bail!("--to {:?} is nothing to recycle to; write new or callback", args.to);
    };
    Ok(Recycle { from, to, resets: args.reset_tries, most: None })
}
