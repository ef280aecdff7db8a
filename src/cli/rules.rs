//! `leadwire rules`: when people may be called and written to, by the law and custom of where they live.

use crate::clock::{HOUR, MINUTE, Millis};
use crate::config::rules::files;
use crate::domain::outreach::regions::{BUILT_IN, RegionCap, RegionHours, Regions, Rule};
use anyhow::{Context, bail};
use clap::Subcommand;
use comfy_table::{Table, presets};
use jiff::civil::Date;
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to do with files of rules.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Write those that are built in into a folder, to be edited; name it as `rules` of `[outreach]` in leadwire.toml
    Write {
        /// The folder; made where it is not there
        dir: PathBuf,
        /// Replace files that are there
        #[arg(long)]
        force: bool,
    },
    /// Look whether a folder's files can be used, and say of each mistake what to write; exit code 1 where there is one
    Check {
        /// The folder
        dir: PathBuf,
    },
}

/// Runs it; `false`: there are mistakes.
///
/// # Errors
/// Where a folder or file cannot be read or written, or is there already.
pub fn run(action: &Action) -> anyhow::Result<bool> {
    match action {
        Action::Write { dir, force } => write(dir, *force).map(|()| true),
        Action::Check { dir } => check(dir),
    }
}

fn write(dir: &Path, force: bool) -> anyhow::Result<()> {
    let paths = BUILT_IN.map(|(name, text)| (dir.join(name), text));
    if let Some((path, _)) = paths.iter().find(|(path, _)| path.exists() && !force) {
        bail!("{} is there already, and nothing was written; --force replaces what is there", path.display());
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    for (path, text) in paths {
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", path.display());
    }
    println!(
        "put [outreach] and rules = \"{}\" into leadwire.toml, and restart the server after a change",
        dir.display()
    );
    Ok(())
}

fn check(dir: &Path) -> anyhow::Result<bool> {
    let own = files(dir)?;
    let count = own.len();
    match Regions::over_built_in(own) {
        Ok(regions) => {
            let rules: usize = regions.all().iter().map(|region| region.rules.len()).sum();
            let all = regions.all().len();
            println!(
                "files there: {count}; in force with those built in: {all}, with {rules} rules; no mistakes"
            );
            Ok(true)
        }
        Err(mistakes) => {
            for mistake in mistakes.0 {
                println!("{}", dir.join(mistake.to_string()).display());
            }
            Ok(false)
        }
    }
}

/// Prints the rules in force.
///
/// # Errors
/// Where they cannot be written as JSON.
pub fn list(regions: &Regions, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(&as_json(regions))?);
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(["file", "rule", "states", "for", "allowed", "in force", "known from", "source"]);
    for region in regions.all() {
        for rule in &region.rules {
            table.add_row([
                region.file.clone(),
                rule.name.clone(),
                if rule.states.is_empty() { "all".to_owned() } else { rule.states.join(" ") },
                channels(rule).join(" "),
                allowed(rule),
                in_force(rule),
                rule.basis.as_str().to_owned(),
                rule.source.clone(),
            ]);
        }
    }
    println!("{table}");
    println!("No legal advice: have the rules read by somebody who gives some.");
    Ok(())
}

fn channels(rule: &Rule) -> Vec<&'static str> {
    rule.channels.iter().map(|channel| channel.as_str()).collect()
}

/// What a rule allows, in words.
fn allowed(rule: &Rule) -> String {
    let mut parts = Vec::new();
    if let Some(hours) = &rule.hours {
        parts.push(hours.week.to_string());
        if let (false, Some(last)) = (hours.closed.is_empty(), hours.closed.last()) {
            parts.push(format!("not on {} holidays, the last {last}", hours.closed.len()));
        }
    }
    parts.extend(
        rule.caps.iter().map(|cap| format!("{} attempts in {}", cap.attempts, length(cap.within_ms))),
    );
    if let Some(wait) = rule.after_drop_ms {
        parts.push(format!("{} after a dropped call", length(wait)));
    }
    if let Some((percent, days)) = rule.abandoned {
        parts.push(format!("{percent} % abandoned in {days} d"));
    }
    parts.join("; ")
}

fn length(ms: Millis) -> String {
    if ms % HOUR == 0 { format!("{} h", ms / HOUR) } else { format!("{} min", ms / MINUTE) }
}

/// The dates of a rule: those of its hours, which are those of its caps.
fn dates(rule: &Rule) -> (Option<Date>, Option<Date>) {
    let hours = rule.hours.as_ref().map(|RegionHours { from, until, .. }| (*from, *until));
    let caps = rule.caps.first().map(|RegionCap { from, until, .. }| (*from, *until));
    hours.or(caps).unwrap_or_default()
}

fn in_force(rule: &Rule) -> String {
    match dates(rule) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("until {until}"),
        (Some(from), Some(until)) => format!("{from} until {until}"),
    }
}

fn as_json(regions: &Regions) -> serde_json::Value {
    let rule = |rule: &Rule| {
        let (from, until) = dates(rule);
        let caps: Vec<serde_json::Value> = rule
            .caps
            .iter()
            .map(|cap| json!({ "attempts": cap.attempts, "within_ms": cap.within_ms }))
            .collect();
        json!({
            "name": rule.name, "states": rule.states, "channels": channels(rule),
            "hours": rule.hours.as_ref().map(|hours| hours.week.to_string()),
            "holidays": rule.hours.as_ref().map(|hours| &hours.closed),
            "caps": caps, "after_drop_ms": rule.after_drop_ms,
            "abandoned_percent": rule.abandoned.map(|(percent, _)| percent),
            "abandoned_days": rule.abandoned.map(|(_, days)| days),
            "from": from, "until": until, "basis": rule.basis, "source": rule.source,
        })
    };
    let region = regions.all().iter().map(|region| {
        json!({
            "file": region.file, "country": region.country, "name": region.name,
            "territories": region.territories, "unknown_state": region.unknown_state,
            "rules": region.rules.iter().map(rule).collect::<Vec<_>>(),
        })
    });
    serde_json::Value::from_iter(region)
}
