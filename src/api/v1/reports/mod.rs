//! What became of leads in a period, for whoever may read reports.

pub mod closures;
pub mod conversion;
pub mod follow_ups;
pub mod stages;

use super::super::extract::rfc3339;
use super::super::problem::Problem;
use super::access::Caller;
use super::form::day_or_instant;
use super::named::DayOrInstant;
use crate::app::App;
use crate::clock::{HOUR, Millis};
use crate::domain::access::Tenant;
use crate::domain::statistics::{Counts, Estimate, wilson};
use crate::domain::{lasting, when};
use crate::store::reports::Period;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// So many days are reported on unless it is said, today among them.
const USUAL_DAYS: i64 = 90;

/// Which center, and which days.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// From this day or instant on, by the center's clock; the last 90 days unless it is said.
    #[param(example = "2026-02-01", inline, value_type = Option<DayOrInstant>)]
    from: Option<String>,
    /// Before this day or instant; until now unless it is said.
    #[param(example = "2026-03-01", inline, value_type = Option<DayOrInstant>)]
    to: Option<String>,
    /// The center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

/// The days a report is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Days {
    /// From this instant on, RFC 3339.
    #[schema(example = "2026-01-31T18:30:00Z")]
    from: String,
    /// Before this instant, RFC 3339.
    #[schema(example = "2026-02-28T18:30:00Z")]
    to: String,
    /// By whose clock days were meant.
    #[schema(example = "Asia/Kolkata")]
    time_zone: String,
}

impl Wanted {
    /// The center and the period that are meant.
    fn about(&self, app: &App, caller: &Caller) -> Result<(Tenant, Period, Days), Problem> {
        about(app, caller, self.center_id, self.from.as_deref(), self.to.as_deref())
    }
}

/// See [`Wanted::about`].
fn about(
    app: &App,
    caller: &Caller,
    center_id: Option<i64>,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(Tenant, Period, Days), Problem> {
    let tenant = caller.tenant(app, center_id)?;
    let zone = app.center(tenant.0).zone.clone();
    let given =
        |name: &str, text: Option<&str>| text.map(|text| day_or_instant(name, text, &zone)).transpose();
    // Until the end of today: the report may be of the very instant at which something happened.
    let to = given("to", to)?.unwrap_or_else(|| when::day(app.clock.now(), &zone).end);
    let from = given("from", from)?.unwrap_or_else(|| days_before(to, &zone));
    if from >= to {
        return Err(Problem::refused("to must be later than from"));
    }
    let days =
        Days { from: rfc3339(from), to: rfc3339(to), time_zone: app.center(tenant.0).time_zone.clone() };
    Ok((tenant, Period { from, to }, days))
}

/// The beginning of the period that ends at `to`, where only that is known.
fn days_before(to: Millis, zone: &jiff::tz::TimeZone) -> Millis {
    let end = jiff::Timestamp::from_millisecond(to).unwrap_or_default().to_zoned(zone.clone());
    end.checked_sub(jiff::Span::new().days(USUAL_DAYS)).map_or(0, |begin| begin.timestamp().as_millisecond())
}

/// A share with its interval.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Rate {
    /// The share, from 0 to 1.
    #[schema(example = 0.25)]
    rate: f64,
    /// The lower end of Wilson's 95 % interval.
    #[schema(example = 0.1867)]
    low: f64,
    /// Its upper end.
    #[schema(example = 0.3263)]
    high: f64,
}

impl Rate {
    /// The share of those who converted; `None` of nobody.
    pub fn of(converted: i64, people: i64) -> Option<Rate> {
        let Estimate { value, low, high } = wilson(Counts { people, converted })?;
        Some(Rate { rate: rounded(value), low: rounded(low), high: rounded(high) })
    }
}

/// Four decimals: more would say nothing.
pub fn rounded(value: f64) -> f64 {
    // Never −0.
    (value * 10_000.0).round() / 10_000.0 + 0.0
}

/// How long something took.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Lasted {
    /// In milliseconds.
    #[schema(example = 273_600_000)]
    ms: i64,
    /// In hours, with one decimal.
    #[schema(example = 76.0)]
    hours: f64,
    /// In words.
    #[schema(example = "3 days 4 hours")]
    words: String,
}

impl From<Millis> for Lasted {
    fn from(ms: Millis) -> Lasted {
        let hours = (ms as f64 / HOUR as f64 * 10.0).round() / 10.0;
        Lasted { ms, hours, words: lasting::words(ms) }
    }
}

/// The mean of so many; `None` of none.
fn mean(sum: Millis, count: i64) -> Option<Lasted> {
    (count > 0).then(|| Lasted::from(sum / count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_days_over_a_change_of_clocks() {
        let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        assert_eq!(
            days_before(at("2026-05-01T04:00:00Z"), &zone),
            at("2026-01-31T05:00:00Z"),
            "midnight to midnight"
        );
    }

    #[test]
    fn shares_of_nothing() {
        assert!(Rate::of(0, 0).is_none() && mean(0, 0).is_none());
        assert_eq!(rounded(-0.000_01).to_string(), "0");
    }
}
