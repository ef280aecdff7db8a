//! Somebody is told of a follow-up: before it is due, and where it is overdue.

use super::Refused;
use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::notify::{List, Notice, email};
use crate::store::db::{StoreError, Tx};
use crate::store::leads::{self, FollowUpRow, LeadRow};
use crate::store::{notices, users};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a reminder's job carries. It holds only as long as the follow-up is pending and at that date: whatever is changed of it writes
/// reminders of its own.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reminder {
    /// The follow-up.
    pub follow_up: i64,
    /// Which of its dates it is about: the first, the second …
    pub date: i64,
    /// Whether it is overdue then.
    pub overdue: bool,
    /// Ids of the notices it makes, so that they are made once however often it is run.
    pub notices: Vec<i64>,
}

/// How the list of one user alone is called; configured lists have no colon.
const USER: &str = "user:";
/// How a reminder is called among events.
const EVENT: &str = "follow_up";

/// Writes the reminders of a follow-up with it. A date that has passed is told of at once, as overdue.
pub(super) async fn write(
    app: &App,
    tx: &mut Tx,
    tenant: Tenant,
    follow_up: &FollowUpRow,
    now: Millis,
) -> Result<(), StoreError> {
    let config = &app.config.file.follow_ups;
    let due = follow_up.scheduled_at;
    for (at, overdue) in [(due - config.before_ms, false), (due + config.overdue_ms, true)] {
        if !overdue && at <= now {
            continue;
        }
        let told = 1 + config.via.len();
        let reminder = Reminder {
            follow_up: follow_up.id,
            date: follow_up.dates,
            overdue,
            notices: (0..told).map(|_| app.ids.next(now)).collect(),
        };
        let payload = serde_json::to_string(&reminder).expect("plain numbers always serialise");
        leads::add_reminder(tx.within(tenant), app.ids.next(now), &payload, (at.max(now), now)).await?;
    }
    Ok(())
}

/// Tells of a follow-up whoever is to do it, and the lists of the configuration; nobody where it is done, or was moved.
///
/// # Errors
/// Where the database does not answer.
pub async fn remind(app: &App, tenant: Tenant, reminder: &Reminder) -> Result<(), Refused> {
    let Some(follow_up) = leads::follow_up(app.db.within(tenant), reminder.follow_up).await? else {
        return Ok(());
    };
    if follow_up.status != super::PENDING || follow_up.dates != reminder.date {
        return Ok(());
    }
    let now = app.clock.now();
    let own = match follow_up.assigned_to {
        Some(user_id) => personal(app, tenant, &format!("{USER}{user_id}")).await?,
        None => None,
    };
    let via = &app.config.file.follow_ups.via;
    let lists = own.iter().chain(via.iter().filter_map(|name| app.lists.get(tenant.0, name)));
    let mut tx = app.db.begin().await?;
    // Locked, so that an erasure either has been here or finds the notices.
    let lead = leads::lock(tx.within(tenant), follow_up.lead_id).await?;
    let Some(lead) = lead.filter(|lead| lead.erased_at.is_none()) else { return Ok(()) };
    let notice = notice(&follow_up, &lead, reminder.overdue);
    let content = serde_json::to_string(&notice).expect("plain values always serialise");
    for (list, id) in lists.zip(&reminder.notices) {
        let new = notices::New {
            id: *id,
            job_id: app.ids.next(now),
            list: &list.name,
            event: EVENT,
            lead_id: lead.id,
            conversation_id: 0,
            content: &content,
            level: 0,
            at: list.quiet.as_ref().and_then(|quiet| quiet.until(now)).unwrap_or(now),
        };
        notices::tell(&mut tx, tenant.0, &new, now).await?;
    }
    tx.commit().await?;
    app.handover.wake();
    Ok(())
}

/// The list of one user alone, by its name: their address, where mail can be sent and they work here.
///
/// # Errors
/// Where the database does not answer.
pub async fn personal(app: &App, tenant: Tenant, name: &str) -> Result<Option<List>, StoreError> {
    let Some(user_id) = name.strip_prefix(USER).and_then(|id| id.parse().ok()) else { return Ok(None) };
    let (Some(from), Some(_)) = (&app.config.notify.sender, &app.mailer) else { return Ok(None) };
    let user = users::find(app.db.within(tenant), user_id).await?;
    let Some(user) = user.filter(|user| user.is_active) else { return Ok(None) };
    let Ok(settings) = email::Settings::by_sender(from.clone(), vec![user.email]) else { return Ok(None) };
    let medium = Arc::new(email::Email::new(settings));
    Ok(Some(List { tenant_id: tenant.0, name: name.to_owned(), medium, quiet: None, escalates: None }))
}

fn notice(follow_up: &FollowUpRow, lead: &LeadRow, overdue: bool) -> Notice {
    let zone = jiff::tz::TimeZone::get(&follow_up.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let at = jiff::Timestamp::from_millisecond(follow_up.scheduled_at).unwrap_or_default();
    let at = zone.to_datetime(at);
    let mut facts = vec![(
        "Due".to_owned(),
        format!("{} {:02}:{:02} ({})", at.date(), at.hour(), at.minute(), follow_up.time_zone),
    )];
    let known = [
        ("Phone", &lead.phone),
        ("E-mail", &lead.email),
        ("Child", &lead.child_name),
        ("Enquiry", &lead.enquiry_id),
        ("Notes", &follow_up.notes),
    ];
    facts.extend(known.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value.clone()?))));
    let who = [&lead.name, &lead.sender_name, &lead.phone, &lead.email].into_iter().flatten().next();
    Notice {
        headline: if overdue { "Follow-up overdue" } else { "Follow-up due" }.to_owned(),
        who: who.cloned().unwrap_or_else(|| "Somebody without a name".to_owned()),
        class: lead.class.clone(),
        score: Some(lead.score),
        last_words: lead.last_message.as_ref().map(|words| words.chars().take(500).collect()),
        facts,
        happened_at: follow_up.scheduled_at,
        ..Notice::default()
    }
}
