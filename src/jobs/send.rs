//! One job's way out: found out about where it is unsure, sent, and what the answer means.

use super::delivery::Deliverer;
use super::notice::Teller;
use super::verdict::{Verdict, unanswered, works};
use super::{Kind, kind};
use super::{attempt, callback, enquiry, escalation, reminder};
use crate::app::App;
use crate::clock::{DAY, MINUTE, Millis};
use crate::domain::access::Tenant;
use crate::domain::backoff::MOST_ATTEMPTS;
use crate::domain::channel::Channel;
use crate::domain::outreach::NOT_SENT;
use crate::domain::sending::{DispatchKind, SendOutcome};
use crate::domain::window::Window;
use crate::http::Outbound;
use crate::ids;
use crate::service::{outbox as service, outreach, refusals, statuses};
use crate::store::db::StoreError;
use crate::store::outbox::{self, Held, SETTLE};
use std::sync::Arc;
use std::time::Instant;

/// What the person did not write for so long is not worth saying any more.
const LONGEST_DEFERRED: Millis = 7 * DAY;

/// What sends.
#[derive(Debug)]
pub(super) struct Means {
    pub outbound: Arc<Outbound>,
    pub deliverer: Deliverer,
    pub teller: Teller,
}

/// Sends a job.
pub(super) async fn send(app: &App, means: &Means, held: &Held) -> Verdict {
    if let Some(since) = held.since {
        metrics::histogram!("leadwire_job_wait_seconds", "kind" => held.kind.clone())
            .record(since.elapsed().as_secs_f64());
    }
    match DispatchKind::ALL.into_iter().find(|kind| kind.as_str() == held.kind) {
        Some(DispatchKind::Delivery) => means.deliverer.deliver(app, held).await,
        Some(DispatchKind::Notice) => means.teller.tell(app, held).await,
        Some(DispatchKind::Escalation) => escalation::escalate(app, held).await,
        Some(DispatchKind::Enquiry) => enquiry::enter(app, held).await,
        Some(DispatchKind::Reminder) => reminder::remind(app, held).await,
        Some(DispatchKind::Attempt) => attempt::write(app, held).await,
        Some(DispatchKind::Callback) => callback::agree(app, held).await,
        _ => to_person(app, &means.outbound, held).await,
    }
}

/// A job that does not go any more. One that may have been sent is refused only once its provider says that it was not: what somebody has
/// in their hands has not failed.
pub(super) async fn refused(app: &App, means: &Means, held: &Held, refusal: Verdict) -> Verdict {
    let Some(kind) = kind(&held.kind).filter(|_| held.is_unsure()) else { return refusal };
    match was_sent(app, &means.outbound, kind, held).await {
        Ok(Some(verdict)) => verdict,
        Ok(None) if kind.look_up(app, held).is_some() => refusal,
        Ok(None) => {
            let reason = refusal.reason().unwrap_or("it may not be sent any more");
            let reason = format!("it may have been sent, and nothing says whether; {reason}");
            Verdict::Dead { reason, code: None }
        }
        Err(error) => Verdict::Unsure { reason: error.to_string(), wait_ms: SETTLE },
    }
}

/// Sends what goes to a person, by a provider.
async fn to_person(app: &App, outbound: &Outbound, held: &Held) -> Verdict {
    let Some(kind) = kind(&held.kind) else {
        let reason = "this program does not know its kind; a newer one wrote it".to_owned();
        return of(SendOutcome::Retry { reason, after_ms: Some(MINUTE) }, app, held);
    };
    let channel = Channel::parse(&held.channel);
    let window =
        channel.map_or(Window::Open, |channel| Window::at(channel, held.window_closes_at, app.clock.now()));
    if held.is_unsure() && kind.is_fleeting() {
        return Verdict::Rejected { reason: "it is too late for it now".to_owned(), code: None };
    }
    if let Some(refusal) = attempt::refusal(app, held).await {
        return refusal;
    }
    if held.is_unsure() {
        match find_out(app, outbound, kind, held, window).await {
            Ok(Some(verdict)) => return verdict,
            Ok(None) => {}
            Err(error) => return Verdict::Unsure { reason: error.to_string(), wait_ms: SETTLE },
        }
    }
    let (status, outcome) = match kind.request(app, held, window) {
        Err(outcome) => (None, outcome),
        Ok(outgoing) => {
            let began = Instant::now();
            let answer = outbound.send(&outgoing).await;
            metrics::histogram!("leadwire_job_send_seconds", "kind" => kind.kind().as_str())
                .record(began.elapsed().as_secs_f64());
            match answer {
                Err(error) => (None, unanswered(error)),
                Ok(answer) => {
                    let outcome = match kind.outcome(answer.status, &answer.body) {
                        SendOutcome::Retry { reason, after_ms } => {
                            SendOutcome::Retry { reason, after_ms: after_ms.max(answer.retry_after_ms) }
                        }
                        outcome => outcome,
                    };
                    (Some(answer.status), outcome)
                }
            }
        }
    };
    if let Some(went) = works(status, &outcome).filter(|_| held.unasked_until.is_some()) {
        outreach::heard(app, Tenant(held.tenant_id), (held.account_id, &held.channel), went).await;
    }
    match outcome {
        SendOutcome::Retry { reason, .. } | SendOutcome::Unknown { reason } if kind.is_fleeting() => {
            Verdict::Rejected { reason, code: None }
        }
        SendOutcome::Deferred { reason } if app.clock.now() - held.created_at > LONGEST_DEFERRED => {
            Verdict::Rejected { reason: format!("deferred for a week: {reason}"), code: None }
        }
        outcome => of(outcome, app, held),
    }
}

fn of(outcome: SendOutcome, app: &App, held: &Held) -> Verdict {
    Verdict::of(outcome, held.attempts, app.clock.now(), dice())
}

/// A number from 0 to 1.
pub(super) fn dice() -> f64 {
    let byte = u8::from_str_radix(&ids::secret()[..2], 16).expect("two hex digits are a byte");
    f64::from(byte) / 255.0
}

/// Whether a job that may have been sent was: by the provider's reports, then by asking. `None`: nothing says so.
async fn was_sent(
    app: &App,
    outbound: &Outbound,
    kind: &dyn Kind,
    held: &Held,
) -> Result<Option<Verdict>, StoreError> {
    if let Some(verdict) = attempt::unsure(app, held).await? {
        return Ok(Some(verdict));
    }
    if kind.kind().is_message() {
        let (message, part) = service::message_of(held);
        if let Some(provider_id) = statuses::reported(app, message, part).await? {
            return Ok(Some(Verdict::Sent { provider_id }));
        }
    }
    if let Some(look_up) = kind.look_up(app, held) {
        let others =
            outbox::known_ids(&app.db, held.tenant_id, held.lane.as_deref(), held.created_at).await?;
        let answer = outbound.fetch(&look_up.url, &look_up.authorization).await;
        let found = match answer {
            Err(error) => Err(error.to_string()),
            Ok(answer) if answer.status == 200 => kind.found(held, &answer.body, &others),
            Ok(answer) => Err(format!("HTTP {}", answer.status)),
        };
        match found {
            Ok(Some(provider_id)) => return Ok(Some(Verdict::Sent { provider_id: Some(provider_id) })),
            Ok(None) => {}
            Err(why) if held.attempts < MOST_ATTEMPTS => {
                let reason = format!("it may have been sent, and the provider could not be asked: {why}");
                return Ok(Some(Verdict::Unsure { reason, wait_ms: SETTLE }));
            }
            Err(_) => {}
        }
    }
    Ok(None)
}

/// Finds out whether a job that may have been sent was. `None`: nothing says so, and it is marked as being sent again.
async fn find_out(
    app: &App,
    outbound: &Outbound,
    kind: &dyn Kind,
    held: &Held,
    window: Window,
) -> Result<Option<Verdict>, StoreError> {
    if let Some(verdict) = was_sent(app, outbound, kind, held).await? {
        return Ok(Some(verdict));
    }
    if !kind.may_repeat(held, window) || held.attempts >= MOST_ATTEMPTS {
        let reason =
            "it may have been sent, and nothing says whether; it is not sent again by itself".to_owned();
        return Ok(Some(Verdict::Dead { reason, code: None }));
    }
    if !outbox::mark_repeat(&app.db, held).await? {
        return Ok(Some(Verdict::Lost));
    }
    metrics::counter!("leadwire_jobs_repeated_total", "kind" => kind.kind().as_str()).increment(1);
    tracing::warn!(
        job.id = held.id,
        job.kind = held.kind,
        "sent again, because nothing says that it was taken"
    );
    Ok(None)
}

/// Writes down, before the job is finished, what its end means for others: an opt-out is the person's, a message that was not taken has
/// failed. What cannot be written leaves the job to be tried again.
pub(super) async fn consequences(app: &App, held: &Held, verdict: Verdict) -> Verdict {
    if let Err(error) = attempt::became(app, held, &verdict).await {
        let reason = format!("what became of the attempt could not be recorded: {error}");
        // One that was made is not made again: its reports say what came of it.
        return match verdict {
            Verdict::Sent { .. } => verdict,
            _ => of(SendOutcome::Retry { reason, after_ms: None }, app, held),
        };
    }
    let code = match &verdict {
        Verdict::OptedOut { code: Some(code) } => {
            if let Err(error) =
                refusals::refused(app, held.tenant_id, held.conversation_id, code.clone()).await
            {
                let reason = format!("the opt-out could not be recorded: {error}");
                return of(SendOutcome::Retry { reason, after_ms: None }, app, held);
            }
            Some(code.clone())
        }
        Verdict::OptedOut { code: None } => Some("opted_out".to_owned()),
        // Nothing of it left; of one that may have, its provider said so.
        Verdict::Rejected { code: None, .. } if held.unasked_until.is_some() && held.parts == 1 => {
            Some(NOT_SENT.to_owned())
        }
        Verdict::Rejected { code, .. } => code.clone(),
        // One that may have been sent has not failed.
        Verdict::Dead { code, .. } if !held.is_unsure() => code.clone(),
        _ => return verdict,
    };
    if kind(&held.kind).is_some_and(|kind| kind.kind().is_message()) {
        let (message, part) = service::message_of(held);
        if let Err(error) = statuses::not_taken(app, message, part, code.as_deref()).await {
            let reason = format!("the failure could not be recorded: {error}");
            return of(SendOutcome::Retry { reason, after_ms: None }, app, held);
        }
    }
    verdict
}
