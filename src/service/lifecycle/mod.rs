//! A lead's life: one function is one thing that people do with a lead, one transaction, one entry in the audit log.

mod assigning;
mod capture;
mod contact;
mod enquiries;
mod follow_ups;
mod merging;
mod moves;
mod reminders;
mod timeline;
mod visits;

pub use capture::capture;
pub(super) use contact::{Contact, call};
pub use enquiries::enter;
pub(super) use enquiries::{Entering, Target, enter_within, new_lead, person_of};
pub use follow_ups::{FollowUpChange, Followed, NewFollowUp, PENDING, change_follow_up, plan_follow_up};
pub use merging::{Duplicate, Merger, Moved, duplicates, undo};
pub(super) use moves::fill;
pub use moves::{Edit, Move, assign_next, edit, set_active, set_status};
pub use reminders::{Reminder, personal, remind};
pub use timeline::{Happened, timeline};
pub use visits::{NewVisit, VisitChange, change_visit, plan_visit};

use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::lifecycle::{self, Event, NotAllowed, Status};
use crate::ids::Ids;
use crate::store::db::{StoreError, Tx, Within};
use crate::store::leads::{self, AuditRow, Entry, LeadRow};
use crate::store::users;
use serde_json::{Value as Json, json};

/// The most changes that a refusal of a stale version tells.
const TOLD: i64 = 20;

/// Who does something, and with what.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user; `None`: a program that is nobody's.
    pub user_id: Option<i64>,
    /// The program: a token's name, the command line, a conversation.
    pub program: String,
}

/// Why something was not done. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such thing in the tenant.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// Somebody else changed it since the version that was named.
    #[error("it is at version {version} by now")]
    Stale {
        /// The version it is at.
        version: i64,
        /// What happened since.
        changes: Vec<AuditRow>,
    },
    /// The lead's status does not allow it.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// It is over: what came of it was said.
    #[error("{0}")]
    Settled(String),
    /// A field is wrong: its JSON pointer, and what is wrong.
    #[error("{pointer}: {detail}")]
    Invalid {
        /// JSON pointer into the body.
        pointer: String,
        /// What is wrong.
        detail: String,
    },
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refused {
    /// Nobody works on a lead whose person was erased then.
    pub(super) fn erased(at: Millis) -> Refused {
        let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
        Refused::Settled(format!(
            "its person was erased at {at}: nothing is known of them any more, and nothing is to be"
        ))
    }

    /// Nobody works on a lead that is another by now.
    fn merged(lead: i64, into: i64) -> Refused {
        Refused::Settled(format!(
            "{lead} was merged into the lead {into}: work on that one, or undo the merge"
        ))
    }

    fn invalid(pointer: &str, detail: impl Into<String>) -> Refused {
        Refused::Invalid { pointer: pointer.to_owned(), detail: detail.into() }
    }
}

/// Somebody may be in a turn: so many times a change of theirs is begun again.
const TRIES: usize = 5;

/// Does something that is to be begun again where others were in its way.
pub(super) async fn retried<T, F: Future<Output = Result<T, Refused>>>(
    work: impl Fn() -> F,
) -> Result<T, Refused> {
    for _ in 1..TRIES {
        match work().await {
            Err(Refused::Store(error)) if error.is_passing() => {}
            outcome => return outcome,
        }
    }
    work().await
}

/// A lead that is being changed: locked, until [`Working::done`] commits all of it.
struct Working<'a> {
    app: &'a App,
    tenant: Tenant,
    actor: &'a Actor,
    now: Millis,
    tx: Tx,
    lead: LeadRow,
    /// What the lead stood at.
    was: String,
}

impl<'a> Working<'a> {
    /// Locks a lead; `expected`: the version that whoever asks has seen.
    async fn begin(
        app: &'a App,
        tenant: Tenant,
        actor: &'a Actor,
        lead_id: i64,
        expected: Option<i64>,
    ) -> Result<Working<'a>, Refused> {
        let tx = app.db.begin().await?;
        Working::within_tx(app, tenant, actor, tx, lead_id, expected).await
    }

    /// The same in a transaction that has begun.
    async fn within_tx(
        app: &'a App,
        tenant: Tenant,
        actor: &'a Actor,
        mut tx: Tx,
        lead_id: i64,
        expected: Option<i64>,
    ) -> Result<Working<'a>, Refused> {
        let lead = leads::lock(tx.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))?;
        if let Some(erased_at) = lead.erased_at {
            return Err(Refused::erased(erased_at));
        }
        if let Some(merged_into) = lead.merged_into {
            return Err(Refused::merged(lead.id, merged_into));
        }
        if let Some(expected) = expected.filter(|expected| *expected != lead.version) {
            let changes = leads::since(tx.within(tenant), lead_id, expected, TOLD).await?;
            return Err(Refused::Stale { version: lead.version, changes });
        }
        let was = lead.status.clone();
        Ok(Working { app, tenant, actor, now: app.clock.now(), tx, lead, was })
    }

    fn hand(&self) -> Hand<'a> {
        Hand { ids: &self.app.ids, tenant: self.tenant, actor: self.actor, now: self.now }
    }

    fn within(&mut self) -> Within<'_> {
        self.tx.within(self.tenant)
    }

    fn status(&self) -> Result<Status, Refused> {
        status_of(&self.lead)
    }

    /// Lets an event happen to the lead.
    fn step(&mut self, event: Event) -> Result<(), Refused> {
        let before = self.status()?;
        let after = lifecycle::step(before, event)?;
        if after != before {
            self.lead.status = after.as_str().to_owned();
            self.lead.status_at = Some(self.now);
            self.lead.proposal = None;
        }
        if let Some(proposal) = event.proposes() {
            self.lead.proposal = Some(proposal.as_str().to_owned());
        }
        Ok(())
    }

    /// Closes the lead.
    fn close(&mut self, event: Event, reason: &str) -> Result<(), Refused> {
        self.step(event)?;
        self.lead.closed_reason = Some(reason.to_owned());
        self.lead.closed_at = Some(self.now);
        Ok(())
    }

    /// That a user works here, and is not disabled.
    async fn works_here(&mut self, pointer: &str, user_id: Option<i64>) -> Result<(), Refused> {
        let tenant = self.tenant;
        works_here(self.tx.within(tenant), pointer, user_id).await
    }

    /// Writes the lead as its next version and what happened, and commits.
    async fn done(mut self, event: &str, reason: Option<&str>, mut detail: Json) -> Result<LeadRow, Refused> {
        let (tenant, now, user_id) = (self.tenant, self.now, self.actor.user_id);
        if !self.status()?.is_open() && self.was != self.lead.status {
            // Nobody is to speak with them any more.
            let cancelled = leads::cancel_pending(self.tx.within(tenant), self.lead.id, user_id, now).await?;
            if cancelled > 0 {
                detail["cancelled_follow_ups"] = json!(cancelled);
            }
            // Nor to come.
            let cancelled = leads::cancel_visits(self.tx.within(tenant), self.lead.id, user_id, now).await?;
            if cancelled > 0 {
                detail["cancelled_visits"] = json!(cancelled);
            }
        }
        let hand = self.hand();
        record(&mut self.tx, hand, &mut self.lead, &self.was, (event, reason, &detail)).await?;
        self.tx.commit().await?;
        Ok(self.lead)
    }
}

/// Whose hand writes, for whom and when: what several changes of one transaction have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand<'a> {
    /// Makes ids.
    pub ids: &'a Ids,
    /// For whom.
    pub tenant: Tenant,
    /// Who.
    pub actor: &'a Actor,
    /// When.
    pub now: Millis,
}

/// Writes a lead that this transaction has locked as its next version, and what happened: an event, why, further facts.
pub(super) async fn record(
    tx: &mut Tx,
    hand: Hand<'_>,
    lead: &mut LeadRow,
    was: &str,
    (event, reason, detail): (&str, Option<&str>, &Json),
) -> Result<(), Refused> {
    let Hand { ids, tenant, actor, now } = hand;
    lead.version += 1;
    lead.updated_by = actor.user_id;
    lead.updated_at = now;
    leads::save(tx.within(tenant), lead).await?;
    let entry = Entry {
        id: ids.next(now),
        lead_id: Some(lead.id),
        version: Some(lead.version),
        event,
        from: Some(was),
        to: Some(&lead.status),
        reason,
        detail: detail.to_string(),
        user_id: actor.user_id,
        program: &actor.program,
    };
    leads::write(tx.within(tenant), entry, now).await?;
    Ok(())
}

/// What a lead stands at.
pub(super) fn status_of(lead: &LeadRow) -> Result<Status, Refused> {
    let wrong = || StoreError::Corrupt { column: "leads.status", source: lead.status.clone().into() };
    Ok(Status::parse(&lead.status).ok_or_else(wrong)?)
}

/// That a user works in the tenant, and is not disabled.
async fn works_here(db: Within<'_>, pointer: &str, user_id: Option<i64>) -> Result<(), Refused> {
    let Some(user_id) = user_id else { return Ok(()) };
    match users::find(db, user_id).await? {
        Some(user) if user.is_active => Ok(()),
        Some(_) => Err(Refused::invalid(pointer, format!("the user {user_id} is disabled"))),
        None => Err(Refused::invalid(
            pointer,
            format!("nobody with the id {user_id} works here; see GET /api/v1/users"),
        )),
    }
}

/// What happened to a lead lately, for whoever has seen an older version of something of it.
async fn stale(tx: Within<'_>, lead: &LeadRow, version: i64) -> Result<Refused, Refused> {
    let changes = leads::audit(tx, lead.id, i64::MAX, TOLD).await?;
    Ok(Refused::Stale { version, changes })
}
