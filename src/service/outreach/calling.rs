//! The call of an attempt, as the outbox has it.

use crate::app::App;
use crate::channels::twilio::send::{Call, Detection, call};
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::outreach::campaign::{Campaign, OnMachine};
use crate::domain::sending::DispatchKind;
use crate::service::outbox;
use crate::store::outreach::{AttemptRow, JobRow};

/// How long a phone rings, in seconds: the network's own voicemail takes over at about this time.
const RING_SECONDS: u32 = 30;
/// How long a call lasts at most, in seconds. What came of it is waited for a little longer than that.
const MOST_SECONDS: u32 = 50 * 60;

/// Where a call that we make asks what to say.
const VOICE_PATH: &str = "/webhooks/twilio/voice";
/// Where its fate is reported.
const STATUS_PATH: &str = "/webhooks/twilio/voice/status";

/// The job that makes the call of an attempt, which is worth nothing after `until`.
pub(super) fn job(
    app: &App,
    tenant: Tenant,
    campaign: &Campaign,
    attempt: &AttemptRow,
    until: Millis,
) -> JobRow {
    let settings = &campaign.settings;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("attempt", &attempt.id.to_string());
    for (name, value) in [("flow", &settings.flow), ("language", &settings.language)] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let own = outbox::twilio_account(app, tenant);
    let wanted = Call {
        to: attempt.dialled.clone().unwrap_or_else(|| attempt.address.clone()),
        from: own.map(|row| row.address.clone()).filter(|address| address != "*"),
        url: format!("{}{VOICE_PATH}?{}", app.base_url, query.finish()),
        status_callback: format!("{}{STATUS_PATH}?attempt={}", app.base_url, attempt.id),
        ring_seconds: RING_SECONDS,
        most_seconds: MOST_SECONDS,
        detection: match settings.machine {
            OnMachine::HangUp => Some(Detection::Machine),
            OnMachine::LeaveMessage => Some(Detection::GreetingEnd),
            OnMachine::GoOn => None,
        },
    };
    let dispatch = call(&wanted);
    JobRow {
        id: attempt.job_id.unwrap_or_default(),
        kind: DispatchKind::TwilioCall.as_str(),
        account_id: own.map_or(0, |row| row.id),
        recipient: dispatch.to,
        payload: dispatch.body,
        person_id: attempt.person_id,
        channel: "voice",
        seq: attempt.id,
        unasked_until: Some(until),
        at: attempt.began_at,
    }
}
