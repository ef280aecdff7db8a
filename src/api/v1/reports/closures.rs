//! Why leads are closed.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::Params;
use super::super::refused::Guarded;
use super::{Days, Wanted, rounded};
use crate::app::App;
use crate::domain::text::fold;
use crate::store::reports::{self, ClosureRow};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most reasons that are told apart.
const MOST: usize = 50;
/// The most sources that are told apart for a reason.
const MOST_SOURCES: usize = 10;

/// Why leads are closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Closures {
    /// When they were closed.
    period: Days,
    /// How many were closed, and are closed still.
    #[schema(example = 40)]
    closed: i64,
    /// The most frequent reasons, at most 50. What differs only in case and spaces is one reason.
    reasons: Vec<Reason>,
    /// How many were closed for other reasons.
    #[schema(example = 0)]
    other: i64,
}

/// A reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// The reason; null: none is left.
    #[schema(example = "Too expensive")]
    reason: Option<String>,
    /// How many leads were closed for it.
    #[schema(example = 12)]
    count: i64,
    /// Their share of all that were closed, from 0 to 1.
    #[schema(example = 0.3)]
    share: f64,
    /// Where these leads came from, at most ten sources.
    by_source: Vec<FromSource>,
    /// How many came from other sources.
    #[schema(example = 0)]
    from_other: i64,
}

/// Leads from a source.
#[derive(Debug, Serialize, ToSchema)]
pub struct FromSource {
    /// The source; null: none was given.
    #[schema(example = "WALK_IN")]
    source: Option<String>,
    /// How many.
    #[schema(example = 7)]
    count: i64,
}

/// Why leads were closed in a period, the most frequent reasons first, by where the leads came from. Leads that were reopened since do not
/// count.
#[utoipa::path(
    get, path = "/api/v1/reports/closures", tag = "reports", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "The numbers.", body = Closures), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Closures>, Problem> {
    let (tenant, period, days) = wanted.about(&app, &caller)?;
    let rows = reports::closures(app.db.within(tenant), period).await?;
    Ok(Json(summed(days, rows)))
}

/// One reason while it is counted.
#[derive(Default)]
struct Counting {
    /// As it is written in the row with the most leads …
    spelt: String,
    /// … which has so many.
    spelt_so: i64,
    count: i64,
    sources: BTreeMap<String, i64>,
}

fn summed(period: Days, rows: Vec<ClosureRow>) -> Closures {
    let closed = rows.first().map_or(0, |row| row.total);
    let mut folded: BTreeMap<String, Counting> = BTreeMap::new();
    for row in rows {
        let counting = folded.entry(fold(&row.reason)).or_default();
        counting.count += row.n;
        *counting.sources.entry(row.source).or_default() += row.n;
        if row.n > counting.spelt_so {
            (counting.spelt, counting.spelt_so) = (row.reason, row.n);
        }
    }
    let mut reasons: Vec<Counting> = folded.into_values().collect();
    reasons.sort_by_key(|counting| Reverse(counting.count));
    reasons.truncate(MOST);
    let reasons: Vec<Reason> = reasons.into_iter().map(|counting| counting.told(closed)).collect();
    let other = closed - reasons.iter().map(|reason| reason.count).sum::<i64>();
    Closures { period, closed, reasons, other }
}

impl Counting {
    fn told(self, closed: i64) -> Reason {
        let named = |name: String| {
            Some(name.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
        };
        let mut sources: Vec<(String, i64)> = self.sources.into_iter().collect();
        sources.sort_by_key(|(_, count)| Reverse(*count));
        sources.truncate(MOST_SOURCES);
        let by_source: Vec<FromSource> =
            sources.into_iter().map(|(source, count)| FromSource { source: named(source), count }).collect();
        Reason {
            reason: named(self.spelt),
            count: self.count,
            share: rounded(self.count as f64 / closed.max(1) as f64),
            from_other: self.count - by_source.iter().map(|from| from.count).sum::<i64>(),
            by_source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(reason: &str, source: &str, n: i64, total: i64) -> ClosureRow {
        ClosureRow { reason: reason.to_owned(), source: source.to_owned(), n, total }
    }

    fn told(rows: Vec<ClosureRow>) -> Closures {
        let days = Days { from: String::new(), to: String::new(), time_zone: String::new() };
        summed(days, rows)
    }

    #[test]
    fn spellings_are_one_reason() {
        let rows = vec![row("TROP CHÈRE", "a", 2, 7), row("Trop  chère ", "b", 3, 7), row("", "", 1, 7)];
        let told = told(rows);
        let first = &told.reasons[0];
        assert_eq!((first.reason.as_deref(), first.count, first.share), (Some("Trop chère"), 5, 0.7143));
        let sources: Vec<_> =
            first.by_source.iter().map(|from| (from.source.as_deref(), from.count)).collect();
        assert_eq!(sources, [(Some("b"), 3), (Some("a"), 2)]);
        assert_eq!(
            (told.reasons[1].reason.as_deref(), told.other),
            (None, 1),
            "one was cut off by the database"
        );
    }

    #[test]
    fn what_is_seldom_is_summed_up() {
        let many = (0..60).map(|n| row(&format!("reason {n}"), &format!("source {n}"), 60 - n, 1_842));
        let told =
            told(many.chain((0..12).map(|n| row("reason 0", &format!("more {n:02}"), 1, 1_842))).collect());
        assert_eq!(told.reasons.len(), 50);
        assert_eq!(
            (told.reasons[0].count, told.reasons[0].by_source.len(), told.reasons[0].from_other),
            (72, 10, 3)
        );
        assert_eq!(told.closed - told.other, told.reasons.iter().map(|reason| reason.count).sum::<i64>());
    }
}
