//! Numbers over all sessions, for whoever holds a token.

use super::openapi::Refusals;
use super::problem::Problem;
use super::v1::access::Caller;
use super::v1::form::Params;
use super::v1::leads::Whose;
use super::v1::refused::Guarded;
use crate::app::App;
use crate::clock::{DAY, Millis};
use crate::domain::score::Class;
use crate::ids;
use crate::store::analytics::{self, Group, SLOT};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Days that are shown one by one, today among them.
const DAYS: i64 = 30;

/// Numbers over all sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Analytics {
    /// Conversations, on every channel.
    #[schema(example = 1200)]
    total_sessions: i64,
    /// Leads: people may have several conversations.
    #[schema(example = 1100)]
    total_leads: i64,
    /// Sessions by class; all three are always there.
    #[schema(example = json!({"SQL": 300, "MQL": 400, "Unqualified": 500}))]
    by_class: BTreeMap<String, i64>,
    /// Sales qualified sessions among all, from 0 to 1.
    #[schema(example = 0.25)]
    sql_rate: f64,
    /// The mean score of a session.
    #[schema(example = 41.5)]
    average_score: f64,
    /// Completed sessions among all, from 0 to 1.
    #[schema(example = 0.6)]
    completion_rate: f64,
    /// The sources with the most sessions, at most fifty.
    by_source: Vec<BySource>,
    /// The last thirty days in the business's time zone, today last; days without sessions included.
    by_day: Vec<ByDay>,
}

/// Sessions of a source.
#[derive(Debug, Serialize, ToSchema)]
pub struct BySource {
    /// `utm_source`; null: none was given.
    #[schema(example = "google_ads")]
    source: Option<String>,
    /// How many.
    #[schema(example = 200)]
    sessions: i64,
    /// How many are sales qualified.
    #[schema(example = 60)]
    sql: i64,
    /// Their share, from 0 to 1.
    #[schema(example = 0.3)]
    sql_rate: f64,
    /// Their mean score.
    #[schema(example = 47.2)]
    average_score: f64,
}

/// Sessions of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct ByDay {
    /// The day.
    #[schema(example = "2026-01-05")]
    day: String,
    /// Sessions that began.
    #[schema(example = 40)]
    sessions: i64,
    /// Those of them that were completed.
    #[schema(example = 25)]
    completed: i64,
    /// Those of them that are sales qualified.
    #[schema(example = 10)]
    sql: i64,
}

/// Numbers over all sessions.
#[utoipa::path(
    get, path = "/api/analytics/leads", tag = "analytics", security(("token" = [])), params(Whose),
    responses((status = 200, description = "The numbers.", body = Analytics), Guarded, Refusals)
)]
pub async fn leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Analytics>, Problem> {
    let tenant_id = caller.tenant(&app, whose.center_id)?.0;
    let zone = app.center(tenant_id).zone.clone();
    let now = app.clock.now();
    // A day more than is shown: the first day may begin earlier than that many times 24 hours ago.
    let since = (now - (DAYS + 1) * DAY) / SLOT * SLOT;
    let groups = analytics::groups(&app.db, tenant_id, since, ids::first_at(since)).await?;
    let total_leads = analytics::leads(&app.db, tenant_id).await?;
    Ok(Json(Analytics::of(&groups, total_leads, &zone, now)))
}

impl Analytics {
    fn of(groups: &[Group], total_leads: i64, zone: &TimeZone, now: Millis) -> Analytics {
        let part = |name: &'static str| groups.iter().filter(move |group| group.part == name);
        let sum = |number: fn(&Group) -> i64| part("class").map(number).sum::<i64>();
        let total_sessions = sum(|group| group.sessions);
        let classes = [Class::Sql, Class::Mql, Class::Unqualified].map(Class::as_str);
        let sessions_of = |class: &str| {
            part("class").filter(|group| group.name == class).map(|group| group.sessions).sum::<i64>()
        };
        let by_source = part("source").map(|group| BySource {
            source: Some(group.name.clone()).filter(|name| !name.is_empty()),
            sessions: group.sessions,
            sql: group.qualified,
            sql_rate: share(group.qualified, group.sessions),
            average_score: mean(group.score, group.sessions),
        });
        Analytics {
            total_sessions,
            total_leads,
            by_class: classes.map(|class| (class.to_owned(), sessions_of(class))).into(),
            sql_rate: share(sum(|group| group.qualified), total_sessions),
            average_score: mean(sum(|group| group.score), total_sessions),
            completion_rate: share(sum(|group| group.completed), total_sessions),
            by_source: by_source.collect(),
            by_day: by_day(part("slot"), zone, now),
        }
    }
}

fn by_day<'a>(slots: impl Iterator<Item = &'a Group>, zone: &TimeZone, now: Millis) -> Vec<ByDay> {
    let day_of =
        |at: Millis| jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(zone.clone()).date();
    let today = day_of(now);
    let days = (0..DAYS).rev().filter_map(|ago| today.checked_sub(jiff::Span::new().days(ago)).ok());
    let mut days: BTreeMap<jiff::civil::Date, ByDay> =
        days.map(|day| (day, ByDay { day: day.to_string(), sessions: 0, completed: 0, sql: 0 })).collect();
    for slot in slots {
        let at = slot.name.parse::<i64>().unwrap_or_default() * SLOT;
        if let Some(day) = days.get_mut(&day_of(at)) {
            day.sessions += slot.sessions;
            day.completed += slot.completed;
            day.sql += slot.qualified;
        }
    }
    days.into_values().collect()
}

/// A share with four decimals; of nothing, none.
fn share(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0 }
}

/// A mean with one decimal; of nothing, none.
fn mean(sum: i64, count: i64) -> f64 {
    if count == 0 { 0.0 } else { (sum as f64 / count as f64 * 10.0).round() / 10.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(at: &str, sessions: i64) -> Group {
        let at: jiff::Timestamp = at.parse().unwrap();
        let name = (at.as_millisecond() / SLOT).to_string();
        Group { part: "slot".to_owned(), name, sessions, score: 0, completed: 0, qualified: 0 }
    }

    #[test]
    fn days_are_those_of_the_business() {
        let slots = [
            slot("2026-01-04T18:15:00Z", 1),
            slot("2026-01-04T18:30:00Z", 2),
            slot("2026-01-05T18:15:00Z", 4),
            slot("2025-12-06T18:30:00Z", 8),
            slot("2025-12-06T18:15:00Z", 16),
        ];
        let now = "2026-01-05T17:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        // Midnight in Kolkata is 18:30 UTC.
        let days = by_day(slots.iter(), &TimeZone::get("Asia/Kolkata").unwrap(), now);
        assert_eq!(days.len(), 30);
        let rows = [
            ("the first of thirty", 0, "2025-12-07", 8),
            ("yesterday", 28, "2026-01-04", 1),
            ("today", 29, "2026-01-05", 6),
        ];
        for (label, place, day, sessions) in rows {
            assert_eq!((days[place].day.as_str(), days[place].sessions), (day, sessions), "{label}");
        }
    }

    #[test]
    fn nothing_has_no_share() {
        assert_eq!((share(0, 0), mean(0, 0)), (0.0, 0.0));
        assert_eq!((share(1, 3), mean(100, 3)), (0.3333, 33.3));
    }
}
