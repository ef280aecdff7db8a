//! Leads to their sinks.
//!
//! A job carries one version of one record. What is not known to have arrived is looked up by our id before it is sent again; where
//! a sink cannot be asked and does not know a repeat, nobody but a person sends it again. Every try is in the ledger before the job
//! is finished.

mod asking;
mod breakers;
mod came;
mod ledger;
mod trail;

pub(super) use ledger::{Ledger, run as keep_ledger};

use super::errand::Errands;
use super::send::dice;
use super::verdict::Verdict;
use crate::app::App;
use crate::clock::{MINUTE, Millis};
use crate::delivery::{Fault, Named, Outcome, Parcel, without_words};
use crate::domain::backoff;
use crate::domain::text::clean;
use crate::service::alerts;
use crate::store::deliveries::{self, Delivery, Entry};
use crate::store::outbox::{self, BEHIND, Held, SETTLE};
use breakers::Breakers;
use came::Came;
use trail::Trail;

/// How often a delivery is tried before somebody has to look: with the waits between them about eight hours.
const MOST_ATTEMPTS: i64 = 40;
/// How long a job waits for a sink that nobody configured.
const UNCONFIGURED: Millis = 5 * MINUTE;
/// A record that is there under another id, or no longer there, is written once more; not for ever.
const TURNS: usize = 3;

/// What is known of a record that may be there.
enum Found {
    /// It is, under this id.
    There(String),
    /// It is not.
    NotThere,
    /// The sink cannot be asked, and knows a repeat, or somebody insists.
    MayRepeat,
}

/// Delivers.
#[derive(Debug)]
pub(super) struct Deliverer {
    errands: Errands,
    breakers: Breakers,
    ledger: Ledger,
}

impl Deliverer {
    pub(super) fn new(errands: Errands, ledger: Ledger) -> Deliverer {
        Deliverer { errands, breakers: Breakers::default(), ledger }
    }

    /// Delivers what a job carries.
    pub(super) async fn deliver(&self, app: &App, held: &Held) -> Verdict {
        let now = app.clock.now();
        let Ok(parcel) = serde_json::from_str::<Parcel>(&held.payload) else {
            return Verdict::Rejected { reason: "what it carries cannot be read".to_owned(), code: None };
        };
        let place = (held.lane.as_deref().unwrap_or_default(), held.place);
        let record = (held.recipient.as_str(), parcel.key.as_str());
        let delivery = match deliveries::for_job(&app.db, held.tenant_id, record, place, now).await {
            Ok(Some(delivery)) => delivery,
            Ok(None) => {
                return Verdict::Rejected { reason: "the lead is no longer here".to_owned(), code: None };
            }
            Err(error) => {
                tracing::warn!("a delivery is put off: {}", error.chain());
                return Verdict::Untried { at: now + BEHIND, slotted: true };
            }
        };
        if delivery.is_behind {
            return Verdict::Untried { at: now + BEHIND, slotted: true };
        }
        // A later job carries what is to be there now.
        let is_overtaken = parcel.revision != delivery.revision && !held.is_unsure();
        if is_overtaken || delivery.delivered_revision == parcel.revision {
            return Verdict::Sent { provider_id: None };
        }
        let Some(named) = app.sinks.get(held.tenant_id, &held.recipient) else {
            // Not a try: the sink has had no part in it. doctor names sinks that are missing.
            return Verdict::Untried { at: now + UNCONFIGURED, slotted: false };
        };
        // Whoever asks wants this one tried; after that it waits as others do.
        let passes = parcel.is_asked && held.attempts <= 1;
        if !passes && let Some(until) = self.breakers.wait(named, now) {
            // After a pause much is due at once: it takes new places in the sink's schedule.
            return Verdict::Untried { at: until + (dice() * 1_000.0) as Millis, slotted: false };
        }
        let mut trail = Trail { ids: &app.ids, named, attempts: Vec::new() };
        let came = self.write(app, held, (&parcel, &delivery), &mut trail).await;
        if came.verdict == Verdict::Lost {
            return came.verdict;
        }
        let mut entry = trail.entry(held.tenant_id, &delivery, came.state, app.clock.now());
        if let Some(sink_id) = came.delivered {
            entry = delivered(entry, parcel.revision, sink_id);
        }
        entry.is_gone = came.is_gone;
        entry.doubt = came.is_doubtful.then_some(parcel.revision);
        entry.error = entry.error.or_else(|| came.verdict.reason().map(|reason| clean(reason).into_owned()));
        if self.ledger.record(entry).await {
            return came.verdict;
        }
        // It is found out anew once the database is there again.
        let reason = "what became of it could not be written down".to_owned();
        match held.attempts >= MOST_ATTEMPTS {
            true => Verdict::Dead { reason, code: None },
            false => Verdict::Unsure { reason, wait_ms: SETTLE },
        }
    }

    async fn write(
        &self,
        app: &App,
        held: &Held,
        (parcel, delivery): (&Parcel, &Delivery),
        trail: &mut Trail<'_>,
    ) -> Came {
        let named = trail.named;
        let abilities = named.sink.abilities();
        // One that went away there has no id any more, and may have been created since.
        let is_there = delivery.is_there && (delivery.sink_id.is_some() || !abilities.updates);
        if is_there && !abilities.updates {
            // The sink takes no corrections: it has what it can have.
            return Came::done(delivery.sink_id.clone());
        }
        let mut in_doubt =
            !is_there && (held.is_unsure() || delivery.state == "unknown" || delivery.doubt.is_some());
        let session = match self.errands.session(named).await {
            Ok(session) => session,
            Err(outcome) => {
                trail.refused("log_in", &outcome, app.clock.now());
                let came = self.meaning(app, held, named, outcome).await;
                return if in_doubt { came.still_unsure(app.clock.now()) } else { came };
            }
        };
        let mut sink_id = delivery.sink_id.clone();
        // Only the same request under the same key is a repeat to the sink.
        let is_same = held.is_unsure() || delivery.doubt == Some(parcel.revision);
        if in_doubt {
            match self.found_out(app, held, (parcel, is_same), &session, trail).await {
                Ok(Found::There(id)) if is_same => {
                    self.alive(app, named).await;
                    return Came::done(Some(id));
                }
                // It is there as an earlier version.
                Ok(Found::There(id)) => (sink_id, in_doubt) = (Some(id), false),
                Ok(Found::NotThere) => in_doubt = false,
                Ok(Found::MayRepeat) => {}
                Err(came) => return came,
            }
        }
        let is_repeat = in_doubt || (is_there && held.is_unsure());
        if is_repeat {
            match outbox::mark_repeat(&app.db, held).await {
                Ok(true) => {}
                Ok(false) => return Came::of(Verdict::Lost, "pending"),
                Err(error) => {
                    let reason = error.to_string();
                    return Came::of(Verdict::Unsure { reason, wait_ms: SETTLE }, "pending");
                }
            }
            metrics::counter!("leadwire_jobs_repeated_total", "kind" => "delivery").increment(1);
        }
        let mut is_gone = false;
        let mut outcome = Outcome::Retry { reason: "the sink contradicts itself".to_owned(), after_ms: None };
        for _ in 0..TURNS {
            let record = parcel.snapshot.record(&parcel.key, sink_id.as_deref(), parcel.revision);
            let action = if sink_id.is_some() { "update" } else { "create" };
            let now = app.clock.now();
            let heard = match named.sink.write(&record, &session, now) {
                Err(meant) => {
                    trail.refused(action, &meant, now);
                    meant
                }
                Ok(errand) => {
                    let heard = self.errands.run(&errand).await;
                    let meant = heard.outcome(|reply| named.sink.written(&record, reply));
                    trail.ran(action, (&errand, &heard), &meant, is_repeat, app.clock.now());
                    meant
                }
            };
            match heard {
                Outcome::Exists { sink_id: other } => sink_id = Some(other),
                // Whoever had this job before may have met the same, and created it anew.
                Outcome::Gone if held.is_unsure() && !is_gone => {
                    is_gone = true;
                    sink_id = match self.found_out(app, held, (parcel, is_same), &session, trail).await {
                        Ok(Found::There(id)) => Some(id),
                        Ok(Found::NotThere | Found::MayRepeat) => None,
                        Err(came) => return came.gone(true),
                    };
                }
                Outcome::Gone => (sink_id, is_gone) = (None, true),
                Outcome::Delivered { sink_id: said } => {
                    self.alive(app, named).await;
                    // A sink that gives no id of its own is told ours.
                    let own = abilities.updates.then(|| parcel.key.clone());
                    return Came::done(said.or(sink_id).or(own)).gone(is_gone);
                }
                other => {
                    outcome = other;
                    break;
                }
            }
        }
        let is_creation = sink_id.is_none();
        let is_unknown = matches!(outcome, Outcome::Unknown { .. });
        let mut came = self.meaning(app, held, named, outcome).await.gone(is_gone);
        came.is_doubtful = is_creation && (in_doubt || is_unknown);
        if in_doubt { came.still_unsure(app.clock.now()) } else { came }
    }

    /// Finds out whether a record that may be there is, as far as the sink can be asked.
    async fn found_out(
        &self,
        app: &App,
        held: &Held,
        (parcel, is_same): (&Parcel, bool),
        session: &str,
        trail: &mut Trail<'_>,
    ) -> Result<Found, Came> {
        let named = trail.named;
        let abilities = named.sink.abilities();
        if abilities.looks_up {
            return match self.look_up(app, parcel, session, trail).await {
                Ok(Some(remote)) => Ok(Found::There(remote.sink_id)),
                Ok(None) => Ok(Found::NotThere),
                Err(outcome) => Err(self.still_unknown(app, held, named, outcome).await),
            };
        }
        // Whoever insists wants it sent once; what comes of that is in doubt as everything else.
        let insists = parcel.insists && held.attempts <= 1;
        if insists || (abilities.repeats_safely && is_same) {
            return Ok(Found::MayRepeat);
        }
        let reason =
            "it may be there, the sink cannot be asked, and sending it again could be a second record";
        Err(Came::of(Verdict::Dead { reason: reason.to_owned(), code: None }, "unknown"))
    }

    /// What an outcome that is no delivery means for the job, the delivery and the sink.
    async fn meaning(&self, app: &App, held: &Held, named: &Named, outcome: Outcome) -> Came {
        let now = app.clock.now();
        let is_last = held.attempts >= MOST_ATTEMPTS;
        let wait = backoff::wait(held.attempts, dice());
        match outcome {
            Outcome::Delivered { sink_id } => Came::done(sink_id),
            Outcome::Refused { reason, fault } => {
                match fault {
                    Fault::Sink => {
                        self.errands.log_out(named);
                        self.failed(app, named, true, &reason).await;
                    }
                    // It answers.
                    Fault::Record => self.alive(app, named).await,
                }
                Came::of(Verdict::Rejected { reason, code: None }, "failed")
            }
            Outcome::Unknown { reason } => {
                self.failed(app, named, false, &reason).await;
                if is_last {
                    return Came::of(Verdict::Dead { reason, code: None }, "unknown");
                }
                Came::of(Verdict::Unsure { reason, wait_ms: wait.max(SETTLE) }, "pending")
            }
            Outcome::Retry { .. } | Outcome::Exists { .. } | Outcome::Gone => {
                let (reason, after_ms) = match outcome {
                    Outcome::Retry { reason, after_ms } => (reason, after_ms),
                    _ => ("the sink contradicts itself".to_owned(), None),
                };
                self.failed(app, named, false, &reason).await;
                if is_last {
                    return Came::of(Verdict::Dead { reason, code: None }, "failed");
                }
                Came::of(Verdict::Again { reason, at: now + after_ms.unwrap_or(0).max(wait) }, "pending")
            }
        }
    }

    /// The sink could not be asked whether it has the record.
    async fn still_unknown(&self, app: &App, held: &Held, named: &Named, outcome: Outcome) -> Came {
        let (reason, after_ms) = match outcome {
            Outcome::Retry { reason, after_ms } => (reason, after_ms.unwrap_or(0)),
            Outcome::Refused { reason, .. } | Outcome::Unknown { reason } => (reason, 0),
            _ => ("the sink contradicts itself".to_owned(), 0),
        };
        let reason = format!("it may be there, and the sink could not be asked: {reason}");
        self.failed(app, named, false, &reason).await;
        if held.attempts >= MOST_ATTEMPTS {
            return Came::of(Verdict::Dead { reason, code: None }, "unknown");
        }
        let wait_ms = backoff::wait(held.attempts, dice()).max(after_ms).max(BEHIND);
        Came::of(Verdict::Unsure { reason, wait_ms }, "pending")
    }

    async fn alive(&self, app: &App, named: &Named) {
        if self.breakers.succeeded(named) {
            alerts::clear(app, named.tenant_id, &paused(named)).await;
            app.handover.wake();
        }
    }

    async fn failed(&self, app: &App, named: &Named, at_once: bool, reason: &str) {
        if self.breakers.failed(named, at_once, app.clock.now()) {
            tracing::error!(sink.name = named.name, "a sink is paused; leadwire leads failed list says why");
            let reason = without_words(reason);
            let message =
                format!("The sink \"{}\" is paused: {reason}. What is to be delivered waits.", named.name);
            alerts::raise(app, named.tenant_id, &paused(named), &message).await;
        }
    }
}

/// The alert that a sink is paused.
fn paused(named: &Named) -> String {
    format!("sink-paused:{}", named.name)
}

fn delivered(entry: Entry, revision: i64, sink_id: Option<String>) -> Entry {
    let sink_id = sink_id.map(|id| clean(&id).into_owned());
    let answered =
        entry.attempts.last().map(|attempt| attempt.response.clone()).filter(|body| !body.is_empty());
    Entry { delivered_revision: Some(revision), sink_id, answered, ..entry }
}
