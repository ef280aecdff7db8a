//! Leads and the attempts to reach them: where they stand, recycling, and putting right what does not agree with the ledger; campaigns.

mod abandoned;
mod api;
mod bench;
mod bounds;
mod campaigns;
mod centers;
mod consents;
mod dialling;
#[cfg(debug_assertions)]
mod driving;
mod erased;
#[cfg(debug_assertions)]
mod exchange;
mod explained;
#[cfg(debug_assertions)]
mod fates;
mod merged;
mod month;
mod network;
mod nightly;
mod no_number;
mod one_phone;
mod opt_outs;
mod patterns;
#[cfg(debug_assertions)]
mod promised;
mod proof;
mod racing;
mod reasons;
mod recycling;
#[cfg(debug_assertions)]
mod replicas;
#[cfg(debug_assertions)]
mod reporting;
mod rules;
mod segments;
mod siblings;
mod templates;
mod terminal;
mod unheard;
mod unwell;

use crate::harness::{TestApp, execute, number};
use leadwire::clock::HOUR;

/// Settings of a server that sends by Twilio.
pub const SENDS: [(&str, &str); 2] =
    [("TWILIO_ACCOUNT_SID", crate::outbox::ACCOUNT), ("TWILIO_FROM", crate::harness::OUR_NUMBER)];

/// A lead that nobody tried, of which others are copies.
async fn first(app: &TestApp) -> i64 {
    app.twilio_message("+14155550101", "Hello", "SM1").await.texts();
    number(&app.app.db, "SELECT MAX(id) FROM leads WHERE tenant_id = 1").await
}

/// So many copies of a lead, from the `from`th on, that say this (SQL) and nothing else of an attempt an hour ago that came to nothing.
async fn tried(app: &TestApp, first: i64, from: i64, count: i64, dial_status: &str) {
    let columns = "tenant_id, person_id, status, channel, fields, message_count, score, class, scored_in, is_active, created_at, updated_at";
    let (until, at) = (from + count, app.clock.now() - HOUR);
    let series = format!(
        "(WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {until}) SELECT n FROM s) s"
    );
    let of_first = |columns: &str| {
        format!("FROM (SELECT {columns} FROM leads WHERE id = {first}) l CROSS JOIN {series}")
    };
    let of = of_first(columns);
    execute(
        &app.app.db,
        format!(
            "INSERT INTO leads (id, {columns}, dial_status) SELECT {first} + n, {columns}, {dial_status} {of}"
        ),
    )
    .await;
    let of = of_first("tenant_id, person_id");
    execute(
        &app.app.db,
        format!(
            "INSERT INTO outreach_attempts (tenant_id, id, lead_id, person_id, campaign_id, channel, address, came, began_at, ended_at)
             SELECT tenant_id, {first} + n, {first} + n, person_id, 7, 'voice', '+14155550101', 'no_answer', {at}, {at} + 1000 {of}"
        ),
    )
    .await;
}
