//! Fires the timers of conversations that nobody answers. Each is a turn like any other: in the person's lane, under the
//! person's lock, once, whichever process is first.

use crate::app::App;
use crate::clock::{HOUR, MINUTE, Millis, SECOND};
use crate::domain::channel::Channel;
use crate::domain::identity::{Identity, IdentityKind};
use crate::service::{outbox, turns};
use crate::store::timers::{self, DueRow};
use crate::turns::{TurnError, TurnInput, TurnRequest};
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Timers taken at once: a batch of turns.
const AT_ONCE: i64 = 256;
/// The longest sleep: timers that another process wrote and did not live to fire are found so late.
const LOOK: Millis = MINUTE;
/// The shortest sleep, so that nothing that stays due keeps us busy.
const PAUSE: Millis = SECOND;
/// How long after a failure of the database, or while too much waits, timers are looked at again.
const AGAIN: Millis = 5 * SECOND;
/// How long a timer is put off whose turn cannot be decided: its conversation cannot be read, or its flow is gone.
const PUT_OFF: Millis = HOUR;

/// Fires timers as they come due until `stopped`: sleeps until the next one, and is woken by the commit of an earlier one.
pub async fn run(app: Arc<App>, stopped: CancellationToken) {
    let mut alarm = app.alarm.watch();
    while !stopped.is_cancelled() {
        // A timer that is committed from here on rings; one that was before is found.
        app.alarm.clear();
        let next = fire_due(&app, AT_ONCE, &stopped).await;
        let now = app.clock.now();
        app.alarm.ring_by(match next {
            Ok(next) => next.unwrap_or(Millis::MAX).clamp(now + PAUSE, now + LOOK),
            Err(error) => {
                tracing::warn!("timers could not be fired and are tried again: {error}");
                now + AGAIN
            }
        });
        loop {
            let at = *alarm.borrow_and_update();
            tokio::select! {
                () = stopped.cancelled() => return,
                () = app.clock.reach(at) => break,
                _ = alarm.changed() => {}
            }
        }
    }
}

/// Fires all timers that are due, so many at once; when the next one is due.
///
/// # Errors
/// Where turns are not taken for now; what was fired until then is.
pub async fn fire_due(
    app: &Arc<App>,
    at_once: i64,
    stopped: &CancellationToken,
) -> Result<Option<Millis>, TurnError> {
    while !stopped.is_cancelled() {
        let rows = timers::due(&app.db, app.clock.now(), at_once).await.map_err(Arc::new)?;
        let timers: Vec<&[DueRow]> =
            rows.chunk_by(|one, other| (one.tenant_id, one.id) == (other.tenant_id, other.id)).collect();
        let is_full = timers.len() as i64 == at_once;
        let mut firing = JoinSet::new();
        for timer in timers {
            firing.spawn(fire(app.clone(), timer.to_vec()));
        }
        for fired in firing.join_all().await {
            fired?;
        }
        if !is_full {
            break;
        }
    }
    Ok(timers::next(&app.db).await.map_err(Arc::new)?)
}

/// Fires one timer; its rows are those of its person's addresses.
async fn fire(app: Arc<App>, rows: Vec<DueRow>) -> Result<(), TurnError> {
    let timer = &rows[0];
    let put_off = async |until| {
        timers::put_off(&app.db, timer.tenant_id, timer.id, timer.due_at, until).await.map_err(Arc::new)
    };
    let Some(request) = request(&app, &rows).filter(|_| !timer.is_past) else {
        count("dropped");
        return Ok(put_off(None).await.map(drop)?);
    };
    match turns::submit(&app, request).await {
        Ok(answered) => count(if answered.repeated { "answered" } else { "fired" }),
        Err(error) if passes(&error) => return Err(error),
        Err(error) => {
            count("failed");
            tracing::error!(
                conversation.id = timer.id,
                "a conversation's timer cannot be fired and is put off for an hour: {error}"
            );
            put_off(Some(app.clock.now() + PUT_OFF)).await?;
        }
    }
    Ok(())
}

fn count(outcome: &'static str) {
    metrics::counter!("leadwire_timers_total", "outcome" => outcome).increment(1);
}

/// Whether the same turn may be taken a little later.
fn passes(error: &TurnError) -> bool {
    match error {
        TurnError::Busy | TurnError::Closing | TurnError::Contended => true,
        TurnError::Store(error) => error.is_passing(),
        _ => false,
    }
}

/// The turn of a timer; `None`: nothing can come of it.
fn request(app: &App, rows: &[DueRow]) -> Option<TurnRequest> {
    let timer = &rows[0];
    let channel = Channel::parse(&timer.channel)?;
    let account =
        app.accounts.iter().find(|known| (known.tenant_id, known.id) == (timer.tenant_id, timer.account_id));
    let identities = match &timer.public_id {
        Some(session) => vec![Identity::session(session)],
        None => addresses(rows, channel),
    };
    (!identities.is_empty()).then(|| TurnRequest {
        tenant_id: timer.tenant_id,
        account_id: timer.account_id,
        channel,
        identities,
        session: timer.public_id.clone(),
        input: TurnInput::Silent { conversation_id: timer.id },
        provider_id: Some(format!("timer-{}-{}", timer.id, timer.due_at)),
        sender_name: None,
        confirm_consent: false,
        encode: |_| String::new(),
        sends: account.and_then(|account| outbox::unasked_sends(app, account)),
    })
}

/// By what the person is reached there: the latest of each kind, in the order in which their own messages name them.
fn addresses(rows: &[DueRow], channel: Channel) -> Vec<Identity> {
    let kinds: &[IdentityKind] = match channel {
        Channel::Whatsapp => &[IdentityKind::Phone, IdentityKind::Whatsapp, IdentityKind::WhatsappUser],
        Channel::Sms | Channel::Voice => &[IdentityKind::Phone],
        Channel::Web => &[],
    };
    let latest = |kind: &IdentityKind| {
        let is_it = |row: &&DueRow| row.kind.as_deref() == Some(kind.as_str());
        let value = rows.iter().rev().find(is_it)?.raw.clone()?;
        Some(Identity { kind: *kind, value })
    };
    kinds.iter().filter_map(latest).collect()
}
