//! Whether a job may still go, and when: asked before it is sent, and again where it waited since.

use super::pacer::Pacer;
use super::verdict::Verdict;
use crate::app::App;
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::domain::suppression::ERASED;
use crate::store::db::StoreError;
use crate::store::outbox::Held;
use crate::store::persons::{self, Recipient, Standing};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// What was asked so long ago is asked again before a job goes.
const FRESH: Duration = Duration::from_millis(500);

/// A job, and what was said of it.
#[derive(Debug)]
pub(super) struct Admitted {
    pub held: Held,
    /// When its place in its account's schedule is.
    pub at: Millis,
    /// Why it does not go, if it does not.
    refusal: Option<Verdict>,
    asked: Instant,
}

impl Admitted {
    /// Why it does not go; asked anew where it has waited here. `None`: it goes.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub(super) async fn refusal(&mut self, app: &App) -> Result<Option<Verdict>, StoreError> {
        if self.asked.elapsed() > FRESH {
            let to = recipient(&self.held);
            if goes_to_person(&self.held) {
                let standing = persons::standing(&app.db, &BTreeSet::from([to])).await?;
                self.refusal = standing.get(&to).and_then(|standing| judge(&mut self.held, standing));
            }
            self.asked = Instant::now();
        }
        Ok(self.refusal.clone().or_else(|| too_late(&self.held, self.at.max(app.clock.now()))))
    }
}

/// Asks for jobs whether they may go, and reserves their places.
///
/// # Errors
/// Where the database does not answer; the jobs come back.
pub(super) async fn admit(
    app: &App,
    pacer: &Pacer,
    mut jobs: Vec<Held>,
) -> Result<Vec<Admitted>, (StoreError, Vec<Held>)> {
    let asked = Instant::now();
    let refusals = match refusals(app, &mut jobs).await {
        Ok(refusals) => refusals,
        Err(error) => return Err((error, jobs)),
    };
    let at = match pacer.reserve(app, &jobs).await {
        Ok(at) => at,
        Err(error) => return Err((error, jobs)),
    };
    let admitted = jobs.into_iter().zip(at).zip(refusals);
    Ok(admitted.map(|((held, at), refusal)| Admitted { held, at, refusal, asked }).collect())
}

/// Why each of these does not go, if it does not.
async fn refusals(app: &App, jobs: &mut [Held]) -> Result<Vec<Option<Verdict>>, StoreError> {
    let all = jobs.iter().filter(|held| needs_all(held)).map(recipient).collect::<BTreeSet<_>>();
    let standing = match all.is_empty() {
        true => BTreeMap::new(),
        false => persons::standing(&app.db, &all).await?,
    };
    // Of what a turn has just written all is known but whether somebody opted out since.
    let others = jobs
        .iter()
        .filter(|held| goes_to_person(held) && !needs_all(held))
        .map(person)
        .collect::<BTreeSet<_>>();
    let opted_out = match others.is_empty() {
        true => BTreeMap::new(),
        false => persons::opted_out(&app.db, &others).await?,
    };
    let refusal = |held: &mut Held| match standing.get(&recipient(held)).filter(|_| needs_all(held)) {
        Some(standing) => judge(held, standing),
        None => opted_out.get(&person(held)).and_then(|channels| wants_nothing(held, channels)),
    };
    Ok(jobs.iter_mut().map(refusal).collect())
}

/// Whether more is asked than who has opted out: how the window stands, or whether somebody has answered.
fn needs_all(held: &Held) -> bool {
    let has_window = held.channel == Channel::Whatsapp.as_str();
    held.unasked_until.is_some() || (has_window && held.window_closes_at.is_none())
}

/// Deliveries and notices go to others, whatever the person wants to hear.
fn goes_to_person(held: &Held) -> bool {
    !held.channel.is_empty()
}

fn person(held: &Held) -> (i64, i64) {
    (held.tenant_id, held.person_id)
}

fn recipient(held: &Held) -> Recipient {
    let &Held { tenant_id, person_id, account_id, .. } = held;
    Recipient { tenant_id, person_id, account_id }
}

/// What a recipient's standing means for a job, which learns how its window stands.
fn judge(held: &mut Held, standing: &Standing) -> Option<Verdict> {
    held.window_closes_at = standing.window_closes_at;
    if let Some(refusal) = wants_nothing(held, &standing.opted_out) {
        return Some(refusal);
    }
    let answered = standing.heard_at.is_some_and(|heard| heard > held.created_at);
    (held.unasked_until.is_some() && answered).then(|| Verdict::Rejected {
        reason: "the person wrote before it could leave".to_owned(),
        code: None,
    })
}

/// Whoever has opted out of a channel is sent nothing there but that it is so; whoever was erased, nothing at all.
fn wants_nothing(held: &Held, opted_out: &str) -> Option<Verdict> {
    let has = |wanted: &str| opted_out.split(',').any(|name| name == wanted);
    (has(ERASED) || (has(&held.channel) && !held.confirms)).then_some(Verdict::OptedOut { code: None })
}

/// What nobody asked for leaves at its hours or not at all.
fn too_late(held: &Held, at: Millis) -> Option<Verdict> {
    held.unasked_until.is_some_and(|until| at >= until).then(|| Verdict::Rejected {
        reason: "the hours at which it may leave were over".to_owned(),
        code: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::tests::held;

    #[test]
    fn who_is_sent_what() {
        let opted_out = Standing { opted_out: "voice,sms".to_owned(), ..Standing::default() };
        let erased = Standing { opted_out: "sms,erased".to_owned(), ..Standing::default() };
        let answered = Standing { heard_at: Some(held().created_at + 1), ..Standing::default() };
        let asked_for = || Held { unasked_until: None, ..held() };
        let reminder = || Held { unasked_until: Some(i64::MAX), ..held() };
        let confirms = || Held { confirms: true, ..held() };
        let rows = [
            ("whoever wants nothing", asked_for(), &opted_out, Some("opted_out")),
            ("but that it is so", confirms(), &opted_out, None),
            ("whoever was erased, not even that", confirms(), &erased, Some("opted_out")),
            ("an answer to somebody who wrote again", asked_for(), &answered, None),
            ("a reminder of what was answered", reminder(), &answered, Some("rejected")),
            ("a reminder", reminder(), &Standing::default(), None),
        ];
        for (label, mut job, standing, expected) in rows {
            let verdict = judge(&mut job, standing);
            assert_eq!(verdict.as_ref().map(Verdict::as_str), expected, "{label}");
        }
        let until = |until| Held { unasked_until: until, ..held() };
        assert_eq!(too_late(&until(None), i64::MAX), None);
        assert_eq!(too_late(&until(Some(5)), 4), None);
        assert!(too_late(&until(Some(5)), 5).is_some());
    }
}
