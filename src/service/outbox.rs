//! The outbox beside its sending: what reports say of unsure sends, what a refusal means for the person, and what operators see
//! and do.

use super::whatsapp;
use crate::app::App;
use crate::channels::{MessageRef, Part, twilio};
use crate::clock::{MINUTE, Millis};
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::sending::Dispatch;
use crate::store::alerts;
use crate::store::db::{Db, StoreError};
use crate::store::outbox::{self, Depth, Ended, Held, UnsureRow};
use crate::store::tenants::AccountRow;
use crate::turns::{Sends, Told};

/// Something that waits so long past its time wants looking at.
pub const TOO_OLD: Millis = 10 * MINUTE;

/// Takes up a provider's report of a part of a message: where it was unsure whether that was sent, now it is not.
///
/// # Errors
/// Where the database does not answer.
pub async fn heard(app: &App, message: MessageRef, part: Part, provider_id: &str) -> Result<(), StoreError> {
    while let Some(row) = outbox::by_message(&app.db, message, part.index).await? {
        if learn(app, &row, provider_id).await? {
            break;
        }
    }
    Ok(())
}

/// Takes up an answer that came after the hold on its row was lost.
///
/// # Errors
/// Where the database does not answer.
pub async fn answered_late(app: &App, tenant_id: i64, id: i64, provider_id: &str) -> Result<(), StoreError> {
    while let Some(row) = outbox::by_row(&app.db, tenant_id, id).await? {
        if learn(app, &row, provider_id).await? {
            break;
        }
    }
    Ok(())
}

/// Compares the provider's id with what is known of a row; `false`: somebody else changed the row meanwhile.
async fn learn(app: &App, row: &UnsureRow, provider_id: &str) -> Result<bool, StoreError> {
    if row.finished_at.is_none() {
        let marked = outbox::mark_sent(&app.db, row, provider_id, app.clock.now()).await?;
        if marked {
            metrics::counter!("leadwire_jobs_total", "kind" => row.kind.clone(), "outcome" => "reported")
                .increment(1);
            if let Some(lane) = row.lane.as_deref() {
                let ended = Ended { tenant_id: row.tenant_id, lane, place: row.place };
                outbox::wake_next(&app.db, &[ended], app.clock.now()).await?;
            }
            app.handover.wake();
        }
        return Ok(marked);
    }
    let Some(known) = &row.provider_id else { return outbox::name(&app.db, row, provider_id).await };
    let mut further: Vec<String> = match &row.doubled_as {
        None => Vec::new(),
        Some(json) => serde_json::from_str(json)
            .map_err(|error| StoreError::Corrupt { column: "outbox.doubled_as", source: error.into() })?,
    };
    if known == provider_id || further.iter().any(|id| id == provider_id) {
        return Ok(true);
    }
    further.push(provider_id.to_owned());
    let all = serde_json::to_string(&further).expect("a list of texts always serialises");
    let added = outbox::add_double(&app.db, row, &all).await?;
    if added {
        metrics::counter!("leadwire_jobs_doubled_total").increment(1);
        tracing::warn!(
            job.id = row.id,
            "something was sent once more: it had been taken without our hearing of it"
        );
    }
    Ok(added)
}

/// Whether messages that name their sender can be sent by Twilio's API for an account: it is known whose it is at Twilio.
pub fn sends_by_twilio(app: &App, account: &AccountRow) -> bool {
    app.config.twilio.account_sid.is_some() || account.account_sid.is_some()
}

/// Whether it is known as well from which number messages are sent that name none.
pub fn has_sender_at_twilio(app: &App, account: &AccountRow) -> bool {
    sends_by_twilio(app, account) && (account.address != "*" || app.config.twilio.from.is_some())
}

/// What sends what nobody asked for from an account; `None`: nothing does, as on a machine where there is no Twilio account to send by.
pub fn unasked_sends(app: &App, account: &AccountRow) -> Option<Sends> {
    match account.provider.as_str() {
        "twilio" if has_sender_at_twilio(app, account) => Some(by_twilio),
        whatsapp::PROVIDER => Some(whatsapp::sends),
        _ => None,
    }
}

/// By Twilio's API.
fn by_twilio(told: &Told<'_>) -> Vec<Dispatch> {
    let channel = told.request.channel;
    let Some(to) = twilio::address(channel, &told.request.identities) else { return Vec::new() };
    let callback = twilio::callback_url(&format!("{}/webhooks/twilio/status", told.base_url), told.first);
    match told.template {
        Some(content) if !told.says.is_empty() => vec![twilio::send::template(content, &to, &callback)],
        _ => twilio::send::dispatches(told.says, channel, &to, &callback),
    }
}

/// The account a tenant calls and texts from; `None`: it has none.
pub fn twilio_account(app: &App, tenant: Tenant) -> Option<&AccountRow> {
    let is_it = |row: &&AccountRow| (row.tenant_id, row.provider.as_str()) == (tenant.0, "twilio");
    app.accounts.iter().filter(is_it).find(|row| has_sender_at_twilio(app, row))
}

/// The account a tenant sends by a channel from; `None`: it has none. WhatsApp is Meta's where there is an account there, and else Twilio's.
pub fn account(app: &App, tenant: Tenant, channel: Channel) -> Option<&AccountRow> {
    let at_meta =
        || app.accounts.iter().find(|row| row.tenant_id == tenant.0 && row.provider == whatsapp::PROVIDER);
    match channel {
        Channel::Whatsapp => at_meta().or_else(|| twilio_account(app, tenant)),
        Channel::Voice | Channel::Sms => twilio_account(app, tenant),
        Channel::Web => None,
    }
}

/// Which message a row is, or belongs to, and which part of it.
pub fn message_of(held: &Held) -> (MessageRef, Part) {
    let message =
        MessageRef { tenant_id: held.tenant_id, conversation_id: held.conversation_id, seq: held.seq };
    let part = Part::new(held.part as usize, held.parts as usize).unwrap_or(Part::WHOLE);
    (message, part)
}

/// How the outbox is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// Jobs that are not finished.
    pub open: i64,
    /// How long the oldest of them waits past its time, in milliseconds.
    pub oldest_ms: i64,
    /// Jobs that were given up: somebody has to look (`leadwire jobs list --state dead`).
    pub dead: i64,
    /// The names of alerts that stand. Their words may be another program's and are for operations alone.
    #[serde(skip)]
    pub raised: Vec<String>,
}

impl Standing {
    /// What somebody should look at, in words.
    pub fn alerts(&self) -> Vec<String> {
        let mut alerts: Vec<String> =
            self.raised.iter().map(|name| format!("{name}; leadwire doctor says more")).collect();
        if self.dead > 0 {
            alerts.push(format!(
                "{} jobs were given up; see leadwire jobs list --state dead, for each --tenant",
                self.dead
            ));
        }
        if self.oldest_ms > TOO_OLD {
            let minutes = self.oldest_ms / MINUTE;
            alerts.push(format!(
                "a job waits for {minutes} minutes past its time; see leadwire jobs list --state open"
            ));
        }
        alerts
    }
}

/// How the outbox is now.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing(db: &Db, now: Millis) -> Result<Standing, StoreError> {
    let Depth { open, oldest, dead } = outbox::depth(db).await?;
    let raised = alerts::standing(db).await?.into_iter().map(|alert| alert.name).collect();
    Ok(Standing { open, oldest_ms: oldest.map_or(0, |oldest| (now - oldest).max(0)), dead, raised })
}

/// Gives a job that failed its tries again; `false`: it is not one that failed.
///
/// # Errors
/// Where the database does not answer.
pub async fn retry(db: &Db, tenant_id: i64, id: i64, now: Millis) -> Result<bool, StoreError> {
    let again = outbox::retry(db, tenant_id, id, now).await?;
    if again {
        // Whoever runs this may be no server; those that are look every second anyway.
        outbox::announce(db).await?;
    }
    Ok(again)
}
