//! Asking a sink whether it has a record.

use super::Deliverer;
use super::trail::Trail;
use crate::app::App;
use crate::delivery::{Named, Outcome, Parcel, Record, Remote};

impl Deliverer {
    /// The record as the sink has it; `None`: it has none.
    pub(super) async fn look_up(
        &self,
        app: &App,
        parcel: &Parcel,
        session: &str,
        trail: &mut Trail<'_>,
    ) -> Result<Option<Remote>, Outcome> {
        let named = trail.named;
        let record = parcel.snapshot.record(&parcel.key, None, parcel.revision);
        for errand in named.sink.look_up(std::slice::from_ref(&record), session) {
            let heard = self.errands.run(&errand).await;
            let mut found = Vec::new();
            let outcome = heard.outcome(|reply| match named.sink.found(reply) {
                Ok(remotes) => {
                    found = remotes;
                    Outcome::Delivered { sink_id: None }
                }
                Err(outcome) => outcome,
            });
            let ours = found.into_iter().find(|remote| is_ours(named, remote, &record));
            let shown = match (&outcome, &ours) {
                (Outcome::Delivered { .. }, None) => &Outcome::Gone,
                _ => &outcome,
            };
            trail.ran("look_up", (&errand, &heard), shown, false, app.clock.now());
            match (outcome, ours) {
                (Outcome::Delivered { .. }, Some(remote)) => return Ok(Some(remote)),
                (Outcome::Delivered { .. }, None) => {}
                (outcome, _) => return Err(outcome),
            }
        }
        Ok(None)
    }
}

/// Whether a record the sink has is the one that was to be created: by our id, or, where it keeps none, by what it says.
fn is_ours(named: &Named, remote: &Remote, record: &Record) -> bool {
    match &remote.key {
        Some(key) => *key == record.key,
        None => {
            let expected = named.sink.expected(record);
            !expected.is_empty()
                && expected.iter().all(|(name, value)| remote.fields.get(name) == Some(value))
        }
    }
}
