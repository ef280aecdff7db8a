//! `leadwire campaign`: whom to call and write to, by what and when.

mod file;
mod members;
mod outlook;
mod print;

use super::beside::Beside;
use super::leads::say;
use crate::config::Config;
use crate::domain::outreach::CampaignEvent;
use crate::domain::outreach::campaign::State;
use crate::domain::outreach::mistakes::{NAME, is_plain_name};
use crate::service::outreach::{self as service, Wanted};
use crate::store::outreach::campaigns::{self, CampaignRow};
use anyhow::ensure;
use clap::Subcommand;
use std::path::PathBuf;

/// Campaigns that are read at once.
const PAGE: i64 = 500;

/// What to do with campaigns.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Make one of a file of settings (TOML); it does nothing until it is started
    Create {
        /// Its name, once in a tenant
        name: String,
        /// Its settings; the least is: steps = [{ channel = "voice", attempts = 3 }]
        file: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// All of them, the newest first
    List {
        /// Only those that are draft, running, paused or ended
        #[arg(long, value_parser = state)]
        state: Option<State>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// One of them, with its settings as `set` takes them
    Show {
        /// Its id
        id: i64,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Give one other settings, also while it runs
    Set {
        /// Its id
        id: i64,
        /// Its settings, whole (TOML)
        file: PathBuf,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Start a draft: its leads are tried from now on
    Start(One),
    /// Let one rest: nobody is tried from this moment on
    Pause(One),
    /// Let one go on that was paused
    Resume(One),
    /// End one for good
    End(One),
    /// What one would do if it ran now: blockers, warnings, leads, attempts, cost; exit code 0 where nothing stands in the way
    Preview(One),
    /// For what its leads wait: how many may be tried now, how many later and by which gate, how many not
    Explain(One),
    /// Take leads into one
    Add {
        /// Its id
        id: i64,
        /// The leads' ids
        #[arg(value_name = "LEAD_ID", required_unless_present = "file", conflicts_with = "file")]
        leads: Vec<i64>,
        /// A file with one id per line
        #[arg(long)]
        file: Option<PathBuf>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a lead out of one
    Remove {
        /// Its id
        id: i64,
        /// The lead's id
        #[arg(value_name = "LEAD_ID")]
        lead: i64,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// One campaign.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct One {
    /// Its id
    id: i64,
    /// As JSON
    #[arg(long)]
    json: bool,
}

fn state(name: &str) -> Result<State, String> {
    State::parse(name).ok_or_else(|| format!("there are {}", State::ALL.map(State::as_str).join(", ")))
}

/// Runs it for the tenant of this name; `false`: something stands in the way, or was left out.
///
/// # Errors
/// Where there is no such campaign, it cannot be as is asked, or the database cannot be used.
pub async fn run(config: Config, slug: &str, action: Action) -> anyhow::Result<bool> {
    let beside = Beside::open(config, slug).await?;
    let done = act(&beside, action).await;
    beside.closing(done).await
}

async fn act(beside: &Beside, action: Action) -> anyhow::Result<bool> {
    let Beside { app, tenant, .. } = beside;
    match action {
        Action::Create { name, file, json } => {
            let (name, settings) = (named(&name)?, file::read(&file)?);
            let made = service::create(app, *tenant, &Beside::actor(), name, &settings).await;
            let row = beside.told(0, made)?;
            changed(beside, row, json, "made; look at it with preview, then start it")
        }
        Action::List { state, json } => list(beside, state, json).await,
        Action::Show { id, json } => {
            let row = beside.campaign(id).await?;
            print::show(*tenant, row, json)
        }
        Action::Set { id, file, name, json } => {
            let name = name.as_deref().map(named).transpose()?;
            let wanted = Wanted { name, settings: Some(file::read(&file)?), event: None };
            let row = beside.told(id, service::change(app, *tenant, (id, None), wanted).await)?;
            changed(beside, row, json, "changed; its leads are looked at again")
        }
        Action::Start(one) => steer(beside, one, CampaignEvent::Start, "started").await,
        Action::Pause(one) => steer(beside, one, CampaignEvent::Pause, "paused; nobody is tried").await,
        Action::Resume(one) => steer(beside, one, CampaignEvent::Resume, "goes on").await,
        Action::End(one) => steer(beside, one, CampaignEvent::End, "ended").await,
        Action::Preview(one) => outlook::preview(beside, one).await,
        Action::Explain(one) => outlook::explain(beside, one).await,
        Action::Add { id, leads, file, json } => members::add(beside, id, leads, file.as_deref(), json).await,
        Action::Remove { id, lead, json } => members::remove(beside, id, lead, json).await,
    }
}

async fn steer(beside: &Beside, one: One, event: CampaignEvent, words: &str) -> anyhow::Result<bool> {
    let wanted = Wanted { event: Some(event), ..Wanted::default() };
    let done = service::change(&beside.app, beside.tenant, (one.id, None), wanted).await;
    changed(beside, beside.told(one.id, done)?, one.json, words)
}

fn changed(beside: &Beside, row: CampaignRow, json: bool, words: &str) -> anyhow::Result<bool> {
    if json {
        return print::show(beside.tenant, row, true);
    }
    say(&format!("campaign {} ({}) {words}", row.id, row.name))?;
    Ok(true)
}

async fn list(beside: &Beside, state: Option<State>, json: bool) -> anyhow::Result<bool> {
    let mut all: Vec<CampaignRow> = Vec::new();
    loop {
        let before = all.last().map_or(i64::MAX, |row| row.id);
        let page = campaigns::list(beside.app.db.within(beside.tenant), state, before, PAGE).await?;
        let is_last = (page.len() as i64) < PAGE;
        all.extend(page);
        if is_last {
            break;
        }
    }
    print::list(beside.tenant, all, json)
}

fn named(name: &str) -> anyhow::Result<String> {
    let name = crate::domain::text::clean(name).trim().to_owned();
    ensure!(NAME.contains(&name.chars().count()), "a campaign's name must have 1 to 100 characters");
    ensure!(
        is_plain_name(&name),
        "a campaign's name must be one line, without characters that turn its direction"
    );
    Ok(name)
}
