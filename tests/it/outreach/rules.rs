//! The rules that campaigns are held against, each told once more here, and what must be true of every ledger.

use super::network::TENANT;
use crate::harness::{TestApp, number};
use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use leadwire::clock::{DAY, MINUTE, Millis};
use leadwire::domain::outreach::{Came, Ledger, Tracked, corrected};
use leadwire::service::outreach::{self, Bounds, Rolled};
use leadwire::store::db::{Db, Exec, Sql};
use std::collections::HashMap;

/// India, the United Kingdom, the United States: three countries by the last figures of a lead's place.
pub fn numbered(n: usize) -> String {
    match n % 3 {
        0 => format!("+9198765{n:05}"),
        1 => format!("+4479460{n:05}"),
        _ => format!("+1415555{n:04}"),
    }
}

/// The clocks by which somebody of that number may live.
fn zones(number: &str) -> &'static [&'static str] {
    match &number[..3] {
        "+91" => &["Asia/Kolkata"],
        "+44" => &["Europe/London"],
        _ => &[
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Los_Angeles",
            "Pacific/Honolulu",
        ],
    }
}

/// Whether it is so by every clock they may live by: day of the week and time.
pub fn everywhere(number: &str, at: Timestamp, is_so: impl Fn(Date, Weekday, Time) -> bool) -> bool {
    zones(number).iter().all(|zone| {
        let now = TimeZone::get(zone).unwrap().to_datetime(at);
        is_so(now.date(), now.weekday(), now.time())
    })
}

/// Whether a time is within full hours.
pub fn within(now: Time, from: i8, to: i8) -> bool {
    (from..to).contains(&now.hour())
}

/// Whether a number may be called then: the widest hours of these campaigns, and the rules of its country.
pub fn by_the_clock(number: &str, at: Timestamp, holiday: Date) -> bool {
    everywhere(number, at, |date, day, now| {
        let by_country = match &number[..3] {
            "+91" => within(now, 9, 21),
            "+44" => day != Weekday::Sunday && within(now, 8, 21),
            _ => within(now, 8, 21),
        };
        by_country && within(now, 8, 21) && date != holiday
    })
}

/// Whether somebody was tried too often, by the caps that campaigns have: three times a day, seven times a week.
pub fn too_often(at: &[Millis]) -> bool {
    at.iter().enumerate().any(|(n, now)| {
        let within = |span: Millis| at[..n].iter().filter(|then| now - **then < span).count();
        within(DAY) >= 3 || within(7 * DAY) >= 7
    })
}

/// Leads that do not say what the ledger says of them.
pub async fn liars(db: &Db) -> Vec<String> {
    const LEADS: Sql = Sql::same(
        "SELECT id, dial_status, last_status_change, dial_result, last_dial_attempt, dial_attempts, answered_count FROM leads WHERE tenant_id = 1",
    );
    const ENDED: Sql = Sql::same(
        "SELECT lead_id, came, began_at, ended_at FROM outreach_attempts WHERE tenant_id = 1 AND ended_at IS NOT NULL ORDER BY began_at, id",
    );
    type Said = (i64, Option<String>, Option<i64>, Option<String>, Option<i64>, i64, i64);
    let leads: Vec<Said> = db.fetch_all(LEADS, vec![]).await.unwrap();
    let ended: Vec<(i64, String, i64, i64)> = db.fetch_all(ENDED, vec![]).await.unwrap();
    let mut ledgers: HashMap<i64, Ledger> = HashMap::new();
    for (lead, came, began_at, ended_at) in ended {
        ledgers.entry(lead).or_default().count(began_at, ended_at, Came::parse(&came).unwrap());
    }
    let wrong =
        leads.into_iter().filter_map(|(id, status, status_at, result, last_at, attempts, answered)| {
            let said = Tracked { status, status_at, result, last_at, attempts, answered };
            let (_, right) = corrected(&said, &ledgers.remove(&id).unwrap_or_default())?;
            Some(format!("{id}: {said:?}, and should {right:?}"))
        });
    wrong.collect()
}

/// Whoever is not called any more says why, and nobody waits for what has gone by. What campaigns come to.
pub async fn nobody_forgotten(app: &TestApp) -> Vec<Rolled> {
    let db = &app.app.db;
    let now = app.clock.now();
    let late = format!(
        "SELECT COUNT(*) FROM campaign_members WHERE next_at < {} AND campaign_id IN (SELECT id FROM campaigns WHERE state = 'running')",
        now - 10 * MINUTE
    );
    assert_eq!(number(db, late).await, 0, "nobody waits for what has gone by");
    let silent = "SELECT COUNT(*) FROM campaign_members WHERE next_at IS NULL AND gate IS NULL";
    assert_eq!(number(db, silent).await, 0, "nobody waits for nothing");
    let campaigns =
        leadwire::store::outreach::campaigns::list(db.within(TENANT), None, i64::MAX, 10).await.unwrap();
    let mut all = Vec::new();
    for row in campaigns {
        let (rolled, _) =
            outreach::roll_up_to(&app.app, TENANT, &row, Bounds::NONE, &mut |_| {}).await.unwrap();
        let later: u64 = rolled.later.values().map(|(n, _)| n).sum();
        let shut: u64 = rolled.shut.values().sum();
        assert_eq!(rolled.now + later + shut, rolled.leads, "{rolled:?}");
        all.push(rolled);
    }
    all
}
