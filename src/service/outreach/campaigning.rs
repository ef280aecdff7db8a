//! Campaigns are made, changed, started, paused and ended.

use super::looking::read;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::approved::is_content_sid;
use crate::domain::channel::Channel;
use crate::domain::outreach::campaign::{Campaign, OnMachine, Settings, State};
use crate::domain::outreach::mistakes::Mistake;
use crate::domain::outreach::{CampaignEvent, moves};
use crate::service::lifecycle::Actor;
use crate::service::{outbox, whatsapp};
use crate::store::db::StoreError;
use crate::store::outreach::campaigns::{self, CampaignRow};
use crate::store::outreach::{change_steps, hopper, members};
use crate::store::segments;

/// Why a campaign is not as it was asked to be.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// There is none of that id.
    #[error("there is no such campaign")]
    Missing,
    /// Another one has the name.
    #[error("there is a campaign of this name already")]
    NameTaken,
    /// Its settings are wrong: how.
    #[error("its settings are wrong")]
    Wrong(Vec<Mistake>),
    /// That is not possible for one that is so.
    #[error("{} is not possible for a campaign that is {}", .1.as_str(), .0.as_str())]
    NotAllowed(State, CampaignEvent),
    /// It has ended, and is not changed any more.
    #[error("the campaign has ended, and is not changed any more; make another")]
    Over,
    /// Somebody changed it meanwhile: as it is now.
    #[error("the campaign was changed by somebody else")]
    Stale(Box<CampaignRow>),
    /// It cannot do anything as it is: why.
    #[error("it cannot be started: {}", .0.join("; "))]
    Blocked(Vec<String>),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a campaign, which does nothing until it is started.
///
/// # Errors
/// See [`Unfit`].
pub async fn create(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    name: String,
    settings: &Settings,
) -> Result<CampaignRow, Unfit> {
    check(app, tenant, settings).await?;
    let now = app.clock.now();
    let row = CampaignRow {
        id: app.ids.next(now),
        name,
        state: State::Draft.as_str().to_owned(),
        settings: written(settings),
        looked_to: None,
        looks: 0,
        created_by: actor.user_id,
        created_at: now,
        updated_at: now,
        started_at: None,
        ended_at: None,
        version: 0,
    };
    if campaigns::add(app.db.within(tenant), &row).await? { Ok(row) } else { Err(Unfit::NameTaken) }
}

fn written(settings: &Settings) -> String {
    serde_json::to_string(settings).expect("plain values always serialise")
}

/// What is wrong with settings, by themselves and with what they name.
async fn check(app: &App, tenant: Tenant, settings: &Settings) -> Result<(), Unfit> {
    let mut mistakes = settings.mistakes();
    for (n, segment) in settings.segments.iter().enumerate() {
        if segments::find(app.db.within(tenant), *segment).await?.is_none() {
            mistakes.push(Mistake::refused(&format!("/segments/{n}"), "there is no such segment"));
        }
    }
    if let Some(flow) = &settings.flow {
        match app.flows.head(tenant.0, flow) {
            None => mistakes.push(Mistake::refused("/flow", "there is no such flow")),
            Some(version) => {
                for (n, step) in settings.steps.iter().enumerate() {
                    if !version.flow.start.channels.contains(&step.channel) {
                        let words = format!("the flow does not speak on {}", step.channel.as_str());
                        mistakes.push(Mistake::refused(&format!("/steps/{n}/channel"), &words));
                    }
                }
            }
        }
    }
    if let Some(language) = &settings.language {
        mistakes.extend(unspoken(app, tenant, settings, language));
    }
    if mistakes.is_empty() { Ok(()) } else { Err(Unfit::Wrong(mistakes)) }
}

/// That a flow its steps run does not speak its language.
fn unspoken(app: &App, tenant: Tenant, settings: &Settings, language: &str) -> Option<Mistake> {
    let of_step = |channel| match &settings.flow {
        Some(flow) => app.flows.head(tenant.0, flow),
        None => app.flows.choose(tenant.0, channel, ""),
    };
    let mut versions = settings.steps.iter().filter_map(|step| of_step(step.channel));
    let version = versions.find(|version| !version.flow.languages.iter().any(|known| known == language))?;
    let (flow, known) = (&version.flow.id, version.flow.languages.join(", "));
    Some(Mistake::refused("/language", &format!("the flow {flow} does not speak it; it speaks {known}")))
}

/// What is to become of a campaign.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Another name.
    pub name: Option<String>,
    /// Other settings.
    pub settings: Option<Settings>,
    /// What is done with it, which leads to another state.
    pub event: Option<CampaignEvent>,
}

/// Changes a campaign, with `expected` only if it is at that version. One that is paused or ended tries nobody from this moment on: whoever
/// was about to be tried is let go.
///
/// # Errors
/// See [`Unfit`].
pub async fn change(
    app: &App,
    tenant: Tenant,
    (id, expected): (i64, Option<i64>),
    wanted: Wanted,
) -> Result<CampaignRow, Unfit> {
    if let Some(settings) = &wanted.settings {
        check(app, tenant, settings).await?;
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let mut row = campaigns::lock(tx.within(tenant), id).await?.ok_or(Unfit::Missing)?;
    if expected.is_some_and(|expected| expected != row.version) {
        return Err(Unfit::Stale(Box::new(row)));
    }
    let before = read(&row)?;
    if before.state == State::Ended && (wanted.name.is_some() || wanted.settings.is_some()) {
        return Err(Unfit::Over);
    }
    if let Some(settings) = wanted.settings {
        change_steps(tx.within(tenant), id, &moves(&before.settings.steps, &settings.steps)).await?;
        row.settings = written(&settings);
        row.looked_to = Some(0);
    }
    row.name = wanted.name.unwrap_or(row.name);
    if let Some(event) = wanted.event {
        if !event.is_possible(before.state) {
            return Err(Unfit::NotAllowed(before.state, event));
        }
        let to = event.to();
        row.state = to.as_str().to_owned();
        match to {
            State::Running => {
                let blockers = blockers(app, tenant, &read(&row)?);
                if !blockers.is_empty() {
                    return Err(Unfit::Blocked(blockers));
                }
                row.started_at = row.started_at.or(Some(now));
                row.looked_to = Some(0);
            }
            State::Ended => row.ended_at = Some(now),
            State::Draft | State::Paused => {}
        }
        if to != State::Running {
            hopper::empty(tx.within(tenant), id).await?;
        }
    }
    match campaigns::change(tx.within(tenant), &row, now).await {
        Err(StoreError::Conflict { .. }) => return Err(Unfit::NameTaken),
        changed => changed?,
    }
    tx.commit().await?;
    campaigns::find(app.db.within(tenant), id).await?.ok_or(Unfit::Missing)
}

/// What is said where nothing of a center's sends by any of a campaign's channels.
pub const NO_ACCOUNT: &str = "none of its channels works: there is no account of this center to send from; set TWILIO_ACCOUNT_SID, \
                              TWILIO_AUTH_TOKEN and TWILIO_FROM, or list a number or Meta's WhatsApp in leadwire.toml, and start the server anew";

/// What is said where a center has no flow in force that a campaign could run.
const NO_FLOWS: &str = "no flow is in force yet: the server publishes those of its flows folder when it starts, so start it first";

/// Why a campaign could not try anybody.
pub fn blockers(app: &App, tenant: Tenant, campaign: &Campaign) -> Vec<String> {
    let missing = super::health::missing(app, tenant);
    let steps = &campaign.settings.steps;
    let mut all = Vec::new();
    if steps.iter().all(|step| missing.contains(&step.channel)) {
        all.push(NO_ACCOUNT.to_owned());
    }
    if campaign.settings.ends_at.is_some_and(|ends| ends.as_millisecond() <= app.clock.now()) {
        all.push("it is to end before it begins: ends_at is over".to_owned());
    }
    all.extend(unknown_templates(app, tenant, campaign));
    all.extend(has_nothing_to_leave(app, tenant, campaign).then(|| NOTHING_TO_LEAVE.to_owned()));
    let speaks = |channel| app.flows.choose(tenant.0, channel, "").is_some();
    if campaign.settings.bridge_to.is_none() && app.flows.of(tenant.0).is_empty() {
        all.push(NO_FLOWS.to_owned());
    } else if campaign.settings.flow.is_none() && campaign.settings.bridge_to.is_none() {
        for step in steps.iter().filter(|step| !speaks(step.channel)) {
            all.push(format!("no flow speaks on {}; name one as flow", step.channel.as_str()));
        }
    }
    all
}

/// What is in the way where machines are to be left a message, and there is none.
const NOTHING_TO_LEAVE: &str = "machines are to be left a message, and the flow has none: give it a voicemail under [voice], or let machine be hang_up";

fn has_nothing_to_leave(app: &App, tenant: Tenant, campaign: &Campaign) -> bool {
    let settings = &campaign.settings;
    if !campaign.calls() || settings.machine != OnMachine::LeaveMessage {
        return false;
    }
    let flow = match &settings.flow {
        Some(id) => app.flows.head(tenant.0, id),
        None => app.flows.choose(tenant.0, Channel::Voice, ""),
    };
    flow.is_none_or(|version| version.flow.voice.voicemail.is_empty())
}

/// Templates that the provider cannot have whose account messages go by.
fn unknown_templates(app: &App, tenant: Tenant, campaign: &Campaign) -> Vec<String> {
    let Some(account) = outbox::account(app, tenant, Channel::Whatsapp) else { return Vec::new() };
    let is_at_meta = account.provider == whatsapp::PROVIDER;
    let templates = campaign.settings.steps.iter().filter_map(|step| step.template.as_deref());
    let unknown = templates.filter(|template| is_content_sid(template) == is_at_meta);
    let (provider, form) = match is_at_meta {
        true => ("Meta", "its name and language, such as follow_up/en_US"),
        false => ("Twilio", "its ContentSid, HX and 32 figures"),
    };
    unknown
        .map(|template| format!("WhatsApp goes by {provider}, which has no template {template}: give {form}"))
        .collect()
}

/// Takes leads into a campaign; how many were not in it.
///
/// # Errors
/// See [`Unfit`].
pub async fn add(app: &App, tenant: Tenant, id: i64, leads: &[i64]) -> Result<u64, Unfit> {
    let row = campaigns::find(app.db.within(tenant), id).await?.ok_or(Unfit::Missing)?;
    if row.state == State::Ended.as_str() {
        return Err(Unfit::Over);
    }
    Ok(members::add(app.db.within(tenant), id, leads, app.clock.now()).await?)
}

/// Takes a lead out of a campaign; `false`: it is not in it. One that is being tried at this moment is.
///
/// # Errors
/// See [`Unfit`].
pub async fn remove(app: &App, tenant: Tenant, id: i64, lead: i64) -> Result<bool, Unfit> {
    campaigns::find(app.db.within(tenant), id).await?.ok_or(Unfit::Missing)?;
    let mut tx = app.db.begin().await?;
    hopper::take_back(tx.within(tenant), id, lead).await?;
    let was = members::remove(tx.within(tenant), id, lead).await?;
    tx.commit().await?;
    Ok(was)
}
