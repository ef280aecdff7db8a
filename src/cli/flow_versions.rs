//! `leadwire flow history|diff|rollback`: the published versions of a flow.

use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::flow::Source;
use crate::service::{flows, startup};
use crate::store::db::Db;
use crate::store::flows::{self as stored, MoveRow};
use crate::store::tenants::DEFAULT_TENANT;
use anyhow::{Context, bail};
use comfy_table::{Table, presets};
use similar::{ChangeTag, TextDiff};

/// The most moves that are listed.
const LISTED: i64 = 200;
/// As much of a hash as people need.
const SHORT: usize = 12;

async fn open(config: &Config) -> anyhow::Result<Db> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    Ok(db)
}

async fn moves(db: &Db, flow: &str) -> anyhow::Result<Vec<MoveRow>> {
    let moves = stored::moves(db, DEFAULT_TENANT, flow, LISTED).await?;
    if moves.is_empty() {
        bail!(
            "no version of a flow {flow:?} was ever published; its id stands in the first lines of the file"
        );
    }
    Ok(moves)
}

/// What was published when, latest first.
///
/// # Errors
/// Where there is no such flow or the database cannot be used.
pub async fn history(config: &Config, flow: &str, json: bool) -> anyhow::Result<()> {
    let db = open(config).await?;
    let moves = moves(&db, flow).await?;
    if json {
        let rows: Vec<_> = moves
            .iter()
            .map(|row| serde_json::json!({"at": time(row.moved_at), "version": row.hash, "how": row.how}))
            .collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(["when (UTC)", "version", "how", ""]);
    for (place, row) in moves.iter().enumerate() {
        let current = if place == 0 && row.how != "retired" { "current" } else { "" };
        table.add_row([&time(row.moved_at), short(&row.hash), &row.how.replace('_', " "), current]);
    }
    println!("{table}");
    Ok(())
}

/// The lines that differ between two versions.
///
/// # Errors
/// Where there is no such flow or version, or the database cannot be used.
pub async fn diff(
    config: &Config,
    flow: &str,
    from: Option<String>,
    to: Option<String>,
) -> anyhow::Result<()> {
    let db = open(config).await?;
    let moves = moves(&db, flow).await?;
    let (from, to) = (pick(&moves, from.as_deref(), 1)?, pick(&moves, to.as_deref(), 0)?);
    let (old, new) = (text(&db, from).await?, text(&db, to).await?);
    println!("--- {flow} {}\n+++ {flow} {}", short(from), short(to));
    let diff = TextDiff::from_lines(&old, &new);
    for group in diff.grouped_ops(2) {
        println!("@@");
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            print!("{sign}{change}");
        }
    }
    Ok(())
}

/// Makes an earlier version the current one.
///
/// # Errors
/// Where there is no such flow or version, or somebody else published meanwhile.
pub async fn roll_back(config: &Config, flow: &str, to: Option<String>) -> anyhow::Result<()> {
    let db = open(config).await?;
    let moves = moves(&db, flow).await?;
    let to = pick(&moves, to.as_deref(), 1)?.to_owned();
    if moves[0].hash == to {
        bail!("version {} is the current one already", short(&to));
    }
    flows::roll_back(&db, DEFAULT_TENANT, flow, &to, Clock::System.now()).await?;
    println!("New conversations of {flow} get version {} now; those that run finish on theirs.", short(&to));
    println!("The file still has the other text: it is published again when it is edited, not by a restart.");
    Ok(())
}

/// Takes a flow out of force.
///
/// # Errors
/// Where there is no such flow, or the database cannot be used.
pub async fn retire(config: &Config, flow: &str) -> anyhow::Result<()> {
    let db = open(config).await?;
    flows::retire(&db, DEFAULT_TENANT, flow, Clock::System.now()).await?;
    println!("{flow} gets no new conversations; those that run finish on their version.");
    println!("A file of it that is still there is published again at the next start.");
    Ok(())
}

/// The version whose hash begins so, else the `nth` distinct version back from the current.
fn pick<'a>(moves: &'a [MoveRow], wanted: Option<&str>, nth: usize) -> anyhow::Result<&'a str> {
    let mut distinct: Vec<&str> = Vec::new();
    for row in moves {
        if !distinct.contains(&row.hash.as_str()) {
            distinct.push(&row.hash);
        }
    }
    let Some(wanted) = wanted else {
        return distinct.get(nth).copied().context("there is only one version so far");
    };
    let matching: Vec<&str> = distinct.into_iter().filter(|hash| hash.starts_with(wanted)).collect();
    match matching[..] {
        [one] => Ok(one),
        [] => bail!("no version begins with {wanted:?}; `leadwire flow history` lists them"),
        _ => bail!("several versions begin with {wanted:?}; write more of it"),
    }
}

/// A version's text with what it uses, as one text.
async fn text(db: &Db, hash: &str) -> anyhow::Result<String> {
    let version = stored::version(db, DEFAULT_TENANT, hash).await?.context("the version is gone")?;
    let Source { text, includes, .. } = Source::from_stored(&version.source)?;
    let parts = includes.into_iter().map(|(name, text)| format!("\n# --- use = {name:?}\n{text}"));
    Ok(std::iter::once(text).chain(parts).collect())
}

fn short(hash: &str) -> &str {
    &hash[..hash.len().min(SHORT)]
}

fn time(at: Millis) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
