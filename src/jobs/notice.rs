//! Telling people: one message of a list at a time, and what comes meanwhile goes with the next.

use super::send::dice;
use super::verdict::Verdict;
use crate::app::App;
use crate::clock::{DAY, MINUTE, Millis, SECOND};
use crate::domain::access::Tenant;
use crate::domain::backoff::{self, MOST_ATTEMPTS};
use crate::domain::pass::Pass;
use crate::http::{NoAnswer, Outbound};
use crate::mail::{Certainty, MailAnswer, Mailer};
use crate::notify::email::smtp_outcome;
use crate::notify::{Bulletin, List, Message, Notice, Outcome, TOGETHER};
use crate::service::{alerts, lifecycle};
use crate::store::db::StoreError;
use crate::store::notices::{self, Standing, Waiting};
use crate::store::outbox::{self, BEHIND, Held, SETTLE};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a link to a lead holds.
const PASS: Millis = 7 * DAY;
/// How long a job waits for a list that is gone from the configuration.
const UNCONFIGURED: Millis = 5 * MINUTE;

/// What a job carries.
#[derive(Deserialize)]
pub(super) struct Carried {
    /// The notice.
    pub notice: i64,
}

/// Tells people.
#[derive(Debug)]
pub(super) struct Teller {
    outbound: Arc<Outbound>,
    mailer: Option<Arc<Mailer>>,
    /// Until when each list is being told, or has just been.
    busy: Mutex<HashMap<(i64, String), Millis>>,
}

impl Teller {
    pub(super) fn new(outbound: Arc<Outbound>, mailer: Option<Arc<Mailer>>) -> Teller {
        Teller { outbound, mailer, busy: Mutex::default() }
    }

    /// Tells what a job carries, and whatever else waits for the same list.
    pub(super) async fn tell(&self, app: &App, held: &Held) -> Verdict {
        match self.try_tell(app, held).await {
            Ok(verdict) => verdict,
            Err(error) => {
                tracing::warn!("a notice is put off: {}", error.chain());
                Verdict::Untried { at: app.clock.now() + BEHIND, slotted: true }
            }
        }
    }

    async fn try_tell(&self, app: &App, held: &Held) -> Result<Verdict, StoreError> {
        let now = app.clock.now();
        let Ok(Carried { notice }) = serde_json::from_str(&held.payload) else {
            return Ok(Verdict::Rejected { reason: "what it carries cannot be read".to_owned(), code: None });
        };
        let own = lifecycle::personal(app, Tenant(held.tenant_id), &held.recipient).await?;
        let Some(list) = own.as_ref().or_else(|| app.lists.get(held.tenant_id, &held.recipient)) else {
            let reason = format!("no list is named {:?} in the configuration", held.recipient);
            return Ok(Verdict::Again { reason, at: now + UNCONFIGURED });
        };
        match notices::standing(&app.db, held.tenant_id, (notice, &list.name), held.id).await? {
            Standing::Settled => return Ok(Verdict::Sent { provider_id: None }),
            Standing::Elsewhere => return Ok(Verdict::Untried { at: now + BEHIND, slotted: true }),
            Standing::Waiting => {}
        }
        if let Some(at) = list.quiet.as_ref().and_then(|quiet| quiet.until(now)) {
            return Ok(Verdict::Untried { at, slotted: true });
        }
        if let Err(at) = self.enter(list, now, app.config.outgoing.timeout.as_millis() as Millis) {
            return Ok(Verdict::Untried { at, slotted: true });
        }
        let verdict = self.message(app, (held, notice), list).await;
        // Where nothing was sent, nobody need wait.
        let is_sent = !matches!(verdict, Err(_) | Ok(Verdict::Untried { .. } | Verdict::Lost));
        self.leave(list, app.clock.now() + if is_sent { list.medium.spacing() } else { 0 });
        verdict
    }

    /// One message of a list at a time; when to come again where one is under way or has just gone.
    fn enter(&self, list: &List, now: Millis, longest: Millis) -> Result<(), Millis> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let until = busy.entry((list.tenant_id, list.name.clone())).or_insert(now);
        if *until > now {
            return Err((*until).min(now + SECOND));
        }
        *until = now + longest;
        Ok(())
    }

    fn leave(&self, list: &List, free_at: Millis) {
        let key = (list.tenant_id, list.name.clone());
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(key, free_at);
    }

    async fn message(
        &self,
        app: &App,
        (held, own): (&Held, i64),
        list: &List,
    ) -> Result<Verdict, StoreError> {
        let now = app.clock.now();
        notices::settle_claimed(&app.db, held.tenant_id, &list.name).await?;
        let take =
            |alone| notices::take(&app.db, held.tenant_id, &list.name, (held.id, own), (TOGETHER, alone));
        let mut is_repeat = held.is_unsure();
        let mut taken = take(is_repeat).await?;
        if is_repeat && taken.is_empty() {
            // Whoever had this job died before a message of it was made: nothing of it was told.
            is_repeat = false;
            taken = take(false).await?;
        }
        if taken.is_empty() {
            // Another job has it.
            return Ok(Verdict::Untried { at: now + BEHIND, slotted: true });
        }
        if is_repeat && !outbox::mark_repeat(&app.db, held).await? {
            return Ok(Verdict::Lost);
        }
        if is_repeat {
            metrics::counter!("leadwire_jobs_repeated_total", "kind" => "notice").increment(1);
        }
        let bulletin = Bulletin {
            id: format!("{}-{}", held.tenant_id, held.id),
            notices: taken.iter().map(|waiting| content(app, held.tenant_id, waiting, now)).collect(),
            is_repeat,
            is_sample: false,
            zone: Some(app.center(held.tenant_id).zone.clone()),
        };
        let outcome = deliver(&self.outbound, self.mailer.as_deref(), list, &bulletin).await;
        metrics::counter!("leadwire_messages_told_total", "list" => list.name.clone(), "outcome" => name(&outcome)).increment(1);
        settle(app, held, list, (outcome, is_repeat)).await
    }
}

/// Sends a bulletin by a list's medium.
pub async fn deliver(
    outbound: &Outbound,
    mailer: Option<&Mailer>,
    list: &List,
    bulletin: &Bulletin,
) -> Outcome {
    match list.medium.encode(bulletin) {
        Message::Http(outgoing) => match outbound.send(&outgoing).await {
            Ok(answer) => match list.medium.outcome(answer.status, &answer.body) {
                Outcome::Retry { reason, after_ms } => {
                    Outcome::Retry { reason, after_ms: after_ms.max(answer.retry_after_ms) }
                }
                outcome => outcome,
            },
            Err(error) => unanswered(error),
        },
        Message::Mail(mail) => match mailer {
            Some(mailer) => posted(&mailer.send(&mail).await),
            None => Outcome::Retry { reason: "set SMTP_HOST".to_owned(), after_ms: Some(UNCONFIGURED) },
        },
    }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent => "sent",
        Outcome::Retry { .. } => "retry",
        Outcome::Refused { .. } => "refused",
        Outcome::Unknown { .. } => "unknown",
    }
}

/// What the mail server's answer means.
fn posted(answer: &MailAnswer) -> Outcome {
    match answer.sent {
        Certainty::Taken => Outcome::Sent,
        Certainty::Unknown => Outcome::Unknown { reason: answer.text.clone() },
        Certainty::Malformed => Outcome::Refused { reason: answer.text.clone() },
        Certainty::NotSent => match answer.code {
            None => Outcome::Retry { reason: answer.text.clone(), after_ms: None },
            code => smtp_outcome(code, &answer.text),
        },
    }
}

fn unanswered(error: NoAnswer) -> Outcome {
    let reason = error.to_string();
    match error {
        NoAnswer::BadAddress | NoAnswer::Private => Outcome::Refused { reason },
        NoAnswer::Unreachable | NoAnswer::NoClient => Outcome::Retry { reason, after_ms: None },
        NoAnswer::TimedOut | NoAnswer::Broken | NoAnswer::TooLong => Outcome::Unknown { reason },
    }
}

/// What a notice says, with the links that are made when it is sent.
fn content(app: &App, tenant_id: i64, waiting: &Waiting, now: Millis) -> Notice {
    let mut notice: Notice = serde_json::from_str(&waiting.content).unwrap_or_default();
    if waiting.level > 0 {
        notice.headline = format!("Nobody has claimed it yet: {}", notice.headline);
    }
    if waiting.lead_id != 0 {
        let pass =
            Pass { tenant_id, lead_id: waiting.lead_id, notice_id: waiting.id, expires_at: now + PASS };
        let pass = pass.sign(app.signing_key.as_bytes());
        notice.link = Some(format!("{}/leads/{pass}", app.base_url));
        notice.claim = Some(format!("{}/leads/{pass}/claim", app.base_url));
    }
    notice
}

async fn settle(
    app: &App,
    held: &Held,
    list: &List,
    (outcome, is_repeat): (Outcome, bool),
) -> Result<Verdict, StoreError> {
    let now = app.clock.now();
    let is_last = held.attempts >= MOST_ATTEMPTS;
    let settle = async |state: &str, error: Option<&str>| {
        notices::settle(&app.db, held.tenant_id, (&list.name, held.id), state, error, now).await
    };
    Ok(match outcome {
        Outcome::Sent => {
            alerts::clear(app, held.tenant_id, &alerts::failing(&list.name)).await;
            settle("sent", None).await?;
            Verdict::Sent { provider_id: None }
        }
        Outcome::Retry { reason, after_ms } if !is_last => {
            let wait = backoff::wait(held.attempts, dice());
            let wait_ms = after_ms.unwrap_or(0).max(wait);
            match is_repeat {
                // That it was turned away now says nothing of the time before.
                true => Verdict::Unsure { reason, wait_ms },
                false => Verdict::Again { reason, at: now + wait_ms },
            }
        }
        Outcome::Unknown { reason } if !is_last => Verdict::Unsure { reason, wait_ms: SETTLE },
        Outcome::Retry { reason, .. } | Outcome::Unknown { reason } => {
            failed(app, held, list, &reason).await;
            settle("failed", Some(&reason)).await?;
            Verdict::Dead { reason, code: None }
        }
        Outcome::Refused { reason } => {
            failed(app, held, list, &reason).await;
            settle("failed", Some(&reason)).await?;
            Verdict::Rejected { reason, code: None }
        }
    })
}

async fn failed(app: &App, held: &Held, list: &List, reason: &str) {
    let message = format!("\"{}\" ({}) cannot be told: {reason}", list.name, list.medium.kind());
    alerts::raise(app, held.tenant_id, &alerts::failing(&list.name), &message).await;
}
