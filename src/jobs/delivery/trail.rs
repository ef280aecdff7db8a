//! What a job did at a sink, as it is written down.

use crate::clock::Millis;
use crate::delivery::{Errand, Named, Outcome};
use crate::domain::text::clean;
use crate::ids::Ids;
use crate::jobs::errand::{Heard, asked, kept};
use crate::store::deliveries::{Attempt, Delivery, Entry};

/// The attempts of one job, in order.
pub(super) struct Trail<'a> {
    pub ids: &'a Ids,
    pub named: &'a Named,
    pub attempts: Vec<Attempt>,
}

impl Trail<'_> {
    /// An errand that was run.
    pub(super) fn ran(
        &mut self,
        action: &'static str,
        (errand, heard): (&Errand, &Heard),
        outcome: &Outcome,
        is_repeat: bool,
        now: Millis,
    ) {
        let sink = || self.named.name.clone();
        metrics::counter!("leadwire_delivery_attempts_total", "sink" => sink(), "action" => action, "outcome" => outcome.name())
            .increment(1);
        metrics::histogram!("leadwire_delivery_seconds", "sink" => sink())
            .record(heard.duration_ms as f64 / 1_000.0);
        let secrets = &self.named.secrets;
        let (status, response) = match &heard.answer {
            Ok((status, body)) => (Some(i64::from(*status)), kept(body, secrets)),
            Err(_) => (None, String::new()),
        };
        self.attempts.push(Attempt {
            id: self.ids.next(now),
            action,
            outcome: outcome.name(),
            is_repeat,
            status,
            duration_ms: heard.duration_ms,
            request: asked(errand, secrets),
            response,
            error: outcome.reason().map(|reason| clean(reason).into_owned()),
            created_at: now,
        });
    }

    /// Something that could not be asked at all.
    pub(super) fn refused(&mut self, action: &'static str, outcome: &Outcome, now: Millis) {
        self.attempts.push(Attempt {
            id: self.ids.next(now),
            action,
            outcome: outcome.name(),
            is_repeat: false,
            status: None,
            duration_ms: 0,
            request: String::new(),
            response: String::new(),
            error: outcome.reason().map(|reason| clean(reason).into_owned()),
            created_at: now,
        });
    }

    /// What it comes to.
    pub(super) fn entry(self, tenant_id: i64, delivery: &Delivery, state: &'static str, at: Millis) -> Entry {
        let error = self.attempts.last().and_then(|attempt| attempt.error.clone());
        Entry {
            tenant_id,
            delivery_id: delivery.id,
            state,
            delivered_revision: None,
            sink_id: None,
            is_gone: false,
            doubt: None,
            answered: None,
            error,
            at,
            attempts: self.attempts,
        }
    }
}
